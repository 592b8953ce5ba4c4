//! Stages 5 and 6: every offer judged and ranked, the picks among them, and which of these the budget lets go now.

use std::sync::Arc;

use super::{
    Excluded, Open,
    sending::{Clients, Resolved},
};
use crate::{
    app::App,
    budget::{self, Wait},
    domain::{
        decide::{Decision, Judge, Verdict},
        offer::Offer,
        pick::{self, Choice, Pick},
        volume::VolumeSet,
    },
    settings::Settings,
    store::{StoreError, series::Stored},
    taste::{self, Taste, Volumes},
};

/// An offer with its verdict.
pub struct Judged {
    /// The offer.
    pub offer: Offer,
    /// What the rules say of it.
    pub verdict: Verdict,
}

impl Judged {
    /// Both.
    pub(super) fn parts(&self) -> (&Offer, &Verdict) {
        (&self.offer, &self.verdict)
    }

    /// What is fetched of it: its size, or what is wanted of it where the rest is left out; of an unknown size as much as is usual.
    pub(super) fn bytes(&self) -> u64 {
        let all = self.offer.size.unwrap_or(self.verdict.usual_bytes);
        match self.verdict.is_in_part() {
            true => {
                let volumes = self.verdict.volumes.len().max(1) as u64;
                all / volumes * self.verdict.useful.len() as u64
            }
            false => all,
        }
    }
}

/// Every offer judged, best first, and the picks among them.
pub(super) fn plan(
    app: &App,
    stored: &Stored,
    open: &Open,
    taste: &Taste,
    offers: &[Offer],
    excluded: &Excluded,
) -> (Vec<Judged>, Vec<Pick>) {
    let unconfirmed = taste::unconfirmed(stored, &open.missing);
    let volumes = Volumes {
        wanted: &open.free,
        unconfirmed: &unconfirmed,
        on_its_way: &open.on_its_way,
        elsewhere: &taste.elsewhere,
    };
    let judge = Judge::new(taste.known(stored, &volumes, app.lexicon, app.clock.now()));
    let mut judged: Vec<Judged> = offers
        .iter()
        .map(|offer| {
            let mut verdict = judge.judge(offer);
            if let Some((decision, reason)) = excluded.get(&offer.fingerprint) {
                verdict.object(*decision, reason);
            }
            Judged {
                offer: offer.clone(),
                verdict,
            }
        })
        .collect();
    let key = |judged: &Judged| {
        (
            judged.verdict.decision,
            std::cmp::Reverse(judged.verdict.rank.clone()),
            judged.offer.fingerprint.clone(),
        )
    };
    judged.sort_by_cached_key(key);
    let accepted = judged
        .iter()
        .take_while(|judged| judged.verdict.decision == Decision::Accepted);
    // What is there but damaged, or may be there, comes when a person says so, and does not come along.
    let unsettled = stored.shelf.unsettled();
    let free = open.free.without(&unsettled);
    let picks = pick::pick(&free, &choices(accepted.take(MOST_CHOICES), &unsettled));
    (judged, picks)
}

/// Accepted offers of a series that are planned with: the best ranked of them.
const MOST_CHOICES: usize = 2_000;
/// Sizes that differ by less are equal: fewer grabs and the better release count more than a few bytes.
const GRAIN: u64 = 16_000_000;
/// Up to a tenth of what nobody wants is the price of having a pack at once, instead of its volumes one by one.
const TOLERATED_WASTE: u64 = 10;

/// What there is in the collected language is not taken in another, however few releases of that one would do.
fn choices<'a>(
    accepted: impl Iterator<Item = &'a Judged> + Clone,
    unsettled: &VolumeSet,
) -> Vec<Choice> {
    let mut collected = unsettled.clone();
    for judged in accepted
        .clone()
        .filter(|judged| !judged.verdict.is_fallback)
    {
        collected.extend_with(&judged.verdict.useful);
    }
    accepted
        .map(|judged| match judged.verdict.is_fallback {
            true => choice(judged, &collected),
            false => choice(judged, unsettled),
        })
        .collect()
}

fn choice(judged: &Judged, left: &VolumeSet) -> Choice {
    let verdict = &judged.verdict;
    let bytes = judged.offer.size.unwrap_or(verdict.usual_bytes);
    let useful = verdict.useful.without(left);
    let dropped = (verdict.useful.len() - useful.len()) as u64;
    let dropped_bytes = bytes / verdict.volumes.len().max(1) as u64 * dropped;
    let useless = match verdict.useless_bytes + dropped_bytes {
        useless if useless * TOLERATED_WASTE <= bytes => 0,
        useless => useless,
    };
    let rounded = |bytes: u64| bytes.div_ceil(GRAIN) * GRAIN;
    Choice {
        useful,
        useless_bytes: rounded(useless),
        bytes: rounded(bytes),
        carries: verdict.volumes.len(),
    }
}

/// The picks that may be sent now, and those that wait, with the reason.
pub(super) async fn within_budget(
    app: &Arc<App>,
    settings: &Settings,
    judged: &[Judged],
    picks: &[Pick],
    resolved: &Resolved,
) -> Result<(Vec<Pick>, Vec<(usize, Wait)>), StoreError> {
    let (mut affordable, mut waiting) = (Vec::new(), Vec::new());
    if picks.is_empty() {
        return Ok((affordable, waiting));
    }
    let clients = Clients::of(app).await?;
    let mut budget = budget::of(app, settings, &clients).await?;
    for pick in picks {
        let judged = &judged[pick.choice];
        let known = resolved.get(&judged.offer.fingerprint);
        let bytes = known
            .and_then(|known| known.fetched)
            .unwrap_or(judged.bytes());
        match budget.take(bytes, judged.offer.network) {
            Ok(()) => affordable.push(pick.clone()),
            Err(why) => waiting.push((pick.choice, why)),
        }
    }
    Ok((affordable, waiting))
}
