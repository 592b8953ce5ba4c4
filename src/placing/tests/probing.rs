//! The probe tells the truth and leaves nothing.

use super::*;

#[test]
fn one_file_system_links() {
    let folder = tempfile::tempdir().expect("a folder");
    for (source, library) in [("a", "b"), ("a", "a")] {
        let [source, library] = [source, library].map(|name| folder.path().join(name));
        fs::create_dir_all(&source).expect("a folder");
        fs::create_dir_all(&library).expect("a folder");
        let probe = probe(&source, &library).expect("a probe");
        assert_eq!(probe.how, How::Hardlink, "{}", probe.sentence);
        assert!(
            probe
                .sentence
                .ends_with("are on one file system, so volumes are linked and take no space")
        );
        for folder in [source, library] {
            assert_eq!(fs::read_dir(folder).expect("a folder").count(), 0);
        }
    }
}

#[test]
fn two_file_systems_copy() {
    let Ok(library) = tempfile::tempdir_in("/dev/shm") else {
        return println!("skipped: there is no /dev/shm to be another file system");
    };
    let source = tempfile::tempdir().expect("a folder");
    let probe = probe(source.path(), library.path()).expect("a probe");
    if probe.how == How::Hardlink {
        return println!(
            "skipped: the folder for temporary files is on the file system of /dev/shm"
        );
    }
    assert!(
        probe.sentence.contains("are not on one file system"),
        "{}",
        probe.sentence
    );
    assert_eq!(fs::read_dir(library.path()).expect("a folder").count(), 0);
    assert_eq!(fs::read_dir(source.path()).expect("a folder").count(), 0);
}

#[test]
fn folders_that_are_away_are_told_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    let away = folder.path().join("away");
    assert!(matches!(
        probe(folder.path(), &away),
        Err(PlaceError::LibraryGone { .. })
    ));
    assert!(matches!(
        probe(&away, folder.path()),
        Err(PlaceError::SourceGone { .. })
    ));
}
