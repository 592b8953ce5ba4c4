//! What Komga holds, and how it changes: books of a series are sorted by their names, and numbered by that unless something says otherwise.

use std::{cmp::Ordering, collections::BTreeMap};

use lacunarr::clock::Clock;
use serde_json::{Value, json};

/// A library.
#[derive(Clone, Debug)]
pub struct Library {
    /// Unique.
    pub name: String,
    /// Its folder.
    pub root: String,
    /// Its folder cannot be read.
    pub unavailable: bool,
}

/// A series: a folder with books, or a one-shot.
#[derive(Clone, Debug)]
pub struct Series {
    /// Of its library.
    pub library: String,
    /// Of its folder.
    pub name: String,
    /// In the trash.
    pub deleted: bool,
    /// One book for itself.
    pub oneshot: bool,
    /// Milliseconds since the epoch.
    pub created: i64,
    /// When its files last changed.
    pub modified: i64,
    /// The fields of `SeriesMetadataDto` that were set; the others are as Komga has them at first.
    pub metadata: Value,
    /// By their ids.
    pub books: BTreeMap<String, Book>,
}

/// A book.
#[derive(Clone, Debug)]
pub struct Book {
    /// The file's name.
    pub file: String,
    /// Bytes.
    pub size: u64,
    /// In the trash.
    pub deleted: bool,
    /// Milliseconds since the epoch.
    pub created: i64,
    /// When the record last changed.
    pub modified: i64,
    /// Its position in the series, from 1 on.
    pub position: u32,
    /// `Number` of its ComicInfo.
    pub comic_info: Option<String>,
    /// A number that somebody gave.
    pub locked: Option<String>,
    /// `READY` and others.
    pub status: &'static str,
    /// `ERR_…`.
    pub comment: &'static str,
}

impl Book {
    /// `metadata.number`.
    pub fn number(&self) -> String {
        let said = self.locked.as_ref().or(self.comic_info.as_ref());
        said.cloned().unwrap_or_else(|| self.position.to_string())
    }

    /// `metadata.numberSort`.
    pub fn number_sort(&self) -> f64 {
        let said = self.number().parse().ok();
        said.unwrap_or_else(|| f64::from(self.position))
    }
}

/// Everything that a Komga holds.
pub struct Shelves {
    /// By their ids.
    pub libraries: BTreeMap<String, Library>,
    /// By their ids, which grow.
    pub series: BTreeMap<String, Series>,
    /// What time it is there.
    pub clock: Clock,
    /// Events that are still to be told.
    pub told: Vec<(&'static str, Value)>,
    /// On the disk, and not scanned yet: library, folder, file.
    pub laid: Vec<(String, String, String)>,
    last_id: u32,
}

impl Default for Shelves {
    fn default() -> Self {
        Self {
            libraries: BTreeMap::new(),
            series: BTreeMap::new(),
            clock: Clock::System,
            told: Vec::new(),
            laid: Vec::new(),
            last_id: 0,
        }
    }
}

impl Shelves {
    fn id(&mut self) -> String {
        self.last_id += 1;
        format!("0{:012X}", self.last_id)
    }

    /// A new library; its id.
    pub fn add_library(&mut self, name: &str, root: &str) -> String {
        let id = self.id();
        let library = Library {
            name: name.into(),
            root: root.into(),
            unavailable: false,
        };
        self.libraries.insert(id.clone(), library);
        self.told.push(("LibraryAdded", json!({"libraryId": id})));
        id
    }

    /// With all that is in it.
    pub fn remove_library(&mut self, id: &str) {
        let gone: Vec<String> = self.of_library(id).collect();
        for series in gone {
            self.remove_series(&series);
        }
        self.libraries.remove(id).expect("a library");
        self.told.push(("LibraryDeleted", json!({"libraryId": id})));
    }

    fn of_library(&self, id: &str) -> impl Iterator<Item = String> {
        let of_it = self
            .series
            .iter()
            .filter(move |(_, series)| series.library == id);
        of_it.map(|(id, _)| id.clone())
    }

    /// A folder with these files; its id.
    pub fn add_series(&mut self, library: &str, folder: &str, files: &[&str]) -> String {
        let id = self.empty_series(library, folder, false);
        for file in files {
            self.insert_book(&id, file);
        }
        self.sort(&id);
        id
    }

    /// A file in the folder of one-shots; the id of its series.
    pub fn add_one_shot(&mut self, library: &str, file: &str) -> String {
        let name = file.rsplit_once('.').expect("an extension").0;
        let id = self.empty_series(library, name, true);
        self.insert_book(&id, file);
        self.sort(&id);
        id
    }

    fn empty_series(&mut self, library: &str, name: &str, oneshot: bool) -> String {
        assert!(self.libraries.contains_key(library), "a library");
        let (id, now) = (self.id(), self.clock.now());
        let series = Series {
            library: library.into(),
            name: name.into(),
            deleted: false,
            oneshot,
            created: now,
            modified: now,
            metadata: json!({}),
            books: BTreeMap::new(),
        };
        self.series.insert(id.clone(), series);
        self.tell_series("SeriesAdded", &id);
        id
    }

    fn insert_book(&mut self, series: &str, file: &str) -> String {
        let (id, now) = (self.id(), self.clock.now());
        let book = Book {
            file: file.into(),
            size: 50_000_000 + u64::from(self.last_id),
            deleted: false,
            created: now,
            modified: now,
            position: 0,
            comic_info: None,
            locked: None,
            status: "READY",
            comment: "",
        };
        self.one(series).books.insert(id.clone(), book);
        self.tell_book("BookAdded", series, &id);
        id
    }

    /// A series, to be changed.
    pub fn one(&mut self, series: &str) -> &mut Series {
        self.series.get_mut(series).expect("a series")
    }

    /// A new file in its folder; the book's id.
    pub fn add_book(&mut self, series: &str, file: &str) -> String {
        let id = self.insert_book(series, file);
        self.files_changed(series);
        id
    }

    fn files_changed(&mut self, series: &str) {
        let now = self.clock.now();
        self.one(series).modified = now;
        self.sort(series);
        self.tell_series("SeriesChanged", series);
    }

    /// `SeriesLifecycle.sortBooks`: books in the trash count too.
    fn sort(&mut self, series: &str) {
        let now = self.clock.now();
        let mut books: Vec<&mut Book> = self.one(series).books.values_mut().collect();
        books.sort_by(|a, b| natural(&a.file, &b.file));
        for (position, book) in (1..).zip(books) {
            book.position = position;
            book.modified = now;
        }
    }

    /// The id of the book with this file.
    pub fn book(&self, series: &str, file: &str) -> String {
        let mut books = self.series[series].books.iter();
        let found = books.find(|(_, book)| book.file == file && !book.deleted);
        found.expect("a book").0.clone()
    }

    /// Changes what is said of a book, not its file: Komga does not note when.
    pub fn edit_book(&mut self, series: &str, file: &str, change: impl FnOnce(&mut Book)) {
        let id = self.book(series, file);
        change(self.one(series).books.get_mut(&id).expect("a book"));
        self.tell_book("BookChanged", series, &id);
    }

    /// Changes what is said of a series, not its files: Komga does not note when.
    pub fn edit_series(&mut self, series: &str, metadata: Value) {
        let fields = metadata.as_object().expect("an object").clone();
        for (name, value) in fields {
            self.one(series).metadata[name] = value;
        }
        self.tell_series("SeriesChanged", series);
    }

    /// A scan did not find its file any more.
    pub fn trash_book(&mut self, series: &str, file: &str) {
        let id = self.book(series, file);
        self.one(series).books.get_mut(&id).expect("a book").deleted = true;
        self.tell_book("BookChanged", series, &id);
        self.files_changed(series);
    }

    /// A scan did not find its folder any more.
    pub fn trash_series(&mut self, series: &str) {
        let now = self.clock.now();
        let one = self.one(series);
        (one.deleted, one.modified) = (true, now);
        for book in one.books.values_mut() {
            (book.deleted, book.modified) = (true, now);
        }
        self.tell_series("SeriesChanged", series);
    }

    /// Its folder has another name: for Komga another series. The new id.
    pub fn rename_series(&mut self, series: &str, folder: &str) -> String {
        let old = self.series[series].clone();
        let kept = old.books.values().filter(|book| !book.deleted);
        let sizes: Vec<(String, u64)> = kept.map(|book| (book.file.clone(), book.size)).collect();
        self.trash_series(series);
        let files: Vec<&str> = sizes.iter().map(|(file, _)| file.as_str()).collect();
        let id = self.add_series(&old.library, folder, &files);
        for book in self.one(&id).books.values_mut() {
            let known = sizes.iter().find(|(file, _)| *file == book.file);
            book.size = known.expect("the same files").1;
        }
        id
    }

    /// Without a trace.
    pub fn remove_series(&mut self, series: &str) {
        self.tell_series("SeriesDeleted", series);
        self.series.remove(series).expect("a series");
    }

    /// Forgets what is in the trash.
    pub fn empty_trash(&mut self) {
        let gone = self.series.iter().filter(|(_, series)| series.deleted);
        let gone: Vec<String> = gone.map(|(id, _)| id.clone()).collect();
        for series in gone {
            self.remove_series(&series);
        }
        let mut books = Vec::new();
        for (id, series) in &mut self.series {
            series.books.retain(|book, entry| {
                if entry.deleted {
                    books.push((id.clone(), book.clone()));
                }
                !entry.deleted
            });
        }
        for (series, book) in books {
            self.tell_book("BookDeleted", &series, &book);
            self.sort(&series);
        }
    }

    /// What a scan of a library finds on the disk.
    pub fn scan(&mut self, library: &str) {
        let laid = std::mem::take(&mut self.laid);
        for (place, folder, file) in laid {
            if place != library {
                self.laid.push((place, folder, file));
                continue;
            }
            let known = self.series.iter().find(|(_, series)| {
                series.library == library && series.name == folder && !series.deleted
            });
            match known.map(|(id, _)| id.clone()) {
                Some(id) => drop(self.add_book(&id, &file)),
                None => drop(self.add_series(library, &folder, &[&file])),
            }
        }
    }

    fn tell_series(&mut self, name: &'static str, series: &str) {
        let library = &self.series[series].library;
        let data = json!({"seriesId": series, "libraryId": library});
        self.told.push((name, data));
    }

    fn tell_book(&mut self, name: &'static str, series: &str, book: &str) {
        let library = &self.series[series].library;
        let data = json!({"bookId": book, "seriesId": series, "libraryId": library});
        self.told.push((name, data));
    }
}

/// Numbers in names by their size: T2 before T10.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.to_lowercase(), b.to_lowercase());
    loop {
        let (digits_a, digits_b) = (leading_digits(&a), leading_digits(&b));
        let order = match (digits_a, digits_b) {
            (0, _) | (_, 0) => match (a.chars().next(), b.chars().next()) {
                (Some(one), Some(other)) if one == other => {
                    a.drain(..one.len_utf8());
                    b.drain(..other.len_utf8());
                    continue;
                }
                (one, other) => return one.cmp(&other),
            },
            _ => number(&a[..digits_a]).cmp(&number(&b[..digits_b])),
        };
        if order != Ordering::Equal {
            return order;
        }
        a.drain(..digits_a);
        b.drain(..digits_b);
    }
}

fn leading_digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

fn number(digits: &str) -> u64 {
    digits.parse().unwrap_or(u64::MAX)
}
