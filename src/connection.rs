//! What a connection's stored JSON means: libraries, sources, clients, targets and hooks, their secrets, and what makes them wrong.

pub mod catalogue;
mod ebdz;
mod folder;
pub mod hook;
mod programs;
mod series;
mod server;
pub mod target;
pub mod torznab;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    domain::{identity::Catalogue, link::Network, mapping::Mapping},
    ports::Purpose,
    secret::Secret,
};
pub use catalogue::CatalogueSettings;
pub use ebdz::EbdzSettings;
pub use folder::{ComicInfo, Convert, FolderSettings, Placing};
pub use hook::HookSettings;
pub use programs::{AmuleSettings, ProwlarrSettings, QBittorrentSettings};
pub use series::SeriesSettings;
pub use server::{Server, ServerSettings};
use target::{TargetSecrets, TargetSettings};
pub use torznab::TorznabSettings;

/// The kind of what is read into the local index.
pub const EBDZ: &str = "ebdz";
/// The kind of what other programs push.
pub const PUSH: &str = "push";

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Holds series.
    Library,
    /// Offers releases.
    Source,
    /// Downloads.
    Client,
    /// Is told of events.
    Target,
    /// Tells us that something changed.
    Hook,
    /// Knows how many volumes exist.
    Catalogue,
}

impl Role {
    /// Of a row; whatever is nothing else downloads.
    pub fn of(row: &crate::store::connection::Connection) -> Self {
        const OTHERS: [Role; 5] = [
            Role::Library,
            Role::Source,
            Role::Target,
            Role::Hook,
            Role::Catalogue,
        ];
        OTHERS
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
            Self::Target => "target",
            Self::Hook => "hook",
            Self::Catalogue => "catalogue",
        }
    }
}

/// What is sealed of a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secrets {
    /// Of Prowlarr, Komga or Kavita, of qBittorrent from 5.2, or of a catalogue that wants one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub api_key: Option<Secret>,
    /// Of qBittorrent, aMule, Komga, Kavita or EBDZ, or of who is told by mail or ntfy.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub password: Option<Secret>,
    /// Of EBDZ, as a browser sends it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cookie: Option<Secret>,
    /// What a hook is called with.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hook_token: Option<Secret>,
    /// What only targets have.
    #[serde(flatten)]
    pub target: TargetSecrets,
}

/// Settings of any kind of connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settings {
    /// A library in a folder.
    Folder(FolderSettings),
    /// A library that a server shows.
    Server(Server, ServerSettings),
    /// A source.
    Prowlarr(ProwlarrSettings),
    /// A source: one indexer.
    Torznab(TorznabSettings),
    /// A source that is read into the local index.
    Ebdz(EbdzSettings),
    /// A source that is never asked: other programs push what they find.
    Push,
    /// A client.
    QBittorrent(QBittorrentSettings),
    /// A client.
    Amule(AmuleSettings),
    /// A target of any kind.
    Target(Box<TargetSettings>),
    /// A hook of any kind.
    Hook(HookSettings),
    /// A catalogue.
    Catalogue(Catalogue, CatalogueSettings),
}

impl Settings {
    /// The word for its kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Folder(_) => "folder",
            Self::Server(server, _) => server.word(),
            Self::Prowlarr(_) => "prowlarr",
            Self::Torznab(_) => "torznab",
            Self::Ebdz(_) => EBDZ,
            Self::Push => PUSH,
            Self::QBittorrent(_) => "qbittorrent",
            Self::Amule(_) => "amule",
            Self::Target(target) => target.way.kind().word(),
            // What posts to it is a setting: a client may be of the same kind.
            Self::Hook(_) => "hook",
            Self::Catalogue(which, _) => which.word(),
        }
    }

    /// What it is for.
    pub fn role(&self) -> Role {
        match self {
            Self::Folder(_) | Self::Server(..) => Role::Library,
            Self::Prowlarr(_) | Self::Torznab(_) | Self::Ebdz(_) | Self::Push => Role::Source,
            Self::QBittorrent(_) | Self::Amule(_) => Role::Client,
            Self::Target(_) => Role::Target,
            Self::Hook(_) => Role::Hook,
            Self::Catalogue(..) => Role::Catalogue,
        }
    }

    /// From where it downloads; none of what is no client.
    pub fn network(&self) -> Option<Network> {
        match self {
            Self::QBittorrent(settings) => Some(settings.network),
            Self::Amule(_) => Some(Network::Ed2k),
            _ => None,
        }
    }

    /// A source of these settings is asked for this.
    pub fn serves(&self, purpose: Purpose) -> bool {
        match self {
            Self::Torznab(torznab) => torznab.serves(purpose),
            Self::Push => false,
            _ => true,
        }
    }

    /// The folders of a client, as this program sees them.
    pub fn mappings(&self) -> &[Mapping] {
        match self {
            Self::QBittorrent(settings) => &settings.mappings,
            Self::Amule(settings) => &settings.mappings,
            _ => &[],
        }
    }

    /// What the series of a library are; none of what is no library.
    pub fn series(&self) -> Option<&SeriesSettings> {
        match self {
            Self::Folder(folder) => Some(&folder.series),
            Self::Server(_, server) => Some(&server.series),
            _ => None,
        }
    }

    /// `scheme://host:port` of the server, of aMule `host:port`; none for a folder, a hook or what is pushed.
    pub fn origin(&self) -> Option<String> {
        let url = match self {
            Self::Folder(_) | Self::Hook(_) | Self::Push => return None,
            Self::Server(_, settings) => &settings.url,
            Self::Prowlarr(settings) => &settings.url,
            Self::Torznab(settings) => &settings.url,
            Self::Ebdz(settings) => &settings.url,
            Self::QBittorrent(settings) => &settings.url,
            Self::Amule(settings) => return Some(settings.address()),
            Self::Target(target) => return Some(target.origin.clone()),
            Self::Catalogue(_, settings) => &settings.url,
        };
        parse_url(url)
            .ok()
            .map(|url| url.origin().ascii_serialization())
    }

    /// As stored.
    pub fn to_json(&self) -> String {
        let json = match self {
            Self::Folder(settings) => serde_json::to_string(settings),
            Self::Server(_, settings) => serde_json::to_string(settings),
            Self::Prowlarr(settings) => serde_json::to_string(settings),
            Self::Torznab(settings) => serde_json::to_string(settings),
            Self::Ebdz(settings) => serde_json::to_string(settings),
            Self::Push => Ok("{}".into()),
            Self::QBittorrent(settings) => serde_json::to_string(settings),
            Self::Amule(settings) => serde_json::to_string(settings),
            Self::Target(settings) => serde_json::to_string(settings),
            Self::Hook(settings) => serde_json::to_string(settings),
            Self::Catalogue(_, settings) => serde_json::to_string(settings),
        };
        json.expect("plain data serialises")
    }

    /// From what is stored; none when this version cannot read it.
    pub fn from_json(kind: &str, json: &str) -> Option<Self> {
        match kind {
            "folder" => serde_json::from_str(json).ok().map(Self::Folder),
            "prowlarr" => serde_json::from_str(json).ok().map(Self::Prowlarr),
            "torznab" => serde_json::from_str(json).ok().map(Self::Torznab),
            EBDZ => serde_json::from_str(json).ok().map(Self::Ebdz),
            PUSH => Some(Self::Push),
            "qbittorrent" => serde_json::from_str(json).ok().map(Self::QBittorrent),
            "amule" => serde_json::from_str(json).ok().map(Self::Amule),
            "hook" => serde_json::from_str(json).ok().map(Self::Hook),
            kind if target::Kind::from_word(kind).is_some() => {
                serde_json::from_str(json).ok().map(Self::Target)
            }
            kind => match Server::from_word(kind) {
                Some(server) => {
                    let settings = serde_json::from_str(json).ok()?;
                    Some(Self::Server(server, settings))
                }
                None => {
                    let which = Catalogue::from_word(kind)?;
                    let settings = serde_json::from_str(json).ok()?;
                    Some(Self::Catalogue(which, settings))
                }
            },
        }
    }

    /// What is wrong with them, each as the field's name and a sentence.
    pub fn mistakes(&self, secrets: &Secrets) -> Vec<(&'static str, String)> {
        match self {
            Self::Folder(folder) => folder.mistakes(),
            Self::Server(server, settings) => settings.mistakes(*server, secrets),
            Self::Prowlarr(prowlarr) => prowlarr.mistakes(secrets),
            Self::Torznab(torznab) => torznab.mistakes(),
            Self::Ebdz(ebdz) => ebdz.mistakes(secrets),
            Self::Push => Vec::new(),
            Self::QBittorrent(client) => client.mistakes(secrets),
            Self::Amule(client) => client.mistakes(secrets),
            Self::Target(target) => target.mistakes(secrets),
            Self::Hook(hook) => hook.mistakes(secrets),
            Self::Catalogue(which, catalogue) => catalogue.mistakes(*which, secrets),
        }
    }
}

/// The root would be every disk of the machine, and what is no file on them.
fn is_place(path: &str) -> bool {
    let path = std::path::Path::new(path);
    let named = |part| matches!(part, std::path::Component::Normal(_));
    path.is_absolute() && path.components().any(named)
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
            levels: 9,
            series: SeriesSettings {
                content: "novels".into(),
                language: "French".into(),
                ..SeriesSettings::default()
            },
            ..FolderSettings::of("manga")
        });
        let fields: Vec<&str> = folder
            .mistakes(&Secrets::default())
            .into_iter()
            .map(|mistake| mistake.0)
            .collect();
        assert_eq!(fields, ["path", "levels", "inbox", "content", "language"]);
        assert_eq!(
            Settings::from_json(folder.kind(), &folder.to_json()),
            Some(folder)
        );
        assert_eq!(Settings::from_json("folder", "{}"), None);
    }
}
