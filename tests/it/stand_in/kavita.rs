//! Kavita, the part that Lacunarr talks to, as its source says: v0.8.3.2, which wants a token, or a later one with Auth Keys. What it
//! shows can be changed while it runs. Its clock stands still unless a test moves it.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use poem::{Request, Response, endpoint::make};
use serde_json::Value;
use url::Url;

pub use self::world::Book;
use self::{doors::Doors, world::World};
use super::{
    reply::{Set, page, parameters, raw, status, with_status},
    server::Server,
};

mod answers;
mod doors;
mod world;

/// The key of its only account; it must not show up anywhere else.
pub const KEY: &str = "PLANTED0KEY0OF0KAVITA000";
/// Its user.
pub const USER: &str = "reader";
/// Its password.
pub const PASSWORD: &str = "planted password of kavita";
/// 1 June 2026 at noon, UTC: what its clock shows at first.
pub const NOON: i64 = 1_780_315_200_000;

/// Which Kavita it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Era {
    /// v0.8.3.2: the key is exchanged for a token.
    Tokens,
    /// A later one: the key itself lets in, too.
    AuthKeys,
}

/// What Kavita, or what stands before it, does wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Connections are reset.
    Down,
    /// Every answer comes this late.
    Slow(Duration),
    /// A reverse proxy's login page, with 200, everywhere.
    Html,
    /// Half of each answer.
    Truncated,
    /// 20 MB instead of each answer about this path.
    Huge(&'static str),
    /// 500 that repeats the request's query.
    Error500,
    /// A proxy drops the header `Pagination`.
    NoPagination,
    /// 500 to whatever is asked about this series.
    SeriesFails(i64),
    /// This body to requests of this path, with 200.
    Says(&'static str, Value),
    /// Every page has all series, whatever was asked for.
    Everything,
    /// Too many requests, for these seconds.
    RateLimited(u64),
}

/// A request as it came in.
#[derive(Clone, Debug)]
pub struct Asked {
    /// `GET`.
    pub method: String,
    /// Below `/api/`.
    pub path: String,
    /// By name.
    pub query: Vec<(String, String)>,
    /// JSON; null without a body.
    pub body: Value,
}

impl Asked {
    /// `GET Series/volumes`.
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The number in a parameter of its query.
    pub fn number(&self, name: &str) -> Option<i64> {
        let found = self.query.iter().find(|(known, _)| known == name)?;
        found.1.parse().ok()
    }
}

struct Inner {
    era: Era,
    url_base: String,
    world: World,
    doors: Doors,
    fault: Option<Fault>,
    asked: Vec<Asked>,
    /// `series 3`, `library 1`.
    scans: Vec<String>,
    /// Called before each answer to `Series/v2`, with the page's number.
    between: Option<Between>,
}

/// What changes while pages are read.
type Between = Box<dyn FnMut(&mut World, i64) + Send>;
type State = Arc<Mutex<Inner>>;

/// A running stand-in. Dropping it stops it.
pub struct Kavita {
    server: Server,
    state: State,
}

impl Kavita {
    /// Starts without a library.
    pub fn start(era: Era) -> Self {
        Self::start_below("", era)
    }

    /// Starts with a base URL such as `/kavita`.
    pub fn start_below(url_base: &str, era: Era) -> Self {
        let state = Arc::new(Mutex::new(Inner {
            era,
            url_base: url_base.to_owned(),
            world: World::at(NOON),
            doors: Doors::default(),
            fault: None,
            asked: Vec::new(),
            scans: Vec::new(),
            between: None,
        }));
        let at_server = Arc::clone(&state);
        let server = Server::start(make(move |mut request: Request| {
            let state = Arc::clone(&at_server);
            async move {
                let body = request.take_body().into_bytes().await.unwrap_or_default();
                let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
                Ok::<_, poem::Error>(answer(&state, &request, body).await)
            }
        }));
        Self { server, state }
    }

    /// Its address, base URL included.
    pub fn url(&self) -> Url {
        let mut url = self.server.url();
        url.set_path(&format!("{}/", self.state().url_base));
        url
    }

    /// Changes what it shows.
    pub fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        change(&mut self.state().world)
    }

    /// Changes what it shows before it answers with a page of series.
    pub fn change_between(&self, change: impl FnMut(&mut World, i64) + Send + 'static) {
        self.state().between = Some(Box::new(change));
    }

    /// Switches a fault on, or off with none.
    pub fn fail(&self, fault: impl Into<Option<Fault>>) {
        let fault = fault.into();
        self.server.set_down(fault == Some(Fault::Down));
        self.state().fault = fault;
    }

    /// No token counts any more.
    pub fn expire_tokens(&self) {
        self.state().doors.expire();
    }

    /// The key ends then; milliseconds since the epoch.
    pub fn key_ends(&self, at: i64) {
        self.state().doors.key_ends = Some(at);
    }

    /// Its account may only read.
    pub fn no_admin(&self) {
        self.state().doors.admin = false;
    }

    /// Its account may do everything again.
    pub fn admin(&self) {
        self.state().doors.admin = true;
    }

    /// Its account hides related series.
    pub fn collapse(&self) {
        self.state().doors.collapsed = true;
    }

    /// What was asked since the last call.
    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.state().asked)
    }

    /// What it was told to scan since the last call.
    pub fn scans(&self) -> Vec<String> {
        std::mem::take(&mut self.state().scans)
    }

    fn state(&self) -> MutexGuard<'_, Inner> {
        lock(&self.state)
    }
}

fn lock(state: &State) -> MutexGuard<'_, Inner> {
    state.lock().expect("no one panics while holding it")
}

async fn answer(state: &State, request: &Request, body: Value) -> Response {
    let (asked, fault) = {
        let mut state = lock(state);
        let Some(path) = request
            .uri()
            .path()
            .strip_prefix(state.url_base.as_str())
            .and_then(|path| path.strip_prefix("/api/"))
        else {
            // Its web interface answers whatever is no part of the API.
            return page();
        };
        let asked = Asked {
            method: request.method().to_string(),
            path: path.to_owned(),
            query: parameters(request),
            body,
        };
        state.asked.push(asked.clone());
        (asked, state.fault.clone())
    };
    let is_cut = fault == Some(Fault::Truncated);
    match fault {
        Some(Fault::Slow(late)) => tokio::time::sleep(late).await,
        Some(Fault::Html) => return page(),
        Some(Fault::Huge(path)) if asked.path == path => {
            return raw("application/json", " ".repeat(20 * 1024 * 1024));
        }
        Some(Fault::Error500) => {
            let said = format!(
                "System.Exception: {}",
                request.uri().query().unwrap_or_default()
            );
            return with_status(raw("text/plain", said), 500);
        }
        Some(Fault::SeriesFails(series)) if asked.number("seriesId") == Some(series) => {
            return status(500);
        }
        Some(Fault::Says(path, said)) if asked.path == path => {
            return raw("application/json", said.to_string());
        }
        Some(Fault::RateLimited(seconds)) => {
            return status(429).set("Retry-After", &seconds.to_string());
        }
        _ => {}
    }
    let mut response = answers::answer(&mut lock(state), request, &asked);
    if is_cut {
        let bytes = response.take_body().into_bytes().await.unwrap_or_default();
        response.set_body(bytes.slice(..bytes.len() / 2));
    }
    response
}
