//! Rules as the user writes and removes them.

use crate::{
    app::App,
    connection::Role,
    connections,
    store::{
        self, StoreError,
        rule::{Scope, StoredRule},
    },
};

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
    NameTaken {
        /// Its number; none when it was made in this very moment.
        existing: Option<i64>,
    },
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
pub async fn make(app: &App, mut stored: StoredRule) -> Result<StoredRule, RuleError> {
    can_be_asked(app, &stored).await?;
    refuse_taken(app, &stored.rule.name, None).await?;
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
pub async fn change(app: &App, stored: StoredRule) -> Result<StoredRule, RuleError> {
    changeable(app, stored.id).await?;
    can_be_asked(app, &stored).await?;
    refuse_taken(app, &stored.rule.name, Some(stored.id)).await?;
    let mut tx = app.db.begin().await?;
    let changed = store::rule::update(&mut tx, &stored, app.clock.now()).await;
    changed.map_err(taken)?;
    tx.commit().await?;
    Ok(stored)
}

fn taken(error: StoreError) -> RuleError {
    if error.is_conflict() {
        RuleError::NameTaken { existing: None }
    } else {
        error.into()
    }
}

/// A name is taken when another rule than `own` has it.
async fn refuse_taken(app: &App, name: &str, own: Option<i64>) -> Result<(), RuleError> {
    let rules = store::rule::all(&app.db).await?;
    let other = rules
        .iter()
        .find(|known| known.rule.name == name && Some(known.id) != own);
    other.map_or(Ok(()), |other| {
        Err(RuleError::NameTaken {
            existing: Some(other.id),
        })
    })
}

/// Whether a rule says what can be asked, of what is there.
pub(super) async fn can_be_asked(app: &App, stored: &StoredRule) -> Result<(), RuleError> {
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
pub async fn remove(app: &App, id: i64) -> Result<(), RuleError> {
    changeable(app, id).await?;
    let mut tx = app.db.begin().await?;
    if !store::rule::remove(&mut tx, id).await? {
        return Err(RuleError::Unknown(id));
    }
    tx.commit().await?;
    Ok(())
}
