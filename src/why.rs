//! Why a volume is not there: what was asked, what was offered, and what was said against it, in one honest line each.

use std::collections::BTreeMap;

use crate::{
    app::App,
    clock::day,
    domain::{
        decide::Decision,
        gaps,
        report::{Asked, SeriesReport},
        volume::{VolumeNumber, VolumeSet},
    },
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
    /// When its sources were last asked.
    pub checked_at: Option<i64>,
    /// When it is searched again by itself, at the earliest.
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
    app: &App,
    stored: &Stored,
    volume: Option<VolumeNumber>,
) -> Result<Why, StoreError> {
    let id = stored.series.id;
    let missing: VolumeSet = gaps::gaps(&stored.series, &stored.shelf)
        .missing
        .iter()
        .map(|gap| gap.volume)
        .collect();
    let about: VolumeSet = match volume {
        Some(volume) => std::iter::once(volume).collect(),
        None => missing.clone(),
    };
    let window = Window {
        limit: MOST_OFFERS,
        offset: 0,
    };
    let holds = |offer: &StoredOffer| {
        offer.volumes.is_empty() || about.iter().any(|volume| offer.volumes.contains(volume))
    };
    let mut offers = store::offer::list(&app.db, Some(id), "", window)
        .await?
        .records;
    offers.retain(holds);
    offers.sort_by(|a, b| order(a).cmp(&order(b)).then(b.rank.cmp(&a.rank)));
    let report = store::check::last_report(&app.db, id)
        .await?
        .unwrap_or_default();
    let on_its_way = store::grab::reserved(&app.db, id).await?;
    let mut why = Why {
        line: String::new(),
        missing: missing
            .iter()
            .filter(|volume| about.contains(*volume))
            .collect(),
        checked_at: stored.checked_at,
        next_search_at: stored.search_at,
        asked: report.asked.clone(),
        notes: report.notes.clone(),
        offers,
    };
    let zone = app.settings().await?.time_zone;
    why.line = line(stored, &about, &on_its_way, &report, &why, |at| {
        day(at, zone)
    });
    Ok(why)
}

fn order(offer: &StoredOffer) -> u8 {
    match offer.decision.as_str() {
        "accepted" => 0,
        "review" => 1,
        _ => 2,
    }
}

fn line(
    stored: &Stored,
    about: &VolumeSet,
    on_its_way: &VolumeSet,
    report: &SeriesReport,
    why: &Why,
    day: impl Fn(i64) -> String,
) -> String {
    let mut parts = vec![standing(stored, about, on_its_way)];
    if why.missing.iter().all(|volume| on_its_way.contains(volume)) {
        return parts.concat();
    }
    parts.push(match stored.checked_at {
        None => "no source was asked yet".into(),
        Some(at) if report.asked.is_empty() => {
            format!("looked at on {}, without asking a source", day(at))
        }
        Some(at) => format!("last searched on {}", day(at)),
    });
    parts.extend(report.asked.iter().filter_map(|asked| asked.error.clone()));
    let count = |decision: Decision| {
        why.offers
            .iter()
            .filter(|offer| offer.decision == decision.word())
            .count()
    };
    if count(Decision::Accepted) > 0 {
        parts.push(format!("{} would do", releases(count(Decision::Accepted))));
    }
    if count(Decision::Review) > 0 {
        parts.push(format!(
            "{} for you to look at: {}",
            releases(count(Decision::Review)),
            causes(&why.offers, Decision::Review)
        ));
    }
    if count(Decision::Refused) > 0 {
        parts.push(format!(
            "{} refused: {}",
            count(Decision::Refused),
            causes(&why.offers, Decision::Refused)
        ));
    }
    // "Could not ask" is not "nobody has it".
    let all_answered = report.asked.iter().all(|asked| asked.error.is_none());
    if why.offers.is_empty() && !report.asked.is_empty() && all_answered {
        parts.push("nobody offered it".into());
    }
    if let Some(next) = stored.search_at {
        parts.push(format!("searched again from {}", day(next)));
    }
    parts.join("; ")
}

fn standing(stored: &Stored, about: &VolumeSet, on_its_way: &VolumeSet) -> String {
    if about.is_empty() {
        return "nothing is missing".into();
    }
    let in_set = |set: &VolumeSet| about.iter().all(|volume| set.contains(volume));
    let which = match about.len() {
        1 => format!("volume {about}"),
        _ => format!("volumes {about}"),
    };
    let what = if in_set(&stored.shelf.present) {
        "on the shelf"
    } else if in_set(on_its_way) {
        "on the way"
    } else if in_set(&stored.shelf.vanished) {
        "gone from the shelf, and not fetched again by itself"
    } else if in_set(&stored.series.ignored) {
        "ignored"
    } else if !stored.series.monitored {
        "not looked for: the series is not monitored"
    } else {
        "missing"
    };
    format!("{which}: {what}")
}

fn releases(count: usize) -> String {
    match count {
        1 => "1 release".into(),
        count => format!("{count} releases"),
    }
}

/// `too_small (2), wrong_language (1)`, the most frequent first.
fn causes(offers: &[StoredOffer], decision: Decision) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for offer in offers
        .iter()
        .filter(|offer| offer.decision == decision.word())
    {
        let first = offer
            .reasons
            .iter()
            .find(|(leads_to, ..)| leads_to == decision.word());
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
