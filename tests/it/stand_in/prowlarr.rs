//! Prowlarr 2.3.6, the part that Lacunarr talks to, as its source and OpenAPI document say. What it offers can be changed while it runs.
//!
//! Redirected downloads lead to a tracker on another port, which writes down what it was sent.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use lacunarr::clock::Clock;
use poem::{Request, Response, endpoint::make};
use serde_json::json;
use url::Url;

pub use self::offers::{Indexer, Link, Release};
use self::{
    download::{download, track},
    newznab::newznab,
    search::{fold, search},
};
use super::{
    reply::{Set, json_of, page, parameters, status, with_status},
    server::Server,
};

pub mod applications;
mod download;
mod newznab;
mod offers;
mod search;

/// Its API key; it must not show up anywhere else.
pub const KEY: &str = "PLANTED0KEY0OF0PROWLARR0";

/// What Prowlarr, or what stands before it, does wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Connections are reset.
    Down,
    /// Every answer comes this late.
    Slow(Duration),
    /// 401 without a body, whatever the key.
    Unauthorised,
    /// Searches answer 429, with `Retry-After` in seconds when there is one.
    RateLimited(Option<u64>),
    /// A reverse proxy's login page, with 200, everywhere.
    Html,
    /// Half of a search answer.
    Truncated,
    /// 50 MB of search answer.
    Huge,
    /// What Prowlarr answers to a search after an exception of its own: 200 and `[]`.
    Empty,
    /// 400, although indexers are there.
    AllUnavailable,
    /// Searches answer 500 and repeat the request, key and links included.
    Error500,
    /// Another program answers: everything but `system/status` is missing.
    OtherProgram,
    /// This body to searches, with 200.
    Says(String),
}

/// One search as it came in.
#[derive(Clone, Debug)]
pub struct Query {
    /// `query`.
    pub term: String,
    /// `offset`.
    pub offset: usize,
    /// `limit`.
    pub limit: usize,
    /// `indexerIds`.
    pub indexers: Vec<i64>,
    /// `categories`.
    pub categories: Vec<i64>,
    /// When; milliseconds since the epoch.
    pub at: i64,
}

struct Inner {
    url_base: String,
    clock: Clock,
    indexers: Vec<Indexer>,
    releases: Vec<Release>,
    /// Of each, its title as searches compare it, and its guid.
    known_by: Vec<(String, String)>,
    fault: Option<Fault>,
    queries: Vec<Query>,
    requests: Vec<String>,
    downloads: Vec<String>,
    tracker: Option<Url>,
    tracker_requests: Vec<String>,
    /// Items of a page of `/{id}/api` at most.
    page: usize,
}

impl Default for Inner {
    fn default() -> Self {
        Self {
            url_base: String::new(),
            clock: Clock::System,
            indexers: Vec::new(),
            releases: Vec::new(),
            known_by: Vec::new(),
            fault: None,
            queries: Vec::new(),
            requests: Vec::new(),
            downloads: Vec::new(),
            tracker: None,
            tracker_requests: Vec::new(),
            page: 100,
        }
    }
}

impl Inner {
    fn offer(&mut self, release: Release) {
        self.known_by.push((fold(&release.title), release.guid()));
        self.releases.push(release);
    }
}

type State = Arc<Mutex<Inner>>;

/// A running stand-in. Dropping it stops it.
pub struct Prowlarr {
    server: Server,
    _tracker: Server,
    state: State,
}

impl Prowlarr {
    /// Starts with these indexers and releases.
    pub fn start(indexers: Vec<Indexer>, releases: Vec<Release>) -> Self {
        Self::start_below("", indexers, releases)
    }

    /// Starts with a URL base such as `/prowlarr`.
    pub fn start_below(url_base: &str, indexers: Vec<Indexer>, releases: Vec<Release>) -> Self {
        let state = State::default();
        let at_tracker = Arc::clone(&state);
        let tracker = Server::start(make(move |request: Request| {
            let state = Arc::clone(&at_tracker);
            async move { Ok::<_, poem::Error>(track(&state, &request)) }
        }));
        {
            let mut state = lock(&state);
            state.url_base = url_base.into();
            state.indexers = indexers;
            state.tracker = Some(tracker.url());
            releases
                .into_iter()
                .for_each(|release| state.offer(release));
        }
        let at_server = Arc::clone(&state);
        let server = Server::start(make(move |request: Request| {
            let state = Arc::clone(&at_server);
            async move { Ok::<_, poem::Error>(answer(&state, &request).await) }
        }));
        Self {
            server,
            _tracker: tracker,
            state,
        }
    }

    /// Its address, URL base included.
    pub fn url(&self) -> Url {
        let mut url = self.server.url();
        url.set_path(&lock(&self.state).url_base);
        url
    }

    /// Switches a fault on, or off with none.
    pub fn fail(&self, fault: impl Into<Option<Fault>>) {
        let fault = fault.into();
        self.server.set_down(fault == Some(Fault::Down));
        lock(&self.state).fault = fault;
    }

    /// Gives it a clock that the test sets.
    pub fn set_clock(&self, clock: Clock) {
        lock(&self.state).clock = clock;
    }

    /// Offers one more release.
    pub fn offer(&self, release: Release) {
        lock(&self.state).offer(release);
    }

    /// Withdraws every release with this title.
    pub fn withdraw(&self, title: &str) {
        let mut state = lock(&self.state);
        let (releases, known_by) = (
            std::mem::take(&mut state.releases),
            std::mem::take(&mut state.known_by),
        );
        (state.releases, state.known_by) = releases
            .into_iter()
            .zip(known_by)
            .filter(|(release, _)| release.title != title)
            .unzip();
    }

    /// The links of every release with this title lead elsewhere from now on.
    pub fn replace_link(&self, title: &str, link: Link) {
        let mut state = lock(&self.state);
        let releases = state.releases.iter_mut();
        for release in releases.filter(|release| release.title == title) {
            release.link = link.clone();
        }
    }

    /// Pages of `/{id}/api` hold so many items.
    pub fn set_page(&self, items: usize) {
        lock(&self.state).page = items;
    }

    /// Puts an indexer on hold until then (RFC 3339), or takes it off with none.
    pub fn hold(&self, id: i64, till: Option<&str>) {
        let mut state = lock(&self.state);
        let indexer = state.indexers.iter_mut().find(|indexer| indexer.id == id);
        indexer.expect("an indexer").disabled_till = till.map(str::to_owned);
    }

    /// Every search so far.
    pub fn queries(&self) -> Vec<Query> {
        lock(&self.state).queries.clone()
    }

    /// Every request so far, as `GET /path?query`.
    pub fn requests(&self) -> Vec<String> {
        lock(&self.state).requests.clone()
    }

    /// Titles whose links were asked, in order.
    pub fn downloads(&self) -> Vec<String> {
        lock(&self.state).downloads.clone()
    }

    /// Every request to the tracker behind it, with all its headers.
    pub fn tracker_requests(&self) -> Vec<String> {
        lock(&self.state).tracker_requests.clone()
    }
}

fn lock(state: &State) -> MutexGuard<'_, Inner> {
    state.lock().expect("no one panics with it")
}

async fn answer(state: &State, request: &Request) -> Response {
    let fault = {
        let mut state = lock(state);
        state
            .requests
            .push(format!("{} {}", request.method(), request.uri()));
        state.fault.clone()
    };
    match fault {
        Some(Fault::Slow(wait)) => tokio::time::sleep(wait).await,
        Some(Fault::Html) => return page(),
        Some(Fault::Unauthorised) => return status(401),
        _ => {}
    }
    let base = lock(state).url_base.clone();
    let Some(path) = request.uri().path().strip_prefix(&base) else {
        // UrlBaseMiddleware
        let target = format!("{base}{}", request.uri());
        return status(307).set("Location", &target);
    };
    let segments: Vec<_> = path.trim_matches('/').split('/').collect();
    if segments == ["ping"] {
        return json_of(&json!({"status": "OK"}));
    }
    if !has_key(request) {
        return status(401);
    }
    let other = fault == Some(Fault::OtherProgram);
    match segments[..] {
        ["api", "v1", "system", "status"] => system_status(&base, other),
        _ if other => message(404, "NotFound"),
        ["api", "v1", "indexer"] => indexers(&lock(state)),
        ["api", "v1", "indexerstatus"] => statuses(&lock(state)),
        ["api", "v1", "search"] => search(&mut lock(state), request, fault),
        ["api", "v1", "indexer", id, "newznab"] | [id, "api"] => {
            newznab(&mut lock(state), request, id, fault)
        }
        ["api", "v1", "indexer", id, "download"] | [id, "download"] => {
            download(&mut lock(state), request, id)
        }
        _ => message(404, "NotFound"),
    }
}

/// A wrong key in the query is not made good by one in a header.
fn has_key(request: &Request) -> bool {
    let header = |name| {
        request
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let given = parameters(request)
        .into_iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("apikey"))
        .map(|(_, key)| key)
        .or_else(|| header("X-Api-Key").map(str::to_owned))
        .or_else(|| {
            header("Authorization")?
                .strip_prefix("Bearer ")
                .map(str::to_owned)
        });
    given.as_deref() == Some(KEY)
}

fn system_status(base: &str, other: bool) -> Response {
    let name = if other { "Readarr" } else { "Prowlarr" };
    json_of(&json!({
        "appName": name, "instanceName": name, "version": "2.3.6.5341", "buildTime": "2026-06-01T10:00:00Z",
        "isDebug": false, "isProduction": true, "isAdmin": false, "isUserInteractive": false,
        "startupPath": "/app/bin", "appData": "/config", "osName": "alpine", "isNetCore": true, "isLinux": true,
        "isOsx": false, "isWindows": false, "isDocker": true, "mode": "console", "branch": "master",
        "databaseType": "sqLite", "databaseVersion": "3.48.0", "authentication": "forms", "migrationVersion": 42,
        "urlBase": base, "runtimeVersion": "8.0.12", "runtimeName": ".NET", "startTime": "2026-11-01T08:00:00Z",
    }))
}

fn indexers(state: &Inner) -> Response {
    let one = |indexer: &Indexer| {
        json!({
            "id": indexer.id, "name": indexer.name, "sortName": indexer.name.to_lowercase(), "enable": indexer.enabled,
            "redirect": false, "supportsRss": true, "supportsSearch": true, "supportsRedirect": true,
            "supportsPagination": indexer.paging, "appProfileId": 1, "protocol": indexer.protocol,
            "privacy": indexer.privacy, "priority": 25, "downloadClientId": 0, "added": "2026-01-01T00:00:00Z",
            "implementation": "Cardigann", "implementationName": "Cardigann", "configContract": "CardigannSettings",
            "definitionName": indexer.name.to_lowercase(), "language": "fr-FR", "encoding": "Unicode (UTF-8)",
            "indexerUrls": [format!("http://indexer{}.example/", indexer.id)], "legacyUrls": [], "tags": [], "fields": [],
            "capabilities": {
                "limitsMax": 100, "limitsDefault": 100, "supportsRawSearch": false,
                "categories": [{"id": 7000, "name": "Books", "subCategories": [
                    {"id": 7020, "name": "Books/EBook", "subCategories": []}, {"id": 7030, "name": "Books/Comics", "subCategories": []},
                ]}],
                "searchParams": ["q"], "bookSearchParams": ["q"],
            },
        })
    };
    json_of(&state.indexers.iter().map(one).collect())
}

fn statuses(state: &Inner) -> Response {
    let one = |indexer: &Indexer| {
        let till = indexer.disabled_till.as_ref()?;
        Some(json!({
            "id": indexer.id, "indexerId": indexer.id, "disabledTill": till,
            "mostRecentFailure": "2026-11-01T09:00:00Z", "initialFailure": "2026-11-01T08:30:00Z",
        }))
    };
    json_of(&state.indexers.iter().filter_map(one).collect())
}

fn message(code: u16, text: &str) -> Response {
    let body =
        json!({"message": text, "description": format!("   at Prowlarr.Api.V1 in /src/{KEY}.cs")});
    with_status(json_of(&body), code)
}
