//! Table `library_file`: the files that the last scan of each library found.

use crate::{
    domain::edition::Edition,
    ports::{KnownFiles, ScannedFile},
};

use super::{Db, Result, StoreError, Tx, from_text, on, within};

#[derive(sqlx::FromRow)]
struct Row {
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
    damaged: bool,
    doubtful: bool,
}

const OF_LIBRARY: &str = "SELECT path, external_key, size, modified, volumes, title, stated_count, language, edition, problem, damaged, doubtful FROM library_file WHERE library_id = $1";
const OF_SERIES: &str = "SELECT path, library_file.external_key, size, modified, volumes, title, stated_count, language, edition, problem, library_file.damaged, library_file.doubtful FROM library_file
    JOIN series_link ON series_link.library_id = library_file.library_id AND series_link.external_key = library_file.external_key
    WHERE series_link.series_id = $1 ORDER BY path";
const OF_KEY: &str = "SELECT path, external_key, size, modified, volumes, title, stated_count, language, edition, problem, damaged, doubtful FROM library_file
    WHERE library_id = $1 AND external_key = $2 ORDER BY path";
const PUT: &str = "INSERT INTO library_file (library_id, path, external_key, size, modified, volumes, title, stated_count, language, problem, edition, damaged, doubtful)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (library_id, path) DO UPDATE SET external_key = excluded.external_key,
    size = excluded.size, modified = excluded.modified, volumes = excluded.volumes, title = excluded.title,
    stated_count = excluded.stated_count, language = excluded.language, problem = excluded.problem,
    edition = excluded.edition, damaged = excluded.damaged, doubtful = excluded.doubtful";
const REMOVE: &str = "DELETE FROM library_file WHERE library_id = $1 AND path = $2";

const OF_SIZE: &str =
    "SELECT external_key, path FROM library_file WHERE library_id = $1 AND size = $2";

/// A file, and the key of its series.
pub type KeyedFile = (String, ScannedFile);

/// The files of the last scan, and the key of each one's series.
pub async fn of_library(db: &Db, library: i64) -> Result<Vec<KeyedFile>> {
    let rows: Vec<Row> =
        on!(db, pool => sqlx::query_as(OF_LIBRARY).bind(library).fetch_all(pool).await?);
    rows.into_iter().map(read).collect()
}

/// The files of a series, over all its libraries.
pub async fn of_series(db: &Db, series: i64) -> Result<Vec<KeyedFile>> {
    let rows: Vec<Row> =
        on!(db, pool => sqlx::query_as(OF_SERIES).bind(series).fetch_all(pool).await?);
    rows.into_iter().map(read).collect()
}

/// The files of one of a library's own series.
pub async fn of_key(tx: &mut Tx, library: i64, key: &str) -> Result<Vec<KeyedFile>> {
    let rows: Vec<Row> =
        within!(tx, conn => sqlx::query_as(OF_KEY).bind(library).bind(key).fetch_all(conn).await?);
    rows.into_iter().map(read).collect()
}

/// The files of some of a library's own series.
pub async fn of_keys(db: &Db, library: i64, keys: &[String]) -> Result<Vec<KeyedFile>> {
    let mut files = Vec::new();
    for key in keys {
        let rows: Vec<Row> =
            on!(db, pool => sqlx::query_as(OF_KEY).bind(library).bind(key).fetch_all(pool).await?);
        for row in rows {
            files.push(read(row)?);
        }
    }
    Ok(files)
}

/// Key and path of a library's files of this size, in bytes.
pub async fn of_size(db: &Db, library: i64, size: u64) -> Result<Vec<(String, String)>> {
    Ok(
        on!(db, pool => sqlx::query_as(OF_SIZE).bind(library).bind(size as i64).fetch_all(pool).await?),
    )
}

/// By path, for the next scan.
pub fn known(files: &[KeyedFile]) -> KnownFiles {
    files
        .iter()
        .map(|(_, file)| (file.path.clone(), file.clone()))
        .collect()
}

/// Writes a file.
pub async fn put(tx: &mut Tx, library: i64, key: &str, file: &ScannedFile) -> Result<()> {
    within!(tx, conn => sqlx::query(PUT).bind(library).bind(&file.path).bind(key).bind(file.size as i64).bind(file.modified)
        .bind(file.volumes.to_string()).bind(&file.title).bind(file.count.map(i64::from)).bind(&file.language).bind(&file.problem).bind(file.edition.word().into_owned())
        .bind(file.damaged).bind(file.doubtful).execute(conn).await.map(drop))?;
    Ok(())
}

/// Forgets a file.
pub async fn remove(tx: &mut Tx, library: i64, path: &str) -> Result<()> {
    within!(tx, conn => sqlx::query(REMOVE).bind(library).bind(path).execute(conn).await.map(drop))?;
    Ok(())
}

fn read(row: Row) -> Result<KeyedFile> {
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
        damaged: row.damaged,
        doubtful: row.doubtful,
    };
    Ok((row.external_key, file))
}
