//! Rule: what a live grab reserves is not sent a second time. Passes when no volume could be read: another rule says so. Pure.

use super::{Facts, Reason, Ruling};
use crate::domain::volume::VolumeSet;

pub fn rule(facts: &Facts<'_>) -> Ruling {
    let reserved: VolumeSet = facts
        .volumes
        .iter()
        .filter(|volume| facts.on_its_way.contains(*volume))
        .collect();
    let useful = facts
        .volumes
        .iter()
        .any(|volume| facts.wanted.contains(volume));
    if reserved.is_empty() || useful {
        return Ruling::Pass;
    }
    Ruling::Refuse(Reason::OnItsWay { volumes: reserved })
}
