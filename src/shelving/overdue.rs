//! What has been missing for long is told once more.

use crate::{
    announcing::Reckoning,
    app::App,
    domain::{
        event::{Event, MOST_TOLD},
        units::DAY,
        volume::VolumeNumber,
    },
    store::{self, StoreError, Tx},
};

/// The key under which the last day is kept on which it was looked for.
const LAST_DAY: &str = "wants.overdue_on";

/// Once a day: volumes that have been missing for as many days as the setting says are told, each once; of many, those that have been for longest.
/// How many they are.
///
/// # Errors
/// When the database fails.
pub async fn overdue(app: &App) -> Result<usize, StoreError> {
    let days = app.settings().await?.overdue_days;
    let Reckoning { today, now, .. } = Reckoning::now(app).await?;
    let today = today.to_string();
    if days == 0 || store::setting::get(&app.db, LAST_DAY).await?.as_ref() == Some(&today) {
        return Ok(0);
    }
    let mut tx = app.db.begin().await?;
    let wants = store::want::overdue(&mut tx, now - days * DAY).await?;
    let (first, others) = wants.split_at(wants.len().min(MOST_TOLD));
    let mut events = told(&mut tx, first, now).await?;
    if !others.is_empty() {
        events.push(Event::Digest {
            of: "volume.overdue".into(),
            count: others.len() as u64,
        });
    }
    store::event::append(&mut tx, &events, now).await?;
    store::setting::put(&mut tx, LAST_DAY, &today, now).await?;
    tx.commit().await?;
    Ok(wants.len())
}

async fn told(
    tx: &mut Tx,
    wants: &[(i64, VolumeNumber, i64)],
    now: i64,
) -> Result<Vec<Event>, StoreError> {
    let mut series: Vec<i64> = wants.iter().map(|(series, ..)| *series).collect();
    series.dedup();
    let named = store::want::named(tx, &series).await?;
    let told = wants.iter().filter_map(|(series, volume, since)| {
        Some(Event::VolumeOverdue {
            series: named.get(series)?.clone(),
            volume: *volume,
            days: ((now - since) / DAY) as u32,
        })
    });
    Ok(told.collect())
}
