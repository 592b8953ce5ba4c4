//! Table `attempt`: each attempt to tell something, written before the call and settled after it.

use serde::Serialize;
use serde_json::{Value, json};

use super::super::{Db, OfRows, Result, Tx, of_rows, on, to_json, within};

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Attempt {
    /// Of what.
    #[sqlx(rename = "delivery_id")]
    pub delivery: i64,
    /// From 1 on.
    pub number: i64,
    /// When it began.
    pub began_at: i64,
    /// `under_way`, `told` or `failed`.
    pub outcome: String,
    /// HTTP status, or the SMTP code.
    pub status: Option<i64>,
    /// How long it took; none while it is under way, or when the program ended in its midst.
    pub millis: Option<i64>,
    /// First characters of the answer.
    pub answer: String,
    /// Why it failed.
    pub error: Option<String>,
}

const BEGIN: OfRows = of_rows!(
    "INSERT INTO attempt (delivery_id, number, began_at, outcome, answer)
    SELECT CAST(value ->> 'delivery' AS BIGINT), CAST(value ->> 'number' AS BIGINT), $2, 'under_way', ''",
    ""
);
const SETTLE: OfRows = of_rows!(
    "UPDATE attempt SET outcome = value ->> 'outcome', status = CAST(value ->> 'status' AS BIGINT), millis = CAST(value ->> 'millis' AS BIGINT),
    answer = value ->> 'answer', error = value ->> 'error'",
    "WHERE delivery_id = CAST(value ->> 'delivery' AS BIGINT) AND number = CAST(value ->> 'number' AS BIGINT)"
);
const LIST: &str = "SELECT delivery_id, number, began_at, outcome, status, millis, answer, error FROM attempt WHERE delivery_id = $1 ORDER BY number";

/// How often it failed; an attempt that broke off is none.
const FAILED: &str = "SELECT COUNT(*) FROM attempt WHERE delivery_id = $1 AND outcome = 'failed'";

/// How often it failed.
pub async fn failed(tx: &mut Tx, delivery: i64) -> Result<i64> {
    Ok(within!(tx, conn => sqlx::query_scalar(FAILED).bind(delivery).fetch_one(conn).await?))
}

/// Begins the attempts with these numbers of these deliveries.
pub(super) async fn begin(tx: &mut Tx, numbers: &[(i64, i64)], now: i64) -> Result<()> {
    let row = |(delivery, number): &(i64, i64)| json!({"delivery": delivery, "number": number});
    let rows: Value = numbers.iter().map(row).collect();
    let text = BEGIN.text(tx);
    within!(tx, conn => sqlx::query(text).bind(rows.to_string()).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// How they ended.
pub async fn settle(tx: &mut Tx, attempts: &[Attempt]) -> Result<()> {
    let text = SETTLE.text(tx);
    within!(tx, conn => sqlx::query(text).bind(to_json(&attempts)).execute(conn).await.map(drop))?;
    Ok(())
}

/// Those of a delivery, in order.
pub async fn of(db: &Db, delivery: i64) -> Result<Vec<Attempt>> {
    Ok(on!(db, pool => sqlx::query_as(LIST).bind(delivery).fetch_all(pool).await?))
}
