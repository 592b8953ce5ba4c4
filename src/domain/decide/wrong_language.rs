//! A language that is not collected: refused when stated; when it is not, the indexer's own counts, and else it is in doubt.

use super::{Facts, Reason, Ruling};

pub fn rule(facts: &Facts<'_>) -> Ruling {
    let stated = &facts.release.languages;
    let wanted = facts.series.language.as_str();
    if stated.iter().any(|language| facts.takes(language)) {
        return Ruling::Pass;
    }
    if !stated.is_empty() {
        return Ruling::Refuse(Reason::WrongLanguage {
            stated: stated.join(", "),
            wanted: wanted.to_owned(),
        });
    }
    let assumed = facts.indexer_language();
    if assumed == Some(wanted) {
        return Ruling::Pass;
    }
    Ruling::of(
        facts.settled(facts.profile.unknown_language),
        Reason::UnknownLanguage {
            indexer: facts.offer.indexer.clone(),
            assumed: assumed.map(str::to_owned),
            wanted: wanted.to_owned(),
        },
    )
}
