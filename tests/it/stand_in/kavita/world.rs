//! What a Kavita shows.

/// Stands for "no volume" and "no chapter" (its `Parser.cs`).
pub const NONE: f64 = -100_000.0;
/// The volume of specials.
pub const SPECIALS: f64 = 100_000.0;

/// A library.
#[derive(Clone, Debug)]
pub struct Library {
    pub id: i64,
    pub name: String,
    /// As the server sees them.
    pub folders: Vec<String>,
}

/// A series.
#[derive(Clone, Debug)]
pub struct Series {
    pub id: i64,
    pub library: i64,
    pub name: String,
    pub localized: String,
    pub original: String,
    /// As the server sees it.
    pub folder: String,
    pub books: Vec<Book>,
    pub total_count: i64,
    /// 0 ongoing, 1 hiatus, 2 completed, 3 cancelled, 4 ended.
    pub status: i64,
    pub language: String,
    pub genres: Vec<String>,
    pub tags: Vec<String>,
    /// With commas.
    pub web_links: String,
    /// Later versions only.
    pub ani_list: i64,
    pub created: i64,
    pub chapter_added: i64,
    pub scanned: i64,
}

/// A file, with the numbers that Kavita read for it.
#[derive(Clone, Debug)]
pub struct Book {
    /// Below the series' folder.
    pub name: String,
    pub volume: (f64, f64),
    pub chapter: (f64, f64),
    pub special: bool,
    pub pages: i64,
    pub bytes: i64,
    /// 0 image, 1 archive, 3 EPUB, 4 PDF.
    pub format: i64,
    pub language: String,
    /// ComicInfo `Count`.
    pub count: i64,
    pub created: i64,
}

impl Book {
    /// A volume, as Kavita reads it.
    pub fn volume(name: &str, number: f64) -> Self {
        Self {
            name: name.to_owned(),
            volume: (number, number),
            chapter: (NONE, NONE),
            special: false,
            pages: 190,
            bytes: 80_000_000,
            format: match name.rsplit('.').next() {
                Some("epub") => 3,
                Some("pdf") => 4,
                Some("jpg") => 0,
                _ => 1,
            },
            language: String::new(),
            count: 0,
            created: 0,
        }
    }

    /// A chapter that belongs to no volume.
    pub fn chapter(name: &str, number: f64) -> Self {
        Self {
            chapter: (number, number),
            ..Self::volume(name, NONE)
        }
    }

    /// A special, or a file in whose name Kavita found no number.
    pub fn special(name: &str) -> Self {
        Self {
            special: true,
            ..Self::volume(name, SPECIALS)
        }
    }
}

/// Everything, with the clock.
#[derive(Debug, Default)]
pub struct World {
    /// Milliseconds since the epoch.
    pub now: i64,
    /// How far its own time is ahead of UTC, in milliseconds.
    pub zone: i64,
    pub libraries: Vec<Library>,
    pub series: Vec<Series>,
    last_id: i64,
}

impl World {
    pub fn at(now: i64) -> Self {
        Self {
            now,
            ..Self::default()
        }
    }

    /// Adds a library on a folder.
    pub fn library(&mut self, name: &str, folder: &str) -> i64 {
        self.last_id += 1;
        self.libraries.push(Library {
            id: self.last_id,
            name: name.to_owned(),
            folders: vec![folder.to_owned()],
        });
        self.last_id
    }

    /// Adds a series with these books, in a folder of its name.
    pub fn add(&mut self, library: i64, name: &str, books: impl IntoIterator<Item = Book>) -> i64 {
        self.last_id += 1;
        let root = self.libraries.iter().find(|known| known.id == library);
        let root = &root.expect("a library").folders[0];
        self.series.push(Series {
            id: self.last_id,
            library,
            name: name.to_owned(),
            localized: String::new(),
            original: name.to_owned(),
            folder: format!("{root}/{name}"),
            books: Vec::new(),
            total_count: 0,
            status: 0,
            language: String::new(),
            genres: Vec::new(),
            tags: Vec::new(),
            web_links: String::new(),
            ani_list: 0,
            created: self.now,
            chapter_added: self.now,
            scanned: self.now,
        });
        let id = self.last_id;
        books.into_iter().for_each(|book| self.put(id, book));
        id
    }

    /// Kavita found a new file in the folder of a series.
    pub fn put(&mut self, series: i64, book: Book) {
        let now = self.now;
        let series = self.of(series);
        (series.chapter_added, series.scanned) = (now, now);
        series.books.push(Book {
            created: now,
            ..book
        });
    }

    /// Kavita found that a file of a series is gone.
    pub fn take(&mut self, series: i64, name: &str) {
        let now = self.now;
        let series = self.of(series);
        series.scanned = now;
        series.books.retain(|book| book.name != name);
    }

    /// Kavita found that a series is gone.
    pub fn remove(&mut self, series: i64) {
        self.series.retain(|known| known.id != series);
    }

    /// A series.
    pub fn of(&mut self, series: i64) -> &mut Series {
        let found = self.series.iter_mut().find(|known| known.id == series);
        found.expect("a series")
    }
}
