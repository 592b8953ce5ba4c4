//! Tables `import_list` and `import_list_entry`: lists whose series a library is to hold, and what came of each series.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::domain::{
    identity::Catalogue,
    import_list::{Outcome, State, States},
};

use super::{
    Db, OfRows, Page, Result, StoreError, Tx, Window, from_text, of_rows, on, on_writer, within,
};

/// A list, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportList {
    /// Our own number for it.
    pub id: i64,
    /// Who keeps it.
    pub catalogue: Catalogue,
    /// Whose it is there.
    pub user: String,
    /// What is taken of it.
    pub states: States,
    /// The library that is to hold its series.
    pub library_id: i64,
    /// ISO 639-1; none for the library's.
    pub language: Option<String>,
    /// What is added is monitored.
    pub monitored: bool,
    /// It is read.
    pub enabled: bool,
    /// When it is read next.
    pub due_at: i64,
    /// When it was last read.
    pub read_at: Option<i64>,
    /// It had no more series than were read.
    pub is_whole: bool,
    /// Why it could not be read.
    pub problem: Option<Problem>,
    /// When it was made.
    pub created_at: i64,
    /// When it was last changed.
    pub updated_at: i64,
}

/// Why a list was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// In a sentence.
    pub message: String,
    /// Since when.
    pub since: i64,
    /// It will not pass by itself.
    pub needs_person: bool,
}

/// A series of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id at the catalogue.
    pub external_id: String,
    /// Its title there.
    pub title: String,
    /// How far the owner of the list is.
    pub state: State,
    /// Ours; none when it is left out, or was removed.
    pub series_id: Option<i64>,
    /// What came of it.
    pub outcome: Outcome,
    /// Why it was left out.
    pub why: Option<String>,
    /// When it last stood on the list.
    pub seen_at: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    catalogue: String,
    user_name: String,
    states: String,
    library_id: i64,
    language: Option<String>,
    monitored: bool,
    enabled: bool,
    due_at: i64,
    read_at: Option<i64>,
    is_whole: bool,
    problem: Option<String>,
    problem_at: Option<i64>,
    needs_person: bool,
    created_at: i64,
    updated_at: i64,
}

#[derive(sqlx::FromRow)]
struct EntryRow {
    external_id: String,
    title: String,
    state: String,
    series_id: Option<i64>,
    outcome: String,
    why: Option<String>,
    seen_at: i64,
}

macro_rules! columns {
    () => {
        "id, catalogue, user_name, states, library_id, language, monitored, enabled, due_at, read_at, is_whole, problem, problem_at, needs_person,
    created_at, updated_at"
    };
}

/// What has no series any more was removed by the user.
macro_rules! outcome {
    () => {
        "CASE WHEN outcome IN ('added', 'known') AND series_id IS NULL THEN 'removed' ELSE outcome END"
    };
}

macro_rules! entry_columns {
    () => {
        concat!(
            "external_id, title, state, series_id, ",
            outcome!(),
            " AS outcome, why, seen_at"
        )
    };
}

const LIST: &str = concat!("SELECT ", columns!(), " FROM import_list ORDER BY id");
const GET: &str = concat!("SELECT ", columns!(), " FROM import_list WHERE id = $1");
/// SQLite has one writer at a time; PostgreSQL has to be told to keep the row.
const LOCK: &str = "SELECT id FROM import_list WHERE id = $1 FOR UPDATE";
const DUE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM import_list WHERE catalogue = $1 AND enabled AND due_at <= $2 ORDER BY due_at, id LIMIT 1"
);
const NAMED: &str = "SELECT id FROM import_list WHERE catalogue = $1 AND LOWER(user_name) = LOWER($2) AND library_id = $3";
const INSERT: &str = "INSERT INTO import_list (catalogue, user_name, states, library_id, language, monitored, enabled, due_at, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) RETURNING id";
const UPDATE: &str = "UPDATE import_list SET states = $2, library_id = $3, language = $4, monitored = $5, enabled = $6, due_at = $7, updated_at = $8
    WHERE id = $1";
const DELETE: &str = "DELETE FROM import_list WHERE id = $1";
const READ: &str = "UPDATE import_list SET read_at = $2, due_at = $3, is_whole = $4, problem = NULL, problem_at = NULL, needs_person = false WHERE id = $1";
const NOT_READ: &str = "UPDATE import_list SET problem = $2, problem_at = COALESCE(problem_at, $3), needs_person = $4, due_at = $5 WHERE id = $1";
const NOT_ASKED: &str = "UPDATE import_list SET problem = $3, problem_at = COALESCE(problem_at, $2), needs_person = false
    WHERE catalogue = $1 AND enabled AND due_at <= $2 AND COALESCE(problem, '') <> $3";
const ENTRIES: &str = concat!(
    "SELECT ",
    entry_columns!(),
    " FROM import_list_entry WHERE list_id = $1 ORDER BY id"
);
const COUNT_PAGE: &str = concat!(
    "SELECT COUNT(*) FROM import_list_entry WHERE list_id = $1 AND ($2 = '' OR ",
    outcome!(),
    " = $2)"
);
const PAGE: &str = concat!(
    "SELECT ",
    entry_columns!(),
    " FROM import_list_entry WHERE list_id = $1 AND ($2 = '' OR ",
    outcome!(),
    " = $2) ORDER BY title, id LIMIT $3 OFFSET $4"
);
const COUNTS: &str = concat!(
    "SELECT ",
    outcome!(),
    ", COUNT(*) FROM import_list_entry WHERE list_id = $1 GROUP BY 1"
);
const PUT: OfRows = of_rows!(
    "INSERT INTO import_list_entry (list_id, external_id, title, state, series_id, outcome, why, seen_at)
    SELECT $2, value ->> 'external_id', value ->> 'title', value ->> 'state', CAST(value ->> 'series_id' AS BIGINT), value ->> 'outcome',
    value ->> 'why', $3",
    "WHERE true ON CONFLICT (list_id, external_id) DO UPDATE SET title = excluded.title, state = excluded.state, series_id = excluded.series_id,
    outcome = excluded.outcome, why = excluded.why, seen_at = excluded.seen_at"
);
const FORGET: &str =
    "DELETE FROM import_list_entry WHERE list_id = $1 AND seen_at < $2 AND outcome = 'left_out'";

/// All of them.
pub async fn list(db: &Db) -> Result<Vec<ImportList>> {
    let rows: Vec<Row> = on!(db, pool => sqlx::query_as(LIST).fetch_all(pool).await?);
    rows.into_iter().map(read).collect()
}

/// All of them, inside a transaction.
pub async fn list_in(tx: &mut Tx) -> Result<Vec<ImportList>> {
    let rows: Vec<Row> = within!(tx, conn => sqlx::query_as(LIST).fetch_all(conn).await?);
    rows.into_iter().map(read).collect()
}

/// One.
pub async fn get(db: &Db, id: i64) -> Result<Option<ImportList>> {
    let row: Option<Row> =
        on!(db, pool => sqlx::query_as(GET).bind(id).fetch_optional(pool).await?);
    row.map(read).transpose()
}

/// One, inside a transaction.
pub async fn get_in(tx: &mut Tx, id: i64) -> Result<Option<ImportList>> {
    let row: Option<Row> =
        within!(tx, conn => sqlx::query_as(GET).bind(id).fetch_optional(conn).await?);
    row.map(read).transpose()
}

/// No other transaction changes it until this one ends.
pub async fn lock(tx: &mut Tx, id: i64) -> Result<()> {
    if let Tx::Postgres(tx) = tx {
        sqlx::query(LOCK).bind(id).fetch_optional(&mut **tx).await?;
    }
    Ok(())
}

/// The one of a catalogue that waits the longest.
pub async fn due(db: &Db, catalogue: Catalogue, now: i64) -> Result<Option<ImportList>> {
    let row: Option<Row> = on!(db, pool => sqlx::query_as(DUE).bind(catalogue.word()).bind(now).fetch_optional(pool).await?);
    row.map(read).transpose()
}

/// The one of this user for this library.
pub async fn named(db: &Db, catalogue: Catalogue, user: &str, library: i64) -> Result<Option<i64>> {
    Ok(
        on!(db, pool => sqlx::query_scalar(NAMED).bind(catalogue.word()).bind(user).bind(library).fetch_optional(pool).await?),
    )
}

/// Makes one; a conflict means that there is one of this user for this library. `id` is not looked at.
pub async fn insert(tx: &mut Tx, list: &ImportList, now: i64) -> Result<i64> {
    Ok(
        within!(tx, conn => sqlx::query_scalar(INSERT).bind(list.catalogue.word()).bind(&list.user).bind(list.states.to_string())
        .bind(list.library_id).bind(&list.language).bind(list.monitored).bind(list.enabled).bind(list.due_at).bind(now).fetch_one(conn).await?),
    )
}

/// Changes what the user decides of one, and when it is read; a conflict means the same.
pub async fn update(tx: &mut Tx, list: &ImportList, now: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(UPDATE).bind(list.id).bind(list.states.to_string()).bind(list.library_id).bind(&list.language)
        .bind(list.monitored).bind(list.enabled).bind(list.due_at).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// Removes one with what is known of its entries. False when there was none.
pub async fn delete(tx: &mut Tx, id: i64) -> Result<bool> {
    Ok(within!(tx, conn => sqlx::query(DELETE).bind(id).execute(conn).await?.rows_affected()) > 0)
}

/// It was read, and is read again then.
pub async fn was_read(
    tx: &mut Tx,
    id: i64,
    is_whole: bool,
    (now, due_at): (i64, i64),
) -> Result<()> {
    within!(tx, conn => sqlx::query(READ).bind(id).bind(now).bind(due_at).bind(is_whole).execute(conn).await.map(drop))?;
    Ok(())
}

/// It could not be read, and is tried again then.
pub async fn not_read(db: &Db, id: i64, problem: &Problem, due_at: i64) -> Result<()> {
    on_writer!(db, pool => sqlx::query(NOT_READ).bind(id).bind(&problem.message).bind(problem.since).bind(problem.needs_person).bind(due_at)
        .execute(pool).await.map(drop))?;
    Ok(())
}

/// The lists of a catalogue that are due cannot be read now; they stay due.
pub async fn not_asked(db: &Db, catalogue: Catalogue, why: &str, now: i64) -> Result<()> {
    on_writer!(db, pool => sqlx::query(NOT_ASKED).bind(catalogue.word()).bind(now).bind(why).execute(pool).await.map(drop))?;
    Ok(())
}

/// What came of the series of one when it was read before, by their ids.
pub async fn entries(tx: &mut Tx, list: i64) -> Result<HashMap<String, Entry>> {
    let rows: Vec<EntryRow> =
        within!(tx, conn => sqlx::query_as(ENTRIES).bind(list).fetch_all(conn).await?);
    let entries = rows.into_iter().map(read_entry);
    entries
        .map(|entry| entry.map(|entry| (entry.external_id.clone(), entry)))
        .collect()
}

/// Those of one outcome, or all, by title.
pub async fn page(
    db: &Db,
    list: i64,
    outcome: Option<Outcome>,
    window: Window,
) -> Result<Page<Entry>> {
    let outcome = outcome.map(Outcome::word).unwrap_or_default();
    let total = on!(db, pool => sqlx::query_scalar(COUNT_PAGE).bind(list).bind(outcome).fetch_one(pool).await?);
    let rows: Vec<EntryRow> = on!(db, pool => sqlx::query_as(PAGE).bind(list).bind(outcome).bind(window.limit).bind(window.offset).fetch_all(pool).await?);
    Ok(Page {
        total,
        records: rows.into_iter().map(read_entry).collect::<Result<_>>()?,
    })
}

/// How many there are of each outcome.
pub async fn counts(db: &Db, list: i64) -> Result<Vec<(Outcome, i64)>> {
    let rows: Vec<(String, i64)> =
        on!(db, pool => sqlx::query_as(COUNTS).bind(list).fetch_all(pool).await?);
    let read = |(word, count): (String, i64)| Ok((outcome(&word)?, count));
    rows.into_iter().map(read).collect()
}

/// These stand on it, and this came of them.
pub async fn put(tx: &mut Tx, list: i64, entries: &[Entry], now: i64) -> Result<()> {
    let row = |entry: &Entry| {
        json!({
            "external_id": entry.external_id, "title": entry.title, "state": entry.state.word(), "series_id": entry.series_id,
            "outcome": entry.outcome.word(), "why": entry.why,
        })
    };
    let rows: Value = entries.iter().map(row).collect();
    let text = PUT.text(tx);
    within!(tx, conn => sqlx::query(text).bind(rows.to_string()).bind(list).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// What was left out, and did not stand on it then, is forgotten.
pub async fn forget(tx: &mut Tx, list: i64, then: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(FORGET).bind(list).bind(then).execute(conn).await.map(drop))?;
    Ok(())
}

fn outcome(word: &str) -> Result<Outcome> {
    Outcome::from_word(word).ok_or(StoreError::Unreadable {
        place: "import_list_entry.outcome",
    })
}

fn read(row: Row) -> Result<ImportList> {
    let unreadable = |place| StoreError::Unreadable { place };
    let problem = row.problem.map(|message| Problem {
        message,
        since: row.problem_at.unwrap_or(row.updated_at),
        needs_person: row.needs_person,
    });
    Ok(ImportList {
        id: row.id,
        catalogue: Catalogue::from_word(&row.catalogue)
            .ok_or(unreadable("import_list.catalogue"))?,
        user: row.user_name,
        states: from_text("import_list.states", &row.states)?,
        library_id: row.library_id,
        language: row.language,
        monitored: row.monitored,
        enabled: row.enabled,
        due_at: row.due_at,
        read_at: row.read_at,
        is_whole: row.is_whole,
        problem,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

fn read_entry(row: EntryRow) -> Result<Entry> {
    let unreadable = |place| StoreError::Unreadable { place };
    Ok(Entry {
        external_id: row.external_id,
        title: row.title,
        state: State::from_word(&row.state).ok_or(unreadable("import_list_entry.state"))?,
        series_id: row.series_id,
        outcome: outcome(&row.outcome)?,
        why: row.why,
        seen_at: row.seen_at,
    })
}
