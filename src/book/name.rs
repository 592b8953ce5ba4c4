//! What the name of a file says once its series is known. Pure.

use crate::domain::{
    edition::Edition,
    release::{Hints, Kind, Place, parse},
    volume::VolumeSet,
};

/// What a file's name says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameSays {
    /// Volumes, or chapters in a library of chapters. Empty when there is no number.
    pub numbers: VolumeSet,
    /// An artbook, a guide, an hors-série: no volume, whatever its number.
    pub special: bool,
    /// Chapters only, in a library of volumes: its number is not one.
    pub only_chapters: bool,
    /// The chapters that it names.
    pub chapters: VolumeSet,
    /// The edition that it names.
    pub edition: Edition,
    /// ISO 639-1, when the name has one language.
    pub language: Option<&'static str>,
    /// The title in front of the number.
    pub title: Option<String>,
}

/// Reads the name of a file without its extension, in a series with these folded titles.
pub fn read(stem: &str, titles: &[String], hints: Hints<'_>) -> NameSays {
    let release = parse(
        stem,
        Hints {
            titles,
            place: Place::InSeries,
            ..hints
        },
    );
    let numbers = release.numbers(hints.kind).clone();
    let title = release
        .series
        .as_deref()
        .filter(|_| !numbers.is_empty())
        .map(ToOwned::to_owned);
    NameSays {
        only_chapters: !matches!(hints.kind, Kind::Chapters | Kind::Comics)
            && numbers.is_empty()
            && !release.chapters.is_empty(),
        numbers: if release.is_special() {
            VolumeSet::default()
        } else {
            numbers
        },
        special: release.is_special(),
        chapters: release.chapters,
        edition: release.edition,
        language: match release.languages[..] {
            [language] => Some(language),
            _ => None,
        },
        title,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::title::fold;

    fn volumes(series: &str, stem: &str, kind: Kind) -> String {
        read(stem, &[fold(series)], kind.into()).numbers.to_string()
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
        let special = read("Naruto - Artbook 2", &titles, Kind::Manga.into());
        assert!(special.special && special.numbers.is_empty());
        let chapter = read("Naruto Chapitre 700", &titles, Kind::Manga.into());
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
            let says = read(stem, &titles, Kind::Manga.into());
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
                read(stem, &titles, Kind::Auto.into());
            }
        }
    }
}
