//! OpenTome: volumes of manga in Japan, France and elsewhere, published as one SQLite file (opentomedb/mangarr-metadata on GitHub, release
//! `metadata`). The file is fetched once and again when there is a newer one, is never part of Lacunarr, and is asked here without a request.
//! Its data may be used with attribution, not commercially (CC BY-NC 4.0, `LICENSE-DATA.md` of opentomedb/opentome).

use std::path::PathBuf;

use async_trait::async_trait;
use tokio::sync::Mutex;

use self::{fetching::Fetching, lines::Lines};
use super::Place;
use crate::{
    clock::Clock,
    domain::{
        catalogue::{Entry, Sought},
        identity,
    },
    ports::{Catalogue, PortError, TestReport},
    store::{StoreError, opentome::OpenTomeFile},
};

mod fetching;
mod lines;

/// Titles of a series that are looked for.
const MOST_TITLES: usize = 20;
/// Series that are kept of what is found.
const MOST_FOUND: usize = 10;
/// Series that are read at once.
const BATCH: usize = 50;

/// OpenTome, with its file.
pub struct OpenTome {
    fetching: Mutex<Fetching>,
}

impl OpenTome {
    /// Keeps its file in a folder of its own, which is made when it is needed. Nothing is asked yet.
    pub fn new(place: Place, folder: PathBuf, clock: Clock) -> Self {
        Self {
            fetching: Mutex::new(Fetching::new(place, folder, clock)),
        }
    }

    async fn lines(&self) -> Result<Lines, PortError> {
        let path = self.fetching.lock().await.file().await?;
        OpenTomeFile::open(&path)
            .await
            .map(Lines)
            .map_err(unreadable)
    }
}

fn unreadable(error: StoreError) -> PortError {
    let cause = std::error::Error::source(&error).map(ToString::to_string);
    PortError::Files {
        place: "the file of OpenTome".into(),
        cause: cause.unwrap_or_else(|| error.to_string()),
    }
}

#[async_trait]
impl Catalogue for OpenTome {
    fn which(&self) -> identity::Catalogue {
        identity::Catalogue::OpenTome
    }

    /// In its file; with whatever it says of them.
    async fn search(&self, sought: &Sought) -> Result<Vec<Entry>, PortError> {
        let titles = std::iter::once(&sought.title).chain(&sought.aliases);
        let titles: Vec<&str> = titles.take(MOST_TITLES).map(String::as_str).collect();
        let mut lines = self.lines().await?;
        lines
            .search(&titles, sought.isbn.as_deref(), MOST_FOUND)
            .await
            .map_err(unreadable)
    }

    fn batch(&self) -> usize {
        BATCH
    }

    async fn series(&self, ids: &[String]) -> Result<Vec<Entry>, PortError> {
        let mut lines = self.lines().await?;
        let mut entries = Vec::new();
        for id in ids.iter().take(BATCH) {
            entries.extend(lines.entry(id).await.map_err(unreadable)?);
        }
        Ok(entries)
    }

    /// Asks which file there is, and does not fetch it.
    async fn test(&self) -> Result<TestReport, PortError> {
        self.fetching.lock().await.test().await
    }
}
