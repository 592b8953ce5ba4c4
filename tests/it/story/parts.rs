//! The program's own parts, as many processes as a story needs, with a clock that it moves.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use lacunarr::{
    app::App,
    clock::Clock,
    config,
    domain::report::SeriesReport,
    pipeline::{self, Options},
    store::{self, Window, offer::StoredOffer},
    worker::scan,
};
use tempfile::TempDir;
use url::Url;

use crate::stand_in::{
    install_tls,
    program::{Home, shelve},
    prowlarr::{self, Indexer, Prowlarr, Release},
    qbittorrent::{PASSWORD, QBittorrent5, USER},
    swarm::Swarm,
};

pub const MINUTE: i64 = 60_000;
pub const DAY: i64 = 24 * 60 * MINUTE;

/// A process with this clock, which has scanned.
pub async fn started(home: &Home, at: &Arc<AtomicI64>) -> Arc<App> {
    let config = config::load(&home.data(), None, home.environment());
    let config = config.expect("a configuration");
    let app = App::open(config, Clock::Set(at.clone())).await;
    let app = app.expect("it starts");
    scan::step(&app).await.expect("a scan");
    app
}

/// Naruto, of which 3 and 4 are missing; two indexers and a client, which is the stand-in of qBittorrent 5 unless it is another one.
pub struct Parts<C = QBittorrent5> {
    pub prowlarr: Prowlarr,
    pub client: C,
    pub home: Home,
    at: Arc<AtomicI64>,
    library: TempDir,
}

impl Parts {
    pub async fn new(releases: Vec<Release>) -> Self {
        let indexers = vec![Indexer::public(1, "Nyaa"), Indexer::public(2, "Other")];
        Self::with(indexers, releases).await
    }

    pub async fn with(indexers: Vec<Indexer>, releases: Vec<Release>) -> Self {
        Self::shelving(&[1, 2, 5], indexers, releases).await
    }

    /// With these volumes on the shelf.
    pub async fn shelving(shelf: &[u32], indexers: Vec<Indexer>, releases: Vec<Release>) -> Self {
        let client = QBittorrent5::start();
        let url = client.url();
        Self::of(client, &url, shelf, indexers, releases).await
    }
}

impl Parts<Swarm> {
    /// With the real client of a swarm, which downloads at once. Volumes may be small.
    pub async fn in_swarm(swarm: Swarm, releases: Vec<Release>) -> Self {
        Self::in_swarm_shelving(swarm, &[1, 2, 5], releases).await
    }

    /// With these volumes on the shelf.
    pub async fn in_swarm_shelving(swarm: Swarm, shelf: &[u32], releases: Vec<Release>) -> Self {
        let indexers = vec![Indexer::public(1, "Nyaa"), Indexer::public(2, "Other")];
        let url = swarm.client.url();
        let mut parts = Self::of(swarm, &url, shelf, indexers, releases).await;
        parts.home.takes_small_volumes();
        parts.home.set("CLIENTS__QBITTORRENT__PAUSED", "false");
        parts
    }
}

impl<C> Parts<C> {
    async fn of(
        client: C,
        url: &Url,
        shelf: &[u32],
        indexers: Vec<Indexer>,
        releases: Vec<Release>,
    ) -> Self {
        install_tls();
        let library = tempfile::tempdir().expect("a folder");
        shelve(library.path(), "Naruto", shelf);
        let prowlarr = Prowlarr::start(indexers, releases);
        let mut home = Home::new().await;
        home.library(library.path())
            .source(&prowlarr.url(), prowlarr::KEY)
            .client(url, USER, PASSWORD);
        Self {
            prowlarr,
            client,
            home,
            at: Arc::new(AtomicI64::new(1_793_577_600_000)),
            library,
        }
    }

    /// A process on the home's database, which has scanned.
    pub async fn starts(&self) -> Arc<App> {
        let config = config::load(&self.home.data(), None, self.home.environment())
            .expect("a configuration");
        let app = App::open(config, Clock::Set(self.at.clone())).await;
        let app = app.expect("it starts");
        scan::step(&app).await.expect("a scan");
        app
    }

    pub fn library(&self) -> &std::path::Path {
        self.library.path()
    }

    /// Milliseconds since the epoch.
    pub fn now(&self) -> i64 {
        self.at.load(Ordering::Relaxed)
    }

    pub fn pass(&self, millis: i64) {
        self.at.fetch_add(millis, Ordering::Relaxed);
    }
}

/// Arms the library then, or disarms it.
pub async fn arm(app: &App, armed_at: Option<i64>) {
    let mut tx = app.db.begin().await.expect("a transaction");
    let armed = store::library::arm(&mut tx, 1, armed_at).await;
    armed.expect("armed");
    tx.commit().await.expect("armed");
}

/// Checks Naruto, as the schedule does.
pub async fn check(app: &Arc<App>) -> SeriesReport {
    let options = Options {
        dry_run: false,
        by_hand: false,
        run_began: None,
    };
    let mut checked = pipeline::check_series(app, 1, options)
        .await
        .expect("a check");
    let report = std::mem::take(&mut checked.report);
    let written = pipeline::write_checked(app, vec![checked], async |_| Ok(())).await;
    written.expect("written down");
    report
}

/// The offers of Naruto.
pub async fn offers(app: &App) -> Vec<StoredOffer> {
    let all = Window {
        limit: 500,
        offset: 0,
    };
    let page = store::offer::list(&app.db, Some(1), "", all).await;
    page.expect("offers").records
}
