//! One pass over the tree: lists folders, looks at what is new, and hands the files on to be made into series.

use std::{
    collections::HashSet,
    io,
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering},
};

use tokio::sync::watch;

use super::{
    super::files::in_order,
    listing::{Book, Folder, Listing},
    reconcile::{Entry, settle},
    series::{self, Titled},
};
use crate::{
    book::{
        look::{is_passing, look, passing},
        path::below,
    },
    domain::release::{Hints, parse},
    ports::{FolderPlace, KnownFiles, Scan, ScanProblem, ScanProgress, ScannedFile},
};

/// How many folders deep a series is read.
const MAX_DEPTH: u8 = 16;

/// Progress is told every so many files.
const TELL_EVERY: u64 = 64;

const TOO_DEEP: &str = "more than 16 folders deep, so what is below is not read; move it up";
const SEEN: &str = "another link of this series leads to the same folder; remove one of them";
const NOT_UTF8: &str = "the name is not UTF-8, so other programs may not find the file; rename it";

/// A scan on its way.
pub struct Scanner<'a> {
    hints: Hints<'static>,
    nested: u8,
    known: &'a KnownFiles,
    progress: &'a watch::Sender<ScanProgress>,
    stop: &'a AtomicBool,
    so_far: ScanProgress,
    scan: Scan,
    loose: Vec<Entry>,
}

/// The files of one series while its folders are read.
#[derive(Default)]
struct Collected {
    entries: Vec<Entry>,
    /// Folders that were reached through a link. Links beside each other that lead to one another would multiply without end.
    linked: HashSet<PathBuf>,
}

impl<'a> Scanner<'a> {
    /// Ends early, with an error, once `stop` is set.
    pub fn new(
        place: &FolderPlace,
        hints: Hints<'static>,
        known: &'a KnownFiles,
        progress: &'a watch::Sender<ScanProgress>,
        stop: &'a AtomicBool,
    ) -> Self {
        Self {
            hints,
            nested: place.nested,
            known,
            progress,
            stop,
            so_far: ScanProgress::default(),
            scan: Scan::default(),
            loose: Vec::new(),
        }
    }

    /// Reads everything below `root`.
    ///
    /// # Errors
    /// When the root itself cannot be listed, or the scan was stopped.
    pub fn run(mut self, root: &Folder) -> io::Result<Scan> {
        let listing = root.list()?;
        self.shelve(root, listing, 0);
        for (key, titled) in series::group_loose(std::mem::take(&mut self.loose), self.hints) {
            self.finish(key, titled);
        }
        self.progress.send_replace(self.so_far);
        if self.is_stopped() {
            return Err(io::Error::new(
                io::ErrorKind::Interrupted,
                "the scan was stopped",
            ));
        }
        Ok(in_order(self.scan))
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// A folder above the series: the books in it are loose.
    fn shelve(&mut self, folder: &Folder, listing: Listing, level: u8) {
        let listing = self.report(listing);
        for book in listing.books {
            let entry = self.entry(folder, book, false);
            self.loose.push(entry);
        }
        for child in listing.folders {
            if level == self.nested {
                self.series(&child);
            } else if let Some(listing) = self.list(&child) {
                self.shelve(&child, listing, level + 1);
            }
        }
    }

    /// A folder that is a series, unless there is no book in it.
    fn series(&mut self, folder: &Folder) {
        let mut collected = Collected::default();
        self.collect(folder, 1, false, &mut collected);
        if collected.entries.is_empty() {
            return;
        }
        let titled = Titled::folder(&folder.name, collected.entries, self.hints);
        self.finish(series::folder_key(&folder.path), titled);
    }

    fn collect(&mut self, folder: &Folder, depth: u8, special: bool, into: &mut Collected) {
        let Some(listing) = self.list(folder) else {
            return;
        };
        let listing = self.report(listing);
        for book in listing.books {
            let entry = self.entry(folder, book, special);
            into.entries.push(entry);
        }
        for child in listing.folders {
            let path = child.path.clone();
            if depth == MAX_DEPTH {
                self.unknown(path, TOO_DEEP.into());
            } else if child.through_link() && !into.linked.insert(child.place.clone()) {
                let message = SEEN.to_owned();
                self.scan.problems.push(ScanProblem { path, message });
            } else {
                let special = special || parse(&child.name, self.hints).is_special();
                self.collect(&child, depth + 1, special, into);
            }
        }
    }

    /// Lists a folder below the root; none when that fails or the scan is to stop.
    fn list(&mut self, folder: &Folder) -> Option<Listing> {
        if self.is_stopped() {
            return None;
        }
        match folder.list() {
            Ok(listing) => Some(listing),
            Err(error) => {
                self.unknown(folder.path.clone(), passing(error));
                None
            }
        }
    }

    fn unknown(&mut self, path: String, message: String) {
        self.scan.unreadable.push(path.clone());
        self.scan.problems.push(ScanProblem { path, message });
    }

    /// Takes over what a listing could not read.
    fn report(&mut self, mut listing: Listing) -> Listing {
        self.scan.problems.append(&mut listing.problems);
        self.scan.unreadable.append(&mut listing.unreadable);
        listing
    }

    /// A book as it is known, or looked at when it is new, changed, or could not be read last time.
    fn entry(&mut self, folder: &Folder, book: Book, special: bool) -> Entry {
        let path = below(&folder.path, &book.name);
        self.so_far.files += 1;
        if self.so_far.files.is_multiple_of(TELL_EVERY) {
            self.progress.send_replace(self.so_far);
        }
        if let Some(known) = self.known.get(&path)
            && (known.size, known.modified) == (book.size, book.modified)
            && !known.problem.as_deref().is_some_and(is_passing)
        {
            return Entry {
                file: known.clone(),
                place: book.place,
                special,
                metadata: None,
            };
        }
        self.opened(path, book, special)
    }

    fn opened(&mut self, path: String, book: Book, special: bool) -> Entry {
        self.so_far.opened += 1;
        let seen = look(&book.place, book.size);
        let (is_utf8, damaged) = (book.name.to_str().is_some(), seen.is_damaged());
        let problem = match (seen.problem, is_utf8) {
            (Some(problem), false) => Some(format!("{problem}; {NOT_UTF8}")),
            (None, false) => Some(NOT_UTF8.to_owned()),
            (problem, true) => problem,
        };
        let file = ScannedFile {
            path,
            size: book.size,
            modified: book.modified,
            problem,
            damaged,
            ..ScannedFile::default()
        };
        Entry {
            file,
            place: book.place,
            special,
            metadata: Some(seen.metadata),
        }
    }

    /// Settles what the files of a series hold, and adds it to the scan.
    fn finish(&mut self, key: String, mut titled: Titled) {
        let opened = &mut self.so_far.opened;
        settle(&mut titled.entries, &titled.folded, self.hints, |entry| {
            *opened += 1;
            let seen = look(&entry.place, entry.file.size);
            (!seen.problem.as_deref().is_some_and(is_passing)).then_some(seen.metadata)
        });
        let series = titled.into_series(key);
        self.so_far.series += 1;
        self.so_far.volumes += series.volumes();
        self.scan.series.push(series);
    }
}
