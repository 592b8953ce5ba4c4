//! Everything that is not for us: an answer, and nothing else.

use futures_util::{StreamExt, stream};
use serde_json::json;

use super::{TOKEN, bodies, hook, post};
use crate::{
    hooks::payloads,
    stand_in::program::{Home, KEY, Program, shelve},
};

async fn with_naruto(kind: &str) -> (tempfile::TempDir, Home, Program) {
    let folder = tempfile::tempdir().expect("a folder");
    shelve(folder.path(), "Naruto", &[1, 2, 5]);
    let mut home = Home::new().await;
    home.library(folder.path());
    hook(&mut home, kind, folder.path());
    let program = home.start().await;
    program.scanned().await;
    (folder, home, program)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_junk_posts_make_nothing_due() {
    let (_folder, _home, program) = with_naruto("generic").await;
    let before = (
        program.get("libraries").await[0]["scannedAt"].clone(),
        program.get("checks").await,
    );
    let posts = stream::iter(0..1000_u32).map(|number| {
        let junk: Vec<u8> = match number % 5 {
            0 => format!("{{\"event\": \"junk\", \"number\": {number}}}").into_bytes(),
            1 => format!("<event number=\"{number}\"><title>Naruto</title></event>").into_bytes(),
            2 => format!("name=Naruto&number={number}").into_bytes(),
            3 => format!("{{\"title\": \"No such series {number}\"}}").into_bytes(),
            _ => [&[0, 255, 254][..], &number.to_be_bytes()].concat(),
        };
        post(&program, "generic", junk)
    });
    let statuses: Vec<u16> = posts.buffer_unordered(8).collect().await;
    assert!(statuses.iter().all(|status| *status == 204));
    assert_eq!(bodies(&program).await.len(), 20, "no more are kept");
    let after = (
        program.get("libraries").await[0]["scannedAt"].clone(),
        program.get("checks").await,
    );
    assert_eq!(before, after);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_payload_is_taken_in_every_way_with_its_token() {
    let (_folder, _home, program) = with_naruto("generic").await;
    let client = reqwest::Client::new();
    for (at, payload) in payloads().into_iter().enumerate() {
        let name = format!("{}-{at}", payload.kind.word());
        let mut request = json!({"name": name, "kind": payload.kind.word()});
        if !payload.says["mapping"].is_null() {
            request["mapping"] = payload.says["mapping"].clone();
        }
        let made = program.post("incoming-webhooks", request).await;
        let token = made["token"].as_str().expect("shown once");
        let url = format!("{}{}", program.url, made["path"].as_str().expect("a path"));
        let post = match at % 7 {
            0 => client.post(format!("{url}/{token}")),
            1 => client.put(&url).header("X-Api-Key", token),
            2 => client.post(&url).bearer_auth(token),
            3 => client.post(&url).basic_auth("anyone", Some(token)),
            4 => client.post(format!("{url}?token={token}")),
            5 => client.post(format!("{url}?apikey={token}")),
            _ => client.put(format!("{url}/{token}")),
        };
        let kind = payload.says["contentType"].as_str().expect("a type");
        let post = match kind {
            "" => post,
            kind => post.header("Content-Type", kind),
        };
        let answer = post.body(payload.body).send().await.expect("an answer");
        assert!([202, 204].contains(&answer.status().as_u16()), "{name}");
        assert_eq!(answer.bytes().await.expect("a body").len(), 0);
        let path = format!("incoming-webhooks/{}/bodies", made["id"]);
        let kept = program.get(&path).await;
        assert_eq!(kept[0]["effect"], payload.says["effect"], "{name}: {kept}");
        assert_eq!(kept[0]["contentType"], kind, "{name}");
        assert!(!kept.to_string().contains("0123456789\""), "{name}: {kept}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_no_token_is_told_the_same_whatever_there_is() {
    let (_folder, home, program) = with_naruto("arr").await;
    let client = reqwest::Client::new();
    let mut told = Vec::new();
    for (what, request) in [
        (
            "none",
            client.post(format!("{}/api/v1/hooks/arr", program.url)),
        ),
        (
            "wrong",
            client.post(format!("{}/api/v1/hooks/arr/wrong", program.url)),
        ),
        (
            "a part",
            client.post(format!("{}/api/v1/hooks/arr/{}", program.url, &TOKEN[1..])),
        ),
        (
            "the API key",
            client
                .post(format!("{}/api/v1/hooks/arr", program.url))
                .header("X-Api-Key", KEY),
        ),
        (
            "as the user",
            client
                .post(format!("{}/api/v1/hooks/arr", program.url))
                .basic_auth(TOKEN, Some("")),
        ),
        (
            "another hook",
            client.post(format!("{}/api/v1/hooks/sonarr/{TOKEN}", program.url)),
        ),
        (
            "odd",
            client.post(format!("{}/api/v1/hooks/%00%ff/{TOKEN}", program.url)),
        ),
    ] {
        let answer = request.body("{}").send().await.expect("an answer");
        assert_eq!(answer.status(), 401, "{what}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        assert_eq!(
            answer.headers()["www-authenticate"],
            "Basic realm=\"Lacunarr\""
        );
        told.push(answer.text().await.expect("a body"));
    }
    told.dedup();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(bodies(&program).await.is_empty());
    assert!(
        !home.printed().contains(&TOKEN[1..]),
        "not even a part of a token is logged"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_body_and_no_method_is_a_fault_of_ours() {
    let (_folder, home, program) = with_naruto("arr").await;
    let mebibyte = 1024 * 1024;
    for (body, status) in [
        (Vec::new(), 204),
        (vec![0xff; 5000], 204),
        (b"[".repeat(mebibyte), 204),
        (b"a=".repeat(mebibyte / 2), 204),
        (b" ".repeat(mebibyte), 204),
        (
            format!(
                "{{\"eventType\": \"\\u0000\\ud83d\\ude00\", \"x\": \"{}\"}}",
                "é".repeat(200_000)
            )
            .into_bytes(),
            204,
        ),
        (b" ".repeat(mebibyte + 1), 413),
    ] {
        let begin = String::from_utf8_lossy(&body[..body.len().min(10)]).into_owned();
        assert_eq!(post(&program, "arr", body).await, status, "{begin}");
    }
    let kept = bodies(&program).await;
    let longest = kept
        .iter()
        .filter_map(|body| body["body"].as_str())
        .map(str::len)
        .max();
    assert!(
        longest.is_some_and(|longest| longest <= 64 * 1024),
        "{longest:?}"
    );
    let hooks = program.get("incoming-webhooks").await;
    let cut = kept
        .iter()
        .find(|body| body["cut"] == true)
        .expect("a long one");
    let path = format!(
        "incoming-webhooks/{}/bodies/{}/rerun",
        hooks[0]["id"], cut["id"]
    );
    let (status, problem) = program.ask("POST", &path, None).await;
    assert_eq!(
        (status, &problem["detail"]),
        (
            409,
            &json!("only a part of this body is kept; have it sent again")
        )
    );
    let unkept = kept.iter().find(|body| body["body"].is_null());
    let path = format!(
        "incoming-webhooks/{}/bodies/{}/rerun",
        hooks[0]["id"],
        unkept.expect("bytes")["id"]
    );
    let (status, problem) = program.ask("POST", &path, None).await;
    assert_eq!(
        (status, &problem["detail"]),
        (
            409,
            &json!(
                "this body was neither JSON nor a form, so nothing of it is kept; have it sent again as one of these"
            )
        )
    );

    let client = reqwest::Client::new();
    // Some end every address with a slash.
    for place in [format!("arr/{TOKEN}/"), "arr/".into()] {
        let url = format!("{}/api/v1/hooks/{place}", program.url);
        let request = client.post(url).basic_auth("x", Some(TOKEN));
        let answer = request.body("{}").send().await.expect("an answer");
        assert_eq!(answer.status(), 204, "{place}");
    }
    let url = format!("{}/api/v1/hooks/arr/{TOKEN}", program.url);
    for method in ["GET", "HEAD", "DELETE", "PATCH", "OPTIONS"] {
        let request = client.request(method.parse().expect("a method"), &url);
        let answer = request.send().await.expect("an answer");
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["allow"]),
            (405, &"POST, PUT".parse().expect("a header"))
        );
    }
    assert!(!home.printed().contains(" ERROR "), "{}", home.printed());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_of_a_body_is_short_and_without_secrets() {
    let (_folder, home, program) = with_naruto("generic").await;
    for (event, shown) in [
        (format!("token={TOKEN}"), "token=(hidden)".to_owned()),
        (TOKEN.to_owned(), "(hidden)".to_owned()),
        (
            "https://planted:secret@t.example/planted?passkey=planted".to_owned(),
            "https://t.example/(hidden)".to_owned(),
        ),
        ("x".repeat(100_000), "x".repeat(80)),
        (
            // The end of what is shown is in the middle of a secret.
            format!("{}{TOKEN}", "x".repeat(70)),
            format!("{}(hidden)", "x".repeat(70)),
        ),
    ] {
        let body = json!({"event": event, "title": "Naruto"}).to_string();
        assert_eq!(post(&program, "generic", body).await, 202);
        assert_eq!(bodies(&program).await[0]["event"], *shown);
    }
    let printed = home.printed();
    for secret in [&TOKEN[..8], "planted", &"x".repeat(81)] {
        assert!(!printed.contains(secret), "the log shows {secret}");
    }
}
