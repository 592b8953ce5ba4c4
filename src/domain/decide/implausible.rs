//! Volumes far beyond those that there can be: in doubt. Without a total, the last volume on the shelf counts; without either it passes, and
//! where whoever counts what comes out has spoken.

use super::{Facts, Reason, Ruling, beyond_count};
use crate::domain::gaps::FARTHEST_JUMP;

pub fn rule(facts: &Facts<'_>) -> Ruling {
    if beyond_count::speaks(facts) {
        return Ruling::Pass;
    }
    let most = match (facts.series.known_total(), facts.last_owned()) {
        // Catalogues lag behind, and a pack may hold what is not yet counted.
        (Some(total), owned) => total.max(owned.unwrap_or(0)) + total / 2 + 5,
        (None, Some(owned)) => owned + FARTHEST_JUMP,
        (None, None) => return Ruling::Pass,
    };
    match facts.volumes.last() {
        Some(last) if last.hundredths() > i64::from(most) * 100 => {
            Ruling::Review(Reason::Implausible { volume: last, most })
        }
        _ => Ruling::Pass,
    }
}
