//! Why an offer is not sent: a stable code and a sentence with the numbers. Pure.

use std::fmt;

use crate::domain::{edition::Edition, release::NotABook, volume::VolumeSet};

/// One reason. The code is stable; the sentence may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Usenet, or something without a link.
    NotATorrent,
    /// Film, music or game.
    NotABook(NotABook),
    /// The name means another series.
    WrongSeries { series: String },
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
    /// The source could not hand it over.
    NotResolved { cause: String },
    /// The client could not be given it.
    NotSent { cause: String },
}

impl Reason {
    /// Stable, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotATorrent => "not_a_torrent",
            Self::NotABook(_) => "not_a_book",
            Self::WrongSeries { .. } => "wrong_series",
            Self::WeakTitle { .. } => "weak_title",
            Self::NoTitle => "no_title",
            Self::WrongLanguage { .. } => "wrong_language",
            Self::Special => "special",
            Self::Chapters { .. } => "chapters",
            Self::NoVolume => "no_volume",
            Self::OtherEdition { .. } => "other_edition",
            Self::AlreadyOwned { .. } => "already_owned",
            Self::OnItsWay { .. } => "on_its_way",
            Self::NotWanted { .. } => "not_wanted",
            Self::PackShare { .. } => "pack_share",
            Self::NotResolved { .. } => "not_resolved",
            Self::NotSent { .. } => "not_sent",
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

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotATorrent => {
                f.write_str("it is no torrent, and no configured client takes anything else")
            }
            Self::NotABook(what) => write!(f, "it is a {}, not a book", what.noun()),
            Self::WrongSeries { series } => write!(
                f,
                "its title reads '{series}', which is another series; add it as an alias if it is not"
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
                    "only {useful} of its {volumes} volumes are wanted ({percent} %); packs go by themselves from {least} %"
                )
            }
            Self::NotResolved { cause } => {
                write!(f, "it could not be fetched from its source: {cause}")
            }
            Self::NotSent { cause } => write!(f, "it could not be given to the client: {cause}"),
        }
    }
}
