//! Table `review`: one open question per series and cause, with its candidates.

use serde_json::{Value, json};

use crate::domain::volume::VolumeSet;

use super::{
    Db, OfRows, Page, Result, Tx, Window, from_json, from_text, of_rows, on, series::Stored,
    to_json, within,
};

/// The cause of a question about a better copy of what is on the shelf.
pub const UPGRADE: &str = "upgrade";
/// The cause of a question about what nothing but a switch or a fault keeps from being sent by itself.
pub const APPROVAL: &str = "approval";
/// The cause of a question about what came of a grab.
pub const ARRIVED: &str = "arrived";
/// Candidates that a question keeps.
pub const MOST_CANDIDATES: usize = 20;

/// A row, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// Our own number for it.
    pub id: i64,
    /// Of this series.
    pub series_id: i64,
    /// The code of the reason that has to be looked at; `approval` where nothing is sent by itself.
    pub cause: String,
    /// `open`, `approved`, `rejected` or `closed`.
    pub state: String,
    /// The missing volumes that its candidates hold.
    pub volumes: VolumeSet,
    /// Numbers of the offers, best first.
    pub candidates: Vec<i64>,
    /// The question, in a sentence.
    pub message: String,
    /// When it was asked.
    pub created_at: i64,
    /// When a candidate was last added.
    pub updated_at: i64,
    /// When it was answered or closed itself.
    pub ended_at: Option<i64>,
}

/// A question that came up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// See [`Review::cause`].
    pub cause: String,
    /// See [`Review::volumes`].
    pub volumes: VolumeSet,
    /// See [`Review::candidates`].
    pub candidates: Vec<i64>,
    /// See [`Review::message`].
    pub message: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    series_id: i64,
    cause: String,
    state: String,
    volumes: String,
    candidates: String,
    message: String,
    created_at: i64,
    updated_at: i64,
    ended_at: Option<i64>,
}

macro_rules! columns {
    () => {
        "id, series_id, cause, state, volumes, candidates, message, created_at, updated_at, ended_at"
    };
}

const OPEN_OF: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM review WHERE series_id = $1 AND state = 'open' ORDER BY id"
);
const GET: &str = concat!("SELECT ", columns!(), " FROM review WHERE id = $1");
const COUNT: &str =
    "SELECT COUNT(*) FROM review WHERE ($1 = '' OR state = $1) AND ($2 < 0 OR series_id = $2)";
const LIST: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM review WHERE ($1 = '' OR state = $1) AND ($2 < 0 OR series_id = $2) ORDER BY updated_at DESC, id DESC LIMIT $3 OFFSET $4"
);
const OPENED_SINCE: &str = "SELECT COUNT(*) FROM review WHERE state = 'open' AND created_at >= $1";
const COUNT_LIKE: &str = "SELECT COUNT(*) FROM review WHERE state = 'open' AND ($1 = '' OR cause = $1) AND ($2 < 0 OR series_id = $2)";
const OPEN_LIKE: &str = "SELECT id FROM review WHERE state = 'open' AND ($1 = '' OR cause = $1) AND ($2 < 0 OR series_id = $2) ORDER BY id LIMIT $3";
const PUT: OfRows = of_rows!(
    "INSERT INTO review (series_id, cause, state, volumes, candidates, message, created_at, updated_at)
    SELECT $2, value ->> 'cause', 'open', value ->> 'volumes', value ->> 'candidates', value ->> 'message', $3, $3",
    "WHERE true ON CONFLICT (series_id, cause) WHERE state = 'open' DO UPDATE SET volumes = excluded.volumes,
    candidates = excluded.candidates, message = excluded.message, updated_at = excluded.updated_at"
);
// What is sent for some of its volumes may have closed it; see `END`.
const ASK_ON: &str = "UPDATE review SET state = 'open', ended_at = NULL, volumes = $2, candidates = $3, updated_at = $4
    WHERE id = $1 AND state IN ('open', 'closed')";
// An approval sends, and what is sent closes the question before its answer is written.
const END: &str =
    "UPDATE review SET state = $2, ended_at = $3 WHERE id = $1 AND state IN ('open', 'closed')";

/// Writes down what is asked of a series now, beside or together with what was asked before, and closes the questions that are
/// over: none of their volumes is `open` any more, or they came up no more although the search was `complete`. The caller holds the series.
pub async fn ask(
    tx: &mut Tx,
    stored: &Stored,
    asked: Vec<Question>,
    (open, complete): (&VolumeSet, bool),
    now: i64,
) -> Result<()> {
    let series = stored.series.id;
    let known = match stored.is_asked {
        true => open_of(tx, series).await?,
        false => Vec::new(),
    };
    for review in &known {
        let again = asked.iter().any(|question| question.cause == review.cause);
        let gone = complete && review.cause != ARRIVED;
        if !again && (gone || is_over(&review.cause, &review.volumes, (open, &stored.on_its_way))) {
            end(tx, review.id, "closed", now).await?;
        }
    }
    let mut rows = Vec::new();
    for mut question in asked {
        let before = known.iter().find(|known| known.cause == question.cause);
        if let Some(before) = before {
            question.add(before);
        }
        match before {
            _ if !is_over(
                &question.cause,
                &question.volumes,
                (open, &stored.on_its_way),
            ) =>
            {
                rows.push(question.row());
            }
            Some(before) => drop(end(tx, before.id, "closed", now).await?),
            None => {}
        }
    }
    put(tx, series, &rows, now).await
}

/// One more question, whatever else is asked of the series. Its number, when nobody was asked about all of its volumes before.
pub async fn ask_also(
    tx: &mut Tx,
    stored: &Stored,
    mut question: Question,
    now: i64,
) -> Result<Option<i64>> {
    let (series, asked) = (stored.series.id, question.volumes.clone());
    let known = open_of(tx, series).await?;
    let before = known.iter().find(|known| known.cause == question.cause);
    if let Some(before) = before {
        question.add(before);
    }
    put(tx, series, &[question.row()], now).await?;
    if before.is_some_and(|before| asked.without(&before.volumes).is_empty()) {
        return Ok(None);
    }
    let known = open_of(tx, series).await?;
    let mut known = known.iter();
    let review = known.find(|known| known.cause == question.cause);
    Ok(review.map(|review| review.id))
}

async fn put(tx: &mut Tx, series: i64, rows: &[Value], now: i64) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let put = PUT.text(tx);
    within!(tx, conn => sqlx::query(put).bind(to_json(&rows)).bind(series).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

impl Question {
    /// What was asked before stays, behind what is asked now.
    fn add(&mut self, before: &Review) {
        let older = before.candidates.iter().copied();
        let older: Vec<i64> = older.filter(|id| !self.candidates.contains(id)).collect();
        self.candidates.extend(older);
        self.volumes.extend_with(&before.volumes);
    }

    fn row(&self) -> Value {
        let kept = self.candidates.len().min(MOST_CANDIDATES);
        json!({
            "cause": self.cause, "volumes": self.volumes.to_string(),
            "candidates": to_json(&&self.candidates[..kept]), "message": self.message,
        })
    }
}

/// None of its volumes is missing and free. A better copy of what is there waits for its answer; what came, as long as one is reserved.
fn is_over(cause: &str, volumes: &VolumeSet, (open, reserved): (&VolumeSet, &VolumeSet)) -> bool {
    match cause {
        UPGRADE => false,
        ARRIVED => volumes.common_with(reserved).is_empty(),
        _ => volumes.common_with(open).is_empty(),
    }
}

/// Questions close themselves when none of their volumes is missing and free any more.
pub async fn settle(
    tx: &mut Tx,
    series: i64,
    (open, reserved): (&VolumeSet, &VolumeSet),
    now: i64,
) -> Result<()> {
    for review in open_of(tx, series).await? {
        if is_over(&review.cause, &review.volumes, (open, reserved)) {
            end(tx, review.id, "closed", now).await?;
        }
    }
    Ok(())
}

/// A part of it was answered: these volumes and candidates are left.
pub async fn ask_on(
    tx: &mut Tx,
    id: i64,
    volumes: &VolumeSet,
    candidates: &[i64],
    now: i64,
) -> Result<()> {
    within!(tx, conn => sqlx::query(ASK_ON).bind(id).bind(volumes.to_string()).bind(to_json(&candidates)).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// How many questions asked since then are open.
pub async fn opened_since(tx: &mut Tx, since: i64) -> Result<i64> {
    Ok(within!(tx, conn => sqlx::query_scalar(OPENED_SINCE).bind(since).fetch_one(conn).await?))
}

/// It is answered or over. False when it was so already.
pub async fn end(tx: &mut Tx, id: i64, state: &str, now: i64) -> Result<bool> {
    Ok(
        within!(tx, conn => sqlx::query(END).bind(id).bind(state).bind(now).execute(conn).await?.rows_affected())
            > 0,
    )
}

/// Those of a series that are open.
pub async fn open_of(tx: &mut Tx, series: i64) -> Result<Vec<Review>> {
    let rows: Vec<Row> =
        within!(tx, conn => sqlx::query_as(OPEN_OF).bind(series).fetch_all(conn).await?);
    rows.into_iter().map(read).collect()
}

/// One.
pub async fn get(db: &Db, id: i64) -> Result<Option<Review>> {
    let row: Option<Row> =
        on!(db, pool => sqlx::query_as(GET).bind(id).fetch_optional(pool).await?);
    row.map(read).transpose()
}

/// The latest first. `state` may be empty.
pub async fn list(
    db: &Db,
    state: &str,
    series: Option<i64>,
    window: Window,
) -> Result<Page<Review>> {
    let series = series.unwrap_or(-1);
    let total =
        on!(db, pool => sqlx::query_scalar(COUNT).bind(state).bind(series).fetch_one(pool).await?);
    let rows: Vec<Row> = on!(db, pool => sqlx::query_as(LIST).bind(state).bind(series).bind(window.limit).bind(window.offset).fetch_all(pool).await?);
    Ok(Page {
        total,
        records: rows.into_iter().map(read).collect::<Result<_>>()?,
    })
}

/// Numbers of the open ones of a cause, of a series or of both, the oldest first. `cause` may be empty.
pub async fn open_like(db: &Db, cause: &str, series: Option<i64>, limit: i64) -> Result<Page<i64>> {
    let series = series.unwrap_or(-1);
    let total = on!(db, pool => sqlx::query_scalar(COUNT_LIKE).bind(cause).bind(series).fetch_one(pool).await?);
    let records = on!(db, pool => sqlx::query_scalar(OPEN_LIKE).bind(cause).bind(series).bind(limit).fetch_all(pool).await?);
    Ok(Page { total, records })
}

fn read(row: Row) -> Result<Review> {
    Ok(Review {
        id: row.id,
        series_id: row.series_id,
        cause: row.cause,
        state: row.state,
        volumes: from_text("review.volumes", &row.volumes)?,
        candidates: from_json("review.candidates", &row.candidates)?,
        message: row.message,
        created_at: row.created_at,
        updated_at: row.updated_at,
        ended_at: row.ended_at,
    })
}
