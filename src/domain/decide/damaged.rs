//! What would be useful in it is on the shelf, in files that no reader can show: a human says whether they are replaced.

use super::{Facts, Reason, Ruling};

pub fn rule(facts: &Facts<'_>) -> Ruling {
    let useful = facts.volumes.common_with(facts.wanted);
    let volumes = useful.common_with(facts.damaged);
    match volumes.is_empty() || useful.iter().any(|volume| facts.comes(volume)) {
        true => Ruling::Pass,
        false => Ruling::Review(Reason::Damaged { volumes }),
    }
}
