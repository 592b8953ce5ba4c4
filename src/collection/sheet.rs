//! Series as a table (CSV, RFC 4180, UTF-8): a line each, of which everything but what is counted can be read again.

mod read;
#[cfg(test)]
mod tests;

pub use read::{Line, MOST_LINES, ReadLine, SheetError, read};

use crate::{domain::release::Kind, store::series::Stored};

/// The columns, in the order in which they are written.
pub const COLUMNS: [&str; 13] = [
    "title",
    "language",
    "kind",
    "edition",
    "library",
    "monitored",
    "total",
    "owned",
    "missing",
    "ignored",
    "wantedFrom",
    "wantedTo",
    "aliases",
];

/// Between the names of a cell that holds several.
const BETWEEN: char = '|';
/// In front of what is no [`BETWEEN`], though it looks like one.
const ESCAPE: char = '\\';

/// A table that is being written.
pub struct Sheet(csv::Writer<Vec<u8>>);

impl Sheet {
    /// With the line of names.
    ///
    /// # Errors
    /// Never: it is written into memory.
    pub fn new() -> Result<Self, csv::Error> {
        let mut sheet = Self(csv::Writer::from_writer(Vec::new()));
        sheet.0.write_record(COLUMNS)?;
        Ok(sheet)
    }

    /// A line for a series of these libraries.
    ///
    /// # Errors
    /// Never: it is written into memory.
    pub fn add(&mut self, stored: &Stored, libraries: &[String]) -> Result<(), csv::Error> {
        let series = &stored.series;
        let volume = |volume: Option<_>| volume.map_or(String::new(), |volume| format!("{volume}"));
        let cells: [String; 13] = [
            series.title.clone(),
            series.language.clone(),
            Kind::word(series.kind).into(),
            series.edition.word().into_owned(),
            join(libraries),
            series.monitored.to_string(),
            series
                .total
                .map_or(String::new(), |total| total.to_string()),
            stored.shelf.present.to_string(),
            stored.missing_volumes().to_string(),
            series.ignored.to_string(),
            volume(series.wanted_from),
            volume(series.wanted_to),
            join(&series.aliases),
        ];
        self.0.write_record(cells.map(|cell| defused(&cell)))
    }

    /// All of it.
    ///
    /// # Errors
    /// Never: it is written into memory.
    pub fn finish(self) -> Result<Vec<u8>, csv::Error> {
        self.0
            .into_inner()
            .map_err(|error| error.into_error().into())
    }
}

/// A spreadsheet runs what begins so.
fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'')
        .starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// With an apostrophe in front of what a spreadsheet would run, and of what would be taken for that when it is read again.
pub fn defused(text: &str) -> String {
    match is_formula(text) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

/// The reverse of [`defused`].
fn as_meant(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(meant) if is_formula(meant) => meant,
        _ => text,
    }
}

/// Names in one cell: `Berserk | ベルセルク`.
fn join(names: &[String]) -> String {
    let escaped = names.iter().map(|name| {
        name.chars().fold(String::new(), |mut text, letter| {
            if matches!(letter, BETWEEN | ESCAPE) {
                text.push(ESCAPE);
            }
            text.push(letter);
            text
        })
    });
    escaped.collect::<Vec<_>>().join(" | ")
}

/// The reverse of [`join`], without blanks around the names.
fn split(cell: &str) -> Vec<String> {
    let (mut names, mut letters) = (vec![String::new()], cell.chars());
    while let Some(letter) = letters.next() {
        let last = names.len() - 1;
        match letter {
            BETWEEN => names.push(String::new()),
            ESCAPE => names[last].push(letters.next().unwrap_or(ESCAPE)),
            letter => names[last].push(letter),
        }
    }
    let trimmed = names.into_iter().map(|name| name.trim().to_owned());
    trimmed.filter(|name| !name.is_empty()).collect()
}
