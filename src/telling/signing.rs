//! The secret that a webhook is signed with is replaced: for a day both sign, so that the receiver can be told in between.

use crate::{
    app::App,
    connection::{
        Role, Settings,
        target::{Former, Kind},
    },
    connections::{self, ChangeError, Wanted},
    domain::units::DAY,
    secret::Secret,
    store::{self, StoreError, connection::Connection},
};

/// Signs with a new secret from now on; the old one signs beside it for a day. The new one, and when the old one ends.
///
/// # Errors
/// When it is no webhook, stands in the file, or the secret is none.
pub async fn rotate(
    app: &App,
    row: &Connection,
    given: Option<Secret>,
) -> Result<(Secret, i64), ChangeError> {
    let (settings, mut secrets) = opened(app, row)?;
    let is_webhook =
        |target: &crate::connection::target::TargetSettings| target.way.kind() == Kind::Webhook;
    if !matches!(&settings, Settings::Target(target) if is_webhook(target)) {
        let problem = "only a webhook is signed".to_owned();
        return Err(ChangeError::Mistakes(vec![("secret", problem)]));
    }
    let until = app.clock.now() + DAY;
    let secret = given.unwrap_or_else(new_secret);
    let old = secrets.target.signing.replace(secret.clone());
    secrets.target.former = old.map(|secret| Former { secret, until });
    let wanted = Wanted {
        name: row.name.clone(),
        enabled: row.enabled,
        settings,
        secrets,
    };
    connections::change(app, row, &wanted, &[]).await?;
    Ok((secret, until))
}

/// `whsec_` and base64 of 32 bytes.
pub fn new_secret() -> Secret {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let bytes = crate::secret::random::<32>();
    Secret::new(format!("whsec_{}", STANDARD.encode(bytes)))
}

/// Old secrets whose day is over sign no more.
///
/// # Errors
/// When the database fails.
pub async fn forget_former(app: &App) -> Result<(), StoreError> {
    let now = app.clock.now();
    for row in store::connection::list(&app.db, Role::Target.word()).await? {
        let Ok((_, mut secrets)) = app.connection(&row) else {
            continue;
        };
        let over = |former: &mut Former| former.until <= now;
        if secrets.target.former.take_if(over).is_none() {
            continue;
        }
        match connections::seal(app, Role::Target, &row.name, &secrets) {
            Ok(Some(sealed)) => {
                let mut tx = app.db.begin().await?;
                store::connection::reseal(&mut tx, &row, &sealed).await?;
                tx.commit().await?;
            }
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(target = row.name, %error, "an old signing secret stays in force");
            }
        }
    }
    Ok(())
}

fn opened(
    app: &App,
    row: &Connection,
) -> Result<(Settings, crate::connection::Secrets), ChangeError> {
    use crate::app::ConnectionError;
    app.connection(row).map_err(|error| match error {
        ConnectionError::Secret(locked) => locked.into(),
        error => ChangeError::Mistakes(vec![("kind", error.to_string())]),
    })
}
