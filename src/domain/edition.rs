//! Editions of a series, and which base volumes a volume of one holds. What a user says of it is in `map`. Pure.

mod map;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::volume::{MAX_VOLUME, VolumeNumber, VolumeSet};
pub use map::{EditionMap, EditionMapError, MAX_BASE, MAX_ENTRIES};

/// A way in which a series was published. Its base volumes are those of the standard one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Edition {
    /// The ordinary volumes, by which gaps are counted.
    #[default]
    Standard,
    /// `Perfect Edition`, larger and cut anew.
    Perfect,
    /// `Deluxe`, mostly one and a half or two volumes in one.
    Deluxe,
    /// `Édition double`: two volumes in one.
    Double,
    /// `Omnibus`, `3-in-1`: so many volumes in one, when that is said; never less than 2.
    Omnibus(Option<u8>),
    /// `Couleur`, `Full Color`: the ordinary volumes, coloured.
    Colour,
    /// `Collector`, often two in one.
    Collector,
    /// `Édition originale`: the first one, with the numbers of the ordinary volumes.
    Original,
    /// `Nouvelle édition`: sometimes cut anew, sometimes not.
    New,
    /// `Édition colossale`: three in one, as a rule.
    Colossal,
    /// `Ultimate`, `Ultime`: mostly cut anew.
    Ultimate,
    /// `Intégrale` as a book, not the word for a complete series.
    Integrale,
    /// `Kanzenban`, the Japanese original of most perfect editions.
    Kanzenban,
    /// `Star`, a cheap reprint with the numbers of the ordinary volumes.
    Star,
    /// One that has a name, but none of these; how it is cut is not known.
    Other,
}

/// Which ordinary volumes the volumes of an edition hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Those of the same numbers.
    Keeps,
    /// So many in one, in their order; at least 2.
    InOne(u32),
    /// It differs from series to series.
    Unknown,
}

impl Edition {
    /// Those whose word has no number.
    const WORDS: [(&str, Self); 15] = [
        ("standard", Self::Standard),
        ("perfect", Self::Perfect),
        ("deluxe", Self::Deluxe),
        ("double", Self::Double),
        ("omnibus", Self::Omnibus(None)),
        ("colour", Self::Colour),
        ("collector", Self::Collector),
        ("original", Self::Original),
        ("new", Self::New),
        ("colossal", Self::Colossal),
        ("ultimate", Self::Ultimate),
        ("integrale", Self::Integrale),
        ("kanzenban", Self::Kanzenban),
        ("star", Self::Star),
        ("other", Self::Other),
    ];

    /// As stored and shown: `deluxe`, `omnibus`, `omnibus:3`.
    pub fn word(self) -> Cow<'static, str> {
        match self {
            Self::Omnibus(Some(volumes)) => Cow::Owned(format!("omnibus:{volumes}")),
            _ => Self::WORDS
                .iter()
                .find(|known| known.1 == self)
                .map_or("other", |known| known.0)
                .into(),
        }
    }

    /// From its word. An omnibus holds 2 to 255 volumes; `omnibus:03` and `omnibus:1` are none.
    pub fn from_word(word: &str) -> Option<Self> {
        if let Some(number) = word.strip_prefix("omnibus:") {
            let volumes = number.parse().ok().filter(|volumes| *volumes >= 2);
            let edition = Self::Omnibus(Some(volumes?));
            // `+3` and `03` would be second words for the same edition.
            return (edition.word() == word).then_some(edition);
        }
        Self::WORDS
            .iter()
            .find(|known| known.0 == word)
            .map(|known| known.1)
    }

    /// How its volumes are cut, as far as its name says it.
    pub fn cut(self) -> Cut {
        match self {
            Self::Standard | Self::Colour | Self::Original | Self::Star => Cut::Keeps,
            Self::Double => Cut::InOne(2),
            Self::Omnibus(Some(volumes)) if volumes >= 2 => Cut::InOne(volumes.into()),
            Self::Omnibus(_)
            | Self::Perfect
            | Self::Deluxe
            | Self::Collector
            | Self::New
            | Self::Colossal
            | Self::Ultimate
            | Self::Integrale
            | Self::Kanzenban
            | Self::Other => Cut::Unknown,
        }
    }

    /// Its volumes do not hold what the ordinary volumes of the same number hold, or may not.
    pub fn is_cut_anew(self) -> bool {
        self.cut() != Cut::Keeps
    }
}

impl Serialize for Edition {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.word())
    }
}

impl<'de> Deserialize<'de> for Edition {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Self::from_word(&word).ok_or_else(|| serde::de::Error::custom(unknown(&word)))
    }
}

/// The sentence for a word that is no edition.
pub fn unknown(word: &str) -> String {
    let word: String = word.chars().take(40).collect();
    format!("'{word}' is not an edition: write {}", map::WORDS_TO_WRITE)
}

/// The base volumes that a volume of an edition holds, or nothing when that is not known.
///
/// What the user says comes first (the last double volume may hold one). Then: standard, colour, original and star keep the numbers,
/// decimals and 0 too; volume N of a double holds 2N−1 and 2N, of an omnibus of n the volumes n(N−1)+1 to nN. Not known are all other
/// editions, volume 0 and decimals of an N-in-1, and what would lie above [`MAX_VOLUME`].
pub fn base_volumes(edition: Edition, volume: VolumeNumber, map: &EditionMap) -> Option<VolumeSet> {
    if let Some(said) = map.get(edition, volume) {
        return Some(said.clone());
    }
    match edition.cut() {
        Cut::Unknown => None,
        Cut::Keeps => Some([volume].into_iter().collect()),
        Cut::InOne(each) => {
            let number = volume.as_whole().filter(|number| *number > 0)?;
            // At most 9,999 × 255, so it cannot overflow.
            let last = number * each;
            (last <= MAX_VOLUME).then(|| VolumeSet::range(last - each + 1, last))
        }
    }
}

/// The base volumes that all these volumes of an edition hold, or nothing when one of them is not known.
pub fn base_set(edition: Edition, volumes: &VolumeSet, map: &EditionMap) -> Option<VolumeSet> {
    if edition.cut() == Cut::Keeps && !map.names(edition) {
        return Some(volumes.clone());
    }
    let mut base = VolumeSet::default();
    for volume in volumes.iter() {
        base.extend_with(&base_volumes(edition, volume, map)?);
    }
    Some(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OMNIBUS_OF_3: Edition = Edition::Omnibus(Some(3));

    #[test]
    fn every_edition_has_one_word() {
        let words = Edition::WORDS.iter().map(|known| known.1);
        for edition in words.chain([OMNIBUS_OF_3, Edition::Omnibus(Some(255))]) {
            let word = edition.word();
            assert_eq!(Edition::from_word(&word), Some(edition), "{word}");
            let json = serde_json::to_string(&edition).expect("a word");
            assert_eq!(json, format!("\"{word}\""));
            assert_eq!(serde_json::from_str::<Edition>(&json).ok(), Some(edition));
        }
        assert_eq!(OMNIBUS_OF_3.word(), "omnibus:3");
        for word in [
            "",
            "Deluxe",
            "color",
            "omnibus:",
            "omnibus:0",
            "omnibus:1",
            "omnibus:03",
            "omnibus:+3",
            "omnibus:256",
            "double:2",
        ] {
            assert_eq!(Edition::from_word(word), None, "{word}");
        }
        let error = serde_json::from_str::<Edition>("\"luxe\"").expect_err("no edition");
        assert!(
            error
                .to_string()
                .starts_with("'luxe' is not an edition: write standard, perfect,"),
            "{error}"
        );
    }

    #[test]
    fn the_sentence_about_editions_names_all_of_them() {
        for (word, _) in Edition::WORDS {
            let named = map::WORDS_TO_WRITE
                .split([',', ' '])
                .any(|named| named == word);
            assert!(named, "{word}");
        }
    }

    #[test]
    fn a_volume_of_an_edition_holds_base_volumes() {
        let map = "deluxe 1-2=1-4; double 21=41; integrale 1=1-3,3.5"
            .parse()
            .expect("a map");
        for (edition, volume, base) in [
            (Edition::Standard, "3", Some("3")),
            (Edition::Standard, "10.5", Some("10.5")),
            (Edition::Colour, "0", Some("0")),
            (Edition::Original, "98", Some("98")),
            (Edition::Double, "1", Some("1-2")),
            (Edition::Double, "20", Some("39-40")),
            (Edition::Double, "21", Some("41")),
            (Edition::Double, "0", None),
            (Edition::Double, "1.5", None),
            (Edition::Double, "4999", Some("9997-9998")),
            (Edition::Double, "5000", None),
            (OMNIBUS_OF_3, "1", Some("1-3")),
            (OMNIBUS_OF_3, "2", Some("4-6")),
            (OMNIBUS_OF_3, "0", None),
            (Edition::Omnibus(Some(255)), "9999", None),
            (Edition::Omnibus(Some(1)), "1", None),
            (Edition::Omnibus(Some(0)), "1", None),
            (Edition::Omnibus(None), "1", None),
            (Edition::Deluxe, "2", Some("3-4")),
            (Edition::Deluxe, "3", None),
            (Edition::Integrale, "1", Some("1-3,3.5")),
            (Edition::Perfect, "1", None),
            (Edition::New, "1", None),
            (Edition::Star, "1", Some("1")),
            (Edition::Collector, "1", None),
            (Edition::Other, "1", None),
        ] {
            let number = volume.parse().expect("a volume");
            let held = base_volumes(edition, number, &map).map(|held| held.to_string());
            assert_eq!(held.as_deref(), base, "{edition:?} {volume}");
        }
    }

    #[test]
    fn a_set_is_known_only_when_all_of_it_is() {
        let map = "deluxe 1-2=1-4; colour 3=30".parse().expect("a map");
        for (edition, volumes, base) in [
            (Edition::Standard, "0-3,10.5", Some("0-3,10.5")),
            (Edition::Original, "1-9999", Some("1-9999")),
            (Edition::Colour, "1-3", Some("1-2,30")),
            (Edition::Double, "1-3,5", Some("1-6,9-10")),
            (Edition::Double, "0-3", None),
            (Edition::Double, "4999-5000", None),
            (Edition::Deluxe, "1-2", Some("1-4")),
            (Edition::Deluxe, "1-3", None),
            (Edition::Deluxe, "", Some("")),
        ] {
            let volumes: VolumeSet = volumes.parse().expect("a set");
            let held = base_set(edition, &volumes, &map).map(|held| held.to_string());
            assert_eq!(held.as_deref(), base, "{edition:?} {volumes}");
        }
    }
}
