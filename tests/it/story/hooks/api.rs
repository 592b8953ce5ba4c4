//! Hooks through the API and the file; their last bodies, looked at, tried and read again.

use serde_json::{Value, json};

use super::{TOKEN, bodies, hook, post};
use crate::stand_in::{
    eventually,
    program::{Home, Program, shelve},
};

async fn with_library() -> (tempfile::TempDir, Home, Program) {
    let folder = tempfile::tempdir().expect("a folder");
    shelve(folder.path(), "Naruto", &[1, 2, 5]);
    let mut home = Home::new().await;
    home.library(folder.path());
    let program = home.start().await;
    program.scanned().await;
    (folder, home, program)
}

async fn is_scanned_after(program: &Program, before: &Value) {
    eventually("the library is looked at", 20, async || {
        program.get("libraries").await[0]["scannedAt"] != *before
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hook_is_made_with_a_token_that_is_shown_once() {
    let (_folder, home, program) = with_library().await;
    let made = program
        .post(
            "incoming-webhooks",
            json!({"name": "readarr", "kind": "arr"}),
        )
        .await;
    let token = made["token"].as_str().expect("shown once").to_owned();
    assert_eq!(made["path"], "/api/v1/hooks/readarr");
    let path = format!("incoming-webhooks/{}", made["id"]);
    let mut shown = program.get(&path).await;
    assert_eq!(shown["token"], Value::Null);

    // Written anew under another name, it keeps its token, which was sealed under the old one.
    let anew = json!({"name": "books", "kind": "generic", "onUnknown": "look", "mapping": {"title": "/a~1b/0"}, "enabled": false});
    let (status, changed) = program.ask("PUT", &path, Some(anew)).await;
    assert_eq!(
        (status, &changed["mapping"]),
        (200, &json!({"title": "/a~1b/0"})),
        "{changed}"
    );
    let client = reqwest::Client::new();
    let url = format!("{}/api/v1/hooks/books/{token}", program.url);
    let answer = client
        .post(&url)
        .body("{\"a/b\": [\"Naruto\"]}")
        .send()
        .await;
    assert_eq!(answer.expect("an answer").status(), 204);
    let kept = bodies(&program).await;
    assert_eq!(
        kept[0]["outcome"],
        "the hook is switched off; else: looked at: 'manga'; due: 'Naruto'"
    );

    for (wrong, field) in [
        (json!({"name": "Read Arr", "kind": "arr"}), "name"),
        (
            json!({"name": "x", "kind": "arr", "token": "short"}),
            "token",
        ),
        (
            json!({"name": "x", "kind": "arr", "mapping": {"title": "/t"}}),
            "mapping.title",
        ),
        (
            json!({"name": "x", "kind": "generic", "mapping": {"title": "t"}}),
            "mapping.title",
        ),
        (
            json!({"name": "x", "kind": "arr", "pathMappings": [{"from": "a", "to": "/b"}]}),
            "pathMappings",
        ),
    ] {
        let (status, problem) = program.ask("POST", "incoming-webhooks", Some(wrong)).await;
        assert_eq!(
            (status, &problem["errors"][0]["field"]),
            (400, &json!(field)),
            "{problem}"
        );
    }
    let taken = json!({"name": "books", "kind": "arr"});
    let (status, problem) = program.ask("POST", "incoming-webhooks", Some(taken)).await;
    assert_eq!(
        (status, &problem["existing"]),
        (409, &made["id"]),
        "{problem}"
    );

    assert_eq!(program.ask("DELETE", &path, None).await.0, 204);
    let answer = client.post(&url).body("{}").send().await;
    assert_eq!(answer.expect("an answer").status(), 401);
    shown = program.get("incoming-webhooks").await;
    assert!(!format!("{shown}{}", home.printed()).contains(&token));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hook_of_the_file_is_changed_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut home = Home::new().await;
    hook(&mut home, "jellyfin", folder.path());
    let program = home.start().await;
    let shown = program.get("incoming-webhooks").await;
    assert_eq!(
        (&shown[0]["managed"], &shown[0]["kind"]),
        (&json!("file"), &json!("jellyfin"))
    );
    let path = format!("incoming-webhooks/{}", shown[0]["id"]);
    let anew = json!({"name": "jellyfin", "kind": "arr"});
    assert_eq!(program.ask("PUT", &path, Some(anew)).await.0, 409);
    assert_eq!(program.ask("DELETE", &path, None).await.0, 409);
    let id = shown[0]["id"].as_i64().expect("a number");
    drop(program);

    // Started again, with another token.
    home.set("HOOKS__JELLYFIN__TOKEN", &TOKEN[..16]);
    let program = home.start().await;
    assert_eq!(program.get("incoming-webhooks").await[0]["id"], id);
    assert_eq!(post(&program, "jellyfin", "{}").await, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_is_looked_at_mapped_and_read_again() {
    let (_folder, _home, program) = with_library().await;
    let request = json!({"name": "other", "kind": "generic", "token": TOKEN});
    let made = program.post("incoming-webhooks", request.clone()).await;
    assert_eq!(made["token"], Value::Null, "it was given");
    let path = format!("incoming-webhooks/{}", made["id"]);
    let body = json!({"data": {"name": "Naruto T05 [CBZ] FR", "token": "hunter2", "link": "https://t.example/dl?key=hunter2"}});
    assert_eq!(post(&program, "other", body.to_string()).await, 204);
    let kept = bodies(&program).await;
    let text = kept[0]["body"].as_str().expect("JSON").to_owned();
    assert_eq!(kept[0]["effect"], "unknown");
    assert!(!text.contains("hunter2"), "{text}");

    let before = program.get("libraries").await[0]["scannedAt"].clone();
    let mapping = json!({"title": "/data/name"});
    let tried = program
        .post(
            &format!("{path}/try"),
            json!({"body": text, "mapping": mapping}),
        )
        .await;
    assert_eq!(tried["titles"], json!(["Naruto T05 [CBZ] FR", "Naruto"]));
    assert_eq!(tried["series"], json!([{"id": 1, "name": "Naruto"}]));
    assert_eq!(tried["outcome"], "looked at: 'manga'; due: 'Naruto'");
    assert_eq!(bodies(&program).await, kept, "nothing came of it");

    let mut anew = request;
    anew["mapping"] = mapping;
    assert_eq!(program.ask("PUT", &path, Some(anew)).await.0, 200);
    // The sender repeats it in vain; a person does not.
    assert_eq!(post(&program, "other", body.to_string()).await, 204);
    let rerun = format!("{path}/bodies/{}/rerun", kept[0]["id"]);
    let reread = program.post(&rerun, json!({})).await;
    assert_eq!(
        (&reread["effect"], &reread["repeats"]),
        (&json!("series"), &json!(1)),
        "{reread}"
    );
    is_scanned_after(&program, &before).await;
    assert_eq!(
        program
            .ask("POST", &format!("{path}/bodies/987/rerun"), None)
            .await
            .0,
        404
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hint_without_a_name_makes_every_library_be_looked_at() {
    let (_folder, _home, program) = with_library().await;
    for (name, kind, body) in [
        (
            "jellyfin",
            "jellyfin",
            "{\"NotificationType\": \"TaskCompleted\"}",
        ),
        ("empty", "generic", ""),
        ("xml", "generic", "<a/>"),
    ] {
        let request = json!({"name": name, "kind": kind, "token": TOKEN, "onUnknown": "look"});
        program.post("incoming-webhooks", request).await;
        let before = program.get("libraries").await[0]["scannedAt"].clone();
        assert_eq!(post(&program, name, body).await, 202);
        is_scanned_after(&program, &before).await;
    }
}
