//! Rule: a volume of another edition counts only as the collected volumes that it is known to hold. Goes to review when they are not
//! known; passes when no number could be read: another rule says so. Pure.

use super::{Facts, Reason, Ruling};

pub fn rule(facts: &Facts<'_>) -> Ruling {
    let numbers = facts.release.numbers(facts.series.kind);
    if numbers.is_empty() || !facts.volumes.is_empty() {
        return Ruling::Pass;
    }
    Ruling::Review(Reason::OtherEdition {
        edition: facts.release.edition,
        collected: facts.series.edition,
    })
}
