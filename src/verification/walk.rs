//! Lists what a download client wrote. Nothing is opened, no link followed.

use std::{
    collections::HashSet,
    ffi::{OsStr, OsString},
    fs::{self, Metadata},
    io,
    path::{Path, PathBuf},
};

use super::fault::{Cause, Fault};
use crate::book::{
    contents::PROGRAMS,
    directory::PAGES,
    path::{extension_of, finished, is_book, is_leftover, is_one_of},
};

/// Folders in folders; a pack has two or three.
pub const MAX_DEPTH: usize = 12;

/// Files and folders that are looked at; a hundred volumes of loose pages have 20,000.
pub const MAX_FILES: usize = 30_000;

/// What comes beside books and says nothing of them.
const BESIDE: [&[u8]; 22] = [
    b"nfo", b"txt", b"url", b"sfv", b"md5", b"sha1", b"sha256", b"crc", b"diz", b"torrent", b"log",
    b"xml", b"json", b"opf", b"html", b"htm", b"webloc", b"css", b"ini", b"db", b"rtf", b"nzb",
];

/// How padding files of some torrents are called.
const PADDING: &str = "_____padding_file";

/// A file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Below the root; empty for the root.
    pub path: PathBuf,
    /// Its name when it is complete.
    pub name: OsString,
    /// How many it has.
    pub bytes: u64,
    /// What it is by its name.
    pub kind: Kind,
}

/// What a file is by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A book.
    Book,
    /// An image.
    Page,
    /// Something that an operating system runs.
    Program,
    /// Not complete.
    Unfinished,
    /// A link.
    Link,
    /// None of these.
    Foreign,
}

/// What is there.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// In the order of their paths.
    pub files: Vec<File>,
    /// Bytes of all files that count, those included that are passed over.
    pub bytes: u64,
    /// Places that could not be looked at, so that it is not known what is there.
    pub unknown: Vec<Fault>,
}

struct Walk<'a> {
    root: &'a Path,
    most: usize,
    selected: Option<HashSet<&'a str>>,
    entries: usize,
    folders: Vec<(PathBuf, usize)>,
    seen: Seen,
}

/// Lists what lies at `root`, or those of its files that are selected.
pub fn walk(root: &Path, selected: Option<&[String]>) -> Seen {
    walk_at_most(MAX_FILES, root, selected)
}

/// The same with another bound.
pub fn walk_at_most(most: usize, root: &Path, selected: Option<&[String]>) -> Seen {
    let mut walk = Walk {
        root,
        most,
        selected: selected.map(|paths| paths.iter().map(String::as_str).collect()),
        entries: 0,
        folders: Vec::new(),
        seen: Seen::default(),
    };
    let name = root.file_name().unwrap_or_default();
    match fs::symlink_metadata(root) {
        Err(error) => walk.unknown(Path::new(""), &error),
        Ok(metadata) if metadata.is_dir() => walk.folders.push((PathBuf::new(), 1)),
        Ok(metadata) => {
            walk.selected = None;
            walk.file(PathBuf::new(), name, &metadata);
        }
    }
    while let Some((folder, depth)) = walk.folders.pop() {
        if let Err(error) = walk.folder(&folder, depth) {
            walk.unknown(&folder, &error);
        }
    }
    walk.seen.files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    walk.seen
}

impl Walk<'_> {
    fn folder(&mut self, folder: &Path, depth: usize) -> io::Result<()> {
        for entry in fs::read_dir(self.root.join(folder))? {
            if self.entries == self.most {
                let cause = Cause::TooMany { most: self.most };
                self.seen.unknown.push(Fault::new(Path::new(""), cause));
                self.folders.clear();
                break;
            }
            self.entries += 1;
            let entry = entry?;
            let name = entry.file_name();
            // Downloads that are not wanted are kept in a hidden folder, `.unwanted` (qBittorrent 5).
            if is_leftover(&name) {
                continue;
            }
            let path = folder.join(&name);
            match entry.metadata() {
                Ok(metadata) if !metadata.is_dir() => self.file(path, &name, &metadata),
                Ok(_) if depth < MAX_DEPTH => self.folders.push((path, depth + 1)),
                Ok(_) => {
                    let cause = Cause::TooDeep { most: MAX_DEPTH };
                    self.seen.unknown.push(Fault::new(&path, cause));
                }
                // Removed since the folder was opened.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => self.unknown(&path, &error),
            }
        }
        Ok(())
    }

    fn file(&mut self, path: PathBuf, name: &OsStr, metadata: &Metadata) {
        let finished = finished(name);
        let complete = finished.as_deref().unwrap_or(name);
        if !self.counts(&path, complete) {
            return;
        }
        self.seen.bytes += metadata.len();
        let kind = match &finished {
            _ if metadata.is_symlink() => Some(Kind::Link),
            // A pipe would be waited for without end.
            _ if !metadata.is_file() => None,
            Some(_) => Some(Kind::Unfinished),
            None => kind(name),
        };
        if let Some(kind) = kind {
            self.seen.files.push(File {
                path,
                name: complete.to_owned(),
                bytes: metadata.len(),
                kind,
            });
        }
    }

    /// It is selected, under the name that it has when it is complete.
    fn counts(&self, path: &Path, complete: &OsStr) -> bool {
        let Some(selected) = &self.selected else {
            return true;
        };
        let path = path.with_file_name(complete);
        let parts: Vec<_> = path.iter().map(OsStr::to_string_lossy).collect();
        selected.contains(parts.join("/").as_str())
    }

    fn unknown(&mut self, path: &Path, error: &io::Error) {
        let error = error.to_string();
        let cause = Cause::Unreadable { error };
        self.seen.unknown.push(Fault::new(path, cause));
    }
}

/// The same of files that are not there yet: paths below the root with `/`, and bytes.
pub fn foresee<'a>(files: impl Iterator<Item = (&'a str, u64)>) -> Seen {
    let mut seen = Seen::default();
    for (path, bytes) in files {
        let path = PathBuf::from(path);
        let name = path.file_name().unwrap_or_default().to_owned();
        seen.bytes = seen.bytes.saturating_add(bytes);
        if path.iter().any(is_leftover) {
            continue;
        }
        if let Some(kind) = kind(&name) {
            seen.files.push(File {
                path,
                name,
                bytes,
                kind,
            });
        }
    }
    seen
}

/// Nothing for what comes beside books.
fn kind(name: &OsStr) -> Option<Kind> {
    let bytes = name.as_encoded_bytes();
    let extension = extension_of(bytes);
    if is_book(name) {
        Some(Kind::Book)
    } else if is_one_of(extension, &PAGES) {
        Some(Kind::Page)
    } else if is_one_of(extension, &PROGRAMS) {
        Some(Kind::Program)
    } else if is_one_of(extension, &BESIDE) || bytes.starts_with(PADDING.as_bytes()) {
        None
    } else {
        Some(Kind::Foreign)
    }
}
