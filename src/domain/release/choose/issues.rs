//! Whether a number is an issue or chapter rather than a volume, where the word beside it does not say. Pure.

use smallvec::SmallVec;

use super::{Class, Expression, Reading, Role, Token, VolumeSet, What};
use crate::domain::{
    language::Code,
    release::{Kind, Origin},
    volume::VolumeNumber,
};

const FRENCH: Code = Code::of("fr");

/// No series has as many volumes: from here on they are chapters.
const FIRST_CHAPTER: u32 = 1000;

/// Fewer pixels are no resolution.
const LEAST_PIXELS: u32 = 500;

/// Publishers of issues, by the first word of their names.
const US_PUBLISHERS: [&str; 9] = [
    "dc",
    "marvel",
    "image",
    "idw",
    "vertigo",
    "valiant",
    "dynamite",
    "boom",
    "rebellion",
];

impl Reading<'_> {
    /// Takes a number whose kind the word beside it does not say.
    pub(super) fn number(&mut self, found: &Expression) {
        let set = self.set(found);
        self.out_of(found);
        if self.are_issues(found, &set) {
            self.release.chapters.extend_with(&set);
            self.take(found, Role::Chapters);
            return;
        }
        match found.of.filter(|_| self.release.complete) {
            Some(all) => {
                self.release.volumes.insert_range(1, all);
                self.take(found, Role::Count);
            }
            None => {
                self.release.volumes = set;
                self.take(found, Role::Volumes);
            }
        }
    }

    /// Issues of US comics and chapters: by the library's kind, by four digits, or three with year and `(Digital)` behind.
    fn are_issues(&self, found: &Expression, set: &VolumeSet) -> bool {
        if found.what == What::Weak {
            return false;
        }
        let number = &self.tokens[found.number];
        match self.hints.kind {
            Kind::Comics | Kind::Chapters => true,
            Kind::Manga | Kind::Bd => {
                number.digits >= 4 && !self.is_padded(number)
                    || number.digits == 3 && self.is_dated_digital() && !self.is_french()
            }
            Kind::Auto => {
                if number.digits >= 4 || set.last() >= VolumeNumber::whole(FIRST_CHAPTER) {
                    return true;
                }
                let may_be_issue = found.what == What::Issue || number.digits == 3;
                may_be_issue
                    && !self.is_french()
                    && (self.is_us_comic() || found.what != What::Issue && self.is_dated_digital())
            }
        }
    }

    /// `Vol. 2 #012`, `v2 012`: the volume is a run of the series, and the number behind it the issue.
    pub(super) fn runs_of_comics(&mut self, expressions: &mut SmallVec<[Expression; 4]>) {
        let run = expressions.windows(2).position(|pair| {
            let [run, issue] = pair else {
                return false;
            };
            matches!(run.what, What::Volume | What::Version)
                && !run.several
                && matches!(issue.what, What::Issue | What::Bare)
                && issue.first == run.end
                && (issue.what == What::Issue || self.tokens[issue.first].is_beside())
        });
        if let Some(at) = run {
            let run = expressions.remove(at);
            self.take(&run, Role::Noise);
        }
    }

    fn is_french(&self) -> bool {
        self.tokens
            .iter()
            .any(|token| token.class == Class::Language(FRENCH))
    }

    /// `(2018) (Digital)`, `[1992] [digital]`, `(2015) (c2c)`.
    fn is_dated_digital(&self) -> bool {
        let is_year = |at: usize| self.tokens[at].group > 0 && self.is_year(at);
        let is_digital = |at: usize| {
            let token = &self.tokens[at];
            token.group > 0 && self.says_digital(token) && !self.is_before_pixels(at)
        };
        (0..self.tokens.len()).any(is_year) && (0..self.tokens.len()).any(is_digital)
    }

    fn says_digital(&self, token: &Token) -> bool {
        let is_copied = matches!(token.class, Class::Origin(Origin::Official | Origin::Scan))
            && !token.is_number();
        is_copied
            || matches!(token.class, Class::Digital)
            || token.text(self.name).eq_ignore_ascii_case("webrip")
    }

    /// `[Digital-1920]` is how manga are named.
    fn is_before_pixels(&self, at: usize) -> bool {
        let group = self.tokens[at].group;
        self.tokens
            .get(at + 1)
            .is_some_and(|next| next.value >= Some(LEAST_PIXELS) && next.group == group)
    }

    /// It names a publisher of them, or says so.
    fn is_us_comic(&self) -> bool {
        self.tokens.iter().any(|token| {
            let text = token.text(self.name);
            matches!(text, "COMIC" | "Comic")
                || matches!(token.class, Class::Publisher)
                    && US_PUBLISHERS
                        .iter()
                        .any(|publisher| text.eq_ignore_ascii_case(publisher))
        })
    }
}
