//! Profiles as the user writes and removes them.

use super::DEFAULT;
use crate::{
    app::App,
    connection::Settings,
    domain::profile::Profile,
    store::{self, StoreError, Tx, connection::Connection, profile::StoredProfile},
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
    let names_it = |row: &&Connection| {
        let settings = Settings::from_json(&row.kind, &row.config);
        let series = settings.as_ref().and_then(Settings::series);
        series.is_some_and(|series| series.profile.as_deref() == Some(name))
    };
    let connections = store::connection::list_in(tx).await?;
    let libraries = connections.iter().filter(names_it).count();
    Ok((store::profile::uses(tx, name).await?, libraries))
}
