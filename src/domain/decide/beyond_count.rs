//! Volumes that are not out in the collected edition, as whoever counts what comes out says: in doubt, since it is mostly the count of
//! another market. Without such a count it passes.

use super::{Facts, Reason, Ruling};
use crate::domain::{profile::Doubt, volume::VolumeSet};

pub fn rule(facts: &Facts<'_>) -> Ruling {
    let Some(beyond) = beyond(facts) else {
        return Ruling::Pass;
    };
    Ruling::of(facts.profile.beyond_count, beyond)
}

/// The rule has the word, and not the one that guesses.
pub(super) fn speaks(facts: &Facts<'_>) -> bool {
    facts.profile.beyond_count != Doubt::Pass && beyond(facts).is_some()
}

fn beyond(facts: &Facts<'_>) -> Option<Reason> {
    let total = facts.series.confirmed_total();
    // Catalogues lag behind what stands on the shelf.
    let most = total.max(facts.last_owned().unwrap_or(0));
    let volumes = facts.volumes.iter();
    let beyond: VolumeSet = volumes
        .filter(|volume| volume.hundredths() >= (i64::from(most) + 1) * 100)
        .collect();
    (total > 0 && !beyond.is_empty()).then(|| Reason::BeyondCount {
        volumes: beyond,
        total,
        by: facts.series.confirmed_by().unwrap_or_default().into(),
    })
}
