//! Wanted volumes of which only a file's metadata says that they exist: in doubt.

use super::{Facts, Reason, Ruling};
use crate::domain::volume::VolumeSet;

pub fn rule(facts: &Facts<'_>) -> Ruling {
    let wanted = facts
        .volumes
        .iter()
        .filter(|volume| facts.wanted.contains(*volume));
    let (doubtful, sure): (Vec<_>, Vec<_>) =
        wanted.partition(|volume| facts.unconfirmed.contains(*volume));
    if doubtful.is_empty() || !sure.is_empty() {
        return Ruling::Pass;
    }
    let volumes: VolumeSet = doubtful.into_iter().collect();
    Ruling::of(
        facts.profile.unconfirmed_volume,
        Reason::Unconfirmed { volumes },
    )
}
