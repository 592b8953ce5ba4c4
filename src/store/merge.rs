//! Table `series_merge`: series that were merged into others, each with what it takes to have it back. [`kept`]: its rows, written down
//! and written anew. [`moved`]: the rows of other tables that become the other's, and become its own again.

pub mod kept;
pub mod moved;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::domain::{identity::Identity, merge::Taken, series::Series, title, volume::VolumeSet};

use super::{Db, Page, Result, Tx, Window, from_json, on, series::Named, to_json, within};
use kept::{Blocked, Own, Twin, Want};
use moved::Moved;

/// A row, read.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Merge {
    /// Our own number for it.
    pub id: i64,
    /// The series that is no more.
    pub from_id: i64,
    /// The series that it was merged into.
    pub into_id: i64,
    /// The title of the first, as it was.
    pub title: String,
    /// When.
    pub created_at: i64,
}

/// What it takes to have a merged series back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    /// The rows that it alone had.
    pub own: Own,
    /// What was wanted of the other series.
    pub into_wants: Vec<Want>,
    /// Offers that both had: one row of each, of which the other's stays.
    pub twins: Vec<Twin>,
    /// Releases that were blocked for both.
    pub blocked: Vec<Blocked>,
    /// What the user said that it is: catalogue and id of each.
    pub identities: Vec<(String, String)>,
    /// What the user had not said of the other.
    pub new_identities: Vec<(String, String)>,
    /// Rows that became the other's.
    pub moved: Moved,
    /// What was asked.
    pub questions: Questions,
    /// Libraries that were to hold it and did not show it.
    pub waiting: Vec<i64>,
    /// Of these, those that are to hold the other in its place.
    pub waiting_for_into: Vec<i64>,
    /// What the other took over.
    pub taken: Taken,
}

/// The open questions of both.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Questions {
    /// Its own.
    pub own: Vec<Asked>,
    /// The other's.
    pub into: Vec<Asked>,
    /// The other's of which its own of the same cause became a part.
    pub joined: Vec<Joined>,
}

/// What came to a question of the other by one of the same cause.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Joined {
    /// Its number.
    pub into: i64,
    /// What it had not asked about.
    pub volumes: VolumeSet,
    /// Offers of which it had not spoken.
    pub candidates: Vec<i64>,
}

/// An open question, as it was.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Asked {
    /// Its number.
    pub review: i64,
    /// Of each question of a series another.
    pub cause: String,
    /// What it asks about.
    pub volumes: VolumeSet,
    /// Offers.
    pub candidates: Vec<i64>,
}

const INSERT: &str = "INSERT INTO series_merge (from_id, into_id, title, folded, language, edition, kind, kept, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id";
const GET: &str = "SELECT id, from_id, into_id, title, created_at FROM series_merge WHERE id = $1";
const OF_SERIES: &str =
    "SELECT id, from_id, into_id, title, created_at FROM series_merge WHERE from_id = $1";
const KEPT: &str = "SELECT kept FROM series_merge WHERE id = $1";
const REMOVE: &str = "DELETE FROM series_merge WHERE id = $1";
const REMOVE_INTO: &str = "DELETE FROM series_merge WHERE into_id = $1";
const REMOVE_APART: &str = "DELETE FROM series_apart WHERE first_id = $1 OR second_id = $1";
const COUNT: &str = "SELECT COUNT(*) FROM series_merge";
const LIST: &str = "SELECT id, from_id, into_id, title, created_at FROM series_merge ORDER BY id DESC LIMIT $1 OFFSET $2";
const NAMES: &str = "SELECT into_id AS id, folded, language, edition, kind, true AS is_alias FROM series_merge ORDER BY id";
const WITHIN: &str = "SELECT from_id, into_id FROM series_merge ORDER BY id";

/// Writes one down; its number.
pub async fn insert(
    tx: &mut Tx,
    from: &Series,
    into_id: i64,
    kept: &Kept,
    now: i64,
) -> Result<i64> {
    Ok(
        within!(tx, conn => sqlx::query_scalar(INSERT).bind(from.id).bind(into_id).bind(&from.title).bind(title::fold(&from.title))
        .bind(&from.language).bind(from.edition.word().into_owned()).bind(from.kind.word()).bind(to_json(kept)).bind(now).fetch_one(conn).await?),
    )
}

/// One.
pub async fn get(db: &Db, id: i64) -> Result<Option<Merge>> {
    Ok(on!(db, pool => sqlx::query_as(GET).bind(id).fetch_optional(pool).await?))
}

/// The one of a series that is no more.
pub async fn of_series(db: &Db, series: i64) -> Result<Option<Merge>> {
    Ok(on!(db, pool => sqlx::query_as(OF_SERIES).bind(series).fetch_optional(pool).await?))
}

/// The series itself, or the one into which it was merged in the end.
pub async fn now_in(db: &Db, mut id: i64) -> Result<i64> {
    // Each merge leads to another series, so this ends.
    while let Some(merge) = of_series(db, id).await? {
        id = merge.into_id;
    }
    Ok(id)
}

/// What one keeps; none when it is undone.
pub async fn kept(tx: &mut Tx, id: i64) -> Result<Option<Kept>> {
    let kept: Option<String> =
        within!(tx, conn => sqlx::query_scalar(KEPT).bind(id).fetch_optional(conn).await?);
    kept.map(|kept| from_json("series_merge.kept", &kept))
        .transpose()
}

/// It is undone.
pub async fn remove(tx: &mut Tx, id: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(REMOVE).bind(id).execute(conn).await.map(drop))?;
    Ok(())
}

/// A series is removed for good: what was merged into it cannot come back.
pub async fn forget(tx: &mut Tx, series: i64) -> Result<()> {
    for into in all_within(tx, series).await? {
        for text in [REMOVE_INTO, REMOVE_APART] {
            within!(&mut *tx, conn => sqlx::query(text).bind(into).execute(conn).await.map(drop))?;
        }
    }
    Ok(())
}

/// Newest first.
pub async fn list(db: &Db, window: Window) -> Result<Page<Merge>> {
    let total = on!(db, pool => sqlx::query_scalar(COUNT).fetch_one(pool).await?);
    let records = on!(db, pool => sqlx::query_as(LIST).bind(window.limit).bind(window.offset).fetch_all(pool).await?);
    Ok(Page { total, records })
}

/// A series, and all that were merged into it, or into one of these.
pub async fn all_within(tx: &mut Tx, series: i64) -> Result<Vec<i64>> {
    let merges: Vec<(i64, i64)> =
        within!(tx, conn => sqlx::query_as(WITHIN).fetch_all(conn).await?);
    let mut all = vec![series];
    let mut at = 0;
    while let Some(into) = all.get(at).copied() {
        let new = merges
            .iter()
            .filter(|(from, to)| *to == into && !all.contains(from));
        let new: Vec<i64> = new.map(|(from, _)| *from).collect();
        all.extend(new);
        at += 1;
    }
    Ok(all)
}

/// The titles of the series that are no more, as other names of the ones that they are now.
pub async fn names(tx: &mut Tx) -> Result<Vec<Named>> {
    let mut names: Vec<Named> =
        within!(&mut *tx, conn => sqlx::query_as(NAMES).fetch_all(conn).await?);
    let merges: Vec<(i64, i64)> =
        within!(tx, conn => sqlx::query_as(WITHIN).fetch_all(conn).await?);
    let into: HashMap<i64, i64> = merges.into_iter().collect();
    for name in &mut names {
        for _ in 0..into.len() {
            let Some(next) = into.get(&name.id) else {
                break;
            };
            name.id = *next;
        }
    }
    Ok(names)
}

/// As it is kept.
pub fn words(identities: &[Identity]) -> Vec<(String, String)> {
    let word = |identity: &Identity| (identity.catalogue.word().to_owned(), identity.id.clone());
    identities.iter().map(word).collect()
}

/// From what is kept.
pub fn identities(words: &[(String, String)]) -> Result<Vec<Identity>> {
    let read =
        |(catalogue, id): &(String, String)| super::identity::identity(catalogue, id.clone());
    words.iter().map(read).collect()
}
