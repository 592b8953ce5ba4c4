//! Offers in memory, to be found by words within a millisecond; what a page shows of them is read from the database. Pure.

use std::collections::{HashMap, HashSet};

use super::{category::Categories, request::Asked, words};
use crate::{
    domain::{
        units::DAY,
        volume::{VolumeNumber, VolumeSet},
    },
    store::feed::Known,
};

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
    /// There are others of the same release.
    has_twins: bool,
}

/// All offers that there are.
#[derive(Default)]
pub struct Index {
    rows: Vec<Row>,
    /// Places by word, ascending.
    words: HashMap<Box<str>, Vec<u32>>,
    /// Places by the beginning of a fingerprint.
    releases: HashMap<u64, Places>,
    wanted: HashMap<i64, VolumeSet>,
    followed: HashSet<i64>,
    /// Series and the beginnings of fingerprints of what is never to be had for them.
    blocked: HashSet<(i64, u64)>,
    /// Some did not come in the order of their numbers, as two processes write them: it has to be made anew.
    is_torn: bool,
}

/// Nearly every release was found for one series.
enum Places {
    One(u32),
    Several(Vec<u32>),
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matches {
    /// Numbers, the highest first.
    pub ids: Vec<i64>,
    /// Of how many.
    pub total: usize,
}

/// Which of the matches are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Nothing above this number is there yet.
    pub top: i64,
    /// Behind this one.
    pub after: After,
    /// So many.
    pub limit: usize,
}

/// Where a window begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// So many matches are left out.
    Matches(usize),
    /// Those with this number or a higher one are left out.
    Id(i64),
}

impl Index {
    /// The highest number; 0 when there is none.
    pub fn top(&self) -> i64 {
        self.rows.last().map_or(0, |row| row.id)
    }

    /// Takes offers: new ones in the order of their numbers, and what has changed of known ones.
    pub fn put(&mut self, offers: &[Known]) {
        for known in offers {
            match self.rows.binary_search_by_key(&known.id, |row| row.id) {
                Ok(place) if self.rows[place].series_id == known.series_id => {
                    self.rows[place].take(known);
                }
                Err(place) if place == self.rows.len() => self.add(known),
                // Its words would not be in order, or are those of another series.
                _ => self.is_torn = true,
            }
        }
    }

    /// It has to be made anew.
    pub fn is_torn(&self) -> bool {
        self.is_torn
    }

    /// Takes which series are followed now.
    pub fn follow(&mut self, series: Vec<i64>) {
        self.followed = series.into_iter().collect();
    }

    /// Takes what is blocked: series and fingerprints.
    pub fn block(&mut self, blocked: &[(i64, String)]) {
        let blocked = blocked.iter();
        self.blocked = blocked
            .map(|(series, fingerprint)| (*series, beginning(fingerprint)))
            .collect();
    }

    /// Takes what is missing now.
    pub fn want(&mut self, wanted: &[(i64, VolumeNumber)]) {
        self.wanted.clear();
        for (series, volume) in wanted {
            self.wanted.entry(*series).or_default().insert(*volume);
        }
    }

    fn add(&mut self, known: &Known) {
        let place = u32::try_from(self.rows.len()).expect("fewer offers than places");
        let (mut words, year) = words::of_name(&known.title, &known.volumes, &known.series);
        words.sort_unstable();
        words.dedup();
        for word in words {
            self.words
                .entry(word.into_boxed_str())
                .or_default()
                .push(place);
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
            has_twins: false,
        };
        row.take(known);
        self.rows.push(row);
        self.twin(place);
    }

    /// The last row may be of a release that is known already.
    fn twin(&mut self, place: u32) {
        let release = self.rows[place as usize].release;
        let Some(known) = self.releases.get_mut(&release) else {
            self.releases.insert(release, Places::One(place));
            return;
        };
        let mut places = match known {
            Places::One(first) => vec![*first],
            Places::Several(places) => std::mem::take(places),
        };
        places.push(place);
        for place in &places {
            self.rows[*place as usize].has_twins = true;
        }
        *known = Places::Several(places);
    }

    /// Those that fit, the newest first. `now` is when their ages are counted.
    pub fn find(&self, part: Part, asked: &Asked, window: Window, now: i64) -> Matches {
        let terms = words::of_query(&asked.text);
        let search = Search {
            index: self,
            part,
            asked,
            top: window.top,
            now,
            terms: terms.iter().map(|forms| self.places(forms)).collect(),
        };
        let mut matches = Matches::default();
        search.run(|id| {
            let is_behind = match window.after {
                After::Matches(offset) => matches.total >= offset,
                After::Id(last) => id < last,
            };
            matches.total += 1;
            if is_behind && matches.ids.len() < window.limit {
                matches.ids.push(id);
            }
        });
        matches
    }

    /// Where each form of a term stands.
    fn places(&self, forms: &[String]) -> Vec<&[u32]> {
        let places = forms.iter().map(|form| self.words.get(form.as_str()));
        places
            .map(|places| places.map_or(&[][..], Vec::as_slice))
            .collect()
    }

    fn is_found(&self, row: &Row) -> bool {
        let wanted = self.wanted.get(&row.series_id);
        match (&row.useful, wanted) {
            (Some(useful), Some(wanted)) => {
                !self.blocked.contains(&(row.series_id, row.release))
                    && !useful.common_with(wanted).is_empty()
            }
            _ => false,
        }
    }
}

/// One search.
struct Search<'a> {
    index: &'a Index,
    part: Part,
    asked: &'a Asked,
    /// Nothing above this number is there yet.
    top: i64,
    now: i64,
    /// Of each term, where its forms stand.
    terms: Vec<Vec<&'a [u32]>>,
}

impl Search<'_> {
    /// The numbers of what fits, the highest first.
    fn run(&self, mut take: impl FnMut(i64)) {
        let mut take = |place: u32| {
            if self.is_shown(place) {
                take(self.row(place).id);
            }
        };
        let rarest = self
            .terms
            .iter()
            .min_by_key(|forms| forms.iter().map(|places| places.len()).sum::<usize>());
        match rarest {
            None => (0..self.index.rows.len() as u32).rev().for_each(take),
            Some(forms) => {
                let mut places: Vec<u32> = forms.concat();
                places.sort_unstable();
                places.dedup();
                places.into_iter().rev().for_each(&mut take);
            }
        }
    }

    fn row(&self, place: u32) -> &Row {
        &self.index.rows[place as usize]
    }

    /// It fits; and of one release that was found for several series it is the accepted one, else the first.
    fn is_shown(&self, place: u32) -> bool {
        if !self.fits(place) {
            return false;
        }
        let row = self.row(place);
        let twins = match self.index.releases.get(&row.release) {
            Some(Places::Several(places)) if row.has_twins => places,
            _ => return true,
        };
        let fitting = twins.iter().filter(|twin| self.fits(**twin));
        let best = fitting.min_by_key(|twin| (self.row(**twin).useful.is_none(), **twin));
        best == Some(&place)
    }

    fn fits(&self, place: u32) -> bool {
        let (row, asked) = (self.row(place), self.asked);
        let days = |count: u64| i64::try_from(count).unwrap_or(i64::MAX).saturating_mul(DAY);
        let age = self.now.saturating_sub(row.published_at);
        row.id <= self.top
            && self.index.followed.contains(&row.series_id)
            && (self.part == Part::All || self.index.is_found(row))
            && asked
                .categories
                .is_none_or(|asked| asked.meets(row.categories))
            && asked.least_age.is_none_or(|least| age >= days(least))
            && asked.most_age.is_none_or(|most| age <= days(most))
            && asked.fits_size(row.size)
            && asked.fits_year(row.year)
            && self.stands(place)
    }

    /// Each term stands in its name, in one of its forms.
    fn stands(&self, place: u32) -> bool {
        let in_one = |forms: &Vec<&[u32]>| {
            let mut forms = forms.iter();
            forms.any(|places| places.binary_search(&place).is_ok())
        };
        self.terms.iter().all(in_one)
    }
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
