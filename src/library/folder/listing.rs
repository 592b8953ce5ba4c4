//! Lists one folder of the tree: books, sub-folders, and what cannot be read. Links are followed, circles are seen.

use std::{
    ffi::{OsStr, OsString},
    fs::{self, DirEntry, Metadata},
    io,
    path::PathBuf,
    time::UNIX_EPOCH,
};

use crate::{
    book::{
        look::passing,
        path::{below, is_book, is_leftover},
    },
    ports::ScanProblem,
};

/// A folder that is to be listed.
#[derive(Clone, Debug)]
pub struct Folder {
    /// Where it really is, without links: a circle is seen by comparing these.
    pub place: PathBuf,
    /// Its own name, or that of the link to it; bytes that are not UTF-8 are `�`.
    pub name: String,
    /// Its path below the root, as in [`crate::ports::ScannedFile::path`].
    pub path: String,
    /// The folders from which links led here.
    came_from: Vec<PathBuf>,
}

/// A book in a folder.
#[derive(Debug)]
pub struct Book {
    /// Where it is.
    pub place: PathBuf,
    /// Its name.
    pub name: OsString,
    /// Bytes.
    pub size: u64,
    /// Milliseconds since the epoch.
    pub modified: i64,
}

/// What is in a folder.
#[derive(Debug, Default)]
pub struct Listing {
    /// By name.
    pub folders: Vec<Folder>,
    /// By name.
    pub books: Vec<Book>,
    /// What could not be read.
    pub problems: Vec<ScanProblem>,
    /// Paths at and below which files may be that were not seen.
    pub unreadable: Vec<String>,
}

const CIRCLE: &str = "the link leads back to a folder above it, so it is not followed; remove it";
const NOT_UTF8: &str =
    "the folder's name is not UTF-8, so other programs may not find it; rename it";

impl Folder {
    /// The root of a library.
    ///
    /// # Errors
    /// When it does not exist or may not be entered.
    pub fn root(path: &std::path::Path) -> io::Result<Self> {
        Ok(Self {
            place: fs::canonicalize(path)?,
            name: String::new(),
            path: String::new(),
            came_from: Vec::new(),
        })
    }

    /// Lists it.
    ///
    /// # Errors
    /// When it cannot be opened; what fails later is in the listing.
    pub fn list(&self) -> io::Result<Listing> {
        let mut listing = Listing::default();
        for entry in fs::read_dir(&self.place)? {
            match entry {
                Ok(entry) if is_leftover(&entry.file_name()) => {}
                Ok(entry) => self.add(&entry, &mut listing),
                Err(error) => listing.unknown(self.path.clone(), passing(error)),
            }
        }
        listing.folders.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        listing.books.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        Ok(listing)
    }

    fn add(&self, entry: &DirEntry, listing: &mut Listing) {
        let name = entry.file_name();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => {
                let folder = self.child(entry.path(), &name);
                listing.add_folder(folder, &name);
            }
            Ok(kind) if kind.is_symlink() => self.follow(entry, listing),
            Ok(kind) if !kind.is_file() || !is_book(&name) => {}
            // The size and the time come from the entry: one call per file.
            Ok(_) => match entry.metadata() {
                Ok(metadata) => listing.books.push(book(entry.path(), name, &metadata)),
                // Removed since the folder was opened.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => listing.unknown(below(&self.path, &name), passing(error)),
            },
            Err(error) => listing.unknown(below(&self.path, &name), passing(error)),
        }
    }

    fn follow(&self, entry: &DirEntry, listing: &mut Listing) {
        let (link, name) = (entry.path(), entry.file_name());
        let path = below(&self.path, &name);
        let target =
            fs::canonicalize(&link).and_then(|target| Ok((fs::metadata(&target)?, target)));
        let (metadata, target) = match target {
            Ok(found) => found,
            Err(error) => {
                let message = format!(
                    "the link leads nowhere or in a circle ({error}); correct or remove it"
                );
                return listing.unknown(path, message);
            }
        };
        if !metadata.is_dir() {
            if metadata.is_file() && is_book(&name) {
                listing.books.push(book(link, name, &metadata));
            }
            return;
        }
        let above = |from: &PathBuf| from.starts_with(&target);
        if above(&self.place) || self.came_from.iter().any(above) {
            let message = CIRCLE.to_owned();
            return listing.problems.push(ScanProblem { path, message });
        }
        let mut folder = self.child(target, &name);
        folder.came_from.push(self.place.clone());
        listing.add_folder(folder, &name);
    }

    /// True when some link led here.
    pub fn through_link(&self) -> bool {
        !self.came_from.is_empty()
    }

    fn child(&self, place: PathBuf, name: &OsStr) -> Self {
        Self {
            place,
            name: name.to_string_lossy().into_owned(),
            path: below(&self.path, name),
            came_from: self.came_from.clone(),
        }
    }
}

impl Listing {
    fn add_folder(&mut self, folder: Folder, name: &OsStr) {
        if name.to_str().is_none() {
            self.problems.push(ScanProblem {
                path: folder.path.clone(),
                message: NOT_UTF8.into(),
            });
        }
        self.folders.push(folder);
    }

    /// Something is there, and what is below it is not known.
    pub fn unknown(&mut self, path: String, message: String) {
        self.unreadable.push(path.clone());
        self.problems.push(ScanProblem { path, message });
    }
}

fn book(place: PathBuf, name: OsString, metadata: &Metadata) -> Book {
    let modified = metadata.modified().unwrap_or(UNIX_EPOCH);
    let modified = match modified.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_millis()).unwrap_or(i64::MAX),
        Err(before) => {
            i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |before| -before)
        }
    };
    Book {
        place,
        name,
        size: metadata.len(),
        modified,
    }
}
