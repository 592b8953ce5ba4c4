//! Everything that it holds is on the shelf: refused, or, where upgrades are wanted and it is better, in doubt.

use super::{Facts, Reason, Ruling, ShelfCopy, rank::origin_figure};
use crate::domain::{release::Origin, volume::VolumeNumber};

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

/// In what it is better than each copy on the shelf.
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

/// An unknown origin is no worse and no better than a scan, and a revision that is not stated is the first. Pixels that are not known
/// make nothing larger.
fn better(facts: &Facts<'_>, copy: &ShelfCopy) -> Option<&'static str> {
    let (release, first) = (facts.release, VolumeNumber::ONE);
    let (ours, theirs) = (origin_figure(release.origin), origin_figure(copy.origin));
    let revised =
        ours >= theirs && release.revision.unwrap_or(first) > copy.revision.unwrap_or(first);
    let enough = facts.profile.upgrade_until_pixels;
    let larger = release.origin == copy.origin
        && copy
            .resolution
            .is_some_and(|pixels| pixels < enough && release.resolution > Some(pixels));
    match (release.origin, copy.origin) {
        (Origin::Official, Origin::Unknown) => {
            Some("it is an official release, the copy on the shelf does not say so")
        }
        (Origin::Official, Origin::Scan | Origin::Fan) => {
            Some("it is an official release, the copy on the shelf is not")
        }
        _ if revised => Some("it is a later revision"),
        _ if larger => Some("it has more pixels"),
        _ => None,
    }
}
