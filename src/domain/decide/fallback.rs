//! A language that is taken too, while the collected one is still awaited: refused for now. Of volumes of which it is not known since
//! when they are missing, it passes.

use super::{Facts, Reason, Ruling};
use crate::domain::units::DAY;

pub fn rule(facts: &Facts<'_>) -> Ruling {
    let days = i64::from(facts.profile.fallback_after_days);
    let Some(language) = facts.fallback_language() else {
        return Ruling::Pass;
    };
    let wanted = facts
        .volumes
        .iter()
        .filter(|volume| facts.wanted.contains(*volume));
    // A pack waits for the volume that is missing for the shortest time: that one may still come in the collected language.
    let since = wanted
        .filter_map(|volume| facts.missing_since.get(&volume))
        .max();
    let waited = since.map(|since| (facts.now - since).max(0));
    match waited {
        Some(waited) if waited < days * DAY => Ruling::Refuse(Reason::FallbackDelayed {
            stated: language.to_owned(),
            wanted: facts.series.language.clone(),
            days,
            left: days - waited / DAY,
        }),
        _ => Ruling::Pass,
    }
}
