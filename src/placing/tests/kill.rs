//! Dies at each instant between two writes, and goes on: no file is lost, doubled or half-written.

use std::process::{Command, ExitStatus};

use super::*;

/// What the child does; none in an ordinary run of the tests.
const DOES: &str = "LACUNARR_TEST_DOES";
const FOLDER: &str = "LACUNARR_TEST_FOLDER";
const LIBRARY: &str = "LACUNARR_TEST_LIBRARY";
const URL: &str = "LACUNARR_TEST_URL";

/// More instants than anything has; the test fails before it runs for ever.
const MOST: u32 = 200;

/// Not a test: the part that dies.
#[tokio::test]
async fn child() {
    let variable = |name: &str| std::env::var(name).ok();
    let Some(does) = variable(DOES) else { return };
    let [folder, library] =
        [FOLDER, LIBRARY].map(|name| PathBuf::from(variable(name).expect(name)));
    let scene = Scene::again(&folder, library, variable(URL)).await;
    let done = match does.as_str() {
        "link" => scene.place(scene.order()).await,
        "copy" => {
            scene
                .place(Order {
                    may_link: false,
                    ..scene.order()
                })
                .await
        }
        "replace" => {
            scene
                .place(replacing::order(&scene, &replacing::seen()))
                .await
        }
        "convert" | "describe" => scene.place(made(&scene)).await,
        "undo" => undo(&scene.db, &scene.clock, 1).await,
        "resume" => scene.resume().await,
        other => panic!("nothing called {other}"),
    };
    println!("{done:?}");
}

/// A child that dies at this instant, if it comes to it.
pub(super) fn run(
    scene: &Scene,
    url: Option<&str>,
    does: &str,
    at: u32,
    no_rename: bool,
) -> ExitStatus {
    let folder = scene.folder.as_ref().expect("a folder").path();
    let mut command = Command::new(std::env::current_exe().expect("the tests"));
    command
        .args(["placing::tests::kill::child", "--exact"])
        .env(DOES, does)
        .env(FOLDER, folder)
        .env(LIBRARY, &scene.library);
    // Where it may leave a core.
    command
        .current_dir(folder)
        .env(point::DIE_AT, at.to_string());
    url.map(|url| command.env(URL, url));
    no_rename.then(|| command.env(point::NO_RENAME, "1"));
    let output = command.output().expect("a child");
    output.status
}

/// The order by which an archive is made; each does what the file needs.
fn made(scene: &Scene) -> Order<'_> {
    Order {
        convert: true,
        comic_info: Some(making::DOCUMENT),
        ..scene.order()
    }
}

/// What the client has, and what comes of it.
async fn contents(does: &str) -> (Vec<u8>, Vec<u8>) {
    let source = match does {
        "convert" => making::rar(),
        "describe" => making::cbz(),
        _ => return (content(), content()),
    };
    let scene = Scene::new().await.holding(source.clone());
    scene.place(made(&scene)).await.expect("placed");
    (source, fs::read(scene.target()).expect("a file"))
}

/// Whatever was placed is whole, before anything is repaired.
fn assert_not_half(scene: &Scene, whole: &[u8]) {
    if let Ok(bytes) = fs::read(scene.target()) {
        assert!(bytes == whole, "half a file stands there");
    }
    scene.assert_source();
}

/// Dies at each instant in turn; `after` says what must hold once it went on. How many there are.
async fn at_each_instant(does: &str, library: Option<&Path>, no_rename: bool) -> u32 {
    let (source, whole) = contents(does).await;
    for at in 1..MOST {
        let folder = tempfile::tempdir().expect("a folder");
        let library = library.map_or(folder.path().join("library"), |library| {
            library.join(at.to_string())
        });
        let (scene, url) = Scene::at(folder, library).await;
        let scene = scene.holding(source.clone());
        if does == "undo" {
            scene.place(scene.order()).await.expect("placed");
        }
        let status = run(&scene, url.as_deref(), does, at, no_rename);
        assert_not_half(&scene, &whole);
        if !placement::unfinished(&scene.db)
            .await
            .expect("rows")
            .is_empty()
        {
            // Whoever goes on dies as well, at one instant or another.
            run(&scene, url.as_deref(), "resume", at % 7 + 1, no_rename);
            assert_not_half(&scene, &whole);
        }
        let resumed = resume(&scene.db, &scene.clock).await.expect("a journal");
        for resumed in &resumed {
            assert!(resumed.outcome.is_ok(), "{does} dying at {at}: {resumed:?}");
        }
        let rows = placement::of_grab(&scene.db, 1).await.expect("rows");
        let [row] = &rows[..] else {
            panic!("{does} dying at {at}: {rows:?}")
        };
        match row.step {
            Step::Undone => assert_eq!(scene.shelf(), Vec::<String>::new(), "{does} dying at {at}"),
            Step::Placed => {
                assert_eq!(scene.shelf(), ["One Piece", TARGET], "{does} dying at {at}")
            }
            step => panic!("{does} dying at {at}: {step:?}"),
        }
        assert_eq!(
            row.step == Step::Undone,
            does == "undo",
            "{does} dying at {at}"
        );
        if row.step == Step::Placed {
            assert_eq!(
                inode(&scene.target()) == inode(&scene.source),
                row.how == Some(How::Hardlink)
            );
        }
        assert_not_half(&scene, &whole);
        // What went on can be undone like anything else, to the last folder.
        undo(&scene.db, &scene.clock, row.id).await.expect("undone");
        assert_eq!(scene.shelf(), Vec::<String>::new(), "{does} dying at {at}");
        if status.success() {
            return at - 1;
        }
    }
    panic!("{does} has no end");
}

#[tokio::test]
async fn a_link_goes_on_wherever_it_died() {
    let instants = at_each_instant("link", None, false).await;
    assert!(instants >= 6, "{instants}");
    let instants = at_each_instant("link", None, true).await;
    assert!(instants >= 7, "{instants}");
}

#[tokio::test]
async fn a_copy_goes_on_wherever_it_died() {
    let instants = at_each_instant("copy", None, false).await;
    assert!(instants >= 9, "{instants}");
    let instants = at_each_instant("copy", None, true).await;
    assert!(instants >= 10, "{instants}");
}

#[tokio::test]
async fn a_copy_to_another_file_system_goes_on_wherever_it_died() {
    let Ok(library) = tempfile::tempdir_in("/dev/shm") else {
        return println!("skipped: there is no /dev/shm to be another file system");
    };
    let instants = at_each_instant("link", Some(library.path()), false).await;
    assert!(instants >= 6, "{instants}");
}

#[tokio::test]
async fn an_archive_that_is_made_goes_on_wherever_it_died() {
    let instants = at_each_instant("describe", None, false).await;
    assert!(instants >= 12, "{instants}");
    if !making::can_convert() {
        return;
    }
    let instants = at_each_instant("convert", None, false).await;
    assert!(instants >= 12, "{instants}");
    let instants = at_each_instant("convert", None, true).await;
    assert!(instants >= 13, "{instants}");
}

#[tokio::test]
async fn undoing_goes_on_wherever_it_died() {
    let instants = at_each_instant("undo", None, false).await;
    assert!(instants >= 4, "{instants}");
}
