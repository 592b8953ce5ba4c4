//! Table `indexer`: what was spent of each indexer's budget, and when it may be asked again.

use serde_json::{Value, json};

use crate::ports::Indexer;

use super::{Db, OfRows, Result, Tx, of_rows, on, on_writer, within};

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct IndexerRow {
    /// The source's number for it.
    pub indexer_id: i64,
    /// Its name there.
    pub name: String,
    /// From a private tracker.
    pub private: bool,
    /// Of what it offers, ISO 639-1, as the source says.
    pub language: Option<String>,
    /// The source will not ask it before then.
    pub blocked_until: Option<i64>,
    /// The day that `used` counts, as `2026-01-31`.
    pub day: String,
    /// Queries of that day.
    pub used: i64,
    /// Not asked before then.
    pub next_at: i64,
}

const SEEN: &str = "INSERT INTO indexer (source_id, indexer_id, name, private, blocked_until, language, day, used, next_at) VALUES ($1, $2, $3, COALESCE($4, TRUE), $5, $6, '', 0, 0)
    ON CONFLICT (source_id, indexer_id) DO UPDATE SET name = excluded.name, private = COALESCE($4, indexer.private), language = excluded.language,
    blocked_until = CASE WHEN indexer.blocked_until > COALESCE(excluded.blocked_until, 0) THEN indexer.blocked_until ELSE excluded.blocked_until END";
const PAUSE: &str = "UPDATE indexer SET blocked_until = $3 WHERE source_id = $1 AND indexer_id = $2 AND COALESCE(blocked_until, 0) < $3";
const LIST: &str = "SELECT indexer_id, name, private, language, blocked_until, day, used, next_at FROM indexer WHERE source_id = $1 ORDER BY indexer_id";
const SPEND: OfRows = of_rows!(
    "UPDATE indexer SET used = CASE WHEN day = $3 THEN used + 1 ELSE 1 END, day = $3, next_at = $5",
    "WHERE source_id = $2 AND indexer_id = CAST(value ->> 'indexer' AS BIGINT)
    AND (day <> $3 OR used < CAST(value ->> 'limit' AS BIGINT)) AND next_at <= $4 RETURNING indexer_id"
);
const IS_PRIVATE: &str =
    "SELECT COUNT(*) FROM indexer JOIN connection ON connection.id = indexer.source_id
    WHERE connection.name = $1 AND indexer.name = $2 AND indexer.private";
const FORGET: &str = "DELETE FROM indexer WHERE source_id = $1 AND indexer_id = $2";

/// Writes what the source says of one.
pub async fn seen(tx: &mut Tx, source: i64, indexer: &Indexer) -> Result<()> {
    within!(tx, conn => sqlx::query(SEEN).bind(source).bind(indexer.id).bind(&indexer.name).bind(indexer.private).bind(indexer.blocked_until).bind(&indexer.language).execute(conn).await.map(drop))?;
    Ok(())
}

/// It asked to be left alone until then.
pub async fn pause(db: &Db, source: i64, indexer: i64, until: i64) -> Result<()> {
    on_writer!(db, pool => sqlx::query(PAUSE).bind(source).bind(indexer).bind(until).execute(pool).await.map(drop))?;
    Ok(())
}

/// It is not there any more.
pub async fn forget(tx: &mut Tx, source: i64, indexer: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(FORGET).bind(source).bind(indexer).execute(conn).await.map(drop))?;
    Ok(())
}

/// All of a source.
pub async fn list(db: &Db, source: i64) -> Result<Vec<IndexerRow>> {
    Ok(on!(db, pool => sqlx::query_as(LIST).bind(source).fetch_all(pool).await?))
}

/// One query to be spent of each of some indexers.
#[derive(Clone, Debug)]
pub struct Spend<'a> {
    /// The connection.
    pub source: i64,
    /// Today.
    pub day: &'a str,
    /// Milliseconds since the epoch.
    pub now: i64,
    /// When the next query may follow.
    pub next_at: i64,
}

/// Takes one query out of the budget of each indexer, given with its queries a day. Those of which there was one left, and that it was
/// not too early for.
pub async fn spend(db: &Db, spend: &Spend<'_>, indexers: &[(i64, i64)]) -> Result<Vec<i64>> {
    let row = |(indexer, limit): &(i64, i64)| json!({"indexer": indexer, "limit": limit});
    let rows: Value = indexers.iter().map(row).collect();
    let take = SPEND.text_on(db);
    let mut taken: Vec<i64> = on_writer!(db, pool => sqlx::query_scalar(take).bind(rows.to_string()).bind(spend.source).bind(spend.day)
        .bind(spend.now).bind(spend.next_at).fetch_all(pool).await?);
    taken.sort_unstable();
    Ok(taken)
}

/// Whether an indexer, by its name and its source's, is a private tracker, as far as is known.
pub async fn is_private(db: &Db, source: &str, indexer: &str) -> Result<bool> {
    let count: i64 = on!(db, pool => sqlx::query_scalar(IS_PRIVATE).bind(source).bind(indexer).fetch_one(pool).await?);
    Ok(count > 0)
}
