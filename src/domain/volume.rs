//! Volume numbers and sets of them: exact decimals, never floats. Pure.

use smallvec::{SmallVec, smallvec};
use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The largest volume number that is taken seriously; anything above is a year, a resolution or noise.
pub const MAX_VOLUME: u32 = 9_999;

/// The most volumes that a set may hold that a person or a name gives.
pub const MAX_SET: usize = 3_000;

/// One volume, in hundredths: `10.5` is 1050. Volume 0 is a real volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VolumeNumber(u32);

/// Text that is not a volume number or a set of them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is not {expected}")]
pub struct VolumeError {
    text: String,
    expected: &'static str,
}

impl VolumeError {
    fn number(text: &str) -> Self {
        let expected =
            "a volume number: write it as 3, 0 or 10.5 (0 to 9999, at most two decimals)";
        Self {
            text: text.chars().take(40).collect(),
            expected,
        }
    }

    fn set(text: &str) -> Self {
        let expected = "a set of volumes: write it as 1-12 or 1-10,12,10.5";
        Self {
            text: text.chars().take(40).collect(),
            expected,
        }
    }
}

impl VolumeNumber {
    /// Volume 1.
    pub const ONE: Self = Self(100);

    /// A whole volume, or nothing above [`MAX_VOLUME`].
    pub fn whole(number: u32) -> Option<Self> {
        (number <= MAX_VOLUME).then_some(Self(number * 100))
    }

    /// From hundredths, as the database keeps it.
    pub fn from_hundredths(hundredths: i64) -> Option<Self> {
        let hundredths = u32::try_from(hundredths).ok()?;
        (hundredths <= MAX_VOLUME * 100 + 99).then_some(Self(hundredths))
    }

    /// In hundredths, as the database keeps it.
    pub fn hundredths(self) -> i64 {
        i64::from(self.0)
    }

    /// The number when it is whole.
    pub fn as_whole(self) -> Option<u32> {
        self.0.is_multiple_of(100).then_some(self.0 / 100)
    }
}

impl fmt::Display for VolumeNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 100, self.0 % 100);
        match rest {
            0 => write!(f, "{whole}"),
            tenths if tenths % 10 == 0 => write!(f, "{whole}.{}", tenths / 10),
            _ => write!(f, "{whole}.{rest:02}"),
        }
    }
}

impl FromStr for VolumeNumber {
    type Err = VolumeError;

    fn from_str(text: &str) -> Result<Self, VolumeError> {
        let error = || VolumeError::number(text);
        let (whole, decimals) = text
            .split_once('.')
            .map_or((text, None), |(whole, decimals)| (whole, Some(decimals)));
        let digits = |part: &str, longest: usize| {
            (!part.is_empty()
                && part.len() <= longest
                && part.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| part.parse::<u32>().ok())
            .flatten()
        };
        let whole = digits(whole, 8)
            .filter(|whole| *whole <= MAX_VOLUME)
            .ok_or_else(error)?;
        let hundredths = match decimals {
            None => 0,
            Some(part) => {
                let value = digits(part, 2).ok_or_else(error)?;
                if part.len() == 1 { value * 10 } else { value }
            }
        };
        Ok(Self(whole * 100 + hundredths))
    }
}

impl Serialize for VolumeNumber {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for VolumeNumber {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// A set of volumes: runs of whole numbers, and single decimals between them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VolumeSet {
    /// Disjoint, ascending, never adjacent; both ends included.
    runs: SmallVec<[(u32, u32); 2]>,
    /// Ascending, without repeats, none of them whole.
    decimals: SmallVec<[VolumeNumber; 2]>,
}

impl VolumeSet {
    /// The whole volumes from `first` to `last`, both included; empty when they are the wrong way round.
    pub fn range(first: u32, last: u32) -> Self {
        let last = last.min(MAX_VOLUME);
        Self {
            runs: if first <= last {
                smallvec![(first, last)]
            } else {
                SmallVec::new()
            },
            decimals: SmallVec::new(),
        }
    }

    /// True when it holds no volume.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty() && self.decimals.is_empty()
    }

    /// How many volumes it holds.
    pub fn len(&self) -> usize {
        let whole: usize = self
            .runs
            .iter()
            .map(|(first, last)| (last - first + 1) as usize)
            .sum();
        whole + self.decimals.len()
    }

    /// True when the volume is in it.
    pub fn contains(&self, volume: VolumeNumber) -> bool {
        match volume.as_whole() {
            Some(whole) => {
                let index = self.runs.partition_point(|run| run.1 < whole);
                self.runs.get(index).is_some_and(|run| run.0 <= whole)
            }
            None => self.decimals.binary_search(&volume).is_ok(),
        }
    }

    /// Adds one volume.
    pub fn insert(&mut self, volume: VolumeNumber) {
        match volume.as_whole() {
            Some(whole) => self.insert_range(whole, whole),
            None => {
                if let Err(index) = self.decimals.binary_search(&volume) {
                    self.decimals.insert(index, volume);
                }
            }
        }
    }

    /// Adds the whole volumes from `first` to `last`, both included.
    pub fn insert_range(&mut self, first: u32, last: u32) {
        let last = last.min(MAX_VOLUME);
        if first > last {
            return;
        }
        // Numbers mostly come in their order.
        if self.runs.last().is_none_or(|run| run.1 + 1 < first) {
            self.runs.push((first, last));
            return;
        }
        let start = self
            .runs
            .partition_point(|run| run.1.saturating_add(1) < first);
        let end = self
            .runs
            .partition_point(|run| run.0 <= last.saturating_add(1));
        let merged = self.runs[start..end]
            .iter()
            .fold((first, last), |merged, run| {
                (merged.0.min(run.0), merged.1.max(run.1))
            });
        if start == end {
            self.runs.insert(start, merged);
        } else {
            self.runs[start] = merged;
            self.runs.drain(start + 1..end);
        }
    }

    /// Adds every volume of `other`.
    pub fn extend_with(&mut self, other: &Self) {
        if self.is_empty() {
            self.clone_from(other);
            return;
        }
        for &(first, last) in &other.runs {
            self.insert_range(first, last);
        }
        for &decimal in &other.decimals {
            self.insert(decimal);
        }
    }

    /// What is not in `other`.
    pub fn without(&self, other: &Self) -> Self {
        let left = self.iter().filter(|volume| !other.contains(*volume));
        left.collect()
    }

    /// What is in `other` too.
    pub fn common_with(&self, other: &Self) -> Self {
        let both = self.iter().filter(|volume| other.contains(*volume));
        both.collect()
    }

    /// Every volume, in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = VolumeNumber> + '_ {
        let mut decimals = self.decimals.iter().copied().peekable();
        let mut whole = self
            .runs
            .iter()
            .flat_map(|&(first, last)| (first..=last).filter_map(VolumeNumber::whole))
            .peekable();
        std::iter::from_fn(move || match (whole.peek(), decimals.peek()) {
            (Some(a), Some(b)) if b < a => decimals.next(),
            (Some(_), _) => whole.next(),
            (None, _) => decimals.next(),
        })
    }

    /// The lowest volume.
    pub fn first(&self) -> Option<VolumeNumber> {
        self.iter().next()
    }

    /// The highest volume.
    pub fn last(&self) -> Option<VolumeNumber> {
        let whole = self.runs.last().and_then(|run| VolumeNumber::whole(run.1));
        whole.max(self.decimals.last().copied())
    }

    /// The only volume, when there is just one.
    pub fn single(&self) -> Option<VolumeNumber> {
        if self.len() == 1 { self.first() } else { None }
    }
}

impl FromIterator<VolumeNumber> for VolumeSet {
    fn from_iter<I: IntoIterator<Item = VolumeNumber>>(volumes: I) -> Self {
        let mut set = Self::default();
        volumes.into_iter().for_each(|volume| set.insert(volume));
        set
    }
}

/// Canonical text: `1-10,12,14`, `10.5`, and nothing for the empty set.
impl fmt::Display for VolumeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<(VolumeNumber, Option<u32>)> = self
            .runs
            .iter()
            .filter_map(|&(first, last)| {
                Some((VolumeNumber::whole(first)?, (last > first).then_some(last)))
            })
            .chain(self.decimals.iter().map(|&decimal| (decimal, None)))
            .collect();
        parts.sort_by_key(|part| part.0);
        for (index, (first, last)) in parts.into_iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            match last {
                Some(last) => write!(f, "{comma}{first}-{last}")?,
                None => write!(f, "{comma}{first}")?,
            }
        }
        Ok(())
    }
}

impl FromStr for VolumeSet {
    type Err = VolumeError;

    fn from_str(text: &str) -> Result<Self, VolumeError> {
        let mut set = Self::default();
        if text.trim().is_empty() {
            return Ok(set);
        }
        for part in text.split(',') {
            match part.split_once('-') {
                None => set.insert(part.trim().parse()?),
                Some((first, last)) => {
                    let ends = (
                        first.trim().parse::<VolumeNumber>()?.as_whole(),
                        last.trim().parse::<VolumeNumber>()?.as_whole(),
                    );
                    match ends {
                        (Some(first), Some(last)) if first <= last => set.insert_range(first, last),
                        _ => return Err(VolumeError::set(text)),
                    }
                }
            }
        }
        Ok(set)
    }
}

impl Serialize for VolumeSet {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for VolumeSet {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact_and_print_as_they_are_written() {
        for (text, hundredths, printed) in [
            ("3", 300, "3"),
            ("007", 700, "7"),
            ("0", 0, "0"),
            ("10.5", 1050, "10.5"),
            ("10.25", 1025, "10.25"),
            ("10.05", 1005, "10.05"),
            ("9999", 999_900, "9999"),
        ] {
            let volume: VolumeNumber = text.parse().expect(text);
            assert_eq!(volume.hundredths(), hundredths, "{text}");
            assert_eq!(volume.to_string(), printed);
        }
        for text in ["", "x", "-1", "10000", "1.234", "1.", ".5", "1,5", "１"] {
            assert!(text.parse::<VolumeNumber>().is_err(), "{text}");
        }
    }

    #[test]
    fn sets_have_one_canonical_form() {
        for (text, canonical, count) in [
            ("1-12", "1-12", 12),
            ("12,1-10,14", "1-10,12,14", 12),
            ("1,2,3", "1-3", 3),
            ("10.5", "10.5", 1),
            ("1-12,10.5", "1-12,10.5", 13),
            ("3,3,3", "3", 1),
            ("", "", 0),
            ("5-9,1-6,11", "1-9,11", 10),
        ] {
            let set: VolumeSet = text.parse().expect(text);
            assert_eq!(set.to_string(), canonical, "{text}");
            assert_eq!(set.len(), count, "{text}");
            assert_eq!(set.iter().count(), count, "{text}");
            assert!(set.iter().all(|volume| set.contains(volume)));
        }
        for text in ["12-1", "1-", "a", "1.5-3"] {
            assert!(text.parse::<VolumeSet>().is_err(), "{text}");
        }
    }

    #[test]
    fn order_puts_decimals_between_the_whole_numbers() {
        let set: VolumeSet = "9-11,10.5".parse().expect("a set");
        let printed: Vec<String> = set.iter().map(|volume| volume.to_string()).collect();
        assert_eq!(printed, ["9", "10", "10.5", "11"]);
        assert_eq!(
            set.last().map(|volume| volume.to_string()).as_deref(),
            Some("11")
        );
    }
}
