//! What would be useful in it is on the shelf, in files that no reader can show: a human says whether they are replaced.

use super::{Facts, Reason, Ruling};

pub fn rule(facts: &Facts<'_>) -> Ruling {
    let useful = facts.volumes.common_with(facts.wanted);
    if useful.is_empty() || !useful.without(facts.damaged).is_empty() {
        return Ruling::Pass;
    }
    Ruling::Review(Reason::Damaged { volumes: useful })
}
