//! Which edition of a series a book belongs to: volumes of another edition hold other chapters, so they are never counted with the
//! ordinary ones. Pure.

use super::record::Record;
use crate::domain::{
    edition::Edition,
    release::{Kind, parse},
    title,
};

/// Words of a statement of edition that say nothing of how the series is cut: a second printing has the same volumes.
const PLAIN: [&str; 22] = [
    "ed",
    "edition",
    "editions",
    "reed",
    "reedition",
    "reimpr",
    "reimpression",
    "impr",
    "tirage",
    "nouv",
    "nouvelle",
    "premiere",
    "originale",
    "francaise",
    "version",
    "revue",
    "corrigee",
    "augmentee",
    "et",
    "en",
    "mise",
    "jour",
];

/// Words of a subtitle that is about the edition.
const TELLING: [&str; 9] = [
    "edition",
    "integrale",
    "integral",
    "deluxe",
    "perfect",
    "collector",
    "ultimate",
    "omnibus",
    "coffret",
];

/// An edition; the ordinary one is the default.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Named {
    /// Equal for books of the same edition; empty for the ordinary one.
    pub key: String,
    /// As the record has it, where the title of the series does not have it itself.
    pub label: Option<String>,
}

/// Reads it, of a book of the series with this title.
pub fn of(record: &Record, series: &str) -> Named {
    let subtitles = record.all("200", 'e').filter(|text| is_telling(text));
    let said = record.all("205", 'a').chain(subtitles);
    let said = said.filter_map(|text| {
        let key = key(text)?;
        let label = Some(text.trim_matches(['[', ']']).to_owned());
        Some(Named { key, label })
    });
    let of_title = || {
        let key = worth_naming(parse(&format!("{series} T01"), Kind::Manga).edition)?;
        Some(Named { key, label: None })
    };
    said.into_iter()
        .next()
        .or_else(of_title)
        .unwrap_or_default()
}

/// A box holds volumes that have records of their own.
pub fn is_box(record: &Record) -> bool {
    let texts = record
        .all("200", 'a')
        .chain(record.all("200", 'e'))
        .chain(record.all("205", 'a'))
        .chain(record.all("461", 'v'));
    texts
        .into_iter()
        .any(|text| title::fold(text).split(' ').any(|word| word == "coffret"))
}

fn is_telling(text: &str) -> bool {
    let folded = title::fold(text);
    folded.split(' ').any(|word| TELLING.contains(&word))
}

/// None for the ordinary one. A statement that names none that is known is one by its own words.
fn key(text: &str) -> Option<String> {
    let written = text.replace("Éd.", "Édition").replace("éd.", "édition");
    let edition = parse(&format!("X T01 {written}"), Kind::Manga).edition;
    worth_naming(edition).or_else(|| {
        let folded = title::fold(&written);
        let is_plain =
            |word: &str| PLAIN.contains(&word) || word.bytes().any(|byte| byte.is_ascii_digit());
        let words: Vec<&str> = folded
            .split(' ')
            .filter(|word| !word.is_empty() && !is_plain(word))
            .collect();
        (!words.is_empty()).then(|| words.join(" "))
    })
}

/// What publishers call the original edition has the numbers of the ordinary volumes and is where new ones come out; a new printing
/// is no other edition as long as nothing but "new" is said of it. One that is not known by its word is told by its own words.
fn worth_naming(edition: Edition) -> Option<String> {
    let is_ordinary = matches!(
        edition,
        Edition::Standard | Edition::Original | Edition::New | Edition::Other
    );
    (!is_ordinary).then(|| edition.word().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_printing_is_no_other_edition() {
        for (text, expected) in [
            ("2e éd.", None),
            ("[Nouvelle éd.]", None),
            ("Nouv. éd. revue et corrigée", None),
            ("Éd. originale", None),
            ("Édition française", None),
            ("[Réimpr.]", None),
            ("Éd. colossale", Some("colossal")),
            ("Perfect edition", Some("perfect")),
            ("Éd. deluxe", Some("deluxe")),
            ("Éd. collector", Some("collector")),
            ("Intégrale", Some("integrale")),
            ("Éd. prestige du centenaire", Some("prestige du centenaire")),
        ] {
            assert_eq!(key(text).as_deref(), expected, "{text}");
        }
    }
}
