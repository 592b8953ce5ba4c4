//! Wrong input, everywhere: each answer is a problem with a sentence that helps, of a documented status, and nothing is changed.
//!
//! The table is operations × mistakes. Both come from the document, so a new operation or field is in it from its first day.

mod mistakes;
mod rules;
mod scene;

use std::collections::BTreeSet;

use reqwest::{Body, Method};
use serde_json::json;

use crate::openapi::Operation;
use scene::{Scene, Wrong};

/// Numbers that no row has.
const UNKNOWN: [&str; 6] = [
    "0",
    "-1",
    "987654321",
    "2147483648",
    "9223372036854775807",
    "-9223372036854775808",
];
/// What is no number.
const NO_NUMBERS: [&str; 9] = [
    "abc",
    "1.5",
    "1e3",
    "0x1",
    "%00",
    "1%00",
    "%F0%9F%90%89",
    "99999999999999999999",
    "null",
];

#[tokio::test]
async fn an_id_that_is_unknown_or_no_number_is_told() {
    let scene = Scene::new().await;
    let before = scene.everything().await;
    for operation in scene.operations() {
        let tries = UNKNOWN.iter().map(|id| (id, 404));
        let tries = tries.chain(NO_NUMBERS.iter().map(|id| (id, 400)));
        for (id, status) in tries.filter(|_| operation.path.contains("{id}")) {
            let path = operation.path.replace("{id}", id);
            let request = scene.good(&operation, scene.at(&operation, &path));
            let problem = scene.refused(&operation, request, status, id).await;
            let word = if status == 404 {
                *id
            } else {
                "id: it must be a whole number"
            };
            assert!(problem.contains(word), "{path}: {problem}");
        }
    }
    scene.is_unchanged(before).await;
}

#[tokio::test]
async fn a_wrong_parameter_is_named_with_what_it_should_be() {
    let scene = Scene::new().await;
    let before = scene.everything().await;
    for operation in scene.operations() {
        for parameter in operation.parameters("query") {
            let name = parameter["name"].as_str().expect("a name");
            for value in mistakes::parameter(&parameter["schema"]) {
                let rest = operation.parameters("query").into_iter();
                let rest = rest.filter(|rest| rest["required"] == true && rest["name"] != name);
                let rest: Vec<_> = rest
                    .map(|rest| (rest["name"].as_str().expect("a name"), "x"))
                    .collect();
                let request = scene.to(&operation).query(&rest).query(&[(name, &value)]);
                let problem = scene.refused(&operation, request, 400, &value).await;
                assert!(
                    problem.starts_with(&format!("{name}: it must be ")),
                    "{problem}"
                );
            }
            if parameter["required"] == true {
                let request = scene.to(&operation);
                let problem = scene.refused(&operation, request, 400, "missing").await;
                let missing = format!("{name}: it is missing; it must be ");
                assert!(problem.starts_with(&missing), "{problem}");
            }
        }
    }
    scene.is_unchanged(before).await;
}

#[tokio::test]
async fn a_wrong_field_is_named_with_what_it_should_be() {
    let scene = Scene::new().await;
    let before = scene.everything().await;
    for operation in scene.operations() {
        let Some(schema) = operation.body() else {
            continue;
        };
        for Wrong { field, body } in mistakes::bodies(&scene, schema) {
            let request = scene.to(&operation).json(&body);
            let what: String = body.to_string().chars().take(200).collect();
            let problem = scene.refused(&operation, request, 400, &what).await;
            assert!(
                problem.contains(&field),
                "{what}: '{field}' is not in: {problem}"
            );
        }
    }
    scene.is_unchanged(before).await;
}

#[tokio::test]
async fn what_is_no_json_is_told() {
    let scene = Scene::new().await;
    let before = scene.everything().await;
    let deep = "[".repeat(100_000);
    let texts: [&[u8]; 16] = [
        b"",
        b" ",
        b"{",
        b"{\"title\":}",
        b"{\"title\" \"x\"}",
        b"{'title': 'x'}",
        b"{} {}",
        b"null",
        b"[]",
        b"3",
        b"\"{}\"",
        b"{\"title\": \"\\ud800\"}",
        b"{\"title\": \"\\udc00\\ud800\"}",
        b"{\"title\": \"\xff\xfe\"}",
        b"{\"total\": 1e999}",
        deep.as_bytes(),
    ];
    for operation in scene.operations().filter(|one| one.body().is_some()) {
        for text in texts {
            let request = scene.to(&operation).body(text.to_vec());
            let request = request.header("Content-Type", "application/json");
            let what = String::from_utf8_lossy(&text[..text.len().min(40)]).into_owned();
            let problem = scene.refused(&operation, request, 400, &what).await;
            assert!(problem.starts_with("body: it "), "{what}: {problem}");
        }
    }
    scene.is_unchanged(before).await;
}

#[tokio::test]
async fn another_content_type_is_told() {
    let scene = Scene::new().await;
    let before = scene.everything().await;
    let kinds = [
        "text/plain",
        "application/xml",
        "multipart/form-data",
        "application/jsonx",
        "json",
        "",
    ];
    for operation in scene.operations() {
        let Some(schema) = operation.body() else {
            continue;
        };
        let body = mistakes::good(&scene, schema).to_string();
        let bare = scene.to(&operation).body(body.clone());
        scene
            .refused(&operation, bare, 415, "no content type")
            .await;
        for kind in kinds {
            let request = scene.to(&operation).header("Content-Type", kind);
            let problem = scene
                .refused(&operation, request.body(body.clone()), 415, kind)
                .await;
            assert!(problem.contains("application/json"), "{problem}");
        }
    }
    scene.is_unchanged(before).await;
}

#[tokio::test]
async fn a_body_over_a_mebibyte_is_refused_however_it_is_sent() {
    let scene = Scene::new().await;
    let before = scene.everything().await;
    let limit = 1024 * 1024;
    let exact = vec![b' '; limit];
    for operation in scene.operations().filter(|one| one.body().is_some()) {
        let json = || {
            scene
                .to(&operation)
                .header("Content-Type", "application/json")
        };
        for size in [limit + 1, 6 * limit] {
            let whole = json().body(vec![b' '; size]);
            let problem = scene
                .refused(&operation, whole, 413, "with its length")
                .await;
            assert!(problem.contains("1024 KiB"), "{problem}");
            let parts = vec![b' '; size];
            let parts: Vec<_> = parts
                .chunks(60_000)
                .map(|part| Ok::<_, std::io::Error>(part.to_vec()))
                .collect();
            let parts = json().body(Body::wrap_stream(futures_util::stream::iter(parts)));
            scene.refused(&operation, parts, 413, "in parts").await;
        }
        let problem = scene
            .refused(&operation, json().body(exact.clone()), 400, "blanks")
            .await;
        assert!(
            problem.contains("JSON"),
            "the limit itself is read: {problem}"
        );
    }
    scene.is_unchanged(before).await;
}

#[tokio::test]
async fn another_method_is_told_those_that_there_are() {
    let scene = Scene::new().await;
    let before = scene.everything().await;
    let mut paths: Vec<String> = scene.operations().map(|operation| operation.path).collect();
    paths.dedup();
    for path in paths {
        let there: Vec<Method> = scene
            .operations()
            .filter(|operation| operation.path == path)
            .map(|operation| operation.method)
            .collect();
        for method in [
            "GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "QUERY",
        ] {
            let method: Method = method.parse().expect("a method");
            if there.contains(&method) {
                continue;
            }
            let operation = Operation {
                method: method.clone(),
                path: path.clone(),
                entry: json!({}),
            };
            let answer = scene.to(&operation).send().await.expect("an answer");
            let allow = answer.headers()["allow"].to_str().expect("text").to_owned();
            let told = allow.split(", ").filter(|method| *method != "HEAD");
            assert_eq!(
                told.collect::<BTreeSet<_>>(),
                there.iter().map(Method::as_str).collect(),
                "{path}"
            );
            assert_eq!(
                allow.contains("HEAD"),
                there.contains(&Method::GET),
                "{path}: {allow}"
            );
            let problem = scene::problem(answer, 405, &format!("{method} {path}")).await;
            assert!(problem.contains(&allow), "{problem}");
        }
    }
    scene.is_unchanged(before).await;
}

#[tokio::test]
async fn a_path_that_is_not_there_is_told_where_to_look() {
    let scene = Scene::new().await;
    for path in [
        "/nothing",
        "/api",
        "/api/v1",
        "/api/v1/",
        "/api/v2/series",
        "/api/v1/series/",
        "/api/v1/series/1/nothing",
        "/api/v1//series",
        "//",
        "/docs/",
        "/%00",
        "/..%2f..%2fetc/passwd",
        "/api/v1/history.csv/x",
    ] {
        let operation = Operation {
            method: Method::GET,
            path: path.into(),
            entry: json!({}),
        };
        let answer = scene.to(&operation).send().await.expect("an answer");
        let problem = scene::problem(answer, 404, path).await;
        assert!(problem.contains("/docs"), "{path}: {problem}");
    }
}
