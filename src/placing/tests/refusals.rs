//! What is refused says why and leaves nothing; what may pass goes on by itself.

mod passing;

use super::*;

/// Refused for good: the row says why, and the library is as it was.
async fn assert_refused(scene: &Scene, order: Order<'_>, sentence: &str) {
    let before = scene.shelf();
    let error = scene.place(order).await.expect_err(sentence);
    assert!(error.sentence().contains(sentence), "{}", error.sentence());
    assert!(!error.is_passing());
    assert_eq!(scene.shelf(), before, "{sentence}");
    let rows = placement::of_grab(&scene.db, order.grab_id)
        .await
        .expect("rows");
    let row = rows.last().expect("a row");
    assert_eq!(
        (row.step, row.message.as_deref()),
        (Step::Failed, Some(error.sentence().as_str()))
    );
    assert_eq!((row.temp.as_ref(), row.folder.as_ref()), (None, None));
    assert!(
        resume(&scene.db, &scene.clock)
            .await
            .expect("a journal")
            .is_empty()
    );
}

#[tokio::test]
async fn nothing_is_overwritten() {
    let scene = Scene::new().await;
    fs::create_dir(scene.library.join("One Piece")).expect("a folder");
    fs::write(scene.target(), "somebody's").expect("a file");
    assert_refused(
        &scene,
        scene.order(),
        "is there already, and is not overwritten",
    )
    .await;
    assert_eq!(fs::read(scene.target()).expect("a file"), b"somebody's");
    // Nor is what has the same bytes, or even is the same file, ours.
    fs::remove_file(scene.target()).expect("removed");
    fs::hard_link(&scene.source, scene.target()).expect("a link");
    assert_refused(
        &scene,
        scene.order(),
        "is there already, and is not overwritten",
    )
    .await;
}

#[tokio::test]
async fn what_comes_in_between_is_not_overwritten() {
    for no_rename in [false, true] {
        let folder = tempfile::tempdir().expect("a folder");
        let [temp, target] = [".temp", "target"].map(|name| folder.path().join(name));
        fs::write(&temp, "ours").expect("a file");
        fs::write(&target, "somebody's").expect("a file");
        let rename = if no_rename {
            disk::link_and_unlink
        } else {
            disk::rename
        };
        let refused = rename(&temp, &target);
        assert!(
            matches!(refused, Err(PlaceError::Exists { .. })),
            "{refused:?}"
        );
        assert_eq!(fs::read(&target).expect("a file"), b"somebody's");
        assert_eq!(fs::read(&temp).expect("a file"), b"ours");
    }
}

#[tokio::test]
async fn a_source_is_a_file_that_is_there() {
    let scene = Scene::new().await;
    let downloads = scene.source.parent().expect("a folder");
    let gone = downloads.join("gone.cbz");
    assert_refused(
        &scene,
        Order {
            source: &gone,
            ..scene.order()
        },
        "is not there any more",
    )
    .await;
    assert_refused(
        &scene,
        Order {
            source: downloads,
            ..scene.order()
        },
        "volumes that are folders of pages are not placed",
    )
    .await;
}

#[tokio::test]
async fn nothing_is_written_outside_the_library() {
    let scene = Scene::new().await;
    let outside = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink(outside.path(), scene.library.join("elsewhere")).expect("a link");
    for target in [
        "../a.cbz",
        "a/../../b.cbz",
        "/tmp/a.cbz",
        "elsewhere/a.cbz",
        "elsewhere/new/a.cbz",
        "",
    ] {
        let order = Order {
            target: Path::new(target),
            ..scene.order()
        };
        assert_refused(&scene, order, "lies outside the library").await;
    }
    assert_eq!(fs::read_dir(outside.path()).expect("a folder").count(), 0);
    // A link that stays inside is as good as a folder.
    fs::create_dir(scene.library.join("real")).expect("a folder");
    std::os::unix::fs::symlink("real", scene.library.join("link")).expect("a link");
    let inside = Order {
        target: Path::new("link/a.cbz"),
        ..scene.order()
    };
    scene.place(inside).await.expect("placed");
    assert!(scene.library.join("real/a.cbz").is_file());
}

#[tokio::test]
async fn a_target_gets_one_file_at_a_time() {
    let scene = Scene::new().await;
    let waiting = Order {
        new_folder: false,
        ..scene.order()
    };
    assert!(matches!(
        scene.place(waiting).await,
        Err(PlaceError::FolderGone { .. })
    ));
    let second = scene
        .place(Order {
            grab_id: 9,
            ..scene.order()
        })
        .await;
    assert!(
        matches!(second, Err(PlaceError::OnItsWay { .. })),
        "{second:?}"
    );
    // The same order goes on with the first.
    fs::create_dir(scene.library.join("One Piece")).expect("a folder");
    let row = scene.place(waiting).await.expect("placed");
    assert_eq!((row.id, row.step, row.folder), (1, Step::Placed, None));
}
