//! Titles and bodies as the user writes them: text with fields, such as `{series}{ – volumes}: {title}`. Pure.
//!
//! A field is written in braces, in which signs may stand before and behind it; they are written only when the field has a value. This is
//! how names of files are written, too.
//!
//! | field | value |
//! |---|---|
//! | `title`, `body` | what is said without a template |
//! | `type` | `grab.sent` |
//! | `importance` | `low`, `normal` or `high` |
//! | `series`, `language` | the title of the series, and `fr` |
//! | `volumes` | `3 to 5 and 7` |
//! | `release`, `size` | its name, and `87 MB` |
//! | `reason` | why: all reasons with `; ` between, or what is wrong with the subject |
//! | `source`, `indexer`, `relevance`, `refused` | where the release is from, how well it fits, and how many others were refused |
//! | `client`, `library` | their names |
//! | `subject` | what has trouble: `source:prowlarr` |

use std::{fmt, str::FromStr};

use super::{Importance, LONGEST_BODY, LONGEST_TITLE, Tongue, facts, phrase, text};
use crate::domain::event::Event;

/// The longest template, in characters.
pub const LONGEST: usize = 2_000;

/// A title or a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    /// Written as it is.
    Text(String),
    /// Written when it has a value.
    Field {
        before: String,
        field: Field,
        after: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Title,
    Body,
    Type,
    Importance,
    Series,
    Language,
    Volumes,
    Reason,
    Size,
    /// Called the same in the event.
    Of(&'static str),
}

const FIELDS: [(&str, Field); 17] = [
    ("title", Field::Title),
    ("body", Field::Body),
    ("type", Field::Type),
    ("importance", Field::Importance),
    ("series", Field::Series),
    ("language", Field::Language),
    ("volumes", Field::Volumes),
    ("release", Field::Of("release")),
    ("reason", Field::Reason),
    ("source", Field::Of("source")),
    ("indexer", Field::Of("indexer")),
    ("relevance", Field::Of("relevance")),
    ("refused", Field::Of("refused")),
    ("size", Field::Size),
    ("client", Field::Of("client")),
    ("library", Field::Of("library")),
    ("subject", Field::Of("subject")),
];

/// A template that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    #[error("'{0}' is not a field: write {list}, with nothing but signs beside it in the braces, as in {{ (volumes)}}", list = list())]
    Unknown(String),
    #[error("a brace is open or closed that has no other; write fields as {{series}}")]
    Braces,
    #[error("it is empty; leave it out to have what Lacunarr says by itself")]
    Empty,
    #[error("it has {0} characters; {LONGEST} are the most")]
    TooLong(usize),
}

/// `{title}, {body} or {subject}`.
fn list() -> String {
    let names: Vec<String> = FIELDS
        .iter()
        .map(|(name, _)| format!("{{{name}}}"))
        .collect();
    let (last, first) = names.split_last().expect("there are fields");
    format!("{} or {last}", first.join(", "))
}

impl Template {
    /// A title of an event by it: one line. Where nothing of it has a value, the title that is said without a template.
    pub fn title(&self, event: &Event, tongue: Tongue) -> String {
        match phrase::line(&self.write(event, tongue), LONGEST_TITLE) {
            blank if blank.is_empty() => text(event, tongue).title,
            title => title,
        }
    }

    /// A body of an event by it: its lines, without those that are blank. Where nothing of it has a value, the body that is said without a
    /// template.
    pub fn body(&self, event: &Event, tongue: Tongue) -> String {
        let written = self.write(event, tongue);
        let lines = written.lines().map(|line| phrase::line(line, LONGEST_BODY));
        let lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
        match lines.is_empty() {
            true => text(event, tongue).body,
            false => phrase::cut(&lines.join("\n"), LONGEST_BODY),
        }
    }

    fn write(&self, event: &Event, tongue: Tongue) -> String {
        let mut written = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => written.push_str(text),
                Piece::Field {
                    before,
                    field,
                    after,
                } => {
                    let value = value(*field, event, tongue);
                    if !value.is_empty() {
                        written.extend([before, value.as_str(), after]);
                    }
                }
            }
        }
        written
    }
}

fn value(field: Field, event: &Event, tongue: Tongue) -> String {
    let series = event.series();
    match field {
        Field::Title => text(event, tongue).title,
        Field::Body => text(event, tongue).body,
        Field::Type => event.parts().0,
        Field::Importance => Importance::of(event).word().to_owned(),
        Field::Series => series.map_or_else(String::new, |series| {
            phrase::line(&series.title, LONGEST_TITLE)
        }),
        Field::Language => {
            series.map_or_else(String::new, |series| phrase::line(&series.language, 20))
        }
        Field::Volumes => event
            .volumes()
            .map_or_else(String::new, |volumes| phrase::numbers(&volumes, tongue)),
        Field::Reason => facts::reasons(event).join("; "),
        Field::Size => facts::field(event, "bytes", tongue),
        Field::Of(name) => facts::field(event, name, tongue),
    }
}

impl FromStr for Template {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Self, TemplateError> {
        let length = text.chars().count();
        if length > LONGEST {
            return Err(TemplateError::TooLong(length));
        }
        if text.trim().is_empty() {
            return Err(TemplateError::Empty);
        }
        let mut pieces = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let open = rest.find(['{', '}']).unwrap_or(rest.len());
            let (plain, braced) = rest.split_at(open);
            if !plain.is_empty() {
                pieces.push(Piece::Text(plain.to_owned()));
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
        Ok(Self { pieces })
    }
}

/// `series`, ` – volumes`, ` (reason)`.
fn field(inside: &str) -> Result<Piece, TemplateError> {
    let unknown = || TemplateError::Unknown(phrase::line(inside, 40));
    let letter = |letter: char| letter.is_ascii_alphabetic();
    let start = inside.find(letter).ok_or_else(unknown)?;
    let (before, rest) = inside.split_at(start);
    let end = rest.find(|other| !letter(other)).unwrap_or(rest.len());
    let (name, after) = rest.split_at(end);
    if after.contains(char::is_alphanumeric)
        || before.contains(char::is_alphanumeric)
        || inside.contains('{')
    {
        return Err(unknown());
    }
    let field = FIELDS.iter().find(|known| known.0 == name);
    Ok(Piece::Field {
        before: before.to_owned(),
        field: field.ok_or_else(unknown)?.1,
        after: after.to_owned(),
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
                    let known = FIELDS.iter().find(|known| known.1 == *field);
                    let (name, _) = known.expect("every field has a name");
                    write!(f, "{{{before}{name}{after}}}")?;
                }
            }
        }
        Ok(())
    }
}
