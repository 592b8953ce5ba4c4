//! Names of what lies in an inbox: books, half-written ones and folders, at most three folders deep. Nothing is opened, no link followed.

use std::{
    fs::{self, DirEntry},
    io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use crate::{
    book::path::{finished, is_book, is_leftover, stem},
    ports::{Inbox, InboxName},
};

/// Levels that are looked at: 1 is what lies in the inbox itself.
const DEPTH: u8 = 3;
/// Entries of one inbox that are looked at.
const MOST_ENTRIES: usize = 20_000;

/// Lists an inbox until it is told to stop.
///
/// # Errors
/// When the inbox itself cannot be listed; what fails below is its `problem`.
pub fn list(path: &Path, stopped: &AtomicBool) -> io::Result<Inbox> {
    let mut walk = Walk {
        inbox: Inbox {
            path: path.display().to_string(),
            ..Inbox::default()
        },
        seen: 0,
        folders: Vec::new(),
    };
    walk.folder(path, None, 1)?;
    while let Some((place, name, depth)) = walk.folders.pop() {
        if stopped.load(Ordering::Relaxed) {
            break;
        }
        match walk.folder(&place, Some(&name), depth) {
            // Removed since it was seen: what lay there is in the library by now.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => walk.problem(format!(
                "{name} in it cannot be read: {}",
                super::cause(&error)
            )),
            Ok(()) => {}
        }
    }
    Ok(walk.inbox)
}

struct Walk {
    inbox: Inbox,
    seen: usize,
    /// Still to be listed: where, its name, and the level of what is in it.
    folders: Vec<(PathBuf, String, u8)>,
}

impl Walk {
    fn folder(&mut self, place: &Path, name: Option<&str>, depth: u8) -> io::Result<()> {
        for entry in fs::read_dir(place)? {
            if self.seen == MOST_ENTRIES {
                self.problem(format!("it holds more than {MOST_ENTRIES} files and folders; only so many are looked at"));
                self.folders.clear();
                break;
            }
            self.seen += 1;
            self.entry(&entry?, name, depth)?;
        }
        Ok(())
    }

    fn entry(&mut self, entry: &DirEntry, folder: Option<&str>, depth: u8) -> io::Result<()> {
        let (file, kind) = (entry.file_name(), entry.file_type()?);
        if is_leftover(&file) || kind.is_symlink() {
            return Ok(());
        }
        let name = if kind.is_dir() {
            let name = file.to_string_lossy().into_owned();
            if depth < DEPTH {
                self.folders.push((entry.path(), name.clone(), depth + 1));
            }
            name
        } else {
            let file = finished(&file).unwrap_or(file);
            if !is_book(&file) {
                return Ok(());
            }
            stem(&file).into_owned()
        };
        self.inbox.names.push(InboxName {
            name,
            folder: folder.map(ToOwned::to_owned),
        });
        Ok(())
    }

    /// The first one is told; there may be thousands.
    fn problem(&mut self, problem: String) {
        self.inbox.problem.get_or_insert(problem);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(inbox: &Inbox) -> Vec<String> {
        let name = |known: &InboxName| match &known.folder {
            Some(folder) => format!("{folder} > {}", known.name),
            None => known.name.clone(),
        };
        let mut names: Vec<String> = inbox.names.iter().map(name).collect();
        names.sort();
        names
    }

    fn listed(root: &Path) -> Inbox {
        list(root, &AtomicBool::new(false)).expect("an inbox")
    }

    #[test]
    fn books_and_folders_are_seen_three_levels_deep() {
        let root = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(root.path().join("One/Two/Three/Four")).expect("folders");
        for file in [
            "Naruto T01.cbz",
            "Naruto T02.cbz.!qB",
            "Naruto T03.PDF.part",
            "cover.jpg",
            ".hidden.cbz",
            "One/T04.cbz",
            "One/Two/T05.cbz",
            "One/Two/Three/T06.cbz",
        ] {
            fs::write(root.path().join(file), "").expect("a file");
        }
        let inbox = listed(root.path());
        let expected = [
            "Naruto T01",
            "Naruto T02",
            "Naruto T03",
            "One",
            "One > T04",
            "One > Two",
            "Two > T05",
            "Two > Three",
        ];
        assert_eq!(names(&inbox), expected);
        assert_eq!(inbox.problem, None);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let (root, other) = (
            tempfile::tempdir().expect("a folder"),
            tempfile::tempdir().expect("a folder"),
        );
        fs::write(other.path().join("Naruto T01.cbz"), "").expect("a file");
        std::os::unix::fs::symlink(other.path(), root.path().join("Naruto")).expect("a link");
        std::os::unix::fs::symlink(
            other.path().join("Naruto T01.cbz"),
            root.path().join("Naruto T02.cbz"),
        )
        .expect("a link");
        assert_eq!(names(&listed(root.path())), Vec::<String>::new());
    }

    #[test]
    fn an_inbox_without_end_is_not_walked_to_its_end() {
        let root = tempfile::tempdir().expect("a folder");
        for number in 0..=MOST_ENTRIES {
            fs::File::create(root.path().join(format!("{number}.cbz"))).expect("a file");
        }
        let inbox = listed(root.path());
        assert_eq!(inbox.names.len(), MOST_ENTRIES);
        assert!(
            inbox
                .problem
                .expect("it says so")
                .contains("more than 20000")
        );
    }

    #[test]
    fn an_inbox_that_is_not_there_is_an_error() {
        assert!(list(Path::new("/nowhere/inbox"), &AtomicBool::new(false)).is_err());
    }
}
