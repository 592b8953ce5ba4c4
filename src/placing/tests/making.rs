//! Archives that are made on their way: what they hold, what is refused, and what is left as it is.

use std::{io::Read, process::Command};

use zip::ZipArchive;

use super::*;
use crate::book::{
    describe, look,
    samples::{self, rar_4, rar_5, stored},
    unpack,
};

pub const DOCUMENT: &str = "<ComicInfo><Number>3</Number></ComicInfo>";

const FOLDER: &str = "LACUNARR_TEST_FOLDER";
const NO_PROGRAM: &str = "LACUNARR_TEST_NO_PROGRAM";
const URL: &str = "LACUNARR_TEST_URL";

/// Pages that are images by their first bytes, and no two alike.
fn pages() -> Vec<(String, Vec<u8>)> {
    let page = |number: u8| {
        let mut page = b"\xff\xd8\xff\xe0".to_vec();
        page.resize(6_000 + usize::from(number), number);
        (format!("Naruto T03/{number:03}.jpg"), page)
    };
    (1..=3).map(page).collect()
}

fn with(add: &[(&str, &[u8])], pack: impl FnOnce(&[(&str, &[u8])]) -> Vec<u8>) -> Vec<u8> {
    let pages = pages();
    let mut files: Vec<(&str, &[u8])> = pages
        .iter()
        .map(|(name, page)| (&**name, &**page))
        .collect();
    files.extend(add);
    pack(&files)
}

pub fn rar() -> Vec<u8> {
    with(&[], |files| rar_5(&stored(files)))
}

pub fn cbz() -> Vec<u8> {
    with(&[], samples::zip)
}

/// Made by the program itself: the format packs even its directory.
fn seven_zip() -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("Naruto T03")).expect("a folder");
    for (name, page) in pages() {
        fs::write(folder.path().join(name), page).expect("a file");
    }
    let output = Command::new("bsdtar")
        .args(["-c", "--format=7zip", "-f", "-"])
        .args(pages().iter().map(|(name, _)| name))
        .current_dir(&folder)
        .output();
    output.expect("bsdtar").stdout
}

pub fn can_convert() -> bool {
    let can = unpack::version().is_ok();
    if !can {
        println!("skipped: bsdtar is not installed");
    }
    can
}

/// What an archive holds, in its order.
fn inside(place: &Path) -> Vec<(String, Vec<u8>)> {
    let mut zip = ZipArchive::new(fs::File::open(place).expect("a file")).expect("a zip");
    let entries = zip.len();
    let file = |at| {
        let mut entry = zip.by_index(at).expect("an entry");
        let mut content = Vec::new();
        entry.read_to_end(&mut content).expect("whole");
        (entry.name().expect("a name").into_owned(), content)
    };
    (0..entries).map(file).collect()
}

fn both(scene: &Scene) -> Order<'_> {
    Order {
        convert: true,
        comic_info: Some(DOCUMENT),
        ..scene.order()
    }
}

/// Refused for good with this sentence, after which nothing is left of it and it is placed as it is.
async fn assert_as_it_is(scene: &Scene, says: &str) {
    let error = scene.place(both(scene)).await.expect_err(says);
    assert!(matches!(error, PlaceError::NotMade { .. }) && !error.is_passing());
    let sentence = error.sentence();
    assert!(
        sentence.starts_with("no cbz could be made of ")
            && sentence.contains(says)
            && sentence.ends_with("; it is placed as it is"),
        "{sentence}"
    );
    assert_eq!(scene.shelf(), Vec::<String>::new());
    let row = scene.place(scene.order()).await.expect("placed");
    assert_eq!((row.step, row.how), (Step::Placed, Some(How::Hardlink)));
    scene.assert_source();
}

#[tokio::test]
async fn rar_and_7z_become_zip_with_the_same_pages_and_a_description() {
    if !can_convert() {
        return;
    }
    let rar_4 = with(&[], |files| rar_4(0, &stored(files)));
    for archive in [rar(), rar_4, seven_zip()] {
        let scene = Scene::new().await.holding(archive);
        let row = scene.place(both(&scene)).await.expect("placed");
        assert_eq!(
            (row.how, row.checksum.clone()),
            (
                Some(How::Made),
                Some(known::hash(&scene.target()).expect("a hash"))
            )
        );
        let mut expected = pages();
        expected.push(("ComicInfo.xml".into(), DOCUMENT.into()));
        assert_eq!(inside(&scene.target()), expected);
        assert_eq!(scene.shelf(), ["One Piece", TARGET]);
        scene.assert_source();
        // Of another size than its source, it is known all the same.
        assert_eq!(scene.place(both(&scene)).await.expect("placed"), row);
        let undone = undo(&scene.db, &scene.clock, row.id).await.expect("undone");
        assert_eq!((undone.step, undone.message), (Step::Undone, None));
        assert_eq!(scene.shelf(), Vec::<String>::new());
        scene.assert_source();
    }
}

#[tokio::test]
async fn a_zip_gets_a_description_and_keeps_its_pages_packed_as_they_are() {
    let scene = Scene::new().await.holding(cbz());
    let row = scene.place(both(&scene)).await.expect("placed");
    assert_eq!((row.step, row.how), (Step::Placed, Some(How::Made)));
    let mut expected = pages();
    expected.push(("ComicInfo.xml".into(), DOCUMENT.into()));
    assert_eq!(inside(&scene.target()), expected);
    // Byte for byte, up to the directory.
    let made = fs::read(scene.target()).expect("a file");
    let same = made
        .iter()
        .zip(&scene.content)
        .take_while(|(one, other)| one == other);
    let name = b"ComicInfo.xml".as_slice();
    let at = made.windows(name.len()).position(|window| window == name);
    assert_eq!(
        same.count(),
        at.expect("it is there") - 30 + 2,
        "as far as the next header"
    );
}

#[tokio::test]
async fn the_same_pages_give_the_same_archive() {
    let mut sums = Vec::new();
    for _ in 0..2 {
        let scene = Scene::new().await.holding(cbz());
        sums.push(scene.place(both(&scene)).await.expect("placed").checksum);
    }
    assert_eq!(sums[0], sums[1]);
}

#[tokio::test]
async fn what_is_as_it_should_be_is_linked() {
    let own = ("a/comicinfo.XML", b"<ComicInfo/>".as_slice());
    for content in [with(&[own], samples::zip), b"%PDF-1.7".to_vec(), cbz()] {
        let is_plain = content == cbz();
        let scene = Scene::new().await.holding(content);
        let order = match is_plain {
            true => Order {
                convert: true,
                ..scene.order()
            },
            false => both(&scene),
        };
        let row = scene.place(order).await.expect("placed");
        assert_eq!(row.how, Some(How::Hardlink));
    }
    // Without converting there is no ZIP to describe.
    let scene = Scene::new().await.holding(rar());
    let order = Order {
        comic_info: Some(DOCUMENT),
        ..scene.order()
    };
    assert_eq!(
        scene.place(order).await.expect("placed").how,
        Some(How::Hardlink)
    );
}

#[tokio::test]
async fn a_description_that_came_along_is_kept() {
    if !can_convert() {
        return;
    }
    let own = (
        "ComicInfo.xml",
        b"<ComicInfo><Number>9</Number></ComicInfo>".as_slice(),
    );
    let archive = with(&[own], |files| rar_5(&stored(files)));
    let scene = Scene::new().await.holding(archive);
    scene.place(both(&scene)).await.expect("placed");
    let inside = inside(&scene.target());
    assert_eq!(inside.len(), 4);
    assert_eq!(inside[3].1, own.1);
}

#[tokio::test]
async fn what_cannot_be_converted_is_placed_as_it_is() {
    if !can_convert() {
        return;
    }
    // A page is damaged, which bsdtar does not say.
    let mut damaged = rar();
    let at = damaged
        .windows(8)
        .position(|window| window == [2; 8])
        .expect("a page");
    damaged[at] ^= 1;
    // It ends in the middle of a page, and a method that nobody has.
    let mut odd = with(&[], |files| rar_4(0, &stored(files)));
    let name = b"Naruto T03/002.jpg";
    let at = odd
        .windows(name.len())
        .position(|window| window == name)
        .expect("a page")
        - 32;
    odd[at + 25] = 0x39;
    let sum = samples::crc(&odd[at + 2..at + 32 + name.len()]).to_le_bytes();
    odd[at..at + 2].copy_from_slice(&sum[..2]);
    let outside = ("../../x.jpg", b"\xff\xd8\xffx".as_slice());
    let text = ("Naruto T03/004.jpg", b"<html>404".as_slice());
    for (archive, says) in [
        (
            damaged,
            "'Naruto T03/002.jpg' does not come out of it as its directory says",
        ),
        (odd, "bsdtar cannot unpack it: "),
        (
            b"7z\xbc\xaf\x27\x1c\0\x04 but nothing behind it".repeat(3),
            "bsdtar cannot unpack it: ",
        ),
        (
            with(&[outside], |files| rar_5(&stored(files))),
            "'../../x.jpg' in it leads out of the folder",
        ),
        (
            with(&[text], |files| rar_5(&stored(files))),
            "what comes of it is no good volume: ",
        ),
    ] {
        let scene = Scene::new().await.holding(archive);
        assert_as_it_is(&scene, says).await;
    }
}

#[tokio::test]
async fn a_zip_that_cannot_be_taken_over_is_placed_as_it_is() {
    // Two files of one name.
    let twice = with(&[("Naruto T03/00X.jpg", b"\xff\xd8\xff")], samples::zip);
    let mut bytes = twice.clone();
    while let Some(at) = bytes.windows(3).position(|window| window == b"00X") {
        bytes[at..at + 3].copy_from_slice(b"001");
    }
    let scene = Scene::new().await.holding(bytes);
    assert_as_it_is(&scene, "of its 5 files 4 can be taken over").await;
}

/// Not a test: the part that runs where no program is found.
#[tokio::test]
async fn child() {
    if std::env::var_os(NO_PROGRAM).is_none() {
        return;
    }
    let folder = PathBuf::from(std::env::var(FOLDER).expect(FOLDER));
    let scene = Scene::again(&folder, folder.join("library"), std::env::var(URL).ok()).await;
    let scene = scene.holding(rar());
    assert_as_it_is(
        &scene,
        "bsdtar is not installed (Debian and Ubuntu: apt install libarchive-tools)",
    )
    .await;
    println!("placed without it");
}

#[tokio::test]
async fn without_the_program_it_is_placed_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let library = folder.path().join("library");
    let (scene, url) = Scene::at(folder, library).await;
    scene.db.close().await;
    let mut command = Command::new(std::env::current_exe().expect("the tests"));
    command
        .args(["placing::tests::making::child", "--exact", "--nocapture"])
        .env("PATH", "/nowhere")
        .env(NO_PROGRAM, "1")
        .env(FOLDER, scene.folder.as_ref().expect("a folder").path());
    url.map(|url| command.env(URL, url));
    let output = command.output().expect("a child");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("placed without it"),
        "{said}"
    );
}

#[tokio::test]
async fn a_scan_reads_the_number_that_was_written() {
    let scene = Scene::new().await.holding(cbz());
    let document = describe::comic_info(&describe::Known {
        series: "One Piece",
        volumes: &scene.volumes,
        language: "fr",
        group: None,
    });
    let order = Order {
        comic_info: Some(&document),
        ..scene.order()
    };
    let row = scene.place(order).await.expect("placed");
    let size = row.size.expect("a size").cast_unsigned();
    let look = look::look(&scene.target(), size);
    assert_eq!(look.metadata.number, Some(scene.volumes.clone()));
    assert_eq!((look.metadata.volume, look.problem), (None, None));
}
