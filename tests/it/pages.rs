//! What stands around the API: the way to the docs, the document, HEAD, and the same below a URL base.

use lacunarr::api;
use reqwest::{Client, Method, Response, redirect::Policy};
use serde_json::Value;

use crate::{
    openapi::Operation,
    stand_in::program::{Home, KEY, Program},
};

async fn served_below(base: &str) -> (Program, Client) {
    let mut home = Home::new().await;
    home.set("SERVER__URL_BASE", base);
    let program = home.start().await;
    assert!(program.url.ends_with(base), "{}", program.url);
    let client = Client::builder()
        .redirect(Policy::none())
        .build()
        .expect("a client");
    (program, client)
}

/// Scheme, host and port alone.
fn origin(program: &Program) -> String {
    let url: url::Url = program.url.parse().expect("a URL");
    url.origin().ascii_serialization()
}

async fn ask(client: &Client, method: Method, url: String) -> Response {
    let request = client.request(method, &url).header("X-Api-Key", KEY);
    request.send().await.expect(&url)
}

#[tokio::test]
async fn everything_is_below_the_url_base() {
    for base in ["", "/lacunarr", "/media/lacunarr"] {
        let (program, client) = served_below(base).await;
        let get =
            async |path: &str| ask(&client, Method::GET, format!("{}{path}", program.url)).await;
        assert_eq!(get("/ping").await.status(), 200, "{base}");
        let status: Value = get("/api/v1/system/status")
            .await
            .json()
            .await
            .expect("JSON");
        assert_eq!(status["urlBase"], base);

        let docs = get("/docs").await;
        assert_eq!(docs.headers()["content-type"], "text/html; charset=utf-8");
        let (docs, shown) = (
            docs.text().await.expect("a page"),
            get("/openapi.json").await,
        );
        let shown = shown.text().await.expect("a document");
        let document: Value = serde_json::from_str(&shown).expect("JSON");
        let server = if base.is_empty() { "/" } else { base };
        assert_eq!(document["servers"][0]["url"], server);
        assert!(docs.contains(&format!("\"url\": \"{server}\"")), "{base}");
        assert_eq!(
            shown.replace(&format!("\"url\": \"{server}\""), "\"url\": \"/\""),
            api::document(),
            "{base}: apart from that it is the document"
        );

        let mut ways = vec![
            format!("{}/", program.url),
            format!("{}/", origin(&program)),
        ];
        if !base.is_empty() {
            ways.push(program.url.clone());
        }
        for way in ways {
            let answer = ask(&client, Method::GET, way.clone()).await;
            assert_eq!(answer.status(), 303, "{way}");
            assert_eq!(
                answer.headers()["location"],
                format!("{base}/docs"),
                "{way}"
            );
        }
    }
}

#[tokio::test]
async fn nothing_is_outside_the_url_base() {
    let (program, client) = served_below("/lacunarr").await;
    for path in [
        "/ping",
        "/docs",
        "/api/v1/series",
        "/lacunarrs/ping",
        "/other",
    ] {
        let answer = ask(&client, Method::GET, format!("{}{path}", origin(&program))).await;
        assert_eq!(answer.status(), 404, "{path}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
    }
    let wrong = format!("{}/api/v1/series", program.url);
    let answer = ask(&client, Method::DELETE, wrong).await;
    assert_eq!(answer.status(), 405);
    assert_eq!(answer.headers()["allow"], "GET, HEAD, POST");
    let wrong = format!("{}/api/v1/series/x", program.url);
    let problem: Value = ask(&client, Method::GET, wrong)
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(problem["errors"][0]["field"], "id", "{problem}");
}

#[tokio::test]
async fn what_can_be_read_has_a_head() {
    let (program, client) = served_below("").await;
    let document = serde_json::from_str(&api::document()).expect("JSON");
    let read = Operation::all(&document)
        .into_iter()
        .filter(|operation| operation.method == Method::GET && !operation.path.contains('{'))
        .map(|operation| operation.path.replace("/parse", "/parse?name=x"));
    for path in read.chain(["/docs".into(), "/openapi.json".into(), "/".into()]) {
        let url = format!("{}{path}", program.url);
        let get = ask(&client, Method::GET, url.clone()).await;
        let head = ask(&client, Method::HEAD, url).await;
        assert_eq!(head.status(), get.status(), "{path}");
        assert_eq!(
            head.headers().get("content-type"),
            get.headers().get("content-type"),
            "{path}"
        );
        assert_eq!(head.headers()["cache-control"], "no-store", "{path}");
        assert_eq!(head.bytes().await.expect("nothing").len(), 0, "{path}");
    }
}
