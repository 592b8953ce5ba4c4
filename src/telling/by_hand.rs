//! What a person asks of a target: a test, a preview, a redelivery, a pause.

use std::{sync::Arc, time::Duration};

use serde_json::json;

use super::{
    attempt::{self, Outcome},
    links::Links,
    message,
    target::Target,
};
use crate::{
    app::App,
    clock::iso,
    connection::target::TargetSettings,
    domain::{
        event::Event,
        telling::{
            Importance, Text,
            tells::{About, Tells},
        },
    },
    lease::Lease,
    ports::{Message, TestReport},
    store::{self, StoreError, connection::Connection, delivery::Delivery},
};

/// How long a redelivery waits for a message that is on its way to the same target.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why something was not told again.
#[derive(Debug, thiserror::Error)]
pub enum RedeliverError {
    /// There is none.
    #[error("there is no delivery with the number {0}")]
    Unknown(i64),
    /// Its target cannot be used.
    #[error(
        "the target cannot be used: its settings or secrets cannot be read; see /api/v1/health"
    )]
    Unusable,
    /// It was told as a part of another one, or is about to be.
    #[error("it is told by a summary, the delivery {0}; redeliver that one")]
    Gathered(i64),
    /// Something else is on its way to the target.
    #[error("another message is on its way to this target; try again in a moment")]
    Busy,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Tells something once more, at once and out of order, whatever came of it before. What came of it now, as a sentence.
///
/// # Errors
/// When it cannot be tried.
pub async fn redeliver(app: &Arc<App>, id: i64) -> Result<Result<String, String>, RedeliverError> {
    let delivery = find(app, id).await?;
    let name = format!("target:{}", delivery.target_id);
    let lease = Lease::take(app, &name, PATIENCE).await?;
    let lease = lease.ok_or(RedeliverError::Busy)?;
    let said = redeliver_alone(app, &lease, id).await;
    lease.release().await;
    app.deliver_wake.notify_one();
    said
}

async fn redeliver_alone(
    app: &App,
    lease: &Lease,
    id: i64,
) -> Result<Result<String, String>, RedeliverError> {
    let delivery = find(app, id).await?;
    if let Some(summary) = delivery.summary_id {
        return Err(RedeliverError::Gathered(summary));
    }
    let row = store::connection::get(&app.db, delivery.target_id).await?;
    let row = row.ok_or(RedeliverError::Unknown(id))?;
    let target = Target::load(app, row).await?;
    let mut target = target.ok_or(RedeliverError::Unusable)?;
    let done = attempt::whole(app, lease, &mut target, delivery).await?;
    let (ended, outcome) = done.ok_or(RedeliverError::Busy)?;
    Ok(match (ended.sentence(), outcome) {
        (Err(why), Outcome::Off) => Err(format!("{why}; the target was switched off")),
        (said, _) => said,
    })
}

async fn find(app: &App, id: i64) -> Result<Delivery, RedeliverError> {
    let delivery = store::delivery::get(&app.db, id).await?;
    delivery.ok_or(RedeliverError::Unknown(id))
}

/// The target acted on it.
///
/// # Errors
/// When there is no such delivery.
pub async fn acknowledge(app: &App, id: i64) -> Result<Delivery, RedeliverError> {
    find(app, id).await?;
    let mut tx = app.db.begin_unsynced().await?;
    store::delivery::acknowledge(&mut tx, id, app.clock.now()).await?;
    tx.commit().await?;
    find(app, id).await
}

/// Tells a target nothing before then. Nothing is lost by it.
///
/// # Errors
/// When the database fails.
pub async fn pause(app: &App, row: &Connection, until: i64) -> Result<(), StoreError> {
    let mut tx = app.db.begin().await?;
    store::target::pause(&mut tx, row.id, Some(until)).await?;
    tx.commit().await
}

/// Ends a pause, and switches on what had been switched off by itself, wherever its settings stand. What waits is told now.
///
/// # Errors
/// When the database fails.
pub async fn resume(app: &App, row: &Connection) -> Result<(), StoreError> {
    let now = app.clock.now();
    let was_switched_off = store::target::get(&app.db, row.id)
        .await?
        .switched_off
        .is_some();
    let mut tx = app.db.begin().await?;
    store::target::pause(&mut tx, row.id, None).await?;
    if was_switched_off {
        store::target::switch_on(&mut tx, row.id, now).await?;
    }
    store::delivery::hurry(&mut tx, row.id, now).await?;
    tx.commit().await?;
    app.deliver_wake.notify_one();
    Ok(())
}

/// Tells a target, and no other, that it is tried. One that takes it goes on at once with what waits.
///
/// # Errors
/// When the database fails; what the target said is inside.
pub async fn test(app: &App, row: &Connection) -> Result<Result<TestReport, String>, StoreError> {
    let Some(mut target) = Target::load(app, row.clone()).await? else {
        let why = app.notifier(row).err();
        return Ok(Err(why.map_or_else(String::new, |error| error.to_string())));
    };
    let now = app.clock.now();
    let event = Event::Test {
        message: "asked for through the API".into(),
    };
    let (kind, data) = event.parts();
    let body = json!({"type": kind, "timestamp": iso(now), "data": data}).to_string();
    let message = Message {
        id: store::event::new_id(),
        kind,
        at: now,
        now,
        attempt: 1,
        body,
        text: message::text(&target.settings.tells, &event),
        actions: Links::default().actions(&target),
        thread: None,
        earlier: None,
    };
    let told = match target.notifier.tell(&message).await {
        Ok(told) => told,
        Err(untold) if !target.row.enabled => return Ok(Err(untold.message)),
        Err(untold) => {
            let mut tx = app.db.begin().await?;
            let why = attempt::fails(&mut tx, &target.row, &untold, app.clock.now()).await?;
            tx.commit().await?;
            return Ok(Err(why));
        }
    };
    let mut tx = app.db.begin().await?;
    target.row.failures = 1;
    attempt::works(&mut tx, &mut target, app.clock.now()).await?;
    tx.commit().await?;
    app.deliver_wake.notify_one();
    let status = told.status.map(|status| format!(" (status {status})"));
    Ok(Ok(TestReport {
        program: format!("it was taken{}", status.unwrap_or_default()),
        warnings: warnings(&target.row),
    }))
}

fn warnings(row: &Connection) -> Vec<String> {
    let off = "it is switched off, so it is told nothing but tests";
    (!row.enabled).then(|| off.to_owned()).into_iter().collect()
}

/// What a target would say of an event.
#[derive(Clone, Debug)]
pub struct Example {
    /// The event's type.
    pub kind: String,
    /// How much it matters.
    pub importance: Importance,
    /// The target is told of such events, as far as their type and importance say.
    pub wanted: bool,
    /// For people.
    pub text: Text,
}

/// An example of each event in the words of a target.
pub fn preview(settings: &TargetSettings) -> Vec<Example> {
    let tells = Tells {
        libraries: Vec::new(),
        series: Vec::new(),
        ..settings.tells.clone()
    };
    let example = |event: Event| {
        let (kind, importance) = (event.parts().0, Importance::of(&event));
        let about = About {
            kind: &kind,
            importance,
            series: None,
            libraries: &[],
        };
        Example {
            wanted: tells.wants(&about),
            importance,
            text: message::text(&tells, &event),
            kind,
        }
    };
    crate::domain::event::examples()
        .into_iter()
        .map(example)
        .collect()
}
