//! Downloads made here, in every format that can be one; what is wrong with others is in the files below.

mod faults;
mod hostile;
mod limits;
mod names;
mod packs;

use std::{fs, path::Path};

use tempfile::TempDir;

use super::{fault::Fault, *};
use crate::{
    book::samples::{File, files, rar_4, rar_5, zip},
    domain::{
        edition::EditionMap,
        profile::Sizes,
        release::{Kind, Lexicon},
    },
};

/// How a page begins.
const JPEG: &[u8] = b"\xff\xd8\xff\xe0";

/// A page that does not shrink, so that a volume has its size.
fn jpeg(seed: usize) -> Vec<u8> {
    let mut state = u32::try_from(seed).expect("small").wrapping_add(1);
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    JPEG.iter()
        .copied()
        .chain((0..400).map(|_| next()))
        .collect()
}

/// A volume of so many pages.
fn cbz(pages: usize) -> Vec<u8> {
    cbz_with(pages, &[])
}

/// The same, with these files in front of the pages.
fn cbz_with(pages: usize, before: &[(&str, &[u8])]) -> Vec<u8> {
    let pages: Vec<(String, Vec<u8>)> = (0..pages)
        .map(|number| (format!("{number:03}.jpg"), jpeg(number)))
        .collect();
    let pages = pages
        .iter()
        .map(|(name, page)| (name.as_str(), page.as_slice()));
    let all: Vec<(&str, &[u8])> = before.iter().copied().chain(pages).collect();
    zip(&all)
}

/// A RAR of so many pages, of version 4 or 5.
fn cbr(version: u8, pages: usize) -> Vec<u8> {
    let names: Vec<String> = (0..pages)
        .map(|number| format!("{number:03}.jpg"))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let page = jpeg(0);
    let files: Vec<File<'_>> = files(&names)
        .into_iter()
        .map(|file| File {
            packed: &page,
            unpacked: 404,
            ..file
        })
        .collect();
    if version == 4 {
        rar_4(0, &files)
    } else {
        rar_5(&files)
    }
}

fn pdf() -> Vec<u8> {
    let page = jpeg(1).repeat(30);
    [b"%PDF-1.7\n", page.as_slice(), b"\n%%EOF\n"].concat()
}

/// With so many pages of text and of images.
fn epub(texts: usize, images: usize) -> Vec<u8> {
    let mimetype: (&str, &[u8]) = ("mimetype", b"application/epub+zip");
    let texts: Vec<String> = (0..texts).map(|number| format!("{number}.xhtml")).collect();
    let noise = jpeg(2).repeat(3);
    let texts = texts.iter().map(|name| (name.as_str(), noise.as_slice()));
    let before: Vec<(&str, &[u8])> = [mimetype].into_iter().chain(texts).collect();
    cbz_with(images, &before)
}

pub(super) fn set(text: &str) -> VolumeSet {
    text.parse().expect("a set")
}

/// What lies in the folder of a download client, and what was promised.
struct Download {
    root: TempDir,
    series: Series,
    profile: Profile,
    edition: Edition,
    bytes: Option<u64>,
    selected: Option<Vec<String>>,
    accepted: Vec<String>,
}

impl Download {
    fn new() -> Self {
        // A thousandth of what volumes have, so that tests are fast.
        let sizes = |bounds: [f64; 6]| Sizes {
            refuse_below: bounds[0] / 1000.0,
            review_below: bounds[1] / 1000.0,
            ideal_from: bounds[2] / 1000.0,
            ideal_to: bounds[3] / 1000.0,
            review_above: bounds[4] / 1000.0,
            refuse_above: bounds[5] / 1000.0,
        };
        Self {
            root: tempfile::tempdir().expect("a temporary folder"),
            series: series("Naruto"),
            profile: Profile {
                manga: sizes([10.0, 20.0, 50.0, 250.0, 400.0, 900.0]),
                bd: sizes([8.0, 15.0, 40.0, 200.0, 350.0, 800.0]),
                novels: sizes([0.05, 0.1, 0.2, 80.0, 150.0, 400.0]),
                ..Profile::default()
            },
            edition: Edition::Standard,
            bytes: None,
            selected: None,
            accepted: Vec::new(),
        }
    }

    fn with(files: &[(&str, &[u8])]) -> Self {
        let download = Self::new();
        for (path, bytes) in files {
            download.put(path, bytes);
        }
        download
    }

    fn at(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    fn put(&self, path: &str, bytes: &[u8]) {
        let place = self.at(path);
        fs::create_dir_all(place.parent().expect("below the root")).expect("folders");
        fs::write(place, bytes).expect("a file");
    }

    /// What was found of these promised volumes.
    fn verify(&self, volumes: &str) -> Verified {
        self.verify_at(self.root.path(), volumes)
    }

    fn verify_at(&self, root: &Path, volumes: &str) -> Verified {
        let promise = Promise {
            volumes: &set(volumes),
            series: &self.series,
            edition: self.edition,
            profile: &self.profile,
            lexicon: Lexicon::known(),
            bytes: self.bytes,
            selected: self.selected.as_deref(),
            accepted: &self.accepted,
        };
        verify(root, &promise)
    }

    /// `3=ok 4=lacks_volume`
    fn outline(&self, volumes: &str) -> String {
        outline(&self.verify(volumes))
    }
}

fn outline(verified: &Verified) -> String {
    let volumes = verified.volumes.iter().map(|(volume, result)| {
        let result = result.as_ref().map_or_else(Fault::code, |_| "ok");
        format!("{volume}={result}")
    });
    volumes.collect::<Vec<_>>().join(" ")
}

/// The codes of what else is wrong.
fn problems(verified: &Verified) -> Vec<&'static str> {
    verified.problems.iter().map(Fault::code).collect()
}

pub(super) fn series(title: &str) -> Series {
    Series {
        id: 1,
        title: title.into(),
        aliases: Vec::new(),
        not_aliases: Vec::new(),
        language: "fr".into(),
        kind: Kind::Manga,
        monitored: true,
        auto_send: true,
        wanted_from: None,
        wanted_to: None,
        ignored: VolumeSet::default(),
        total: None,
        stated_total: None,
        announced: None,
        specials: <_>::default(),
        sources: Vec::new(),
        edition: Edition::Standard,
        editions: EditionMap::default(),
        profile: None,
    }
}

#[test]
fn a_good_volume_is_taken_in_every_format() {
    for (name, bytes, format, pages) in [
        ("T03.cbz", cbz(100), "cbz", Some(100)),
        ("T03.zip", cbz(100), "zip", Some(100)),
        ("T03.cbr", cbr(4, 100), "cbr", Some(100)),
        ("T03.rar", cbr(5, 100), "rar", Some(100)),
        ("T03.CBR", cbz(100), "cbz", Some(100)),
        ("T03.cbz", cbr(5, 100), "cbr", Some(100)),
        ("T03.epub", cbz(100), "cbz", Some(100)),
        ("T03.pdf", pdf(), "pdf", None),
        ("T03.epub", epub(90, 100), "epub", Some(100)),
        ("T03.epub", epub(60, 1), "epub", Some(1)),
    ] {
        let download = Download::with(&[(name, &bytes)]);
        let verified = download.verify("3");
        let expected = Book {
            path: download.at(name),
            format,
            bytes: bytes.len() as u64,
            pages,
            volumes: set("3"),
        };
        assert_eq!(verified.volumes[0].1, Ok(vec![expected]), "{name} {format}");
        assert_eq!((verified.others, verified.problems), (vec![], vec![]));
        // The same when the release is just this file.
        let file = download.verify_at(&download.at(name), "3");
        assert_eq!(outline(&file), "3=ok", "{name}");
    }
}

#[test]
fn a_folder_of_pages_is_a_volume() {
    let download = Download::new();
    for number in 0..90 {
        download.put(&format!("Naruto T03/{number:03}.jpg"), &jpeg(number));
        download.put(
            &format!("Tome 4/pages/{number:03}.png"),
            b"\x89PNG....".repeat(40).as_slice(),
        );
    }
    download.put("Naruto T03/ComicInfo.xml", b"<ComicInfo/>");
    let verified = download.verify("3-4");
    let expected = Book {
        path: download.at("Naruto T03"),
        format: "folder",
        bytes: 90 * 404,
        pages: Some(90),
        volumes: set("3"),
    };
    assert_eq!(verified.volumes[0].1, Ok(vec![expected]));
    assert_eq!(outline(&verified), "3=ok 4=ok");
    assert_eq!(problems(&verified), Vec::<&str>::new());
}

#[test]
fn the_best_copy_of_a_volume_comes_first() {
    let download = Download::with(&[
        ("Naruto T03.pdf", &pdf()),
        ("Naruto T03.cbz", &cbz(90)),
        ("other/Naruto T03.cbz", &cbz(100)),
        ("Naruto T03 bad.cbz", b"junk"),
    ]);
    let verified = download.verify("3");
    let copies = verified.volumes[0].1.as_ref().expect("good ones");
    let names: Vec<_> = copies
        .iter()
        .map(|book| (book.format, book.pages))
        .collect();
    assert_eq!(
        names,
        [("cbz", Some(100)), ("cbz", Some(90)), ("pdf", None)]
    );
    assert_eq!(problems(&verified), ["not_a_book"]);
}
