//! Rule: without a volume number nothing is sent. Chapters are refused; no number at all goes to review. Pure.

use super::{Facts, Reason, Ruling};

pub fn rule(facts: &Facts<'_>) -> Ruling {
    let release = facts.release;
    let numbers = release.numbers(facts.series.kind);
    let unreadable = facts.volumes.is_empty() && numbers.is_empty();
    match (unreadable, release.chapters.is_empty()) {
        (false, _) => Ruling::Pass,
        (true, false) => Ruling::Refuse(Reason::Chapters {
            chapters: release.chapters.clone(),
        }),
        (true, true) => Ruling::Review(Reason::NoVolume),
    }
}
