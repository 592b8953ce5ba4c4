//! Books outside the main line, and what comes beside the volumes: `Artbook`, `+ HS`, `+ Gaiden`. Pure.

use std::ops::Range;

use super::{Class, Gap, Reading, Role, Token, VolumeSet};
use crate::domain::release::{Special, SpecialKind};

impl Reading<'_> {
    /// `Artbooks`, `Hors-série`: a title that is nothing but such words, as folders of specials have.
    pub(super) fn read_special_title(&mut self) {
        let Class::Special(kind) = self.class(self.title_start) else {
            return;
        };
        let behind = self.behind_phrase(self.title_start);
        let is_alone = behind >= self.title_end
            || self
                .tokens
                .get(behind)
                .is_none_or(|token| token.role != Role::Series);
        if is_alone {
            self.special_without_number(kind);
        }
    }

    /// `Light Novel`; the short words and `Novel` only where nothing but tags is in their bracket.
    pub fn is_novel(&self, at: usize) -> bool {
        if self.behind_phrase(at) > at + 1 {
            return true;
        }
        let group = self.tokens[at].group;
        let is_tag = |token: &&Token| {
            token.class.is_loose_tag() || matches!(token.class, Class::Novel | Class::Continued)
        };
        group > 0
            && self
                .tokens
                .iter()
                .filter(|token| token.group == group)
                .all(|token| is_tag(&token))
    }

    pub fn special_without_number(&mut self, kind: SpecialKind) {
        self.release.special.get_or_insert(Special {
            kind,
            numbers: VolumeSet::default(),
        });
    }

    /// A special when it stands alone; beside volumes of the main line it comes with them.
    pub(super) fn special_word(&mut self, words: Range<usize>, kind: SpecialKind) {
        let token = &self.tokens[words.start];
        let (gap, group) = (token.gap, token.group);
        let is_short = token.length() <= 2 && words.len() == 1;
        if is_short && !token.capitals && !gap.has(Gap::PLUS) && group == 0 {
            return;
        }
        let is_added = gap.has(Gap::PLUS.or(Gap::AMPERSAND))
            || matches!(self.class(words.start.wrapping_sub(1)), Class::ListWord);
        let has_volumes = !self.release.volumes.is_empty();
        let has_numbers = has_volumes || !self.release.chapters.is_empty();
        let stands_apart =
            group == 0 && matches!(kind, SpecialKind::Extra | SpecialKind::HorsSerie);
        if is_added && has_numbers {
            self.release.extras = true;
        } else if !has_volumes || words.start <= self.title_end || stands_apart {
            self.special_without_number(kind);
        }
        self.give(words, Role::Special);
    }

    /// `Extra` where no volume is: in brackets beside volumes it says little.
    pub(super) fn is_loose_special(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        token.group == 0 || token.gap.has(Gap::PLUS) || self.release.volumes.is_empty()
    }

    /// `+ Gaiden`, `+ 2 One Shot`: words behind a plus.
    pub(super) fn read_extras(&mut self) {
        let release = &self.release;
        let has_numbers = !release.volumes.is_empty() || !release.chapters.is_empty();
        if !self.gaps.has(Gap::PLUS) || !has_numbers || release.extras {
            return;
        }
        let extra = (self.number_start..self.tokens.len()).find(|at| self.is_extra(*at));
        if let Some(at) = extra {
            self.release.extras = true;
            self.give(at..at + 1, Role::Special);
        }
    }

    fn is_extra(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        if token.group > 0 || !token.gap.has(Gap::PLUS) {
            return false;
        }
        if !token.is_number() {
            let is_behind_tag = self.class(at.wrapping_sub(1)).is_tag();
            return token.length() > 2 && names_an_extra(token.class) && !is_behind_tag;
        }
        let counted = self.class(at + 1);
        token.role == Role::Unread && counted != Class::Plain && names_an_extra(counted)
    }
}

fn names_an_extra(class: Class) -> bool {
    matches!(
        class,
        Class::Plain
            | Class::LooseNoise
            | Class::Noise
            | Class::LooseSpecial(_)
            | Class::Special(_)
    )
}
