//! What the user decides of series that are on the shelf: what is missing of them is counted anew.

use super::{Refreshed, refresh, refresh_known, scan::hold_event, shown::shown, stated_total};
use crate::{
    app::App,
    domain::{
        edition::{Edition, EditionMap},
        event::in_short,
        release::Lexicon,
        series::{Series, Shelf},
        title::fold,
        volume::VolumeSet,
    },
    ports::ScannedFile,
    store::{self, StoreError, Tx, grab::Grab, link::Link, placement::Placement, series::Stored},
};

/// The user says that what left this library's shelf is gone for good: it is ignored, and sending goes on. None when no
/// volume has left it; a library that is empty or away is not accepted so.
///
/// # Errors
/// When the database fails.
pub async fn accept_vanished(app: &App, library: i64) -> Result<Option<u64>, StoreError> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    store::library::lock_imports(&mut tx).await?;
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
        let still_there = stored.shelf.shown();
        let gone: VolumeSet = link
            .shelf
            .vanished
            .iter()
            .filter(|volume| !still_there.contains(*volume))
            .collect();
        stored.series.ignored.extend_with(&gone);
        accepted += gone.len() as u64;
        store::series::update(&mut tx, &stored.series, now).await?;
        let shelf = Shelf {
            vanished: VolumeSet::default(),
            ..link.shelf.clone()
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
    lock_libraries(&mut tx, &[id]).await?;
    let Some(mut stored) = store::series::get_in(&mut tx, id).await? else {
        return Ok(None);
    };
    let before = stored.series.clone();
    change(&mut stored.series, &stored.shelf)?;
    if let Some(refreshed) = write(&mut tx, app.lexicon, (&before, &stored.series), now).await? {
        store::event::append(&mut tx, &in_short(refreshed.events), now).await?;
    }
    let mut sent_by_withdrawn = Vec::new();
    for alias in before
        .aliases
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

/// Writes what was decided of a series, and counts anew what is missing of it. The caller holds its libraries.
///
/// # Errors
/// When the database fails.
pub(crate) async fn write(
    tx: &mut Tx,
    lexicon: &Lexicon,
    (before, after): (&Series, &Series),
    now: i64,
) -> Result<Option<Refreshed>, StoreError> {
    store::series::update(tx, after, now).await?;
    if (before.edition, &before.language) != (after.edition, &after.language) {
        // Of another edition or market nobody has said how many there are; the catalogues are asked soon.
        store::series::put_announced(tx, after.id, None, None).await?;
        store::catalogue::link::due_now(tx, after.id).await?;
    }
    if counted_by(before) != counted_by(after) {
        recount(tx, lexicon, after.id, now).await?;
    }
    refresh_known(tx, after.id, now).await
}

/// On which it depends what its files hold. One without a number is the only volume of a one-shot; no other total says what a file holds.
fn counted_by(series: &Series) -> (Edition, EditionMap, bool) {
    let is_one_shot = series.known_total() == Some(1);
    (series.edition, series.editions.clone(), is_one_shot)
}

/// A file that was put into a library was taken out of it again: its volumes are missing as before, not vanished.
///
/// # Errors
/// When the database fails.
pub async fn taken_back(app: &App, placed: &Placement) -> Result<(), StoreError> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    store::library::lock(&mut tx, placed.library_id).await?;
    store::file::remove(&mut tx, placed.library_id, &placed.target).await?;
    if let Some(damaged) = &placed.replaces {
        // It has its name again: nothing is sent in its place before a person says so once more.
        let file = ScannedFile {
            path: damaged.path.clone(),
            size: damaged.size,
            modified: damaged.modified,
            volumes: damaged.volumes.clone(),
            title: damaged.title.clone(),
            problem: damaged.problem.clone(),
            damaged: true,
            ..ScannedFile::default()
        };
        store::file::put(&mut tx, placed.library_id, &damaged.key, &file).await?;
    }
    for link in store::link::of_series(&mut tx, placed.series_id).await? {
        if link.library_id != placed.library_id {
            continue;
        }
        let shown = shown_by(&mut tx, app.lexicon, &link, now).await?;
        let shelf = Shelf {
            vanished: link.shelf.vanished.without(&placed.volumes),
            ..shown
        };
        store::link::put(&mut tx, &Link { shelf, ..link }, now).await?;
    }
    if let Some(refreshed) = refresh(&mut tx, placed.series_id, now).await? {
        store::event::append(&mut tx, &refreshed.events, now).await?;
    }
    tx.commit().await
}

/// Its libraries before the series, as a scan does: the other way round, each would wait for the other.
pub(crate) async fn lock_libraries(tx: &mut Tx, series: &[i64]) -> Result<(), StoreError> {
    let mut libraries = Vec::new();
    for id in series {
        let links = store::link::of_series(tx, *id).await?;
        libraries.extend(links.into_iter().map(|link| link.library_id));
    }
    libraries.sort_unstable();
    libraries.dedup();
    for library in libraries {
        store::library::lock(tx, library).await?;
    }
    Ok(())
}

/// Counts what its libraries show once more: what its editions hold was changed, or whether it is a one-shot. The caller holds them.
pub(super) async fn recount(
    tx: &mut Tx,
    lexicon: &Lexicon,
    id: i64,
    now: i64,
) -> Result<(), StoreError> {
    let links = store::link::of_series(tx, id).await?;
    // A file without a number is the only volume of a one-shot.
    store::series::put_stated_total(tx, id, stated_total(&links)).await?;
    for link in links {
        let shown = shown_by(tx, lexicon, &link, now).await?;
        // What counts no more was not taken away: it is missing, not vanished.
        let shelf = Shelf {
            vanished: link.shelf.vanished.without(&shown.shown()),
            ..shown
        };
        store::link::put(tx, &Link { shelf, ..link }, now).await?;
    }
    Ok(())
}

/// What a key of a library shows now, by the files that the last scan saw.
async fn shown_by(
    tx: &mut Tx,
    lexicon: &Lexicon,
    link: &Link,
    now: i64,
) -> Result<Shelf, StoreError> {
    let files = store::file::of_key(tx, link.library_id, &link.key).await?;
    let files: Vec<ScannedFile> = files.into_iter().map(|(_, file)| file).collect();
    shown(tx, lexicon, link.series_id, &files, (link.total, now)).await
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
    lock_libraries(&mut tx, &[series]).await?;
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
            vanished: without(&link.shelf.vanished),
            ..link.shelf.clone()
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
