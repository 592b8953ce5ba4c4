//! Whole scans over real files in a temporary folder.

use std::{
    fs,
    io::{Cursor, Write},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use tempfile::TempDir;
use zip::{ZipWriter, write::SimpleFileOptions};

use super::*;
use crate::ports::ScannedSeries;

/// An archive with these entries.
pub fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .expect("a name");
        writer.write_all(content).expect("memory");
    }
    writer.finish().expect("memory").into_inner()
}

/// A volume with one page and this ComicInfo.
fn tagged(fields: &str) -> Vec<u8> {
    let comic_info = format!("<?xml version=\"1.0\"?><ComicInfo>{fields}</ComicInfo>");
    zip(&[
        ("001.jpg", b"page"),
        ("ComicInfo.xml", comic_info.as_bytes()),
    ])
}

/// A volume that says nothing of itself.
fn plain() -> Vec<u8> {
    zip(&[("001.jpg", b"page")])
}

struct Shelves {
    root: TempDir,
    nested: u8,
}

impl Shelves {
    fn new() -> Self {
        let root = tempfile::tempdir().expect("a temporary folder");
        Self { root, nested: 0 }
    }

    fn with(files: &[&str]) -> Self {
        let shelves = Self::new();
        files.iter().for_each(|path| shelves.put(path, &plain()));
        shelves
    }

    fn at(&self, path: impl AsRef<Path>) -> PathBuf {
        self.root.path().join(path)
    }

    fn put(&self, path: impl AsRef<Path>, bytes: &[u8]) {
        let place = self.at(path);
        fs::create_dir_all(place.parent().expect("below the root")).expect("folders");
        fs::write(place, bytes).expect("a file");
    }

    fn library(&self) -> FolderLibrary {
        let path = self.root.path().to_owned();
        let nested = self.nested;
        FolderLibrary::new(FolderPlace { path, nested }, Kind::Manga)
    }

    async fn scan(&self) -> Scan {
        self.rescan(&Scan::default()).await.0
    }

    /// Scans again, knowing what `last` saw; says how many files were opened.
    async fn rescan(&self, last: &Scan) -> (Scan, u64) {
        let files = last.series.iter().flat_map(|series| series.files.clone());
        let known = files.map(|file| (file.path.clone(), file)).collect();
        let (progress, seen) = watch::channel(ScanProgress::default());
        let scan = self.library().scan(Arc::new(known), progress).await;
        let scan = scan.expect("the root can be read");
        let found: usize = scan.series.iter().map(|series| series.files.len()).sum();
        assert_eq!(seen.borrow().files, found as u64);
        (scan, seen.borrow().opened)
    }
}

/// `key: path=volumes …` for each series.
fn outline(scan: &Scan) -> Vec<String> {
    let files = |series: &ScannedSeries| {
        let files = series.files.iter();
        let files = files.map(|file| format!(" {}={}", file.path, file.volumes));
        files.collect::<String>()
    };
    let series = scan.series.iter();
    series
        .map(|series| format!("{}:{}", series.key, files(series)))
        .collect()
}

/// `path: message`
fn problems(scan: &Scan) -> Vec<String> {
    let problems = scan.problems.iter();
    problems
        .map(|problem| format!("{}: {}", problem.path, problem.message))
        .collect()
}

#[tokio::test]
async fn a_sub_folder_is_a_series_with_all_that_is_below_it() {
    let shelves = Shelves::with(&[
        "Naruto (2002) [FR]/Naruto T01.cbz",
        "Naruto (2002) [FR]/Tomes/11-20/12 - Le duel.cbr",
        "Naruto (2002) [FR]/Artbooks/01.pdf",
        "20th Century Boys/20th Century Boys 03.zip",
        "Area 51/Area 51.epub",
        "Area 51/.hidden/9.cbz",
        "Area 51/@eaDir/9.cbz",
        "Area 51/10.cbz.part",
        "Covers/cover.jpg",
    ]);
    fs::create_dir(shelves.at("Empty")).expect("a folder");
    let scan = shelves.scan().await;
    assert_eq!(
        outline(&scan),
        [
            "20th Century Boys: 20th Century Boys/20th Century Boys 03.zip=3",
            "Area 51: Area 51/Area 51.epub=",
            "Naruto (2002) [FR]: Naruto (2002) [FR]/Artbooks/01.pdf= Naruto (2002) [FR]/Naruto T01.cbz=1 \
             Naruto (2002) [FR]/Tomes/11-20/12 - Le duel.cbr=12",
        ]
    );
    let naruto = &scan.series[2];
    assert_eq!(
        (naruto.title.as_str(), naruto.language.as_deref()),
        ("Naruto", Some("fr"))
    );
    assert_eq!((scan.problems, scan.unreadable), (vec![], vec![]));
}

#[tokio::test]
async fn loose_files_are_grouped_by_their_title() {
    let shelves = Shelves::with(&[
        "One Piece T01.cbz",
        "one.piece.T02.cbr",
        "Bleach 07.cbz",
        "03.cbz",
        "!!.cbz",
    ]);
    shelves.put(
        "scan0042.cbz",
        &tagged("<Series>One Piece</Series><Number>3</Number>"),
    );
    let scan = shelves.scan().await;
    assert_eq!(
        outline(&scan),
        [
            "loose:!!.cbz: !!.cbz=",
            "loose:03: 03.cbz=",
            "loose:bleach: Bleach 07.cbz=7",
            "loose:one piece: One Piece T01.cbz=1 one.piece.T02.cbr=2 scan0042.cbz=3",
        ]
    );
    let titles: Vec<&str> = scan
        .series
        .iter()
        .map(|series| series.title.as_str())
        .collect();
    assert_eq!(titles, ["!!", "03", "Bleach", "One Piece"]);
    assert_eq!(shelves.rescan(&scan).await, (scan, 0));
}

#[tokio::test]
async fn nested_folders_name_no_series_above_their_level() {
    let mut shelves = Shelves::with(&[
        "Oda/One Piece/T01.cbz",
        "Oda/Wanted.cbz",
        "Toriyama/Dragon Ball/01.cbz",
        "Solo T01.cbz",
    ]);
    shelves.nested = 1;
    assert_eq!(
        outline(&shelves.scan().await),
        [
            "Oda/One Piece: Oda/One Piece/T01.cbz=1",
            "Toriyama/Dragon Ball: Toriyama/Dragon Ball/01.cbz=1",
            "loose:solo: Solo T01.cbz=1",
            "loose:wanted: Oda/Wanted.cbz=",
        ]
    );
}

#[tokio::test]
async fn a_comic_info_wins_over_the_name_where_it_is_plausible() {
    for (name, fields, volumes) in [
        ("Naruto T03.cbz", "<Number>5</Number>", "5"),
        ("scan.cbr", "<Number>5</Number>", "5"),
        ("Naruto T03.cbz", "<Number></Number>", "3"),
        ("Naruto T03.cbz", "<Number>2004</Number>", "3"),
        ("Naruto T03.cbz", "<Volume>2004</Volume>", "3"),
        ("Naruto T01-T03.cbz", "<Number>1-3</Number>", "1-3"),
    ] {
        let shelves = Shelves::new();
        shelves.put(Path::new("Naruto").join(name), &tagged(fields));
        let scan = shelves.scan().await;
        assert_eq!(
            scan.series[0].files[0].volumes.to_string(),
            volumes,
            "{name} {fields}"
        );
    }
}

#[tokio::test]
async fn series_count_and_language_come_from_the_files() {
    let shelves = Shelves::new();
    let fields =
        "<Series>Tom &amp; Jerry</Series><Count>12</Count><LanguageISO>fr-FR</LanguageISO>";
    shelves.put("Jerry/T01.cbz", &tagged(fields));
    let scan = shelves.scan().await;
    let series = &scan.series[0];
    assert_eq!(
        (
            series.title.as_str(),
            series.total,
            series.language.as_deref()
        ),
        ("Jerry", Some(12), Some("fr"))
    );
    let file = &series.files[0];
    assert_eq!(
        (file.title.as_deref(), file.count, file.language.as_deref()),
        (Some("Tom & Jerry"), Some(12), Some("fr"))
    );
}

#[tokio::test]
async fn an_epub_is_read_by_its_package() {
    let container =
        br#"<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>"#;
    let package = r#"<package xmlns:dc="d"><metadata><dc:title>Le vol</dc:title><dc:language>fr</dc:language>
        <meta name="calibre:series" content="Fondation"/><meta name="calibre:series_index" content="2.0"/></metadata></package>"#;
    let book = zip(&[
        ("mimetype", b"application/epub+zip"),
        ("META-INF/container.xml", container),
        ("other.opf", b"<package/>"),
        ("OEBPS/book.opf", package.as_bytes()),
        ("OEBPS/1.xhtml", b"text"),
    ]);
    let shelves = Shelves::new();
    shelves.put("roman.epub", &book);
    let scan = shelves.scan().await;
    assert_eq!(outline(&scan), ["loose:fondation: roman.epub=2"]);
    assert_eq!(scan.series[0].language.as_deref(), Some("fr"));
    assert_eq!(scan.problems, []);
}

#[tokio::test]
async fn a_file_with_a_problem_is_reported_and_still_owned() {
    let mut encrypted = plain();
    let directory = encrypted
        .windows(4)
        .position(|bytes| bytes == b"PK\x01\x02")
        .expect("a directory");
    encrypted[directory + 8] |= 1;
    for (bytes, problem) in [
        (plain(), None),
        (b"Rar!\x1a\x07\x01\x00".to_vec(), None),
        (b"7z\xbc\xaf\x27\x1c".to_vec(), None),
        (b"\xef\xbb\xbf%PDF-1.7".to_vec(), None),
        (vec![], Some("0 bytes")),
        (vec![0; 4096], Some("neither an archive")),
        (b"<html>404</html>".to_vec(), Some("neither an archive")),
        (zip(&[]), Some("empty archive")),
        (
            zip(&[("readme.txt", b"x"), ("__MACOSX/1.jpg", b"x")]),
            Some("empty archive"),
        ),
        (
            plain()[..60].to_vec(),
            Some("not downloaded or copied to its end"),
        ),
        (encrypted, Some("password")),
    ] {
        let shelves = Shelves::new();
        shelves.put("Naruto/T03.cbz", &bytes);
        let scan = shelves.scan().await;
        let file = &scan.series[0].files[0];
        let said = file.problem.as_deref();
        assert!(
            said.unwrap_or("none").contains(problem.unwrap_or("none")),
            "{problem:?}: {said:?}"
        );
        assert_eq!(file.volumes.to_string(), "3");
        assert_eq!(scan.problems.len(), usize::from(problem.is_some()));
        assert_eq!(shelves.rescan(&scan).await, (scan, 0), "{problem:?}");
    }
}

#[tokio::test]
async fn unchanged_files_are_not_opened() {
    let shelves = Shelves::with(&["Naruto/T01.cbz", "Naruto/T02.cbz", "Bleach 07.cbz"]);
    shelves.put("Naruto/scan.cbz", &tagged("<Number>5</Number>"));
    let (first, opened) = shelves.rescan(&Scan::default()).await;
    assert_eq!(opened, 4);
    let (second, opened) = shelves.rescan(&first).await;
    assert_eq!((&second, opened), (&first, 0));

    let later = SystemTime::now() + Duration::from_secs(5);
    let touched = fs::File::options()
        .write(true)
        .open(shelves.at("Naruto/T02.cbz"));
    touched
        .and_then(|file| file.set_modified(later))
        .expect("a new time");
    shelves.put("Naruto/T03.cbz", &plain());
    fs::remove_file(shelves.at("Bleach 07.cbz")).expect("it is there");
    let (third, opened) = shelves.rescan(&second).await;
    assert_eq!(opened, 2);
    let expected = "Naruto: Naruto/T01.cbz=1 Naruto/T02.cbz=2 Naruto/T03.cbz=3 Naruto/scan.cbz=5";
    assert_eq!(outline(&third), [expected]);
}

#[tokio::test]
async fn what_could_not_be_read_for_a_while_is_tried_again() {
    let shelves = Shelves::with(&["Naruto/T01.cbz"]);
    let mut last = shelves.scan().await;
    last.series[0].files[0].problem = Some(archive::passing("Permission denied"));
    let (scan, opened) = shelves.rescan(&last).await;
    assert_eq!((opened, scan.problems), (1, vec![]));
}

#[tokio::test]
async fn a_number_that_a_tagger_wrote_into_every_file_loses_in_any_order() {
    let shelves = Shelves::new();
    let one = tagged("<Number>1</Number>");
    shelves.put("Naruto/T03.cbz", &one);
    let scan = shelves.scan().await;
    assert_eq!(outline(&scan), ["Naruto: Naruto/T03.cbz=1"]);
    shelves.put("Naruto/T04.cbz", &one);
    let (scan, opened) = shelves.rescan(&scan).await;
    assert_eq!(
        (outline(&scan), opened),
        (
            vec!["Naruto: Naruto/T03.cbz=3 Naruto/T04.cbz=4".to_owned()],
            2
        )
    );
    shelves.put("Naruto/T05.cbz", &one);
    let (scan, _) = shelves.rescan(&scan).await;
    assert_eq!(
        outline(&scan),
        ["Naruto: Naruto/T03.cbz=3 Naruto/T04.cbz=4 Naruto/T05.cbz=5"]
    );
    assert_eq!(shelves.rescan(&scan).await, (shelves.scan().await, 0));
}

#[cfg(unix)]
#[tokio::test]
async fn names_that_are_not_utf8_are_escaped_and_reported() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    let shelves = Shelves::new();
    let name = |bytes| Path::new(OsStr::from_bytes(bytes));
    shelves.put(name(b"\xc9lodie/T01.cbz"), &plain());
    shelves.put(name(b"Naruto/Naruto \xe0 T02.cbz"), &plain());
    shelves.put(name(b"loose:x\\/T03.cbz"), &plain());
    let scan = shelves.scan().await;
    assert_eq!(
        outline(&scan),
        [
            r"Naruto: Naruto/Naruto \xe0 T02.cbz=2",
            r"\x6coose:x\x5c: loose:x\x5c/T03.cbz=3",
            r"\xc9lodie: \xc9lodie/T01.cbz=1",
        ]
    );
    let problems = problems(&scan);
    assert_eq!(problems.len(), 2);
    assert!(
        problems[0].starts_with(r"Naruto/Naruto \xe0 T02.cbz: the name is not UTF-8"),
        "{problems:?}"
    );
    assert!(
        problems[1].starts_with(r"\xc9lodie: the folder's name is not UTF-8"),
        "{problems:?}"
    );
    assert_eq!(shelves.rescan(&scan).await, (scan, 0));
}

#[cfg(unix)]
#[tokio::test]
async fn links_are_followed_and_circles_are_reported_once() {
    use std::os::unix::fs::symlink;
    let shelves = Shelves::with(&["Naruto/T01.cbz", "Naruto/Tomes/T02.cbz"]);
    let other = Shelves::with(&["Bleach/T05.cbz", "T06.cbz"]);
    for (target, link) in [
        (other.at("Bleach"), "Bleach"),
        (other.at("T06.cbz"), "Bleach/T06.cbz"),
        (shelves.at("Naruto"), "Naruto/Tomes/again"),
        (shelves.at(""), "Naruto/up"),
        (shelves.at("Naruto"), "Naruto/Tomes/self/../here"),
        (PathBuf::from("round"), "Naruto/round"),
        (PathBuf::from("/no/such/disk"), "Away"),
    ] {
        let link = shelves.at(link.replace("self/../", ""));
        symlink(target, link).expect("a link");
    }
    let scan = shelves.scan().await;
    assert_eq!(
        outline(&scan),
        [
            "Bleach: Bleach/T05.cbz=5 Bleach/T06.cbz=6",
            "Naruto: Naruto/T01.cbz=1 Naruto/Tomes/T02.cbz=2"
        ]
    );
    let problems = problems(&scan);
    let expected = [
        ("Away: ", "leads nowhere"),
        ("Naruto/Tomes/again: ", "leads back"),
        ("Naruto/Tomes/here: ", "leads back"),
        ("Naruto/round: ", "in a circle"),
        ("Naruto/up: ", "leads back"),
    ];
    assert_eq!(problems.len(), expected.len(), "{problems:?}");
    for (problem, (path, message)) in problems.iter().zip(expected) {
        assert!(
            problem.starts_with(path) && problem.contains(message),
            "{problem}"
        );
    }
    assert_eq!(scan.unreadable, ["Away", "Naruto/round"]);
}

#[cfg(unix)]
#[tokio::test]
async fn links_that_lead_to_one_another_do_not_multiply() {
    use std::os::unix::fs::symlink;
    let shelves = Shelves::with(&["Naruto/T01.cbz"]);
    let other = Shelves::new();
    for from in ["a", "b", "c", "d", "e", "f", "g"] {
        other.put(Path::new(from).join("T02.cbz"), &plain());
        symlink(other.at(from), shelves.at("Naruto").join(from)).expect("a link");
        for to in ["a", "b", "c", "d", "e", "f", "g"] {
            symlink(other.at(to), other.at(from).join(format!("to {to}"))).expect("a link");
        }
    }
    let scan = shelves.scan().await;
    assert_eq!(scan.series[0].files.len(), 8);
    assert!(scan.problems.len() < 100, "{}", scan.problems.len());
}

/// Permissions do not bind root; a path longer than the system takes binds everyone.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn what_is_below_a_folder_that_cannot_be_listed_is_unknown() {
    let shelves = Shelves::with(&["Naruto/T01.cbz"]);
    let long = "x".repeat(255);
    let eight: PathBuf = std::iter::repeat_n(&long, 8).collect();
    fs::create_dir_all(shelves.at(&eight)).expect("folders");
    let inner = tempfile::tempdir_in(shelves.root.path()).expect("a folder");
    fs::create_dir_all(inner.path().join(&eight)).expect("folders");
    fs::rename(inner.path().join(&long), shelves.at(&eight).join(&long)).expect("one tree of both");
    drop(inner);
    let scan = shelves.scan().await;
    assert_eq!(outline(&scan), ["Naruto: Naruto/T01.cbz=1"]);
    assert_eq!(scan.unreadable.len(), 1);
    assert!(scan.unreadable[0].starts_with(&format!("{long}/{long}/")));
    assert!(
        scan.problems[0].message.contains("cannot be read now"),
        "{:?}",
        scan.problems
    );
}

#[tokio::test]
async fn folders_too_deep_are_unknown() {
    let shelves = Shelves::new();
    let deep: PathBuf = std::iter::repeat_n("a", 16).collect();
    shelves.put(deep.join("T01.cbz"), &plain());
    shelves.put(deep.join("b/T02.cbz"), &plain());
    let scan = shelves.scan().await;
    assert_eq!(scan.series[0].files.len(), 1);
    assert_eq!(scan.unreadable, [format!("{}/b", deep.display())]);
    assert!(scan.problems[0].message.contains("16 folders deep"));
}

#[tokio::test]
async fn a_root_that_cannot_be_read_is_an_error_with_advice() {
    let shelves = Shelves::with(&["T01.cbz"]);
    for (path, advice) in [("missing", "mounted"), ("T01.cbz", "not a file")] {
        let path = shelves.at(path);
        let library = FolderLibrary::new(FolderPlace { path, nested: 0 }, Kind::Manga);
        let (progress, _) = watch::channel(ScanProgress::default());
        let scan = library
            .scan(Arc::default(), progress)
            .await
            .expect_err("no folder");
        let test = library.test().await.expect_err("no folder");
        for error in [scan.to_string(), test.to_string()] {
            assert!(
                error.contains("cannot be read") && error.contains(advice),
                "{error}"
            );
        }
    }
}

#[tokio::test]
async fn a_test_says_how_many_sub_folders_there_are() {
    let shelves = Shelves::new();
    let report = shelves.library().test().await.expect("it can be read");
    assert!(
        report.program.ends_with(": 0 sub-folders, readable"),
        "{}",
        report.program
    );
    assert!(
        report.warnings[0].contains("mounted"),
        "{:?}",
        report.warnings
    );
    shelves.put("Naruto/T01.cbz", &plain());
    let report = shelves.library().test().await.expect("it can be read");
    assert!(
        report.program.ends_with(": 1 sub-folder, readable"),
        "{}",
        report.program
    );
    assert_eq!(report.warnings, Vec::<String>::new());
}

#[test]
fn a_scan_that_nobody_waits_for_ends() {
    let shelves = Shelves::with(&["Naruto/T01.cbz"]);
    let stop = Arc::<AtomicBool>::default();
    drop(StopOnDrop(Arc::clone(&stop)));
    let (progress, _) = watch::channel(ScanProgress::default());
    let (known, place) = (KnownFiles::new(), &shelves.library().place);
    let root = Folder::root(&place.path).expect("it is there");
    let scan = Scanner::new(place, Kind::Manga, &known, &progress, &stop).run(&root);
    assert_eq!(
        scan.expect_err("it was stopped").kind(),
        io::ErrorKind::Interrupted
    );
}
