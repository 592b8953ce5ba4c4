//! How sources are shown.

use poem_openapi::Object;

use super::{
    super::{
        connection::{self, ConnectionHealth, Managed},
        error::ApiError,
    },
    body::SourceKind,
};
use crate::{connection::Settings, store::connection::Connection};

/// Who offers releases.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct Source {
    /// Its number.
    id: i64,
    /// Its name.
    name: String,
    /// What it is.
    kind: SourceKind,
    /// It is asked.
    enabled: bool,
    /// Who may change it.
    managed: Managed,
    /// Its address, with its URL base.
    url: String,
    /// Prowlarr: it has a key; the key itself is never shown.
    api_key_set: Option<bool>,
    /// Prowlarr: Newznab categories.
    categories: Option<Vec<i64>>,
    /// Prowlarr: its numbers of its indexers; empty for all.
    indexers: Option<Vec<i64>>,
    /// EBDZ: the account's name.
    username: Option<String>,
    /// EBDZ: it has a password or a cookie; they are never shown.
    secret_set: Option<bool>,
    /// EBDZ: its numbers of the forums that are read.
    forums: Option<Vec<i64>>,
    /// EBDZ: seconds between two pages.
    pace_seconds: Option<u32>,
    /// EBDZ: hours from the end of a crawl to the next.
    crawl_hours: Option<u32>,
    /// EBDZ: all of the forums is read anew, a few pages each day.
    full_sweep: Option<bool>,
    /// Seconds until an answer is given up.
    timeout_seconds: u32,
    /// How it is.
    health: ConnectionHealth,
}

/// How a source is shown.
///
/// # Errors
/// When its settings are those of something else.
pub fn view(row: &Connection) -> Result<Source, ApiError> {
    let mut shown = Source {
        id: row.id,
        name: row.name.clone(),
        kind: SourceKind::Prowlarr,
        enabled: row.enabled,
        managed: Managed::of(&row.managed),
        url: String::new(),
        api_key_set: None,
        categories: None,
        indexers: None,
        username: None,
        secret_set: None,
        forums: None,
        pace_seconds: None,
        crawl_hours: None,
        full_sweep: None,
        timeout_seconds: 0,
        health: row.into(),
    };
    match connection::settings(row)? {
        Settings::Prowlarr(prowlarr) => {
            shown.url = prowlarr.url;
            shown.api_key_set = Some(row.sealed.is_some());
            shown.categories = Some(prowlarr.categories);
            shown.indexers = Some(prowlarr.indexers);
            shown.timeout_seconds = prowlarr.timeout_seconds;
        }
        Settings::Ebdz(ebdz) => {
            shown.kind = SourceKind::Ebdz;
            shown.url = ebdz.url;
            shown.username = ebdz.username;
            shown.secret_set = Some(row.sealed.is_some());
            shown.forums = Some(ebdz.forums);
            shown.pace_seconds = Some(ebdz.pace_seconds);
            shown.crawl_hours = Some(ebdz.crawl_hours);
            shown.full_sweep = Some(ebdz.full_sweep);
            shown.timeout_seconds = ebdz.timeout_seconds;
        }
        _ => return Err(ApiError::conflict("this is no source")),
    }
    Ok(shown)
}
