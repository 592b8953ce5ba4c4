//! A volume on the shelf that no reader can show is looked for, and replaced when a person approves.

use std::time::{Duration, SystemTime};

use lacunarr::domain::volume::VolumeSet;

use super::*;

const PLACE: &str = "Naruto T04.cbz";
const ASIDE: &str = "Naruto T04.cbz.damaged-1";
/// Long before the story.
const THEN: Duration = Duration::from_secs(1_700_000_000);

/// Half of volume 4.
fn break_volume(parts: &mut Parts, at: Duration) {
    let whole = book::cbz(4, BYTES);
    let place = parts.library().join("Naruto").join(PLACE);
    std::fs::write(&place, &whole[..whole.len() / 2]).expect("a file");
    let file = std::fs::File::options().write(true).open(place);
    let at = SystemTime::UNIX_EPOCH + at;
    file.expect("a file").set_modified(at).expect("a time");
}

async fn scene(torrents: Vec<(&str, Torrent)>) -> Scene {
    Scene::with(torrents, |parts| break_volume(parts, THEN)).await
}

async fn wants(scene: &Scene) -> Vec<(i64, String, String)> {
    let all = Window {
        limit: 100,
        offset: 0,
    };
    let wants = store::want::list(&scene.app.db, <_>::default(), all).await;
    let wants = wants.expect("wants").records.into_iter();
    wants
        .map(|want| (want.volume / 100, want.cause, want.state))
        .collect()
}

fn want(volume: i64, cause: &str, state: &str) -> (i64, String, String) {
    (volume, cause.to_owned(), state.to_owned())
}

async fn approve(scene: &Scene, cause: &str) {
    let reviews = store::review::list(
        &scene.app.db,
        "open",
        None,
        Window {
            limit: 9,
            offset: 0,
        },
    )
    .await;
    let review = reviews.expect("reviews").records.remove(0);
    assert_eq!(review.cause, cause);
    let approval = reviewing::Approval::default();
    let approved = reviewing::approve(&scene.app, review.id, approval).await;
    approved.expect("approved");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_replaced_once_a_person_approves_and_never_lost() {
    let good = book::volume("Naruto 04", 4, BYTES);
    let scene = scene(vec![
        ("Naruto T04 [CBZ] FR", good.clone()),
        (
            "Naruto T04 FRENCH [CBZ]",
            book::volume("Naruto 04 other", 4, BYTES),
        ),
    ])
    .await;
    let hole = want(3, "hole", "wanted");
    assert_eq!(
        wants(&scene).await,
        [hole.clone(), want(4, "damaged", "review")]
    );
    assert_eq!(scene.states().await, [], "nothing goes by itself");
    approve(&scene, "damaged").await;
    scan::step(&scene.app).await.expect("a scan");
    assert_eq!(
        scene.states().await,
        [named("Naruto T04 [CBZ] FR", GrabState::Queued)],
        "what is broken has not arrived"
    );
    scene.comes(&good).await;
    scene.arrive().await;
    assert_eq!(scene.states().await[0].1, GrabState::OnShelf);
    assert_eq!(
        scene.files(),
        [
            "Naruto T01.cbz",
            "Naruto T02.cbz",
            PLACE,
            ASIDE,
            "Naruto T05.cbz"
        ]
    );
    let size = |name: &str| {
        std::fs::metadata(scene.shelf().join(name))
            .expect("a file")
            .len()
    };
    assert!(size(ASIDE) < size(PLACE), "the old one is beside it");
    assert_eq!(wants(&scene).await, [hole]);

    let rejected = arrival::reject(&scene.app, 1).await.expect("rejected");
    assert_eq!(rejected.taken_back, [format!("Naruto/{PLACE}")]);
    assert_eq!(
        wants(&scene).await[1],
        want(4, "damaged", "review"),
        "the next candidate waits for a person too"
    );
    assert_eq!(scene.grabs().await.len(), 1);
    scan::step(&scene.app).await.expect("a scan");
    assert_eq!(
        scene.files(),
        ["Naruto T01.cbz", "Naruto T02.cbz", PLACE, "Naruto T05.cbz"]
    );
    assert_eq!(wants(&scene).await[1].1, "damaged");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_pack_what_is_damaged_does_not_come_along_by_itself() {
    let both = Torrent::new("Naruto 03-04")
        .file("Naruto T03.cbz", book::cbz(3, BYTES))
        .file("Naruto T04.cbz", book::cbz(4, BYTES));
    let scene = scene(vec![("Naruto T03-T04 [CBZ] FR", both.clone())]).await;
    let sent = scene.grabs().await.remove(0);
    assert_eq!(sent.reserves, VolumeSet::range(3, 3));
    scene.comes(&both).await;
    scene.arrive().await;
    assert_eq!(
        scene.files(),
        [
            "Naruto T01.cbz",
            "Naruto T02.cbz",
            "Naruto T03.cbz",
            PLACE,
            "Naruto T05.cbz"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_book_of_several_volumes_replaces_only_what_it_was_approved_for() {
    let torrent = book::volume("Naruto T03-T04", 3, 2 * BYTES);
    let scene = scene(vec![("Naruto T03-T04 [CBZ] FR", torrent.clone())]).await;
    approve(&scene, "not_in_part").await;
    let sent = scene.grabs().await.remove(0);
    assert_eq!(sent.reserves, VolumeSet::range(3, 3));
    scene.comes(&torrent).await;
    scene.arrive().await;
    // It has few pages for two volumes.
    approve(&scene, "arrived").await;
    scene.arrive().await;
    assert_eq!(
        scene.files(),
        [
            "Naruto T01.cbz",
            "Naruto T02.cbz",
            "Naruto T03-T04.cbz",
            PLACE,
            "Naruto T05.cbz"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_a_moment_ago_may_still_be_on_its_way() {
    let torrents = vec![("Naruto T04 [CBZ] FR", book::volume("Naruto 04", 4, BYTES))];
    let scene = Scene::with(torrents, |parts| {
        let now = parts.now().unsigned_abs();
        break_volume(parts, Duration::from_millis(now));
    })
    .await;
    assert_eq!(wants(&scene).await, [want(3, "hole", "wanted")]);
    // Nobody went on with it.
    scene.parts.pass(61 * MINUTE);
    scan::step(&scene.app).await.expect("a scan");
    assert_eq!(wants(&scene).await[1], want(4, "damaged", "wanted"));
}
