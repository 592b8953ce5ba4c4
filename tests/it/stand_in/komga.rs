//! Komga 1.26, the part that Lacunarr talks to, as its source and OpenAPI document say. What it holds can be changed while it runs.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use lacunarr::clock::Clock;
use poem::{Request, Response, endpoint::make};
use serde_json::{Value, json};
use url::Url;

pub use self::shelves::Shelves;
use self::{
    events::{Listening, frame},
    lists::Asker,
};
use super::{
    reply::{json_of, page, raw, status, with_status},
    server::Server,
};

mod answers;
mod events;
mod lists;
mod shelves;

/// The API key of an administrator; it must not show up anywhere else.
pub const ADMIN_KEY: &str = "PLANTED0KEY0OF0KOMGAS0ADMIN";
/// The API key of somebody who may read.
pub const READER_KEY: &str = "PLANTED0KEY0OF0KOMGAS0READER";
/// The administrator's name and password.
pub const USER: &str = "admin@example.org";
/// See [`USER`].
pub const PASSWORD: &str = "PLANTED0PASSWORD0OF0KOMGA";

/// What Komga, or what stands before it, does wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Connections are reset.
    Down,
    /// Every answer comes this late.
    Slow(Duration),
    /// 503, as behind a proxy while it starts.
    Unavailable,
    /// A web page, with 200, everywhere.
    Html,
    /// Another program answers: nothing is where it should be.
    OtherProgram,
    /// 50 MB of answer to lists.
    Huge,
    /// This body to lists, with 200.
    Says(String),
}

type Change = Box<dyn FnOnce(&mut Shelves) + Send>;
type Bend = Box<dyn Fn(&mut Value) + Send>;

#[derive(Default)]
struct Inner {
    shelves: Shelves,
    fault: Option<Fault>,
    requests: Vec<String>,
    listening: Vec<Listening>,
    tasks: u32,
    /// The libraries that the reader may see; none for all.
    shared: Option<Vec<String>>,
    /// A beginning of a request, and what happens just before it is answered for the first time.
    planned: Vec<(String, Change)>,
    /// What becomes of the records of lists.
    bent: Option<Bend>,
}

impl Inner {
    /// Tells whoever listens what happened.
    fn tell(&mut self) {
        for (name, data) in std::mem::take(&mut self.shelves.told) {
            self.emit(name, &data, false);
        }
    }

    fn emit(&mut self, name: &str, data: &Value, admins_only: bool) {
        let frame = frame(name, data);
        self.listening.retain(|listening| {
            let is_meant = listening.is_admin || !admins_only;
            !is_meant || listening.sender.send(frame.clone()).is_ok()
        });
    }
}

type State = Arc<Mutex<Inner>>;

/// A running stand-in. Dropping it stops it.
pub struct Komga {
    server: Server,
    state: State,
}

impl Komga {
    /// Starts without a library.
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

    /// Changes what it holds, and tells that to whoever listens.
    pub fn change<T>(&self, change: impl FnOnce(&mut Shelves) -> T) -> T {
        let mut state = lock(&self.state);
        let done = change(&mut state.shelves);
        state.tell();
        done
    }

    /// A new library; its id.
    pub fn add_library(&self, name: &str, root: &str) -> String {
        self.change(|shelves| shelves.add_library(name, root))
    }

    /// A new series in a library; its id.
    pub fn add_series(&self, library: &str, folder: &str, files: &[&str]) -> String {
        self.change(|shelves| shelves.add_series(library, folder, files))
    }

    /// A file comes to the disk: a scan will find it.
    pub fn lay(&self, library: &str, folder: &str, file: &str) {
        let laid = (library.into(), folder.into(), file.into());
        lock(&self.state).shelves.laid.push(laid);
    }

    /// Just before a request that begins so is answered for the first time, this happens. For example `POST /api/v1/series/list?page=1&`.
    pub fn before(&self, request: &str, change: impl FnOnce(&mut Shelves) + Send + 'static) {
        let planned = (request.to_owned(), Box::new(change) as Change);
        lock(&self.state).planned.push(planned);
    }

    /// Every record of a list is changed so on its way out.
    pub fn bend(&self, bend: impl Fn(&mut Value) + Send + 'static) {
        lock(&self.state).bent = Some(Box::new(bend));
    }

    /// Switches a fault on, or off with none.
    pub fn fail(&self, fault: impl Into<Option<Fault>>) {
        let fault = fault.into();
        self.server.set_down(fault == Some(Fault::Down));
        lock(&self.state).fault = fault;
    }

    /// Gives it a clock that the test sets.
    pub fn set_clock(&self, clock: Clock) {
        lock(&self.state).shelves.clock = clock;
    }

    /// How much it says it has to do.
    pub fn set_tasks(&self, count: u32) {
        lock(&self.state).tasks = count;
    }

    /// The reader may see these libraries only.
    pub fn share(&self, libraries: &[&str]) {
        let ids = libraries.iter().map(|id| (*id).to_owned());
        lock(&self.state).shared = Some(ids.collect());
    }

    /// Tells something to everybody who listens.
    pub fn emit(&self, name: &str, data: &Value) {
        lock(&self.state).emit(name, data, false);
    }

    /// Sends bytes as they are to everybody who listens.
    pub fn emit_raw(&self, text: &str) {
        for listening in &lock(&self.state).listening {
            let _ = listening.sender.send(text.to_owned());
        }
    }

    /// How many listen.
    pub fn listeners(&self) -> usize {
        let mut state = lock(&self.state);
        state
            .listening
            .retain(|listening| !listening.sender.is_closed());
        state.listening.len()
    }

    /// Ends every stream, as it does by itself after an hour.
    pub fn close_streams(&self) {
        lock(&self.state).listening.clear();
    }

    /// Every request so far, as `GET /path?query`, a body behind it.
    pub fn requests(&self) -> Vec<String> {
        lock(&self.state).requests.clone()
    }
}

fn lock(state: &State) -> MutexGuard<'_, Inner> {
    state.lock().expect("no one panics with it")
}

async fn answer(state: &State, mut request: Request) -> Response {
    let body = request.take_body().into_vec().await.unwrap_or_default();
    let line = format!("{} {}", request.method(), request.uri());
    let fault = {
        let mut state = lock(state);
        let text = String::from_utf8_lossy(&body).into_owned();
        state
            .requests
            .push(format!("{line} {text}").trim_end().to_owned());
        let planned = state
            .planned
            .iter()
            .position(|(start, _)| line.starts_with(start));
        if let Some(planned) = planned {
            let (_, change) = state.planned.remove(planned);
            change(&mut state.shelves);
            state.tell();
        }
        state.fault.clone()
    };
    match fault {
        Some(Fault::Slow(wait)) => tokio::time::sleep(wait).await,
        Some(Fault::Unavailable) => return status(503),
        Some(Fault::Html) => return page(),
        Some(Fault::OtherProgram) => return status(404),
        _ => {}
    }
    let Some(asker) = asker(state, &request) else {
        return error(401, "Unauthorized", request.uri().path());
    };
    let path = request.uri().path().trim_start_matches('/').to_owned();
    let segments: Vec<_> = path.split('/').collect();
    if segments == ["sse", "v1", "events"] {
        return events::listen(state, asker.is_admin).await;
    }
    let is_list = matches!(
        segments[..],
        ["api", "v1", "series" | "books", "list" | "latest"]
    );
    match fault {
        Some(Fault::Huge) if is_list => {
            return raw("application/json", "x".repeat(50 * 1024 * 1024));
        }
        Some(Fault::Says(said)) if is_list => return raw("application/json", said),
        _ => {}
    }
    let found = {
        let mut state = lock(state);
        let found = route(&mut state, &asker, &request, &segments, &body);
        state.tell();
        found
    };
    match is_list && lock(state).bent.is_some() {
        true => bent(state, found).await,
        false => found,
    }
}

async fn bent(state: &State, mut response: Response) -> Response {
    let body = response.take_body().into_vec().await.expect("a body");
    let mut page: Value = serde_json::from_slice(&body).expect("JSON");
    if let Some(bend) = &lock(state).bent {
        let content = page["content"].as_array_mut().expect("a list");
        content.iter_mut().for_each(bend);
    }
    json_of(&page)
}

fn route(
    state: &mut Inner,
    asker: &Asker,
    request: &Request,
    segments: &[&str],
    body: &[u8],
) -> Response {
    let is_post = request.method() == "POST";
    let shelves = &state.shelves;
    match (is_post, segments) {
        (true, ["api", "v1", "series", "list"]) => {
            lists::series_list(shelves, asker, request, body)
        }
        (true, ["api", "v1", "books", "list"]) => lists::books_list(shelves, asker, request, body),
        (false, ["api", "v1", "series", "latest"]) => {
            lists::series_latest(shelves, asker, request, true)
        }
        (false, ["api", "v1", "series", "updated"]) => {
            lists::series_latest(shelves, asker, request, false)
        }
        (false, ["api", "v1", "books", "latest"]) => lists::books_latest(shelves, asker, request),
        _ => single(state, asker, is_post, segments),
    }
}

fn single(state: &mut Inner, asker: &Asker, is_post: bool, segments: &[&str]) -> Response {
    let shelves = &mut state.shelves;
    match (is_post, segments) {
        (false, ["api", "v1", "series", id]) => match shelves.series.get(*id) {
            Some(series) if asker.may_see(&series.library) => {
                json_of(&answers::series(shelves, id, series, asker.is_admin))
            }
            Some(_) => error(403, "Forbidden", "/api/v1/series"),
            None => error(404, "Not Found", "/api/v1/series"),
        },
        (false, ["api", "v1", "libraries"]) => {
            let mut seen: Vec<_> = shelves.libraries.iter().collect();
            seen.retain(|(id, _)| asker.may_see(id));
            seen.sort_by_key(|(_, library)| library.name.to_lowercase());
            let seen = seen.into_iter();
            json_of(
                &seen
                    .map(|(id, library)| answers::library(id, library, asker.is_admin))
                    .collect(),
            )
        }
        (true, ["api", "v1", "libraries", id, "scan"]) => {
            if !asker.is_admin {
                return error(403, "Forbidden", "/api/v1/libraries");
            }
            if !shelves.libraries.contains_key(*id) {
                return error(404, "Not Found", "/api/v1/libraries");
            }
            shelves.scan(id);
            status(202)
        }
        (false, ["api", "v2", "users", "me"]) => json_of(&user(asker)),
        (false, ["actuator", "info"]) if asker.is_admin => json_of(&json!({
            "git": {"branch": "master", "commit": {"id": "cba53ed", "time": "2026-08-17T07:40:47Z"}},
            "build": {"artifact": "komga", "name": "komga", "version": "1.26.3", "group": "komga"},
        })),
        (false, ["actuator", "info"]) => error(403, "Forbidden", "/actuator/info"),
        _ => error(404, "Not Found", "/"),
    }
}

fn user(asker: &Asker) -> Value {
    let (id, email, roles) = match asker.is_admin {
        true => (
            "0ADMIN",
            USER,
            json!(["ADMIN", "FILE_DOWNLOAD", "PAGE_STREAMING"]),
        ),
        false => ("0READER", "reader@example.org", json!(["PAGE_STREAMING"])),
    };
    json!({
        "id": id, "email": email, "roles": roles, "sharedAllLibraries": asker.sees.is_none(),
        "sharedLibrariesIds": asker.sees.clone().unwrap_or_default(), "labelsAllow": [], "labelsExclude": [],
    })
}

/// By `X-API-Key`, or by name and password.
fn asker(state: &State, request: &Request) -> Option<Asker> {
    let admin = Asker {
        is_admin: true,
        sees: None,
    };
    if let Some(key) = request.header("X-API-Key") {
        return match key {
            ADMIN_KEY => Some(admin),
            READER_KEY => Some(Asker {
                is_admin: false,
                sees: lock(state).shared.clone(),
            }),
            _ => None,
        };
    }
    let given = request.header("Authorization")?.strip_prefix("Basic ")?;
    let expected = BASE64.encode(format!("{USER}:{PASSWORD}"));
    (given == expected).then_some(admin)
}

/// As Spring says it.
fn error(code: u16, text: &str, path: &str) -> Response {
    let body = json!({"timestamp": "2026-11-01T10:00:00.000+00:00", "status": code, "error": text, "path": path});
    with_status(json_of(&body), code)
}
