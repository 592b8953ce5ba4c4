//! What is removed again, and what is left.

use super::*;

#[tokio::test]
async fn undoing_restores_what_was_before() {
    for may_link in [true, false] {
        let scene = Scene::new().await;
        let row = scene
            .place(Order {
                may_link,
                ..scene.order()
            })
            .await
            .expect("placed");
        let undone = undo(&scene.db, &scene.clock, row.id).await.expect("undone");
        assert_eq!(
            (undone.step, undone.message.as_deref(), undone.undone_at),
            (Step::Undone, None, Some(1_000))
        );
        assert_eq!(scene.shelf(), Vec::<String>::new());
        scene.assert_source();
        assert_eq!(
            undo(&scene.db, &scene.clock, row.id).await.expect("undone"),
            undone
        );
        // It may come again.
        scene
            .place(Order {
                may_link,
                ..scene.order()
            })
            .await
            .expect("placed");
    }
}

#[tokio::test]
async fn a_folder_goes_with_the_last_file_that_it_was_made_for() {
    let scene = Scene::new().await;
    let target = |number| PathBuf::from(format!("Oda/One Piece/One Piece T0{number}.cbz"));
    let (first, second) = (target(1), target(2));
    let first = scene
        .place(Order {
            target: &first,
            ..scene.order()
        })
        .await
        .expect("placed");
    let second = scene
        .place(Order {
            target: &second,
            ..scene.order()
        })
        .await
        .expect("placed");
    assert_eq!(
        (first.folder.as_deref(), second.folder.as_deref()),
        (Some("Oda"), None)
    );
    undo(&scene.db, &scene.clock, first.id)
        .await
        .expect("undone");
    assert_eq!(
        scene.shelf(),
        ["Oda", "Oda/One Piece", "Oda/One Piece/One Piece T02.cbz"]
    );
    undo(&scene.db, &scene.clock, second.id)
        .await
        .expect("undone");
    assert_eq!(scene.shelf(), Vec::<String>::new());

    fs::create_dir(scene.library.join("Oda")).expect("a folder");
    let third = scene
        .place(Order {
            target: &target(3),
            ..scene.order()
        })
        .await
        .expect("placed");
    undo(&scene.db, &scene.clock, third.id)
        .await
        .expect("undone");
    assert_eq!(scene.shelf(), ["Oda"], "this one was there before");
}

#[tokio::test]
async fn a_file_that_is_not_ours_any_more_is_left() {
    let scene = Scene::new().await;
    let row = scene
        .place(Order {
            may_link: false,
            ..scene.order()
        })
        .await
        .expect("placed");
    fs::write(scene.target(), "edited").expect("written");
    let refused = undo(&scene.db, &scene.clock, row.id).await;
    assert!(
        matches!(refused, Err(PlaceError::Changed { .. })),
        "{refused:?}"
    );
    let row = scene.row(row.id).await;
    assert_eq!(row.step, Step::Undone, "it is the user's now");
    assert!(
        row.message
            .expect("it says so")
            .contains("so it is left there")
    );
    assert_eq!(fs::read(scene.target()).expect("a file"), b"edited");

    let again = undo(&scene.db, &scene.clock, row.id).await;
    assert_eq!(again.expect("it is over").step, Step::Undone);
    assert_eq!(fs::read(scene.target()).expect("a file"), b"edited");
}

#[tokio::test]
async fn a_file_that_somebody_removed_needs_no_removing() {
    let scene = Scene::new().await;
    let row = scene.place(scene.order()).await.expect("placed");
    fs::remove_file(scene.target()).expect("removed");
    let undone = undo(&scene.db, &scene.clock, row.id).await.expect("undone");
    assert_eq!(
        (undone.step, undone.message.as_deref()),
        (Step::Undone, Some("there was nothing to remove"))
    );
}

#[tokio::test]
async fn what_is_not_placed_yet_will_not_be() {
    let scene = Scene::new().await;
    let refused = scene
        .place(Order {
            new_folder: false,
            ..scene.order()
        })
        .await;
    assert!(
        matches!(refused, Err(PlaceError::FolderGone { .. })),
        "{refused:?}"
    );
    let [row] = &placement::unfinished(&scene.db).await.expect("rows")[..] else {
        panic!("one row")
    };
    let undone = undo(&scene.db, &scene.clock, row.id).await.expect("undone");
    assert_eq!((undone.step, scene.shelf().len()), (Step::Undone, 0));
    assert!(
        resume(&scene.db, &scene.clock)
            .await
            .expect("a journal")
            .is_empty()
    );
    let unknown = undo(&scene.db, &scene.clock, row.id + 1).await;
    assert!(
        matches!(unknown, Err(PlaceError::Unknown { .. })),
        "{unknown:?}"
    );
}
