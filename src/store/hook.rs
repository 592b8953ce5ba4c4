//! Tables `hook_body` and `hook_seen`: the last bodies that came to each hook, and what came in the last minutes.

use super::{Db, Result, Tx, on, within};

/// Bodies of a hook that are kept.
pub const KEPT: i64 = 20;

/// A body that came.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct HookBody {
    /// Our own number for it.
    pub id: i64,
    /// The hook.
    pub hook_id: i64,
    /// When it came; milliseconds since the epoch.
    pub received_at: i64,
    /// What its headers said that it is.
    pub content_type: String,
    /// Bytes, as it came.
    pub size: i64,
    /// Without its secrets; none when it was neither JSON nor a form.
    pub body: Option<String>,
    /// Only its beginning is kept.
    pub cut: bool,
    /// The sender's word for what happened.
    pub event: String,
    /// See [`crate::domain::hook::Effect::word`].
    pub effect: String,
    /// What came of it, in a sentence.
    pub outcome: String,
    /// How often it came again within minutes.
    pub repeats: i64,
}

/// A body to be kept.
#[derive(Clone, Debug)]
pub struct NewBody<'a> {
    /// See [`HookBody`] for all of these.
    pub hook_id: i64,
    /// A hash of all of it as it came.
    pub fingerprint: &'a str,
    pub content_type: &'a str,
    pub size: i64,
    pub body: Option<&'a str>,
    pub cut: bool,
    pub event: &'a str,
    pub effect: &'a str,
    pub outcome: &'a str,
}

macro_rules! columns {
    () => {
        "id, hook_id, received_at, content_type, size, body, cut, event, effect, outcome, repeats"
    };
}

// A clock that was put back does not make it wait for the old time.
const SEE: &str = "INSERT INTO hook_seen (hook_id, fingerprint, seen_at) VALUES ($1, $2, $3)
    ON CONFLICT (hook_id, fingerprint) DO UPDATE SET seen_at = excluded.seen_at
    WHERE hook_seen.seen_at <= $4 OR hook_seen.seen_at > excluded.seen_at";
const FORGET: &str = "DELETE FROM hook_seen WHERE hook_id = $1 AND seen_at <= $2";
const AGAIN: &str = "UPDATE hook_body SET repeats = repeats + 1
    WHERE id = (SELECT MAX(id) FROM hook_body WHERE hook_id = $1 AND fingerprint = $2)";
const INSERT: &str = "INSERT INTO hook_body (hook_id, fingerprint, received_at, content_type, size, body, cut, event, effect, outcome, repeats)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0)";
const TRIM: &str = "DELETE FROM hook_body WHERE hook_id = $1
    AND id <= (SELECT id FROM hook_body WHERE hook_id = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)";
const REREAD: &str = "UPDATE hook_body SET event = $2, effect = $3, outcome = $4 WHERE id = $1";
const LIST: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM hook_body WHERE hook_id = $1 ORDER BY id DESC"
);
const GET: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM hook_body WHERE hook_id = $1 AND id = $2"
);
const LAST: &str = "SELECT MAX(received_at) FROM hook_body WHERE hook_id = $1";

/// Whether this body is new: it did not come after `since`.
pub async fn is_new(
    tx: &mut Tx,
    hook: i64,
    fingerprint: &str,
    (now, since): (i64, i64),
) -> Result<bool> {
    let seen = within!(&mut *tx, conn => sqlx::query(SEE).bind(hook).bind(fingerprint).bind(now).bind(since).execute(conn).await?.rows_affected());
    within!(tx, conn => sqlx::query(FORGET).bind(hook).bind(since).execute(conn).await.map(drop))?;
    Ok(seen == 1)
}

/// It came again.
pub async fn came_again(tx: &mut Tx, hook: i64, fingerprint: &str) -> Result<()> {
    within!(tx, conn => sqlx::query(AGAIN).bind(hook).bind(fingerprint).execute(conn).await.map(drop))?;
    Ok(())
}

/// Keeps a body, and lets go of those before the last [`KEPT`].
pub async fn keep(tx: &mut Tx, body: &NewBody<'_>, now: i64) -> Result<()> {
    within!(&mut *tx, conn => sqlx::query(INSERT).bind(body.hook_id).bind(body.fingerprint).bind(now).bind(body.content_type).bind(body.size)
        .bind(body.body).bind(body.cut).bind(body.event).bind(body.effect).bind(body.outcome).execute(conn).await.map(drop))?;
    within!(tx, conn => sqlx::query(TRIM).bind(body.hook_id).bind(KEPT).execute(conn).await.map(drop))?;
    Ok(())
}

/// It was read again, and this came of it.
pub async fn read_again(
    tx: &mut Tx,
    id: i64,
    (event, effect, outcome): (&str, &str, &str),
) -> Result<()> {
    within!(tx, conn => sqlx::query(REREAD).bind(id).bind(event).bind(effect).bind(outcome).execute(conn).await.map(drop))?;
    Ok(())
}

/// The last ones of a hook, newest first.
pub async fn list(db: &Db, hook: i64) -> Result<Vec<HookBody>> {
    Ok(on!(db, pool => sqlx::query_as(LIST).bind(hook).fetch_all(pool).await?))
}

/// One of a hook.
pub async fn get(db: &Db, hook: i64, id: i64) -> Result<Option<HookBody>> {
    Ok(on!(db, pool => sqlx::query_as(GET).bind(hook).bind(id).fetch_optional(pool).await?))
}

/// When the last one came.
pub async fn last(db: &Db, hook: i64) -> Result<Option<i64>> {
    Ok(on!(db, pool => sqlx::query_scalar(LAST).bind(hook).fetch_one(pool).await?))
}
