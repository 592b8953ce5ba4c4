//! Stage 4: turns a release name or a file name into series, volumes, language and format. Pure.
//!
//! One reader for files in a library, offers and files inside a torrent.

mod numbers;
mod words;

use serde::Serialize;

use super::volume::VolumeSet;

/// Raised whenever names are read differently, so that libraries are read anew.
pub const READER: u32 = 1;

/// What kind of things a library holds; decides what a bare number means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Nothing is known: a bare number is a volume.
    #[default]
    Auto,
    /// Manga volumes.
    Manga,
    /// Franco-Belgian albums.
    Bd,
    /// Issues of US comics.
    Comics,
    /// Chapters, not volumes.
    Chapters,
}

impl Kind {
    /// As written in settings and on the command line.
    pub const ALL: [(&str, Self); 5] = [
        ("auto", Self::Auto),
        ("manga", Self::Manga),
        ("bd", Self::Bd),
        ("comics", Self::Comics),
        ("chapters", Self::Chapters),
    ];

    /// From its word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|known| known.0 == word)
            .map(|known| known.1)
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|known| known.1 == self)
            .map_or("auto", |known| known.0)
    }
}

/// Why a name is no book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotABook {
    /// A film or an episode.
    Video,
    /// Music or an audio book.
    Audio,
    /// A game or a program.
    Game,
}

impl NotABook {
    /// For a sentence: "it is a … ".
    pub fn noun(self) -> &'static str {
        match self {
            Self::Video => "video",
            Self::Audio => "sound recording",
            Self::Game => "game or program",
        }
    }
}

/// What a name says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Release<'a> {
    /// The series title as it stands there.
    pub series: Option<&'a str>,
    /// Volumes; empty when none could be read. "No number" is not 0.
    pub volumes: VolumeSet,
    /// Chapters; empty when none are named.
    pub chapters: VolumeSet,
    /// A number of volumes that is named without a range.
    pub count: Option<u32>,
    /// It says that it is the whole series.
    pub complete: bool,
    /// An hors-série, artbook, guide…: never volume N of the main line.
    pub special: bool,
    /// ISO 639-1.
    pub languages: Vec<&'static str>,
    /// Lower case: `cbz`, `pdf`…
    pub formats: Vec<&'static str>,
    /// Year of publication.
    pub year: Option<u32>,
    /// Set when it is a film, music or a game.
    pub not_a_book: Option<NotABook>,
}

impl Release<'_> {
    /// More than one volume.
    pub fn is_pack(&self) -> bool {
        self.volumes.len() > 1
    }
}

/// The most bytes of a name that are read; what is behind them is ignored.
pub const MAX_NAME: usize = 4 * 1024;

/// Reads a name. Never fails: what is not there stays empty.
pub fn parse(name: &str, kind: Kind) -> Release<'_> {
    let name = &name[..name.floor_char_boundary(MAX_NAME)];
    let (stem, extension) = words::split_extension(name);
    let tokens = words::tokens(stem);
    let mut release = Release {
        formats: extension.into_iter().collect(),
        ..Release::default()
    };
    words::read_tags(&tokens, &mut release);
    numbers::read(stem, &tokens, kind, &mut release);
    release
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read() {
        for (name, series, volumes) in [
            ("One Piece T103 [CBZ] Fr", "One Piece", "103"),
            (
                "Berserk T01 à T41 Kentaro Miura [MOBI] Fr",
                "Berserk",
                "1-41",
            ),
            (
                "Berserk (01-40) (Miura) (2004) [Digital-1699] [CBZ]",
                "Berserk",
                "1-40",
            ),
            ("Berserk tome 1 à 37", "Berserk", "1-37"),
            (
                "Berserk v39 (2018) (Digital) (danke-Empire) [CBZ - Anglais]",
                "Berserk",
                "39",
            ),
            ("Naruto.Tome.07.FRENCH.CBZ.eBook", "Naruto", "7"),
            (
                "L'Attaque des Titans T25 & T26 (Hajime Isayama)[eBook officiel FR][CBR]",
                "L'Attaque des Titans",
                "25-26",
            ),
            ("Dragon Ball - Tome 10.5 [CBZ]", "Dragon Ball", "10.5"),
            ("Monster T00.cbz", "Monster", "0"),
            ("Bleach 07.cbz", "Bleach", "7"),
            ("20th Century Boys T03.cbz", "20th Century Boys", "3"),
            ("Kaiju n°8 - Tome 04.cbz", "Kaiju n°8", "4"),
            (
                "Berserk T33 - T35 [ CBZ - eBooks officiels ]",
                "Berserk",
                "33-35",
            ),
            (
                "One Piece (T114) (ODA) (2026) [Digital-1920] - [CBR/FR]",
                "One Piece",
                "114",
            ),
            ("[CBZ] [FR] One Piece T05", "One Piece", "5"),
            ("Naruto 01-12", "Naruto", "1-12"),
            ("Berserk 01 à 05", "Berserk", "1-5"),
            ("Berserk 01 & 02", "Berserk", "1-2"),
            ("One Piece - 001-094", "One Piece", "1-94"),
        ] {
            let release = parse(name, Kind::Auto);
            assert_eq!(release.series, Some(series), "{name}");
            assert_eq!(release.volumes.to_string(), volumes, "{name}");
        }
    }

    #[test]
    fn what_has_no_volume_gets_none() {
        for name in [
            "One Piece Color Walk",
            "One Piece - Color Walk [Artbooks] 1 à 6",
            "One piece edition originale - Chapitres 1111 à 1137 [CBZ] Fr",
            "Naruto HS 2 [CBZ]",
            "Berserk [Digital-1920] (2004)",
            "",
            "T",
            "[[[[",
            "Berserk T1 à T999999999999",
        ] {
            let release = parse(name, Kind::Auto);
            assert!(
                release.volumes.is_empty() || release.special || name.contains("999"),
                "{name}: {}",
                release.volumes
            );
        }
    }

    #[test]
    fn films_and_music_are_no_books() {
        assert_eq!(
            parse("One Piece S01E12 VOSTFR 1080p x264", Kind::Auto).not_a_book,
            Some(NotABook::Video)
        );
        assert_eq!(
            parse("Berserk OST [FLAC]", Kind::Auto).not_a_book,
            Some(NotABook::Audio)
        );
        assert_eq!(parse("Berserk T01 [CBZ]", Kind::Auto).not_a_book, None);
    }

    #[test]
    fn languages_and_formats_are_read() {
        let release = parse("Berserk v39 (2018) (Digital) [CBZ - Anglais]", Kind::Auto);
        assert_eq!(
            (release.languages, release.formats, release.year),
            (vec!["en"], vec!["cbz"], Some(2018))
        );
        assert_eq!(parse("Naruto T01 FRENCH.cbr", Kind::Auto).languages, ["fr"]);
    }
}
