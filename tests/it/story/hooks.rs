//! Other programs say that something changed: what comes of it, what never does, and who is let in.

mod api;
mod completion;
mod junk;
mod servers;

use std::{path::Path, sync::Arc};

use lacunarr::{
    app::App,
    hearing, store,
    worker::{
        hint::{self, Heeded},
        scan,
    },
};
use serde_json::{Value, json};

use super::parts::{DAY, MINUTE, Parts, check};
use crate::stand_in::{
    eventually,
    program::{Home, Program, shelve},
    prowlarr::Release,
};

/// Of every hook that a story puts into the environment.
pub const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// A hook in the environment, where `/manga` is the folder of the library.
pub fn hook(home: &mut Home, kind: &str, library: &Path) {
    let name = kind.to_uppercase();
    let mapping = format!("/manga -> {}", library.display());
    home.set(&format!("HOOKS__{name}__KIND"), kind)
        .set(&format!("HOOKS__{name}__TOKEN"), TOKEN)
        .set(&format!("HOOKS__{name}__PATH_MAPPINGS"), &mapping);
}

/// Posts it with the token in the path; the status.
pub async fn post(program: &Program, hook: &str, body: impl Into<reqwest::Body>) -> u16 {
    let url = format!("{}/api/v1/hooks/{hook}/{TOKEN}", program.url);
    let request = reqwest::Client::new().post(url).body(body);
    request.send().await.expect("an answer").status().as_u16()
}

/// The last bodies of the only hook.
pub async fn bodies(program: &Program) -> Vec<Value> {
    let hooks = program.get("incoming-webhooks").await;
    let path = format!("incoming-webhooks/{}/bodies", hooks[0]["id"]);
    program.get(&path).await.as_array().expect("a list").clone()
}

fn download(volume: u32) -> String {
    json!({
        "book": {"title": format!("Naruto, Tome {volume}")},
        "bookFiles": [{"path": format!("/manga/Naruto/Naruto T{volume:02}.cbz")}],
        "eventType": "Download",
    })
    .to_string()
}

/// As the route does it.
async fn hear(app: &App, name: &str, body: &str) -> bool {
    let caller = hearing::caller(app, name, &[TOKEN.to_owned()]).await;
    let caller = caller.expect("the database").expect("a hook");
    let heard = hearing::hear(app, &caller, "", body.as_bytes()).await;
    heard.expect("it is taken")
}

async fn hints(app: &App) -> (usize, usize) {
    let libraries = store::hint::libraries(&app.db).await.expect("hints");
    let series = store::hint::all_series(&app.db).await.expect("hints");
    (libraries.len(), series.len())
}

async fn due(app: &App) -> Vec<i64> {
    let due = store::series::due(&app.db, app.clock.now(), 10).await;
    due.expect("the database")
}

async fn heed(app: &Arc<App>) -> Heeded {
    hint::step(app).await.expect("the database")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_by_another_way_is_on_the_shelf_before_its_series_is_due() {
    let releases = vec![
        Release::new(1, "Naruto T03 [CBZ] FR"),
        Release::new(1, "Naruto T04 [CBZ] FR"),
    ];
    let mut parts = Parts::new(releases).await;
    parts.home.set("LIBRARIES__MANGA__ARMED", "true");
    let library = parts.library().to_owned();
    hook(&mut parts.home, "arr", &library);
    let app = parts.starts().await;
    shelve(&library, "Naruto", &[3]);

    assert!(hear(&app, "arr", &download(3)).await);
    assert_eq!((hints(&app).await, due(&app).await), ((1, 1), Vec::new()));
    let heeded = heed(&app).await;
    assert_eq!((heeded.libraries, heeded.series, heeded.busy), (1, 1, 0));
    assert_eq!((hints(&app).await, due(&app).await), ((0, 0), vec![1]));
    let report = check(&app).await;
    let picked: Vec<&str> = report
        .picks
        .iter()
        .map(|pick| pick.title.as_str())
        .collect();
    assert_eq!(picked, ["Naruto T04 [CBZ] FR"], "3 has just come");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_bodies_are_one_look() {
    let mut parts = Parts::new(Vec::new()).await;
    let library = parts.library().to_owned();
    hook(&mut parts.home, "arr", &library);
    let app = parts.starts().await;
    for volume in 1..=100 {
        assert!(hear(&app, "arr", &download(volume)).await);
    }
    let once = Heeded {
        libraries: 1,
        series: 1,
        busy: 0,
    };
    assert_eq!(heed(&app).await, once);
    assert_eq!(heed(&app).await, Heeded::default());

    // What someone else is scanning is looked at after that, and so is what is said meanwhile.
    hear(&app, "arr", &download(101)).await;
    let held = lacunarr::lease::Lease::try_take(&app, "library:1").await;
    let held = held.expect("the database").expect("free");
    assert_eq!(heed(&app).await.busy, 1);
    assert_eq!((hints(&app).await, due(&app).await), ((1, 1), vec![1]));
    held.release().await;
    assert_eq!(heed(&app).await, once);

    // Switched off, nothing is lost.
    let mut tx = app.db.begin().await.expect("a transaction");
    let off = store::setting::put(&mut tx, "enabled", "false", parts.now()).await;
    off.expect("written");
    tx.commit().await.expect("written");
    hear(&app, "arr", &download(102)).await;
    assert_eq!(heed(&app).await, Heeded::default());
    assert_eq!(hints(&app).await, (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_again_within_ten_minutes_counts_once() {
    let mut parts = Parts::new(Vec::new()).await;
    let library = parts.library().to_owned();
    hook(&mut parts.home, "arr", &library);
    let app = parts.starts().await;
    assert!(hear(&app, "arr", &download(3)).await);
    heed(&app).await;
    for _ in 0..3 {
        parts.pass(3 * MINUTE);
        assert!(!hear(&app, "arr", &download(3)).await);
    }
    assert_eq!(hints(&app).await, (0, 0));
    let kept = store::hook::list(&app.db, 4).await.expect("bodies");
    assert_eq!((kept.len(), kept[0].repeats), (1, 3), "{kept:?}");
    parts.pass(MINUTE);
    assert!(hear(&app, "arr", &download(3)).await);
    // A clock that was put back for a day does not deafen it.
    parts.pass(-DAY);
    assert!(hear(&app, "arr", &download(3)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_fits_exactly_is_meant() {
    let mut parts = Parts::new(Vec::new()).await;
    let library = parts.library().to_owned();
    shelve(&library, "One Piece", &[1]);
    hook(&mut parts.home, "generic", &library);
    let app = parts.starts().await;
    scan::step(&app).await.expect("a scan");
    let (both, alone, library_alone, nothing) = ((1, 1), (1, 1), (1, 0), (0, 0));
    for (body, expected) in [
        (json!({"title": "naruto"}), both),
        (json!({"title": "Naruto T05 [CBZ] FR"}), both),
        (json!({"title": "Naruto Gaiden"}), nothing),
        (json!({"title": "Narut"}), nothing),
        (json!({"path": "/manga/Naruto/x/Naruto T09.cbz"}), alone),
        (json!({"path": "/manga/Naruto"}), alone),
        (json!({"path": "/manga/Narutoo/T09.cbz"}), library_alone),
        (json!({"path": "/manga"}), library_alone),
        (json!({"path": "/mangas/Naruto"}), nothing),
        (json!({"path": "/manga/../manga/Naruto"}), nothing),
        (json!({"path": "manga/Naruto"}), nothing),
        (json!({"path": "D:\\manga\\Naruto"}), nothing),
        (json!({"hash": "ab".repeat(20)}), nothing),
        (json!({"title": ["Naruto", "One Piece"]}), (1, 2)),
    ] {
        let meant = hear(&app, "generic", &body.to_string()).await;
        assert_eq!(hints(&app).await, expected, "{body}");
        assert_eq!(meant, expected != nothing, "{body}");
        heed(&app).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_program_looks_at_once_and_checks() {
    let folder = tempfile::tempdir().expect("a folder");
    shelve(folder.path(), "Naruto", &[1, 2, 5]);
    let mut home = Home::new().await;
    home.library(folder.path());
    hook(&mut home, "arr", folder.path());
    let program = home.start().await;
    program.scanned().await;
    shelve(folder.path(), "Naruto", &[3]);
    assert_eq!(post(&program, "arr", download(3)).await, 202);
    eventually("3 is on the shelf", 20, async || {
        program.get("series/1").await["owned"] == "1-3,5"
    })
    .await;
    eventually("a check was made", 20, async || {
        let checks = program.get("checks").await;
        let mut checks = checks["records"].as_array().expect("checks").iter();
        checks.any(|check| check["cause"] == "library" && check["state"] == "finished")
    })
    .await;
    let [body] = bodies(&program).await.try_into().expect("one");
    assert_eq!(
        body["outcome"], "looked at: 'manga'; due: 'Naruto'",
        "{body}"
    );
    assert_eq!(
        (&body["effect"], &body["event"]),
        (&json!("series"), &json!("Download"))
    );
    assert!(!home.printed().contains(TOKEN), "the log shows it");
}
