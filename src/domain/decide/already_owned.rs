//! Everything that it holds is on the shelf: refused, or, where upgrades are wanted and it is better, in doubt.

use super::{Facts, Reason, Ruling, ShelfCopy};
use crate::domain::release::Origin;

pub fn rule(facts: &Facts<'_>) -> Ruling {
    let volumes = &facts.volumes;
    if volumes.is_empty() || !volumes.iter().all(|volume| facts.owned.contains(volume)) {
        return Ruling::Pass;
    }
    match upgrade(facts) {
        Some(better_by) => Ruling::Review(Reason::Upgrade {
            volumes: volumes.clone(),
            better_by,
        }),
        None => Ruling::Refuse(Reason::AlreadyOwned {
            volumes: volumes.clone(),
        }),
    }
}

/// In what it is better than each copy on the shelf. What is not known of a copy makes nothing better than it.
fn upgrade(facts: &Facts<'_>) -> Option<&'static str> {
    if !facts.profile.upgrades {
        return None;
    }
    let copies = facts.copies.iter();
    let mut replaced = copies.filter(|copy| {
        facts
            .volumes
            .iter()
            .any(|volume| copy.volumes.contains(volume))
    });
    let first = better(facts, replaced.next()?)?;
    replaced
        .all(|copy| better(facts, copy).is_some())
        .then_some(first)
}

fn better(facts: &Facts<'_>, copy: &ShelfCopy) -> Option<&'static str> {
    let release = facts.release;
    let official =
        release.origin == Origin::Official && matches!(copy.origin, Origin::Scan | Origin::Fan);
    let revised = release.origin == copy.origin && release.revision > copy.revision;
    let enough = facts.profile.upgrade_until_pixels;
    let larger = release.origin == copy.origin
        && copy
            .resolution
            .is_some_and(|pixels| pixels < enough && release.resolution > Some(pixels));
    match (official, revised, larger) {
        (true, ..) => Some("it is an official release, the copy on the shelf is not"),
        (_, true, _) => Some("it is a later revision"),
        (.., true) => Some("it has more pixels"),
        _ => None,
    }
}
