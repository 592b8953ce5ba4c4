//! From a table to what each of its lines says, or what is wrong with it.

use super::{COLUMNS, as_meant, split};
use crate::domain::{
    edition::{self, Edition},
    release::Kind,
    title::fold,
    volume::{MAX_SET, VolumeNumber, VolumeSet},
};

/// Lines of a table at most, without that of the names.
pub const MOST_LINES: usize = 20_000;
/// Letters of a title or another name at most.
const LONGEST_NAME: usize = 500;
/// Other names of a series at most.
const MOST_ALIASES: usize = 200;
/// Volumes that exist at most.
const HIGHEST_TOTAL: u32 = 3_000;
/// What a spreadsheet writes for a yes, and for a no.
const YES: [&str; 6] = ["true", "yes", "1", "vrai", "oui", "wahr"];
const NO: [&str; 6] = ["false", "no", "0", "faux", "non", "falsch"];

/// What a line says of a series. None stands for a column that is not there, or an empty cell that leaves as it is; an empty cell of
/// `total`, `ignored`, `wantedFrom`, `wantedTo` and `aliases` clears.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// By which the series is found, with language and edition.
    pub title: String,
    /// ISO 639-1.
    pub language: Option<String>,
    /// What a bare number means.
    pub kind: Option<Kind>,
    /// The edition that is collected.
    pub edition: Option<Edition>,
    /// Names of libraries that are to hold it.
    pub libraries: Vec<String>,
    /// Its missing volumes are looked for.
    pub monitored: Option<bool>,
    /// How many volumes exist.
    pub total: Option<Option<u32>>,
    /// Volumes that are never wanted.
    pub ignored: Option<VolumeSet>,
    /// Volumes below are not wanted.
    pub wanted_from: Option<Option<VolumeNumber>>,
    /// Volumes above are not wanted.
    pub wanted_to: Option<Option<VolumeNumber>>,
    /// Other names.
    pub aliases: Option<Vec<String>>,
}

/// The number of a line, from 1 for the one of the names, with what it says or a sentence that says what is wrong.
pub type ReadLine = (u64, Result<Line, String>);

/// Why nothing of a table can be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SheetError {
    #[error("it is not UTF-8; save it as CSV UTF-8")]
    NotText,
    #[error("it is empty; its first line has to name the columns: {}", COLUMNS.join(","))]
    Empty,
    #[error("its first line names no column 'title'; the columns are {}", COLUMNS.join(","))]
    NoTitle,
    #[error("there is no column '{name}'; the columns are {}", COLUMNS.join(","))]
    NoSuchColumn { name: String },
    #[error("the column '{0}' is there twice; keep one of them")]
    Twice(&'static str),
    #[error(
        "a quote is opened on line {0} and never closed; close it, or write \"\" for a quote that belongs to the text"
    )]
    OpenQuote(u64),
    #[error("it has more than {MOST_LINES} lines; send it in parts, each with the line of names")]
    TooLong,
}

/// Reads a table, with commas, semicolons or tabs between its cells. Blank lines are passed over.
///
/// # Errors
/// When nothing of it can be read.
pub fn read(bytes: &[u8]) -> Result<Vec<ReadLine>, SheetError> {
    let text = std::str::from_utf8(bytes).map_err(|_| SheetError::NotText)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let delimiter = delimiter(text);
    // All behind it would be one cell.
    if let Some(line) = open_quote(text, delimiter) {
        return Err(SheetError::OpenQuote(line));
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    // The text is in memory and is UTF-8: reading it cannot fail.
    let mut records = reader.records().map_while(Result::ok);
    let columns = columns(&records.next().ok_or(SheetError::Empty)?)?;
    let (mut lines, mut place) = (Vec::new(), Place::start(text));
    for record in records {
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if lines.len() >= MOST_LINES {
            return Err(SheetError::TooLong);
        }
        let number = place.line_at(record.position());
        lines.push((number, line(&columns, &record)));
    }
    Ok(lines)
}

/// Where reading is. The reader of CSV takes the end of a line, and blank ones behind it, for the beginning of the next record.
struct Place<'a> {
    rest: std::iter::Peekable<std::iter::Enumerate<std::str::Bytes<'a>>>,
    line: u64,
}

impl<'a> Place<'a> {
    fn start(text: &'a str) -> Self {
        Self {
            rest: text.bytes().enumerate().peekable(),
            line: 1,
        }
    }

    /// The line on which a record begins; each lies behind the one before.
    fn line_at(&mut self, position: Option<&csv::Position>) -> u64 {
        let begins = position.map_or(0, csv::Position::byte) as usize;
        while let Some((_, byte)) = self
            .rest
            .next_if(|(at, byte)| *at < begins || matches!(byte, b'\n' | b'\r'))
        {
            let is_first_half = byte == b'\r' && matches!(self.rest.peek(), Some((_, b'\n')));
            if matches!(byte, b'\n' | b'\r') && !is_first_half {
                self.line += 1;
            }
        }
        self.line
    }
}

/// The line on which a quote is opened that nothing closes. As the reader of CSV has it, a quote opens a cell only as its first letter, and
/// within such a cell two of them stand for one.
fn open_quote(text: &str, delimiter: u8) -> Option<u64> {
    let mut bytes = text.bytes().peekable();
    let (mut line, mut begins_cell, mut opened) = (1, true, None);
    while let Some(byte) = bytes.next() {
        let is_end = byte == b'\n' || (byte == b'\r' && bytes.peek() != Some(&b'\n'));
        line += u64::from(is_end);
        match opened {
            Some(_) if byte == b'"' => opened = bytes.next_if_eq(&b'"').and(opened),
            Some(_) => {}
            None if byte == b'"' && begins_cell => opened = Some(line),
            None => begins_cell = byte == delimiter || matches!(byte, b'\n' | b'\r'),
        }
    }
    opened
}

/// A spreadsheet takes the one of its country.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let count = |delimiter: &u8| first.bytes().filter(|byte| byte == delimiter).count();
    *[b'\t', b';', b',']
        .iter()
        .max_by_key(|delimiter| count(delimiter))
        .expect("there are three")
}

/// Which column each cell of a line is in; none for those without a name.
fn columns(names: &csv::StringRecord) -> Result<Vec<Option<&'static str>>, SheetError> {
    let mut columns: Vec<Option<&'static str>> = Vec::new();
    for name in names {
        let name = name.trim();
        let known = COLUMNS
            .into_iter()
            .find(|known| known.eq_ignore_ascii_case(name));
        match known {
            Some(known) if columns.contains(&Some(known)) => return Err(SheetError::Twice(known)),
            None if !name.is_empty() => {
                let letters = name.chars().filter(|letter| !letter.is_control());
                return Err(SheetError::NoSuchColumn {
                    name: letters.take(40).collect(),
                });
            }
            known => columns.push(known),
        }
    }
    match columns.contains(&Some("title")) {
        true => Ok(columns),
        false => Err(SheetError::NoTitle),
    }
}

fn line(columns: &[Option<&'static str>], record: &csv::StringRecord) -> Result<Line, String> {
    if record.len() != columns.len() {
        return Err(format!(
            "it has {} cells, and the first line names {} columns",
            record.len(),
            columns.len()
        ));
    }
    let mut line = Line::default();
    for (column, cell) in columns.iter().zip(record) {
        let Some(column) = column else { continue };
        let cell = as_meant(cell.trim());
        if cell.chars().any(char::is_control) {
            return Err(format!(
                "{column}: it holds a line break or another control character"
            ));
        }
        line.take(column, cell)
            .map_err(|problem| format!("{column}: {problem}"))?;
    }
    match line.title.is_empty() {
        true => Err("title: it is empty".into()),
        false => Ok(line),
    }
}

impl Line {
    fn take(&mut self, column: &str, cell: &str) -> Result<(), String> {
        let given = Some(cell).filter(|cell| !cell.is_empty());
        match column {
            "title" => self.title = name(cell)?,
            "language" => self.language = given.map(language).transpose()?,
            "kind" => self.kind = given.map(kind).transpose()?,
            "edition" => {
                let edition = |word| Edition::from_word(word).ok_or_else(|| edition::unknown(word));
                self.edition = given.map(edition).transpose()?;
            }
            "library" => self.libraries = split(cell),
            "monitored" => self.monitored = given.map(yes_or_no).transpose()?,
            "total" => self.total = Some(given.map(total).transpose()?),
            "ignored" => self.ignored = Some(volumes(cell)?),
            "wantedFrom" => self.wanted_from = Some(given.map(volume).transpose()?),
            "wantedTo" => self.wanted_to = Some(given.map(volume).transpose()?),
            "aliases" => self.aliases = Some(aliases(cell)?),
            // What is owned and what is missing is counted.
            _ => {}
        }
        Ok(())
    }
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

fn name(cell: &str) -> Result<String, String> {
    let length = cell.chars().count();
    if length > LONGEST_NAME {
        return Err(format!(
            "it has {length} characters; at most {LONGEST_NAME} are possible"
        ));
    }
    if !cell.is_empty() && fold(cell).is_empty() {
        return Err(format!("'{}' holds neither letter nor digit", short(cell)));
    }
    Ok(cell.to_owned())
}

fn language(cell: &str) -> Result<String, String> {
    let word = cell.to_ascii_lowercase();
    match word.len() == 2 && word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        true => Ok(word),
        false => Err(format!(
            "'{}' is no language: write two letters, for example fr",
            short(cell)
        )),
    }
}

fn kind(cell: &str) -> Result<Kind, String> {
    Kind::from_word(&cell.to_lowercase()).ok_or_else(|| {
        let known = Kind::ALL.map(|known| known.0).join(", ");
        format!("'{}' is none of {known}", short(cell))
    })
}

fn yes_or_no(cell: &str) -> Result<bool, String> {
    let word = cell.to_lowercase();
    match (YES.contains(&&*word), NO.contains(&&*word)) {
        (true, _) => Ok(true),
        (_, true) => Ok(false),
        _ => Err(format!("'{}' is neither true nor false", short(cell))),
    }
}

fn total(cell: &str) -> Result<u32, String> {
    let total = cell.parse().ok();
    total
        .filter(|total| (1..=HIGHEST_TOTAL).contains(total))
        .ok_or_else(|| {
            format!(
                "'{}' is no number of volumes from 1 to {HIGHEST_TOTAL}",
                short(cell)
            )
        })
}

fn volume(cell: &str) -> Result<VolumeNumber, String> {
    cell.parse()
        .map_err(|_| format!("'{}' is no volume, such as 3 or 10.5", short(cell)))
}

fn volumes(cell: &str) -> Result<VolumeSet, String> {
    let set: VolumeSet = cell.parse().map_err(|_| {
        format!(
            "'{}' is no set of volumes, such as 4,7-9; a spreadsheet turns some into dates unless the column is text",
            short(cell)
        )
    })?;
    match set.len() {
        ..=MAX_SET => Ok(set),
        many => Err(format!(
            "it holds {many} volumes; at most {MAX_SET} can be given"
        )),
    }
}

fn aliases(cell: &str) -> Result<Vec<String>, String> {
    let aliases = split(cell);
    if aliases.len() > MOST_ALIASES {
        return Err(format!(
            "it holds {} names; at most {MOST_ALIASES} can be given",
            aliases.len()
        ));
    }
    aliases.iter().map(|alias| name(alias)).collect()
}
