//! Figures of the index of a source.

use super::super::{Db, Result, on};

/// What is in the index of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Threads.
    pub threads: i64,
    /// Of these, those that are to be read.
    pub due: i64,
    /// When the one of them that waits longest was last read, or first seen; milliseconds since the epoch.
    pub due_since: Option<i64>,
    /// Links that are there.
    pub links: i64,
    /// What their files come to, in bytes.
    pub bytes: i64,
    /// Links that have left their threads.
    pub gone: i64,
    /// When the newest of the links was first seen.
    pub newest_at: Option<i64>,
    /// Series that a thread is said to hold.
    pub series: i64,
    /// Of each forum.
    pub forums: Vec<OfForum>,
}

/// What of the index is of one forum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct OfForum {
    /// Its number there; 0 for threads that were in no list.
    pub forum_id: i64,
    /// Its threads.
    pub threads: i64,
    /// Their links that are there.
    pub links: i64,
}

const THREADS: &str = "SELECT COUNT(*), COUNT(CASE WHEN due THEN 1 END), MIN(CASE WHEN due THEN COALESCE(read_at, first_seen) END)
    FROM forum_thread WHERE source_id = $1";
// No file of ed2k has more than 256 GiB: the sum is far below what fits.
const LINKS: &str =
    "SELECT COUNT(*), CAST(COALESCE(SUM(size), 0) AS BIGINT), MAX(first_seen_at) FROM ed2k_link
    WHERE source_id = $1 AND gone_at IS NULL";
const GONE: &str = "SELECT COUNT(*) FROM ed2k_link WHERE source_id = $1 AND gone_at >= $2";
const SERIES: &str = "SELECT COUNT(DISTINCT series_id) FROM series_thread WHERE source_id = $1";
const FORUMS: &str = "SELECT forum_id, COUNT(*) AS threads, CAST(SUM(links) AS BIGINT) AS links FROM (SELECT forum_id,
    (SELECT COUNT(*) FROM ed2k_link WHERE ed2k_link.source_id = forum_thread.source_id AND ed2k_link.thread_id = forum_thread.thread_id
    AND gone_at IS NULL) AS links FROM forum_thread WHERE source_id = $1) AS thread GROUP BY forum_id ORDER BY forum_id";
const LEFT: &str = "SELECT COUNT(*) FROM forum_thread WHERE source_id = $1 AND due";

/// Of a source.
///
/// # Errors
/// When the database fails.
pub async fn figures(db: &Db, source: i64) -> Result<Figures> {
    let (threads, due, due_since) =
        on!(db, pool => sqlx::query_as(THREADS).bind(source).fetch_one(pool).await?);
    let (links, bytes, newest_at) =
        on!(db, pool => sqlx::query_as(LINKS).bind(source).fetch_one(pool).await?);
    Ok(Figures {
        threads,
        due,
        due_since,
        links,
        bytes,
        gone: gone_since(db, source, 0).await?,
        newest_at,
        series: on!(db, pool => sqlx::query_scalar(SERIES).bind(source).fetch_one(pool).await?),
        forums: on!(db, pool => sqlx::query_as(FORUMS).bind(source).fetch_all(pool).await?),
    })
}

/// Links of a source that have left their threads since then.
///
/// # Errors
/// When the database fails.
pub async fn gone_since(db: &Db, source: i64, since: i64) -> Result<i64> {
    Ok(on!(db, pool => sqlx::query_scalar(GONE).bind(source).bind(since).fetch_one(pool).await?))
}

/// Threads of a source that are to be read.
///
/// # Errors
/// When the database fails.
pub async fn left(db: &Db, source: i64) -> Result<i64> {
    Ok(on!(db, pool => sqlx::query_scalar(LEFT).bind(source).fetch_one(pool).await?))
}
