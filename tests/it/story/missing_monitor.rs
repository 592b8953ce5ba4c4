//! The old routes: a session of the page of Manga_Organizer, call by call, against ours.

mod refusals;

use std::time::Duration;

use lacunarr::{clock::Clock, worker::check};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::stand_in::{
    program::{Home, KEY, Program, shelve},
    prowlarr::{self, Indexer, Prowlarr, Release},
    qbittorrent::{PASSWORD, USER},
    real_qbittorrent::RealQBittorrent,
    torrent::Torrent,
    web_api::WebApi,
};

struct Scene {
    _library: TempDir,
    prowlarr: Prowlarr,
    client: RealQBittorrent,
    home: Home,
}

async fn scene() -> (Scene, Page) {
    let library = tempfile::tempdir().expect("a folder");
    shelve(library.path(), "Naruto", &[1, 2, 4, 6]);
    shelve(library.path(), "One Piece", &[1, 2, 3, 5]);
    shelve(library.path(), "Akira", &[1, 2]);
    let prowlarr = Prowlarr::start(
        vec![Indexer::public(1, "Nyaa")],
        vec![
            Release::new(1, "Naruto T03 [CBZ] FR"),
            Release::new(1, "Naruto T03 [CBZ] [English]").seeders(99),
            Release::new(1, "Naruto T05 [CBZ] FR"),
            Release::new(1, "Naruto T07 [CBZ] FR"),
            Release::new(1, "One Piece T04 [CBZ] FR"),
        ],
    );
    let client = RealQBittorrent::start();
    let mut home = Home::new().await;
    home.library(library.path())
        .source(&prowlarr.url(), prowlarr::KEY)
        .client(&client.url(), USER, PASSWORD);
    let program = home.start().await;
    program.scanned().await;
    let scene = Scene {
        _library: library,
        prowlarr,
        client,
        home,
    };
    (scene, Page(program))
}

/// What the old page's script does: it asks, and reads JSON.
struct Page(Program);

impl Page {
    async fn send(&self, request: reqwest::RequestBuilder) -> (u16, Value) {
        let answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.json().await.expect("JSON"))
    }

    fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let url = format!("{}/api/missing-monitor/{path}", self.0.url);
        reqwest::Client::new().request(method, url)
    }

    async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let mut request = self.request(method, path).header("X-Api-Key", KEY);
        if let Some(body) = body {
            request = request.json(&body);
        }
        self.send(request).await
    }

    async fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask("GET", path, None).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let (status, body) = self.ask("POST", path, Some(body)).await;
        assert_eq!(
            (status, &body["success"]),
            (200, &json!(true)),
            "{path}: {body}"
        );
        body
    }

    /// The status and the sentence of what is refused.
    async fn refused(&self, path: &str, body: Value) -> (u16, String) {
        let (status, body) = self.ask("POST", path, Some(body)).await;
        assert_eq!(body["success"], false, "{path}: {body}");
        (
            status,
            body["error"].as_str().expect("a sentence").to_owned(),
        )
    }

    async fn series(&self, title: &str) -> Value {
        let list = self.get("series?status=all").await;
        let mut series = list["series"].as_array().expect("a list").iter();
        series
            .find(|series| series["title"] == title)
            .unwrap_or_else(|| panic!("{title} in {list}"))
            .clone()
    }
}

async fn names_in(client: &RealQBittorrent) -> Vec<String> {
    let torrents = WebApi::login(client.url()).await.get("torrents/info").await;
    let torrents = torrents.as_array().expect("a list").iter();
    let name = |torrent: &Value| torrent["name"].as_str().expect("a name").to_owned();
    let mut names: Vec<String> = torrents.map(name).collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_monitor_a_session_of_the_old_page_works() {
    let (scene, page) = scene().await;
    configures(&page).await;
    lists_and_monitors(&page).await;
    searches_and_downloads(&scene, &page).await;
    runs_a_check(&scene, &page).await;
    shows_figures_and_history(&page).await;
    assert_no_passkey(&scene.home);
}

/// The magnet that was handed in carries one.
fn assert_no_passkey(home: &Home) {
    let passkey = "PLANTED-PASSKEY";
    assert!(!home.printed().contains(passkey), "in the log");
    for entry in std::fs::read_dir(home.data()).expect("a folder") {
        let path = entry.expect("an entry").path();
        let bytes = std::fs::read(&path).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(passkey), "in {}", path.display());
    }
}

async fn configures(page: &Page) {
    let config = page.get("config").await;
    assert_eq!(
        (
            &config["enabled"],
            &config["preferred_client"],
            &config["search_sources"]
        ),
        (&json!(true), &json!("qbittorrent"), &json!(["prowlarr"]))
    );
    let missing = &config["monitor_missing_volumes"];
    assert_eq!(
        (&missing["check_interval"], &missing["check_interval_unit"]),
        (&json!(1), &json!("days")),
        "{config}"
    );
    // The page sends back everything that it was shown, with what the user changed.
    let mut changed = config.clone();
    changed["monitor_missing_volumes"]["check_interval"] = json!(12);
    changed["monitor_missing_volumes"]["check_interval_unit"] = json!("hours");
    changed["monitor_missing_volumes"]["auto_download_enabled"] = json!(false);
    let answer = page.post("config", changed).await;
    let ignored = answer["ignored"].as_array().expect("names");
    for name in [
        "monitor_new_volumes",
        "preferred_client",
        "monitor_missing_volumes.search_sources",
    ] {
        assert!(ignored.contains(&json!(name)), "{name} in {answer}");
    }
    let settings = page.0.get("settings").await;
    assert_eq!(
        (
            &settings["checkSchedule"],
            &settings["autoSend"],
            &settings["enabled"]
        ),
        (&json!("every 12 hours"), &json!(false), &json!(true))
    );
    let config = page.get("config").await;
    assert_eq!(config["auto_check_interval"], 12);
    assert!(
        config["next_run"].is_string() && config["last_run"].is_null(),
        "{config}"
    );
    assert_eq!(config["auto_download_enabled"], false);
}

async fn lists_and_monitors(page: &Page) {
    let list = page.get("series?status=incomplete_missing").await;
    assert_eq!(
        (&list["success"], &list["count"]),
        (&json!(true), &json!(2))
    );
    let naruto = page.series("Naruto").await;
    assert_eq!(naruto["missing_volumes"], json!([3, 5]));
    assert_eq!(
        (
            &naruto["total_volumes"],
            &naruto["library_name"],
            &naruto["enabled"]
        ),
        (&json!(4), &json!("manga"), &json!(true))
    );
    assert!(
        naruto["path"]
            .as_str()
            .expect("a path")
            .ends_with("/Naruto")
    );
    assert_eq!(page.get("series?status=incomplete").await["count"], 2);
    assert_eq!(page.get("series?status=missing").await["count"], 0);
    let monitor = format!(
        "series/{}/monitor",
        page.series("One Piece").await["series_id"]
    );
    page.post(&monitor, json!({"enabled": false})).await;
    assert_eq!(page.series("One Piece").await["enabled"], false);
    let body = json!({"enabled": true, "search_sources": ["ebdz", "prowlarr"], "auto_download_enabled": true});
    let answer = page.post(&monitor, body).await;
    assert_eq!(answer["ignored"], json!(["ebdz"]));
    let one_piece = page.series("One Piece").await;
    assert_eq!(
        (
            &one_piece["enabled"],
            &one_piece["auto_download_enabled"],
            &one_piece["search_sources"]
        ),
        (&json!(true), &json!(true), &json!(["prowlarr"]))
    );
    let libraries = page.get("libraries").await;
    assert_eq!(libraries["libraries"][0]["total_series"], 3, "{libraries}");
    let library = format!("libraries/{}", libraries["libraries"][0]["id"]);
    assert_eq!(page.get(&format!("{library}/series")).await["count"], 3);
    page.post(&format!("{library}/monitor"), json!({"enabled": true}))
        .await;
}

async fn searches_and_downloads(scene: &Scene, page: &Page) {
    let found = page
        .post("search", json!({"title": "naruto", "volume_num": 3}))
        .await;
    assert_eq!(
        (&found["query"], &found["results_count"]),
        (&json!("naruto Vol 3"), &json!(1)),
        "English is no answer: {found:#}"
    );
    let result = &found["results"][0];
    assert_eq!(
        (
            &result["title"],
            &result["source"],
            &result["indexer"],
            &result["volume"]
        ),
        (
            &json!("Naruto T03 [CBZ] FR"),
            &json!("prowlarr"),
            &json!("Nyaa"),
            &json!(3)
        )
    );
    let link = result["link"].as_str().expect("a link");
    assert!(link.starts_with("lacunarr:offer/"), "{link}");
    assert!(
        names_in(&scene.client).await.is_empty(),
        "a search sends nothing"
    );

    let download =
        json!({"link": link, "title": "Naruto", "volume_num": 3, "client": "qbittorrent"});
    let mut other = download.clone();
    other["title"] = json!("One Piece");
    let (status, error) = page.refused("download", other).await;
    assert!(
        status == 400 && error.contains("the offer is for 'Naruto'"),
        "{status} {error}"
    );
    let sent = page.post("download", download.clone()).await;
    assert_eq!(
        (&sent["title"], &sent["volume"]),
        (&json!("Naruto"), &json!(3))
    );
    assert!(
        sent["message"]
            .as_str()
            .expect("a sentence")
            .starts_with("sent to"),
        "{sent}"
    );
    let (status, error) = page.refused("download", download).await;
    assert_eq!((status, &*error), (409, "volume 3 is already on its way"));
    assert_eq!(names_in(&scene.client).await, ["Naruto T03 [CBZ] FR"]);

    // Volume 7 is not known to be missing, and can be searched and sent all the same.
    let found = page
        .post(
            "search",
            json!({"title": "Naruto", "volume_num": "7", "sources": ["prowlarr"]}),
        )
        .await;
    assert_eq!(
        found["results"][0]["title"], "Naruto T07 [CBZ] FR",
        "{found:#}"
    );
    // A magnet from elsewhere reserves its volume as well.
    let magnet = Torrent::new("Naruto T05 [CBZ] FR (elsewhere)")
        .file("a.cbz", "a")
        .magnet();
    let download = json!({"link": magnet, "title": "Naruto", "volume_num": 5});
    page.post("download", download.clone()).await;
    let (status, error) = page.refused("download", download).await;
    assert_eq!((status, &*error), (409, "volume 5 is already on its way"));
    let found = page
        .post("search", json!({"title": "Naruto", "volume_num": 5}))
        .await;
    let again = json!({"link": found["results"][0]["link"], "title": "Naruto", "volume_num": 5});
    assert_eq!(page.refused("download", again).await.0, 409);
    assert_eq!(names_in(&scene.client).await.len(), 2);
}

async fn runs_a_check(scene: &Scene, page: &Page) {
    let looked = page
        .post("run-check", json!({"search_enabled": false}))
        .await;
    assert_eq!(
        (
            &looked["stats"]["total_missing"],
            &looked["stats"]["searches_performed"]
        ),
        (&json!(3), &json!(0))
    );
    let ran = page.post("run-check", json!({})).await;
    let stats = &ran["stats"];
    assert_eq!(
        (
            &stats["total_series"],
            &stats["total_missing"],
            &stats["downloads_sent"]
        ),
        (&json!(2), &json!(3), &json!(0)),
        "{ran}"
    );
    assert!(stats["searches_performed"].as_u64() > Some(0), "{ran}");
    assert!(
        stats["duration_seconds"].is_f64() && stats["errors"] == json!([]),
        "{ran}"
    );
    assert_eq!(ran["finished"], true);
    page.0.arm().await;
    page.post("config", json!({"auto_download_enabled": true}))
        .await;
    let ran = page.post("run-check", json!({"auto_download": true})).await;
    assert_eq!(ran["stats"]["downloads_sent"], 1, "{ran}");
    assert!(
        names_in(&scene.client)
            .await
            .contains(&"One Piece T04 [CBZ] FR".to_owned())
    );
    let new = page.post("run-check-new-volumes", json!({})).await;
    assert_eq!(new["stats"]["new_volumes_found"], 0);
}

async fn shows_figures_and_history(page: &Page) {
    let stats = page.get("stats").await;
    assert_eq!(
        (
            &stats["success"],
            &stats["monitored_series"],
            &stats["total_missing_volumes"]
        ),
        (&json!(true), &json!(3), &json!(3))
    );
    assert_eq!(
        stats["recent_downloads"].as_array().expect("lines").len(),
        3
    );
    let history = page.get("history?limit=2").await;
    assert_eq!(history["count"], 2);
    let lines = &history["history"];
    assert_eq!(
        (
            &lines[0]["title"],
            &lines[0]["volume_number"],
            &lines[0]["success"]
        ),
        (&json!("One Piece"), &json!(4), &json!(true))
    );
    assert_eq!(
        (&lines[1]["title"], &lines[1]["volume_number"]),
        (&json!("Naruto"), &json!(5))
    );
    assert!(lines[0]["created_at"].as_str().expect("a time").len() == "2026-01-31 12:00:00".len());
    assert_eq!(page.get("history").await["count"], 3);
}

#[tokio::test]
async fn missing_monitor_waits_no_longer_than_it_says_for_a_check() {
    let home = tempfile::tempdir().expect("a folder");
    let environment = lacunarr::config::Environment::new();
    let config = lacunarr::config::parse(home.path(), "test", "", environment);
    crate::stand_in::install_tls();
    let app = lacunarr::app::App::open(config.expect("a configuration"), Clock::System)
        .await
        .expect("opened");
    // No worker runs here: the check stays where it is.
    let id = check::request(&app, "api", true, &[])
        .await
        .expect("a check");
    let waited = check::wait(&app, id, Duration::from_millis(50)).await;
    let waiting = waited.expect("an answer").expect("a check");
    assert_eq!((waiting.id, &*waiting.state), (id, "queued"));
    assert!(!waiting.is_over());
    // It is told at once when the check is over.
    let (waited, step) = tokio::join!(
        check::wait(&app, id, Duration::from_secs(60)),
        check::step(&app)
    );
    step.expect("a step");
    assert!(waited.expect("an answer").expect("a check").is_over());
}
