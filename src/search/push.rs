//! Stage 3: what other programs push, as autobrr does. It is never asked, and its links are known for as long as they are in memory.

use std::time::Duration;

use async_trait::async_trait;
use url::Url;

use super::resolve::{self, Guard};
use crate::{
    domain::link::Payload,
    http::Http,
    ports::{Indexer, PortError, ReleaseLink, SearchPage, SearchRequest, Source, TestReport},
};

/// For the download of a torrent file.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Whatever is pushed.
pub struct Pushed {
    http: Http,
}

impl Default for Pushed {
    fn default() -> Self {
        Self {
            http: Http::new(TIMEOUT),
        }
    }
}

#[async_trait]
impl Source for Pushed {
    fn is_local(&self) -> bool {
        true
    }

    async fn indexers(&self) -> Result<Vec<Indexer>, PortError> {
        Ok(Vec::new())
    }

    async fn search(&self, _: &SearchRequest) -> Result<SearchPage, PortError> {
        Ok(SearchPage::default())
    }

    async fn resolve(&self, link: &ReleaseLink) -> Result<Payload, PortError> {
        let home = Url::parse(link.expose()).map_err(|_| PortError::BadAnswer {
            origin: "what was pushed".into(),
            detail: "its link leads nowhere".into(),
        })?;
        let guard = Guard {
            home: &home,
            key: None,
        };
        resolve::resolve(&self.http, link, &guard).await
    }

    async fn test(&self) -> Result<TestReport, PortError> {
        Ok(TestReport {
            program: "what other programs push; it is not asked".into(),
            warnings: Vec::new(),
        })
    }
}
