//! Too few seeders for now: refused until there are more. Unknown passes.

use super::{Facts, Reason, Ruling};

pub fn rule(facts: &Facts<'_>) -> Ruling {
    let least = facts.profile.least_seeders;
    match facts.offer.seeders {
        Some(seeders) if seeders < least => {
            Ruling::Refuse(Reason::TooFewSeeders { seeders, least })
        }
        _ => Ruling::Pass,
    }
}
