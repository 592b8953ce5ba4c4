//! One question at a time to a catalogue, and a pause before the next, whoever asks: the worker, or a person. Of several replicas only one
//! works at a catalogue at a time; what persons ask is paced in each.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{sync::OwnedMutexGuard, time::Instant};

use crate::{connection::Settings, store::connection::Connection};

/// How long a person waits for a turn.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is said to one who has waited for so long.
pub const BUSY: &str = "it is asked all the time at this moment, at its pace (paceSeconds); try again in a few minutes";

/// When the next question may be asked; none when it may be at once.
type Gate = Arc<tokio::sync::Mutex<Option<Instant>>>;

/// A gate before each catalogue.
#[derive(Default)]
pub struct Paces(Mutex<HashMap<i64, Gate>>);

/// The right to ask one question. The pause begins when it is given back.
pub struct Pass {
    next: OwnedMutexGuard<Option<Instant>>,
    pause: Duration,
}

impl Paces {
    /// Waits for a turn, in the order in which they are asked for.
    pub async fn pass(&self, row: &Connection) -> Pass {
        self.enter(row.id, pause(row)).await
    }

    async fn enter(&self, catalogue: i64, pause: Duration) -> Pass {
        let next = self.gate(catalogue).lock_owned().await;
        if let Some(at) = *next {
            tokio::time::sleep_until(at).await;
        }
        Pass { next, pause }
    }

    /// The same for a person, who does not wait for long; none when it takes longer.
    pub async fn pass_soon(&self, row: &Connection) -> Option<Pass> {
        tokio::time::timeout(PATIENCE, self.pass(row)).await.ok()
    }

    fn gate(&self, catalogue: i64) -> Gate {
        let mut gates = self.0.lock().expect("no one panics while holding it");
        gates.entry(catalogue).or_default().clone()
    }
}

impl Pass {
    /// Nothing was asked: the next question may come at once.
    pub fn unused(mut self) {
        self.pause = Duration::ZERO;
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        *self.next = Some(Instant::now() + self.pause);
    }
}

/// Between two questions to a catalogue.
pub fn pause(row: &Connection) -> Duration {
    match Settings::from_json(&row.kind, &row.config) {
        Some(Settings::Catalogue(_, settings)) => Duration::from_secs(settings.pace_seconds.into()),
        _ => Duration::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: Duration = Duration::from_millis(300);
    const SOON: Duration = Duration::from_millis(20);

    #[tokio::test]
    async fn one_asks_at_a_time_and_a_pause_comes_before_the_next() {
        let paces = Paces::default();
        let pass = paces.enter(1, PAUSE).await;
        let other = paces.enter(2, PAUSE).await;
        let refused = tokio::time::timeout(SOON, paces.enter(1, PAUSE)).await;
        assert!(refused.is_err(), "another one asks");
        let given_back = Instant::now();
        drop((pass, other));
        let refused = tokio::time::timeout(SOON, paces.enter(1, PAUSE)).await;
        assert!(refused.is_err(), "the pause is not over");
        let pass = paces.enter(1, PAUSE).await;
        assert!(given_back.elapsed() >= PAUSE);
        pass.unused();
        let at_once = tokio::time::timeout(PAUSE, paces.enter(1, PAUSE)).await;
        assert!(at_once.is_ok(), "nothing was asked");
    }
}
