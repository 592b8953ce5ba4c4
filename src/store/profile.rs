//! Table `profile`: what the user accepts and prefers.

use crate::domain::profile::Profile;

use super::{Db, Result, Tx, from_json, on, to_json, within};

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

/// Name, who manages it, body.
type Row = (String, String, String);

const ALL: &str = "SELECT name, managed, body FROM profile ORDER BY name";
const GET: &str = "SELECT name, managed, body FROM profile WHERE name = $1";
const PUT: &str =
    "INSERT INTO profile (name, managed, body, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)
    ON CONFLICT (name) DO UPDATE SET managed = excluded.managed, body = excluded.body, updated_at = excluded.updated_at";
const REMOVE: &str = "DELETE FROM profile WHERE name = $1";
const USES: &str = "SELECT COUNT(*) FROM series WHERE profile = $1";

/// Every profile that was written, by name.
pub async fn all(db: &Db) -> Result<Vec<StoredProfile>> {
    let rows: Vec<Row> = on!(db, pool => sqlx::query_as(ALL).fetch_all(pool).await?);
    rows.into_iter().map(read).collect()
}

/// One.
pub async fn get(db: &Db, name: &str) -> Result<Option<StoredProfile>> {
    let row: Option<Row> =
        on!(db, pool => sqlx::query_as(GET).bind(name).fetch_optional(pool).await?);
    row.map(read).transpose()
}

/// One, inside a transaction.
pub async fn get_in(tx: &mut Tx, name: &str) -> Result<Option<StoredProfile>> {
    let row: Option<Row> =
        within!(tx, conn => sqlx::query_as(GET).bind(name).fetch_optional(conn).await?);
    row.map(read).transpose()
}

/// Writes one.
pub async fn put(tx: &mut Tx, stored: &StoredProfile, now: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(PUT).bind(&stored.name).bind(&stored.managed).bind(to_json(&stored.profile)).bind(now)
        .execute(conn).await.map(drop))?;
    Ok(())
}

/// Removes one. False when there was none.
pub async fn remove(tx: &mut Tx, name: &str) -> Result<bool> {
    Ok(
        within!(tx, conn => sqlx::query(REMOVE).bind(name).execute(conn).await?.rows_affected())
            > 0,
    )
}

/// How many series name it.
pub async fn uses(tx: &mut Tx, name: &str) -> Result<i64> {
    Ok(within!(tx, conn => sqlx::query_scalar(USES).bind(name).fetch_one(conn).await?))
}

fn read((name, managed, body): Row) -> Result<StoredProfile> {
    Ok(StoredProfile {
        name,
        managed,
        profile: from_json("profile.body", &body)?,
    })
}
