//! Sources and clients as connections.

use serde::{Deserialize, Serialize};

use super::{Secrets, parse_url};
use crate::domain::mapping::{self, Mapping};

/// A Prowlarr.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProwlarrSettings {
    /// With its URL base.
    pub url: String,
    /// Newznab categories.
    pub categories: Vec<i64>,
    /// Prowlarr's numbers of its indexers; empty for all.
    pub indexers: Vec<i64>,
    /// Seconds until an answer is given up.
    pub timeout_seconds: u32,
}

/// A qBittorrent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QBittorrentSettings {
    /// With its path behind a proxy.
    pub url: String,
    /// None where it lets us in without.
    pub username: Option<String>,
    /// Given to everything that is added.
    pub category: String,
    /// Given to everything that is added.
    pub tags: Vec<String>,
    /// None for the category's own path.
    pub save_path: Option<String>,
    /// Added stopped.
    pub paused: bool,
    /// Seconds until an answer is given up.
    pub timeout_seconds: u32,
    /// Its folders, as this program sees them.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub mappings: Vec<Mapping>,
}

impl ProwlarrSettings {
    pub(super) fn mistakes(&self, secrets: &Secrets) -> Vec<(&'static str, String)> {
        let found = [
            ("url", parse_url(&self.url).err()),
            (
                "apiKey",
                secrets.api_key.is_none().then(|| {
                    "Prowlarr's API key is needed; it stands there under Settings, General".into()
                }),
            ),
            ("timeoutSeconds", seconds(self.timeout_seconds)),
            (
                "categories",
                (self.categories.len() > 50).then(|| "at most 50".into()),
            ),
            (
                "indexers",
                (self.indexers.len() > 500).then(|| "at most 500".into()),
            ),
        ];
        let told = |(field, problem): (_, Option<String>)| Some((field, problem?));
        found.into_iter().filter_map(told).collect()
    }
}

impl QBittorrentSettings {
    pub(super) fn mistakes(&self, secrets: &Secrets) -> Vec<(&'static str, String)> {
        let lonely = self.username.is_some() != secrets.password.is_some();
        let wrong = self.mappings.iter().find_map(mapping::mistake);
        let found = [
            ("url", parse_url(&self.url).err()),
            ("timeoutSeconds", seconds(self.timeout_seconds)),
            (
                "category",
                (self.category.contains("//") || self.category.len() > 200)
                    .then(|| "it cannot hold '//', nor be longer than 200 bytes".into()),
            ),
            (
                "tags",
                self.tags
                    .iter()
                    .any(|tag| tag.contains(',') || tag.trim().is_empty())
                    .then(|| "a tag can be neither empty nor hold a comma".into()),
            ),
            (
                "password",
                lonely.then(|| "name and password are given both or not at all".into()),
            ),
            ("mappings", wrong),
        ];
        let told = |(field, problem): (_, Option<String>)| Some((field, problem?));
        found.into_iter().filter_map(told).collect()
    }
}

pub(super) fn seconds(seconds: u32) -> Option<String> {
    (!(1..=600).contains(&seconds)).then(|| "it must be 1 to 600 seconds".into())
}
