//! What a collector accepts by itself, prefers, and never takes: one per library or series. Pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    decide::rank::Comparer,
    language,
    release::{FORMATS, Kind},
};

/// What to do with an offer of which something is in doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Doubt {
    /// It does not matter.
    Pass,
    /// A human has to look.
    Review,
    /// Not this one.
    Refuse,
}

/// Sizes of one volume, in megabytes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Sizes {
    /// Smaller ones are refused.
    pub refuse_below: f64,
    /// Smaller ones go to review.
    pub review_below: f64,
    /// From here on, a size is as it should be.
    pub ideal_from: f64,
    /// Up to here, a size is as it should be.
    pub ideal_to: f64,
    /// Larger ones go to review.
    pub review_above: f64,
    /// Larger ones are refused.
    pub refuse_above: f64,
}

impl Sizes {
    const fn of(bounds: [f64; 6]) -> Self {
        let [
            refuse_below,
            review_below,
            ideal_from,
            ideal_to,
            review_above,
            refuse_above,
        ] = bounds;
        Self {
            refuse_below,
            review_below,
            ideal_from,
            ideal_to,
            review_above,
            refuse_above,
        }
    }

    fn ascend(&self) -> bool {
        let bounds = [
            self.refuse_below,
            self.review_below,
            self.ideal_from,
            self.ideal_to,
            self.review_above,
            self.refuse_above,
        ];
        bounds[0] >= 0.0
            && bounds.iter().all(|bound| bound.is_finite())
            && bounds.windows(2).all(|pair| pair[0] <= pair[1])
    }
}

/// The limits and preferences under which offers are judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Profile {
    /// What makes one offer better than another, the first difference decides.
    pub ranking: Vec<Comparer>,
    /// Formats, best first; others come behind.
    pub formats: Vec<String>,
    /// Formats that are never taken.
    pub refused_formats: Vec<String>,
    /// Release groups that are preferred.
    pub preferred_groups: Vec<String>,
    /// Release groups that are never taken.
    pub refused_groups: Vec<String>,
    /// Indexers that are never taken from, by name.
    pub refused_indexers: Vec<String>,
    /// Release groups whose doubts need no human: see [`super::decide::SETTLED_BY_TRUST`].
    pub trusted_groups: Vec<String>,
    /// The same for indexers, by name.
    pub trusted_indexers: Vec<String>,
    /// Newznab categories that are never taken; 3000 means 3000 to 3999.
    pub refused_categories: Vec<u32>,
    /// The language of an indexer's releases when they state none, by the indexer's name; else what its source says.
    pub indexer_languages: BTreeMap<String, String>,
    /// Languages that are taken too, best first, when they are stated.
    pub fallback_languages: Vec<String>,
    /// One of these must stand in the name, without regard to case; empty asks for none.
    pub required_words: Vec<String>,
    /// None of these may.
    pub forbidden_words: Vec<String>,
    /// A language that is neither stated nor the indexer's own.
    pub unknown_language: Doubt,
    /// A translation, colouring or scan by fans.
    pub fan_translations: Doubt,
    /// A number without a word or sign that makes it a volume.
    pub unmarked_number: Doubt,
    /// A size that is possible, and not as it should be.
    pub unusual_size: Doubt,
    /// A volume beyond those that are out in the collected edition, as the user or a catalogue counts.
    pub beyond_count: Doubt,
    /// A volume behind the last one on the shelf of which no one but a file's metadata says that it exists.
    pub unconfirmed_volume: Doubt,
    /// Manga, one volume.
    pub manga: Sizes,
    /// Albums.
    pub bd: Sizes,
    /// Issues of US comics.
    pub comics: Sizes,
    /// Books that are mostly text, as EPUB.
    pub novels: Sizes,
    /// By how much coloured editions are larger.
    pub colour_factor: f64,
    /// Torrents with fewer seeders are refused for now.
    pub least_seeders: u32,
    /// Older releases are refused; 0 for no bound.
    pub oldest_days: u32,
    /// Younger releases are refused for now: their first seeders and comments are awaited.
    pub youngest_minutes: u32,
    /// Percent of a pack's volumes that must be wanted.
    pub pack_share: u32,
    /// Packs above go to review; gigabytes.
    pub pack_gigabytes: f64,
    /// Days for which an official release is waited for before a scan is taken, counted from the scan's publication.
    pub official_delay_days: u32,
    /// Days for which the collected language is waited for before another of `fallback_languages` is taken, counted from when the volume
    /// was first missing.
    pub fallback_after_days: u32,
    /// Better releases of what is on the shelf go to review.
    pub upgrades: bool,
    /// Pixels of the longer side from which a copy is good enough.
    pub upgrade_until_pixels: u32,
}

impl Default for Profile {
    fn default() -> Self {
        let words = |words: &[&str]| words.iter().map(ToString::to_string).collect();
        Self {
            ranking: Comparer::DEFAULT.to_vec(),
            formats: words(&["cbz", "cbr", "epub", "pdf"]),
            refused_formats: Vec::new(),
            preferred_groups: Vec::new(),
            refused_groups: Vec::new(),
            refused_indexers: Vec::new(),
            trusted_groups: Vec::new(),
            trusted_indexers: Vec::new(),
            refused_categories: Vec::new(),
            indexer_languages: BTreeMap::new(),
            fallback_languages: Vec::new(),
            required_words: Vec::new(),
            forbidden_words: Vec::new(),
            unknown_language: Doubt::Review,
            fan_translations: Doubt::Review,
            unmarked_number: Doubt::Review,
            unusual_size: Doubt::Review,
            beyond_count: Doubt::Review,
            unconfirmed_volume: Doubt::Review,
            manga: Sizes::of([10.0, 20.0, 50.0, 250.0, 400.0, 900.0]),
            bd: Sizes::of([8.0, 15.0, 40.0, 200.0, 350.0, 800.0]),
            comics: Sizes::of([3.0, 8.0, 15.0, 150.0, 300.0, 600.0]),
            novels: Sizes::of([0.05, 0.1, 0.2, 80.0, 150.0, 400.0]),
            colour_factor: 2.0,
            least_seeders: 1,
            oldest_days: 0,
            youngest_minutes: 0,
            pack_share: 60,
            pack_gigabytes: 10.0,
            official_delay_days: 0,
            fallback_after_days: 0,
            upgrades: false,
            upgrade_until_pixels: 1_600,
        }
    }
}

/// Words in a list of a profile.
const MOST_WORDS: usize = 200;
/// Letters of such a word.
const LONGEST_WORD: usize = 100;

impl Profile {
    /// The sizes of one volume in a library of this kind, with the name of their field. Chapters are of any size.
    pub fn sizes(&self, kind: Kind, is_text: bool) -> Option<(&'static str, &Sizes)> {
        match kind {
            Kind::Chapters => None,
            _ if is_text => Some(("novels", &self.novels)),
            Kind::Auto | Kind::Manga => Some(("manga", &self.manga)),
            Kind::Bd => Some(("bd", &self.bd)),
            Kind::Comics => Some(("comics", &self.comics)),
        }
    }

    /// What is wrong with it, each as the field's name and a sentence.
    pub fn mistakes(&self) -> Vec<(&'static str, String)> {
        let mut mistakes = Vec::new();
        for (name, sizes) in [
            ("manga", &self.manga),
            ("bd", &self.bd),
            ("comics", &self.comics),
            ("novels", &self.novels),
        ] {
            if !sizes.ascend() {
                mistakes.push((name, "refuseBelow, reviewBelow, idealFrom, idealTo, reviewAbove and refuseAbove must be 0 or more, and in ascending order".into()));
            }
        }
        for (name, words) in [
            ("preferredGroups", &self.preferred_groups),
            ("refusedGroups", &self.refused_groups),
            ("refusedIndexers", &self.refused_indexers),
            ("trustedGroups", &self.trusted_groups),
            ("trustedIndexers", &self.trusted_indexers),
            ("requiredWords", &self.required_words),
            ("forbiddenWords", &self.forbidden_words),
        ] {
            let bad = words
                .iter()
                .any(|word| word.trim().is_empty() || word.chars().count() > LONGEST_WORD);
            if bad || words.len() > MOST_WORDS {
                mistakes.push((
                    name,
                    format!("at most {MOST_WORDS} words, each of 1 to {LONGEST_WORD} letters"),
                ));
            }
        }
        for (name, formats) in [
            ("formats", &self.formats),
            ("refusedFormats", &self.refused_formats),
        ] {
            let is_known =
                |word: &String| FORMATS.iter().any(|known| word.eq_ignore_ascii_case(known));
            if let Some(word) = formats.iter().find(|word| !is_known(word)) {
                let all = FORMATS.join(", ");
                mistakes.push((name, format!("'{word}' is none of: {all}")));
            }
        }
        let languages = self.indexer_languages.values();
        if languages.clone().any(|word| !is_language(word)) || languages.len() > MOST_WORDS {
            mistakes.push((
                "indexerLanguages",
                "each language is two letters of ISO 639-1, such as fr".into(),
            ));
        }
        if self
            .fallback_languages
            .iter()
            .any(|word| !is_language(word))
        {
            mistakes.push((
                "fallbackLanguages",
                "each language is two letters of ISO 639-1, such as fr".into(),
            ));
        }
        let twice =
            (1..self.ranking.len()).any(|at| self.ranking[..at].contains(&self.ranking[at]));
        if self.ranking.is_empty() || twice {
            mistakes.push((
                "ranking",
                "it must name at least one comparer, and each at most once".into(),
            ));
        }
        if !(1.0..=20.0).contains(&self.colour_factor) {
            mistakes.push(("colourFactor", "it must be from 1 to 20".into()));
        }
        if self.pack_share > 100 {
            mistakes.push(("packShare", "it is a percentage, from 0 to 100".into()));
        }
        if !(self.pack_gigabytes >= 0.0 && self.pack_gigabytes.is_finite()) {
            mistakes.push(("packGigabytes", "it must be 0 or more".into()));
        }
        mistakes
    }
}

fn is_language(word: &str) -> bool {
    language::Code::from_word(word).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_profile_is_the_careful_collectors() {
        let profile = Profile::default();
        assert_eq!(profile.mistakes(), []);
        let manga = profile.manga;
        assert_eq!(
            (manga.refuse_below, manga.review_below, manga.ideal_from),
            (10.0, 20.0, 50.0)
        );
        assert_eq!(
            (manga.ideal_to, manga.review_above, manga.refuse_above),
            (250.0, 400.0, 900.0)
        );
        assert_eq!((profile.pack_share, profile.pack_gigabytes), (60, 10.0));
        assert_eq!(profile.fan_translations, Doubt::Review);
        assert!(!profile.upgrades);
    }

    #[test]
    fn what_is_left_out_has_its_default_and_what_is_unknown_is_a_mistake() {
        let some: Profile = serde_json::from_str(r#"{"leastSeeders": 3}"#).expect("a profile");
        assert_eq!(
            some,
            Profile {
                least_seeders: 3,
                ..Profile::default()
            }
        );
        assert!(serde_json::from_str::<Profile>(r#"{"seeders": 3}"#).is_err());
    }

    #[test]
    fn each_mistake_names_its_field() {
        let good = Profile::default();
        let cases: [(&str, Profile); 8] = [
            (
                "manga",
                Profile {
                    manga: Sizes::of([1.0, 0.5, 2.0, 3.0, 4.0, 5.0]),
                    ..good.clone()
                },
            ),
            (
                "bd",
                Profile {
                    bd: Sizes::of([f64::NAN; 6]),
                    ..good.clone()
                },
            ),
            (
                "forbiddenWords",
                Profile {
                    forbidden_words: vec![" ".into()],
                    ..good.clone()
                },
            ),
            (
                "refusedFormats",
                Profile {
                    refused_formats: vec!["PDF".into(), "xyz".into()],
                    ..good.clone()
                },
            ),
            (
                "fallbackLanguages",
                Profile {
                    fallback_languages: vec!["english".into()],
                    ..good.clone()
                },
            ),
            (
                "ranking",
                Profile {
                    ranking: vec![Comparer::Age, Comparer::Age],
                    ..good.clone()
                },
            ),
            (
                "packShare",
                Profile {
                    pack_share: 101,
                    ..good.clone()
                },
            ),
            (
                "colourFactor",
                Profile {
                    colour_factor: 0.0,
                    ..good.clone()
                },
            ),
        ];
        for (field, profile) in cases {
            let fields: Vec<&str> = profile.mistakes().iter().map(|mistake| mistake.0).collect();
            assert_eq!(fields, [field]);
        }
    }
}
