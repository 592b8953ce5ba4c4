//! Rule: a pack goes by itself only when most of it is wanted; otherwise a human decides. Passes what is no pack. Pure.

use super::{Facts, Reason, Ruling};

/// Percent of a pack's volumes that must be wanted.
pub const LEAST: usize = 60;

pub fn rule(facts: &Facts<'_>) -> Ruling {
    let volumes = facts.volumes.len();
    let useful = facts
        .volumes
        .iter()
        .filter(|volume| facts.wanted.contains(*volume))
        .count();
    if volumes < 2 || useful == 0 {
        return Ruling::Pass;
    }
    let percent = useful * 100 / volumes;
    if percent >= LEAST {
        Ruling::Pass
    } else {
        Ruling::Review(Reason::PackShare {
            useful,
            volumes,
            percent,
            least: LEAST,
        })
    }
}
