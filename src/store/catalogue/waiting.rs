//! Series that are not known in a catalogue: what may be meant waits for the user, and what was not found.

use super::link::{CandidateRow, StoredCandidate, read_candidate};
use crate::{
    domain::identity::Catalogue,
    store::{Db, Page, Result, StoreError, Window, on},
};

/// A series that is not one of a catalogue's yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unchosen {
    /// Our number for it.
    pub series_id: i64,
    /// Its title.
    pub title: String,
    /// ISO 639-1.
    pub language: String,
    /// Which catalogue.
    pub catalogue: Catalogue,
    /// What is wrong.
    pub problem: Option<String>,
    /// When the catalogue was last asked.
    pub asked_at: Option<i64>,
    /// Those that may be meant, the best first.
    pub candidates: Vec<StoredCandidate>,
}

#[derive(sqlx::FromRow)]
struct UnchosenRow {
    series_id: i64,
    series_title: String,
    language: String,
    catalogue: String,
    problem: Option<String>,
    asked_at: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct WaitingRow {
    #[sqlx(flatten)]
    of: UnchosenRow,
    #[sqlx(flatten)]
    candidate: CandidateRow,
}

/// Of a series that is followed, in a catalogue that is switched on.
macro_rules! in_use {
    () => {
        "EXISTS (SELECT 1 FROM series WHERE series.id = link.series_id AND series.monitored)
    AND EXISTS (SELECT 1 FROM connection WHERE connection.role = 'catalogue' AND connection.name = link.catalogue AND connection.enabled)"
    };
}
/// Each with its candidates: a row for each of them.
const WAITING: &str = concat!(
    "SELECT best.series_id, series.title AS series_title, series.language, best.catalogue, link.problem, link.asked_at,
    one.external_id, one.title, one.year, one.score, one.reasons
    FROM (SELECT link.series_id, link.catalogue, MAX(link.score) AS score FROM catalogue_candidate AS link WHERE ",
    in_use!(),
    " GROUP BY link.series_id, link.catalogue ORDER BY MAX(link.score) DESC, link.series_id, link.catalogue LIMIT $1 OFFSET $2) AS best
    JOIN series ON series.id = best.series_id
    JOIN catalogue_link AS link ON link.series_id = best.series_id AND link.catalogue = best.catalogue
    JOIN catalogue_candidate AS one ON one.series_id = best.series_id AND one.catalogue = best.catalogue
    ORDER BY best.score DESC, best.series_id, best.catalogue, one.score DESC, one.external_id"
);
const COUNT_WAITING: &str = concat!(
    "SELECT COUNT(*) FROM (SELECT DISTINCT link.series_id, link.catalogue FROM catalogue_candidate AS link WHERE ",
    in_use!(),
    ") AS waiting"
);
macro_rules! not_found {
    () => {
        "link.problem IS NOT NULL AND NOT EXISTS (SELECT 1 FROM catalogue_candidate AS one
    WHERE one.series_id = link.series_id AND one.catalogue = link.catalogue)"
    };
}
const NOT_FOUND: &str = concat!(
    "SELECT link.series_id, series.title AS series_title, series.language, link.catalogue, link.problem, link.asked_at
    FROM catalogue_link AS link JOIN series ON series.id = link.series_id WHERE ",
    not_found!(),
    " AND ",
    in_use!(),
    " ORDER BY series.title, link.series_id, link.catalogue LIMIT $1 OFFSET $2"
);
const COUNT_NOT_FOUND: &str = concat!(
    "SELECT COUNT(*) FROM catalogue_link AS link WHERE ",
    not_found!(),
    " AND ",
    in_use!()
);

fn read_unchosen(row: UnchosenRow) -> Result<Unchosen> {
    Ok(Unchosen {
        series_id: row.series_id,
        title: row.series_title,
        language: row.language,
        catalogue: Catalogue::from_word(&row.catalogue).ok_or(StoreError::Unreadable {
            place: "catalogue_link.catalogue",
        })?,
        problem: row.problem,
        asked_at: row.asked_at,
        candidates: Vec::new(),
    })
}

/// Series that wait for the user in a catalogue, those with the best candidate first.
pub async fn waiting(db: &Db, window: Window) -> Result<Page<Unchosen>> {
    let total = on!(db, pool => sqlx::query_scalar(COUNT_WAITING).fetch_one(pool).await?);
    let rows: Vec<WaitingRow> = on!(db, pool => sqlx::query_as(WAITING).bind(window.limit).bind(window.offset).fetch_all(pool).await?);
    let mut records: Vec<Unchosen> = Vec::new();
    for row in rows {
        let (of, candidate) = (read_unchosen(row.of)?, read_candidate(row.candidate)?);
        let is_same =
            |last: &&mut Unchosen| (last.series_id, last.catalogue) == (of.series_id, of.catalogue);
        match records.last_mut().filter(is_same) {
            Some(last) => last.candidates.push(candidate),
            None => records.push(Unchosen {
                candidates: vec![candidate],
                ..of
            }),
        }
    }
    Ok(Page { total, records })
}

/// Series that a catalogue does not have by any of their names, or of which it gives no answer.
pub async fn not_found(db: &Db, window: Window) -> Result<Page<Unchosen>> {
    let total = on!(db, pool => sqlx::query_scalar(COUNT_NOT_FOUND).fetch_one(pool).await?);
    let rows: Vec<UnchosenRow> = on!(db, pool => sqlx::query_as(NOT_FOUND).bind(window.limit).bind(window.offset).fetch_all(pool).await?);
    Ok(Page {
        total,
        records: rows.into_iter().map(read_unchosen).collect::<Result<_>>()?,
    })
}
