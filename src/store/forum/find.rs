//! Links of the index as a person looks for them: by words, by thread, and whether they are still there.

use crate::domain::link::Ed2kId;

use super::{
    super::{Db, Page, Result, Window, on, to_json},
    links::file_id,
};

/// Which links are looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Words, folded, that all stand in the name or in the title of the thread; each may be a part of one there.
    pub words: Vec<String>,
    /// Just those of this thread.
    pub thread: Option<i64>,
    /// Those that left their threads, instead of those that are there.
    pub gone: bool,
    /// Nothing that was first seen after this; milliseconds since the epoch.
    pub until: Option<i64>,
}

/// A link that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The thread that it stands in.
    pub thread_id: i64,
    /// The title of that.
    pub thread: String,
    /// The file.
    pub id: Ed2kId,
    /// Its name.
    pub name: String,
    /// When it was first seen, in milliseconds since the epoch.
    pub first_seen_at: i64,
    /// When it was last seen.
    pub last_seen_at: i64,
    /// When it was missing in its thread for the first time.
    pub gone_at: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct Row {
    thread_id: i64,
    thread: String,
    md4: String,
    size: i64,
    name: String,
    first_seen_at: i64,
    last_seen_at: i64,
    gone_at: Option<i64>,
}

/// The texts of both databases. They differ in how the patterns of `$1` become rows; SQLite is told to make them but once.
macro_rules! on_each {
    ($text:ident) => {
        (
            $text!(
                "WITH each AS MATERIALIZED (SELECT value FROM json_each($1)) SELECT value FROM each"
            ),
            $text!("SELECT value FROM json_array_elements_text(CAST($1 AS JSON))"),
        )
    };
}

macro_rules! wanted {
    ($patterns:literal) => {
        concat!(
            " FROM ed2k_link WHERE source_id = $2 AND thread_id BETWEEN $3 AND $4 AND (gone_at IS NOT NULL) = $5 AND first_seen_at <= $6
            AND NOT EXISTS (SELECT 1 FROM (",
            $patterns,
            ") AS pattern WHERE words NOT LIKE pattern.value)"
        )
    };
}

macro_rules! count {
    ($patterns:literal) => {
        concat!("SELECT COUNT(*)", wanted!($patterns))
    };
}

// What is sorted is the keys alone: it may be all links of the source.
macro_rules! records {
    ($patterns:literal) => {
        concat!(
            "WITH key AS MATERIALIZED (SELECT source_id, thread_id, md4, size",
            wanted!($patterns),
            " ORDER BY first_seen_at DESC, thread_id DESC, md4, size LIMIT $7 OFFSET $8)
            SELECT link.thread_id AS thread_id, thread.title AS thread, link.md4 AS md4, link.size AS size, name, first_seen_at, last_seen_at, gone_at
            FROM key JOIN ed2k_link AS link ON link.source_id = key.source_id AND link.thread_id = key.thread_id AND link.md4 = key.md4
            AND link.size = key.size JOIN forum_thread AS thread ON thread.source_id = key.source_id AND thread.thread_id = key.thread_id
            ORDER BY first_seen_at DESC, link.thread_id DESC, link.md4, link.size"
        )
    };
}

const NAME_OF: &str = "SELECT name FROM ed2k_link WHERE md4 = $1 AND size = $2 AND gone_at IS NULL ORDER BY last_seen_at DESC LIMIT 1";
const COUNT: (&str, &str) = on_each!(count);
const RECORDS: (&str, &str) = on_each!(records);

/// Links of a source: those that were seen first last come first.
///
/// # Errors
/// When the database fails.
pub async fn find(db: &Db, source: i64, wanted: &Wanted, window: Window) -> Result<Page<Found>> {
    let (total, rows) =
        tokio::try_join!(count(db, source, wanted), rows(db, source, wanted, window))?;
    let records = rows.into_iter().map(found).collect::<Result<_>>()?;
    Ok(Page { total, records })
}

async fn count(db: &Db, source: i64, wanted: &Wanted) -> Result<i64> {
    let (text, (first, last)) = (text_on(db, COUNT), threads(wanted));
    Ok(
        on!(db, pool => sqlx::query_scalar(text).bind(patterns(wanted)).bind(source).bind(first).bind(last).bind(wanted.gone).bind(until(wanted)).fetch_one(pool).await?),
    )
}

async fn rows(db: &Db, source: i64, wanted: &Wanted, window: Window) -> Result<Vec<Row>> {
    let (text, (first, last)) = (text_on(db, RECORDS), threads(wanted));
    Ok(
        on!(db, pool => sqlx::query_as(text).bind(patterns(wanted)).bind(source).bind(first).bind(last).bind(wanted.gone).bind(until(wanted))
        .bind(window.limit).bind(window.offset).fetch_all(pool).await?),
    )
}

fn text_on(db: &Db, (sqlite, postgres): (&'static str, &'static str)) -> &'static str {
    match db {
        Db::Sqlite { .. } => sqlite,
        Db::Postgres(_) => postgres,
    }
}

/// What is folded holds no sign that means something in a pattern.
fn patterns(wanted: &Wanted) -> String {
    let patterns: Vec<String> = wanted
        .words
        .iter()
        .map(|word| format!("%{word}%"))
        .collect();
    to_json(&patterns)
}

fn threads(wanted: &Wanted) -> (i64, i64) {
    wanted
        .thread
        .map_or((0, i64::MAX), |thread| (thread, thread))
}

fn until(wanted: &Wanted) -> i64 {
    wanted.until.unwrap_or(i64::MAX)
}

/// The name of a file that stands in some thread; none when it stands in none any more.
///
/// # Errors
/// When the database fails.
pub async fn name_of(db: &Db, id: &Ed2kId) -> Result<Option<String>> {
    let size = i64::try_from(id.size).unwrap_or(i64::MAX);
    Ok(
        on!(db, pool => sqlx::query_scalar(NAME_OF).bind(id.as_hex()).bind(size).fetch_optional(pool).await?),
    )
}

fn found(row: Row) -> Result<Found> {
    Ok(Found {
        id: file_id(&row.md4, row.size)?,
        thread_id: row.thread_id,
        thread: row.thread,
        name: row.name,
        first_seen_at: row.first_seen_at,
        last_seen_at: row.last_seen_at,
        gone_at: row.gone_at,
    })
}
