//! An indexer or a category that is never taken from: refused. An unknown category passes.

use super::{Facts, Reason, Ruling};

pub fn rule(facts: &Facts<'_>) -> Ruling {
    let (offer, profile) = (facts.offer, facts.profile);
    if profile
        .refused_indexers
        .iter()
        .any(|known| super::same(known, &offer.indexer))
    {
        return Ruling::Refuse(Reason::RefusedIndexer {
            indexer: offer.indexer.clone(),
        });
    }
    // 7000 is the parent of 7000 to 7999, as in Newznab.
    let refused = |category: &&u32| {
        let lists = &profile.refused_categories;
        lists.iter().any(|known| {
            known == *category || known % 1000 == 0 && **category / 1000 == known / 1000
        })
    };
    match offer.categories.iter().find(refused) {
        Some(category) => Ruling::Refuse(Reason::RefusedCategory {
            category: *category,
        }),
        None => Ruling::Pass,
    }
}
