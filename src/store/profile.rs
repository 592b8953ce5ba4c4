//! Tables `profile`, `rule` and `blocked`: what the user accepts, prefers and never takes.

use std::collections::HashMap;

use crate::domain::{decide::CustomRule, profile::Profile};

use super::{Db, Result, Tx, from_json, on, to_json, within};

/// Which series a rule concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All of them.
    All,
    /// Those of a library.
    Library(i64),
    /// One.
    Series(i64),
}

/// A profile, read.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredProfile {
    /// Its name.
    pub name: String,
    /// `file` for what stands in the configuration file, else `api`.
    pub managed: String,
    /// What it says.
    pub profile: Profile,
}

/// A rule, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRule {
    /// Our own number for it.
    pub id: i64,
    /// `file` for what stands in the configuration file, else `api`.
    pub managed: String,
    /// It is asked.
    pub enabled: bool,
    /// Which series it concerns.
    pub scope: Scope,
    /// What it says.
    pub rule: CustomRule,
}

/// A release that is never sent again.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Blocked {
    /// Our own number for it.
    pub id: i64,
    /// For this series.
    pub series_id: i64,
    /// Of the offer.
    pub fingerprint: String,
    /// Its identity, when it was known.
    pub infohash: Option<String>,
    /// Its name.
    pub title: String,
    /// Why.
    pub reason: String,
    /// Since when.
    pub created_at: i64,
}

/// Name, who manages it, body.
type ProfileRow = (String, String, String);

#[derive(sqlx::FromRow)]
struct RuleRow {
    id: i64,
    managed: String,
    enabled: bool,
    library_id: Option<i64>,
    series_id: Option<i64>,
    body: String,
}

const PROFILES: &str = "SELECT name, managed, body FROM profile ORDER BY name";
const PROFILE: &str = "SELECT name, managed, body FROM profile WHERE name = $1";
const PUT_PROFILE: &str =
    "INSERT INTO profile (name, managed, body, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)
    ON CONFLICT (name) DO UPDATE SET managed = excluded.managed, body = excluded.body, updated_at = excluded.updated_at";
const DROP_PROFILE: &str = "DELETE FROM profile WHERE name = $1";
const USES: &str = "SELECT COUNT(*) FROM series WHERE profile = $1";
const RULES: &str =
    "SELECT id, managed, enabled, library_id, series_id, body FROM rule ORDER BY id";
const RULE: &str =
    "SELECT id, managed, enabled, library_id, series_id, body FROM rule WHERE id = $1";
const RULES_OF: &str = "SELECT id, managed, enabled, library_id, series_id, body FROM rule WHERE enabled
    AND (series_id = $1 OR series_id IS NULL AND (library_id IS NULL OR library_id IN (SELECT library_id FROM series_link WHERE series_link.series_id = $1)))
    ORDER BY id";
const INSERT_RULE: &str = "INSERT INTO rule (name, managed, enabled, library_id, series_id, body, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7) RETURNING id";
const UPDATE_RULE: &str = "UPDATE rule SET name = $2, enabled = $3, library_id = $4, series_id = $5, body = $6, updated_at = $7 WHERE id = $1";
const ADOPT_RULE: &str = "INSERT INTO rule (name, managed, enabled, library_id, series_id, body, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
    ON CONFLICT (name) DO UPDATE SET managed = excluded.managed, enabled = excluded.enabled, library_id = excluded.library_id,
    series_id = excluded.series_id, body = excluded.body, updated_at = excluded.updated_at";
const DROP_RULE: &str = "DELETE FROM rule WHERE id = $1";
const BLOCK: &str = "INSERT INTO blocked (series_id, fingerprint, infohash, title, reason, created_at) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (series_id, fingerprint) DO UPDATE SET reason = excluded.reason RETURNING id";
const BLOCKED: &str = "SELECT id, series_id, fingerprint, infohash, title, reason, created_at FROM blocked WHERE $1 < 0 OR series_id = $1 ORDER BY id DESC";
const UNBLOCK: &str = "DELETE FROM blocked WHERE id = $1";

/// Every profile that was written, by name.
pub async fn all(db: &Db) -> Result<Vec<StoredProfile>> {
    let rows: Vec<ProfileRow> = on!(db, pool => sqlx::query_as(PROFILES).fetch_all(pool).await?);
    rows.into_iter().map(read_profile).collect()
}

/// One.
pub async fn get(db: &Db, name: &str) -> Result<Option<StoredProfile>> {
    let row: Option<ProfileRow> =
        on!(db, pool => sqlx::query_as(PROFILE).bind(name).fetch_optional(pool).await?);
    row.map(read_profile).transpose()
}

/// One, inside a transaction.
pub async fn get_in(tx: &mut Tx, name: &str) -> Result<Option<StoredProfile>> {
    let row: Option<ProfileRow> =
        within!(tx, conn => sqlx::query_as(PROFILE).bind(name).fetch_optional(conn).await?);
    row.map(read_profile).transpose()
}

/// Writes one.
pub async fn put(tx: &mut Tx, stored: &StoredProfile, now: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(PUT_PROFILE).bind(&stored.name).bind(&stored.managed).bind(to_json(&stored.profile)).bind(now)
        .execute(conn).await.map(drop))?;
    Ok(())
}

/// Removes one. False when there was none.
pub async fn remove(tx: &mut Tx, name: &str) -> Result<bool> {
    Ok(
        within!(tx, conn => sqlx::query(DROP_PROFILE).bind(name).execute(conn).await?.rows_affected())
            > 0,
    )
}

/// How many series name it.
pub async fn uses(tx: &mut Tx, name: &str) -> Result<i64> {
    Ok(within!(tx, conn => sqlx::query_scalar(USES).bind(name).fetch_one(conn).await?))
}

/// Every rule, in the order in which they were made.
pub async fn rules(db: &Db) -> Result<Vec<StoredRule>> {
    let rows: Vec<RuleRow> = on!(db, pool => sqlx::query_as(RULES).fetch_all(pool).await?);
    rows.into_iter().map(read).collect()
}

/// The enabled rules that concern a series.
pub async fn rules_of(db: &Db, series: i64) -> Result<Vec<StoredRule>> {
    let rows: Vec<RuleRow> =
        on!(db, pool => sqlx::query_as(RULES_OF).bind(series).fetch_all(pool).await?);
    rows.into_iter().map(read).collect()
}

/// One.
pub async fn rule(db: &Db, id: i64) -> Result<Option<StoredRule>> {
    let row: Option<RuleRow> =
        on!(db, pool => sqlx::query_as(RULE).bind(id).fetch_optional(pool).await?);
    row.map(read).transpose()
}

/// Makes one; a conflict means that its name is taken. `id` is not looked at.
pub async fn insert_rule(tx: &mut Tx, stored: &StoredRule, now: i64) -> Result<i64> {
    let (library, series) = ids(stored.scope);
    Ok(
        within!(tx, conn => sqlx::query_scalar(INSERT_RULE).bind(&stored.rule.name).bind(&stored.managed).bind(stored.enabled).bind(library).bind(series)
        .bind(to_json(&stored.rule)).bind(now).fetch_one(conn).await?),
    )
}

/// Makes one, or writes the one of its name anew, whoever made that. `id` is not looked at.
pub async fn adopt_rule(tx: &mut Tx, stored: &StoredRule, now: i64) -> Result<()> {
    let (library, series) = ids(stored.scope);
    within!(tx, conn => sqlx::query(ADOPT_RULE).bind(&stored.rule.name).bind(&stored.managed).bind(stored.enabled).bind(library).bind(series)
        .bind(to_json(&stored.rule)).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// Changes one; a conflict means that its name is taken.
pub async fn update_rule(tx: &mut Tx, stored: &StoredRule, now: i64) -> Result<()> {
    let (library, series) = ids(stored.scope);
    within!(tx, conn => sqlx::query(UPDATE_RULE).bind(stored.id).bind(&stored.rule.name).bind(stored.enabled).bind(library).bind(series)
        .bind(to_json(&stored.rule)).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// Removes one. False when there was none.
pub async fn remove_rule(tx: &mut Tx, id: i64) -> Result<bool> {
    Ok(
        within!(tx, conn => sqlx::query(DROP_RULE).bind(id).execute(conn).await?.rows_affected())
            > 0,
    )
}

/// Never sends a release again; its number. `id` and `created_at` are not looked at.
pub async fn block(tx: &mut Tx, blocked: &Blocked, now: i64) -> Result<i64> {
    Ok(
        within!(tx, conn => sqlx::query_scalar(BLOCK).bind(blocked.series_id).bind(&blocked.fingerprint).bind(&blocked.infohash)
        .bind(&blocked.title).bind(&blocked.reason).bind(now).fetch_one(conn).await?),
    )
}

/// Of a series, or of all; newest first.
pub async fn blocked(db: &Db, series: Option<i64>) -> Result<Vec<Blocked>> {
    Ok(on!(db, pool => sqlx::query_as(BLOCKED).bind(series.unwrap_or(-1)).fetch_all(pool).await?))
}

/// The reasons of a series, by fingerprint and by infohash.
pub async fn block_reasons(db: &Db, series: i64) -> Result<HashMap<String, String>> {
    let mut reasons = HashMap::new();
    for row in blocked(db, Some(series)).await? {
        if let Some(infohash) = row.infohash {
            reasons.insert(infohash, row.reason.clone());
        }
        reasons.insert(row.fingerprint, row.reason);
    }
    Ok(reasons)
}

/// It may be sent again. False when there was none.
pub async fn unblock(tx: &mut Tx, id: i64) -> Result<bool> {
    Ok(within!(tx, conn => sqlx::query(UNBLOCK).bind(id).execute(conn).await?.rows_affected()) > 0)
}

fn ids(scope: Scope) -> (Option<i64>, Option<i64>) {
    match scope {
        Scope::All => (None, None),
        Scope::Library(library) => (Some(library), None),
        Scope::Series(series) => (None, Some(series)),
    }
}

fn read_profile((name, managed, body): ProfileRow) -> Result<StoredProfile> {
    Ok(StoredProfile {
        name,
        managed,
        profile: from_json("profile.body", &body)?,
    })
}

fn read(row: RuleRow) -> Result<StoredRule> {
    Ok(StoredRule {
        id: row.id,
        managed: row.managed,
        enabled: row.enabled,
        scope: match (row.library_id, row.series_id) {
            (_, Some(series)) => Scope::Series(series),
            (Some(library), None) => Scope::Library(library),
            (None, None) => Scope::All,
        },
        rule: from_json("rule.body", &row.body)?,
    })
}
