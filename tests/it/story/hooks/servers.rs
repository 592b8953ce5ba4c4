//! What is said of a series that a server shows: just that one is asked for.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use lacunarr::{
    app::App,
    clock::Clock,
    config,
    domain::series::Series,
    store::{self, link::Link},
    worker::scan,
};
use serde_json::json;

use super::{due, hear, heed, hints, hook};
use crate::stand_in::{
    install_tls,
    komga::{ADMIN_KEY, Komga},
    program::{Home, shelve},
};

#[tokio::test(flavor = "multi_thread")]
async fn only_the_series_that_was_named_is_read_of_a_server() {
    install_tls();
    let folder = tempfile::tempdir().expect("a folder");
    shelve(folder.path(), "Akira", &[1]);
    let (komga, mut home) = (Komga::start(), Home::new().await);
    let manga = komga.add_library("manga", "/data/manga");
    let naruto = komga.add_series(&manga, "Naruto", &["Naruto T01.cbz", "Naruto T04.cbz"]);
    let bleach = komga.add_series(&manga, "Bleach", &["Bleach T01.cbz"]);
    home.library(folder.path())
        .set("LIBRARIES__KOMGA__KIND", "komga")
        .set("LIBRARIES__KOMGA__URL", komga.url().as_str())
        .set("LIBRARIES__KOMGA__API_KEY", ADMIN_KEY)
        .set("LIBRARIES__KOMGA__SERVER_LIBRARY", "manga");
    hook(&mut home, "generic", folder.path());
    let at = Arc::new(AtomicI64::new(1_793_577_600_000));
    let config = config::load(&home.data(), None, home.environment()).expect("a configuration");
    let app = App::open(config, Clock::Set(at.clone()))
        .await
        .expect("it starts");
    scan::step(&app).await.expect("a scan");
    let scans = async || {
        let mut scans = Vec::new();
        for row in store::connection::list(&app.db, "library")
            .await
            .expect("libraries")
        {
            let state = store::library::state(&app.db, row.id)
                .await
                .expect("a state");
            scans.push((row.name, state.scanned_at));
        }
        scans
    };
    let before = scans().await;
    let id = store::series::by_title(&app.db, "Naruto")
        .await
        .expect("series")[0];
    komga.change(|shelves| {
        shelves.add_book(&naruto, "Naruto T02.cbz");
        shelves.add_book(&bleach, "Bleach T02.cbz");
    });
    at.fetch_add(1000, Ordering::Relaxed);
    let asked = komga.requests().len();

    let body = json!({"title": "Naruto T02"}).to_string();
    assert!(hear(&app, "generic", &body).await);
    assert_eq!(
        hints(&app).await,
        (0, 1),
        "no library is to be read as a whole"
    );
    let [kept] = <[_; 1]>::try_from(
        store::hook::list(&app.db, hook_id(&app).await)
            .await
            .expect("bodies"),
    )
    .expect("one");
    assert_eq!(kept.outcome, "looked at: 'komga'; due: 'Naruto'");
    let heeded = heed(&app).await;
    assert_eq!((heeded.libraries, heeded.series, heeded.busy), (1, 1, 0));
    assert_eq!((hints(&app).await, due(&app).await), ((0, 0), vec![id]));
    let stored = store::series::get(&app.db, id)
        .await
        .expect("read")
        .expect("it");
    assert_eq!(stored.shelf.present.to_string(), "1-2,4");
    assert_eq!(scans().await, before, "neither library was scanned");
    let asked = komga.requests().split_off(asked);
    assert!(!asked.is_empty());
    let is_of_it =
        |request: &&String| request.contains(&naruto) || **request == "GET /api/v1/libraries";
    assert!(asked.iter().all(|request| is_of_it(&request)), "{asked:#?}");

    // Of one that the server is only to hold no key is known: all of it is read.
    let row = store::connection::named(&app.db, "library", "komga").await;
    let library = row.expect("read").expect("the library").id;
    let mut tx = app.db.begin().await.expect("a transaction");
    let monster = Series {
        title: "Monster".into(),
        language: "fr".into(),
        ..Series::default()
    };
    let monster = store::series::insert(&mut tx, &monster, 1)
        .await
        .expect("it");
    let wanted = Link::wanted(library, monster);
    store::link::put(&mut tx, &wanted, 1).await.expect("a link");
    tx.commit().await.expect("written");
    komga.add_series(&manga, "Monster", &["Monster T01.cbz"]);
    assert!(hear(&app, "generic", &json!({"title": "Monster"}).to_string()).await);
    assert_eq!(heed(&app).await.libraries, 1);
    let stored = store::series::get(&app.db, monster)
        .await
        .expect("read")
        .expect("it");
    assert_eq!(stored.shelf.present.to_string(), "1");
    let after = scans().await;
    let read: Vec<&str> = before
        .iter()
        .zip(&after)
        .filter(|(before, after)| before != after)
        .map(|(_, after)| &*after.0)
        .collect();
    assert_eq!(read, ["komga"]);
}

async fn hook_id(app: &App) -> i64 {
    let row = store::connection::named(&app.db, "hook", "generic").await;
    row.expect("read").expect("the hook").id
}
