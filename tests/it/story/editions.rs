//! Volumes of another edition count as what they hold, as soon as the user says what that is.

use serde_json::json;

use crate::stand_in::program::{Home, shelve};

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_another_edition_counts_as_the_user_says() {
    let library = tempfile::tempdir().expect("a folder");
    shelve(library.path(), "Naruto", &[1, 5, 6]);
    let folder = library.path().join("Naruto");
    std::fs::rename(
        folder.join("Naruto T01.cbz"),
        folder.join("Naruto - Perfect Edition T01.cbz"),
    )
    .expect("renamed");
    shelve(library.path(), "Monster - Intégrale Deluxe", &[1, 3]);
    let mut home = Home::new().await;
    home.library(library.path());
    let program = home.start().await;
    program.scanned().await;
    let shown = program.get("series").await["records"].clone();
    let naruto = shown[1].clone();
    assert_eq!(
        (&naruto["owned"], &naruto["edition"]),
        (&json!("5-6"), &json!("standard"))
    );
    let monster = &shown[0];
    assert_eq!(
        (&monster["title"], &monster["edition"]),
        (&json!("Monster"), &json!("deluxe"))
    );
    assert_eq!(
        (&monster["owned"], &monster["missing"]),
        (&json!("1,3"), &json!("2"))
    );

    let path = format!("series/{}", naruto["id"]);
    for (change, sentence) in [
        (
            json!({"editionMap": "luxe 1=1-2"}),
            "'luxe' is not an edition",
        ),
        (json!({"editionMap": "perfect 1=1-2, perfect 2=3"}), "write"),
        (json!({"edition": "luxe"}), "'luxe' is not an edition"),
        (json!({"edition": "omnibus:1"}), "is not an edition"),
    ] {
        let (status, body) = program.ask("PATCH", &path, Some(change.clone())).await;
        assert_eq!(status, 400, "{change}: {body}");
        assert!(body.to_string().contains(sentence), "{change}: {body}");
    }
    assert_eq!(
        program.get(&path).await["owned"],
        "5-6",
        "mistakes change nothing"
    );

    let change = json!({"editionMap": "perfect 1=1-2"});
    let (status, body) = program.ask("PATCH", &path, Some(change)).await;
    assert_eq!(
        (status, &body["owned"], &body["missing"]),
        (200, &json!("1-2,5-6"), &json!("3-4"))
    );
    program.scan().await;
    assert_eq!(
        program.get(&path).await["owned"],
        "1-2,5-6",
        "a scan says the same"
    );
    let (_, body) = program
        .ask("PATCH", &path, Some(json!({"editionMap": ""})))
        .await;
    assert_eq!(
        (&body["owned"], &body["vanished"]),
        (&json!("5-6"), &json!("")),
        "{body}"
    );
}
