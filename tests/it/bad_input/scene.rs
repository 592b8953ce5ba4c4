//! One running program with something of everything, and what is asked of each refusal.

use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::mistakes;
use crate::{
    openapi::{Operation, document},
    stand_in::{
        program::{Home, KEY, Program, shelve},
        prowlarr::{self, Indexer, Prowlarr, Release},
        qbittorrent::{PASSWORD, QBittorrent5, USER},
    },
};

/// Every list that a request could change.
const LISTS: [&str; 22] = [
    "reviews",
    "profiles",
    "rules",
    "blocked",
    "series",
    "series/1",
    "series/1/files",
    "wanted",
    "checks",
    "checks/1/series",
    "offers",
    "grabs",
    "history",
    "libraries",
    "lists",
    "sources",
    "clients",
    "targets",
    "deliveries",
    "incoming-webhooks",
    "settings",
    "stats",
];

/// A program with something of everything. Nothing in it changes by itself.
pub struct Scene {
    pub program: Program,
    pub document: Value,
    client: Client,
    /// Numbers of what was made through the API, by the word in the path.
    ids: Vec<(&'static str, i64)>,
    _kept: (TempDir, Prowlarr, QBittorrent5, Home),
}

/// A body with one mistake.
pub struct Wrong {
    /// The field that has to be named.
    pub field: String,
    /// What is sent.
    pub body: Value,
}

impl Scene {
    pub async fn new() -> Self {
        let library = tempfile::tempdir().expect("a folder");
        shelve(library.path(), "Naruto", &[1, 3, 4, 6]);
        let prowlarr = Prowlarr::start(
            vec![Indexer::public(1, "Nyaa")],
            vec![
                Release::new(1, "Naruto T02 [CBZ] FR"),
                Release::new(1, "Naruto T05 [CBZ] FR"),
            ],
        );
        let client = QBittorrent5::start();
        let mut home = Home::new().await;
        home.library(library.path())
            .source(&prowlarr.url(), prowlarr::KEY)
            .client(&client.url(), USER, PASSWORD)
            .set("SETTINGS__ENABLED", "false");
        let program = home.start().await;
        program.scanned().await;
        program.check(json!({"dryRun": true})).await;
        let closed = json!({"name": "closed", "kind": "prowlarr", "url": "http://127.0.0.1:1", "apiKey": "a key"});
        let source = program.post("sources", closed).await["id"].clone();
        let closed = json!({"name": "closed", "kind": "qbittorrent", "url": "http://127.0.0.1:1", "enabled": false});
        let own_client = program.post("clients", closed).await["id"].clone();
        let closed = json!({"name": "closed", "path": "/nowhere/manga", "enabled": false});
        let own_library = program.post("libraries", closed).await["id"].clone();
        crate::stand_in::eventually("it was tried to read it", 20, async || {
            program.get(&format!("libraries/{own_library}")).await["health"]["failures"] != 0
        })
        .await;
        // Paused, so that what it is to be told waits.
        let paused = json!({"name": "paused", "kind": "webhook", "url": "http://127.0.0.1:1/hook"});
        let target = program.post("targets", paused).await["id"].clone();
        let until = json!({"until": "2100-01-01T00:00:00Z"});
        program
            .post(&format!("targets/{target}/pause"), until)
            .await;
        let hook = json!({"name": "closed", "kind": "arr"});
        let hook = program.post("incoming-webhooks", hook).await["id"].clone();
        let offer = program.get("offers").await["records"][0]["id"].clone();
        let grab = program.post("grabs", json!({"offerId": offer})).await["id"].clone();
        let number = |value: Value| value.as_i64().expect("a number");
        program.check(json!({})).await;
        let review = program.get("reviews").await["records"][0]["id"].clone();
        let rule = json!({"name": "own", "when": [{"field": "group", "test": "is", "values": ["nobody"]}], "then": "review"});
        let rule = program.post("rules", rule).await["id"].clone();
        let refused = program.get("offers").await["records"][1]["id"].clone();
        let blocked = json!({"offerId": refused, "reason": "a fake"});
        let blocked = program.post("blocked", blocked).await["id"].clone();
        let mut two = Vec::new();
        for title in ["Bleach", "Bleach, the other"] {
            let body = json!({"title": title, "libraryId": own_library});
            two.push(program.post("series", body).await["id"].clone());
        }
        let path = format!("series/{}/merge", two[1]);
        let merge = program.post(&path, json!({"into": two[0]})).await["mergeId"].clone();
        let list = json!({"catalogue": "anilist", "user": "reader", "libraryId": own_library, "enabled": false});
        let list = program.post("lists", list).await["id"].clone();
        let delivery = program.get("deliveries").await["records"][0]["id"].clone();
        Self {
            ids: vec![
                ("targets", number(target)),
                ("incoming-webhooks", number(hook)),
                ("deliveries", number(delivery)),
                ("series", 1),
                ("checks", 1),
                ("sources", number(source)),
                ("clients", number(own_client)),
                ("libraries", number(own_library)),
                ("offers", number(offer)),
                ("grabs", number(grab)),
                ("reviews", number(review)),
                ("rules", number(rule)),
                ("blocked", number(blocked)),
                ("merges", number(merge)),
                ("lists", number(list)),
            ],
            program,
            document: document(),
            client: Client::new(),
            _kept: (library, prowlarr, client, home),
        }
    }

    /// Every operation that needs a key.
    pub fn operations(&self) -> impl Iterator<Item = Operation> {
        let all = Operation::all(&self.document).into_iter();
        all.filter(|operation| operation.id() != "ping")
    }

    /// The number of what is there for a word of the path.
    pub fn id(&self, word: &str) -> i64 {
        let known = self.ids.iter().find(|known| known.0 == word);
        known
            .unwrap_or_else(|| panic!("nothing is known of {word}"))
            .1
    }

    /// A request to this path, with the key.
    pub fn at(&self, operation: &Operation, path: &str) -> RequestBuilder {
        let mut url = format!("{}{path}", self.program.url);
        for place in ["{body}", "{thread}", "{series}"] {
            url = url.replace(place, "1");
        }
        let request = self.client.request(operation.method.clone(), url);
        request.header("X-Api-Key", KEY)
    }

    /// A request about what is there, with the key.
    pub fn to(&self, operation: &Operation) -> RequestBuilder {
        let mut path = operation.path.clone();
        if path.contains("{id}") {
            let word = path.split('/').nth(3).expect("a word behind /api/v1/");
            path = path.replace("{id}", &self.id(word).to_string());
        }
        self.at(operation, &path.replace("{name}", "default"))
    }

    /// The request with a body that would do, when it takes one.
    pub fn good(&self, operation: &Operation, request: RequestBuilder) -> RequestBuilder {
        match operation.body() {
            Some(schema) => request.json(&mistakes::good(self, schema)),
            None if operation.takes_text() => request
                .header("Content-Type", "text/plain")
                .body("<html></html>"),
            None => request,
        }
    }

    /// Sends it and expects a documented refusal; its sentence.
    pub async fn refused(
        &self,
        operation: &Operation,
        request: RequestBuilder,
        status: u16,
        what: &str,
    ) -> String {
        let place = format!("{}: {what}", operation.id());
        assert!(
            operation.documents(status),
            "{place}: {status} is not documented"
        );
        let answer = request.send().await;
        problem(
            answer.unwrap_or_else(|error| panic!("{place}: {error}")),
            status,
            &place,
        )
        .await
    }

    /// Everything that can be seen, to be compared.
    pub async fn everything(&self) -> Vec<(&'static str, Value)> {
        let mut seen = Vec::new();
        for list in LISTS {
            seen.push((list, self.program.get(list).await));
        }
        seen
    }

    /// Nothing was changed since.
    pub async fn is_unchanged(&self, before: Vec<(&'static str, Value)>) {
        for ((list, before), (_, after)) in before.into_iter().zip(self.everything().await) {
            assert_eq!(before, after, "{list} was changed by wrong input");
        }
    }
}

/// The answer is a problem of this status, with a sentence for people.
pub async fn problem(answer: Response, status: u16, place: &str) -> String {
    let kind = answer.headers().get("content-type").cloned();
    let got = answer.status().as_u16();
    let text = answer.text().await.expect("a body");
    assert_eq!(got, status, "{place}: {text}");
    assert_eq!(
        kind.as_ref().and_then(|kind| kind.to_str().ok()),
        Some("application/problem+json"),
        "{place}"
    );
    let problem: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{place}: {text}"));
    assert_eq!(problem["status"], status, "{place}");
    let kind = problem["type"].as_str().expect("a type");
    assert!(kind.starts_with("urn:lacunarr:problem:"), "{place}: {kind}");
    assert!(
        problem["title"]
            .as_str()
            .is_some_and(|title| !title.is_empty()),
        "{place}"
    );
    let detail = problem["detail"].as_str().expect("a detail");
    assert!(
        detail.split(' ').count() > 3,
        "{place}: no sentence: {detail}"
    );
    for machine in [
        "failed to parse",
        "verification failed",
        "Expected input",
        "expects an input",
        "database",
        "sqlx",
    ] {
        assert!(
            !detail.contains(machine),
            "{place}: not for people: {detail}"
        );
    }
    detail.to_owned()
}
