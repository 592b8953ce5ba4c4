//! A target's turn: everything that it is to be told now, one after the other, under its lease.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    attempt::{self, Ended, Outcome},
    gather,
    ledger::{self, Entry},
    message,
    target::{Gate, Target},
};
use crate::{
    app::App,
    domain::telling::{
        Importance,
        tells::{About, Tells},
    },
    lease::Lease,
    store::{
        self, StoreError,
        connection::Connection,
        delivery::{Delivery, Which, attempt::Attempt},
    },
};

/// Deliveries that are read at once.
const PAGE: i64 = 50;

/// What a turn did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// Messages that were taken.
    pub told: usize,
    /// Attempts that failed.
    pub failed: usize,
    /// Deliveries that the target does not want.
    pub dropped: usize,
    /// When there may be something to do again; none when nothing waits.
    pub next_at: Option<i64>,
}

/// What is to be done next.
enum Next {
    /// These, in this order.
    Tell(Vec<Delivery>),
    /// These are told as one.
    Gather(Vec<Delivery>),
    /// The target does not want these.
    Drop(Vec<i64>),
    /// Nothing before then.
    Wait(Option<i64>),
}

/// Tells a target what is due. Of several processes one does.
///
/// # Errors
/// When the database fails.
pub async fn turn(app: &Arc<App>, row: Connection) -> Result<Turn, StoreError> {
    let (mut turn, id) = (Turn::default(), row.id);
    let Some(target) = Target::load(app, row).await? else {
        return Ok(turn);
    };
    if let Glance::Wait(next_at) = glance(app, &target).await? {
        turn.next_at = next_at;
        return Ok(turn);
    }
    let Some(lease) = Lease::try_take(app, &format!("target:{id}")).await? else {
        turn.next_at = Some(app.clock.now() + app.lease_millis());
        return Ok(turn);
    };
    let done = go_on(app, &lease, id, &mut turn).await;
    lease.release().await;
    done.map(|()| turn)
}

async fn go_on(app: &Arc<App>, lease: &Lease, id: i64, turn: &mut Turn) -> Result<(), StoreError> {
    while !app.stop.is_cancelled() {
        // A process that was frozen may have lost it, and another one goes on.
        if !lease.is_ours().await? {
            return Ok(());
        }
        let row = store::connection::get(&app.db, id).await?;
        let Some(row) = row.filter(|row| row.enabled) else {
            return Ok(());
        };
        let Some(mut target) = Target::load(app, row).await? else {
            return Ok(());
        };
        match next(app, &target).await? {
            Next::Wait(next_at) => {
                turn.next_at = next_at;
                return Ok(());
            }
            Next::Drop(ids) => {
                let mut tx = app.db.begin_unsynced().await?;
                store::delivery::drop_unwanted(&mut tx, &ids).await?;
                tx.commit().await?;
                turn.dropped += ids.len();
            }
            Next::Gather(members) => gather::gather(app, &target, &members).await?,
            Next::Tell(deliveries) => tell(app, lease, &mut target, deliveries, turn).await?,
        }
    }
    Ok(())
}

/// What there is to do, as far as a glance says.
enum Glance {
    /// Nothing before then.
    Wait(Option<i64>),
    /// A digest; where nothing comes of it, what is told besides.
    Digest(Which),
    /// Something of this is due.
    Due(Which),
}

async fn glance(app: &App, target: &Target) -> Result<Glance, StoreError> {
    let now = app.clock.now();
    let (which, until) = match target.gate(now) {
        Gate::Shut { until } => return Ok(Glance::Wait(Some(until))),
        Gate::Quiet { until } => (Which::InQuiet, Some(until)),
        Gate::Digest { until } => (Which::BesideDigest, Some(until)),
        Gate::Open => (Which::All, None),
    };
    if let Some(before) = target.digest_of(now)
        && let Some(since) = store::delivery::held_since(&app.db, target.row.id).await?
        && since < before
    {
        return Ok(Glance::Digest(which));
    }
    let first = store::delivery::waiting(&app.db, target.row.id, which, 1).await?;
    Ok(match first.first() {
        None => Glance::Wait(until),
        Some(first) if first.is_due(now) => Glance::Due(which),
        Some(first) => Glance::Wait(Some(first.due_at.min(until.unwrap_or(i64::MAX)))),
    })
}

async fn next(app: &App, target: &Target) -> Result<Next, StoreError> {
    let which = match glance(app, target).await? {
        Glance::Wait(until) => return Ok(Next::Wait(until)),
        Glance::Due(which) => which,
        Glance::Digest(which) => match digest(app, target).await? {
            Some(next) => return Ok(next),
            None => which,
        },
    };
    let page = store::delivery::waiting(&app.db, target.row.id, which, PAGE).await?;
    sorted(app, target, page, Next::Tell).await
}

/// Everything that waits for a digest, what came since its time too.
async fn digest(app: &App, target: &Target) -> Result<Option<Next>, StoreError> {
    let page = store::delivery::waiting(&app.db, target.row.id, Which::All, gather::MOST).await?;
    let held = page.into_iter().filter(|delivery| !delivery.urgent);
    let held: Vec<Delivery> = held.collect();
    if held.is_empty() {
        // So much of high importance waits that it comes first.
        return Ok(None);
    }
    sorted(app, target, held, Next::Gather).await.map(Some)
}

/// What is not wanted goes first.
async fn sorted(
    app: &App,
    target: &Target,
    page: Vec<Delivery>,
    wanted: fn(Vec<Delivery>) -> Next,
) -> Result<Next, StoreError> {
    let (mut good, mut unwanted) = (Vec::with_capacity(page.len()), Vec::new());
    for delivery in page {
        match wants(app, &target.settings.tells, &delivery).await? {
            true => good.push(delivery),
            false => unwanted.push(delivery.id),
        }
    }
    Ok(match unwanted.is_empty() {
        true => wanted(good),
        false => Next::Drop(unwanted),
    })
}

async fn wants(app: &App, tells: &Tells, delivery: &Delivery) -> Result<bool, StoreError> {
    if *tells == Tells::default() || delivery.kind == store::delivery::SUMMARY {
        return Ok(true);
    }
    let event = message::event_of(delivery);
    let libraries = match tells.libraries.is_empty() {
        true => Vec::new(),
        false => libraries_of(app, delivery).await?,
    };
    Ok(tells.wants(&About {
        kind: &delivery.kind,
        importance: event.as_ref().map(Importance::of).unwrap_or_default(),
        series: delivery.series_id,
        libraries: &libraries,
    }))
}

/// The library that an event names, and those that show its series.
async fn libraries_of(app: &App, delivery: &Delivery) -> Result<Vec<String>, StoreError> {
    let data: serde_json::Value = serde_json::from_str(&delivery.data).unwrap_or_default();
    let mut names: BTreeSet<String> = data["library"]
        .as_str()
        .map(str::to_owned)
        .into_iter()
        .collect();
    if let Some(series) = delivery.series_id {
        let rows = store::connection::libraries_of(&app.db, series).await?;
        names.extend(rows.into_iter().map(|row| row.name));
    }
    Ok(names.into_iter().collect())
}

/// One after the other, as long as they are taken. What came of one is written together with the beginning of the next.
async fn tell(
    app: &App,
    lease: &Lease,
    target: &mut Target,
    deliveries: Vec<Delivery>,
    turn: &mut Turn,
) -> Result<(), StoreError> {
    let mut last: Option<Ended> = None;
    for delivery in deliveries {
        let now = app.clock.now();
        if !delivery.is_due(now) || app.stop.is_cancelled() {
            break;
        }
        let mut made = message::make(app, target, &delivery, now).await?;
        // What the last message became is not written down yet.
        if let Some(handle) = last.as_ref().and_then(|last| last.handle_for(&made)) {
            made.message.earlier = Some(handle);
        }
        let told = match last.take() {
            Some(ended) => told(app, target, &ended, now).await?,
            None => None,
        };
        let entry = Entry {
            told,
            begun: attempt::begun(lease, target, &delivery, &made),
            // What was signed for it has to be the same after a power cut too.
            durable: delivery.attempts == 0 && !made.message.actions.is_empty(),
        };
        if !ledger::note(app, entry).await? {
            break;
        }
        let ended = attempt::call(target, delivery, made).await;
        let goes_on = ended.is_told() && !ended.asks_to_wait();
        last = Some(ended);
        if !goes_on {
            break;
        }
        turn.told += 1;
    }
    let Some(ended) = last else { return Ok(()) };
    let mut tx = app.db.begin().await?;
    let outcome = attempt::settle(&mut tx, target, &ended, app.clock.now()).await?;
    tx.commit().await?;
    match outcome {
        Outcome::Told if ended.asks_to_wait() => turn.told += 1,
        Outcome::Told => {}
        Outcome::Later | Outcome::Dead | Outcome::Off => turn.failed += 1,
    }
    Ok(())
}

/// What is to be written of a message that was taken, when that is all that follows from it; else it is settled here.
async fn told(
    app: &App,
    target: &mut Target,
    ended: &Ended,
    now: i64,
) -> Result<Option<Attempt>, StoreError> {
    if let Some(told) = ended.just_told(target, now) {
        return Ok(Some(told));
    }
    let mut tx = app.db.begin_unsynced().await?;
    attempt::settle(&mut tx, target, ended, now).await?;
    tx.commit().await?;
    Ok(None)
}
