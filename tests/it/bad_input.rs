//! Wrong input, everywhere: each answer is a problem with a sentence that helps, of a documented status, and nothing is changed.
//!
//! The table is operations × mistakes. Both come from the document, so a new operation or field is in it from its first day.

mod mistakes;
mod rules;
mod scene;

use std::collections::BTreeSet;

use reqwest::{Body, Client, Method};
use serde_json::json;

use crate::{openapi::Operation, stand_in::program::KEY};
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
async fn an_unknown_parameter_is_named_with_those_that_are_known() {
    let scene = Scene::new().await;
    let before = scene.everything().await;
    let stranger = Client::new();
    for operation in scene.operations() {
        let known: Vec<&str> = operation
            .parameters("query")
            .iter()
            .filter_map(|parameter| parameter["name"].as_str())
            .collect();
        let sentence = match &*known {
            [] => "unknown query parameter; none can be given here".to_owned(),
            known => format!("unknown query parameter; known here: {}", known.join(", ")),
        };
        let in_capitals = known.iter().map(|name| name.to_uppercase());
        for name in in_capitals.chain(["nonsense".to_owned(), "page[]".to_owned()]) {
            let request = scene.good(&operation, scene.to(&operation));
            let request = request.query(&[(&*name, "1"), ("apikey", "x")]);
            let problem = scene.refused(&operation, request, 400, &name).await;
            assert_eq!(problem, format!("{name}: {sentence}"));
        }
        // Who has no key learns nothing of what there is.
        let path = operation.path.replace("{id}", "1");
        let url = format!("{}{path}", scene.program.url);
        let request = stranger.request(operation.method.clone(), url);
        let answer = request.query(&[("nonsense", "1")]).send().await;
        scene::problem(answer.expect("an answer"), 401, operation.id()).await;
    }
    let many: String = (0..100).map(|number| format!("p{number}=&")).collect();
    let (status, problem) = scene
        .program
        .ask("GET", &format!("series?page=1&{many}"), None)
        .await;
    assert_eq!(
        (status, problem["errors"].as_array().map(Vec::len)),
        (400, Some(20))
    );
    let head = scene.program.ask("HEAD", "series?nonsense=1", None).await;
    assert_eq!(head.0, 400);
    scene.is_unchanged(before).await;
}

#[tokio::test]
async fn what_is_open_to_everyone_takes_any_parameter_and_the_key_is_always_one() {
    let scene = Scene::new().await;
    for path in [
        "ping?_=1",
        "docs?_=1",
        &format!("api/v1/series?apikey={KEY}"),
        &format!("api/v1/stats?%61pikey={KEY}"),
    ] {
        let url = format!("{}/{path}", scene.program.url);
        let answer = reqwest::get(url).await.expect("an answer");
        assert_eq!(answer.status(), 200, "{path}");
    }
}

#[tokio::test]
async fn a_name_that_is_taken_is_told_with_whose_it_is() {
    let scene = Scene::new().await;
    let before = scene.everything().await;
    for (word, schema, name) in [
        ("libraries", "NewLibrary", "closed"),
        ("sources", "NewSource", "closed"),
        ("clients", "NewClient", "closed"),
        ("targets", "NewTarget", "paused"),
        ("incoming-webhooks", "HookRequest", "closed"),
        ("rules", "RuleBody", "own"),
    ] {
        let mut body = mistakes::good(&scene, schema);
        body["name"] = json!(name);
        let (status, problem) = scene.program.ask("POST", word, Some(body)).await;
        let existing = problem["existing"].as_i64();
        assert_eq!(
            (status, existing),
            (409, Some(scene.id(word))),
            "{word}: {problem}"
        );
    }
    // By another name, as well.
    for (word, name, existing) in [("sources", "prowlarr", 2), ("clients", "qbittorrent", 3)] {
        let path = format!("{word}/{}", scene.id(word));
        let body = Some(json!({"name": name}));
        let (status, problem) = scene.program.ask("PATCH", &path, body).await;
        assert_eq!(
            (status, problem["existing"].as_i64()),
            (409, Some(existing)),
            "{problem}"
        );
    }
    scene.is_unchanged(before).await;
}

#[tokio::test]
async fn a_library_that_a_filter_names_has_to_be_there() {
    let scene = Scene::new().await;
    for id in [987_654_321, scene.id("sources")] {
        for path in ["series", "series.csv"] {
            let path = format!("{path}?libraryId={id}");
            let (status, problem) = scene.program.ask("GET", &path, None).await;
            let sentence = format!("there is no library with the number {id}");
            assert_eq!(
                (status, &problem["detail"]),
                (404, &json!(sentence)),
                "{problem}"
            );
        }
    }
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
