//! Who calls: a hook by its name, with its token.

use crate::{
    app::App,
    connection::{HookSettings, Role, Settings},
    secret::{ApiKey, Secret},
    store::{self, StoreError, connection::Connection},
};

/// A hook that was called with its token.
pub struct Caller {
    /// Its connection.
    pub row: Connection,
    /// Its settings.
    pub settings: HookSettings,
    /// The token.
    pub token: Secret,
}

/// The hook of this name when one of what was given is its token. A name that is not there takes as long, and is told the same.
///
/// # Errors
/// When the database fails.
pub async fn caller(app: &App, name: &str, given: &[String]) -> Result<Option<Caller>, StoreError> {
    let row = store::connection::named(&app.db, Role::Hook.word(), name).await?;
    let known = row.as_ref().and_then(|row| match app.connection(row) {
        Ok((Settings::Hook(settings), secrets)) => Some((settings, secrets.hook_token?)),
        Ok(_) => None,
        Err(error) => {
            tracing::warn!(hook = row.name, %error, "a hook cannot be called");
            None
        }
    });
    let nobody = Secret::new(hex::encode(crate::secret::random::<16>()));
    let key = ApiKey::new(known.as_ref().map_or(&nobody, |known| &known.1));
    let mut is_theirs = false;
    for given in given {
        is_theirs |= key.is(given);
    }
    let (Some(row), Some((settings, token))) = (row, known) else {
        return Ok(None);
    };
    if !is_theirs {
        tracing::warn!(
            hook = row.name,
            "a webhook was refused: its token is missing or wrong"
        );
        return Ok(None);
    }
    Ok(Some(Caller {
        row,
        settings,
        token,
    }))
}
