//! Finds offers in the index: sets of places are cut with one another.

use std::borrow::Cow;

use roaring::RoaringBitmap;

use super::{Index, Part, Places, Row};
use crate::{
    domain::units::DAY,
    torznab::{request::Asked, words},
};

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
    /// Those that fit, the newest first. `now` is when their ages are counted.
    pub fn find(&self, part: Part, asked: &Asked, window: Window, now: i64) -> Matches {
        let mut fitting = match part {
            Part::Found => self.found.clone(),
            Part::All => self.followed.clone(),
        };
        fitting.remove_range(self.places_up_to(window.top)..);
        for forms in words::of_query(&asked.text) {
            fitting &= &*self.places_of(&forms);
        }
        if asked.has_bounds() {
            let places = fitting.iter();
            fitting = places
                .filter(|place| self.row(*place).fits(asked, now))
                .collect();
        }
        self.leave_one_of_each(&mut fitting);
        let total = fitting.len() as usize;
        let left_out = match window.after {
            After::Matches(offset) => offset,
            After::Id(last) => {
                fitting.remove_range(self.places_up_to(last - 1)..);
                0
            }
        };
        let places = fitting.iter().rev().skip(left_out).take(window.limit);
        Matches {
            ids: places.map(|place| self.row(place).id).collect(),
            total,
        }
    }

    fn row(&self, place: u32) -> &Row {
        &self.rows[place as usize]
    }

    /// How many rows have this number or a lower one; they are the first.
    fn places_up_to(&self, id: i64) -> u32 {
        self.rows.partition_point(|row| row.id <= id) as u32
    }

    /// Where a term stands, in any of its forms.
    fn places_of(&self, forms: &[String]) -> Cow<'_, RoaringBitmap> {
        let known = forms
            .iter()
            .filter_map(|form| self.words.get(form.as_str()));
        let mut known = known.map(Places::set);
        let first = known.next().unwrap_or_default();
        known.fold(first, |all, some| Cow::Owned(&*all | &*some))
    }

    /// Of one release that was found for several series the accepted one stays, else the first.
    fn leave_one_of_each(&self, fitting: &mut RoaringBitmap) {
        for place in &self.twins & &*fitting {
            let all = self.releases[&self.row(place).release].set();
            let mut all = all.iter().filter(|twin| fitting.contains(*twin));
            let first = all.clone().next();
            let accepted = all.find(|twin| self.row(*twin).useful.is_some());
            if accepted.or(first) != Some(place) {
                fitting.remove(place);
            }
        }
    }
}

impl Row {
    fn fits(&self, asked: &Asked, now: i64) -> bool {
        let days = |count: u64| i64::try_from(count).unwrap_or(i64::MAX).saturating_mul(DAY);
        let age = now.saturating_sub(self.published_at);
        asked
            .categories
            .is_none_or(|asked| asked.meets(self.categories))
            && asked.least_age.is_none_or(|least| age >= days(least))
            && asked.most_age.is_none_or(|most| age <= days(most))
            && asked.fits_size(self.size)
            && asked.fits_year(self.year)
    }
}
