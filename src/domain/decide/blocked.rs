//! Blocked by the user or by a failed download: refused.

use super::{Facts, Reason, Ruling};

pub fn rule(facts: &Facts<'_>) -> Ruling {
    match facts.blocked {
        Some(why) => Ruling::Refuse(Reason::Blocked {
            why: why.to_owned(),
        }),
        None => Ruling::Pass,
    }
}
