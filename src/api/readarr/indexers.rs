//! `indexer`: what Prowlarr adds, changes, removes and tests. Each is a source of the kind `torznab`.

use poem::http::StatusCode;
use serde_json::{Value, json};

use super::{
    Answer, Refusal,
    fields::{Indexer, resource},
};
use crate::{
    app::{App, ConnectionError, build_source},
    connection::{Role, Secrets, Settings, TorznabSettings},
    connections::{self, Wanted},
    ports::PortError,
    secret::Secret,
    store::{self, connection::Connection},
};

/// What is said of a mask in place of a key.
const KEY_OF_ANOTHER: &str =
    "the address leads to another server; give the key again, or it would be handed to that one";

pub(super) async fn list(app: &App) -> Result<Answer, Refusal> {
    let mut rows = store::connection::list(&app.db, Role::Source.word()).await?;
    rows.sort_by(|one, other| one.name.cmp(&other.name));
    let shown = rows
        .iter()
        .filter_map(|row| Some(shown(row, &settings(row)?)));
    Ok(shown.collect::<Value>().into())
}

pub(super) async fn show(app: &App, id: &str) -> Result<Answer, Refusal> {
    let (row, settings) = find(app, id).await?;
    Ok(shown(&row, &settings).into())
}

pub(super) async fn add(app: &App, sent: Indexer) -> Result<Answer, Refusal> {
    let settings = read(&sent, TorznabSettings::default())?;
    let wanted = Wanted {
        name: sent.name(),
        enabled: settings.is_used(),
        settings: Settings::Torznab(settings.clone()),
        secrets: secrets(sent.key()),
    };
    let row = connections::create(app, &wanted).await?;
    Ok(Answer(StatusCode::CREATED, shown(&row, &settings)))
}

pub(super) async fn change(app: &App, id: &str, sent: Indexer) -> Result<Answer, Refusal> {
    let (row, old) = find(app, id).await?;
    let settings = read(&sent, old.clone())?;
    let given: &[&str] = match sent.keeps_key() {
        true => &[],
        false => &["apiKey"],
    };
    // Who switched it off here wants it off until the other program changes its mind.
    let as_before = settings.is_used() == old.is_used();
    let wanted = Wanted {
        name: sent.name(),
        enabled: match as_before {
            true => row.enabled,
            false => settings.is_used(),
        },
        secrets: match sent.keeps_key() {
            true => known_secrets(app, &row)?,
            false => secrets(sent.key()),
        },
        settings: Settings::Torznab(settings.clone()),
    };
    let row = connections::change(app, &row, &wanted, given).await?;
    Ok(Answer(StatusCode::ACCEPTED, shown(&row, &settings)))
}

/// One that is not there is as good as removed: Prowlarr would try for ever.
pub(super) async fn remove(app: &App, id: &str) -> Result<Answer, Refusal> {
    match find(app, id).await {
        Ok((row, _)) => connections::remove(app, &row).await?,
        Err(Refusal::Status(StatusCode::NOT_FOUND, _)) => {}
        Err(refusal) => return Err(refusal),
    }
    Ok(json!({}).into())
}

/// Asks the indexer, and keeps nothing.
pub(super) async fn test(app: &App, sent: Indexer) -> Result<Answer, Refusal> {
    let settings = Settings::Torznab(read(&sent, TorznabSettings::default())?);
    let secrets = match sent.keeps_key() {
        true => {
            let (row, known) = find(app, &sent.id.to_string()).await?;
            // The key is that server's, and handed to no other one.
            if Settings::Torznab(known).origin() != settings.origin() {
                return Err(Refusal::mistake("ApiKey", KEY_OF_ANOTHER));
            }
            known_secrets(app, &row)?
        }
        false => secrets(sent.key()),
    };
    let mistakes = settings.mistakes(&secrets);
    if !mistakes.is_empty() {
        return Err(connections::ChangeError::Mistakes(mistakes).into());
    }
    let source = build_source(&sent.name(), settings, secrets).map_err(locked)?;
    match source.test().await {
        Ok(_) => Ok(json!({}).into()),
        Err(error @ PortError::Unauthorised { .. }) => {
            Err(Refusal::mistake("ApiKey", error.to_string()))
        }
        Err(error) => Err(Refusal::mistake("BaseUrl", error.to_string())),
    }
}

fn read(sent: &Indexer, old: TorznabSettings) -> Result<TorznabSettings, Refusal> {
    sent.onto(old)
        .map_err(|(property, problem)| Refusal::mistake(property, problem))
}

fn secrets(key: Option<&str>) -> Secrets {
    Secrets {
        api_key: key.map(Secret::new),
        ..Secrets::default()
    }
}

fn known_secrets(app: &App, row: &Connection) -> Result<Secrets, Refusal> {
    Ok(app.connection(row).map_err(locked)?.1)
}

fn locked(error: ConnectionError) -> Refusal {
    Refusal::Status(StatusCode::CONFLICT, error.to_string())
}

fn settings(row: &Connection) -> Option<TorznabSettings> {
    match Settings::from_json(&row.kind, &row.config)? {
        Settings::Torznab(settings) => Some(settings),
        _ => None,
    }
}

async fn find(app: &App, id: &str) -> Result<(Connection, TorznabSettings), Refusal> {
    let id = id.parse().map_err(|_| Refusal::not_found())?;
    let row = connections::find(app, Role::Source, id).await?;
    let settings = settings(&row).ok_or_else(Refusal::not_found)?;
    Ok((row, settings))
}

fn shown(row: &Connection, settings: &TorznabSettings) -> Value {
    resource(row.id, &row.name, settings, row.sealed.is_some())
}
