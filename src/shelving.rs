//! Stages 1 and 2 with their memory: what a library shows becomes the shelf, the shelf becomes gaps, gaps become wants.

mod alike;
mod edit;
mod merge;
mod moves;
mod names;
mod overdue;
mod questions;
mod reading;
mod scan;
mod shown;
mod split;

pub use alike::{are_two, suggestions};
pub use edit::{Changed, WantAgainError, accept_vanished, change, taken_back, want_again};
pub(crate) use edit::{lock_libraries, write};
pub use merge::{MergeError, Merged, Unmerged, find, merge, unmerge};
pub use names::{foreign, learn_names};
pub use overdue::overdue;
pub use reading::{ScanError, look, scan};
pub use scan::Outcome;
pub use split::{Split, SplitError, Splitting, split};

use crate::{
    domain::{
        event::{Event, in_short},
        gaps::{self, Gaps},
        series::Shelf,
        volume::{VolumeNumber, VolumeSet},
    },
    store::{self, Db, StoreError, Tx, link::Link, series::Stored},
};

/// What [`refresh`] found.
pub struct Refreshed {
    /// As it is now.
    pub stored: Stored,
    /// What is missing now.
    pub gaps: Gaps,
    /// On the shelf now, and in no library before.
    pub arrived: VolumeSet,
    /// In no library any more, since now.
    pub vanished: VolumeSet,
    /// Volumes that were not wanted before; of many, the first ones.
    pub events: Vec<Event>,
}

/// Looks at a series again: shelf from its libraries, gaps, wants, and what arrived of its grabs. None when there is no such series.
///
/// # Errors
/// When the database fails.
pub async fn refresh(tx: &mut Tx, id: i64, now: i64) -> Result<Option<Refreshed>, StoreError> {
    let refreshed = refresh_known(tx, id, now).await?;
    Ok(refreshed.map(|refreshed| Refreshed {
        events: in_short(refreshed.events),
        ..refreshed
    }))
}

async fn refresh_known(tx: &mut Tx, id: i64, now: i64) -> Result<Option<Refreshed>, StoreError> {
    let Some(mut stored) = store::series::get_in(tx, id).await? else {
        return Ok(None);
    };
    let links = store::link::of_series(tx, id).await?;
    let shelf = all_show(&links);
    let stated_total = stated_total(&links);
    if shelf != stored.shelf || stated_total != stored.series.stated_total {
        store::series::put_shelf(tx, id, &shelf, stated_total, now).await?;
    }
    // A volume that was there before its download was sent by hand has not arrived by it.
    let before = std::mem::replace(&mut stored.shelf, shelf);
    stored.series.stated_total = stated_total;
    let arrived = stored.shelf.present.without(&before.present);
    let vanished = stored.shelf.vanished.without(&before.vanished);
    let awaited = arrived.common_with(&stored.on_its_way);
    store::grab::arrived(tx, id, &awaited, now).await?;
    stored.on_its_way = stored.on_its_way.without(&awaited);
    let (gaps, events) = count(tx, &mut stored, now).await?;
    Ok(Some(Refreshed {
        stored,
        gaps,
        arrived,
        vanished,
        events,
    }))
}

/// Counts what is missing of a series by what it says itself: its shelf is as it was.
pub(crate) async fn count(
    tx: &mut Tx,
    stored: &mut Stored,
    now: i64,
) -> Result<(Gaps, Vec<Event>), StoreError> {
    let id = stored.series.id;
    let gaps = gaps::gaps(&stored.series, &stored.shelf);
    let events = sync_wants(tx, stored, &gaps, now).await?;
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
    Ok((gaps, events))
}

/// How many volumes exist: what is said least is of an earlier day.
fn stated_total(links: &[Link]) -> Option<u32> {
    links.iter().filter_map(|link| link.total).max()
}

/// Owned when any library shows it, damaged when those that do cannot be read, doubtful when they may be something else; vanished when
/// none does and one did.
fn all_show(links: &[Link]) -> Shelf {
    let mut shelf = Shelf::default();
    for link in links {
        shelf.present.extend_with(&link.shelf.present);
    }
    for link in links {
        let damaged = link.shelf.damaged.without(&shelf.present);
        shelf.damaged.extend_with(&damaged);
    }
    for link in links {
        let doubtful = link.shelf.doubtful.without(&shelf.present);
        shelf
            .doubtful
            .extend_with(&doubtful.without(&shelf.damaged));
    }
    let shown = shelf.shown();
    for link in links {
        shelf
            .vanished
            .extend_with(&link.shelf.vanished.without(&shown));
    }
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
    let free = open.without(reserved);
    if stored.is_asked {
        store::review::settle(tx, series.id, (&free, reserved), now).await?;
    }
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
        let before = known.get(&gap.volume);
        let state = match before.map(|want| &*want.state) {
            _ if reserved.contains(gap.volume) => "on_its_way",
            Some("review") => "review",
            _ => "wanted",
        };
        if before.is_none_or(|want| (&*want.state, &*want.cause) != (state, gap.cause.word())) {
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
