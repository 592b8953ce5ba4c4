//! Reads series and their books: series in large pages, then the books of many series at once. No request is for one series alone, and
//! what a page brought is dropped before the next one is asked for.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::{
    answers::{BookEntry, Broken, LibraryEntry, Record, SeriesEntry},
    asking::{Asking, List, PAGE},
    paths::Paths,
    series::Known,
};
use crate::{
    domain::release::Hints,
    ports::{PortError, Scan, ScanProblem, ScannedSeries},
};

/// Series whose books are asked for at once.
const MOST_AT_ONCE: usize = 100;

/// Broken records that are told one by one.
const MOST_PROBLEMS: usize = 1_000;

const BROKEN: &str = "Komga says things of it that cannot be read; what was known of it is kept";

/// A library on its way to a scan.
pub struct Reading<'a> {
    asking: &'a Asking,
    hints: Hints<'static>,
    /// Where files are.
    pub paths: Paths,
    /// What is not a series.
    pub scan: Scan,
}

impl<'a> Reading<'a> {
    /// Of these libraries.
    pub fn new(asking: &'a Asking, libraries: &[LibraryEntry], hints: Hints<'static>) -> Self {
        let mut scan = Scan::default();
        let away = libraries.iter().filter(|library| library.unavailable);
        scan.problems.extend(away.map(|library| ScanProblem {
            path: library.name.clone(),
            message:
                "Komga cannot read the library's folder; check that its disk is mounted".into(),
        }));
        Self {
            asking,
            hints,
            paths: Paths::new(libraries, !asking.has_chosen()),
            scan,
        }
    }

    /// Every series. Those in the trash are asked for too, because the others move to other pages when one gets there; they are left out.
    ///
    /// # Errors
    /// When they cannot be asked for.
    pub async fn series(&mut self, library: Option<&str>) -> Result<Vec<Known>, PortError> {
        let conditions = match library {
            Some(id) => json!({"condition": {"libraryId": is(id)}}),
            None => json!({}),
        };
        let list = List {
            path: "api/v1/series/list",
            query: &[("sort", "created,asc"), ("sort", "name,asc")],
            conditions: Some(conditions),
        };
        let (mut known, mut seen) = (Vec::new(), HashSet::new());
        for record in self.asking.all(&list, SeriesEntry::read).await? {
            match record {
                Ok(entry) => {
                    if seen.insert(entry.id.clone()) && entry.is_there(&self.paths) {
                        known.push(Known::of(entry, self.hints));
                    }
                }
                Err(broken) => {
                    let path = self.paths.of_broken_series(&broken);
                    self.broken(path, &broken);
                }
            }
        }
        Ok(known)
    }

    /// These series with their books, those without any left out. Takes as many as are asked for at once; how many books there were
    /// comes with them.
    ///
    /// # Errors
    /// When they cannot be asked for.
    pub async fn next(
        &mut self,
        series: &mut Vec<Known>,
    ) -> Result<(Vec<ScannedSeries>, u64), PortError> {
        let batch = batch(series);
        let mut books = self.books(&batch).await?;
        let mut found = Vec::with_capacity(batch.len());
        let mut count = 0;
        for known in batch {
            let books = books.remove(&known.key).unwrap_or_default();
            count += books.len() as u64;
            found.extend(known.with_books(books, &self.paths, self.hints, &mut self.scan.problems));
        }
        Ok((found, count))
    }

    /// The books of these series, by series.
    async fn books(
        &mut self,
        batch: &[Known],
    ) -> Result<HashMap<String, Vec<BookEntry>>, PortError> {
        let one = |known: &Known| json!({"seriesId": is(&known.key)});
        let condition = match batch {
            [known] => one(known),
            _ => json!({"anyOf": batch.iter().map(one).collect::<Value>()}),
        };
        let list = List {
            path: "api/v1/books/list",
            query: &[("sort", "created,asc"), ("sort", "url,asc")],
            conditions: Some(json!({"condition": condition})),
        };
        let mut books: HashMap<String, Vec<BookEntry>> = HashMap::new();
        let mut seen = HashSet::new();
        for record in self.asking.all(&list, BookEntry::read).await? {
            match record {
                Ok(book) => {
                    if seen.insert(book.id.clone()) {
                        books.entry(book.series_id.clone()).or_default().push(book);
                    }
                }
                Err(broken) => {
                    let path = self.paths.of_broken_book(&broken);
                    self.broken(path, &broken);
                }
            }
        }
        Ok(books)
    }

    /// What is there of a record that cannot be read is not known: it is kept as it was.
    fn broken(&mut self, path: String, broken: &Broken) {
        if self.scan.unreadable.len() < MOST_PROBLEMS {
            let id = broken.id.clone().unwrap_or_default();
            self.scan.problems.push(ScanProblem {
                path: if path.is_empty() { id } else { path.clone() },
                message: BROKEN.into(),
            });
            self.scan.unreadable.push(path);
        } else if self.scan.unreadable.len() == MOST_PROBLEMS {
            // Nobody reads so many; nothing is taken for gone.
            self.scan.unreadable.push(String::new());
        }
    }
}

/// The last of these series, of which the books fill one page.
fn batch(series: &mut Vec<Known>) -> Vec<Known> {
    let (mut books, mut at) = (0, series.len());
    while at > 0 && series.len() - at < MOST_AT_ONCE {
        books += series[at - 1].books;
        if books > PAGE && at < series.len() {
            break;
        }
        at -= 1;
    }
    series.split_off(at)
}

fn is(id: &str) -> Value {
    json!({"operator": "is", "value": id})
}
