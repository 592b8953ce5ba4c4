//! Stage 2: from the shelf to the volumes that are missing. Pure.

use serde::{Deserialize, Serialize};

use super::{
    catalogue::count::is_special,
    series::{Series, Shelf},
    volume::VolumeNumber,
};

/// A number this far above the one before it is a misread name, not two hundred missing volumes.
pub const FARTHEST_JUMP: u32 = 200;

/// Why a volume counts as missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Volumes on both sides of it are there.
    Hole,
    /// It is behind the last one that is there, up to the known total.
    Tail,
    /// It is there, and no reader can show it.
    Damaged,
    /// It may be there: a file's name and its server say different numbers.
    Doubtful,
}

impl Cause {
    /// As stored and shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hole => "hole",
            Self::Tail => "tail",
            Self::Damaged => "damaged",
            Self::Doubtful => "doubtful",
        }
    }

    /// From its word.
    pub fn from_word(word: &str) -> Option<Self> {
        const ALL: [Cause; 4] = [Cause::Hole, Cause::Tail, Cause::Damaged, Cause::Doubtful];
        ALL.into_iter().find(|cause| cause.word() == word)
    }
}

/// One missing volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Which.
    pub volume: VolumeNumber,
    /// Why.
    pub cause: Cause,
}

/// What is missing, and what made no sense.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gaps {
    /// In ascending order; whole numbers only, but for what is damaged or doubtful, and for specials that are wanted.
    pub missing: Vec<Gap>,
    /// Numbers on the shelf that are too far from the others to be believed.
    pub implausible: Vec<VolumeNumber>,
}

/// Every whole number that is wanted and not there, up to the last one that is there or the known total.
pub fn gaps(series: &Series, shelf: &Shelf) -> Gaps {
    let (last_owned, implausible) = last_plausible(shelf, series.known_total());
    let first = series.wanted_from.map_or(1, |from| {
        from.hundredths().div_euclid(100) as u32 + u32::from(from.as_whole().is_none())
    });
    let last = last_known(series, shelf).unwrap_or(0);
    let shown = shelf.shown();
    let lacking = (first..=last)
        .filter_map(VolumeNumber::whole)
        .filter(|volume| {
            series.asks_for(*volume)
                && !shown.contains(*volume)
                && !shelf.vanished.contains(*volume)
        })
        .map(|volume| {
            let inside = last_owned
                .and_then(VolumeNumber::whole)
                .is_some_and(|last| volume < last);
            Gap {
                volume,
                cause: if inside { Cause::Hole } else { Cause::Tail },
            }
        });
    let damaged = shelf.damaged.iter().map(|volume| (volume, Cause::Damaged));
    let doubtful = shelf
        .doubtful
        .iter()
        .map(|volume| (volume, Cause::Doubtful));
    let unsettled = damaged
        .chain(doubtful)
        .filter(|(volume, _)| series.asks_for(*volume) && !implausible.contains(volume))
        .map(|(volume, cause)| Gap { volume, cause });
    let specials = series.wanted_specials();
    let specials = specials
        .iter()
        .filter(|volume| is_special(*volume))
        .filter(|volume| {
            !shown.contains(*volume)
                && !shelf.vanished.contains(*volume)
                && series.asks_for(*volume)
        })
        .map(|volume| Gap {
            volume,
            cause: if last_owned.is_some_and(|last| volume.hundredths() < i64::from(last) * 100) {
                Cause::Hole
            } else {
                Cause::Tail
            },
        });
    let mut missing: Vec<Gap> = lacking.chain(unsettled).chain(specials).collect();
    missing.sort_unstable_by_key(|gap| gap.volume);
    // Volume 0 is a special, and wanted from 0 on as well.
    missing.dedup_by_key(|gap| gap.volume);
    Gaps {
        missing,
        implausible,
    }
}

/// The last volume of which someone says that it exists: on the shelf, or by the known total.
pub fn last_known(series: &Series, shelf: &Shelf) -> Option<u32> {
    last_plausible(shelf, series.known_total())
        .0
        .max(series.known_total())
}

/// The last volume that is there now.
pub fn last_on_shelf(shelf: &Shelf) -> Option<u32> {
    let there = Shelf {
        present: shelf.present.clone(),
        damaged: shelf.damaged.clone(),
        ..Shelf::default()
    };
    last_plausible(&there, None).0
}

/// The last whole number on the shelf that stands near enough to the one before it.
fn last_plausible(shelf: &Shelf, total: Option<u32>) -> (Option<u32>, Vec<VolumeNumber>) {
    let mut seen = shelf.present.clone();
    seen.extend_with(&shelf.damaged);
    seen.extend_with(&shelf.vanished);
    let (mut last, mut implausible) = (None, Vec::new());
    for volume in seen.iter() {
        let Some(whole) = volume.as_whole() else {
            continue;
        };
        let near =
            whole <= last.unwrap_or(0) + FARTHEST_JUMP || total.is_some_and(|total| whole <= total);
        if near {
            last = Some(whole);
        } else {
            implausible.push(volume);
        }
    }
    (last, implausible)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::release::Kind;

    fn series() -> Series {
        Series {
            id: 1,
            title: "Naruto".into(),
            aliases: Vec::new(),
            not_aliases: Vec::new(),
            language: "fr".into(),
            kind: Kind::Manga,
            monitored: true,
            auto_send: true,
            wanted_from: None,
            wanted_to: None,
            ignored: "".parse().expect("a set"),
            total: None,
            stated_total: None,
            announced: None,
            specials: <_>::default(),
            sources: Vec::new(),
            edition: <_>::default(),
            editions: <_>::default(),
            profile: None,
        }
    }

    fn missing(series: &Series, present: &str, vanished: &str) -> String {
        missing_of(series, present, "", vanished)
    }

    fn missing_of(series: &Series, present: &str, damaged: &str, vanished: &str) -> String {
        let set = |text: &str| text.parse().expect("a set");
        let shelf = Shelf {
            present: set(present),
            damaged: set(damaged),
            vanished: set(vanished),
            ..Shelf::default()
        };
        told(series, &shelf)
    }

    fn told(series: &Series, shelf: &Shelf) -> String {
        let gaps = gaps(series, shelf);
        gaps.missing
            .iter()
            .map(|gap| {
                let mark = match gap.cause {
                    Cause::Hole => "",
                    Cause::Tail => "+",
                    Cause::Damaged => "!",
                    Cause::Doubtful => "?",
                };
                format!("{}{mark}", gap.volume)
            })
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn holes_are_missing_up_to_the_last_volume_that_is_there() {
        assert_eq!(missing(&series(), "1-2,4,6", ""), "3 5");
        assert_eq!(missing(&series(), "3", ""), "1 2");
        assert_eq!(missing(&series(), "", ""), "");
    }

    #[test]
    fn the_tail_goes_to_the_known_total() {
        let series = Series {
            total: Some(5),
            ..series()
        };
        assert_eq!(missing(&series, "1-2", ""), "3+ 4+ 5+");
        assert_eq!(missing(&series, "1,3", ""), "2 4+ 5+");
        assert_eq!(missing(&series, "", ""), "1+ 2+ 3+ 4+ 5+");
        assert_eq!(missing(&series, "1-7", ""), "");
    }

    #[test]
    fn volume_0_and_decimals_are_volumes_but_nobody_misses_them() {
        assert_eq!(missing(&series(), "0,1,2,2.5,4", ""), "3");
        let from_zero = Series {
            wanted_from: "0".parse().ok(),
            ..series()
        };
        assert_eq!(missing(&from_zero, "1-2", ""), "0");
        assert_eq!(missing(&series(), "10.5", ""), "");
    }

    #[test]
    fn range_and_ignored_volumes_are_respected() {
        let series = Series {
            wanted_from: "2".parse().ok(),
            wanted_to: "6".parse().ok(),
            ignored: "4".parse().expect("a set"),
            total: Some(9),
            ..series()
        };
        assert_eq!(missing(&series, "3", ""), "2 5+ 6+");
        let odd = Series {
            wanted_from: "2.5".parse().ok(),
            ..series.clone()
        };
        assert_eq!(missing(&odd, "3", ""), "5+ 6+");
    }

    #[test]
    fn what_is_damaged_is_missing_wherever_it_stands() {
        assert_eq!(missing_of(&series(), "1,4", "3", ""), "2 3!");
        assert_eq!(missing_of(&series(), "1", "3", ""), "2 3!");
        assert_eq!(missing_of(&series(), "", "2.5", ""), "2.5!");
        assert_eq!(missing_of(&series(), "1-2", "2002", ""), "", "a year");
        let ignored = Series {
            ignored: "3".parse().expect("a set"),
            ..series()
        };
        assert_eq!(missing_of(&ignored, "1-2", "3-4", ""), "4!");
    }

    #[test]
    fn what_a_file_may_be_is_missing_and_says_nothing_of_how_far_the_series_goes() {
        let set = |text: &str| text.parse().expect("a set");
        let shelf = |present: &str, doubtful: &str| Shelf {
            present: set(present),
            doubtful: set(doubtful),
            ..Shelf::default()
        };
        assert_eq!(told(&series(), &shelf("1-4", "5-6")), "5? 6?");
        assert_eq!(told(&series(), &shelf("1,7", "3,5")), "2 3? 4 5? 6");
        assert_eq!(told(&series(), &shelf("1", "9")), "9?", "not 2 to 8");
    }

    #[test]
    fn what_vanished_is_not_missing() {
        assert_eq!(missing(&series(), "1,4", "3,5"), "2");
    }

    #[test]
    fn a_year_taken_for_a_volume_makes_no_thousand_gaps() {
        assert_eq!(missing(&series(), "1-3,2024", ""), "");
        let shelf = Shelf {
            present: "1-3,2024".parse().expect("a set"),
            ..Shelf::default()
        };
        assert_eq!(
            gaps(&series(), &shelf).implausible,
            ["2024".parse().expect("a volume")]
        );
        assert_eq!(missing(&series(), "1,201", "").split(' ').count(), 199);
    }
}
