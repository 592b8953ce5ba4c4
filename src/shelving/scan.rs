//! Stage 1: writes down what a library shows.

use std::collections::{BTreeSet, HashMap, HashSet};

use tokio::sync::watch;

use super::{Refreshed, ScanError, moves, names, refresh, refresh_known, shown::shown};
use crate::{
    app::{App, ConnectionError},
    connection::{SeriesSettings, Settings},
    domain::{
        event::{Event, in_short},
        hold,
        release::Lexicon,
        series::{Series, Shelf},
        volume::VolumeSet,
    },
    ports::{Scan, ScanProblem, ScanProgress, ScannedSeries},
    store::{
        self, StoreError, Tx, connection::Connection, file::KeyedFile, identity::Sought,
        library::LibraryState, link::Link,
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

/// How much of a library was read.
pub(super) enum Extent {
    /// All of it, in this way; what is written down is shown.
    Whole {
        read_as: String,
        progress: watch::Sender<ScanProgress>,
    },
    /// The series with these keys.
    Some(HashSet<String>),
}

impl Extent {
    /// What is not in the answer is not there any more.
    fn covers(&self, key: &str) -> bool {
        match self {
            Self::Whole { .. } => true,
            Self::Some(keys) => keys.contains(key),
        }
    }

    /// One more series is written down.
    fn written(&self) {
        if let Self::Whole { progress, .. } = self {
            progress.send_modify(|progress| progress.written += 1);
        }
    }
}

/// One transaction: files, links, series, wants and the events that all this makes true. `files` are those that were known of what was
/// read.
pub(super) async fn apply(
    app: &App,
    row: &Connection,
    settings: &Settings,
    files: &[KeyedFile],
    mut scan: Scan,
    extent: Extent,
) -> Result<Outcome, ScanError> {
    let now = app.clock.now();
    let state = store::library::state(&app.db, row.id).await?;
    let first = state.imported_at.is_none();
    let mut tx = app.db.begin().await?;
    store::library::lock_imports(&mut tx).await?;
    store::library::lock(&mut tx, row.id).await?;
    let links = store::link::of_library_in(&mut tx, row.id).await?;
    let (wanted, links): (Vec<Link>, Vec<Link>) = links.into_iter().partition(Link::is_wanted);
    moves::keep_unreadable(&mut scan, &links, files);
    let apart = store::link::apart(&mut tx, row.id).await?;
    // A server calls what it forgot and found again by another id.
    let by_id = matches!(settings, Settings::Server(..));
    let moved = moves::moved((&links, &apart), files, &scan, by_id);
    let mut applied = Applied {
        row,
        settings: settings.series().ok_or(ConnectionError::Unreadable)?,
        lexicon: app.lexicon,
        first,
        now,
        waits_for_some: !wanted.is_empty(),
        outcome: Outcome::default(),
        events: Vec::new(),
        shelves: HashMap::new(),
        lost: BTreeSet::new(),
    };
    let mut before: HashMap<&str, &Link> =
        links.iter().map(|link| (link.key.as_str(), link)).collect();
    for series in &scan.series {
        let old_key = moved
            .get(&series.key)
            .map_or(series.key.as_str(), String::as_str);
        let link = before.remove(old_key);
        if link.is_some_and(|link| link.key != series.key) {
            store::link::rename(&mut tx, row.id, old_key, &series.key).await?;
        }
        applied.series(&mut tx, link, series).await?;
        extent.written();
    }
    for link in before.into_values() {
        if !extent.covers(&link.key) {
            applied.count(link.series_id, &link.shelf);
        } else if moves::is_elsewhere(&link.key, files, &scan) {
            // Its files are there under other keys: the layout was changed, nothing has left the shelf.
            match apart.contains(&link.key) {
                // Should it come back, it means what the user said.
                true => store::link::put(&mut tx, &link.emptied(), now).await?,
                false => store::link::remove(&mut tx, row.id, &link.key).await?,
            }
            refresh(&mut tx, link.series_id, now).await?;
        } else {
            applied.gone(&mut tx, link).await?;
        }
    }
    for series in std::mem::take(&mut applied.lost) {
        applied.changed(&mut tx, series, false).await?;
    }
    write_files(&mut tx, row.id, files, &scan).await?;
    let held = applied.held();
    let problems = match extent {
        Extent::Whole { read_as, .. } => {
            let (library, held) = (row.id, held.as_deref());
            store::library::scanned(&mut tx, library, held, &scan.problems, &read_as, now).await?;
            scan.problems
        }
        Extent::Some(_) => {
            let problems = problems_now(&state, files, &scan)?;
            let (library, held) = (row.id, held.as_deref());
            store::library::looked(&mut tx, library, held, &problems).await?;
            problems
        }
    };
    applied.outcome.missing = store::series::missing_in(&mut tx, row.id).await? as u64;
    applied.outcome.problems = problems.len() as u64;
    applied.outcome.held = held;
    let Applied {
        outcome,
        mut events,
        ..
    } = applied;
    // An unreadable library was told as a failed connection, and is told so when it works again.
    let as_it_is = store::connection::get_in(&mut tx, row.id).await?;
    if as_it_is.is_some_and(|row| row.error.is_none()) {
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

/// The problems that are known, those of what was read as they are now.
fn problems_now(
    state: &LibraryState,
    files: &[KeyedFile],
    scan: &Scan,
) -> Result<Vec<ScanProblem>, StoreError> {
    let before = files.iter().map(|(_, file)| file.path.as_str());
    let now = scan.series.iter().flat_map(|series| &series.files);
    let read: HashSet<&str> = before.chain(now.map(|file| file.path.as_str())).collect();
    let mut problems = store::library::problems(state)?;
    problems.retain(|problem| !read.contains(problem.path.as_str()));
    problems.extend(scan.problems.iter().cloned());
    Ok(problems)
}

struct Applied<'a> {
    row: &'a Connection,
    settings: &'a SeriesSettings,
    lexicon: &'static Lexicon,
    first: bool,
    now: i64,
    /// It is to hold series that it does not show.
    waits_for_some: bool,
    outcome: Outcome,
    events: Vec<Event>,
    shelves: HashMap<i64, Shelf>,
    /// Series of which a key shows less now; another one may show it instead.
    lost: BTreeSet<i64>,
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
            total: scanned.total,
            said: names::said(scanned),
        };
        if link != Some(&now_shown) {
            store::link::put(tx, &now_shown, self.now).await?;
        }
        if self.waits_for_some && link.is_none() {
            store::link::remove(tx, self.row.id, &store::link::wanted_key(id)).await?;
        }
        let says_more = link.is_none_or(|link| link.said != now_shown.said);
        if says_more {
            names::learn(tx, id, scanned, self.now).await?;
            if link.is_some() || !scanned.identities.is_empty() {
                let key = (self.row.id, scanned.key.as_str());
                store::identity::put_of_key(tx, key, id, &scanned.identities).await?;
            }
        }
        let moved = link.is_none_or(|link| link.shelf != shelf || link.key != scanned.key);
        let changed = says_more || moved;
        self.count(id, &shelf);
        if !changed {
            return Ok(());
        }
        if !before.shown().without(&shelf.shown()).is_empty() {
            self.lost.insert(id);
            return Ok(());
        }
        self.changed(tx, id, added).await
    }

    /// Counts a series of which something changed, and tells what came of it.
    async fn changed(&mut self, tx: &mut Tx, id: i64, added: bool) -> Result<(), StoreError> {
        let refreshed = refresh_known(tx, id, self.now).await?;
        let Some(refreshed) = refreshed.filter(|_| !self.first) else {
            return Ok(());
        };
        if refreshed.stored.series.monitored && !refreshed.gaps.missing.is_empty() {
            store::series::mark_due(tx, id, self.now).await?;
        }
        self.tell(&refreshed, added);
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
        let kind = self.settings.kind();
        let sought = Sought {
            title: &scanned.title,
            language: &language,
            edition: scanned.edition,
            kind,
            identities: &scanned.identities,
        };
        // Also within one library: what is loose beside its folder, or in two folders of one name, is owned all the same.
        if let Some(id) = store::identity::same(tx, &sought).await? {
            return Ok((id, false));
        }
        if self.waits_for_some
            && let Some(id) = self.waited_for(tx, scanned, &language).await?
        {
            return Ok((id, false));
        }
        let series = Series {
            id: 0,
            title: scanned.title.clone(),
            aliases: Vec::new(),
            not_aliases: Vec::new(),
            language,
            kind,
            monitored: self.settings.monitor,
            auto_send: true,
            wanted_from: None,
            wanted_to: None,
            ignored: VolumeSet::default(),
            total: None,
            stated_total: scanned.total,
            announced: None,
            specials: <_>::default(),
            sources: Vec::new(),
            edition: scanned.edition,
            editions: <_>::default(),
            profile: None,
        };
        Ok((store::series::insert(tx, &series, self.now).await?, true))
    }

    /// The series that the library was to hold and now shows, under another of its names or by a file that was put there for it.
    async fn waited_for(
        &self,
        tx: &mut Tx,
        scanned: &ScannedSeries,
        language: &str,
    ) -> Result<Option<i64>, StoreError> {
        let named = (language, scanned.edition);
        for name in std::iter::once(&scanned.title).chain(&scanned.aliases) {
            let by_name = store::link::wanted_as(tx, self.row.id, name, named).await?;
            if by_name.is_some() {
                return Ok(by_name);
            }
        }
        for file in &scanned.files {
            let by_file = store::link::wanted_at(tx, self.row.id, &file.path).await?;
            if by_file.is_some() {
                return Ok(by_file);
            }
        }
        Ok(None)
    }

    /// A key that the library shows no more: all its volumes vanished, none is missing.
    async fn gone(&mut self, tx: &mut Tx, link: &Link) -> Result<(), StoreError> {
        let shelf = after(&link.shelf, Shelf::default());
        self.count(link.series_id, &shelf);
        if shelf != link.shelf {
            store::link::put(
                tx,
                &Link {
                    shelf,
                    ..link.clone()
                },
                self.now,
            )
            .await?;
            if let Some(refreshed) = refresh_known(tx, link.series_id, self.now).await? {
                self.tell(&refreshed, false);
            }
        }
        Ok(())
    }

    fn count(&mut self, series: i64, shelf: &Shelf) {
        let shown = self.shelves.entry(series).or_default();
        shown.present.extend_with(&shelf.present);
        shown.damaged.extend_with(&shelf.damaged);
        shown.doubtful.extend_with(&shelf.doubtful);
        shown.vanished.extend_with(&shelf.vanished);
    }

    fn tell(&mut self, refreshed: &Refreshed, added: bool) {
        let library = self.row.name.clone();
        let series = || refreshed.stored.series.named();
        // What a mirror shows is told once, and what one still shows has not vanished.
        let (arrived, vanished) = (refreshed.arrived.clone(), refreshed.vanished.clone());
        self.outcome.arrived += arrived.len() as u64;
        self.outcome.vanished += vanished.len() as u64;
        if added {
            // The first count of a series is a baseline: one event for all its volumes.
            return self.events.push(Event::SeriesAdded {
                series: series(),
                library,
                volumes: refreshed.stored.shelf.present.clone(),
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
            let left = shelf.vanished.without(&shelf.shown()).len();
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
    // What a file may have been was perhaps never there.
    known.extend_with(&before.present);
    known.extend_with(&before.damaged);
    Shelf {
        vanished: known.without(&shown.shown()),
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
