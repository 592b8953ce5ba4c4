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
        let next = self.gate(row.id).lock_owned().await;
        if let Some(at) = *next {
            tokio::time::sleep_until(at).await;
        }
        let pause = pause(row);
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
