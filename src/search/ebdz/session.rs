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
    error::{ForumError, Refusal},
    list::{self, ListPage},
    login,
    page::{Obstacle, Page},
    sample,
    thread::{self, ThreadPage},
};
use crate::{
    clock::Clock,
    http::{Answer, Http, below, harmless, origin},
    ports::{PortError, TestReport},
    secret::Secret,
};

/// The largest page that is read, in bytes.
const LIMIT: usize = 4 * 1024 * 1024;

/// The number of days that MyBB takes for all of them.
const ALL: u32 = 9999;

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
        // The forum or the account may have another order, or leave out what is old.
        let query = format!("fid={forum}&page={page}&sortby=lastpost&order=desc&datecut={ALL}");
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
            .read("showthread.php", &query, |html| {
                let mut read = thread::read(html, page)?;
                read.sample = read
                    .links
                    .is_empty()
                    .then(|| sample::clean(html, &self.hidden));
                Ok(read)
            })
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

    /// The fault of a thread that had links and shows none.
    pub fn emptied(&self, links: i64, sample: String) -> ForumError {
        ForumError::Emptied {
            origin: origin(&self.config.url),
            links,
            sample,
        }
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
        let entered = self.enter(&mut turn).await;
        entered.map_err(ForumError::at_login)?;
        match self.try_read(&mut turn, &url, &read).await? {
            Tried::Read(page) => Ok(page),
            Tried::LoggedOut => Err(self.refused(Refusal::SessionLost)),
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
                Some(_) => Refusal::WrongCookie,
                None => Refusal::NoCredentials,
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
        let instead = || Some(Page::read(&html).ok()?.instead("a page"));
        match answer.status {
            StatusCode::OK => Ok(html),
            // Some forums show their login with this status; whatever else it is, it wants us to go.
            StatusCode::FORBIDDEN => match instead() {
                Some(Obstacle::LoggedOut | Obstacle::NotAllowed) => Ok(html),
                Some(obstacle @ Obstacle::Says(_)) => Err(self.stands_there(obstacle, &html)),
                _ => Err(self.banned().into()),
            },
            StatusCode::NOT_FOUND => match instead() {
                None | Some(Obstacle::Changed(_)) => Err(answer.unexpected().into()),
                Some(obstacle) => Err(self.stands_there(obstacle, &html)),
            },
            StatusCode::SERVICE_UNAVAILABLE => match instead() {
                Some(obstacle @ (Obstacle::Closed | Obstacle::Banned | Obstacle::Says(_))) => {
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
            Obstacle::LoggedOut => self.refused(Refusal::SessionLost),
            Obstacle::WrongPassword => self.refused(Refusal::WrongPassword),
            Obstacle::Captcha => self.refused(Refusal::Captcha),
            Obstacle::TooManyLogins => self.refused(Refusal::TooManyLogins),
            Obstacle::Banned => self.banned().into(),
            Obstacle::NotAllowed => ForumError::NotAllowed { origin },
            Obstacle::Closed => ForumError::Closed { origin },
            Obstacle::Missing => ForumError::Missing { origin },
            Obstacle::Says(text) => ForumError::Says {
                origin,
                text: harmless(&text, &self.hidden),
            },
            Obstacle::Stranger => ForumError::Stranger { origin },
            Obstacle::Changed(what) => ForumError::Changed {
                origin,
                what,
                sample: sample::clean(html, &self.hidden),
            },
        }
    }

    fn refused(&self, why: Refusal) -> ForumError {
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

/// The cookies that were pasted, each as `name=value`.
pub fn cookies(pasted: &str) -> impl Iterator<Item = String> {
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
