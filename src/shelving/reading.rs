//! Stage 1: reads a library, or some series of it.

use std::{sync::Arc, time::Duration};

use sha2::{Digest, Sha256};

use super::scan::{Extent, Outcome, apply, hold_event};
use crate::{
    app::{App, ConnectionError},
    connection::Settings,
    domain::{
        event::Event,
        release::{self, ExtraWords},
    },
    health,
    lease::Lease,
    ports::{KnownFiles, Library, PortError, Scan, ScannedSeries},
    store::{self, StoreError, connection::Connection},
};

/// Why a library was not scanned.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// It cannot be read.
    #[error(transparent)]
    Port(#[from] PortError),
    /// Its settings.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// Someone else does it.
    #[error("this library is being scanned already")]
    Busy,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How long whoever scans a library is waited for before some of its series are read.
const PATIENCE: Duration = Duration::from_secs(60);

/// Scans a library and writes down what it shows.
///
/// # Errors
/// When it cannot be read; then nothing counts as missing or vanished, and sending is held.
pub async fn scan(app: &Arc<App>, row: &Connection) -> Result<Outcome, ScanError> {
    alone(app, row, Duration::from_secs(1), None).await
}

/// Reads some of its series, by the library's own keys, and writes down what it shows of them. All of it where the library cannot say
/// less, or was never read.
///
/// # Errors
/// As [`scan`].
pub async fn look(app: &Arc<App>, row: &Connection, keys: &[String]) -> Result<Outcome, ScanError> {
    alone(app, row, PATIENCE, Some(keys)).await
}

async fn alone(
    app: &Arc<App>,
    row: &Connection,
    patience: Duration,
    keys: Option<&[String]>,
) -> Result<Outcome, ScanError> {
    let lease = Lease::take(app, &format!("library:{}", row.id), patience)
        .await?
        .ok_or(ScanError::Busy)?;
    let outcome = read(app, row, keys).await;
    lease.release().await;
    outcome
}

async fn read(
    app: &Arc<App>,
    row: &Connection,
    keys: Option<&[String]>,
) -> Result<Outcome, ScanError> {
    let library = app.library(row)?;
    let settings = app.connection(row)?.0;
    let state = store::library::state(&app.db, row.id).await?;
    // What a number means depends on these: files that were read under others are read anew.
    let read_as = read_as(&settings, &app.config.words);
    let same_reading = state.read_as.as_deref() == Some(&read_as);
    let is_known = state.imported_at.is_some() && same_reading;
    let outcome = match keys.filter(|_| is_known) {
        Some(keys) => some(app, row, &*library, &settings, keys).await,
        None => Ok(None),
    };
    let outcome = match outcome {
        Ok(Some(outcome)) => Ok(outcome),
        Ok(None) => whole(app, row, &*library, &settings, (read_as, same_reading)).await,
        Err(error) => Err(error),
    };
    if let Err(ScanError::Port(error)) = &outcome {
        let held = format!(
            "the library '{}' cannot be read, so nothing is sent for its series: {error}",
            row.name
        );
        hold(app, row, &held, &[]).await?;
        health::failed(app, row.id, error).await?;
    }
    outcome
}

async fn whole(
    app: &Arc<App>,
    row: &Connection,
    library: &dyn Library,
    settings: &Settings,
    (read_as, same_reading): (String, bool),
) -> Result<Outcome, ScanError> {
    let files = store::file::of_library(&app.db, row.id).await?;
    let known = match same_reading && library.uses_known() {
        true => store::file::known(&files),
        false => KnownFiles::new(),
    };
    let progress = app.show_scan(row.id);
    let scan = library.scan(Arc::new(known), progress.clone()).await?;
    let is_empty = scan.series.iter().all(|series| series.files.is_empty());
    if !files.is_empty() && is_empty && scan.unreadable.is_empty() {
        return suddenly_empty(app, row, files.len()).await;
    }
    let progress = progress.clone();
    let extent = Extent::Whole { read_as, progress };
    let outcome = apply(app, row, settings, &files, scan, extent).await?;
    health::worked(app, row.id).await?;
    Ok(outcome)
}

/// None when the library cannot say less than all.
async fn some(
    app: &Arc<App>,
    row: &Connection,
    library: &dyn Library,
    settings: &Settings,
    keys: &[String],
) -> Result<Option<Outcome>, ScanError> {
    let files = store::file::of_keys(&app.db, row.id, keys).await?;
    let known = Arc::new(store::file::known(&files));
    let series = match library.look(keys, known).await {
        Ok(Some(series)) => series,
        // Where all of it is read, what cannot be read of one series does not stop the others.
        Ok(None) | Err(PortError::BadAnswer { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    if may_be_renamed(app, row, keys, &series).await? {
        return Ok(None);
    }
    let scan = Scan {
        problems: Scan::problems_of(&series),
        series,
        unreadable: Vec::new(),
    };
    let extent = Extent::Some(keys.iter().cloned().collect());
    let outcome = apply(app, row, settings, &files, scan, extent).await?;
    health::worked(app, row.id).await?;
    Ok(Some(outcome))
}

/// More series that were never seen are recognised by a look at all.
const MOST_NEW: usize = 20;

/// Files of a series that was never seen are known as those of another one, which was not looked at: it has another key or folder now,
/// and only a look at all of it shows that.
async fn may_be_renamed(
    app: &App,
    row: &Connection,
    keys: &[String],
    series: &[ScannedSeries],
) -> Result<bool, StoreError> {
    let mut new = Vec::new();
    for one in series {
        if !store::link::is_known(&app.db, row.id, &one.key).await? {
            new.push(one);
        }
    }
    if new.len() > MOST_NEW {
        return Ok(true);
    }
    // One file tells: they are renamed together.
    for file in new.iter().filter_map(|one| one.files.first()) {
        let name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
        let alike = store::file::of_size(&app.db, row.id, file.size).await?;
        let is_it = |known: &(String, String)| {
            !keys.contains(&known.0) && name(&known.1) == name(&file.path)
        };
        if alike.iter().any(is_it) {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn suddenly_empty(app: &App, row: &Connection, files: usize) -> Result<Outcome, ScanError> {
    let held = format!(
        "the library '{}' is suddenly empty ({files} files before); is its disk mounted? Nothing counts as missing and nothing is sent until it is back",
        row.name
    );
    let state = store::library::state(&app.db, row.id).await?;
    let event = hold_event(&row.name, state.held.as_deref(), Some(&held));
    hold(app, row, &held, event.as_slice()).await?;
    Ok(Outcome {
        held: Some(held),
        ..Outcome::default()
    })
}

/// Files are read anew when this is another than at the last scan: it says all on which their reading rests.
fn read_as(settings: &Settings, words: &ExtraWords) -> String {
    let words = hex::encode(&Sha256::digest(format!("{words:?}"))[..8]);
    let content = settings.series().map_or("", |series| &series.content);
    let levels = match settings {
        Settings::Folder(folder) => folder.levels,
        _ => 0,
    };
    format!("{content} {levels} {} {words}", release::READER)
}

async fn hold(
    app: &App,
    row: &Connection,
    reason: &str,
    events: &[Event],
) -> Result<(), StoreError> {
    tracing::warn!(reason, "sending is on hold");
    let mut tx = app.db.begin().await?;
    store::library::hold(&mut tx, row.id, Some(reason)).await?;
    store::event::append(&mut tx, events, app.clock.now()).await?;
    tx.commit().await
}
