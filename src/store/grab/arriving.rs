//! Columns `accepted`, `problem`, `problem_since` and `look_at` of table `grab`: what keeps what came from the shelf.

use super::{
    super::{Db, Result, Tx, on, to_json, within},
    Grab, Row, columns, read,
};

const DUE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM grab WHERE state IN ('done', 'verified') AND COALESCE(look_at, 0) <= $1 ORDER BY id"
);
const STUCK_HERE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM grab WHERE (state IN ('done', 'verified') AND problem IS NOT NULL) OR (state = 'placed' AND updated_at < $1) ORDER BY id"
);
const LIVE_OF_SERIES: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM grab WHERE series_id = $1 AND state IN ('done', 'verified', 'placed') ORDER BY id"
);
const WAIT: &str = "UPDATE grab SET problem = $2, problem_since = CASE WHEN problem IS NULL THEN $4 ELSE problem_since END, look_at = $3
    WHERE id = $1 AND state IN ('done', 'verified')";
const LOOK_AGAIN: &str =
    "UPDATE grab SET look_at = NULL WHERE state IN ('done', 'verified') AND ($1 < 0 OR id = $1)";
const ACCEPT: &str = "UPDATE grab SET accepted = $2, look_at = NULL WHERE id = $1";

/// What came of it is not on the shelf yet, for this reason if there is one, and it is looked into again then.
pub async fn wait(
    tx: &mut Tx,
    id: i64,
    problem: Option<&str>,
    look_at: i64,
    now: i64,
) -> Result<()> {
    within!(tx, conn => sqlx::query(WAIT).bind(id).bind(problem).bind(look_at).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// A person has accepted these faults; it is looked into again at once.
pub async fn accept(tx: &mut Tx, id: i64, codes: &[String]) -> Result<()> {
    within!(tx, conn => sqlx::query(ACCEPT).bind(id).bind(to_json(&codes)).execute(conn).await.map(drop))?;
    Ok(())
}

/// It is looked into again at once, or everything that waits is when none is given: what kept it from the shelf may be gone.
pub async fn look_again(tx: &mut Tx, id: Option<i64>) -> Result<()> {
    within!(tx, conn => sqlx::query(LOOK_AGAIN).bind(id.unwrap_or(-1)).execute(conn).await.map(drop))?;
    Ok(())
}

/// Those of which all came, and that are to be looked into now.
pub async fn due(db: &Db, now: i64) -> Result<Vec<Grab>> {
    let rows: Vec<Row> = on!(db, pool => sqlx::query_as(DUE).bind(now).fetch_all(pool).await?);
    rows.into_iter().map(read).collect()
}

/// Those of a series of which all came, and that are not over.
pub async fn live_of_series(db: &Db, series: i64) -> Result<Vec<Grab>> {
    let rows: Vec<Row> =
        on!(db, pool => sqlx::query_as(LIVE_OF_SERIES).bind(series).fetch_all(pool).await?);
    rows.into_iter().map(read).collect()
}

/// Those of which all came, and that something keeps from the shelf; also what was placed before then and is not shown yet.
pub async fn stuck_here(db: &Db, placed_before: i64) -> Result<Vec<Grab>> {
    let rows: Vec<Row> =
        on!(db, pool => sqlx::query_as(STUCK_HERE).bind(placed_before).fetch_all(pool).await?);
    rows.into_iter().map(read).collect()
}
