//! Why a volume is not there: what was asked, what was offered, and what was said against it, in one honest line each.

use std::{collections::BTreeMap, sync::Arc};

use chrono_tz::Tz;

use crate::{
    app::App,
    clock::{day, moment},
    domain::{
        decide::Decision,
        gaps,
        report::{Asked, Outcome, PickLine, SeriesReport},
        volume::{VolumeNumber, VolumeSet},
    },
    pipeline,
    store::{self, StoreError, Window, offer::StoredOffer, series::Stored},
};

/// Offers that are looked at.
const MOST_OFFERS: i64 = 1_000;

/// The answer for a series, or one volume of it.
#[derive(Clone, Debug)]
pub struct Why {
    /// The honest line.
    pub line: String,
    /// The volumes that are missing, of those that were asked about.
    pub missing: VolumeSet,
    /// When it was last checked.
    pub checked_at: Option<i64>,
    /// When it is searched again by itself, at the earliest; none when it is not.
    pub next_search_at: Option<i64>,
    /// What each source was asked then, and whether it could answer.
    pub asked: Vec<Asked>,
    /// What was left undone then.
    pub notes: Vec<String>,
    /// The offers that hold what was asked about, best first, each with all its reasons.
    pub offers: Vec<StoredOffer>,
}

/// Why volumes of a series are not there; all missing ones when none is named.
///
/// # Errors
/// When the database fails.
pub async fn of(
    app: &Arc<App>,
    stored: &Stored,
    volume: Option<VolumeNumber>,
) -> Result<Why, StoreError> {
    let id = stored.series.id;
    let missing = stored.missing_volumes();
    let about: VolumeSet = match volume {
        Some(volume) => std::iter::once(volume).collect(),
        None => missing.clone(),
    };
    let window = Window {
        limit: MOST_OFFERS,
        offset: 0,
    };
    let mut offers = store::offer::list(&app.db, Some(id), "", window)
        .await?
        .records;
    offers.retain(|offer| may_hold(offer, &about));
    offers.sort_by(|a, b| order(a).cmp(&order(b)).then(b.rank.cmp(&a.rank)));
    let report = store::check::last_report(&app.db, id)
        .await?
        .unwrap_or_default();
    let settings = app.settings().await?;
    let by_itself = settings.enabled && settings.search_enabled && stored.series.monitored;
    let again = stored.search_at.filter(|_| by_itself);
    let facts = Facts {
        stored,
        waits: waiting(stored, &offers, app.clock.now()),
        missing,
        report,
        again,
        brakes: pipeline::brakes(app, &settings, stored).await?,
        zone: settings.time_zone,
    };
    Ok(Why {
        line: facts.line(&about, &offers),
        missing: facts
            .missing
            .iter()
            .filter(|volume| about.contains(*volume))
            .collect(),
        checked_at: stored.checked_at,
        next_search_at: again,
        asked: facts.report.asked,
        notes: facts.report.notes,
        offers,
    })
}

fn order(offer: &StoredOffer) -> u8 {
    match offer.decision.as_str() {
        "accepted" => 0,
        "review" => 1,
        _ => 2,
    }
}

/// An offer whose volumes cannot be read may hold any.
fn may_hold(offer: &StoredOffer, volumes: &VolumeSet) -> bool {
    offer.volumes.is_empty() || volumes.iter().any(|volume| offer.volumes.contains(volume))
}

/// The volumes for which something was chosen that waits for room in the budget: what would do, and was found lately enough to be believed.
fn waiting(stored: &Stored, offers: &[StoredOffer], now: i64) -> VolumeSet {
    let mut volumes = VolumeSet::default();
    let chosen = offers.iter().filter(|offer| {
        offer.decision == Decision::Accepted.word()
            && offer.offer.seen_at >= now - pipeline::FOUND_LATELY
    });
    for offer in chosen.filter(|_| stored.waits_until.is_some()) {
        volumes.extend_with(&offer.useful);
    }
    volumes
}

/// How a volume stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    OnTheWay,
    Waits,
    Missing,
    Damaged,
    Doubtful,
    NotMonitored,
    OnTheShelf,
    Vanished,
    Ignored,
    OutOfRange,
    NotCounted,
    NotKnown,
}

impl Standing {
    /// In the order in which they are told.
    const ALL: [Self; 12] = [
        Self::OnTheWay,
        Self::Waits,
        Self::Missing,
        Self::Damaged,
        Self::Doubtful,
        Self::NotMonitored,
        Self::OnTheShelf,
        Self::Vanished,
        Self::Ignored,
        Self::OutOfRange,
        Self::NotCounted,
        Self::NotKnown,
    ];
}

/// What the line is made of.
struct Facts<'a> {
    stored: &'a Stored,
    missing: VolumeSet,
    waits: VolumeSet,
    report: SeriesReport,
    /// When it is searched again by itself.
    again: Option<i64>,
    brakes: Vec<String>,
    zone: Tz,
}

impl Facts<'_> {
    fn standing(&self, volume: VolumeNumber) -> Standing {
        let Stored { series, shelf, .. } = self.stored;
        if shelf.present.contains(volume) {
            Standing::OnTheShelf
        } else if self.stored.on_its_way.contains(volume) {
            Standing::OnTheWay
        } else if shelf.vanished.contains(volume) {
            Standing::Vanished
        } else if series.ignored.contains(volume) {
            Standing::Ignored
        } else if !series.asks_for(volume) {
            Standing::OutOfRange
        } else if !self.missing.contains(volume) {
            match volume.as_whole() {
                Some(1..) => Standing::NotKnown,
                _ => Standing::NotCounted,
            }
        } else if !series.monitored {
            Standing::NotMonitored
        } else if self.waits.contains(volume) {
            Standing::Waits
        } else if shelf.damaged.contains(volume) {
            Standing::Damaged
        } else if shelf.doubtful.contains(volume) {
            Standing::Doubtful
        } else {
            Standing::Missing
        }
    }

    /// As it is told, behind the volumes.
    fn words(&self, standing: Standing) -> String {
        match standing {
            Standing::OnTheWay => "on the way".into(),
            Standing::Waits => self.wait(),
            Standing::Missing => "missing".into(),
            Standing::Damaged => "on the shelf, but in a file that no reader can show; it is looked for, and replaced when you approve".into(),
            Standing::Doubtful => "perhaps on the shelf, in a file whose name and server say different numbers; it is looked for, and sent when you approve".into(),
            Standing::NotMonitored => "not looked for: the series is not monitored".into(),
            Standing::OnTheShelf => "on the shelf".into(),
            Standing::Vanished => "gone from the shelf, and not fetched again by itself".into(),
            Standing::Ignored => "ignored".into(),
            Standing::OutOfRange => "not wanted (wantedFrom, wantedTo)".into(),
            Standing::NotCounted => {
                "not looked for: whole numbers from 1 on count as missing, and 0 when wantedFrom says so".into()
            }
            Standing::NotKnown => {
                let last = gaps::last_known(&self.stored.series, &self.stored.shelf);
                let last = last.map_or("none is known".into(), |last| {
                    format!("the last one that is known is {last}")
                });
                format!("not known to exist, {last}; set the total of the series if it does")
            }
        }
    }

    /// Why what was chosen was not sent, and when it is its turn.
    fn wait(&self) -> String {
        let waits = |pick: &&PickLine| pick.outcome == Outcome::Waits;
        let picks = self.report.picks.iter();
        let why = picks.filter(waits).find_map(|pick| pick.message.clone());
        let why = why.unwrap_or_else(|| "it waits for room in the budget".into());
        match self.stored.waits_until {
            Some(until) => format!(
                "chosen; {why}; its turn comes on {} at the earliest",
                moment(until, self.zone)
            ),
            None => format!("chosen; {why}"),
        }
    }

    fn line(&self, about: &VolumeSet, offers: &[StoredOffer]) -> String {
        let of = |standing| -> VolumeSet {
            let volumes = about.iter();
            volumes
                .filter(|volume| self.standing(*volume) == standing)
                .collect()
        };
        let mut parts = Vec::new();
        for standing in Standing::ALL {
            let volumes = of(standing);
            match volumes.len() {
                0 => {}
                1 => parts.push(format!("volume {volumes}: {}", self.words(standing))),
                _ => parts.push(format!("volumes {volumes}: {}", self.words(standing))),
            }
        }
        let mut missing = of(Standing::Missing);
        missing.extend_with(&of(Standing::Damaged));
        missing.extend_with(&of(Standing::Doubtful));
        if !missing.is_empty() || !of(Standing::Waits).is_empty() {
            parts.extend(self.brakes.iter().cloned());
        }
        if !missing.is_empty() {
            let offers: Vec<&StoredOffer> = offers
                .iter()
                .filter(|offer| may_hold(offer, &missing))
                .collect();
            self.search(&offers, &mut parts);
        }
        match parts.is_empty() {
            true => "nothing is missing".into(),
            false => parts.join("; "),
        }
    }

    /// What the last search came to, for what is still missing.
    fn search(&self, offers: &[&StoredOffer], parts: &mut Vec<String>) {
        let asked = &self.report.asked;
        parts.push(match self.stored.checked_at {
            None => "no source was asked yet".into(),
            Some(at) if asked.is_empty() => format!(
                "looked at on {}, without asking a source",
                day(at, self.zone)
            ),
            Some(at) => format!("last searched on {}", day(at, self.zone)),
        });
        parts.extend(asked.iter().filter_map(|asked| asked.error.clone()));
        let of = |decision: Decision| -> Vec<&StoredOffer> {
            let offers = offers.iter().copied();
            offers
                .filter(|offer| offer.decision == decision.word())
                .collect()
        };
        let (accepted, review, refused) = (
            of(Decision::Accepted),
            of(Decision::Review),
            of(Decision::Refused),
        );
        if !accepted.is_empty() {
            parts.push(format!("{} would do", releases(accepted.len())));
        }
        if !review.is_empty() {
            parts.push(format!(
                "{} for you to look at: {}",
                releases(review.len()),
                causes(&review)
            ));
        }
        if !refused.is_empty() {
            parts.push(format!("{} refused: {}", refused.len(), causes(&refused)));
        }
        // "Could not ask" is not "nobody has it".
        let all_answered = asked.iter().all(|asked| asked.error.is_none());
        if offers.is_empty() && !asked.is_empty() && all_answered {
            parts.push("nobody offered it".into());
        }
        if let Some(next) = self.again {
            parts.push(format!("searched again from {}", day(next, self.zone)));
        }
    }
}

fn releases(count: usize) -> String {
    match count {
        1 => "1 release".into(),
        count => format!("{count} releases"),
    }
}

/// `too_small (2), wrong_language (1)`, the most frequent first: of each offer what led to its verdict.
fn causes(offers: &[&StoredOffer]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for offer in offers {
        let mut reasons = offer.reasons.iter();
        let first = reasons.find(|(leads_to, ..)| *leads_to == offer.decision);
        if let Some((_, code, _)) = first {
            *counts.entry(code).or_default() += 1;
        }
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let shown = counts
        .iter()
        .map(|(code, count)| format!("{code} ({count})"));
    shown.collect::<Vec<_>>().join(", ")
}
