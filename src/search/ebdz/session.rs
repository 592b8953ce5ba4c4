//! Reading pages as a member: one request at a time and at a walking pace, one login when the session has ended, and no login after one
//! that was refused.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use reqwest::{Method, RequestBuilder, StatusCode};
use tokio::sync::Mutex;
use url::Url;

use super::{
    list::{self, ListPage},
    login,
    page::{Obstacle, Page},
    sample,
    thread::{self, ThreadPage},
};
use crate::{
    clock::Clock,
    http::{Answer, Http, below, origin},
    ports::{PortError, TestReport},
    secret::Secret,
};

/// The largest page that is read, in bytes.
const LIMIT: usize = 4 * 1024 * 1024;

/// How to reach a forum, and who we are there.
#[derive(Clone)]
pub struct EbdzConfig {
    /// Where its pages are, for example `https://ebdz.net/forum/`.
    pub url: Url,
    /// With a password.
    pub username: Option<String>,
    /// Of that name.
    pub password: Option<Secret>,
    /// `mybbuser=…`, or only its value; used before the password.
    pub cookie: Option<Secret>,
    /// Between two pages.
    pub pace: Duration,
    /// For one page.
    pub timeout: Duration,
}

/// Why a page was not read. Each is a sentence for the user.
#[derive(Debug, thiserror::Error)]
pub enum ForumError {
    /// It cannot be reached, or wants to be left alone.
    #[error(transparent)]
    Port(#[from] PortError),
    /// It does not let us in. To try again without a change would only make it worse.
    #[error("{origin} refuses the credentials: {why}")]
    Refused { origin: String, why: &'static str },
    /// It is closed for maintenance.
    #[error("{origin} {CLOSED}")]
    Closed { origin: String },
    /// The account may not see this.
    #[error("{origin} {NOT_ALLOWED}")]
    NotAllowed { origin: String },
    /// There is no such thread or forum.
    #[error("{origin} {MISSING}")]
    Missing { origin: String },
    /// A page that its reader does not know.
    #[error("the layout of {origin} has changed: {what}, and this page is another")]
    Changed {
        origin: String,
        /// What is missed in it.
        what: &'static str,
        /// The page, without secrets.
        sample: String,
    },
}

impl ForumError {
    /// It may lie in the page alone: others can be read.
    pub fn may_be_the_page(&self) -> bool {
        match self {
            Self::Changed { .. } => true,
            Self::Port(error) => matches!(
                error,
                PortError::TooLarge { .. }
                    | PortError::Timeout { .. }
                    | PortError::Status { .. }
                    | PortError::BadAnswer { .. }
            ),
            _ => false,
        }
    }

    /// As connections say what is wrong.
    pub fn into_port(self) -> PortError {
        let declined = |origin, message: &str| PortError::Declined {
            origin,
            message: message.into(),
        };
        match self {
            Self::Port(error) => error,
            Self::Refused { origin, why } => PortError::Unauthorised { origin, hint: why },
            Self::Closed { origin } => declined(origin, CLOSED),
            Self::NotAllowed { origin } => declined(origin, NOT_ALLOWED),
            Self::Missing { origin } => declined(origin, MISSING),
            Self::Changed { origin, what, .. } => PortError::BadAnswer {
                origin,
                detail: format!("its layout has changed: {what}, and this page is another"),
            },
        }
    }
}

const CLOSED: &str = "is closed for maintenance";
const NOT_ALLOWED: &str = "does not show this to the account; may it read the forum?";
const MISSING: &str = "has no such thread or forum";
const WRONG_COOKIE: &str = "the cookie is not, or no longer, valid; log in with a browser and paste the new 'mybbuser' cookie, or give a name and a password";
const WRONG_PASSWORD: &str = "the user name or password is wrong. Nothing is tried again until they are changed, because a few failures lock the account";
const CAPTCHA: &str = "it wants the letters of a picture, after too many failed logins. Log in once with a browser, then test this source again; or paste the cookie of that browser";
const TOO_MANY: &str = "too many logins failed, so it takes none for a while. Wait, correct the user name and password, then test this source again";
const COOKIE_LOST: &str =
    "it took the login and shows the next page as to a stranger; does a proxy drop its cookies?";
const NO_CREDENTIALS: &str = "it wants a user name and a password, or a cookie";
const BANNED: &str = "it bans the account or this address, or a protection stands before it. Nothing is asked for a while; look at it with a browser";

/// One forum, with the session in it.
pub struct Forum {
    /// With the cookie that the user gave, if one was given.
    given: Http,
    /// Begins without any: a jar with two cookies of one name sends both, and the forum takes the first.
    own: Http,
    /// The cookie does not let us in any more, or there is none.
    logs_in: AtomicBool,
    config: EbdzConfig,
    clock: Clock,
    hidden: Vec<Secret>,
    /// One request at a time; inside, when the next may follow.
    turn: Mutex<i64>,
}

/// What was tried once.
enum Tried<T> {
    Read(T),
    LoggedOut,
}

impl Forum {
    /// Connects lazily: nothing is asked yet.
    pub fn new(config: EbdzConfig, clock: Clock) -> Self {
        let cookies: Vec<String> = config
            .cookie
            .iter()
            .flat_map(|cookie| cookies(cookie.expose()))
            .collect();
        let values = cookies
            .iter()
            .filter_map(|cookie| cookie.split_once('='))
            .map(|(_, value)| Secret::new(value));
        let hidden: Vec<Secret> = values.chain(config.password.clone()).collect();
        let http = |cookies: &[String]| {
            Http::with_cookies(config.timeout, &config.url, cookies).hiding(hidden.clone())
        };
        let (given, own) = (http(&cookies), http(&[]));
        let hidden = hidden
            .into_iter()
            .chain(config.username.clone().map(Secret::new))
            .collect();
        Self {
            given,
            own,
            logs_in: AtomicBool::new(cookies.is_empty()),
            config,
            clock,
            hidden,
            turn: Mutex::default(),
        }
    }

    fn http(&self) -> &Http {
        match self.logs_in.load(Ordering::Relaxed) {
            true => &self.own,
            false => &self.given,
        }
    }

    /// A page of a forum's threads, from 1 on.
    ///
    /// # Errors
    /// What stands there instead.
    pub async fn list(&self, forum: i64, page: u32) -> Result<ListPage, ForumError> {
        let query = format!("fid={forum}&page={page}");
        self.read("forumdisplay.php", &query, |html| list::read(html, page))
            .await
    }

    /// A page of a thread, from 1 on; its cover is a whole address.
    ///
    /// # Errors
    /// What stands there instead.
    pub async fn thread(&self, thread: i64, page: u32) -> Result<ThreadPage, ForumError> {
        let query = match page {
            1 => format!("tid={thread}"),
            page => format!("tid={thread}&page={page}"),
        };
        let mut read = self
            .read("showthread.php", &query, |html| thread::read(html, page))
            .await?;
        let whole = |cover: String| {
            self.config
                .url
                .join(&cover)
                .ok()
                .filter(|url| matches!(url.scheme(), "http" | "https"))
        };
        read.cover = read.cover.and_then(whole).map(String::from);
        Ok(read)
    }

    /// Logs in when that is needed, and reads one page.
    ///
    /// # Errors
    /// What is wrong.
    pub async fn test(&self, forum: i64) -> Result<TestReport, ForumError> {
        let page = self.list(forum, 1).await?;
        let warnings = match page.threads.len() {
            0 => vec![format!("forum {forum} is empty; is its number right?")],
            _ => Vec::new(),
        };
        Ok(TestReport {
            program: format!(
                "EBDZ: logged in; forum {forum} has {} pages of threads",
                page.pages
            ),
            warnings,
        })
    }

    async fn read<T>(
        &self,
        path: &str,
        query: &str,
        read: impl Fn(&str) -> Result<T, Obstacle> + Send + Sync,
    ) -> Result<T, ForumError> {
        let mut turn = self.turn.lock().await;
        let mut url = below(&self.config.url, path);
        url.set_query(Some(query));
        if let Tried::Read(page) = self.try_read(&mut turn, &url, &read).await? {
            return Ok(page);
        }
        self.enter(&mut turn).await?;
        match self.try_read(&mut turn, &url, &read).await? {
            Tried::Read(page) => Ok(page),
            Tried::LoggedOut => Err(self.refused(COOKIE_LOST)),
        }
    }

    async fn try_read<T>(
        &self,
        turn: &mut i64,
        url: &Url,
        read: &(impl Fn(&str) -> Result<T, Obstacle> + Sync),
    ) -> Result<Tried<T>, ForumError> {
        let answer = self
            .send(turn, self.http().request(Method::GET, url.clone()))
            .await?;
        if answer
            .location()
            .is_some_and(|to| to.contains("action=login"))
        {
            return Ok(Tried::LoggedOut);
        }
        let html = self.html(&answer)?;
        match read(&html) {
            Ok(page) => Ok(Tried::Read(page)),
            Err(Obstacle::LoggedOut) => Ok(Tried::LoggedOut),
            Err(obstacle) => Err(self.stands_there(obstacle, &html)),
        }
    }

    /// One login with name and password.
    async fn enter(&self, turn: &mut i64) -> Result<(), ForumError> {
        let (Some(username), Some(password)) = (&self.config.username, &self.config.password)
        else {
            return Err(self.refused(match self.config.cookie {
                Some(_) => WRONG_COOKIE,
                None => NO_CREDENTIALS,
            }));
        };
        self.logs_in.store(true, Ordering::Relaxed);
        let mut url = below(&self.config.url, "member.php");
        url.set_query(Some("action=login"));
        let html = self.html(
            &self
                .send(turn, self.http().request(Method::GET, url))
                .await?,
        )?;
        let Some(key) =
            login::form(&html).map_err(|obstacle| self.stands_there(obstacle, &html))?
        else {
            return Ok(());
        };
        let form = [
            ("action", "do_login"),
            ("url", self.config.url.as_str()),
            ("quick_login", "1"),
            ("my_post_key", key.0.as_str()),
            ("quick_username", username.as_str()),
            ("quick_password", password.expose()),
            ("quick_remember", "yes"),
            ("submit", "Se connecter"),
        ];
        let request = self
            .http()
            .request(Method::POST, below(&self.config.url, "member.php"))
            .form(&form);
        let answer = self.send(turn, request).await?;
        if answer.status.is_redirection() {
            return Ok(());
        }
        let html = self.html(&answer)?;
        login::outcome(&html).map_err(|obstacle| self.stands_there(obstacle, &html))
    }

    async fn send(&self, turn: &mut i64, request: RequestBuilder) -> Result<Answer, PortError> {
        self.clock.sleep_until(*turn).await;
        let answer = self.http().send(request, LIMIT).await;
        let pace = i64::try_from(self.config.pace.as_millis()).unwrap_or(i64::MAX / 2);
        *turn = self.clock.now() + pace;
        answer
    }

    /// The page of an answer that has one.
    fn html(&self, answer: &Answer) -> Result<String, ForumError> {
        let html = answer.text();
        let said = || Page::read(&html).ok()?.obstacle();
        match answer.status {
            StatusCode::OK => Ok(html),
            // Some forums show their login with this status; whatever else it is, it wants us to go.
            StatusCode::FORBIDDEN => match said() {
                Some(Obstacle::LoggedOut | Obstacle::NotAllowed) => Ok(html),
                _ => Err(self.banned().into()),
            },
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::NOT_FOUND => match said() {
                Some(obstacle @ (Obstacle::Closed | Obstacle::Missing | Obstacle::Banned)) => {
                    Err(self.stands_there(obstacle, &html))
                }
                _ => Err(answer.unexpected().into()),
            },
            _ => Err(answer.unexpected().into()),
        }
    }

    fn stands_there(&self, obstacle: Obstacle, html: &str) -> ForumError {
        let origin = origin(&self.config.url);
        match obstacle {
            Obstacle::LoggedOut => self.refused(COOKIE_LOST),
            Obstacle::WrongPassword => self.refused(WRONG_PASSWORD),
            Obstacle::Captcha => self.refused(CAPTCHA),
            Obstacle::TooManyLogins => self.refused(TOO_MANY),
            Obstacle::Banned => self.banned().into(),
            Obstacle::NotAllowed => ForumError::NotAllowed { origin },
            Obstacle::Closed => ForumError::Closed { origin },
            Obstacle::Missing => ForumError::Missing { origin },
            Obstacle::Changed(what) => ForumError::Changed {
                origin,
                what,
                sample: sample::clean(html, &self.hidden),
            },
        }
    }

    fn refused(&self, why: &'static str) -> ForumError {
        ForumError::Refused {
            origin: origin(&self.config.url),
            why,
        }
    }

    fn banned(&self) -> PortError {
        PortError::Banned {
            origin: origin(&self.config.url),
            message: BANNED.into(),
        }
    }
}

/// Each as `name=value`.
fn cookies(pasted: &str) -> impl Iterator<Item = String> {
    let parts = pasted.trim().trim_start_matches("Cookie:").split(';');
    parts
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| match part.contains('=') {
            true => part.to_owned(),
            false => format!("mybbuser={part}"),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_taken_as_it_is_pasted() {
        let read = |text: &str| cookies(text).collect::<Vec<_>>();
        assert_eq!(read("12_abc"), ["mybbuser=12_abc"]);
        assert_eq!(read(" mybbuser=12_abc "), ["mybbuser=12_abc"]);
        assert_eq!(
            read("Cookie: sid=x; mybbuser=12_abc;"),
            ["sid=x", "mybbuser=12_abc"]
        );
        assert!(read("").is_empty());
    }
}
