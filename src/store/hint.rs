//! Column `hinted_at` of `library` and `series`: someone outside said that something changed there. Marks coalesce: a library that was hinted
//! at a hundred times is looked at once.

use super::{Db, Result, Tx, on, within};

const LIBRARY: &str = "UPDATE library SET hinted_at = $2 WHERE connection_id = $1";
const SERIES: &str = "UPDATE series SET hinted_at = $2 WHERE id = $1";
const LIBRARIES: &str = "SELECT connection_id, hinted_at FROM library WHERE hinted_at IS NOT NULL ORDER BY hinted_at, connection_id";
const ALL_SERIES: &str =
    "SELECT id, hinted_at FROM series WHERE hinted_at IS NOT NULL ORDER BY hinted_at, id";
const LOOKED: &str =
    "UPDATE library SET hinted_at = NULL WHERE connection_id = $1 AND hinted_at <= $2";
const DONE: &str = "UPDATE series SET hinted_at = NULL WHERE id = $1 AND hinted_at <= $2";

/// A row's number, and when it was last hinted at.
pub type Hint = (i64, i64);

/// A library is to be looked at.
pub async fn library(tx: &mut Tx, id: i64, now: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(LIBRARY).bind(id).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// A series is to become due once the libraries that were hinted at were looked at.
pub async fn series(tx: &mut Tx, id: i64, now: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(SERIES).bind(id).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// The libraries that are to be looked at, the longest waiting first.
pub async fn libraries(db: &Db) -> Result<Vec<Hint>> {
    Ok(on!(db, pool => sqlx::query_as(LIBRARIES).fetch_all(pool).await?))
}

/// The series that are to become due.
pub async fn all_series(db: &Db) -> Result<Vec<Hint>> {
    Ok(on!(db, pool => sqlx::query_as(ALL_SERIES).fetch_all(pool).await?))
}

/// A library was looked at; what was said of it since then stays.
pub async fn looked(tx: &mut Tx, hint: Hint) -> Result<()> {
    within!(tx, conn => sqlx::query(LOOKED).bind(hint.0).bind(hint.1).execute(conn).await.map(drop))?;
    Ok(())
}

/// A series is due now; what was said of it since then stays.
pub async fn done(tx: &mut Tx, hint: Hint) -> Result<()> {
    within!(tx, conn => sqlx::query(DONE).bind(hint.0).bind(hint.1).execute(conn).await.map(drop))?;
    Ok(())
}
