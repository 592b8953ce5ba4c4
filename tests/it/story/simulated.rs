//! Evenings and months of a whole home, with a clock that the test moves and the stand-ins' logs as witnesses.

mod evening;
mod month;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use chrono::{DateTime, Utc};
use chrono_tz::Europe::Paris;
use lacunarr::{
    app::App,
    clock::{Clock, next_run},
    config,
    domain::{
        release::{Kind, parse},
        units::{DAY, MINUTE},
    },
    store::{self, Window},
    worker::{check, fresh, scan},
};
use tempfile::TempDir;

use crate::stand_in::{
    install_tls,
    program::{Home, shelve},
    prowlarr::{self, Indexer, Prowlarr, Release},
    qbittorrent::{PASSWORD, QBittorrent5, USER},
};

/// Titles that share no word with each other.
fn titles(count: usize) -> Vec<String> {
    const STARTS: [&str; 12] = [
        "Ka", "Mi", "Ro", "Tsu", "Ven", "Bel", "Dor", "Fal", "Gri", "Hon", "Ler", "Pas",
    ];
    const MIDDLES: [&str; 13] = [
        "ra", "ne", "to", "mi", "su", "la", "vi", "do", "ke", "ba", "ju", "zo", "fe",
    ];
    const ENDS: [&str; 12] = [
        "kami", "sora", "veil", "mont", "lune", "gard", "zuki", "hara", "nord", "bois", "tane",
        "rive",
    ];
    let all = STARTS.iter().flat_map(|start| {
        MIDDLES
            .iter()
            .flat_map(move |middle| ENDS.iter().map(move |end| format!("{start}{middle}{end}")))
    });
    let titles: Vec<String> = all.take(count).collect();
    assert_eq!(titles.len(), count, "more words are needed");
    titles
}

/// A home: two libraries, eight indexers, a qBittorrent, everything else as it is by default.
pub struct Simulated {
    pub app: Arc<App>,
    pub prowlarr: Prowlarr,
    pub client: QBittorrent5,
    pub at: Arc<AtomicI64>,
    home: Home,
    manga: TempDir,
    _bd: TempDir,
    seen: fresh::Seen,
    /// When each torrent came to the client, by its hash.
    added: HashMap<String, i64>,
}

impl Simulated {
    /// Two thirds of the series are manga, the others albums. `owned` says what is on the shelf of each.
    pub async fn new(
        series: usize,
        start: &str,
        owned: impl Fn(usize) -> Vec<u32>,
        settings: &[(&str, &str)],
    ) -> Self {
        install_tls();
        let (manga, bd) = (folder(), folder());
        for (number, title) in titles(series).iter().enumerate() {
            let library = if number % 3 == 2 { &bd } else { &manga };
            shelve(library.path(), title, &owned(number));
        }
        let mut indexers: Vec<Indexer> = (1..=6)
            .map(|id| Indexer::public(id, &format!("Public {id}")))
            .collect();
        indexers.extend((7..=8).map(|id| Indexer::private(id, &format!("Private {id}"))));
        let (prowlarr, client) = (Prowlarr::start(indexers, Vec::new()), QBittorrent5::start());
        let mut home = Home::new().await;
        for name in [
            "SETTINGS__KEEP_FREE_GIGABYTES",
            "SETTINGS__ACTIVE_TORRENTS",
            "SETTINGS__FRESH_MINUTES",
            "SETTINGS__GRABS_PER_NIGHT_FIRST_WEEK",
            "SETTINGS__SECONDS_BETWEEN_QUERIES",
        ] {
            home.unset(name);
        }
        home.set("SETTINGS__TIME_ZONE", "Europe/Paris")
            // Time jumps: a lease must not end in a jump, and one series at a time keeps the jumps apart.
            .set("WORK__LEASE_SECONDS", "300")
            .set("WORK__PARALLEL_CHECKS", "1")
            .library(manga.path())
            .set("LIBRARIES__BD__KIND", "folder")
            .set("LIBRARIES__BD__PATH", &path(bd.path()))
            .set("LIBRARIES__BD__CONTENT", "bd")
            .source(&prowlarr.url(), prowlarr::KEY)
            .client(&client.url(), USER, PASSWORD);
        // The time of the machine that runs the tests is not what they are about.
        home.set("SOURCES__PROWLARR__TIMEOUT_SECONDS", "120")
            .set("CLIENTS__QBITTORRENT__TIMEOUT_SECONDS", "120");
        for (name, value) in settings {
            home.set(name, value);
        }
        let start: DateTime<Utc> = start.parse().expect("a time");
        let at = Arc::new(AtomicI64::new(start.timestamp_millis()));
        prowlarr.set_clock(Clock::Set(at.clone()));
        let app = opened(&home, &at).await;
        Self {
            app,
            prowlarr,
            client,
            at,
            home,
            manga,
            _bd: bd,
            seen: fresh::Seen::default(),
            added: HashMap::new(),
        }
    }

    /// The process ends, and another one begins.
    pub async fn restart(&mut self) {
        self.app.stop.cancel();
        self.app = opened(&self.home, &self.at).await;
        self.seen = fresh::Seen::default();
    }

    pub fn now(&self) -> i64 {
        self.at.load(Ordering::Relaxed)
    }

    pub async fn scan(&self) {
        scan::step(&self.app).await.expect("a scan");
    }

    pub async fn arm(&self) {
        for row in store::connection::list(&self.app.db, "library")
            .await
            .expect("libraries")
        {
            let mut tx = self.app.db.begin().await.expect("a transaction");
            store::library::arm(&mut tx, row.id, Some(self.now()))
                .await
                .expect("armed");
            tx.commit().await.expect("armed");
        }
    }

    /// Goes on for so long, from one look at recent releases to the next: what is due happens, the schedule strikes at one at night.
    pub async fn live(&mut self, millis: i64) {
        let end = self.now() + millis;
        let settings = self.app.settings().await.expect("settings");
        let step = settings.fresh_minutes * MINUTE;
        while self.now() < end {
            let before = self.now();
            fresh::step(&self.app, &mut self.seen)
                .await
                .expect("a look");
            self.work().await;
            let next = (self.now() / step + 1) * step;
            self.at.fetch_max(next, Ordering::Relaxed);
            let strikes = next_run(&settings.check_schedule, Paris, before);
            if strikes.is_some_and(|at| at <= self.now()) {
                check::request_scheduled(&self.app)
                    .await
                    .expect("asked for");
                self.work().await;
            }
        }
    }

    async fn work(&mut self) {
        while check::step(&self.app).await.expect("it works") != check::Step::Idle {}
        let now = self.now();
        for held in self.client.torrents() {
            self.added.entry(held.hash).or_insert(now);
        }
    }

    /// Downloads of which `is_done` says so end, and their volumes are put on the shelf where they are read.
    pub fn finish_downloads(&self, is_done: impl Fn(i64, &str) -> bool) {
        for held in self.client.torrents() {
            let since = self.now() - self.added.get(&held.hash).copied().unwrap_or(self.now());
            if held.progress >= 1.0 || !is_done(since, &held.name) {
                continue;
            }
            self.client.advance(&held.hash, "stoppedUP", 1.0);
            let (title, volumes) = promised(&held.name);
            let library = match self.manga.path().join(&title).is_dir() {
                true => self.manga.path(),
                false => self._bd.path(),
            };
            shelve(library, &title, &volumes);
        }
    }

    /// Of each local day, how often each indexer was asked.
    pub fn queries_by_day(&self) -> BTreeMap<(String, i64), usize> {
        let mut counts = BTreeMap::new();
        for query in self.prowlarr.queries() {
            let day = lacunarr::clock::day(query.at, Paris);
            for indexer in asked(&query.indexers) {
                *counts.entry((day.clone(), indexer)).or_default() += 1;
            }
        }
        counts
    }

    /// Every budget holds, as the stand-ins saw it.
    pub fn assert_polite(&self) {
        for ((day, indexer), count) in self.queries_by_day() {
            let most = if indexer >= 7 { 100 } else { 300 };
            assert!(count <= most, "{count} queries to {indexer} on {day}");
        }
        let mut last: HashMap<i64, i64> = HashMap::new();
        for query in self.prowlarr.queries() {
            for indexer in asked(&query.indexers) {
                if let Some(before) = last.insert(indexer, query.at) {
                    assert!(
                        query.at - before >= 10_000,
                        "two queries to {indexer} within {} ms",
                        query.at - before
                    );
                }
            }
        }
    }

    /// Releases and bytes of each night, which goes from noon to noon.
    pub fn sent_by_night(&self) -> BTreeMap<String, (usize, u64)> {
        let mut nights: BTreeMap<String, (usize, u64)> = BTreeMap::new();
        for held in self.client.torrents() {
            let night = lacunarr::clock::day(self.added[&held.hash] - DAY / 2, Paris);
            let sums = nights.entry(night).or_default();
            sums.0 += 1;
            sums.1 += held.size.expect("a torrent file says it");
        }
        nights
    }

    /// Every volume that was sent, by series; one that was sent twice ends the test.
    pub fn sent_volumes(&self) -> BTreeMap<String, BTreeSet<u32>> {
        let mut sent: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
        for held in self.client.torrents() {
            let (title, volumes) = promised(&held.name);
            for volume in volumes {
                let is_new = sent.entry(title.clone()).or_default().insert(volume);
                assert!(is_new, "{title} {volume} was sent twice");
            }
        }
        sent
    }

    /// How many events of each type there are.
    pub async fn events(&self) -> BTreeMap<String, usize> {
        let window = Window {
            limit: 100_000,
            offset: 0,
        };
        let events = store::event::list(&self.app.db, &store::event::Filter::default(), window)
            .await
            .expect("the history");
        let mut counts = BTreeMap::new();
        for event in events.records {
            *counts.entry(event.kind).or_default() += 1;
        }
        counts
    }
}

async fn opened(home: &Home, at: &Arc<AtomicI64>) -> Arc<App> {
    let config = config::load(&home.data(), None, home.environment()).expect("a configuration");
    App::open(config, Clock::Set(at.clone()))
        .await
        .expect("it starts")
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn path(folder: &Path) -> String {
    folder.to_str().expect("UTF-8").to_owned()
}

/// −2 stands for every torrent indexer.
fn asked(indexers: &[i64]) -> Vec<i64> {
    match indexers {
        [] | [-2] => (1..=8).collect(),
        some => some.to_vec(),
    }
}

/// Series and volumes of a release name that the test made.
fn promised(name: &str) -> (String, Vec<u32>) {
    let release = parse(name, Kind::Manga);
    let title = release.series.expect("a title").into_owned();
    let volumes = release
        .volumes
        .iter()
        .map(|volume| u32::try_from(volume.hundredths() / 100).expect("a whole volume"));
    (title, volumes.collect())
}

/// What is offered for a series, and whether it may go by itself.
pub fn offered(
    title: &str,
    number: usize,
    missing: &[u32],
    published: &str,
) -> (Vec<Release>, bool) {
    let indexer = (number % 8 + 1) as i64;
    let size = 60_000_000 + (number as u64 % 9) * 10_000_000;
    let of = |name: String, size: u64| Release::new(indexer, &name).size(size).published(published);
    let single = |volume: &u32| of(format!("{title} T{volume:02} [CBZ] FR"), size);
    match number % 10 {
        0..=4 => (missing.iter().map(single).collect(), true),
        5 => (
            vec![of(format!("{title} T01 à T20 [CBZ] FR"), 20 * size)],
            false,
        ),
        6 => (
            vec![of(
                format!("{title} Vol. {:02} [English] [CBZ]", missing[0]),
                size,
            )],
            false,
        ),
        7 => (
            vec![of(format!("{title} {:02} [CBZ] FR", missing[0]), size)],
            false,
        ),
        8 => (
            vec![of(
                format!("{title} T{:02} [CBZ] FR", missing[0]),
                3_000_000,
            )],
            false,
        ),
        _ => (Vec::new(), false),
    }
}
