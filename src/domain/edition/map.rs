//! What a user says of a series' editions: `deluxe 1-9=1-18; integrale 1=1-3`. Pure.
//!
//! ```text
//! map    = entry { ";" entry }                   a line break does as well
//! entry  = edition volume "=" set                integrale 1=1-3,3.5
//!        | edition first "-" last "=" from-to    deluxe 1-9=1-18: the base volumes spread evenly, in order
//! ```

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::Edition;
use crate::domain::volume::{VolumeNumber, VolumeSet};

/// The most volumes of editions that a map speaks of.
pub const MAX_ENTRIES: usize = 500;

/// The most base volumes that one volume of an edition holds.
pub const MAX_BASE: usize = 300;

/// The most bytes of one entry; 300 decimals, as they are printed, need fewer.
const MAX_ENTRY_TEXT: usize = 4 * 1024;

/// For sentences about a word that is no edition.
pub(super) const WORDS_TO_WRITE: &str = "standard, perfect, deluxe, double, omnibus (or omnibus:3 for three in one), colour, \
collector, original, new, colossal, ultimate, integrale, kanzenban, star or other";

/// Which base volumes the volumes of a series' editions hold, as the user says. Volumes of one edition may share a base volume:
/// some are cut in its middle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EditionMap {
    held: BTreeMap<(Edition, VolumeNumber), VolumeSet>,
}

/// What is wrong with the text of a map, and what to write instead. `entry` is the text between two semicolons, cut short.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditionMapError {
    /// Not `edition volume=set`.
    #[error(
        "'{entry}' is not an entry: write an edition, its volume, = and the base volumes in it, as deluxe 1=1-2, and ; between two entries"
    )]
    Entry {
        /// As written.
        entry: String,
    },
    /// The first word is no edition.
    #[error("'{word}' is not an edition: write {WORDS_TO_WRITE}")]
    Edition {
        /// As written.
        word: String,
    },
    /// It speaks of the standard edition, whose volumes are the base volumes.
    #[error(
        "'{entry}' speaks of the standard edition, whose volumes are the base volumes: leave it out, or name another edition"
    )]
    Standard {
        /// As written.
        entry: String,
    },
    /// What stands in front of `=` is neither a volume nor whole volumes from one to another.
    #[error(
        "'{entry}' does not say which volume of the edition it means: write 3, 10.5 or 1-9 in front of ="
    )]
    Volume {
        /// As written.
        entry: String,
    },
    /// What stands behind `=` is not a set of volumes.
    #[error(
        "'{entry}' does not say which base volumes it holds: write 1-3 or 1-3,5,5.5 behind =, and ; between two entries"
    )]
    Base {
        /// As written.
        entry: String,
    },
    /// Several volumes, over which the base volumes cannot be spread.
    #[error(
        "'{entry}' cannot be spread evenly: write one run of {volumes} base volumes or of a multiple of that, or each volume by itself, as deluxe 1=1-3; deluxe 2=4-5"
    )]
    Uneven {
        /// As written.
        entry: String,
        /// How many volumes of the edition it speaks of.
        volumes: usize,
    },
    /// A volume is named twice.
    #[error(
        "{edition} {volume} is given twice: write all its base volumes in one entry, as {edition} {volume}=1-3,5"
    )]
    Twice {
        /// The edition's word.
        edition: String,
        /// Its volume.
        volume: VolumeNumber,
    },
    /// More base volumes in a volume than [`MAX_BASE`].
    #[error(
        "'{entry}' puts more than {MAX_BASE} base volumes into one volume: write at most {MAX_BASE}"
    )]
    TooMuch {
        /// As written.
        entry: String,
    },
    /// More volumes than [`MAX_ENTRIES`].
    #[error("it speaks of more than {MAX_ENTRIES} volumes: write at most {MAX_ENTRIES}")]
    TooMany,
}

impl EditionMap {
    /// What the user says of this volume.
    pub fn get(&self, edition: Edition, volume: VolumeNumber) -> Option<&VolumeSet> {
        self.held.get(&(edition, volume))
    }

    /// True when it says something of this edition.
    pub fn names(&self, edition: Edition) -> bool {
        let first = VolumeNumber::whole(0).expect("0 is a volume");
        let mut behind = self.held.range((edition, first)..);
        behind.next().is_some_and(|entry| entry.0.0 == edition)
    }

    /// True when it says nothing.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// Of how many volumes it speaks.
    pub fn len(&self) -> usize {
        self.held.len()
    }

    fn add(
        &mut self,
        edition: Edition,
        volume: VolumeNumber,
        base: VolumeSet,
    ) -> Result<(), EditionMapError> {
        if self.held.insert((edition, volume), base).is_some() {
            let edition = edition.word().into_owned();
            return Err(EditionMapError::Twice { edition, volume });
        }
        if self.held.len() > MAX_ENTRIES {
            return Err(EditionMapError::TooMany);
        }
        Ok(())
    }

    fn add_entry(&mut self, text: &str) -> Result<(), EditionMapError> {
        let entry = || text.chars().take(60).collect::<String>();
        let (names, base) = text
            .split_once('=')
            .filter(|_| text.len() <= MAX_ENTRY_TEXT)
            .ok_or_else(|| EditionMapError::Entry { entry: entry() })?;
        let (word, volumes) = names
            .trim()
            .split_once(char::is_whitespace)
            .ok_or_else(|| EditionMapError::Entry { entry: entry() })?;
        let edition = Edition::from_word(&word.to_ascii_lowercase()).ok_or_else(|| {
            let word = word.chars().take(60).collect();
            EditionMapError::Edition { word }
        })?;
        if edition == Edition::Standard {
            return Err(EditionMapError::Standard { entry: entry() });
        }
        let volumes =
            volumes_named(volumes).ok_or_else(|| EditionMapError::Volume { entry: entry() })?;
        let base: VolumeSet = base
            .parse()
            .ok()
            .filter(|base: &VolumeSet| !base.is_empty())
            .ok_or_else(|| EditionMapError::Base { entry: entry() })?;
        let shares = shares(&base, volumes.len()).ok_or_else(|| EditionMapError::Uneven {
            entry: entry(),
            volumes: volumes.len(),
        })?;
        if shares.first().is_some_and(|share| share.len() > MAX_BASE) {
            return Err(EditionMapError::TooMuch { entry: entry() });
        }
        volumes
            .iter()
            .zip(shares)
            .try_for_each(|(volume, share)| self.add(edition, volume, share))
    }
}

/// One volume, or whole ones from one to another.
fn volumes_named(text: &str) -> Option<VolumeSet> {
    let text = text.trim();
    let set: VolumeSet = text.parse().ok()?;
    (!set.is_empty() && !text.contains(',')).then_some(set)
}

/// The base volumes in equal runs, one for each volume; all of them for a single volume, whatever they are.
fn shares(base: &VolumeSet, volumes: usize) -> Option<Vec<VolumeSet>> {
    if volumes == 1 {
        return Some(vec![base.clone()]);
    }
    let (first, last) = run(base)?;
    let volumes = u32::try_from(volumes).ok()?;
    let count = last - first + 1;
    let each = count / volumes;
    count.is_multiple_of(volumes).then(|| {
        (0..volumes)
            .map(|share| first + share * each)
            .map(|first| VolumeSet::range(first, first + each - 1))
            .collect()
    })
}

/// The ends of a set that is one run of whole volumes.
fn run(set: &VolumeSet) -> Option<(u32, u32)> {
    let (first, last) = (set.first()?.as_whole()?, set.last()?.as_whole()?);
    (*set == VolumeSet::range(first, last)).then_some((first, last))
}

/// Entries in order of edition and volume; neighbours that share a run evenly are one entry.
impl fmt::Display for EditionMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut entries = self.held.iter().peekable();
        let mut between = "";
        while let Some((&(edition, first), base)) = entries.next() {
            let (mut last, mut all) = (first, base.clone());
            while let Some((&(_, volume), more)) = entries.next_if(|next| {
                next.0.0 == edition && continues((last, &all), (next.0.1, next.1), base.len())
            }) {
                last = volume;
                all.extend_with(more);
            }
            write!(f, "{between}{} {first}", edition.word())?;
            if last > first {
                write!(f, "-{last}")?;
            }
            write!(f, "={all}")?;
            between = "; ";
        }
        Ok(())
    }
}

/// True when a volume is the next one, and its base volumes are the next ones too, as many as in each before.
fn continues(
    before: (VolumeNumber, &VolumeSet),
    next: (VolumeNumber, &VolumeSet),
    each: usize,
) -> bool {
    let follows = |last: Option<u32>, first: Option<u32>| {
        last.zip(first)
            .is_some_and(|(last, first)| last + 1 == first)
    };
    let (Some(all), Some(more)) = (run(before.1), run(next.1)) else {
        return false;
    };
    follows(before.0.as_whole(), next.0.as_whole()) && all.1 + 1 == more.0 && next.1.len() == each
}

impl FromStr for EditionMap {
    type Err = EditionMapError;

    fn from_str(text: &str) -> Result<Self, EditionMapError> {
        let mut map = Self::default();
        text.split([';', '\n'])
            .map(str::trim)
            .filter(|entry| !entry.is_empty())
            .try_for_each(|entry| map.add_entry(entry))?;
        Ok(map)
    }
}

impl Serialize for EditionMap {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for EditionMap {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
