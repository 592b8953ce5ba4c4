//! Another archive is made on the way: a RAR becomes a CBZ with a description, or stays what it is.

use std::{io::Read, process::Command};

use super::*;

const TITLE: &str = "Naruto T03 [CBR] FR [PapriKa]";

fn can_convert() -> bool {
    let can = Command::new("bsdtar").arg("--version").output().is_ok();
    if !can {
        println!("skipped: bsdtar is not installed");
    }
    can
}

fn rar(name: &str, damaged: bool) -> Torrent {
    let name = format!("{name}.cbr");
    Torrent::new(&name).file(&name, book::rar(3, BYTES, damaged))
}

async fn converting(torrents: Vec<(&str, Torrent)>) -> Scene {
    Scene::with(torrents, |parts| {
        parts
            .home
            .set("LIBRARIES__MANGA__CONVERT", "cbz")
            .set("LIBRARIES__MANGA__COMIC_INFO", "missing");
    })
    .await
}

impl Scene {
    /// What became of the files that were put into the library.
    async fn placements(&self) -> Vec<(String, String, String)> {
        let rows = store::placement::of_grab(&self.app.db, 1).await;
        let rows = rows.expect("rows").into_iter();
        rows.map(|row| {
            let how = row.how.map_or("", |how| how.word());
            (row.target, row.step.word().into(), how.into())
        })
        .collect()
    }
}

fn placed(target: &str, step: &str, how: &str) -> (String, String, String) {
    (target.into(), step.into(), how.into())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rar_becomes_a_cbz_with_a_description_and_a_rejection_removes_it() {
    if !can_convert() {
        return;
    }
    let (torrent, next) = (
        rar("Naruto 03", false),
        book::volume("Naruto 03 b", 7, BYTES),
    );
    let scene = converting(vec![
        (TITLE, torrent.clone()),
        ("Naruto T03 FRENCH [CBR]", next),
    ])
    .await;
    scene.comes(&torrent).await;
    scene.arrive().await;
    assert_eq!(
        scene.states().await[0],
        named(TITLE, GrabState::OnShelf),
        "{:?}",
        scene.problems().await
    );
    assert_eq!(
        scene.placements().await,
        [placed("Naruto/Naruto T03.cbz", "placed", "made")]
    );
    let made = std::fs::File::open(scene.shelf().join("Naruto T03.cbz")).expect("a file");
    let mut made = ZipArchive::new(made).expect("a zip");
    assert_eq!(made.len(), 101);
    let mut document = String::new();
    made.by_name("ComicInfo.xml")
        .expect("a description")
        .read_to_string(&mut document)
        .expect("text");
    assert!(
        document.contains(
            "<Series>Naruto</Series>\n  <Number>3</Number>\n  <LanguageISO>fr</LanguageISO>"
        ),
        "{document}"
    );
    let client = scene.downloads.path().join("lacunarr/Naruto 03.cbr");
    assert_eq!(
        std::fs::read(&client).expect("the client's file"),
        book::rar(3, BYTES, false),
        "the client keeps its own"
    );
    // What is on the shelf is read as what it is, again and again.
    scan::step(&scene.app).await.expect("a scan");
    let stored = store::series::get(&scene.app.db, 1).await;
    let stored = stored.expect("the database").expect("Naruto");
    assert_eq!(stored.shelf.present.to_string(), "1-3,5");

    let rejected = arrival::reject(&scene.app, 1).await.expect("rejected");
    assert_eq!(rejected.taken_back, ["Naruto/Naruto T03.cbz"]);
    assert_eq!(rejected.left, [""; 0]);
    assert_eq!(scene.files(), SHELVED);
    assert!(client.exists());
    assert_eq!(
        scene.states().await[1..],
        [named("Naruto T03 FRENCH [CBR]", GrabState::Queued)]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_converted_is_on_the_shelf_as_it_is_and_its_story_says_why() {
    if !can_convert() {
        return;
    }
    let torrent = rar("Naruto 03", true);
    let scene = converting(vec![(TITLE, torrent.clone())]).await;
    scene.comes(&torrent).await;
    scene.arrive().await;
    assert_eq!(scene.states().await, [named(TITLE, GrabState::OnShelf)]);
    assert_eq!(
        scene.placements().await,
        [
            placed("Naruto/Naruto T03.cbz", "failed", ""),
            placed("Naruto/Naruto T03.cbr", "placed", "hardlink"),
        ]
    );
    let rows = store::placement::of_grab(&scene.app.db, 1).await;
    let why = rows.expect("rows").remove(0).message.expect("a sentence");
    assert!(
        why.ends_with("'050.png' does not come out of it as its directory says; it is damaged; it is placed as it is"),
        "{why}"
    );
    assert!(scene.files().contains(&"Naruto T03.cbr".to_owned()));
    assert_eq!(scene.problems().await, [""; 0]);
    // Nothing is tried again.
    scene.later().await;
    assert_eq!(scene.placements().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversion_that_waits_for_the_disk_is_gone_on_with_whatever_was_set_meanwhile() {
    if !can_convert() {
        return;
    }
    let torrent = rar("Naruto 03", false);
    let mut scene = converting(vec![(TITLE, torrent.clone())]).await;
    scene.comes_while_the_shelf_is_away(&torrent).await;
    assert_eq!(
        scene.placements().await,
        [placed("Naruto/Naruto T03.cbz", "planned", "")]
    );
    scene.shelf_is_back();
    scene.parts.home.set("LIBRARIES__MANGA__CONVERT", "off");
    scene.app = scene.parts.starts().await;
    scene.later().await;
    scene.later().await;
    assert_eq!(scene.states().await[0].1, GrabState::OnShelf);
    assert_eq!(
        scene.placements().await,
        [placed("Naruto/Naruto T03.cbz", "placed", "made")]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_of_the_library_says_what_is_made_and_what_has_no_effect() {
    let torrent = book::volume("Naruto 03", 3, BYTES);
    let mut scene = converting(vec![("Naruto T03 [CBZ] FR", torrent)]).await;
    std::fs::create_dir_all(scene.downloads.path().join("lacunarr")).expect("a folder");
    let said = async |scene: &Scene| {
        let library = store::connection::get(&scene.app.db, 1).await;
        let library = library.expect("the database").expect("a library");
        let report = connections::test(&scene.app, &library).await;
        report.expect("the database").expect("it works")
    };
    let report = said(&scene).await;
    assert!(
        report.warnings[0]
            .starts_with("convert and comicInfo are set: what becomes another archive by it"),
        "{:?}",
        report.warnings
    );
    match can_convert() {
        true => assert!(
            report.program.contains("unpacks RAR and 7z"),
            "{}",
            report.program
        ),
        false => assert!(report.warnings[1].contains("apt install libarchive-tools")),
    }
    scene.parts.home.set("LIBRARIES__MANGA__PLACING", "off");
    scene.app = scene.parts.starts().await;
    let report = said(&scene).await;
    assert_eq!(
        report.warnings,
        [
            "convert and comicInfo are set, and placing is off: nothing is converted or described, as nothing is put into this library"
        ]
    );
}
