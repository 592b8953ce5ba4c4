//! Which volumes a file of Kavita holds: what its name says, and what Kavita says. Pure.

use super::records::{Chapter, Volume};
use crate::{
    book::name::NameSays,
    domain::{
        release::Kind,
        volume::{MAX_SET, VolumeNumber, VolumeSet},
    },
    library::files::is_plausible,
};

/// The number of the volume in which books outside the main line are (Kavita's `Parser.cs`); below its negative stand volumes and
/// chapters that have none.
const SPECIALS: f64 = 100_000.0;

/// What Kavita says of the number of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// Volumes, or chapters in a library of chapters. Empty when it says none.
    pub numbers: VolumeSet,
    /// It is outside the main line, or Kavita found no number in its name.
    pub special: bool,
    /// It has the number of a chapter.
    pub chapter: bool,
}

/// What holds of the two.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    pub volumes: VolumeSet,
    pub doubtful: bool,
    pub problem: Option<String>,
}

impl Claim {
    /// What Kavita says of the files of a chapter. A chapter of a volume is not that volume.
    pub fn of(volume: &Volume, chapter: &Chapter, kind: Kind) -> Self {
        let chapters = numbers(chapter.min_number, chapter.max_number);
        let is_chapter = !chapters.is_empty();
        let numbers = match kind {
            Kind::Chapters | Kind::Comics => chapters,
            _ if !is_chapter => numbers(volume.min_number, volume.max_number),
            _ => VolumeSet::default(),
        };
        let special =
            chapter.is_special || volume.min_number.is_some_and(|number| number >= SPECIALS);
        Self {
            numbers,
            special,
            chapter: is_chapter,
        }
    }
}

/// A range of Kavita's numbers; empty for those that stand for none.
fn numbers(min: Option<f64>, max: Option<f64>) -> VolumeSet {
    let mut set = VolumeSet::default();
    let Some(first) = min.and_then(number) else {
        return set;
    };
    let last = max.and_then(number).filter(|last| *last > first);
    let whole = |number: Option<VolumeNumber>| number.and_then(VolumeNumber::as_whole);
    match (whole(Some(first)), whole(last)) {
        (Some(first), Some(last)) if (last - first) as usize <= MAX_SET => {
            set.insert_range(first, last);
        }
        _ => {
            set.insert(first);
            last.into_iter().for_each(|last| set.insert(last));
        }
    }
    set
}

fn number(number: f64) -> Option<VolumeNumber> {
    // Too large or negative ones, and what is no number, become what is refused.
    VolumeNumber::from_hundredths((number * 100.0).round() as i64).filter(|_| number.is_finite())
}

/// A name that Kavita's users mark as a special: `SP` and a number (its `Parser.cs`).
pub fn has_marker(stem: &str) -> bool {
    let starts = stem.match_indices("SP");
    starts.into_iter().any(|(at, _)| {
        let after = stem[at + 2..].chars().next();
        let before = stem[..at].chars().next_back();
        after.is_some_and(|next| next.is_ascii_digit())
            && !before.is_some_and(char::is_alphanumeric)
    })
}

/// Settles what a file holds. `tagged` is true when Kavita gives its number to files with different numbers in their names: then a tagger
/// wrote one number into all of them, and names win. A number within a range that the name states is no disagreement.
pub fn settle(says: &NameSays, marked: bool, claim: &Claim, tagged: bool) -> Settled {
    let (named, claimed) = (&says.numbers, &claim.numbers);
    if says.special || says.only_chapters || marked {
        return Settled::default();
    }
    if claim.special {
        let what = "shows it among the specials: rename the file or correct it in Kavita";
        let doubt = (!named.is_empty()).then_some(what);
        return settled(named, named, doubt.map(ToOwned::to_owned));
    }
    let counts = is_plausible(claimed, says) && (!tagged || named.is_empty());
    if !counts || claimed.without(named).is_empty() {
        return settled(named, named, None);
    }
    if named.is_empty() {
        return settled(named, claimed, None);
    }
    let mut both = named.clone();
    both.extend_with(claimed);
    let what = format!("says {claimed}: rename the file or correct the number in Kavita");
    settled(named, &both, Some(what))
}

/// With what Kavita says or does instead, where the two disagree.
fn settled(named: &VolumeSet, volumes: &VolumeSet, doubt: Option<String>) -> Settled {
    Settled {
        volumes: volumes.clone(),
        doubtful: doubt.is_some(),
        problem: doubt.map(|kavita| format!("its name says {named}, and Kavita {kavita}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: f64 = -100_000.0;

    fn set(text: &str) -> VolumeSet {
        text.parse().expect("a set")
    }

    fn claimed(volume: (f64, f64), chapter: (f64, f64), kind: Kind) -> Claim {
        let volume = Volume {
            min_number: Some(volume.0),
            max_number: Some(volume.1),
            ..Volume::default()
        };
        let chapter = Chapter {
            min_number: Some(chapter.0),
            max_number: Some(chapter.1),
            ..Chapter::default()
        };
        Claim::of(&volume, &chapter, kind)
    }

    #[test]
    fn sentinels_are_no_numbers() {
        let none = (NONE, NONE);
        for (volume, chapter, kind, numbers, special) in [
            ((3.0, 3.0), none, Kind::Manga, "3", false),
            ((1.0, 3.0), none, Kind::Manga, "1-3", false),
            ((10.5, 10.5), none, Kind::Manga, "10.5", false),
            ((0.0, 0.0), none, Kind::Manga, "0", false),
            (none, none, Kind::Manga, "", false),
            (none, (12.0, 12.0), Kind::Manga, "", false),
            ((3.0, 3.0), (12.0, 12.0), Kind::Manga, "", false),
            ((100_000.0, 100_000.0), none, Kind::Manga, "", true),
            (none, (12.0, 12.0), Kind::Chapters, "12", false),
            ((3.0, 3.0), (12.0, 14.0), Kind::Chapters, "12-14", false),
            ((2016.0, 2016.0), (5.0, 5.0), Kind::Comics, "5", false),
            ((3.0, 3.0), none, Kind::Comics, "", false),
            ((f64::NAN, 3.0), none, Kind::Manga, "", false),
            ((1e300, 1e301), none, Kind::Manga, "", true),
            ((0.0, 9_999.0), none, Kind::Manga, "0,9999", false),
            ((3.0, 1.0), none, Kind::Manga, "3", false),
        ] {
            let claim = claimed(volume, chapter, kind);
            assert_eq!(
                (claim.numbers.to_string().as_str(), claim.special),
                (numbers, special),
                "{volume:?} {chapter:?} {kind:?}"
            );
        }
    }

    fn settled(named: &str, numbers: &str, special: bool, tagged: bool) -> Settled {
        let says = NameSays {
            numbers: set(named),
            ..NameSays::default()
        };
        let claim = Claim {
            numbers: set(numbers),
            special,
            chapter: false,
        };
        settle(&says, false, &claim, tagged)
    }

    #[test]
    fn the_name_comes_first_and_a_disagreement_is_a_doubt() {
        for (named, claim, special, tagged, volumes, doubtful) in [
            ("3", "3", false, false, "3", false),
            ("3", "", false, false, "3", false),
            ("", "3", false, false, "3", false),
            ("", "1-3", false, false, "1-3", false),
            ("", "", false, false, "", false),
            ("3", "5", false, false, "3,5", true),
            ("1-3", "1", false, false, "1-3", false),
            ("3", "1", false, true, "3", false),
            ("", "1", false, true, "1", false),
            ("3", "2004", false, false, "3", false),
            ("", "2004", false, false, "", false),
            ("2004", "2004", false, false, "2004", false),
            ("3", "", true, false, "3", true),
            ("", "", true, false, "", false),
        ] {
            let found = settled(named, claim, special, tagged);
            assert_eq!(
                (
                    found.volumes.to_string().as_str(),
                    found.doubtful,
                    found.problem.is_some()
                ),
                (volumes, doubtful, doubtful),
                "{named} {claim} {special} {tagged}"
            );
        }
    }

    #[test]
    fn what_its_name_calls_a_special_is_no_volume() {
        let claim = claimed((3.0, 3.0), (NONE, NONE), Kind::Manga);
        let special = NameSays {
            special: true,
            ..NameSays::default()
        };
        let chapters = NameSays {
            only_chapters: true,
            ..NameSays::default()
        };
        for says in [special, chapters] {
            assert_eq!(settle(&says, false, &claim, false), Settled::default());
        }
        let named = NameSays {
            numbers: set("3"),
            ..NameSays::default()
        };
        assert_eq!(settle(&named, true, &claim, false), Settled::default());
    }

    #[test]
    fn the_marker_of_specials_is_a_word_of_its_own() {
        for (stem, marked) in [
            ("Naruto SP01", true),
            ("SP1 - Naruto", true),
            ("Naruto_SP02", true),
            ("GRASP3", false),
            ("Naruto SP", false),
            ("Naruto T01", false),
        ] {
            assert_eq!(has_marker(stem), marked, "{stem}");
        }
    }
}
