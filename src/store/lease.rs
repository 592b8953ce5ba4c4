//! Table `lease`: who may work on what, for how long. Lost with its holder, after its time.

use serde_json::{Value, json};

use super::{Db, OfRows, Result, Tx, of_rows, on_writer, within};

const TAKE: &str = "INSERT INTO lease (name, holder, until) VALUES ($1, $2, $3)
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
    WHERE lease.until <= $4 OR lease.holder = excluded.holder";
const PROLONG: &str = "UPDATE lease SET until = $3 WHERE name = $1 AND holder = $2";
const RELEASE: &str = "DELETE FROM lease WHERE name = $1 AND holder = $2";
const RELEASE_ALL: OfRows = of_rows!(
    "DELETE FROM lease WHERE (name, holder) IN (SELECT value ->> 'name', value ->> 'holder'",
    ")"
);

/// Takes or prolongs a lease. False when another holds it.
pub async fn take(db: &Db, name: &str, holder: &str, now: i64, until: i64) -> Result<bool> {
    let taken = on_writer!(db, pool => sqlx::query(TAKE).bind(name).bind(holder).bind(until).bind(now).execute(pool).await?.rows_affected());
    Ok(taken == 1)
}

/// Prolongs a lease. False when it was lost meanwhile.
pub async fn prolong(db: &Db, name: &str, holder: &str, until: i64) -> Result<bool> {
    let kept = on_writer!(db, pool => sqlx::query(PROLONG).bind(name).bind(holder).bind(until).execute(pool).await?.rows_affected());
    Ok(kept == 1)
}

/// Gives it back.
pub async fn release(db: &Db, name: &str, holder: &str) -> Result<()> {
    on_writer!(db, pool => sqlx::query(RELEASE).bind(name).bind(holder).execute(pool).await.map(drop))?;
    Ok(())
}

/// Gives several back, each by its name and holder.
pub async fn release_all(tx: &mut Tx, held: impl Iterator<Item = (&str, &str)>) -> Result<()> {
    let row = |(name, holder)| json!({"name": name, "holder": holder});
    let rows: Value = held.map(row).collect();
    let release = RELEASE_ALL.text(tx);
    within!(tx, conn => sqlx::query(release).bind(rows.to_string()).execute(conn).await.map(drop))?;
    Ok(())
}
