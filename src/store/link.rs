//! Table `series_link`: what each library shows of a series.

use std::collections::HashSet;

use crate::{
    domain::{
        edition::Edition,
        series::{Shelf, Status},
        title,
    },
    ports::WANTED,
};

use super::{Db, Result, StoreError, Tx, from_json, from_text, identity, on, to_json, within};

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
    /// Whether more volumes are to be expected, as it says.
    pub status: Option<Status>,
    /// The words that it is sorted under there.
    pub tags: Vec<String>,
    /// How many volumes exist, as it says.
    pub total: Option<u32>,
    /// A mark of all that it says of the series besides: names, identities, total.
    pub said: String,
}

impl Link {
    /// That a library is to hold a series that it does not show.
    pub fn wanted(library: i64, series: i64) -> Self {
        Self {
            library_id: library,
            key: wanted_key(series),
            series_id: series,
            shelf: Shelf::default(),
            status: None,
            tags: Vec::new(),
            total: None,
            said: String::new(),
        }
    }

    /// As when it shows nothing, and never did.
    pub fn emptied(&self) -> Self {
        Self {
            shelf: Shelf::default(),
            total: None,
            ..self.clone()
        }
    }

    /// The library does not show the series yet; it is only to hold it.
    pub fn is_wanted(&self) -> bool {
        self.key.starts_with(WANTED)
    }
}

/// The key of a series in a library that does not show it yet.
pub fn wanted_key(series: i64) -> String {
    format!("{WANTED}{series}")
}

#[derive(sqlx::FromRow)]
struct Row {
    library_id: i64,
    external_key: String,
    series_id: i64,
    present: String,
    damaged: String,
    doubtful: String,
    vanished: String,
    status: Option<String>,
    tags: String,
    total: Option<i64>,
    said: String,
}

/// A key of a library, and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Shown {
    /// The library.
    pub library_id: i64,
    /// That library's name.
    pub library: String,
    /// Its key.
    pub external_key: String,
    /// What it shows.
    pub present: String,
    /// What it shows in files that no reader can show.
    pub damaged: String,
    /// What it showed once.
    pub vanished: String,
    /// The series that it meant before that was merged into this one.
    pub merged_from: Option<i64>,
    /// The user took it out of another series.
    pub apart: bool,
    /// How many there are.
    pub files: i64,
}

const OF_LIBRARY: &str = "SELECT library_id, external_key, series_id, present, damaged, doubtful, vanished, status, tags, total, said FROM series_link WHERE library_id = $1 ORDER BY external_key";
const OF_SERIES: &str = "SELECT library_id, external_key, series_id, present, damaged, doubtful, vanished, status, tags, total, said FROM series_link WHERE series_id = $1 ORDER BY library_id, external_key";
const PUT: &str = "INSERT INTO series_link (library_id, external_key, series_id, present, vanished, seen_at, damaged, status, tags, doubtful, said, folded_tags, total) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    ON CONFLICT (library_id, external_key) DO UPDATE SET series_id = excluded.series_id, present = excluded.present,
    vanished = excluded.vanished, seen_at = excluded.seen_at, damaged = excluded.damaged, status = excluded.status, tags = excluded.tags, doubtful = excluded.doubtful, said = excluded.said,
    folded_tags = excluded.folded_tags, total = excluded.total";
const WANTED_AS: &str = "SELECT series.id FROM series_link JOIN series ON series.id = series_link.series_id
    WHERE library_id = $1 AND substr(external_key, 1, 7) = 'wanted:' AND language = $3 AND edition = $4 AND (folded = $2
        OR EXISTS (SELECT 1 FROM series_alias WHERE series_alias.series_id = series.id AND series_alias.folded = $2)) ORDER BY series.id LIMIT 1";
/// What was put there for a series is its, whatever its metadata call it.
const WANTED_AT: &str = "SELECT placement.series_id FROM placement JOIN series_link ON series_link.library_id = placement.library_id
    AND series_link.series_id = placement.series_id AND substr(external_key, 1, 7) = 'wanted:'
    WHERE placement.library_id = $1 AND target = $2 AND step = 'placed' ORDER BY placement.id DESC LIMIT 1";
const LIBRARIES: &str = "SELECT DISTINCT series_link.series_id, connection.name FROM series_link JOIN connection ON connection.id = series_link.library_id
    ORDER BY series_link.series_id, connection.name";
const RENAME: &str =
    "UPDATE series_link SET external_key = $3 WHERE library_id = $1 AND external_key = $2";
const TAKE_APART: &str = "UPDATE series_link SET series_id = $3, apart = true, merged_from = NULL WHERE library_id = $1 AND external_key = $2";
const SHOWN: &str = "SELECT series_link.library_id, connection.name AS library, series_link.external_key, series_link.present, series_link.damaged,
    series_link.vanished, series_link.merged_from, series_link.apart,
    (SELECT COUNT(*) FROM library_file WHERE library_file.library_id = series_link.library_id AND library_file.external_key = series_link.external_key) AS files
    FROM series_link JOIN connection ON connection.id = series_link.library_id
    WHERE series_link.series_id = $1 AND substr(series_link.external_key, 1, 7) <> 'wanted:' ORDER BY series_link.library_id, series_link.external_key";
const APART: &str = "SELECT external_key FROM series_link WHERE library_id = $1 AND apart";
const IS_KNOWN: &str =
    "SELECT COUNT(*) FROM series_link WHERE library_id = $1 AND external_key = $2";
const REMOVE: &str = "DELETE FROM series_link WHERE library_id = $1 AND external_key = $2";

/// Whether a library's key means a series.
pub async fn is_known(db: &Db, library: i64, key: &str) -> Result<bool> {
    let known: i64 = on!(db, pool => sqlx::query_scalar(IS_KNOWN).bind(library).bind(key).fetch_one(pool).await?);
    Ok(known > 0)
}

/// Everything that a library shows.
pub async fn of_library(db: &Db, library: i64) -> Result<Vec<Link>> {
    let rows: Vec<Row> =
        on!(db, pool => sqlx::query_as(OF_LIBRARY).bind(library).fetch_all(pool).await?);
    rows.into_iter().map(read).collect()
}

/// Everything that a library shows, inside a transaction.
pub async fn of_library_in(tx: &mut Tx, library: i64) -> Result<Vec<Link>> {
    let rows: Vec<Row> =
        within!(tx, conn => sqlx::query_as(OF_LIBRARY).bind(library).fetch_all(conn).await?);
    rows.into_iter().map(read).collect()
}

/// What each library shows of a series.
pub async fn of_series(tx: &mut Tx, series: i64) -> Result<Vec<Link>> {
    let rows: Vec<Row> =
        within!(tx, conn => sqlx::query_as(OF_SERIES).bind(series).fetch_all(conn).await?);
    rows.into_iter().map(read).collect()
}

/// What each library shows of a series, outside a transaction.
pub async fn of_series_on(db: &Db, series: i64) -> Result<Vec<Link>> {
    let rows: Vec<Row> =
        on!(db, pool => sqlx::query_as(OF_SERIES).bind(series).fetch_all(pool).await?);
    rows.into_iter().map(read).collect()
}

/// Writes what a library shows of a series.
pub async fn put(tx: &mut Tx, link: &Link, now: i64) -> Result<()> {
    let folded: Vec<String> = link.tags.iter().map(|tag| title::fold_word(tag)).collect();
    within!(tx, conn => sqlx::query(PUT).bind(link.library_id).bind(&link.key).bind(link.series_id)
        .bind(link.shelf.present.to_string()).bind(link.shelf.vanished.to_string()).bind(now).bind(link.shelf.damaged.to_string()).bind(link.status.map(Status::word)).bind(to_json(&link.tags)).bind(link.shelf.doubtful.to_string()).bind(&link.said).bind(to_json(&folded)).bind(link.total.map(i64::from)).execute(conn).await.map(drop))?;
    Ok(())
}

/// Each key under which a library shows a series.
pub async fn shown(db: &Db, series: i64) -> Result<Vec<Shown>> {
    Ok(on!(db, pool => sqlx::query_as(SHOWN).bind(series).fetch_all(pool).await?))
}

/// The user says that a key means another series.
pub async fn take_apart(tx: &mut Tx, library: i64, key: &str, series: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(TAKE_APART).bind(library).bind(key).bind(series).execute(conn).await.map(drop))?;
    Ok(())
}

/// The keys of a library of which the user says so.
pub async fn apart(tx: &mut Tx, library: i64) -> Result<HashSet<String>> {
    let keys: Vec<String> =
        within!(tx, conn => sqlx::query_scalar(APART).bind(library).fetch_all(conn).await?);
    Ok(keys.into_iter().collect())
}

/// The library has another key for what it showed under this one; what is known of it stays.
pub async fn rename(tx: &mut Tx, library: i64, from: &str, to: &str) -> Result<()> {
    within!(&mut *tx, conn => sqlx::query(RENAME).bind(library).bind(from).bind(to).execute(conn).await.map(drop))?;
    identity::rename(tx, library, from, to).await
}

/// The key means nothing any more.
pub async fn remove(tx: &mut Tx, library: i64, key: &str) -> Result<()> {
    identity::forget(tx, library, key).await?;
    within!(tx, conn => sqlx::query(REMOVE).bind(library).bind(key).execute(conn).await.map(drop))?;
    Ok(())
}

/// A series that this library is to hold and does not show, by its title or an alias.
pub async fn wanted_as(
    tx: &mut Tx,
    library: i64,
    name: &str,
    (language, edition): (&str, Edition),
) -> Result<Option<i64>> {
    Ok(
        within!(tx, conn => sqlx::query_scalar(WANTED_AS).bind(library).bind(title::fold(name)).bind(language)
            .bind(edition.word().into_owned()).fetch_optional(conn).await?),
    )
}

/// The series that this library is to hold and does not show for which a file was put there.
pub async fn wanted_at(tx: &mut Tx, library: i64, path: &str) -> Result<Option<i64>> {
    Ok(
        within!(tx, conn => sqlx::query_scalar(WANTED_AT).bind(library).bind(path).fetch_optional(conn).await?),
    )
}

/// The names of the libraries of every series, by the number of the series.
pub async fn libraries(db: &Db) -> Result<Vec<(i64, String)>> {
    Ok(on!(db, pool => sqlx::query_as(LIBRARIES).fetch_all(pool).await?))
}

fn read(row: Row) -> Result<Link> {
    let shelf = Shelf {
        present: from_text("series_link.present", &row.present)?,
        damaged: from_text("series_link.damaged", &row.damaged)?,
        doubtful: from_text("series_link.doubtful", &row.doubtful)?,
        vanished: from_text("series_link.vanished", &row.vanished)?,
    };
    let status = row.status.as_deref().map(|word| {
        Status::from_word(word).ok_or(StoreError::Unreadable {
            place: "series_link.status",
        })
    });
    Ok(Link {
        library_id: row.library_id,
        key: row.external_key,
        series_id: row.series_id,
        shelf,
        status: status.transpose()?,
        tags: from_json("series_link.tags", &row.tags)?,
        total: row.total.and_then(|total| u32::try_from(total).ok()),
        said: row.said,
    })
}
