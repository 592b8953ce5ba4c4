//! Which volumes are read from the names of files and folders.

use super::*;

/// The volumes in which a book was found, promised or not, and what is said of the others.
fn read(download: &Download, promised: &str) -> String {
    let verified = download.verify(promised);
    let others = verified
        .others
        .iter()
        .map(|(volume, _)| format!("({volume})"));
    let mut parts = vec![outline(&verified)];
    parts.extend(others);
    parts.join(" ")
}

#[test]
fn volumes_are_read_from_files_or_their_folders() {
    for (names, promised, expected) in [
        (vec!["Naruto T03.cbz"], "3", "3=ok"),
        (vec!["03 - Le duel.cbz"], "3", "3=ok"),
        (vec!["[Team] Naruto - 03 [FR].cbz"], "3", "3=ok"),
        (vec!["naruto.T03.FRENCH.cbz"], "3", "3=ok"),
        // The only book is what was promised, unless it says otherwise.
        (vec!["naruto.cbz"], "3", "3=ok"),
        (vec!["pack/abc.cbz"], "3", "3=ok"),
        (vec!["Naruto T04.cbz"], "3", "3=lacks_volume (4)"),
        (vec!["Naruto - Artbook 1.cbz"], "3", "3=special"),
        // A folder of one book has its number.
        (
            vec!["Naruto T03/a.cbz", "Naruto T04/a.cbz"],
            "3-4",
            "3=ok 4=ok",
        ),
        (vec!["T03/cbz/a.cbz", "T04/a.cbz"], "3-4", "3=ok 4=ok"),
        (vec!["T03/a.cbz", "T03/b.cbz"], "3", "3=no_volume"),
        // Specials are beside the volumes.
        (
            vec!["T03.cbz", "Artbooks/04.cbz"],
            "3-4",
            "3=ok 4=lacks_volume",
        ),
        (
            vec!["Tomes 1 à 9/03.cbz", "Tomes 10 à 19/10.cbz"],
            "3,10",
            "3=ok 10=ok",
        ),
    ] {
        let volume = cbz(100);
        let files: Vec<(&str, &[u8])> = names
            .iter()
            .map(|name| (*name, volume.as_slice()))
            .collect();
        let download = Download::with(&files);
        assert_eq!(read(&download, promised), expected, "{names:?}");
    }
}

#[test]
fn another_series_goes_to_review_and_one_that_is_known_to_be_another_fails() {
    let volume = cbz(100);
    let download = |names: &[&str]| {
        let files: Vec<(&str, &[u8])> = names
            .iter()
            .map(|name| (*name, volume.as_slice()))
            .collect();
        let mut download = Download::with(&files);
        download.series.aliases = vec!["ナルト".into()];
        download.series.not_aliases = vec!["Naruto Gaiden".into()];
        download
    };
    for (names, expected, outcome) in [
        (
            vec!["Boruto T03.cbz"],
            "3=wrong_series",
            Some(Outcome::Review),
        ),
        (
            vec!["Naruto Gaiden T03.cbz"],
            "3=wrong_series",
            Some(Outcome::Fails),
        ),
        (vec!["ナルト T03.cbz"], "3=ok", None),
        (
            vec!["Naruto Shippuden T03.cbz"],
            "3=wrong_series",
            Some(Outcome::Review),
        ),
        (vec!["Naruto (ナルト) T03.cbz"], "3=ok", None),
        // Another series beside this one is passed over.
        (vec!["Boruto T03.cbz", "Naruto T03.cbz"], "3=ok", None),
        (vec!["Boruto/T03.cbz", "Naruto/T03.cbz"], "3=ok", None),
        (
            vec!["Boruto/T03.cbz", "Naruto/T04.cbz"],
            "3=wrong_series",
            Some(Outcome::Review),
        ),
        // A folder that is not beside the series' own may be called anything.
        (vec!["Scans/T03.cbz", "Autres/T04.cbz"], "3=ok", None),
    ] {
        let verified = download(&names).verify("3");
        assert_eq!(outline(&verified), expected, "{names:?}");
        let fault = verified.volumes[0].1.as_ref().err();
        assert_eq!(fault.map(Fault::outcome), outcome, "{names:?}");
    }
    let mut accepted = download(&["Boruto T03.cbz"]);
    accepted.accepted = vec!["wrong_series".into()];
    assert_eq!(accepted.outline("3"), "3=ok");
    accepted.series.not_aliases = vec!["Boruto".into()];
    assert_eq!(accepted.outline("3"), "3=wrong_series");
}

#[test]
fn editions_are_counted_in_the_collected_volumes() {
    for (name, edition, promised, expected) in [
        (
            "Naruto - Édition Double - T02.cbz",
            Edition::Standard,
            "3",
            "3=ok (4)",
        ),
        // The release said it, the file does not.
        ("Naruto 02.cbz", Edition::Double, "3", "3=ok (4)"),
        (
            "Naruto - Édition double/Naruto 02.cbz",
            Edition::Standard,
            "3",
            "3=ok (4)",
        ),
        ("Naruto 03.cbz", Edition::Colour, "3", "3=ok"),
        (
            "Naruto Perfect Edition 02.cbz",
            Edition::Standard,
            "3",
            "3=other_edition",
        ),
    ] {
        let mut download = Download::with(&[(name, &cbz(200))]);
        download.edition = edition;
        assert_eq!(read(&download, promised), expected, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn names_that_are_not_utf8_are_read_and_cut() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    let download = Download::new();
    let name = OsStr::from_bytes(b"Naruto \xe0 T03.cbz");
    fs::write(download.root.path().join(name), cbz(100)).expect("a file");
    let long = format!("Naruto T04 {}\u{7}.cbz", "é".repeat(100));
    download.put(&long, b"junk");
    let verified = download.verify("3-4");
    assert_eq!(outline(&verified), "3=ok 4=not_a_book");
    let fault = verified.volumes[1]
        .1
        .as_ref()
        .expect_err("junk")
        .to_string();
    assert!(
        !fault.contains('\u{7}') && fault.chars().count() < 250,
        "{fault}"
    );
}
