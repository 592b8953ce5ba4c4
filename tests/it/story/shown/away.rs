//! A Komga that is away for an hour, and one that is listened to although the program is switched off.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use lacunarr::{
    app::App,
    clock::Clock,
    config,
    store::{self, Window},
    worker::{scan, watch},
};
use serde_json::json;

use super::{listens, series, shown};
use crate::{
    stand_in::{
        eventually, install_tls,
        komga::{Fault, Komga},
        program::Home,
    },
    story::parts::MINUTE,
};

/// `Title: present/vanished`, by title.
async fn shelves(app: &App) -> Vec<String> {
    let mut shelves = Vec::new();
    for id in store::series::ids(&app.db, false).await.expect("series") {
        let stored = store::series::get(&app.db, id).await.expect("a series");
        let stored = stored.expect("a series");
        let (title, shelf) = (&stored.series.title, &stored.shelf);
        shelves.push(format!("{title}: {}/{}", shelf.present, shelf.vanished));
    }
    shelves.sort();
    shelves
}

async fn vanished(app: &App) -> i64 {
    let filter = store::event::Filter {
        kind: "volume.vanished".into(),
        ..<_>::default()
    };
    let window = Window {
        limit: 1,
        offset: 0,
    };
    let page = store::event::list(&app.db, &filter, window).await;
    page.expect("the history").total
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_hour_away_all_of_it_is_read_and_nothing_vanished_meanwhile() {
    install_tls();
    let at = Arc::new(AtomicI64::new(1_793_577_600_000));
    let (komga, mut home) = (Komga::start(), Home::new().await);
    komga.set_clock(Clock::Set(at.clone()));
    let manga = komga.add_library("manga", "/data/manga");
    let naruto = komga.add_series(&manga, "Naruto", &["Naruto T01.cbz", "Naruto T03.cbz"]);
    let bleach = komga.add_series(&manga, "Bleach", &["Bleach T01.cbz", "Bleach T02.cbz"]);
    let akira = komga.add_series(&manga, "Akira", &["Akira T01.cbz"]);
    shown(&mut home, &komga, "manga", "fr");
    let config = config::load(&home.data(), None, home.environment()).expect("a configuration");
    let app = App::open(config, Clock::Set(at.clone())).await;
    let app = app.expect("it starts");
    scan::step(&app).await.expect("a scan");
    let watching = tokio::spawn(watch::run(app.clone()));
    listens(&komga).await;
    let before = ["Akira: 1/", "Bleach: 1-2/", "Naruto: 1,3/"];
    assert_eq!(shelves(&app).await, before);
    let library = store::connection::list(&app.db, "library").await;
    let library = library.expect("libraries")[0].id;
    let state = async || store::library::state(&app.db, library).await.expect("one");

    komga.fail(Fault::Down);
    komga.close_streams();
    let down_at = at.load(Ordering::Relaxed);
    eventually("it is known that nothing is heard", 30, async || {
        state().await.heard_at.is_some_and(|heard| heard < down_at)
    })
    .await;
    at.fetch_add(61 * MINUTE, Ordering::Relaxed);
    let scanned = scan::scheduled(&app).await.expect("the database");
    assert_eq!(scanned, [], "it is its turn, since nobody heard anything");
    assert!(state().await.held.is_some());
    komga.change(|shelves| {
        shelves.add_book(&naruto, "Naruto T02.cbz");
        shelves.trash_book(&bleach, "Bleach T02.cbz");
        shelves.remove_series(&akira);
        shelves.add_series(&manga, "Monster", &["Monster T01.cbz"]);
    });
    assert_eq!(shelves(&app).await, before, "what is not seen is not gone");
    assert_eq!(vanished(&app).await, 0);
    let asked = komga.requests().len();

    komga.fail(None);
    // A second attempt in vain would be followed by a pause of a minute.
    eventually("all of it is read", 100, async || {
        state().await.scanned_at == Some(at.load(Ordering::Relaxed))
    })
    .await;
    assert_eq!(
        shelves(&app).await,
        ["Akira: /1", "Bleach: 1/2", "Monster: 1/", "Naruto: 1-3/"]
    );
    assert_eq!(vanished(&app).await, 2);
    let held = state().await.held.unwrap_or_default();
    assert!(!held.contains("cannot be read"), "{held}");
    let asked = komga.requests().split_off(asked);
    let has = |part: &str| asked.iter().any(|request| request.contains(part));
    assert!(has("/series/list"), "{asked:#?}");
    assert!(!has("/latest") && !has("/updated"), "{asked:#?}");
    app.stop.cancel();
    watching.await.expect("it ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_tells_is_seen_while_the_program_is_switched_off_and_nothing_is_searched() {
    let (komga, mut home) = (Komga::start(), Home::new().await);
    let manga = komga.add_library("manga", "/data/manga");
    let naruto = komga.add_series(&manga, "Naruto", &["Naruto T01.cbz", "Naruto T04.cbz"]);
    shown(&mut home, &komga, "manga", "fr");
    home.set("SETTINGS__ENABLED", "false");
    let program = home.start().await;
    program.scanned().await;
    listens(&komga).await;
    komga.change(|shelves| shelves.add_book(&naruto, "Naruto T02.cbz"));
    eventually("it is on the shelf", 20, async || {
        series(&program, "naruto").await["owned"] == "1-2,4"
    })
    .await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(program.get("checks").await["totalRecords"], 0);
    assert_eq!(series(&program, "naruto").await["missing"], json!("3"));
}
