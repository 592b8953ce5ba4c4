//! Stage 1: reads a library, and writes down what it shows.

use std::{collections::HashMap, sync::Arc, time::Duration};

use sha2::{Digest, Sha256};

use super::{Refreshed, moves, refresh, refresh_known, shown::shown};
use crate::{
    app::{App, ConnectionError},
    connection::{SeriesSettings, Settings},
    domain::{
        event::{Event, in_short},
        hold,
        release::{self, ExtraWords, Lexicon},
        series::{Series, Shelf},
        volume::VolumeSet,
    },
    health,
    lease::Lease,
    ports::{KnownFiles, PortError, Scan, ScannedSeries},
    store::{self, StoreError, Tx, connection::Connection, file::KeyedFile, link::Link},
};

/// What a scan changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Series in the library.
    pub series: u64,
    /// Volumes in it.
    pub volumes: u64,
    /// Missing volumes of its series.
    pub missing: u64,
    /// Volumes that are new on the shelf.
    pub arrived: u64,
    /// Volumes that left the shelf.
    pub vanished: u64,
    /// What could not be read.
    pub problems: u64,
    /// Why nothing is sent for now.
    pub held: Option<String>,
}

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

/// Scans a library and writes down what it shows.
///
/// # Errors
/// When it cannot be read; then nothing counts as missing or vanished, and sending is held.
pub async fn scan(app: &Arc<App>, row: &Connection) -> Result<Outcome, ScanError> {
    let lease = Lease::take(app, &format!("library:{}", row.id), Duration::from_secs(1))
        .await?
        .ok_or(ScanError::Busy)?;
    let outcome = scan_alone(app, row).await;
    lease.release().await;
    outcome
}

async fn scan_alone(app: &Arc<App>, row: &Connection) -> Result<Outcome, ScanError> {
    let library = app.library(row)?;
    let settings = app.connection(row)?.0;
    let files = store::file::of_library(&app.db, row.id).await?;
    let state = store::library::state(&app.db, row.id).await?;
    // What a number means depends on these: files that were read under others are read anew.
    let reading = read_as(&settings, &app.config.words);
    let same_reading = state.read_as.as_deref() == Some(&reading);
    let known = Arc::new(if same_reading {
        store::file::known(&files)
    } else {
        KnownFiles::new()
    });
    let scanned = library.scan(known, app.show_scan(row.id)).await;
    let scan = match scanned {
        Ok(scan) => scan,
        Err(error) => {
            let held = format!(
                "the library '{}' cannot be read, so nothing is sent for its series: {error}",
                row.name
            );
            hold(app, row, &held, &[]).await?;
            health::failed(app, row.id, &error).await?;
            return Err(error.into());
        }
    };
    if !files.is_empty()
        && scan.series.iter().all(|series| series.files.is_empty())
        && scan.unreadable.is_empty()
    {
        let held = format!(
            "the library '{}' is suddenly empty ({} files before); is its disk mounted? Nothing counts as missing and nothing is sent until it is back",
            row.name,
            files.len()
        );
        let event = hold_event(&row.name, state.held.as_deref(), Some(&held));
        hold(app, row, &held, event.as_slice()).await?;
        return Ok(Outcome {
            held: Some(held),
            ..Outcome::default()
        });
    }
    let outcome = apply(app, row, &settings, &files, scan).await?;
    health::worked(app, row.id).await?;
    Ok(outcome)
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

/// A hold is told when it begins and when it ends, not while it lasts.
pub(super) fn hold_event(library: &str, before: Option<&str>, now: Option<&str>) -> Option<Event> {
    let subject = format!("library:{library}:shelf");
    match (before, now) {
        (None, Some(message)) => Some(Event::HealthDegraded {
            subject,
            message: message.to_owned(),
        }),
        (Some(_), None) => Some(Event::HealthRestored { subject }),
        _ => None,
    }
}

/// One transaction: files, links, series, wants and the events that all this makes true.
async fn apply(
    app: &App,
    row: &Connection,
    settings: &Settings,
    files: &[KeyedFile],
    mut scan: Scan,
) -> Result<Outcome, ScanError> {
    let now = app.clock.now();
    moves::keep_unreadable(&mut scan, files);
    let state = store::library::state(&app.db, row.id).await?;
    let first = state.imported_at.is_none();
    let mut tx = app.db.begin().await?;
    store::library::lock_imports(&mut tx).await?;
    store::library::lock(&mut tx, row.id).await?;
    let links = store::link::of_library_in(&mut tx, row.id).await?;
    let moved = moves::moved(&links, files, &scan);
    let mut applied = Applied {
        row,
        settings: settings.series().ok_or(ConnectionError::Unreadable)?,
        lexicon: app.lexicon,
        first,
        now,
        outcome: Outcome::default(),
        events: Vec::new(),
        shelves: HashMap::new(),
    };
    let mut before: HashMap<&str, &Link> =
        links.iter().map(|link| (link.key.as_str(), link)).collect();
    for series in &scan.series {
        let old_key = moved
            .get(&series.key)
            .map_or(series.key.as_str(), String::as_str);
        let link = before.remove(old_key);
        if link.is_some_and(|link| link.key != series.key) {
            store::link::remove(&mut tx, row.id, old_key).await?;
        }
        applied.series(&mut tx, link, series).await?;
    }
    for link in before.into_values() {
        if moves::is_elsewhere(&link.key, files, &scan) {
            // Its files are there under other keys: the layout was changed, nothing has left the shelf.
            store::link::remove(&mut tx, row.id, &link.key).await?;
            refresh(&mut tx, link.series_id, now).await?;
        } else {
            applied.gone(&mut tx, link).await?;
        }
    }
    write_files(&mut tx, row.id, files, &scan).await?;
    let held = applied.held();
    store::library::scanned(
        &mut tx,
        row.id,
        held.as_deref(),
        &scan.problems,
        &read_as(settings, &app.config.words),
        now,
    )
    .await?;
    applied.outcome.missing = store::series::missing_in(&mut tx, row.id).await? as u64;
    applied.outcome.problems = scan.problems.len() as u64;
    applied.outcome.held = held;
    let Applied {
        outcome,
        mut events,
        ..
    } = applied;
    // An unreadable library was told as a failed connection, and is told so when it works again.
    if row.error.is_none() {
        events.extend(hold_event(
            &row.name,
            state.held.as_deref(),
            outcome.held.as_deref(),
        ));
    }
    if first {
        let (series, volumes, missing) = (outcome.series, outcome.volumes, outcome.missing);
        events = vec![Event::LibraryImported {
            library: row.name.clone(),
            series,
            volumes,
            missing,
        }];
    }
    store::event::append(&mut tx, &in_short(events), now).await?;
    tx.commit().await?;
    Ok(outcome)
}

struct Applied<'a> {
    row: &'a Connection,
    settings: &'a SeriesSettings,
    lexicon: &'static Lexicon,
    first: bool,
    now: i64,
    outcome: Outcome,
    events: Vec<Event>,
    shelves: HashMap<i64, Shelf>,
}

impl Applied<'_> {
    async fn series(
        &mut self,
        tx: &mut Tx,
        link: Option<&Link>,
        scanned: &ScannedSeries,
    ) -> Result<(), StoreError> {
        let (id, added) = match link {
            Some(link) => (link.series_id, false),
            None => self.series_for(tx, scanned).await?,
        };
        let known = (scanned.total, self.now);
        let shown = shown(tx, self.lexicon, id, &scanned.files, known).await?;
        let before = link.map(|link| link.shelf.clone()).unwrap_or_default();
        let shelf = after(&before, shown);
        let now_shown = Link {
            library_id: self.row.id,
            key: scanned.key.clone(),
            series_id: id,
            shelf: shelf.clone(),
            status: scanned.status,
            tags: scanned.tags.clone(),
        };
        if link != Some(&now_shown) {
            store::link::put(tx, &now_shown, self.now).await?;
        }
        let changed = link.is_none_or(|link| link.shelf != shelf || link.key != scanned.key);
        self.count(id, &shelf);
        if !changed {
            return Ok(());
        }
        let refreshed = refresh_known(tx, id, scanned.total, self.now).await?;
        let Some(refreshed) = refreshed.filter(|_| !self.first) else {
            return Ok(());
        };
        if refreshed.stored.series.monitored && !refreshed.gaps.missing.is_empty() {
            store::series::mark_due(tx, id, self.now).await?;
        }
        self.tell(&refreshed, added, &before, &shelf);
        Ok(())
    }

    /// The series for a key that was never seen: the one with exactly this title and language, or a new one.
    async fn series_for(
        &self,
        tx: &mut Tx,
        scanned: &ScannedSeries,
    ) -> Result<(i64, bool), StoreError> {
        let language = scanned
            .language
            .clone()
            .unwrap_or_else(|| self.settings.language.clone());
        // Also within one library: what is loose beside its folder, or in two folders of one name, is owned all the same.
        if let Some(id) = store::series::same(tx, &scanned.title, &language, scanned.edition)
            .await?
            .first()
        {
            return Ok((*id, false));
        }
        let series = Series {
            id: 0,
            title: scanned.title.clone(),
            aliases: Vec::new(),
            not_aliases: Vec::new(),
            language,
            kind: self.settings.kind(),
            monitored: self.settings.monitor,
            auto_send: true,
            wanted_from: None,
            wanted_to: None,
            ignored: VolumeSet::default(),
            total: None,
            stated_total: scanned.total,
            sources: Vec::new(),
            edition: scanned.edition,
            editions: <_>::default(),
            profile: None,
        };
        Ok((store::series::insert(tx, &series, self.now).await?, true))
    }

    /// A key that the library shows no more: all its volumes vanished, none is missing.
    async fn gone(&mut self, tx: &mut Tx, link: &Link) -> Result<(), StoreError> {
        let shelf = after(&link.shelf, Shelf::default());
        self.count(link.series_id, &shelf);
        if shelf != link.shelf {
            store::link::put(
                tx,
                &Link {
                    shelf: shelf.clone(),
                    ..link.clone()
                },
                self.now,
            )
            .await?;
            if let Some(refreshed) = refresh_known(tx, link.series_id, None, self.now).await? {
                self.tell(&refreshed, false, &link.shelf, &shelf);
            }
        }
        Ok(())
    }

    fn count(&mut self, series: i64, shelf: &Shelf) {
        let shown = self.shelves.entry(series).or_default();
        shown.present.extend_with(&shelf.present);
        shown.damaged.extend_with(&shelf.damaged);
        shown.vanished.extend_with(&shelf.vanished);
    }

    fn tell(&mut self, refreshed: &Refreshed, added: bool, before: &Shelf, shelf: &Shelf) {
        let library = self.row.name.clone();
        let series = || refreshed.stored.series.named();
        let arrived: VolumeSet = shelf
            .present
            .iter()
            .filter(|volume| !before.present.contains(*volume))
            .collect();
        let vanished = shelf.vanished.without(&before.vanished);
        self.outcome.arrived += arrived.len() as u64;
        self.outcome.vanished += vanished.len() as u64;
        if added {
            // The first count of a series is a baseline: one event for all its volumes.
            return self.events.push(Event::SeriesAdded {
                series: series(),
                library,
                volumes: shelf.present.clone(),
                missing: match refreshed.stored.series.monitored {
                    true => refreshed.stored.missing_volumes(),
                    false => VolumeSet::default(),
                },
            });
        }
        if !arrived.is_empty() {
            self.events.push(Event::VolumeOnShelf {
                series: series(),
                volumes: arrived,
                library: library.clone(),
            });
        }
        if !vanished.is_empty() {
            self.events.push(Event::VolumeVanished {
                series: series(),
                volumes: vanished,
                library,
            });
        }
        self.events.extend(refreshed.events.iter().cloned());
    }

    /// A volume that another folder of the library shows has not left it.
    fn held(&mut self) -> Option<String> {
        let (mut gone, mut worst) = (0, 0);
        for shelf in self.shelves.values() {
            let left = shelf
                .vanished
                .iter()
                .filter(|volume| !shelf.present.contains(*volume))
                .filter(|volume| !shelf.damaged.contains(*volume))
                .count();
            gone += left;
            worst = worst.max(left);
            self.outcome.volumes += shelf.present.len() as u64;
        }
        self.outcome.series = self.shelves.len() as u64;
        let all = self.outcome.volumes as usize + gone;
        if !hold::holds(gone, worst, all) {
            return None;
        }
        Some(format!(
            "{gone} of the {all} volumes of the library '{}' are not there any more; nothing is sent for its series until they are back, or you accept that they are gone",
            self.row.name
        ))
    }
}

/// What is there now, and what was there once and is not.
fn after(before: &Shelf, shown: Shelf) -> Shelf {
    let mut known = before.vanished.clone();
    known.extend_with(&before.present);
    known.extend_with(&before.damaged);
    Shelf {
        vanished: known.without(&shown.present).without(&shown.damaged),
        ..shown
    }
}

async fn write_files(
    tx: &mut Tx,
    library: i64,
    files: &[KeyedFile],
    scan: &Scan,
) -> Result<(), StoreError> {
    let mut old: HashMap<&str, &KeyedFile> = files
        .iter()
        .map(|file| (file.1.path.as_str(), file))
        .collect();
    for series in &scan.series {
        for file in &series.files {
            let same = old
                .remove(file.path.as_str())
                .is_some_and(|(key, known)| *key == series.key && known == file);
            if !same {
                store::file::put(tx, library, &series.key, file).await?;
            }
        }
    }
    for path in old.into_keys() {
        store::file::remove(tx, library, path).await?;
    }
    Ok(())
}
