//! How names are written: text with fields, such as `{series}{ - edition} T{volume:02}{ (year)}{ext}`. Pure.
//!
//! A field is written in braces, in which signs may stand before and behind it; they are written only when the field has a value.
//!
//! | field | value |
//! |---|---|
//! | `series` | the series' title |
//! | `volume` | the number; `:02` fills it up with zeros to two digits; a pack is `T01-T03` |
//! | `title` | the volume's own title |
//! | `edition` | `Perfect Edition`; nothing for the standard one |
//! | `year` | of publication |
//! | `language` | `FR` |
//! | `origin` | `Digital`, `Scan` or `Fan` |
//! | `group` | the release group |
//! | `format` | `CBZ` |
//! | `ext` | `.cbz`; last, and written even if it is not there |

use std::{fmt, str::FromStr};

use super::{Book, safe};
use crate::domain::release::{Origin, edition_words};

/// The most digits that a number is filled up to.
const WIDEST: usize = 6;
/// The longest marker that is repeated in a pack: `Vol.`.
const LONGEST_MARKER: usize = 4;

/// A way to write names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    pieces: Vec<Piece>,
}

/// A part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Written as it is.
    Text(String),
    /// Written when it has a value.
    Field {
        before: String,
        field: Field,
        after: String,
    },
}

/// What is written of a book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Series,
    /// Filled up to so many digits.
    Volume(usize),
    Title,
    Edition,
    Year,
    Language,
    Origin,
    Group,
    Format,
}

/// A template that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    #[error(
        "'{0}' is not a field: write {{series}}, {{volume:02}}, {{title}}, {{edition}}, {{year}}, {{language}}, {{origin}}, {{group}}, {{format}} or {{ext}}, with nothing but signs beside it in the braces, as in {{ (year)}}"
    )]
    Unknown(String),
    #[error("a brace is open or closed that has no other; write fields as {{series}}")]
    Braces,
    #[error("it must hold {{volume:02}}, or all volumes of a series would have one name")]
    NoVolume,
    #[error("'{0}' cannot stand in a file name; a template names the file, not a folder")]
    Forbidden(char),
    #[error("{{ext}} must stand at the end")]
    ExtNotLast,
    #[error(
        "'{name}', a name by this template, would not be read as one of its series; write {{series}} for the title, or no title at all"
    )]
    OtherSeries { name: String },
    #[error(
        "'{name}', a name by this template, would be read as volumes '{read}' and not as '{volumes}'; put a marker such as T before {{volume}}"
    )]
    Misread {
        name: String,
        read: String,
        volumes: String,
    },
}

/// How a set of volumes is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pack {
    /// `T01-T03`.
    MarkEach,
    /// `T01-03`.
    MarkOnce,
}

impl Template {
    /// Of these pieces.
    pub fn of(pieces: Vec<Piece>) -> Self {
        Self { pieces }
    }

    /// With its number filled up to so many digits.
    pub fn with_width(mut self, digits: usize) -> Self {
        for piece in &mut self.pieces {
            if let Piece::Field {
                field: Field::Volume(width),
                ..
            } = piece
            {
                *width = digits.min(WIDEST);
            }
        }
        self
    }

    /// The name of a book without its extension, of those fields that are wanted.
    pub fn write(&self, book: &Book<'_>, pack: Pack, wanted: impl Fn(Field) -> bool) -> String {
        let mut name = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => name.push_str(text),
                Piece::Field {
                    before,
                    field,
                    after,
                } => {
                    let value = Some(*field)
                        .filter(|field| wanted(*field))
                        .and_then(|field| match field {
                            Field::Volume(width) => {
                                Some(numbers(book, width, marker(&name, before), pack))
                            }
                            field => value(field, book),
                        });
                    if let Some(value) = value.filter(|value| !value.is_empty()) {
                        name.extend([before, value.as_str(), after]);
                    }
                }
            }
        }
        name
    }
}

fn value(field: Field, book: &Book<'_>) -> Option<String> {
    Some(match field {
        Field::Series => safe::text(book.series),
        Field::Volume(_) => return None,
        Field::Title => safe::text(book.title?),
        Field::Edition => edition_words(book.edition)?,
        Field::Year => book.year?.to_string(),
        Field::Language => safe::text(book.language?).to_uppercase(),
        Field::Origin => match book.origin {
            Origin::Unknown => return None,
            Origin::Official => "Digital".into(),
            Origin::Scan => "Scan".into(),
            Origin::Fan => "Fan".into(),
        },
        Field::Group => safe::text(book.group?),
        Field::Format => safe::text(book.extension).to_uppercase(),
    })
}

/// What says of the number behind it that it is a volume: the letters or the sign that touch it.
fn marker<'a>(written: &'a str, before: &'a str) -> &'a str {
    let text = if before.is_empty() { written } else { before };
    let at =
        text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic() || ".#".contains(letter));
    let marker = &text[at.len()..];
    if marker.len() > LONGEST_MARKER {
        ""
    } else {
        marker
    }
}

/// `01`, `10.5`, `01-T03`, `01-03, T05`: without the first marker, which stands there already.
fn numbers(book: &Book<'_>, width: usize, marker: &str, pack: Pack) -> String {
    let padded = |number: &str| {
        let digits = number.find('.').unwrap_or(number.len());
        format!("{}{number}", "0".repeat(width.saturating_sub(digits)))
    };
    let within = if pack == Pack::MarkEach { marker } else { "" };
    let run = |run: &str| match run.split_once('-') {
        Some((first, last)) => format!("{}-{within}{}", padded(first), padded(last)),
        None => padded(run),
    };
    let runs: Vec<String> = book.volumes.to_string().split(',').map(run).collect();
    runs.join(&format!(", {marker}"))
}

impl FromStr for Template {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Self, TemplateError> {
        let text = text.trim();
        let front = text.strip_suffix("{ext}").unwrap_or(text);
        let mut pieces = Vec::new();
        let mut rest = front;
        while !rest.is_empty() {
            let open = rest.find(['{', '}']).unwrap_or(rest.len());
            let (plain, braced) = rest.split_at(open);
            if !plain.is_empty() {
                pieces.push(Piece::Text(allowed(plain)?.to_owned()));
            }
            if braced.is_empty() {
                break;
            }
            let (inside, behind) = braced
                .strip_prefix('{')
                .and_then(|braced| braced.split_once('}'))
                .ok_or(TemplateError::Braces)?;
            pieces.push(field(inside)?);
            rest = behind;
        }
        let has_volume = pieces.iter().any(|piece| {
            matches!(
                piece,
                Piece::Field {
                    field: Field::Volume(_),
                    ..
                }
            )
        });
        if has_volume {
            Ok(Self { pieces })
        } else {
            Err(TemplateError::NoVolume)
        }
    }
}

fn allowed(text: &str) -> Result<&str, TemplateError> {
    let forbidden = text
        .chars()
        .find(|letter| letter.is_control() || r#"/\:*?"<>|"#.contains(*letter));
    forbidden.map_or(Ok(text), |letter| Err(TemplateError::Forbidden(letter)))
}

/// `series`, ` - edition`, ` (year)`, `volume:02`.
fn field(inside: &str) -> Result<Piece, TemplateError> {
    let unknown = || TemplateError::Unknown(inside.chars().take(40).collect());
    let letter = |letter: char| letter.is_ascii_alphabetic();
    let start = inside.find(letter).ok_or_else(unknown)?;
    let (before, rest) = inside.split_at(start);
    let end = rest.find(|other| !letter(other)).unwrap_or(rest.len());
    let (name, mut after) = rest.split_at(end);
    let mut width = 1;
    if let Some(digits) = after.strip_prefix(':') {
        let end = digits
            .find(|digit: char| !digit.is_ascii_digit())
            .unwrap_or(digits.len());
        width = digits[..end]
            .parse()
            .ok()
            .filter(|width| name == "volume" && *width <= WIDEST)
            .ok_or_else(unknown)?;
        after = &digits[end..];
    }
    if after.contains(char::is_alphanumeric)
        || before.contains(char::is_alphanumeric)
        || after.contains('{')
    {
        return Err(unknown());
    }
    let field = match name {
        "series" => Field::Series,
        "volume" => Field::Volume(width),
        "title" => Field::Title,
        "edition" => Field::Edition,
        "year" => Field::Year,
        "language" => Field::Language,
        "origin" => Field::Origin,
        "group" => Field::Group,
        "format" => Field::Format,
        "ext" => return Err(TemplateError::ExtNotLast),
        _ => return Err(unknown()),
    };
    Ok(Piece::Field {
        before: allowed(before)?.to_owned(),
        field,
        after: allowed(after)?.to_owned(),
    })
}

/// As it is written; reads back to the same.
impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => f.write_str(text)?,
                Piece::Field {
                    before,
                    field,
                    after,
                } => {
                    let name = match field {
                        Field::Series => "series",
                        Field::Volume(0 | 1) => "volume",
                        Field::Volume(width) => &format!("volume:0{width}"),
                        Field::Title => "title",
                        Field::Edition => "edition",
                        Field::Year => "year",
                        Field::Language => "language",
                        Field::Origin => "origin",
                        Field::Group => "group",
                        Field::Format => "format",
                    };
                    write!(f, "{{{before}{name}{after}}}")?;
                }
            }
        }
        f.write_str("{ext}")
    }
}
