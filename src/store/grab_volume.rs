//! Table `grab_volume`: the volumes that grabs reserve, and what became of each. The unique index over live ones is the last word.

use crate::domain::volume::{VolumeNumber, VolumeSet};

use super::{Db, Result, StoreError, Tx, on, within};

/// A row, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrabVolume {
    /// Which.
    pub volume: VolumeNumber,
    /// That of its grab until that was looked into; then `verified`, `review`, `placed`, `unplaced`, `wrong` or `on_shelf`.
    pub state: String,
    /// Why it is not right: a stable code.
    pub code: Option<String>,
    /// Why it is not right, in a sentence.
    pub reason: Option<String>,
    /// It is reserved.
    pub live: bool,
}

/// What became of a volume.
#[derive(Clone, Copy, Debug)]
pub struct Became<'a> {
    /// See [`GrabVolume`] for all of these.
    pub state: &'a str,
    pub code: Option<&'a str>,
    pub reason: Option<&'a str>,
    pub live: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    volume: i64,
    state: String,
    code: Option<String>,
    reason: Option<String>,
    live: bool,
}

const RESERVE: &str = "INSERT INTO grab_volume (grab_id, series_id, volume, state, live) VALUES ($1, $2, $3, 'sending', $4)";
const ALL_ARE: &str = "UPDATE grab_volume SET state = $2 WHERE grab_id = $1 AND live";
const RELEASE: &str = "UPDATE grab_volume SET state = $2, live = $3 WHERE grab_id = $1 AND live";
const ARRIVED: &str = "UPDATE grab_volume SET state = 'on_shelf', live = $3 WHERE series_id = $1 AND volume = $2 AND live RETURNING grab_id";
const LIVE_OF: &str = "SELECT volume FROM grab_volume WHERE grab_id = $1 AND live ORDER BY volume";
const OF_GRAB: &str =
    "SELECT volume, state, code, reason, live FROM grab_volume WHERE grab_id = $1 ORDER BY volume";
const BECAME: &str = "UPDATE grab_volume SET state = $3, code = $4, reason = $5, live = $6 WHERE grab_id = $1 AND volume = $2 AND live";

/// Reserves volumes. A conflict means that one of them is already on its way.
pub(super) async fn reserve(
    tx: &mut Tx,
    grab: i64,
    series: i64,
    volumes: &VolumeSet,
) -> Result<()> {
    for volume in volumes.iter() {
        within!(&mut *tx, conn => sqlx::query(RESERVE).bind(grab).bind(series).bind(volume.hundredths()).bind(true).execute(conn).await.map(drop))?;
    }
    Ok(())
}

/// All that are reserved are in the state of their grab.
pub(super) async fn all_are(tx: &mut Tx, grab: i64, state: &str) -> Result<()> {
    within!(tx, conn => sqlx::query(ALL_ARE).bind(grab).bind(state).execute(conn).await.map(drop))?;
    Ok(())
}

/// None is reserved any more.
pub(super) async fn release(tx: &mut Tx, grab: i64, state: &str) -> Result<()> {
    within!(tx, conn => sqlx::query(RELEASE).bind(grab).bind(state).bind(false).execute(conn).await.map(drop))?;
    Ok(())
}

/// The library shows these of a series: they are reserved no more. The grabs that reserved them.
pub(super) async fn arrived(tx: &mut Tx, series: i64, volumes: &VolumeSet) -> Result<Vec<i64>> {
    let mut touched: Vec<i64> = Vec::new();
    for volume in volumes.iter() {
        let grabs: Vec<i64> = within!(&mut *tx, conn => sqlx::query_scalar(ARRIVED).bind(series).bind(volume.hundredths()).bind(false).fetch_all(conn).await?);
        touched.extend(grabs);
    }
    touched.sort_unstable();
    touched.dedup();
    Ok(touched)
}

/// Those that a grab reserves.
pub async fn live_of(tx: &mut Tx, grab: i64) -> Result<VolumeSet> {
    let volumes: Vec<i64> =
        within!(tx, conn => sqlx::query_scalar(LIVE_OF).bind(grab).fetch_all(conn).await?);
    volumes.into_iter().map(read_number).collect()
}

/// All of a grab.
pub async fn of_grab(db: &Db, grab: i64) -> Result<Vec<GrabVolume>> {
    let rows: Vec<Row> = on!(db, pool => sqlx::query_as(OF_GRAB).bind(grab).fetch_all(pool).await?);
    rows.into_iter().map(read).collect()
}

/// All of a grab, inside a transaction.
pub async fn of_grab_in(tx: &mut Tx, grab: i64) -> Result<Vec<GrabVolume>> {
    let rows: Vec<Row> =
        within!(tx, conn => sqlx::query_as(OF_GRAB).bind(grab).fetch_all(conn).await?);
    rows.into_iter().map(read).collect()
}

/// Something became of a volume that was reserved until now.
pub async fn became(
    tx: &mut Tx,
    grab: i64,
    volume: VolumeNumber,
    became: Became<'_>,
) -> Result<()> {
    within!(tx, conn => sqlx::query(BECAME).bind(grab).bind(volume.hundredths()).bind(became.state).bind(became.code).bind(became.reason)
        .bind(became.live).execute(conn).await.map(drop))?;
    Ok(())
}

fn read_number(volume: i64) -> Result<VolumeNumber> {
    VolumeNumber::from_hundredths(volume).ok_or(StoreError::Unreadable {
        place: "grab_volume.volume",
    })
}

fn read(row: Row) -> Result<GrabVolume> {
    Ok(GrabVolume {
        volume: read_number(row.volume)?,
        state: row.state,
        code: row.code,
        reason: row.reason,
        live: row.live,
    })
}
