//! One attempt: written down before the call and settled after it, so that a process that dies in between leaves a delivery that is still
//! due, with its id.

use std::time::Instant;

use super::{
    message::{self, Made},
    target::Target,
};
use crate::{
    app::App,
    domain::{backoff, event::Event, telling::retry, units::DAY},
    lease::Lease,
    ports::{Fault, Told, Untold},
    secret,
    store::{
        self, StoreError, Tx,
        connection::Connection,
        delivery::{
            Begun, Delivery, SUMMARY,
            attempt::{self, Attempt},
        },
    },
};

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was taken.
    Told,
    /// It is tried again later.
    Later,
    /// It is given up: refused, or tried for too long.
    Dead,
    /// So is the target.
    Off,
}

/// An attempt that has ended and is to be settled.
pub struct Ended {
    delivery: Delivery,
    thread: Option<String>,
    millis: i64,
    result: Result<Told, Untold>,
}

/// What is written down of an attempt before it is made. It is not made when it cannot be written: someone else was faster, or the target
/// is not as it was read any more.
pub fn begun(lease: &Lease, target: &Target, delivery: &Delivery, made: &Made) -> Begun {
    let (lease, holder) = lease.mark();
    Begun {
        id: delivery.id,
        attempts: delivery.attempts,
        state: delivery.state.clone(),
        links: made.links.clone(),
        changed_at: target.row.updated_at,
        paused_until: target.state.paused_until.unwrap_or(0),
        lease: lease.to_owned(),
        holder: holder.to_owned(),
    }
}

/// Makes the call.
pub async fn call(target: &Target, delivery: Delivery, made: Made) -> Ended {
    let began = Instant::now();
    let result = target.notifier.tell(&made.message).await;
    Ended {
        delivery,
        thread: made.message.thread,
        millis: i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX),
        result,
    }
}

impl Ended {
    /// It was taken.
    pub fn is_told(&self) -> bool {
        self.result.is_ok()
    }

    /// By which the target finds it again, if the next message is about the same.
    pub fn handle_for(&self, next: &Made) -> Option<String> {
        let told = self.result.as_ref().ok()?;
        let same = self.thread.is_some() && self.thread == next.message.thread;
        told.handle.clone().filter(|_| same)
    }

    /// The target wants no other message at once.
    pub fn asks_to_wait(&self) -> bool {
        matches!(&self.result, Ok(Told { pause: Some(_), .. }))
    }

    /// What is to be written of it, where no more follows from it than that it was taken.
    pub fn just_told(&self, target: &Target, now: i64) -> Option<Attempt> {
        let told = self.result.as_ref().ok()?;
        let kept = self.thread.is_some() && told.handle.is_some();
        let is_plain = !kept && told.pause.is_none() && self.delivery.kind != SUMMARY;
        (is_plain && !is_news(target, now)).then(|| self.row())
    }

    /// How it went, as a sentence for the user.
    pub fn sentence(&self) -> Result<String, String> {
        match &self.result {
            Ok(told) => Ok(match told.status {
                Some(status) => format!("it was taken (status {status})"),
                None => "it was taken".into(),
            }),
            Err(untold) => Err(untold.message.clone()),
        }
    }

    fn row(&self) -> Attempt {
        let (outcome, status, answer, error) = match &self.result {
            Ok(told) => ("told", told.status, &told.answer, None),
            Err(untold) => (
                "failed",
                untold.status,
                &untold.answer,
                Some(untold.message.clone()),
            ),
        };
        Attempt {
            delivery: self.delivery.id,
            number: self.delivery.attempts + 1,
            began_at: 0,
            outcome: outcome.to_owned(),
            status: status.map(i64::from),
            millis: Some(self.millis),
            answer: without_nul(answer),
            error: error.map(|error| without_nul(&error)),
        }
    }
}

/// PostgreSQL keeps none.
fn without_nul(text: &str) -> String {
    text.replace('\0', "")
}

/// Writes down what came of it.
///
/// # Errors
/// When the database fails.
pub async fn settle(
    tx: &mut Tx,
    target: &mut Target,
    ended: &Ended,
    now: i64,
) -> Result<Outcome, StoreError> {
    attempt::settle(tx, &[ended.row()]).await?;
    match &ended.result {
        Ok(told) => taken(tx, target, ended, told, now).await,
        Err(untold) => failed(tx, target, &ended.delivery, untold, now).await,
    }
}

async fn taken(
    tx: &mut Tx,
    target: &mut Target,
    ended: &Ended,
    told: &Told,
    now: i64,
) -> Result<Outcome, StoreError> {
    let id = target.row.id;
    store::delivery::end(tx, ended.delivery.id, "told", now).await?;
    if let (Some(thread), Some(handle)) = (&ended.thread, &told.handle) {
        store::target::remember(tx, id, (thread, ended.delivery.id), handle, now).await?;
    }
    works(tx, target, now).await?;
    if let Some(pause) = told.pause {
        store::connection::rests(tx, id, now + retry::pause(pause)).await?;
    }
    Ok(Outcome::Told)
}

/// It answered: what waits for it to work again is tried now, and whoever heard of its end hears that it is back.
///
/// # Errors
/// When the database fails.
pub async fn works(tx: &mut Tx, target: &mut Target, now: i64) -> Result<(), StoreError> {
    if is_news(target, now) {
        let row = &mut target.row;
        store::connection::worked(tx, row.id, now).await?;
        store::delivery::hurry(tx, row.id, now).await?;
        (row.ok_at, row.error, row.failures, row.blocked_until) = (Some(now), None, 0, None);
    }
    if target.state.switched_off.take().is_some() {
        store::target::switch_on(tx, target.row.id, now).await?;
        store::target::taken(tx, target.row.id).await?;
        target.row.enabled = true;
        let subject = subject(target);
        store::event::append(tx, &[Event::HealthRestored { subject }], now).await?;
    }
    Ok(())
}

/// Nobody knows yet that it works.
fn is_news(target: &Target, now: i64) -> bool {
    let row = &target.row;
    let fresh = row.ok_at.map(|at| at + store::connection::FRESH);
    let failed = row.error.is_some() || row.failures > 0 || row.blocked_until.is_some();
    failed || fresh.is_none_or(|until| until <= now) || target.state.switched_off.is_some()
}

/// It did not take it, and why: it is left alone for a while.
///
/// # Errors
/// When the database fails.
pub async fn fails(
    tx: &mut Tx,
    row: &Connection,
    untold: &Untold,
    now: i64,
) -> Result<String, StoreError> {
    let rest = match untold.fault {
        Fault::Passing { after } => after,
        // Once is the message's fault. Again and again it is a wrong password, which is to cost no backlog.
        Fault::Refused => Some(backoff::pause(failures(row) + 1, None)),
        Fault::Gone => None,
    };
    let message = without_nul(&untold.message);
    let rest = rest.filter(|rest| !rest.is_zero());
    let rest = rest.map(|rest| now + retry::pause(rest));
    store::connection::failed(tx, row.id, &message, rest, now).await?;
    Ok(message)
}

async fn failed(
    tx: &mut Tx,
    target: &Target,
    delivery: &Delivery,
    untold: &Untold,
    now: i64,
) -> Result<Outcome, StoreError> {
    let (row, attempts) = (&target.row, delivery.attempts + 1);
    // Those that nobody answered, as when the program was killed, are no reason to give it up.
    let failures_of_it = attempt::failed(tx, delivery.id).await?;
    let message = fails(tx, row, untold, now).await?;
    let [low, high] = secret::random::<2>();
    let chance = f64::from(u16::from_be_bytes([high, low])) / f64::from(u16::MAX);
    let wait = match untold.fault {
        Fault::Passing { after } => retry::wait(failures_of_it, chance, after),
        Fault::Gone => Some(0),
        Fault::Refused => None,
    };
    // What was told before, or given up, is so still when it is tried once more by hand.
    let is_open = store::delivery::is_at(tx, delivery.id, attempts).await?;
    match wait {
        Some(wait) => store::delivery::put_off(tx, delivery.id, now + wait).await?,
        None if is_open => store::delivery::end(tx, delivery.id, "dead", now).await?,
        None => {}
    }
    tracing::warn!(
        target = row.name,
        kind = delivery.kind,
        attempts,
        error = message,
        "a message was not taken"
    );
    let since = row.error_at.unwrap_or(now);
    let why = match untold.fault {
        Fault::Gone => Some(format!(
            "switched off, because nothing is taken there any more: {message}"
        )),
        _ if retry::is_hopeless(row.failures + 1, since, now) => Some(format!(
            "switched off, because it took nothing for {} days: {message}",
            (now - since) / DAY
        )),
        _ => None,
    };
    match why {
        Some(why) => {
            switch_off(tx, target, &why, now).await?;
            Ok(Outcome::Off)
        }
        None if wait.is_none() => Ok(Outcome::Dead),
        None => Ok(Outcome::Later),
    }
}

fn failures(row: &Connection) -> u32 {
    u32::try_from(row.failures).unwrap_or(u32::MAX - 1)
}

/// The others hear of it; what waits for it goes on waiting.
async fn switch_off(tx: &mut Tx, target: &Target, why: &str, now: i64) -> Result<(), StoreError> {
    store::target::switch_off(tx, target.row.id, why, now).await?;
    let event = Event::HealthDegraded {
        subject: subject(target),
        message: why.to_owned(),
    };
    tracing::warn!(target = target.row.name, why, "a target was switched off");
    store::event::append(tx, &[event], now).await
}

fn subject(target: &Target) -> String {
    format!("target:{}", target.row.name)
}

/// Makes one attempt from beginning to end. None when someone else was faster, or the target has changed.
///
/// # Errors
/// When the database fails.
pub async fn whole(
    app: &App,
    lease: &Lease,
    target: &mut Target,
    delivery: Delivery,
) -> Result<Option<(Ended, Outcome)>, StoreError> {
    let made = message::make(app, target, &delivery, app.clock.now()).await?;
    let mut tx = app.db.begin_unsynced().await?;
    let begun = begun(lease, target, &delivery, &made);
    let ours = store::delivery::tell(&mut tx, &[begun], app.clock.now()).await?;
    if ours.is_empty() {
        return Ok(None);
    }
    tx.commit().await?;
    let ended = call(target, delivery, made).await;
    let mut tx = app.db.begin().await?;
    let outcome = settle(&mut tx, target, &ended, app.clock.now()).await?;
    tx.commit().await?;
    Ok(Some((ended, outcome)))
}
