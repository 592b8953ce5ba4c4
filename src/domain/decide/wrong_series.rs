//! Rule: the title must be the series' title or an alias, and none that the user says is another series'. Goes to review when it is only alike, or cannot be read. Pure.

use super::{Facts, Reason, Ruling};
use crate::domain::title::TitleMatch;

pub fn rule(facts: &Facts<'_>) -> Ruling {
    if let Some(series) = &facts.not_alias {
        return Ruling::Refuse(Reason::NotAlias {
            series: series.chars().take(120).collect(),
        });
    }
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
