//! `openapi/openapi.json`: it is current, it says everything about every operation, and what it says of keys is true.

use std::collections::BTreeSet;

use lacunarr::api;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;

use crate::stand_in::program::Home;

/// One operation of the document.
pub struct Operation {
    /// Upper case.
    pub method: Method,
    /// With `{id}` in it.
    pub path: String,
    /// Its entry.
    pub entry: Value,
}

impl Operation {
    /// Every one of the document, in its order.
    pub fn all(document: &Value) -> Vec<Self> {
        let paths = document["paths"].as_object().expect("paths");
        let operations = paths.iter().flat_map(|(path, methods)| {
            let methods = methods.as_object().expect("methods");
            methods.iter().map(|(method, entry)| Self {
                method: method.to_uppercase().parse().expect("a method"),
                path: path.clone(),
                entry: entry.clone(),
            })
        });
        operations.collect()
    }

    /// Its operation id.
    pub fn id(&self) -> &str {
        self.entry["operationId"].as_str().unwrap_or_default()
    }

    /// Its parameters that stand there: `path` or `query`.
    pub fn parameters(&self, place: &str) -> Vec<&Value> {
        let all = self.entry["parameters"].as_array();
        all.into_iter()
            .flatten()
            .filter(|parameter| parameter["in"] == place)
            .collect()
    }

    /// The name of the schema of its body.
    pub fn body(&self) -> Option<&str> {
        self.entry["requestBody"]["content"]["application/json"]["schema"]["$ref"]
            .as_str()?
            .strip_prefix("#/components/schemas/")
    }

    /// It takes a text as it is.
    pub fn takes_text(&self) -> bool {
        let content = &self.entry["requestBody"]["content"];
        let kinds = content.as_object();
        kinds.is_some_and(|kinds| kinds.keys().any(|kind| kind.starts_with("text/plain")))
    }

    /// The document names this answer.
    pub fn documents(&self, status: u16) -> bool {
        !self.entry["responses"][status.to_string()].is_null()
    }
}

/// The document that the program prints.
pub fn document() -> Value {
    serde_json::from_str(&api::document()).expect("JSON")
}

/// `ping` is the only one that answers whoever asks.
fn is_open(operation: &Operation) -> bool {
    operation.id() == "ping"
}

#[test]
fn the_checked_in_document_is_current() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/openapi.json");
    let checked_in = std::fs::read_to_string(file).unwrap_or_default();
    assert!(
        checked_in == format!("{}\n", api::document()),
        "openapi/openapi.json is not what the program prints; run: cargo run -- openapi > openapi/openapi.json"
    );
}

#[test]
fn the_guide_lists_every_path() {
    let guide = std::fs::read_to_string("docs/api.md").expect("the guide");
    let list = guide
        .split("\n## What there is\n")
        .nth(1)
        .expect("the list");
    let list = list.split("\n## ").next().expect("the list");
    let words: BTreeSet<&str> = list
        .split(|letter: char| !"-_.".contains(letter) && !letter.is_alphanumeric())
        .collect();
    for operation in Operation::all(&document()) {
        let mut parts = operation.path.split('/').rev();
        let last = parts.find(|part| !part.starts_with('{')).expect("a word");
        assert!(
            words.contains(last) || is_open(&operation),
            "docs/api.md lacks {} {}",
            operation.method,
            operation.path
        );
    }
}

#[test]
fn the_document_is_the_same_every_time() {
    assert_eq!(api::document(), api::document());
}

#[test]
fn every_operation_has_an_id_one_tag_a_summary_and_a_key() {
    let document = document();
    let tags: BTreeSet<&str> = document["tags"]
        .as_array()
        .expect("tags")
        .iter()
        .filter_map(|tag| tag["name"].as_str())
        .collect();
    let mut ids = BTreeSet::new();
    for operation in Operation::all(&document) {
        let id = operation.id().to_owned();
        let words: Vec<&str> = id.split('_').collect();
        let plain = id
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        assert!(
            plain && (words.len() > 1 || is_open(&operation)),
            "{} {}: '{id}' is no verb_noun",
            operation.method,
            operation.path
        );
        let tag = operation.entry["tags"].as_array().expect(&id);
        assert!(
            tag.len() == 1 && tag[0].as_str().is_some_and(|tag| tags.contains(tag)),
            "{id}: one tag, not {tag:?}"
        );
        assert!(operation.entry["summary"].is_string(), "{id}: no summary");
        let keys = operation.entry["security"].as_array().map_or(0, Vec::len);
        assert_eq!(
            keys,
            if is_open(&operation) { 0 } else { 3 },
            "{id}: header, query and bearer"
        );
        assert!(ids.insert(id.clone()), "{id} twice");
    }
}

#[test]
fn every_operation_documents_how_it_refuses() {
    for operation in Operation::all(&document())
        .iter()
        .filter(|one| !is_open(one))
    {
        let id = operation.id();
        let in_path = operation.parameters("path");
        let has_body = !operation.entry["requestBody"].is_null();
        assert!(operation.documents(400), "{id}: 400");
        assert!(operation.documents(401), "{id}: 401");
        assert_eq!(operation.documents(413), has_body, "{id}: 413");
        assert_eq!(operation.documents(415), has_body, "{id}: 415");
        // What is made when it is not there is never unknown.
        if !in_path.is_empty() && id != "put_profile" {
            assert!(operation.documents(404), "{id}: 404");
        }
        for (status, answer) in operation.entry["responses"].as_object().expect(id) {
            let described = answer["description"].as_str().unwrap_or_default();
            assert!(!described.is_empty(), "{id}: {status} is not described");
            let refuses = status.starts_with(['4', '5']);
            let problem = !answer["content"]["application/problem+json"].is_null();
            assert_eq!(refuses, problem, "{id}: {status}");
        }
    }
}

#[test]
fn every_parameter_and_every_field_is_described() {
    let document = document();
    for operation in Operation::all(&document) {
        for parameter in operation.entry["parameters"]
            .as_array()
            .into_iter()
            .flatten()
        {
            let described = parameter["description"].as_str().unwrap_or_default();
            assert!(!described.is_empty(), "{}: {parameter}", operation.id());
        }
    }
    for (name, schema) in document["components"]["schemas"]
        .as_object()
        .expect("schemas")
    {
        assert!(schema["description"].is_string(), "{name} is not described");
        for (field, schema) in schema["properties"].as_object().into_iter().flatten() {
            let described = schema["description"].as_str().unwrap_or_default();
            assert!(!described.is_empty(), "{name}.{field} is not described");
        }
    }
}

#[tokio::test]
async fn every_operation_refuses_whoever_has_no_key_or_a_wrong_one() {
    let program = Home::new().await.start().await;
    let (client, mut asked) = (Client::new(), 0);
    for operation in Operation::all(&document())
        .iter()
        .filter(|one| !is_open(one))
    {
        let url = format!("{}{}", program.url, operation.path.replace("{id}", "1"));
        let ask = || client.request(operation.method.clone(), &url);
        let tries: [(&str, RequestBuilder); 6] = [
            ("without a key", ask()),
            (
                "header",
                ask().header("X-Api-Key", "not-the-key-of-this-program"),
            ),
            (
                "query",
                ask().query(&[("apikey", "not-the-key-of-this-program")]),
            ),
            ("bearer", ask().bearer_auth("not-the-key-of-this-program")),
            ("empty", ask().header("X-Api-Key", "")),
            ("another scheme", ask().basic_auth("admin", Some("admin"))),
        ];
        for (what, request) in tries {
            let answer = request.send().await.expect("an answer");
            let place = format!("{}, {what}", operation.id());
            assert_eq!(answer.status(), 401, "{place}");
            assert_eq!(
                answer.headers()["content-type"],
                "application/problem+json",
                "{place}"
            );
            assert_eq!(
                answer.headers()["www-authenticate"],
                "Bearer realm=\"Lacunarr\"",
                "{place}"
            );
            let problem: Value = answer.json().await.expect("JSON");
            assert_eq!(problem["type"], "urn:lacunarr:problem:unauthorised");
            asked += 1;
        }
    }
    assert!(asked > 250, "{asked} requests");
}
