//! Two libraries on the same files: a volume is owned when either shows it, and is told and counted once.

use serde_json::json;
use tempfile::TempDir;

use super::{id_of, scan, series, told};
use crate::stand_in::program::{Home, Program, shelve};

/// Naruto, of which 3 is missing, in two libraries.
async fn mirrored() -> (TempDir, TempDir, Home, Program) {
    let (one, two) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    for library in [&one, &two] {
        shelve(library.path(), "Naruto", &[1, 2, 4]);
    }
    let mut home = Home::new().await;
    home.library(one.path())
        .set("LIBRARIES__MIRROR__KIND", "folder")
        .set(
            "LIBRARIES__MIRROR__PATH",
            two.path().to_str().expect("UTF-8"),
        );
    let program = home.start().await;
    program.scanned().await;
    (one, two, home, program)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_volume_that_both_show_is_told_and_counted_once() {
    let (one, two, _home, program) = mirrored().await;
    assert_eq!(program.get("series").await["totalRecords"], 1);
    let naruto = series(&program, "Naruto").await;
    assert_eq!(
        (&naruto["owned"], &naruto["missing"]),
        (&json!("1-2,4"), &json!("3"))
    );
    assert_eq!(program.get("wanted").await["totalRecords"], 1);
    for library in [&one, &two] {
        shelve(library.path(), "Naruto", &[3]);
    }
    scan(&program, "manga").await;
    assert_eq!(told(&program, "volume.on_shelf").await, 1);
    scan(&program, "mirror").await;
    assert_eq!(
        told(&program, "volume.on_shelf").await,
        1,
        "not once per mirror"
    );
    assert_eq!(series(&program, "Naruto").await["owned"], "1-4");
    assert_eq!(program.get("series/suggestions").await["totalRecords"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_volume_that_leaves_one_mirror_is_there_until_it_leaves_the_other() {
    let (one, two, _home, program) = mirrored().await;
    let gone = |library: &TempDir| {
        std::fs::remove_file(library.path().join("Naruto/Naruto T02.cbz")).expect("removed");
    };
    gone(&one);
    scan(&program, "manga").await;
    let naruto = series(&program, "Naruto").await;
    assert_eq!(
        (&naruto["owned"], &naruto["missing"], &naruto["vanished"]),
        (&json!("1-2,4"), &json!("3"), &json!("")),
        "the other still shows it"
    );
    assert_eq!(told(&program, "volume.vanished").await, 0);
    gone(&two);
    scan(&program, "mirror").await;
    let naruto = series(&program, "Naruto").await;
    assert_eq!(
        (&naruto["owned"], &naruto["missing"], &naruto["vanished"]),
        (&json!("1,4"), &json!("3"), &json!("2"))
    );
    assert_eq!(told(&program, "volume.vanished").await, 1);
    scan(&program, "manga").await;
    assert_eq!(told(&program, "volume.vanished").await, 1);
    for (library, name) in [(&one, "manga"), (&two, "mirror")] {
        shelve(library.path(), "Naruto", &[2]);
        scan(&program, name).await;
    }
    assert_eq!(series(&program, "Naruto").await["owned"], "1-2,4");
    assert_eq!(told(&program, "volume.on_shelf").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn mirrors_under_other_names_are_suggested_by_their_files() {
    let (one, two) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    shelve(one.path(), "Naruto", &[1, 2, 3]);
    let copy = two.path().join("Ninja de Konoha");
    std::fs::create_dir(&copy).expect("a folder");
    for volume in 1..=3 {
        let name = format!("Naruto T0{volume}.cbz");
        std::fs::copy(one.path().join("Naruto").join(&name), copy.join(&name)).expect("copied");
    }
    let mut home = Home::new().await;
    home.library(one.path())
        .set("LIBRARIES__MIRROR__KIND", "folder")
        .set(
            "LIBRARIES__MIRROR__PATH",
            two.path().to_str().expect("UTF-8"),
        );
    let program = home.start().await;
    program.scanned().await;
    let found = program.get("series/suggestions").await;
    assert_eq!(
        found["records"][0]["reasons"][0]["message"],
        "3 of 3 files have the same names and sizes in both",
        "{found:#}"
    );
    let (naruto, other) = (
        id_of(&program, "Naruto").await,
        id_of(&program, "Ninja de Konoha").await,
    );
    let merged = program
        .post(&format!("series/{other}/merge"), json!({"into": naruto}))
        .await;
    assert_eq!(merged["series"]["owned"], "1-3");
    assert_eq!(program.get("series/suggestions").await["totalRecords"], 0);
}
