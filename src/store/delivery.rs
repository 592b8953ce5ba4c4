//! Table `delivery`: what is told to whom, in the order of its numbers, and how far that is. Table `attempt` is in `delivery/attempt.rs`,
//! what the API lists in `delivery/list.rs`.

pub mod attempt;
pub mod list;

use std::collections::HashSet;

use serde::Serialize;
use serde_json::{Value, json};

use self::attempt::Attempt;
use super::{Db, OfRows, Result, Tx, event, of_rows, on, to_json, within};

/// A delivery with its event.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Delivery {
    /// Our own number for it.
    pub id: i64,
    /// Whom it is for.
    pub target_id: i64,
    /// `due`, `told`, `dead` or `gathered`.
    pub state: String,
    /// Held by neither quiet hours nor a digest.
    pub urgent: bool,
    /// How often it was tried.
    pub attempts: i64,
    /// Not tried before then.
    pub due_at: i64,
    /// The summary by which it is told.
    pub summary_id: Option<i64>,
    /// Sealed: the links that its first attempt carried.
    pub links: Option<String>,
    /// When it was told, or given up.
    pub ended_at: Option<i64>,
    /// When the target said that it acted on it.
    pub acknowledged_at: Option<i64>,
    /// The event's stable id.
    pub event_id: String,
    /// For example `grab.sent`.
    pub kind: String,
    /// What the event is about.
    pub series_id: Option<i64>,
    /// The event's data: JSON.
    pub data: String,
    /// When the event became true.
    pub created_at: i64,
}

impl Delivery {
    /// It is its turn. A clock that stood in the future when it came into being holds nothing up.
    pub fn is_due(&self, now: i64) -> bool {
        self.attempts == 0 || self.due_at <= now
    }
}

/// The type of what tells of several events at once.
pub const SUMMARY: &str = "summary";

macro_rules! columns {
    () => {
        "delivery.id, delivery.target_id, delivery.state, delivery.urgent, delivery.attempts, delivery.due_at, delivery.summary_id, delivery.links,
        delivery.ended_at, delivery.acknowledged_at, event.id AS event_id, event.type AS kind, event.series_id, event.data, event.created_at
        FROM delivery JOIN event ON event.seq = delivery.event_seq"
    };
}
use columns;

const GET: &str = concat!("SELECT ", columns!(), " WHERE delivery.id = $1");
const WAITING: &str = concat!(
    "SELECT ",
    columns!(),
    " WHERE delivery.target_id = $1 AND delivery.state = 'due' AND NOT ($3 AND event.type = 'summary') ORDER BY delivery.id LIMIT $2"
);
const URGENT: &str = concat!(
    "SELECT ",
    columns!(),
    " WHERE delivery.target_id = $1 AND delivery.state = 'due' AND delivery.urgent AND NOT ($3 AND event.type = 'summary')
    ORDER BY delivery.id LIMIT $2"
);
const HELD_SINCE: &str = "SELECT event.created_at FROM delivery JOIN event ON event.seq = delivery.event_seq
    WHERE delivery.target_id = $1 AND delivery.state = 'due' AND NOT delivery.urgent ORDER BY delivery.id LIMIT 1";
const MEMBERS: &str = concat!(
    "SELECT ",
    columns!(),
    " WHERE delivery.summary_id = $1 ORDER BY delivery.id"
);
const TELL: OfRows = of_rows!(
    "UPDATE delivery SET attempts = attempts + 1, links = value ->> 'links'",
    "WHERE delivery.id = CAST(value ->> 'id' AS BIGINT) AND attempts = CAST(value ->> 'attempts' AS BIGINT) AND state = value ->> 'state'
    AND EXISTS (SELECT 1 FROM connection JOIN target ON target.connection_id = connection.id
    WHERE connection.id = delivery.target_id AND connection.updated_at = CAST(value ->> 'changed_at' AS BIGINT)
    AND COALESCE(target.paused_until, 0) = CAST(value ->> 'paused_until' AS BIGINT))
    AND EXISTS (SELECT 1 FROM lease WHERE lease.name = value ->> 'lease' AND lease.holder = value ->> 'holder') RETURNING delivery.id"
);
const TOLD: OfRows = of_rows!(
    "UPDATE delivery SET state = 'told', ended_at = $2",
    "WHERE delivery.id = CAST(value ->> 'delivery' AS BIGINT)"
);
const END: &str = "UPDATE delivery SET state = $2, ended_at = $3 WHERE id = $1 OR summary_id = $1";
const IS_AT: &str =
    "SELECT COUNT(*) FROM delivery WHERE id = $1 AND attempts = $2 AND state = 'due'";
const PUT_OFF: &str = "UPDATE delivery SET due_at = $2 WHERE id = $1 AND state = 'due'";
const HURRY: &str =
    "UPDATE delivery SET due_at = $2 WHERE target_id = $1 AND state = 'due' AND due_at > $2";
const DROP: OfRows = of_rows!(
    "DELETE FROM delivery WHERE state = 'due' AND id IN (SELECT CAST(value ->> 'id' AS BIGINT)",
    ")"
);
const GATHER: OfRows = of_rows!(
    "UPDATE delivery SET state = 'gathered', summary_id = $2 WHERE state = 'due' AND id IN (SELECT CAST(value ->> 'id' AS BIGINT)",
    ")"
);
const SUMMARY_EVENT: &str =
    "INSERT INTO event (id, type, data, created_at) VALUES ($1, 'summary', $2, $3) RETURNING seq";
const SUMMARISE: &str =
    "INSERT INTO delivery (event_seq, target_id, state, urgent, attempts, due_at)
    VALUES ($1, $2, 'due', true, 0, $3) RETURNING id";
const ACKNOWLEDGE: &str =
    "UPDATE delivery SET acknowledged_at = COALESCE(acknowledged_at, $2) WHERE id = $1";
const TIDY: &str = "DELETE FROM delivery WHERE (state = 'told' AND ended_at < $1) OR (state = 'dead' AND ended_at < $2)";
const TIDY_SUMMARIES: &str = "DELETE FROM event WHERE type = 'summary' AND created_at < $1
    AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.event_seq = event.seq)";

/// One.
pub async fn get(db: &Db, id: i64) -> Result<Option<Delivery>> {
    Ok(on!(db, pool => sqlx::query_as(GET).bind(id).fetch_optional(pool).await?))
}

/// What of that which waits for a target is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// All of it.
    All,
    /// What waits for no digest: what is of high importance, and summaries.
    BesideDigest,
    /// What is of high importance.
    InQuiet,
}

/// The next that a target is to be told, in their order.
pub async fn waiting(db: &Db, target: i64, which: Which, limit: i64) -> Result<Vec<Delivery>> {
    let text = match which {
        Which::All => WAITING,
        Which::BesideDigest | Which::InQuiet => URGENT,
    };
    let quiet = which == Which::InQuiet;
    Ok(
        on!(db, pool => sqlx::query_as(text).bind(target).bind(limit).bind(quiet).fetch_all(pool).await?),
    )
}

/// Since when the first waits of those that quiet hours and digests hold.
pub async fn held_since(db: &Db, target: i64) -> Result<Option<i64>> {
    Ok(on!(db, pool => sqlx::query_scalar(HELD_SINCE).bind(target).fetch_optional(pool).await?))
}

/// What a summary tells of, in order.
pub async fn members(db: &Db, summary: i64) -> Result<Vec<Delivery>> {
    Ok(on!(db, pool => sqlx::query_as(MEMBERS).bind(summary).fetch_all(pool).await?))
}

/// An attempt that is about to be made, and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Begun {
    /// Of the delivery.
    pub id: i64,
    /// How often it was tried before.
    pub attempts: i64,
    /// The delivery's, as it was read.
    pub state: String,
    /// Sealed: the links that the message carries.
    pub links: Option<String>,
    /// When the target was changed last, as it was read.
    pub changed_at: i64,
    /// Until when it was paused then; 0 for never.
    pub paused_until: i64,
    /// The lease under which the target is told.
    pub lease: String,
    /// And who holds it.
    pub holder: String,
}

/// These are tried once more. The ids of those that may be: of the others someone else was faster, the lease is lost, or the target is
/// not as it was read any more.
pub async fn tell(tx: &mut Tx, begun: &[Begun], now: i64) -> Result<HashSet<i64>> {
    let text = TELL.text(tx);
    let ours: Vec<i64> =
        within!(tx, conn => sqlx::query_scalar(text).bind(to_json(&begun)).fetch_all(conn).await?);
    let ours: HashSet<i64> = ours.into_iter().collect();
    let numbers = begun.iter().filter(|begun| ours.contains(&begun.id));
    let numbers: Vec<(i64, i64)> = numbers
        .map(|begun| (begun.id, begun.attempts + 1))
        .collect();
    attempt::begin(tx, &numbers, now).await?;
    Ok(ours)
}

/// These are told, by these attempts. None of them is a summary.
pub async fn told(tx: &mut Tx, attempts: &[Attempt], now: i64) -> Result<()> {
    attempt::settle(tx, attempts).await?;
    let text = TOLD.text(tx);
    within!(tx, conn => sqlx::query(text).bind(to_json(&attempts)).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// It is told, or dead, and what it tells of with it.
pub async fn end(tx: &mut Tx, id: i64, state: &str, now: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(END).bind(id).bind(state).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// It waits, and nobody tried it since this attempt.
pub async fn is_at(tx: &mut Tx, id: i64, attempts: i64) -> Result<bool> {
    let rows: i64 = within!(tx, conn => sqlx::query_scalar(IS_AT).bind(id).bind(attempts).fetch_one(conn).await?);
    Ok(rows > 0)
}

/// It is tried again then.
pub async fn put_off(tx: &mut Tx, id: i64, due_at: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(PUT_OFF).bind(id).bind(due_at).execute(conn).await.map(drop))?;
    Ok(())
}

/// What waits for a target to work again is tried now.
pub async fn hurry(tx: &mut Tx, target: i64, now: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(HURRY).bind(target).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

fn rows(ids: &[i64]) -> String {
    let rows: Value = ids.iter().map(|id| json!({"id": id})).collect();
    rows.to_string()
}

/// The target does not want them.
pub async fn drop_unwanted(tx: &mut Tx, ids: &[i64]) -> Result<()> {
    let text = DROP.text(tx);
    within!(tx, conn => sqlx::query(text).bind(rows(ids)).execute(conn).await.map(drop))?;
    Ok(())
}

/// Makes a summary of these, in their transaction with an id that stays. False when some of them do not wait any more.
pub async fn gather(tx: &mut Tx, target: i64, ids: &[i64], data: &str, now: i64) -> Result<bool> {
    let event = event::new_id();
    let seq: i64 = within!(tx, conn => sqlx::query_scalar(SUMMARY_EVENT).bind(event).bind(data).bind(now).fetch_one(conn).await?);
    let summary: i64 = within!(tx, conn => sqlx::query_scalar(SUMMARISE).bind(seq).bind(target).bind(now).fetch_one(conn).await?);
    let text = GATHER.text(tx);
    let gathered = within!(tx, conn => sqlx::query(text).bind(rows(ids)).bind(summary).execute(conn).await?.rows_affected());
    Ok(gathered == ids.len() as u64)
}

/// The target says that it acted on it.
pub async fn acknowledge(tx: &mut Tx, id: i64, now: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(ACKNOWLEDGE).bind(id).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// Removes what was told, or given up, before then.
pub async fn tidy(tx: &mut Tx, told_before: i64, dead_before: i64) -> Result<u64> {
    let gone = within!(tx, conn => sqlx::query(TIDY).bind(told_before).bind(dead_before).execute(conn).await?.rows_affected());
    within!(tx, conn => sqlx::query(TIDY_SUMMARIES).bind(told_before).execute(conn).await.map(drop))?;
    Ok(gone)
}
