//! Tables `check_run` and `check_series`: what was checked, and what came of it.

use serde_json::{Value, json};

use super::{
    Db, OfRows, Page, Result, Tx, Window, from_json, of_rows, on, on_writer, to_json, within,
};
use crate::domain::report::{CheckStats, SeriesReport};

/// A row, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckRun {
    /// Our own number for it.
    pub id: i64,
    /// `api`, `cli`, `schedule` or `library`.
    pub cause: String,
    /// Nothing was sent, it only says what would be.
    pub dry_run: bool,
    /// `queued`, `running`, `finished` or `stopped`.
    pub state: String,
    /// Series to check.
    pub total: i64,
    /// Series checked.
    pub done: i64,
    /// Summed over its series.
    pub stats: CheckStats,
    /// When it was asked for.
    pub created_at: i64,
    /// When it began.
    pub started_at: Option<i64>,
    /// When it was over.
    pub finished_at: Option<i64>,
}

impl CheckRun {
    /// It was finished or stopped.
    pub fn is_over(&self) -> bool {
        matches!(self.state.as_str(), "finished" | "stopped")
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    cause: String,
    dry_run: bool,
    state: String,
    total: i64,
    done: i64,
    stats: String,
    created_at: i64,
    started_at: Option<i64>,
    finished_at: Option<i64>,
}

macro_rules! columns {
    () => {
        "id, cause, dry_run, state, total, done, stats, created_at, started_at, finished_at"
    };
}

const INSERT: &str = "INSERT INTO check_run (cause, dry_run, state, total, done, stats, created_at) VALUES ($1, $2, 'queued', $3, 0, '{}', $4) RETURNING id";
const ADD: OfRows = of_rows!(
    "INSERT INTO check_series (check_id, series_id, position, state)
    SELECT $2, CAST(value ->> 'series' AS BIGINT), CAST(value ->> 'position' AS BIGINT), 'queued'",
    ""
);
const NEXT: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM check_run WHERE state IN ('queued', 'running')
    ORDER BY CASE WHEN cause IN ('api', 'cli') THEN 0 ELSE 1 END, id LIMIT 20"
);
const OPEN: &str =
    "SELECT COUNT(*) FROM check_run WHERE state IN ('queued', 'running') AND cause = $1";
const LAST_OF: &str =
    "SELECT MAX(COALESCE(started_at, created_at)) FROM check_run WHERE cause = $1";
const START: &str = "UPDATE check_run SET state = 'running', started_at = COALESCE(started_at, $2) WHERE id = $1 AND state IN ('queued', 'running')";
const QUEUED: &str =
    "SELECT series_id FROM check_series WHERE check_id = $1 AND state = 'queued' ORDER BY position";
// With the plus, SQLite goes from each row to its series, and not through the whole check for each row.
const DONE: OfRows = of_rows!(
    "UPDATE check_series SET state = 'done', report = value ->> 'report'",
    "WHERE +check_id = $2 AND series_id = CAST(value ->> 'series' AS BIGINT) AND check_series.state = 'queued' RETURNING series_id"
);
// The update takes the row before its sums are read, so that no other report is lost between the two.
const ADVANCE: &str = "UPDATE check_run SET done = done + $2 WHERE id = $1 RETURNING stats, state";
const STATS: &str = "UPDATE check_run SET stats = $2 WHERE id = $1";
const FINISH: &str =
    "UPDATE check_run SET state = $2, finished_at = $3 WHERE id = $1 AND state = 'running'";
const STOP: &str = "UPDATE check_run SET state = 'stopped', finished_at = $2 WHERE id = $1 AND state IN ('queued', 'running')";
const LEAVE_OUT: &str =
    "UPDATE check_run SET total = total - 1 WHERE state IN ('queued', 'running')
    AND id IN (SELECT check_id FROM check_series WHERE series_id = $1 AND state = 'queued')";
const NOT_REACHED: &str = "DELETE FROM check_series WHERE series_id = $1 AND state = 'queued'";
const GET: &str = concat!("SELECT ", columns!(), " FROM check_run WHERE id = $1");
const COUNT: &str = "SELECT COUNT(*) FROM check_run";
const LIST: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM check_run ORDER BY id DESC LIMIT $1 OFFSET $2"
);
const LAST_REPORT: &str = "SELECT report FROM check_series WHERE series_id = $1 AND report IS NOT NULL ORDER BY check_id DESC LIMIT 1";
const REPORT_OF: &str = "SELECT report FROM check_series WHERE check_id = $1 AND series_id = $2";
const REPORT_COUNT: &str =
    "SELECT COUNT(*) FROM check_series WHERE check_id = $1 AND report IS NOT NULL";
const REPORTS: &str = "SELECT report FROM check_series WHERE check_id = $1 AND report IS NOT NULL ORDER BY series_id LIMIT $2 OFFSET $3";

/// Asks for a check of these series, in this order.
pub async fn insert(
    tx: &mut Tx,
    cause: &str,
    dry_run: bool,
    series: &[i64],
    now: i64,
) -> Result<i64> {
    let id = within!(&mut *tx, conn => sqlx::query_scalar(INSERT).bind(cause).bind(dry_run).bind(series.len() as i64).bind(now).fetch_one(conn).await?);
    let row = |(position, series): (usize, &i64)| json!({"series": series, "position": position});
    let rows: Value = series.iter().enumerate().map(row).collect();
    let add = ADD.text(tx);
    within!(tx, conn => sqlx::query(add).bind(rows.to_string()).bind(id).execute(conn).await.map(drop))?;
    Ok(id)
}

/// Checks that are not over, 20 at most: those that someone asked for, then the others, the oldest first.
pub async fn open(db: &Db) -> Result<Vec<CheckRun>> {
    let rows: Vec<Row> = on!(db, pool => sqlx::query_as(NEXT).fetch_all(pool).await?);
    rows.into_iter().map(read).collect()
}

/// How many checks of this cause are not over.
pub async fn open_of(db: &Db, cause: &str) -> Result<i64> {
    Ok(on!(db, pool => sqlx::query_scalar(OPEN).bind(cause).fetch_one(pool).await?))
}

/// When one of this cause last began.
pub async fn last_of(db: &Db, cause: &str) -> Result<Option<i64>> {
    Ok(on!(db, pool => sqlx::query_scalar(LAST_OF).bind(cause).fetch_one(pool).await?))
}

/// It begins, or goes on after a restart. False when it was stopped meanwhile.
pub async fn start(db: &Db, id: i64, now: i64) -> Result<bool> {
    let rows = on_writer!(db, pool => sqlx::query(START).bind(id).bind(now).execute(pool).await?.rows_affected());
    Ok(rows == 1)
}

/// The series that it has not reached yet.
pub async fn queued(db: &Db, id: i64) -> Result<Vec<i64>> {
    Ok(on!(db, pool => sqlx::query_scalar(QUEUED).bind(id).fetch_all(pool).await?))
}

/// Writes the reports of series and counts them, each once. False when the check was stopped meanwhile, or is not there any more.
pub async fn put_reports(tx: &mut Tx, id: i64, reports: &[SeriesReport]) -> Result<bool> {
    let row =
        |report: &SeriesReport| json!({"series": report.series_id, "report": to_json(report)});
    let rows: Value = reports.iter().map(row).collect();
    let done = DONE.text(tx);
    let written: Vec<i64> = within!(&mut *tx, conn => sqlx::query_scalar(done).bind(rows.to_string()).bind(id).fetch_all(conn).await?);
    let advanced: Option<(String, String)> = within!(&mut *tx, conn => sqlx::query_as(ADVANCE).bind(id).bind(written.len() as i64).fetch_optional(conn).await?);
    let Some((stats, state)) = advanced else {
        return Ok(false);
    };
    let mut stats: CheckStats = from_json("check_run.stats", &stats)?;
    let is_new = |report: &&SeriesReport| written.contains(&report.series_id);
    reports
        .iter()
        .filter(is_new)
        .for_each(|report| stats.add(report));
    within!(tx, conn => sqlx::query(STATS).bind(id).bind(to_json(&stats)).execute(conn).await.map(drop))?;
    Ok(state != "stopped")
}

/// It is over. False when it already was.
pub async fn finish(tx: &mut Tx, id: i64, now: i64) -> Result<bool> {
    let rows = within!(tx, conn => sqlx::query(FINISH).bind(id).bind("finished").bind(now).execute(conn).await?.rows_affected());
    Ok(rows == 1)
}

/// Checks that are not over expect a series no more, which is about to be removed.
pub async fn leave_out(tx: &mut Tx, series: i64) -> Result<()> {
    for text in [LEAVE_OUT, NOT_REACHED] {
        within!(&mut *tx, conn => sqlx::query(text).bind(series).execute(conn).await.map(drop))?;
    }
    Ok(())
}

/// It is to end. False when it already had.
pub async fn stop(db: &Db, id: i64, now: i64) -> Result<bool> {
    let rows = on_writer!(db, pool => sqlx::query(STOP).bind(id).bind(now).execute(pool).await?.rows_affected());
    Ok(rows == 1)
}

/// One.
pub async fn get(db: &Db, id: i64) -> Result<Option<CheckRun>> {
    let row: Option<Row> =
        on!(db, pool => sqlx::query_as(GET).bind(id).fetch_optional(pool).await?);
    row.map(read).transpose()
}

/// Newest first.
pub async fn list(db: &Db, window: Window) -> Result<Page<CheckRun>> {
    let total = on!(db, pool => sqlx::query_scalar(COUNT).fetch_one(pool).await?);
    let rows: Vec<Row> = on!(db, pool => sqlx::query_as(LIST).bind(window.limit).bind(window.offset).fetch_all(pool).await?);
    Ok(Page {
        total,
        records: rows.into_iter().map(read).collect::<Result<_>>()?,
    })
}

/// What came of each series.
pub async fn reports(db: &Db, id: i64, window: Window) -> Result<Page<SeriesReport>> {
    let total = on!(db, pool => sqlx::query_scalar(REPORT_COUNT).bind(id).fetch_one(pool).await?);
    let rows: Vec<String> = on!(db, pool => sqlx::query_scalar(REPORTS).bind(id).bind(window.limit).bind(window.offset).fetch_all(pool).await?);
    let records = rows
        .iter()
        .map(|row| from_json("check_series.report", row))
        .collect::<Result<_>>()?;
    Ok(Page { total, records })
}

/// What came of one series of a check; none while it is not done.
pub async fn report_of(db: &Db, id: i64, series: i64) -> Result<Option<SeriesReport>> {
    let report: Option<Option<String>> = on!(db, pool => sqlx::query_scalar(REPORT_OF).bind(id).bind(series).fetch_optional(pool).await?);
    report
        .flatten()
        .map(|report| from_json("check_series.report", &report))
        .transpose()
}

/// What came of the last check of a series.
pub async fn last_report(db: &Db, series: i64) -> Result<Option<SeriesReport>> {
    let report: Option<String> =
        on!(db, pool => sqlx::query_scalar(LAST_REPORT).bind(series).fetch_optional(pool).await?);
    report
        .map(|report| from_json("check_series.report", &report))
        .transpose()
}

fn read(row: Row) -> Result<CheckRun> {
    Ok(CheckRun {
        id: row.id,
        cause: row.cause,
        dry_run: row.dry_run,
        state: row.state,
        total: row.total,
        done: row.done,
        stats: from_json("check_run.stats", &row.stats)?,
        created_at: row.created_at,
        started_at: row.started_at,
        finished_at: row.finished_at,
    })
}
