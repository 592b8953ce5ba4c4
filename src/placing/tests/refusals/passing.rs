//! Disks that are full, read-only, forbidden or away. What needs a disk of its own runs in a process that has a world of mounts to
//! itself, so nothing is left mounted.

use std::{os::unix::fs::PermissionsExt, process::Command};

use super::*;
use crate::book::samples;

const DOES: &str = "LACUNARR_TEST_REFUSED";
const FOLDER: &str = "LACUNARR_TEST_FOLDER";
const URL: &str = "LACUNARR_TEST_URL";

/// Says that the child ran to its end, and not that it was no child.
const DONE: &str = "refused and placed";

#[tokio::test]
async fn a_library_that_is_away_is_waited_for() {
    let scene = Scene::new().await;
    fs::remove_dir(&scene.library).expect("removed");
    let refused = scene.place(scene.order()).await.expect_err("no library");
    assert!(
        matches!(refused, PlaceError::LibraryGone { .. }) && refused.is_passing(),
        "{refused}"
    );
    assert!(scene.resume().await.is_err());
    assert!(
        !scene.library.exists(),
        "nothing is written where a disk should be"
    );
    fs::create_dir(&scene.library).expect("a folder");
    let row = scene.resume().await.expect("placed");
    assert_eq!((row.step, row.message.as_deref()), (Step::Placed, None));
}

#[tokio::test]
async fn a_series_folder_that_is_away_is_waited_for() {
    let scene = Scene::new().await;
    let order = Order {
        new_folder: false,
        ..scene.order()
    };
    let refused = scene.place(order).await.expect_err("no folder");
    assert!(
        matches!(refused, PlaceError::FolderGone { .. }) && refused.is_passing(),
        "{refused}"
    );
    assert_eq!(scene.shelf(), Vec::<String>::new());
    fs::create_dir(scene.library.join("One Piece")).expect("a folder");
    assert_eq!(scene.resume().await.expect("placed").step, Step::Placed);
}

/// Not a test: the part that runs elsewhere.
#[tokio::test]
async fn child() {
    let Ok(does) = std::env::var(DOES) else {
        return;
    };
    let folder = PathBuf::from(std::env::var(FOLDER).expect(FOLDER));
    let library = folder.join("library");
    let scene = Scene::again(&folder, library.clone(), std::env::var(URL).ok()).await;
    match does.as_str() {
        "full" => full(&scene).await,
        "limited" => limited(&scene).await,
        "limited-made" => limited_made(scene).await,
        "read-only" => read_only(&scene).await,
        "forbidden" => forbidden(&scene).await,
        other => panic!("nothing called {other}"),
    }
    println!("{DONE}");
}

/// Refused for now: nothing is left of it, and it stays planned.
async fn assert_passing(
    scene: &Scene,
    outcome: Result<Placement, PlaceError>,
    is_right: fn(&PlaceError) -> bool,
) {
    let error = outcome.expect_err("refused");
    assert!(is_right(&error) && error.is_passing(), "{error:?}");
    assert_eq!(scene.shelf(), Vec::<String>::new());
    let row = scene.row(1).await;
    assert_eq!(
        (row.step, row.message),
        (Step::Planned, Some(error.sentence()))
    );
    scene.assert_source();
}

async fn full(scene: &Scene) {
    let is_right = |error: &PlaceError| matches!(error, PlaceError::NoSpace { .. });
    assert_passing(scene, scene.place(scene.order()).await, is_right).await;
    assert_passing(scene, scene.resume().await, is_right).await;
    remount(&scene.library, "size=8m");
    assert_eq!(scene.resume().await.expect("placed").step, Step::Placed);
    assert_eq!(scene.shelf(), ["One Piece", TARGET]);
    // Something else than what was verified is not placed later.
    let order = Order {
        grab_id: 9,
        target: Path::new("b.cbz"),
        may_link: false,
        ..scene.order()
    };
    remount(&scene.library, "size=3m");
    assert!(
        scene
            .place(order)
            .await
            .is_err_and(|error| error.is_passing())
    );
    fs::write(&scene.source, "other").expect("written");
    let changed = scene.resume().await;
    assert!(
        matches!(changed, Err(PlaceError::SourceChanged { .. })),
        "{changed:?}"
    );
}

/// The disk says so in the middle of a file.
async fn limited(scene: &Scene) {
    let outcome = scene
        .place(Order {
            may_link: false,
            ..scene.order()
        })
        .await;
    assert_passing(scene, outcome, |error| {
        matches!(error, PlaceError::NoSpace { .. })
    })
    .await;
}

/// The same in the middle of an archive that is made.
async fn limited_made(mut scene: Scene) {
    scene.content = large_rar();
    let outcome = scene
        .place(Order {
            convert: true,
            ..scene.order()
        })
        .await;
    assert_passing(&scene, outcome, |error| {
        matches!(error, PlaceError::NoSpace { .. })
    })
    .await;
}

fn large_rar() -> Vec<u8> {
    let page = [b"\xff\xd8\xff".as_slice(), &content()].concat();
    samples::rar_5(&samples::stored(&[("1.jpg", &page), ("2.jpg", &page)]))
}

async fn read_only(scene: &Scene) {
    let is_right = |error: &PlaceError| matches!(error, PlaceError::ReadOnly { .. });
    remount(&scene.library, "ro");
    assert_passing(scene, scene.place(scene.order()).await, is_right).await;
    assert!(
        probe(scene.source.parent().expect("a folder"), &scene.library)
            .is_err_and(|error| is_right(&error))
    );
    remount(&scene.library, "rw");
    let row = scene.resume().await.expect("placed");
    remount(&scene.library, "ro");
    let refused = undo(&scene.db, &scene.clock, row.id)
        .await
        .expect_err("refused");
    assert!(is_right(&refused), "{refused:?}");
    assert_eq!(scene.row(row.id).await.step, Step::Undoing);
    remount(&scene.library, "rw");
    assert_eq!(scene.resume().await.expect("undone").step, Step::Undone);
    assert_eq!(scene.shelf(), Vec::<String>::new());
}

async fn forbidden(scene: &Scene) {
    let mode = |mode| {
        fs::set_permissions(&scene.library, fs::Permissions::from_mode(mode)).expect("a mode")
    };
    mode(0o555);
    let outcome = scene.place(scene.order()).await;
    assert_passing(scene, outcome, |error| {
        matches!(error, PlaceError::Denied { .. })
    })
    .await;
    mode(0o755);
    assert_eq!(scene.resume().await.expect("placed").step, Step::Placed);
}

fn remount(place: &Path, option: &str) {
    let option = format!("remount,{option}");
    let done = Command::new("mount")
        .args(["-o", &option])
        .arg(place)
        .status();
    assert!(done.expect("mount").success(), "{option}");
}

/// Runs the child behind a shell's `before`; false when that is not possible here.
async fn run(does: &str, shell: &[&str], before: &str) -> bool {
    let folder = tempfile::tempdir().expect("a folder");
    let library = folder.path().join("library");
    let (scene, url) = Scene::at(folder, library).await;
    let scene = match does {
        "limited-made" => scene.holding(large_rar()),
        _ => scene,
    };
    scene.db.close().await;
    let folder = scene.folder.as_ref().expect("a folder").path();
    let mut command = Command::new(shell[0]);
    command.args(&shell[1..]).arg("-c").arg(format!(
        "cd '{}' && {before} && exec \"$0\" \"$@\"",
        folder.display()
    ));
    command.arg(std::env::current_exe().expect("the tests"));
    command.args([
        "placing::tests::refusals::passing::child",
        "--exact",
        "--nocapture",
    ]);
    command.env(DOES, does).env(FOLDER, folder);
    url.map(|url| command.env(URL, url));
    let Ok(output) = command.output() else {
        return false;
    };
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    // It never came to the tests.
    if !said.contains("running 1 test") {
        println!("{said}");
        return false;
    }
    assert!(output.status.success() && said.contains(DONE), "{said}");
    true
}

const OWN_MOUNTS: [&str; 3] = ["unshare", "-rm", "sh"];

#[tokio::test]
async fn a_full_disk_is_waited_for() {
    if !run(
        "full",
        &OWN_MOUNTS,
        "mount -t tmpfs -o size=1m tmpfs library",
    )
    .await
    {
        println!("skipped: nothing can be mounted here, so no disk is full");
    }
}

#[tokio::test]
async fn a_disk_that_fills_up_is_waited_for() {
    // 1 or 2 MiB, as the shell counts; a signal would end the process.
    assert!(run("limited", &["sh"], "trap '' XFSZ && ulimit -f 2048").await);
}

#[tokio::test]
async fn a_disk_that_fills_up_while_an_archive_is_made_is_waited_for() {
    if making::can_convert() {
        assert!(run("limited-made", &["sh"], "trap '' XFSZ && ulimit -f 2048").await);
    }
}

#[tokio::test]
async fn a_read_only_disk_is_waited_for() {
    if !run(
        "read-only",
        &OWN_MOUNTS,
        "mount -t tmpfs -o size=8m tmpfs library",
    )
    .await
    {
        println!("skipped: nothing can be mounted here, so no disk is read-only");
    }
}

#[tokio::test]
async fn a_forbidden_folder_is_waited_for() {
    // Root is forbidden nothing.
    let folders = "chown -R 65534:65534 . && chmod 755 .";
    let nobody = [
        "setpriv",
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
        "sh",
    ];
    let as_nobody = format!(
        "{folders} && exec {} -c 'exec \"$0\" \"$@\"' \"$0\" \"$@\"",
        nobody.join(" ")
    );
    let before = "if [ $(id -u) = 0 ]; then ".to_owned() + &as_nobody + "; fi";
    if !run("forbidden", &["sh"], &before).await {
        println!(
            "skipped: this is root, which is forbidden nothing, and cannot become another user"
        );
    }
}
