//! Counts series anew by what is said of them.

use std::sync::Arc;

use chrono::NaiveDate;

use super::Reckoning;
use crate::{
    app::App,
    domain::{
        catalogue::{
            Day,
            count::{Count, Said, Who, count, is_collected},
        },
        event::Event,
        volume::VolumeSet,
    },
    lease::Lease,
    shelving,
    store::{self, StoreError, Tx, series::Stored},
};

/// The key under which the last day is kept on which series were counted.
const LAST_DAY: &str = "catalogues.counted_on";
/// The key under which it is kept how far the new day is: the day, and the last series that was counted.
const SO_FAR: &str = "catalogues.counted_so_far";

/// What is said of a series, merged, and written down; what follows of it for what is missing. None when there is no such series. The caller
/// appends the events.
///
/// # Errors
/// When the database fails.
pub async fn recount(
    tx: &mut Tx,
    by: &Reckoning,
    series: i64,
) -> Result<Option<(Count, Vec<Event>)>, StoreError> {
    let Some(stored) = store::series::get_in(tx, series).await? else {
        return Ok(None);
    };
    let said: Vec<Said> = store::catalogue::said::of_series_in(tx, series)
        .await?
        .into_iter()
        .map(|stored| stored.said)
        .collect();
    let counted = count(&stored.series, &said, &by.order, by.today);
    store::series::put_announced(tx, series, counted.announced.as_ref(), counted.status).await?;
    if counted.announced == stored.series.announced {
        return Ok(Some((counted, Vec::new())));
    }
    let missing = stored.missing;
    let refreshed = shelving::refresh(tx, series, by.now).await?;
    let events = match refreshed {
        Some(refreshed) => {
            if refreshed.stored.series.monitored && refreshed.stored.missing > missing {
                store::series::mark_due(tx, series, by.now).await?;
            }
            refreshed.events
        }
        None => Vec::new(),
    };
    Ok(Some((counted, events)))
}

/// A new day: volumes whose day has come are out, and are told. How many series were counted anew.
///
/// # Errors
/// When the database fails.
pub async fn count_reached(app: &Arc<App>) -> Result<usize, StoreError> {
    let Some(lease) = Lease::try_take(app, "catalogue:day").await? else {
        return Ok(0);
    };
    let counted = count_reached_alone(app).await;
    lease.release().await;
    counted
}

async fn count_reached_alone(app: &App) -> Result<usize, StoreError> {
    let by = Reckoning::now(app).await?;
    let today = by.today.to_string();
    let last = store::setting::get(&app.db, LAST_DAY).await?;
    let Some(last) = last else {
        // The first day: nothing was known before.
        return set_day(app, &today, by.now).await.map(|()| 0);
    };
    if last >= today {
        return Ok(0);
    }
    let reached = store::catalogue::said::reached(&app.db, &last, &today).await?;
    let last: Option<NaiveDate> = last.parse().ok();
    let so_far = so_far(app).await?;
    let mut changed = 0;
    for series in &reached {
        let mut tx = app.db.begin_unsynced().await?;
        let mut events = Vec::new();
        // What was told before the program stopped in the middle is not told again.
        let counted = so_far.filter(|(_, through)| series <= through);
        let since = last.max(counted.map(|(day, _)| day));
        if let Some(stored) = store::series::get_in(&mut tx, *series).await? {
            events.extend(released(&mut tx, &stored, &by, since).await?);
        }
        if let Some((_, counted)) = recount(&mut tx, &by, *series).await? {
            changed += usize::from(!counted.is_empty());
            events.extend(counted);
        }
        store::event::append(&mut tx, &events, by.now).await?;
        store::setting::put(&mut tx, SO_FAR, &format!("{today} {series}"), by.now).await?;
        tx.commit().await?;
    }
    set_day(app, &today, by.now).await?;
    if changed > 0 {
        app.check_wake.notify_one();
    }
    Ok(reached.len())
}

/// The day that was counted last, and the series through which it was.
async fn so_far(app: &App) -> Result<Option<(NaiveDate, i64)>, StoreError> {
    let text = store::setting::get(&app.db, SO_FAR).await?;
    Ok(text.and_then(|text| {
        let (day, series) = text.split_once(' ')?;
        Some((day.parse().ok()?, series.parse().ok()?))
    }))
}

async fn set_day(app: &App, day: &str, now: i64) -> Result<(), StoreError> {
    let mut tx = app.db.begin_unsynced().await?;
    store::setting::put(&mut tx, LAST_DAY, day, now).await?;
    tx.commit().await
}

/// What came out of a monitored series since, where it is collected; told once, by whoever comes first in the order.
async fn released(
    tx: &mut Tx,
    stored: &Stored,
    by: &Reckoning,
    since: Option<NaiveDate>,
) -> Result<Vec<Event>, StoreError> {
    if !stored.series.monitored {
        return Ok(Vec::new());
    }
    let all = store::catalogue::said::of_series_in(tx, stored.series.id).await?;
    let is_new =
        |day: Day| since.is_some_and(|since| !day.is_reached(since)) && day.is_reached(by.today);
    let (mut told, mut events) = (VolumeSet::default(), Vec::new());
    for who in &by.order {
        let said = all.iter().map(|stored| &stored.said).filter(|said| {
            *who == Who::Catalogue(said.by) && is_collected(&stored.series, &said.statement)
        });
        let releases = said.flat_map(|said| {
            let dated = said.statement.releases.iter();
            dated.filter_map(move |release| Some((said, release.volume, release.day?)))
        });
        for (said, volume, day) in releases.filter(|(.., day)| is_new(*day)) {
            if told.contains(volume) {
                continue;
            }
            told.insert(volume);
            events.push(Event::VolumeReleased {
                series: stored.series.named(),
                volume,
                day,
                catalogue: said.by.word().into(),
                market: said.statement.market,
            });
        }
    }
    Ok(events)
}

/// Everything anew, since the order was changed.
///
/// # Errors
/// When the database fails.
pub async fn count_all(app: &App) -> Result<(), StoreError> {
    let by = Reckoning::now(app).await?;
    for series in store::catalogue::said::series(&app.db).await? {
        let mut tx = app.db.begin_unsynced().await?;
        if let Some((_, events)) = recount(&mut tx, &by, series).await? {
            store::event::append(&mut tx, &events, by.now).await?;
        }
        tx.commit().await?;
    }
    app.check_wake.notify_one();
    Ok(())
}
