//! The real client really downloads what it is sent, from another one of its kind, and that is followed to its end.

use std::{os::unix::fs::MetadataExt, path::PathBuf, sync::Arc};

use lacunarr::{app::App, arrival, domain::grab::GrabState, store, worker::arrive};

use super::{
    following::{grabs, hours_pass, look, sent, states},
    parts::{MINUTE, Parts, check},
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

#[tokio::test(flavor = "multi_thread")]
async fn of_a_pack_of_ten_the_three_that_are_missing_are_fetched_placed_and_seen() {
    const PACK: &str = "Naruto T01-T10 [CBZ] FR";
    let swarm = Swarm::start();
    let torrent = swarm.joined(pack(PACK, "Naruto", 1..=10, SMALL));
    swarm.seed(&torrent).await;
    let releases = vec![
        Release::of(1, PACK, torrent.clone()).seeders(50),
        // The same one, as another indexer calls it.
        Release::of(2, "Naruto T01 à T10 FRENCH [CBZ]", torrent.clone()).seeders(5),
    ];
    let shelf = [1, 2, 4, 5, 6, 8, 10];
    let mut parts = Parts::in_swarm_shelving(swarm, &shelf, releases).await;
    parts.home.set("LIBRARIES__MANGA__PLACING", "folder");
    let app = sent(&mut parts).await;
    assert_eq!(
        states(&app).await,
        [(PACK.to_owned(), GrabState::Queued)],
        "one of the two"
    );
    eventually("it is on the shelf", SOON, async || {
        look(&app).await;
        arrive::step(&app).await.expect("the database");
        grabs(&app).await[0].state == GrabState::OnShelf
    })
    .await;

    // Only these three were fetched, and the library's files are the client's.
    let there = place(&parts.client, &torrent).await;
    let in_library = parts.library().join("Naruto");
    for number in 1..=10 {
        let name = format!("Naruto T{number:02}.cbz");
        let wanted = [3, 7, 9].contains(&number);
        assert_eq!(there.join(&name).exists(), wanted, "{name}");
        if wanted {
            let inode = |path: PathBuf| std::fs::metadata(path).expect("a file").ino();
            assert_eq!(inode(in_library.join(&name)), inode(there.join(&name)));
        }
    }
    let stored = store::series::get(&app.db, 1).await.expect("the database");
    assert_eq!(
        stored.expect("Naruto").shelf.present.to_string(),
        "1-10",
        "the library shows them"
    );

    // It was the wrong one: the state before, and not the same pack from elsewhere.
    let rejected = arrival::reject(&app, 1).await.expect("rejected");
    assert_eq!(rejected.taken_back.len(), 3);
    let left = std::fs::read_dir(&in_library).expect("a folder").count();
    assert_eq!(left, shelf.len());
    check(&app).await;
    assert_eq!(
        states(&app).await,
        [(PACK.to_owned(), GrabState::Rejected)],
        "the same release under another name is not taken"
    );
    assert!(there.join("Naruto T03.cbz").exists(), "the client keeps it");
}
