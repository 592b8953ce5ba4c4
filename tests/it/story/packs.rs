//! Of a pack only what was sent for is fetched: its files are chosen before it starts, whatever happens in between.

use std::sync::Arc;

use lacunarr::{
    app::App,
    domain::{grab::GrabState, profile::Profile, selection::Choosing, volume::VolumeSet},
    pipeline::sending,
    store::{self, grab::Grab},
    taste::profiles,
    worker::track,
};
use serde_json::json;

use super::parts::{MINUTE, Parts, arm, check, offers};
use crate::stand_in::{
    eventually,
    program::{Home, shelve},
    prowlarr::{self, Indexer, Link, Prowlarr, Release},
    proxy::{Moment, Proxy},
    qbittorrent::{PASSWORD, USER},
    real_qbittorrent::RealQBittorrent,
    torrent::Torrent,
    web_api::WebApi,
};

const NAME: &str = "Naruto T01 à T10 [CBZ] FR";
const EACH: u64 = 60_000_000;
/// Missing are 4 and 8.
const SHELF: [u32; 8] = [1, 2, 3, 5, 6, 7, 9, 10];

/// Ten volumes, a cover and a note.
fn pack() -> Torrent {
    let volumes = (1..=10).fold(Torrent::new(NAME), |pack, volume| {
        pack.claims(&format!("Naruto T{volume:02}.cbz"), EACH)
    });
    volumes.claims("cover.jpg", 1000).claims("infos.nfo", 100)
}

fn path(volume: u32) -> String {
    format!("{NAME}/Naruto T{volume:02}.cbz")
}

fn release(torrent: Torrent) -> Release {
    Release::new(1, NAME).torrent(torrent)
}

async fn parts(release: Release) -> Parts {
    let indexers = vec![Indexer::public(1, "Nyaa")];
    let mut parts = Parts::shelving(&SHELF, indexers, vec![release]).await;
    parts
        .home
        .set("LIBRARIES__MANGA__ARMED", "true")
        .set("CLIENTS__QBITTORRENT__PAUSED", "false");
    parts
}

/// In which packs go by themselves however little of them is wanted, and whatever is known of their files.
async fn starts_with_every_pack(parts: &Parts) -> Arc<App> {
    let app = parts.starts().await;
    let profile = Profile {
        pack_share: 0,
        ..Profile::default()
    };
    let written = profiles::write(&app, "default", &profile).await;
    written.expect("written");
    app
}

async fn grab(app: &App, id: i64) -> Grab {
    let grab = store::grab::get(&app.db, id).await.expect("the database");
    grab.expect("a grab")
}

async fn look(app: &Arc<App>) {
    track::step(app).await.expect("the database");
}

fn hash() -> String {
    pack().hashes().id()
}

fn state(parts: &Parts) -> String {
    let mut held = parts.client.torrents().into_iter();
    let held = held.find(|held| held.hash == hash());
    held.expect("it is in the client").state
}

fn asked(parts: &Parts, path: &str) -> usize {
    let requests = parts.client.requests();
    requests.iter().filter(|line| line.contains(path)).count()
}

/// Only volumes 4 and 8 are fetched, and it knows.
async fn assert_chosen(parts: &Parts, app: &App) {
    let grab = grab(app, 1).await;
    let paths = vec![path(4), path(8)];
    assert_eq!(parts.client.wanted(&hash()), paths);
    assert_eq!(grab.choosing, Choosing::Made);
    assert_eq!(grab.selected, Some(paths));
    assert_eq!(grab.selected_bytes, Some(2 * EACH as i64));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_pack_of_ten_only_the_two_that_are_missing_are_fetched() {
    let parts = parts(release(pack())).await;
    let app = parts.starts().await;
    check(&app).await;
    assert_chosen(&parts, &app).await;
    assert_eq!(state(&parts), "stalledDL", "it has started");
    let added = &parts.client.adds()[0].fields;
    assert_eq!((&*added["paused"], &*added["stopped"]), ("true", "true"));
    // What is fetched counts for the night, not what is left out.
    let sent = store::grab::sent_since(&app.db, 0).await.expect("a sum");
    assert_eq!(sent, (1, 2 * EACH as i64));
    // Nothing is chosen or started twice.
    look(&app).await;
    assert_eq!(asked(&parts, "torrents/filePrio"), 1);
    assert_eq!(asked(&parts, "torrents/start"), 1);
}

/// The decision on the one offer, with the codes of its reasons.
async fn decision(app: &App) -> (String, Vec<String>) {
    let offer = offers(app).await.remove(0);
    let codes = offer.reasons.into_iter().map(|(_, code, _)| code);
    (offer.decision, codes.collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_which_little_is_wanted_it_goes_by_itself_only_where_the_rest_can_be_left_out() {
    let closed = Torrent::new(NAME).claims("Naruto T01 à T10.zip", 10 * EACH);
    let books = Torrent::new(NAME)
        .claims("Naruto T01-T05.cbz", 5 * EACH)
        .claims("Naruto T06-T10.cbz", 5 * EACH)
        .claims("infos.nfo", 100);
    for (release, codes) in [
        (release(pack()), &["pack_share"][..]),
        (release(closed), &["pack_share", "not_in_part"]),
        (release(books), &["pack_share", "not_in_part"]),
        (
            release(pack()).link(Link::RedirectMagnet),
            &["pack_share", "not_in_part"],
        ),
    ] {
        let parts = parts(release).await;
        let app = parts.starts().await;
        check(&app).await;
        let is_sent = codes.len() == 1;
        let expected = match is_sent {
            true => "accepted",
            false => "review",
        };
        assert_eq!(
            decision(&app).await,
            (
                expected.to_owned(),
                codes.iter().map(ToString::to_string).collect()
            )
        );
        assert_eq!(parts.client.adds().len(), usize::from(is_sent));
        if is_sent {
            assert_chosen(&parts, &app).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn packs_that_cannot_be_taken_apart_are_no_end_of_it_and_are_fetched_once() {
    let indexers = vec![Indexer::public(1, "Nyaa")];
    let closed = |number: u32| {
        let name = format!("{NAME} {number}");
        let torrent = Torrent::new(&name).claims("Naruto T01 à T10.zip", 10 * EACH);
        Release::new(1, &name).torrent(torrent).seeders(50)
    };
    let good = release(pack()).seeders(1);
    let releases = (1..=6).map(closed).chain([good]).collect();
    let mut parts = Parts::shelving(&SHELF, indexers, releases).await;
    parts.home.set("LIBRARIES__MANGA__ARMED", "true");
    let app = parts.starts().await;
    check(&app).await;
    assert_eq!(parts.client.adds().len(), 1, "behind six others");
    let downloads = parts.prowlarr.downloads().len();
    assert_eq!(downloads, 7);
    sending::give_up(&app, 1).await.expect("given up");
    check(&app).await;
    let again = parts.prowlarr.downloads().len() - downloads;
    assert!(again <= 1, "{again} were fetched once more");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_fetched_of_a_pack_is_measured_not_what_is_left_out() {
    for (pack_gigabytes, sent) in [(0.1, false), (0.2, true)] {
        let parts = parts(release(pack())).await;
        let app = parts.starts().await;
        let profile = Profile {
            pack_gigabytes,
            ..Profile::default()
        };
        let written = profiles::write(&app, "default", &profile).await;
        written.expect("written");
        check(&app).await;
        assert_eq!(parts.client.adds().len(), usize::from(sent));
        if !sent {
            let offer = offers(&app).await.remove(0);
            let mut reasons = offer.reasons.into_iter();
            let review = reasons.find(|(decision, ..)| decision == "review");
            let (_, code, message) = review.expect("a reason");
            assert_eq!(code, "pack_size");
            assert!(message.starts_with("0.12 GB are over the 0.1"), "{message}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_magnet_gets_its_metadata_first_then_its_choice_then_it_starts() {
    let parts = parts(release(pack()).link(Link::RedirectMagnet)).await;
    let app = starts_with_every_pack(&parts).await;
    check(&app).await;
    let added = parts.client.adds().remove(0).fields;
    assert_eq!(added["stopCondition"], "MetadataReceived");
    assert_eq!(added["stopped"], "false");
    look(&app).await;
    assert_eq!(grab(&app, 1).await.choosing, Choosing::Pending);
    assert_eq!(state(&parts), "metaDL");
    // Another process goes on with it.
    let app = starts_with_every_pack(&parts).await;
    parts.client.metadata(&pack());
    assert_eq!(state(&parts), "stoppedDL");
    parts.pass(MINUTE);
    look(&app).await;
    assert_chosen(&parts, &app).await;
    assert_eq!(state(&parts), "stalledDL");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_pack_is_not_stuck_while_its_client_does_not_say_what_is_in_it() {
    let parts = parts(release(pack()).link(Link::RedirectMagnet)).await;
    let app = starts_with_every_pack(&parts).await;
    check(&app).await;
    // Stopped by the user before its metadata came: its clock stands still.
    parts.client.advance(&hash(), "stoppedDL", 0.0);
    for _ in 0..400 {
        parts.pass(10 * MINUTE);
        look(&app).await;
    }
    let held = grab(&app, 1).await;
    assert_eq!(
        (held.state, held.choosing),
        (GrabState::Queued, Choosing::Pending)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_user_has_all_stopped_a_chosen_pack_stays_stopped() {
    for link in [Link::Torrent, Link::RedirectMagnet] {
        let mut parts = parts(release(pack()).link(link.clone())).await;
        parts.home.set("CLIENTS__QBITTORRENT__PAUSED", "true");
        let app = starts_with_every_pack(&parts).await;
        check(&app).await;
        if link == Link::RedirectMagnet {
            parts.client.metadata(&pack());
        }
        look(&app).await;
        assert_chosen(&parts, &app).await;
        assert_eq!(state(&parts), "stoppedDL", "{link:?}");
        assert_eq!(asked(&parts, "torrents/start"), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_pack_is_fetched_whole() {
    let closed = Torrent::new(NAME).claims("Naruto T01 à T10.zip", 10 * EACH);
    let parts = parts(release(closed.clone())).await;
    let app = starts_with_every_pack(&parts).await;
    check(&app).await;
    let sent = grab(&app, 1).await;
    assert_eq!(
        (sent.choosing, sent.selected),
        (Choosing::Whole, None),
        "there is nothing to choose from"
    );
    let held = parts.client.torrents().remove(0);
    assert_eq!((held.state.as_str(), held.files[0].2), ("stalledDL", 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_in_the_client_before_is_neither_chosen_from_nor_started() {
    let parts = parts(release(pack())).await;
    let app = parts.starts().await;
    arm(&app, None).await;
    let api = WebApi::login(parts.client.url()).await;
    let magnet = [("urls", &*pack().magnet()), ("stopped", "true")];
    api.post("torrents/add", &magnet).await;
    parts.client.metadata(&pack());
    check(&app).await;
    let offer = offers(&app).await.remove(0);
    let sent = sending::grab_by_hand(&app, offer.id, None).await;
    let sent = sent.expect("it is there");
    look(&app).await;
    assert_eq!(grab(&app, sent.id).await.choosing, Choosing::Whole);
    assert_eq!(parts.client.wanted(&hash()).len(), 12);
    assert_eq!(state(&parts), "stoppedDL");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_grab_adds_its_files_to_the_choice_of_an_earlier_one() {
    let mut parts = parts(release(pack())).await;
    parts.home.unset("LIBRARIES__MANGA__ARMED");
    let app = parts.starts().await;
    check(&app).await;
    let offer = offers(&app).await.remove(0).id;
    let send = async |volume: u32| {
        let volumes = VolumeSet::range(volume, volume);
        let sent = sending::grab_by_hand(&app, offer, Some(volumes)).await;
        sent.expect("sent").id
    };
    let first = send(4).await;
    assert_eq!(parts.client.wanted(&hash()), [path(4)]);
    parts.client.advance(&hash(), "stoppedUP", 1.0);
    look(&app).await;
    assert_eq!(grab(&app, first).await.state, GrabState::Done);

    let second = send(8).await;
    assert_eq!(grab(&app, second).await.choosing, Choosing::Adding);
    look(&app).await;
    assert_eq!(parts.client.wanted(&hash()), [path(4), path(8)]);
    assert_eq!(state(&parts), "stalledDL", "there is more to fetch");
    let added = grab(&app, second).await;
    assert_eq!(
        (added.state, added.choosing),
        (GrabState::Queued, Choosing::Made),
        "what was complete of it is not what it was sent for"
    );
    assert_eq!(added.selected, Some(vec![path(8)]));
    parts.client.advance(&hash(), "stalledUP", 1.0);
    look(&app).await;
    assert_eq!(grab(&app, second).await.state, GrabState::Done);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_grabs_of_one_magnet_leave_each_other_their_files() {
    let mut parts = parts(release(pack()).link(Link::RedirectMagnet)).await;
    parts.home.unset("LIBRARIES__MANGA__ARMED");
    let app = parts.starts().await;
    check(&app).await;
    let offer = offers(&app).await.remove(0).id;
    for volume in [4, 8] {
        let volumes = VolumeSet::range(volume, volume);
        let sent = sending::grab_by_hand(&app, offer, Some(volumes)).await;
        sent.expect("sent");
    }
    let choosing = async || [grab(&app, 1).await.choosing, grab(&app, 2).await.choosing];
    look(&app).await;
    assert_eq!(choosing().await, [Choosing::Pending, Choosing::Adding]);
    parts.client.metadata(&pack());
    look(&app).await;
    assert_eq!(choosing().await, [Choosing::Made; 2]);
    assert_eq!(parts.client.wanted(&hash()), [path(4), path(8)]);
    // A crash had the first one chosen again, in whichever order.
    let mut tx = app.db.begin().await.expect("a transaction");
    let again = store::grab::choosing::chooses(&mut tx, 1, Choosing::Pending).await;
    again.expect("written");
    tx.commit().await.expect("written");
    look(&app).await;
    assert_eq!(choosing().await, [Choosing::Made; 2]);
    assert_eq!(parts.client.wanted(&hash()), [path(4), path(8)]);
}

/// The program is killed with a real qBittorrent: whatever was done, the choice is made in the end, and it runs.
#[tokio::test(flavor = "multi_thread")]
async fn killed_between_the_add_and_the_start_the_choice_is_made() {
    for (request, moment) in [
        ("torrents/add", Moment::BeforeAnswer),
        ("torrents/filePrio", Moment::BeforeRequest),
        ("torrents/filePrio", Moment::BeforeAnswer),
        ("torrents/resume", Moment::BeforeRequest),
        ("torrents/resume", Moment::AfterAnswer),
    ] {
        let library = tempfile::tempdir().expect("a folder");
        shelve(library.path(), "Naruto", &SHELF);
        let indexers = vec![Indexer::public(1, "Nyaa")];
        let prowlarr = Prowlarr::start(indexers, vec![release(pack())]);
        let client = RealQBittorrent::start();
        let proxy = Proxy::start(&client.url());
        let mut home = Home::new().await;
        home.library(library.path())
            .source(&prowlarr.url(), prowlarr::KEY)
            .client(&proxy.url(), USER, PASSWORD)
            .set("CLIENTS__QBITTORRENT__PAUSED", "false");
        let program = home.start().await;
        program.scanned().await;
        program.arm().await;
        proxy.on(request, 1, moment, program.killer());
        program.post("checks", json!({})).await;
        eventually("it was killed", 60, async || !program.is_alive()).await;

        let program = home.start().await;
        eventually("the choice is made", 120, async || {
            let grabs = program.get("grabs").await;
            grabs["records"][0]["selection"] == "made"
        })
        .await;
        let shown = program.get("grabs/1").await;
        assert_eq!(shown["selectedBytes"], 2 * EACH, "{shown}");
        let api = WebApi::login(client.url()).await;
        let files = api.get(&format!("torrents/files?hash={}", hash())).await;
        let files = files.as_array().expect("files");
        let wanted = files.iter().filter(|file| file["priority"] != 0);
        let wanted: Vec<_> = wanted.map(|file| file["name"].clone()).collect();
        assert_eq!(wanted, [path(4), path(8)], "{request} {moment:?}");
        let what = format!("it runs after {request} {moment:?}");
        eventually(&what, 20, async || {
            api.torrent(&hash()).await.expect("listed")["state"] == "stalledDL"
        })
        .await;
    }
}
