//! Two series become one because the user says so, and two again.

use std::{sync::Arc, time::Duration};

use super::{
    all_show,
    edit::{lock_libraries, recount},
    questions, refresh_known,
};
use crate::{
    app::App,
    domain::{
        event::in_short,
        merge::{NotOne, give_back, may_be_one, take_over},
        series::Series,
        title::fold,
    },
    lease::Lease,
    pipeline::lease_name,
    store::{
        self, StoreError, Tx,
        link::Link,
        merge::{Kept, Merge, identities, kept, moved, words},
        series::Stored,
    },
};

/// How long whoever works on a series is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why series are not made one, or two again.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// There is no such series.
    #[error("there is no series with the number {0}")]
    UnknownSeries(i64),
    /// It is a part of another.
    #[error("series {id} was merged into series {now}; DELETE /api/v1/merges/{merge} undoes that")]
    MergedAway { id: i64, now: i64, merge: i64 },
    /// There is no such merge.
    #[error("there is no merge with the number {0}; it may be undone already")]
    UnknownMerge(i64),
    /// They are not to be one.
    #[error(transparent)]
    NotOne(#[from] NotOne),
    /// A merge of a merge is undone first.
    #[error(
        "the series '{title}' was itself merged into another since; undo that first: DELETE /api/v1/merges/{merge}"
    )]
    Since { title: String, merge: i64 },
    /// Someone else works on one of them.
    #[error("one of the series is being checked right now; try again in a moment")]
    Busy,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Two series are one.
#[derive(Debug)]
pub struct Merged {
    /// The number under which it can be undone.
    pub merge: i64,
    /// The series, as it is now.
    pub stored: Stored,
}

/// They are two again.
#[derive(Debug)]
pub struct Unmerged {
    /// The one that is back.
    pub back: Stored,
    /// The other.
    pub into: Stored,
}

/// Everything of a series becomes another's, in one transaction: keys of libraries, downloads, questions, history, names. The series is
/// no more until [`unmerge`].
///
/// # Errors
/// When they must not be one, or one of them is being worked on; then nothing is changed.
pub async fn merge(app: &Arc<App>, from: i64, into: i64) -> Result<Merged, MergeError> {
    let one = find(app, from).await?;
    let other = find(app, into).await?;
    // Again below, when nobody can change them any more; here it spares the wait.
    may_be_one(
        (&one.series, &one.on_its_way),
        (&other.series, &other.on_its_way),
    )?;
    let leases = hold(app, &[from, into]).await?;
    let merged = merge_alone(app, from, into).await;
    release(leases).await;
    app.check_wake.notify_one();
    merged
}

/// The series of this number.
///
/// # Errors
/// When there is none; of one that was merged into another, which one that is now.
pub async fn find(app: &App, id: i64) -> Result<Stored, MergeError> {
    if let Some(stored) = store::series::get(&app.db, id).await? {
        return Ok(stored);
    }
    let merge = store::merge::of_series(&app.db, id).await?;
    let merge = merge.ok_or(MergeError::UnknownSeries(id))?;
    let now = store::merge::now_in(&app.db, merge.into_id).await?;
    Err(MergeError::MergedAway {
        id,
        now,
        merge: merge.id,
    })
}

/// Nobody else works on these meanwhile. In the order of their numbers, so that no two wait for each other.
pub(super) async fn hold(app: &Arc<App>, series: &[i64]) -> Result<Vec<Lease>, MergeError> {
    let mut series = series.to_vec();
    series.sort_unstable();
    let mut leases = Vec::new();
    for id in series {
        let lease = Lease::take(app, &lease_name(id), PATIENCE).await?;
        leases.push(lease.ok_or(MergeError::Busy)?);
    }
    Ok(leases)
}

pub(super) async fn release(leases: Vec<Lease>) {
    for lease in leases {
        lease.release().await;
    }
}

async fn get_in(tx: &mut Tx, id: i64) -> Result<Stored, MergeError> {
    let stored = store::series::get_in(tx, id).await?;
    stored.ok_or(MergeError::UnknownSeries(id))
}

async fn merge_alone(app: &App, from_id: i64, into_id: i64) -> Result<Merged, MergeError> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    store::library::lock_imports(&mut tx).await?;
    lock_libraries(&mut tx, &[from_id, into_id]).await?;
    get_in(&mut tx, from_id.min(into_id)).await?;
    let into = get_in(&mut tx, into_id).await?;
    let from = get_in(&mut tx, from_id).await?;
    may_be_one(
        (&from.series, &from.on_its_way),
        (&into.series, &into.on_its_way),
    )?;
    let mut kept = move_over(&mut tx, &from, &into, now).await?;
    let mut series = into.series.clone();
    let shelf = all_show(&store::link::of_series(&mut tx, into_id).await?);
    kept.taken = take_over(&mut series, &from.series, &shelf);
    store::series::update(&mut tx, &series, now).await?;
    for alias in kept.own.aliases.iter().filter(|alias| alias.taught) {
        if kept
            .taken
            .aliases
            .iter()
            .any(|name| fold(name) == alias.folded)
        {
            store::series::taught(&mut tx, into_id, &alias.folded).await?;
        }
    }
    expect_no_arrival(&mut tx, &from, &into, now).await?;
    settle(app, &mut tx, &series, now).await?;
    let merge = store::merge::insert(&mut tx, &from.series, into_id, &kept, now).await?;
    let stored = get_in(&mut tx, into_id).await?;
    tx.commit().await?;
    app.pushes.merged(from_id, into_id);
    tracing::info!(from = from_id, into = into_id, merge, "series merged");
    Ok(Merged { merge, stored })
}

/// Moves the rows, and removes the series that is no more.
async fn move_over(
    tx: &mut Tx,
    from: &Stored,
    into: &Stored,
    now: i64,
) -> Result<Kept, StoreError> {
    let (from, into) = (from.series.id, into.series.id);
    let twins = kept::twins(tx, from, into).await?;
    for twin in &twins {
        moved::sent_for(tx, from, twin.id, twin.twin).await?;
    }
    let said = store::identity::by_hand(tx, from).await?;
    let known = store::identity::by_hand(tx, into).await?;
    let new: Vec<_> = said
        .iter()
        .filter(|said| !known.contains(said))
        .cloned()
        .collect();
    store::identity::add_by_hand(tx, into, &new).await?;
    let (waiting, waiting_for_into) = wait_instead(tx, from, into, now).await?;
    let kept = Kept {
        waiting,
        waiting_for_into,
        own: kept::own(tx, from).await?,
        into_wants: kept::wants(tx, into).await?,
        blocked: kept::blocked(tx, from, into).await?,
        identities: words(&said),
        new_identities: words(&new),
        questions: questions::join(tx, (from, into), &twins, now).await?,
        moved: moved::move_all(tx, from, into).await?,
        twins,
        taken: <_>::default(),
    };
    store::check::leave_out(tx, from).await?;
    store::series::delete(tx, from).await?;
    Ok(kept)
}

/// Libraries that were to hold the one are to hold the other, unless they show it: which did, and which do now.
async fn wait_instead(
    tx: &mut Tx,
    from: i64,
    into: i64,
    now: i64,
) -> Result<(Vec<i64>, Vec<i64>), StoreError> {
    let (mut waiting, mut instead) = (Vec::new(), Vec::new());
    let known = store::link::of_series(tx, into).await?;
    for link in store::link::of_series(tx, from).await? {
        if !link.is_wanted() {
            continue;
        }
        store::link::remove(tx, link.library_id, &link.key).await?;
        waiting.push(link.library_id);
        if !known
            .iter()
            .any(|known| known.library_id == link.library_id)
        {
            store::link::put(tx, &Link::wanted(link.library_id, into), now).await?;
            instead.push(link.library_id);
        }
    }
    Ok((waiting, instead))
}

/// What was on the shelf of the one before its download was sent by hand has not arrived by it.
async fn expect_no_arrival(
    tx: &mut Tx,
    from: &Stored,
    into: &Stored,
    now: i64,
) -> Result<(), StoreError> {
    let there = from.shelf.present.common_with(&from.on_its_way);
    if there.is_empty() {
        return Ok(());
    }
    let mut shelf = into.shelf.clone();
    shelf.present.extend_with(&there);
    store::series::put_shelf(tx, into.series.id, &shelf, into.series.stated_total, now).await
}

/// Counts what is there and missing of a series that gained or lost keys of another.
async fn settle(app: &App, tx: &mut Tx, series: &Series, now: i64) -> Result<(), StoreError> {
    recount(tx, app.lexicon, series.id, now).await?;
    moved::settle_wants(tx, series.id).await?;
    let Some(refreshed) = refresh_known(tx, series.id, now).await? else {
        return Ok(());
    };
    if series.monitored && !refreshed.gaps.missing.is_empty() {
        store::series::mark_due(tx, series.id, now).await?;
    }
    store::event::append(tx, &in_short(refreshed.events), now).await
}

/// The series that was merged is back, with its number, its libraries' keys, its downloads and questions. What came to the other since
/// stays there.
///
/// # Errors
/// When there is no such merge, or the other series was merged since; then nothing is changed.
pub async fn unmerge(app: &Arc<App>, merge: i64) -> Result<Unmerged, MergeError> {
    let row = store::merge::get(&app.db, merge).await?;
    let row = row.ok_or(MergeError::UnknownMerge(merge))?;
    let leases = hold(app, &[row.from_id, row.into_id]).await?;
    let unmerged = unmerge_alone(app, &row).await;
    release(leases).await;
    app.check_wake.notify_one();
    unmerged
}

async fn unmerge_alone(app: &App, merge: &Merge) -> Result<Unmerged, MergeError> {
    let now = app.clock.now();
    let (from, into) = (merge.from_id, merge.into_id);
    if let Some(since) = store::merge::of_series(&app.db, into).await? {
        return Err(MergeError::Since {
            title: since.title,
            merge: since.id,
        });
    }
    let mut tx = app.db.begin().await?;
    store::library::lock_imports(&mut tx).await?;
    lock_libraries(&mut tx, &[into]).await?;
    let mut other = get_in(&mut tx, into).await?;
    let kept = store::merge::kept(&mut tx, merge.id).await?;
    let kept = kept.ok_or(MergeError::UnknownMerge(merge.id))?;
    move_back(&mut tx, merge, &kept, now).await?;
    give_back(&mut other.series, &kept.taken);
    store::series::update(&mut tx, &other.series, now).await?;
    store::merge::remove(&mut tx, merge.id).await?;
    let back = get_in(&mut tx, from).await?;
    settle(app, &mut tx, &back.series, now).await?;
    settle(app, &mut tx, &other.series, now).await?;
    let (back, other) = (get_in(&mut tx, from).await?, get_in(&mut tx, into).await?);
    tx.commit().await?;
    tracing::info!(from, into, merge = merge.id, "merge undone");
    Ok(Unmerged { back, into: other })
}

async fn move_back(tx: &mut Tx, merge: &Merge, kept: &Kept, now: i64) -> Result<(), StoreError> {
    let (from, into) = (merge.from_id, merge.into_id);
    kept::put_own(tx, &kept.own).await?;
    for library in &kept.waiting {
        if store::connection::get_in(tx, *library).await?.is_some() {
            store::link::put(tx, &Link::wanted(*library, from), now).await?;
        }
    }
    for library in &kept.waiting_for_into {
        store::link::remove(tx, *library, &store::link::wanted_key(into)).await?;
    }
    kept::put_wants(tx, into, &kept.into_wants).await?;
    let all_within = store::merge::all_within(tx, from).await?;
    moved::move_back(tx, &kept.moved, (into, from), &all_within).await?;
    kept::put_twins(tx, from, &kept.twins).await?;
    for twin in &kept.twins {
        moved::sent_for(tx, from, twin.twin, twin.id).await?;
    }
    kept::put_blocked(tx, from, &kept.blocked).await?;
    store::identity::add_by_hand(tx, from, &identities(&kept.identities)?).await?;
    store::identity::take_by_hand(tx, into, &identities(&kept.new_identities)?).await?;
    questions::part(tx, into, kept, now).await
}
