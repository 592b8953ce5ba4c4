//! Offers in memory, to be found by words within a millisecond; what a page shows of them is read from the database. [`search`] finds. Pure.

mod search;

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
};

use roaring::RoaringBitmap;

use super::{category::Categories, words};
use crate::{
    domain::volume::{VolumeNumber, VolumeSet},
    store::feed::{Collected, Known},
};

pub use search::{After, Window};

/// What is in a feed of offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Those that were accepted, for volumes that are still missing.
    Found,
    /// All of series that are followed.
    All,
}

/// An offer. Its place among the rows is in the order of the numbers.
struct Row {
    id: i64,
    series_id: i64,
    size: Option<u64>,
    published_at: i64,
    categories: Categories,
    /// The year that its name states.
    year: Option<u16>,
    /// Wanted volumes of it, as of its check; only of an accepted one.
    useful: Option<Box<VolumeSet>>,
    /// The beginning of its fingerprint: the same release has the same one, for whatever series it was found.
    release: u64,
}

/// All offers that there are.
#[derive(Default)]
pub struct Index {
    rows: Vec<Row>,
    /// Places by word.
    words: HashMap<Box<str>, Places>,
    /// Places by the beginning of a fingerprint.
    releases: HashMap<u64, Places>,
    /// Places of releases that have several.
    twins: RoaringBitmap,
    around: Around,
    /// Places of series that are followed.
    followed: RoaringBitmap,
    /// Those among them that were accepted for what is still missing.
    found: RoaringBitmap,
    /// What each series was called and is, when its offers were read.
    named: HashMap<i64, u64>,
    /// What was read does not go together: it has to be made anew.
    is_torn: bool,
}

/// Nearly every word and every release has one place.
enum Places {
    One(u32),
    Several(RoaringBitmap),
}

/// What decides which offers are shown.
#[derive(Default, PartialEq, Eq)]
struct Around {
    followed: HashSet<i64>,
    wanted: HashMap<i64, VolumeSet>,
    /// Series and the beginnings of fingerprints of what is never to be had for them.
    blocked: HashSet<(i64, u64)>,
}

impl Index {
    /// The highest number; 0 when there is none.
    pub fn top(&self) -> i64 {
        self.rows.last().map_or(0, |row| row.id)
    }

    /// Takes offers: new ones in the order of their numbers, and what has changed of known ones.
    pub fn put(&mut self, offers: &[Known]) {
        for known in offers {
            let name = named(&known.series, known.kind.word(), &known.language);
            // One series that was read under two names: some of it was read too early.
            self.is_torn |= *self.named.entry(known.series_id).or_insert(name) != name;
            match self.rows.binary_search_by_key(&known.id, |row| row.id) {
                Ok(place) if self.rows[place].series_id == known.series_id => {
                    self.rows[place].take(known);
                    self.show(place);
                }
                Err(place) if place == self.rows.len() => self.add(known),
                // Its words would not be in order, as two processes write them, or are those of another series.
                _ => self.is_torn = true,
            }
        }
    }

    /// It has to be made anew.
    pub fn is_torn(&self) -> bool {
        self.is_torn
    }

    /// Takes all series that there are now, what is missing, and what is blocked: series and fingerprints.
    pub fn see(
        &mut self,
        series: &[Collected],
        wanted: &[(i64, VolumeNumber)],
        blocked: &[(i64, String)],
    ) {
        let name = |it: &Collected| (it.id, named(&it.title, it.kind.word(), &it.language));
        let names: HashMap<i64, u64> = series.iter().map(name).collect();
        // Words come of a series' title too, and those of one that is gone are of another series now, or of none.
        let is_named = |(id, name): (&i64, &u64)| names.get(id) == Some(name);
        self.is_torn |= !self.named.iter().all(is_named);
        let monitored = series.iter().filter(|it| it.monitored);
        let mut around = Around {
            followed: monitored.map(|it| it.id).collect(),
            wanted: HashMap::new(),
            blocked: blocked
                .iter()
                .map(|(series, fingerprint)| (*series, beginning(fingerprint)))
                .collect(),
        };
        for (series, volume) in wanted {
            around.wanted.entry(*series).or_default().insert(*volume);
        }
        if around != self.around {
            self.around = around;
            (0..self.rows.len()).for_each(|place| self.show(place));
        }
    }

    fn add(&mut self, known: &Known) {
        let place = u32::try_from(self.rows.len()).expect("fewer offers than places");
        let (words, year) = words::of_name(&known.title, &known.volumes, &known.series);
        for word in words {
            match self.words.get_mut(word.as_str()) {
                Some(places) => places.add(place),
                None => {
                    let word = word.into_boxed_str();
                    self.words.insert(word, Places::One(place));
                }
            }
        }
        let mut row = Row {
            id: known.id,
            series_id: known.series_id,
            size: None,
            published_at: 0,
            categories: Categories::default(),
            year,
            useful: None,
            release: beginning(&known.fingerprint),
        };
        row.take(known);
        match self.releases.get_mut(&row.release) {
            Some(places) => {
                places.add(place);
                self.twins |= &*places.set();
            }
            None => {
                self.releases.insert(row.release, Places::One(place));
            }
        }
        self.rows.push(row);
        self.show(place as usize);
    }

    /// Writes down in which feeds a row is.
    fn show(&mut self, place: usize) {
        let row = &self.rows[place];
        let is_followed = self.around.followed.contains(&row.series_id);
        let is_found = is_followed && self.around.is_wanted(row);
        for (places, is_in) in [
            (&mut self.followed, is_followed),
            (&mut self.found, is_found),
        ] {
            match is_in {
                true => places.insert(place as u32),
                false => places.remove(place as u32),
            };
        }
    }
}

impl Around {
    /// It was accepted, for what is still missing.
    fn is_wanted(&self, row: &Row) -> bool {
        match (&row.useful, self.wanted.get(&row.series_id)) {
            (Some(useful), Some(wanted)) => {
                !self.blocked.contains(&(row.series_id, row.release))
                    && !useful.common_with(wanted).is_empty()
            }
            _ => false,
        }
    }
}

impl Places {
    fn add(&mut self, place: u32) {
        match self {
            Self::One(first) if *first == place => {}
            Self::One(first) => *self = Self::Several(RoaringBitmap::from([*first, place])),
            Self::Several(places) => {
                places.insert(place);
            }
        }
    }

    fn set(&self) -> Cow<'_, RoaringBitmap> {
        match self {
            Self::One(place) => Cow::Owned(RoaringBitmap::from([*place])),
            Self::Several(places) => Cow::Borrowed(places),
        }
    }
}

/// What a series is called and what it is, in short.
fn named(title: &str, kind: &str, language: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (title, kind, language).hash(&mut hasher);
    hasher.finish()
}

/// The beginning of a fingerprint.
fn beginning(fingerprint: &str) -> u64 {
    let start = fingerprint.get(..16).unwrap_or_default();
    u64::from_str_radix(start, 16).unwrap_or_default()
}

impl Row {
    fn take(&mut self, known: &Known) {
        self.size = known.size;
        self.published_at = known.published_at;
        self.categories = Categories::of(&known.categories, known.kind, &known.language);
        self.useful = known.accepted.then(|| Box::new(known.useful.clone()));
    }
}

#[cfg(test)]
mod tests;
