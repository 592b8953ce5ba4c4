//! Two replicas on one database, and whatever may happen to a series in any order: ticks, marks, sends by hand, approvals,
//! releases that come by themselves, faults of the client, and replicas that are killed in the middle.
//!
//! Two hundred schedules on PostgreSQL, a hundred on SQLite; `tests/run schedules-all` runs a thousand. `LACUNARR_TEST_SEED` repeats
//! a run.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use futures_util::future::join_all;
use lacunarr::{
    app::App,
    clock::Clock,
    config,
    domain::{offer::Offer, volume::VolumeSet},
    pipeline::{self, Options, sending},
    reviewing::{self, Approval},
    store::{self, Window},
    worker::{check, scan},
};
use tokio::runtime::Runtime;

use crate::stand_in::{
    install_tls,
    program::{Home, shelve},
    prowlarr::{self, Indexer, Prowlarr, Release},
    qbittorrent::{Fault, Held, PASSWORD, QBittorrent5, USER},
};

const MISSING: std::ops::RangeInclusive<u32> = 3..=6;
/// Series to which things happen at the same time.
const AT_ONCE: usize = 25;
/// As [`Home`] sets it.
const LEASE_MILLIS: i64 = 2_000;
const ALL: Window = Window {
    limit: 500,
    offset: 0,
};

/// SplitMix64: the same seed, the same schedules.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

/// A process, as far as the database and the other programs can tell: what runs in it ends with it.
struct Replica {
    runtime: Runtime,
    app: Arc<App>,
}

impl Replica {
    fn start(home: &Home, at: &Arc<AtomicI64>) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        let config = config::load(&home.data(), None, home.environment()).expect("a configuration");
        let app = runtime
            .block_on(App::open(config, Clock::Set(at.clone())))
            .expect("it starts");
        Self { runtime, app }
    }
}

/// What happens to a series.
#[derive(Clone, Copy, Debug)]
enum Happening {
    Tick,
    Marked,
    ByHand(u64),
    Approved(u64),
    Arrived,
    RoomAgain,
}

impl Happening {
    fn any(chance: &mut Chance) -> Self {
        match chance.below(8) {
            0 | 1 => Self::Tick,
            2 => Self::Marked,
            3 | 4 => Self::ByHand(chance.below(1_000)),
            5 => Self::Approved(chance.below(1_000)),
            6 => Self::Arrived,
            _ => Self::RoomAgain,
        }
    }

    /// Refusals are answers like others: what counts is what the client has in the end.
    async fn happen(self, app: &Arc<App>, series: i64) {
        let tick = Options {
            dry_run: false,
            by_hand: false,
            run_began: None,
        };
        match self {
            Self::Tick => drop(pipeline::check_series(app, series, tick).await),
            Self::Marked => {
                let mut tx = app.db.begin().await.expect("a transaction");
                store::series::mark_due(&mut tx, series, app.clock.now())
                    .await
                    .expect("marked");
                tx.commit().await.expect("marked");
                drop(check::step(app).await);
            }
            Self::ByHand(which) => {
                let offers = store::offer::list(&app.db, Some(series), "", ALL)
                    .await
                    .expect("offers")
                    .records;
                if !offers.is_empty() {
                    let offer = &offers[which as usize % offers.len()];
                    // Now and then for some of its volumes only.
                    let some: Option<VolumeSet> =
                        (which % 3 == 0).then(|| offer.volumes.iter().take(2).collect());
                    drop(sending::grab_by_hand(app, offer.id, some).await);
                }
            }
            Self::Approved(which) => {
                let reviews = store::review::list(&app.db, "open", Some(series), ALL)
                    .await
                    .expect("reviews")
                    .records;
                if !reviews.is_empty() {
                    let review = &reviews[which as usize % reviews.len()];
                    drop(reviewing::approve(app, review.id, Approval::default()).await);
                }
            }
            Self::Arrived => {
                let offers: Vec<Offer> = store::offer::accepted(&app.db, series, 0)
                    .await
                    .expect("offers");
                drop(
                    pipeline::consider(app, series, &offers, app.clock.now(), Duration::ZERO).await,
                );
            }
            Self::RoomAgain => drop(pipeline::reconsider(app, series).await),
        }
    }
}

/// Of each missing volume a good release, a worse one and one to be asked about; of every third series a pack of all.
fn releases(title: &str) -> Vec<Release> {
    let mut releases: Vec<Release> = MISSING
        .flat_map(|volume| {
            [
                Release::new(1, &format!("{title} T{volume:02} [CBZ] FR")),
                Release::new(2, &format!("{title} T{volume:02} [CBZ] FR-Papa")).seeders(2),
                Release::new(2, &format!("{title} {volume:02} [CBZ] FR")),
            ]
        })
        .collect();
    if title.bytes().last().is_some_and(|letter| letter % 3 == 0) {
        releases.push(Release::new(1, &format!("{title} T03-T06 [CBZ] FR")).seeders(1));
    }
    releases.push(Release::new(2, &format!("{title} T05-T06 [CBZ] FR")));
    releases
}

fn title(number: usize) -> String {
    let letter = |place: usize| char::from(b'a' + (number / 26_usize.pow(place as u32) % 26) as u8);
    format!("Kuro{}{}{}", letter(2), letter(1), letter(0))
}

fn fault(chance: &mut Chance) -> Option<Fault> {
    match chance.below(10) {
        0 => Some(Fault::ListedLate(2)),
        1 => Some(Fault::NeverListed),
        2 => Some(Fault::RefusesAll),
        3 => Some(Fault::Down),
        4 => Some(Fault::Slow(Duration::from_millis(30))),
        _ => None,
    }
}

fn number(variable: &str) -> Option<usize> {
    std::env::var(variable).ok()?.parse().ok()
}

#[test]
fn whatever_happens_in_whatever_order_nothing_is_sent_for_a_volume_that_is_on_its_way() {
    install_tls();
    let setup = Runtime::new().expect("a runtime");
    let mut home = setup.block_on(Home::new());
    // A thread of SQLite outlives its runtime with its transaction; processes that are killed there have their own story.
    let (schedules, kill) = match home.database() {
        Some(_) => (200, true),
        None => (100, false),
    };
    let schedules = number("LACUNARR_TEST_SCHEDULES").unwrap_or(schedules);
    let seed = number("LACUNARR_TEST_SEED").unwrap_or(20_261_123) as u64;
    let library = tempfile::tempdir().expect("a folder");
    for number in 0..schedules {
        shelve(library.path(), &title(number), &[1, 2, 7]);
    }
    let indexers = vec![Indexer::public(1, "One"), Indexer::public(2, "Two")];
    let prowlarr = Prowlarr::start(indexers, Vec::new());
    let client = QBittorrent5::start();
    home.set("SETTINGS__GRABS_PER_NIGHT", "10000")
        .set("SETTINGS__GRABS_PER_NIGHT_FIRST_WEEK", "10000")
        .set("SETTINGS__GIGABYTES_PER_NIGHT", "100000")
        .set("SETTINGS__GIGABYTES_PER_NIGHT_FIRST_WEEK", "100000")
        .set("SETTINGS__QUERIES_PER_DAY", "100000")
        .set("SETTINGS__TIME_ZONE", "UTC")
        .library(library.path())
        .source(&prowlarr.url(), prowlarr::KEY)
        .client(&client.url(), USER, PASSWORD);
    let at = Arc::new(AtomicI64::new(1_793_577_600_000));
    let mut replicas = [Replica::start(&home, &at), Replica::start(&home, &at)];
    let series = setup.block_on(async {
        let app = &replicas[0].app;
        scan::step(app).await.expect("a scan");
        let mut tx = app.db.begin().await.expect("a transaction");
        store::library::arm(&mut tx, 1, Some(app.clock.now()))
            .await
            .expect("armed");
        tx.commit().await.expect("armed");
        let mut by_title = BTreeMap::new();
        for id in store::series::ids(&app.db, false).await.expect("series") {
            let stored = store::series::get(&app.db, id).await.expect("a row");
            by_title.insert(stored.expect("a series").series.title, id);
        }
        by_title
    });
    let mut chance = Chance(seed);
    let (mut sent, mut kills) = (0, 0);
    let numbers: Vec<usize> = (0..schedules).collect();
    for round in numbers.chunks(AT_ONCE) {
        let when = format!("schedules from {} of seed {seed}", round[0]);
        let titles: Vec<String> = round.iter().map(|number| title(*number)).collect();
        let ids: Vec<i64> = titles.iter().map(|title| series[title]).collect();
        for release in titles.iter().flat_map(|title| releases(title)) {
            prowlarr.offer(release);
        }
        client.fail(fault(&mut chance));
        let mut running = Vec::new();
        for (which, replica) in replicas.iter().enumerate() {
            for id in ids.clone() {
                let happenings: Vec<Happening> =
                    (0..3).map(|_| Happening::any(&mut chance)).collect();
                let app = replica.app.clone();
                let task = replica.runtime.spawn(async move {
                    for happening in happenings {
                        happening.happen(&app, id).await;
                    }
                });
                running.push((which, task));
            }
        }
        let killed = (kill && chance.below(2) == 0).then(|| chance.below(2) as usize);
        if let Some(killed) = killed {
            std::thread::sleep(Duration::from_millis(chance.below(400)));
            let fresh = Replica::start(&home, &at);
            let old = std::mem::replace(&mut replicas[killed], fresh);
            old.runtime.shutdown_background();
            // Its leases end, and those of the other one too, as if that had been frozen for a while.
            at.fetch_add(LEASE_MILLIS + 1, Ordering::Relaxed);
            kills += 1;
        }
        for (which, task) in running {
            let ended = setup.block_on(task);
            assert!(ended.is_ok() || killed == Some(which), "{when}: {ended:?}");
        }
        // All is well again, and what was in doubt is asked.
        client.fail(None);
        for replica in &replicas {
            at.fetch_add(15 * 60_000, Ordering::Relaxed);
            let ticks = ids
                .iter()
                .map(|id| Happening::Tick.happen(&replica.app, *id));
            replica.runtime.block_on(join_all(ticks));
        }
        for (title, id) in titles.iter().zip(&ids) {
            let held = client.torrents();
            let held: Vec<Held> = held
                .into_iter()
                .filter(|held| held.name.starts_with(title))
                .collect();
            setup.block_on(assert_once(&replicas[0].app, &held, *id, &when));
            sent += held.len();
            held.iter().for_each(|held| client.remove(&held.hash));
            for release in releases(title) {
                prowlarr.withdraw(&release.title);
            }
        }
    }
    println!("{schedules} schedules, {kills} kills, {sent} releases sent; seed {seed}");
    assert!(sent > 2 * schedules, "{sent}: nothing much happened");
    assert!(!kill || kills > schedules / AT_ONCE / 4, "{kills}");
}

/// Every torrent in the client belongs to one live grab, no volume to two of them, and in the end every volume is on its way.
async fn assert_once(app: &App, torrents: &[Held], series: i64, when: &str) {
    let filter = store::grab::Filter {
        series: Some(series),
        ..store::grab::Filter::default()
    };
    let grabs = store::grab::list(&app.db, filter, ALL)
        .await
        .expect("grabs")
        .records;
    let live: Vec<_> = grabs.iter().filter(|grab| grab.state.is_live()).collect();
    for held in torrents {
        let of_it = live
            .iter()
            .filter(|grab| grab.content.as_hex().contains(&held.hash));
        assert_eq!(
            of_it.count(),
            1,
            "{when}: {} is in the client; grabs: {grabs:#?}",
            held.name
        );
    }
    assert_eq!(live.len(), torrents.len(), "{when}: {grabs:#?}");
    let mut reserved = VolumeSet::default();
    for volume in live.iter().flat_map(|grab| grab.reserves.iter()) {
        assert!(
            !reserved.contains(volume),
            "{when}: {volume} twice; {grabs:#?}"
        );
        reserved.insert(volume);
    }
    assert_eq!(reserved, VolumeSet::range(3, 6), "{when}: {grabs:#?}");
}
