//! Profiles, rules and blocked releases as the user writes and removes them.

use super::DEFAULT;
use crate::{
    app::App,
    connection::{Role, Settings},
    connections,
    domain::profile::Profile,
    store::{
        self, StoreError, Tx,
        blocked::Blocked,
        connection::Connection,
        profile::StoredProfile,
        rule::{Scope, StoredRule},
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
    /// It stands in the file.
    #[error(
        "the profile '{0}' stands in the configuration file; change it there and restart, or remove it there to manage it here"
    )]
    InFile(String),
    /// It is named by series or libraries.
    #[error("{0} still name this profile; give them another one first")]
    Used(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Writes a profile whole; it is in force from the next check on.
///
/// # Errors
/// When a value of it cannot be, or it stands in the file.
pub async fn write(app: &App, name: &str, profile: &Profile) -> Result<(), ProfileError> {
    let mut tx = app.db.begin().await?;
    known(&mut tx, name).await?;
    put(app, tx, name, profile.clone()).await
}

/// Changes a profile; it is in force from the next check on.
///
/// # Errors
/// When there is none, a value of it cannot be, or it stands in the file.
pub async fn change(
    app: &App,
    name: &str,
    change: impl FnOnce(Profile) -> Profile,
) -> Result<Profile, ProfileError> {
    let mut tx = app.db.begin().await?;
    let profile = match known(&mut tx, name).await? {
        Some(profile) => profile,
        None if name == DEFAULT => Profile::default(),
        None => return Err(ProfileError::Unknown(name.to_owned())),
    };
    let changed = change(profile);
    put(app, tx, name, changed.clone()).await?;
    Ok(changed)
}

/// The profile of this name; that of the file cannot be changed here.
async fn known(tx: &mut Tx, name: &str) -> Result<Option<Profile>, ProfileError> {
    match store::profile::get_in(tx, name).await? {
        Some(stored) if stored.managed == "file" => Err(ProfileError::InFile(stored.name)),
        stored => Ok(stored.map(|stored| stored.profile)),
    }
}

async fn put(app: &App, mut tx: Tx, name: &str, profile: Profile) -> Result<(), ProfileError> {
    let mistakes = profile.mistakes();
    if !mistakes.is_empty() {
        return Err(ProfileError::Wrong(mistakes));
    }
    let stored = StoredProfile {
        name: name.to_owned(),
        managed: "api".into(),
        profile,
    };
    store::profile::put(&mut tx, &stored, app.clock.now()).await?;
    Ok(tx.commit().await?)
}

/// Removes a profile; the default one gets its first values again.
///
/// # Errors
/// When there is none, or something still names it.
pub async fn remove(app: &App, name: &str) -> Result<(), ProfileError> {
    let mut tx = app.db.begin().await?;
    known(&mut tx, name).await?;
    let (series, libraries) = uses(&mut tx, name).await?;
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

/// How many series and libraries name a profile.
pub(super) async fn uses(tx: &mut Tx, name: &str) -> Result<(i64, usize), StoreError> {
    let names_it = |row: &&Connection| matches!(Settings::from_json(&row.kind, &row.config), Some(Settings::Folder(folder)) if folder.profile.as_deref() == Some(name));
    let connections = store::connection::list_in(tx).await?;
    let libraries = connections.iter().filter(names_it).count();
    Ok((store::profile::uses(tx, name).await?, libraries))
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
    /// It stands in the file.
    #[error(
        "the rule '{0}' stands in the configuration file; change it there and restart, or remove it there"
    )]
    InFile(String),
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

/// Makes a rule; its number is not looked at.
///
/// # Errors
/// When it cannot be asked, or its name is taken.
pub async fn make_rule(app: &App, mut stored: StoredRule) -> Result<StoredRule, RuleError> {
    can_be_asked(app, &stored).await?;
    let mut tx = app.db.begin().await?;
    let made = store::rule::insert(&mut tx, &stored, app.clock.now()).await;
    stored.id = made.map_err(taken)?;
    tx.commit().await?;
    Ok(stored)
}

/// Writes the rule of this number anew.
///
/// # Errors
/// When it cannot be asked, its name is taken, there is none, or it stands in the file.
pub async fn change_rule(app: &App, stored: StoredRule) -> Result<StoredRule, RuleError> {
    changeable(app, stored.id).await?;
    can_be_asked(app, &stored).await?;
    let mut tx = app.db.begin().await?;
    let changed = store::rule::update(&mut tx, &stored, app.clock.now()).await;
    changed.map_err(taken)?;
    tx.commit().await?;
    Ok(stored)
}

fn taken(error: StoreError) -> RuleError {
    if error.is_conflict() {
        RuleError::NameTaken
    } else {
        error.into()
    }
}

async fn can_be_asked(app: &App, stored: &StoredRule) -> Result<(), RuleError> {
    if let Some(error) = stored.rule.compile().error() {
        return Err(RuleError::Broken(error.to_owned()));
    }
    match stored.scope {
        Scope::Library(id) if connections::find(app, Role::Library, id).await.is_err() => {
            Err(RuleError::NoSuch(format!("library with the number {id}")))
        }
        Scope::Series(id) if store::series::get(&app.db, id).await?.is_none() => {
            Err(RuleError::NoSuch(format!("series with the number {id}")))
        }
        _ => Ok(()),
    }
}

async fn changeable(app: &App, id: i64) -> Result<(), RuleError> {
    match store::rule::get(&app.db, id).await? {
        None => Err(RuleError::Unknown(id)),
        Some(known) if known.managed == "file" => Err(RuleError::InFile(known.rule.name)),
        Some(_) => Ok(()),
    }
}

/// Removes a rule.
///
/// # Errors
/// When there is none, or it stands in the file.
pub async fn remove_rule(app: &App, id: i64) -> Result<(), RuleError> {
    changeable(app, id).await?;
    let mut tx = app.db.begin().await?;
    if !store::rule::remove(&mut tx, id).await? {
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
    let mut tx = app.db.begin().await?;
    let (series, now) = (stored.series_id, app.clock.now());
    let blocked = store::blocked::put(&mut tx, series, &stored.offer, reason, now).await?;
    tx.commit().await?;
    Ok(blocked)
}
