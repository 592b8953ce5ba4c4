//! How fast events are told: `cargo bench --bench deliver`. Prints figures; asserts only that all of it arrived.
//!
//! 1,000 events to 10 webhooks that answer at once, in one process with this program: 10,000 signed requests, each attempt written down
//! before and after it.

#[expect(dead_code, reason = "the stories use more of it")]
#[path = "../it/stand_in/server.rs"]
mod server;

use std::{
    collections::BTreeMap,
    fs,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use lacunarr::{app::App, clock::Clock, config, domain::event::Event, store, worker::deliver};
use poem::{Request, Response, endpoint::make, http::StatusCode};
use server::Server;

const EVENTS: usize = 1_000;
const TARGETS: usize = 10;

#[tokio::main]
async fn main() {
    rustls::crypto::ring::default_provider()
        .install_default()
        .expect("it is installed once");
    let received = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&received);
    let receiver = Server::start(make(move |request: Request| {
        let counted = Arc::clone(&counted);
        async move {
            let body = request.into_body().into_bytes().await;
            assert!(body.is_ok_and(|body| !body.is_empty()));
            counted.fetch_add(1, Ordering::Relaxed);
            Ok::<_, poem::Error>(Response::from(StatusCode::OK))
        }
    }));
    let folder = tempfile::tempdir().expect("a folder");
    let mut environment = BTreeMap::new();
    for target in 0..TARGETS {
        let mut set = |name: &str, value: &str| {
            let name = format!("LACUNARR__TARGETS__T{target}__{name}");
            environment.insert(name, value.to_owned());
        };
        set("KIND", "webhook");
        set("URL", receiver.url().as_str());
        set("SIGNING_SECRET", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD");
    }
    let config = config::load(&folder.path().join("data"), None, environment);
    let app = App::open(config.expect("a configuration"), Clock::System).await;
    let app = app.expect("it opens");
    println!("{} MiB resident before", resident());
    for round in 1..=3 {
        let before = received.load(Ordering::Relaxed);
        happen(&app).await;
        let began = Instant::now();
        let turn = deliver::step(&app).await.expect("the database");
        let took = began.elapsed();
        assert_eq!(turn.told, EVENTS * TARGETS);
        assert_eq!(received.load(Ordering::Relaxed) - before, EVENTS * TARGETS);
        println!(
            "{:.2} s: {EVENTS} events told to {TARGETS} targets, round {round}; {} MiB resident",
            took.as_secs_f64(),
            resident()
        );
    }
}

async fn happen(app: &App) {
    let event = |check| Event::CheckFinished {
        check,
        trigger: "schedule".into(),
        series: 150,
        missing: 431,
        sent: 12,
        failed: 0,
        errors: Vec::new(),
    };
    let events: Vec<Event> = (1..=EVENTS as i64).map(event).collect();
    let mut tx = app.db.begin().await.expect("a transaction");
    let appended = store::event::append(&mut tx, &events, app.clock.now()).await;
    appended.expect("events");
    tx.commit().await.expect("committed");
}

/// Mebibytes of this process, the receiver included.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kibibytes.unwrap_or(0) / 1024
}
