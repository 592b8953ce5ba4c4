//! Table `offer`: every release that a source returned for a series, with its verdict and all reasons.

use std::collections::HashMap;

use serde::Serialize;

use crate::domain::{
    decide::{Decision, Reason, Relevance, Verdict, rank::Rank},
    link::{ContentId, Network},
    offer::Offer,
    volume::VolumeSet,
};

use super::rule::Scope;
use super::{
    Db, OfRows, Page, Result, Tx, Window, from_json, from_text, of_rows, on, to_json, within,
};

/// Rows in one statement.
const MOST_WRITTEN: usize = 500;

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

impl StoredOffer {
    /// It states volumes of another edition, and which of the collected ones they hold is not known.
    pub fn is_of_other_edition(&self) -> bool {
        let mut codes = self.reasons.iter().map(|(_, code, _)| code);
        self.volumes.is_empty() && codes.any(|code| code == "other_edition")
    }
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
    content: Option<String>,
    network: Option<String>,
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
        "id, series_id, source_id, source, fingerprint, indexer_id, indexer, language, categories, title, size, seeders, published_at, content, network,
    term, volumes, useful, decision, reasons, ranking, relevance_parts, first_seen, last_seen"
    };
}

const PUT: OfRows = of_rows!(
    "INSERT INTO offer (series_id, source_id, source, fingerprint, indexer_id, indexer, title, size, seeders, published_at, content,
    network, term, volumes, useful, decision, reasons, ranking, relevance, relevance_parts, first_seen, last_seen, language, categories)
    SELECT $2, CAST(value ->> 'source_id' AS BIGINT), value ->> 'source', value ->> 'fingerprint', CAST(value ->> 'indexer_id' AS BIGINT),
    value ->> 'indexer', value ->> 'title', CAST(value ->> 'size' AS BIGINT), CAST(value ->> 'seeders' AS BIGINT),
    CAST(value ->> 'published_at' AS BIGINT), value ->> 'content', value ->> 'network', value ->> 'term',
    value ->> 'volumes', value ->> 'useful', value ->> 'decision', value ->> 'reasons', value ->> 'ranking',
    CAST(value ->> 'relevance' AS BIGINT), value ->> 'relevance_parts', CAST(value ->> 'seen_at' AS BIGINT),
    CAST(value ->> 'seen_at' AS BIGINT), value ->> 'language', value ->> 'categories'",
    "WHERE true ON CONFLICT (series_id, source_id, fingerprint) DO UPDATE SET source = excluded.source, indexer = excluded.indexer, title = excluded.title,
    size = excluded.size, seeders = excluded.seeders, published_at = excluded.published_at, content = COALESCE(excluded.content, offer.content),
    network = excluded.network, term = excluded.term, volumes = excluded.volumes, useful = excluded.useful, decision = excluded.decision,
    reasons = excluded.reasons, ranking = excluded.ranking, relevance = excluded.relevance, relevance_parts = excluded.relevance_parts,
    last_seen = excluded.last_seen, language = excluded.language, categories = excluded.categories RETURNING id, source_id, fingerprint"
);
const GET: &str = concat!("SELECT ", columns!(), " FROM offer WHERE id = $1");
const OF_IDS: OfRows = of_rows!(
    concat!(
        "SELECT ",
        columns!(),
        " FROM offer WHERE id IN (SELECT CAST(CAST(value AS TEXT) AS BIGINT)"
    ),
    ")"
);
const SINCE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM offer WHERE last_seen >= $1 AND ($3 < 0 OR series_id = $3)
    AND ($2 < 0 OR series_id IN (SELECT series_id FROM series_link WHERE library_id = $2)) ORDER BY last_seen DESC, id LIMIT $4"
);
const ACCEPTED: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM offer WHERE series_id = $1 AND last_seen >= $2 AND decision = 'accepted' ORDER BY last_seen DESC, id LIMIT 2000"
);
const FOUND: &str =
    "SELECT term, COUNT(*) FROM offer WHERE series_id = $1 AND decision = 'accepted' GROUP BY term";
const COUNT: &str = "SELECT COUNT(*) FROM offer WHERE $1 = '' OR decision = $1";
const LIST: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM offer WHERE $1 = '' OR decision = $1 ORDER BY last_seen DESC, relevance DESC, id LIMIT $2 OFFSET $3"
);
// Texts of their own, so that the series' index is used.
const COUNT_OF: &str =
    "SELECT COUNT(*) FROM offer WHERE series_id = $1 AND ($2 = '' OR decision = $2)";
const LIST_OF: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM offer WHERE series_id = $1 AND ($2 = '' OR decision = $2)
    ORDER BY last_seen DESC, relevance DESC, id LIMIT $3 OFFSET $4"
);

/// What was found out of a release stays true of it, so that it is fetched from its source just once.
const NOT_IN_PART: &str = "SELECT fingerprint, reasons FROM offer WHERE series_id = $1 AND decision = 'review' AND reasons LIKE '%\"not_in_part\"%'";

/// The offers of a series of which is known that they cannot be taken apart, by fingerprint.
pub async fn not_in_part(db: &Db, series: i64) -> Result<HashMap<String, (Decision, Reason)>> {
    let rows: Vec<(String, String)> =
        on!(db, pool => sqlx::query_as(NOT_IN_PART).bind(series).fetch_all(pool).await?);
    let mut known = HashMap::new();
    for (fingerprint, reasons) in rows {
        let reasons: Vec<(String, String, String)> = from_json("offer.reasons", &reasons)?;
        let mut said = reasons.into_iter();
        if let Some((_, _, sentence)) = said.find(|(_, code, _)| code == "not_in_part") {
            known.insert(
                fingerprint,
                (Decision::Review, Reason::not_in_part(&sentence)),
            );
        }
    }
    Ok(known)
}

/// A row as it is written.
#[derive(Serialize)]
struct NewRow<'a> {
    source_id: i64,
    source: &'a str,
    fingerprint: &'a str,
    indexer_id: i64,
    indexer: &'a str,
    language: Option<&'a str>,
    categories: String,
    title: &'a str,
    size: Option<i64>,
    seeders: Option<u32>,
    published_at: Option<i64>,
    content: Option<String>,
    network: Option<&'static str>,
    term: &'a str,
    volumes: String,
    useful: String,
    decision: &'a str,
    reasons: String,
    ranking: String,
    relevance: u32,
    relevance_parts: String,
    seen_at: i64,
}

impl<'a> NewRow<'a> {
    fn of((offer, verdict): (&'a Offer, &'a Verdict)) -> Self {
        let reason = |(decision, reason): &(Decision, Reason)| {
            (decision.word(), reason.code(), reason.to_string())
        };
        let reasons: Vec<_> = verdict.reasons.iter().map(reason).collect();
        Self {
            source_id: offer.source_id,
            source: &offer.source,
            fingerprint: &offer.fingerprint,
            indexer_id: offer.indexer_id,
            indexer: &offer.indexer,
            language: offer.language.as_deref(),
            categories: to_json(&offer.categories),
            title: &offer.title,
            size: offer.size.map(|size| size as i64),
            seeders: offer.seeders,
            published_at: offer.published_at,
            content: offer.content.as_ref().map(ContentId::as_text),
            network: offer.network.map(Network::word),
            term: &offer.term,
            volumes: verdict.volumes.to_string(),
            useful: verdict.useful.to_string(),
            decision: verdict.decision.word(),
            reasons: to_json(&reasons),
            ranking: to_json(&verdict.rank),
            relevance: verdict.relevance.total().into(),
            relevance_parts: to_json(&verdict.relevance),
            seen_at: offer.seen_at,
        }
    }
}

/// Writes offers of a series, each once, with their verdicts; the numbers of their rows, in the same order.
pub async fn put<'a>(
    tx: &mut Tx,
    series: i64,
    offers: impl Iterator<Item = (&'a Offer, &'a Verdict)> + Clone,
) -> Result<Vec<i64>> {
    let rows: Vec<NewRow<'_>> = offers.clone().map(NewRow::of).collect();
    let mut ids = HashMap::with_capacity(rows.len());
    for rows in rows.chunks(MOST_WRITTEN) {
        let put = PUT.text(tx);
        let written: Vec<(i64, i64, String)> = within!(&mut *tx, conn => sqlx::query_as(put).bind(to_json(&rows)).bind(series).fetch_all(conn).await?);
        let key = |(id, source, fingerprint)| ((source, fingerprint), id);
        ids.extend(written.into_iter().map(key));
    }
    let id = |(offer, _): (&Offer, _)| {
        let key = (offer.source_id, offer.fingerprint.clone());
        *ids.get(&key)
            .expect("every row that is written is returned")
    };
    Ok(offers.map(id).collect())
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

/// Of a series, the accepted ones that were seen since then; of more than 2,000, those that were seen last.
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

/// Those of these numbers that there are, in this order.
pub async fn of_ids(db: &Db, ids: &[i64]) -> Result<Vec<StoredOffer>> {
    let of_ids = OF_IDS.text_on(db);
    let rows: Vec<Row> =
        on!(db, pool => sqlx::query_as(of_ids).bind(to_json(&ids)).fetch_all(pool).await?);
    let mut rows: HashMap<i64, Row> = rows.into_iter().map(|row| (row.id, row)).collect();
    let in_order = ids.iter().filter_map(|id| rows.remove(id));
    in_order.map(read).collect()
}

/// Newest first. `decision` may be empty.
pub async fn list(
    db: &Db,
    series: Option<i64>,
    decision: &str,
    window: Window,
) -> Result<Page<StoredOffer>> {
    let (total, rows): (i64, Vec<Row>) = match series {
        Some(series) => on!(db, pool => (
            sqlx::query_scalar(COUNT_OF).bind(series).bind(decision).fetch_one(pool).await?,
            sqlx::query_as(LIST_OF).bind(series).bind(decision).bind(window.limit).bind(window.offset).fetch_all(pool).await?,
        )),
        None => on!(db, pool => (
            sqlx::query_scalar(COUNT).bind(decision).fetch_one(pool).await?,
            sqlx::query_as(LIST).bind(decision).bind(window.limit).bind(window.offset).fetch_all(pool).await?,
        )),
    };
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
        content: row.content.as_deref().and_then(ContentId::parse),
        network: row.network.as_deref().and_then(Network::from_word),
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
