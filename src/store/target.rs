//! Table `target`: what the connection of a target does not say. Table `thread`: by which a target finds its messages again.

use super::{Db, Result, Tx, on, within};

/// A row.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Target {
    /// Nothing is told before then: the user said so.
    pub paused_until: Option<i64>,
    /// Why it was switched off by itself; it stays until a message is taken again.
    pub switched_off: Option<String>,
}

const MAKE: &str = "INSERT INTO target (connection_id) VALUES ($1)";
const GET: &str = "SELECT paused_until, switched_off FROM target WHERE connection_id = $1";
const PAUSE: &str = "UPDATE target SET paused_until = $2 WHERE connection_id = $1";
const SWITCH_OFF: &str = "UPDATE target SET switched_off = $2 WHERE connection_id = $1";
// A new time means that whoever has read it reads it again.
const DISABLE: &str = "UPDATE connection SET enabled = false,
    updated_at = CASE WHEN updated_at < $2 THEN $2 ELSE updated_at + 1 END WHERE id = $1";
const ENABLE: &str = "UPDATE connection SET enabled = true, failures = 0, error = NULL, error_at = NULL, blocked_until = NULL,
    updated_at = CASE WHEN updated_at < $2 THEN $2 ELSE updated_at + 1 END WHERE id = $1";
const TAKEN: &str = "UPDATE target SET switched_off = NULL WHERE connection_id = $1";
const REMEMBER: &str = "INSERT INTO thread (target_id, name, handle, delivery_id, updated_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (target_id, name) DO UPDATE SET handle = excluded.handle, delivery_id = excluded.delivery_id, updated_at = excluded.updated_at
    WHERE thread.delivery_id < excluded.delivery_id";
const HANDLE: &str =
    "SELECT handle FROM thread WHERE target_id = $1 AND name = $2 AND delivery_id < $3";
const FORGET: &str = "DELETE FROM thread WHERE updated_at < $1";

/// Makes the row of a new target.
pub async fn make(tx: &mut Tx, id: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(MAKE).bind(id).execute(conn).await.map(drop))?;
    Ok(())
}

/// One; as new when there is none.
pub async fn get(db: &Db, id: i64) -> Result<Target> {
    let row = on!(db, pool => sqlx::query_as(GET).bind(id).fetch_optional(pool).await?);
    Ok(row.unwrap_or_default())
}

/// Nothing is told before then; none ends that.
pub async fn pause(tx: &mut Tx, id: i64, until: Option<i64>) -> Result<()> {
    within!(tx, conn => sqlx::query(PAUSE).bind(id).bind(until).execute(conn).await.map(drop))?;
    Ok(())
}

/// Nothing is told any more, for this reason. What waits goes on waiting.
pub async fn switch_off(tx: &mut Tx, id: i64, why: &str, now: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(SWITCH_OFF).bind(id).bind(why).execute(conn).await.map(drop))?;
    within!(tx, conn => sqlx::query(DISABLE).bind(id).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// It is told again what waits for it.
pub async fn switch_on(tx: &mut Tx, id: i64, now: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(ENABLE).bind(id).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// A message was taken: whatever had switched it off is over.
pub async fn taken(tx: &mut Tx, id: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(TAKEN).bind(id).execute(conn).await.map(drop))?;
    Ok(())
}

/// Keeps by what a target finds the last message of a thread: the delivery of the highest number.
pub async fn remember(
    tx: &mut Tx,
    id: i64,
    (thread, delivery): (&str, i64),
    handle: &str,
    now: i64,
) -> Result<()> {
    within!(tx, conn => sqlx::query(REMEMBER).bind(id).bind(thread).bind(handle).bind(delivery).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// By what a target finds the last message of a thread, unless that is of this delivery or of a later one: an older one changes nothing.
pub async fn handle(db: &Db, id: i64, thread: &str, delivery: i64) -> Result<Option<String>> {
    Ok(
        on!(db, pool => sqlx::query_scalar(HANDLE).bind(id).bind(thread).bind(delivery).fetch_optional(pool).await?),
    )
}

/// Of threads that nothing was added to since then.
pub async fn forget_threads(tx: &mut Tx, since: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(FORGET).bind(since).execute(conn).await.map(drop))?;
    Ok(())
}
