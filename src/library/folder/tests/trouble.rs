//! Scans of what is broken, goes in circles, or cannot be read: all of it is told, none of it stops the scan.

use super::*;
use crate::domain::release::Kind;

/// `path: message`
fn problems(scan: &Scan) -> Vec<String> {
    let problems = scan.problems.iter();
    problems
        .map(|problem| format!("{}: {}", problem.path, problem.message))
        .collect()
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
        let library = FolderLibrary::new(
            FolderPlace {
                path,
                nested: 0,
                inbox: Vec::new(),
            },
            Kind::Manga.into(),
        );
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
