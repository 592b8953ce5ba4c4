//! Rule: a stated language must be the one that is collected. Passes when none is stated. Pure.

use super::{Facts, Reason, Ruling};

pub fn rule(facts: &Facts<'_>) -> Ruling {
    let (stated, wanted) = (&facts.release.languages, facts.series.language.as_str());
    if stated.is_empty() || stated.contains(&wanted) {
        return Ruling::Pass;
    }
    Ruling::Refuse(Reason::WrongLanguage {
        stated: stated.join(", "),
        wanted: wanted.to_owned(),
    })
}
