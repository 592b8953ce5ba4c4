//! The naming that a folder has already: what stands around the numbers of its files, as a template. Pure.
//!
//! Each name of one volume becomes a template of its own; the one that more than half of the names share is the folder's. What a name
//! says of its copy (year, language, group, origin, format) becomes a field, so that it is written of a new copy only when it is true.

use unicode_normalization::UnicodeNormalization;

use super::template::{Field, Piece, Template};
use crate::domain::{
    release::{FORMATS, Hints, Kind, Place, Span, explain},
    title::fold,
    volume::VolumeNumber,
};

/// A folder's naming.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learned {
    /// Of its names.
    pub template: Template,
    /// The folded titles that its names begin with.
    pub titles: Vec<String>,
}

/// A name, taken apart at its number.
struct Sample {
    front: Vec<Part>,
    /// Of the whole number, as written.
    digits: String,
    behind: Vec<Part>,
    title: Option<String>,
}

/// A part of a name beside its number.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Piece(Piece),
    /// Words behind the number: the volume's own title, unless all names have the same.
    Words {
        before: String,
        text: String,
    },
}

/// What a sample is compared by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Detail {
    /// Everything.
    Words,
    /// Words behind the number are a title.
    Titles,
    /// Nothing behind the number.
    Front,
}

/// The naming of these files, whose series has these folded titles; none when they do not agree.
pub fn learn(files: &[&str], titles: &[String], hints: Hints<'_>) -> Option<Learned> {
    let hints = Hints {
        titles,
        place: Place::InSeries,
        ..hints
    };
    let samples: Vec<Sample> = files
        .iter()
        .filter_map(|file| sample(file, hints))
        .collect();
    // The words behind one number say nothing of the next.
    let first = usize::from(samples.len() < 2);
    let details = &[Detail::Words, Detail::Titles, Detail::Front][first..];
    details.iter().find_map(|detail| agreed(&samples, *detail))
}

fn agreed(samples: &[Sample], detail: Detail) -> Option<Learned> {
    let all: Vec<Template> = samples
        .iter()
        .map(|sample| sample.template(detail))
        .collect();
    let template = all
        .iter()
        .find(|template| 2 * all.iter().filter(|other| other == template).count() > all.len())?;
    let those = samples
        .iter()
        .zip(&all)
        .filter(|(_, other)| *other == template)
        .map(|(sample, _)| sample);
    let digits: Vec<&str> = those.clone().map(|sample| sample.digits.as_str()).collect();
    let mut titles: Vec<String> = those
        .filter_map(|sample| sample.title.as_deref().map(fold))
        .collect();
    titles.sort_unstable();
    titles.dedup();
    Some(Learned {
        template: template.clone().with_width(width(&digits)),
        titles,
    })
}

/// To how many digits these numbers are filled up. Where 10 and 11 leave it open, 9 sorts in front of them.
fn width(numbers: &[&str]) -> usize {
    let filled = numbers
        .iter()
        .filter(|number| number.starts_with('0') && number.len() > 1);
    let shortest = numbers.iter().map(|number| number.len()).min().unwrap_or(1);
    filled.map(|number| number.len()).min().unwrap_or(shortest)
}

impl Sample {
    fn template(&self, detail: Detail) -> Template {
        let number = Piece::Field {
            before: String::new(),
            field: Field::Volume(0),
            after: String::new(),
        };
        let behind: &[Part] = if detail == Detail::Front {
            &[]
        } else {
            &self.behind
        };
        let piece = |part: &Part| match part {
            Part::Piece(piece) => piece.clone(),
            Part::Words { before, text } if detail == Detail::Words => {
                Piece::Text(format!("{before}{text}"))
            }
            Part::Words { before, .. } => Piece::Field {
                before: before.clone(),
                field: Field::Title,
                after: String::new(),
            },
        };
        let front = self.front.iter().map(piece);
        Template::of(
            front
                .chain([number])
                .chain(behind.iter().map(piece))
                .collect(),
        )
    }
}

/// None for a special, a pack, or a name whose number cannot be told from its others.
fn sample(file: &str, hints: Hints<'_>) -> Option<Sample> {
    let name: String = stem(file).nfc().collect();
    let (release, spans) = explain(&name, hints);
    let number = release.numbers(hints.kind).single()?;
    if release.is_special() {
        return None;
    }
    let field = if matches!(hints.kind, Kind::Chapters | Kind::Comics) {
        "chapters"
    } else {
        "volumes"
    };
    let mut runs = spans
        .iter()
        .filter(|span| span.field == field)
        .flat_map(|span| number_in(span, number));
    let (start, end) = runs.next().filter(|_| runs.next().is_none())?;
    let digits = name[start..end]
        .split(['.', ','])
        .next()
        .unwrap_or_default();
    Some(Sample {
        front: parts(&name, 0, start, &spans, false),
        digits: digits.to_owned(),
        behind: parts(&name, end, name.len(), &spans, true),
        title: release.series.map(Into::into),
    })
}

/// A name without the extension of a book.
pub fn stem(file: &str) -> &str {
    let known = |extension: &&str| {
        FORMATS
            .iter()
            .any(|format| extension.eq_ignore_ascii_case(format))
    };
    match file.rsplit_once('.') {
        Some((stem, extension)) if known(&extension) => stem,
        _ => file,
    }
}

/// Where this number stands in a span: byte offsets.
fn number_in(span: &Span<'_>, number: VolumeNumber) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = span.text[at..]
        .find(|letter: char| letter.is_ascii_digit())
        .map(|offset| at + offset)
    {
        let rest = &span.text[start..];
        let end = rest
            .find(|letter: char| !letter.is_ascii_digit() && !".,".contains(letter))
            .unwrap_or(rest.len());
        let text = rest[..end].trim_end_matches(['.', ',']);
        if text.replace(',', ".").parse() == Ok(number) {
            found.push((span.start + start, span.start + start + text.len()));
        }
        at = start + end;
    }
    found
}

/// The part of a name from `start` to `end`: brackets, and what stands between them.
fn parts(name: &str, start: usize, end: usize, spans: &[Span<'_>], behind: bool) -> Vec<Part> {
    let mut parts = Vec::new();
    // Signs that stand before the next part.
    let mut signs = String::new();
    for (from, to) in chunks(&name[start..end]) {
        let (from, to) = (start + from, start + to);
        let text = &name[from..to];
        let fields = Fields::of(name, from, to, spans);
        if let Some((open, inner, close)) = brackets(text) {
            signs.push_str(open);
            parts.extend(of_copy(std::mem::take(&mut signs), inner, &fields, close));
        } else if !text.contains(char::is_alphanumeric) {
            signs.push_str(text);
        } else if behind {
            let words = text.trim_start_matches(|letter: char| !letter.is_alphanumeric());
            signs.push_str(&text[..text.len() - words.len()]);
            let cut = words.trim_end_matches([' ', '-', '_', '.']);
            let before = std::mem::replace(&mut signs, words[cut.len()..].to_owned());
            if fields.are_tags {
                parts.extend(of_copy(before, cut, &fields, ""));
            } else {
                parts.push(Part::Words {
                    before,
                    text: cut.to_owned(),
                });
            }
        } else {
            parts.push(Part::Piece(Piece::Text(std::mem::take(&mut signs) + text)));
        }
    }
    // In front of the number they belong to it; behind everything they are nobody's.
    if !behind && !signs.is_empty() {
        parts.push(Part::Piece(Piece::Text(signs)));
    }
    parts
}

/// Each bracket with what is in it, and what stands between them: byte offsets.
fn chunks(text: &str) -> Vec<(usize, usize)> {
    let (mut chunks, mut at, mut plain) = (Vec::new(), 0, 0);
    while let Some(open) = text[at..].find(['(', '[', '{']).map(|offset| at + offset) {
        let close = match text.as_bytes()[open] {
            b'(' => ')',
            b'[' => ']',
            _ => '}',
        };
        at = open + 1;
        let Some(end) = text[at..].find(close).map(|offset| at + offset + 1) else {
            continue;
        };
        if plain < open {
            chunks.push((plain, open));
        }
        chunks.push((open, end));
        (at, plain) = (end, end);
    }
    if plain < text.len() {
        chunks.push((plain, text.len()));
    }
    chunks
}

/// Open, inside, close, of a chunk that is one.
fn brackets(chunk: &str) -> Option<(&str, &str, &str)> {
    let inside = chunk
        .strip_prefix(['(', '[', '{'])?
        .strip_suffix([')', ']', '}'])?;
    Some((&chunk[..1], inside, &chunk[chunk.len() - 1..]))
}

/// What a part of a name was read as.
struct Fields {
    names: Vec<&'static str>,
    /// Each of its words is one of them, and none is a title or a name.
    are_tags: bool,
}

impl Fields {
    fn of(name: &str, start: usize, end: usize, spans: &[Span<'_>]) -> Self {
        let within: Vec<&Span<'_>> = spans
            .iter()
            .filter(|span| span.start < end && start < span.end)
            .collect();
        let mut names: Vec<&'static str> = within.iter().map(|span| span.field).collect();
        names.dedup();
        let is_read = |at: usize| {
            within
                .iter()
                .any(|span| (span.start..span.end).contains(&at))
        };
        let mut letters = name[start..end]
            .char_indices()
            .filter(|(_, letter)| letter.is_alphanumeric());
        let are_tags = letters.all(|(at, _)| is_read(start + at))
            && !names.iter().any(|name| OF_WORK.contains(name));
        Self { names, are_tags }
    }
}

/// What is said of the copy becomes a field, or nothing when there is none for it; anything else stays.
fn of_copy(before: String, text: &str, fields: &Fields, after: &str) -> Option<Part> {
    let field = match fields.names[..] {
        ["year"] => Field::Year,
        ["languages"] => Field::Language,
        ["origin"] => Field::Origin,
        ["group"] => Field::Group,
        ["formats"] => Field::Format,
        _ if fields.names.iter().any(|name| OF_COPY.contains(name)) => return None,
        _ => return Some(Part::Piece(Piece::Text(format!("{before}{text}{after}")))),
    };
    Some(Part::Piece(Piece::Field {
        before,
        field,
        after: after.to_owned(),
    }))
}

/// Fields that say something of one copy, which need not be true of another.
const OF_COPY: [&str; 8] = [
    "year",
    "languages",
    "origin",
    "group",
    "formats",
    "resolution",
    "revision",
    "count",
];
/// Fields that are words, and no tags.
const OF_WORK: [&str; 4] = ["series", "other_title", "authors", "publisher"];
