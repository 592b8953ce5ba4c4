//! The straight line: what is missing is found, and the right torrents are in a real qBittorrent, once.

use serde_json::json;
use tempfile::TempDir;

use crate::stand_in::{
    program::{Home, Program, shelve},
    prowlarr::{self, Indexer, Link, Prowlarr, Release},
    qbittorrent::{PASSWORD, USER},
    real_qbittorrent::RealQBittorrent,
    web_api::WebApi,
};

struct Scene {
    library: TempDir,
    prowlarr: Prowlarr,
    client: RealQBittorrent,
    home: Home,
}

async fn scene(releases: Vec<Release>) -> Scene {
    let library = tempfile::tempdir().expect("a folder");
    shelve(library.path(), "Naruto", &[1, 2, 4, 6]);
    shelve(library.path(), "One Piece", &[1, 2, 3, 5]);
    shelve(library.path(), "L'Attaque des Titans", &[1, 2, 7]);
    let prowlarr = Prowlarr::start(
        vec![
            Indexer::public(1, "Nyaa"),
            Indexer::private(2, "YGG"),
            Indexer::private(3, "Torr9"),
        ],
        releases,
    );
    let client = RealQBittorrent::start();
    let mut home = Home::new().await;
    home.library(library.path())
        .source(&prowlarr.url(), prowlarr::KEY)
        .client(&client.url(), USER, PASSWORD);
    Scene {
        library,
        prowlarr,
        client,
        home,
    }
}

fn releases() -> Vec<Release> {
    vec![
        Release::new(1, "Naruto T03 [CBZ] FR"),
        Release::new(2, "Naruto T03 [PDF] FR").seeders(90),
        Release::new(1, "Naruto T03 [CBZ] [English]"),
        Release::new(1, "Boruto - Naruto Next Generations T03 [CBZ] FR"),
        Release::new(1, "Naruto T04 [CBZ] FR"),
        Release::new(1, "Naruto T01 à T72 [CBZ] FR"),
        Release::new(1, "Naruto S01E03 VOSTFR 1080p x264"),
        Release::new(2, "Naruto T05 [CBZ] FR - gone")
            .seeders(99)
            .link(Link::Gone),
        Release::new(1, "Naruto T05 [CBZ] FR").link(Link::RedirectMagnet),
        Release::new(2, "One Piece T04 [CBZ] FR").link(Link::RedirectTracker),
        Release::new(3, "One Piece T04 [CBZ] FR - limited")
            .seeders(80)
            .link(Link::Limited(30)),
        Release::new(1, "L'Attaque des Titans T03 à T06 [CBZ] FR"),
        Release::new(1, "Attaque des Titans T03 [CBZ] FR").seeders(50),
    ]
}

async fn names_in(client: &RealQBittorrent) -> Vec<String> {
    let api = WebApi::login(client.url()).await;
    let torrents = api.get("torrents/info").await;
    let mut names: Vec<String> = torrents
        .as_array()
        .expect("a list")
        .iter()
        .map(|torrent| torrent["name"].as_str().expect("a name").to_owned())
        .collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_before_arming_and_the_dry_run_says_what_would_be() {
    let scene = scene(releases()).await;
    let program = scene.home.start().await;
    program.scanned().await;
    assert_eq!(program.get("wanted").await["totalRecords"], 7);
    let (check, reports) = program.check(json!({})).await;
    assert_eq!(check["stats"]["sent"], 0);
    assert_eq!(
        reports.picks("L'Attaque des Titans"),
        ["L'Attaque des Titans T03 à T06 [CBZ] FR: review"]
    );
    assert!(
        reports.of("Naruto")["notes"]
            .to_string()
            .contains("not armed"),
        "{}",
        reports.of("Naruto")["notes"]
    );
    assert_eq!(program.get("wanted?state=review").await["totalRecords"], 7);
    let (check, reports) = program.check(json!({"dryRun": true})).await;
    assert_eq!(
        (
            check["stats"]["sent"].clone(),
            check["stats"]["wouldSend"].clone()
        ),
        (json!(0), json!(4)),
        "{:#?}",
        reports.0
    );
    assert!(
        reports
            .picks("Naruto")
            .contains(&"Naruto T03 [CBZ] FR: would_send".to_owned())
    );
    assert_eq!(names_in(&scene.client).await, Vec::<String>::new());
    assert!(
        scene.prowlarr.downloads().is_empty(),
        "no link was followed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_right_torrents_are_sent_once_and_the_wrong_ones_refused_with_reasons() {
    let scene = scene(releases()).await;
    let program = scene.home.start().await;
    program.scanned().await;
    program.arm().await;
    let (check, reports) = program.check(json!({})).await;
    let sent = [
        "L'Attaque des Titans T03 à T06 [CBZ] FR",
        "Naruto T03 [CBZ] FR",
        "Naruto T05 [CBZ] FR",
        "One Piece T04 [CBZ] FR",
    ];
    assert_eq!(
        names_in(&scene.client).await,
        sent,
        "{check:#} {:#?}",
        reports.0
    );
    assert_eq!(check["stats"]["sent"], 4);
    for (series, offer, decision, reason) in [
        ("Naruto", "Naruto T03 [PDF] FR", "accepted", ""),
        (
            "Naruto",
            "Naruto T03 [CBZ] [English]",
            "refused",
            "its language is en",
        ),
        (
            "Naruto",
            "Boruto - Naruto Next Generations T03 [CBZ] FR",
            "refused",
            "another series",
        ),
        (
            "Naruto",
            "Naruto T04 [CBZ] FR",
            "refused",
            "already on the shelf",
        ),
        (
            "Naruto",
            "Naruto T01 à T72 [CBZ] FR",
            "accepted",
            "only 2 of its 72 volumes",
        ),
        (
            "Naruto",
            "Naruto S01E03 VOSTFR 1080p x264",
            "refused",
            "not a book",
        ),
        ("Naruto", "Naruto T05 [CBZ] FR - gone", "refused", "gone"),
        (
            "One Piece",
            "One Piece T04 [CBZ] FR - limited",
            "refused",
            "asks to wait",
        ),
    ] {
        let (found, reasons) = reports.verdict(series, offer);
        assert_eq!(found, decision, "{offer}: {reasons}");
        assert!(reasons.contains(reason), "{offer}: {reasons}");
    }
    let api = WebApi::login(scene.client.url()).await;
    for torrent in api.get("torrents/info").await.as_array().expect("a list") {
        assert_eq!(
            (torrent["category"].as_str(), torrent["tags"].as_str()),
            (Some("lacunarr"), Some("lacunarr")),
            "{torrent:#}"
        );
    }
    assert_eq!(
        program.get("wanted?state=on_its_way").await["totalRecords"],
        7
    );
    a_second_check_sends_nothing(&scene, &program, &sent).await;
    what_arrives_is_on_the_shelf(&scene, &program).await;
}

async fn a_second_check_sends_nothing(scene: &Scene, program: &Program, sent: &[&str]) {
    let queries = scene.prowlarr.queries().len();
    let (check, reports) = program.check(json!({})).await;
    assert_eq!(check["stats"]["sent"], 0);
    assert_eq!(names_in(&scene.client).await, sent);
    assert_eq!(
        scene.prowlarr.queries().len(),
        queries,
        "what is on its way is not searched again"
    );
    assert!(
        reports.of("Naruto")["notes"]
            .to_string()
            .contains("on its way")
    );
}

async fn what_arrives_is_on_the_shelf(scene: &Scene, program: &Program) {
    shelve(scene.library.path(), "Naruto", &[3]);
    program.scan().await;
    let grabs = program.get("grabs?state=on_shelf").await;
    assert_eq!(grabs["totalRecords"], 1);
    assert_eq!(grabs["records"][0]["reserves"], "3");
    let history = program.get("history?type=volume.on_shelf").await;
    assert_eq!(history["records"][0]["data"]["volumes"], "3");
    assert!(
        program
            .text("api/v1/history.csv")
            .await
            .contains("volume.on_shelf")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn full_pages_are_followed_and_then_refined_by_volume() {
    let mut crowd: Vec<Release> = (0..450)
        .map(|number| Release::new(1, &format!("Naruto Roman {number} [EPUB] FR")).seeders(1))
        .collect();
    crowd.push(Release::new(1, "Naruto T05 [CBZ] FR").seeders(1));
    let scene = scene(crowd).await;
    let program = scene.home.start().await;
    program.scanned().await;
    program.arm().await;
    let (_, reports) = program.check(json!({})).await;
    let asked = &reports.of("Naruto")["asked"][0];
    assert_eq!(asked["truncated"], true);
    assert!(asked["terms"].to_string().contains("Naruto T05"), "{asked}");
    assert_eq!(names_in(&scene.client).await, ["Naruto T05 [CBZ] FR"]);
    let offsets: Vec<usize> = scene
        .prowlarr
        .queries()
        .iter()
        .filter(|query| query.term == "Naruto")
        .map(|query| query.offset)
        .collect();
    assert_eq!(offsets, [0, 100, 200]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_is_sent_by_hand_even_after_a_restart_but_never_twice() {
    let scene = scene(vec![
        Release::new(1, "Naruto T03 [CBZ] FR"),
        Release::new(1, "Naruto T05 [CBZ] FR"),
    ])
    .await;
    let program = scene.home.start().await;
    program.scanned().await;
    program.check(json!({})).await;
    drop(program);
    let program = scene.home.start().await;
    let offers = program.get("offers?decision=accepted").await;
    let number = |title: &str| {
        offers["records"]
            .as_array()
            .expect("offers")
            .iter()
            .find(|offer| offer["title"] == title)
            .expect(title)["id"]
            .clone()
    };
    let (third, fifth) = (number("Naruto T03 [CBZ] FR"), number("Naruto T05 [CBZ] FR"));
    let grab = program.post("grabs", json!({"offerId": third})).await;
    assert_eq!(
        (grab["state"].clone(), grab["reserves"].clone()),
        (json!("queued"), json!("3"))
    );
    let (status, problem) = program
        .ask("POST", "grabs", Some(json!({"offerId": third})))
        .await;
    assert_eq!(status, 409, "{problem}");
    assert!(problem["detail"].to_string().contains("already on its way"));
    scene.prowlarr.withdraw("Naruto T05 [CBZ] FR");
    drop(program);
    let program = scene.home.start().await;
    let (status, problem) = program
        .ask("POST", "grabs", Some(json!({"offerId": fifth})))
        .await;
    assert_eq!(status, 409, "{problem}");
    assert!(problem["detail"].to_string().contains("gone"), "{problem}");
    assert_eq!(names_in(&scene.client).await, ["Naruto T03 [CBZ] FR"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_checks_with_the_same_line() {
    let scene = scene(releases()).await;
    let output = scene
        .home
        .command(&["check", "--series", "naruto", "--dry-run"])
        .output()
        .expect("the program");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{text} {}",
        String::from_utf8_lossy(&output.stderr)
    );
    for expected in [
        "missing    3,5",
        "would send Naruto T03 [CBZ] FR for 3",
        "another series",
        "dry run",
    ] {
        assert!(text.contains(expected), "{expected} in:\n{text}");
    }
    let output = scene
        .home
        .command(&["check", "--series", "Naruto", "--dry-run", "--json"])
        .output()
        .expect("the program");
    let report: serde_json::Value =
        serde_json::from_slice(&output.stdout).expect("one JSON object");
    assert_eq!(report["missing"], "3,5");
    assert_eq!(names_in(&scene.client).await, Vec::<String>::new());
    let program = scene.home.start().await;
    let checks = program.get("checks").await;
    let last = &checks["records"][0];
    assert_eq!(
        (
            &checks["totalRecords"],
            &last["cause"],
            &last["dryRun"],
            &last["state"]
        ),
        (&json!(2), &json!("cli"), &json!(true), &json!("finished"))
    );
    let why = program
        .get(&format!("series/{}/why", report["seriesId"]))
        .await;
    assert!(
        why["line"].to_string().contains("last searched on")
            && why["asked"][0]["terms"][0] == "Naruto",
        "{why}"
    );
    let told = program.get("history?type=check.finished").await;
    assert_eq!(told["records"][0]["data"]["trigger"], "cli", "{told}");
    // Beside the service, which looks for open checks all the time, it is checked once and told here.
    let output = scene
        .home
        .command(&["check", "--series", "naruto", "--dry-run"])
        .output()
        .expect("the program");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        text.contains("would send Naruto T03 [CBZ] FR for 3"),
        "{text}"
    );
    let checks = program.get("checks").await;
    assert_eq!(
        (
            &checks["totalRecords"],
            &checks["records"][0]["state"],
            &checks["records"][0]["seriesDone"]
        ),
        (&json!(3), &json!("finished"), &json!(1))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn it_stops_within_its_time_and_shows_progress_as_events() {
    let scene = scene(releases()).await;
    let program = scene.home.start().await;
    program.scanned().await;
    let (check, _) = program.check(json!({"dryRun": true})).await;
    let events = program
        .text(&format!("api/v1/checks/{}/events", check["id"]))
        .await;
    assert!(
        events.contains("event: check") && events.contains("\"state\":\"finished\""),
        "{events}"
    );
    scene
        .prowlarr
        .fail(prowlarr::Fault::Slow(std::time::Duration::from_secs(2)));
    program.post("checks", json!({})).await;
    let took = program.stop();
    assert!(took.as_secs() < 20, "{took:?}");
    assert!(program.said().contains("has stopped"));
}
