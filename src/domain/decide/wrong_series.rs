//! Rule: the title must be the series' title or an alias. Goes to review when it is only alike, or cannot be read. Pure.

use super::{Facts, Reason, Ruling};
use crate::domain::title::TitleMatch;

pub fn rule(facts: &Facts<'_>) -> Ruling {
    let Some(name) = &facts.release.series else {
        return Ruling::Review(Reason::NoTitle);
    };
    let series: String = name.chars().take(120).collect();
    match facts.title {
        TitleMatch::Exact | TitleMatch::Alias => Ruling::Pass,
        TitleMatch::Near => Ruling::Review(Reason::WeakTitle { series }),
        TitleMatch::Different => Ruling::Refuse(Reason::WrongSeries { series }),
    }
}
