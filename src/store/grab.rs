//! Tables `grab` and `grab_volume`: what was sent, and which volumes it reserves. The unique index over live volumes is the last word.
//! [`choosing`]: which files of it are fetched. [`arriving`]: what keeps what came from the shelf. [`leaving`]: what goes out of its client.

pub mod arriving;
pub mod choosing;
pub mod leaving;

use serde_json::{Value, json};

use crate::domain::{
    following::{Doing, Track},
    grab::GrabState,
    link::ContentId,
    selection::Choosing,
    volume::VolumeSet,
};

use super::{
    Db, OfRows, Page, Result, StoreError, Tx, Window, from_json, from_text, grab_volume, of_rows,
    on, within,
};

/// A row, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grab {
    /// Our own number for it.
    pub id: i64,
    /// For which it was sent.
    pub series_id: i64,
    /// What was sent.
    pub offer_id: i64,
    /// The connection that it was sent to.
    pub client_id: i64,
    /// That connection's name.
    pub client: String,
    /// The source that offered it.
    pub source: String,
    /// The indexer behind that.
    pub indexer: String,
    /// What is downloaded.
    pub content: ContentId,
    /// Release name.
    pub title: String,
    /// Bytes.
    pub size: Option<i64>,
    /// The volumes for which it was sent.
    pub reserves: VolumeSet,
    /// Everything that its name promises.
    pub carries: VolumeSet,
    /// The alias by which its name means the series, folded.
    pub alias: Option<String>,
    /// Where it stands.
    pub state: GrabState,
    /// Why it failed.
    pub message: Option<String>,
    /// When it was written down.
    pub created_at: i64,
    /// When the client had it.
    pub sent_at: Option<i64>,
    /// When it was over.
    pub ended_at: Option<i64>,
    /// When anything of it last changed.
    pub updated_at: i64,
    /// It was added to the client from here. What was there before is never touched.
    pub ours: bool,
    /// Which of its files are fetched.
    pub choosing: Choosing,
    /// Paths of those that were chosen, below the folder of [`crate::ports::Contents`]; none when all are.
    pub selected: Option<Vec<String>>,
    /// Bytes of those; none when all are.
    pub selected_bytes: Option<i64>,
    /// The client's own word for its state, when it was last looked at.
    pub client_state: Option<String>,
    /// What the looks at its client said.
    pub track: Track,
    /// Codes of faults in what came that a person has accepted.
    pub accepted: Vec<String>,
    /// Why what came is not on the shelf yet.
    pub problem: Option<String>,
    /// Since when.
    pub problem_since: Option<i64>,
}

/// A grab to be written down.
#[derive(Clone, Debug)]
pub struct NewGrab<'a> {
    /// See [`Grab`] for all of these.
    pub series_id: i64,
    pub offer_id: i64,
    pub client_id: i64,
    pub client: &'a str,
    pub source: &'a str,
    pub indexer: &'a str,
    pub content: &'a ContentId,
    pub title: &'a str,
    pub size: Option<u64>,
    pub reserves: &'a VolumeSet,
    pub carries: &'a VolumeSet,
    /// A person sent it: it does not count into the budget of the night.
    pub by_hand: bool,
    /// The alias by which its name means the series, when the title itself does not.
    pub alias: Option<&'a str>,
    /// Which of its files are fetched.
    pub choosing: Choosing,
    /// The client does not have it yet.
    pub ours: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    series_id: i64,
    offer_id: i64,
    client_id: i64,
    client: String,
    source: String,
    indexer: String,
    content: String,
    title: String,
    size: Option<i64>,
    reserves: String,
    carries: String,
    alias: Option<String>,
    state: String,
    message: Option<String>,
    created_at: i64,
    sent_at: Option<i64>,
    ended_at: Option<i64>,
    updated_at: i64,
    ours: bool,
    selection: String,
    selected: Option<String>,
    selected_bytes: Option<i64>,
    client_state: Option<String>,
    doing: String,
    done_bytes: i64,
    idle: i64,
    missed: i64,
    looked_at: Option<i64>,
    moved_at: Option<i64>,
    accepted: String,
    problem: Option<String>,
    problem_since: Option<i64>,
}

macro_rules! columns {
    () => {
        "id, series_id, offer_id, client_id, client, source, indexer, content, title, size, reserves, carries, alias, state, message,
    created_at, sent_at, ended_at, updated_at, ours, selection, selected, selected_bytes, client_state, doing, done_bytes, idle, missed, looked_at,
    moved_at, accepted, problem, problem_since"
    };
}
use columns;

const INSERT: &str = "INSERT INTO grab (series_id, offer_id, client_id, client, source, indexer, content, title, size, reserves, carries, state,
    created_at, updated_at, by_hand, alias, ours, selection, doing, done_bytes, idle, missed, accepted)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'sending', $12, $12, $13, $14, $15, $16, 'waiting', 0, 0, 0, '[]') RETURNING id";
const SENT: &str = "UPDATE grab SET state = $2, sent_at = COALESCE(sent_at, $3), updated_at = $3, ours = $4 WHERE id = $1";
const ENDED: &str = "UPDATE grab SET state = $2, message = $3, ended_at = $4, updated_at = $4, problem = NULL, problem_since = NULL, look_at = NULL WHERE id = $1";
const GOT_ON: &str = "UPDATE grab SET state = $2, updated_at = $3, problem = NULL, problem_since = NULL, look_at = NULL WHERE id = $1";
const COUNT_LIVE: &str = "SELECT COUNT(*) FROM grab WHERE state IN ('sending', 'queued', 'downloading', 'done', 'verified', 'placed')";
const LIVE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM grab WHERE state IN ('sending', 'queued', 'downloading', 'done', 'verified', 'placed') ORDER BY id DESC LIMIT $1 OFFSET $2"
);
const IN_CLIENTS: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM grab WHERE state IN ('sending', 'queued', 'downloading', 'done') ORDER BY id"
);
const IS_SHARED: &str =
    "SELECT COUNT(*) FROM grab WHERE client_id = $1 AND content = $2 AND id <> $3
    AND state IN ('sending', 'queued', 'downloading', 'done', 'verified')";
const WAS_OURS: &str =
    "SELECT COUNT(*) FROM grab WHERE client_id = $1 AND content = $2 AND id <> $3 AND ours";
const FOLLOWED: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM grab WHERE client_id = $1 AND state IN ('queued', 'downloading', 'done') ORDER BY id"
);
const LAST_MOVED: &str = "SELECT MAX(moved_at) FROM grab WHERE client_id = $1";
const LOOKED: OfRows = of_rows!(
    "UPDATE grab SET client_state = value ->> 'client_state', doing = value ->> 'doing', done_bytes = CAST(value ->> 'done_bytes' AS BIGINT),
    idle = CAST(value ->> 'idle' AS BIGINT), missed = CAST(value ->> 'missed' AS BIGINT),
    looked_at = CAST(value ->> 'looked_at' AS BIGINT), moved_at = CAST(value ->> 'moved_at' AS BIGINT)",
    "WHERE grab.id = CAST(value ->> 'id' AS BIGINT)"
);
const DOUBTED: &str = "UPDATE grab SET updated_at = $2 WHERE id = $1 AND state = 'sending'";
const RESTS_ON: &str = "UPDATE grab SET alias = $2 WHERE id = $1";
const SENT_FOR: &str = "SELECT created_at, reserves FROM grab WHERE series_id = $1";
const GET: &str = concat!("SELECT ", columns!(), " FROM grab WHERE id = $1");
const IN_DOUBT: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM grab WHERE state = 'sending' AND ($1 < 0 OR series_id = $1) ORDER BY id"
);
const SENT_BY: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM grab WHERE series_id = $1 AND alias = $2"
);
const COUNT: &str = "SELECT COUNT(*) FROM grab WHERE ($1 = '' OR state = $1) AND ($2 < 0 OR series_id = $2) AND ($3 = '' OR alias = $3)";
const LIST: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM grab WHERE ($1 = '' OR state = $1) AND ($2 < 0 OR series_id = $2) AND ($3 = '' OR alias = $3) ORDER BY id DESC LIMIT $4 OFFSET $5"
);
const SENT_SINCE: &str = "SELECT COUNT(*), CAST(COALESCE(SUM(COALESCE(selected_bytes, size)), 0) AS BIGINT) FROM grab WHERE created_at >= $1 AND NOT by_hand AND state <> 'failed'";
const IN_CLIENT: &str = "SELECT content, COALESCE(selected_bytes, size) AS size, created_at FROM grab WHERE client_id = $1 AND state IN ('sending', 'queued', 'downloading', 'done')";
const ALL_CONTENTS: &str = "SELECT DISTINCT content FROM grab";
/// The number is ours alone within this database.
const LOCK_BUDGET: &str = "SELECT pg_advisory_xact_lock(7062)";
const OF_CLIENT: &str = "SELECT COUNT(*) FROM grab WHERE client_id = $1 AND state IN ('sending', 'queued', 'downloading', 'done')";

/// Writes a grab down and reserves its volumes. A conflict ([`StoreError::is_conflict`]) means that one of them is already on its way.
pub async fn insert(tx: &mut Tx, grab: &NewGrab<'_>, now: i64) -> Result<i64> {
    let id: i64 = within!(&mut *tx, conn => sqlx::query_scalar(INSERT).bind(grab.series_id).bind(grab.offer_id).bind(grab.client_id).bind(grab.client)
        .bind(grab.source).bind(grab.indexer).bind(grab.content.as_text()).bind(grab.title).bind(grab.size.map(|size| size as i64))
        .bind(grab.reserves.to_string()).bind(grab.carries.to_string()).bind(now).bind(grab.by_hand).bind(grab.alias).bind(grab.ours).bind(grab.choosing.word()).fetch_one(conn).await?);
    grab_volume::reserve(tx, id, grab.series_id, grab.reserves).await?;
    Ok(id)
}

/// The client has it; `ours` when it was added from here.
pub async fn sent(tx: &mut Tx, id: i64, ours: bool, now: i64) -> Result<()> {
    let state = GrabState::Queued.word();
    within!(&mut *tx, conn => sqlx::query(SENT).bind(id).bind(state).bind(now).bind(ours).execute(conn).await.map(drop))?;
    grab_volume::all_are(tx, id, state).await
}

/// Its client gave no answer that says whether it has it.
pub async fn doubted(tx: &mut Tx, id: i64, now: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(DOUBTED).bind(id).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// Its name means the series by this alias, folded.
pub async fn rests_on(tx: &mut Tx, id: i64, alias: &str) -> Result<()> {
    within!(tx, conn => sqlx::query(RESTS_ON).bind(id).bind(alias).execute(conn).await.map(drop))?;
    Ok(())
}

/// One, inside a transaction.
pub async fn get_in(tx: &mut Tx, id: i64) -> Result<Option<Grab>> {
    let row: Option<Row> =
        within!(tx, conn => sqlx::query_as(GET).bind(id).fetch_optional(conn).await?);
    row.map(read).transpose()
}

/// It got on, and still brings what it was sent for. Once it was looked into, each of its volumes has a state of its own.
pub async fn got_on(tx: &mut Tx, id: i64, state: GrabState, now: i64) -> Result<()> {
    within!(&mut *tx, conn => sqlx::query(GOT_ON).bind(id).bind(state.word()).bind(now).execute(conn).await.map(drop))?;
    match state.is_followed() {
        true => grab_volume::all_are(tx, id, state.word()).await,
        false => Ok(()),
    }
}

/// Those that are not over, newest first.
pub async fn live(db: &Db, window: Window) -> Result<Page<Grab>> {
    let total = on!(db, pool => sqlx::query_scalar(COUNT_LIVE).fetch_one(pool).await?);
    let rows: Vec<Row> = on!(db, pool => sqlx::query_as(LIVE).bind(window.limit).bind(window.offset).fetch_all(pool).await?);
    Ok(Page {
        total,
        records: rows.into_iter().map(read).collect::<Result<_>>()?,
    })
}

/// Another grab that is not over waits for the same download.
pub async fn is_shared(db: &Db, grab: &Grab) -> Result<bool> {
    let others: i64 = on!(db, pool => sqlx::query_scalar(IS_SHARED).bind(grab.client_id).bind(grab.content.as_text()).bind(grab.id).fetch_one(pool).await?);
    Ok(others > 0)
}

/// An earlier grab put the same download into the same client.
pub async fn was_ours(db: &Db, grab: &Grab) -> Result<bool> {
    let others: i64 = on!(db, pool => sqlx::query_scalar(WAS_OURS).bind(grab.client_id).bind(grab.content.as_text()).bind(grab.id).fetch_one(pool).await?);
    Ok(others > 0)
}

/// It ended in this state and will bring nothing; its volumes are free again.
pub async fn failed(tx: &mut Tx, id: i64, state: GrabState, message: &str, now: i64) -> Result<()> {
    let state = state.word();
    within!(&mut *tx, conn => sqlx::query(ENDED).bind(id).bind(state).bind(Some(message).filter(|message| !message.is_empty())).bind(now).execute(conn).await.map(drop))?;
    grab_volume::release(tx, id, state).await
}

/// The library shows these volumes, which live grabs reserve: they are reserved no more, and a grab without any left is over.
pub async fn arrived(tx: &mut Tx, series: i64, volumes: &VolumeSet, now: i64) -> Result<()> {
    for grab in grab_volume::arrived(tx, series, volumes).await? {
        if grab_volume::live_of(tx, grab).await?.is_empty() {
            let state = GrabState::OnShelf.word();
            within!(&mut *tx, conn => sqlx::query(ENDED).bind(grab).bind(state).bind(None::<String>).bind(now).execute(conn).await.map(drop))?;
        }
    }
    Ok(())
}

/// When anything was sent for a series, whatever became of it, and for which volumes.
pub async fn sent_for(db: &Db, series: i64) -> Result<Vec<(i64, VolumeSet)>> {
    let rows: Vec<(i64, String)> =
        on!(db, pool => sqlx::query_as(SENT_FOR).bind(series).fetch_all(pool).await?);
    let read = |(at, reserves): (i64, String)| Ok((at, from_text("grab.reserves", &reserves)?));
    rows.into_iter().map(read).collect()
}

/// What was sent by itself since then: how many releases, and their bytes.
pub async fn sent_since(db: &Db, since: i64) -> Result<(i64, i64)> {
    Ok(on!(db, pool => sqlx::query_as(SENT_SINCE).bind(since).fetch_one(pool).await?))
}

/// The same, inside a transaction.
pub async fn sent_since_in(tx: &mut Tx, since: i64) -> Result<(i64, i64)> {
    Ok(within!(tx, conn => sqlx::query_as(SENT_SINCE).bind(since).fetch_one(conn).await?))
}

/// A grab that is not over.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Live {
    /// Its identity, as stored.
    pub content: String,
    /// Bytes that are fetched; none when unknown.
    pub size: Option<i64>,
    /// When it was written down.
    pub created_at: i64,
}

/// The grabs of a client that it is to be asked about.
pub async fn followed(db: &Db, client: i64) -> Result<Vec<Grab>> {
    let rows: Vec<Row> =
        on!(db, pool => sqlx::query_as(FOLLOWED).bind(client).fetch_all(pool).await?);
    rows.into_iter().map(read).collect()
}

/// The grabs of every client that it has, or may have, and that are not looked into yet.
pub async fn in_clients(db: &Db) -> Result<Vec<Grab>> {
    let rows: Vec<Row> = on!(db, pool => sqlx::query_as(IN_CLIENTS).fetch_all(pool).await?);
    rows.into_iter().map(read).collect()
}

/// When anything that was sent to a client last moved, whatever became of it.
pub async fn last_moved(db: &Db, client: i64) -> Result<Option<i64>> {
    Ok(on!(db, pool => sqlx::query_scalar(LAST_MOVED).bind(client).fetch_one(pool).await?))
}

/// A look at grabs: each one's number, the client's word for its state, and what is known now.
pub async fn looked(tx: &mut Tx, looks: &[(i64, Option<String>, Track)]) -> Result<()> {
    let row = |(id, state, track): &(i64, Option<String>, Track)| {
        json!({
            "id": id, "client_state": state, "doing": track.doing.word(), "done_bytes": track.done_bytes, "idle": track.idle,
            "missed": track.missed, "looked_at": track.looked_at, "moved_at": track.moved_at,
        })
    };
    let rows: Value = looks.iter().map(row).collect();
    let put = LOOKED.text(tx);
    within!(tx, conn => sqlx::query(put).bind(rows.to_string()).execute(conn).await.map(drop))?;
    Ok(())
}

/// All grabs of a client that are not over.
pub async fn live_of(db: &Db, client: i64) -> Result<Vec<Live>> {
    Ok(on!(db, pool => sqlx::query_as(IN_CLIENT).bind(client).fetch_all(pool).await?))
}

/// The identities of everything that was ever sent.
pub async fn all_contents(db: &Db) -> Result<Vec<String>> {
    Ok(on!(db, pool => sqlx::query_scalar(ALL_CONTENTS).fetch_all(pool).await?))
}

/// One sender at a time counts what was sent. SQLite has one writer at a time anyway.
pub async fn lock_budget(tx: &mut Tx) -> Result<()> {
    if let Tx::Postgres(tx) = tx {
        sqlx::query(LOCK_BUDGET).execute(&mut **tx).await?;
    }
    Ok(())
}

/// Grabs of which no one knows whether the client has them; of all series when none is given.
pub async fn in_doubt(db: &Db, series: Option<i64>) -> Result<Vec<Grab>> {
    let rows: Vec<Row> =
        on!(db, pool => sqlx::query_as(IN_DOUBT).bind(series.unwrap_or(-1)).fetch_all(pool).await?);
    rows.into_iter().map(read).collect()
}

/// One.
pub async fn get(db: &Db, id: i64) -> Result<Option<Grab>> {
    let row: Option<Row> =
        on!(db, pool => sqlx::query_as(GET).bind(id).fetch_optional(pool).await?);
    row.map(read).transpose()
}

/// Which grabs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter<'a> {
    /// In this state; empty for all.
    pub state: &'a str,
    /// Of a series.
    pub series: Option<i64>,
    /// Of those whose name meant the series by an alias: this one, folded; empty for all.
    pub alias: &'a str,
}

/// Newest first.
pub async fn list(db: &Db, filter: Filter<'_>, window: Window) -> Result<Page<Grab>> {
    let (state, alias, series) = (filter.state, filter.alias, filter.series.unwrap_or(-1));
    let total = on!(db, pool => sqlx::query_scalar(COUNT).bind(state).bind(series).bind(alias).fetch_one(pool).await?);
    let rows: Vec<Row> = on!(db, pool => sqlx::query_as(LIST).bind(state).bind(series).bind(alias).bind(window.limit).bind(window.offset).fetch_all(pool).await?);
    Ok(Page {
        total,
        records: rows.into_iter().map(read).collect::<Result<_>>()?,
    })
}

/// All of a series that were sent because their name means it by this alias, folded.
pub async fn sent_by(tx: &mut Tx, series: i64, alias: &str) -> Result<Vec<Grab>> {
    let rows: Vec<Row> = within!(tx, conn => sqlx::query_as(SENT_BY).bind(series).bind(alias).fetch_all(conn).await?);
    rows.into_iter().map(read).collect()
}

/// How many live grabs a client has.
pub async fn live_of_client(db: &Db, client: i64) -> Result<i64> {
    Ok(on!(db, pool => sqlx::query_scalar(OF_CLIENT).bind(client).fetch_one(pool).await?))
}

fn read(row: Row) -> Result<Grab> {
    Ok(Grab {
        id: row.id,
        series_id: row.series_id,
        offer_id: row.offer_id,
        client_id: row.client_id,
        client: row.client,
        source: row.source,
        indexer: row.indexer,
        content: ContentId::parse(&row.content).ok_or(StoreError::Unreadable {
            place: "grab.content",
        })?,
        title: row.title,
        size: row.size,
        reserves: from_text("grab.reserves", &row.reserves)?,
        carries: from_text("grab.carries", &row.carries)?,
        alias: row.alias,
        state: GrabState::from_word(&row.state).ok_or(StoreError::Unreadable {
            place: "grab.state",
        })?,
        message: row.message,
        created_at: row.created_at,
        sent_at: row.sent_at,
        ended_at: row.ended_at,
        updated_at: row.updated_at,
        ours: row.ours,
        choosing: choosing::from_word(&row.selection)?,
        selected: row
            .selected
            .map(|paths| from_json("grab.selected", &paths))
            .transpose()?,
        selected_bytes: row.selected_bytes,
        client_state: row.client_state,
        track: Track {
            looked_at: row.looked_at,
            doing: Doing::from_word(&row.doing).ok_or(StoreError::Unreadable {
                place: "grab.doing",
            })?,
            done_bytes: row.done_bytes,
            idle: row.idle,
            moved_at: row.moved_at,
            missed: row.missed,
        },
        accepted: from_json("grab.accepted", &row.accepted)?,
        problem: row.problem,
        problem_since: row.problem_since,
    })
}
