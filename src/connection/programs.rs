//! Sources and clients as connections.

use serde::{Deserialize, Serialize};

use super::{Secrets, parse_url};
use crate::{
    domain::{
        link::Network,
        mapping::{self, Mapping},
    },
    download::amule,
};

/// Category and tag of what is sent, unless the user says otherwise.
const OURS: &str = "lacunarr";

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
    /// From where it downloads: of ed2k it is aMule behind aMuTorrent, aMulerr or the like, which speak as qBittorrent does.
    #[serde(default)]
    pub network: Network,
}

/// An aMule, by its External Connections.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmuleSettings {
    /// Name or address of its machine.
    pub host: String,
    /// Of its External Connections.
    pub port: u16,
    /// Given to everything that is added; empty for none.
    pub category: String,
    /// Seconds until an answer is given up.
    pub timeout_seconds: u32,
    /// Its folders, as this program sees them.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub mappings: Vec<Mapping>,
}

impl Default for QBittorrentSettings {
    fn default() -> Self {
        Self {
            url: String::new(),
            username: None,
            category: OURS.into(),
            tags: vec![OURS.into()],
            save_path: None,
            paused: false,
            timeout_seconds: 30,
            mappings: Vec::new(),
            network: Network::Torrent,
        }
    }
}

impl Default for AmuleSettings {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: 4712,
            category: OURS.into(),
            timeout_seconds: 30,
            mappings: Vec::new(),
        }
    }
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

impl AmuleSettings {
    pub(super) fn mistakes(&self, secrets: &Secrets) -> Vec<(&'static str, String)> {
        let wrong = self.mappings.iter().find_map(mapping::mistake);
        let found = [
            (
                "host",
                (!is_host(&self.host)).then(|| {
                    "it must be the name or address of aMule's machine alone, for example amule"
                        .into()
                }),
            ),
            ("port", (self.port == 0).then(|| "it must be 1 to 65535".into())),
            (
                "password",
                secrets.password.is_none().then(|| {
                    "the password of aMule's External Connections is needed; aMule answers no one without"
                        .into()
                }),
            ),
            (
                "category",
                (self.category.len() > 200).then(|| "it cannot be longer than 200 bytes".into()),
            ),
            ("timeoutSeconds", seconds(self.timeout_seconds)),
            ("mappings", wrong),
        ];
        let told = |(field, problem): (_, Option<String>)| Some((field, problem?));
        found.into_iter().filter_map(told).collect()
    }

    /// `host:port`.
    pub fn address(&self) -> String {
        amule::address(&self.host, self.port)
    }
}

fn is_host(host: &str) -> bool {
    url::Host::parse(host).is_ok() || host.parse::<std::net::Ipv6Addr>().is_ok()
}

pub(super) fn seconds(seconds: u32) -> Option<String> {
    (!(1..=600).contains(&seconds)).then(|| "it must be 1 to 600 seconds".into())
}
