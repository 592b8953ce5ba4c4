//! Rule: films, music and games come back from the same searches. Passes when nothing says so. Pure.

use super::{Facts, Reason, Ruling};

pub fn rule(facts: &Facts<'_>) -> Ruling {
    facts
        .release
        .not_a_book
        .map_or(Ruling::Pass, |what| Ruling::Refuse(Reason::NotABook(what)))
}
