//! Sizes against the profile and the promise, and the bounds of what is looked at.

use std::io::{Seek, SeekFrom, Write};

use super::*;
use crate::{
    domain::units::MEGABYTE,
    verification::walk::{MAX_DEPTH, walk_at_most},
};

/// A PDF of so many bytes that takes no space.
fn sparse(download: &Download, name: &str, bytes: u64) {
    let mut file = fs::File::create(download.at(name)).expect("a file");
    file.set_len(bytes).expect("a sparse file");
    file.write_all(b"%PDF-1.7").expect("a beginning");
    file.seek(SeekFrom::Start(bytes - 6)).expect("a place");
    file.write_all(b"%%EOF\n").expect("an end");
}

/// What is said of volume 3 when the only book has so many bytes.
fn said(name: &str, bytes: u64, change: impl Fn(&mut Download)) -> &'static str {
    let mut download = Download::new();
    download.profile = Profile::default();
    change(&mut download);
    sparse(&download, name, bytes);
    let verified = download.verify("3");
    let result = verified.volumes[0].1.as_ref();
    result.map_or_else(Fault::code, |_| "ok")
}

#[test]
fn sizes_are_held_against_the_profile_for_each_volume() {
    let as_is = |_: &mut Download| {};
    for (name, bytes, expected) in [
        ("T03.pdf", 10 * MEGABYTE - 1, "too_small"),
        ("T03.pdf", 10 * MEGABYTE, "ok"),
        ("T03.pdf", 900 * MEGABYTE, "ok"),
        ("T03.pdf", 900 * MEGABYTE + 1, "too_big"),
        ("T03.pdf", 1_800 * MEGABYTE + 1, "closed_pack"),
        ("T03-T05.pdf", 30 * MEGABYTE - 1, "too_small"),
        ("T03-T05.pdf", 30 * MEGABYTE, "ok"),
        ("T03-T05.pdf", 2_700 * MEGABYTE + 3, "too_big"),
        // Coloured ones are larger.
        ("Naruto (Couleur) T03.pdf", 1_800 * MEGABYTE, "ok"),
        ("Naruto (Couleur) T03.pdf", 1_800 * MEGABYTE + 1, "too_big"),
        // One double volume is two ordinary ones.
        (
            "Naruto - Édition Double - T02.pdf",
            20 * MEGABYTE - 1,
            "too_small",
        ),
        ("Naruto - Édition Double - T02.pdf", 20 * MEGABYTE, "ok"),
    ] {
        assert_eq!(said(name, bytes, as_is), expected, "{name} {bytes}");
    }
}

#[test]
fn passes_when_it_is_not_known_how_large_a_volume_is() {
    for (name, kind, edition) in [
        // Chapters are of any size, and so is an edition that is cut in an unknown way.
        ("Naruto Chapitre 3.pdf", Kind::Chapters, Edition::Standard),
        ("T03.pdf", Kind::Manga, Edition::Perfect),
    ] {
        let change = |download: &mut Download| {
            download.series.kind = kind;
            download.series.edition = edition;
        };
        assert_eq!(said(name, MEGABYTE, change), "ok", "{name}");
    }
}

#[test]
fn the_size_of_the_only_book_was_judged_before_it_was_sent() {
    for (promised, expected) in [
        (Some(5 * MEGABYTE), "ok"),
        (Some(6 * MEGABYTE), "ok"),
        (Some(7 * MEGABYTE), "too_small"),
        (Some(0), "too_small"),
        (None, "too_small"),
    ] {
        let change = |download: &mut Download| download.bytes = promised;
        assert_eq!(
            said("T03.pdf", 5 * MEGABYTE, change),
            expected,
            "{promised:?}"
        );
    }
}

#[test]
fn far_less_than_was_promised_goes_to_review() {
    let mut download = Download::with(&[("T03.cbz", &cbz(100)), ("T04.cbz", &cbz(100))]);
    let bytes = 2 * cbz(100).len() as u64;
    for (promised, expected) in [
        (Some(2 * bytes - 200), "3=ok 4=ok"),
        (
            Some(2 * bytes + 200),
            "3=less_than_promised 4=less_than_promised",
        ),
        (Some(0), "3=ok 4=ok"),
        (None, "3=ok 4=ok"),
    ] {
        download.bytes = promised;
        assert_eq!(download.outline("3-4"), expected, "{promised:?}");
    }
    download.bytes = Some(10 * bytes);
    // What lacks says it itself.
    assert_eq!(download.outline("3-5"), "3=ok 4=ok 5=lacks_volume");
    download.accepted = vec!["less_than_promised".into()];
    assert_eq!(download.outline("3-4"), "3=ok 4=ok");
    download.accepted.clear();
    download.selected = Some(vec!["T03.cbz".into()]);
    assert_eq!(download.outline("3"), "3=ok");
}

#[test]
fn folders_in_folders_have_an_end() {
    let download = Download::new();
    let deep = |levels: usize| "a/".repeat(levels) + "T03.cbz";
    download.put(&deep(MAX_DEPTH - 1), &cbz(100));
    assert_eq!(download.outline("3-4"), "3=ok 4=lacks_volume");
    download.put(&deep(MAX_DEPTH).replace("T03", "T04"), &cbz(100));
    let verified = download.verify("3-4");
    assert_eq!(outline(&verified), "3=ok 4=too_deep");
    assert_eq!(problems(&verified), Vec::<&str>::new());
}

#[test]
fn files_without_end_are_not_all_looked_at() {
    let download = Download::new();
    for number in 0..5 {
        download.put(&format!("{number}/{number}.cbz"), b"x");
    }
    let seen = |most| walk_at_most(most, download.root.path(), None);
    assert_eq!((seen(10).files.len(), seen(10).unknown), (5, vec![]));
    let unknown = seen(9).unknown;
    assert_eq!(unknown[0].code(), "too_many_files");
    assert_eq!(unknown[0].outcome(), Outcome::Review);
}
