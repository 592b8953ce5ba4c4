//! Table `rule`: rules of the user's own.

use crate::domain::decide::CustomRule;

use super::{Db, Result, Tx, from_json, on, to_json, within};

/// Which series a rule concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All of them.
    All,
    /// Those of a library.
    Library(i64),
    /// One.
    Series(i64),
}

/// A rule, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRule {
    /// Our own number for it.
    pub id: i64,
    /// `file` for what stands in the configuration file, else `api`.
    pub managed: String,
    /// It is asked.
    pub enabled: bool,
    /// Which series it concerns.
    pub scope: Scope,
    /// What it says.
    pub rule: CustomRule,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    managed: String,
    enabled: bool,
    library_id: Option<i64>,
    series_id: Option<i64>,
    body: String,
}

const ALL: &str = "SELECT id, managed, enabled, library_id, series_id, body FROM rule ORDER BY id";
const OF_SERIES: &str = "SELECT id, managed, enabled, library_id, series_id, body FROM rule WHERE enabled
    AND (series_id = $1 OR series_id IS NULL AND (library_id IS NULL OR library_id IN (SELECT library_id FROM series_link WHERE series_link.series_id = $1)))
    ORDER BY id";
const GET: &str =
    "SELECT id, managed, enabled, library_id, series_id, body FROM rule WHERE id = $1";
const INSERT: &str = "INSERT INTO rule (name, managed, enabled, library_id, series_id, body, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7) RETURNING id";
const ADOPT: &str = "INSERT INTO rule (name, managed, enabled, library_id, series_id, body, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
    ON CONFLICT (name) DO UPDATE SET managed = excluded.managed, enabled = excluded.enabled, library_id = excluded.library_id,
    series_id = excluded.series_id, body = excluded.body, updated_at = excluded.updated_at";
const UPDATE: &str = "UPDATE rule SET name = $2, enabled = $3, library_id = $4, series_id = $5, body = $6, updated_at = $7 WHERE id = $1";
const REMOVE: &str = "DELETE FROM rule WHERE id = $1";

/// Every rule, in the order in which they were made.
pub async fn all(db: &Db) -> Result<Vec<StoredRule>> {
    let rows: Vec<Row> = on!(db, pool => sqlx::query_as(ALL).fetch_all(pool).await?);
    rows.into_iter().map(read).collect()
}

/// The enabled rules that concern a series.
pub async fn of_series(db: &Db, series: i64) -> Result<Vec<StoredRule>> {
    let rows: Vec<Row> =
        on!(db, pool => sqlx::query_as(OF_SERIES).bind(series).fetch_all(pool).await?);
    rows.into_iter().map(read).collect()
}

/// One.
pub async fn get(db: &Db, id: i64) -> Result<Option<StoredRule>> {
    let row: Option<Row> =
        on!(db, pool => sqlx::query_as(GET).bind(id).fetch_optional(pool).await?);
    row.map(read).transpose()
}

/// Makes one; a conflict means that its name is taken. `id` is not looked at.
pub async fn insert(tx: &mut Tx, stored: &StoredRule, now: i64) -> Result<i64> {
    let (library, series) = ids(stored.scope);
    Ok(
        within!(tx, conn => sqlx::query_scalar(INSERT).bind(&stored.rule.name).bind(&stored.managed).bind(stored.enabled).bind(library).bind(series)
        .bind(to_json(&stored.rule)).bind(now).fetch_one(conn).await?),
    )
}

/// Makes one, or writes the one of its name anew, whoever made that. `id` is not looked at.
pub async fn adopt(tx: &mut Tx, stored: &StoredRule, now: i64) -> Result<()> {
    let (library, series) = ids(stored.scope);
    within!(tx, conn => sqlx::query(ADOPT).bind(&stored.rule.name).bind(&stored.managed).bind(stored.enabled).bind(library).bind(series)
        .bind(to_json(&stored.rule)).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// Changes one; a conflict means that its name is taken.
pub async fn update(tx: &mut Tx, stored: &StoredRule, now: i64) -> Result<()> {
    let (library, series) = ids(stored.scope);
    within!(tx, conn => sqlx::query(UPDATE).bind(stored.id).bind(&stored.rule.name).bind(stored.enabled).bind(library).bind(series)
        .bind(to_json(&stored.rule)).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// Removes one. False when there was none.
pub async fn remove(tx: &mut Tx, id: i64) -> Result<bool> {
    Ok(within!(tx, conn => sqlx::query(REMOVE).bind(id).execute(conn).await?.rows_affected()) > 0)
}

fn ids(scope: Scope) -> (Option<i64>, Option<i64>) {
    match scope {
        Scope::All => (None, None),
        Scope::Library(library) => (Some(library), None),
        Scope::Series(series) => (None, Some(series)),
    }
}

fn read(row: Row) -> Result<StoredRule> {
    Ok(StoredRule {
        id: row.id,
        managed: row.managed,
        enabled: row.enabled,
        scope: match (row.library_id, row.series_id) {
            (_, Some(series)) => Scope::Series(series),
            (Some(library), None) => Scope::Library(library),
            (None, None) => Scope::All,
        },
        rule: from_json("rule.body", &row.body)?,
    })
}
