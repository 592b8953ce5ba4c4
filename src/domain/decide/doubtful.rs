//! What would be useful in it may be on the shelf: a file's name and its server say different numbers. A human says whether it is.

use super::{Facts, Reason, Ruling};

pub fn rule(facts: &Facts<'_>) -> Ruling {
    let useful = facts.volumes.common_with(facts.wanted);
    let volumes = useful.common_with(facts.doubtful);
    match volumes.is_empty() || useful.iter().any(|volume| facts.comes(volume)) {
        true => Ruling::Pass,
        false => Ruling::Review(Reason::Doubtful { volumes }),
    }
}
