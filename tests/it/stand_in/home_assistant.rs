//! Home Assistant 2024.3.3, its webhooks and the events of its REST API, as the real one was observed.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

use poem::{
    Request, Response,
    endpoint::make,
    http::{Method, header},
};
use serde_json::{Value, json};
use url::Url;

use super::{
    reply::{json_of, raw, status, with_status},
    server::Server,
};

/// The id of its webhook; it must not show up anywhere else.
pub const HOOK: &str = "lacunarr-PLANTED0ID0OF0A0WEBHOOK";

/// Its long-lived access token; it must not show up anywhere else.
pub const TOKEN: &str = "PLANTED0TOKEN0OF0HOME0ASSISTANT0";

/// The largest body that it takes, in bytes.
const LARGEST: usize = 16 * 1024 * 1024;

/// After so many wrong tokens an address is banned, where the user has set it so.
const PATIENCE: u32 = 3;

#[derive(Default)]
struct Inner {
    /// What the automation saw as `trigger.json`.
    ran: Vec<Value>,
    /// Events by their type.
    events: BTreeMap<String, Vec<Value>>,
    /// The trigger allows only this.
    only: Option<Method>,
    /// The condition: the type must be this.
    wants: Option<String>,
    /// A proxy before it adds `X-Forwarded-For`.
    forwarded: bool,
    failures: u32,
}

type State = Arc<Mutex<Inner>>;

/// A running Home Assistant with one automation. Dropping it stops it.
pub struct HomeAssistant {
    server: Server,
    state: State,
}

impl HomeAssistant {
    /// Its automation runs for every message.
    pub fn start() -> Self {
        let state = State::default();
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

    /// The trigger allows only this method.
    pub fn allow_only(&self, method: Method) {
        lock(&self.state).only = Some(method);
    }

    /// The automation has a condition: the type must be this.
    pub fn wants(&self, kind: &str) {
        lock(&self.state).wants = Some(kind.into());
    }

    /// A proxy that it does not know stands before it.
    pub fn put_behind_proxy(&self) {
        lock(&self.state).forwarded = true;
    }

    /// What the automation saw, each time it ran.
    pub fn ran(&self) -> Vec<Value> {
        lock(&self.state).ran.clone()
    }

    /// What was fired as events of a type.
    pub fn events(&self, kind: &str) -> Vec<Value> {
        let events = &lock(&self.state).events;
        events.get(kind).cloned().unwrap_or_default()
    }
}

fn lock(state: &State) -> MutexGuard<'_, Inner> {
    state.lock().expect("no one panics with it")
}

async fn answer(state: &State, mut request: Request) -> Response {
    let body = request.take_body().into_vec().await.expect("a body");
    let mut inner = lock(state);
    if inner.forwarded || request.header("X-Forwarded-For").is_some() {
        return with_status(raw("text/plain", "400: Bad Request"), 400);
    }
    let path = request.uri().path().to_owned();
    if let Some(id) = path.strip_prefix("/api/webhook/") {
        return status(inner.hook(&request, id, &body));
    }
    match path.strip_prefix("/api/events/") {
        Some(kind) => inner.event(&request, kind, &body),
        None => with_status(raw("text/plain", "404: Not Found"), 404),
    }
}

impl Inner {
    /// 200 to nearly everything: who calls cannot tell whether the automation ran.
    fn hook(&mut self, request: &Request, id: &str, body: &[u8]) -> u16 {
        let method = request.method();
        let supported = [Method::GET, Method::HEAD, Method::POST, Method::PUT];
        let allowed = match &self.only {
            Some(only) => method == only,
            None => matches!(*method, Method::POST | Method::PUT),
        };
        let is_shown = id == HOOK && *method != Method::HEAD;
        if !supported.contains(method) || (is_shown && !allowed) {
            return 405;
        }
        let kind = request.header(header::CONTENT_TYPE).unwrap_or_default();
        let seen = serde_json::from_slice::<Value>(body).ok();
        let seen =
            seen.filter(|_| is_shown && allowed && kind.contains("json") && body.len() <= LARGEST);
        let wants = self.wants.clone();
        let runs = |seen: &Value| wants.is_none_or(|wants| seen["type"] == wants.as_str());
        self.ran.extend(seen.filter(runs));
        200
    }

    fn event(&mut self, request: &Request, kind: &str, body: &[u8]) -> Response {
        if self.failures >= PATIENCE {
            return with_status(raw("text/plain", "403: Forbidden"), 403);
        }
        let bearer = request.header(header::AUTHORIZATION).unwrap_or_default();
        if bearer != format!("Bearer {TOKEN}") {
            self.failures += 1;
            return with_status(raw("text/plain", "401: Unauthorized"), 401);
        }
        let Ok(data @ Value::Object(_)) = serde_json::from_slice(body) else {
            let said = json!({"message": "Event data should be valid JSON."});
            return with_status(json_of(&said), 400);
        };
        self.events.entry(kind.to_owned()).or_default().push(data);
        json_of(&json!({"message": format!("Event {kind} fired.")}))
    }
}
