//! Libraries that Komga shows: read there, heard within seconds, and never mistaken for empty.

mod away;

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::stand_in::{
    eventually,
    komga::{ADMIN_KEY, Fault, Komga, READER_KEY},
    program::{Home, Program, shelve},
};

/// Seconds.
const SETTLE: u64 = 2;

/// A program with the library of this name of a Komga, in a language.
fn shown(home: &mut Home, komga: &Komga, name: &str, language: &str) {
    let at = |key: &str| format!("LIBRARIES__{}__{key}", name.to_uppercase());
    home.set(&at("KIND"), "komga")
        .set(&at("URL"), komga.url().as_str())
        .set(&at("API_KEY"), ADMIN_KEY)
        .set(&at("SERVER_LIBRARY"), name);
    home.set(&at("LANGUAGE"), language)
        .set(&at("SETTLE_SECONDS"), &SETTLE.to_string())
        .set(&at("TIMEOUT_SECONDS"), "5");
}

async fn series(program: &Program, title: &str) -> Value {
    let found = program.get(&format!("series?title={title}")).await;
    assert_eq!(found["totalRecords"], 1, "{found:#}");
    found["records"][0].clone()
}

/// Until it listens, and what it had to catch up with is done.
async fn listens(komga: &Komga) {
    eventually("it listens", 30, async || komga.listeners() == 1).await;
    let mut before = 0;
    eventually("it is quiet", 30, async || {
        tokio::time::sleep(Duration::from_millis(700)).await;
        let now = komga.requests().len();
        std::mem::replace(&mut before, now) == now
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn positions_are_no_volumes_and_a_number_in_doubt_is_for_a_person() {
    let komga = Komga::start();
    let manga = komga.add_library("manga", "/data/manga");
    komga.add_series(
        &manga,
        "Naruto",
        &["Naruto T01.cbz", "Naruto T02.cbz", "Naruto T04.cbz"],
    );
    let key = komga.add_series(&manga, "Bleach", &["Bleach T01.cbz", "Bleach T02.cbz"]);
    komga.change(|shelves| {
        shelves.add_one_shot(&manga, "Goggles.cbz");
        shelves.edit_book(&key, "Bleach T02.cbz", |book| {
            book.locked = Some("4".into())
        });
        shelves.edit_series(
            &key,
            json!({"alternateTitles": [{"label": "", "title": "Burichi"}], "status": "ENDED"}),
        );
    });
    let mut home = Home::new().await;
    shown(&mut home, &komga, "manga", "fr");
    let program = home.start().await;
    program.scanned().await;
    let naruto = series(&program, "naruto").await;
    assert_eq!(
        (&naruto["owned"], &naruto["missing"]),
        (&json!("1-2,4"), &json!("3"))
    );
    assert_eq!(series(&program, "goggles").await["owned"], "1");
    let bleach = series(&program, "bleach").await;
    assert_eq!(
        (&bleach["owned"], &bleach["doubtful"]),
        (&json!("1"), &json!("2,4")),
        "{bleach:#}"
    );
    assert_eq!(bleach["aliases"], json!(["Burichi"]));
    let wanted = program.get("wanted").await;
    let causes: Vec<(&str, &str)> = wanted["records"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|want| {
            (
                want["volume"].as_str().expect("one"),
                want["cause"].as_str().expect("one"),
            )
        })
        .collect();
    assert_eq!(
        causes,
        [("2", "doubtful"), ("4", "doubtful"), ("3", "hole")]
    );
    // Corrected there: what it might have been was never there, so it has not vanished.
    listens(&komga).await;
    komga.change(|shelves| {
        shelves.edit_book(&key, "Bleach T02.cbz", |book| {
            book.locked = Some("2".into());
        });
    });
    eventually("it is settled", 30, async || {
        series(&program, "bleach").await["owned"] == "1-2"
    })
    .await;
    let settled = series(&program, "bleach").await;
    for field in ["doubtful", "vanished", "missing"] {
        assert_eq!(settled[field], "", "{settled:#}");
    }
    let log = home.printed();
    assert!(!log.contains(ADMIN_KEY));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_book_that_comes_is_on_the_shelf_and_only_its_series_is_asked_for() {
    let komga = Komga::start();
    let manga = komga.add_library("manga", "/data/manga");
    let naruto = komga.add_series(&manga, "Naruto", &["Naruto T01.cbz", "Naruto T03.cbz"]);
    for title in ["Bleach", "One Piece", "Dr. Stone"] {
        let file = format!("{title} T01.cbz");
        komga.add_series(&manga, title, &[&file]);
    }
    let mut home = Home::new().await;
    shown(&mut home, &komga, "manga", "fr");
    let program = home.start().await;
    program.scanned().await;
    listens(&komga).await;
    let before = komga.requests().len();
    let came = Instant::now();
    komga.change(|shelves| shelves.add_book(&naruto, "Naruto T02.cbz"));
    eventually("it is on the shelf", 20, async || {
        series(&program, "naruto").await["owned"] == "1-3"
    })
    .await;
    println!(
        "{:.2} s after BookAdded, {SETTLE} s of them for quiet",
        came.elapsed().as_secs_f64()
    );
    let asked = komga.requests().split_off(before);
    // Where its library lies on the disk, and this series.
    let (of_it, others): (Vec<&String>, Vec<_>) =
        asked.iter().partition(|request| request.contains(&naruto));
    assert_eq!(of_it.len(), 2, "{asked:#?}");
    assert!(
        others
            .iter()
            .all(|request| **request == "GET /api/v1/libraries"),
        "{asked:#?}"
    );
    let told = program.get("history?type=volume.on_shelf").await;
    assert_eq!(told["records"][0]["data"]["volumes"], "2", "{told:#}");
    // Komga says that it is done: nothing is waited for.
    komga.change(|shelves| shelves.trash_book(&naruto, "Naruto T01.cbz"));
    komga.emit("TaskQueueStatus", &json!({"count": 0, "countByType": {}}));
    eventually("it has left the shelf", 20, async || {
        series(&program, "naruto").await["vanished"] == "1"
    })
    .await;
    // The stream ends once an hour: what happened meanwhile is asked for.
    komga.close_streams();
    komga.change(|shelves| shelves.add_book(&naruto, "Naruto T04.cbz"));
    eventually("what happened meanwhile is known", 30, async || {
        series(&program, "naruto").await["owned"] == "2-4"
    })
    .await;
    assert_eq!(
        program.get("health").await["state"],
        "ok",
        "an hourly end is no trouble"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_away_makes_nothing_missing_and_is_asked_again() {
    let komga = Komga::start();
    let manga = komga.add_library("manga", "/data/manga");
    let naruto = komga.add_series(&manga, "Naruto", &["Naruto T01.cbz", "Naruto T03.cbz"]);
    let mut home = Home::new().await;
    shown(&mut home, &komga, "manga", "fr");
    let program = home.start().await;
    program.scanned().await;
    listens(&komga).await;
    komga.fail(Fault::Down);
    komga.close_streams();
    let id = program.get("libraries").await[0]["id"].clone();
    program
        .post(&format!("libraries/{id}/scan"), json!({}))
        .await;
    eventually("it is held", 30, async || {
        program.get("libraries").await[0]["held"]
            .to_string()
            .contains("cannot be read")
    })
    .await;
    assert_eq!(series(&program, "naruto").await["owned"], "1,3");
    komga.fail(None);
    eventually("it works again, though nothing changed", 60, async || {
        program.get("libraries").await[0]["held"].is_null()
            && program.get("health").await["state"] == "ok"
    })
    .await;
    listens(&komga).await;
    komga.fail(Fault::Down);
    komga.close_streams();
    komga.change(|shelves| shelves.add_book(&naruto, "Naruto T02.cbz"));
    komga.fail(None);
    eventually(
        "it works again, and what came meanwhile is known",
        60,
        async || {
            let library = program.get("libraries").await[0].clone();
            library["held"].is_null() && series(&program, "naruto").await["owned"] == "1-3"
        },
    )
    .await;
    // Gone from Komga, or from the key: nothing is there to be read, which is not the same as empty.
    komga.change(|shelves| shelves.remove_library(&manga));
    eventually("it is held again", 60, async || {
        program.get("libraries").await[0]["held"].is_string()
    })
    .await;
    let naruto = series(&program, "naruto").await;
    assert_eq!(
        (&naruto["owned"], &naruto["missing"]),
        (&json!("1-3"), &json!("")),
        "{naruto:#}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_series_with_another_folder_or_title_there_keeps_what_is_known_of_it() {
    let komga = Komga::start();
    let manga = komga.add_library("manga", "/data/manga");
    let naruto = komga.add_series(&manga, "Naruto", &["Naruto T01.cbz", "Naruto T02.cbz"]);
    let mut home = Home::new().await;
    shown(&mut home, &komga, "manga", "fr");
    home.set("LIBRARIES__MANGA__MONITOR", "false");
    let program = home.start().await;
    program.scanned().await;
    listens(&komga).await;
    let before = series(&program, "naruto").await;
    let path = format!("series/{}", before["id"]);
    let change = json!({"monitored": true, "aliases": ["NRT"], "total": 72});
    assert_eq!(program.ask("PATCH", &path, Some(change)).await.0, 200);
    // Komga gives it another id, and throws the old one away.
    let moved = komga.change(|shelves| shelves.rename_series(&naruto, "Naruto Classic"));
    komga.change(|shelves| shelves.empty_trash());
    eventually("it is known under its new name", 30, async || {
        let links = program.get("series").await;
        links["records"][0]["aliases"]
            .to_string()
            .contains("Classic")
    })
    .await;
    komga.change(|shelves| shelves.edit_series(&moved, json!({"title": "Naruto, l'intégrale"})));
    eventually("its new title is known", 30, async || {
        let all = program.get("series").await;
        all["records"].to_string().contains("intégrale")
    })
    .await;
    let all = program.get("series").await;
    assert_eq!(all["totalRecords"], 1, "{all:#}");
    let after = &all["records"][0];
    assert_eq!(
        (&after["id"], &after["monitored"], &after["total"]),
        (&before["id"], &json!(true), &json!(72))
    );
    assert_eq!(
        (&after["owned"], &after["vanished"]),
        (&json!("1-2"), &json!("")),
        "{after:#}"
    );
    assert!(after["aliases"].to_string().contains("NRT"), "{after:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn mirrors_are_one_shelf_and_languages_are_two() {
    let (komga, folder) = (Komga::start(), tempfile::tempdir().expect("a folder"));
    shelve(folder.path(), "Naruto", &[1, 2, 3]);
    let root = folder.path().to_str().expect("UTF-8");
    let (french, english) = (
        komga.add_library("vf", root),
        komga.add_library("vo", "/data/vo"),
    );
    let naruto = komga.add_series(&french, "Naruto", &["Naruto T01.cbz", "Naruto T02.cbz"]);
    komga.add_series(&english, "Naruto", &["Naruto v01.cbz", "Naruto v05.cbz"]);
    let mut home = Home::new().await;
    home.library(folder.path());
    shown(&mut home, &komga, "vf", "fr");
    shown(&mut home, &komga, "vo", "en");
    let program = home.start().await;
    program.scanned().await;
    let all = program.get("series").await;
    assert_eq!(all["totalRecords"], 2, "{all:#}");
    let of = |all: &Value, language: &str| {
        let mut found = all["records"].as_array().expect("a list").iter();
        let found = found.find(|series| series["language"] == language);
        found.expect("a series")["owned"].clone()
    };
    assert_eq!(
        (of(&all, "fr"), of(&all, "en")),
        (json!("1-3"), json!("1,5"))
    );
    // What Komga has not seen yet is there, and so is what was taken from one of the two.
    std::fs::remove_file(folder.path().join("Naruto/Naruto T01.cbz")).expect("removed");
    let scanned = async || {
        let libraries = program.get("libraries").await;
        let each = libraries.as_array().expect("a list").iter();
        each.map(|library| library["scannedAt"].clone())
            .collect::<Vec<_>>()
    };
    let before = scanned().await;
    for library in program.get("libraries").await.as_array().expect("a list") {
        program
            .post(&format!("libraries/{}/scan", library["id"]), json!({}))
            .await;
    }
    eventually("all are scanned again", 30, async || {
        let after = scanned().await;
        before
            .iter()
            .zip(&after)
            .all(|(before, after)| before != after)
    })
    .await;
    assert_eq!(of(&program.get("series").await, "fr"), "1-3");
    komga.change(|shelves| shelves.trash_book(&naruto, "Naruto T01.cbz"));
    eventually("it is gone from both", 30, async || {
        of(&program.get("series").await, "fr") == "2-3"
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_library_of_a_server_is_made_tried_and_changed_over_the_api() {
    let komga = Komga::start();
    let manga = komga.add_library("Mangas", "/data/manga");
    komga.add_series(&manga, "Naruto", &["Naruto T01.cbz", "Naruto T03.cbz"]);
    let home = Home::new().await;
    let program = home.start().await;
    let url = komga.url().to_string();
    for (body, field) in [
        (json!({"name": "k", "kind": "komga", "url": url}), "apiKey"),
        (json!({"name": "k", "kind": "komga", "apiKey": "x"}), "url"),
        (
            json!({"name": "k", "kind": "komga", "url": url, "apiKey": "x", "path": "/manga"}),
            "path",
        ),
        (json!({"name": "k", "path": "/manga", "url": url}), "url"),
        (json!({"name": "k"}), "path"),
    ] {
        let (status, problem) = program.ask("POST", "libraries", Some(body)).await;
        assert!((400..500).contains(&status), "{problem}");
        assert!(problem.to_string().contains(field), "{field}: {problem}");
    }
    assert_eq!(program.get("libraries").await, json!([]));
    let made = json!({"name": "k", "kind": "komga", "url": url, "apiKey": READER_KEY, "serverLibrary": "mangas", "settleSeconds": 2});
    let made = program.post("libraries", made).await;
    assert_eq!(
        (&made["kind"], &made["monitor"]),
        (&json!("komga"), &json!(false)),
        "{made:#}"
    );
    assert!(!made.to_string().contains(READER_KEY));
    assert_eq!(
        (&made["apiKeySet"], &made["passwordSet"]),
        (&json!(true), &json!(false))
    );
    program.scanned().await;
    assert_eq!(series(&program, "naruto").await["owned"], "1,3");
    let test = program
        .post(&format!("libraries/{}/test", made["id"]), json!({}))
        .await;
    assert_eq!(test["success"], true, "{test:#}");
    // The key is not handed to another server.
    let path = format!("libraries/{}", made["id"]);
    let elsewhere = json!({"url": "http://127.0.0.1:9"});
    let (status, problem) = program.ask("PATCH", &path, Some(elsewhere)).await;
    assert!(
        (400..500).contains(&status) && problem.to_string().contains("apiKey"),
        "{problem}"
    );
    let (status, changed) = program
        .ask("PATCH", &path, Some(json!({"settleSeconds": 5})))
        .await;
    assert_eq!(
        (status, &changed["settleSeconds"]),
        (200, &json!(5)),
        "{changed:#}"
    );
    // A name and a password are another way in, which takes the place of the key.
    let mut way = json!({"username": "reader@example.org", "password": "hunter2"});
    let (status, problem) = program.ask("PATCH", &path, Some(way.clone())).await;
    assert_eq!(
        (status, &problem["errors"][0]["field"]),
        (400, &json!("apiKey")),
        "{problem}"
    );
    way["apiKey"] = json!("");
    let (status, changed) = program.ask("PATCH", &path, Some(way)).await;
    assert_eq!(
        (status, &changed["apiKeySet"], &changed["passwordSet"]),
        (200, &json!(false), &json!(true)),
        "{changed:#}"
    );
}
