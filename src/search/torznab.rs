//! Stage 3: one indexer that speaks Torznab, of Jackett, of Prowlarr or its own. The key goes into the query, as the protocol has it.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use reqwest::Method;
use tokio::sync::OnceCell;
use url::Url;

use self::{
    caps::Caps,
    feed::{Feed, Refusal},
};
use super::resolve::{self, Guard};
use crate::{
    domain::link::{Network, Payload},
    http::{Answer, Http},
    ports::{Indexer, PortError, ReleaseLink, SearchPage, SearchRequest, Source, TestReport},
    secret::Secret,
};

mod caps;
mod feed;
mod xml;

/// The largest answer that is read, in bytes. A page of 100 releases is about 200 kB.
const LIMIT: usize = 16 * 1024 * 1024;
/// Its number for itself: there is one.
const ONLY: i64 = 1;
/// Letters that are shown of what it says.
const LONGEST_WORDS: usize = 160;
/// Letters that are shown of what it is called.
const LONGEST_TITLE: usize = 60;

/// How to reach an indexer, and what to ask of it.
#[derive(Clone)]
pub struct TorznabConfig {
    /// The connection's name.
    pub name: String,
    /// All of it, with `/api`.
    pub url: Url,
    /// None where it wants none.
    pub api_key: Option<Secret>,
    /// Newznab categories; empty asks for all.
    pub categories: Vec<i64>,
    /// A private tracker, or none; none where its releases may say it.
    pub private: Option<bool>,
    /// For one request.
    pub timeout: Duration,
}

/// One indexer.
pub struct Torznab {
    config: TorznabConfig,
    http: Http,
    /// None when it does not say them in a way that can be read.
    caps: OnceCell<Option<Caps>>,
    /// Its releases say that it is no private tracker.
    is_public: AtomicBool,
    /// Some of them say that it is one.
    is_private: AtomicBool,
}

impl Torznab {
    /// Connects lazily: nothing is asked yet.
    pub fn new(config: TorznabConfig) -> Self {
        Self {
            http: Http::new(config.timeout).hiding(config.api_key.clone()),
            caps: OnceCell::new(),
            is_public: AtomicBool::new(false),
            is_private: AtomicBool::new(false),
            config,
        }
    }

    async fn get(&self, function: &str, query: &[(&str, String)]) -> Result<Answer, PortError> {
        let key = self.config.api_key.iter();
        let key: Vec<_> = key.map(|key| ("apikey", key.expose())).collect();
        let request = self
            .http
            .request(Method::GET, self.config.url.clone())
            .query(&[("t", function)])
            .query(query)
            .query(&key);
        let answer = self.http.send(request, LIMIT).await?;
        let status = answer.status.as_u16();
        // Some say it with 200, others with a status of their own.
        if let Some(refusal) = feed::refusal(&answer.text()) {
            return Err(refused(&answer, &refusal));
        }
        match status {
            200 => Ok(answer),
            401 | 403 => Err(unauthorised(answer.origin)),
            404 => Err(answer.bad(
                "there is no Torznab at this address; is the path right, and does it end with /api?",
            )),
            _ => Err(answer.unexpected()),
        }
    }

    async fn caps(&self) -> Result<Caps, PortError> {
        let answer = self.get("caps", &[]).await?;
        caps::read(&answer.text()).map_err(|why| answer.bad(why))
    }

    /// What it gives at once, which is asked once. One that says no caps, or none that can be read, may answer searches all the same.
    async fn page_of(&self, wanted: u32) -> Result<u32, PortError> {
        let ask = || async {
            match self.caps().await {
                Ok(caps) => Ok(Some(caps)),
                Err(PortError::BadAnswer { .. }) => Ok(None),
                Err(error) => Err(error),
            }
        };
        let caps = match self.caps.get_or_try_init(ask).await {
            Ok(caps) => caps.as_ref(),
            // It may say them the next time.
            Err(PortError::Status { .. }) => None,
            Err(error) => return Err(error),
        };
        let most = caps.and_then(|caps| caps.most);
        Ok(most.map_or(wanted, |most| wanted.min(most)))
    }

    async fn feed(&self, term: &str, offset: u32, limit: u32) -> Result<Feed, PortError> {
        let mut query = vec![
            ("extended", "1".to_owned()),
            ("offset", offset.to_string()),
            ("limit", limit.to_string()),
        ];
        if !term.is_empty() {
            query.push(("q", term.to_owned()));
        }
        let categories = self.config.categories.iter().map(i64::to_string);
        let categories = categories.collect::<Vec<_>>().join(",");
        if !categories.is_empty() {
            query.push(("cat", categories));
        }
        let answer = self.get("search", &query).await?;
        let feed = feed::read(&answer.text()).map_err(|why| answer.bad(why))?;
        match feed.is_public() {
            Some(true) => self.is_public.store(true, Ordering::Relaxed),
            Some(false) => self.is_private.store(true, Ordering::Relaxed),
            None => {}
        }
        Ok(feed)
    }

    /// As its releases say; where several trackers are behind it, one that is private makes it so.
    fn said_private(&self) -> Option<bool> {
        let is_private = self.is_private.load(Ordering::Relaxed);
        (is_private || self.is_public.load(Ordering::Relaxed)).then_some(is_private)
    }

    fn warnings(&self, caps: &Caps, feed: &Feed) -> Vec<String> {
        let mut warnings = Vec::new();
        if !caps.can_search {
            warnings.push("it says that it cannot be searched".to_owned());
        }
        let unknown = self.config.categories.iter();
        let unknown = unknown.filter(|number| !caps.knows(**number));
        let unknown: Vec<_> = unknown.map(i64::to_string).collect();
        if !unknown.is_empty() && !caps.categories.is_empty() {
            let unknown = unknown.join(", ");
            warnings.push(format!("it does not have these categories: {unknown}"));
        }
        let offers: Vec<_> = feed.offers(&self.config.name).collect();
        let taken = |network: &Option<Network>| network.is_some();
        if offers.is_empty() {
            warnings.push("it shows nothing in these categories".to_owned());
        } else if !offers.iter().any(|offer| taken(&offer.network)) {
            warnings
                .push("it offers nothing that a client takes; is it an indexer of usenet?".into());
        }
        warnings
    }
}

fn unauthorised(origin: String) -> PortError {
    PortError::Unauthorised {
        origin,
        hint: "the API key is missing or wrong",
    }
}

/// Codes of Newznab's specification, and what Prowlarr adds to them.
fn refused(answer: &Answer, refusal: &Refusal) -> PortError {
    let origin = answer.origin.clone();
    let said = answer.harmless(&refusal.description);
    let said: String = said.chars().take(LONGEST_WORDS).collect();
    match refusal.code {
        100..=199 => unauthorised(origin),
        429 | 500 | 501 => PortError::RateLimited {
            origin,
            retry_after: answer.retry_after(),
        },
        410 | 910 => PortError::Unavailable {
            origin,
            message: said,
        },
        code => answer.bad(format!("error {code}: {said}")),
    }
}

#[async_trait]
impl Source for Torznab {
    async fn indexers(&self) -> Result<Vec<Indexer>, PortError> {
        Ok(vec![Indexer {
            id: ONLY,
            name: self.config.name.clone(),
            private: self.config.private.or_else(|| self.said_private()),
            language: None,
            blocked_until: None,
        }])
    }

    async fn search(&self, request: &SearchRequest) -> Result<SearchPage, PortError> {
        let limit = self.page_of(request.limit).await?;
        let feed = self.feed(&request.term, request.offset, limit).await?;
        let offers: Vec<_> = feed.offers(&self.config.name).collect();
        let unreadable = feed.len() - offers.len();
        if unreadable > 0 {
            tracing::warn!(
                source = self.config.name,
                unreadable,
                "releases without a name or a link were left out"
            );
        }
        let read = request.offset + feed.len() as u32;
        let is_more = match feed.total {
            Some(total) => feed.len() > 0 && u64::from(read) < total,
            None => feed.len() >= limit as usize,
        };
        Ok(SearchPage {
            next: is_more.then_some(read),
            offers,
        })
    }

    async fn resolve(&self, link: &ReleaseLink) -> Result<Payload, PortError> {
        let guard = Guard {
            home: &self.config.url,
            key: self.config.api_key.as_ref(),
        };
        resolve::resolve(&self.http, &guard.at_home(link), &guard).await
    }

    async fn test(&self) -> Result<TestReport, PortError> {
        let caps = self.caps().await?;
        // Only that says whether the key is right: many show their caps to everyone.
        let feed = self.feed("", 0, caps.most.unwrap_or(100).min(100)).await?;
        let title: String = caps.title.chars().take(LONGEST_TITLE).collect();
        Ok(TestReport {
            program: format!("Torznab {title}").trim_end().to_owned(),
            warnings: self.warnings(&caps, &feed),
        })
    }
}
