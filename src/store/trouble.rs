//! Table `trouble`: what does not work and was told, so that it is told once, and when it is over.

use std::collections::BTreeSet;

use super::{Db, Result, Tx, on, within};

const ALL: &str = "SELECT subject FROM trouble";
const BEGINS: &str =
    "INSERT INTO trouble (subject, since) VALUES ($1, $2) ON CONFLICT (subject) DO NOTHING";
const ENDS: &str = "DELETE FROM trouble WHERE subject = $1";

/// Subjects of all.
pub async fn all(db: &Db) -> Result<BTreeSet<String>> {
    let rows: Vec<String> = on!(db, pool => sqlx::query_scalar(ALL).fetch_all(pool).await?);
    Ok(rows.into_iter().collect())
}

/// It does not work from then on.
pub async fn begins(tx: &mut Tx, subject: &str, now: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(BEGINS).bind(subject).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// It works again.
pub async fn ends(tx: &mut Tx, subject: &str) -> Result<()> {
    within!(tx, conn => sqlx::query(ENDS).bind(subject).execute(conn).await.map(drop))?;
    Ok(())
}
