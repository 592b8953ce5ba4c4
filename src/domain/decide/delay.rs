//! A scan, while an official release is still awaited: refused for now. An unknown date or origin passes.

use super::{Facts, Reason, Ruling};
use crate::domain::{release::Origin, units::DAY};

pub fn rule(facts: &Facts<'_>) -> Ruling {
    let days = i64::from(facts.profile.official_delay_days);
    let unofficial = matches!(facts.release.origin, Origin::Scan | Origin::Fan);
    match facts.age() {
        Some(age) if unofficial && age < days * DAY => Ruling::Refuse(Reason::Delayed {
            days,
            left: days - age / DAY,
        }),
        _ => Ruling::Pass,
    }
}
