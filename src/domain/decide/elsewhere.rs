//! Somebody else is fetching what would be useful in it, or it lies in an inbox: refused for now.

use super::{Facts, Reason, Ruling};
use crate::domain::volume::VolumeSet;

pub fn rule(facts: &Facts<'_>) -> Ruling {
    let wanted = facts
        .volumes
        .iter()
        .filter(|volume| facts.wanted.contains(*volume));
    let (there, open): (Vec<_>, Vec<_>) =
        wanted.partition(|volume| facts.elsewhere.contains(*volume));
    if there.is_empty() || !open.is_empty() {
        return Ruling::Pass;
    }
    let volumes: VolumeSet = there.into_iter().collect();
    Ruling::Refuse(Reason::Elsewhere { volumes })
}
