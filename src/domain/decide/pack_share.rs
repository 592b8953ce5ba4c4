//! Most of a pack must be wanted, or what is not must be left out; else a human looks. The bound is the profile's.

use super::{Facts, Reason, Ruling};

pub fn rule(facts: &Facts<'_>) -> Ruling {
    let volumes = facts.volumes.len();
    let useful = facts
        .volumes
        .iter()
        .filter(|volume| facts.comes(*volume))
        .count();
    if volumes < 2 || useful == 0 {
        return Ruling::Pass;
    }
    let (percent, least) = (useful * 100 / volumes, facts.profile.pack_share as usize);
    if percent >= least {
        return Ruling::Pass;
    }
    Ruling::InPart(Reason::PackShare {
        useful,
        volumes,
        percent,
        least,
    })
}
