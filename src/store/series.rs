//! Tables `series` and `series_alias`: what is collected.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::domain::{
    edition::Edition,
    gaps::{self, Gap},
    identity::Catalogue,
    release::Kind,
    series::{Announced, Series, Shelf, Status},
    title,
    volume::{VolumeNumber, VolumeSet},
};

use super::{
    Db, OfRows, Result, StoreError, Tx, from_json, from_text, of_rows, on, on_writer, to_json,
    within,
};

/// A want as it is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownWant {
    /// `wanted`, `review` or `on_its_way`.
    pub state: String,
    /// See [`gaps::Cause::word`].
    pub cause: String,
}

/// A row, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// What the deciding needs of it.
    pub series: Series,
    /// Over all its libraries.
    pub shelf: Shelf,
    /// The volumes that live grabs reserve.
    pub on_its_way: VolumeSet,
    /// No one knows of one of these grabs whether the client has it.
    pub in_doubt: bool,
    /// A question about it is open.
    pub is_asked: bool,
    /// Every want that is written down.
    pub wants: HashMap<VolumeNumber, KnownWant>,
    /// Checks in a row that found nothing to send.
    pub fruitless: i64,
    /// When it is its turn again.
    pub search_at: Option<i64>,
    /// How many volumes were missing when it was last looked at.
    pub missing: i64,
    /// When it was last checked.
    pub checked_at: Option<i64>,
    /// When it is to be checked next, if something asked for it.
    pub due_at: Option<i64>,
    /// When what was chosen for it, and waits for room in the budget, is looked at again.
    pub waits_until: Option<i64>,
    /// When it was made.
    pub created_at: i64,
    /// When it was last changed.
    pub updated_at: i64,
}

impl Stored {
    /// What is missing of it.
    pub fn gaps(&self) -> Vec<Gap> {
        gaps::gaps(&self.series, &self.shelf).missing
    }

    /// The volumes that are missing.
    pub fn missing_volumes(&self) -> VolumeSet {
        self.gaps().iter().map(|gap| gap.volume).collect()
    }

    /// The volumes that are missing, and not on their way.
    pub fn free_volumes(&self) -> VolumeSet {
        self.missing_volumes().without(&self.on_its_way)
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    title: String,
    language: String,
    kind: String,
    monitored: bool,
    auto_send: bool,
    wanted_from: Option<i64>,
    wanted_to: Option<i64>,
    ignored: String,
    total: Option<i64>,
    stated_total: Option<i64>,
    announced_total: Option<i64>,
    announced_by: Option<String>,
    announced_before_libraries: bool,
    announced_specials: String,
    specials: String,
    sources: String,
    not_aliases: String,
    edition: String,
    editions: String,
    profile: Option<String>,
    fruitless: i64,
    search_at: Option<i64>,
    aliases: Option<String>,
    wants: Option<String>,
    on_its_way: Option<String>,
    in_doubt: bool,
    is_asked: bool,
    present: String,
    damaged: String,
    doubtful: String,
    vanished: String,
    missing: i64,
    due_at: Option<i64>,
    checked_at: Option<i64>,
    waits_until: Option<i64>,
    created_at: i64,
    updated_at: i64,
}

macro_rules! columns {
    () => {
        "id, title, language, kind, monitored, auto_send, wanted_from, wanted_to, ignored, total, stated_total, announced_total,
    announced_by, announced_before_libraries, announced_specials, specials, sources, edition, editions, profile, not_aliases, fruitless, search_at, waits_until,
    present, damaged, doubtful, vanished, missing, due_at, checked_at, created_at, updated_at,
    (SELECT string_agg(alias, '\u{1f}' ORDER BY created_at, alias) FROM series_alias WHERE series_alias.series_id = series.id) AS aliases,
    (SELECT string_agg(CAST(volume AS TEXT) || ' ' || state || ' ' || cause, ',') FROM want WHERE want.series_id = series.id) AS wants,
    (SELECT string_agg(CAST(volume AS TEXT), ',') FROM grab_volume WHERE grab_volume.series_id = series.id AND live) AS on_its_way,
    EXISTS (SELECT 1 FROM grab WHERE grab.series_id = series.id AND grab.state = 'sending') AS in_doubt,
    EXISTS (SELECT 1 FROM review WHERE review.series_id = series.id AND review.state = 'open') AS is_asked"
    };
}

mod filter;

pub use filter::{Filter, Group, groups, list, matching};

const GET: &str = concat!("SELECT ", columns!(), " FROM series WHERE id = $1");
/// SQLite has one writer at a time; PostgreSQL has to be told to keep the row.
const LOCK: &str = "SELECT id FROM series WHERE id = $1 FOR UPDATE";
const OF_IDS: OfRows = of_rows!(
    concat!("SELECT ", columns!()),
    "JOIN series ON series.id = CAST(CAST(value AS TEXT) AS BIGINT) ORDER BY series.id"
);
/// SQLite has one writer at a time. Row by row, this and others that write several series would wait for each other.
const HOLD_ALL: &str = "LOCK TABLE series IN EXCLUSIVE MODE";
const NAMES: &str = "SELECT id, folded, language, edition, kind, false AS is_alias FROM series
    UNION ALL SELECT series.id, series_alias.folded, language, edition, kind, true FROM series_alias JOIN series ON series.id = series_alias.series_id
    ORDER BY 6, 1";
const DELETE: &str = "DELETE FROM series WHERE id = $1";
const DECIDED: OfRows = of_rows!(
    "UPDATE series SET monitored = CAST(value ->> 'monitored' AS BOOLEAN), auto_send = CAST(value ->> 'auto_send' AS BOOLEAN),
    wanted_from = CAST(value ->> 'wanted_from' AS BIGINT), wanted_to = CAST(value ->> 'wanted_to' AS BIGINT), ignored = value ->> 'ignored',
    profile = value ->> 'profile', updated_at = $2",
    "WHERE series.id = CAST(value ->> 'id' AS BIGINT)"
);
const TITLES: OfRows = of_rows!(
    "SELECT id, title FROM series WHERE id IN (SELECT CAST(CAST(value AS TEXT) AS BIGINT)",
    ")"
);
const INSERT: &str = "INSERT INTO series (title, folded, language, kind, monitored, auto_send, wanted_from, wanted_to, ignored, total, sources,
    stated_total, edition, editions, profile, not_aliases, specials, present, damaged, doubtful, vanished, missing, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $13, $14, $15, $16, $17, $18, '', '', '', '', 0, $12, $12) RETURNING id";
const UPDATE: &str = "UPDATE series SET title = $2, folded = $3, language = $4, kind = $5, monitored = $6, auto_send = $7, wanted_from = $8,
    wanted_to = $9, ignored = $10, total = $11, sources = $12, updated_at = $13, edition = $14, editions = $15, profile = $16,
    not_aliases = $17, specials = $18 WHERE id = $1";
const SHELF: &str = "UPDATE series SET present = $2, vanished = $3, stated_total = $4, updated_at = $5, damaged = $6, doubtful = $7 WHERE id = $1";
const STATED_TOTAL: &str = "UPDATE series SET stated_total = $2 WHERE id = $1";
const ANNOUNCED: &str = "UPDATE series SET announced_total = $2, announced_by = $3, announced_before_libraries = $4, announced_specials = $5,
    announced_status = $6 WHERE id = $1";
const MISSING: &str = "UPDATE series SET missing = $2 WHERE id = $1";
const CHECKED: OfRows = of_rows!(
    "UPDATE series SET checked_at = CAST(value ->> 'at' AS BIGINT),
    due_at = CASE WHEN due_at <= CAST(value ->> 'done_up_to' AS BIGINT) THEN NULL ELSE due_at END,
    fruitless = COALESCE(CAST(value ->> 'fruitless' AS BIGINT), fruitless),
    search_at = COALESCE(CAST(value ->> 'next' AS BIGINT), search_at),
    searched_at = COALESCE(CAST(value ->> 'searched_at' AS BIGINT), searched_at),
    complete_at = COALESCE(CAST(value ->> 'complete_at' AS BIGINT), complete_at)",
    "WHERE series.id = CAST(value ->> 'id' AS BIGINT)"
);
const SEARCH_NOW: &str = "UPDATE series SET fruitless = 0, search_at = NULL WHERE id = $1";
const WAIT: &str = "UPDATE series SET waits_until = $2, waits_since = CASE WHEN $3 THEN $4 ELSE COALESCE(waits_since, $4) END WHERE id = $1";
const WAIT_NO_MORE: &str = "UPDATE series SET waits_until = NULL, waits_since = NULL WHERE id = $1 AND waits_until IS NOT NULL";
const WAIT_LONGER: &str = "UPDATE series SET waits_until = $2 WHERE waits_until <= $1";
const LOOK_AGAIN: &str = "UPDATE series SET waits_until = $1 WHERE waits_until > $1";
const WAITING: &str =
    "SELECT id FROM series WHERE waits_until <= $1 ORDER BY waits_since, id LIMIT $2";
const DUE: &str = "UPDATE series SET due_at = $2 WHERE id = $1 AND (due_at IS NULL OR due_at > $2)";
const TAKE_DUE: &str = "SELECT id FROM series WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2";
const ADD_ALIAS: &str = "INSERT INTO series_alias (series_id, folded, alias, taught, created_at) VALUES ($1, $2, $3, false, $4)
    ON CONFLICT (series_id, folded) DO UPDATE SET alias = excluded.alias, created_at = excluded.created_at";
const KNOWN_ALIASES: &str = "SELECT folded FROM series_alias WHERE series_id = $1";
const REMOVE_ALIAS: &str = "DELETE FROM series_alias WHERE series_id = $1 AND folded = $2";
const TAUGHT: &str = "UPDATE series_alias SET taught = true WHERE series_id = $1 AND folded = $2";
const IS_TAUGHT: &str = "SELECT taught FROM series_alias WHERE series_id = $1 AND folded = $2";
const KNOWN_AS: &str = "SELECT id FROM series WHERE language = $2 AND (folded = $1 OR id IN (SELECT series_id FROM series_alias WHERE folded = $1)) ORDER BY id";
const IDS: &str =
    "SELECT id FROM series WHERE monitored OR NOT $1 ORDER BY COALESCE(checked_at, 0), id";
/// Chosen are those that were searched longest ago; of these, those come first that some indexer could not be asked for: what a night's
/// budget of an indexer does not reach is its first the next time.
const IDS_WITH_GAPS: &str = "SELECT id FROM (SELECT id, complete_at FROM series WHERE monitored AND missing > 0 AND COALESCE(search_at, 0) <= $1
    ORDER BY COALESCE(searched_at, 0), (SELECT MAX(since) FROM want WHERE want.series_id = series.id) DESC, id LIMIT $2) AS turn
    ORDER BY COALESCE(complete_at, 0), id";
const WITH_GAPS: &str = "SELECT id, folded, title FROM series WHERE monitored AND missing > 0
    UNION ALL SELECT series_id, series_alias.folded, alias FROM series_alias JOIN series ON series.id = series_alias.series_id WHERE monitored AND missing > 0
    ORDER BY 1, 2";
const BY_TITLE: &str = "SELECT id FROM series WHERE folded = $1 ORDER BY id";
const CALLED: &str = "SELECT id, title FROM series WHERE folded = $1
    OR id IN (SELECT series_id FROM series_alias WHERE folded = $1) ORDER BY id";
const COUNTS: &str = "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN monitored THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(COALESCE(SUM(CASE WHEN monitored THEN missing ELSE 0 END), 0) AS BIGINT) FROM series";

const MISSING_IN: &str = "SELECT COALESCE(CAST(SUM(missing) AS BIGINT), 0) FROM series
    WHERE id IN (SELECT series_id FROM series_link WHERE library_id = $1)";

/// One.
pub async fn get(db: &Db, id: i64) -> Result<Option<Stored>> {
    let row: Option<Row> =
        on!(db, pool => sqlx::query_as(GET).bind(id).fetch_optional(pool).await?);
    row.map(read).transpose()
}

/// One, inside a transaction; no other transaction changes it until this one ends.
pub async fn get_in(tx: &mut Tx, id: i64) -> Result<Option<Stored>> {
    if let Tx::Postgres(tx) = tx {
        sqlx::query(LOCK).bind(id).fetch_optional(&mut **tx).await?;
    }
    let row: Option<Row> =
        within!(tx, conn => sqlx::query_as(GET).bind(id).fetch_optional(conn).await?);
    row.map(read).transpose()
}

/// No other transaction changes any series until this one ends. Libraries are held before.
pub async fn hold_all(tx: &mut Tx) -> Result<()> {
    if let Tx::Postgres(tx) = tx {
        sqlx::query(HOLD_ALL).execute(&mut **tx).await?;
    }
    Ok(())
}

/// These, by their numbers, inside a transaction.
pub async fn of_ids(tx: &mut Tx, ids: &[i64]) -> Result<Vec<Stored>> {
    let text = OF_IDS.text(tx);
    let rows: Vec<Row> =
        within!(tx, conn => sqlx::query_as(text).bind(to_json(&ids)).fetch_all(conn).await?);
    rows.into_iter().map(read).collect()
}

/// What a series is recognised by in a list of titles.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Named {
    /// Its number.
    pub id: i64,
    /// Its title or an alias, folded.
    pub folded: String,
    /// ISO 639-1.
    pub language: String,
    /// See [`Edition::word`].
    pub edition: String,
    /// See [`Kind::word`].
    pub kind: String,
    /// It is an alias.
    pub is_alias: bool,
}

/// What every series is recognised by: all titles, then all aliases.
pub async fn names(tx: &mut Tx) -> Result<Vec<Named>> {
    Ok(within!(tx, conn => sqlx::query_as(NAMES).fetch_all(conn).await?))
}

/// Writes what was decided of many at once: monitoring, sending, the wanted range, what is ignored, the profile.
pub async fn decided(tx: &mut Tx, series: &[Series], now: i64) -> Result<()> {
    let row = |series: &Series| {
        json!({
            "id": series.id, "monitored": series.monitored, "auto_send": series.auto_send,
            "wanted_from": series.wanted_from.map(VolumeNumber::hundredths), "wanted_to": series.wanted_to.map(VolumeNumber::hundredths),
            "ignored": series.ignored.to_string(), "profile": series.profile,
        })
    };
    let rows: Value = series.iter().map(row).collect();
    let text = DECIDED.text(tx);
    within!(tx, conn => sqlx::query(text).bind(rows.to_string()).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// Removes one with everything that is still known of it.
pub async fn delete(tx: &mut Tx, id: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(DELETE).bind(id).execute(conn).await.map(drop))?;
    Ok(())
}

/// Makes one and answers its number; `series.id` is not looked at.
pub async fn insert(tx: &mut Tx, series: &Series, now: i64) -> Result<i64> {
    let id = within!(&mut *tx, conn => sqlx::query_scalar(INSERT).bind(&series.title).bind(title::fold(&series.title)).bind(&series.language)
        .bind(series.kind.word()).bind(series.monitored).bind(series.auto_send).bind(series.wanted_from.map(VolumeNumber::hundredths))
        .bind(series.wanted_to.map(VolumeNumber::hundredths)).bind(series.ignored.to_string()).bind(series.total.map(i64::from))
        .bind(series.sources.join("\n")).bind(now).bind(series.stated_total.map(i64::from)).bind(series.edition.word().into_owned()).bind(series.editions.to_string()).bind(&series.profile).bind(to_json(&series.not_aliases)).bind(series.specials.to_string()).fetch_one(conn).await?);
    put_aliases(tx, id, &series.aliases, now).await?;
    Ok(id)
}

/// An alias, folded, came to be known by the answer to a review.
pub async fn taught(tx: &mut Tx, series: i64, alias: &str) -> Result<()> {
    within!(tx, conn => sqlx::query(TAUGHT).bind(series).bind(alias).execute(conn).await.map(drop))?;
    Ok(())
}

/// Whether an alias, folded, came to be known by the answer to a review; none when it is not known any more.
pub async fn is_taught(db: &Db, series: i64, alias: &str) -> Result<Option<bool>> {
    Ok(
        on!(db, pool => sqlx::query_scalar(IS_TAUGHT).bind(series).bind(alias).fetch_optional(pool).await?),
    )
}

/// Changes what the user decides of it.
pub async fn update(tx: &mut Tx, series: &Series, now: i64) -> Result<()> {
    within!(&mut *tx, conn => sqlx::query(UPDATE).bind(series.id).bind(&series.title).bind(title::fold(&series.title)).bind(&series.language)
        .bind(series.kind.word()).bind(series.monitored).bind(series.auto_send).bind(series.wanted_from.map(VolumeNumber::hundredths))
        .bind(series.wanted_to.map(VolumeNumber::hundredths)).bind(series.ignored.to_string()).bind(series.total.map(i64::from))
        .bind(series.sources.join("\n")).bind(now).bind(series.edition.word().into_owned()).bind(series.editions.to_string()).bind(&series.profile).bind(to_json(&series.not_aliases)).bind(series.specials.to_string()).execute(conn).await.map(drop))?;
    let known: Vec<String> = within!(&mut *tx, conn => sqlx::query_scalar(KNOWN_ALIASES).bind(series.id).fetch_all(conn).await?);
    for folded in known {
        if !series
            .aliases
            .iter()
            .any(|alias| title::fold(alias) == folded)
        {
            within!(&mut *tx, conn => sqlx::query(REMOVE_ALIAS).bind(series.id).bind(folded).execute(conn).await.map(drop))?;
        }
    }
    put_aliases(tx, series.id, &series.aliases, now).await
}

async fn put_aliases(tx: &mut Tx, id: i64, aliases: &[String], now: i64) -> Result<()> {
    for (place, alias) in aliases.iter().enumerate() {
        // The order in which they were given decides which one is asked for.
        let (at, folded) = (now + place as i64, title::fold(alias));
        let mut before = aliases[..place].iter();
        if before.any(|before| title::fold(before) == folded) {
            continue;
        }
        within!(&mut *tx, conn => sqlx::query(ADD_ALIAS).bind(id).bind(folded).bind(alias).bind(at).execute(conn).await.map(drop))?;
    }
    Ok(())
}

/// Writes what its libraries show, and the number of volumes that they know of.
pub async fn put_shelf(
    tx: &mut Tx,
    id: i64,
    shelf: &Shelf,
    total: Option<u32>,
    now: i64,
) -> Result<()> {
    within!(tx, conn => sqlx::query(SHELF).bind(id).bind(shelf.present.to_string()).bind(shelf.vanished.to_string())
        .bind(total.map(i64::from)).bind(now).bind(shelf.damaged.to_string()).bind(shelf.doubtful.to_string()).execute(conn).await.map(drop))?;
    Ok(())
}

/// The number of volumes that its libraries know of.
pub async fn put_stated_total(tx: &mut Tx, id: i64, total: Option<u32>) -> Result<()> {
    within!(tx, conn => sqlx::query(STATED_TOTAL).bind(id).bind(total.map(i64::from)).execute(conn).await.map(drop))?;
    Ok(())
}

/// How many volumes are out where it is collected, and whether more are to be expected, as catalogues say.
pub async fn put_announced(
    tx: &mut Tx,
    id: i64,
    announced: Option<&Announced>,
    status: Option<Status>,
) -> Result<()> {
    let total = announced.map(|announced| i64::from(announced.total));
    let by = announced.map(|announced| announced.by.word());
    let first = announced.is_some_and(|announced| announced.before_libraries);
    let specials = announced.map(|announced| announced.specials.to_string());
    within!(tx, conn => sqlx::query(ANNOUNCED).bind(id).bind(total).bind(by).bind(first).bind(specials.unwrap_or_default())
        .bind(status.map(Status::word)).execute(conn).await.map(drop))?;
    Ok(())
}

/// How many of its volumes are missing.
pub async fn put_missing(tx: &mut Tx, id: i64, missing: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(MISSING).bind(id).bind(missing).execute(conn).await.map(drop))?;
    Ok(())
}

/// That a series was checked.
#[derive(Clone, Copy, Debug)]
pub struct Checked {
    /// Which.
    pub id: i64,
    /// When it was.
    pub at: i64,
    /// What asked for a check up to then is done by this one; later marks stay. None when nothing is done by it.
    pub done_up_to: Option<i64>,
    /// None when no source answered, or none was to be asked.
    pub search: Option<Searched>,
}

/// A search of a series' sources.
#[derive(Clone, Copy, Debug)]
pub struct Searched {
    /// Searches in a row that found nothing to send.
    pub fruitless: i64,
    /// When it is its turn again.
    pub next: i64,
    /// Every source, and every indexer behind it, was asked and answered.
    pub complete: bool,
}

/// They were checked. One that is not there any more is left out.
pub async fn checked(tx: &mut Tx, series: impl Iterator<Item = Checked>) -> Result<()> {
    let row = |checked: Checked| {
        let search = checked.search;
        json!({
            "id": checked.id, "at": checked.at, "done_up_to": checked.done_up_to,
            "fruitless": search.map(|search| search.fruitless), "next": search.map(|search| search.next),
            "searched_at": search.map(|_| checked.at),
            "complete_at": search.filter(|search| search.complete).map(|_| checked.at),
        })
    };
    let rows: Value = series.map(row).collect();
    let put = CHECKED.text(tx);
    within!(tx, conn => sqlx::query(put).bind(rows.to_string()).execute(conn).await.map(drop))?;
    Ok(())
}

/// It is its turn now, however little was found before.
pub async fn search_now(tx: &mut Tx, id: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(SEARCH_NOW).bind(id).execute(conn).await.map(drop))?;
    Ok(())
}

/// Something was picked for it that waits for room in the budget. One that has had its share goes to the end of the line.
pub async fn wait(tx: &mut Tx, id: i64, until: i64, had_its_share: bool, now: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(WAIT).bind(id).bind(until).bind(had_its_share).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// Nothing waits for it any more.
pub async fn wait_no_more(tx: &mut Tx, id: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(WAIT_NO_MORE).bind(id).execute(conn).await.map(drop))?;
    Ok(())
}

/// Nothing of what waits now is looked at again before then.
pub async fn wait_longer(db: &Db, now: i64, until: i64) -> Result<()> {
    on_writer!(db, pool => sqlx::query(WAIT_LONGER).bind(now).bind(until).execute(pool).await.map(drop))?;
    Ok(())
}

/// Everything that waits is looked at again now: there may be more room.
pub async fn look_again(tx: &mut Tx, now: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(LOOK_AGAIN).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// Those whose picks are to be looked at again, the longest waiting first.
pub async fn waiting(db: &Db, now: i64, limit: i64) -> Result<Vec<i64>> {
    Ok(on!(db, pool => sqlx::query_scalar(WAITING).bind(now).bind(limit).fetch_all(pool).await?))
}

/// The titles of these.
pub async fn titles(db: &Db, ids: &[i64]) -> Result<HashMap<i64, String>> {
    let text = TITLES.text_on(db);
    let rows: Vec<(i64, String)> =
        on!(db, pool => sqlx::query_as(text).bind(to_json(&ids)).fetch_all(pool).await?);
    Ok(rows.into_iter().collect())
}

/// The titles and aliases of every monitored series with missing volumes, folded and as they are written.
pub async fn names_with_gaps(db: &Db) -> Result<Vec<(i64, String, String)>> {
    Ok(on!(db, pool => sqlx::query_as(WITH_GAPS).fetch_all(pool).await?))
}

/// Marks it due at a time; an earlier mark stays.
pub async fn mark_due(tx: &mut Tx, id: i64, at: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(DUE).bind(id).bind(at).execute(conn).await.map(drop))?;
    Ok(())
}

/// Those that are due, the longest waiting first.
pub async fn due(db: &Db, now: i64, limit: i64) -> Result<Vec<i64>> {
    Ok(on!(db, pool => sqlx::query_scalar(TAKE_DUE).bind(now).bind(limit).fetch_all(pool).await?))
}

/// Series of a language with exactly this title or alias, folded.
pub async fn known_as(tx: &mut Tx, folded: &str, language: &str) -> Result<Vec<i64>> {
    Ok(
        within!(tx, conn => sqlx::query_scalar(KNOWN_AS).bind(folded).bind(language).fetch_all(conn).await?),
    )
}

/// Series with exactly this title, in any language.
pub async fn by_title(db: &Db, name: &str) -> Result<Vec<i64>> {
    Ok(on!(db, pool => sqlx::query_scalar(BY_TITLE).bind(title::fold(name)).fetch_all(pool).await?))
}

/// Series that have exactly this title or alias, in any language, with their titles.
pub async fn called(db: &Db, name: &str) -> Result<Vec<(i64, String)>> {
    Ok(on!(db, pool => sqlx::query_as(CALLED).bind(title::fold(name)).fetch_all(pool).await?))
}

/// Every series, or every monitored one, the longest unchecked first.
pub async fn ids(db: &Db, only_monitored: bool) -> Result<Vec<i64>> {
    Ok(on!(db, pool => sqlx::query_scalar(IDS).bind(only_monitored).fetch_all(pool).await?))
}

/// Monitored series with missing volumes whose turn it is: those that were searched longest ago, of these the ones with the newest gaps.
pub async fn ids_with_gaps(db: &Db, now: i64, limit: i64) -> Result<Vec<i64>> {
    Ok(
        on!(db, pool => sqlx::query_scalar(IDS_WITH_GAPS).bind(now).bind(limit).fetch_all(pool).await?),
    )
}

/// Series, monitored series, and the missing volumes of these.
pub async fn counts(db: &Db) -> Result<(i64, i64, i64)> {
    Ok(on!(db, pool => sqlx::query_as(COUNTS).fetch_one(pool).await?))
}

/// Missing volumes of the series that a library shows.
pub async fn missing_in(tx: &mut Tx, library: i64) -> Result<i64> {
    Ok(within!(tx, conn => sqlx::query_scalar(MISSING_IN).bind(library).fetch_one(conn).await?))
}

fn read(row: Row) -> Result<Stored> {
    let volume = |hundredths: Option<i64>| hundredths.and_then(VolumeNumber::from_hundredths);
    let total = row
        .announced_total
        .and_then(|total| u32::try_from(total).ok());
    let by = row.announced_by.as_deref().and_then(Catalogue::from_word);
    let announced = match (total, by) {
        (Some(total), Some(by)) => Some(Announced {
            total,
            by,
            before_libraries: row.announced_before_libraries,
            specials: from_text("series.announced_specials", &row.announced_specials)?,
        }),
        _ => None,
    };
    let series = Series {
        id: row.id,
        title: row.title,
        aliases: row
            .aliases
            .iter()
            .flat_map(|all| all.split('\u{1f}'))
            .map(str::to_owned)
            .collect(),
        language: row.language,
        kind: Kind::from_word(&row.kind).ok_or(StoreError::Unreadable {
            place: "series.kind",
        })?,
        monitored: row.monitored,
        auto_send: row.auto_send,
        wanted_from: volume(row.wanted_from),
        wanted_to: volume(row.wanted_to),
        ignored: from_text("series.ignored", &row.ignored)?,
        total: row.total.and_then(|total| u32::try_from(total).ok()),
        stated_total: row.stated_total.and_then(|total| u32::try_from(total).ok()),
        announced,
        specials: from_text("series.specials", &row.specials)?,
        not_aliases: from_json("series.not_aliases", &row.not_aliases)?,
        sources: row.sources.lines().map(str::to_owned).collect(),
        edition: Edition::from_word(&row.edition).ok_or(StoreError::Unreadable {
            place: "series.edition",
        })?,
        editions: from_text("series.editions", &row.editions)?,
        profile: row.profile,
    };
    let shelf = Shelf {
        present: from_text("series.present", &row.present)?,
        damaged: from_text("series.damaged", &row.damaged)?,
        doubtful: from_text("series.doubtful", &row.doubtful)?,
        vanished: from_text("series.vanished", &row.vanished)?,
    };
    let wants = row.wants.iter().flat_map(|all| all.split(','));
    let want = |want: &str| {
        let (volume, stands) = want.split_once(' ')?;
        let (state, cause) = stands.split_once(' ')?;
        let known = KnownWant {
            state: state.to_owned(),
            cause: cause.to_owned(),
        };
        Some((read_volume(volume)?, known))
    };
    let wants: Option<_> = wants.map(want).collect();
    let on_its_way = row.on_its_way.iter().flat_map(|all| all.split(','));
    let on_its_way: Option<_> = on_its_way.map(read_volume).collect();
    let unreadable = |place| StoreError::Unreadable { place };
    let (missing, checked_at, due_at) = (row.missing, row.checked_at, row.due_at);
    Ok(Stored {
        fruitless: row.fruitless,
        search_at: row.search_at,
        series,
        shelf,
        on_its_way: on_its_way.ok_or(unreadable("grab_volume.volume"))?,
        in_doubt: row.in_doubt,
        is_asked: row.is_asked,
        wants: wants.ok_or(unreadable("want.volume"))?,
        missing,
        checked_at,
        due_at,
        waits_until: row.waits_until,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

/// From hundredths.
fn read_volume(text: &str) -> Option<VolumeNumber> {
    VolumeNumber::from_hundredths(text.parse().ok()?)
}
