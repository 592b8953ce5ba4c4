//! Stage 3: Prowlarr. One search through its JSON API reaches all its indexers; its links are resolved here, because they carry its API key.

use std::time::Duration;

use async_trait::async_trait;
use reqwest::Method;
use serde::Deserialize;
use serde_json::value::RawValue;
use url::Url;

use self::answers::{Block, IndexerEntry, SystemStatus};
use super::resolve::{self, Guard};
use crate::{
    domain::link::Payload,
    http::{Answer, Http, below},
    ports::{Indexer, PortError, ReleaseLink, SearchPage, SearchRequest, Source, TestReport},
    secret::Secret,
};

mod answers;

/// The largest answer that is read, in bytes. A page of 100 releases is about 200 kB.
const LIMIT: usize = 32 * 1024 * 1024;

/// Prowlarr's number for "all torrent indexers".
const ALL_TORRENT: i64 = -2;

/// How to reach a Prowlarr, and what to ask of it.
#[derive(Clone)]
pub struct ProwlarrConfig {
    /// With its URL base, for example `http://nas:9696/prowlarr`.
    pub url: Url,
    /// From its Settings, General.
    pub api_key: Secret,
    /// Newznab categories; 7000 is books, 7030 comics. Empty asks for all.
    pub categories: Vec<i64>,
    /// Its numbers of the indexers to ask; empty asks all torrent indexers.
    pub indexers: Vec<i64>,
    /// For one request. A search waits for the slowest indexer: 60 to 100 s.
    pub timeout: Duration,
}

/// One Prowlarr.
pub struct Prowlarr {
    config: ProwlarrConfig,
    http: Http,
}

impl Prowlarr {
    /// Connects lazily: nothing is asked yet.
    pub fn new(config: ProwlarrConfig) -> Self {
        let http = Http::new(config.timeout).hiding([config.api_key.clone()]);
        Self { config, http }
    }

    async fn get(&self, path: &str, query: &[(&str, String)]) -> Result<Answer, PortError> {
        // The key goes in a header: URLs end up in the logs of proxies.
        let request = self
            .http
            .request(Method::GET, below(&self.config.url, path))
            .query(query)
            .header("X-Api-Key", self.config.api_key.expose());
        let answer = self.http.send(request, LIMIT).await?;
        match answer.status.as_u16() {
            200 => Ok(answer),
            401 | 403 => Err(PortError::Unauthorised {
                origin: answer.origin,
                hint: "the API key is missing or wrong; in Prowlarr it is under Settings, General",
            }),
            // "Search failed due to all selected indexers being unavailable"
            400 if answer.detail().contains("unavailable") => Err(PortError::Unavailable {
                message: answer.detail(),
                origin: answer.origin,
            }),
            404 => {
                Err(answer.bad("there is no Prowlarr API at this address; is the URL base right?"))
            }
            _ => Err(answer.unexpected()),
        }
    }

    /// An empty list would let usenet indexers be asked too, and would hide that all torrent indexers are on hold.
    fn indexers_to_ask<'a>(&'a self, request: &'a SearchRequest) -> &'a [i64] {
        [&request.indexers, &self.config.indexers]
            .into_iter()
            .find(|ids| !ids.is_empty())
            .map_or(&[ALL_TORRENT], Vec::as_slice)
    }

    fn warnings(&self, indexers: &[Indexer], now: i64) -> Vec<String> {
        let mut warnings = Vec::new();
        if indexers.is_empty() {
            warnings.push("it has no enabled torrent indexer to ask".to_owned());
        }
        let chosen = self.config.indexers.iter();
        let missing: Vec<_> = chosen
            .filter(|id| indexers.iter().all(|indexer| indexer.id != **id))
            .map(i64::to_string)
            .collect();
        if !missing.is_empty() {
            let missing = missing.join(", ");
            warnings.push(format!(
                "these chosen indexers are missing or switched off: {missing}"
            ));
        }
        let held = indexers
            .iter()
            .filter(|indexer| indexer.blocked_until > Some(now));
        match held.count() {
            0 => {}
            held => warnings.push(format!(
                "{held} of {} indexers are on hold there after failures",
                indexers.len()
            )),
        }
        warnings
    }
}

/// The items of a JSON array that can be read.
fn items<'a, T: Deserialize<'a>>(answer: &'a Answer) -> Result<impl Iterator<Item = T>, PortError> {
    let raw: Vec<&RawValue> = answer.json()?;
    Ok(raw
        .into_iter()
        .filter_map(|item| serde_json::from_str(item.get()).ok()))
}

#[async_trait]
impl Source for Prowlarr {
    async fn indexers(&self) -> Result<Vec<Indexer>, PortError> {
        let list = self.get("api/v1/indexer", &[]).await?;
        let status = self.get("api/v1/indexerstatus", &[]).await?;
        let blocks: Vec<Block> = items(&status)?.collect();
        let chosen = &self.config.indexers;
        Ok(items(&list)?
            .filter(IndexerEntry::is_usable)
            .filter(|entry| chosen.is_empty() || chosen.contains(&entry.id))
            .map(|entry| entry.with(&blocks))
            .collect())
    }

    async fn search(&self, request: &SearchRequest) -> Result<SearchPage, PortError> {
        let mut query = vec![
            ("query", request.term.clone()),
            ("type", "search".to_owned()),
            // Left out they are 0, which some indexers take at its word.
            ("limit", request.limit.to_string()),
            ("offset", request.offset.to_string()),
        ];
        let categories = self.config.categories.iter();
        query.extend(categories.map(|id| ("categories", id.to_string())));
        let indexers = self.indexers_to_ask(request).iter();
        query.extend(indexers.map(|id| ("indexerIds", id.to_string())));

        let answer = self.get("api/v1/search", &query).await?;
        let raw: Vec<&RawValue> = answer.json()?;
        let offers: Vec<_> = raw.iter().filter_map(|raw| answers::offer(raw)).collect();
        let unreadable = raw.len() - offers.len();
        if unreadable > 0 {
            tracing::warn!(
                source = answer.origin,
                unreadable,
                "releases without a name or a guid were left out"
            );
        }
        Ok(SearchPage {
            offers,
            // Each of its indexers skips that many.
            next: (raw.len() >= request.limit as usize).then_some(request.offset + request.limit),
        })
    }

    async fn resolve(&self, link: &ReleaseLink) -> Result<Payload, PortError> {
        let guard = Guard {
            home: &self.config.url,
            key: Some(&self.config.api_key),
        };
        resolve::resolve(&self.http, &guard.at_home(link), &guard).await
    }

    async fn test(&self) -> Result<TestReport, PortError> {
        let answer = self.get("api/v1/system/status", &[]).await?;
        let status: SystemStatus = answer.json()?;
        match status.app_name.as_deref() {
            Some("Prowlarr") => {}
            Some(other) => {
                let other: String = other.chars().take(40).collect();
                return Err(answer.bad(format!("this is {other}, not Prowlarr")));
            }
            None => return Err(answer.bad("the program does not say that it is Prowlarr")),
        }
        let now = chrono::Utc::now().timestamp_millis();
        let version: String = status
            .version
            .iter()
            .flat_map(|text| text.chars())
            .take(40)
            .collect();
        Ok(TestReport {
            program: format!("Prowlarr {version}").trim_end().to_owned(),
            warnings: self.warnings(&self.indexers().await?, now),
        })
    }
}
