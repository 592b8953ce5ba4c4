//! Stages 1 and 2 with their memory: what a library shows becomes the shelf, the shelf becomes gaps, gaps become wants.

mod moves;

use std::{collections::HashMap, sync::Arc, time::Duration};

use sha2::{Digest, Sha256};

use crate::{
    app::{App, ConnectionError},
    connection::{FolderSettings, Settings},
    domain::{
        edition::Edition,
        event::{Event, in_short},
        gaps::{self, Gaps},
        hold,
        release::{self, ExtraWords, Kind, Lexicon},
        series::{Series, Shelf},
        title::fold,
        volume::{VolumeNumber, VolumeSet},
    },
    health,
    lease::Lease,
    ports::{KnownFiles, PortError, Scan, ScannedFile, ScannedSeries},
    store::{
        self, Db, StoreError, Tx, connection::Connection, file::KeyedFile, grab::Grab, link::Link,
        series::Stored,
    },
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
    let Settings::Folder(settings) = app.connection(row)?.0 else {
        return Err(ConnectionError::Unreadable.into());
    };
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
fn read_as(settings: &FolderSettings, words: &ExtraWords) -> String {
    let words = hex::encode(&Sha256::digest(format!("{words:?}"))[..8]);
    format!(
        "{} {} {} {words}",
        settings.content,
        settings.levels,
        release::READER
    )
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
fn hold_event(library: &str, before: Option<&str>, now: Option<&str>) -> Option<Event> {
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
    settings: &FolderSettings,
    files: &[KeyedFile],
    mut scan: Scan,
) -> Result<Outcome, StoreError> {
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
        settings,
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
    settings: &'a FolderSettings,
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
        let present = owned(tx, self.lexicon, id, &scanned.files, scanned.total).await?;
        let before = link.map(|link| link.shelf.clone()).unwrap_or_default();
        let shelf = after(&before, present);
        let changed = link.is_none_or(|link| link.shelf != shelf || link.key != scanned.key);
        if changed {
            let link = Link {
                library_id: self.row.id,
                key: scanned.key.clone(),
                series_id: id,
                shelf: shelf.clone(),
            };
            store::link::put(tx, &link, self.now).await?;
        }
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
            kind: Kind::from_word(&self.settings.content).unwrap_or_default(),
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
        let shelf = after(&link.shelf, VolumeSet::default());
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
        let vanished: VolumeSet = before
            .present
            .iter()
            .filter(|volume| !shelf.present.contains(*volume))
            .collect();
        self.outcome.arrived += arrived.len() as u64;
        self.outcome.vanished += vanished.len() as u64;
        if added {
            // The first count of a series is a baseline: one event for all its volumes.
            return self.events.push(Event::SeriesAdded {
                series: series(),
                library,
                volumes: shelf.present.clone(),
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
fn after(before: &Shelf, present: VolumeSet) -> Shelf {
    let known = before.vanished.iter().chain(before.present.iter());
    let vanished = known.filter(|volume| !present.contains(*volume)).collect();
    Shelf { present, vanished }
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

/// What [`refresh`] found.
pub struct Refreshed {
    /// As it is now.
    pub stored: Stored,
    /// What is missing now.
    pub gaps: Gaps,
    /// Volumes that were not wanted before; of many, the first ones.
    pub events: Vec<Event>,
}

/// Looks at a series again: shelf from its libraries, gaps, wants, and what arrived of its grabs. None when there is no such series.
///
/// # Errors
/// When the database fails.
pub async fn refresh(tx: &mut Tx, id: i64, now: i64) -> Result<Option<Refreshed>, StoreError> {
    let refreshed = refresh_known(tx, id, None, now).await?;
    Ok(refreshed.map(|refreshed| Refreshed {
        events: in_short(refreshed.events),
        ..refreshed
    }))
}

async fn refresh_known(
    tx: &mut Tx,
    id: i64,
    stated_total: Option<u32>,
    now: i64,
) -> Result<Option<Refreshed>, StoreError> {
    let Some(mut stored) = store::series::get_in(tx, id).await? else {
        return Ok(None);
    };
    let links = store::link::of_series(tx, id).await?;
    let shelf = merge(&links);
    // What the files state now counts; a scan of another library says nothing of it.
    let stated_total = stated_total.or(stored.series.stated_total);
    if shelf != stored.shelf || stated_total != stored.series.stated_total {
        store::series::put_shelf(tx, id, &shelf, stated_total, now).await?;
    }
    // A volume that was there before its download was sent by hand has not arrived by it.
    let before = std::mem::replace(&mut stored.shelf, shelf).present;
    stored.series.stated_total = stated_total;
    let arrived = stored.shelf.present.without(&before);
    let arrived = arrived.common_with(&stored.on_its_way);
    store::grab::arrived(tx, id, &arrived, now).await?;
    stored.on_its_way = stored.on_its_way.without(&arrived);
    let gaps = gaps::gaps(&stored.series, &stored.shelf);
    let events = sync_wants(tx, &stored, &gaps, now).await?;
    if !events.is_empty() {
        // A new gap is looked for at the next turn, however long nothing was found for the older ones.
        store::series::search_now(tx, id).await?;
        (stored.fruitless, stored.search_at) = (0, None);
    }
    let missing = gaps.missing.len() as i64;
    if missing != stored.missing {
        stored.missing = missing;
        store::series::put_missing(tx, id, missing).await?;
    }
    Ok(Some(Refreshed {
        stored,
        gaps,
        events,
    }))
}

/// Owned when any library shows it; vanished when none does and one did.
fn merge(links: &[Link]) -> Shelf {
    let mut shelf = Shelf::default();
    for link in links {
        shelf.present.extend_with(&link.shelf.present);
    }
    let vanished = links.iter().flat_map(|link| link.shelf.vanished.iter());
    shelf.vanished = vanished
        .filter(|volume| !shelf.present.contains(*volume))
        .collect();
    shelf
}

/// Makes the wants what the gaps say. A want keeps its state while it stays one; what is reserved is on its way.
async fn sync_wants(
    tx: &mut Tx,
    stored: &Stored,
    gaps: &Gaps,
    now: i64,
) -> Result<Vec<Event>, StoreError> {
    let (series, known, reserved) = (&stored.series, &stored.wants, &stored.on_its_way);
    let wanted: Vec<_> = if series.monitored {
        gaps.missing.clone()
    } else {
        Vec::new()
    };
    let open: VolumeSet = wanted.iter().map(|gap| gap.volume).collect();
    store::review::settle(tx, series.id, &open.without(reserved), now).await?;
    let gone: Vec<VolumeNumber> = known
        .keys()
        .filter(|volume| !wanted.iter().any(|gap| gap.volume == **volume))
        .copied()
        .collect();
    for volume in gone {
        store::want::delete(tx, series.id, volume).await?;
    }
    let (mut changed, mut events) = (Vec::new(), Vec::new());
    for gap in wanted {
        let before = known.get(&gap.volume).map(String::as_str);
        let state = match before {
            _ if reserved.contains(gap.volume) => "on_its_way",
            Some("review") => "review",
            _ => "wanted",
        };
        if before != Some(state) {
            changed.push((gap, state));
        }
        if before.is_none() {
            events.push(Event::VolumeMissing {
                series: series.named(),
                volume: gap.volume,
                cause: gap.cause,
            });
        }
    }
    store::want::put(tx, series.id, &changed, now).await?;
    Ok(events)
}

/// The user says that what left this library's shelf is gone for good: it is ignored, and sending goes on. None when no
/// volume has left it; a library that is empty or away is not accepted so.
///
/// # Errors
/// When the database fails.
pub async fn accept_vanished(app: &App, library: i64) -> Result<Option<u64>, StoreError> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    store::library::lock(&mut tx, library).await?;
    let links = store::link::of_library_in(&mut tx, library).await?;
    if links.iter().all(|link| link.shelf.vanished.is_empty()) {
        return Ok(None);
    }
    let mut accepted = 0;
    for link in links.iter().filter(|link| !link.shelf.vanished.is_empty()) {
        let Some(mut stored) = store::series::get_in(&mut tx, link.series_id).await? else {
            continue;
        };
        // What a mirror still shows is not gone.
        let gone: VolumeSet = link
            .shelf
            .vanished
            .iter()
            .filter(|volume| !stored.shelf.present.contains(*volume))
            .collect();
        stored.series.ignored.extend_with(&gone);
        accepted += gone.len() as u64;
        store::series::update(&mut tx, &stored.series, now).await?;
        let shelf = Shelf {
            present: link.shelf.present.clone(),
            vanished: VolumeSet::default(),
        };
        store::link::put(
            &mut tx,
            &Link {
                shelf,
                ..link.clone()
            },
            now,
        )
        .await?;
        refresh(&mut tx, link.series_id, now).await?;
    }
    let state = store::library::state_in(&mut tx, library).await?;
    store::library::hold(&mut tx, library, None).await?;
    let name = store::connection::get_in(&mut tx, library)
        .await?
        .map(|row| row.name)
        .unwrap_or_default();
    let events = hold_event(&name, state.held.as_deref(), None);
    store::event::append(&mut tx, events.as_slice(), now).await?;
    tx.commit().await?;
    Ok(Some(accepted))
}

/// A series that the user changed.
#[derive(Debug)]
pub struct Changed {
    /// As it is now.
    pub stored: Stored,
    /// What was sent because its name means the series by an alias that was withdrawn, newest first.
    pub sent_by_withdrawn: Vec<Grab>,
}

/// The user changes a series: what is missing of it is counted anew. None when there is no such series; an error of
/// `change` changes nothing.
///
/// # Errors
/// What `change` says, or when the database fails.
pub async fn change<E: From<StoreError>>(
    app: &App,
    id: i64,
    change: impl FnOnce(&mut Series, &Shelf) -> Result<(), E>,
) -> Result<Option<Changed>, E> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    lock_libraries(&mut tx, id).await?;
    let Some(mut stored) = store::series::get_in(&mut tx, id).await? else {
        return Ok(None);
    };
    let counted_by = |series: &Series| (series.edition, series.editions.clone(), series.total);
    let before = counted_by(&stored.series);
    let aliases = stored.series.aliases.clone();
    change(&mut stored.series, &stored.shelf)?;
    store::series::update(&mut tx, &stored.series, now).await?;
    if before != counted_by(&stored.series) {
        recount(&mut tx, app.lexicon, id, now).await?;
    }
    if let Some(refreshed) = refresh(&mut tx, id, now).await? {
        store::event::append(&mut tx, &refreshed.events, now).await?;
    }
    let mut sent_by_withdrawn = Vec::new();
    for alias in aliases
        .iter()
        .filter(|alias| !stored.series.is_named(alias))
    {
        sent_by_withdrawn.extend(store::grab::sent_by(&mut tx, id, &fold(alias)).await?);
    }
    sent_by_withdrawn.sort_by_key(|grab| std::cmp::Reverse(grab.id));
    let changed = store::series::get_in(&mut tx, id).await?;
    tx.commit().await?;
    Ok(changed.map(|stored| Changed {
        stored,
        sent_by_withdrawn,
    }))
}

/// Its libraries before the series, as a scan does: the other way round, each would wait for the other.
async fn lock_libraries(tx: &mut Tx, series: i64) -> Result<(), StoreError> {
    for link in store::link::of_series(tx, series).await? {
        store::library::lock(tx, link.library_id).await?;
    }
    Ok(())
}

/// Counts what its libraries show once more: what its editions hold was changed, or whether it is a one-shot. The caller holds them.
async fn recount(tx: &mut Tx, lexicon: &Lexicon, id: i64, now: i64) -> Result<(), StoreError> {
    for link in store::link::of_series(tx, id).await? {
        let files = store::file::of_key(tx, link.library_id, &link.key).await?;
        let files: Vec<ScannedFile> = files.into_iter().map(|(_, file)| file).collect();
        let present = owned(tx, lexicon, id, &files, None).await?;
        // What counts no more was not taken away: it is missing, not vanished.
        let vanished = link
            .shelf
            .vanished
            .iter()
            .filter(|volume| !present.contains(*volume))
            .collect();
        let shelf = Shelf { present, vanished };
        store::link::put(tx, &Link { shelf, ..link }, now).await?;
    }
    Ok(())
}

/// What these files of a series hold, of which so many volumes exist as the files say. The series is read only when that depends on it.
async fn owned(
    tx: &mut Tx,
    lexicon: &Lexicon,
    id: i64,
    files: &[ScannedFile],
    stated_total: Option<u32>,
) -> Result<VolumeSet, StoreError> {
    let mut all = VolumeSet::default();
    let (plain, others): (Vec<_>, Vec<_>) = files
        .iter()
        .partition(|file| file.edition == Edition::Standard && !file.volumes.is_empty());
    plain.iter().for_each(|file| all.extend_with(&file.volumes));
    if !others.is_empty()
        && let Some(stored) = store::series::get_in(tx, id).await?
    {
        let mut series = stored.series;
        series.stated_total = stated_total.or(series.stated_total);
        for file in others {
            all.extend_with(&series.owned(file.edition, &file.volumes));
            if file.volumes.is_empty() && series.is_one_shot(stem_of(&file.path), lexicon) {
                all.insert_range(1, 1);
            }
        }
    }
    Ok(all)
}

/// The name of a file, without its folders and its extension.
fn stem_of(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// The user wants volumes again that vanished or were ignored.
///
/// # Errors
/// When the database fails.
pub async fn want_again(app: &App, series: i64, volumes: &VolumeSet) -> Result<(), WantAgainError> {
    let now = app.clock.now();
    let without = |set: &VolumeSet| {
        set.iter()
            .filter(|volume| !volumes.contains(*volume))
            .collect::<VolumeSet>()
    };
    let mut tx = app.db.begin().await?;
    lock_libraries(&mut tx, series).await?;
    let Some(mut stored) = store::series::get_in(&mut tx, series).await? else {
        return Ok(());
    };
    let there = volumes.iter().filter(|volume| {
        stored.shelf.present.contains(*volume) && !stored.series.ignored.contains(*volume)
    });
    let there: VolumeSet = there.collect();
    if !there.is_empty() {
        return Err(WantAgainError::OnShelf(there));
    }
    stored.series.ignored = without(&stored.series.ignored);
    store::series::update(&mut tx, &stored.series, now).await?;
    for link in store::link::of_series(&mut tx, series).await? {
        let shelf = Shelf {
            present: link.shelf.present.clone(),
            vanished: without(&link.shelf.vanished),
        };
        store::link::put(&mut tx, &Link { shelf, ..link }, now).await?;
    }
    if let Some(refreshed) = refresh(&mut tx, series, now).await? {
        store::event::append(&mut tx, &refreshed.events, now).await?;
        store::series::mark_due(&mut tx, series, now).await?;
    }
    Ok(tx.commit().await?)
}

/// Why volumes are not wanted again.
#[derive(Debug, thiserror::Error)]
pub enum WantAgainError {
    /// Nothing would come of it.
    #[error(
        "volume {0} is on the shelf; only what vanished or is ignored can be wanted again, and to have a better copy of it, take the file away first"
    )]
    OnShelf(VolumeSet),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The series that a library shows.
///
/// # Errors
/// When the database fails.
pub async fn series_of(db: &Db, library: i64) -> Result<Vec<i64>, StoreError> {
    let mut series: Vec<i64> = store::link::of_library(db, library)
        .await?
        .into_iter()
        .map(|link| link.series_id)
        .collect();
    series.sort_unstable();
    series.dedup();
    Ok(series)
}
