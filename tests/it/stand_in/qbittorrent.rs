//! qBittorrent 5.2.3 as its source says: it could not be installed where this was written. The part of its Web API that Lacunarr uses.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use poem::{
    FromRequest, Request, Response,
    endpoint::make,
    http::{Method, header},
    web::Multipart,
};
use serde_json::json;
use url::Url;

use self::torrents::{
    add, category_list, change, create_category, file_priority, files, info, main_data, start, stop,
};
use super::{
    reply::{Set, json_of, parameters, raw, status, with_status},
    server::Server,
    torrent::Torrent,
};

mod torrents;

/// The user name that it and the real one of the tests take.
pub const USER: &str = "farm";

/// The password that it and the real one of the tests take.
pub const PASSWORD: &str = "qbtpass123";

/// Its API key: 32 characters, `qbt_` and 28.
pub const API_KEY: &str = "qbt_PLANTEDaKEYaOFaQBITTORRENTaa";

/// What it does wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Connections are reset.
    Down,
    /// 500 to everything.
    Error500,
    /// Every answer comes this late.
    Slow(Duration),
    /// Every add fails.
    RefusesAll,
    /// Every removal fails.
    KeepsAll,
    /// Adds are accepted, and nothing comes of it.
    NeverListed,
    /// Adds are listed from the n-th look at the list on.
    ListedLate(u32),
}

/// One torrent that it holds.
#[derive(Clone, Debug, Default)]
pub struct Held {
    /// Its id: the v2 hash cut to 40 digits, else the v1 hash.
    pub hash: String,
    /// Empty when it has none.
    pub v1: String,
    /// Empty when it has none.
    pub v2: String,
    /// Its name.
    pub name: String,
    /// Its category.
    pub category: String,
    /// Its tags.
    pub tags: BTreeSet<String>,
    /// Where it saves.
    pub save_path: String,
    /// Automatic torrent management.
    pub auto_tmm: bool,
    /// Its state.
    pub state: String,
    /// 0 to 1.
    pub progress: f64,
    /// Bytes of all of it; none while a magnet has no metadata.
    pub size: Option<u64>,
    /// Its files with their bytes and priorities; none while a magnet has no metadata.
    pub files: Vec<(String, u64, u8)>,
    /// It stops when it has its metadata.
    stops: bool,
    hidden_for: u32,
}

/// One call of `torrents/add` that was let in.
#[derive(Clone, Debug)]
pub struct AddCall {
    /// Its text fields.
    pub fields: BTreeMap<String, String>,
    /// The ids of the torrents that were added by it.
    pub added: Vec<String>,
}

#[derive(Default)]
struct Inner {
    port: u16,
    sessions: BTreeSet<String>,
    made: u32,
    logins: u32,
    failures: u32,
    open: bool,
    strict_host: bool,
    categories: BTreeMap<String, String>,
    tags: BTreeSet<String>,
    torrents: Vec<Held>,
    adds: Vec<AddCall>,
    requests: Vec<String>,
    fault: Option<Fault>,
    cut_off: bool,
}

type State = Arc<Mutex<Inner>>;

/// A running stand-in. Dropping it stops it.
pub struct QBittorrent5 {
    server: Server,
    state: State,
}

impl QBittorrent5 {
    /// Starts without torrents and categories.
    pub fn start() -> Self {
        let state = State::default();
        let at_server = Arc::clone(&state);
        let server = Server::start(make(move |request: Request| {
            let state = Arc::clone(&at_server);
            async move { Ok::<_, poem::Error>(answer(&state, request).await) }
        }));
        lock(&state).port = server.url().port().expect("a port");
        Self { server, state }
    }

    /// Its address.
    pub fn url(&self) -> Url {
        self.server.url()
    }

    /// Switches a fault on, or off with none.
    pub fn fail(&self, fault: impl Into<Option<Fault>>) {
        let fault = fault.into();
        self.server.set_down(fault == Some(Fault::Down));
        lock(&self.state).fault = fault;
    }

    /// Forgets every session, as after an hour without a request.
    pub fn expire_sessions(&self) {
        lock(&self.state).sessions.clear();
    }

    /// Lets everybody in without a login ("bypass authentication").
    pub fn open_to_all(&self) {
        lock(&self.state).open = true;
    }

    /// Refuses every Host header with another port than its own, which is its default; then no proxy can stand before it.
    pub fn check_host(&self) {
        lock(&self.state).strict_host = true;
    }

    /// Ends a ban.
    pub fn lift_ban(&self) {
        lock(&self.state).failures = 0;
    }

    /// Calls of `auth/login`, successful or not.
    pub fn logins(&self) -> u32 {
        lock(&self.state).logins
    }

    /// What it holds.
    pub fn torrents(&self) -> Vec<Held> {
        lock(&self.state).torrents.clone()
    }

    /// Every add so far, also those that added nothing.
    pub fn adds(&self) -> Vec<AddCall> {
        lock(&self.state).adds.clone()
    }

    /// Every request so far, as `POST /path?query`.
    pub fn requests(&self) -> Vec<String> {
        lock(&self.state).requests.clone()
    }

    /// Categories with their save paths.
    pub fn categories(&self) -> BTreeMap<String, String> {
        lock(&self.state).categories.clone()
    }

    /// Its network is away (the VPN is down), or is there again.
    pub fn cut_off(&self, cut_off: bool) {
        lock(&self.state).cut_off = cut_off;
    }

    /// Sets a torrent's state and progress.
    pub fn advance(&self, hash: &str, to: &str, progress: f64) {
        let mut state = lock(&self.state);
        let held = state.torrents.iter_mut().find(|held| held.hash == hash);
        let held = held.expect("a torrent with this hash");
        held.state = to.into();
        held.progress = progress;
    }

    /// A magnet gets the metadata of this torrent from somebody.
    pub fn metadata(&self, torrent: &Torrent) {
        let mut state = lock(&self.state);
        let hash = torrent.hashes().id();
        let held = state.torrents.iter_mut().find(|held| held.hash == hash);
        held.expect("a torrent with this hash")
            .learns(&torrent.bytes());
    }

    /// The names of the files of a torrent that it fetches.
    pub fn wanted(&self, hash: &str) -> Vec<String> {
        let state = lock(&self.state);
        let held = state.torrents.iter().find(|held| held.hash == hash);
        let files = held.expect("a torrent with this hash").files.iter();
        files
            .filter(|file| file.2 > 0)
            .map(|file| file.0.clone())
            .collect()
    }

    /// Removes a torrent, as a user would.
    pub fn remove(&self, hash: &str) {
        lock(&self.state).torrents.retain(|held| held.hash != hash);
    }
}

fn lock(state: &State) -> MutexGuard<'_, Inner> {
    state.lock().expect("no one panics with it")
}

async fn answer(state: &State, mut request: Request) -> Response {
    let fault = {
        let mut state = lock(state);
        let line = format!("{} {}", request.method(), request.uri());
        state.requests.push(line);
        state.fault.clone()
    };
    match fault {
        Some(Fault::Slow(wait)) => tokio::time::sleep(wait).await,
        Some(Fault::Error500) => return text(500, "Internal Server Error"),
        _ => {}
    }
    let form = match read_form(&mut request).await {
        Some(form) => form,
        None => return text(400, "Bad Request"),
    };
    let mut state = lock(state);
    match dispatch(&mut state, &request, &form) {
        Ok(response) => response,
        Err((code, said)) => text(code, said),
    }
}

/// An error status and its text.
type Refusal = (u16, &'static str);

#[derive(Default)]
struct Form {
    fields: BTreeMap<String, String>,
    /// By file name: two parts of one name are one.
    files: BTreeMap<String, Vec<u8>>,
}

async fn read_form(request: &mut Request) -> Option<Form> {
    let mut body = poem::RequestBody::new(request.take_body());
    let mut form = Form::default();
    match request.content_type() {
        Some(kind) if kind.starts_with("multipart/form-data") => {
            let mut parts = Multipart::from_request(request, &mut body).await.ok()?;
            while let Some(part) = parts.next_field().await.ok()? {
                match part.file_name().map(str::to_owned) {
                    Some(name) => form.files.insert(name, part.bytes().await.ok()?).map(drop),
                    None => {
                        let name = part.name()?.to_owned();
                        form.fields.insert(name, part.text().await.ok()?).map(drop)
                    }
                };
            }
        }
        _ => {
            let bytes = body.take().ok()?.into_bytes().await.ok()?;
            form.fields = url::form_urlencoded::parse(&bytes).into_owned().collect();
        }
    }
    Some(form)
}

/// WebApplication::processRequest
fn dispatch(state: &mut Inner, request: &Request, form: &Form) -> Result<Response, Refusal> {
    let header = |name| {
        request
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let bearer = header(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
    let own = format!("http://{}", header(header::HOST).unwrap_or_default());
    let foreign = [header::ORIGIN, header::REFERER]
        .into_iter()
        .filter_map(header)
        .any(|from| !from.starts_with(&own));
    let strange = state.strict_host && !own.ends_with(&format!(":{}", state.port));
    if strange || (foreign && bearer.is_none()) {
        return Err((401, "Unauthorized"));
    }
    let path = request
        .uri()
        .path()
        .strip_prefix("/api/v2/")
        .ok_or((404, "Not Found"))?;
    let cookie = format!("QBT_SID_{}=", state.port);
    let session = header(header::COOKIE)
        .into_iter()
        .flat_map(|cookies| cookies.split("; "))
        .find_map(|pair| pair.strip_prefix(&cookie))
        .is_some_and(|id| state.sessions.contains(id));
    let inside = match bearer {
        Some(_) if path.starts_with("auth/") => return Err((403, "Forbidden")),
        Some(key) => key == API_KEY,
        None => session || state.open,
    };
    let posted = *request.method() == Method::POST;
    if path == "auth/login" {
        return if posted {
            login(state, form, inside)
        } else {
            Err((405, "Method Not Allowed"))
        };
    }
    if !inside {
        return Err((403, "Forbidden"));
    }
    const POSTED: [&str; 8] = [
        "torrents/filePrio",
        "torrents/addTags",
        "torrents/add",
        "torrents/createCategory",
        "torrents/start",
        "torrents/stop",
        "torrents/delete",
        "auth/logout",
    ];
    if POSTED.contains(&path) && !posted {
        return Err((405, "Method Not Allowed"));
    }
    let query: BTreeMap<_, _> = parameters(request).into_iter().collect();
    match path {
        "app/version" => Ok(text(200, "v5.2.3")),
        "app/defaultSavePath" => Ok(text(200, "/downloads")),
        "app/webapiVersion" => Ok(text(200, "2.15.1")),
        "torrents/info" => Ok(info(state, &query)),
        "torrents/files" => files(state, &query),
        "sync/maindata" => Ok(main_data(state)),
        "torrents/add" => add(state, form),
        "torrents/categories" => Ok(json_of(&category_list(state))),
        "torrents/createCategory" => create_category(state, form),
        "torrents/tags" => Ok(json_of(&json!(state.tags))),
        "torrents/addTags" => {
            let tags = form.fields.get("tags").cloned().unwrap_or_default();
            let tags: Vec<String> = tags.split(',').map(|tag| tag.trim().to_owned()).collect();
            state.tags.extend(tags.iter().cloned());
            change(state, form, |held| held.tags.extend(tags.iter().cloned()))
        }
        "app/preferences" => Ok(json_of(&json!({"dht": true, "queueing_enabled": true}))),
        "torrents/filePrio" => file_priority(state, form),
        "torrents/start" => change(state, form, start),
        "torrents/stop" => change(state, form, stop),
        "torrents/delete" if !form.fields.contains_key("deleteFiles") => Err((400, "Bad Request")),
        "torrents/delete" if state.fault == Some(Fault::KeepsAll) => {
            Err((500, "Internal Server Error"))
        }
        "torrents/delete" => {
            let hashes = form.fields.get("hashes").cloned().unwrap_or_default();
            state
                .torrents
                .retain(|held| !hashes.split('|').any(|hash| hash == held.hash));
            Ok(status(204))
        }
        "auth/logout" => {
            state.sessions.clear();
            Ok(status(204))
        }
        // Among them torrents/pause and torrents/resume, gone since 5.0.
        _ => Err((404, "Endpoint does not exist")),
    }
}

/// Five failures ban the address; a ban leaves sessions alone.
fn login(state: &mut Inner, form: &Form, inside: bool) -> Result<Response, Refusal> {
    state.logins += 1;
    if inside {
        return Ok(status(204));
    }
    if state.failures >= 5 {
        return Err((
            403,
            "Your IP address has been banned after too many failed authentication attempts.",
        ));
    }
    let field = |name: &str| form.fields.get(name).map(String::as_str);
    if (field("username"), field("password")) != (Some(USER), Some(PASSWORD)) {
        state.failures += 1;
        return Err((401, "Unauthorized"));
    }
    state.failures = 0;
    state.made += 1;
    let id = format!("PLANTED/SID+{}==", state.made);
    let expires =
        (chrono::Utc::now() + chrono::TimeDelta::hours(1)).format("%a, %d-%b-%Y %H:%M:%S GMT");
    let cookie = format!(
        "QBT_SID_{}={id}; HttpOnly; SameSite=Lax; expires={expires}; path=/",
        state.port
    );
    state.sessions.insert(id);
    Ok(status(204).set("Set-Cookie", &cookie))
}

fn text(code: u16, said: &str) -> Response {
    with_status(raw("text/plain; charset=UTF-8", said.to_owned()), code)
}
