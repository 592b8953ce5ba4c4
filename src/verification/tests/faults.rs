//! One table per fault: its boundary, and what passes because it is not known.

use super::*;
use crate::book::samples::seven_zip;

/// What is said of volume 3 when the release is this file.
fn code(name: &str, bytes: &[u8]) -> &'static str {
    let verified = Download::with(&[(name, bytes)]).verify("3");
    assert_eq!(problems(&verified), Vec::<&str>::new(), "{name}");
    result(&verified)
}

fn result(verified: &Verified) -> &'static str {
    let result = verified.volumes[0].1.as_ref();
    result.map_or_else(Fault::code, |_| "ok")
}

/// With the flag for a password in each central header.
fn locked(mut bytes: Vec<u8>) -> Vec<u8> {
    let at: Vec<usize> = (0..bytes.len() - 4)
        .filter(|at| bytes[*at..].starts_with(b"PK\x01\x02"))
        .collect();
    for at in at {
        bytes[at + 8] |= 1;
    }
    bytes
}

#[test]
fn a_file_that_is_no_whole_book_fails() {
    let rar = |file: File<'_>| rar_5(&[file, file]);
    let page = File {
        packed: JPEG,
        unpacked: 4,
        ..files(&["1.jpg"])[0]
    };
    let truncated = |bytes: Vec<u8>| bytes[..bytes.len() - 30].to_vec();
    for (name, bytes, expected) in [
        ("T03.cbz", vec![], "no_bytes"),
        ("T03.cbz", vec![0; 50_000], "not_a_book"),
        ("T03.cbz", b"<html>404</html>".to_vec(), "not_a_book"),
        ("T03.mkv", cbz(100), "foreign_extension"),
        ("T03.cbt", cbz(100), "foreign_extension"),
        ("T03", cbz(100), "foreign_extension"),
        ("T03.cbz", truncated(cbz(100)), "damaged"),
        ("T03.cbr", truncated(cbr(5, 100)), "damaged"),
        ("T03.cbr", truncated(cbr(4, 100)), "damaged"),
        ("T03.pdf", truncated(pdf()), "damaged"),
        ("T03.cb7", truncated(seven_zip(&[0x17; 100])), "damaged"),
        ("T03.cbz", locked(cbz(100)), "encrypted"),
        ("T03.epub", locked(epub(90, 100)), "encrypted"),
        (
            "T03.epub",
            cbz_with(
                100,
                &[
                    ("mimetype", b"application/epub+zip"),
                    ("META-INF/rights.xml", b"x"),
                ],
            ),
            "encrypted",
        ),
        (
            "T03.cbr",
            rar(File {
                encrypted: true,
                ..page
            }),
            "encrypted",
        ),
        ("T03.cbr", rar_4(0x80, &[page]), "encrypted"),
        ("T03.cb7", seven_zip(b"\x17\x06\xf1\x07\x01"), "encrypted"),
        (
            "T03.cbr",
            rar(File {
                is_link: true,
                ..page
            }),
            "link",
        ),
        (
            "T03.cbr",
            rar(File {
                name: "a/../../1.jpg",
                ..page
            }),
            "escapes",
        ),
        ("T03.cbz", zip(&[("/etc/1.jpg", JPEG)]), "escapes"),
        ("T03.cbz", zip(&[]), "no_pages"),
        ("T03.cbz", zip(&[("readme.txt", b"x")]), "no_pages"),
        ("T03.cbz", zip(&[("1.xhtml", b"x")]), "no_pages"),
        ("T03.epub", zip(&[("1.xhtml", b"x")]), "not_an_epub"),
        (
            "T03.epub",
            zip(&[("mimetype", b"text/plain")]),
            "not_an_epub",
        ),
        (
            "T03.cbz",
            cbz_with(99, &[("cover.jpg", b"")]),
            "empty_pages",
        ),
        (
            "T03.cbz",
            cbz_with(99, &[("cover.jpg", b"fake")]),
            "not_an_image",
        ),
    ] {
        assert_eq!(code(name, &bytes), expected, "{name}");
    }
}

#[test]
fn what_cannot_be_known_goes_to_review_or_passes() {
    for (name, bytes, expected) in [
        // Not the extension: many .cbr are ZIP files.
        ("T03.cbr", cbz(100), "ok"),
        // The files of a 7z cannot be seen.
        ("T03.cb7", seven_zip(&[0x17; 20_000]), "unseen"),
        // A library shows neither archives in an archive nor parts of one.
        (
            "T03.zip",
            zip(&[("T01.cbz", b"x"), ("T02.cbz", b"x")]),
            "packed",
        ),
        ("T03.rar", rar_4(1, &files(&["1.jpg"])), "packed"),
        // A PDF does not say how many pages it has.
        ("T03.pdf", pdf(), "ok"),
    ] {
        assert_eq!(code(name, &bytes), expected, "{name}");
    }
}

#[test]
fn a_release_with_a_program_is_a_fake_and_nothing_of_it_is_taken() {
    let good = cbz(100);
    let inside = cbz_with(100, &[("Setup.exe", b"MZ")]);
    for (name, bytes) in [
        ("Naruto T04.cbz.exe", b"MZ".as_slice()),
        ("Naruto T04.scr", b"anything"),
        ("install.sh", b"echo"),
        ("Naruto T04.cbz", b"MZ\x90\0"),
        ("Naruto T04.cbr", b"\x7fELF"),
        ("extra/data", b"MZ\x90\0"),
        ("Naruto T04.cbz", &inside),
    ] {
        let download = Download::with(&[("Naruto T03.cbz", &good), (name, bytes)]);
        let verified = download.verify("3-4");
        assert_eq!(outline(&verified), "3=executable 4=executable", "{name}");
        assert_eq!((verified.others, verified.problems), (vec![], vec![]));
    }
    for (name, bytes) in [
        ("www.site.url", b"[InternetShortcut]".as_slice()),
        ("readme.txt", b"MZ is how it begins"),
        (".hidden/setup.exe", b"MZ"),
        ("extra/data", b"anything"),
    ] {
        let download = Download::with(&[("Naruto T03.cbz", &good), (name, bytes)]);
        assert_eq!(download.outline("3"), "3=ok", "{name}");
    }
    // EPUBs may have scripts.
    let epub = cbz_with(
        100,
        &[("mimetype", b"application/epub+zip"), ("a.js", b"x")],
    );
    assert_eq!(code("T03.epub", &epub), "ok");
    assert_eq!(
        code("T03.cbz", &cbz_with(100, &[("a.js", b"x")])),
        "executable"
    );
}

#[test]
fn few_pages_go_to_review() {
    for (kind, name, pages, expected) in [
        (Kind::Manga, "T03.cbz", 79, "few_pages"),
        (Kind::Manga, "T03.cbz", 80, "ok"),
        (Kind::Manga, "T03-T04.cbz", 159, "few_pages"),
        (Kind::Manga, "T03-T04.cbz", 160, "ok"),
        (Kind::Bd, "T03.cbz", 23, "few_pages"),
        (Kind::Bd, "T03.cbz", 24, "ok"),
        (Kind::Comics, "Naruto 003.cbz", 20, "ok"),
    ] {
        let mut download = Download::with(&[(name, &cbz(pages))]);
        download.series.kind = kind;
        download.profile.comics.refuse_below = 0.0;
        assert_eq!(result(&download.verify("3")), expected, "{name} {pages}");
    }
    let mut download = Download::with(&[("T03.cbz", &cbz(79))]);
    download.series.edition = Edition::Double;
    download.profile.manga.refuse_below = 0.0;
    let fault = download.verify("3").volumes.remove(0).1.expect_err("few");
    assert_eq!(fault.outcome(), Outcome::Review);
    assert_eq!(
        fault.to_string(),
        "T03.cbz: it has 79 pages; under 160 that is suspicious for volume 3"
    );
    download.accepted = vec!["few_pages".into()];
    assert_eq!(download.outline("3"), "3=ok");
}

#[test]
fn a_format_that_the_profile_refuses_fails_by_its_content() {
    let mut download = Download::with(&[("T03.cbr", &cbz(100)), ("T04.pdf", &pdf())]);
    for number in 0..90 {
        download.put(&format!("T05/{number:03}.jpeg"), &jpeg(number));
    }
    for (refused, expected) in [
        (["cbr", "mobi"], "3=ok 4=ok 5=ok"),
        (["cbz", "JPG"], "3=refused_format 4=ok 5=refused_format"),
        (["PDF", "zip"], "3=ok 4=refused_format 5=ok"),
    ] {
        download.profile.refused_formats = refused.map(Into::into).to_vec();
        assert_eq!(download.outline("3-5"), expected);
    }
}

#[test]
fn empty_and_fake_pages_of_a_folder_fail() {
    for (page, expected) in [
        (b"".as_slice(), "empty_pages"),
        (b"MZ\x90\0", "not_an_image"),
        (JPEG, "ok"),
    ] {
        let download = Download::new();
        for number in 0..90 {
            download.put(&format!("T03/{number:03}.jpg"), &jpeg(number));
        }
        download.put("T03/090.jpg", page);
        assert_eq!(result(&download.verify("3")), expected);
    }
    // A few images are no volume.
    let download = Download::new();
    for number in 0..7 {
        download.put(&format!("T03/{number:03}.jpg"), &jpeg(number));
    }
    assert_eq!(result(&download.verify("3")), "lacks_volume");
}

#[test]
fn what_may_pass_is_told_from_what_stays() {
    let download = Download::with(&[("T03.cbz.!qB", b"PK"), ("T04.pdf.part", b"%PDF")]);
    let verified = download.verify("3-5");
    assert_eq!(
        outline(&verified),
        "3=still_written 4=still_written 5=lacks_volume"
    );
    let passing: Vec<bool> = verified
        .volumes
        .iter()
        .map(|(_, result)| result.as_ref().is_err_and(Fault::is_passing))
        .collect();
    assert_eq!(passing, [true, true, false]);

    let away = download.verify_at(&download.at("away"), "3");
    assert_eq!(outline(&away), "3=cannot_be_read");
    let fault = away.volumes[0].1.as_ref().expect_err("it is away");
    assert!(fault.is_passing());
    assert!(
        fault.to_string().contains("check its permissions"),
        "{fault}"
    );
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    use std::os::unix::fs::symlink;
    let other = Download::with(&[("Naruto T03.cbz", &cbz(100)), ("T05.cbz", &cbz(100))]);
    let download = Download::with(&[("Naruto T04.cbz", &cbz(100))]);
    symlink(other.at("Naruto T03.cbz"), download.at("Naruto T03.cbz")).expect("a link");
    symlink(other.root.path(), download.at("Naruto T05")).expect("a link");
    let verified = download.verify("3-5");
    assert_eq!(outline(&verified), "3=link 4=ok 5=link");
    let root = download.verify_at(&download.at("Naruto T03.cbz"), "3");
    assert_eq!(outline(&root), "3=link");
}

#[test]
fn an_epub_of_pages_is_measured_as_a_comic_and_one_of_text_is_not() {
    for (texts, images, expected) in [
        (83, 80, "ok"),
        (83, 79, "ok"),
        (60, 70, "few_pages"),
        (60, 0, "ok"),
    ] {
        let code = code("T03.epub", &epub(texts, images));
        assert_eq!(code, expected, "{texts} {images}");
    }
}
