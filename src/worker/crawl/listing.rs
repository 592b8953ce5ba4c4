//! Pages of a forum's list of threads: which threads are to be read.

use crate::{
    domain::forum::listed,
    search::ebdz::{ForumError, ListPage},
    store::{
        self, StoreError,
        crawl::{Crawl, Forum, Progress},
        forum::Known,
    },
};

use super::{Fault, Step, Turn};
use crate::domain::units::DAY;

/// Pages of a list that are read at most, should it have no end: a bound of ours, far above the largest forum.
const MOST_PAGES: i64 = 5_000;
/// More than the threads of any page.
const A_PAGE: i64 = 1_000;

/// The forum whose list is read next: one whose last reading began before this crawl did. A reading that an earlier crawl began goes on
/// first, and then the newest threads are looked at once more. One that cannot be read is tried once.
pub(super) fn next<'a>(forums: &'a [Forum], crawl: &Crawl) -> Option<&'a Forum> {
    let is_listed = |forum: &Forum| forum.page.is_none() && forum.listed_at >= crawl.began_at;
    let is_tried = |forum: &Forum| forum.problem_at.is_some() && forum.problem_at >= crawl.began_at;
    let mut forums = forums.iter();
    forums.find(|forum| !is_listed(forum) && !is_tried(forum))
}

/// The forum of which a page is read for the full sweep: the one that is under way, else the one that waited longest.
pub(super) fn next_swept<'a>(forums: &'a [Forum], crawl: &Crawl) -> Option<&'a Forum> {
    if crawl.sweep_left <= 0 {
        return None;
    }
    // Small forums are swept once in a crawl, not again and again.
    let is_swept = |forum: &&Forum| forum.swept_at.is_some() && forum.swept_at >= crawl.began_at;
    let readable = forums
        .iter()
        .filter(|forum| forum.problem.is_none() && !is_swept(forum));
    readable.min_by_key(|forum| (forum.sweep_page <= 1, forum.swept_at, forum.forum_id))
}

/// Reads the next page of a list, newest first. It ends with the first page that holds a thread in which nothing was said since it was last
/// listed: all behind it is older. Sticky threads say nothing of that, nor does what this reading itself has listed, and new posts since
/// have pushed on to this page.
pub(super) async fn newest(turn: &Turn<'_>, forum: &Forum) -> Result<Step, Fault> {
    let (page, began_at) = match (forum.page, forum.began_at) {
        (Some(page), Some(began_at)) => (page, began_at),
        _ => (1, turn.app.clock.now()),
    };
    let Some(list) = read(turn, forum, page).await? else {
        return Ok(Step::Read);
    };
    let known = known(turn, &list).await?;
    // One that came from another forum says nothing of this list.
    let is_old = |known: &Known, replies| {
        known.forum_id == forum.forum_id && known.replies == replies && known.last_seen < began_at
    };
    let mut threads = list.threads.iter();
    let ends = threads.any(|thread| {
        !thread.sticky
            && known
                .get(&thread.id)
                .is_some_and(|known| is_old(known, thread.replies))
    });
    let is_due = |id, replies| {
        known
            .get(&id)
            .is_none_or(|known: &Known| known.replies != replies)
    };
    let source = turn.row.id;
    let mut tx = turn.app.db.begin_unsynced().await?;
    put(turn, &mut tx, (forum, page), &list, is_due).await?;
    let (id, pages) = (forum.forum_id, i64::from(list.pages));
    match list.next.map(i64::from).filter(|_| !ends) {
        Some(next) if next <= MOST_PAGES => {
            store::crawl::listing(&mut tx, source, id, next, pages, began_at).await?
        }
        next => {
            if next.is_some() {
                tracing::warn!(
                    source = turn.row.name,
                    forum = id,
                    pages,
                    "a list has no end that is read"
                );
            }
            store::crawl::listed(&mut tx, source, id, pages, began_at).await?
        }
    }
    tx.commit().await?;
    Ok(Step::Read)
}

/// Reads a page for the full sweep: its threads are read again, changed or not, since links may come into a first post without a reply.
pub(super) async fn swept(turn: &Turn<'_>, forum: &Forum) -> Result<Step, Fault> {
    let (source, page, now) = (turn.row.id, forum.sweep_page.max(1), turn.app.clock.now());
    let Some(list) = read(turn, forum, page).await? else {
        return Ok(Step::Read);
    };
    let known = known(turn, &list).await?;
    let is_due = |id, replies| {
        known.get(&id).is_none_or(|known: &Known| {
            known.replies != replies || known.read_at.is_none_or(|at| now - at > DAY)
        })
    };
    let mut tx = turn.app.db.begin_unsynced().await?;
    put(turn, &mut tx, (forum, page), &list, is_due).await?;
    let place = (forum.forum_id, list.next.map_or(1, i64::from));
    let ended_at = list.next.is_none().then_some(now);
    store::crawl::swept(&mut tx, source, place, ended_at, 1).await?;
    tx.commit().await?;
    Ok(Step::Read)
}

/// None when this forum cannot be read, which is written down: the others are read all the same.
async fn read(turn: &Turn<'_>, forum: &Forum, page: i64) -> Result<Option<ListPage>, Fault> {
    let error = match turn
        .forum
        .list(forum.forum_id, u32::try_from(page).unwrap_or(u32::MAX))
        .await
    {
        Ok(list) => return Ok(Some(list)),
        Err(
            error @ (ForumError::Missing { .. }
            | ForumError::NotAllowed { .. }
            | ForumError::Says { .. }),
        ) => error,
        Err(error) => return Err(error.into()),
    };
    tracing::warn!(source = turn.row.name, forum = forum.forum_id, %error, "a forum cannot be read");
    let place = (turn.row.id, forum.forum_id);
    let now = turn.app.clock.now();
    store::crawl::problem(&turn.app.db, place, &error.to_string(), now).await?;
    Ok(None)
}

async fn known(
    turn: &Turn<'_>,
    list: &ListPage,
) -> Result<std::collections::HashMap<i64, Known>, StoreError> {
    let ids: Vec<i64> = list.threads.iter().map(|thread| thread.id).collect();
    store::forum::known(&turn.app.db, turn.row.id, &ids).await
}

async fn put(
    turn: &Turn<'_>,
    tx: &mut store::Tx,
    (forum, page): (&Forum, i64),
    list: &ListPage,
    is_due: impl Fn(i64, i64) -> bool,
) -> Result<(), StoreError> {
    let places = (page - 1) * A_PAGE..;
    let threads: Vec<_> = list
        .threads
        .iter()
        .zip(places)
        .map(|(thread, place)| {
            let due = is_due(thread.id, thread.replies);
            listed(
                (thread.id, &thread.title, thread.replies, thread.sticky),
                (place, due),
                turn.app.lexicon,
            )
        })
        .collect();
    let now = turn.app.clock.now();
    store::forum::put_threads(tx, turn.row.id, forum.forum_id, &threads, now).await?;
    store::crawl::did(
        tx,
        turn.row.id,
        Progress {
            pages: 1,
            ..Progress::default()
        },
        now,
    )
    .await
}
