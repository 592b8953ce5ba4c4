//! What catalogues say of a series, from the page to the wants.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use lacunarr::{
    announcing,
    app::App,
    domain::{
        catalogue::{Entry, Market, Planned, Release, hold::Doubt},
        identity::Catalogue,
    },
    health, settings, shelving,
    store::{
        self, Window,
        catalogue::{link::ChosenBy, said::Held},
    },
    worker::{
        scan,
        sync::{self, Synced},
    },
};
use poem::{Request, Response};
use tempfile::TempDir;

use super::parts::{DAY, MINUTE, started};
use crate::stand_in::{
    catalogue::{
        nautiljon::page,
        site::{Fault, Site, html},
    },
    install_tls,
    program::{Home, shelve},
    reply::{parameters, with_status},
};

/// Noon of 2026-08-15 in UTC.
const AUGUST: i64 = 1_786_795_200_000;

/// A library, and a Nautiljon whose page of One Piece says so many volumes.
struct Scene {
    home: Home,
    site: Site,
    library: TempDir,
    at: Arc<AtomicI64>,
    says: Arc<std::sync::Mutex<String>>,
}

impl Scene {
    async fn new(language: &str, shelf: &[u32]) -> Self {
        install_tls();
        let says = Arc::new(std::sync::Mutex::new(page!("ongoing-in-both").to_owned()));
        let at_site = Arc::clone(&says);
        let site = Site::start(move |request: &Request| answer(request, &at_site));
        let library = tempfile::tempdir().expect("a folder");
        shelve(library.path(), "One Piece", shelf);
        let mut home = Home::new().await;
        home.library(library.path())
            .set("LIBRARIES__MANGA__LANGUAGE", language)
            .set("CATALOGUES__NAUTILJON__URL", site.url().as_str())
            .set("CATALOGUES__NAUTILJON__PACE_SECONDS", "0")
            .set("CATALOGUES__NAUTILJON__TIMEOUT_SECONDS", "2")
            .set("SETTINGS__TIME_ZONE", "Europe/Paris");
        let at = Arc::new(AtomicI64::new(AUGUST));
        Self {
            home,
            site,
            library,
            at,
            says,
        }
    }

    /// A process, which has scanned.
    async fn starts(&self) -> Arc<App> {
        assert!(self.library.path().is_dir());
        started(&self.home, &self.at).await
    }

    fn pass(&self, millis: i64) {
        self.at.fetch_add(millis, Ordering::Relaxed);
    }

    fn says(&self, from: &str, to: &str) {
        let mut page = self.says.lock().expect("no one panics with it");
        assert!(page.contains(from), "{from}");
        *page = page.replace(from, to);
    }
}

fn answer(request: &Request, says: &std::sync::Mutex<String>) -> Response {
    let asked = parameters(request);
    let has = |name: &str| asked.iter().any(|(known, _)| known == name);
    match request.uri().path() {
        "/mangas/one+piece.html" => html(&says.lock().expect("no one panics with it")),
        "/mangas/" if !has("q") => html(page!("search")),
        "/mangas/" => html(page!("search-nothing")),
        "/planning/manga/" => html(page!("planning")),
        _ => with_status(html("<title>Page introuvable</title>"), 404),
    }
}

/// Turn by turn, until nothing is due any more.
async fn step(app: &Arc<App>) -> Synced {
    let mut all = Synced::default();
    loop {
        let one = sync::step(app).await.expect("the database");
        all.asked += one.asked;
        all.answered += one.answered;
        all.failed += one.failed;
        if !one.more {
            return all;
        }
    }
}

/// Total, who says so, and what is missing.
async fn counted(app: &App) -> (Option<u32>, Option<&'static str>, String) {
    let stored = store::series::get(&app.db, 1).await.expect("the database");
    let stored = stored.expect("the series");
    let missing = stored.missing_volumes().to_string();
    (
        stored.series.known_total(),
        stored.series.counted_by(),
        missing,
    )
}

async fn choose(app: &App) {
    let chosen = announcing::choose(app, 1, Catalogue::Nautiljon, Some("one+piece")).await;
    chosen.expect("chosen");
}

async fn told(app: &App) -> BTreeMap<String, usize> {
    let all = Window {
        limit: 500,
        offset: 0,
    };
    let page = store::event::list(&app.db, &store::event::Filter::default(), all).await;
    let mut told = BTreeMap::new();
    for event in page.expect("events").records {
        *told.entry(event.kind).or_default() += 1;
    }
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn a_french_library_wants_what_is_out_in_france_and_a_japanese_one_what_is_out_at_home() {
    for (language, total, missing) in [("fr", 111, "109-111"), ("ja", 113, "109-113")] {
        let shelf: Vec<u32> = (1..=108).collect();
        let scene = Scene::new(language, &shelf).await;
        let app = scene.starts().await;
        assert_eq!(counted(&app).await, (None, None, String::new()));
        choose(&app).await;
        step(&app).await;
        let expected = (Some(total), Some("nautiljon"), missing.to_owned());
        assert_eq!(counted(&app).await, expected, "{language}");
        let said = store::catalogue::said::of_series(&app.db, 1).await;
        let said: Vec<_> = said.expect("statements");
        let counts: Vec<_> = said
            .iter()
            .map(|stored| (stored.said.statement.market, stored.said.statement.count))
            .collect();
        assert_eq!(
            counts,
            [(Market::France, Some(111)), (Market::Home, Some(113))],
            "both are kept, and both say where they are from"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_count_that_is_suddenly_another_changes_nothing_until_a_person_takes_it() {
    let shelf: Vec<u32> = (1..=108).collect();
    let scene = Scene::new("fr", &shelf).await;
    let app = scene.starts().await;
    choose(&app).await;
    step(&app).await;
    let before = counted(&app).await;
    for said in ["12", "1110"] {
        scene.says("</span>111 (", &format!("</span>{said} ("));
        scene.pass(9 * DAY);
        step(&app).await;
        assert_eq!(counted(&app).await, before, "{said}");
        let problems = health::problems(&app).await.expect("the database");
        let held = problems
            .iter()
            .find(|problem| problem.subject == "catalogues:held");
        let message = &held.expect("a problem").message;
        let sentence = format!("nautiljon (VF) says {said} now, and said 111 before, of One Piece");
        assert!(message.starts_with(&sentence), "{message}");
        scene.says(&format!("</span>{said} ("), "</span>111 (");
    }
    // Said again, it is not told again.
    assert_eq!(told(&app).await.get("catalogue.conflict"), Some(&2));
    scene.pass(9 * DAY);
    step(&app).await;
    let problems = health::problems(&app).await.expect("the database");
    assert!(
        problems
            .iter()
            .all(|problem| problem.subject != "catalogues:held"),
        "it says the former again: {problems:?}"
    );
    scene.says("</span>111 (", "</span>150 (");
    scene.pass(9 * DAY);
    step(&app).await;
    let accepted = announcing::accept(&app, 1, Catalogue::Nautiljon, Market::France).await;
    assert!(accepted.expect("the database"));
    assert_eq!(counted(&app).await.0, Some(150));
    let again = announcing::accept(&app, 1, Catalogue::Nautiljon, Market::France).await;
    assert!(!again.expect("the database"), "nothing is held any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn to_choose_what_is_chosen_already_confirms_it_and_forgets_nothing() {
    let shelf: Vec<u32> = (1..=108).collect();
    let scene = Scene::new("fr", &shelf).await;
    let app = scene.starts().await;
    let found = Some("one+piece");
    let by = ChosenBy::Certain;
    let chosen = announcing::chosen(&app, 1, Catalogue::Nautiljon, found, by).await;
    assert!(chosen.expect("chosen"));
    step(&app).await;
    let before = (counted(&app).await, told(&app).await);
    assert_eq!(before.0.2, "109-111");
    choose(&app).await;
    assert_eq!((counted(&app).await, told(&app).await), before);
    let links = store::catalogue::link::of_series(&app.db, 1).await;
    let links = links.expect("the database");
    let link = links
        .iter()
        .find(|link| link.catalogue == Catalogue::Nautiljon)
        .expect("it");
    assert_eq!((link.chosen_by, link.due_at), (Some(ChosenBy::User), 0));
    assert!(link.found_at.is_some(), "its names are known: {link:?}");
}

/// A person holds One Piece, and changes something of it while the worker waits.
async fn meanwhile(
    app: &Arc<App>,
    worker: impl Future<Output = ()> + Send + 'static,
    person: impl AsyncFnOnce(&mut store::Tx),
) {
    let mut tx = app.db.begin().await.expect("a transaction");
    let held = store::series::get_in(&mut tx, 1).await;
    held.expect("the database").expect("the series");
    let worker = tokio::spawn(worker);
    tokio::time::sleep(Duration::from_millis(300)).await;
    person(&mut tx).await;
    tx.commit().await.expect("committed");
    worker.await.expect("no panic");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_one_that_a_person_replaces_meanwhile_is_not_taken() {
    let scene = Scene::new("fr", &[1]).await;
    let app = scene.starts().await;
    choose(&app).await;
    let entry = Entry {
        id: "one+piece".into(),
        title: "One Piece".into(),
        titles: vec!["Wan Pisu".into()],
        ..Entry::default()
    };
    let worker = {
        let app = Arc::clone(&app);
        async move {
            let taken = announcing::take(&app, 1, Catalogue::Nautiljon, &entry).await;
            taken.expect("the database");
        }
    };
    meanwhile(&app, worker, async |tx| {
        let (key, other) = ((1, Catalogue::Nautiljon), Some("monster"));
        let chosen = store::catalogue::link::choose(tx, key, other, ChosenBy::User, 0).await;
        assert!(chosen.expect("the database"));
    })
    .await;
    let stored = store::series::get(&app.db, 1).await.expect("the database");
    let aliases = stored.expect("the series").series.aliases;
    assert_eq!(aliases, Vec::<String>::new(), "they are of the other one");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_back_meanwhile_stays_so_when_a_month_is_read() {
    let scene = Scene::new("fr", &[1]).await;
    let app = scene.starts().await;
    choose(&app).await;
    step(&app).await;
    let planned = Planned {
        id: "one+piece".into(),
        title: "One Piece".into(),
        release: Release {
            volume: "113".parse().expect("a volume"),
            day: Some("2026-12-02".parse().expect("a day")),
            isbn: None,
        },
    };
    let of_france = async |app: &App| {
        let said = store::catalogue::said::of_series(&app.db, 1).await;
        let mut said = said.expect("the database").into_iter();
        let said = said.find(|known| known.said.statement.market == Market::France);
        said.expect("a statement")
    };
    let mut held = of_france(&app).await;
    held.held = Some(Held {
        statement: held.said.statement.clone(),
        why: Doubt::Fewer {
            from: 111,
            to: Some(12),
        },
        since: AUGUST,
    });
    let worker = {
        let app = Arc::clone(&app);
        async move {
            let read = announcing::planned(&app, Catalogue::Nautiljon, &[planned]).await;
            assert_eq!(read.expect("the database"), 1);
        }
    };
    meanwhile(&app, worker, async |tx| {
        let put = store::catalogue::said::put(tx, 1, &held).await;
        put.expect("the database");
    })
    .await;
    assert_eq!(of_france(&app).await, held);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_volume_is_wanted_on_its_day_where_the_user_is() {
    let shelf: Vec<u32> = (1..=111).collect();
    let scene = Scene::new("fr", &shelf).await;
    let app = scene.starts().await;
    announcing::count_reached(&app).await.expect("counted");
    choose(&app).await;
    step(&app).await;
    assert_eq!(counted(&app).await.2, "");
    // 2026-10-07 begins in Paris at 22:00 UTC of the day before.
    let midnight = 1_791_324_000_000;
    scene.at.store(midnight - MINUTE, Ordering::Relaxed);
    announcing::count_reached(&app).await.expect("counted");
    assert_eq!(counted(&app).await.2, "", "a minute before");
    scene.at.store(midnight, Ordering::Relaxed);
    announcing::count_reached(&app).await.expect("counted");
    assert_eq!(
        counted(&app).await,
        (Some(112), Some("nautiljon"), "112".into())
    );
    announcing::count_reached(&app).await.expect("counted");
    // The program stopped in the middle: the day was not over, and One Piece was.
    let mut tx = app.db.begin().await.expect("a transaction");
    let written =
        store::setting::put(&mut tx, "catalogues.counted_on", "2026-10-06", midnight).await;
    written.expect("written");
    tx.commit().await.expect("committed");
    let counted_again = announcing::count_reached(&app).await;
    assert_eq!(counted_again.expect("counted"), 1, "it is counted again");
    let told = told(&app).await;
    assert_eq!(told.get("volume.released"), Some(&1), "{told:?}");
    assert_eq!(told.get("volume.missing"), Some(&1), "{told:?}");
    assert_eq!(
        told.get("volume.announced"),
        None,
        "the first reading is where it starts: {told:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_been_missing_for_long_is_told_once_more() {
    let scene = Scene::new("fr", &[1, 2, 4, 6]).await;
    let app = scene.starts().await;
    assert_eq!(counted(&app).await.2, "3,5");
    let overdue = async || shelving::overdue(&app).await.expect("the database");
    assert_eq!(overdue().await, 0);
    scene.pass(29 * DAY);
    assert_eq!(overdue().await, 0, "a day too early");
    scene.pass(DAY);
    assert_eq!(overdue().await, 2);
    scene.pass(DAY);
    assert_eq!(overdue().await, 0, "each once");
    assert_eq!(told(&app).await.get("volume.overdue"), Some(&2));
    shelve(scene.library.path(), "One Piece", &[20]);
    scene.pass(DAY);
    scan::step(&app).await.expect("a scan");
    scene.pass(30 * DAY);
    assert_eq!(overdue().await, 13, "6 to 20 without those that were told");
    let told = told(&app).await;
    assert_eq!(
        told.get("volume.overdue"),
        Some(&12),
        "ten, and how many more"
    );
    assert_eq!(
        told.get("digest"),
        Some(&2),
        "that they are missing, and that they still are"
    );
    let never = [("overdueDays", "0".to_owned())];
    settings::change(&app, &never).await.expect("changed");
    scene.pass(60 * DAY);
    assert_eq!(overdue().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_catalogue_that_does_not_let_us_in_is_left_alone_for_a_day_and_reads_what_a_browser_saved()
 {
    let shelf: Vec<u32> = (1..=108).collect();
    let scene = Scene::new("fr", &shelf).await;
    scene.site.fails(Fault::Challenge(403));
    let app = scene.starts().await;
    choose(&app).await;
    let synced = step(&app).await;
    assert_eq!((synced.failed, synced.answered), (1, 0));
    assert_eq!(scene.site.asked().len(), 1);
    scene.pass(23 * 60 * MINUTE);
    step(&app).await;
    assert!(scene.site.asked().is_empty(), "it is left alone");
    let row = store::connection::named(&app.db, "catalogue", "nautiljon").await;
    let row = row.expect("the database").expect("it");
    assert!(row.error.is_some_and(|error| error.contains("banned")));
    let row = store::connection::named(&app.db, "catalogue", "nautiljon").await;
    let row = row.expect("the database").expect("it");
    let other = announcing::read_page(&app, &row, 1, page!("novel")).await;
    let other = other.expect_err("a page of another series").to_string();
    assert!(other.contains("not known to be this series"), "{other}");
    assert_eq!(counted(&app).await.0, None, "it changes nothing");
    let saved = page!("saved-by-firefox");
    announcing::read_page(&app, &row, 1, saved)
        .await
        .expect("read");
    assert_eq!(counted(&app).await.0, Some(111));
    scene.pass(2 * 60 * MINUTE);
    scene.site.mend();
    step(&app).await;
    assert!(!scene.site.asked().is_empty(), "it is tried again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_week_of_a_thousand_series_costs_a_request_each_and_one_for_each_month() {
    let scene = Scene::new("fr", &[1]).await;
    let app = scene.starts().await;
    let series = store::series::get(&app.db, 1).await.expect("the database");
    let one = series.expect("the series").series;
    let mut tx = app.db.begin().await.expect("a transaction");
    for number in 0..1_000 {
        let made = lacunarr::domain::series::Series {
            title: format!("One Piece {number}"),
            ..one.clone()
        };
        let id = store::series::insert(&mut tx, &made, scene.at.load(Ordering::Relaxed)).await;
        let key = (id.expect("made"), Catalogue::Nautiljon);
        let chosen =
            store::catalogue::link::choose(&mut tx, key, Some("one+piece"), ChosenBy::User, AUGUST);
        chosen.await.expect("chosen");
    }
    tx.commit().await.expect("committed");
    choose(&app).await;
    for _ in 0..7 {
        step(&app).await;
        scene.pass(DAY);
    }
    let asked = scene.site.asked();
    let of = |path: &str| {
        asked
            .iter()
            .filter(|asked| asked.what.contains(path))
            .count()
    };
    assert_eq!(of("/planning/"), 7 * 3, "each month once a day");
    assert_eq!(
        of("/mangas/one+piece.html"),
        1_001,
        "each series once a week"
    );
    assert_eq!(asked.len(), 1_001 + 21);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_program_reads_the_days_as_they_are_there() {
    let scene = Scene::new("fr", &[110, 111]).await;
    let app = scene.starts().await;
    choose(&app).await;
    step(&app).await;
    let day = |text: &str| text.parse().expect("a day");
    let all = announcing::calendar(&app, (day("2026-07-01"), day("2026-12-31")), None).await;
    let seen: Vec<_> = all
        .expect("the database")
        .into_iter()
        .map(|dated| {
            let marks = (dated.is_out, dated.is_owned, dated.is_missing);
            (dated.day.to_string(), dated.volume.to_string(), marks)
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("2026-07-01".into(), "111".into(), (true, true, false)),
            ("2026-10-07".into(), "112".into(), (false, false, false)),
        ]
    );
    drop(app);
    let mut home = scene.home;
    // West and east of the place where it comes out: a day is a day.
    for zone in ["Pacific/Honolulu", "Europe/Paris", "Pacific/Kiritimati"] {
        let program = home.set("SETTINGS__TIME_ZONE", zone).start().await;
        let answer = reqwest::get(format!(
            "{}/api/v1/calendar.ics?apikey={}&seriesId=1",
            program.url,
            crate::stand_in::program::KEY
        ));
        let text = answer.await.expect("an answer").text().await;
        let text = text.expect("a text");
        let mut calendars = ical::IcalParser::new(text.as_bytes());
        let calendar = calendars.next().expect("a calendar").expect("it is one");
        assert!(calendars.next().is_none());
        let events: Vec<(String, String)> = calendar
            .events
            .iter()
            .map(|event| {
                let property = |name: &str| {
                    let found = event.properties.iter().find(|one| one.name == name);
                    found.and_then(|one| one.value.clone()).unwrap_or_default()
                };
                (property("DTSTART"), property("SUMMARY"))
            })
            .collect();
        assert!(
            events.contains(&("20261007".to_owned(), "One Piece T112".to_owned())),
            "{zone}: {events:?}"
        );
        program.stop();
    }
}
