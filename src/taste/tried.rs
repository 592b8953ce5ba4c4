//! By way of trial: what an offer would get, and what a rule would have changed. Nothing is asked, stored or sent.

use std::collections::BTreeMap;

use super::{
    Taste, Volumes,
    rules::{RuleError, can_be_asked},
    unconfirmed,
};
use crate::{
    app::App,
    domain::{
        decide::{CustomRule, Decision, Judge, Verdict, rank::Comparer},
        link::Network,
        offer::Offer,
        units::DAY,
        volume::VolumeSet,
    },
    store::{
        self, StoreError,
        offer::StoredOffer,
        rule::{Scope, StoredRule},
        series::Stored,
    },
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
        /// From where it would come.
        network: Network,
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
            network,
        } => Offer {
            network: Some(network),
            ..Offer::of_name(name, size, seeders)
        },
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
    let around = Around::of(&stored);
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
    pub fn of(stored: &Stored) -> Self {
        Self {
            wanted: stored.free_volumes(),
            unconfirmed: unconfirmed(stored, &stored.gaps()),
            on_its_way: stored.on_its_way.clone(),
        }
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
const MONTH: i64 = 30 * DAY;

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

/// An offer of which a rule changes the decision or the weight.
#[derive(Debug)]
pub struct Changed {
    /// Its number.
    pub offer: i64,
    /// Its name.
    pub title: String,
    /// Of its series.
    pub series: i64,
    /// Under the rules that there are.
    pub before: Outcome,
    /// With this one.
    pub after: Outcome,
}

/// What a rule can change of an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Over all rules.
    pub decision: Decision,
    /// What the rules with a weight add up to; 0 where the profile does not rank by it.
    pub weight: i64,
}

impl Outcome {
    fn of(verdict: &Verdict) -> Self {
        let mut figures = verdict.rank.figures().iter();
        let weight = figures.find(|figure| figure.0 == Comparer::Weight);
        Self {
            decision: verdict.decision,
            weight: weight.map_or(0, |figure| figure.1),
        }
    }

    /// What is refused is not ranked.
    fn differs(self, other: Self) -> bool {
        let ranked = self.decision != Decision::Refused;
        self.decision != other.decision || ranked && self.weight != other.weight
    }
}

/// Judges the offers of the last month again: under the rules that there are, and with this one instead of the one of its name. Each as
/// when it was first seen, as if nothing of its series had been sent or blocked since.
///
/// # Errors
/// When the rule cannot be asked, or what it concerns is not there.
pub async fn preview(app: &App, stored: &StoredRule) -> Result<Preview, RuleError> {
    can_be_asked(app, stored).await?;
    let compiled = stored.rule.compile();
    let (now, rules) = (app.clock.now(), store::rule::all(&app.db).await?);
    let mut of_its_name = rules
        .iter()
        .filter(|known| known.rule.name == stored.rule.name);
    // What it concerned before becomes free of it.
    let scope = match of_its_name.next() {
        Some(known) if known.scope != stored.scope => Scope::All,
        _ => stored.scope,
    };
    let offers = store::offer::since(&app.db, now - MONTH, scope, MOST_PREVIEWED + 1).await?;
    let mut preview = Preview {
        truncated: offers.len() as i64 > MOST_PREVIEWED,
        ..Preview::default()
    };
    let mut by_series: BTreeMap<i64, Vec<StoredOffer>> = BTreeMap::new();
    for offer in offers.into_iter().take(MOST_PREVIEWED as usize) {
        by_series.entry(offer.series_id).or_default().push(offer);
    }
    for (id, offers) in by_series {
        let Some(series) = store::series::get(&app.db, id).await? else {
            continue;
        };
        let mut before = super::of(app, &series).await?;
        before.blocked.clear();
        let mut after = before.clone();
        after.rules.retain(|known| known.name() != compiled.name());
        if stored.enabled && concerns(app, stored.scope, id).await? {
            after.rules.push(compiled.clone());
        }
        let sent = store::grab::sent_for(&app.db, id).await?;
        for offer in offers {
            let (series, around) = as_of(offer.first_seen, &series, &sent);
            let judged = |taste: &Taste| {
                let known = taste.known(&series, &around.volumes(taste), app.lexicon, now);
                Outcome::of(&Judge::new(known).judge(&offer.offer))
            };
            let (before, after) = (judged(&before), judged(&after));
            preview.judged += 1;
            if !before.differs(after) {
                continue;
            }
            preview.changed_count += 1;
            if preview.changed.len() < MOST_CHANGED {
                preview.changed.push(Changed {
                    offer: offer.id,
                    title: offer.offer.title,
                    series: id,
                    before,
                    after,
                });
            }
        }
    }
    Ok(preview)
}

async fn concerns(app: &App, scope: Scope, series: i64) -> Result<bool, StoreError> {
    Ok(match scope {
        Scope::All => true,
        Scope::Series(id) => id == series,
        Scope::Library(id) => {
            let libraries = store::connection::libraries_of(&app.db, series).await?;
            libraries.iter().any(|library| library.id == id)
        }
    })
}

/// A series and the volumes around its offers as if nothing had been sent for it since then: what was is wanted, and neither on the shelf
/// nor on its way.
fn as_of(then: i64, stored: &Stored, sent: &[(i64, VolumeSet)]) -> (Stored, Around) {
    let mut since = VolumeSet::default();
    for (_, volumes) in sent.iter().filter(|sent| sent.0 >= then) {
        since.extend_with(volumes);
    }
    let mut stored = stored.clone();
    stored.shelf.present = stored.shelf.present.without(&since);
    stored.on_its_way = stored.on_its_way.without(&since);
    let mut around = Around::of(&stored);
    around.wanted.extend_with(&since);
    (stored, around)
}
