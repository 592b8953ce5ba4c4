//! Table `offer`: every release that a source returned for a series, with its verdict and all reasons.

use std::collections::HashMap;

use crate::domain::{
    decide::{Decision, Relevance, Verdict, rank::Rank},
    link::TorrentId,
    offer::Offer,
    volume::VolumeSet,
};

use super::profile::Scope;
use super::{Db, Page, Result, Tx, Window, from_json, from_text, on, to_json, within};

/// A row, read.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredOffer {
    /// Our own number for it.
    pub id: i64,
    /// For which it was searched.
    pub series_id: i64,
    /// What the source said.
    pub offer: Offer,
    /// The volumes that its name promises.
    pub volumes: VolumeSet,
    /// Those of them that were wanted.
    pub useful: VolumeSet,
    /// `accepted`, `review` or `refused`.
    pub decision: String,
    /// What each leads to, its code and its sentence.
    pub reasons: Vec<(String, String, String)>,
    /// Its place among the others.
    pub rank: Rank,
    /// 0 to 100, for the eye.
    pub relevance: Relevance,
    /// When it was first returned.
    pub first_seen: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    series_id: i64,
    source_id: i64,
    source: String,
    fingerprint: String,
    indexer_id: i64,
    indexer: String,
    language: Option<String>,
    categories: String,
    title: String,
    size: Option<i64>,
    seeders: Option<i64>,
    published_at: Option<i64>,
    infohash: Option<String>,
    is_torrent: bool,
    term: String,
    volumes: String,
    useful: String,
    decision: String,
    reasons: String,
    ranking: String,
    relevance_parts: String,
    first_seen: i64,
    last_seen: i64,
}

macro_rules! columns {
    () => {
        "id, series_id, source_id, source, fingerprint, indexer_id, indexer, language, categories, title, size, seeders, published_at, infohash, is_torrent,
    term, volumes, useful, decision, reasons, ranking, relevance_parts, first_seen, last_seen"
    };
}

const PUT: &str = "INSERT INTO offer (series_id, source_id, source, fingerprint, indexer_id, indexer, title, size, seeders, published_at, infohash,
    is_torrent, term, volumes, useful, decision, reasons, ranking, relevance, relevance_parts, first_seen, last_seen, language, categories)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $21, $22, $23)
    ON CONFLICT (series_id, source_id, fingerprint) DO UPDATE SET source = excluded.source, indexer = excluded.indexer, title = excluded.title,
    size = excluded.size, seeders = excluded.seeders, published_at = excluded.published_at, infohash = COALESCE(excluded.infohash, offer.infohash),
    is_torrent = excluded.is_torrent, term = excluded.term, volumes = excluded.volumes, useful = excluded.useful, decision = excluded.decision,
    reasons = excluded.reasons, ranking = excluded.ranking, relevance = excluded.relevance, relevance_parts = excluded.relevance_parts,
    last_seen = excluded.last_seen, language = excluded.language, categories = excluded.categories RETURNING id";
const GET: &str = concat!("SELECT ", columns!(), " FROM offer WHERE id = $1");
const SINCE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM offer WHERE last_seen >= $1 AND ($3 < 0 OR series_id = $3)
    AND ($2 < 0 OR series_id IN (SELECT series_id FROM series_link WHERE library_id = $2)) ORDER BY last_seen DESC, id LIMIT $4"
);
const ACCEPTED: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM offer WHERE series_id = $1 AND last_seen >= $2 AND decision = 'accepted' ORDER BY id LIMIT 2000"
);
const FOUND: &str =
    "SELECT term, COUNT(*) FROM offer WHERE series_id = $1 AND decision = 'accepted' GROUP BY term";
const COUNT: &str =
    "SELECT COUNT(*) FROM offer WHERE ($1 < 0 OR series_id = $1) AND ($2 = '' OR decision = $2)";
const LIST: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM offer WHERE ($1 < 0 OR series_id = $1) AND ($2 = '' OR decision = $2)
    ORDER BY last_seen DESC, relevance DESC, id LIMIT $3 OFFSET $4"
);

/// Writes an offer and its verdict; the number of its row.
pub async fn put(tx: &mut Tx, series: i64, offer: &Offer, verdict: &Verdict) -> Result<i64> {
    let reasons: Vec<(&str, &str, String)> = verdict
        .reasons
        .iter()
        .map(|(decision, reason): &(Decision, _)| {
            (decision.word(), reason.code(), reason.to_string())
        })
        .collect();
    Ok(
        within!(tx, conn => sqlx::query_scalar(PUT).bind(series).bind(offer.source_id).bind(&offer.source).bind(&offer.fingerprint)
        .bind(offer.indexer_id).bind(&offer.indexer).bind(&offer.title).bind(offer.size.map(|size| size as i64)).bind(offer.seeders.map(i64::from))
        .bind(offer.published_at).bind(offer.torrent.as_ref().map(TorrentId::as_hex)).bind(offer.is_torrent).bind(&offer.term)
        .bind(verdict.volumes.to_string()).bind(verdict.useful.to_string()).bind(verdict.decision.word()).bind(to_json(&reasons))
        .bind(to_json(&verdict.rank)).bind(i64::from(verdict.relevance.total())).bind(to_json(&verdict.relevance)).bind(offer.seen_at)
        .bind(&offer.language).bind(to_json(&offer.categories))
        .fetch_one(conn).await?),
    )
}

/// The latest ones that were seen since then, of what a rule concerns.
pub async fn since(db: &Db, since: i64, scope: Scope, limit: i64) -> Result<Vec<StoredOffer>> {
    let (library, series) = match scope {
        Scope::All => (-1, -1),
        Scope::Library(library) => (library, -1),
        Scope::Series(series) => (-1, series),
    };
    let rows: Vec<Row> = on!(db, pool => sqlx::query_as(SINCE).bind(since).bind(library).bind(series).bind(limit).fetch_all(pool).await?);
    rows.into_iter().map(read).collect()
}

/// Of a series, the accepted ones that were seen since then.
pub async fn accepted(db: &Db, series: i64, since: i64) -> Result<Vec<Offer>> {
    let rows: Vec<Row> =
        on!(db, pool => sqlx::query_as(ACCEPTED).bind(series).bind(since).fetch_all(pool).await?);
    rows.into_iter().map(|row| Ok(read(row)?.offer)).collect()
}

/// How many accepted offers of a series each term found.
pub async fn found_by_term(db: &Db, series: i64) -> Result<HashMap<String, i64>> {
    let rows: Vec<(String, i64)> =
        on!(db, pool => sqlx::query_as(FOUND).bind(series).fetch_all(pool).await?);
    Ok(rows.into_iter().collect())
}

/// One.
pub async fn get(db: &Db, id: i64) -> Result<Option<StoredOffer>> {
    let row: Option<Row> =
        on!(db, pool => sqlx::query_as(GET).bind(id).fetch_optional(pool).await?);
    row.map(read).transpose()
}

/// Newest first. `decision` may be empty.
pub async fn list(
    db: &Db,
    series: Option<i64>,
    decision: &str,
    window: Window,
) -> Result<Page<StoredOffer>> {
    let series = series.unwrap_or(-1);
    let total = on!(db, pool => sqlx::query_scalar(COUNT).bind(series).bind(decision).fetch_one(pool).await?);
    let rows: Vec<Row> = on!(db, pool => sqlx::query_as(LIST).bind(series).bind(decision).bind(window.limit).bind(window.offset).fetch_all(pool).await?);
    Ok(Page {
        total,
        records: rows.into_iter().map(read).collect::<Result<_>>()?,
    })
}

fn read(row: Row) -> Result<StoredOffer> {
    let offer = Offer {
        fingerprint: row.fingerprint,
        source_id: row.source_id,
        source: row.source,
        indexer_id: row.indexer_id,
        indexer: row.indexer,
        language: row.language,
        categories: from_json("offer.categories", &row.categories)?,
        title: row.title,
        size: row.size.and_then(|size| u64::try_from(size).ok()),
        seeders: row.seeders.and_then(|seeders| u32::try_from(seeders).ok()),
        published_at: row.published_at,
        torrent: row.infohash.as_deref().and_then(TorrentId::parse),
        is_torrent: row.is_torrent,
        term: row.term,
        seen_at: row.last_seen,
    };
    Ok(StoredOffer {
        id: row.id,
        series_id: row.series_id,
        offer,
        volumes: from_text("offer.volumes", &row.volumes)?,
        useful: from_text("offer.useful", &row.useful)?,
        decision: row.decision,
        reasons: from_json("offer.reasons", &row.reasons)?,
        rank: from_json("offer.ranking", &row.ranking)?,
        relevance: from_json("offer.relevance_parts", &row.relevance_parts)?,
        first_seen: row.first_seen,
    })
}
