//! Rows of a series that are written down as they are, so that they can be written anew under their own numbers.

use serde::{Deserialize, Serialize};

use crate::store::{OfRows, Result, Tx, of_rows, to_json, within};

/// What a series alone has.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Own {
    /// Its row.
    series: Series,
    /// Its other names.
    pub aliases: Vec<Alias>,
    /// What was wanted of it.
    wants: Vec<Want>,
    /// Which series of catalogues it is.
    catalogues: Vec<InCatalogue>,
}

/// A row of `series` without what is derived of others.
#[derive(Clone, Debug, Serialize, Deserialize, sqlx::FromRow)]
struct Series {
    id: i64,
    title: String,
    folded: String,
    language: String,
    kind: String,
    not_aliases: String,
    monitored: bool,
    auto_send: bool,
    wanted_from: Option<i64>,
    wanted_to: Option<i64>,
    ignored: String,
    total: Option<i64>,
    stated_total: Option<i64>,
    specials: String,
    sources: String,
    edition: String,
    editions: String,
    profile: Option<String>,
    present: String,
    damaged: String,
    doubtful: String,
    vanished: String,
    missing: i64,
    checked_at: Option<i64>,
    fruitless: i64,
    search_at: Option<i64>,
    searched_at: Option<i64>,
    complete_at: Option<i64>,
    created_at: i64,
    updated_at: i64,
}

/// A row of `series_alias`.
#[derive(Clone, Debug, Serialize, Deserialize, sqlx::FromRow)]
pub struct Alias {
    /// Folded.
    pub folded: String,
    alias: String,
    /// The answer to a review taught it.
    pub taught: bool,
    created_at: i64,
}

/// A row of `want`.
#[derive(Clone, Debug, Serialize, Deserialize, sqlx::FromRow)]
pub struct Want {
    volume: i64,
    state: String,
    cause: String,
    since: i64,
    overdue: bool,
}

/// A row of `catalogue_link` that says which one it is. What is said there is asked anew.
#[derive(Clone, Debug, Serialize, Deserialize, sqlx::FromRow)]
struct InCatalogue {
    catalogue: String,
    external_id: Option<String>,
    chosen_by: String,
}

/// A row of `offer` whose source and fingerprint another of the other series has.
#[derive(Clone, Debug, Serialize, Deserialize, sqlx::FromRow)]
pub struct Twin {
    /// Its number.
    pub id: i64,
    /// The number of the other's.
    pub twin: i64,
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
    relevance: i64,
    relevance_parts: String,
    first_seen: i64,
    last_seen: i64,
}

/// A row of `blocked` whose fingerprint another of the other series has.
#[derive(Clone, Debug, Serialize, Deserialize, sqlx::FromRow)]
pub struct Blocked {
    id: i64,
    fingerprint: String,
    content: Option<String>,
    title: String,
    size: Option<i64>,
    reason: String,
    created_at: i64,
}

const SERIES: &str = "SELECT id, title, folded, language, kind, not_aliases, monitored, auto_send, wanted_from, wanted_to, ignored, total, stated_total,
    specials, sources, edition, editions, profile, present, damaged, doubtful, vanished, missing, checked_at, fruitless, search_at, searched_at, complete_at,
    created_at, updated_at FROM series WHERE id = $1";
const ALIASES: &str = "SELECT folded, alias, taught, created_at FROM series_alias WHERE series_id = $1 ORDER BY created_at, alias";
const WANTS: &str =
    "SELECT volume, state, cause, since, overdue FROM want WHERE series_id = $1 ORDER BY volume";
const CATALOGUES: &str = "SELECT catalogue, external_id, chosen_by FROM catalogue_link WHERE series_id = $1 AND chosen_by IS NOT NULL ORDER BY catalogue";
const TWINS: &str = "SELECT own.id, other.id AS twin, own.source_id, own.source, own.fingerprint, own.indexer_id, own.indexer, own.language, own.categories,
    own.title, own.size, own.seeders, own.published_at, own.content, own.network, own.term, own.volumes, own.useful, own.decision, own.reasons,
    own.ranking, own.relevance, own.relevance_parts, own.first_seen, own.last_seen
    FROM offer AS own JOIN offer AS other ON other.series_id = $2 AND other.source_id = own.source_id AND other.fingerprint = own.fingerprint
    WHERE own.series_id = $1 ORDER BY own.id";
const BLOCKED: &str = "SELECT own.id, own.fingerprint, own.content, own.title, own.size, own.reason, own.created_at
    FROM blocked AS own JOIN blocked AS other ON other.series_id = $2 AND other.fingerprint = own.fingerprint WHERE own.series_id = $1 ORDER BY own.id";
const PUT_SERIES: OfRows = of_rows!(
    "INSERT INTO series (id, title, folded, language, kind, not_aliases, monitored, auto_send, wanted_from, wanted_to, ignored, total, stated_total,
    specials, sources, edition, editions, profile, present, damaged, doubtful, vanished, missing, checked_at, fruitless, search_at, searched_at, complete_at,
    created_at, updated_at)
    SELECT CAST(value ->> 'id' AS BIGINT), value ->> 'title', value ->> 'folded', value ->> 'language', value ->> 'kind', value ->> 'not_aliases',
    CAST(value ->> 'monitored' AS BOOLEAN), CAST(value ->> 'auto_send' AS BOOLEAN), CAST(value ->> 'wanted_from' AS BIGINT),
    CAST(value ->> 'wanted_to' AS BIGINT), value ->> 'ignored', CAST(value ->> 'total' AS BIGINT), CAST(value ->> 'stated_total' AS BIGINT),
    value ->> 'specials', value ->> 'sources', value ->> 'edition', value ->> 'editions', value ->> 'profile', value ->> 'present', value ->> 'damaged',
    value ->> 'doubtful', value ->> 'vanished', CAST(value ->> 'missing' AS BIGINT), CAST(value ->> 'checked_at' AS BIGINT), CAST(value ->> 'fruitless' AS BIGINT),
    CAST(value ->> 'search_at' AS BIGINT), CAST(value ->> 'searched_at' AS BIGINT), CAST(value ->> 'complete_at' AS BIGINT),
    CAST(value ->> 'created_at' AS BIGINT), CAST(value ->> 'updated_at' AS BIGINT)",
    ""
);
const PUT_ALIASES: OfRows = of_rows!(
    "INSERT INTO series_alias (series_id, folded, alias, taught, created_at)
    SELECT $2, value ->> 'folded', value ->> 'alias', CAST(value ->> 'taught' AS BOOLEAN), CAST(value ->> 'created_at' AS BIGINT)",
    ""
);
const PUT_WANTS: OfRows = of_rows!(
    "INSERT INTO want (series_id, volume, state, cause, since, overdue)
    SELECT $2, CAST(value ->> 'volume' AS BIGINT), value ->> 'state', value ->> 'cause', CAST(value ->> 'since' AS BIGINT),
    CAST(value ->> 'overdue' AS BOOLEAN)",
    "WHERE true ON CONFLICT (series_id, volume) DO NOTHING"
);
const PUT_CATALOGUES: OfRows = of_rows!(
    "INSERT INTO catalogue_link (series_id, catalogue, external_id, chosen_by, due_at)
    SELECT $2, value ->> 'catalogue', value ->> 'external_id', value ->> 'chosen_by', 0",
    "WHERE true ON CONFLICT (series_id, catalogue) DO NOTHING"
);
const PUT_OFFERS: OfRows = of_rows!(
    "INSERT INTO offer (id, series_id, source_id, source, fingerprint, indexer_id, indexer, title, size, seeders, published_at, content,
    network, term, volumes, useful, decision, reasons, ranking, relevance, relevance_parts, first_seen, last_seen, language, categories)
    SELECT CAST(value ->> 'id' AS BIGINT), $2, CAST(value ->> 'source_id' AS BIGINT), value ->> 'source', value ->> 'fingerprint',
    CAST(value ->> 'indexer_id' AS BIGINT), value ->> 'indexer', value ->> 'title', CAST(value ->> 'size' AS BIGINT),
    CAST(value ->> 'seeders' AS BIGINT), CAST(value ->> 'published_at' AS BIGINT), value ->> 'content', value ->> 'network',
    value ->> 'term', value ->> 'volumes', value ->> 'useful', value ->> 'decision', value ->> 'reasons', value ->> 'ranking',
    CAST(value ->> 'relevance' AS BIGINT), value ->> 'relevance_parts', CAST(value ->> 'first_seen' AS BIGINT),
    CAST(value ->> 'last_seen' AS BIGINT), value ->> 'language', value ->> 'categories'",
    "WHERE true ON CONFLICT DO NOTHING"
);
const PUT_BLOCKED: OfRows = of_rows!(
    "INSERT INTO blocked (id, series_id, fingerprint, content, title, size, reason, created_at)
    SELECT CAST(value ->> 'id' AS BIGINT), $2, value ->> 'fingerprint', value ->> 'content', value ->> 'title',
    CAST(value ->> 'size' AS BIGINT), value ->> 'reason', CAST(value ->> 'created_at' AS BIGINT)",
    "WHERE true ON CONFLICT DO NOTHING"
);

/// What a series alone has; the caller holds it.
pub async fn own(tx: &mut Tx, id: i64) -> Result<Own> {
    Ok(Own {
        series: within!(&mut *tx, conn => sqlx::query_as(SERIES).bind(id).fetch_one(conn).await?),
        aliases: within!(&mut *tx, conn => sqlx::query_as(ALIASES).bind(id).fetch_all(conn).await?),
        catalogues: within!(&mut *tx, conn => sqlx::query_as(CATALOGUES).bind(id).fetch_all(conn).await?),
        wants: wants(tx, id).await?,
    })
}

/// What is wanted of a series.
pub async fn wants(tx: &mut Tx, id: i64) -> Result<Vec<Want>> {
    Ok(within!(tx, conn => sqlx::query_as(WANTS).bind(id).fetch_all(conn).await?))
}

/// Offers of a series that another has too.
pub async fn twins(tx: &mut Tx, of: i64, other: i64) -> Result<Vec<Twin>> {
    Ok(within!(tx, conn => sqlx::query_as(TWINS).bind(of).bind(other).fetch_all(conn).await?))
}

/// Releases that are blocked for a series, and for another too.
pub async fn blocked(tx: &mut Tx, of: i64, other: i64) -> Result<Vec<Blocked>> {
    Ok(within!(tx, conn => sqlx::query_as(BLOCKED).bind(of).bind(other).fetch_all(conn).await?))
}

/// Writes a series anew, under its old number.
pub async fn put_own(tx: &mut Tx, own: &Own) -> Result<()> {
    let text = PUT_SERIES.text(tx);
    within!(&mut *tx, conn => sqlx::query(text).bind(to_json(&[&own.series])).execute(conn).await.map(drop))?;
    put(tx, &PUT_ALIASES, own.series.id, &own.aliases).await?;
    put(tx, &PUT_CATALOGUES, own.series.id, &own.catalogues).await?;
    put_wants(tx, own.series.id, &own.wants).await
}

/// Writes wants that are not there.
pub async fn put_wants(tx: &mut Tx, series: i64, wants: &[Want]) -> Result<()> {
    put(tx, &PUT_WANTS, series, wants).await
}

/// Writes offers anew, under their old numbers.
pub async fn put_twins(tx: &mut Tx, series: i64, twins: &[Twin]) -> Result<()> {
    put(tx, &PUT_OFFERS, series, twins).await
}

/// Blocks releases anew, under their old numbers.
pub async fn put_blocked(tx: &mut Tx, series: i64, blocked: &[Blocked]) -> Result<()> {
    put(tx, &PUT_BLOCKED, series, blocked).await
}

async fn put<T: Serialize>(tx: &mut Tx, of_rows: &OfRows, series: i64, rows: &[T]) -> Result<()> {
    let text = of_rows.text(tx);
    within!(tx, conn => sqlx::query(text).bind(to_json(&rows)).bind(series).execute(conn).await.map(drop))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Columns of a table, by the migration.
    fn columns(table: &str) -> Vec<&'static str> {
        let tables = include_str!("../../../migrations/sqlite/0001_first.sql");
        let head = format!("CREATE TABLE {table} (\n");
        let body = tables.split(&head).nth(1).expect("the table");
        let lines = body.split("\n);").next().expect("its columns").lines();
        let words = lines.filter_map(|line| line.split_whitespace().next());
        words
            .filter(|word| word.starts_with(|letter: char| letter.is_ascii_lowercase()))
            .collect()
    }

    #[test]
    fn what_is_written_anew_has_every_column() {
        // Marks of what is to be done soon are made anew; so is what catalogues say, which are asked again.
        let left_out = [
            "due_at",
            "hinted_at",
            "waits_since",
            "waits_until",
            "announced_total",
            "announced_by",
            "announced_before_libraries",
            "announced_specials",
            "announced_status",
            "asked_at",
            "found_at",
            "problem",
        ];
        for (table, put) in [
            ("series", &PUT_SERIES),
            ("series_alias", &PUT_ALIASES),
            ("want", &PUT_WANTS),
            ("catalogue_link", &PUT_CATALOGUES),
            ("offer", &PUT_OFFERS),
            ("blocked", &PUT_BLOCKED),
        ] {
            let listed = put
                .sqlite
                .split(')')
                .next()
                .expect("a list")
                .split(&['(', ',', ' ', '\n'][..]);
            let listed: Vec<&str> = listed.collect();
            for column in columns(table) {
                let is_known = listed.contains(&column) || left_out.contains(&column);
                assert!(
                    is_known,
                    "a merge that is undone loses {table}.{column}: keep it in store/merge/kept.rs"
                );
            }
        }
    }
}
