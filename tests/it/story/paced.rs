//! The pace of a catalogue, whoever asks it, and the turns of the worker.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use lacunarr::{
    announcing,
    app::App,
    clock::Clock,
    config,
    domain::identity::Catalogue,
    store::{self, catalogue::link::ChosenBy, connection::Connection},
    worker::{
        scan,
        sync::{self, Synced},
    },
};
use tempfile::TempDir;

use super::parts::DAY;
use crate::stand_in::{
    catalogue::{
        api::{Api, Fault},
        mangaupdates::{self, ONE_PIECE},
        nautiljon::Nautiljon,
    },
    eventually, install_tls,
    program::{Home, shelve},
};

/// Noon of 2026-08-15 in UTC.
const AUGUST: i64 = 1_786_795_200_000;

/// A library, a MangaUpdates with this pace, and a Nautiljon without one that can be switched on.
struct Scene {
    app: Arc<App>,
    site: Api,
    nautiljon: Nautiljon,
    at: Arc<AtomicI64>,
    _kept: (Home, TempDir),
}

impl Scene {
    async fn new(pace: &str, shelf: &[&str]) -> Self {
        install_tls();
        let (site, nautiljon) = (mangaupdates::start(), Nautiljon::start());
        let library = tempfile::tempdir().expect("a folder");
        for title in shelf {
            shelve(library.path(), title, &[1]);
        }
        let mut home = Home::new().await;
        home.library(library.path())
            .set("CATALOGUES__MANGAUPDATES__ENABLED", "true")
            .set("CATALOGUES__MANGAUPDATES__URL", site.url().as_str())
            .set("CATALOGUES__MANGAUPDATES__PACE_SECONDS", pace)
            .set("CATALOGUES__NAUTILJON__ENABLED", "false")
            .set("CATALOGUES__NAUTILJON__URL", nautiljon.site.url().as_str())
            .set("CATALOGUES__NAUTILJON__PACE_SECONDS", "0");
        let at = Arc::new(AtomicI64::new(AUGUST));
        let config = config::load(&home.data(), None, home.environment());
        let app = App::open(config.expect("a configuration"), Clock::Set(at.clone())).await;
        let app = app.expect("it starts");
        scan::step(&app).await.expect("a scan");
        Self {
            app,
            site,
            nautiljon,
            at,
            _kept: (home, library),
        }
    }

    /// So many more series that are chosen there and due.
    async fn chosen(&self, count: usize) {
        let stored = store::series::get(&self.app.db, 1).await;
        let one = stored.expect("the database").expect("the series").series;
        let mut tx = self.app.db.begin().await.expect("a transaction");
        for number in 0..count {
            let made = lacunarr::domain::series::Series {
                title: format!("Series {number}"),
                ..one.clone()
            };
            let id = store::series::insert(&mut tx, &made, AUGUST).await;
            let (key, there) = (
                (id.expect("made"), Catalogue::MangaUpdates),
                ONE_PIECE.to_string(),
            );
            let by = ChosenBy::User;
            let chosen = store::catalogue::link::choose(&mut tx, key, Some(&there), by, 0).await;
            assert!(chosen.expect("the database"));
        }
        tx.commit().await.expect("committed");
    }

    async fn switch(&self, catalogue: &str, enabled: bool) -> Connection {
        let row = store::connection::named(&self.app.db, "catalogue", catalogue).await;
        let row = row.expect("the database").expect("it");
        let draft = store::connection::Draft {
            role: &row.role,
            name: &row.name,
            kind: &row.kind,
            managed: &row.managed,
            enabled,
            config: &row.config,
            sealed: row.sealed.as_deref(),
        };
        let mut tx = self.app.db.begin().await.expect("a transaction");
        let updated = store::connection::update(&mut tx, row.id, &draft, AUGUST).await;
        updated.expect("the database");
        tx.commit().await.expect("committed");
        row
    }

    async fn step(&self) -> Synced {
        sync::step(&self.app).await.expect("the database")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_asks_comes_in_its_turn_between_what_the_worker_asks() {
    let scene = Scene::new("1", &["One Piece"]).await;
    scene.chosen(4).await;
    let slow = Duration::from_millis(300);
    scene.site.fail(Fault::Slow(slow));
    let app = Arc::clone(&scene.app);
    let turn = tokio::spawn(async move { sync::step(&app).await });
    eventually("the worker asks", 20, async || scene.site.has_been_asked()).await;
    let row = store::connection::named(&scene.app.db, "catalogue", "mangaupdates").await;
    let row = row.expect("the database").expect("it");
    let found = announcing::search(&scene.app, &row, "20th Century").await;
    assert_eq!(found.expect("an answer").len(), 1);
    assert!(
        !turn.is_finished(),
        "the person did not wait for the worker"
    );
    turn.await.expect("no panic").expect("the database");
    let asked = scene.site.asked();
    let by_hand = asked
        .iter()
        .position(|asked| asked.body["search"] == "20th Century")
        .expect("it was asked");
    assert!(by_hand <= 2, "it came next: {by_hand}");
    // Never beside another one, and never before the pause is over.
    let least = slow + Duration::from_millis(990);
    for pair in asked.windows(2) {
        let gap = pair[1].at - pair[0].at;
        assert!(gap >= least, "{gap:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_ends_and_what_is_left_goes_on_at_once() {
    let scene = Scene::new("0", &["One Piece"]).await;
    scene.chosen(129).await;
    let mut asked = Vec::new();
    loop {
        let synced = scene.step().await;
        asked.push(synced.asked);
        if !synced.more {
            break;
        }
    }
    // One Piece is looked for, and asked about.
    assert_eq!(asked, [60, 60, 11]);

    scene.at.fetch_add(30 * DAY, Ordering::Relaxed);
    scene.site.asked();
    let worker = tokio::spawn(sync::run(Arc::clone(&scene.app)));
    // Sooner than it would look again by itself.
    let mut asked = 0;
    eventually("all are asked about", 45, async || {
        asked += scene.site.asked().len();
        asked >= 130
    })
    .await;
    scene.app.stop.cancel();
    worker.await.expect("no panic");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_series_is_looked_for_by_two_of_its_other_names_only_where_its_title_finds_nothing() {
    let scene = Scene::new("0", &["One Piece", "Les enfants du siècle", "Inconnu"]).await;
    let mut tx = scene.app.db.begin().await.expect("a transaction");
    for (title, aliases) in [
        ("Les enfants du siècle", vec!["20th Century Boys"]),
        ("Inconnu", vec!["Unknown", "Sconosciuto", "Unbekannt"]),
    ] {
        let found =
            store::series::known_as(&mut tx, &lacunarr::domain::title::fold(title), "fr").await;
        let id = found.expect("the database")[0];
        let stored = store::series::get_in(&mut tx, id).await;
        let mut series = stored.expect("the database").expect("it").series;
        series.aliases = aliases.into_iter().map(str::to_owned).collect();
        let updated = store::series::update(&mut tx, &series, AUGUST).await;
        updated.expect("the database");
    }
    tx.commit().await.expect("committed");
    while scene.step().await.more {}
    let asked = scene.site.asked();
    let mut terms: Vec<&str> = asked
        .iter()
        .filter_map(|asked| asked.body["search"].as_str())
        .collect();
    terms.sort_unstable();
    assert_eq!(
        terms,
        [
            "20th Century Boys",
            "Inconnu",
            "Les enfants du siècle",
            "One Piece",
            "Sconosciuto",
            "Unknown"
        ]
    );
    let (known, unknown) = store::catalogue::link::counts(&scene.app.db, Catalogue::MangaUpdates)
        .await
        .expect("the database");
    assert_eq!((known, unknown), (3, 1), "two are found");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_asked_once_an_hour_keeps_no_other_one_waiting() {
    let scene = Scene::new("3600", &["One Piece"]).await;
    scene.switch("nautiljon", true).await;
    let worker = tokio::spawn(sync::run(Arc::clone(&scene.app)));
    eventually("both are asked", 20, async || {
        scene.site.has_been_asked() && !scene.nautiljon.site.asked().is_empty()
    })
    .await;
    // Sooner than it would look again by itself.
    let chosen = announcing::choose(&scene.app, 1, Catalogue::Nautiljon, Some("one+piece")).await;
    chosen.expect("chosen");
    eventually("what was chosen is asked", 20, async || {
        let asked = scene.nautiljon.site.asked();
        asked.iter().any(|asked| asked.what.contains("one+piece"))
    })
    .await;
    assert_eq!(scene.site.asked().len(), 1, "the other one waits");
    scene.app.stop.cancel();
    worker.await.expect("no panic");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_in_which_nothing_was_asked_is_the_next_one_s() {
    let scene = Scene::new("3600", &["One Piece"]).await;
    let row = scene.switch("mangaupdates", true).await;
    let before = scene.app.paces.pass(&row).await;
    let person = tokio::spawn({
        let (app, row) = (Arc::clone(&scene.app), row.clone());
        async move { announcing::search(&app, &row, "One Piece").await }
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    scene.switch("mangaupdates", false).await;
    before.unused();
    let found = person.await.expect("no panic");
    assert!(matches!(found, Err(announcing::AskError::Off)), "{found:?}");
    let next = tokio::time::timeout(Duration::from_secs(10), scene.app.paces.pass(&row)).await;
    next.expect("at once").unused();
    assert!(!scene.site.has_been_asked());
}
