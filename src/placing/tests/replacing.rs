//! A damaged file makes room for the one that replaces it, and nothing else does.

use std::time::{Duration, SystemTime};

use super::*;

const BROKEN: &str = "half of it";
const ASIDE: &str = "One Piece/One Piece T03.cbz.damaged-1";
/// When it was last changed; milliseconds since the epoch.
const THEN: u64 = 5_000;

/// What a scan saw in the target's place.
pub(super) fn seen() -> Damaged {
    Damaged {
        key: "One Piece".into(),
        path: TARGET.into(),
        size: BROKEN.len() as u64,
        modified: THEN.cast_signed(),
        volumes: "3".parse().expect("a set"),
        title: None,
        problem: None,
    }
}

pub(super) fn order<'a>(scene: &'a Scene, damaged: &'a Damaged) -> Order<'a> {
    Order {
        replaces: Some(damaged),
        ..scene.order()
    }
}

fn write(place: &Path, bytes: &str, at: u64) {
    fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
    fs::write(place, bytes).expect("a file");
    let file = fs::File::options().write(true).open(place).expect("a file");
    let at = SystemTime::UNIX_EPOCH + Duration::from_millis(at);
    file.set_modified(at).expect("a time");
}

#[tokio::test]
async fn it_is_set_aside_and_has_its_name_again_wherever_the_program_died() {
    for no_rename in [false, true] {
        dies_at_each_instant(no_rename).await;
    }
}

async fn dies_at_each_instant(no_rename: bool) {
    for at in 1.. {
        let folder = tempfile::tempdir().expect("a folder");
        let library = folder.path().join("library");
        let (scene, url) = Scene::at(folder, library).await;
        write(&scene.target(), BROKEN, THEN);
        let status = kill::run(&scene, url.as_deref(), "replace", at, no_rename);
        let bytes = |path: &str| fs::read(scene.library.join(path)).unwrap_or_default();
        let broken = BROKEN.as_bytes().to_vec();
        assert!(
            bytes(TARGET) == broken || bytes(ASIDE) == broken,
            "the damaged file is lost, dying at {at}"
        );
        scene.assert_source();
        for resumed in resume(&scene.db, &scene.clock).await.expect("a journal") {
            assert!(resumed.outcome.is_ok(), "dying at {at}: {resumed:?}");
        }
        let placed = placement::get(&scene.db, 1).await.expect("a row");
        if let Some(placed) = placed {
            assert_eq!(placed.step, Step::Placed, "dying at {at}");
            assert_eq!(scene.shelf(), ["One Piece", TARGET, ASIDE]);
            assert_eq!(bytes(ASIDE), broken);
            assert_eq!(bytes(TARGET), fs::read(&scene.source).expect("a file"));
            undo(&scene.db, &scene.clock, 1).await.expect("undone");
        }
        assert_eq!(scene.shelf(), ["One Piece", TARGET], "dying at {at}");
        assert_eq!(bytes(TARGET), broken);
        if status.success() {
            assert!(at > 6, "it has more instants than {at}");
            return;
        }
    }
}

#[tokio::test]
async fn what_is_there_instead_of_it_stays() {
    // Somebody repaired it, with or without another size.
    for (bytes, at) in [("all of it", THEN), (BROKEN, THEN + 1)] {
        let scene = Scene::new().await;
        write(&scene.target(), bytes, at);
        let refused = scene.place(order(&scene, &seen())).await;
        assert!(
            matches!(refused, Err(PlaceError::Exists { .. })),
            "{refused:?}"
        );
        assert_eq!(scene.shelf(), ["One Piece", TARGET]);
        assert_eq!(fs::read(scene.target()).expect("a file"), bytes.as_bytes());
    }
}

#[tokio::test]
async fn one_of_another_name_is_set_aside_too() {
    let scene = Scene::new().await;
    let other = "One Piece/op3.cbr";
    write(&scene.library.join(other), BROKEN, THEN);
    let damaged = Damaged {
        path: other.into(),
        ..seen()
    };
    scene.place(order(&scene, &damaged)).await.expect("placed");
    let aside = format!("{other}.damaged-1");
    assert_eq!(scene.shelf(), ["One Piece", TARGET, aside.as_str()]);
    // Another one came in its place: both stay.
    write(&scene.library.join(other), "all of it", THEN);
    undo(&scene.db, &scene.clock, 1).await.expect("undone");
    assert_eq!(scene.shelf(), ["One Piece", other, aside.as_str()]);
}
