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
    /// Its address, with its URL base; none of what is pushed.
    url: Option<String>,
    /// Prowlarr, Torznab: it has a key; the key itself is never shown.
    api_key_set: Option<bool>,
    /// Prowlarr, Torznab: Newznab categories; empty for all.
    categories: Option<Vec<i64>>,
    /// Torznab: what follows on the address.
    api_path: Option<String>,
    /// Torznab: a private tracker, with fewer queries a day, whose downloads are never removed. Left out: as its releases say.
    private: Option<bool>,
    /// Torznab: it offers usenet, which no client takes, and is never asked.
    usenet: Option<bool>,
    /// Torznab: its recent releases are looked at.
    rss: Option<bool>,
    /// Torznab: searches that happen by themselves ask it.
    automatic_search: Option<bool>,
    /// Torznab: searches that someone asks for ask it.
    interactive_search: Option<bool>,
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
    /// Seconds until an answer is given up; none of what is pushed.
    timeout_seconds: Option<u32>,
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
        url: None,
        api_key_set: None,
        categories: None,
        api_path: None,
        private: None,
        usenet: None,
        rss: None,
        automatic_search: None,
        interactive_search: None,
        indexers: None,
        username: None,
        secret_set: None,
        forums: None,
        pace_seconds: None,
        crawl_hours: None,
        full_sweep: None,
        timeout_seconds: None,
        health: row.into(),
    };
    match connection::settings(row)? {
        Settings::Prowlarr(prowlarr) => {
            shown.url = Some(prowlarr.url);
            shown.api_key_set = Some(row.sealed.is_some());
            shown.categories = Some(prowlarr.categories);
            shown.indexers = Some(prowlarr.indexers);
            shown.timeout_seconds = Some(prowlarr.timeout_seconds);
        }
        Settings::Torznab(torznab) => {
            shown.kind = SourceKind::Torznab;
            shown.url = Some(torznab.url);
            shown.api_key_set = Some(row.sealed.is_some());
            shown.categories = Some(torznab.categories);
            shown.api_path = Some(torznab.api_path);
            shown.private = torznab.private;
            shown.usenet = Some(torznab.usenet);
            shown.rss = Some(torznab.rss);
            shown.automatic_search = Some(torznab.automatic_search);
            shown.interactive_search = Some(torznab.interactive_search);
            shown.timeout_seconds = Some(torznab.timeout_seconds);
        }
        Settings::Push => shown.kind = SourceKind::Push,
        Settings::Ebdz(ebdz) => {
            shown.kind = SourceKind::Ebdz;
            shown.url = Some(ebdz.url);
            shown.username = ebdz.username;
            shown.secret_set = Some(row.sealed.is_some());
            shown.forums = Some(ebdz.forums);
            shown.pace_seconds = Some(ebdz.pace_seconds);
            shown.crawl_hours = Some(ebdz.crawl_hours);
            shown.full_sweep = Some(ebdz.full_sweep);
            shown.timeout_seconds = Some(ebdz.timeout_seconds);
        }
        _ => return Err(ApiError::conflict("this is no source")),
    }
    Ok(shown)
}
