//! What a condition of a user's own rule can look at: of which kind each field is, and what is known of it in an offer. Pure.

use serde::{Deserialize, Serialize};

use super::{Test, word};
use crate::domain::{
    decide::Facts,
    edition::{self, Edition},
    language,
    release::{FORMATS, Origin, SpecialKind},
    units::{DAY, MEGABYTE},
    volume::{VolumeNumber, VolumeSet},
};

/// What a condition looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Field {
    /// The whole name of the release.
    Name,
    /// The title that was read in it.
    Series,
    /// The other title, of a name with two.
    OtherTitle,
    /// The release group.
    Group,
    /// The publisher.
    Publisher,
    /// The authors.
    Authors,
    /// `official`, `scan` or `fan`.
    Origin,
    /// `standard`, `deluxe`, `omnibus:3`…
    Edition,
    /// `hors_serie`, `artbook`…
    Special,
    /// ISO 639-1 of each language that it states.
    Language,
    /// `cbz`, `pdf`… of each format that it states.
    Format,
    /// The name of the connection that offered it.
    Source,
    /// The indexer behind that.
    Indexer,
    /// Each Newznab category that it is in; 7000 stands for 7000 to 7999.
    Category,
    /// `true` when it says that it is the whole series.
    Complete,
    /// `true` when it holds more than one volume.
    Pack,
    /// `true` when specials or bonus come beside the volumes.
    Extras,
    /// `true` when its volumes stand behind a word or sign that says so, as in `T03`.
    Marked,
    /// Its size in megabytes.
    Megabytes,
    /// Its size divided by the volumes that it holds.
    MegabytesPerVolume,
    /// Seeders.
    Seeders,
    /// Days since it was published.
    AgeDays,
    /// How many volumes it holds.
    Volumes,
    /// Any of the volumes that it holds, by its number.
    Volume,
    /// Any of the chapters or issues that it states, by its number.
    Chapter,
    /// How many volumes its name counts: the 9 of `9 tomes`, the 12 of `T03/12`.
    Count,
    /// 2 for `v2`.
    Revision,
    /// The year that it states; of several the first.
    Year,
    /// Pixels of the longer side.
    Pixels,
    /// 0 to 100: how sure the reading of its name is.
    Confidence,
}

/// Of which kind a field is: by what it is compared, and with what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    /// One of these, or several.
    Words(&'static [&'static str]),
    YesNo,
    Edition,
    Language,
    Category,
    Number,
    /// A set of volumes or chapters.
    Volumes,
}

/// What is known of a field.
pub(super) enum Value {
    Unknown,
    Number(f64),
    Volumes(VolumeSet),
    Texts(Vec<String>),
}

const ORIGINS: [&str; 3] = ["official", "scan", "fan"];
/// In the order of [`SpecialKind`].
const SPECIALS: [&str; 9] = [
    "hors_serie",
    "artbook",
    "guidebook",
    "fanbook",
    "annual",
    "anthology",
    "extra",
    "short_stories",
    "novel",
];

impl Kind {
    /// By what it is compared. Whether it is so is always known of what is true or false.
    pub(super) fn tests(self) -> &'static [Test] {
        use Test::{Above, Below, Is, IsKnown, IsNot, IsUnknown, Matches, MatchesNot};
        match self {
            Self::Text | Self::Words(_) | Self::Edition | Self::Language => {
                &[Is, IsNot, Matches, MatchesNot, IsKnown, IsUnknown]
            }
            Self::YesNo => &[Is, IsNot],
            Self::Category => &[Is, IsNot, IsKnown, IsUnknown],
            Self::Number | Self::Volumes => &[Is, IsNot, Above, Below, IsKnown, IsUnknown],
        }
    }

    /// A value of a text or word as it is compared, or what is wrong with it.
    pub(super) fn text(self, value: &str) -> Result<String, String> {
        let text = value.trim().to_lowercase();
        let one_of = |words: &[&str]| match words.contains(&text.as_str()) {
            true => Ok(()),
            false => Err(format!("'{value}' is none of: {}", words.join(", "))),
        };
        match self {
            Self::Words(words) => one_of(words)?,
            Self::YesNo => one_of(&["true", "false"])?,
            Self::Edition if Edition::from_word(&text).is_none() => {
                return Err(edition::unknown(value));
            }
            Self::Language if language::Code::from_word(&text).is_none() => {
                let code = language::iso_639_1(&text).unwrap_or("fr, en or ja");
                return Err(format!(
                    "'{value}' is no language of two letters (ISO 639-1): write {code}"
                ));
            }
            Self::Category
                if text.parse().map(|number: u32| number.to_string()) != Ok(text.clone()) =>
            {
                return Err(format!(
                    "'{value}' is no Newznab category: write a number such as 7030, or 7000 for 7000 to 7999"
                ));
            }
            _ if text.is_empty() => return Err("a value is empty".into()),
            _ => {}
        }
        Ok(text)
    }
}

impl Field {
    pub(super) fn kind(self) -> Kind {
        match self {
            Self::Name
            | Self::Series
            | Self::OtherTitle
            | Self::Group
            | Self::Publisher
            | Self::Authors
            | Self::Source
            | Self::Indexer => Kind::Text,
            Self::Origin => Kind::Words(&ORIGINS),
            Self::Edition => Kind::Edition,
            Self::Special => Kind::Words(&SPECIALS),
            Self::Language => Kind::Language,
            Self::Format => Kind::Words(&FORMATS),
            Self::Category => Kind::Category,
            Self::Complete | Self::Pack | Self::Extras | Self::Marked => Kind::YesNo,
            Self::Megabytes
            | Self::MegabytesPerVolume
            | Self::Seeders
            | Self::AgeDays
            | Self::Volumes
            | Self::Count
            | Self::Revision
            | Self::Year
            | Self::Pixels
            | Self::Confidence => Kind::Number,
            Self::Volume | Self::Chapter => Kind::Volumes,
        }
    }

    /// A number that it is compared with, or what is wrong with it.
    pub(super) fn number(self, value: &str) -> Result<f64, String> {
        let number = value.trim().parse::<f64>().ok();
        let number = number.filter(|number| number.is_finite() && *number >= 0.0);
        number.ok_or_else(|| {
            let more = match self {
                Self::Volumes => format!(
                    "; {} says how many it holds, {} which",
                    word(&self),
                    word(&Self::Volume)
                ),
                _ => String::new(),
            };
            format!("'{value}' is no number of 0 or more, such as 3 or 1.5{more}")
        })
    }

    pub(super) fn value(self, facts: &Facts<'_>) -> Value {
        let (offer, release) = (facts.offer, facts.release);
        let text = |text: Option<&str>| match text.filter(|text| !text.is_empty()) {
            Some(text) => Value::Texts(vec![text.to_owned()]),
            None => Value::Unknown,
        };
        let yes_no = |yes: bool| Value::Texts(vec![yes.to_string()]);
        let number = |number: Option<f64>| number.map_or(Value::Unknown, Value::Number);
        let list = |list: Vec<String>| match list.is_empty() {
            true => Value::Unknown,
            false => Value::Texts(list),
        };
        let words = |words: &[&str]| list(words.iter().map(ToString::to_string).collect());
        let volumes = |volumes: &VolumeSet| match volumes.is_empty() {
            true => Value::Unknown,
            false => Value::Volumes(volumes.clone()),
        };
        let megabytes = |bytes: u64| bytes as f64 / MEGABYTE as f64;
        match self {
            Self::Name => text(Some(&offer.title)),
            Self::Series => text(release.series.as_deref()),
            Self::OtherTitle => text(release.other_title.as_deref()),
            Self::Group => text(release.group),
            Self::Publisher => text(release.publisher.as_deref()),
            Self::Authors => text(release.authors.as_deref()),
            Self::Origin => text(origin(release.origin)),
            Self::Edition => text(Some(&release.edition.word())),
            Self::Special => text(
                release
                    .special
                    .as_ref()
                    .map(|special| special_word(special.kind)),
            ),
            Self::Language => words(&release.languages),
            Self::Format => words(&release.formats),
            Self::Source => text(Some(&offer.source)),
            Self::Indexer => text(Some(&offer.indexer)),
            Self::Category => list(
                (offer.categories.iter())
                    .flat_map(|category| [*category, category / 1000 * 1000])
                    .map(|category| category.to_string())
                    .collect(),
            ),
            Self::Complete => yes_no(release.complete),
            Self::Pack => yes_no(facts.volumes.len() > 1),
            Self::Extras => yes_no(release.extras),
            Self::Marked => yes_no(release.marked),
            Self::Megabytes => number(offer.size.map(megabytes)),
            Self::MegabytesPerVolume => number(facts.bytes_each().map(megabytes)),
            Self::Seeders => number(offer.seeders.map(f64::from)),
            Self::AgeDays => number(facts.age().map(|age| age as f64 / DAY as f64)),
            Self::Volumes => {
                number((!facts.volumes.is_empty()).then_some(facts.volumes.len() as f64))
            }
            Self::Volume => volumes(&facts.volumes),
            Self::Chapter => volumes(&release.chapters),
            Self::Count => number(release.count.map(f64::from)),
            Self::Revision => number(release.revision.map(decimal)),
            Self::Year => number(release.years.map(|years| f64::from(years.0))),
            Self::Pixels => number(release.resolution.map(f64::from)),
            Self::Confidence => number(Some(f64::from(release.confidence))),
        }
    }
}

/// For a comparison.
pub(super) fn decimal(volume: VolumeNumber) -> f64 {
    volume.hundredths() as f64 / 100.0
}

/// Its word; none when it is not known.
fn origin(origin: Origin) -> Option<&'static str> {
    match origin {
        Origin::Unknown => None,
        Origin::Official => Some(ORIGINS[0]),
        Origin::Scan => Some(ORIGINS[1]),
        Origin::Fan => Some(ORIGINS[2]),
    }
}

fn special_word(kind: SpecialKind) -> &'static str {
    SPECIALS[kind as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_those_in_which_names_are_shown() {
        for origin in [Origin::Official, Origin::Scan, Origin::Fan] {
            assert_eq!(super::origin(origin), Some(word(&origin).as_str()));
        }
        use SpecialKind as S;
        for kind in [
            S::HorsSerie,
            S::Artbook,
            S::Guidebook,
            S::Fanbook,
            S::Annual,
            S::Anthology,
            S::Extra,
            S::ShortStories,
            S::Novel,
        ] {
            assert_eq!(special_word(kind), word(&kind));
        }
    }
}
