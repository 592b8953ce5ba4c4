//! Table `ed2k_link`: the links of the threads, by the titles that their names read.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::Put;
use crate::{
    domain::{
        forum::Entry,
        link::{Ed2kId, Ed2kLink},
    },
    store::{Db, OfRows, Result, StoreError, Tx, of_rows, on, within},
};

/// A link of the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indexed {
    /// The thread that it stands in.
    pub thread_id: i64,
    /// The title of that.
    pub thread: String,
    /// The link, rebuilt from its identity.
    pub link: Ed2kLink,
    /// When it was first seen.
    pub first_seen_at: i64,
}

#[derive(sqlx::FromRow)]
struct LinkRow {
    thread_id: i64,
    thread: String,
    md4: String,
    size: i64,
    aich: Option<String>,
    name: String,
    first_seen_at: i64,
}

const LINKS_OF: &str =
    "SELECT md4, size, gone_at FROM ed2k_link WHERE source_id = $1 AND thread_id = $2";
const PUT_LINKS: OfRows = of_rows!(
    "INSERT INTO ed2k_link (source_id, thread_id, md4, size, aich, name, folded, other, words, first_seen_at, last_seen_at)
    SELECT $2, $3, value ->> 'md4', CAST(value ->> 'size' AS BIGINT), value ->> 'aich', value ->> 'name', value ->> 'folded', value ->> 'other',
    value ->> 'words', $4, $4",
    "WHERE true ON CONFLICT (source_id, thread_id, md4, size) DO UPDATE SET aich = COALESCE(excluded.aich, ed2k_link.aich), name = excluded.name,
    folded = excluded.folded, other = excluded.other, words = excluded.words, last_seen_at = excluded.last_seen_at, gone_at = NULL"
);
const GONE: &str = "UPDATE ed2k_link SET gone_at = $3 WHERE source_id = $1 AND thread_id = $2 AND last_seen_at < $3 AND gone_at IS NULL";
const FORGET: &str = "DELETE FROM ed2k_link WHERE gone_at < $1";
const STANDING: &str =
    "SELECT COUNT(*) FROM ed2k_link WHERE source_id = $1 AND thread_id = $2 AND gone_at IS NULL";
const CHANGED: &str = "INSERT INTO forum_crawl (source_id, written) VALUES ($1, 1)
    ON CONFLICT (source_id) DO UPDATE SET written = forum_crawl.written + 1";
const WRITTEN: &str = "SELECT written FROM forum_crawl WHERE source_id = $1";

macro_rules! links {
    () => {
        "SELECT ed2k_link.thread_id AS thread_id, forum_thread.title AS thread, md4, size, aich, name, first_seen_at FROM ed2k_link
        JOIN forum_thread ON forum_thread.source_id = ed2k_link.source_id AND forum_thread.thread_id = ed2k_link.thread_id "
    };
}

// Each half by its own index: with OR, or in the order of another one, all links of the source would be looked through.
const BY_KEY: &str = concat!(
    links!(),
    "WHERE ed2k_link.source_id = $1 AND ed2k_link.folded = $2 AND gone_at IS NULL UNION ",
    links!(),
    "WHERE ed2k_link.source_id = $1 AND other = $2 AND gone_at IS NULL"
);
const OF_THREAD: &str = concat!(
    links!(),
    "WHERE ed2k_link.source_id = $1 AND ed2k_link.thread_id = $2 AND gone_at IS NULL ORDER BY name, md4"
);
const RECENT: &str = concat!(
    links!(),
    "WHERE ed2k_link.source_id = $1 AND gone_at IS NULL ORDER BY first_seen_at DESC, ed2k_link.thread_id DESC, name, md4 LIMIT $2"
);
const KEYS: &str = "SELECT folded FROM ed2k_link WHERE source_id = $1 AND gone_at IS NULL
    UNION SELECT other FROM ed2k_link WHERE source_id = $1 AND gone_at IS NULL AND other IS NOT NULL";

/// These are all links of a thread: what is not among them is gone.
pub(super) async fn put(
    tx: &mut Tx,
    (source, thread): (i64, i64),
    links: &[Entry],
    now: i64,
) -> Result<Put> {
    let before: Vec<(String, i64, Option<i64>)> = within!(&mut *tx, conn => sqlx::query_as(LINKS_OF).bind(source).bind(thread).fetch_all(conn).await?);
    let there: HashMap<(&str, i64), bool> = before
        .iter()
        .map(|(md4, size, gone)| ((md4.as_str(), *size), gone.is_none()))
        .collect();
    let is_new = |entry: &&Entry| {
        let md4 = entry.link.id.as_hex();
        !there
            .get(&(md4.as_str(), size(&entry.link)))
            .copied()
            .unwrap_or(false)
    };
    let new = links.iter().filter(is_new).count();
    let (text, rows): (_, Value) = (PUT_LINKS.text(tx), links.iter().map(row).collect());
    within!(&mut *tx, conn => sqlx::query(text).bind(rows.to_string()).bind(source).bind(thread).bind(now).execute(conn).await.map(drop))?;
    let gone = within!(&mut *tx, conn => sqlx::query(GONE).bind(source).bind(thread).bind(now).execute(conn).await.map(|done| done.rows_affected()))?;
    changed(tx, source).await?;
    Ok(Put {
        new: i64::try_from(new).unwrap_or(i64::MAX),
        gone: i64::try_from(gone).unwrap_or(i64::MAX),
    })
}

/// What is in the index of a source is not what it was.
pub(super) async fn changed(tx: &mut Tx, source: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(CHANGED).bind(source).execute(conn).await.map(drop))?;
    Ok(())
}

/// How often the index of a source was written; another number means that other titles may be in it.
pub async fn written(db: &Db, source: i64) -> Result<i64> {
    let written: Option<i64> =
        on!(db, pool => sqlx::query_scalar(WRITTEN).bind(source).fetch_optional(pool).await?);
    Ok(written.unwrap_or(0))
}

/// How many links a thread has.
pub async fn standing(db: &Db, source: i64, thread: i64) -> Result<i64> {
    Ok(
        on!(db, pool => sqlx::query_scalar(STANDING).bind(source).bind(thread).fetch_one(pool).await?),
    )
}

/// Links that left their threads before then are forgotten. How many.
pub async fn forget_gone(tx: &mut Tx, before: i64) -> Result<u64> {
    Ok(
        within!(tx, conn => sqlx::query(FORGET).bind(before).execute(conn).await.map(|done| done.rows_affected()))?,
    )
}

/// The links whose names read a series of this folded title.
pub async fn by_key(db: &Db, source: i64, folded: &str) -> Result<Vec<Indexed>> {
    let mut rows: Vec<LinkRow> =
        on!(db, pool => sqlx::query_as(BY_KEY).bind(source).bind(folded).fetch_all(pool).await?);
    let place = |row: &LinkRow| (row.thread_id, row.name.clone(), row.md4.clone());
    rows.sort_by_cached_key(place);
    rows.into_iter().map(indexed).collect()
}

/// The links of a thread.
pub async fn of_thread(db: &Db, source: i64, thread: i64) -> Result<Vec<Indexed>> {
    let rows: Vec<LinkRow> =
        on!(db, pool => sqlx::query_as(OF_THREAD).bind(source).bind(thread).fetch_all(pool).await?);
    rows.into_iter().map(indexed).collect()
}

/// The links that were seen first last.
pub async fn recent(db: &Db, source: i64, limit: i64) -> Result<Vec<Indexed>> {
    let rows: Vec<LinkRow> =
        on!(db, pool => sqlx::query_as(RECENT).bind(source).bind(limit).fetch_all(pool).await?);
    rows.into_iter().map(indexed).collect()
}

/// Every title that some link of a source reads, folded.
pub async fn keys(db: &Db, source: i64) -> Result<Vec<String>> {
    Ok(on!(db, pool => sqlx::query_scalar(KEYS).bind(source).fetch_all(pool).await?))
}

fn size(link: &Ed2kLink) -> i64 {
    i64::try_from(link.id.size).unwrap_or(i64::MAX)
}

/// As a row of a statement.
pub(super) fn row(entry: &Entry) -> Value {
    let link = &entry.link;
    json!({
        "md4": link.id.as_hex(), "size": size(link), "aich": link.aich, "name": link.name, "folded": entry.folded, "other": entry.other,
        "words": entry.words,
    })
}

fn indexed(row: LinkRow) -> Result<Indexed> {
    Ok(Indexed {
        thread_id: row.thread_id,
        thread: row.thread,
        link: Ed2kLink {
            id: file_id(&row.md4, row.size)?,
            name: row.name,
            aich: row.aich,
        },
        first_seen_at: row.first_seen_at,
    })
}

/// The file of a row.
pub(super) fn file_id(md4: &str, size: i64) -> Result<Ed2kId> {
    let md4 = hex::decode(md4)
        .ok()
        .and_then(|bytes| bytes.try_into().ok());
    match (md4, u64::try_from(size)) {
        (Some(md4), Ok(size)) => Ok(Ed2kId { md4, size }),
        _ => Err(StoreError::Unreadable {
            place: "ed2k_link.md4",
        }),
    }
}
