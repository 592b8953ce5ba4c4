//! Discord's webhooks as its documentation describes them: every limit is enforced, requests are counted, and whoever would be pinged is
//! written down.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use poem::{
    Request, Response,
    endpoint::make,
    http::{Method, header},
};
use serde_json::{Value, json};

use self::limits::{mentions, mistakes, pings};
use super::{
    reply::{Set, json_of, parameters, raw, status, with_status},
    server::Server,
};

mod limits;

/// The token of its webhook; it must not show up anywhere else.
pub const TOKEN: &str = "PLANTED0TOKEN0OF0A0DISCORD0WEBHOOK0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

const ID: &str = "1122334455667788990";

/// A thread of its channel.
pub const THREAD: &str = "998877";

/// What it, or what stands before it, does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Somebody has deleted the webhook.
    Deleted,
    /// Its token was changed.
    OtherToken,
    /// 429 as Cloudflare answers it: a page, and the seconds in a header.
    Cloudflare,
    /// 429 as the API answers it, for this many milliseconds.
    Limited(u32),
    /// Old messages were changed too often.
    TooManyEdits,
    /// 500 without a body.
    Broken,
}

struct Inner {
    messages: BTreeMap<String, Value>,
    requests: Vec<String>,
    pinged: Vec<String>,
    mentions: Vec<String>,
    refused: Vec<String>,
    fault: Option<Fault>,
    /// So many requests in a window of this length.
    bucket: (usize, Duration),
    window: (Instant, usize),
}

type State = Arc<Mutex<Inner>>;

/// A running Discord with one webhook. Dropping it stops it.
pub struct Discord {
    server: Server,
    state: State,
}

impl Discord {
    /// With so many requests to let through in a window.
    pub fn start(requests: usize, window: Duration) -> Self {
        let state = Arc::new(Mutex::new(Inner {
            messages: BTreeMap::new(),
            requests: Vec::new(),
            pinged: Vec::new(),
            mentions: Vec::new(),
            refused: Vec::new(),
            fault: None,
            bucket: (requests, window),
            window: (Instant::now(), 0),
        }));
        let at_server = Arc::clone(&state);
        let server = Server::start(make(move |request: Request| {
            let state = Arc::clone(&at_server);
            async move { Ok::<_, poem::Error>(answer(&state, request).await) }
        }));
        Self { server, state }
    }

    /// What *Copy Webhook URL* gives.
    pub fn hook(&self) -> String {
        format!("{}api/webhooks/{ID}/{TOKEN}", self.server.url())
    }

    /// Switches a fault on, or off with none.
    pub fn fail(&self, fault: impl Into<Option<Fault>>) {
        lock(&self.state).fault = fault.into();
    }

    /// Somebody deletes every message.
    pub fn clear(&self) {
        lock(&self.state).messages.clear();
    }

    /// The messages of the channel, by id.
    pub fn messages(&self) -> BTreeMap<String, Value> {
        lock(&self.state).messages.clone()
    }

    /// Method and query of all that came.
    pub fn requests(&self) -> Vec<String> {
        lock(&self.state).requests.clone()
    }

    /// Who was pinged.
    pub fn pinged(&self) -> Vec<String> {
        lock(&self.state).pinged.clone()
    }

    /// What would be shown as a mention, although it pings nobody.
    pub fn mentions(&self) -> Vec<String> {
        lock(&self.state).mentions.clone()
    }

    /// Why messages were refused.
    pub fn refused(&self) -> Vec<String> {
        lock(&self.state).refused.clone()
    }
}

fn lock(state: &State) -> MutexGuard<'_, Inner> {
    state.lock().expect("no one panics with it")
}

fn error(http: u16, code: i64, message: &str) -> Response {
    with_status(json_of(&json!({"message": message, "code": code})), http)
}

async fn answer(state: &State, mut request: Request) -> Response {
    let body = request.take_body().into_vec().await.expect("a body");
    let mut inner = lock(state);
    let query = request.uri().query().unwrap_or_default();
    inner.requests.push(format!("{} {query}", request.method()));
    let agent = request.header(header::USER_AGENT).unwrap_or_default();
    if !(agent.starts_with("DiscordBot (http") && agent.ends_with(')') && agent.contains(", ")) {
        return with_status(raw("text/html", "<html>error code: 1010</html>"), 403);
    }
    if let Some(faulty) = inner
        .fault
        .and_then(|fault| faulty(fault, request.method()))
    {
        return faulty;
    }
    match inner.let_through() {
        Ok((remaining, after)) => {
            let limit = inner.bucket.0.to_string();
            inner
                .do_it(&request, &body)
                .set("X-RateLimit-Limit", &limit)
                .set("X-RateLimit-Remaining", &remaining.to_string())
                .set(
                    "X-RateLimit-Reset-After",
                    &format!("{:.3}", after.as_secs_f64()),
                )
                .set("X-RateLimit-Bucket", "abcd1234")
        }
        Err(after) => limited(after),
    }
}

fn limited(after: Duration) -> Response {
    let said = json!({
        "message": "You are being rate limited.",
        "retry_after": after.as_secs_f64(),
        "global": false,
    });
    with_status(json_of(&said), 429)
        .set("Retry-After", &after.as_secs_f64().ceil().to_string())
        .set("X-RateLimit-Scope", "user")
}

fn faulty(fault: Fault, method: &Method) -> Option<Response> {
    Some(match fault {
        Fault::Deleted => error(404, 10_015, "Unknown Webhook"),
        Fault::OtherToken => error(401, 50_027, "Invalid Webhook Token"),
        Fault::Cloudflare => {
            let page = raw("text/html", "<html>You are being rate limited</html>");
            with_status(page, 429).set("Retry-After", "7")
        }
        Fault::Limited(milliseconds) => limited(Duration::from_millis(milliseconds.into())),
        Fault::TooManyEdits if *method == Method::PATCH => error(
            429,
            30_046,
            "Maximum number of edits to messages older than 1 hour reached. Try again later",
        ),
        Fault::TooManyEdits => return None,
        Fault::Broken => status(500),
    })
}

impl Inner {
    /// How many are left in this window, and when it ends; or for how long nothing is let through.
    fn let_through(&mut self) -> Result<(usize, Duration), Duration> {
        let (most, length) = self.bucket;
        if self.window.0.elapsed() >= length {
            self.window = (Instant::now(), 0);
        }
        let after = length.saturating_sub(self.window.0.elapsed());
        if self.window.1 >= most {
            return Err(after);
        }
        self.window.1 += 1;
        Ok((most - self.window.1, after))
    }

    fn do_it(&mut self, request: &Request, body: &[u8]) -> Response {
        let hook = format!("/api/webhooks/{ID}/{TOKEN}");
        let Some(rest) = request.uri().path().strip_prefix(&hook) else {
            return error(404, 10_015, "Unknown Webhook");
        };
        let query: BTreeMap<_, _> = parameters(request).into_iter().collect();
        if query.get("thread_id").is_some_and(|id| id != THREAD) {
            return error(404, 10_003, "Unknown Channel");
        }
        let Ok(body) = serde_json::from_slice::<Value>(body) else {
            return error(400, 50_109, "The request body contains invalid JSON.");
        };
        let wrong = mistakes(&body);
        if !wrong.is_empty() {
            self.refused.extend(wrong.clone());
            return error(
                400,
                50_035,
                &format!("Invalid Form Body: {}", wrong.join("; ")),
            );
        }
        let waits = query.get("wait").is_some_and(|wait| wait == "true");
        match (request.method(), rest.strip_prefix("/messages/")) {
            (&Method::POST, None) if rest.is_empty() => {
                let id = (9_000 + self.messages.len()).to_string();
                self.keep(&id, body, waits)
            }
            (&Method::PATCH, Some(id)) if self.messages.contains_key(id) => {
                self.keep(id, body, true)
            }
            (&Method::PATCH, Some(_)) => error(404, 10_008, "Unknown Message"),
            _ => error(405, 0, "405: Method Not Allowed"),
        }
    }

    fn keep(&mut self, id: &str, mut body: Value, waits: bool) -> Response {
        self.pinged.extend(pings(&body));
        self.mentions.extend(mentions(&body));
        body["id"] = id.into();
        self.messages.insert(id.to_owned(), body.clone());
        if waits { json_of(&body) } else { status(204) }
    }
}
