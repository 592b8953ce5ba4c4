//! What the name of a file says once its series is known. Pure.
//!
//! [`parse`] reads a name that stands alone. Inside a series more is known: `03.cbz` and `03 - Title.cbz` are volumes there, and a
//! number that belongs to the series (`Area 51 T02`, `20th Century Boys`) is not one.

use super::{
    marker::{has_glued_marker, has_marked_word, split_digits},
    title::split_title,
};
use crate::domain::{
    release::{Kind, Release, parse},
    volume::{VolumeNumber, VolumeSet},
};

/// The most volumes that a bare `01-12` may span.
const MAX_PACK: u32 = 300;

/// What a file's name says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameSays {
    /// Volumes, or chapters in a library of chapters. Empty when there is no number.
    pub numbers: VolumeSet,
    /// An artbook, a guide, an hors-série: no volume, whatever its number.
    pub special: bool,
    /// Chapters only, in a library of volumes: its number is not one.
    pub only_chapters: bool,
    /// ISO 639-1, when the name has one language.
    pub language: Option<&'static str>,
    /// The title in front of the number.
    pub title: Option<String>,
}

/// Reads the name of a file without its extension, in a series with these folded titles.
pub fn read(stem: &str, titles: &[String], kind: Kind) -> NameSays {
    let (front, rest) = split_title(stem, titles);
    let release = parse(rest, kind);
    let leading = leading_number(rest, kind).filter(|leading| leading.beats_markers(rest));
    let title = match front {
        Some(front) => Some(front.to_owned()),
        None if leading.is_some() || release.volumes.is_empty() => None,
        None => release.series.map(ToOwned::to_owned),
    };
    let numbers = match leading {
        Some(leading) => leading.numbers,
        None => numbers(&release, kind).clone(),
    };
    NameSays {
        only_chapters: kind != Kind::Chapters && numbers.is_empty() && !release.chapters.is_empty(),
        numbers: if release.special {
            VolumeSet::default()
        } else {
            numbers
        },
        special: release.special,
        language: match release.languages[..] {
            [language] => Some(language),
            _ => None,
        },
        title,
    }
}

fn numbers<'a>(release: &'a Release<'_>, kind: Kind) -> &'a VolumeSet {
    match kind {
        Kind::Chapters => &release.chapters,
        _ => &release.volumes,
    }
}

/// A number, or a range of them, at the front of a name.
struct Leading {
    numbers: VolumeSet,
    /// A separator follows, as in `03 - Title`; in `100 Bullets` none does.
    closed: bool,
}

impl Leading {
    /// `100 Bullets T03` and `100 Bullets Tome 3` mean the marker; `22 - Vol 714 pour Sydney` means the front.
    fn beats_markers(&self, text: &str) -> bool {
        !has_glued_marker(text) && (self.closed || !has_marked_word(text))
    }
}

/// The number at the front: `03`, `#03`, `03 - Title`, `10.5`, `01-12`. No year, and not `3rd` or `7Seeds`.
fn leading_number(text: &str, kind: Kind) -> Option<Leading> {
    let text = text.trim_start_matches(|letter: char| !letter.is_alphanumeric());
    let (first, rest) = number(text, kind)?;
    let range = range(first, rest, kind).map(|(first, last)| VolumeSet::range(first, last));
    Some(Leading {
        numbers: range.unwrap_or_else(|| VolumeSet::from_iter([first])),
        closed: !rest.trim_start().starts_with(char::is_alphanumeric),
    })
}

/// Four digits are a number only with a zero in front, or where issues and chapters are counted.
fn number(text: &str, kind: Kind) -> Option<(VolumeNumber, &str)> {
    let (digits, mut rest) = split_digits(text);
    let long = digits.starts_with('0') || matches!(kind, Kind::Comics | Kind::Chapters);
    let year = digits.len() == 4 && ("1900"..="2099").contains(&digits);
    if digits.is_empty() || digits.len() > 4 || digits.len() == 4 && (!long || year) {
        return None;
    }
    let mut number = digits.to_owned();
    if let Some((decimal, behind)) = rest.strip_prefix('.').map(split_digits)
        && decimal.len() == 1
        && !behind.starts_with(|letter: char| letter.is_alphanumeric() || letter == '.')
    {
        number = format!("{digits}.{decimal}");
        rest = behind;
    }
    if rest.starts_with(char::is_alphanumeric) {
        return None;
    }
    Some((number.parse().ok()?, rest))
}

/// The range in `01-12` and `01 à 12`. With spaces around the dash it is one only when nothing but brackets follows: in
/// `12 - 24 heures` the second number begins a title.
fn range(first: VolumeNumber, rest: &str, kind: Kind) -> Option<(u32, u32)> {
    let tight = rest.strip_prefix(['-', '–', '~']);
    let trimmed = rest.trim_start();
    let spaced = || trimmed.strip_prefix(['-', '–', '~']);
    let word = || {
        trimmed
            .strip_prefix("à ")
            .or_else(|| trimmed.strip_prefix("to "))
    };
    let last = tight.or_else(word).or_else(spaced)?;
    let (last, behind) = number(last.trim_start(), kind)?;
    let behind = behind.trim_start();
    let alone = behind.is_empty() || behind.starts_with(['(', '[', '{']);
    let (first, last) = (first.as_whole()?, last.as_whole()?);
    (first < last && last - first < MAX_PACK && (tight.is_some() || alone)).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::title::fold;

    fn volumes(series: &str, stem: &str, kind: Kind) -> String {
        read(stem, &[fold(series)], kind).numbers.to_string()
    }

    #[test]
    fn a_number_at_the_front_is_a_volume_of_the_series() {
        for (stem, numbers) in [
            ("03", "3"),
            ("1", "1"),
            ("000", "0"),
            ("10.5", "10.5"),
            ("T03", "3"),
            ("Tome 3", "3"),
            ("Vol. 03", "3"),
            ("#03", "3"),
            ("03 - Le duel", "3"),
            ("03 - Les 12 travaux", "3"),
            ("03. Le duel", "3"),
            ("03 v2", "3"),
            ("22 - Vol 714 pour Sydney", "22"),
            ("100 Bullets T03", "3"),
            ("100 Bullets Tome 3", "3"),
            ("01-12", "1-12"),
            ("01 - 12 [CBZ]", "1-12"),
            ("01 à 12", "1-12"),
            ("12 - 24 heures", "12"),
            ("03 - 2004", "3"),
            ("2004", ""),
            ("2004 - 03", "3"),
            ("3274", ""),
            ("3rd Period", ""),
            ("Le duel", ""),
        ] {
            assert_eq!(volumes("Naruto", stem, Kind::Manga), numbers, "{stem}");
        }
    }

    #[test]
    fn a_number_of_the_title_is_no_volume() {
        for (series, stem, numbers) in [
            ("Naruto", "Naruto 03", "3"),
            ("Naruto", "Naruto03", "3"),
            ("Naruto", "naruto.03.FRENCH", "3"),
            ("Naruto", "[Team] Naruto - 03 [FR]", "3"),
            ("Area 51", "Area 51 T02", "2"),
            ("Area 51", "Area 51", ""),
            ("20th Century Boys", "20th Century Boys 03", "3"),
            ("20th Century Boys", "20th Century Boys", ""),
            ("XIII", "XIII", ""),
            ("XIII", "XIII 01 - Le jour du soleil noir", "1"),
            ("100 Bullets", "100 Bullets - 07", "7"),
            ("Mob Psycho 100", "Mob Psycho 100 05", "5"),
            ("Mob Psycho 100", "Mob Psycho 100", ""),
            ("Kaiju n°8", "Kaiju n°8 - Tome 04", "4"),
            ("1984", "1984", ""),
            ("1984", "1984 - 02", "2"),
            ("[Oshi no Ko]", "[Oshi no Ko] T02", "2"),
            ("L'Attaque des Titans", "Attaque des Titans (L') 05", "5"),
            ("Élodie", "elodie 2", "2"),
            ("Naruto Gaiden", "Naruto Gaiden T01", "1"),
            ("Asterix", "04 - Asterix gladiateur", "4"),
            ("Naruto", "Boruto T03", "3"),
        ] {
            assert_eq!(
                volumes(series, stem, Kind::Auto),
                numbers,
                "{series} / {stem}"
            );
        }
    }

    #[test]
    fn specials_and_chapters_are_told_from_volumes() {
        let titles = [fold("Naruto")];
        let special = read("Naruto - Artbook 2", &titles, Kind::Manga);
        assert!(special.special && special.numbers.is_empty());
        let chapter = read("Naruto Chapitre 700", &titles, Kind::Manga);
        assert!(chapter.only_chapters && chapter.numbers.is_empty());
        for stem in ["Naruto Chapitre 700", "700", "Naruto 700"] {
            assert_eq!(volumes("Naruto", stem, Kind::Chapters), "700", "{stem}");
        }
        assert_eq!(
            volumes("One Piece", "One Piece 1112", Kind::Chapters),
            "1112"
        );
        assert_eq!(volumes("Naruto", "Naruto T03", Kind::Chapters), "");
    }

    #[test]
    fn the_title_and_the_language_of_a_file_are_read() {
        let titles = [fold("Naruto")];
        for (stem, title, language) in [
            ("naruto T03 [FR]", Some("naruto"), Some("fr")),
            ("Boruto T03 [EN][FR]", Some("Boruto"), None),
            ("03 - Le duel", None, None),
            ("03", None, None),
        ] {
            let says = read(stem, &titles, Kind::Manga);
            assert_eq!(
                (says.title.as_deref(), says.language),
                (title, language),
                "{stem}"
            );
        }
    }

    #[test]
    fn no_name_makes_it_panic() {
        for stem in [
            "",
            "[",
            "[]",
            "[]]",
            "é",
            "T",
            "…03",
            "\u{301}03",
            "01-",
            "01–é",
            "1.",
            "1.5.",
            "[a] [b] ",
        ] {
            for titles in [vec![], vec![String::new()], vec![fold(stem)]] {
                read(stem, &titles, Kind::Auto);
            }
            super::super::title::folder_title(stem);
        }
    }
}
