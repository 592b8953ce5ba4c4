//! Placing in real folders: what is there afterwards, and what is not.

mod kill;
mod making;
mod probing;
mod refusals;
mod replacing;
mod undoing;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicI64},
};

use tempfile::TempDir;

use super::*;
use crate::{domain::placement::How, secret::Secret, store::scratch};

const TARGET: &str = "One Piece/One Piece T03.cbz";

/// A client's downloads and a library.
struct Scene {
    folder: Option<TempDir>,
    db: Db,
    clock: Clock,
    /// The client's file.
    source: PathBuf,
    /// Its bytes.
    content: Vec<u8>,
    library: PathBuf,
    volumes: VolumeSet,
}

impl Scene {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let library = folder.path().join("library");
        Self::at(folder, library).await.0
    }

    /// With a library elsewhere, and where the database is.
    async fn at(folder: TempDir, library: PathBuf) -> (Self, Option<String>) {
        for place in [&folder.path().join("downloads"), &library] {
            fs::create_dir_all(place).expect("a folder");
        }
        let source = folder.path().join("downloads/One.Piece.T03.cbz");
        fs::write(&source, content()).expect("a file");
        let (db, url) = scratch::new(folder.path()).await;
        let scene = Self::of(
            db,
            folder.path().join("downloads/One.Piece.T03.cbz"),
            library,
        );
        (
            Self {
                folder: Some(folder),
                ..scene
            },
            url,
        )
    }

    /// One that another process has made.
    async fn again(folder: &Path, library: PathBuf, url: Option<String>) -> Self {
        let url = url.map(Secret::new);
        let db = Db::open(url.as_ref(), folder).await.expect("a database");
        Self::of(db, folder.join("downloads/One.Piece.T03.cbz"), library)
    }

    fn of(db: Db, source: PathBuf, library: PathBuf) -> Self {
        Self {
            folder: None,
            db,
            clock: Clock::Set(Arc::new(AtomicI64::new(1_000))),
            source,
            content: content(),
            library,
            volumes: "3".parse().expect("a set"),
        }
    }

    fn order(&self) -> Order<'_> {
        Order {
            grab_id: 1,
            series_id: 2,
            library_id: 3,
            volumes: &self.volumes,
            source: &self.source,
            root: &self.library,
            target: Path::new(TARGET),
            new_folder: true,
            may_link: true,
            replaces: None,
            convert: false,
            comic_info: None,
        }
    }

    /// Its client's file has these bytes instead.
    fn holding(mut self, content: Vec<u8>) -> Self {
        fs::write(&self.source, &content).expect("a file");
        self.content = content;
        self
    }

    async fn place(&self, order: Order<'_>) -> Result<Placement, PlaceError> {
        place(&self.db, &self.clock, &order).await
    }

    /// Goes on with the only row that is not finished.
    async fn resume(&self) -> Result<Placement, PlaceError> {
        let mut resumed = resume(&self.db, &self.clock).await.expect("a journal");
        assert_eq!(resumed.len(), 1, "{resumed:?}");
        resumed.remove(0).outcome
    }

    async fn row(&self, id: i64) -> Placement {
        placement::get(&self.db, id)
            .await
            .expect("a journal")
            .expect("a row")
    }

    fn target(&self) -> PathBuf {
        self.library.join(TARGET)
    }

    /// Everything in the library, also what is hidden.
    fn shelf(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![self.library.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                let below = path
                    .strip_prefix(&self.library)
                    .expect("below")
                    .display()
                    .to_string();
                if path.is_dir() && !path.is_symlink() {
                    folders.push(path);
                }
                found.push(below);
            }
        }
        found.sort();
        found
    }

    /// The client still has its whole file.
    fn assert_source(&self) {
        assert_eq!(
            fs::read(&self.source).expect("the client's file"),
            self.content
        );
    }
}

/// More than fits into the buffer of a copy.
fn content() -> Vec<u8> {
    vec![7; 5 * 1024 * 1024 / 2]
}

#[cfg(unix)]
fn inode(path: &Path) -> u64 {
    std::os::unix::fs::MetadataExt::ino(&fs::metadata(path).expect("a file"))
}

#[tokio::test]
async fn a_volume_is_linked_into_its_series_folder() {
    let scene = Scene::new().await;
    let row = scene.place(scene.order()).await.expect("placed");
    assert_eq!(
        (row.step, row.how, row.target.as_str()),
        (Step::Placed, Some(How::Hardlink), TARGET)
    );
    assert_eq!(
        (row.folder.as_deref(), row.temp.as_deref()),
        (Some("One Piece"), None)
    );
    assert_eq!(scene.row(row.id).await, row);
    assert_eq!(scene.shelf(), ["One Piece", TARGET]);
    assert_eq!(inode(&scene.target()), inode(&scene.source));
    scene.assert_source();
}

#[tokio::test]
async fn a_copy_has_the_same_bytes_and_its_checksum() {
    let scene = Scene::new().await;
    let row = scene
        .place(Order {
            may_link: false,
            ..scene.order()
        })
        .await
        .expect("placed");
    assert_eq!(
        (row.how, row.checksum),
        (
            Some(How::Copy),
            Some(known::hash(&scene.source).expect("a hash"))
        )
    );
    assert_eq!(scene.shelf(), ["One Piece", TARGET]);
    assert_ne!(inode(&scene.target()), inode(&scene.source));
    assert_eq!(
        fs::read(scene.target()).expect("a file"),
        fs::read(&scene.source).expect("a file")
    );
}

#[tokio::test]
async fn another_file_system_gets_a_copy() {
    let Ok(library) = tempfile::tempdir_in("/dev/shm") else {
        return println!("skipped: there is no /dev/shm to be another file system");
    };
    let folder = tempfile::tempdir().expect("a folder");
    let device =
        |path: &Path| std::os::unix::fs::MetadataExt::dev(&fs::metadata(path).expect("a folder"));
    if device(folder.path()) == device(library.path()) {
        return println!(
            "skipped: the folder for temporary files is on the file system of /dev/shm"
        );
    }
    let scene = Scene::at(folder, library.path().to_owned()).await.0;
    let row = scene.place(scene.order()).await.expect("placed");
    assert_eq!((row.step, row.how), (Step::Placed, Some(How::Copy)));
    assert!(row.checksum.is_some());
    assert_eq!(scene.shelf(), ["One Piece", TARGET]);
    scene.assert_source();
}

#[tokio::test]
async fn the_same_order_again_changes_nothing() {
    let scene = Scene::new().await;
    let row = scene.place(scene.order()).await.expect("placed");
    assert_eq!(scene.place(scene.order()).await.expect("placed"), row);
    // A second refusal does not make us forget it.
    let other = Order {
        grab_id: 9,
        ..scene.order()
    };
    assert!(matches!(
        scene.place(other).await,
        Err(PlaceError::Exists { .. })
    ));
    assert_eq!(scene.place(scene.order()).await.expect("placed"), row);
    // Removed by hand, it is placed anew.
    fs::remove_file(scene.target()).expect("removed");
    let again = scene.place(scene.order()).await.expect("placed");
    assert!(again.id > row.id && scene.target().is_file());
    assert_eq!(
        placement::of_grab(&scene.db, 1).await.expect("rows").len(),
        2
    );
}

#[tokio::test]
async fn long_and_strange_names_are_taken() {
    use std::os::unix::ffi::OsStrExt;
    let scene = Scene::new().await;
    let long = format!("One Piece/{}.cbz", "é".repeat(125));
    let strange = Path::new(std::ffi::OsStr::from_bytes(b"caf\xe9/a\\b.cbz"));
    for target in [Path::new(&long), strange, Path::new("loose T03.cbz")] {
        let row = scene
            .place(Order {
                target,
                ..scene.order()
            })
            .await
            .expect("placed");
        assert!(scene.library.join(target).is_file(), "{}", row.target);
        assert_eq!(
            scene
                .place(Order {
                    target,
                    ..scene.order()
                })
                .await
                .expect("placed"),
            row
        );
        undo(&scene.db, &scene.clock, row.id).await.expect("undone");
    }
    assert_eq!(scene.shelf(), Vec::<String>::new());
    let long = "é".repeat(200);
    let refused = scene
        .place(Order {
            target: Path::new(&long),
            ..scene.order()
        })
        .await;
    assert!(
        matches!(refused, Err(PlaceError::TooLong { .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn who_lost_a_row_stops() {
    let scene = Scene::new().await;
    let row = scene.place(scene.order()).await.expect("placed");
    let journal = Journal {
        db: &scene.db,
        clock: &scene.clock,
    };
    let stale = Placement {
        revision: row.revision - 1,
        step: Step::Undoing,
        ..row.clone()
    };
    assert!(matches!(
        journal.save(&stale).await,
        Err(PlaceError::TakenOver)
    ));
    // One that was frozen while it wrote takes away what only it knows of.
    let frozen = Placement {
        step: Step::Writing,
        temp: Some(".a.part".into()),
        ..stale
    };
    assert!(matches!(
        journal.run(frozen).await,
        Err(PlaceError::TakenOver)
    ));
    assert_eq!(scene.shelf(), ["One Piece", TARGET]);
    assert_eq!(scene.row(row.id).await, row);
}
