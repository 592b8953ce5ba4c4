//! Series out of records of volumes. Pure.
//!
//! Books are of one series in one edition when they are linked to the same record of a set and have the same statement of edition;
//! unlinked ones when title, edition and publisher are the same, and they join the set of which that is true. Two sets are never put
//! together, though title and publisher are the same: a series is often printed again with other volumes (half as thick, two in one),
//! and their numbers may not be mixed. The set that was printed last is the one that goes by the plain title; others have publisher
//! and year behind it, other editions their name. So the count of an edition is never that of another.

use std::collections::{BTreeMap, HashSet};

use super::{
    ark,
    book::{self, Book},
    form::{self, Form},
    record::Record,
    when,
};
use crate::{
    catalogue::bounds,
    domain::{
        catalogue::{Day, Entry, Market, Release, Statement},
        series::Status,
        title,
        volume::VolumeNumber,
    },
};

/// Words of a publisher's name that name no house.
const OF_ANY_HOUSE: [&str; 12] = [
    "ed",
    "edition",
    "editions",
    "editeur",
    "manga",
    "mangas",
    "comics",
    "bd",
    "france",
    "sa",
    "publishing",
    "livres",
];

/// What is looked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// The folded title.
    pub title: &'a str,
    /// Of a volume that the series has.
    pub isbn: Option<&'a str>,
    /// Of the series: the record of its set, or of a volume.
    pub id: Option<&'a str>,
}

/// The title of the series that a record is about.
pub fn title_of(record: &Record) -> Option<String> {
    match book::is_set(record) {
        true => book::plain(record.get("200", 'a')?),
        false => Some(Book::of(record, "")?.series),
    }
}

/// The books of one series in one edition.
struct Group {
    folded: String,
    set: Option<String>,
    books: Vec<Book>,
}

/// The series, what is wanted first. `is_whole`: there are no other records.
pub fn entries(records: &[Record], is_whole: bool, wanted: Wanted<'_>) -> Vec<Entry> {
    let books = records
        .iter()
        .filter_map(|record| Book::of(record, wanted.title));
    let mut groups = grouped(books.collect());
    groups.retain_mut(|group| group.is_comics() && group.settle());
    let ended: HashSet<String> = records
        .iter()
        .filter(|record| book::is_set(record) && when::ended(record))
        .filter_map(book::number_of)
        .collect();
    groups.sort_by_cached_key(|group| {
        let is_other = |is: bool| u8::from(!is);
        (
            is_other(group.has(wanted)),
            is_other(group.folded == wanted.title),
            is_other(group.books[0].edition.key.is_empty()),
            is_other(group.form() == Some(Form::Comics)),
            std::cmp::Reverse((group.latest(), group.books.len())),
        )
    });
    let mut taken: HashSet<(String, String)> = HashSet::new();
    let entries = groups.into_iter().map(|group| {
        let key = (group.folded.clone(), group.books[0].edition.key.clone());
        let is_first = taken.insert(key);
        let has_ended = group.set.as_ref().is_some_and(|set| ended.contains(set));
        group.entry(is_first, is_whole, has_ended, wanted)
    });
    entries.take(bounds::MOST_ENTRIES).collect()
}

fn grouped(books: Vec<Book>) -> Vec<Group> {
    let mut sets: BTreeMap<(String, String), Group> = BTreeMap::new();
    let mut unlinked = Vec::new();
    for book in books {
        let Some(set) = book.set.clone() else {
            unlinked.push(book);
            continue;
        };
        let key = (set.clone(), book.edition.key.clone());
        let group = sets.entry(key).or_insert_with(|| Group {
            folded: title::fold(&book.series),
            set: Some(set),
            books: Vec::new(),
        });
        group.books.push(book);
    }
    let mut groups: Vec<Group> = sets.into_values().collect();
    for book in unlinked {
        let folded = title::fold(&book.series);
        let fitting = groups.iter_mut().filter(|group| group.fits(&folded, &book));
        match fitting.max_by_key(|group| group.latest()) {
            Some(group) => group.books.push(book),
            None => groups.push(Group {
                folded,
                set: None,
                books: vec![book],
            }),
        }
    }
    groups
}

impl Group {
    fn fits(&self, folded: &str, book: &Book) -> bool {
        let same_house = |other: &Book| match (&other.publisher, &book.publisher) {
            (Some(one), Some(other)) => is_same_house(one, other),
            _ => true,
        };
        self.folded == folded
            && self.books[0].edition.key == book.edition.key
            && self.books.iter().any(same_house)
    }

    /// Some are, or nothing says that they are not.
    fn is_comics(&self) -> bool {
        self.form() != Some(Form::Text)
    }

    fn form(&self) -> Option<Form> {
        let forms = || self.books.iter().filter_map(|book| book.form);
        let comics = forms().find(|form| *form == Form::Comics);
        comics.or(forms().next())
    }

    /// Books without a number beside numbered ones are guides and the like; by themselves they are the only volume. False when nothing
    /// is left.
    fn settle(&mut self) -> bool {
        if self.books.iter().any(|book| book.volume.is_some()) {
            self.books.retain(|book| book.volume.is_some());
            return true;
        }
        self.books
            .iter_mut()
            .for_each(|book| book.volume = Some(VolumeNumber::ONE));
        self.form() == Some(Form::Comics)
    }

    fn has(&self, wanted: Wanted<'_>) -> bool {
        let number = wanted.id.and_then(ark::number);
        let is_set = number.is_some() && self.set.as_deref() == number;
        let mut records = self.books.iter().map(|book| book.record.as_str());
        is_set
            || records.any(|record| Some(record) == number)
            || wanted.isbn.is_some_and(|isbn| self.has_isbn(isbn))
    }

    fn has_isbn(&self, isbn: &str) -> bool {
        let mut isbns = self.books.iter().filter_map(|book| book.isbn.as_deref());
        isbns.any(|known| known == isbn)
    }

    /// The last day on which a volume came out, or may have.
    fn latest(&self) -> Option<chrono::NaiveDate> {
        let days = self.books.iter().filter_map(|book| book.when.day);
        days.map(Day::first).max()
    }

    /// The volumes, each once: the first printing of each, since later ones came out when it was there already.
    fn volumes(&self) -> BTreeMap<VolumeNumber, &Book> {
        let mut volumes: BTreeMap<VolumeNumber, &Book> = BTreeMap::new();
        let rank = |book: &Book| {
            let day = book.when.day.map(Day::last);
            (
                book.when.is_announced,
                day.is_none(),
                day,
                book.isbn.is_none(),
            )
        };
        for book in &self.books {
            let Some(volume) = book.volume else { continue };
            let known = volumes.entry(volume).or_insert(book);
            if rank(book) < rank(known) {
                *known = book;
            }
        }
        volumes
    }

    fn entry(self, is_first: bool, is_whole: bool, has_ended: bool, wanted: Wanted<'_>) -> Entry {
        let volumes = self.volumes();
        let first = volumes.values().next().expect("a group has volumes");
        let releases = volumes.iter().map(|(volume, book)| Release {
            volume: *volume,
            day: book.when.day,
            isbn: book.isbn.clone(),
        });
        let statement = Statement {
            count: count(&volumes).filter(|_| is_whole),
            status: has_ended.then_some(Status::Ended),
            releases: releases.take(bounds::MOST_RELEASES).collect(),
            ..Statement::of(Market::France, Some("fr"))
        };
        let id = match wanted.id {
            Some(id) if self.has(wanted) => id.to_owned(),
            _ => ark::name(self.set.as_ref().unwrap_or(&first.record)),
        };
        let title = self.title(first, is_first);
        // Titles of the work belong to its ordinary edition: by them, no one means another.
        let is_plain = is_first && first.edition.key.is_empty();
        let others = self.books.iter().filter(|_| is_plain);
        let others = others.flat_map(|book| book.originals.iter());
        let authors = self.books.iter().flat_map(|book| book.authors.iter());
        let years = self.books.iter().filter_map(|book| book.when.day);
        Entry {
            id,
            titles: bounds::other_titles(&title, others),
            authors: bounds::authors(authors),
            year: years.map(|day| chrono::Datelike::year(&day.first())).min(),
            kind: self.kind(),
            statements: vec![statement],
            has_isbn: wanted.isbn.is_some_and(|isbn| self.has_isbn(isbn)),
            title,
        }
    }

    fn kind(&self) -> Option<crate::domain::release::Kind> {
        let original = self.books.iter().find_map(|book| book.original.as_deref());
        (self.form() == Some(Form::Comics)).then(|| form::kind(original))
    }

    fn title(&self, first: &Book, is_first: bool) -> String {
        let mut title = first.series.clone();
        if let Some(label) = &first.edition.label {
            title = format!("{title} ({label})");
        }
        if !is_first {
            let day = self.books.iter().filter_map(|book| book.when.day).min();
            let year = day.map(|day| day.first().format("%Y").to_string());
            let parts: Vec<String> = first.publisher.clone().into_iter().chain(year).collect();
            title = format!("{title} ({})", parts.join(", "));
        }
        bounds::line(&title).unwrap_or(title)
    }
}

/// n, when the volumes that are there are 1 to n; a volume 0 and one between two others are besides.
fn count(volumes: &BTreeMap<VolumeNumber, &Book>) -> Option<u32> {
    let there = volumes.iter().filter(|(_, book)| !book.when.is_announced);
    let whole: Vec<u32> = there
        .filter_map(|(volume, _)| volume.as_whole())
        .filter(|number| *number > 0)
        .collect();
    let last = *whole.last()?;
    let has_no_gap = usize::try_from(last).is_ok_and(|last| last == whole.len());
    has_no_gap.then(|| bounds::count(last.into())).flatten()
}

/// `Glénat` and `Glénat manga`, `Kana` and `Dargaud-Kana`.
fn is_same_house(one: &str, other: &str) -> bool {
    let words = |name: &str| -> HashSet<String> {
        let folded = title::fold(name);
        let words = folded
            .split(' ')
            .filter(|word| !OF_ANY_HOUSE.contains(word));
        words.map(str::to_owned).collect()
    };
    let (one, other) = (words(one), words(other));
    one.is_empty() || other.is_empty() || !one.is_disjoint(&other)
}

#[cfg(test)]
mod tests;
