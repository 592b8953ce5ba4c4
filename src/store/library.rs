//! Table `library`: what is known of each library as a whole.

use crate::ports::ScanProblem;

use super::{Db, Result, Tx, from_json, on, on_writer, to_json, within};

/// A row of `library`.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct LibraryState {
    /// Sending is allowed since; none means dry run.
    pub armed_at: Option<i64>,
    /// The first complete scan.
    pub imported_at: Option<i64>,
    /// The last complete scan.
    pub scanned_at: Option<i64>,
    /// Why nothing is sent for now.
    pub held: Option<String>,
    /// JSON list of what the last scan could not read.
    pub problems: String,
    /// Under which settings and by which reader the files were read; other ones read them anew.
    pub read_as: Option<String>,
    /// Everything that its server told up to then was heard, and looked at; [`UNSEEN`] when something was not.
    pub heard_at: Option<i64>,
}

/// See [`LibraryState::heard_at`].
pub const UNSEEN: i64 = 0;

const STATE: &str = "SELECT armed_at, imported_at, scanned_at, held, problems, read_as, heard_at FROM library WHERE connection_id = $1";
const STATES_OF: &str = "SELECT armed_at, imported_at, scanned_at, held, problems, read_as, heard_at FROM library
    WHERE connection_id IN (SELECT library_id FROM series_link WHERE series_id = $1) ORDER BY connection_id";
const MAKE: &str = "INSERT INTO library (connection_id) VALUES ($1) ON CONFLICT DO NOTHING";
/// What is armed already stays armed since then: the first week is not begun again.
const ARM: &str = "UPDATE library SET armed_at = CASE WHEN $2 IS NULL THEN NULL ELSE COALESCE(armed_at, $2) END WHERE connection_id = $1";
const FIRST_ARMED: &str = "SELECT MIN(armed_at) FROM library";
const LAST_SCANNED: &str = "SELECT MAX(scanned_at) FROM library";
const HOLD: &str = "UPDATE library SET held = $2 WHERE connection_id = $1";
const SCANNED: &str = "UPDATE library SET scanned_at = $2, imported_at = COALESCE(imported_at, $2), held = $3, problems = $4, read_as = $5 WHERE connection_id = $1";
const HEARD: &str = "UPDATE library SET heard_at = $2 WHERE connection_id = $1";
const LOOKED: &str = "UPDATE library SET held = $2, problems = $3 WHERE connection_id = $1";
const LOCK: &str = "UPDATE library SET held = held WHERE connection_id = $1";
/// The number is ours alone within this database.
const LOCK_IMPORTS: &str = "SELECT pg_advisory_xact_lock(7061)";

/// The state of a library; the row is made with the connection.
pub async fn state(db: &Db, library: i64) -> Result<LibraryState> {
    let row: Option<LibraryState> =
        on!(db, pool => sqlx::query_as(STATE).bind(library).fetch_optional(pool).await?);
    Ok(row.unwrap_or_else(|| LibraryState {
        problems: "[]".into(),
        ..LibraryState::default()
    }))
}

/// The state of a library, inside a transaction.
pub async fn state_in(tx: &mut Tx, library: i64) -> Result<LibraryState> {
    let row: Option<LibraryState> =
        within!(tx, conn => sqlx::query_as(STATE).bind(library).fetch_optional(conn).await?);
    Ok(row.unwrap_or_default())
}

/// The states of the libraries that show a series.
pub async fn states_of(db: &Db, series: i64) -> Result<Vec<LibraryState>> {
    Ok(on!(db, pool => sqlx::query_as(STATES_OF).bind(series).fetch_all(pool).await?))
}

/// What the last scan could not read.
pub fn problems(state: &LibraryState) -> Result<Vec<ScanProblem>> {
    let pairs: Vec<(String, String)> = from_json("library.problems", &state.problems)?;
    Ok(pairs
        .into_iter()
        .map(|(path, message)| ScanProblem { path, message })
        .collect())
}

/// Makes the row.
pub async fn make(tx: &mut Tx, library: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(MAKE).bind(library).execute(conn).await.map(drop))?;
    Ok(())
}

/// When the first library was armed, of those that are armed now.
pub async fn first_armed(db: &Db) -> Result<Option<i64>> {
    Ok(on!(db, pool => sqlx::query_scalar(FIRST_ARMED).fetch_one(pool).await?))
}

/// When a library was last scanned completely.
pub async fn last_scanned(db: &Db) -> Result<Option<i64>> {
    Ok(on!(db, pool => sqlx::query_scalar(LAST_SCANNED).fetch_one(pool).await?))
}

/// Allows sending, from then on when it was not allowed before, or forbids it.
pub async fn arm(tx: &mut Tx, library: i64, armed_at: Option<i64>) -> Result<()> {
    within!(tx, conn => sqlx::query(ARM).bind(library).bind(armed_at).execute(conn).await.map(drop))?;
    Ok(())
}

/// Holds sending for a reason, or lets it go on.
pub async fn hold(tx: &mut Tx, library: i64, reason: Option<&str>) -> Result<()> {
    within!(tx, conn => sqlx::query(HOLD).bind(library).bind(reason).execute(conn).await.map(drop))?;
    Ok(())
}

/// A scan was complete.
pub async fn scanned(
    tx: &mut Tx,
    library: i64,
    held: Option<&str>,
    problems: &[ScanProblem],
    read_as: &str,
    now: i64,
) -> Result<()> {
    within!(tx, conn => sqlx::query(SCANNED).bind(library).bind(now).bind(held).bind(pairs(problems)).bind(read_as).execute(conn).await.map(drop))?;
    Ok(())
}

/// Some of its series were read.
pub async fn looked(
    tx: &mut Tx,
    library: i64,
    held: Option<&str>,
    problems: &[ScanProblem],
) -> Result<()> {
    within!(tx, conn => sqlx::query(LOOKED).bind(library).bind(held).bind(pairs(problems)).execute(conn).await.map(drop))?;
    Ok(())
}

/// Everything that its server told up to then was heard, and looked at.
pub async fn heard(db: &Db, library: i64, at: i64) -> Result<()> {
    on_writer!(db, pool => sqlx::query(HEARD).bind(library).bind(at).execute(pool).await.map(drop))?;
    Ok(())
}

/// Something that its server told was not looked at.
pub async fn unheard(db: &Db, library: i64) -> Result<()> {
    on_writer!(db, pool => sqlx::query(HEARD).bind(library).bind(UNSEEN).execute(pool).await.map(drop))?;
    Ok(())
}

fn pairs(problems: &[ScanProblem]) -> String {
    let pairs: Vec<(&str, &str)> = problems
        .iter()
        .map(|problem| (problem.path.as_str(), problem.message.as_str()))
        .collect();
    to_json(&pairs)
}

/// No other transaction changes what this library shows until this one ends.
pub async fn lock(tx: &mut Tx, library: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(LOCK).bind(library).execute(conn).await.map(drop))?;
    Ok(())
}

/// One scan at a time makes series: two replicas with mirror libraries must not make each series twice. SQLite has one
/// writer at a time anyway.
pub async fn lock_imports(tx: &mut Tx) -> Result<()> {
    if let Tx::Postgres(tx) = tx {
        sqlx::query(LOCK_IMPORTS).execute(&mut **tx).await?;
    }
    Ok(())
}
