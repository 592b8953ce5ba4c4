//! Rule: hors-série, artbooks and guides are never a volume of the main line. Passes when nothing says so. Pure.

use super::{Facts, Reason, Ruling};

pub fn rule(facts: &Facts<'_>) -> Ruling {
    if facts.release.is_special() {
        Ruling::Refuse(Reason::Special)
    } else {
        Ruling::Pass
    }
}
