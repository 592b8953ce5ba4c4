//! Profiles, rules and blocked releases as the user writes and removes them.

use super::DEFAULT;
use crate::{
    app::App,
    connection::{Role, Settings},
    connections,
    domain::{link::TorrentId, profile::Profile},
    store::{
        self, StoreError,
        connection::Connection,
        profile::{Blocked, Scope, StoredRule},
    },
};

/// Why a profile was not written or removed.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// There is none.
    #[error("there is no profile named '{0}'")]
    Unknown(String),
    /// Values that cannot be.
    #[error("the profile is wrong")]
    Wrong(Vec<(&'static str, String)>),
    /// It is named by series or libraries.
    #[error("{0} still name this profile; give them another one first")]
    Used(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Writes a profile; it is in force from the next check on.
///
/// # Errors
/// When a value of it cannot be.
pub async fn write(app: &App, name: &str, profile: &Profile) -> Result<(), ProfileError> {
    let mistakes = profile.mistakes();
    if !mistakes.is_empty() {
        return Err(ProfileError::Wrong(mistakes));
    }
    let mut tx = app.db.begin().await?;
    store::profile::put(&mut tx, name, profile, app.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Removes a profile; the default one gets its first values again.
///
/// # Errors
/// When there is none, or something still names it.
pub async fn remove(app: &App, name: &str) -> Result<(), ProfileError> {
    let libraries = store::connection::list(&app.db, Role::Library.word()).await?;
    let names_it = |row: &&Connection| matches!(Settings::from_json(&row.kind, &row.config), Some(Settings::Folder(folder)) if folder.profile.as_deref() == Some(name));
    let libraries = libraries.iter().filter(names_it).count();
    let mut tx = app.db.begin().await?;
    let series = store::profile::uses(&mut tx, name).await?;
    if series > 0 || libraries > 0 {
        return Err(ProfileError::Used(format!(
            "{series} series and {libraries} libraries"
        )));
    }
    if !store::profile::remove(&mut tx, name).await? && name != DEFAULT {
        return Err(ProfileError::Unknown(name.to_owned()));
    }
    tx.commit().await?;
    Ok(())
}

/// Why a rule was not written, removed or tried.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// There is none.
    #[error("there is no rule with the number {0}")]
    Unknown(i64),
    /// It cannot be asked.
    #[error("{0}")]
    Broken(String),
    /// Another one has its name.
    #[error("there is a rule of this name already")]
    NameTaken,
    /// What it concerns is not there.
    #[error("there is no {0}")]
    NoSuch(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a rule, or writes the one of this number anew.
///
/// # Errors
/// When it cannot be asked, or its name is taken.
pub async fn put_rule(app: &App, mut stored: StoredRule) -> Result<StoredRule, RuleError> {
    if let Some(error) = stored.rule.compile().error() {
        return Err(RuleError::Broken(error.to_owned()));
    }
    match stored.scope {
        Scope::Library(id) if connections::find(app, Role::Library, id).await.is_err() => {
            return Err(RuleError::NoSuch(format!("library with the number {id}")));
        }
        Scope::Series(id) if store::series::get(&app.db, id).await?.is_none() => {
            return Err(RuleError::NoSuch(format!("series with the number {id}")));
        }
        _ => {}
    }
    let (mut tx, now) = (app.db.begin().await?, app.clock.now());
    let written = match stored.id {
        0 => store::profile::insert_rule(&mut tx, &stored, now)
            .await
            .map(|id| stored.id = id),
        _ => store::profile::update_rule(&mut tx, &stored, now).await,
    };
    match written {
        Err(error) if error.is_conflict() => return Err(RuleError::NameTaken),
        other => other?,
    }
    tx.commit().await?;
    Ok(stored)
}

/// Removes a rule.
///
/// # Errors
/// When there is none.
pub async fn remove_rule(app: &App, id: i64) -> Result<(), RuleError> {
    let mut tx = app.db.begin().await?;
    if !store::profile::remove_rule(&mut tx, id).await? {
        return Err(RuleError::Unknown(id));
    }
    tx.commit().await?;
    Ok(())
}

/// Never sends an offer for its series again.
///
/// # Errors
/// When there is no such offer.
pub async fn block(app: &App, offer: i64, reason: &str) -> Result<Blocked, RuleError> {
    let no_offer = || RuleError::NoSuch(format!("offer with the number {offer}"));
    let stored = store::offer::get(&app.db, offer)
        .await?
        .ok_or_else(no_offer)?;
    let mut blocked = Blocked {
        id: 0,
        series_id: stored.series_id,
        fingerprint: stored.offer.fingerprint,
        infohash: stored.offer.torrent.as_ref().map(TorrentId::as_hex),
        title: stored.offer.title,
        reason: reason.to_owned(),
        created_at: app.clock.now(),
    };
    let mut tx = app.db.begin().await?;
    blocked.id = store::profile::block(&mut tx, &blocked, blocked.created_at).await?;
    tx.commit().await?;
    Ok(blocked)
}
