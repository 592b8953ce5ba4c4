//! MangaUpdates: how many volumes a series has at home. Its API v1, as its OpenAPI document at api.mangaupdates.com describes it;
//! reading needs no account. It asks for reasonable intervals between requests, which whoever asks keeps.

use async_trait::async_trait;
use reqwest::Method;
use serde_json::json;

use super::{Place, api, bounds, names};
use crate::{
    domain::{
        catalogue::{Entry, Sought},
        identity,
    },
    http::{Answer, Http, below},
    ports::{Catalogue, PortError, TestReport},
};

mod answers;
mod status;

/// MangaUpdates.
pub struct MangaUpdates {
    place: Place,
    http: Http,
}

impl MangaUpdates {
    /// Asks nothing yet.
    pub fn new(place: Place) -> Self {
        let http = Http::new(place.timeout);
        Self { place, http }
    }

    async fn find(&self, title: &str, most: usize) -> Result<Vec<Entry>, PortError> {
        let title = bounds::line(title).unwrap_or_default();
        let question = json!({"search": title, "stype": "title", "perpage": most});
        let url = below(&self.place.url, "v1/series/search");
        let request = self.http.request(Method::POST, url).json(&question);
        let answer = api::ask(&self.http, request).await?;
        match answer.status.as_u16() {
            200 => read(&answer, answers::found),
            _ => Err(answer.unexpected()),
        }
    }

    async fn one(&self, id: &str) -> Result<Option<Entry>, PortError> {
        // It goes into a path.
        if !id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(None);
        }
        let url = below(&self.place.url, &format!("v1/series/{id}"));
        let answer = api::ask(&self.http, self.http.request(Method::GET, url)).await?;
        match answer.status.as_u16() {
            200 => read(&answer, answers::series).map(Some),
            404 => Ok(None),
            _ => Err(answer.unexpected()),
        }
    }
}

fn read<T>(
    answer: &Answer,
    read: impl Fn(&str) -> Result<T, &'static str>,
) -> Result<T, PortError> {
    read(&answer.text()).map_err(|why| answer.bad(why))
}

#[async_trait]
impl Catalogue for MangaUpdates {
    fn which(&self) -> identity::Catalogue {
        identity::Catalogue::MangaUpdates
    }

    async fn search(&self, sought: &Sought) -> Result<Vec<Entry>, PortError> {
        let mut search = names::Search::of(sought, sought.names());
        while let Some(name) = search.next(self.place.pace).await {
            search.heard(self.find(&name, bounds::MOST_ENTRIES).await)?;
        }
        Ok(search.into_entries())
    }

    async fn series(&self, ids: &[String]) -> Result<Vec<Entry>, PortError> {
        match ids.first() {
            Some(id) => Ok(self.one(id).await?.into_iter().collect()),
            None => Ok(Vec::new()),
        }
    }

    async fn test(&self) -> Result<TestReport, PortError> {
        self.find("One Piece", 1).await?;
        Ok(TestReport {
            program: "MangaUpdates (API v1)".into(),
            warnings: Vec::new(),
        })
    }
}
