//! Too old, or too young for now. An unknown date passes.

use super::{Facts, Reason, Ruling};
use crate::domain::units::{DAY, MINUTE};

pub fn rule(facts: &Facts<'_>) -> Ruling {
    let Some(age) = facts.age() else {
        return Ruling::Pass;
    };
    let (oldest, youngest) = (facts.profile.oldest_days, facts.profile.youngest_minutes);
    if oldest > 0 && age > i64::from(oldest) * DAY {
        return Ruling::Refuse(Reason::TooOld {
            days: age / DAY,
            most: oldest,
        });
    }
    if age < i64::from(youngest) * MINUTE {
        return Ruling::Refuse(Reason::TooYoung {
            minutes: age / MINUTE,
            least: youngest,
        });
    }
    Ruling::Pass
}
