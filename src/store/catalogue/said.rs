//! Tables `catalogue_statement` and `release_day`: what catalogues say of series, what of it is held back, and the days of volumes.

use serde_json::{Value, json};

use crate::{
    domain::{
        catalogue::{Day, Market, Statement, count::Said, hold::Doubt},
        identity::Catalogue,
        volume::VolumeNumber,
    },
    store::{
        Db, OfRows, Page, Result, StoreError, Tx, Window, from_json, from_text, of_rows, on,
        to_json, within,
    },
};

/// What a catalogue says of a series in one market.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredStatement {
    /// What is believed.
    pub said: Said,
    /// What it says since, and is not.
    pub held: Option<Held>,
}

/// What is not believed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// It.
    pub statement: Statement,
    /// Why it is not believed.
    pub why: Doubt,
    /// Since when; milliseconds.
    pub since: i64,
}

/// A volume with its day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dated {
    /// Our number for the series.
    pub series_id: i64,
    /// Who says it.
    pub catalogue: Catalogue,
    /// Where.
    pub market: Market,
    /// Which.
    pub volume: VolumeNumber,
    /// When.
    pub day: Day,
    /// Thirteen digits.
    pub isbn: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    catalogue: String,
    said: String,
    read_at: i64,
    held: Option<String>,
    held_why: Option<String>,
    held_since: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct DayRow {
    series_id: i64,
    catalogue: String,
    market: String,
    volume: i64,
    day: String,
    isbn: Option<String>,
}

const OF_SERIES: &str = "SELECT catalogue, said, read_at, held, held_why, held_since FROM catalogue_statement WHERE series_id = $1
    ORDER BY catalogue, market";
const PUT: &str = "INSERT INTO catalogue_statement (series_id, catalogue, market, said, read_at, held, held_why, held_since)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (series_id, catalogue, market) DO UPDATE SET said = excluded.said, read_at = excluded.read_at, held = excluded.held,
    held_why = excluded.held_why, held_since = excluded.held_since";
const FORGET: &str = "DELETE FROM catalogue_statement WHERE series_id = $1 AND catalogue = $2";
const FORGET_DAYS: &str = "DELETE FROM release_day WHERE series_id = $1 AND catalogue = $2";
const FORGET_DAYS_OF: &str =
    "DELETE FROM release_day WHERE series_id = $1 AND catalogue = $2 AND market = $3";
const PUT_DAYS: OfRows = of_rows!(
    "INSERT INTO release_day (series_id, catalogue, market, language, volume, day, isbn)
    SELECT $2, $3, $4, $5, CAST(value ->> 'volume' AS BIGINT), value ->> 'day', value ->> 'isbn'",
    "WHERE true ON CONFLICT DO NOTHING"
);
/// Of the market in which each series is collected.
const CALENDAR: &str = "SELECT release_day.series_id, release_day.catalogue, release_day.market, release_day.volume, release_day.day, release_day.isbn
    FROM release_day JOIN series ON series.id = release_day.series_id AND series.language = release_day.language
    WHERE release_day.day >= SUBSTR($1, 1, 4) AND SUBSTR(release_day.day || '-01-01', 1, 10) >= $1 AND release_day.day <= $2 AND ($3 < 0 OR series.id = $3) AND (series.monitored OR $3 >= 0)
    ORDER BY release_day.day, release_day.series_id, release_day.volume LIMIT $4";
/// What has just a month or a year is out when that is over.
const REACHED: &str = "SELECT DISTINCT series_id FROM release_day WHERE (day > $1 AND day <= $2)
    OR (LENGTH(day) = 7 AND day >= SUBSTR($1, 1, 7) AND day < SUBSTR($2, 1, 7))
    OR (LENGTH(day) = 4 AND day >= SUBSTR($1, 1, 4) AND day < SUBSTR($2, 1, 4)) ORDER BY series_id";
const SERIES: &str = "SELECT DISTINCT series_id FROM catalogue_statement ORDER BY series_id";
const HELD: &str = "SELECT series_id, catalogue, said, read_at, held, held_why, held_since FROM catalogue_statement
    WHERE held_since IS NOT NULL ORDER BY held_since, series_id LIMIT $1 OFFSET $2";
const COUNT_HELD: &str = "SELECT COUNT(*) FROM catalogue_statement WHERE held_since IS NOT NULL";

fn unreadable(place: &'static str) -> impl Fn() -> StoreError {
    move || StoreError::Unreadable { place }
}

fn read(row: Row) -> Result<StoredStatement> {
    let by = Catalogue::from_word(&row.catalogue)
        .ok_or_else(unreadable("catalogue_statement.catalogue"))?;
    let held = match (row.held, row.held_why, row.held_since) {
        (Some(held), Some(why), Some(since)) => Some(Held {
            statement: from_json("catalogue_statement.held", &held)?,
            why: from_json("catalogue_statement.held_why", &why)?,
            since,
        }),
        _ => None,
    };
    Ok(StoredStatement {
        said: Said {
            by,
            statement: from_json("catalogue_statement.said", &row.said)?,
            read_at: row.read_at,
        },
        held,
    })
}

/// Everything that is said of a series.
pub async fn of_series(db: &Db, series: i64) -> Result<Vec<StoredStatement>> {
    let rows: Vec<Row> =
        on!(db, pool => sqlx::query_as(OF_SERIES).bind(series).fetch_all(pool).await?);
    rows.into_iter().map(read).collect()
}

/// The same, inside a transaction.
pub async fn of_series_in(tx: &mut Tx, series: i64) -> Result<Vec<StoredStatement>> {
    let rows: Vec<Row> =
        within!(tx, conn => sqlx::query_as(OF_SERIES).bind(series).fetch_all(conn).await?);
    rows.into_iter().map(read).collect()
}

/// What is said, believed or not, instead of what was; the days are those of what is believed.
pub async fn put(tx: &mut Tx, series: i64, stored: &StoredStatement) -> Result<()> {
    let Said {
        by,
        statement,
        read_at,
    } = &stored.said;
    let market = statement.market;
    let held = stored.held.as_ref();
    let (text, why) = (
        held.map(|held| to_json(&held.statement)),
        held.map(|held| to_json(&held.why)),
    );
    within!(&mut *tx, conn => sqlx::query(PUT).bind(series).bind(by.word()).bind(market.word()).bind(to_json(statement)).bind(read_at)
        .bind(text).bind(why).bind(held.map(|held| held.since)).execute(conn).await.map(drop))?;
    within!(&mut *tx, conn => sqlx::query(FORGET_DAYS_OF).bind(series).bind(by.word()).bind(market.word()).execute(conn).await.map(drop))?;
    let days = statement.releases.iter().filter_map(|release| {
        let day = release.day?;
        Some(json!({"volume": release.volume.hundredths(), "day": day.to_string(), "isbn": release.isbn}))
    });
    let days: Value = days.collect();
    let put_days = PUT_DAYS.text(tx);
    within!(&mut *tx, conn => sqlx::query(put_days).bind(days.to_string()).bind(series).bind(by.word()).bind(market.word()).bind(&statement.language).execute(conn).await.map(drop))?;
    Ok(())
}

/// What a catalogue said of a series is no more: it is another one there.
pub async fn forget(tx: &mut Tx, series: i64, catalogue: Catalogue) -> Result<()> {
    for text in [FORGET, FORGET_DAYS] {
        within!(&mut *tx, conn => sqlx::query(text).bind(series).bind(catalogue.word()).execute(conn).await.map(drop))?;
    }
    Ok(())
}

/// Volumes with a day between two, both included, as `2026-07` to `2026-09-30`: of one series, or of all that are monitored.
pub async fn calendar(
    db: &Db,
    (from, to): (&str, &str),
    series: Option<i64>,
    most: i64,
) -> Result<Vec<Dated>> {
    let rows: Vec<DayRow> = on!(db, pool => sqlx::query_as(CALENDAR).bind(from).bind(to).bind(series.unwrap_or(-1)).bind(most).fetch_all(pool).await?);
    rows.into_iter().map(read_day).collect()
}

fn read_day(row: DayRow) -> Result<Dated> {
    Ok(Dated {
        series_id: row.series_id,
        catalogue: Catalogue::from_word(&row.catalogue)
            .ok_or_else(unreadable("release_day.catalogue"))?,
        market: Market::from_word(&row.market).ok_or_else(unreadable("release_day.market"))?,
        volume: VolumeNumber::from_hundredths(row.volume)
            .ok_or_else(unreadable("release_day.volume"))?,
        day: from_text("release_day.day", &row.day)?,
        isbn: row.isbn,
    })
}

/// Series of which a volume may have come out after one day, up to another; both as `2026-07-08`.
pub async fn reached(db: &Db, after: &str, today: &str) -> Result<Vec<i64>> {
    Ok(on!(db, pool => sqlx::query_scalar(REACHED).bind(after).bind(today).fetch_all(pool).await?))
}

/// Series of which anything is said.
pub async fn series(db: &Db) -> Result<Vec<i64>> {
    Ok(on!(db, pool => sqlx::query_scalar(SERIES).fetch_all(pool).await?))
}

#[derive(sqlx::FromRow)]
struct HeldRow {
    series_id: i64,
    #[sqlx(flatten)]
    row: Row,
}

/// What is held back, of all series, the longest first.
pub async fn held(db: &Db, window: Window) -> Result<Page<(i64, StoredStatement)>> {
    let total = on!(db, pool => sqlx::query_scalar(COUNT_HELD).fetch_one(pool).await?);
    let rows: Vec<HeldRow> = on!(db, pool => sqlx::query_as(HELD).bind(window.limit).bind(window.offset).fetch_all(pool).await?);
    let read = |row: HeldRow| Ok((row.series_id, read(row.row)?));
    Ok(Page {
        total,
        records: rows.into_iter().map(read).collect::<Result<_>>()?,
    })
}
