//! Tables `catalogue_link` and `catalogue_candidate`: which series of a catalogue one is, or may be, and when it is asked.

use serde_json::{Value, json};

use crate::{
    domain::{identity::Catalogue, release::Kind, series::Series},
    store::{Db, OfRows, Result, StoreError, Tx, from_json, of_rows, on, to_json, within},
};

/// Who said which series of a catalogue it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChosenBy {
    /// A library, by a link or metadata.
    Library,
    /// Its name was the only one of its kind.
    Certain,
    /// A list of the user's in that catalogue, on which it stands.
    List,
    /// The user.
    User,
    /// The user says that the catalogue does not have it.
    Nobody,
}

impl ChosenBy {
    const ALL: [(Self, &str); 5] = [
        (Self::Library, "library"),
        (Self::Certain, "certain"),
        (Self::List, "list"),
        (Self::User, "user"),
        (Self::Nobody, "nobody"),
    ];

    /// As stored and shown.
    pub fn word(self) -> &'static str {
        let known = Self::ALL.iter().find(|known| known.0 == self);
        known.map_or("certain", |known| known.1)
    }

    fn from_word(word: &str) -> Option<Self> {
        let known = Self::ALL.iter().find(|known| known.1 == word);
        known.map(|known| known.0)
    }
}

/// A series, as far as one catalogue is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogueLink {
    /// Our number for it.
    pub series_id: i64,
    /// Which catalogue.
    pub catalogue: Catalogue,
    /// Its id there.
    pub external_id: Option<String>,
    /// Who said so; none while that is not known.
    pub chosen_by: Option<ChosenBy>,
    /// When the catalogue is asked next.
    pub due_at: i64,
    /// When it was last asked.
    pub asked_at: Option<i64>,
    /// When it last had an answer.
    pub found_at: Option<i64>,
    /// Why there is no answer.
    pub problem: Option<String>,
}

/// A series of a catalogue that may be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCandidate {
    /// Its id there.
    pub external_id: String,
    /// Its title there.
    pub title: String,
    /// When it began.
    pub year: Option<i32>,
    /// 0 to 100.
    pub score: u32,
    /// What speaks for and against it.
    pub reasons: Vec<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    series_id: i64,
    catalogue: String,
    external_id: Option<String>,
    chosen_by: Option<String>,
    due_at: i64,
    asked_at: Option<i64>,
    found_at: Option<i64>,
    problem: Option<String>,
}

#[derive(sqlx::FromRow)]
pub(super) struct CandidateRow {
    external_id: String,
    title: String,
    year: Option<i64>,
    score: i64,
    reasons: String,
}

/// Followed are the series that someone collects: the others cost a catalogue nothing.
const KNOW: &str = "INSERT INTO catalogue_link (series_id, catalogue, due_at)
    SELECT id, $1, $2 FROM series WHERE monitored AND ($3 = '' OR language = $3) AND $4 LIKE '%' || kind || '%'
    AND NOT EXISTS (SELECT 1 FROM catalogue_link WHERE catalogue_link.series_id = series.id AND catalogue_link.catalogue = $1)";
const DUE: &str = "SELECT series_id, catalogue, external_id, chosen_by, due_at, asked_at, found_at, problem FROM catalogue_link
    WHERE catalogue = $1 AND due_at <= $2 AND (chosen_by IS NULL OR chosen_by <> 'nobody') AND EXISTS (SELECT 1 FROM series WHERE series.id = catalogue_link.series_id AND monitored)
    ORDER BY due_at, series_id LIMIT $3";
const OF_SERIES: &str = "SELECT series_id, catalogue, external_id, chosen_by, due_at, asked_at, found_at, problem FROM catalogue_link
    WHERE series_id = $1 ORDER BY catalogue";
const BY_IDS: OfRows = of_rows!(
    "SELECT series_id, catalogue, external_id, chosen_by, due_at, asked_at, found_at, problem FROM catalogue_link WHERE catalogue = $2
    AND external_id IN (SELECT value ->> 'id'",
    ") ORDER BY series_id"
);
/// A library says it, and nothing else was chosen.
const KNOWN_IDS: &str = "SELECT series_id, external_id FROM catalogue_link WHERE catalogue = $1 AND external_id IS NOT NULL
    UNION SELECT series_id, external_id FROM series_identity WHERE catalogue = $1 AND NOT EXISTS (SELECT 1 FROM catalogue_link
    WHERE catalogue_link.series_id = series_identity.series_id AND catalogue_link.catalogue = $1 AND chosen_by IS NOT NULL)
    ORDER BY 1, 2";
const PUT: &str = "INSERT INTO catalogue_link (series_id, catalogue, external_id, chosen_by, due_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (series_id, catalogue) DO UPDATE SET external_id = excluded.external_id, chosen_by = excluded.chosen_by, due_at = excluded.due_at,
    found_at = NULL, problem = NULL";
/// It was this one before: what is known of it stands.
const CONFIRM: &str = "UPDATE catalogue_link SET chosen_by = $4, due_at = $5 WHERE series_id = $1 AND catalogue = $2 AND external_id = $3";
/// What a person said meanwhile stands.
const PUT_FOUND: &str = "INSERT INTO catalogue_link (series_id, catalogue, external_id, chosen_by, due_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (series_id, catalogue) DO UPDATE SET external_id = excluded.external_id, chosen_by = excluded.chosen_by, due_at = excluded.due_at,
    found_at = NULL, problem = NULL WHERE catalogue_link.chosen_by IS NULL";
const FOUND: &str = "SELECT found_at FROM catalogue_link WHERE series_id = $1 AND catalogue = $2 AND external_id = $3";
const OTHER: &str = "SELECT series.id, series.title FROM catalogue_link JOIN series ON series.id = catalogue_link.series_id
    WHERE catalogue_link.catalogue = $1 AND catalogue_link.external_id = $2 AND series.id <> $3 AND series.language = $4 AND series.edition = $5
    AND (series.kind = 'chapters') = $6 ORDER BY series.id LIMIT 1";
const ASKED: &str = "UPDATE catalogue_link SET asked_at = $3, due_at = $4, problem = $5,
    found_at = CASE WHEN $5 IS NULL THEN $3 ELSE found_at END
    WHERE series_id = $1 AND catalogue = $2 AND COALESCE(external_id, '') = $6";
const DUE_NOW: &str = "UPDATE catalogue_link SET due_at = 0 WHERE series_id = $1
    AND (chosen_by IS NULL OR chosen_by <> 'nobody')";
const COUNTS: &str =
    "SELECT COUNT(*), COUNT(CASE WHEN external_id IS NULL THEN 1 END) FROM catalogue_link
    WHERE catalogue = $1 AND (chosen_by IS NULL OR chosen_by <> 'nobody')";
const FORGET_CANDIDATES: &str =
    "DELETE FROM catalogue_candidate WHERE series_id = $1 AND catalogue = $2";
const PUT_CANDIDATES: OfRows = of_rows!(
    "INSERT INTO catalogue_candidate (series_id, catalogue, external_id, title, year, score, reasons)
    SELECT $2, $3, value ->> 'id', value ->> 'title', CAST(value ->> 'year' AS BIGINT), CAST(value ->> 'score' AS BIGINT), value ->> 'reasons'",
    "WHERE true ON CONFLICT DO NOTHING"
);
const CANDIDATES: &str = "SELECT external_id, title, year, score, reasons FROM catalogue_candidate WHERE series_id = $1 AND catalogue = $2
    ORDER BY score DESC, external_id";

fn read(row: Row) -> Result<CatalogueLink> {
    let unreadable = |place| move || StoreError::Unreadable { place };
    let chosen_by = match row.chosen_by.as_deref() {
        None => None,
        Some(word) => {
            Some(ChosenBy::from_word(word).ok_or_else(unreadable("catalogue_link.chosen_by"))?)
        }
    };
    Ok(CatalogueLink {
        series_id: row.series_id,
        catalogue: Catalogue::from_word(&row.catalogue)
            .ok_or_else(unreadable("catalogue_link.catalogue"))?,
        external_id: row.external_id,
        chosen_by,
        due_at: row.due_at,
        asked_at: row.asked_at,
        found_at: row.found_at,
        problem: row.problem,
    })
}

/// Series that are followed and that a catalogue was never asked for become due; how many they are. `language` is empty where all are meant,
/// `kinds` are words.
pub async fn know(
    tx: &mut Tx,
    catalogue: Catalogue,
    (language, kinds): (&str, &str),
    now: i64,
) -> Result<u64> {
    Ok(
        within!(tx, conn => sqlx::query(KNOW).bind(catalogue.word()).bind(now).bind(language).bind(kinds).execute(conn).await?.rows_affected()),
    )
}

/// Those that are due, the longest first.
pub async fn due(
    db: &Db,
    catalogue: Catalogue,
    now: i64,
    limit: i64,
) -> Result<Vec<CatalogueLink>> {
    let rows: Vec<Row> = on!(db, pool => sqlx::query_as(DUE).bind(catalogue.word()).bind(now).bind(limit).fetch_all(pool).await?);
    rows.into_iter().map(read).collect()
}

/// All of a series.
pub async fn of_series(db: &Db, series: i64) -> Result<Vec<CatalogueLink>> {
    let rows: Vec<Row> =
        on!(db, pool => sqlx::query_as(OF_SERIES).bind(series).fetch_all(pool).await?);
    rows.into_iter().map(read).collect()
}

/// Series that a catalogue is asked about, and of these those of which it is not known which they are there.
pub async fn counts(db: &Db, catalogue: Catalogue) -> Result<(i64, i64)> {
    Ok(on!(db, pool => sqlx::query_as(COUNTS).bind(catalogue.word()).fetch_one(pool).await?))
}

/// The series that have these ids in a catalogue.
pub async fn by_ids(db: &Db, catalogue: Catalogue, ids: &[String]) -> Result<Vec<CatalogueLink>> {
    let ids: Value = ids.iter().map(|id| json!({"id": id})).collect();
    let (text, ids) = (BY_IDS.text_on(db), ids.to_string());
    let rows: Vec<Row> = on!(db, pool => sqlx::query_as(text).bind(ids).bind(catalogue.word()).fetch_all(pool).await?);
    rows.into_iter().map(read).collect()
}

/// Every series of which it is known which one it is there, with its id; a library may say several.
pub async fn known_ids(tx: &mut Tx, catalogue: Catalogue) -> Result<Vec<(i64, String)>> {
    Ok(within!(tx, conn => sqlx::query_as(KNOWN_IDS).bind(catalogue.word()).fetch_all(conn).await?))
}

/// It is this one there, or none of them. False when it was found, and a person has said something else meanwhile.
pub async fn choose(
    tx: &mut Tx,
    (series, catalogue): (i64, Catalogue),
    id: Option<&str>,
    by: ChosenBy,
    due_at: i64,
) -> Result<bool> {
    let text = match by {
        ChosenBy::User | ChosenBy::Nobody => PUT,
        ChosenBy::Library | ChosenBy::Certain | ChosenBy::List => PUT_FOUND,
    };
    let put = within!(&mut *tx, conn => sqlx::query(text).bind(series).bind(catalogue.word()).bind(id).bind(by.word()).bind(due_at).execute(conn).await?.rows_affected());
    if put == 0 {
        return Ok(false);
    }
    forget_candidates(tx, series, catalogue).await?;
    Ok(true)
}

/// Somebody says that it is this one, as was known; false when it was not.
pub async fn confirm(
    tx: &mut Tx,
    (series, catalogue): (i64, Catalogue),
    id: &str,
    by: ChosenBy,
    due_at: i64,
) -> Result<bool> {
    let confirmed = within!(tx, conn => sqlx::query(CONFIRM).bind(series).bind(catalogue.word()).bind(id).bind(by.word()).bind(due_at).execute(conn).await?.rows_affected());
    Ok(confirmed > 0)
}

/// When it last had an answer of the series that it is there; the outer one is none when it is another one by now.
pub async fn found(
    tx: &mut Tx,
    (series, catalogue): (i64, Catalogue),
    id: &str,
) -> Result<Option<Option<i64>>> {
    Ok(
        within!(tx, conn => sqlx::query_scalar(FOUND).bind(series).bind(catalogue.word()).bind(id).fetch_optional(conn).await?),
    )
}

/// Another series that is this one there, in the same language and edition and counting the same; with its title.
pub async fn other(
    tx: &mut Tx,
    series: &Series,
    catalogue: Catalogue,
    id: &str,
) -> Result<Option<(i64, String)>> {
    let edition = series.edition.word().into_owned();
    Ok(
        within!(tx, conn => sqlx::query_as(OTHER).bind(catalogue.word()).bind(id).bind(series.id).bind(&series.language).bind(edition)
        .bind(series.kind == Kind::Chapters).fetch_optional(conn).await?),
    )
}

/// The catalogue was asked for the series that it had by this id, if any, and is asked again then. Nothing when that is another one by now.
pub async fn asked(
    tx: &mut Tx,
    (series, catalogue): (i64, Catalogue),
    id: Option<&str>,
    (now, due_at): (i64, i64),
    problem: Option<&str>,
) -> Result<bool> {
    let asked = within!(tx, conn => sqlx::query(ASKED).bind(series).bind(catalogue.word()).bind(now).bind(due_at).bind(problem)
        .bind(id.unwrap_or_default()).execute(conn).await?.rows_affected());
    Ok(asked > 0)
}

/// Every catalogue that knows it, or may, is asked soon: before all that waits.
pub async fn due_now(tx: &mut Tx, series: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(DUE_NOW).bind(series).execute(conn).await.map(drop))?;
    Ok(())
}

async fn forget_candidates(tx: &mut Tx, series: i64, catalogue: Catalogue) -> Result<()> {
    within!(tx, conn => sqlx::query(FORGET_CANDIDATES).bind(series).bind(catalogue.word()).execute(conn).await.map(drop))?;
    Ok(())
}

/// These may be meant, instead of those that were before.
pub async fn put_candidates(
    tx: &mut Tx,
    series: i64,
    catalogue: Catalogue,
    candidates: &[StoredCandidate],
) -> Result<()> {
    forget_candidates(tx, series, catalogue).await?;
    let row = |one: &StoredCandidate| {
        json!({
            "id": one.external_id, "title": one.title, "year": one.year, "score": one.score, "reasons": to_json(&one.reasons),
        })
    };
    let rows: Value = candidates.iter().map(row).collect();
    let text = PUT_CANDIDATES.text(tx);
    within!(tx, conn => sqlx::query(text).bind(rows.to_string()).bind(series).bind(catalogue.word()).execute(conn).await.map(drop))?;
    Ok(())
}

/// Those that may be meant, the best first.
pub async fn candidates(
    db: &Db,
    series: i64,
    catalogue: Catalogue,
) -> Result<Vec<StoredCandidate>> {
    let rows: Vec<CandidateRow> = on!(db, pool => sqlx::query_as(CANDIDATES).bind(series).bind(catalogue.word()).fetch_all(pool).await?);
    rows.into_iter().map(read_candidate).collect()
}

pub(super) fn read_candidate(row: CandidateRow) -> Result<StoredCandidate> {
    Ok(StoredCandidate {
        external_id: row.external_id,
        title: row.title,
        year: row.year.and_then(|year| i32::try_from(year).ok()),
        score: u32::try_from(row.score).unwrap_or(0),
        reasons: from_json("catalogue_candidate.reasons", &row.reasons)?,
    })
}
