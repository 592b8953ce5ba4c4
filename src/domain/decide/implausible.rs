//! Volumes far beyond those that there can be: in doubt. Without a total, the last volume on the shelf counts; without either it passes.

use super::{Facts, Reason, Ruling};
use crate::domain::gaps::FARTHEST_JUMP;

pub fn rule(facts: &Facts<'_>) -> Ruling {
    let known = facts.series.known_total();
    let on_shelf = facts
        .owned
        .last()
        .map(|last| (last.hundredths() / 100) as u32);
    let most = match (known, on_shelf) {
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
