//! Rule: what is wholly on the shelf is not fetched again. Passes when no volume could be read: another rule says so. Pure.

use super::{Facts, Reason, Ruling};

pub fn rule(facts: &Facts<'_>) -> Ruling {
    let volumes = &facts.volumes;
    if volumes.is_empty() || !volumes.iter().all(|volume| facts.owned.contains(volume)) {
        return Ruling::Pass;
    }
    Ruling::Refuse(Reason::AlreadyOwned {
        volumes: volumes.clone(),
    })
}
