//! A hook as it is given and as it is shown. Its token is shown once, when it was made here.

use chrono::{DateTime, Utc};
use poem_openapi::{Enum, Object};

use crate::{
    api::{
        clients::PathMapping,
        connection::{self, Managed, given},
        error::ApiError,
    },
    app::App,
    clock::utc,
    connection::{HookSettings, Secrets, Settings, hook::OnUnknown},
    connections::Wanted,
    domain::hook::{Kind, Mapping},
    secret::Secret,
    store::{self, connection::Connection},
};

/// Who posts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub enum HookKind {
    /// Sonarr, Radarr, Lidarr, Readarr, Prowlarr and what was made of them.
    Arr,
    /// The webhook plugin of Jellyfin. It tells of no book; a task that ended makes the libraries be looked at.
    Jellyfin,
    /// The command that a qBittorrent runs when a torrent is complete: the hash alone.
    QBittorrent,
    /// The command that an aMule runs when a file is complete: the hash alone.
    Amule,
    /// Anyone; `mapping` says where what stands.
    Generic,
}

/// What a body does that is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub enum UnknownBody {
    /// It is written down.
    #[default]
    Ignore,
    /// Every library is looked at.
    Look,
}

/// Where what stands in a body, as JSON pointers (RFC 6901); `*` stands for every item of a list, and the fields of a form have pointers too.
/// What is left out stands at the top under its own name: `/title`.
#[derive(Clone, Debug, Object)]
#[oai(
    rename_all = "camelCase",
    deny_unknown_fields,
    skip_serializing_if_is_none
)]
pub struct HookMapping {
    /// The sender's word for what happened; `test` is a test.
    #[oai(validator(max_length = 500, pattern = "^(/[^\\x00-\\x1f\\x7f-\\x9f]*)?$"))]
    event: Option<String>,
    /// The title of a series, or the name of a volume.
    #[oai(validator(max_length = 500, pattern = "^(/[^\\x00-\\x1f\\x7f-\\x9f]*)?$"))]
    title: Option<String>,
    /// A volume, for people.
    #[oai(validator(max_length = 500, pattern = "^(/[^\\x00-\\x1f\\x7f-\\x9f]*)?$"))]
    volume: Option<String>,
    /// A file or folder.
    #[oai(validator(max_length = 500, pattern = "^(/[^\\x00-\\x1f\\x7f-\\x9f]*)?$"))]
    path: Option<String>,
    /// Of a torrent or an ed2k file.
    #[oai(validator(max_length = 500, pattern = "^(/[^\\x00-\\x1f\\x7f-\\x9f]*)?$"))]
    hash: Option<String>,
}

impl From<HookMapping> for Mapping {
    fn from(mapping: HookMapping) -> Self {
        Self {
            event: given(mapping.event),
            title: given(mapping.title),
            volume: given(mapping.volume),
            path: given(mapping.path),
            hash: given(mapping.hash),
        }
    }
}

impl From<Mapping> for HookMapping {
    fn from(mapping: Mapping) -> Self {
        Self {
            event: mapping.event,
            title: mapping.title,
            volume: mapping.volume,
            path: mapping.path,
            hash: mapping.hash,
        }
    }
}

/// A hook to be made, or written anew.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
pub struct HookRequest {
    /// Its name, which stands in its address.
    #[oai(validator(max_length = 60, pattern = "^[a-z0-9][a-z0-9_-]*$"))]
    name: String,
    /// Who posts.
    kind: HookKind,
    /// What it is called with; left out: one is made, or the one that it has stays.
    #[oai(
        write_only,
        validator(min_length = 16, max_length = 200, pattern = "^[A-Za-z0-9._~-]*$")
    )]
    pub token: Option<String>,
    /// What a body does that is not known.
    #[oai(default)]
    on_unknown: UnknownBody,
    /// Generic: where what stands in a body.
    mapping: Option<HookMapping>,
    /// The sender's folders, as this program sees them; needed when the two are not the same.
    #[oai(default, validator(max_items = 50))]
    path_mappings: Vec<PathMapping>,
    /// Something comes of what is posted; else it is just kept.
    #[oai(default = "yes")]
    enabled: bool,
}

fn yes() -> bool {
    true
}

/// A hook.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct IncomingWebhook {
    /// Its number.
    id: i64,
    /// Its name.
    name: String,
    /// Who posts.
    kind: HookKind,
    /// Something comes of what is posted.
    enabled: bool,
    /// Who may change it.
    managed: Managed,
    /// Where others post, behind scheme and host.
    path: String,
    /// What it is called with. Shown once, in the answer to its making, when it was made for it.
    #[oai(read_only)]
    pub token: Option<String>,
    /// What a body does that is not known.
    on_unknown: UnknownBody,
    /// Generic: where what stands in a body.
    mapping: Option<HookMapping>,
    /// The sender's folders, as this program sees them.
    path_mappings: Vec<PathMapping>,
    /// When something last came.
    received_at: Option<DateTime<Utc>>,
}

/// What is to be made of a request.
pub fn wanted(request: HookRequest, token: Option<Secret>) -> Wanted {
    let settings = HookSettings {
        kind: request.kind.into(),
        on_unknown: request.on_unknown.into(),
        mapping: request.mapping.map(Mapping::from).unwrap_or_default(),
        path_mappings: request.path_mappings.into_iter().map(Into::into).collect(),
    };
    Wanted {
        name: request.name,
        enabled: request.enabled,
        settings: Settings::Hook(settings),
        secrets: Secrets {
            hook_token: token,
            ..Secrets::default()
        },
    }
}

/// Settings of a row.
pub fn settings(row: &Connection) -> Result<HookSettings, ApiError> {
    match connection::settings(row)? {
        Settings::Hook(hook) => Ok(hook),
        _ => Err(ApiError::conflict("this is no hook of this version")),
    }
}

/// A hook as it is shown.
pub async fn view(app: &App, row: &Connection) -> Result<IncomingWebhook, ApiError> {
    let settings = settings(row)?;
    let has_mapping = settings.kind == Kind::Generic;
    Ok(IncomingWebhook {
        id: row.id,
        name: row.name.clone(),
        kind: settings.kind.into(),
        enabled: row.enabled,
        managed: Managed::of(&row.managed),
        path: format!("{}/api/v1/hooks/{}", app.config.url_base, row.name),
        token: None,
        on_unknown: settings.on_unknown.into(),
        mapping: has_mapping.then(|| settings.mapping.into()),
        path_mappings: settings.path_mappings.into_iter().map(Into::into).collect(),
        received_at: store::hook::last(&app.db, row.id).await?.map(utc),
    })
}

impl From<HookKind> for Kind {
    fn from(kind: HookKind) -> Self {
        match kind {
            HookKind::Arr => Self::Arr,
            HookKind::Jellyfin => Self::Jellyfin,
            HookKind::QBittorrent => Self::QBittorrent,
            HookKind::Amule => Self::Amule,
            HookKind::Generic => Self::Generic,
        }
    }
}

impl From<Kind> for HookKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Arr => Self::Arr,
            Kind::Jellyfin => Self::Jellyfin,
            Kind::QBittorrent => Self::QBittorrent,
            Kind::Amule => Self::Amule,
            Kind::Generic => Self::Generic,
        }
    }
}

impl From<UnknownBody> for OnUnknown {
    fn from(word: UnknownBody) -> Self {
        match word {
            UnknownBody::Ignore => Self::Ignore,
            UnknownBody::Look => Self::Look,
        }
    }
}

impl From<OnUnknown> for UnknownBody {
    fn from(word: OnUnknown) -> Self {
        match word {
            OnUnknown::Ignore => Self::Ignore,
            OnUnknown::Look => Self::Look,
        }
    }
}
