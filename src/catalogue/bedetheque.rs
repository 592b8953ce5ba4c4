//! Bédéthèque: albums as they come out in French. Its pages are read as a visitor sees them, few and slowly.
//!
//! What its pages look like: gwenvador/bullarr (the layout of October 2026, the one before, and the token of the search),
//! maforget/Bedetheque-Scrapper-2 (the search, the one before). It bans who asks much, and then shows a page without a title.

use async_trait::async_trait;
use reqwest::header::SET_COOKIE;
use tokio::sync::Mutex;

use super::{
    Place,
    page::{Obstacle, id_of},
    site::{LIMIT, Site},
};
use crate::{
    domain::{
        catalogue::{Entry, Sought},
        identity,
    },
    http::{Answer, below},
    ports::{Catalogue, PortError, TestReport},
};

mod albums;
mod search;
mod series;
#[cfg(test)]
mod tests;

/// The cookie that says the same as the field of the search.
const COOKIE: &str = "csrf_cookie_bel=";

/// Bédéthèque, with the session of its search.
pub struct Bedetheque {
    site: Site,
    /// What a search is asked with: it stands on every page, and belongs to the cookies that came with it.
    token: Mutex<Option<String>>,
}

impl Bedetheque {
    /// Nothing is asked yet.
    pub fn new(place: Place) -> Self {
        Self {
            site: Site::new(&place, true),
            token: Mutex::default(),
        }
    }

    /// Opens the first page.
    async fn begin(&self) -> Result<String, PortError> {
        let answer = self.site.ask(self.site.url.clone(), None).await?;
        let html = self.site.page(&answer)?.unwrap_or_default();
        let unread = |obstacle| self.site.unread(obstacle, &html);
        let token = search::token(&html).map_err(unread)?;
        let token = token.or_else(|| of_cookie(&answer));
        token.ok_or_else(|| unread(Obstacle::Changed("its pages have a field 'csrf_token_bel'")))
    }

    async fn find(&self, token: &str, title: &str) -> Result<Vec<Entry>, PortError> {
        let mut url = below(&self.site.url, "search/tout");
        url.query_pairs_mut()
            .append_pair("RechTexte", title)
            .append_pair("RechWhere", "0")
            .append_pair("csrf_token_bel", token);
        // It answers a search only to who comes from its own pages.
        let answer = self.site.ask(url, Some(&self.site.url)).await?;
        let html = self.site.page(&answer)?.unwrap_or_default();
        search::read(&html).map_err(|obstacle| self.site.unread(obstacle, &html))
    }

    /// The page with all albums of a series. Where it is written otherwise, the site says so, and is asked there.
    async fn all_albums(&self, id: &str) -> Result<Option<String>, PortError> {
        let url = below(&self.site.url, &format!("serie-{id}-BD-Serie__10000.html"));
        let answer = self.site.ask(url.clone(), None).await?;
        let location = answer.location().filter(|_| answer.status.is_redirection());
        let Some(location) = location else {
            return self.site.page(&answer);
        };
        let moved = url.join(location).ok();
        let moved = moved.filter(|moved| moved.origin() == url.origin());
        let is_same = id_of(moved.as_ref().map_or("", |moved| moved.path()), WHICH);
        match moved.filter(|_| is_same.as_deref() == Some(id)) {
            Some(moved) => self.site.page(&self.site.ask(moved, None).await?),
            None => self.site.page(&answer),
        }
    }
}

const WHICH: identity::Catalogue = identity::Catalogue::Bedetheque;

fn of_cookie(answer: &Answer) -> Option<String> {
    let cookies = answer.headers.get_all(SET_COOKIE).iter();
    let mut values = cookies.filter_map(|cookie| cookie.to_str().ok()?.strip_prefix(COOKIE));
    let value = values.next()?.split(';').next()?;
    search::is_token(value).then(|| value.to_owned())
}

#[async_trait]
impl Catalogue for Bedetheque {
    fn which(&self) -> identity::Catalogue {
        WHICH
    }

    /// One request when a session is open, two when it has to be opened first, three when it has just expired.
    async fn search(&self, sought: &Sought) -> Result<Vec<Entry>, PortError> {
        let mut kept = self.token.lock().await;
        if let Some(token) = &*kept {
            match self.find(token, &sought.title).await {
                // What it shows when the session is over is not known; a new one tells that from a changed layout.
                Err(PortError::BadAnswer { .. }) => *kept = None,
                answered => return answered,
            }
        }
        let token = self.begin().await?;
        let found = self.find(&token, &sought.title).await?;
        *kept = Some(token);
        Ok(found)
    }

    /// One request, or two where the site writes the address of the series otherwise.
    async fn series(&self, ids: &[String]) -> Result<Vec<Entry>, PortError> {
        let is_id = |id: &&String| {
            id_of(&format!("/serie-{id}-BD-Serie.html"), WHICH).as_ref() == Some(*id)
        };
        let Some(id) = ids.first().filter(is_id) else {
            return Ok(Vec::new());
        };
        let Some(html) = self.all_albums(id).await? else {
            return Ok(Vec::new());
        };
        let entry = series::read(&html, Some(id));
        let entry = entry.map_err(|obstacle| self.site.unread(obstacle, &html))?;
        Ok(vec![entry])
    }

    fn read_page(&self, page: &str) -> Option<Result<Entry, PortError>> {
        if page.len() > LIMIT {
            return Some(Err(Site::too_large_saved()));
        }
        let read = series::read(page, None);
        Some(read.map_err(|obstacle| Site::unread_saved(obstacle, page)))
    }

    async fn test(&self) -> Result<TestReport, PortError> {
        let token = self.begin().await?;
        *self.token.lock().await = Some(token);
        Ok(TestReport {
            program: "Bédéthèque: its search can be used".into(),
            warnings: Vec::new(),
        })
    }
}
