//! Table `connection`: libraries, sources, clients, targets and hooks, how to reach them and how they are.

use super::{Db, Result, Tx, on, within};

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Connection {
    /// Our own number for it.
    pub id: i64,
    /// `library`, `source`, `client`, `target` or `hook`.
    pub role: String,
    /// Unique within its role.
    pub name: String,
    /// For example `folder`, `prowlarr`, `qbittorrent`, `webhook`.
    pub kind: String,
    /// `api` or `file`; what is in the file cannot be changed through the API.
    pub managed: String,
    /// Asked and used.
    pub enabled: bool,
    /// JSON without secrets.
    pub config: String,
    /// Sealed JSON of its secrets.
    pub sealed: Option<String>,
    /// In a row.
    pub failures: i64,
    /// Not asked before then.
    pub blocked_until: Option<i64>,
    /// What is wrong now; none when it works.
    pub error: Option<String>,
    /// Since when.
    pub error_at: Option<i64>,
    /// When it last worked.
    pub ok_at: Option<i64>,
    /// When it was made.
    pub created_at: i64,
    /// When it was last changed; a new one means a new session.
    pub updated_at: i64,
}

/// How exact [`Connection::ok_at`] is, in milliseconds; a write for every answer would say no more.
pub const FRESH: i64 = 5 * crate::domain::units::MINUTE;

/// What the user decides of a connection.
#[derive(Clone, Debug)]
pub struct Draft<'a> {
    /// See [`Connection::role`].
    pub role: &'a str,
    /// See [`Connection::name`].
    pub name: &'a str,
    /// See [`Connection::kind`].
    pub kind: &'a str,
    /// See [`Connection::managed`].
    pub managed: &'a str,
    /// See [`Connection::enabled`].
    pub enabled: bool,
    /// See [`Connection::config`].
    pub config: &'a str,
    /// See [`Connection::sealed`].
    pub sealed: Option<&'a str>,
}

macro_rules! columns {
    () => {
        "id, role, name, kind, managed, enabled, config, sealed, failures, blocked_until, error, error_at, ok_at, created_at, updated_at"
    };
}

const LIST: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM connection WHERE role = $1 OR $1 = '' ORDER BY role, id"
);
const GET: &str = concat!("SELECT ", columns!(), " FROM connection WHERE id = $1");
const NAMED: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM connection WHERE role = $1 AND name = $2"
);
const LIBRARIES_OF: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM connection WHERE id IN (SELECT library_id FROM series_link WHERE series_id = $1) ORDER BY id"
);
const AROUND: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM connection WHERE role = 'client' OR id IN (SELECT library_id FROM series_link WHERE series_id = $1) ORDER BY id"
);
const TARGETS_WITH_NEWS: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM connection WHERE role = 'target' AND enabled
    AND EXISTS (SELECT 1 FROM delivery WHERE delivery.target_id = connection.id AND delivery.state = 'due') ORDER BY id"
);
/// SQLite has one writer at a time; PostgreSQL has to be told to keep the row.
const LOCK: &str = "SELECT id FROM connection WHERE id = $1 FOR UPDATE";
const SET_MANAGED: &str = "UPDATE connection SET managed = $2 WHERE id = $1";
const INSERT: &str = "INSERT INTO connection (role, name, kind, managed, enabled, config, sealed, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) RETURNING id";
const UPDATE: &str = "UPDATE connection SET name = $2, managed = $3, enabled = $4, config = $5, sealed = $6, updated_at = $7,
    failures = 0, blocked_until = NULL WHERE id = $1";
const PUT_CONFIG: &str = "UPDATE connection SET config = $2, updated_at = $3 WHERE id = $1";
const RESEAL: &str = "UPDATE connection SET sealed = $2, updated_at = updated_at + 1 WHERE id = $1 AND updated_at = $3";
const DELETE: &str = "DELETE FROM connection WHERE id = $1";
const RESTS: &str = "UPDATE connection SET blocked_until = $2 WHERE id = $1";
const WORKED: &str = "UPDATE connection SET failures = 0, blocked_until = NULL, error = NULL, error_at = NULL, ok_at = $2 WHERE id = $1";
const FAILED: &str = "UPDATE connection SET failures = failures + 1, blocked_until = $2, error = $3, error_at = COALESCE(error_at, $4) WHERE id = $1";

/// The libraries that show a series.
pub async fn libraries_of(db: &Db, series: i64) -> Result<Vec<Connection>> {
    Ok(on!(db, pool => sqlx::query_as(LIBRARIES_OF).bind(series).fetch_all(pool).await?))
}

/// What may hold volumes of a series already: the libraries that show it, and every client.
pub async fn around(db: &Db, series: i64) -> Result<Vec<Connection>> {
    Ok(on!(db, pool => sqlx::query_as(AROUND).bind(series).fetch_all(pool).await?))
}

/// The targets that are on, for which something waits.
pub async fn targets_with_news(db: &Db) -> Result<Vec<Connection>> {
    Ok(on!(db, pool => sqlx::query_as(TARGETS_WITH_NEWS).fetch_all(pool).await?))
}

/// All of a role; all roles when it is empty.
pub async fn list(db: &Db, role: &str) -> Result<Vec<Connection>> {
    Ok(on!(db, pool => sqlx::query_as(LIST).bind(role).fetch_all(pool).await?))
}

/// The one of this name within its role.
pub async fn named(db: &Db, role: &str, name: &str) -> Result<Option<Connection>> {
    Ok(on!(db, pool => sqlx::query_as(NAMED).bind(role).bind(name).fetch_optional(pool).await?))
}

/// One.
pub async fn get(db: &Db, id: i64) -> Result<Option<Connection>> {
    Ok(on!(db, pool => sqlx::query_as(GET).bind(id).fetch_optional(pool).await?))
}

/// One, inside a transaction; no other transaction changes it until this one ends.
pub async fn get_in(tx: &mut Tx, id: i64) -> Result<Option<Connection>> {
    if let Tx::Postgres(tx) = tx {
        sqlx::query(LOCK).bind(id).fetch_optional(&mut **tx).await?;
    }
    Ok(within!(tx, conn => sqlx::query_as(GET).bind(id).fetch_optional(conn).await?))
}

/// All of them, inside a transaction.
pub async fn list_in(tx: &mut Tx) -> Result<Vec<Connection>> {
    Ok(within!(tx, conn => sqlx::query_as(LIST).bind("").fetch_all(conn).await?))
}

/// Who may change it.
pub async fn set_managed(tx: &mut Tx, id: i64, managed: &str) -> Result<()> {
    within!(tx, conn => sqlx::query(SET_MANAGED).bind(id).bind(managed).execute(conn).await.map(drop))?;
    Ok(())
}

/// Makes one.
pub async fn insert(tx: &mut Tx, draft: &Draft<'_>, now: i64) -> Result<i64> {
    Ok(
        within!(tx, conn => sqlx::query_scalar(INSERT).bind(draft.role).bind(draft.name).bind(draft.kind).bind(draft.managed)
        .bind(draft.enabled).bind(draft.config).bind(draft.sealed).bind(now).fetch_one(conn).await?),
    )
}

/// Changes one, and forgets its failures: the user has just mended it.
pub async fn update(tx: &mut Tx, id: i64, draft: &Draft<'_>, now: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(UPDATE).bind(id).bind(draft.name).bind(draft.managed).bind(draft.enabled)
        .bind(draft.config).bind(draft.sealed).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// Removes one and what hangs on it.
pub async fn delete(tx: &mut Tx, id: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(DELETE).bind(id).execute(conn).await.map(drop))?;
    Ok(())
}

/// It answered.
pub async fn worked(tx: &mut Tx, id: i64, now: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(WORKED).bind(id).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// It is asked for nothing before then, although nothing is wrong.
pub async fn rests(tx: &mut Tx, id: i64, until: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(RESTS).bind(id).bind(until).execute(conn).await.map(drop))?;
    Ok(())
}

/// It did not.
pub async fn failed(
    tx: &mut Tx,
    id: i64,
    message: &str,
    blocked_until: Option<i64>,
    now: i64,
) -> Result<()> {
    within!(tx, conn => sqlx::query(FAILED).bind(id).bind(blocked_until).bind(message).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// Its settings, as JSON without secrets.
pub async fn put_config(tx: &mut Tx, id: i64, config: &str, now: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(PUT_CONFIG).bind(id).bind(config).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// Its secrets, sealed anew, unless it was changed since it was read.
pub async fn reseal(tx: &mut Tx, read: &Connection, sealed: &str) -> Result<()> {
    within!(tx, conn => sqlx::query(RESEAL).bind(read.id).bind(sealed).bind(read.updated_at).execute(conn).await.map(drop))?;
    Ok(())
}
