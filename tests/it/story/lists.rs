//! Lists of readers, from the page of the site to the series in the library.

mod api;
mod failing;

use std::sync::{
    Arc, Mutex, MutexGuard,
    atomic::{AtomicI64, Ordering},
};

use lacunarr::{
    app::App,
    collection::{
        self,
        lists::{ReadError, Taken},
    },
    domain::{
        identity::Catalogue,
        import_list::{Outcome, States},
    },
    shelving,
    store::{
        self, Window,
        catalogue::link::ChosenBy,
        import_list::{Entry, ImportList},
    },
    worker::sync,
};
use poem::Response;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::parts::{DAY, started};
use crate::stand_in::{
    catalogue::{
        anilist,
        api::{Api, Asked},
        myanimelist::{self, KEY},
    },
    install_tls,
    program::{Home, shelve},
    reply::{json_of, with_status},
};

/// Noon of 2026-08-15 in UTC.
const AUGUST: i64 = 1_786_795_200_000;

/// A series on a list of AniList.
#[derive(Clone)]
struct Line {
    id: u32,
    title: &'static str,
    others: &'static [&'static str],
    status: &'static str,
    format: &'static str,
}

impl Line {
    fn of(id: u32, title: &'static str) -> Self {
        Self {
            id,
            title,
            others: &[],
            status: "CURRENT",
            format: "MANGA",
        }
    }

    fn also(self, others: &'static [&'static str]) -> Self {
        Self { others, ..self }
    }
}

/// AniList with one list, which its owner changes: two series of a chunk. It knows no series when it is asked of them.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<Line>>>);

impl Kept {
    fn lines(&self) -> MutexGuard<'_, Vec<Line>> {
        self.0.lock().expect("no one panics with it")
    }

    fn start(&self) -> Api {
        let kept = self.clone();
        Api::start(move |asked| kept.answer(asked))
    }

    fn answer(&self, asked: &Asked) -> Response {
        let variables = &asked.body["variables"];
        let Some(user) = variables["user"].as_str() else {
            return json_of(&json!({"data": {"Page": {"media": []}}}));
        };
        let no_list = match user {
            "reader" => None,
            "private" => Some("Private User"),
            _ => Some("User not found"),
        };
        if let Some(message) = no_list {
            let errors = json!([{"message": message, "status": 404}]);
            return with_status(json_of(&json!({"errors": errors, "data": null})), 404);
        }
        let chunk = usize::try_from(variables["chunk"].as_u64().expect("a number"));
        let begin = 2 * (chunk.expect("a small number") - 1);
        let lines = self.lines();
        let item = |line: &Line| {
            let media = json!({"id": line.id, "title": {"romaji": line.title}, "synonyms": line.others, "format": line.format});
            json!({"status": line.status, "media": media})
        };
        let entries: Vec<Value> = lines.iter().skip(begin).take(2).map(item).collect();
        let collection =
            json!({"hasNextChunk": lines.len() > begin + 2, "lists": [{"entries": entries}]});
        json_of(&json!({"data": {"MediaListCollection": collection}}))
    }
}

/// A library of these series, and a site with a list.
struct Scene {
    home: Home,
    site: Api,
    kept: Kept,
    library: TempDir,
    at: Arc<AtomicI64>,
}

impl Scene {
    async fn new(shelf: &[&str], lines: Vec<Line>) -> Self {
        let kept = Kept(Arc::new(Mutex::new(lines)));
        Self::at_site("ANILIST", kept.start(), kept, shelf).await
    }

    async fn at_site(name: &str, site: Api, kept: Kept, shelf: &[&str]) -> Self {
        install_tls();
        let library = tempfile::tempdir().expect("a folder");
        for title in shelf {
            shelve(library.path(), title, &[1]);
        }
        let mut home = Home::new().await;
        home.library(library.path());
        home.set(&format!("CATALOGUES__{name}__URL"), site.url().as_str())
            .set(&format!("CATALOGUES__{name}__ENABLED"), "true")
            .set(&format!("CATALOGUES__{name}__PACE_SECONDS"), "0")
            .set(&format!("CATALOGUES__{name}__TIMEOUT_SECONDS"), "2");
        if name == "MYANIMELIST" {
            home.set("CATALOGUES__MYANIMELIST__API_KEY", KEY);
        }
        Self {
            home,
            site,
            kept,
            library,
            at: Arc::new(AtomicI64::new(AUGUST)),
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
}

/// Of a user there, for the library.
async fn follow(app: &App, catalogue: Catalogue, user: &str) -> i64 {
    let library = store::connection::named(&app.db, "library", "manga").await;
    let library = library.expect("the database").expect("a library");
    let list = ImportList {
        id: 0,
        catalogue,
        user: user.into(),
        states: States::default(),
        library_id: library.id,
        language: None,
        monitored: false,
        enabled: true,
        due_at: 0,
        read_at: None,
        is_whole: true,
        problem: None,
        created_at: 0,
        updated_at: 0,
    };
    collection::lists::create(app, list).await.expect("made").id
}

async fn step(app: &Arc<App>) {
    sync::step(app).await.expect("the database");
}

async fn read(app: &Arc<App>, id: i64) -> Taken {
    collection::lists::read(app, id, false).await.expect("read")
}

async fn list(app: &App, id: i64) -> ImportList {
    collection::lists::find(app, id).await.expect("a list")
}

const ALL: Window = Window {
    limit: 500,
    offset: 0,
};

async fn entries(app: &App, id: i64) -> Vec<Entry> {
    let page = store::import_list::page(&app.db, id, None, ALL).await;
    page.expect("the database").records
}

/// `Title: outcome` of each entry.
async fn outcomes(app: &App, id: i64) -> Vec<String> {
    let entries = entries(app, id).await.into_iter();
    entries
        .map(|entry| format!("{}: {}", entry.title, entry.outcome.word()))
        .collect()
}

/// Titles of all series, with their number.
async fn series(app: &App) -> Vec<(String, i64)> {
    let page = store::series::list(&app.db, &store::series::Filter::default(), ALL).await;
    let records = page.expect("the database").records.into_iter();
    records
        .map(|stored| (stored.series.title, stored.series.id))
        .collect()
}

async fn titles(app: &App) -> Vec<String> {
    let series = series(app).await.into_iter();
    series.map(|(title, _)| title).collect()
}

async fn number(app: &App, title: &str) -> i64 {
    let series = series(app).await.into_iter();
    let mut found = series.filter(|(known, _)| known == title);
    found.next().unwrap_or_else(|| panic!("no {title}")).1
}

/// Its id at AniList, and who said so.
async fn linked(app: &App, title: &str) -> (Option<String>, Option<ChosenBy>) {
    let id = number(app, title).await;
    let links = store::catalogue::link::of_series(&app.db, id).await;
    let links = links.expect("the database").into_iter();
    let mut links = links.filter(|link| link.catalogue == Catalogue::AniList);
    match links.next() {
        Some(link) => (link.external_id, link.chosen_by),
        None => (None, None),
    }
}

/// Each event about added series: the title, or how many.
async fn told(app: &App) -> Vec<String> {
    let page = store::event::list(&app.db, &store::event::Filter::default(), ALL).await;
    let mut told = Vec::new();
    for event in page.expect("events").records {
        let data: Value = serde_json::from_str(&event.data).expect("JSON");
        match event.kind.as_str() {
            "series.added" => told.push(data["series"]["title"].to_string()),
            "digest" => told.push(format!("{} {}", data["of"], data["count"])),
            _ => {}
        }
    }
    told.reverse();
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_time_its_series_are_added_and_told_as_one_event_then_each_new_one() {
    let lines = vec![
        Line::of(1, "Berserk").also(&["ベルセルク", "Berserk: The Prototype"]),
        Line::of(2, "Pluto"),
        Line::of(3, "Monster"),
    ];
    let scene = Scene::new(&["Naruto"], lines).await;
    let app = scene.starts().await;
    let before = told(&app).await.len();
    let id = follow(&app, Catalogue::AniList, "reader").await;
    step(&app).await;
    assert_eq!(
        titles(&app).await,
        ["Berserk", "Monster", "Naruto", "Pluto"]
    );
    assert_eq!(told(&app).await[before..], ["\"series.added\" 3"]);
    let stored = store::series::get(&app.db, number(&app, "Berserk").await).await;
    let berserk = stored.expect("the database").expect("it").series;
    assert!(!berserk.monitored, "nothing is looked for by itself");
    assert_eq!(
        (berserk.language.as_str(), berserk.kind.word()),
        ("fr", "manga")
    );
    assert_eq!(berserk.aliases, ["Berserk: The Prototype", "ベルセルク"]);
    assert_eq!(
        linked(&app, "Berserk").await,
        (Some("1".into()), Some(ChosenBy::List))
    );
    let (asked, all) = (scene.site.asked(), outcomes(&app, id).await);
    let chunks = asked
        .iter()
        .filter(|asked| !asked.body["variables"]["user"].is_null());
    assert_eq!(chunks.count(), 2, "a request a chunk");
    assert_eq!(all, ["Berserk: added", "Monster: added", "Pluto: added"]);

    step(&app).await;
    scene.pass(DAY / 2);
    step(&app).await;
    assert!(
        scene
            .site
            .asked()
            .iter()
            .all(|asked| asked.body["variables"]["user"].is_null())
    );
    scene.pass(DAY);
    step(&app).await;
    assert_eq!(titles(&app).await.len(), 4);
    assert_eq!(told(&app).await.len(), before + 1, "nothing is new");
    assert_eq!(outcomes(&app, id).await, all, "what was added stays so");

    scene.kept.lines().push(Line::of(4, "Akira"));
    scene.kept.lines().remove(1);
    scene.pass(DAY);
    step(&app).await;
    assert_eq!(told(&app).await[before + 1..], ["\"Akira\""]);
    assert_eq!(
        titles(&app).await,
        ["Akira", "Berserk", "Monster", "Naruto", "Pluto"],
        "what leaves the list stays"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_user_removed_does_not_come_back_but_by_hand() {
    let scene = Scene::new(&[], vec![Line::of(1, "Berserk"), Line::of(2, "Pluto")]).await;
    let app = scene.starts().await;
    let id = follow(&app, Catalogue::AniList, "reader").await;
    step(&app).await;
    let removed = collection::remove(&app, number(&app, "Berserk").await).await;
    assert!(removed.expect("removed"));
    let expected = ["Berserk: removed", "Pluto: added"];
    assert_eq!(outcomes(&app, id).await, expected, "it is told at once");
    for leaves in [false, true] {
        let lines = scene.kept.lines().clone();
        if leaves {
            scene.kept.lines().remove(0);
            read(&app, id).await;
            *scene.kept.lines() = lines;
        }
        scene.pass(DAY);
        let taken = read(&app, id).await;
        assert_eq!((taken.added, taken.known, taken.left_out), (0, 1, 1));
        let why = &taken.first_left_out[0].why;
        assert!(why.starts_with("you removed it"), "{why}");
        assert_eq!(titles(&app).await, ["Pluto"]);
        assert_eq!(outcomes(&app, id).await, expected);
    }
    let library = store::connection::get(&app.db, list(&app, id).await.library_id).await;
    let new = collection::NewSeries {
        title: "Berserk".into(),
        aliases: Vec::new(),
        total: None,
        language: None,
        kind: None,
        edition: lacunarr::domain::edition::Edition::Standard,
        monitored: false,
    };
    let library = library.expect("the database").expect("it");
    collection::add(&app, &library, new).await.expect("added");
    read(&app, id).await;
    assert_eq!(outcomes(&app, id).await, ["Berserk: known", "Pluto: added"]);
    assert_eq!(linked(&app, "Berserk").await.0.as_deref(), Some("1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn series_that_are_known_are_linked_and_not_doubled() {
    let lines = vec![
        Line::of(1, "BERSERK"),
        Line::of(2, "Shingeki no Kyojin").also(&["L'Attaque des Titans"]),
        // A sequel that lists the name of the first part, before that stands there itself.
        Line::of(3, "Dragon Ball Super").also(&["Dragon Ball"]),
        Line::of(4, "Dragon Ball"),
        Line::of(5, "Houseki no Kuni"),
        Line::of(6, "Monster"),
        Line::of(7, "Pluto"),
    ];
    let shelf = [
        "Berserk",
        "L'Attaque des Titans",
        "Dragon Ball",
        "L'Ère des cristaux",
        "Monster",
        "Pluto",
    ];
    let scene = Scene::new(&shelf, lines).await;
    scene.site.asked();
    let app = scene.starts().await;
    let choose = async |title: &str, id: Option<&str>| {
        let series = number(&app, title).await;
        let chosen = lacunarr::announcing::choose(&app, series, Catalogue::AniList, id).await;
        chosen.expect("chosen");
    };
    choose("L'Ère des cristaux", Some("5")).await;
    choose("Monster", Some("77")).await;
    choose("Pluto", None).await;
    let id = follow(&app, Catalogue::AniList, "reader").await;
    let taken = read(&app, id).await;
    assert_eq!(taken.first_added, ["Dragon Ball Super"]);
    assert_eq!((taken.known, taken.left_out), (5, 1));
    let why = &taken.first_left_out[0];
    assert_eq!(why.title, "Monster");
    assert!(why.why.contains("is another one there"), "{}", why.why);
    let expected = |id: &str, by| (Some(id.to_owned()), Some(by));
    for (title, link) in [
        ("Berserk", expected("1", ChosenBy::List)),
        ("L'Attaque des Titans", expected("2", ChosenBy::List)),
        ("Dragon Ball", expected("4", ChosenBy::List)),
        ("Dragon Ball Super", expected("3", ChosenBy::List)),
        ("L'Ère des cristaux", expected("5", ChosenBy::User)),
        ("Monster", expected("77", ChosenBy::User)),
        ("Pluto", (None, Some(ChosenBy::Nobody))),
    ] {
        assert_eq!(linked(&app, title).await, link, "{title}");
    }
    let stored = store::series::get(&app.db, number(&app, "Dragon Ball Super").await).await;
    let aliases = stored.expect("the database").expect("it").series.aliases;
    assert!(aliases.is_empty(), "the name of another: {aliases:?}");
    assert_eq!(titles(&app).await.len(), 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_both_sites_are_read_to_the_end_and_novels_are_left_out() {
    let known = Scene::at_site("ANILIST", anilist::start(), Kept::default(), &[]).await;
    let app = known.starts().await;
    let id = follow(&app, Catalogue::AniList, "reader").await;
    step(&app).await;
    assert_eq!(
        outcomes(&app, id).await,
        [
            "ONE PIECE: added",
            "ONE PIECE novel A: left_out",
            "Solo Leveling: added"
        ]
    );
    let why = entries(&app, id).await[1].why.clone();
    assert!(why.is_some_and(|why| why.starts_with("it is no manga there")));
    assert!(list(&app, id).await.is_whole);
    let endless = follow(&app, Catalogue::AniList, "endless").await;
    known.site.asked();
    step(&app).await;
    assert_eq!(known.site.asked().len(), 20, "pages have an end");
    assert!(!list(&app, endless).await.is_whole);

    let known = Scene::at_site("MYANIMELIST", myanimelist::start(), Kept::default(), &[]).await;
    let app = known.starts().await;
    let id = follow(&app, Catalogue::MyAnimeList, "reader").await;
    step(&app).await;
    assert_eq!(
        outcomes(&app, id).await,
        [
            "Fullmetal Alchemist: added",
            "One Piece: added",
            "One Piece novel A: left_out"
        ]
    );
    let why = entries(&app, id).await[2].why.clone();
    assert!(why.is_some_and(|why| why.starts_with("it is 'paused' there")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_says_what_would_be_and_changes_nothing() {
    let lines = vec![
        Line::of(1, "Berserk"),
        Line::of(2, "Pluto"),
        Line::of(3, "!!!"),
        Line::of(4, "PLUTO"),
        Line::of(5, "Akira"),
        Line::of(6, "AKIRA"),
    ];
    let scene = Scene::new(&["Pluto (2004)", "Berserk"], lines).await;
    let app = scene.starts().await;
    let id = follow(&app, Catalogue::AniList, "reader").await;
    let seen = async || {
        let series = series(&app).await;
        let link = linked(&app, "Berserk").await;
        (
            list(&app, id).await,
            series,
            link,
            told(&app).await,
            entries(&app, id).await,
        )
    };
    let before = seen().await;
    let would = collection::lists::read(&app, id, true).await.expect("read");
    assert_eq!(seen().await, before);
    let counts = (would.matched, would.added, would.known, would.left_out);
    assert_eq!(counts, (6, 1, 2, 3), "{would:?}");
    let left_out = would.first_left_out.iter();
    let left_out: Vec<_> = left_out.map(|one| one.title.as_str()).collect();
    assert_eq!(left_out, ["!!!", "PLUTO", "AKIRA"]);
    assert_eq!(read(&app, id).await, would, "it is as was said");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_takes_an_entry_along_and_gives_it_back() {
    let scene = Scene::new(&["Berserk (FR)"], vec![Line::of(1, "Kenpuu Denki")]).await;
    let app = scene.starts().await;
    let id = follow(&app, Catalogue::AniList, "reader").await;
    read(&app, id).await;
    let (from, into) = (
        number(&app, "Kenpuu Denki").await,
        series(&app)
            .await
            .into_iter()
            .find(|(title, _)| title.starts_with("Berserk")),
    );
    let into = into.expect("on the shelf").1;
    let merged = shelving::merge(&app, from, into).await.expect("merged");
    assert_eq!(entries(&app, id).await[0].series_id, Some(into));
    let taken = read(&app, id).await;
    assert_eq!((taken.added, taken.known), (0, 1), "it is not missed");
    shelving::unmerge(&app, merged.merge).await.expect("undone");
    assert_eq!(entries(&app, id).await[0].series_id, Some(from));
    assert_eq!(entries(&app, id).await[0].outcome, Outcome::Added);
}
