//! Against the real bsdtar, where it is installed.

use std::{fs, io::Write};

use super::*;
use crate::book::samples::{File as Sample, rar_4, rar_5, stored};

/// Names and sizes of what comes out.
fn unpacked(bytes: &[u8], most: u64) -> Result<Vec<(String, usize)>, String> {
    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(bytes).expect("written");
    io::Seek::rewind(&mut file).expect("a file");
    let mut seen = Vec::new();
    unpack(file, most, &AtomicBool::new(false), |file| {
        let mut content = Vec::new();
        file.content
            .read_to_end(&mut content)
            .map_err(UnpackError::Stream)?;
        seen.push((file.name, content.len()));
        Ok::<(), UnpackError>(())
    })
    .map_err(|error| error.to_string())?;
    Ok(seen)
}

fn is_here() -> bool {
    let is_here = version().is_ok();
    if !is_here {
        println!("skipped: bsdtar is not installed");
    }
    is_here
}

#[test]
fn what_is_in_an_archive_comes_out_in_its_order() {
    if !is_here() {
        return;
    }
    let page = vec![7; 70_000];
    let files = [
        ("b/2.jpg", &page[..]),
        ("a/1.jpg", b"x"),
        ("-C.jpg", b""),
        ("é.jpg", b"yy"),
    ];
    let expected = [
        ("b/2.jpg", 70_000),
        ("a/1.jpg", 1),
        ("-C.jpg", 0),
        ("é.jpg", 2),
    ];
    let expected: Vec<(String, usize)> = expected.map(|(name, size)| (name.into(), size)).into();
    assert_eq!(unpacked(&rar_5(&stored(&files)), 1 << 20), Ok(expected));
    assert_eq!(
        unpacked(&rar_4(0, &stored(&files[..2])), 1 << 20)
            .expect("unpacked")
            .len(),
        2
    );
}

#[test]
fn what_would_harm_is_not_taken() {
    if !is_here() {
        return;
    }
    let page = vec![7; 70_000];
    for (name, says) in [
        ("../1.jpg", "leads out of the folder"),
        ("/1.jpg", "leads out of the folder"),
    ] {
        let archive = rar_5(&stored(&[(name, b"x")]));
        let said = unpacked(&archive, 1 << 20).expect_err(name);
        assert!(said.contains(says), "{said}");
    }
    let large = rar_5(&stored(&[("1.jpg", &page), ("2.jpg", &page)]));
    assert_eq!(unpacked(&large, 140_000).expect("enough").len(), 2);
    assert_eq!(
        unpacked(&large, 139_999).expect_err("too large"),
        "it holds more than 139999 bytes when it is unpacked"
    );
    let link = Sample {
        is_link: true,
        ..stored(&[("1.jpg", b"x")])[0]
    };
    assert!(unpacked(&rar_5(&[link]), 1 << 20).is_err());
}

#[test]
fn a_cut_one_and_what_is_none_fail_with_a_sentence() {
    if !is_here() {
        return;
    }
    let page = vec![7; 70_000];
    let whole = rar_5(&stored(&[("1.jpg", &page), ("2.jpg", &page)]));
    for bytes in [&whole[..whole.len() / 2], b"7z\xbc\xaf\x27\x1c\0\x04"] {
        let said = unpacked(bytes, 1 << 20).expect_err("broken");
        assert!(
            said.starts_with("bsdtar cannot unpack it: ") || said.starts_with("what comes out"),
            "{said}"
        );
    }
}

#[test]
fn it_is_ended_when_it_is_stopped() {
    if !is_here() {
        return;
    }
    // A pipe that never ends: it would wait for ever.
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("pipe");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        0,
    )
    .expect("a pipe");
    let open = fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open(&pipe)
        .expect("a pipe");
    let stop = AtomicBool::new(true);
    let stopped = unpack(open, 1, &stop, |_| Ok::<(), UnpackError>(()));
    assert!(
        matches!(stopped, Err(UnpackError::Stopped)),
        "{:?}",
        stopped.map_err(|error| error.to_string())
    );
}
