//! A series of Komga and its books become a series of ours. Pure.

use super::{
    answers::{BookEntry, SeriesEntry, moment},
    media::{self, Fault},
    numbers::{Held, settle, stated},
    paths::{Paths, file_name},
};
use crate::{
    book::{
        name::{self, NameSays},
        path::stem,
    },
    domain::{
        edition::Edition,
        identity::Identity,
        language::iso_639_1,
        release::{Hints, parse},
        series::Status,
        title::fold,
        volume::MAX_SET,
    },
    library::files::{FolderName, edition, language, total},
    ports::{ScanProblem, ScannedFile, ScannedSeries},
};

/// Other titles that are kept.
const MOST_ALIASES: usize = 50;
/// Tags and genres that are kept.
const MOST_TAGS: usize = 100;
/// Texts of a list that are looked at.
const MOST_TEXTS: usize = 1_000;
/// Links that are looked at.
const MOST_LINKS: usize = 50;
/// The longest title that is kept, in characters.
const LONGEST_TITLE: usize = 300;
/// The longest tag that is kept, in characters.
const LONGEST_TAG: usize = 100;

/// What is needed of a series until its books are known.
#[derive(Clone, Debug)]
pub struct Known {
    /// Its id there.
    pub key: String,
    /// How many books Komga counts.
    pub books: usize,
    title: String,
    /// Every spelling of the title that may stand in front of a file's number.
    folded: Vec<String>,
    /// From its name.
    edition: Edition,
    /// ISO 639-1, as Komga says it.
    language: Option<&'static str>,
    /// ISO 639-1, from its name.
    named_language: Option<&'static str>,
    total: Option<u32>,
    aliases: Vec<String>,
    status: Option<Status>,
    tags: Vec<String>,
    identities: Vec<Identity>,
    oneshot: bool,
}

impl Known {
    /// What Komga says of a series.
    pub fn of(entry: SeriesEntry, hints: Hints<'_>) -> Self {
        let metadata = entry.metadata;
        let named = named(&entry.name, entry.oneshot, hints);
        // Until somebody gives a title it is the folder's name, with all its tags.
        let is_given = metadata.title_lock || metadata.title != entry.name;
        let title = one_line(&metadata.title, LONGEST_TITLE)
            .filter(|_| is_given)
            .unwrap_or_else(|| named.title.clone());
        let aliases = texts(
            metadata.alternate_titles.iter().map(|other| &other.title),
            LONGEST_TITLE,
            MOST_ALIASES,
        );
        let mut folded: Vec<String> = [&entry.name, &named.title, &title]
            .into_iter()
            .chain(&aliases)
            .map(|title| fold(title))
            .filter(|folded| !folded.is_empty())
            .collect();
        folded.sort_unstable();
        folded.dedup();
        let links = metadata.links.iter().take(MOST_LINKS);
        let total = metadata
            .total_book_count
            .and_then(|total| u32::try_from(total).ok());
        Self {
            key: entry.id,
            books: usize::try_from(entry.books_count).unwrap_or_default(),
            title,
            folded,
            edition: named.edition,
            language: iso_639_1(&metadata.language),
            named_language: named.language,
            total: total.filter(|total| (1..=MAX_SET as u32).contains(total)),
            aliases,
            status: status(&metadata.status),
            tags: texts(
                metadata.genres.iter().chain(&metadata.tags),
                LONGEST_TAG,
                MOST_TAGS,
            ),
            identities: distinct(links.filter_map(|link| Identity::from_url(&link.url))),
            oneshot: entry.oneshot,
        }
    }

    /// With its books, of which those in the trash are left out; none when no other is there. What cannot be kept is a problem.
    pub fn with_books(
        self,
        mut books: Vec<BookEntry>,
        paths: &Paths,
        hints: Hints<'_>,
        problems: &mut Vec<ScanProblem>,
    ) -> Option<ScannedSeries> {
        books.retain(|book| !book.deleted);
        let read = |book: &BookEntry| {
            let name = file_name(&book.url);
            let says = name::read(&stem(name.as_ref()), &self.folded, hints);
            (says, stated(book), self.oneshot || book.oneshot)
        };
        let opinions: Vec<_> = books.iter().map(read).collect();
        let held = settle(&opinions, hints.kind);
        let says = opinions.into_iter().map(|opinion| opinion.0);
        let mut files = Vec::with_capacity(books.len());
        for ((book, says), held) in books.iter().zip(says).zip(held) {
            match paths.book(book) {
                Some(path) => files.push(file(path, book, says, held)),
                None => problems.push(ScanProblem {
                    path: self.key.clone(),
                    message: format!(
                        "a book of {} has no path there, or a very long one; rename its file",
                        self.title
                    ),
                }),
            }
        }
        files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|a, b| a.path == b.path);
        (!files.is_empty()).then(|| self.into_series(files))
    }

    fn into_series(self, files: Vec<ScannedFile>) -> ScannedSeries {
        let stated = self.language.map(ToOwned::to_owned);
        let named = || self.named_language.map(ToOwned::to_owned);
        ScannedSeries {
            key: self.key,
            title: self.title,
            total: total(self.total, &files),
            edition: edition(&files, self.edition),
            language: stated.or_else(|| language(&files)).or_else(named),
            aliases: self.aliases,
            status: self.status,
            tags: self.tags,
            identities: self.identities,
            files,
        }
    }
}

/// What the name of a series' folder says, or of the file that is all of it.
fn named(name: &str, oneshot: bool, hints: Hints<'_>) -> FolderName {
    if !oneshot {
        return FolderName::read(name, hints);
    }
    let release = parse(name, hints);
    FolderName {
        title: release.series.as_deref().unwrap_or(name).to_owned(),
        language: match release.languages[..] {
            [language] => Some(language),
            _ => None,
        },
        edition: release.edition,
    }
}

fn file(path: String, book: &BookEntry, says: NameSays, held: Held) -> ScannedFile {
    let (fault, damaged) = match media::fault(&book.media) {
        Some(Fault { problem, damaged }) => (Some(problem), damaged),
        None => (None, false),
    };
    let problems: Vec<String> = fault.into_iter().chain(held.problem).collect();
    ScannedFile {
        path,
        size: book.size_bytes,
        modified: moment(&book.file_last_modified),
        volumes: held.volumes,
        doubtful: held.doubtful,
        title: says.title,
        count: None,
        language: says.language.map(ToOwned::to_owned),
        edition: says.edition,
        problem: (!problems.is_empty()).then(|| problems.join("; ")),
        damaged,
    }
}

fn status(word: &str) -> Option<Status> {
    match word {
        "ONGOING" => Some(Status::Ongoing),
        "ENDED" => Some(Status::Ended),
        "HIATUS" => Some(Status::Hiatus),
        "ABANDONED" => Some(Status::Abandoned),
        _ => None,
    }
}

/// The first so many different texts that say something.
fn texts<'a>(all: impl Iterator<Item = &'a String>, longest: usize, most: usize) -> Vec<String> {
    let mut kept = distinct(
        all.take(MOST_TEXTS)
            .filter_map(|text| one_line(text, longest)),
    );
    kept.truncate(most);
    kept
}

fn distinct<T: PartialEq>(all: impl Iterator<Item = T>) -> Vec<T> {
    all.fold(Vec::new(), |mut kept, one| {
        if !kept.contains(&one) {
            kept.push(one);
        }
        kept
    })
}

/// Without line breaks and control characters; none when nothing is left, or too much.
fn one_line(text: &str, longest: usize) -> Option<String> {
    let words = text.split(|letter: char| letter.is_whitespace() || letter.is_control());
    let line = words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    (line.contains(char::is_alphanumeric) && line.chars().count() <= longest).then_some(line)
}

#[cfg(test)]
mod tests;
