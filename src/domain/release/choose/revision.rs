//! Which versions are revisions: `T03v2`, `(v2)` beside a chapter; not the `v02` of a series that counts so. Pure.

use super::{Expression, Gap, Reading, Role, What};
use crate::domain::volume::VolumeNumber;

/// No copy was corrected more often.
const LAST_REVISION: u32 = 9;

impl Reading<'_> {
    pub(super) fn find_revisions(&mut self, expressions: &mut [Expression]) {
        for at in 0..expressions.len() {
            let found = expressions[at];
            if found.what != What::Version || found.several || !self.is_revision(expressions, at) {
                continue;
            }
            expressions[at].what = What::Revision;
            let revision = self.set(&found).first();
            self.release.revision =
                revision.filter(|revision| Some(*revision) > VolumeNumber::whole(1));
            self.give(found.first..found.end, Role::Revision);
        }
    }

    fn is_revision(&self, expressions: &[Expression], at: usize) -> bool {
        let found = &expressions[at];
        let (marker, number) = (&self.tokens[found.first], &self.tokens[found.number]);
        let is_small = number.value.is_some_and(|value| value <= LAST_REVISION);
        let directly_before = at
            .checked_sub(1)
            .map(|before| &expressions[before])
            .filter(|before| before.end == found.first);
        match directly_before {
            Some(bare) if bare.what == What::Bare => {
                let is_first = number.value.is_none_or(|value| value <= 2);
                is_small && marker.is_glued() || is_first && self.is_numbered_apart(bare)
            }
            Some(before) if matches!(before.what, What::Count | What::Specials) => false,
            Some(_) if !marker.gap.has(Gap::BRACKET) => is_small,
            _ => is_small && self.is_beside_better(expressions, found),
        }
    }

    /// Another number counts, so that the version need not.
    fn is_beside_better(&self, expressions: &[Expression], found: &Expression) -> bool {
        let has = |wanted: fn(What) -> bool| expressions.iter().any(|other| wanted(other.what));
        let is_padded = self.tokens[found.number].digits > 1;
        if has(|what| what == What::Volume) {
            // `v02 (Vol. 4-6)` counts in its edition, and says what it holds.
            let holds = |other: &Expression| {
                other.what != What::Volume || other.several && other.first >= found.end
            };
            return !(is_padded && expressions.iter().all(holds));
        }
        !is_padded
            && (self.is_in_pack_note(found)
                || has(|what| matches!(what, What::Chapter | What::Bracketed | What::Issue)))
    }

    /// In a bracket, behind something else.
    fn is_in_pack_note(&self, found: &Expression) -> bool {
        let group = self.tokens[found.first].group;
        group > 0 && found.first > 0 && self.tokens[found.first - 1].group == group
    }

    /// A bare number before `v01` is a chapter or volume when it is padded or has four digits; else it belongs to the title.
    fn is_numbered_apart(&self, bare: &Expression) -> bool {
        let token = &self.tokens[bare.number];
        token.digits >= 4 || self.is_padded_widely(token)
    }
}
