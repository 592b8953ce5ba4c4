//! What other programs know of Readarr's API: Prowlarr gives it its indexers, autobrr its releases. Not part of the document: the form is
//! Readarr's, as its source has it (2024-03), and Prowlarr's (2.3.6) and autobrr's (2026-05) that call it.

mod fields;
mod indexers;
mod release;

use std::sync::Arc;

use poem::{
    Endpoint, IntoResponse, Request, Response,
    endpoint::make,
    http::{Method, StatusCode, header},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{error::ApiError, guard::has_key, problem::Problem, refused::NO_KEY};
use crate::{
    app::App,
    connections::ChangeError,
    store::{self, StoreError},
};

/// Where it is: other programs are given `…/readarr`.
pub const PLACE: &str = "/readarr/api/v1";

/// What is answered: a status and JSON.
struct Answer(StatusCode, Value);

impl From<Value> for Answer {
    fn from(body: Value) -> Self {
        Self(StatusCode::OK, body)
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

/// What is answered when it cannot be done.
#[derive(Debug)]
enum Refusal {
    /// 400: properties, in Readarr's writing, with what is wrong with each.
    Mistakes(Vec<(String, String)>),
    /// Anything else.
    Status(StatusCode, String),
    /// 405, with the methods that the path knows.
    Method(&'static str),
    /// 401, also as the answer to a release: autobrr takes for a yes what does not say that it is refused.
    Unauthorised,
}

impl Refusal {
    fn mistake(property: &str, problem: impl Into<String>) -> Self {
        Self::Mistakes(vec![(property.to_owned(), problem.into())])
    }

    fn not_found() -> Self {
        Self::Status(StatusCode::NOT_FOUND, "NotFound".into())
    }
}

impl From<ChangeError> for Refusal {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Mistakes(mistakes) => {
                let named = mistakes.into_iter();
                Self::Mistakes(
                    named
                        .map(|(field, problem)| (fields::property(field), problem))
                        .collect(),
                )
            }
            ChangeError::NameTaken { .. } => Self::mistake("Name", error.to_string()),
            ChangeError::Unknown { .. } => Self::not_found(),
            error => {
                let Problem { status, detail, .. } = ApiError::from(error).into_problem();
                let status = StatusCode::from_u16(status);
                Self::Status(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), detail)
            }
        }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        ChangeError::from(error).into()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Mistakes(mistakes) => {
                let told = mistakes.into_iter().map(|(property, problem)| {
                    json!({"propertyName": property, "errorMessage": problem, "severity": "error"})
                });
                Answer(StatusCode::BAD_REQUEST, told.collect()).into_response()
            }
            Self::Status(status, message) => {
                Answer(status, json!({"message": message})).into_response()
            }
            Self::Method(allow) => {
                let message = json!({"message": format!("this path knows only {allow}")});
                Answer(StatusCode::METHOD_NOT_ALLOWED, message)
                    .with_header(header::ALLOW, allow)
                    .into_response()
            }
            Self::Unauthorised => {
                let said = json!({
                    "message": NO_KEY,
                    "approved": false,
                    "rejected": true,
                    "temporarilyRejected": false,
                    "rejections": [NO_KEY],
                });
                Answer(StatusCode::UNAUTHORIZED, said)
                    .with_header(header::WWW_AUTHENTICATE, "Bearer realm=\"Lacunarr\"")
                    .into_response()
            }
        }
    }
}

/// All of it, below [`PLACE`].
pub fn endpoint() -> impl Endpoint<Output = Response> {
    make(|request| async move { respond(request).await })
}

async fn respond(mut request: Request) -> poem::Result<Response> {
    if !has_key(&request) {
        return Ok(Refusal::Unauthorised.into_response());
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
    let path = request.uri().path().trim_matches('/');
    let path: Vec<&str> = path.split('/').collect();
    match (request.method().as_str(), &path[..]) {
        ("GET" | "HEAD", ["system", "status"]) => Ok(status().into()),
        ("GET" | "HEAD", ["indexer"]) => indexers::list(app).await,
        ("POST", ["indexer"]) => indexers::add(app, read(bytes)?).await,
        ("GET" | "HEAD", ["indexer", "schema"]) => Ok(fields::schema().into()),
        ("POST", ["indexer", "test"]) => indexers::test(app, read(bytes)?).await,
        ("GET" | "HEAD", ["indexer", id]) => indexers::show(app, id).await,
        ("PUT", ["indexer", id]) => indexers::change(app, id, read(bytes)?).await,
        ("DELETE", ["indexer", id]) => indexers::remove(app, id).await,
        ("GET" | "HEAD", ["book"]) => books(app).await,
        // Nothing here has a tag.
        ("GET" | "HEAD", ["tag"]) => Ok(json!([]).into()),
        ("POST", ["release", "push"]) => release::push(app, read(bytes)?).await,
        _ => Err(elsewhere(&path)),
    }
}

/// What is not there: with another method, or at all.
fn elsewhere(path: &[&str]) -> Refusal {
    match path {
        ["system", "status"] | ["indexer", "schema"] | ["book"] | ["tag"] => {
            Refusal::Method("GET, HEAD")
        }
        ["indexer"] => Refusal::Method("GET, HEAD, POST"),
        ["indexer", "test"] | ["release", "push"] => Refusal::Method("POST"),
        ["indexer", id] if id.parse::<i64>().is_ok() => Refusal::Method("GET, HEAD, PUT, DELETE"),
        _ => Refusal::Status(
            StatusCode::NOT_FOUND,
            "of Readarr's API there are only system/status, indexer, book, tag and release/push here".into(),
        ),
    }
}

fn status() -> Value {
    json!({
        "appName": "Readarr",
        "instanceName": "Lacunarr",
        "version": env!("CARGO_PKG_VERSION"),
        "isProduction": true,
        "authentication": "apiKey",
    })
}

/// What is wanted, by each of its names: autobrr makes filters of their titles.
async fn books(app: &App) -> Result<Answer, Refusal> {
    let named = store::series::names_with_gaps(&app.db).await?;
    let book = |(series, _, title): (i64, String, String)| {
        json!({
            "id": series,
            "title": title,
            "authorId": 0,
            "foreignBookId": series.to_string(),
            "titleSlug": series.to_string(),
            "monitored": true,
            "anyEditionOk": true,
        })
    };
    Ok(named.into_iter().map(book).collect::<Value>().into())
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let problem = format!("the body is not what Readarr takes (line {line}, column {column})");
        Refusal::mistake("Body", problem)
    })
}
