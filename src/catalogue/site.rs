//! A web site that is no interface for programs: asked for a page as what we are, and left alone at once where it does not want that.

use reqwest::{Method, StatusCode, header::REFERER};
use url::Url;

use super::{Place, blocked, page::Obstacle};
use crate::{
    http::{Answer, Http, origin},
    ports::PortError,
};

/// The largest page that is read, in bytes.
pub(super) const LIMIT: usize = 4 * 1024 * 1024;

/// Where a page that a browser saved comes from.
const SAVED: &str = "the saved page";
const BANNED: &str = "a ban or a protection stands before it. Nothing is asked for a while; save the page of the series with a browser and hand it in instead";
const REFUSED: &str = "it refuses this address (HTTP 403), as it does with most homes. Nothing is asked for a while; save the page of the series with a browser and hand it in instead";

/// A site, with the cookies of its session.
pub(super) struct Site {
    http: Http,
    /// Where its pages are.
    pub url: Url,
    /// Also a page without a title is a ban.
    empty_title_is_a_ban: bool,
}

impl Site {
    /// Nothing is asked yet.
    pub fn new(place: &Place, empty_title_is_a_ban: bool) -> Self {
        Self {
            http: Http::new(place.timeout),
            url: place.url.clone(),
            empty_title_is_a_ban,
        }
    }

    /// One request; the address from which it comes is named where the site wants that.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn ask(&self, url: Url, from: Option<&Url>) -> Result<Answer, PortError> {
        let mut request = self.http.request(Method::GET, url);
        if let Some(from) = from {
            request = request.header(REFERER, from.as_str());
        }
        self.http.send(request, LIMIT).await
    }

    /// The page of an answer; none when there is no such page.
    ///
    /// # Errors
    /// When something else stands there.
    pub fn page(&self, answer: &Answer) -> Result<Option<String>, PortError> {
        // As developers.cloudflare.com says of challenge pages.
        if answer.headers.contains_key("cf-mitigated") {
            return Err(self.banned(BANNED));
        }
        let html = answer.text();
        match answer.status {
            StatusCode::OK => Ok(Some(html)),
            StatusCode::TOO_MANY_REQUESTS => Err(answer.unexpected()),
            _ if blocked::is_blocked(&html) => Err(self.banned(BANNED)),
            StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => Err(self.banned(REFUSED)),
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(None),
            _ => Err(answer.unexpected()),
        }
    }

    /// The error for a page that its reader does not know.
    pub fn unread(&self, obstacle: Obstacle, html: &str) -> PortError {
        let is_ban = blocked::is_blocked(html)
            || (self.empty_title_is_a_ban && blocked::has_empty_title(html));
        match obstacle {
            Obstacle::Changed(_) if is_ban => self.banned(BANNED),
            obstacle => error(origin(&self.url), obstacle),
        }
    }

    /// The same for one that a browser saved.
    pub fn unread_saved(obstacle: Obstacle, html: &str) -> PortError {
        let origin = SAVED.to_owned();
        match blocked::is_blocked(html) {
            true => PortError::Declined {
                origin,
                message: "it is a challenge or a ban; open the page of the series in the browser until it is shown, then save it".into(),
            },
            false => error(origin, obstacle),
        }
    }

    /// The error for a saved file that is larger than any page.
    pub fn too_large_saved() -> PortError {
        PortError::TooLarge {
            origin: SAVED.into(),
            limit: LIMIT,
        }
    }

    /// The error for something that it says about one series or one search.
    pub fn declined(&self, message: impl Into<String>) -> PortError {
        PortError::Declined {
            origin: origin(&self.url),
            message: message.into(),
        }
    }

    fn banned(&self, message: &str) -> PortError {
        PortError::Banned {
            origin: origin(&self.url),
            message: message.into(),
        }
    }
}

fn error(origin: String, obstacle: Obstacle) -> PortError {
    match obstacle {
        Obstacle::Changed(what) => PortError::BadAnswer {
            origin,
            detail: format!("its layout has changed: {what}, and this page is another"),
        },
        Obstacle::TooMany => PortError::Declined {
            origin,
            message: "it finds too many series by that title; give its address instead".into(),
        },
    }
}
