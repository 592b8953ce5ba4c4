//! What is known of all series, so that pairs of them that may be one are found; and table `series_apart`: those that are not.

use std::collections::{HashMap, HashSet};

use crate::domain::{
    edition::Edition,
    release::Kind,
    suggestion::{Candidate, File},
};

use super::{Db, Result, StoreError, Tx, identity::identity, on, within};

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    title: String,
    folded: String,
    language: String,
    kind: String,
    edition: String,
    files: i64,
}

const SERIES: &str = "SELECT series.id, series.title, series.folded, series.language, series.kind, series.edition, COUNT(library_file.path) AS files FROM series
    LEFT JOIN series_link ON series_link.series_id = series.id
    LEFT JOIN library_file ON library_file.library_id = series_link.library_id AND library_file.external_key = series_link.external_key
    GROUP BY series.id ORDER BY series.id";
const ALIASES: &str =
    "SELECT series_id, folded FROM series_alias ORDER BY series_id, created_at, folded";
const IDENTITIES: &str = "SELECT DISTINCT series_id, catalogue, external_id FROM series_identity ORDER BY series_id, catalogue, external_id";
// Of most files no other has the size.
const FILES: &str = "SELECT series_link.series_id, library_file.path, library_file.size FROM library_file
    JOIN series_link ON series_link.library_id = library_file.library_id AND series_link.external_key = library_file.external_key
    WHERE library_file.size IN (SELECT size FROM library_file GROUP BY size HAVING COUNT(*) > 1)";
const APART: &str = "SELECT first_id, second_id FROM series_apart";
const PUT_APART: &str = "INSERT INTO series_apart (first_id, second_id, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";

/// Every series, in the order of their numbers.
pub async fn candidates(db: &Db) -> Result<Vec<Candidate>> {
    let rows: Vec<Row> = on!(db, pool => sqlx::query_as(SERIES).fetch_all(pool).await?);
    let aliases: Vec<(i64, String)> =
        on!(db, pool => sqlx::query_as(ALIASES).fetch_all(pool).await?);
    let said: Vec<(i64, String, String)> =
        on!(db, pool => sqlx::query_as(IDENTITIES).fetch_all(pool).await?);
    let mut all = rows.into_iter().map(read).collect::<Result<Vec<_>>>()?;
    let place: HashMap<i64, usize> = all
        .iter()
        .enumerate()
        .map(|(at, one)| (one.id, at))
        .collect();
    for (series, alias) in aliases {
        if let Some(at) = place.get(&series) {
            all[*at].names.push(alias);
        }
    }
    for (series, catalogue, id) in said {
        if let Some(at) = place.get(&series) {
            all[*at].identities.push(identity(&catalogue, id)?);
        }
    }
    for candidate in &mut all {
        let mut seen = HashSet::new();
        candidate.names.retain(|name| seen.insert(name.clone()));
    }
    Ok(all)
}

/// The files of which others have the size.
pub async fn files(db: &Db) -> Result<Vec<File>> {
    let rows: Vec<(i64, String, i64)> =
        on!(db, pool => sqlx::query_as(FILES).fetch_all(pool).await?);
    let file = |(series, path, size): (i64, String, i64)| File {
        series,
        name: path.rsplit('/').next().unwrap_or_default().to_owned(),
        size,
    };
    Ok(rows.into_iter().map(file).collect())
}

/// The pairs of which the user says that they are two; the lower number first.
pub async fn apart(db: &Db) -> Result<HashSet<(i64, i64)>> {
    let rows: Vec<(i64, i64)> = on!(db, pool => sqlx::query_as(APART).fetch_all(pool).await?);
    Ok(rows.into_iter().collect())
}

/// The user says that these are two.
pub async fn put_apart(tx: &mut Tx, one: i64, other: i64, now: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(PUT_APART).bind(one.min(other)).bind(one.max(other)).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

fn read(row: Row) -> Result<Candidate> {
    let unreadable = |place| StoreError::Unreadable { place };
    Ok(Candidate {
        id: row.id,
        title: row.title,
        language: row.language,
        kind: Kind::from_word(&row.kind).ok_or(unreadable("series.kind"))?,
        edition: Edition::from_word(&row.edition).ok_or(unreadable("series.edition"))?,
        names: vec![row.folded],
        identities: Vec::new(),
        files: usize::try_from(row.files).unwrap_or_default(),
    })
}
