//! Numbers among the tags: years, resolutions and revisions. Pure.

use super::{Class, Gap, Reading, Role};
use crate::domain::volume::VolumeNumber;

/// Resolutions that look like years, when nothing else is in their bracket.
const LIKE_YEARS: [u32; 3] = [1920, 1921, 2048];

/// In pixels of one side.
const LEAST_SIDE: u32 = 300;

/// In pixels of the longer side, where only the word before says that they are pixels.
const LEAST_UNNAMED: u32 = 500;

const MOST_PIXELS: u32 = 9_999;

impl Reading<'_> {
    pub(super) fn read_number(&mut self, at: usize) {
        let token = &self.tokens[at];
        match token.class {
            Class::Continued => return,
            Class::Edition(edition) => return self.edition(at..at + 3, edition),
            _ => {}
        }
        if self.sized(at) || self.pixels(at) {
            return;
        }
        let token = &self.tokens[at];
        let like_year = token
            .value
            .filter(|value| LIKE_YEARS.contains(value) && self.is_alone_in_bracket(at));
        if let Some(pixels) = like_year {
            self.release.resolution.get_or_insert(pixels);
            self.give(at..at + 1, Role::Resolution);
        } else if self.is_year(at) && (token.group > 0 || self.is_dated(at)) {
            self.year(at);
        } else if at + 3 >= self.tokens.len() {
            self.closing_revision(at);
        }
    }

    pub(super) fn is_alone_in_bracket(&self, at: usize) -> bool {
        let group = self.tokens[at].group;
        group > 0
            && (at == 0 || self.tokens[at - 1].group != group)
            && self
                .tokens
                .get(at + 1)
                .is_none_or(|next| next.group != group)
    }

    /// A year among the tags of a dotted name, or at its end.
    fn is_dated(&self, at: usize) -> bool {
        let is_tag = |at: usize| {
            self.tokens.get(at).is_none_or(|next| {
                next.class.is_loose_tag() || next.gap.has(Gap::DASH.or(Gap::BRACKET))
            })
        };
        let is_behind_tag = || self.class(at.wrapping_sub(1)).is_loose_tag();
        at >= self.title_end && is_tag(at + 1) && (!self.spaced || is_tag(at) || is_behind_tag())
    }

    /// `2004`, `2004-2010`; a later one in brackets is better than one outside.
    fn year(&mut self, at: usize) {
        let year = self.tokens[at].value.unwrap_or(0);
        let last = self.last_year(at + 1).filter(|last| *last >= year);
        if self.release.years.is_none() && !self.has_better_year(at) {
            self.release.years = Some((year, last.unwrap_or(year)));
        }
        self.give(at..at + 1 + usize::from(last.is_some()), Role::Year);
    }

    /// The `2010` of `2004-2010`.
    fn last_year(&self, at: usize) -> Option<u32> {
        let token = self.tokens.get(at)?;
        let is_behind_dash = token.gap.has(Gap::DASH) && token.gap.only(Gap::DASH.or(Gap::SPACE));
        token.value.filter(|_| is_behind_dash && self.is_year(at))
    }

    fn has_better_year(&self, at: usize) -> bool {
        self.tokens[at].group == 0
            && (at + 1..self.tokens.len())
                .any(|later| self.tokens[later].group > 0 && self.is_year(later))
    }

    /// `1600x2500`.
    fn sized(&mut self, at: usize) -> bool {
        let [width, x, height, ..] = &self.tokens[at..] else {
            return false;
        };
        if !x.is_glued()
            || !x.is_letter(self.name, b'x')
            || !height.is_number()
            || !height.is_glued()
        {
            return false;
        }
        let (Some(width), Some(height)) = (width.value, height.value) else {
            return false;
        };
        if width.min(height) < LEAST_SIDE {
            return false;
        }
        self.release.resolution.get_or_insert(width.max(height));
        self.give(at..at + 3, Role::Resolution);
        true
    }

    /// `1920px`, `1920u`, `4400h`.
    fn pixels(&mut self, at: usize) -> bool {
        let pixels = self.tokens[at]
            .value
            .filter(|value| (LEAST_SIDE..=MOST_PIXELS).contains(value));
        let Some(pixels) = pixels.filter(|_| self.is_pixels_word(at + 1)) else {
            return false;
        };
        self.release.resolution.get_or_insert(pixels);
        self.give(at..at + 2, Role::Resolution);
        true
    }

    /// `px` wherever it stands; `u`, `h` and `p` only directly behind a number.
    fn is_pixels_word(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|unit| {
            let text = unit.text(self.name);
            match unit.class {
                Class::Pixels => unit.is_glued() || text.len() == 2,
                _ => unit.is_glued() && matches!(text, "h" | "H" | "p"),
            }
        })
    }

    /// The number behind `Digital-` or `eBook officiel`, and what more is said of it.
    pub(super) fn resolution_behind(&mut self, word: usize, at: usize) {
        let Some(pixels) = self
            .resolution_at(at)
            .filter(|_| self.tokens[at].group == self.tokens[word].group)
        else {
            return;
        };
        self.release.resolution.get_or_insert(pixels);
        self.give(at..at + 1, Role::Resolution);
        let more = self.tokens[at + 1..]
            .iter()
            .take_while(|more| {
                more.is_number() && more.gap.only(Gap::DASH)
                    || matches!(more.class, Class::Pixels) && more.is_glued()
            })
            .count();
        self.give(at + 1..at + 1 + more, Role::Noise);
    }

    pub(super) fn resolution_at(&self, at: usize) -> Option<u32> {
        let token = self.tokens.get(at)?;
        let is_near = token.gap.only(Gap::SOFT.or(Gap::DASH));
        token.value.filter(|pixels| {
            is_near && token.digits >= 3 && (LEAST_UNNAMED..=MOST_PIXELS).contains(pixels)
        })
    }

    /// `{r2}`, `v1.5`, `v2` that is left.
    pub(super) fn revision(&mut self, at: usize) {
        let token = &self.tokens[at];
        let is_v = token.is_letter(self.name, b'v');
        let is_r = token.is_letter(self.name, b'r')
            && token.gap.has(Gap::OPEN)
            && self.group_end(at) == at + 2;
        let begins = at == 0 || !token.is_glued() || self.tokens[at - 1].is_number();
        if !(is_v || is_r) || !begins {
            return;
        }
        let Some(number) = self
            .tokens
            .get(at + 1)
            .filter(|number| number.is_number() && number.is_glued() && number.digits <= 2)
        else {
            return;
        };
        let tenths = self
            .tokens
            .get(at + 2)
            .filter(|part| is_v && part.is_number() && part.gap == Gap::DOT && part.digits == 1);
        let revision = with_tenths(number.value, tenths.and_then(|part| part.value));
        let end = at + 2 + usize::from(tenths.is_some());
        self.release.revision = self.release.revision.or(revision);
        self.give(at..end, Role::Revision);
    }

    /// `1.0` and `2.0` at the end of a scanned comic's name; the first is no revision.
    fn closing_revision(&mut self, at: usize) {
        let [whole, part, rest @ ..] = &self.tokens[at..] else {
            return;
        };
        let is_decimal = whole.digits == 1
            && part.digits == 1
            && part.gap == Gap::DOT
            && part.start == whole.end + 1;
        let is_last = rest.first().is_none_or(|next| next.class.is_tag());
        if !is_decimal || !is_last || !whole.gap.has(Gap::CLOSE) {
            return;
        }
        let revision =
            with_tenths(whole.value, part.value).filter(|it| Some(*it) > VolumeNumber::whole(1));
        self.release.revision = self.release.revision.or(revision);
        self.give(at..at + 2, Role::Revision);
    }
}

fn with_tenths(whole: Option<u32>, tenths: Option<u32>) -> Option<VolumeNumber> {
    let hundredths = whole.unwrap_or(0) * 100 + tenths.unwrap_or(0) * 10;
    VolumeNumber::from_hundredths(i64::from(hundredths))
}
