//! By way of trial: what an offer would get, and what a rule would have changed. Nothing is asked, stored or sent.

use std::collections::BTreeMap;

use super::{Taste, Volumes, unconfirmed, written::RuleError};
use crate::{
    app::App,
    domain::{
        decide::{CustomRule, Decision, Judge, Verdict},
        gaps,
        offer::Offer,
        volume::VolumeSet,
    },
    store::{self, StoreError, offer::StoredOffer, profile::StoredRule, series::Stored},
};

/// What is to be judged by way of trial.
pub enum Subject {
    /// A stored offer.
    Stored(i64),
    /// A name, as if a source offered it now.
    Name {
        /// Release name.
        name: String,
        /// Bytes.
        size: Option<u64>,
        /// None when unknown.
        seeders: Option<u32>,
    },
}

/// What an offer would get now, under the rules that there are and perhaps one more.
///
/// # Errors
/// When series or offer is not there, or the rule cannot be asked.
pub async fn try_out(
    app: &App,
    series: i64,
    subject: Subject,
    rule: Option<CustomRule>,
) -> Result<Verdict, RuleError> {
    let no_series = || RuleError::NoSuch(format!("series with the number {series}"));
    let stored = store::series::get(&app.db, series)
        .await?
        .ok_or_else(no_series)?;
    let offer = match subject {
        Subject::Stored(id) => {
            let offer = store::offer::get(&app.db, id).await?;
            let no_offer = || RuleError::NoSuch(format!("offer with the number {id}"));
            offer.ok_or_else(no_offer)?.offer
        }
        Subject::Name {
            name,
            size,
            seeders,
        } => Offer::of_name(name, size, seeders),
    };
    let mut taste = super::of(app, &stored).await?;
    if let Some(rule) = rule {
        let compiled = rule.compile();
        if let Some(error) = compiled.error() {
            return Err(RuleError::Broken(error.to_owned()));
        }
        taste.rules.retain(|known| known.name() != compiled.name());
        taste.rules.push(compiled);
    }
    let around = Around::of(app, &stored).await?;
    Ok(Judge::new(taste.known(
        &stored,
        &around.volumes(&taste),
        app.lexicon,
        app.clock.now(),
    ))
    .judge(&offer))
}

/// The volumes around the offers of a series, as they are now.
pub struct Around {
    wanted: VolumeSet,
    unconfirmed: VolumeSet,
    on_its_way: VolumeSet,
}

impl Around {
    /// Of a series.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of(app: &App, stored: &Stored) -> Result<Self, StoreError> {
        let missing = gaps::gaps(&stored.series, &stored.shelf).missing;
        let on_its_way = store::grab::reserved(&app.db, stored.series.id).await?;
        let free = missing.iter().map(|gap| gap.volume);
        Ok(Self {
            wanted: free
                .filter(|volume| !on_its_way.contains(*volume))
                .collect(),
            unconfirmed: unconfirmed(stored, &missing),
            on_its_way,
        })
    }

    /// For the judge.
    pub fn volumes<'a>(&'a self, taste: &'a Taste) -> Volumes<'a> {
        Volumes {
            wanted: &self.wanted,
            unconfirmed: &self.unconfirmed,
            on_its_way: &self.on_its_way,
            elsewhere: &taste.elsewhere,
        }
    }
}

/// Offers that are judged again for a preview.
const MOST_PREVIEWED: i64 = 5_000;
/// Changed offers that are shown.
const MOST_CHANGED: usize = 200;
/// Milliseconds that a preview looks back.
const MONTH: i64 = 30 * 24 * 60 * 60 * 1000;

/// What a rule would have changed.
#[derive(Debug, Default)]
pub struct Preview {
    /// Offers that were judged again.
    pub judged: u64,
    /// There were more.
    pub truncated: bool,
    /// How many it changes.
    pub changed_count: u64,
    /// The first of these.
    pub changed: Vec<Changed>,
}

/// An offer of which a rule changes the decision.
#[derive(Debug)]
pub struct Changed {
    /// Its number.
    pub offer: i64,
    /// Its name.
    pub title: String,
    /// Of its series.
    pub series: i64,
    /// Without the rule.
    pub before: Decision,
    /// With it.
    pub after: Decision,
}

/// Judges the offers of the last month again, without a rule and with it.
///
/// # Errors
/// When the rule cannot be asked.
pub async fn preview(app: &App, stored: &StoredRule) -> Result<Preview, RuleError> {
    let compiled = stored.rule.compile();
    if let Some(error) = compiled.error() {
        return Err(RuleError::Broken(error.to_owned()));
    }
    let since = app.clock.now() - MONTH;
    let offers = store::offer::since(&app.db, since, stored.scope, MOST_PREVIEWED + 1).await?;
    let mut preview = Preview {
        truncated: offers.len() as i64 > MOST_PREVIEWED,
        ..Preview::default()
    };
    let mut by_series: BTreeMap<i64, Vec<StoredOffer>> = BTreeMap::new();
    for offer in offers.into_iter().take(MOST_PREVIEWED as usize) {
        by_series.entry(offer.series_id).or_default().push(offer);
    }
    for (series, offers) in by_series {
        let Some(series) = store::series::get(&app.db, series).await? else {
            continue;
        };
        let mut taste = super::of(app, &series).await?;
        taste.rules.retain(|known| known.name() != compiled.name());
        let mut with = taste.clone();
        with.rules.push(compiled.clone());
        let around = Around::of(app, &series).await?;
        let (volumes, now) = (around.volumes(&taste), app.clock.now());
        let without = Judge::new(taste.known(&series, &volumes, app.lexicon, now));
        let with = Judge::new(with.known(&series, &volumes, app.lexicon, now));
        for offer in offers {
            let (before, after) = (
                without.judge(&offer.offer).decision,
                with.judge(&offer.offer).decision,
            );
            preview.judged += 1;
            if before == after {
                continue;
            }
            preview.changed_count += 1;
            if preview.changed.len() < MOST_CHANGED {
                preview.changed.push(Changed {
                    offer: offer.id,
                    title: offer.offer.title,
                    series: offer.series_id,
                    before,
                    after,
                });
            }
        }
    }
    Ok(preview)
}
