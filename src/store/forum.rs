//! Table `forum_thread`: the threads of a forum, which of them are to be read, and what came of that. Their links are in [`links`].

mod figures;
mod find;
mod links;
mod old;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::domain::forum::{Entry, Listed};

use super::{Db, OfRows, Page, Result, Tx, Window, of_rows, on, within};

pub use figures::{Figures, OfForum, figures, gone_since, left};
pub use find::{Found, Wanted, find, name_of};
pub use links::{Indexed, by_key, forget_gone, keys, of_thread, recent, standing, written};
pub use old::{OldThread, take_over};

/// A thread.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Thread {
    /// Its number there.
    pub thread_id: i64,
    /// That of its forum; 0 while it was in no list.
    pub forum_id: i64,
    /// Its title; empty while it was neither listed nor read.
    pub title: String,
    /// Posts behind the first; -1 while it was in no list.
    pub replies: i64,
    /// It stays in front.
    pub sticky: bool,
    /// Address of its cover.
    pub cover: Option<String>,
    /// It is to be read.
    pub due: bool,
    /// Why it could not be read the last time.
    pub problem: Option<String>,
    /// When it was first in a list.
    pub first_seen: i64,
    /// When it was last in a list.
    pub last_seen: i64,
    /// When it was last read.
    pub read_at: Option<i64>,
    /// Links in it that are not gone.
    pub links: i64,
}

/// A thread that is to be read.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Due {
    /// Its number there.
    pub thread_id: i64,
    /// That of its forum; 0 while it was in no list.
    pub forum_id: i64,
    /// Its title, as the list shows it.
    pub title: String,
    /// Readings that failed since the last good one.
    pub faults: i64,
}

/// A thread that could not be read the last time, and is tried again or tied to a series.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Faulty {
    /// Its number there.
    pub thread_id: i64,
    /// Its title; empty while it was neither listed nor read.
    pub title: String,
    /// Why.
    pub problem: String,
    /// When it was last tried.
    pub tried_at: Option<i64>,
    /// It is tried again with the next crawl; otherwise a series is tied to it in vain.
    pub due: bool,
}

/// What was found in a thread.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    /// Its title.
    pub title: &'a str,
    /// The key of that.
    pub folded: &'a str,
    /// Address of its cover.
    pub cover: Option<&'a str>,
    /// All of its links; what is not among them is gone.
    pub links: &'a [Entry],
    /// Why there is nothing in it.
    pub problem: Option<&'a str>,
}

/// What is known of a thread of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// The forum in whose list it stood; 0 while it was in none.
    pub forum_id: i64,
    /// Posts behind the first.
    pub replies: i64,
    /// When it was last in a list.
    pub last_seen: i64,
    /// When it was last read.
    pub read_at: Option<i64>,
}

/// What came of reading a thread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Put {
    /// Links that were not known, or had gone.
    pub new: i64,
    /// Links that are not there any more.
    pub gone: i64,
}

/// What is in the index of a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Counts {
    /// Threads.
    pub threads: i64,
    /// Of these, those that are to be read.
    pub due: i64,
    /// Links that are there.
    pub links: i64,
    /// Links that have left their threads.
    pub gone: i64,
}

const KNOWN: OfRows = of_rows!(
    "SELECT thread_id, forum_id, replies, last_seen, read_at FROM forum_thread WHERE source_id = $2
    AND thread_id IN (SELECT CAST(CAST(value AS TEXT) AS BIGINT)",
    ")"
);
const PUT_THREADS: OfRows = of_rows!(
    "INSERT INTO forum_thread (source_id, forum_id, thread_id, title, folded, replies, sticky, place, due, first_seen, last_seen)
    SELECT $2, $3, CAST(value ->> 'id' AS BIGINT), value ->> 'title', value ->> 'folded', CAST(value ->> 'replies' AS BIGINT),
    CAST(value ->> 'sticky' AS BOOLEAN), CAST(value ->> 'place' AS BIGINT), CAST(value ->> 'due' AS BOOLEAN), $4, $4",
    // One that was given up gets new chances when it has changed; one that is being tried keeps its count.
    "WHERE true ON CONFLICT (source_id, thread_id) DO UPDATE SET forum_id = excluded.forum_id, title = excluded.title, folded = excluded.folded,
    replies = excluded.replies, sticky = excluded.sticky, place = excluded.place, due = forum_thread.due OR excluded.due,
    last_seen = excluded.last_seen, faults = CASE WHEN excluded.due AND NOT forum_thread.due THEN 0 ELSE forum_thread.faults END"
);
const DUE: &str = "SELECT thread_id, forum_id, title, faults FROM forum_thread WHERE source_id = $1 AND due AND (tried_at IS NULL OR tried_at < $2)
    AND NOT EXISTS (SELECT 1 FROM forum WHERE forum.source_id = $1 AND forum.forum_id = forum_thread.forum_id AND forum.problem IS NOT NULL) ORDER BY faults,
    CASE WHEN EXISTS (SELECT 1 FROM series_thread WHERE series_thread.source_id = forum_thread.source_id AND series_thread.thread_id = forum_thread.thread_id)
    THEN 0 ELSE 1 END, place, thread_id DESC LIMIT 1";
const READ: &str = "UPDATE forum_thread SET due = false, faults = 0, tried_at = NULL, problem = $7, read_at = $3,
    title = CASE WHEN title = '' THEN $4 ELSE title END, folded = CASE WHEN title = '' THEN $5 ELSE folded END, cover = $6
    WHERE source_id = $1 AND thread_id = $2";
const FAULT: &str = "UPDATE forum_thread SET faults = faults + 1, due = faults + 1 < $3, problem = $4, tried_at = $5 WHERE source_id = $1 AND thread_id = $2";
const FORGIVE: OfRows = of_rows!(
    "UPDATE forum_thread SET faults = faults - 1, due = true WHERE source_id = $2 AND faults > 0
    AND thread_id IN (SELECT CAST(CAST(value AS TEXT) AS BIGINT)",
    ")"
);
const FAULTY: &str = "SELECT thread_id, title, problem, tried_at, due FROM forum_thread WHERE source_id = $1 AND problem IS NOT NULL
    AND (due OR EXISTS (SELECT 1 FROM series_thread WHERE series_thread.source_id = $1 AND series_thread.thread_id = forum_thread.thread_id))
    ORDER BY COALESCE(tried_at, 0) DESC, thread_id LIMIT $2";
const COUNTS: &str = "SELECT (SELECT COUNT(*) FROM forum_thread WHERE source_id = $1) AS threads,
    (SELECT COUNT(*) FROM forum_thread WHERE source_id = $1 AND due) AS due,
    (SELECT COUNT(*) FROM ed2k_link WHERE source_id = $1 AND gone_at IS NULL) AS links,
    (SELECT COUNT(*) FROM ed2k_link WHERE source_id = $1 AND gone_at IS NOT NULL) AS gone";

macro_rules! threads {
    () => {
        "SELECT thread_id, forum_id, title, replies, sticky, cover, due, problem, first_seen, last_seen, read_at,
        (SELECT COUNT(*) FROM ed2k_link WHERE ed2k_link.source_id = forum_thread.source_id AND ed2k_link.thread_id = forum_thread.thread_id
        AND gone_at IS NULL) AS links FROM forum_thread "
    };
}

const THREADS: &str = concat!(
    threads!(),
    "WHERE source_id = $1 AND folded LIKE '%' || $2 || '%' ORDER BY last_seen DESC, thread_id DESC LIMIT $3 OFFSET $4"
);
const COUNT_THREADS: &str =
    "SELECT COUNT(*) FROM forum_thread WHERE source_id = $1 AND folded LIKE '%' || $2 || '%'";

/// What is known of these threads.
pub async fn known(db: &Db, source: i64, threads: &[i64]) -> Result<HashMap<i64, Known>> {
    let (text, ids) = (KNOWN.text_on(db), Value::from(threads.to_vec()));
    let rows: Vec<(i64, i64, i64, i64, Option<i64>)> = on!(db, pool => sqlx::query_as(text).bind(ids.to_string()).bind(source).fetch_all(pool).await?);
    let known = |(id, forum_id, replies, last_seen, read_at)| {
        (
            id,
            Known {
                forum_id,
                replies,
                last_seen,
                read_at,
            },
        )
    };
    Ok(rows.into_iter().map(known).collect())
}

/// These threads stand in the list of a forum.
pub async fn put_threads(
    tx: &mut Tx,
    source: i64,
    forum: i64,
    threads: &[Listed],
    now: i64,
) -> Result<()> {
    let row = |thread: &Listed| {
        json!({
            "id": thread.id, "title": thread.title, "folded": thread.folded, "replies": thread.replies,
            "sticky": thread.sticky, "place": thread.place, "due": thread.due,
        })
    };
    let (text, rows): (_, Value) = (PUT_THREADS.text(tx), threads.iter().map(row).collect());
    within!(tx, conn => sqlx::query(text).bind(rows.to_string()).bind(source).bind(forum).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// The thread that is to be read next in a crawl that began then: those that hold a series come first, then the one with the newest post; those
/// that could not be read come last, and once in a crawl. Those of a forum that cannot be read wait for it.
pub async fn next_due(db: &Db, source: i64, began_at: i64) -> Result<Option<Due>> {
    Ok(on!(db, pool => sqlx::query_as(DUE).bind(source).bind(began_at).fetch_optional(pool).await?))
}

/// A thread was read.
pub async fn read(
    tx: &mut Tx,
    (source, thread): (i64, i64),
    reading: &Reading<'_>,
    now: i64,
) -> Result<Put> {
    let put = links::put(tx, (source, thread), reading.links, now).await?;
    let Reading {
        title,
        folded,
        cover,
        problem,
        ..
    } = *reading;
    within!(tx, conn => sqlx::query(READ).bind(source).bind(thread).bind(now).bind(title).bind(folded).bind(cover).bind(problem).execute(conn).await.map(drop))?;
    Ok(put)
}

/// A thread could not be read, and why; after `most` times it is not tried again until it changes.
pub async fn fault(
    tx: &mut Tx,
    (source, thread): (i64, i64),
    most: i64,
    problem: &str,
    now: i64,
) -> Result<()> {
    within!(tx, conn => sqlx::query(FAULT).bind(source).bind(thread).bind(most).bind(problem).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// The last fault of these threads was not theirs.
pub async fn forgive(tx: &mut Tx, source: i64, threads: &[i64]) -> Result<()> {
    let (text, ids) = (FORGIVE.text(tx), Value::from(threads.to_vec()));
    within!(tx, conn => sqlx::query(text).bind(ids.to_string()).bind(source).execute(conn).await.map(drop))?;
    Ok(())
}

/// Threads that could not be read, the last tried first: those that are tried again, and those to which a series is tied.
pub async fn faulty(db: &Db, source: i64, limit: i64) -> Result<Vec<Faulty>> {
    Ok(on!(db, pool => sqlx::query_as(FAULTY).bind(source).bind(limit).fetch_all(pool).await?))
}

/// Threads of a source whose folded titles hold this one, as they were last in a list.
pub async fn threads(db: &Db, source: i64, folded: &str, window: Window) -> Result<Page<Thread>> {
    let total = on!(db, pool => sqlx::query_scalar(COUNT_THREADS).bind(source).bind(folded).fetch_one(pool).await?);
    let records = on!(db, pool => sqlx::query_as(THREADS).bind(source).bind(folded).bind(window.limit).bind(window.offset).fetch_all(pool).await?);
    Ok(Page { total, records })
}

/// What is in the index of a source.
pub async fn counts(db: &Db, source: i64) -> Result<Counts> {
    Ok(on!(db, pool => sqlx::query_as(COUNTS).bind(source).fetch_one(pool).await?))
}
