//! What became true is told: at least once, in order, with one id and the same bytes, whatever receivers and processes do meanwhile.

mod api;
mod crash;
mod failing;
mod held;
mod threads;

use std::{
    ops::RangeInclusive,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use lacunarr::{
    app::App,
    clock::Clock,
    config,
    domain::event::Event,
    store::{self, connection::Connection},
    telling::Turn,
    worker::deliver,
};
use serde_json::Value;

use super::parts::MINUTE;
use crate::stand_in::{
    install_tls,
    program::Home,
    receiver::{Received, Receiver},
};

const SECOND: i64 = 1_000;
/// What the webhooks of the stories are signed with.
const SIGNING: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// Receivers of a program whose clock the story moves.
struct Scene {
    home: Home,
    at: Arc<AtomicI64>,
}

impl Scene {
    /// Each receiver is a webhook of this name.
    async fn new(receivers: &[(&str, &Receiver)]) -> Self {
        install_tls();
        let mut home = Home::new().await;
        home.set("SETTINGS__TIME_ZONE", "Europe/Paris");
        for (name, receiver) in receivers {
            let name = name.to_uppercase();
            home.set(&format!("TARGETS__{name}__KIND"), "webhook")
                .set(&format!("TARGETS__{name}__URL"), receiver.url().as_str())
                .set(&format!("TARGETS__{name}__SIGNING_SECRET"), SIGNING)
                .set(&format!("TARGETS__{name}__TIMEOUT_SECONDS"), "1");
        }
        Self {
            home,
            // A Saturday, 12:00 in Paris.
            at: Arc::new(AtomicI64::new(1_793_530_800_000)),
        }
    }

    /// A process on the home's database.
    async fn starts(&self) -> Arc<App> {
        let config = config::load(&self.home.data(), None, self.home.environment());
        let config = config.expect("a configuration");
        let app = App::open(config, Clock::Set(self.at.clone())).await;
        app.expect("it starts")
    }

    fn pass(&self, millis: i64) {
        self.at.fetch_add(millis, Ordering::Relaxed);
    }
}

/// Writes events of checks with these numbers.
async fn happen(app: &App, checks: RangeInclusive<i64>) {
    let event = |check| Event::CheckFinished {
        check,
        trigger: "schedule".into(),
        series: 1,
        missing: 1,
        sent: 0,
        failed: 0,
        errors: Vec::new(),
    };
    let events: Vec<Event> = checks.map(event).collect();
    append(app, &events).await;
}

/// Something of high importance happens.
async fn breaks(app: &App, subject: &str) {
    let event = Event::HealthDegraded {
        subject: subject.into(),
        message: "it cannot be reached".into(),
    };
    append(app, &[event]).await;
}

async fn append(app: &App, events: &[Event]) {
    let mut tx = app.db.begin().await.expect("a transaction");
    let appended = store::event::append(&mut tx, events, app.clock.now()).await;
    appended.expect("events");
    tx.commit().await.expect("committed");
}

async fn step(app: &Arc<App>) -> Turn {
    deliver::step(app).await.expect("the database")
}

async fn target(app: &App, name: &str) -> Connection {
    let rows = store::connection::list(&app.db, "target").await;
    let mut rows = rows.expect("the database").into_iter();
    rows.find(|row| row.name == name).expect("the target")
}

async fn waiting(app: &App, name: &str) -> i64 {
    let row = target(app, name).await;
    let count = store::delivery::list::count(&app.db, "due", Some(row.id)).await;
    count.expect("the database")
}

fn body(received: &Received) -> Value {
    serde_json::from_str(&received.body).expect("JSON")
}

/// Numbers of the checks that were told, in order.
fn checks(receiver: &Receiver) -> Vec<i64> {
    let number = |received: &Received| body(received)["data"]["check"].as_i64();
    receiver.received().iter().filter_map(number).collect()
}

/// Its types, in order.
fn kinds(receiver: &Receiver) -> Vec<String> {
    let kind = |received: &Received| body(received)["type"].as_str().expect("a type").to_owned();
    receiver.received().iter().map(kind).collect()
}
