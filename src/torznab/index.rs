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
    /// The same release, found for another series, is shown instead.
    is_twin: bool,
}

/// All offers that there are.
#[derive(Default)]
pub struct Index {
    rows: Vec<Row>,
    /// Places by word, ascending.
    words: HashMap<Box<str>, Vec<u32>>,
    /// Places by the beginning of a fingerprint.
    releases: HashMap<u64, u32>,
    wanted: HashMap<i64, VolumeSet>,
    followed: HashSet<i64>,
    /// When the latest of them was seen.
    last_seen: i64,
    /// Some did not come in the order of their numbers, as two processes write them: it has to be made anew.
    is_torn: bool,
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

    /// When the latest of them was seen.
    pub fn last_seen(&self) -> i64 {
        self.last_seen
    }

    /// Takes offers: new ones in the order of their numbers, and what has changed of known ones.
    pub fn put(&mut self, offers: &[Known]) {
        for known in offers {
            self.last_seen = self.last_seen.max(known.last_seen);
            match self.rows.binary_search_by_key(&known.id, |row| row.id) {
                Ok(place) => self.change(place, known),
                Err(place) if place == self.rows.len() => self.add(known),
                // Its words would not be in order.
                Err(_) => self.is_torn = true,
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
            is_twin: false,
        };
        row.take(known);
        self.rows.push(row);
        self.twin(place, known);
    }

    fn change(&mut self, place: usize, known: &Known) {
        self.rows[place].take(known);
        self.twin(place as u32, known);
    }

    /// Of one release that was found for several series the accepted one is shown, else the first.
    fn twin(&mut self, place: u32, known: &Known) {
        let Some(start) = known.fingerprint.get(..16) else {
            return;
        };
        let Ok(release) = u64::from_str_radix(start, 16) else {
            return;
        };
        let shown = *self.releases.entry(release).or_insert(place);
        if shown == place {
            return;
        }
        let is_accepted = |place: u32| self.rows[place as usize].useful.is_some();
        let (shown, hidden) = match is_accepted(place) && !is_accepted(shown) {
            true => (place, shown),
            false => (shown, place),
        };
        self.releases.insert(release, shown);
        self.rows[shown as usize].is_twin = false;
        self.rows[hidden as usize].is_twin = true;
    }

    /// Those that fit, the newest first.
    pub fn find(&self, part: Part, asked: &Asked, window: Window, now: i64) -> Matches {
        let mut matches = Matches::default();
        let take = |place: u32| {
            let row = &self.rows[place as usize];
            if row.id > window.top || !self.fits(row, part, asked, now) {
                return;
            }
            let is_behind = match window.after {
                After::Matches(offset) => matches.total >= offset,
                After::Id(id) => row.id < id,
            };
            matches.total += 1;
            if is_behind && matches.ids.len() < window.limit {
                matches.ids.push(row.id);
            }
        };
        match words::of_query(&asked.text) {
            terms if terms.is_empty() => (0..self.rows.len() as u32).rev().for_each(take),
            terms => self.with_words(&terms, take),
        }
        matches
    }

    /// Places in whose names each of the terms stands, in one of its forms; the last first.
    fn with_words(&self, terms: &[Vec<String>], take: impl FnMut(u32)) {
        let none = Vec::new();
        let mut terms: Vec<Vec<&[u32]>> = terms
            .iter()
            .map(|forms| {
                let places = forms.iter();
                places
                    .map(|form| self.words.get(form.as_str()).unwrap_or(&none).as_slice())
                    .collect()
            })
            .collect();
        terms.sort_by_key(|forms| forms.iter().map(|places| places.len()).sum::<usize>());
        let Some((rarest, others)) = terms.split_first() else {
            return;
        };
        let mut places: Vec<u32> = rarest.concat();
        places.sort_unstable();
        places.dedup();
        let stands = |place: &u32| {
            others
                .iter()
                .all(|forms| forms.iter().any(|known| known.binary_search(place).is_ok()))
        };
        places.into_iter().rev().filter(stands).for_each(take);
    }

    fn fits(&self, row: &Row, part: Part, asked: &Asked, now: i64) -> bool {
        let is_in = !row.is_twin
            && self.followed.contains(&row.series_id)
            && match part {
                Part::All => true,
                Part::Found => self.is_found(row),
            };
        let days = |count: u64| i64::try_from(count).unwrap_or(i64::MAX).saturating_mul(DAY);
        let age = now.saturating_sub(row.published_at);
        is_in
            && asked
                .categories
                .is_none_or(|asked| asked.meets(row.categories))
            && asked.least_age.is_none_or(|least| age >= days(least))
            && asked.most_age.is_none_or(|most| age <= days(most))
            && fits_size(row.size, asked)
            && match (asked.year, row.year) {
                (Some(asked), Some(stated)) => asked == u32::from(stated),
                _ => true,
            }
    }

    fn is_found(&self, row: &Row) -> bool {
        let wanted = self.wanted.get(&row.series_id);
        match (&row.useful, wanted) {
            (Some(useful), Some(wanted)) => !useful.common_with(wanted).is_empty(),
            _ => false,
        }
    }
}

/// What is of an unknown size is of any.
fn fits_size(size: Option<u64>, asked: &Asked) -> bool {
    size.is_none_or(|size| {
        asked.least_size.is_none_or(|least| size >= least)
            && asked.most_size.is_none_or(|most| size <= most)
    })
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
mod tests {
    use super::*;
    use crate::domain::release::Kind;

    fn known(id: i64, title: &str, volumes: &str) -> Known {
        Known {
            id,
            series_id: 1,
            fingerprint: format!("{id:064x}").chars().rev().collect(),
            title: title.into(),
            size: Some(80_000_000),
            published_at: id * DAY,
            categories: vec![7030],
            volumes: volumes.parse().expect("a set"),
            useful: volumes.parse().expect("a set"),
            accepted: false,
            series: "One Piece".into(),
            kind: Kind::Manga,
            language: "fr".into(),
            last_seen: id,
        }
    }

    fn all(index: &Index, part: Part, asked: &Asked) -> Vec<i64> {
        let window = Window {
            top: i64::MAX,
            after: After::Matches(0),
            limit: 100,
        };
        let found = index.find(part, asked, window, 100 * DAY);
        assert_eq!(found.total, found.ids.len());
        found.ids
    }

    fn by(text: &str) -> Asked {
        Asked {
            text: text.into(),
            limit: 100,
            ..Asked::default()
        }
    }

    fn index() -> Index {
        let mut index = Index::default();
        index.follow((1..=6).collect());
        index.put(&[
            known(1, "One Piece T104 FRENCH CBZ-Team", "104"),
            known(2, "[Scan] One Piece Tomes 001 à 103 (2021) [CBZ]", "1-103"),
            known(3, "One.Piece.v105.2023.Digital.1r0n", "105"),
            known(4, "L'île aux pirates 12", "12"),
        ]);
        index
    }

    #[test]
    fn words_and_volumes_find_what_holds_them() {
        let index = index();
        for (text, expected) in [
            ("", &[4, 3, 2, 1][..]),
            ("one piece", &[4, 3, 2, 1]),
            ("ONE-PIÈCE", &[4, 3, 2, 1]),
            ("One Piece 104", &[1]),
            ("one piece T104", &[1]),
            ("One Piece vol. 104", &[1]),
            ("One Piece Tome 042", &[2]),
            ("One Piece #12", &[4, 2]),
            ("One Piece v105 2023 Digital 1r0n", &[3]),
            ("ile pirates", &[4]),
            ("One Piece 106", &[]),
            ("two pieces", &[]),
            ("!!!", &[4, 3, 2, 1]),
        ] {
            assert_eq!(all(&index, Part::All, &by(text)), expected, "{text}");
        }
    }

    #[test]
    fn bounds_leave_out_what_is_beyond_them() {
        let mut index = index();
        let unsized_ = Known {
            size: None,
            ..known(5, "One Piece T106", "106")
        };
        index.put(&[unsized_]);
        let plain = by("");
        for (asked, expected) in [
            (
                Asked {
                    most_age: Some(97),
                    ..plain.clone()
                },
                &[5, 4, 3][..],
            ),
            (
                Asked {
                    least_age: Some(98),
                    ..plain.clone()
                },
                &[2, 1],
            ),
            (
                Asked {
                    least_size: Some(90_000_000),
                    ..plain.clone()
                },
                &[5],
            ),
            (
                Asked {
                    year: Some(2021),
                    ..plain.clone()
                },
                &[5, 4, 2, 1],
            ),
            (
                Asked {
                    categories: Some(Categories::asked(7010)),
                    ..plain.clone()
                },
                &[],
            ),
            (
                Asked {
                    most_age: Some(u64::MAX),
                    least_size: Some(0),
                    most_size: Some(u64::MAX),
                    ..plain
                },
                &[5, 4, 3, 2, 1],
            ),
        ] {
            assert_eq!(all(&index, Part::All, &asked), expected, "{asked:?}");
        }
    }

    #[test]
    fn found_is_what_was_accepted_for_what_is_still_missing() {
        let mut index = index();
        index.put(&[Known {
            accepted: true,
            ..known(5, "One Piece T106", "106")
        }]);
        let found = |index: &Index| all(index, Part::Found, &by(""));
        assert_eq!(found(&index), [0; 0], "nothing is missing");
        index.want(&[(1, "106".parse().expect("a volume"))]);
        assert_eq!(found(&index), [5]);
        index.put(&[Known {
            accepted: true,
            ..known(1, "One Piece T104 FRENCH CBZ-Team", "104")
        }]);
        index.want(&[(1, "104".parse().expect("a volume"))]);
        assert_eq!(found(&index), [1], "a known one that is accepted now");
    }

    #[test]
    fn one_release_is_there_once_whatever_it_was_found_for() {
        let mut index = index();
        let twin = |id, accepted| Known {
            series_id: id,
            accepted,
            fingerprint: known(1, "", "").fingerprint,
            ..known(id, "One Piece T104 FRENCH CBZ-Team", "104")
        };
        index.put(&[twin(5, false)]);
        assert_eq!(all(&index, Part::All, &by("104")), [1]);
        index.put(&[twin(6, true)]);
        assert_eq!(all(&index, Part::All, &by("104")), [6], "the accepted one");
        index.put(&[twin(5, true)]);
        assert_eq!(all(&index, Part::All, &by("104")), [6]);
        index.follow(vec![1]);
        assert_eq!(all(&index, Part::All, &by("104")), [0; 0]);
    }

    #[test]
    fn a_window_begins_behind_a_match_and_sees_nothing_newer() {
        let index = index();
        let find = |top, after, limit| {
            let window = Window { top, after, limit };
            let found = index.find(Part::All, &by("one piece"), window, 0);
            (found.ids, found.total)
        };
        assert_eq!(find(3, After::Matches(0), 2), (vec![3, 2], 3));
        assert_eq!(find(3, After::Matches(2), 2), (vec![1], 3));
        assert_eq!(find(3, After::Id(2), 2), (vec![1], 3));
        assert_eq!(find(3, After::Matches(3), 2), (vec![], 3));
        assert_eq!(find(0, After::Matches(0), 2), (vec![], 0));
    }
}
