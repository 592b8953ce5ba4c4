//! Words that must or must not stand in the name.

use super::{Facts, Reason, Ruling};

pub fn rule(facts: &Facts<'_>) -> Ruling {
    let (profile, name) = (facts.profile, facts.offer.title.to_lowercase());
    let holds = |word: &&String| name.contains(&word.to_lowercase());
    if let Some(word) = profile.forbidden_words.iter().find(holds) {
        return Ruling::Refuse(Reason::ForbiddenWord { word: word.clone() });
    }
    let required = &profile.required_words;
    if required.is_empty() || required.iter().any(|word| holds(&word)) {
        return Ruling::Pass;
    }
    Ruling::Refuse(Reason::NoRequiredWord {
        words: required.join(", "),
    })
}
