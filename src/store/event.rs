//! Table `event`: the outbox, and the history that the user reads. Who is told of what is written with it, into table `delivery`.

use serde_json::{Value, json};

use crate::domain::{event::Event, telling::Importance};

use super::{Db, OfRows, Page, Result, Tx, Window, of_rows, on, within};

/// A row of the history.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Record {
    /// Ascending.
    pub seq: i64,
    /// Stable, the same in every delivery.
    pub id: String,
    /// For example `grab.sent`.
    #[sqlx(rename = "type")]
    pub kind: String,
    /// What it is about.
    pub series_id: Option<i64>,
    /// JSON.
    pub data: String,
    /// When it became true.
    pub created_at: i64,
}

/// What to look for in the history.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Just this type; empty for all.
    pub kind: String,
    /// Just this series.
    pub series_id: Option<i64>,
    /// From then on.
    pub since: Option<i64>,
}

const APPEND: OfRows = of_rows!(
    "INSERT INTO event (id, type, series_id, data, created_at)
    SELECT value ->> 'id', value ->> 'type', CAST(value ->> 'series' AS BIGINT), value ->> 'data', $2",
    ""
);
/// One that is removed meanwhile is not told, and fails no transaction. SQLite has one writer at a time anyway.
const HOLD_TARGETS: &str = "SELECT id FROM connection WHERE role = 'target' FOR KEY SHARE";
const FAN_OUT: OfRows = of_rows!(
    "INSERT INTO delivery (event_seq, target_id, state, urgent, attempts, due_at)
    SELECT event.seq, target.id, 'due', CAST(value ->> 'urgent' AS BOOLEAN), 0, $2",
    "JOIN event ON event.id = value ->> 'id' JOIN connection AS target ON target.role = 'target' AND target.enabled
    ORDER BY event.seq, target.id"
);
// A summary tells of others, and is none of its own.
const LIST: &str = "SELECT seq, id, type, series_id, data, created_at FROM event WHERE type <> 'summary' AND ($1 = '' OR type = $1) AND ($2 < 0 OR series_id = $2) AND created_at >= $3
    ORDER BY seq DESC LIMIT $4 OFFSET $5";
const COUNT: &str = "SELECT COUNT(*) FROM event WHERE type <> 'summary' AND ($1 = '' OR type = $1) AND ($2 < 0 OR series_id = $2) AND created_at >= $3";

const OF_GRABS: &str = "SELECT seq, id, type, series_id, data, created_at FROM event WHERE series_id = $1 AND type LIKE 'grab.%' ORDER BY seq";

const COUNT_SINCE: &str = "SELECT COUNT(*) FROM event WHERE type = $1 AND created_at >= $2";

/// How many of a type there were since then.
pub async fn count_since(tx: &mut Tx, kind: &str, since: i64) -> Result<usize> {
    let count: i64 = within!(tx, conn => sqlx::query_scalar(COUNT_SINCE).bind(kind).bind(since).fetch_one(conn).await?);
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// Writes events and a delivery for each target, in the transaction that makes them true.
pub async fn append(tx: &mut Tx, events: &[Event], now: i64) -> Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    let row = |event: &Event| {
        let (kind, data) = event.parts();
        let series = event.series().map(|series| series.id);
        let urgent = Importance::of(event) == Importance::High;
        json!({"id": new_id(), "type": kind, "series": series, "data": data.to_string(), "urgent": urgent})
    };
    let rows: Value = events.iter().map(row).collect();
    let rows = rows.to_string();
    if let Tx::Postgres(tx) = tx {
        sqlx::query(HOLD_TARGETS).execute(&mut **tx).await?;
    }
    for statement in [APPEND.text(tx), FAN_OUT.text(tx)] {
        within!(&mut *tx, conn => sqlx::query(statement).bind(&rows).bind(now).execute(conn).await.map(drop))?;
    }
    Ok(())
}

/// `msg_` and 32 hexadecimal digits.
pub fn new_id() -> String {
    format!("msg_{}", hex::encode(crate::secret::random::<16>()))
}

/// Newest first.
pub async fn list(db: &Db, filter: &Filter, window: Window) -> Result<Page<Record>> {
    let (series, since) = (
        filter.series_id.unwrap_or(-1),
        filter.since.unwrap_or(i64::MIN),
    );
    let total = on!(db, pool => sqlx::query_scalar(COUNT).bind(&filter.kind).bind(series).bind(since).fetch_one(pool).await?);
    let records = on!(db, pool => sqlx::query_as(LIST).bind(&filter.kind).bind(series).bind(since).bind(window.limit).bind(window.offset).fetch_all(pool).await?);
    Ok(Page { total, records })
}

/// Those of a grab, oldest first.
pub async fn of_grab(db: &Db, series: i64, grab: i64) -> Result<Vec<Record>> {
    let mut records: Vec<Record> =
        on!(db, pool => sqlx::query_as(OF_GRABS).bind(series).fetch_all(pool).await?);
    records.retain(|record| {
        let data = serde_json::from_str::<Value>(&record.data);
        data.is_ok_and(|data| data["grab"] == grab)
    });
    Ok(records)
}
