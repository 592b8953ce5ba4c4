//! Rule: it must hold a volume that is wanted. Passes when no volume could be read, is owned or is on its way: other rules say so. Pure.

use super::{Facts, Reason, Ruling};

pub fn rule(facts: &Facts<'_>) -> Ruling {
    let volumes = &facts.volumes;
    let explained = |volume| facts.owned.contains(volume) || facts.on_its_way.contains(volume);
    if volumes.is_empty()
        || volumes.iter().any(|volume| facts.wanted.contains(volume))
        || volumes.iter().all(explained)
    {
        return Ruling::Pass;
    }
    Ruling::Refuse(Reason::NotWanted {
        volumes: volumes.clone(),
    })
}
