//! What a connection's stored JSON means: libraries, sources and clients, their secrets, and what makes them wrong.

mod folder;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    domain::{
        mapping::{self, Mapping},
        release::Kind,
    },
    secret::Secret,
};
pub use folder::{ComicInfo, Convert, FolderSettings, Placing};

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Holds series.
    Library,
    /// Offers releases.
    Source,
    /// Downloads.
    Client,
}

impl Role {
    /// Of a row; whatever is neither library nor source downloads.
    pub fn of(row: &crate::store::connection::Connection) -> Self {
        [Self::Library, Self::Source]
            .into_iter()
            .find(|role| role.word() == row.role)
            .unwrap_or(Self::Client)
    }

    /// As stored, and in messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Library => "library",
            Self::Source => "source",
            Self::Client => "client",
        }
    }
}

/// Inboxes of one library.
const MOST_INBOXES: usize = 20;

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

/// What is sealed of a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secrets {
    /// Prowlarr's API key, or qBittorrent's from 5.2.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub api_key: Option<Secret>,
    /// qBittorrent's password.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub password: Option<Secret>,
}

/// Settings of any kind of connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settings {
    /// A library.
    Folder(FolderSettings),
    /// A source.
    Prowlarr(ProwlarrSettings),
    /// A client.
    QBittorrent(QBittorrentSettings),
}

impl Settings {
    /// The word for its kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Folder(_) => "folder",
            Self::Prowlarr(_) => "prowlarr",
            Self::QBittorrent(_) => "qbittorrent",
        }
    }

    /// What it is for.
    pub fn role(&self) -> Role {
        match self {
            Self::Folder(_) => Role::Library,
            Self::Prowlarr(_) => Role::Source,
            Self::QBittorrent(_) => Role::Client,
        }
    }

    /// `scheme://host:port` of the server; none for a folder.
    pub fn origin(&self) -> Option<String> {
        let url = match self {
            Self::Folder(_) => return None,
            Self::Prowlarr(settings) => &settings.url,
            Self::QBittorrent(settings) => &settings.url,
        };
        parse_url(url)
            .ok()
            .map(|url| url.origin().ascii_serialization())
    }

    /// As stored.
    pub fn to_json(&self) -> String {
        let json = match self {
            Self::Folder(settings) => serde_json::to_string(settings),
            Self::Prowlarr(settings) => serde_json::to_string(settings),
            Self::QBittorrent(settings) => serde_json::to_string(settings),
        };
        json.expect("plain data serialises")
    }

    /// From what is stored; none when this version cannot read it.
    pub fn from_json(kind: &str, json: &str) -> Option<Self> {
        match kind {
            "folder" => serde_json::from_str(json).ok().map(Self::Folder),
            "prowlarr" => serde_json::from_str(json).ok().map(Self::Prowlarr),
            "qbittorrent" => serde_json::from_str(json).ok().map(Self::QBittorrent),
            _ => None,
        }
    }

    /// What is wrong with them, each as the field's name and a sentence.
    pub fn mistakes(&self, secrets: &Secrets) -> Vec<(&'static str, String)> {
        let mut mistakes = Vec::new();
        let mut check = |field, problem: Option<String>| {
            mistakes.extend(problem.map(|problem| (field, problem)))
        };
        match self {
            Self::Folder(folder) => {
                check(
                    "path",
                    (!is_place(&folder.path)).then(|| {
                        "it must be an absolute path below the root, for example /manga".into()
                    }),
                );
                check(
                    "content",
                    Kind::from_word(&folder.content)
                        .is_none()
                        .then(|| "it must be auto, manga, bd, comics or chapters".into()),
                );
                check(
                    "language",
                    (!is_language(&folder.language))
                        .then(|| "it must be two small letters (ISO 639-1), for example fr".into()),
                );
                check(
                    "levels",
                    (folder.levels > 4).then(|| "it must be 0 to 4".into()),
                );
                let places = folder.inbox.iter().all(|path| is_place(path));
                check(
                    "inbox",
                    (!places || folder.inbox.len() > MOST_INBOXES).then(|| format!("it must be at most {MOST_INBOXES} absolute paths below the root, for example /downloads/manga")),
                );
                check("naming", folder.naming_mistake());
            }
            Self::Prowlarr(prowlarr) => {
                check("url", parse_url(&prowlarr.url).err());
                check(
                    "apiKey",
                    secrets.api_key.is_none().then(|| {
                        "Prowlarr's API key is needed; it stands there under Settings, General"
                            .into()
                    }),
                );
                check("timeoutSeconds", seconds(prowlarr.timeout_seconds));
                check(
                    "categories",
                    (prowlarr.categories.len() > 50).then(|| "at most 50".into()),
                );
                check(
                    "indexers",
                    (prowlarr.indexers.len() > 500).then(|| "at most 500".into()),
                );
            }
            Self::QBittorrent(client) => {
                check("url", parse_url(&client.url).err());
                check("timeoutSeconds", seconds(client.timeout_seconds));
                check(
                    "category",
                    (client.category.contains("//") || client.category.len() > 200)
                        .then(|| "it cannot hold '//', nor be longer than 200 bytes".into()),
                );
                check(
                    "tags",
                    client
                        .tags
                        .iter()
                        .any(|tag| tag.contains(',') || tag.trim().is_empty())
                        .then(|| "a tag can be neither empty nor hold a comma".into()),
                );
                let lonely = client.username.is_some() != secrets.password.is_some();
                check(
                    "password",
                    lonely.then(|| "name and password are given both or not at all".into()),
                );
                let wrong = client.mappings.iter().find_map(mapping::mistake);
                check("mappings", wrong.map(str::to_owned));
            }
        }
        mistakes
    }
}

fn seconds(seconds: u32) -> Option<String> {
    (!(1..=600).contains(&seconds)).then(|| "it must be 1 to 600 seconds".into())
}

/// The root would be every disk of the machine, and what is no file on them.
fn is_place(path: &str) -> bool {
    let path = std::path::Path::new(path);
    let named = |part| matches!(part, std::path::Component::Normal(_));
    path.is_absolute() && path.components().any(named)
}

fn is_language(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|letter| letter.is_ascii_lowercase())
}

/// An http or https URL without credentials, query or fragment, ending in a slash so that paths can be joined.
///
/// # Errors
/// A sentence that says what is wrong; it does not repeat the text, which may hold a password.
pub fn parse_url(text: &str) -> Result<Url, String> {
    let mut url = Url::parse(text.trim())
        .map_err(|_| "it is no URL; write it as http://host:port".to_owned())?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return Err("it must begin with http:// or https:// and name a host".into());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it must not hold a name or password; they have fields of their own".into());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("it must end with the path: no '?' and no '#'".into());
    }
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_taken_whole_or_refused_without_repeating_it() {
        assert_eq!(
            parse_url("http://host:9696/prowlarr").map(String::from),
            Ok("http://host:9696/prowlarr/".into())
        );
        for bad in [
            "host:9696",
            "ftp://host",
            "http://user:hunter2@host",
            "http://host/?apikey=hunter2",
            "http://host/#x",
            "",
            "http://",
        ] {
            let error = parse_url(bad).expect_err(bad);
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn settings_read_back_and_name_their_mistakes() {
        let folder = Settings::Folder(FolderSettings {
            inbox: vec!["/".into()],
            content: "novels".into(),
            language: "French".into(),
            levels: 9,
            ..FolderSettings::of("manga")
        });
        let fields: Vec<&str> = folder
            .mistakes(&Secrets::default())
            .into_iter()
            .map(|mistake| mistake.0)
            .collect();
        assert_eq!(fields, ["path", "content", "language", "levels", "inbox"]);
        assert_eq!(
            Settings::from_json(folder.kind(), &folder.to_json()),
            Some(folder)
        );
        assert_eq!(Settings::from_json("folder", "{}"), None);
    }
}
