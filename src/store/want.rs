//! Table `want`: the missing volumes of monitored series, and what is being done about each.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::domain::{
    event::SeriesRef,
    gaps::Gap,
    release::Kind,
    volume::{VolumeNumber, VolumeSet},
};

use super::{Db, OfRows, Page, Result, StoreError, Tx, Window, of_rows, on, to_json, within};

/// A row, with its series' title.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Want {
    /// Whose.
    pub series_id: i64,
    /// The series' title.
    pub title: String,
    /// Hundredths.
    pub volume: i64,
    /// `wanted`, `review` or `on_its_way`.
    pub state: String,
    /// `hole` or `tail`.
    pub cause: String,
    /// Missing since.
    pub since: i64,
}

const SINCE: &str = "SELECT volume, since FROM want WHERE series_id = $1";
const WITH_GAPS: &str = "SELECT DISTINCT series_id FROM want
    WHERE state <> 'on_its_way' AND series_id IN (SELECT series_id FROM series_link WHERE library_id = $1) ORDER BY series_id";
const PUT: OfRows = of_rows!(
    "INSERT INTO want (series_id, volume, state, cause, since)
    SELECT $2, CAST(value ->> 'volume' AS BIGINT), value ->> 'state', value ->> 'cause', $3",
    "WHERE true ON CONFLICT (series_id, volume) DO UPDATE SET state = excluded.state, cause = excluded.cause"
);
const DELETE: &str = "DELETE FROM want WHERE series_id = $1 AND volume = $2";
const FREE: &str = "UPDATE want SET state = 'wanted' WHERE series_id = $1 AND volume = $2 AND state = 'on_its_way'";
const NO_QUESTION: OfRows = of_rows!(
    "UPDATE want SET state = 'wanted' WHERE series_id = $2 AND state = 'review' AND volume IN (SELECT CAST(value ->> 'volume' AS BIGINT)",
    ")"
);
const COUNT: &str = "SELECT COUNT(*) FROM want WHERE ($1 = '' OR state = $1) AND ($2 < 0 OR series_id = $2) AND since <= $3";
const LIST: &str =
    "SELECT want.series_id, series.title, want.volume, want.state, want.cause, want.since
    FROM want JOIN series ON series.id = want.series_id
    WHERE ($1 = '' OR want.state = $1) AND ($2 < 0 OR want.series_id = $2) AND want.since <= $3
    ORDER BY series.folded, want.series_id, want.volume LIMIT $4 OFFSET $5";
const LATEST: &str =
    "SELECT want.series_id, series.title, want.volume, want.state, want.cause, want.since
    FROM want JOIN series ON series.id = want.series_id ORDER BY want.since DESC, want.series_id, want.volume LIMIT $1 OFFSET $2";
/// Whoever checks a series holds it before its wants: what is held is left for the next day, so that nobody waits for the other.
const OVERDUE: (&str, &str) = (
    "UPDATE want SET overdue = TRUE WHERE overdue = FALSE AND state <> 'on_its_way' AND since <= $1 RETURNING series_id, volume, since",
    "UPDATE want SET overdue = TRUE WHERE (series_id, volume) IN (SELECT series_id, volume FROM want
    WHERE overdue = FALSE AND state <> 'on_its_way' AND since <= $1 FOR UPDATE SKIP LOCKED) RETURNING series_id, volume, since",
);
const NAMED: OfRows = of_rows!(
    "SELECT id, title, language, kind FROM series WHERE id IN (SELECT CAST(CAST(value AS TEXT) AS BIGINT)",
    ")"
);

/// Since when each volume of a series is missing; milliseconds since the epoch.
pub async fn since(db: &Db, series: i64) -> Result<HashMap<VolumeNumber, i64>> {
    let rows: Vec<(i64, i64)> =
        on!(db, pool => sqlx::query_as(SINCE).bind(series).fetch_all(pool).await?);
    rows.into_iter()
        .map(|(volume, since)| Ok((read(volume)?, since)))
        .collect()
}

/// Monitored series of a library with missing volumes that are not on their way.
pub async fn series_with_gaps(db: &Db, library: i64) -> Result<Vec<i64>> {
    Ok(on!(db, pool => sqlx::query_scalar(WITH_GAPS).bind(library).fetch_all(pool).await?))
}

fn read(volume: i64) -> Result<VolumeNumber> {
    VolumeNumber::from_hundredths(volume).ok_or(StoreError::Unreadable {
        place: "want.volume",
    })
}

/// Writes these, each with its state.
pub async fn put(tx: &mut Tx, series: i64, wants: &[(Gap, &str)], now: i64) -> Result<()> {
    if wants.is_empty() {
        return Ok(());
    }
    let row = |(gap, state): &(Gap, &str)| json!({"volume": gap.volume.hundredths(), "state": state, "cause": gap.cause.word()});
    let rows: Value = wants.iter().map(row).collect();
    let put = PUT.text(tx);
    within!(tx, conn => sqlx::query(put).bind(rows.to_string()).bind(series).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// It is missing no more.
pub async fn delete(tx: &mut Tx, series: i64, volume: VolumeNumber) -> Result<()> {
    within!(tx, conn => sqlx::query(DELETE).bind(series).bind(volume.hundredths()).execute(conn).await.map(drop))?;
    Ok(())
}

/// What was reserved for these is not any more.
pub async fn free(tx: &mut Tx, series: i64, volumes: &VolumeSet) -> Result<()> {
    for volume in volumes.iter() {
        within!(&mut *tx, conn => sqlx::query(FREE).bind(series).bind(volume.hundredths()).execute(conn).await.map(drop))?;
    }
    Ok(())
}

/// Nothing is asked about these any more.
pub async fn no_question(tx: &mut Tx, series: i64, volumes: &VolumeSet) -> Result<()> {
    let row = |volume: VolumeNumber| json!({"volume": volume.hundredths()});
    let rows: Value = volumes.iter().map(row).collect();
    let no_question = NO_QUESTION.text(tx);
    within!(tx, conn => sqlx::query(no_question).bind(rows.to_string()).bind(series).execute(conn).await.map(drop))?;
    Ok(())
}

/// Those that became missing last.
pub async fn latest(db: &Db, window: Window) -> Result<Vec<Want>> {
    Ok(
        on!(db, pool => sqlx::query_as(LATEST).bind(window.limit).bind(window.offset).fetch_all(pool).await?),
    )
}

/// Missing since then or longer, not on their way, and not said before: their series, volumes and since when, the oldest first. Nothing of it is
/// said again.
pub async fn overdue(tx: &mut Tx, until: i64) -> Result<Vec<(i64, VolumeNumber, i64)>> {
    let text = match tx {
        Tx::Sqlite(_) => OVERDUE.0,
        Tx::Postgres(_) => OVERDUE.1,
    };
    let mut rows: Vec<(i64, i64, i64)> =
        within!(tx, conn => sqlx::query_as(text).bind(until).fetch_all(conn).await?);
    rows.sort_unstable_by_key(|(series, volume, since)| (*since, *series, *volume));
    rows.into_iter()
        .map(|(series, volume, since)| Ok((series, read(volume)?, since)))
        .collect()
}

/// These series as events name them; they are not held.
pub async fn named(tx: &mut Tx, series: &[i64]) -> Result<HashMap<i64, SeriesRef>> {
    let text = NAMED.text(tx);
    let rows: Vec<(i64, String, String, String)> =
        within!(tx, conn => sqlx::query_as(text).bind(to_json(&series)).fetch_all(conn).await?);
    let named = |(id, title, language, kind): (i64, String, String, String)| {
        let kind = Kind::from_word(&kind).unwrap_or_default();
        (
            id,
            SeriesRef {
                id,
                title,
                language,
                kind,
            },
        )
    };
    Ok(rows.into_iter().map(named).collect())
}

/// Which wants.
#[derive(Clone, Copy, Debug)]
pub struct Filter<'a> {
    /// Their state; may be empty.
    pub state: &'a str,
    /// Of which series.
    pub series: Option<i64>,
    /// Missing since then or longer; milliseconds since the epoch.
    pub since: i64,
}

impl Default for Filter<'_> {
    fn default() -> Self {
        Self {
            state: "",
            series: None,
            since: i64::MAX,
        }
    }
}

/// By series, in the order of the volumes.
pub async fn list(db: &Db, filter: Filter<'_>, window: Window) -> Result<Page<Want>> {
    let Filter { state, since, .. } = filter;
    let series = filter.series.unwrap_or(-1);
    let total = on!(db, pool => sqlx::query_scalar(COUNT).bind(state).bind(series).bind(since).fetch_one(pool).await?);
    let records = on!(db, pool => sqlx::query_as(LIST).bind(state).bind(series).bind(since).bind(window.limit).bind(window.offset).fetch_all(pool).await?);
    Ok(Page { total, records })
}
