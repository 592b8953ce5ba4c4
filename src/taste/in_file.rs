//! Rules and profiles of the configuration file: taken over at every start, and gone when they left it.

use std::collections::BTreeSet;

use super::{DEFAULT, no_such, profiles};
use crate::{
    app::App,
    config::{FileRule, Mistake},
    connection::Role,
    store::{
        self, StoreError,
        connection::Connection,
        profile::StoredProfile,
        rule::{Scope, StoredRule},
    },
};

/// Profiles and libraries that the file names and that are nowhere; to be asked before anything of it is taken over.
///
/// # Errors
/// When the database fails.
pub async fn misnamed(app: &App) -> Result<Vec<Mistake>, StoreError> {
    let stored = store::profile::all(&app.db).await?.into_iter();
    let in_file = app.config.profiles.iter().map(|profile| &profile.name);
    let profiles: BTreeSet<String> = stored
        .map(|stored| stored.name)
        .chain(in_file.cloned())
        .chain([DEFAULT.into()])
        .collect();
    let stored = store::connection::list(&app.db, Role::Library.word()).await?;
    let in_file = app.config.connections.iter();
    let in_file = in_file.filter(|file| file.settings.role() == Role::Library);
    let libraries: BTreeSet<String> = stored
        .into_iter()
        .map(|row| row.name)
        .chain(in_file.map(|file| file.name.clone()))
        .collect();

    let mut mistakes = Vec::new();
    let mut note = |place: String, field: &str, problem: Option<String>| {
        mistakes.extend(problem.map(|problem| Mistake {
            place,
            problem: format!("{field}: {problem}"),
        }));
    };
    for connection in &app.config.connections {
        let series = connection.settings.series();
        if let Some(name) = series.and_then(|series| series.profile.as_deref()) {
            let problem = no_such("profile", name, &profiles);
            note(
                format!("[libraries.{}]", connection.name),
                "profile",
                problem,
            );
        }
    }
    for rule in &app.config.rules {
        if let Some(name) = &rule.library {
            let problem = no_such("library", name, &libraries);
            note(format!("[rules.{}]", rule.rule.name), "library", problem);
        }
    }
    Ok(mistakes)
}

/// Writes the file's rules and profiles into the database, over those of the same name. A rule that cannot be asked is written
/// too: it refuses what it is asked about, with its error.
///
/// # Errors
/// When the database fails.
pub async fn adopt(app: &App) -> Result<(), StoreError> {
    let (mut tx, now) = (app.db.begin().await?, app.clock.now());
    for file in &app.config.profiles {
        let stored = StoredProfile {
            name: file.name.clone(),
            managed: "file".into(),
            profile: file.profile.clone(),
        };
        store::profile::put(&mut tx, &stored, now).await?;
    }
    let libraries = store::connection::list_in(&mut tx).await?;
    for file in &app.config.rules {
        let stored = StoredRule {
            id: 0,
            managed: "file".into(),
            enabled: file.enabled,
            scope: scope(file, &libraries),
            rule: file.rule.clone(),
        };
        if let Some(error) = stored.rule.compile().error() {
            tracing::error!(
                rule = stored.rule.name,
                error,
                "a rule of the file cannot be asked, and refuses instead"
            );
        }
        store::rule::adopt(&mut tx, &stored, now).await?;
    }
    tx.commit().await
}

fn scope(file: &FileRule, connections: &[Connection]) -> Scope {
    let Some(name) = &file.library else {
        return Scope::All;
    };
    let library = connections
        .iter()
        .find(|row| row.role == Role::Library.word() && row.name == *name);
    Scope::Library(library.expect("the names were looked at").id)
}

/// Removes what left the file. A profile that series or libraries still name stays, and can be changed through the API. Only the
/// service does so: another command of the same home may have been started with another file.
///
/// # Errors
/// When the database fails.
pub async fn release_left(app: &App) -> Result<(), StoreError> {
    let (rules, profiles) = (&app.config.rules, &app.config.profiles);
    let left_rules = store::rule::all(&app.db).await?.into_iter();
    let left_rules = left_rules
        .filter(|stored| stored.managed == "file")
        .filter(|stored| rules.iter().all(|file| file.rule.name != stored.rule.name));
    let left_profiles = store::profile::all(&app.db).await?.into_iter();
    let left_profiles = left_profiles
        .filter(|stored| stored.managed == "file")
        .filter(|stored| profiles.iter().all(|file| file.name != stored.name));
    let (mut tx, now) = (app.db.begin().await?, app.clock.now());
    for stored in left_rules {
        store::rule::remove(&mut tx, stored.id).await?;
    }
    for mut stored in left_profiles {
        if profiles::uses(&mut tx, &stored.name).await? == (0, 0) {
            store::profile::remove(&mut tx, &stored.name).await?;
        } else {
            stored.managed = "api".into();
            store::profile::put(&mut tx, &stored, now).await?;
        }
    }
    tx.commit().await
}
