//! Making, changing and removing connections, whoever asks: the API, or the configuration file at the start.

mod trying;

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    app::{App, ConnectionError, label},
    config::FileConnection,
    connection::{CatalogueSettings, Role, Secrets, Settings, catalogue::OFFERED, hook},
    secret::{Secret, SecretError},
    store::{
        self, StoreError, Tx,
        connection::{Connection, Draft},
    },
    taste,
};

pub use trying::{held, test};

/// Why a connection was not changed. Each is a sentence for the user.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// Fields with what is wrong with each.
    #[error("{}", .0.iter().map(|(field, problem)| format!("{field}: {problem}")).collect::<Vec<_>>().join("; "))]
    Mistakes(Vec<(&'static str, String)>),
    /// Another has this name.
    #[error("there is already a {role} named '{name}'; choose another name")]
    NameTaken {
        role: &'static str,
        name: String,
        /// Its number; none when it was made in this very moment.
        existing: Option<i64>,
    },
    /// It stands in the file.
    #[error(
        "'{0}' stands in the configuration file; change it there and restart, or remove it there to manage it here"
    )]
    InFile(String),
    /// There is none.
    #[error("there is no {role} with the number {id}")]
    Unknown { role: &'static str, id: i64 },
    /// It is in use.
    #[error(
        "'{name}' still has {grabs} downloads on their way; wait for them, or disable it instead"
    )]
    InUse { name: String, grabs: i64 },
    /// A list wants it.
    #[error(
        "'{name}' is to hold the series of list {list}; remove that list first, or give it another library (PATCH /api/v1/lists/{list})"
    )]
    Wanted { name: String, list: i64 },
    /// Its secrets cannot be sealed.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A connection as the user wants it.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Unique within its role.
    pub name: String,
    /// Asked and used.
    pub enabled: bool,
    /// How to reach it.
    pub settings: Settings,
    /// Its secrets.
    pub secrets: Secrets,
}

/// Makes one.
///
/// # Errors
/// When something in it is wrong.
pub async fn create(app: &App, wanted: &Wanted) -> Result<Connection, ChangeError> {
    check(app, wanted).await?;
    refuse_taken(app, wanted, None).await?;
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let id = insert(app, &mut tx, wanted, "api", now).await?;
    let row = store::connection::get_in(&mut tx, id)
        .await?
        .ok_or(ChangeError::Unknown {
            role: wanted.settings.role().word(),
            id,
        })?;
    tx.commit().await?;
    Ok(row)
}

/// Changes one. `given` names the secrets that were given with the change, and are not just kept.
///
/// # Errors
/// When something in it is wrong, or it stands in the file.
pub async fn change(
    app: &App,
    row: &Connection,
    wanted: &Wanted,
    given: &[&str],
) -> Result<Connection, ChangeError> {
    refuse_file(row)?;
    check(app, wanted).await?;
    refuse_taken(app, wanted, Some(row.id)).await?;
    keep_secrets_safe(app, row, wanted, given)?;
    let mut tx = app.db.begin().await?;
    update(app, &mut tx, row, wanted, "api").await?;
    if Role::of(row) == Role::Library && row.name != wanted.name {
        rename_for_targets(app, &mut tx, (&row.name, &wanted.name)).await?;
    }
    let changed =
        store::connection::get_in(&mut tx, row.id)
            .await?
            .ok_or(ChangeError::Unknown {
                role: wanted.settings.role().word(),
                id: row.id,
            })?;
    tx.commit().await?;
    app.arrival_wake.notify_one();
    app.deliver_wake.notify_one();
    Ok(changed)
}

/// Targets that are told of a library by its name still are.
async fn rename_for_targets(
    app: &App,
    tx: &mut Tx,
    (old, new): (&str, &str),
) -> Result<(), StoreError> {
    for row in store::connection::list_in(tx).await? {
        let Some(Settings::Target(mut target)) = Settings::from_json(&row.kind, &row.config) else {
            continue;
        };
        let mut names = target.tells.libraries.iter_mut();
        if let Some(name) = names.find(|name| *name == old) {
            new.clone_into(name);
            let config = Settings::Target(target).to_json();
            let now = app.clock.now().max(row.updated_at + 1);
            store::connection::put_config(tx, row.id, &config, now).await?;
        }
    }
    Ok(())
}

/// Removes one.
///
/// # Errors
/// When it stands in the file, or live grabs need it.
pub async fn remove(app: &App, row: &Connection) -> Result<(), ChangeError> {
    refuse_file(row)?;
    if row.role == Role::Client.word() {
        let grabs = store::grab::live_of_client(&app.db, row.id).await?;
        if grabs > 0 {
            return Err(ChangeError::InUse {
                name: row.name.clone(),
                grabs,
            });
        }
    }
    let lists = store::import_list::list(&app.db).await?;
    if let Some(list) = lists.iter().find(|list| list.library_id == row.id) {
        return Err(ChangeError::Wanted {
            name: row.name.clone(),
            list: list.id,
        });
    }
    let shown = match Role::of(row) {
        Role::Library => crate::shelving::series_of(&app.db, row.id).await?,
        Role::Source | Role::Client | Role::Target | Role::Hook | Role::Catalogue => Vec::new(),
    };
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    store::connection::delete(&mut tx, row.id).await?;
    for series in shown {
        if let Some(refreshed) = crate::shelving::refresh(&mut tx, series, now).await? {
            store::event::append(&mut tx, &refreshed.events, now).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Finds one of a role.
///
/// # Errors
/// [`ChangeError::Unknown`].
pub async fn find(app: &App, role: Role, id: i64) -> Result<Connection, ChangeError> {
    let row = store::connection::get(&app.db, id).await?;
    row.filter(|row| row.role == role.word())
        .ok_or(ChangeError::Unknown {
            role: role.word(),
            id,
        })
}

/// Writes the file's connections into the database.
///
/// # Errors
/// When the database fails.
pub async fn adopt_file(app: &Arc<App>) -> Result<(), StoreError> {
    let mut tx = app.db.begin().await?;
    let known = store::connection::list_in(&mut tx).await?;
    for connection in &app.config.connections {
        if let Err(error) = adopt(app, &mut tx, &known, connection).await {
            match error {
                ChangeError::Store(error) => return Err(error),
                error => {
                    tracing::error!(connection = connection.name, %error, "a connection of the file cannot be used")
                }
            }
        }
    }
    tx.commit().await
}

/// Each catalogue that there is has its row: one that is not in the file is as a new installation has it.
///
/// # Errors
/// When the database fails.
pub async fn offer_catalogues(app: &App) -> Result<(), StoreError> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let known = store::connection::list_in(&mut tx).await?;
    for offered in &OFFERED {
        let (role, name) = (Role::Catalogue.word(), offered.which.word());
        if known.iter().any(|row| row.role == role && row.name == name) {
            continue;
        }
        let settings = Settings::Catalogue(offered.which, CatalogueSettings::of(offered));
        let draft = Draft {
            role,
            name,
            kind: name,
            managed: "api",
            enabled: offered.on,
            config: &settings.to_json(),
            sealed: None,
        };
        store::connection::insert(&mut tx, &draft, now).await?;
    }
    tx.commit().await
}

/// Connections that left the file can be changed through the API again. Only the service says so: another command of the
/// same home may have been started without some of them.
///
/// # Errors
/// When the database fails.
pub async fn release_left(app: &App) -> Result<(), StoreError> {
    let in_file = |row: &&Connection| {
        app.config
            .connections
            .iter()
            .any(|file| file.name == row.name && file.settings.role().word() == row.role)
    };
    let mut tx = app.db.begin().await?;
    let rows = store::connection::list_in(&mut tx).await?;
    for row in rows
        .iter()
        .filter(|row| row.managed == "file")
        .filter(|row| !in_file(row))
    {
        store::connection::set_managed(&mut tx, row.id, "api").await?;
    }
    tx.commit().await
}

async fn adopt(
    app: &App,
    tx: &mut Tx,
    known: &[Connection],
    file: &FileConnection,
) -> Result<(), ChangeError> {
    let now = app.clock.now();
    let wanted = Wanted {
        name: file.name.clone(),
        enabled: file.enabled,
        settings: file.settings.clone(),
        secrets: file.secrets.clone(),
    };
    let row = known
        .iter()
        .find(|row| row.name == file.name && row.role == file.settings.role().word());
    let id = match row {
        None => insert(app, tx, &wanted, "file", now).await?,
        Some(row) => {
            let unchanged = row.managed == "file"
                && row.enabled == file.enabled
                && app
                    .connection(row)
                    .is_ok_and(|old| old == (file.settings.clone(), file.secrets.clone()));
            if !unchanged {
                update(app, tx, row, &wanted, "file").await?;
            }
            row.id
        }
    };
    if let Some(armed) = file.armed {
        store::library::arm(tx, id, armed.then_some(now)).await?;
    }
    Ok(())
}

async fn insert(
    app: &App,
    tx: &mut Tx,
    wanted: &Wanted,
    managed: &str,
    now: i64,
) -> Result<i64, ChangeError> {
    let role = wanted.settings.role();
    let (config, sealed) = (wanted.settings.to_json(), seal_wanted(app, wanted)?);
    let draft = Draft {
        role: role.word(),
        name: &wanted.name,
        kind: wanted.settings.kind(),
        managed,
        enabled: wanted.enabled,
        config: &config,
        sealed: sealed.as_deref(),
    };
    let id = store::connection::insert(tx, &draft, now)
        .await
        .map_err(|error| taken(error, wanted))?;
    match role {
        Role::Library => store::library::make(tx, id).await?,
        Role::Target => store::target::make(tx, id).await?,
        Role::Source | Role::Client | Role::Hook | Role::Catalogue => {}
    }
    Ok(id)
}

async fn update(
    app: &App,
    tx: &mut Tx,
    row: &Connection,
    wanted: &Wanted,
    managed: &str,
) -> Result<(), ChangeError> {
    let (config, sealed) = (wanted.settings.to_json(), seal_wanted(app, wanted)?);
    let role = wanted.settings.role().word();
    let draft = Draft {
        role,
        name: &wanted.name,
        kind: wanted.settings.kind(),
        managed,
        enabled: wanted.enabled,
        config: &config,
        sealed: sealed.as_deref(),
    };
    // A new time means a new session, even within one millisecond.
    let now = app.clock.now().max(row.updated_at + 1);
    store::connection::update(tx, row.id, &draft, now)
        .await
        .map_err(|error| taken(error, wanted))?;
    // A folder or a mapping may have kept what came from the shelf; a wrong address, a message from its target.
    store::grab::arriving::look_again(tx, None).await?;
    store::delivery::hurry(tx, row.id, now).await?;
    Ok(())
}

fn taken(error: StoreError, wanted: &Wanted) -> ChangeError {
    if error.is_conflict() {
        ChangeError::NameTaken {
            role: wanted.settings.role().word(),
            name: wanted.name.clone(),
            existing: None,
        }
    } else {
        error.into()
    }
}

/// A name is taken when another one than `own` has it.
async fn refuse_taken(app: &App, wanted: &Wanted, own: Option<i64>) -> Result<(), ChangeError> {
    let role = wanted.settings.role().word();
    let known = store::connection::named(&app.db, role, &wanted.name).await?;
    match known.filter(|row| Some(row.id) != own) {
        None => Ok(()),
        Some(row) => Err(ChangeError::NameTaken {
            role,
            name: row.name,
            existing: Some(row.id),
        }),
    }
}

/// Secrets of a connection, sealed; none where there is none.
///
/// # Errors
/// When the key for sealing is missing.
pub fn seal(
    app: &App,
    role: Role,
    name: &str,
    secrets: &Secrets,
) -> Result<Option<String>, SecretError> {
    if *secrets == Secrets::default() {
        return Ok(None);
    }
    let text = Secret::new(serde_json::to_string(secrets).expect("plain data serialises"));
    Ok(Some(app.vault.seal(&label(role.word(), name), &text)?))
}

fn seal_wanted(app: &App, wanted: &Wanted) -> Result<Option<String>, SecretError> {
    seal(app, wanted.settings.role(), &wanted.name, &wanted.secrets)
}

async fn check(app: &App, wanted: &Wanted) -> Result<(), ChangeError> {
    let mut mistakes = wanted.settings.mistakes(&wanted.secrets);
    let series = wanted.settings.series();
    if let Some(name) = series.and_then(|series| series.profile.as_deref()) {
        let problem = taste::misnamed(app, name).await?;
        mistakes.extend(problem.map(|problem| ("profile", problem)));
    }
    if let Settings::Target(target) = &wanted.settings {
        let rows = store::connection::list(&app.db, Role::Library.word()).await?;
        let known: BTreeSet<String> = rows.into_iter().map(|row| row.name).collect();
        let mut named = target.tells.libraries.iter();
        let problem = named.find_map(|name| taste::no_such("library", name, &known));
        mistakes.extend(problem.map(|problem| ("libraries", problem)));
    }
    if let Settings::Torznab(torznab) = &wanted.settings
        && torznab.usenet
        && wanted.enabled
    {
        mistakes.push((
            "enabled",
            "it offers usenet, which no client here takes; leave it switched off".into(),
        ));
    }
    if let Settings::Hook(_) = &wanted.settings
        && let Some(problem) = hook::name_mistake(&wanted.name)
    {
        mistakes.push(("name", problem.to_owned()));
    }
    let plain = !wanted.name.trim().is_empty()
        && wanted.name.chars().count() <= 60
        && !wanted.name.chars().any(char::is_control);
    if !plain {
        mistakes.push(("name", "it must have 1 to 60 characters, not all of them blank and none of them a control character".into()));
    }
    if mistakes.is_empty() {
        Ok(())
    } else {
        Err(ChangeError::Mistakes(mistakes))
    }
}

/// What is locked cannot be kept, and what was given for one server is not handed to another.
fn keep_secrets_safe(
    app: &App,
    row: &Connection,
    wanted: &Wanted,
    given: &[&str],
) -> Result<(), ChangeError> {
    let (settings, secrets) = match app.connection(row) {
        Ok(known) => known,
        Err(ConnectionError::Secret(locked)) => return Err(locked.into()),
        Err(_) => return Ok(()),
    };
    let elsewhere = settings.origin() != wanted.settings.origin();
    let kept =
        |new: &Option<Secret>, old: &Option<Secret>| elsewhere && new.is_some() && new == old;
    let again =
        "the address leads to another server; give this again, or it would be handed to that one";
    let (new, old) = (&wanted.secrets, &secrets);
    let fields = [
        ("apiKey", kept(&new.api_key, &old.api_key)),
        ("password", kept(&new.password, &old.password)),
        ("cookie", kept(&new.cookie, &old.cookie)),
    ];
    let fields = fields.iter().filter(|field| field.1).map(|field| field.0);
    let of_target = new.target.kept_of(&old.target);
    let of_target = of_target.into_iter().filter(|_| elsewhere);
    let mistakes: Vec<_> = fields
        .chain(of_target)
        .filter(|field| !given.contains(field))
        .map(|field| (field, again.to_owned()))
        .collect();
    if mistakes.is_empty() {
        Ok(())
    } else {
        Err(ChangeError::Mistakes(mistakes))
    }
}

fn refuse_file(row: &Connection) -> Result<(), ChangeError> {
    if row.managed == "file" {
        Err(ChangeError::InFile(row.name.clone()))
    } else {
        Ok(())
    }
}
