//! Archives made here; the reader was tried on those of WinRAR 1.5 to 5.

use std::io::Cursor;

use super::*;
use crate::book::{
    contents::Contents,
    samples::{File, files, rar_4, rar_5},
};

fn walked(bytes: &[u8]) -> io::Result<(Contents, Headers)> {
    let mut blocks = Blocks::new(Cursor::new(bytes), bytes.len() as u64);
    blocks.scattered();
    let mut contents = Contents::default();
    let visit = |entry: Entry<'_>| {
        contents.add(entry);
    };
    let headers = if bytes.starts_with(b"Rar!\x1a\x07\x01") {
        entries_5(&mut blocks, visit)
    } else {
        entries_4(&mut blocks, visit)
    };
    Ok((contents, headers?))
}

#[test]
fn files_are_seen_in_both_versions() {
    let names = ["001.jpg", "b\\002.jpg", "ComicInfo.xml"];
    for bytes in [rar_4(0, &files(&names)), rar_5(&files(&names))] {
        let (contents, headers) = walked(&bytes).expect("a good archive");
        assert_eq!((contents.pages, contents.packed), (2, 3));
        let expected = Headers {
            entries: 3,
            ..Headers::default()
        };
        assert_eq!(headers, expected);
    }
}

#[test]
fn passwords_links_and_parts_are_seen() {
    let odd = |encrypted, is_link| File {
        encrypted,
        is_link,
        ..files(&["1.jpg"])[0]
    };
    for (encrypted, is_link) in [(true, false), (false, true), (false, false)] {
        let file = [odd(encrypted, is_link)];
        for bytes in [rar_4(0, &file), rar_5(&file)] {
            let (contents, headers) = walked(&bytes).expect("a good archive");
            let seen = (contents.locked, contents.link.is_some());
            assert_eq!(seen, (encrypted, is_link));
            assert_eq!((headers.locked, headers.split), (false, false));
        }
    }
    let headers = |flags| walked(&rar_4(flags, &files(&["1.jpg"]))).expect("good").1;
    assert!(headers(0x80).locked && headers(1).split);
    // An encryption header, and a main header that says that it is a part.
    let start = b"Rar!\x1a\x07\x01\0";
    let locked = [start, &[0, 0, 0, 0, 2, 4, 0][..]].concat();
    assert!(walked(&locked).expect("good").1.locked);
    let split = [start, &[0, 0, 0, 0, 3, 1, 0, 1, 0, 0, 0, 0, 3, 5, 0, 0][..]].concat();
    assert!(walked(&split).expect("good").1.split);
}

#[test]
fn an_archive_that_ends_too_early_is_broken() {
    let names = ["001.jpg", "002.jpg"];
    let bytes = rar_5(&files(&names));
    for length in 8..bytes.len() {
        let kind = walked(&bytes[..length]).expect_err("it is cut").kind();
        assert_eq!(kind, io::ErrorKind::UnexpectedEof, "{length}");
    }
    // Version 4 may end behind any of its files.
    let bytes = rar_4(0, &files(&names));
    let whole = (8..bytes.len())
        .filter(|length| walked(&bytes[..*length]).is_ok())
        .count();
    assert_eq!(whole, 3);
}

#[test]
fn lengths_that_lie_do_no_harm() {
    for honest in [rar_4(0, &files(&["1.jpg"])), rar_5(&files(&["1.jpg"]))] {
        for at in 7..honest.len() {
            for byte in [0, 1, 0x7f, 0x80, 0xff] {
                let mut bytes = honest.clone();
                bytes[at] = byte;
                if let Ok((_, headers)) = walked(&bytes) {
                    assert!(headers.entries <= MAX_ENTRIES + 1);
                }
            }
        }
    }
}

#[test]
fn more_files_than_are_looked_at_are_known_to_be_more() {
    let files = files(&["1.jpg"]).repeat(MAX_ENTRIES as usize + 100);
    for bytes in [rar_4(0, &files), rar_5(&files)] {
        let (_, headers) = walked(&bytes).expect("it is not broken");
        assert_eq!(headers.entries, MAX_ENTRIES + 1);
    }
}
