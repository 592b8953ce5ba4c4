//! Tables `library`, `series_link` and `library_file`: what each library shows.

use crate::{
    domain::{edition::Edition, series::Shelf},
    ports::{KnownFiles, ScanProblem, ScannedFile},
};

use super::{Db, Result, StoreError, Tx, from_json, from_text, on, to_json, within};

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
}

/// What one library shows of one series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The library.
    pub library_id: i64,
    /// The library's own key.
    pub key: String,
    /// Ours.
    pub series_id: i64,
    /// What it shows.
    pub shelf: Shelf,
}

#[derive(sqlx::FromRow)]
struct LinkRow {
    library_id: i64,
    external_key: String,
    series_id: i64,
    present: String,
    vanished: String,
}

#[derive(sqlx::FromRow)]
struct FileRow {
    path: String,
    external_key: String,
    size: i64,
    modified: i64,
    volumes: String,
    title: Option<String>,
    stated_count: Option<i64>,
    language: Option<String>,
    edition: String,
    problem: Option<String>,
}

const STATE: &str = "SELECT armed_at, imported_at, scanned_at, held, problems, read_as FROM library WHERE connection_id = $1";
const MAKE: &str = "INSERT INTO library (connection_id) VALUES ($1) ON CONFLICT DO NOTHING";
/// What is armed already stays armed since then: the first week is not begun again.
const ARM: &str = "UPDATE library SET armed_at = CASE WHEN $2 IS NULL THEN NULL ELSE COALESCE(armed_at, $2) END WHERE connection_id = $1";
const FIRST_ARMED: &str = "SELECT MIN(armed_at) FROM library";
const LAST_SCANNED: &str = "SELECT MAX(scanned_at) FROM library";
const HOLD: &str = "UPDATE library SET held = $2 WHERE connection_id = $1";
const SCANNED: &str = "UPDATE library SET scanned_at = $2, imported_at = COALESCE(imported_at, $2), held = $3, problems = $4, read_as = $5 WHERE connection_id = $1";
const LOCK: &str = "UPDATE library SET held = held WHERE connection_id = $1";
/// The number is ours alone within this database.
const LOCK_IMPORTS: &str = "SELECT pg_advisory_xact_lock(7061)";
const LINKS: &str = "SELECT library_id, external_key, series_id, present, vanished FROM series_link WHERE library_id = $1 ORDER BY external_key";
const LINKS_OF: &str = "SELECT library_id, external_key, series_id, present, vanished FROM series_link WHERE series_id = $1 ORDER BY library_id, external_key";
const SERIES_WITH_GAPS: &str = "SELECT DISTINCT series_id FROM want
    WHERE state <> 'on_its_way' AND series_id IN (SELECT series_id FROM series_link WHERE library_id = $1) ORDER BY series_id";
const STATES_OF: &str = "SELECT armed_at, imported_at, scanned_at, held, problems, read_as FROM library
    WHERE connection_id IN (SELECT library_id FROM series_link WHERE series_id = $1) ORDER BY connection_id";
const PUT_LINK: &str = "INSERT INTO series_link (library_id, external_key, series_id, present, vanished, seen_at) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (library_id, external_key) DO UPDATE SET series_id = excluded.series_id, present = excluded.present,
    vanished = excluded.vanished, seen_at = excluded.seen_at";
const DROP_LINK: &str = "DELETE FROM series_link WHERE library_id = $1 AND external_key = $2";
const FILES: &str = "SELECT path, external_key, size, modified, volumes, title, stated_count, language, edition, problem FROM library_file WHERE library_id = $1";
const FILES_OF: &str = "SELECT path, library_file.external_key, size, modified, volumes, title, stated_count, language, edition, problem FROM library_file
    JOIN series_link ON series_link.library_id = library_file.library_id AND series_link.external_key = library_file.external_key
    WHERE series_link.series_id = $1 ORDER BY path";
const FILES_IN: &str = "SELECT path, external_key, size, modified, volumes, title, stated_count, language, edition, problem FROM library_file
    WHERE library_id = $1 AND external_key = $2 ORDER BY path";
const PUT_FILE: &str = "INSERT INTO library_file (library_id, path, external_key, size, modified, volumes, title, stated_count, language, problem, edition)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (library_id, path) DO UPDATE SET external_key = excluded.external_key,
    size = excluded.size, modified = excluded.modified, volumes = excluded.volumes, title = excluded.title,
    stated_count = excluded.stated_count, language = excluded.language, problem = excluded.problem,
    edition = excluded.edition";
const DROP_FILE: &str = "DELETE FROM library_file WHERE library_id = $1 AND path = $2";

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
    let problems: Vec<(&str, &str)> = problems
        .iter()
        .map(|problem| (problem.path.as_str(), problem.message.as_str()))
        .collect();
    within!(tx, conn => sqlx::query(SCANNED).bind(library).bind(now).bind(held).bind(to_json(&problems)).bind(read_as).execute(conn).await.map(drop))?;
    Ok(())
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

/// Everything that a library shows, inside a transaction.
pub async fn links_in(tx: &mut Tx, library: i64) -> Result<Vec<Link>> {
    let rows: Vec<LinkRow> =
        within!(tx, conn => sqlx::query_as(LINKS).bind(library).fetch_all(conn).await?);
    rows.into_iter().map(read_link).collect()
}

/// Everything that a library shows.
pub async fn links(db: &Db, library: i64) -> Result<Vec<Link>> {
    let rows: Vec<LinkRow> =
        on!(db, pool => sqlx::query_as(LINKS).bind(library).fetch_all(pool).await?);
    rows.into_iter().map(read_link).collect()
}

/// What each library shows of a series.
pub async fn links_of(tx: &mut Tx, series: i64) -> Result<Vec<Link>> {
    let rows: Vec<LinkRow> =
        within!(tx, conn => sqlx::query_as(LINKS_OF).bind(series).fetch_all(conn).await?);
    rows.into_iter().map(read_link).collect()
}

/// The states of the libraries that show a series.
pub async fn states_of(db: &Db, series: i64) -> Result<Vec<LibraryState>> {
    Ok(on!(db, pool => sqlx::query_as(STATES_OF).bind(series).fetch_all(pool).await?))
}

/// Monitored series of a library with missing volumes that are not on their way.
pub async fn series_with_gaps(db: &Db, library: i64) -> Result<Vec<i64>> {
    Ok(on!(db, pool => sqlx::query_scalar(SERIES_WITH_GAPS).bind(library).fetch_all(pool).await?))
}

/// Writes what a library shows of a series.
pub async fn put_link(tx: &mut Tx, link: &Link, now: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(PUT_LINK).bind(link.library_id).bind(&link.key).bind(link.series_id)
        .bind(link.shelf.present.to_string()).bind(link.shelf.vanished.to_string()).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// The key means nothing any more.
pub async fn drop_link(tx: &mut Tx, library: i64, key: &str) -> Result<()> {
    within!(tx, conn => sqlx::query(DROP_LINK).bind(library).bind(key).execute(conn).await.map(drop))?;
    Ok(())
}

/// A file, and the key of its series.
pub type KeyedFile = (String, ScannedFile);

/// The files of the last scan, and the key of each one's series.
pub async fn files(db: &Db, library: i64) -> Result<Vec<KeyedFile>> {
    let rows: Vec<FileRow> =
        on!(db, pool => sqlx::query_as(FILES).bind(library).fetch_all(pool).await?);
    rows.into_iter().map(read_file).collect()
}

/// The files of a series, over all its libraries.
pub async fn files_of(db: &Db, series: i64) -> Result<Vec<KeyedFile>> {
    let rows: Vec<FileRow> =
        on!(db, pool => sqlx::query_as(FILES_OF).bind(series).fetch_all(pool).await?);
    rows.into_iter().map(read_file).collect()
}

/// The files of one of a library's own series.
pub async fn files_in(tx: &mut Tx, library: i64, key: &str) -> Result<Vec<KeyedFile>> {
    let rows: Vec<FileRow> = within!(tx, conn => sqlx::query_as(FILES_IN).bind(library).bind(key).fetch_all(conn).await?);
    rows.into_iter().map(read_file).collect()
}

/// By path, for the next scan.
pub fn known(files: &[KeyedFile]) -> KnownFiles {
    files
        .iter()
        .map(|(_, file)| (file.path.clone(), file.clone()))
        .collect()
}

/// Writes a file.
pub async fn put_file(tx: &mut Tx, library: i64, key: &str, file: &ScannedFile) -> Result<()> {
    within!(tx, conn => sqlx::query(PUT_FILE).bind(library).bind(&file.path).bind(key).bind(file.size as i64).bind(file.modified)
        .bind(file.volumes.to_string()).bind(&file.title).bind(file.count.map(i64::from)).bind(&file.language).bind(&file.problem).bind(file.edition.word().into_owned())
        .execute(conn).await.map(drop))?;
    Ok(())
}

/// Forgets a file.
pub async fn drop_file(tx: &mut Tx, library: i64, path: &str) -> Result<()> {
    within!(tx, conn => sqlx::query(DROP_FILE).bind(library).bind(path).execute(conn).await.map(drop))?;
    Ok(())
}

fn read_link(row: LinkRow) -> Result<Link> {
    let shelf = Shelf {
        present: from_text("series_link.present", &row.present)?,
        vanished: from_text("series_link.vanished", &row.vanished)?,
    };
    Ok(Link {
        library_id: row.library_id,
        key: row.external_key,
        series_id: row.series_id,
        shelf,
    })
}

fn read_file(row: FileRow) -> Result<KeyedFile> {
    let file = ScannedFile {
        path: row.path,
        size: row.size.max(0) as u64,
        modified: row.modified,
        volumes: from_text("library_file.volumes", &row.volumes)?,
        title: row.title,
        count: row.stated_count.and_then(|count| u32::try_from(count).ok()),
        language: row.language,
        edition: Edition::from_word(&row.edition).ok_or(StoreError::Unreadable {
            place: "library_file.edition",
        })?,
        problem: row.problem,
    };
    Ok((row.external_key, file))
}
