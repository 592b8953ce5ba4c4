//! The routes `/api/missing-monitor/…` of Manga_Organizer, which Lacunarr replaces: its paths and its JSON, so that a script
//! written for it works once the API key is added. Not part of the document: new programs use `/api/v1`.

mod body;
mod checks;
mod config;
mod history;
mod offers;
mod series;

use std::sync::Arc;

use poem::{
    Endpoint, IntoResponse, Request, Response,
    endpoint::make,
    http::{Method, StatusCode, header},
};
use serde_json::{Map, Value, json};

use super::{error::ApiError, guard::has_key, problem::Problem, refused::NO_KEY};
use crate::{
    app::App,
    domain::volume::{VolumeNumber, VolumeSet},
};
use body::{Body, Query};

/// Where they are.
pub const PLACE: &str = "/api/missing-monitor";

/// What is answered: a status and JSON.
struct Answer(StatusCode, Value);

impl From<Value> for Answer {
    fn from(body: Value) -> Self {
        Self(StatusCode::OK, body)
    }
}

/// What is answered when it cannot be done: `{"success": false, "error": …}`, and for some routes more.
#[derive(Debug)]
struct Refusal {
    status: StatusCode,
    error: String,
    more: Map<String, Value>,
    /// For the header of that name.
    allow: Option<&'static str>,
}

impl Refusal {
    fn new(status: StatusCode, error: impl Into<String>) -> Self {
        Self {
            status,
            error: error.into(),
            more: Map::new(),
            allow: None,
        }
    }

    /// 400.
    fn invalid(error: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error)
    }

    /// With another field.
    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.insert(name.into(), value.into());
        self
    }
}

impl<E: Into<ApiError>> From<E> for Refusal {
    fn from(error: E) -> Self {
        let Problem { status, detail, .. } = error.into().into_problem();
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self::new(status, detail)
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        Response::builder()
            .status(self.0)
            .content_type("application/json")
            .body(self.1.to_string())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut body = self.more;
        body.insert("success".into(), false.into());
        body.insert("error".into(), self.error.into());
        let mut response = Answer(self.status, body.into()).into_response();
        if let Some(allow) = self.allow {
            let allow = header::HeaderValue::from_static(allow);
            response.headers_mut().insert(header::ALLOW, allow);
        }
        response
    }
}

/// All of them, below [`PLACE`].
pub fn endpoint() -> impl Endpoint<Output = Response> {
    make(|request| async move { respond(request).await })
}

async fn respond(mut request: Request) -> poem::Result<Response> {
    if !has_key(&request) {
        let refusal = Refusal::new(StatusCode::UNAUTHORIZED, NO_KEY);
        return Ok(refusal
            .with_header(header::WWW_AUTHENTICATE, "Bearer realm=\"Lacunarr\"")
            .into_response());
    }
    let app = request
        .data::<Arc<App>>()
        .expect("every route is served with it")
        .clone();
    let bytes = request.take_body().into_vec().await?;
    let is_head = request.method() == Method::HEAD;
    let mut response = match answer(&app, &request, &bytes).await {
        Ok(answer) => answer.into_response(),
        Err(refusal) => refusal.into_response(),
    };
    if is_head {
        response.set_body(());
    }
    Ok(response)
}

async fn answer(app: &Arc<App>, request: &Request, bytes: &[u8]) -> Result<Answer, Refusal> {
    let path: Vec<&str> = request.uri().path().split('/').skip(1).collect();
    let query = Query::read(request.uri().query().unwrap_or_default());
    let method = request.method().as_str();
    match (method, &path[..]) {
        ("GET" | "HEAD", ["config"]) => config::show(app).await,
        ("POST", ["config"]) => config::change(app, &Body::read(bytes)?).await,
        ("GET" | "HEAD", ["libraries"]) => series::libraries(app).await,
        ("GET" | "HEAD", ["libraries", id, "series"]) => series::of_library(app, id).await,
        ("POST", ["libraries", id, "monitor"]) => {
            series::monitor_library(app, id, &Body::read(bytes)?).await
        }
        ("GET" | "HEAD", ["series"]) => series::list(app, &query).await,
        ("POST", ["series", id, "monitor"]) => series::monitor(app, id, &Body::read(bytes)?).await,
        ("POST", ["search"]) => offers::search(app, &Body::read(bytes)?).await,
        ("POST", ["download"]) => offers::download(app, &Body::read(bytes)?).await,
        ("POST", ["run-check"]) => checks::run(app, &Body::read(bytes)?).await,
        ("POST", ["run-check-new-volumes"]) => checks::run_new(app, &Body::read(bytes)?).await,
        ("GET" | "HEAD", ["stats"]) => history::stats(app).await,
        ("GET" | "HEAD", ["history"]) => history::list(app, &query).await,
        (_, path) => Err(elsewhere(path)),
    }
}

/// The methods of a path; none when nothing is there.
fn allowed(path: &[&str]) -> Option<&'static str> {
    match path {
        ["config"] => Some("GET, HEAD, POST"),
        ["libraries" | "series" | "stats" | "history"] | ["libraries", _, "series"] => {
            Some("GET, HEAD")
        }
        ["search" | "download" | "run-check" | "run-check-new-volumes"]
        | ["libraries" | "series", _, "monitor"] => Some("POST"),
        _ => None,
    }
}

/// 405 for a path that knows other methods, else 404.
fn elsewhere(path: &[&str]) -> Refusal {
    let Some(allowed) = allowed(path) else {
        let error = "there is nothing at this path; docs/missing-monitor.md lists what there is";
        return Refusal::new(StatusCode::NOT_FOUND, error);
    };
    let error = format!("this path knows only {allowed}");
    Refusal {
        allow: Some(allowed),
        ..Refusal::new(StatusCode::METHOD_NOT_ALLOWED, error)
    }
}

/// A number in a path. What is none leads nowhere, as it did.
fn id(what: &str, text: &str) -> Result<i64, Refusal> {
    let shown: String = text.chars().take(40).collect();
    text.parse().map_err(|_| {
        Refusal::new(
            StatusCode::NOT_FOUND,
            format!("there is no {what} with the number {shown}"),
        )
    })
}

/// `3`, or `10.5`: a number of JSON.
fn number(volume: VolumeNumber) -> Value {
    match volume.as_whole() {
        Some(whole) => json!(whole),
        None => json!(volume.to_string().parse::<f64>().unwrap_or_default()),
    }
}

fn numbers(volumes: &VolumeSet) -> Vec<Value> {
    volumes.iter().map(number).collect()
}

/// In UTC, as SQLite writes it.
fn time(millis: i64) -> String {
    crate::clock::utc(millis)
        .format("%Y-%m-%d %H:%M:%S")
        .to_string()
}
