//! Threads: their links become the index.

use std::collections::HashSet;

use crate::{
    domain::forum::{entry, title_key},
    search::ebdz::{ForumError, ThreadPage},
    store::{
        self,
        crawl::Progress,
        forum::{Due, Put},
    },
};

use super::{Fault, Turn};

/// Pages of a thread that are read at most.
const MOST_PAGES: u32 = 20;
/// Readings of a thread that may fail before it is left alone until it changes.
const MOST_FAULTS: i64 = 3;

/// Reads the thread that is due next; false when none is.
pub(super) async fn next(turn: &Turn<'_>) -> Result<bool, Fault> {
    let Some(due) = store::forum::next_due(&turn.app.db, turn.row.id).await? else {
        return Ok(false);
    };
    match read(turn, due.thread_id).await {
        Ok(thread) => write(turn, &due, Some(thread)).await?,
        // It was deleted, or moved to where we may not look: so are its links.
        Err(ForumError::Missing { .. } | ForumError::NotAllowed { .. }) => {
            write(turn, &due, None).await?
        }
        Err(error) => {
            if error.may_be_the_page() {
                let mut tx = turn.app.db.begin_unsynced().await?;
                store::forum::fault(&mut tx, turn.row.id, due.thread_id, MOST_FAULTS).await?;
                tx.commit().await?;
            }
            return Err(error.into());
        }
    }
    Ok(true)
}

/// All of a thread. Links stand in its first posts: it ends with the first page that has none.
async fn read(turn: &Turn<'_>, thread: i64) -> Result<ThreadPage, ForumError> {
    let mut whole = turn.forum.thread(thread, 1).await?;
    let mut known: HashSet<_> = whole.links.iter().map(|link| link.id).collect();
    let (mut next, mut has_links) = (whole.next, !whole.links.is_empty());
    while let Some(page) = next.filter(|page| has_links && *page <= MOST_PAGES) {
        let more = turn.forum.thread(thread, page).await?;
        has_links = !more.links.is_empty();
        whole
            .links
            .extend(more.links.into_iter().filter(|link| known.insert(link.id)));
        next = more.next;
    }
    Ok(whole)
}

/// In one transaction: its links, and that the series that it holds are due when there are new ones.
async fn write(turn: &Turn<'_>, due: &Due, thread: Option<ThreadPage>) -> Result<(), Fault> {
    let (app, source, now) = (turn.app, turn.row.id, turn.app.clock.now());
    let title = match (&thread, due.title.as_str()) {
        (Some(thread), "") => thread.title.as_str(),
        (_, title) => title,
    };
    let folded = title_key(title, app.lexicon);
    let (cover, links) = match &thread {
        Some(thread) => (thread.cover.as_deref(), thread.links.as_slice()),
        None => (None, [].as_slice()),
    };
    let links: Vec<_> = links
        .iter()
        .map(|link| entry(link.clone(), title, app.lexicon))
        .collect();
    let mut tx = app.db.begin_unsynced().await?;
    let Put { new, gone } = store::forum::read(
        &mut tx,
        (source, due.thread_id),
        (title, &folded),
        cover,
        &links,
        now,
    )
    .await?;
    store::crawl::did(
        &mut tx,
        source,
        Progress {
            threads: 1,
            links: new,
            ..Progress::default()
        },
    )
    .await?;
    let held = match new {
        0 => Vec::new(),
        _ => store::forum::held(&mut tx, source, due.thread_id).await?,
    };
    for series in &held {
        store::series::mark_due(&mut tx, *series, now).await?;
    }
    tx.commit().await?;
    if !held.is_empty() {
        app.check_wake.notify_one();
    }
    tracing::debug!(
        source = turn.row.name,
        thread = due.thread_id,
        links = links.len(),
        new,
        gone,
        "a thread was read"
    );
    Ok(())
}
