//! Table `series_thread`: which series the threads of a forum hold, as a user says.

use std::collections::HashMap;

use super::{
    Db, Result, Tx,
    forum::{Indexed, of_thread},
    on, within,
};
const HOLDS: &str = "SELECT DISTINCT series_id FROM series_thread WHERE source_id = $1 AND thread_id = $2 ORDER BY series_id";
const ALL_HELD: &str = "SELECT DISTINCT thread_id, series_id FROM series_thread WHERE source_id = $1 ORDER BY thread_id, series_id";
const TIE: &str = "INSERT INTO series_thread (series_id, source_id, thread_id, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
const TIED_ARE_DUE: &str =
    "UPDATE forum_thread SET due = true WHERE source_id = $1 AND problem IS NULL
    AND thread_id IN (SELECT thread_id FROM series_thread WHERE series_thread.source_id = $1)";
const EXPECT: &str = "INSERT INTO forum_thread (source_id, thread_id, forum_id, title, folded, replies, sticky, due, first_seen, last_seen)
    VALUES ($1, $2, 0, '', '', -1, false, true, $3, $3)
    ON CONFLICT (source_id, thread_id) DO UPDATE SET due = true, faults = 0, tried_at = NULL, problem = NULL WHERE forum_thread.problem IS NOT NULL";
const UNTIE: &str =
    "DELETE FROM series_thread WHERE series_id = $1 AND source_id = $2 AND thread_id = $3";
const TIED_TO: &str = "SELECT own.thread_id, NOT EXISTS (SELECT 1 FROM series_thread AS other WHERE other.source_id = own.source_id
    AND other.thread_id = own.thread_id AND other.series_id <> own.series_id) FROM series_thread AS own
    WHERE own.series_id = $1 AND own.source_id = $2 ORDER BY own.thread_id";

/// The series that a thread holds.
pub async fn held(tx: &mut Tx, source: i64, thread: i64) -> Result<Vec<i64>> {
    Ok(
        within!(tx, conn => sqlx::query_scalar(HOLDS).bind(source).bind(thread).fetch_all(conn).await?),
    )
}

/// The threads of a source that hold series, and which.
pub async fn all_held(db: &Db, source: i64) -> Result<HashMap<i64, Vec<i64>>> {
    let rows: Vec<(i64, i64)> =
        on!(db, pool => sqlx::query_as(ALL_HELD).bind(source).fetch_all(pool).await?);
    let mut held: HashMap<i64, Vec<i64>> = HashMap::new();
    for (thread, series) in rows {
        held.entry(thread).or_default().push(series);
    }
    Ok(held)
}

/// A thread holds a series. One that was in no list yet, or could not be read, is read with the next crawl.
pub async fn tie(tx: &mut Tx, series: i64, (source, thread): (i64, i64), now: i64) -> Result<()> {
    within!(&mut *tx, conn => sqlx::query(TIE).bind(series).bind(source).bind(thread).bind(now).execute(conn).await.map(drop))?;
    within!(tx, conn => sqlx::query(EXPECT).bind(source).bind(thread).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// The threads that hold series are to be read, whatever the lists say; not those that could not be read and were given up.
pub async fn tied_are_due(tx: &mut Tx, source: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(TIED_ARE_DUE).bind(source).execute(conn).await.map(drop))?;
    Ok(())
}

/// It does not hold it any more. False when it did not.
pub async fn untie(tx: &mut Tx, series: i64, (source, thread): (i64, i64)) -> Result<bool> {
    let done = within!(tx, conn => sqlx::query(UNTIE).bind(series).bind(source).bind(thread).execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// The links of the threads that a user says hold a series, each with whether its thread holds no other.
pub async fn tied_links(db: &Db, source: i64, series: i64) -> Result<Vec<(Indexed, bool)>> {
    let threads: Vec<(i64, bool)> =
        on!(db, pool => sqlx::query_as(TIED_TO).bind(series).bind(source).fetch_all(pool).await?);
    let mut links = Vec::new();
    for (thread, is_alone) in threads {
        let of_thread = of_thread(db, source, thread).await?.into_iter();
        links.extend(of_thread.map(|link| (link, is_alone)));
    }
    Ok(links)
}
