//! Table `attempt`: each attempt to tell something, written before the call and settled after it.

use super::super::{Db, Result, Tx, on, within};

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Attempt {
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

const BEGIN: &str = "INSERT INTO attempt (delivery_id, number, began_at, outcome, answer) VALUES ($1, $2, $3, 'under_way', '')";
const SETTLE: &str =
    "UPDATE attempt SET outcome = $3, status = $4, millis = $5, answer = $6, error = $7
    WHERE delivery_id = $1 AND number = $2";
const LIST: &str = "SELECT number, began_at, outcome, status, millis, answer, error FROM attempt WHERE delivery_id = $1 ORDER BY number";

/// How often it failed; an attempt that broke off is none.
const FAILED: &str = "SELECT COUNT(*) FROM attempt WHERE delivery_id = $1 AND outcome = 'failed'";

/// How often it failed.
pub async fn failed(tx: &mut Tx, delivery: i64) -> Result<i64> {
    Ok(within!(tx, conn => sqlx::query_scalar(FAILED).bind(delivery).fetch_one(conn).await?))
}

pub(super) async fn begin(tx: &mut Tx, delivery: i64, number: i64, now: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(BEGIN).bind(delivery).bind(number).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// How it ended.
pub async fn settle(tx: &mut Tx, delivery: i64, attempt: &Attempt) -> Result<()> {
    within!(tx, conn => sqlx::query(SETTLE).bind(delivery).bind(attempt.number).bind(&attempt.outcome).bind(attempt.status)
        .bind(attempt.millis).bind(&attempt.answer).bind(&attempt.error).execute(conn).await.map(drop))?;
    Ok(())
}

/// Those of a delivery, in order.
pub async fn of(db: &Db, delivery: i64) -> Result<Vec<Attempt>> {
    Ok(on!(db, pool => sqlx::query_as(LIST).bind(delivery).fetch_all(pool).await?))
}
