//! Whole scans over real files in a temporary folder; `trouble` has what cannot be read.

mod trouble;

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use tempfile::TempDir;

use super::*;
use crate::{
    book::{look, samples::zip},
    domain::release::Kind,
    ports::ScannedSeries,
};

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
        FolderLibrary::new(
            FolderPlace {
                path,
                nested,
                inbox: Vec::new(),
            },
            Kind::Manga.into(),
        )
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
        assert_eq!(seen.borrow().series, scan.series.len() as u64);
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
    last.series[0].files[0].problem = Some(look::passing("Permission denied"));
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
    let scan = Scanner::new(place, Kind::Manga.into(), &known, &progress, &stop).run(&root);
    assert_eq!(
        scan.expect_err("it was stopped").kind(),
        io::ErrorKind::Interrupted
    );
}
