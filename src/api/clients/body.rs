//! What a client is made of and what is changed of it, for the two kinds that there are.

use poem_openapi::{Enum, Object, types::MaybeUndefined};

use super::super::{
    connection::{Mistakes, changed, changed_secret, refuse},
    offers::Network,
};
use crate::{
    connection::{AmuleSettings, QBittorrentSettings, Secrets, Settings},
    domain::mapping::Mapping,
};

/// What a client is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub enum ClientKind {
    /// A qBittorrent, 4.1 or later, or what speaks as it does.
    QBittorrent,
    /// An aMule, 2.3.1 or later, by its External Connections.
    Amule,
}

/// A folder as another program sees it, and as this one does.
#[derive(Clone, Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
pub struct PathMapping {
    /// Absolute, as the other one shows it, for example `/downloads` or `D:\\downloads`.
    #[oai(validator(max_length = 4096, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$"))]
    from: String,
    /// The same folder as this program sees it, for example `/data/downloads`.
    #[oai(validator(max_length = 4096, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$"))]
    to: String,
}

impl From<PathMapping> for Mapping {
    fn from(mapping: PathMapping) -> Self {
        Self {
            from: mapping.from,
            to: mapping.to,
        }
    }
}

impl From<Mapping> for PathMapping {
    fn from(mapping: Mapping) -> Self {
        Self {
            from: mapping.from,
            to: mapping.to,
        }
    }
}

/// A client to be made.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewClient {
    /// Its name.
    #[oai(validator(
        max_length = 60,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    pub name: String,
    /// What it is.
    kind: ClientKind,
    /// qBittorrent: its address, for example `http://qbittorrent:8080`.
    #[oai(validator(
        max_length = 2000,
        pattern = "^https?://[^/?#\\x00-\\x20][^?#\\x00-\\x20]*$"
    ))]
    url: Option<String>,
    /// aMule: name or address of its machine, for example `amule`.
    #[oai(validator(max_length = 255, pattern = "^[^\\x00-\\x20\\x7f-\\x9f/?#@]*$"))]
    host: Option<String>,
    /// aMule: port of its External Connections; 4712 when left out.
    #[oai(validator(minimum(value = "1"), maximum(value = "65535")))]
    port: Option<u16>,
    /// qBittorrent: left out where it lets us in without.
    #[oai(validator(max_length = 200, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$"))]
    username: Option<String>,
    /// Of that user; of aMule's External Connections.
    #[oai(write_only, validator(max_length = 500, pattern = "^[^\\x00]*$"))]
    password: Option<String>,
    /// qBittorrent: instead of name and password, from 5.2.
    #[oai(write_only, validator(max_length = 200, pattern = "^[^\\x00]*$"))]
    api_key: Option<String>,
    /// qBittorrent: from where it downloads; `ed2k` for aMuTorrent, aMulerr and the like, which are aMule and speak as qBittorrent does.
    network: Option<Network>,
    /// Given to everything that is added; `lacunarr` when left out.
    #[oai(validator(max_length = 200, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$"))]
    category: Option<String>,
    /// qBittorrent: given to everything that is added; `lacunarr` when left out.
    #[oai(validator(
        max_items = 20,
        max_length = 100,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    tags: Option<Vec<String>>,
    /// qBittorrent: left out for the category's own path.
    #[oai(validator(max_length = 4096, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$"))]
    save_path: Option<String>,
    /// qBittorrent: add torrents stopped; not when left out.
    paused: Option<bool>,
    /// Seconds until an answer is given up; 30 when left out.
    #[oai(validator(minimum(value = "1"), maximum(value = "600")))]
    timeout_seconds: Option<u32>,
    /// Its folders, as this program sees them; needed when the two are not the same.
    #[oai(validator(max_items = 20))]
    mappings: Option<Vec<PathMapping>>,
    /// Send to it.
    #[oai(default = "yes")]
    pub enabled: bool,
}

fn yes() -> bool {
    true
}

/// What is to be changed of a client; what is left out stays as it is, and `null` clears.
#[derive(Debug, Default, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClientChange {
    /// Its name.
    #[oai(validator(
        max_length = 60,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    pub name: Option<String>,
    /// qBittorrent: its address.
    #[oai(validator(
        max_length = 2000,
        pattern = "^https?://[^/?#\\x00-\\x20][^?#\\x00-\\x20]*$"
    ))]
    url: Option<String>,
    /// aMule: name or address of its machine.
    #[oai(validator(max_length = 255, pattern = "^[^\\x00-\\x20\\x7f-\\x9f/?#@]*$"))]
    host: Option<String>,
    /// aMule: port of its External Connections.
    #[oai(validator(minimum(value = "1"), maximum(value = "65535")))]
    port: Option<u16>,
    /// qBittorrent: cleared where it lets us in without.
    #[oai(
        nullable,
        validator(max_length = 200, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$")
    )]
    username: MaybeUndefined<String>,
    /// Of that user; of aMule's External Connections.
    #[oai(
        nullable,
        write_only,
        validator(max_length = 500, pattern = "^[^\\x00]*$")
    )]
    password: MaybeUndefined<String>,
    /// qBittorrent: instead of name and password, from 5.2.
    #[oai(
        nullable,
        write_only,
        validator(max_length = 200, pattern = "^[^\\x00]*$")
    )]
    api_key: MaybeUndefined<String>,
    /// qBittorrent: from where it downloads.
    network: Option<Network>,
    /// Given to everything that is added.
    #[oai(validator(max_length = 200, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$"))]
    category: Option<String>,
    /// qBittorrent: given to everything that is added.
    #[oai(validator(
        max_items = 20,
        max_length = 100,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    tags: Option<Vec<String>>,
    /// qBittorrent: cleared for the category's own path.
    #[oai(
        nullable,
        validator(max_length = 4096, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$")
    )]
    save_path: MaybeUndefined<String>,
    /// qBittorrent: add torrents stopped.
    paused: Option<bool>,
    /// Seconds until an answer is given up.
    #[oai(validator(minimum(value = "1"), maximum(value = "600")))]
    timeout_seconds: Option<u32>,
    /// Its folders, as this program sees them.
    #[oai(validator(max_items = 20))]
    mappings: Option<Vec<PathMapping>>,
    /// Send to it.
    pub enabled: Option<bool>,
}

impl NewClient {
    /// The settings and secrets that it asks for.
    ///
    /// # Errors
    /// Fields that its kind does not have.
    pub fn read(self) -> Result<(Settings, Secrets), Mistakes> {
        let usual = match self.kind {
            ClientKind::QBittorrent => Settings::QBittorrent(QBittorrentSettings::default()),
            ClientKind::Amule => Settings::Amule(AmuleSettings::default()),
        };
        let change = ClientChange {
            name: None,
            url: self.url,
            host: self.host,
            port: self.port,
            username: MaybeUndefined::from_opt_undefined(self.username),
            password: MaybeUndefined::from_opt_undefined(self.password),
            api_key: MaybeUndefined::from_opt_undefined(self.api_key),
            network: self.network,
            category: self.category,
            tags: self.tags,
            save_path: MaybeUndefined::from_opt_undefined(self.save_path),
            paused: self.paused,
            timeout_seconds: self.timeout_seconds,
            mappings: self.mappings,
            enabled: None,
        };
        change.onto(usual, Secrets::default())
    }
}

impl ClientChange {
    /// The secrets that are given with it.
    pub fn given(&self) -> Vec<&'static str> {
        let given = [
            ("apiKey", self.api_key.is_value()),
            ("password", self.password.is_value()),
        ];
        let given = given.into_iter().filter(|field| field.1);
        given.map(|field| field.0).collect()
    }

    /// These settings and secrets with what is changed of them.
    ///
    /// # Errors
    /// Fields that their kind does not have.
    pub fn onto(self, old: Settings, secrets: Secrets) -> Result<(Settings, Secrets), Mistakes> {
        let why = format!("a client of the kind {} has none; leave it out", old.kind());
        match &old {
            Settings::QBittorrent(_) => refuse(self.of_amule(), &why)?,
            _ => refuse(self.of_qbittorrent(), &why)?,
        }
        let secrets = Secrets {
            api_key: changed_secret(self.api_key, secrets.api_key),
            password: changed_secret(self.password, secrets.password),
            ..Secrets::default()
        };
        let mappings = |old: Vec<Mapping>| match self.mappings {
            Some(mappings) => mappings.into_iter().map(Into::into).collect(),
            None => old,
        };
        let settings = match old {
            Settings::QBittorrent(old) => Settings::QBittorrent(QBittorrentSettings {
                url: self.url.unwrap_or(old.url),
                username: changed(self.username, old.username),
                category: self.category.unwrap_or(old.category),
                tags: self.tags.unwrap_or(old.tags),
                save_path: changed(self.save_path, old.save_path),
                paused: self.paused.unwrap_or(old.paused),
                timeout_seconds: self.timeout_seconds.unwrap_or(old.timeout_seconds),
                mappings: mappings(old.mappings),
                network: self.network.map_or(old.network, Into::into),
            }),
            Settings::Amule(old) => Settings::Amule(AmuleSettings {
                host: self.host.unwrap_or(old.host),
                port: self.port.unwrap_or(old.port),
                category: self.category.unwrap_or(old.category),
                timeout_seconds: self.timeout_seconds.unwrap_or(old.timeout_seconds),
                mappings: mappings(old.mappings),
            }),
            other => other,
        };
        Ok((settings, secrets))
    }

    fn of_amule(&self) -> [(&'static str, bool); 2] {
        [("host", self.host.is_some()), ("port", self.port.is_some())]
    }

    fn of_qbittorrent(&self) -> [(&'static str, bool); 7] {
        [
            ("url", self.url.is_some()),
            ("username", self.username.is_value()),
            ("apiKey", self.api_key.is_value()),
            ("network", self.network.is_some()),
            ("tags", self.tags.is_some()),
            ("savePath", self.save_path.is_value()),
            ("paused", self.paused.is_some()),
        ]
    }
}
