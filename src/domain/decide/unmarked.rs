//! A number without a word or sign that makes it a volume: in doubt.

use super::{Facts, Reason, Ruling};

pub fn rule(facts: &Facts<'_>) -> Ruling {
    let release = facts.release;
    // A one-shot has no number at all, and the bare number of an issue is how issues are written.
    if facts.volumes.is_empty() || release.volumes.is_empty() || release.marked {
        return Ruling::Pass;
    }
    Ruling::of(
        facts.settled(facts.profile.unmarked_number),
        Reason::Unmarked {
            volumes: facts.volumes.clone(),
        },
    )
}
