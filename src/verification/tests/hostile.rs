//! Bytes that are made to do harm: each ends in an answer.

use super::*;
use crate::{
    book::{contents::Contents, samples::seven_zip, zip::MAX_ENTRIES},
    verification::{
        fault::{Bomb, Cause},
        inspect::{HARMLESS, MAX_RATIO, MAX_UNPACKED, bomb, examine_bytes},
    },
};

fn samples() -> Vec<Vec<u8>> {
    vec![
        cbz(3),
        epub(2, 2),
        cbr(4, 3),
        cbr(5, 3),
        seven_zip(b"\x17\x06\xe0"),
        pdf()[..200].to_vec(),
    ]
}

#[test]
fn no_cut_makes_it_panic_and_no_cut_archive_is_good() {
    for (number, whole) in samples().into_iter().enumerate() {
        for length in 0..whole.len() {
            let seen = examine_bytes(&whole[..length], "cbz");
            // Version 4 of RAR may end behind any file; a PDF has no end here.
            let may_be_whole = number == 2;
            assert!(seen.is_err() || may_be_whole, "{number} {length}: {seen:?}");
        }
    }
}

#[test]
fn a_zip_that_is_cut_at_any_byte_fails_for_good() {
    let whole = cbz(3);
    for length in 1..whole.len() {
        let cause = examine_bytes(&whole[..length], "cbz").expect_err("it is cut");
        assert_eq!(cause.outcome(), Outcome::Fails, "{length}: {cause:?}");
    }
}

#[test]
fn no_damage_makes_it_panic() {
    for whole in samples() {
        for at in 0..whole.len() {
            for byte in [0, 1, 0x7f, 0x80, 0xff] {
                let mut bytes = whole.clone();
                bytes[at] = byte;
                let _ = examine_bytes(&bytes, "epub");
            }
        }
    }
}

#[test]
fn random_bytes_behind_any_beginning_make_it_panic_never() {
    let mut state = 7u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        state.to_be_bytes()[0]
    };
    for start in [
        b"PK\x03\x04".as_slice(),
        b"PK\x05\x06",
        b"Rar!\x1a\x07\0",
        b"Rar!\x1a\x07\x01\0",
        b"7z\xbc\xaf\x27\x1c",
        b"%PDF-",
        b"",
    ] {
        for length in 0..400 {
            let noise: Vec<u8> = (0..length).map(|_| next()).collect();
            let bytes = [start, &noise].concat();
            assert!(examine_bytes(&bytes, "cbz").is_err(), "{start:?} {length}");
            // As a directory that claims to be one.
            let end = [
                b"PK\x05\x06\0\0\0\0\x09\0\x09\0".as_slice(),
                &[next(), 0, 0, 0, next(), 0, 0, 0, 0, 0],
            ];
            let _ = examine_bytes(&[&bytes, end.concat().as_slice()].concat(), "epub");
        }
    }
}

#[test]
fn a_bomb_is_known_by_what_it_says() {
    let contents = |packed, unpacked, entries| Contents {
        packed,
        unpacked,
        entries,
        ..Contents::default()
    };
    let megabyte = 1 << 20;
    for (what, bytes, expected) in [
        (contents(0, 0, MAX_ENTRIES), megabyte, None),
        (
            contents(0, 0, MAX_ENTRIES + 1),
            megabyte,
            Some(Bomb::Entries {
                entries: MAX_ENTRIES + 1,
                most: MAX_ENTRIES,
            }),
        ),
        (contents(megabyte, HARMLESS, 1), megabyte, None),
        (
            contents(megabyte, HARMLESS + 1, 1),
            megabyte,
            Some(Bomb::Ratio {
                ratio: 1024,
                most: MAX_RATIO,
            }),
        ),
        (contents(0, 60 * HARMLESS, 1), HARMLESS, None),
        (contents(0, MAX_UNPACKED, 1), 1 << 40, None),
        (
            contents(0, MAX_UNPACKED + 1, 1),
            1 << 40,
            Some(Bomb::Bytes {
                bytes: MAX_UNPACKED + 1,
                most: MAX_UNPACKED,
            }),
        ),
        (contents(100, 0, 1), 100, None),
        (
            contents(101, 0, 2),
            100,
            Some(Bomb::Overlap {
                packed: 101,
                bytes: 100,
            }),
        ),
    ] {
        assert_eq!(bomb(&what, bytes), expected, "{what:?}");
    }
}

/// Central headers of so many pages, all of the same bytes of the same first page.
fn overlapping(pages: u16) -> Vec<u8> {
    let one = cbz(1);
    let start = one.windows(4).rposition(|bytes| bytes == b"PK\x01\x02");
    let start = start.expect("a directory");
    let end = one.len() - 22;
    let directory = one[start..end].repeat(pages.into());
    let mut last = one[end..].to_vec();
    last[8..10].copy_from_slice(&pages.to_le_bytes());
    last[10..12].copy_from_slice(&pages.to_le_bytes());
    let size = u32::try_from(directory.len()).expect("short");
    last[12..16].copy_from_slice(&size.to_le_bytes());
    [&one[..start], &directory, &last].concat()
}

#[test]
fn bombs_fail_whatever_they_hold() {
    for pages in [100, 30_000] {
        let cause = examine_bytes(&overlapping(pages), "cbz").expect_err("a bomb");
        assert!(matches!(cause, Cause::Bomb(_)), "{cause:?}");
        assert_eq!(cause.outcome(), Outcome::Fails);
    }
    // Pages that say that they are 4 GB each.
    let mut lying = cbz(100);
    let at: Vec<usize> = (0..lying.len() - 4)
        .filter(|at| lying[*at..].starts_with(b"PK\x01\x02"))
        .collect();
    for at in at {
        lying[at + 24..at + 28].copy_from_slice(&[0xfe; 4]);
    }
    let cause = examine_bytes(&lying, "cbz").expect_err("a bomb");
    assert_eq!(cause.code(), "bomb");
}
