//! What was sent is followed: it comes, it is complete, or another release takes its place.

mod leaving;

use std::sync::Arc;

use lacunarr::{
    app::App,
    domain::{grab::GrabState, link::ContentId, selection::Choosing, volume::VolumeNumber},
    health,
    pipeline::sending::STALLED_TAG,
    store::{self, Window, grab::Grab},
    worker::{
        health as worker_health,
        track::{self, Tracked},
    },
};

use super::parts::{MINUTE, Parts, arm, check};
use crate::stand_in::{
    prowlarr::{Indexer, Release},
    qbittorrent::Fault,
    torrent::Torrent,
    web_api::WebApi,
};

const HOUR: i64 = 60 * MINUTE;

pub async fn grabs(app: &App) -> Vec<Grab> {
    let all = Window {
        limit: 100,
        offset: 0,
    };
    let page = store::grab::list(&app.db, store::grab::Filter::default(), all).await;
    let mut grabs = page.expect("grabs").records;
    grabs.reverse();
    grabs
}

pub async fn states(app: &App) -> Vec<(String, GrabState)> {
    let grabs = grabs(app).await;
    grabs
        .into_iter()
        .map(|grab| (grab.title, grab.state))
        .collect()
}

pub async fn look(app: &Arc<App>) -> Tracked {
    track::step(app).await.expect("the database")
}

/// Looks every ten minutes, the longest that counts, and once at the end of it.
pub async fn hours_pass<C>(parts: &Parts<C>, app: &Arc<App>, hours: i64) {
    for _ in 0..hours * 6 {
        parts.pass(10 * MINUTE);
        look(app).await;
    }
}

/// The first check of an armed library, with whatever is sent by itself: of [`both`], Naruto 3 from the first of its two releases, and 4.
pub async fn sent<C>(parts: &mut Parts<C>) -> Arc<App> {
    parts.home.set("LIBRARIES__MANGA__ARMED", "true");
    let app = parts.starts().await;
    check(&app).await;
    app
}

fn both() -> Vec<Release> {
    vec![
        Release::new(1, "Naruto T03 [CBZ] FR").seeders(50),
        Release::new(2, "Naruto T03 FRENCH [CBZ] FR").seeders(5),
        Release::new(1, "Naruto T04 [CBZ] FR").seeders(40),
    ]
}

fn hash_of(parts: &Parts, name: &str) -> String {
    let held = parts.client.torrents();
    let found = held.iter().find(|held| held.name == name);
    found
        .unwrap_or_else(|| panic!("{name} among {held:?}"))
        .hash
        .clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_is_seen_with_one_question_and_what_is_complete_is_told() {
    let mut parts = Parts::new(both()).await;
    let app = sent(&mut parts).await;
    let [third, fourth] = &grabs(&app).await[..] else {
        panic!("{:?}", states(&app).await);
    };
    assert_eq!(
        (third.state, fourth.state),
        (GrabState::Queued, GrabState::Queued)
    );
    assert!(third.ours && fourth.ours);

    let asked = parts.client.requests().len();
    parts
        .client
        .advance(&third.content.as_hex(), "downloading", 0.25);
    assert_eq!(
        look(&app).await,
        Tracked {
            looked_at: 2,
            changed: 1,
            again: 0
        }
    );
    assert_eq!(parts.client.requests().len() - asked, 1, "one for both");
    let [third, fourth] = &grabs(&app).await[..] else {
        panic!("two");
    };
    assert_eq!(
        (third.state, fourth.state),
        (GrabState::Downloading, GrabState::Queued)
    );
    assert!(third.track.done_bytes > 0, "{:?}", third.track);
    assert_eq!(third.client_state.as_deref(), Some("downloading"));

    parts
        .client
        .advance(&third.content.as_hex(), "stalledUP", 1.0);
    look(&app).await;
    let told = look(&app).await;
    assert_eq!(told.changed, 0, "once");
    assert_eq!(grabs(&app).await[0].state, GrabState::Done);
    let mut tx = app.db.begin().await.expect("a transaction");
    let completed = store::event::count_since(&mut tx, "grab.completed", 0).await;
    assert_eq!(completed.expect("a count"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nothing_comes_of_is_blocked_and_the_next_candidate_is_sent_at_once() {
    // The same release at another indexer is as dead as this one.
    let same = Release::new(2, "Naruto T03 [CBZ] FR").seeders(30);
    let mut parts = Parts::new(both().into_iter().chain([same]).collect()).await;
    let app = sent(&mut parts).await;
    let (third, fourth) = (
        hash_of(&parts, "Naruto T03 [CBZ] FR"),
        hash_of(&parts, "Naruto T04 [CBZ] FR"),
    );
    parts.client.advance(&third, "stalledDL", 0.0);
    parts.client.advance(&fourth, "downloading", 0.1);
    look(&app).await;
    hours_pass(&parts, &app, 47).await;
    assert!(states(&app).await.iter().all(|(_, state)| state.is_live()));

    // Something else came a moment ago: it is not the client.
    parts.client.advance(&fourth, "downloading", 0.2);
    hours_pass(&parts, &app, 1).await;
    assert_eq!(
        states(&app).await,
        [
            ("Naruto T03 [CBZ] FR".to_owned(), GrabState::Stalled),
            ("Naruto T04 [CBZ] FR".to_owned(), GrabState::Downloading),
            ("Naruto T03 FRENCH [CBZ] FR".to_owned(), GrabState::Queued),
        ]
    );
    let held = parts.client.torrents();
    assert!(
        held.iter().all(|held| held.hash != third),
        "it was put there from here, so it is taken out again"
    );
    let deletes = parts.client.requests();
    assert!(deletes.iter().any(|line| line.contains("torrents/delete")));
}

#[tokio::test(flavor = "multi_thread")]
async fn when_nothing_comes_through_the_client_no_release_is_to_blame() {
    let mut parts = Parts::new(both()).await;
    let app = sent(&mut parts).await;
    for name in ["Naruto T03 [CBZ] FR", "Naruto T04 [CBZ] FR"] {
        parts
            .client
            .advance(&hash_of(&parts, name), "stalledDL", 0.0);
    }
    look(&app).await;

    // Without its network the clock stands still, and so it does while the client is away.
    parts.client.cut_off(true);
    hours_pass(&parts, &app, 60).await;
    parts.client.cut_off(false);
    parts.client.fail(Fault::Error500);
    hours_pass(&parts, &app, 60).await;
    parts.client.fail(None);
    let idle = grabs(&app).await.into_iter().map(|grab| grab.track.idle);
    let idle: Vec<i64> = idle.collect();
    assert!(idle.iter().all(|idle| *idle <= HOUR), "{idle:?}");

    // With it, both are stuck together: one problem, and nothing is given up.
    hours_pass(&parts, &app, 60).await;
    assert!(
        states(&app)
            .await
            .iter()
            .all(|(_, state)| *state == GrabState::Queued)
    );
    let problems = health::problems(&app).await.expect("problems");
    assert!(
        problems
            .iter()
            .any(|problem| problem.subject == "client:qbittorrent:downloads"
                && problem
                    .message
                    .contains("nothing came of 2 downloads in 48 h")),
        "{problems:?}"
    );
    // It is told once, and when it is over.
    let told = async || worker_health::step(&app).await.expect("the database");
    assert_eq!([told().await, told().await], [1, 0]);

    // When one of them moves, the other one is to blame.
    parts
        .client
        .advance(&hash_of(&parts, "Naruto T04 [CBZ] FR"), "downloading", 0.5);
    look(&app).await;
    let states = states(&app).await;
    assert_eq!(states[0].1, GrabState::Stalled, "{states:?}");
    assert_eq!(states[1].1, GrabState::Downloading, "{states:?}");
    let problems = health::problems(&app).await.expect("problems");
    assert!(
        problems
            .iter()
            .all(|problem| !problem.message.contains("nothing came of"))
    );
    assert_eq!([told().await, told().await], [1, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_takes_out_of_the_client_is_not_sent_again() {
    let mut parts = Parts::new(both()).await;
    let app = sent(&mut parts).await;
    let third = hash_of(&parts, "Naruto T03 [CBZ] FR");
    parts.client.remove(&third);
    look(&app).await;
    assert_eq!(
        grabs(&app).await[0].state,
        GrabState::Queued,
        "one look may miss it"
    );
    look(&app).await;
    let states = states(&app).await;
    assert_eq!(
        states[0],
        ("Naruto T03 [CBZ] FR".to_owned(), GrabState::Removed)
    );
    assert_eq!(
        states[2],
        ("Naruto T03 FRENCH [CBZ] FR".to_owned(), GrabState::Queued)
    );

    // What is complete may leave the client: its volume is reserved until the library shows it.
    let fourth = hash_of(&parts, "Naruto T04 [CBZ] FR");
    parts.client.advance(&fourth, "stalledUP", 1.0);
    look(&app).await;
    parts.client.remove(&fourth);
    look(&app).await;
    look(&app).await;
    assert_eq!(grabs(&app).await[1].state, GrabState::Done);
    assert_eq!(check(&app).await.on_its_way.to_string(), "3-4");
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_private_tracker_what_downloaded_a_byte_is_only_marked() {
    let releases = vec![
        Release::new(1, "Naruto T03 [CBZ] FR").seeders(50),
        Release::new(1, "Naruto T04 [CBZ] FR").seeders(40),
    ];
    let indexers = vec![Indexer::private(1, "Abandoned")];
    let mut parts = Parts::with(indexers, releases).await;
    let app = sent(&mut parts).await;
    let (third, fourth) = (
        hash_of(&parts, "Naruto T03 [CBZ] FR"),
        hash_of(&parts, "Naruto T04 [CBZ] FR"),
    );
    parts.client.advance(&third, "stalledDL", 0.3);
    parts.client.advance(&fourth, "stalledDL", 0.0);
    look(&app).await;
    hours_pass(&parts, &app, 25).await;
    parts.client.advance(&fourth, "stoppedDL", 0.0);
    hours_pass(&parts, &app, 24).await;
    let states = states(&app).await;
    assert_eq!(states[0].1, GrabState::Stalled, "{states:?}");
    assert_eq!(states[1].1, GrabState::Queued, "{states:?}");
    let held = parts.client.torrents();
    let third = held.iter().find(|held| held.hash == third);
    assert!(
        third.is_some_and(|held| held.tags.contains(STALLED_TAG)),
        "{held:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_in_the_client_before_is_neither_taken_out_nor_marked() {
    let release = Release::new(1, "Naruto T03 [CBZ] FR").seeders(50);
    let torrent = release.torrent.clone();
    let parts = Parts::new(vec![release]).await;
    let app = parts.starts().await;
    // Somebody adds it after the client was asked what it holds, and before it is sent.
    check(&app).await;
    let api = WebApi::login(parts.client.url()).await;
    api.post("torrents/add", &[("urls", &torrent.magnet())])
        .await;
    arm(&app, Some(app.clock.now())).await;
    check(&app).await;
    let grab = grabs(&app).await.remove(0);
    assert_eq!((grab.state, grab.ours), (GrabState::Queued, false));
    let hash = grab.content.as_hex();
    parts.client.advance(&hash, "stalledDL", 0.0);
    look(&app).await;
    hours_pass(&parts, &app, 48).await;
    assert_eq!(grabs(&app).await[0].state, GrabState::Stalled);
    let held = parts.client.torrents();
    let there = held.iter().find(|held| held.hash == hash);
    assert!(
        there.is_some_and(|held| !held.tags.contains(STALLED_TAG)),
        "{held:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_grabs_cost_one_question() {
    let parts = Parts::new(Vec::new()).await;
    let app = parts.starts().await;
    let api = WebApi::login(parts.client.url()).await;
    for number in 10..510 {
        let torrent = Torrent::new(&format!("Naruto T{number}")).claims("x.cbz", 60_000_000);
        api.post("torrents/add", &[("urls", &torrent.magnet())])
            .await;
        let id = ContentId::parse(&torrent.hashes().id()).expect("a hash");
        let volumes = VolumeNumber::whole(number).into_iter().collect();
        let grab = store::grab::NewGrab {
            series_id: 1,
            offer_id: 0,
            client_id: client_id(&app).await,
            client: "qbittorrent",
            source: "prowlarr",
            indexer: "Nyaa",
            content: &id,
            title: "Naruto",
            size: Some(60_000_000),
            reserves: &volumes,
            carries: &volumes,
            by_hand: false,
            alias: None,
            choosing: Choosing::Whole,
            ours: true,
        };
        let mut tx = app.db.begin().await.expect("a transaction");
        let grab = store::grab::insert(&mut tx, &grab, app.clock.now()).await;
        let sent = store::grab::sent(&mut tx, grab.expect("a grab"), true, app.clock.now()).await;
        sent.expect("sent");
        tx.commit().await.expect("committed");
    }
    look(&app).await;
    let asked = parts.client.requests().len();
    for _ in 0..10 {
        parts.pass(MINUTE);
        assert_eq!(look(&app).await.looked_at, 500);
    }
    assert_eq!(parts.client.requests().len() - asked, 10);
}

async fn client_id(app: &App) -> i64 {
    let clients = store::connection::list(&app.db, "client").await;
    clients.expect("clients")[0].id
}
