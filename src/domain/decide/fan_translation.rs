//! Made by fans: in doubt. Who made it is mostly not said: then it passes.

use super::{Facts, Reason, Ruling};
use crate::domain::release::Origin;

pub fn rule(facts: &Facts<'_>) -> Ruling {
    if facts.release.origin == Origin::Fan {
        Ruling::of(
            facts.settled(facts.profile.fan_translations),
            Reason::FanTranslation,
        )
    } else {
        Ruling::Pass
    }
}
