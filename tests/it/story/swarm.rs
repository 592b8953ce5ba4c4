//! The real client really downloads what it is sent, from another one of its kind, and that is followed to its end.

use std::{path::PathBuf, sync::Arc};

use lacunarr::{
    app::App,
    domain::{edition::Edition, grab::GrabState},
    reviewing::{self, Approval},
    store::{self, Window},
    taste,
    verification::{self, Promise},
};

use super::{
    following::{grabs, hours_pass, look, sent, states},
    parts::{MINUTE, Parts, arm, check},
};
use crate::stand_in::{
    book::{cbz, pack, volume},
    eventually,
    prowlarr::{Link, Release},
    swarm::{SOON, Swarm},
    torrent::Torrent,
    web_api::WebApi,
};

const THIRD: &str = "Naruto T03 [CBZ] FR";
const OTHER: &str = "Naruto T03 FRENCH [CBZ] FR";
const HOUR: i64 = 60 * MINUTE;
const VOLUME: usize = 1_500_000;
const SMALL: usize = 300_000;

/// Looks until this grab is in that state.
async fn becomes(app: &Arc<App>, grab: usize, state: GrabState) {
    eventually(&format!("it is {}", state.word()), SOON, async || {
        look(app).await;
        grabs(app).await[grab].state == state
    })
    .await;
}

/// Where the client says that it lies.
async fn place(swarm: &Swarm, torrent: &Torrent) -> PathBuf {
    let api = WebApi::login(swarm.client.url()).await;
    let listed = api.torrent(&torrent.hashes().id()).await;
    let path = listed.expect("it is listed")["content_path"].clone();
    path.as_str().expect("a path").into()
}

async fn on_disk(swarm: &Swarm, torrent: &Torrent) -> Vec<u8> {
    std::fs::read(place(swarm, torrent).await).expect("the volume")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_comes_and_is_done() {
    let swarm = Swarm::start();
    let file = swarm.joined(volume(THIRD, 3, VOLUME));
    let magnet = swarm.joined(volume("Naruto T04 [CBZ] FR", 4, VOLUME));
    for torrent in [&file, &magnet] {
        swarm.seed(torrent).await;
    }
    let releases = vec![
        Release::of(1, THIRD, file.clone()),
        Release::of(1, "Naruto T04 [CBZ] FR", magnet.clone()).link(Link::RedirectMagnet),
    ];
    let mut parts = Parts::in_swarm(swarm, releases).await;
    let app = sent(&mut parts).await;
    assert_eq!(states(&app).await.len(), 2, "{:?}", states(&app).await);
    for (at, torrent, number) in [(0, &file, 3), (1, &magnet, 4)] {
        becomes(&app, at, GrabState::Done).await;
        assert!(on_disk(&parts.client, torrent).await == cbz(number, VOLUME));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_of_the_client_and_a_seeder_that_is_away_blame_nothing() {
    let swarm = Swarm::start();
    let torrent = swarm.joined(volume(THIRD, 3, VOLUME));
    swarm.seed(&torrent).await;
    swarm.throttle(&torrent, 60_000).await;
    let releases = vec![
        Release::of(1, THIRD, torrent.clone()).seeders(50),
        Release::of(2, OTHER, Torrent::new("x").claims("x", VOLUME as u64)),
    ];
    let mut parts = Parts::in_swarm(swarm, releases).await;
    let app = sent(&mut parts).await;
    becomes(&app, 0, GrabState::Downloading).await;

    // The client is away, then back: it is asked again when it has rested.
    parts.client.client.stop();
    hours_pass(&parts, &app, 47).await;
    parts.client.client.start_again();
    parts.pass(10 * MINUTE);
    parts.client.reaches(&torrent, 0.1).await;
    becomes(&app, 0, GrabState::Downloading).await;

    parts.client.seeder.stop();
    parts.client.is_alone(&torrent).await;
    look(&app).await;
    hours_pass(&parts, &app, 40).await;
    assert_eq!(
        states(&app).await,
        [(THIRD.to_owned(), GrabState::Downloading)]
    );
    // The last bytes may have come after the seeder was told to stop.
    let idle = grabs(&app).await[0].track.idle;
    let away = 38 * HOUR..=40 * HOUR;
    assert!(
        away.contains(&idle),
        "that the client was away does not count: {idle}"
    );

    parts.client.seeder.start_again();
    parts.client.throttle(&torrent, 0).await;
    becomes(&app, 0, GrabState::Done).await;
    assert!(on_disk(&parts.client, &torrent).await == cbz(3, VOLUME));
    assert_eq!(states(&app).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_seeds_is_replaced_by_what_comes() {
    let swarm = Swarm::start();
    let dead = swarm.joined(volume(THIRD, 3, VOLUME));
    let alive = swarm.joined(volume(OTHER, 33, VOLUME));
    swarm.seed(&alive).await;
    let releases = vec![
        Release::of(1, THIRD, dead).seeders(50),
        Release::of(2, OTHER, alive.clone()).seeders(5),
    ];
    let mut parts = Parts::in_swarm(swarm, releases).await;
    let app = sent(&mut parts).await;
    assert_eq!(states(&app).await, [(THIRD.to_owned(), GrabState::Queued)]);
    // It is checked first, and no time passes in that.
    eventually("it waits for someone", SOON, async || {
        look(&app).await;
        grabs(&app).await[0].track.doing.can_move()
    })
    .await;
    hours_pass(&parts, &app, 47).await;
    assert_eq!(states(&app).await, [(THIRD.to_owned(), GrabState::Queued)]);
    hours_pass(&parts, &app, 1).await;
    assert_eq!(states(&app).await[0].1, GrabState::Stalled);
    becomes(&app, 1, GrabState::Done).await;
    assert_eq!(states(&app).await[1].0, OTHER);
    assert!(on_disk(&parts.client, &alive).await == cbz(33, VOLUME));
}

/// What a story of packs begins with: two of ten volumes are wanted, and a human says yes.
#[tokio::test(flavor = "multi_thread")]
async fn a_pack_that_a_human_takes_comes_whole() {
    let title = "Naruto T01-T10 [CBZ] FR";
    let swarm = Swarm::start();
    let torrent = swarm.joined(pack(title, "Naruto", 1..=10, SMALL));
    swarm.seed(&torrent).await;
    let parts = Parts::in_swarm(swarm, vec![Release::of(1, title, torrent.clone())]).await;
    let app = parts.starts().await;
    arm(&app, Some(app.clock.now())).await;
    let report = check(&app).await;
    assert_eq!(report.offers[0].reasons.len(), 1, "{:?}", report.offers);
    assert_eq!(report.offers[0].volumes.to_string(), "1-10");
    let all = Window {
        limit: 10,
        offset: 0,
    };
    let open = store::review::list(&app.db, "open", None, all).await;
    let review = open.expect("reviews").records.remove(0);
    let approved = reviewing::approve(&app, review.id, Approval::default()).await;
    approved.expect("approved");
    becomes(&app, 0, GrabState::Done).await;
    // What lies there is what was promised, to the byte and to the reader of books.
    let folder = place(&parts.client, &torrent).await;
    for number in 1..=10 {
        let path = folder.join(format!("Naruto T{number:02}.cbz"));
        assert!(std::fs::read(path).expect("a volume") == cbz(number, SMALL));
    }
    let stored = store::series::get(&app.db, 1).await.expect("an answer");
    let stored = stored.expect("Naruto");
    let (_, profile) = taste::profile_of(&app, &stored).await.expect("a profile");
    let promise = Promise {
        volumes: &report.offers[0].volumes,
        series: &stored.series,
        edition: Edition::Standard,
        profile: &profile,
        lexicon: app.lexicon,
        bytes: Some(torrent.size()),
        selected: None,
        accepted: &[],
    };
    let verified = verification::verify(&folder, &promise);
    assert_eq!(verified.problems, []);
    assert_eq!(verified.volumes.len(), 10);
    for (volume, books) in verified.volumes {
        let books = books.unwrap_or_else(|fault| panic!("{volume}: {fault:?}"));
        assert_eq!((books.len(), books[0].pages), (1, Some(100)), "{volume}");
    }
}
