//! Tables `offer`, `series` and `want`, as feeds show them: what is kept in memory to find offers by, and the offers of a page.

use serde::{Deserialize, de::IgnoredAny};

use crate::domain::{
    link::ContentId,
    release::Kind,
    volume::{VolumeNumber, VolumeSet},
};

use super::{Db, Result, StoreError, from_json, from_text, on, to_json};

/// What an offer is found by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its number.
    pub id: i64,
    /// For which it was found.
    pub series_id: i64,
    /// The same release has the same one, for whatever series it was found.
    pub fingerprint: String,
    /// Release name.
    pub title: String,
    /// Bytes.
    pub size: Option<u64>,
    /// Published, else first seen; milliseconds since the epoch.
    pub published_at: i64,
    /// Newznab categories.
    pub categories: Vec<u32>,
    /// The volumes that its name promises.
    pub volumes: VolumeSet,
    /// Those of them that were wanted.
    pub useful: VolumeSet,
    /// It was accepted.
    pub accepted: bool,
    /// Title of its series.
    pub series: String,
    /// What its series is.
    pub kind: Kind,
    /// ISO 639-1 of its series.
    pub language: String,
}

/// A series that is collected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collected {
    /// Its number.
    pub id: i64,
    /// Its title.
    pub title: String,
    /// What it is.
    pub kind: Kind,
    /// ISO 639-1.
    pub language: String,
    /// It is followed.
    pub monitored: bool,
}

/// How many merges there are, and the number of the latest: one that is undone is not there any more.
pub type Merges = (i64, i64);

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    series_id: i64,
    fingerprint: String,
    title: String,
    size: Option<i64>,
    published_at: i64,
    categories: String,
    volumes: String,
    useful: String,
    decision: String,
    series: String,
    kind: String,
    language: String,
}

// What a source returned and is of another series is in no feed.
macro_rules! known {
    ($which:literal) => {
        concat!(
            "SELECT offer.id, offer.series_id, fingerprint, offer.title, size, COALESCE(published_at, first_seen) AS published_at, categories, volumes,
            useful, decision, series.title AS series, kind, series.language
            FROM offer JOIN series ON series.id = offer.series_id WHERE network = 'torrent'
            AND reasons NOT LIKE '%\"wrong_series\"%' AND ",
            $which
        )
    };
}

const NEW: &str = known!("offer.id > $1 ORDER BY offer.id LIMIT $2");
/// The plus keeps SQLite from reading all of the table in the order of the numbers.
const SEEN: &str = known!("offer.last_seen >= $1 AND +offer.id <= $2 LIMIT $3");
const COLLECTED: &str = "SELECT id, title, kind, language, monitored FROM series";
const MERGES: &str = "SELECT COUNT(*), COALESCE(MAX(id), 0) FROM series_merge";
const BLOCKED: &str = "SELECT series_id, fingerprint FROM blocked";
/// Of the series of which something was accepted.
const WANTED: &str =
    "SELECT series_id, volume FROM want WHERE state <> 'on_its_way' AND series_id IN
    (SELECT series_id FROM offer WHERE decision = 'accepted')";

/// All series.
pub async fn collected(db: &Db) -> Result<Vec<Collected>> {
    let rows: Vec<(i64, String, String, String, bool)> =
        on!(db, pool => sqlx::query_as(COLLECTED).fetch_all(pool).await?);
    let read = |(id, title, kind, language, monitored): (_, _, String, _, _)| Collected {
        id,
        title,
        kind: Kind::from_word(&kind).unwrap_or_default(),
        language,
        monitored,
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Which merges there are.
pub async fn merges(db: &Db) -> Result<Merges> {
    Ok(on!(db, pool => sqlx::query_as(MERGES).fetch_one(pool).await?))
}

/// Those behind a number, in the order of their numbers.
pub async fn new(db: &Db, after: i64, limit: i64) -> Result<Vec<Known>> {
    let rows: Vec<Row> =
        on!(db, pool => sqlx::query_as(NEW).bind(after).bind(limit).fetch_all(pool).await?);
    rows.into_iter().map(known).collect()
}

/// What is blocked: series and fingerprints.
pub async fn blocked(db: &Db) -> Result<Vec<(i64, String)>> {
    Ok(on!(db, pool => sqlx::query_as(BLOCKED).fetch_all(pool).await?))
}

/// Those up to a number that were seen since then, in any order.
pub async fn seen(db: &Db, since: i64, until: i64, limit: i64) -> Result<Vec<Known>> {
    let rows: Vec<Row> = on!(db, pool => sqlx::query_as(SEEN).bind(since).bind(until).bind(limit).fetch_all(pool).await?);
    rows.into_iter().map(known).collect()
}

/// What is missing, and not on its way, of series of which something was accepted.
pub async fn wanted(db: &Db) -> Result<Vec<(i64, VolumeNumber)>> {
    let rows: Vec<(i64, i64)> = on!(db, pool => sqlx::query_as(WANTED).fetch_all(pool).await?);
    rows.into_iter()
        .map(|(series, volume)| {
            let volume = VolumeNumber::from_hundredths(volume);
            Ok((
                series,
                volume.ok_or(StoreError::Unreadable {
                    place: "want.volume",
                })?,
            ))
        })
        .collect()
}

fn known(row: Row) -> Result<Known> {
    Ok(Known {
        id: row.id,
        series_id: row.series_id,
        fingerprint: row.fingerprint,
        title: row.title,
        size: row.size.and_then(|size| u64::try_from(size).ok()),
        published_at: row.published_at,
        categories: from_json("offer.categories", &row.categories)?,
        volumes: from_text("offer.volumes", &row.volumes)?,
        useful: from_text("offer.useful", &row.useful)?,
        accepted: row.decision == "accepted",
        series: row.series,
        kind: Kind::from_word(&row.kind).unwrap_or_default(),
        language: row.language,
    })
}

/// An offer as a page shows it.
#[derive(Clone, Debug, Deserialize)]
pub struct Shown {
    /// Its number.
    pub id: i64,
    /// Who offers it.
    pub indexer: String,
    /// Its own for ever.
    pub fingerprint: String,
    /// Release name.
    pub title: String,
    /// Bytes.
    pub size: Option<u64>,
    /// Who has all of it; none when that is not known.
    pub seeders: Option<u32>,
    /// Published, else first seen; milliseconds since the epoch.
    pub published_at: i64,
    /// What it is, as stored.
    content: Option<String>,
    /// Newznab categories, as JSON.
    categories: String,
    /// Title of its series.
    pub series: String,
    /// What that is, as stored.
    kind: String,
    /// ISO 639-1 of that.
    pub language: String,
    /// `accepted`, `review` or `refused`.
    pub decision: String,
    /// What each leads to, its code and its sentence, as JSON.
    reasons: String,
    /// The volumes that its name promises.
    pub volumes: String,
}

impl Shown {
    /// Small hexadecimal digits.
    pub fn infohash(&self) -> Option<String> {
        let content = ContentId::parse(self.content.as_deref()?)?;
        content.torrent().is_some().then(|| content.as_hex())
    }

    /// Newznab categories.
    pub fn categories(&self) -> Vec<u32> {
        serde_json::from_str(&self.categories).unwrap_or_default()
    }

    /// What its series is.
    pub fn kind(&self) -> Kind {
        Kind::from_word(&self.kind).unwrap_or_default()
    }

    /// Sentences, why it is not sent by itself.
    pub fn reasons(&self) -> Vec<String> {
        let all: Vec<(IgnoredAny, IgnoredAny, String)> =
            serde_json::from_str(&self.reasons).unwrap_or_default();
        all.into_iter().map(|(_, _, sentence)| sentence).collect()
    }
}

/// The texts of both databases, which differ in how rows become JSON. All of a page is one row: a row for each item would cost more than
/// everything else.
const PAGE: (&str, &str) = (
    "SELECT COALESCE(json_group_array(json_object('id', offer.id, 'indexer', indexer, 'fingerprint', fingerprint, 'title', offer.title,
    'size', size, 'seeders', seeders, 'published_at', COALESCE(published_at, first_seen), 'content', content, 'categories', categories,
    'series', series.title, 'kind', kind, 'language', series.language, 'decision', decision, 'reasons', reasons, 'volumes', volumes)), '[]')
    FROM offer JOIN series ON series.id = offer.series_id WHERE offer.id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
    "SELECT COALESCE(CAST(json_agg(json_build_object('id', offer.id, 'indexer', indexer, 'fingerprint', fingerprint, 'title', offer.title,
    'size', size, 'seeders', seeders, 'published_at', COALESCE(published_at, first_seen), 'content', content, 'categories', categories,
    'series', series.title, 'kind', kind, 'language', series.language, 'decision', decision, 'reasons', reasons, 'volumes', volumes)) AS TEXT), '[]')
    FROM offer JOIN series ON series.id = offer.series_id
    WHERE offer.id IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($1 AS JSON)))",
);

/// Those of these numbers that there are, the highest number first.
pub async fn page(db: &Db, ids: &[i64]) -> Result<Vec<Shown>> {
    let text = match db {
        Db::Sqlite { .. } => PAGE.0,
        Db::Postgres(_) => PAGE.1,
    };
    let rows: String =
        on!(db, pool => sqlx::query_scalar(text).bind(to_json(&ids)).fetch_one(pool).await?);
    let mut page: Vec<Shown> = from_json("offer", &rows)?;
    page.sort_by_key(|shown| std::cmp::Reverse(shown.id));
    Ok(page)
}
