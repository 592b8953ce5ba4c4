//! Threads: their links become the index.

use std::collections::HashSet;

use crate::{
    domain::forum::{entry, title_key},
    search::ebdz::{ForumError, ThreadPage},
    store::{
        self,
        crawl::Progress,
        forum::{Due, Put, Reading},
    },
};

use super::{Fault, Step, Turn, sample};

/// Pages of a thread that are read at most.
const MOST_PAGES: u32 = 20;
/// Readings of a thread, each in another crawl, that may fail before it is left alone until it changes.
const MOST_FAULTS: i64 = 3;
/// Threads, one after the other, that may not be readable: then it is not the threads.
const MOST_IN_A_ROW: usize = 3;

/// Reads the thread that is due next.
pub(super) async fn next(turn: &mut Turn<'_>) -> Result<Step, Fault> {
    let began_at = turn.crawl.began_at.unwrap_or(i64::MAX);
    let Some(due) = store::forum::next_due(&turn.app.db, turn.row.id, began_at).await? else {
        return Ok(Step::Over);
    };
    let is_last = due.faults + 1 >= MOST_FAULTS;
    let error = match read(turn, due.thread_id).await {
        Ok(thread) => match emptied(turn, &due, &thread).await?.filter(|_| !is_last) {
            None => return write(turn, &due, Ok(thread)).await,
            Some(error) => error,
        },
        // It was deleted: so are its links.
        Err(error @ ForumError::Missing { .. }) => return write(turn, &due, Err(error)).await,
        // It was moved to where we may not look.
        Err(error @ ForumError::NotAllowed { .. }) if is_last => {
            return write(turn, &due, Err(error)).await;
        }
        Err(error) => error,
    };
    if !error.may_be_of_page() {
        return Err(error.into());
    }
    faulty(turn, &due, error).await
}

/// The fault of a thread in which links stood, and in which none is found now: perhaps someone took them away, perhaps it is another page
/// than a thread's.
async fn emptied(
    turn: &Turn<'_>,
    due: &Due,
    thread: &ThreadPage,
) -> Result<Option<ForumError>, Fault> {
    let Some(page) = thread.sample.as_ref().filter(|_| thread.links.is_empty()) else {
        return Ok(None);
    };
    let links = store::forum::standing(&turn.app.db, turn.row.id, due.thread_id).await?;
    Ok((links > 0).then(|| turn.forum.emptied(links, page.clone())))
}

/// A thread could not be read: its links stay, and the crawl goes on with the next one, unless others before it could not be read either.
async fn faulty(turn: &mut Turn<'_>, due: &Due, error: ForumError) -> Result<Step, Fault> {
    let (app, source, now) = (turn.app, turn.row.id, turn.app.clock.now());
    turn.faulty.push(due.thread_id);
    let is_alone = error.is_of_page() && turn.faulty.len() < MOST_IN_A_ROW;
    let mut problem = error.to_string();
    if is_alone {
        problem.push_str(&sample::kept(app, &error));
    }
    tracing::warn!(
        source = turn.row.name,
        thread = due.thread_id,
        problem,
        "a thread cannot be read"
    );
    let mut tx = app.db.begin_unsynced().await?;
    let place = (source, due.thread_id);
    store::forum::fault(&mut tx, place, MOST_FAULTS, &problem, now).await?;
    if error.is_of_page() && !is_alone {
        store::forum::forgive(&mut tx, source, &turn.faulty).await?;
    }
    tx.commit().await?;
    if is_alone {
        return Ok(Step::Faulty);
    }
    turn.faulty.clear();
    if due.forum_id > 0 && matches!(error, ForumError::NotAllowed { .. }) {
        let forum = (source, due.forum_id);
        store::crawl::problem(&app.db, forum, &error.to_string(), now).await?;
        return Ok(Step::Faulty);
    }
    Err(error.into())
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

/// In one transaction: its links, and that the series that it holds are due when there are new ones. It has none when it is gone.
async fn write(
    turn: &mut Turn<'_>,
    due: &Due,
    thread: Result<ThreadPage, ForumError>,
) -> Result<Step, Fault> {
    turn.faulty.clear();
    let (app, source, now) = (turn.app, turn.row.id, turn.app.clock.now());
    let title = match (&thread, due.title.as_str()) {
        (Ok(thread), "") => thread.title.as_str(),
        (_, title) => title,
    };
    let folded = title_key(title, app.lexicon);
    let (cover, links, problem) = match &thread {
        Ok(thread) => (thread.cover.as_deref(), thread.links.as_slice(), None),
        Err(error) => (None, [].as_slice(), Some(error.to_string())),
    };
    let links: Vec<_> = links
        .iter()
        .map(|link| entry(link.clone(), title, app.lexicon))
        .collect();
    let reading = Reading {
        title,
        folded: &folded,
        cover,
        links: &links,
        problem: problem.as_deref(),
    };
    let mut tx = app.db.begin_unsynced().await?;
    let Put { new, gone } =
        store::forum::read(&mut tx, (source, due.thread_id), &reading, now).await?;
    let progress = Progress {
        threads: 1,
        links: new,
        ..Progress::default()
    };
    store::crawl::did(&mut tx, source, progress, now).await?;
    let held = store::series_thread::held(&mut tx, source, due.thread_id).await?;
    for series in held.iter().filter(|_| new > 0) {
        store::series::mark_due(&mut tx, *series, now).await?;
    }
    tx.commit().await?;
    if !held.is_empty() && new > 0 {
        app.check_wake.notify_one();
    }
    if let Some(problem) = problem.filter(|_| !held.is_empty()) {
        tracing::warn!(
            source = turn.row.name,
            thread = due.thread_id,
            problem,
            "a series is tied to a thread that cannot be read"
        );
    }
    tracing::debug!(
        source = turn.row.name,
        thread = due.thread_id,
        links = links.len(),
        new,
        gone,
        "a thread was read"
    );
    Ok(Step::Read)
}
