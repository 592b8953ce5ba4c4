//! Apprise API, its two ways to notify, as its documentation describes them.

use std::sync::{Arc, Mutex, MutexGuard};

use poem::{Request, Response, endpoint::make, http::header};
use serde_json::{Value, json};
use url::Url;

use super::{
    reply::{json_of, raw, status, with_status},
    server::Server,
};

/// A key under which it keeps services; it must not show up anywhere else.
pub const KEY: &str = "PLANTED0KEY";

/// The address of a service that is never reached; it must not show up anywhere else.
pub const UNREACHED: &str = "tgram://PLANTED0BOT0TOKEN/12345";

/// The largest message that it takes, in bytes.
const LARGEST: usize = 3_000_000;

type State = Arc<Mutex<Vec<Value>>>;

/// A running Apprise API. Dropping it stops it.
pub struct Apprise {
    server: Server,
    told: State,
}

impl Apprise {
    /// It keeps services under [`KEY`].
    pub fn start() -> Self {
        let told = State::default();
        let at_server = Arc::clone(&told);
        let server = Server::start(make(move |request: Request| {
            let told = Arc::clone(&at_server);
            async move { Ok::<_, poem::Error>(answer(&told, request).await) }
        }));
        Self { server, told }
    }

    /// Its address.
    pub fn url(&self) -> Url {
        self.server.url()
    }

    /// What services were told.
    pub fn told(&self) -> Vec<Value> {
        lock(&self.told).clone()
    }
}

fn lock(told: &State) -> MutexGuard<'_, Vec<Value>> {
    told.lock().expect("no one panics with it")
}

async fn answer(told: &State, mut request: Request) -> Response {
    let body = request.take_body().into_vec().await.expect("a body");
    let path = request.uri().path().trim_end_matches('/').to_owned();
    let key = match path.strip_prefix("/notify") {
        Some("") => None,
        Some(key) => Some(key.trim_start_matches('/')),
        None => return status(404),
    };
    let as_json = request.header(header::ACCEPT) == Some("application/json");
    let say = |http: u16, error: &str| match as_json {
        true => with_status(json_of(&json!({"error": error})), http),
        false => with_status(raw("text/html", format!("<p>{error}</p>")), http),
    };
    if body.len() > LARGEST {
        return say(431, "The payload is too large");
    }
    let Ok(message) = serde_json::from_slice::<Value>(&body) else {
        return say(400, "Invalid JSON specified");
    };
    if message["body"].as_str().is_none_or(str::is_empty) {
        return say(400, "Payload lacks minimum requirements");
    }
    let kinds = ["info", "success", "warning", "failure"];
    if !kinds.iter().any(|kind| message["type"] == *kind) {
        return say(400, "An invalid message type was specified");
    }
    match (key, message["urls"].as_str()) {
        (Some(key), _) if key != KEY => status(204),
        (Some(_), _) if message["tag"] == "unreached" => {
            say(424, "One or more notification could not be sent")
        }
        (None, None | Some("")) => status(204),
        (None, Some(urls)) if urls.contains(UNREACHED) => {
            say(424, "One or more notification could not be sent")
        }
        _ => {
            lock(told).push(message);
            raw("text/plain", "")
        }
    }
}
