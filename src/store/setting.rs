//! Table `setting`: what the user changed while it runs, and what the program itself has to remember, under names with a dot.

use super::{Db, Result, Tx, on, within};

const ALL: &str = "SELECT key, value FROM setting";
const GET: &str = "SELECT value FROM setting WHERE key = $1";
const PUT: &str = "INSERT INTO setting (key, value, updated_at) VALUES ($1, $2, $3)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at";

/// Every row.
pub async fn all(db: &Db) -> Result<Vec<(String, String)>> {
    Ok(on!(db, pool => sqlx::query_as(ALL).fetch_all(pool).await?))
}

/// One.
pub async fn get(db: &Db, key: &str) -> Result<Option<String>> {
    Ok(on!(db, pool => sqlx::query_scalar(GET).bind(key).fetch_optional(pool).await?))
}

/// Writes one.
pub async fn put(tx: &mut Tx, key: &str, value: &str, now: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(PUT).bind(key).bind(value).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}
