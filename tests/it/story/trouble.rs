//! Other programs in trouble: a sentence that names the cause, nothing lost or doubled, and the next run recovers.

use std::time::Duration;

use lacunarr::{holdings, store};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::parts::{self, MINUTE, Parts};
use crate::stand_in::{
    program::{Home, Program, shelve},
    prowlarr::{self, Fault, Indexer, Prowlarr, Release},
    proxy::{Moment, Proxy},
    qbittorrent::{self, PASSWORD, QBittorrent5, USER},
};

struct Scene {
    _library: TempDir,
    prowlarr: Prowlarr,
    client: QBittorrent5,
    proxy: Proxy,
    home: Home,
}

async fn scene() -> Scene {
    let library = tempfile::tempdir().expect("a folder");
    shelve(library.path(), "Naruto", &[1, 3]);
    let prowlarr = Prowlarr::start(
        vec![Indexer::public(1, "Nyaa")],
        vec![Release::new(1, "Naruto T02 [CBZ] FR")],
    );
    let client = QBittorrent5::start();
    let proxy = Proxy::start(&client.url());
    let mut home = Home::new().await;
    home.library(library.path())
        .source(&prowlarr.url(), prowlarr::KEY)
        .client(&proxy.url(), USER, PASSWORD);
    Scene {
        _library: library,
        prowlarr,
        client,
        proxy,
        home,
    }
}

async fn armed(scene: &Scene) -> Program {
    let program = scene.home.start().await;
    program.scanned().await;
    program.arm().await;
    program
}

/// The sentence stands in report, health and log.
async fn assert_said(scene: &Scene, program: &Program, check: &Value, sentence: &str) {
    let errors = check["stats"]["errors"].to_string();
    assert!(errors.contains(sentence), "{sentence} in {errors}");
    let health = program.get("health").await;
    assert_eq!(health["state"], "degraded");
    assert!(
        health["problems"].to_string().contains(sentence),
        "{sentence} in {health}"
    );
    assert!(
        scene.home.printed().contains(sentence),
        "{sentence} in the log:\n{}",
        scene.home.printed()
    );
}

/// The user mends it and tests it, and the volume is sent once.
async fn assert_recovers(scene: &Scene, program: &Program, role: &str) {
    mend(program, role).await;
    let (check, _) = program.check(json!({})).await;
    assert_eq!(
        check["stats"]["errors"],
        json!([]),
        "{check:#}\n{}",
        scene.home.printed()
    );
    let names: Vec<String> = scene
        .client
        .torrents()
        .into_iter()
        .map(|torrent| torrent.name)
        .collect();
    assert_eq!(names, ["Naruto T02 [CBZ] FR"]);
    assert_eq!(
        program.get("history?type=grab.sent").await["totalRecords"],
        1
    );
    assert_eq!(program.get("health").await["state"], "ok");
}

/// What waiting out the back-off would do, without the wait: a test that succeeds.
async fn mend(program: &Program, role: &str) {
    let connections = program.get(role).await;
    let path = format!("{role}/{}/test", connections[0]["id"]);
    let tested = program.post(&path, json!({})).await;
    assert_eq!(tested["success"], true, "{tested}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prowlarr_in_trouble_is_named_and_found_nothing_is_not_said() {
    for (fault, sentence) in [
        (Fault::Down, "cannot be reached"),
        (
            Fault::Slow(Duration::from_secs(8)),
            "did not answer within 3 s",
        ),
        (Fault::Unauthorised, "refuses the credentials"),
        (Fault::RateLimited(Some(120)), "asks to wait 120 s"),
        (Fault::Html, "web page"),
        (Fault::Truncated, "cannot be read"),
        (Fault::Huge, "answered with more than"),
        (Fault::Error500, "HTTP 500"),
    ] {
        let scene = scene().await;
        let program = armed(&scene).await;
        scene.prowlarr.fail(fault.clone());
        let (check, reports) = program.check(json!({})).await;
        assert_said(&scene, &program, &check, sentence).await;
        assert!(
            reports.of("Naruto")["asked"][0]["error"].is_string(),
            "{fault:?}"
        );
        assert_eq!(scene.client.torrents().len(), 0);
        assert_eq!(program.get("wanted?state=wanted").await["totalRecords"], 1);
        scene.prowlarr.fail(None);
        assert_recovers(&scene, &program, "sources").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_source_is_left_alone_for_a_while_and_says_so() {
    let scene = scene().await;
    let program = armed(&scene).await;
    scene.prowlarr.fail(Fault::RateLimited(Some(600)));
    program.check(json!({})).await;
    scene.prowlarr.fail(None);
    let queries = scene.prowlarr.requests().len();
    let (_, reports) = program.check(json!({})).await;
    let error = reports.of("Naruto")["asked"][0]["error"].to_string();
    assert!(error.contains("left alone until"), "{error}");
    assert_eq!(scene.prowlarr.requests().len(), queries, "it was not asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spent_budget_is_reported_and_not_overdrawn() {
    let mut scene = scene().await;
    scene.prowlarr.withdraw("Naruto T02 [CBZ] FR");
    scene.home.set("SETTINGS__QUERIES_PER_DAY", "2");
    let program = armed(&scene).await;
    for _ in 0..3 {
        program.check(json!({})).await;
    }
    let (_, reports) = program.check(json!({})).await;
    let error = reports.of("Naruto")["asked"][0]["error"].to_string();
    assert!(
        error.contains("its 2 queries of today are used up"),
        "{error}"
    );
    assert_eq!(scene.prowlarr.queries().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_indexer_on_hold_is_reported_and_not_asked() {
    let scene = scene().await;
    scene.prowlarr.hold(1, Some("2099-01-01T00:00:00Z"));
    let program = armed(&scene).await;
    let (_, reports) = program.check(json!({})).await;
    let error = reports.of("Naruto")["asked"][0]["error"].to_string();
    assert!(
        error.contains("1 of 1 indexers") && error.contains("back-off"),
        "{error}"
    );
    assert_eq!(scene.prowlarr.queries().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_qbittorrent_in_trouble_is_named_and_nothing_is_lost() {
    for (fault, sentence) in [
        (Trouble::Down, "cannot be reached"),
        (Trouble::Fault(qbittorrent::Fault::Error500), "HTTP 500"),
        (
            Trouble::Fault(qbittorrent::Fault::Slow(Duration::from_secs(10))),
            "did not answer within 5 s",
        ),
    ] {
        let scene = scene().await;
        let program = armed(&scene).await;
        match &fault {
            Trouble::Down => scene.proxy.refuse(true),
            Trouble::Fault(fault) => scene.client.fail(fault.clone()),
        }
        let (check, _) = program.check(json!({})).await;
        assert_said(&scene, &program, &check, sentence).await;
        assert_eq!(scene.client.torrents().len(), 0);
        scene.proxy.refuse(false);
        scene.client.fail(None);
        assert_recovers(&scene, &program, "clients").await;
    }
}

enum Trouble {
    Down,
    Fault(qbittorrent::Fault),
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_named_and_does_not_lead_to_a_ban() {
    let mut scene = scene().await;
    scene.home.set("CLIENTS__QBITTORRENT__PASSWORD", "wrong");
    let program = armed(&scene).await;
    for _ in 0..8 {
        let (check, _) = program.check(json!({})).await;
        assert_said(&scene, &program, &check, "refuses the credentials").await;
    }
    assert!(
        scene.client.logins() < 5,
        "{} logins would ban the address",
        scene.client.logins()
    );
    drop(program);
    scene.home.set("CLIENTS__QBITTORRENT__PASSWORD", PASSWORD);
    let program = scene.home.start().await;
    assert_recovers(&scene, &program, "clients").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_leaves_a_doubt_that_is_settled_without_a_second_add() {
    let scene = scene().await;
    let program = armed(&scene).await;
    scene.proxy.cut("torrents/add", 1, Moment::BeforeAnswer);
    program.check(json!({})).await;
    crate::stand_in::eventually("the doubt is settled", 30, async || {
        program.get("grabs?state=queued").await["totalRecords"] == 1
    })
    .await;
    program.check(json!({})).await;
    assert_eq!(scene.client.adds().len(), 1);
    assert_eq!(
        program.get("history?type=grab.sent").await["totalRecords"],
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_add_that_comes_late_is_waited_for_and_no_second_release_is_sent() {
    let mut scene = scene().await;
    scene
        .prowlarr
        .offer(Release::new(1, "Naruto T02 [CBZ] FR 2").seeders(2));
    scene.home.set("WORK__DOUBT_SECONDS", "60");
    let program = armed(&scene).await;
    scene.client.fail(qbittorrent::Fault::NeverListed);
    program.check(json!({})).await;
    scene.prowlarr.withdraw("Naruto T02 [CBZ] FR");
    program.check(json!({})).await;
    assert_eq!(
        scene.client.adds().len(),
        1,
        "the volume stays reserved while no one knows"
    );
    scene.client.fail(None);
    // The client comes to it at last.
    let hash = program.get("grabs").await["records"][0]["hash"].clone();
    let magnet = format!("magnet:?xt=urn:btih:{}", hash.as_str().expect("a hash"));
    let api = crate::stand_in::web_api::WebApi::login(scene.client.url()).await;
    api.post("torrents/add", &[("urls", &magnet)]).await;
    crate::stand_in::eventually("what came late is recognised", 30, async || {
        program.get("grabs?state=queued").await["totalRecords"] == 1
    })
    .await;
    program.check(json!({})).await;
    assert_eq!(scene.client.torrents().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_while_a_source_is_asked_is_respected() {
    let scene = scene().await;
    let program = armed(&scene).await;
    scene.prowlarr.fail(Fault::Slow(Duration::from_secs(1)));
    let check = program.post("checks", json!({})).await["id"].clone();
    let series = program.get("series").await["records"][0]["id"].clone();
    let (status, _) = program
        .ask(
            "PATCH",
            &format!("series/{series}"),
            Some(json!({"ignored": "2"})),
        )
        .await;
    assert_eq!(status, 200);
    crate::stand_in::eventually("the check is over", 30, async || {
        program.get(&format!("checks/{check}")).await["state"] == "finished"
    })
    .await;
    assert_eq!(
        scene.client.adds().len(),
        0,
        "volume 2 was ignored before anything was sent"
    );
    assert_eq!(program.get("wanted").await["totalRecords"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grab_that_is_given_up_frees_its_volume() {
    let scene = scene().await;
    let program = armed(&scene).await;
    program.check(json!({})).await;
    let grab = program.get("grabs").await["records"][0]["id"].clone();
    let given_up = program
        .post(&format!("grabs/{grab}/give-up"), json!({}))
        .await;
    assert_eq!(given_up["state"], "failed");
    assert_eq!(program.get("wanted?state=wanted").await["totalRecords"], 1);
    let (status, problem) = program
        .ask("POST", &format!("grabs/{grab}/give-up"), None)
        .await;
    assert_eq!(status, 409, "{problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_client_that_says_nothing_got_before_does_not_count_as_running() {
    let parts = Parts::new(vec![Release::new(1, "Naruto T03 [CBZ] FR")]).await;
    let app = parts.starts().await;
    parts::arm(&app, Some(app.clock.now())).await;
    parts::check(&app).await;
    assert_eq!(parts.client.torrents().len(), 1);
    let clients = store::connection::list(&app.db, "client").await;
    let client = clients.expect("clients").remove(0);
    let live = store::grab::live_of(&app.db, client.id).await;
    let live = live.expect("grabs");
    let running = async || {
        let held = holdings::of(&app, &client).await;
        held.unfinished_of(&live).count()
    };
    assert_eq!((live.len(), running().await), (1, 1));
    parts.client.fail(qbittorrent::Fault::Error500);
    parts.pass(2 * MINUTE);
    assert_eq!(running().await, 0, "whether it runs is not known");
}
