//! What leaves a shelf is not missing, and a library that is away makes nothing missing.

use serde_json::json;

use crate::stand_in::program::{Home, shelve};

#[tokio::test(flavor = "multi_thread")]
async fn a_library_that_is_suddenly_empty_or_away_holds_sending() {
    let library = tempfile::tempdir().expect("a folder");
    let (here, away) = (library.path().join("manga"), library.path().join("away"));
    shelve(&here, "Naruto", &[1, 2, 4]);
    let mut home = Home::new().await;
    home.library(&here);
    let program = home.start().await;
    program.scanned().await;
    std::fs::rename(&here, &away).expect("moved");
    let id = program.get("libraries").await[0]["id"].clone();
    program
        .post(&format!("libraries/{id}/scan"), json!({}))
        .await;
    crate::stand_in::eventually("it is held", 20, async || {
        program.get("libraries").await[0]["held"].is_string()
    })
    .await;
    assert_eq!(
        program.get("wanted").await["totalRecords"],
        1,
        "nothing became missing"
    );
    assert_eq!(program.get("health").await["state"], "degraded");
    std::fs::create_dir(&here).expect("an empty folder");
    program
        .post(&format!("libraries/{id}/scan"), json!({}))
        .await;
    crate::stand_in::eventually("it says that it is empty", 20, async || {
        program.get("libraries").await[0]["held"]
            .to_string()
            .contains("suddenly empty")
    })
    .await;
    std::fs::remove_dir(&here).expect("removed");
    std::fs::rename(&away, &here).expect("moved back");
    program.scan().await;
    let library = program.get("libraries").await[0].clone();
    assert!(library["held"].is_null(), "{library:#}");
    assert_eq!(program.get("series").await["records"][0]["owned"], "1-2,4");
    // A moment after what the scan found.
    crate::stand_in::eventually("the library works again", 20, async || {
        program.get("health").await["state"] == "ok"
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_vanished_is_wanted_only_when_asked_for() {
    let library = tempfile::tempdir().expect("a folder");
    shelve(library.path(), "Naruto", &[1, 2, 3, 4]);
    shelve(library.path(), "One Piece", &[1, 2, 3, 4, 5, 6, 7, 8]);
    let mut home = Home::new().await;
    home.library(library.path());
    let program = home.start().await;
    program.scanned().await;
    std::fs::remove_file(library.path().join("Naruto/Naruto T02.cbz")).expect("removed");
    program.scan().await;
    let naruto = program.get("series?title=naruto").await["records"][0].clone();
    assert_eq!(
        (
            naruto["owned"].clone(),
            naruto["vanished"].clone(),
            naruto["missing"].clone()
        ),
        (json!("1,3-4"), json!("2"), json!(""))
    );
    assert_eq!(
        program.get("history?type=volume.vanished").await["totalRecords"],
        1
    );
    let naruto = program
        .post(
            &format!("series/{}/want-again", naruto["id"]),
            json!({"volumes": "2"}),
        )
        .await;
    assert_eq!(
        (naruto["vanished"].clone(), naruto["missing"].clone()),
        (json!(""), json!("2"))
    );
    for volume in 2..=6 {
        std::fs::remove_file(
            library
                .path()
                .join(format!("One Piece/One Piece T0{volume}.cbz")),
        )
        .expect("removed");
    }
    program.scan().await;
    let held = program.get("libraries").await[0].clone();
    assert!(held["held"].to_string().contains("5 of the"), "{held:#}");
    let accepted = program
        .post(
            &format!("libraries/{}/accept-vanished", held["id"]),
            json!({}),
        )
        .await;
    assert_eq!(accepted["volumes"], 5);
    let piece = program.get("series?title=one").await["records"][0].clone();
    assert_eq!(
        (piece["ignored"].clone(), piece["missing"].clone()),
        (json!("2-6"), json!(""))
    );
    assert!(program.get("libraries").await[0]["held"].is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_folder_keeps_what_is_known_of_its_series() {
    let library = tempfile::tempdir().expect("a folder");
    shelve(library.path(), "Naruto", &[1, 2, 4]);
    let mut home = Home::new().await;
    home.library(library.path());
    let program = home.start().await;
    program.scanned().await;
    let before = program.get("series").await["records"][0].clone();
    let change = json!({"total": 6, "aliases": ["Narutō Shippūden"], "ignored": "5"});
    let (status, changed) = program
        .ask("PATCH", &format!("series/{}", before["id"]), Some(change))
        .await;
    assert_eq!((status, changed["missing"].clone()), (200, json!("3,6")));
    std::fs::rename(
        library.path().join("Naruto"),
        library.path().join("Naruto (Kishimoto)"),
    )
    .expect("renamed");
    program.scan().await;
    let series = program.get("series").await;
    assert_eq!(series["totalRecords"], 1, "{series:#}");
    assert_eq!(series["records"][0]["id"], before["id"]);
    assert_eq!(
        (
            series["records"][0]["missing"].clone(),
            series["records"][0]["vanished"].clone()
        ),
        (json!("3,6"), json!(""))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn folders_and_loose_files_of_one_title_are_one_series() {
    let library = tempfile::tempdir().expect("a folder");
    shelve(library.path(), "Naruto", &[1, 3]);
    let mut home = Home::new().await;
    home.library(library.path());
    let program = home.start().await;
    program.scanned().await;
    shelve(library.path(), "loose", &[2]);
    std::fs::rename(
        library.path().join("loose/loose T02.cbz"),
        library.path().join("Naruto T02.cbz"),
    )
    .expect("moved");
    std::fs::remove_dir(library.path().join("loose")).expect("removed");
    shelve(library.path(), "Naruto (2002)", &[4]);
    program.scan().await;
    let series = program.get("series").await;
    assert_eq!(series["totalRecords"], 1, "{series:#}");
    assert_eq!(series["records"][0]["owned"], "1-4");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_comes_back_under_another_name_holds_nothing() {
    let library = tempfile::tempdir().expect("a folder");
    let away = tempfile::tempdir().expect("a folder");
    shelve(library.path(), "XIII", &[1, 2, 4, 5, 6, 7]);
    shelve(library.path(), "Naruto", &[1]);
    let mut home = Home::new().await;
    home.library(library.path());
    let program = home.start().await;
    program.scanned().await;
    std::fs::rename(library.path().join("XIII"), away.path().join("XIII")).expect("moved");
    program.scan().await;
    assert!(program.get("libraries").await[0]["held"].is_string());
    std::fs::rename(away.path().join("XIII"), library.path().join("XIII (2000)")).expect("moved");
    program.scan().await;
    let library = program.get("libraries").await[0].clone();
    assert!(library["held"].is_null(), "{library:#}");
    let series = program.get("series?title=xiii").await;
    assert_eq!(series["totalRecords"], 1);
    assert_eq!(
        (
            series["records"][0]["owned"].clone(),
            series["records"][0]["vanished"].clone()
        ),
        (json!("1-2,4-7"), json!(""))
    );
}
