//! Why an offer is not sent: a stable code and a sentence with the numbers. Pure.

use std::fmt;

use super::elsewhere::Place;
use crate::domain::{
    edition::Edition,
    link::Network,
    release::NotABook,
    units::{DAY, MINUTE},
    volume::{VolumeNumber, VolumeSet},
};

/// The codes of what a human may be asked about.
pub const IN_DOUBT: [&str; 20] = [
    "weak_title",
    "no_title",
    "no_volume",
    "other_edition",
    "beyond_count",
    "implausible",
    "unmarked_number",
    "upgrade",
    "damaged",
    "doubtful",
    "unconfirmed_volume",
    "unknown_language",
    "fan_translation",
    "too_small",
    "too_big",
    "unusual_size",
    "pack_share",
    "pack_size",
    "not_in_part",
    "custom_rule",
];

/// One reason. The code is stable; the sentence may change.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// Usenet, something without a link, or from a network from which no client downloads.
    NoClient { network: Option<Network> },
    /// Film, music or game.
    NotABook(NotABook),
    /// The name means another series.
    WrongSeries { series: String },
    /// The user says that its title means another series.
    NotAlias { series: String },
    /// The name could mean this series.
    WeakTitle { series: String },
    /// No title could be read.
    NoTitle,
    /// It states another language.
    WrongLanguage { stated: String, wanted: String },
    /// Hors-série, artbook, guide…
    Special,
    /// Chapters instead of volumes.
    Chapters { chapters: VolumeSet },
    /// No number could be read.
    NoVolume,
    /// Which of the collected volumes it holds is not known.
    OtherEdition {
        edition: Edition,
        collected: Edition,
    },
    /// All its volumes are on the shelf.
    AlreadyOwned { volumes: VolumeSet },
    /// What would be useful in it is there, but damaged.
    Damaged { volumes: VolumeSet },
    /// What would be useful in it may be there.
    Doubtful { volumes: VolumeSet },
    /// What would be useful in it is reserved by a live grab.
    OnItsWay { volumes: VolumeSet },
    /// Nothing in it is wanted.
    NotWanted { volumes: VolumeSet },
    /// Too little of a pack is useful.
    PackShare {
        useful: usize,
        volumes: usize,
        percent: usize,
        least: usize,
    },
    /// The user, or a download that failed, says so.
    Blocked { why: String },
    /// It states no language, and its indexer's own is not the collected one.
    UnknownLanguage {
        indexer: String,
        assumed: Option<String>,
        wanted: String,
    },
    /// Translated, coloured or scanned by fans.
    FanTranslation,
    /// Only formats that are never taken.
    RefusedFormat { formats: String },
    /// A group that is never taken.
    RefusedGroup { group: String },
    /// An indexer that is never taken from.
    RefusedIndexer { indexer: String },
    /// A category that is never taken.
    RefusedCategory { category: u32 },
    /// A word that must not stand in the name.
    ForbiddenWord { word: String },
    /// None of the words stands in the name of which one must.
    NoRequiredWord { words: String },
    /// A volume of it is too small.
    TooSmall {
        megabytes: f64,
        least: f64,
        setting: String,
    },
    /// A volume of it is too large.
    TooBig {
        megabytes: f64,
        most: f64,
        setting: String,
    },
    /// It says that it is one volume, and is far too large for one.
    ClosedPack {
        megabytes: f64,
        most: f64,
        setting: String,
    },
    /// Possible, but not as it should be.
    UnusualSize {
        megabytes: f64,
        least: f64,
        most: f64,
    },
    /// For now.
    TooFewSeeders { seeders: u32, least: u32 },
    /// Published too long ago.
    TooOld { days: i64, most: u32 },
    /// Published just now.
    TooYoung { minutes: i64, least: u32 },
    /// An official release is awaited.
    Delayed { days: i64, left: i64 },
    /// The collected language is awaited.
    FallbackDelayed {
        stated: String,
        wanted: String,
        days: i64,
        left: i64,
    },
    /// Volumes that are not out in this edition, as somebody counts: `you` or a catalogue.
    BeyondCount {
        volumes: VolumeSet,
        total: u32,
        by: String,
    },
    /// Volumes that there can hardly be.
    Implausible { volume: VolumeNumber, most: u32 },
    /// Nothing says that the number is a volume.
    Unmarked { volumes: VolumeSet },
    /// Only a file's metadata says that they exist.
    Unconfirmed { volumes: VolumeSet },
    /// More data than goes by itself.
    PackSize { gigabytes: f64, most: f64 },
    /// Somebody else fetches it, or has put it there.
    Elsewhere {
        volumes: VolumeSet,
        places: Vec<Place>,
    },
    /// Better than what is on the shelf.
    Upgrade {
        volumes: VolumeSet,
        better_by: &'static str,
    },
    /// One of the user's rules.
    CustomRule { rule: String },
    /// One of the user's rules cannot be asked.
    BrokenRule { rule: String, error: String },
    /// What is not wanted of it cannot be left out.
    NotInPart { why: String },
    /// The source could not hand it over.
    NotResolved { cause: String },
    /// The client could not be given it.
    NotSent { cause: String },
}

/// How the sentence of [`Reason::NotInPart`] begins.
const NOT_IN_PART: &str = "all of it would be fetched: ";

impl Reason {
    /// That it cannot be taken apart, from the sentence that said so before.
    pub fn not_in_part(sentence: &str) -> Self {
        let why = sentence.strip_prefix(NOT_IN_PART).unwrap_or(sentence);
        Self::NotInPart { why: why.into() }
    }

    /// Stable, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoClient { .. } => "no_client",
            Self::NotABook(_) => "not_a_book",
            Self::WrongSeries { .. } | Self::NotAlias { .. } => "wrong_series",
            Self::WeakTitle { .. } => "weak_title",
            Self::NoTitle => "no_title",
            Self::WrongLanguage { .. } => "wrong_language",
            Self::Special => "special",
            Self::Chapters { .. } => "chapters",
            Self::NoVolume => "no_volume",
            Self::OtherEdition { .. } => "other_edition",
            Self::AlreadyOwned { .. } => "already_owned",
            Self::Damaged { .. } => "damaged",
            Self::Doubtful { .. } => "doubtful",
            Self::OnItsWay { .. } => "on_its_way",
            Self::NotWanted { .. } => "not_wanted",
            Self::PackShare { .. } => "pack_share",
            Self::Blocked { .. } => "blocked",
            Self::UnknownLanguage { .. } => "unknown_language",
            Self::FanTranslation => "fan_translation",
            Self::RefusedFormat { .. } => "refused_format",
            Self::RefusedGroup { .. } => "refused_group",
            Self::RefusedIndexer { .. } => "refused_indexer",
            Self::RefusedCategory { .. } => "refused_category",
            Self::ForbiddenWord { .. } => "forbidden_word",
            Self::NoRequiredWord { .. } => "no_required_word",
            Self::TooSmall { .. } => "too_small",
            Self::TooBig { .. } => "too_big",
            Self::ClosedPack { .. } => "closed_pack",
            Self::UnusualSize { .. } => "unusual_size",
            Self::TooFewSeeders { .. } => "too_few_seeders",
            Self::TooOld { .. } => "too_old",
            Self::TooYoung { .. } => "too_young",
            Self::Delayed { .. } => "delayed",
            Self::FallbackDelayed { .. } => "fallback_delayed",
            Self::BeyondCount { .. } => "beyond_count",
            Self::Implausible { .. } => "implausible",
            Self::Unmarked { .. } => "unmarked_number",
            Self::Unconfirmed { .. } => "unconfirmed_volume",
            Self::PackSize { .. } => "pack_size",
            Self::Elsewhere { .. } => "elsewhere",
            Self::Upgrade { .. } => "upgrade",
            Self::CustomRule { .. } => "custom_rule",
            Self::BrokenRule { .. } => "broken_rule",
            Self::NotInPart { .. } => "not_in_part",
            Self::NotResolved { .. } => "not_resolved",
            Self::NotSent { .. } => "not_sent",
        }
    }

    /// Time alone may undo it.
    pub fn is_temporary(&self) -> bool {
        matches!(
            self,
            Self::OnItsWay { .. }
                | Self::Elsewhere { .. }
                | Self::TooFewSeeders { .. }
                | Self::TooYoung { .. }
                | Self::Delayed { .. }
                | Self::FallbackDelayed { .. }
                | Self::NotResolved { .. }
                | Self::NotSent { .. }
        )
    }

    /// Days after which time has undone it; none for what may last.
    pub fn days_left(&self) -> Option<i64> {
        match self {
            Self::Delayed { left, .. } | Self::FallbackDelayed { left, .. } => Some(*left),
            Self::TooYoung { least, .. } => Some(i64::from(*least) * MINUTE / DAY + 1),
            _ => None,
        }
    }
}

/// "volume 3 is", "volumes 3-5 are".
fn are(volumes: &VolumeSet) -> String {
    if volumes.len() == 1 {
        format!("volume {volumes} is")
    } else {
        format!("volumes {volumes} are")
    }
}

/// A bound as it was set: `10`, `0.05`.
fn bound(number: f64) -> f64 {
    (number * 1e6).round() / 1e6
}

/// A figure to the least places that show on which side of its bound it is: `9.999999`, `0.049`, `3.0`, `812`.
fn beside(figure: f64, limit: f64) -> String {
    let least = match figure {
        10.0.. => 0,
        1.0.. => 1,
        _ => 2,
    };
    let places = (least..6).find(|places| {
        let shown: Option<f64> = format!("{figure:.places$}").parse().ok();
        shown.and_then(|shown| shown.partial_cmp(&bound(limit))) == figure.partial_cmp(&limit)
    });
    let places = places.unwrap_or(6);
    format!("{figure:.places$}")
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoClient { network: None } => {
                f.write_str("it is neither a torrent nor a file of ed2k, or has no link")
            }
            Self::NoClient {
                network: Some(network),
            } => write!(
                f,
                "no client downloads from the network {}; add {} under /api/v1/clients",
                network.word(),
                network.usual_client()
            ),
            Self::NotABook(what) => write!(f, "it is a {}, not a book", what.noun()),
            Self::WrongSeries { series } => write!(
                f,
                "its title reads '{series}', which is another series; add it as an alias if it is not"
            ),
            Self::NotAlias { series } => write!(
                f,
                "its title reads '{series}', which you said is another series (notAliases)"
            ),
            Self::WeakTitle { series } => write!(
                f,
                "its title reads '{series}', which is only like this series; add it as an alias if it is the same"
            ),
            Self::NoTitle => f.write_str("no series title can be read in its name"),
            Self::WrongLanguage { stated, wanted } => write!(
                f,
                "its language is {stated}, this series is collected in {wanted}"
            ),
            Self::Special => f.write_str(
                "it is a special (hors-série, artbook, guide), not a volume of the main line",
            ),
            Self::Chapters { chapters } => write!(f, "it holds chapters ({chapters}), not volumes"),
            Self::NoVolume => f.write_str("no volume number can be read in its name"),
            Self::OtherEdition { edition, collected } => write!(
                f,
                "it is of the {} edition, this series is collected in the {} one; say in editionMap which volumes it holds",
                edition.word(),
                collected.word()
            ),
            Self::AlreadyOwned { volumes } => write!(f, "{} already on the shelf", are(volumes)),
            Self::Damaged { volumes } => write!(
                f,
                "{} on the shelf in a file that no reader can show; approve it to have that replaced",
                are(volumes)
            ),
            Self::Doubtful { volumes } => write!(
                f,
                "{} perhaps on the shelf: a file's name and its server say different numbers; correct one of them, or approve it to have another",
                are(volumes)
            ),
            Self::OnItsWay { volumes } => write!(f, "{} already on the way", are(volumes)),
            Self::NotWanted { volumes } => write!(f, "{} not wanted", are(volumes)),
            Self::PackShare {
                useful,
                volumes,
                percent,
                least,
            } => {
                write!(
                    f,
                    "only {useful} of its {volumes} volumes are wanted ({percent} %); under {least} % (packShare) a pack goes by itself only where the others can be left out"
                )
            }
            Self::Blocked { why } => write!(f, "it is blocked: {why}"),
            Self::UnknownLanguage {
                indexer,
                assumed,
                wanted,
            } => match assumed {
                Some(assumed) => write!(
                    f,
                    "it states no language, and {indexer} mostly has {assumed}; this series is collected in {wanted} (unknownLanguage, indexerLanguages)"
                ),
                None => write!(
                    f,
                    "it states no language, and that of {} is not known; this series is collected in {wanted} (unknownLanguage, indexerLanguages)",
                    // A name by itself comes from none.
                    if indexer.is_empty() {
                        "its indexer"
                    } else {
                        indexer
                    }
                ),
            },
            Self::FanTranslation => f.write_str("it was made by fans (fanTranslations)"),
            Self::RefusedFormat { formats } => {
                write!(f, "its format {formats} is never taken (refusedFormats)")
            }
            Self::RefusedGroup { group } => {
                write!(f, "its group {group} is never taken (refusedGroups)")
            }
            Self::RefusedIndexer { indexer } => {
                write!(f, "{indexer} is never taken from (refusedIndexers)")
            }
            Self::RefusedCategory { category } => write!(
                f,
                "its category {category} is never taken (refusedCategories)"
            ),
            Self::ForbiddenWord { word } => {
                write!(f, "'{word}' stands in its name (forbiddenWords)")
            }
            Self::NoRequiredWord { words } => write!(
                f,
                "none of these stands in its name: {words} (requiredWords)"
            ),
            Self::TooSmall {
                megabytes,
                least,
                setting,
            } => write!(
                f,
                "{} MB a volume is under the bound of {} MB ({setting})",
                beside(*megabytes, *least),
                bound(*least)
            ),
            Self::TooBig {
                megabytes,
                most,
                setting,
            } => write!(
                f,
                "{} MB a volume is over the bound of {} MB ({setting})",
                beside(*megabytes, *most),
                bound(*most)
            ),
            Self::ClosedPack {
                megabytes,
                most,
                setting,
            } => write!(
                f,
                "{} MB is far over the {} MB of one volume ({setting}): it holds more than its name says",
                beside(*megabytes, *most),
                bound(*most)
            ),
            Self::UnusualSize {
                megabytes,
                least,
                most,
            } => write!(
                f,
                "{} MB a volume is possible, but mostly it is {} to {} MB (unusualSize)",
                beside(*megabytes, if megabytes < least { *least } else { *most }),
                bound(*least),
                bound(*most)
            ),
            Self::TooFewSeeders { seeders, least } => write!(
                f,
                "{seeders} seeders are under the least of {least} (leastSeeders)"
            ),
            Self::TooOld { days, most } => {
                write!(f, "it is {days} days old, the bound is {most} (oldestDays)")
            }
            Self::TooYoung { minutes, least } => write!(
                f,
                "it is {minutes} minutes old, {least} are waited for (youngestMinutes)"
            ),
            Self::Delayed { days, left } => write!(
                f,
                "an official release is waited for, {left} of {days} days are left (officialDelayDays)"
            ),
            Self::FallbackDelayed {
                stated,
                wanted,
                days,
                left,
            } => write!(
                f,
                "its language is {stated}, and {wanted} is waited for, {left} of {days} days are left (fallbackAfterDays)"
            ),
            Self::BeyondCount { volumes, total, by } => write!(
                f,
                "{} not out in this edition: {total} are, as {by} {} (beyondCount)",
                are(volumes),
                if by == "you" { "say" } else { "says" }
            ),
            Self::Implausible { volume, most } => write!(
                f,
                "volume {volume} is far beyond the {most} that there can be; is it the right series, and is its total right?"
            ),
            Self::Unmarked { volumes } => write!(
                f,
                "nothing says that {volumes} is a volume, as T{volumes} would (unmarkedNumber)"
            ),
            Self::Unconfirmed { volumes } => write!(
                f,
                "only a file's metadata says that {volumes} is out; set the series' total to say so yourself (unconfirmedVolume)"
            ),
            Self::PackSize { gigabytes, most } => write!(
                f,
                "{} GB are over the {most} GB that a pack may have to go by itself (packGigabytes)",
                beside(*gigabytes, *most)
            ),
            Self::Elsewhere { volumes, places } => {
                let places: Vec<String> = places.iter().map(Place::to_string).collect();
                write!(
                    f,
                    "{} in {} already, put there by somebody else",
                    are(volumes),
                    places.join(" and ")
                )
            }
            Self::Upgrade { volumes, better_by } => {
                write!(f, "{} on the shelf, but {better_by}", are(volumes))
            }
            Self::CustomRule { rule } => write!(f, "your rule '{rule}' says so"),
            Self::BrokenRule { rule, error } => write!(
                f,
                "your rule '{rule}' cannot be asked, so nothing is sent: {error}"
            ),
            Self::NotInPart { why } => write!(f, "{NOT_IN_PART}{why}"),
            Self::NotResolved { cause } => {
                write!(f, "it could not be fetched from its source: {cause}")
            }
            Self::NotSent { cause } => write!(f, "it could not be given to the client: {cause}"),
        }
    }
}
