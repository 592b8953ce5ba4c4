//! ntfy, the part that publishes, as its documentation describes it.

use std::sync::{Arc, Mutex, MutexGuard};

use poem::{Request, Response, endpoint::make, http::header};
use serde_json::{Value, json};
use url::Url;

use super::{
    reply::{json_of, with_status},
    server::Server,
};

/// An access token; it must not show up anywhere else.
pub const TOKEN: &str = "tk_PLANTED0TOKEN0OF0NTFY000000";

/// A topic; it must not show up anywhere else.
pub const TOPIC: &str = "PLANTED0TOPIC";

/// `user` and `hunter2hunter2`, in base64.
const BASIC: &str = "Basic dXNlcjpodW50ZXIyaHVudGVyMg==";

struct Inner {
    published: Vec<Value>,
    /// So many are taken at once.
    burst: usize,
    closed: bool,
}

type State = Arc<Mutex<Inner>>;

/// A running ntfy. Dropping it stops it.
pub struct Ntfy {
    server: Server,
    state: State,
}

impl Ntfy {
    /// Takes so many messages before it asks to wait; `closed` to all but those that it knows.
    pub fn start(burst: usize, closed: bool) -> Self {
        let state = Arc::new(Mutex::new(Inner {
            published: Vec::new(),
            burst,
            closed,
        }));
        let at_server = Arc::clone(&state);
        let server = Server::start(make(move |request: Request| {
            let state = Arc::clone(&at_server);
            async move { Ok::<_, poem::Error>(answer(&state, request).await) }
        }));
        Self { server, state }
    }

    /// Its address.
    pub fn url(&self) -> Url {
        self.server.url()
    }

    /// What was published, as subscribers get it.
    pub fn published(&self) -> Vec<Value> {
        lock(&self.state).published.clone()
    }
}

fn lock(state: &State) -> MutexGuard<'_, Inner> {
    state.lock().expect("no one panics with it")
}

fn error(code: u32, text: &str) -> Response {
    let http = u16::try_from(code / 100).expect("a status");
    let said =
        json!({"code": code, "http": http, "error": text, "link": "https://ntfy.sh/docs/publish/"});
    with_status(json_of(&said), http)
}

async fn answer(state: &State, mut request: Request) -> Response {
    let body = request.take_body().into_vec().await.expect("a body");
    let mut inner = lock(state);
    let known = request.header(header::AUTHORIZATION);
    match known {
        Some(known) if known != format!("Bearer {TOKEN}") && known != BASIC => {
            return error(40_101, "unauthorized");
        }
        None if inner.closed => return error(40_301, "forbidden"),
        _ => {}
    }
    if inner.published.len() >= inner.burst {
        return error(42_901, "limit reached: too many requests, please be nice");
    }
    let topic = request.uri().path().trim_start_matches('/');
    let published = if topic.is_empty() {
        match publish(&body) {
            Ok(published) => published,
            Err((code, text)) => return error(code, text),
        }
    } else {
        // At a topic's own address JSON is text like any other.
        json!({"topic": topic, "message": String::from_utf8_lossy(&body)})
    };
    inner.published.push(published.clone());
    json_of(&published)
}

fn publish(body: &[u8]) -> Result<Value, (u32, &'static str)> {
    let invalid = || (40_024, "invalid request: request body must be message JSON");
    let mut message: Value = serde_json::from_slice(body).map_err(|_| invalid())?;
    if message["topic"].as_str().is_none_or(str::is_empty) {
        return Err((40_009, "invalid request: topic invalid"));
    }
    let priority = &message["priority"];
    if !priority.is_null()
        && !priority
            .as_u64()
            .is_some_and(|number| (1..=5).contains(&number))
    {
        return Err((40_007, "invalid request: priority invalid"));
    }
    let actions = message["actions"].as_array().map_or(0, Vec::len);
    if actions > 3 {
        return Err((
            40_018,
            "invalid request: actions invalid, only 3 actions allowed",
        ));
    }
    let length = message["message"].as_str().map_or(0, str::len);
    if length > 4096 {
        message["attachment"] = json!({"name": "attachment.txt"});
    }
    if length == 0 {
        message["message"] = "triggered".into();
    }
    message["id"] = "hwQ2YpKdmg".into();
    message["event"] = "message".into();
    Ok(message)
}
