//! Tells targets what waits for them. Each has a turn of its own, so that none waits for another; and once an hour what is old goes.

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures_util::future::join_all;
use tokio::{task::JoinSet, time::Instant};

use crate::{
    app::App,
    domain::units::DAY,
    store::{self, StoreError},
    telling::{self, Turn},
};

/// Between two looks.
const POLL: Duration = Duration::from_secs(2);
/// Between two rounds of tidying.
const TIDY: Duration = Duration::from_secs(3600);
/// How long the log of what was told is kept.
const KEEP_TOLD: i64 = 30 * DAY;
/// How long that of what was given up is.
const KEEP_DEAD: i64 = 90 * DAY;

/// A turn that ended because of another one is not begun again sooner.
const SOON: Duration = Duration::from_millis(50);

/// Works until the program stops.
pub async fn run(app: Arc<App>) {
    let (mut turns, mut busy) = (JoinSet::new(), HashMap::new());
    let (mut look_at, mut tidy_at) = (Instant::now(), Instant::now());
    loop {
        tokio::select! {
            Some(ended) = turns.join_next_with_id() => {
                let (task, wait) = match ended {
                    Ok((task, turn)) => (task, wait(&app, turn)),
                    Err(error) => {
                        tracing::error!(%error, "the turn of a target broke off; it is tried again");
                        (error.id(), POLL)
                    }
                };
                busy.remove(&task);
                look_at = look_at.min(Instant::now() + wait);
                continue;
            }
            () = app.deliver_wake.notified() => {}
            () = tokio::time::sleep_until(look_at) => {}
            () = app.stop.cancelled() => break,
        }
        look_at = Instant::now() + POLL;
        match store::connection::targets_with_news(&app.db).await {
            Ok(rows) => {
                for row in rows {
                    let (app, id) = (app.clone(), row.id);
                    if !busy.values().any(|busy| *busy == id) {
                        let turn = turns.spawn(async move { telling::turn(&app, row).await });
                        busy.insert(turn.id(), id);
                    }
                }
            }
            Err(error) => tracing::error!(%error, "what is to be told cannot be read"),
        }
        if Instant::now() >= tidy_at {
            tidy_at = Instant::now() + TIDY;
            if let Err(error) = tidy(&app).await {
                tracing::error!(%error, "old deliveries were not removed; it is tried again");
            }
        }
    }
    // A message that is on its way is seen through.
    while turns.join_next().await.is_some() {}
}

/// Until a target may have something to do again.
fn wait(app: &App, turn: Result<Turn, StoreError>) -> Duration {
    match turn {
        Ok(turn) => {
            let next_at = turn.next_at.unwrap_or(i64::MAX);
            let wait = u64::try_from(next_at.saturating_sub(app.clock.now())).unwrap_or(0);
            Duration::from_millis(wait).clamp(SOON, POLL)
        }
        Err(error) => {
            tracing::error!(%error, "a target could not be told; it is tried again");
            POLL
        }
    }
}

/// Tells every target what is due, and waits for the end. What all of them did, and when there is something to do again.
///
/// # Errors
/// When the database fails.
pub async fn step(app: &Arc<App>) -> Result<Turn, StoreError> {
    let rows = store::connection::targets_with_news(&app.db).await?;
    let turns = join_all(rows.into_iter().map(|row| telling::turn(app, row))).await;
    let mut all = Turn::default();
    for turn in turns {
        let turn = turn?;
        all.told += turn.told;
        all.failed += turn.failed;
        all.dropped += turn.dropped;
        all.next_at = [all.next_at, turn.next_at].into_iter().flatten().min();
    }
    Ok(all)
}

/// Removes what was told, or given up, long ago; and what signed beside a new secret for a day.
///
/// # Errors
/// When the database fails.
pub async fn tidy(app: &App) -> Result<u64, StoreError> {
    telling::forget_former(app).await?;
    let now = app.clock.now();
    let mut tx = app.db.begin_unsynced().await?;
    let gone = store::delivery::tidy(&mut tx, now - KEEP_TOLD, now - KEEP_DEAD).await?;
    store::target::forget_threads(&mut tx, now - KEEP_DEAD).await?;
    tx.commit().await?;
    Ok(gone)
}
