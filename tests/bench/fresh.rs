//! How fast recent releases find the series that want them: `cargo bench --bench fresh`. Prints figures; asserts only what was found.
//!
//! 1,000 releases, half of them of series in the library, against 10,000 series with 50,000 missing volumes. Every figure is the best
//! of 5 rounds: the machine may have other work.

mod home;

#[expect(dead_code, reason = "the stories use more of it")]
#[path = "../it/stand_in"]
mod stand_in {
    pub mod reply;
    pub mod server;
}

use std::time::{Duration, Instant};

use lacunarr::{
    domain::{link::Network, offer::Offer},
    worker::fresh::Wants,
};

const RELEASES: usize = 1_000;

#[tokio::main]
async fn main() {
    let home = home::home().await;
    let app = &home.app;
    let offers: Vec<Offer> = (0..RELEASES).map(offer).collect();
    let (mut read, mut matched) = (Duration::MAX, Duration::MAX);
    for _ in 0..5 {
        let began = Instant::now();
        let wants = Wants::read(app).await.expect("names");
        read = read.min(began.elapsed());
        let offers = offers.clone();
        let began = Instant::now();
        let found = wants.matched(app.lexicon, offers);
        matched = matched.min(began.elapsed());
        assert_eq!(found.len(), RELEASES / 2);
    }
    let milliseconds = |took: Duration| took.as_secs_f64() * 1000.0;
    println!(
        "{:.1} ms: names of {} series with {} missing volumes read from the database",
        milliseconds(read),
        home::SERIES,
        home::SERIES * home::GAPS
    );
    println!(
        "{:.1} ms: {RELEASES} releases read and matched",
        milliseconds(matched)
    );
}

/// Every second one is of a series that nobody collects.
fn offer(number: usize) -> Offer {
    let title = home::title(number / 2 * 17);
    let names = home::names(&match number % 2 {
        0 => title,
        _ => format!("{title} Zwei"),
    });
    Offer {
        fingerprint: format!("{number:064x}"),
        source_id: 1,
        source: "prowlarr".into(),
        indexer_id: 1,
        indexer: "Made-up".into(),
        language: None,
        categories: vec![7030],
        title: names[number / 2 % 15].clone(),
        size: Some(60_000_000),
        seeders: Some(3),
        published_at: None,
        content: None,
        network: Some(Network::Torrent),
        term: String::new(),
        seen_at: 0,
    }
}
