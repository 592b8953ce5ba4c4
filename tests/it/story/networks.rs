//! Two networks: what the forum has goes to the real aMule, and what does not come there comes as a torrent from the real qBittorrent.

use lacunarr::{
    app::App,
    domain::{grab::GrabState, link::Network},
    store::{self, Window},
    worker::{arrive, crawl},
};
use serde_json::{Value, json};

use super::{
    following::{grabs, hours_pass, look, states},
    parts::{MINUTE, Parts, arm, check, offers},
};
use crate::stand_in::{
    book::volume,
    connected_amule::ConnectedAmule,
    eventually,
    mybb::{self, Mybb, ed2k, post},
    prowlarr::Release,
    real_amule::{PASSWORD, RealAmule},
    swarm::{SOON, Swarm},
};

const TORRENT: &str = "Naruto T03 [CBZ] FR";
const FILE: &str = "Naruto T03 (Kishimoto) [Manga FR].cbz";
const VOLUME: usize = 1_500_000;

/// A forum with volume 3 in it.
fn forum() -> Mybb {
    let mybb = Mybb::start();
    let links = [ed2k(FILE, VOLUME as u64), ed2k("Naruto T01.cbz", 2_000_000)];
    mybb.thread(29, 7, "Naruto [Kishimoto]", &post(&links));
    mybb
}

/// Naruto without its third volume, the forum beside Prowlarr, and both clients.
async fn scene(amule: &ConnectedAmule, mybb: &Mybb) -> Parts<Swarm> {
    let swarm = Swarm::start();
    let torrent = swarm.joined(volume(TORRENT, 3, VOLUME));
    swarm.seed(&torrent).await;
    let releases = vec![Release::of(1, TORRENT, torrent).seeders(1)];
    let mut parts = Parts::in_swarm_shelving(swarm, &[1, 2, 4], releases).await;
    parts
        .home
        .forum(&mybb.url(), mybb::USER, mybb::PASSWORD)
        .set("SETTINGS__STALLED_ED2K_HOURS", "6")
        .set("CLIENTS__AMULE__KIND", "amule")
        .set("CLIENTS__AMULE__HOST", "127.0.0.1")
        .set("CLIENTS__AMULE__PORT", &amule.port().to_string())
        .set("CLIENTS__AMULE__PASSWORD", PASSWORD)
        .set("LIBRARIES__MANGA__PLACING", "folder");
    parts
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_come_from_amule_comes_as_a_torrent() {
    let real = RealAmule::start();
    let amule = ConnectedAmule::start(real.port());
    let mybb = forum();
    let parts = scene(&amule, &mybb).await;
    let app = parts.starts().await;
    crawl::step(&app).await.expect("the database");
    arm(&app, Some(parts.now())).await;

    // One decision over both networks: a file of ed2k, of which no one knows how many have it, before one seeder.
    let report = check(&app).await;
    assert_eq!(report.asked.len(), 2, "{:?}", report.asked);
    assert_eq!(states(&app).await, [(FILE.to_owned(), GrabState::Queued)]);
    let sent = grabs(&app).await.remove(0);
    assert_eq!(sent.content.network(), Network::Ed2k);
    let found = offers(&app).await;
    let of_forum = found.iter().find(|offer| offer.offer.title == FILE);
    assert_eq!(of_forum.expect("an offer").offer.seeders, None);
    let listed = real.amulecmd("show dl");
    assert!(listed.contains("Naruto T03"), "{listed}");

    // What is on its way on one network is not fetched on the other.
    check(&app).await;
    assert_eq!(states(&app).await.len(), 1);

    // Its own patience counts, not that of torrents.
    hours_pass(&parts, &app, 5).await;
    assert_eq!(states(&app).await, [(FILE.to_owned(), GrabState::Queued)]);
    hours_pass(&parts, &app, 2).await;
    assert_eq!(states(&app).await[0].1, GrabState::Stalled);
    eventually("aMule has paused it, and keeps it", SOON, async || {
        let listed = real.amulecmd("show dl");
        listed.contains("Naruto T03") && listed.contains("Paused")
    })
    .await;
    let replaced = grabs(&app).await.remove(1);
    assert_eq!(replaced.title, TORRENT);
    assert_eq!(replaced.content.network(), Network::Torrent);

    eventually("it is on the shelf", SOON, async || {
        parts.pass(MINUTE);
        look(&app).await;
        arrive::step(&app).await.expect("the database");
        grabs(&app).await[1].state == GrabState::OnShelf
    })
    .await;
    let there = parts.library().join("Naruto").join("Naruto T03.cbz");
    assert!(there.exists(), "it is in the library");
    assert_eq!(
        told(&app).await,
        [
            ("grab.sent", json!("amule")),
            ("grab.stalled", json!("amule")),
            ("grab.sent", json!("qbittorrent")),
            ("grab.completed", json!("qbittorrent")),
            ("grab.placed", Value::Null),
            ("volume.on_shelf", Value::Null),
        ],
        "its history says so, in this order"
    );
}

/// What happened to the volume: type and client, in order.
async fn told(app: &App) -> Vec<(&'static str, Value)> {
    const KINDS: [&str; 6] = [
        "grab.sent",
        "grab.stalled",
        "grab.failed",
        "grab.completed",
        "grab.placed",
        "volume.on_shelf",
    ];
    let all = Window {
        limit: 1_000,
        offset: 0,
    };
    let page = store::event::list(&app.db, &store::event::Filter::default(), all).await;
    let mut events = page.expect("events").records;
    events.reverse();
    let told = |event: store::event::Record| {
        let kind = KINDS.into_iter().find(|known| *known == event.kind)?;
        let data: Value = serde_json::from_str(&event.data).expect("JSON");
        Some((kind, data["client"].clone()))
    };
    events.into_iter().filter_map(told).collect()
}

/// While aMule is off, what only it could bring waits, and the torrent goes instead.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_is_down_stands_in_no_ones_way() {
    let mut real = RealAmule::start();
    let amule = ConnectedAmule::start(real.port());
    let mybb = forum();
    let parts = scene(&amule, &mybb).await;
    let app = parts.starts().await;
    crawl::step(&app).await.expect("the database");
    arm(&app, Some(parts.now())).await;
    real.stop();
    let report = check(&app).await;
    assert_eq!(
        states(&app).await,
        [(TORRENT.to_owned(), GrabState::Queued)],
        "{report:?}"
    );
    assert!(
        report.notes.iter().any(|note| note.starts_with("amule: ")),
        "{:?}",
        report.notes
    );
}

/// Without an aMule the torrent goes, and what the forum has is refused with the reason.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_client_for_it_a_network_stands_in_no_ones_way() {
    let real = RealAmule::start();
    let amule = ConnectedAmule::start(real.port());
    let mybb = forum();
    let mut parts = scene(&amule, &mybb).await;
    for name in ["KIND", "HOST", "PORT", "PASSWORD"] {
        parts.home.unset(&format!("CLIENTS__AMULE__{name}"));
    }
    let app = parts.starts().await;
    crawl::step(&app).await.expect("the database");
    arm(&app, Some(parts.now())).await;
    check(&app).await;
    assert_eq!(
        states(&app).await,
        [(TORRENT.to_owned(), GrabState::Queued)]
    );
    let found = offers(&app).await;
    let of_forum = found.iter().find(|offer| offer.offer.title == FILE);
    let of_forum = of_forum.expect("an offer");
    assert_eq!(of_forum.decision, "refused");
    assert!(
        of_forum
            .reasons
            .iter()
            .any(|reason| reason.1 == "no_client"),
        "{:?}",
        of_forum.reasons
    );
}
