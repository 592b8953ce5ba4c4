//! A volume, out of its record. Pure.
//!
//! Publishers and cataloguers name the series in three ways: by a link to the record of the set (461 `$t`, number in its `$v`), by the
//! title with a number (200 `$a` and `$h`, or both in `$a`), or as a collection with a number (225 `$a` and `$v`) while 200 `$a` is the
//! title of the volume. Records that publishers have announced have no link.

use super::{
    ark, edition,
    form::{self, Form},
    isbn,
    record::Record,
    when::{self, When},
};
use crate::{
    catalogue::bounds,
    domain::{
        release::{Hints, Kind, parse},
        title,
        volume::VolumeNumber,
    },
};

/// Codes of who made a book: author, illustrator, writer of comics, adapter. Others translated it, lettered it or wrote its preface.
const MAKERS: [&str; 4] = ["070", "440", "690", "010"];

/// A volume.
#[derive(Clone, Debug)]
pub struct Book {
    /// The number of its record.
    pub record: String,
    /// The number of the record of its set.
    pub set: Option<String>,
    /// The title of its series.
    pub series: String,
    /// Which one; none when it has no number.
    pub volume: Option<VolumeNumber>,
    pub edition: edition::Named,
    pub publisher: Option<String>,
    pub when: When,
    /// Thirteen digits.
    pub isbn: Option<String>,
    pub authors: Vec<String>,
    pub form: Option<Form>,
    /// ISO 639-2 of what it was translated from.
    pub original: Option<String>,
    /// Titles of the original.
    pub originals: Vec<String>,
}

/// What a place for a number holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Number {
    One(VolumeNumber),
    /// Several volumes, or one outside the line, as `Intégrale 2` and `hors-série`.
    Other,
}

/// A set, not a book: on the highest level, or printed over years.
pub fn is_set(record: &Record) -> bool {
    let coded = record
        .get("100", 'a')
        .and_then(|coded| coded.as_bytes().get(8).copied());
    record.leader(8) == Some('1') || coded == Some(b'g')
}

/// The number of a record.
pub fn number_of(record: &Record) -> Option<String> {
    let named = record.control("003").and_then(ark::number);
    let named = named.or_else(|| record.control("001").and_then(ark::number))?;
    Some(named.to_owned())
}

impl Book {
    /// None for what is no single volume in French. `asked` is the folded title that was asked for: a collection counts as a series only
    /// when it is meant.
    pub fn of(record: &Record, asked: &str) -> Option<Self> {
        let mut languages = record.all("101", 'a').peekable();
        let is_french = languages.peek().is_none() || languages.any(|language| language == "fre");
        if !is_french || is_set(record) || edition::is_box(record) {
            return None;
        }
        let Place {
            series,
            number,
            set,
        } = place(record, asked)?;
        let volume = match number {
            Some(Number::One(volume)) => Some(volume),
            Some(Number::Other) => return None,
            None => None,
        };
        let named = record.all("010", 'a').chain(record.all("073", 'a'));
        let publisher = record
            .preferring("214", "0", 'c')
            .or_else(|| record.get("210", 'c'));
        let originals = record.all("454", 't').chain(record.all("500", 'a'));
        Some(Self {
            record: number_of(record)?,
            set,
            volume,
            edition: edition::of(record, &series),
            publisher: publisher.and_then(bounds::line),
            when: when::of(record),
            isbn: named.into_iter().find_map(isbn::thirteen),
            authors: makers(record),
            form: form::of(record),
            original: record.get("101", 'c').map(str::to_owned),
            originals: originals.filter_map(bounds::line).take(5).collect(),
            series: plain(&series)?,
        })
    }
}

/// Of which series, and where in it.
struct Place {
    series: String,
    number: Option<Number>,
    set: Option<String>,
}

fn place(record: &Record, asked: &str) -> Option<Place> {
    let of_collection = || {
        let mut collections = record.each("225", ['a', 'v']);
        collections.find_map(|[name, number]| Some((name?, number?)))
    };
    let own = record.get("200", 'h');
    for [series, number, linked, other] in record.each("461", ['t', 'v', '0', '3']) {
        let Some(series) = series else { continue };
        let number = number
            .or_else(|| of_collection().map(|(_, number)| number))
            .or(own);
        return Some(Place {
            series: series.to_owned(),
            number: number.map(read),
            set: linked.or(other).and_then(ark::number).map(str::to_owned),
        });
    }
    let title = record.get("200", 'a')?;
    let subtitle = record.get("200", 'e').unwrap_or_default();
    if parse(&format!("{title} {subtitle}"), Kind::Manga).is_special() {
        return None;
    }
    if let Some(number) = own {
        return Some(Place {
            series: title.to_owned(),
            number: Some(read(number)),
            set: None,
        });
    }
    if let Some((name, number)) = of_collection().filter(|(name, _)| is(name, asked)) {
        return Some(Place {
            series: name.to_owned(),
            number: Some(read(number)),
            set: None,
        });
    }
    Some(numbered(title, asked).unwrap_or(Place {
        series: title.to_owned(),
        number: None,
        set: None,
    }))
}

fn is(name: &str, asked: &str) -> bool {
    !asked.is_empty() && title::fold(name) == asked
}

/// `One piece. Tome 12`; a bare number only behind the title that was asked for, since titles end in numbers too.
fn numbered(written: &str, asked: &str) -> Option<Place> {
    let asked_titles = [asked.to_owned()];
    let hints = Hints {
        titles: if asked.is_empty() { &[] } else { &asked_titles },
        ..Kind::Manga.into()
    };
    let read = parse(written, hints);
    let series = read.series.as_deref()?;
    if !(read.marked || is(series, asked)) {
        return None;
    }
    let mut volumes = read.volumes.iter();
    let (first, second) = (volumes.next()?, volumes.next());
    Some(Place {
        series: series.to_owned(),
        number: Some(match second {
            None => Number::One(first),
            Some(_) => Number::Other,
        }),
        set: None,
    })
}

/// `12`, `Tome 12`, `T. 10.5`, `vol. 3`, `[4]`, `05`, `7 : titre`; not `1-3`, `Intégrale 2` or a word.
fn read(text: &str) -> Number {
    const MARKS: [&str; 14] = [
        "tome", "t.", "t", "volume", "vol.", "vol", "livre", "album", "numéro", "n°", "no", "n",
        "#", "book",
    ];
    let lower = text.to_lowercase();
    let mut rest =
        lower.trim_matches(|letter: char| letter.is_whitespace() || "[]().".contains(letter));
    if let Some(behind) = MARKS.iter().find_map(|mark| rest.strip_prefix(mark)) {
        rest = behind.trim_start_matches([' ', '.', '\u{a0}']);
    }
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(rest);
    let behind = &rest[whole..];
    let decimals = match behind.strip_prefix(['.', ',']) {
        Some(decimals) => digits(decimals),
        None => 0,
    };
    let (number, behind) = match decimals {
        0 => (rest[..whole].to_owned(), behind),
        _ => {
            let number = format!("{}.{}", &rest[..whole], &behind[1..=decimals]);
            (number, &behind[1 + decimals..])
        }
    };
    let behind = behind.trim_start();
    let goes_on = ["-", "–", "/", "à ", "et ", "&", "a "];
    let is_range = goes_on.iter().any(|sign| behind.starts_with(sign))
        && behind.bytes().any(|byte| byte.is_ascii_digit());
    let is_word = behind.starts_with(char::is_alphanumeric) && !is_range;
    match number.parse() {
        Ok(volume) if !is_range && !is_word => Number::One(volume),
        _ => Number::Other,
    }
}

/// A title without what cataloguers add behind it in brackets.
pub fn plain(title: &str) -> Option<String> {
    let line = bounds::line(title)?;
    let cut = line
        .strip_suffix([')', ']'])
        .and_then(|rest| rest.rfind(['(', '[']).map(|at| rest[..at].trim_end()))
        .filter(|rest| !title::fold(rest).is_empty());
    Some(cut.unwrap_or(&line).to_owned())
}

/// Given name first.
fn makers(record: &Record) -> Vec<String> {
    let names = ["700", "701", "702"].into_iter().flat_map(|tag| {
        let people = record.each(tag, ['a', 'b', '4']);
        people.filter_map(|[family, given, role]| {
            let made = role.is_none_or(|role| MAKERS.contains(&role));
            let family = family.filter(|_| made)?;
            Some(format!("{} {family}", given.unwrap_or_default()))
        })
    });
    bounds::authors(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_one_volume_or_it_is_none() {
        for (text, expected) in [
            ("12", Some("12")),
            ("05", Some("5")),
            ("0", Some("0")),
            ("Tome 12", Some("12")),
            ("tome 7", Some("7")),
            ("T. 10.5", Some("10.5")),
            ("T10,5", Some("10.5")),
            ("vol. 3", Some("3")),
            ("n° 4", Some("4")),
            ("[4]", Some("4")),
            ("12.", Some("12")),
            ("7 : Le retour", Some("7")),
            ("1-3", None),
            ("Tomes 1 à 3", None),
            ("1 et 2", None),
            ("4/6", None),
            ("Intégrale 2", None),
            ("hors-série 1", None),
            ("premier", None),
            ("2e partie", None),
            ("99999999", None),
            ("é", None),
            ("", None),
        ] {
            let number = match read(text) {
                Number::One(volume) => Some(volume.to_string()),
                Number::Other => None,
            };
            assert_eq!(number.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn brackets_of_cataloguers_go() {
        for (title, expected) in [
            ("One piece", Some("One piece")),
            ("Naruto (Bruxelles)", Some("Naruto")),
            ("Naruto [Texte imprimé]", Some("Naruto")),
            ("(Re)naissance", Some("(Re)naissance")),
            ("(X)", Some("(X)")),
            (" ", None),
        ] {
            assert_eq!(plain(title).as_deref(), expected, "{title}");
        }
    }
}
