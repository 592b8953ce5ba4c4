//! One transaction for everything that was decided: offers, grabs, wants, questions and events; and what the report says of it.

use std::{collections::HashMap, sync::Arc};

use super::{
    Open, Options, brake,
    planning::Judged,
    sending::{self, Prepared, Ready},
};
use crate::{
    app::App,
    budget,
    domain::{
        decide::{Decision, Reason, before, rank::Rank},
        event::{Event, MOST_TOLD},
        pick::Pick,
        report::{OfferLine, Outcome, PickLine, SeriesReport},
        volume::VolumeSet,
    },
    settings::Settings,
    store::{
        self, StoreError, Tx,
        review::{APPROVAL, Question},
        series::Stored,
    },
};

/// What the transaction wrote.
pub(super) struct Written {
    pub(super) ready: Vec<(i64, Ready)>,
    pub(super) lines: Vec<OfferLine>,
}

/// What is to be written down.
pub(super) struct Plan<'a> {
    pub(super) settings: &'a Settings,
    pub(super) stored: &'a Stored,
    pub(super) judged: &'a [Judged],
    pub(super) picks: &'a [Pick],
    pub(super) prepared: &'a Prepared,
    pub(super) brake: Option<&'a str>,
    pub(super) options: Options,
    /// Every source was asked and answered: what is not among the offers is offered by nobody.
    pub(super) complete: bool,
}

impl Plan<'_> {
    /// Whether what was decided still stands for the series as it is now.
    fn still_stands(&self, now: &Stored, open: &Open) -> bool {
        let same = (&now.series, &now.shelf) == (&self.stored.series, &self.stored.shelf);
        let free = |volume| open.free.contains(volume);
        let mut ready = self.prepared.ready.iter();
        same && ready.all(|item| item.reserves.iter().all(free))
    }
}

/// One transaction: offers with their verdicts, grabs with their reservations, the wants' states, and the events. None when
/// the series has changed so that the decision no longer stands; then nothing is written.
pub(super) async fn write_down(
    app: &Arc<App>,
    plan: &Plan<'_>,
) -> Result<Option<Written>, StoreError> {
    let Plan {
        stored,
        judged,
        picks,
        prepared,
        options,
        ..
    } = *plan;
    let now = app.clock.now();
    let series = stored.series.named();
    let sizes: Vec<u64> = prepared
        .ready
        .iter()
        .map(|item| item.fetched.unwrap_or(judged[item.choice].bytes()))
        .collect();
    let night = match sizes.is_empty() {
        true => None,
        false => {
            // Resolving went over the network: what held nothing back before may do so now.
            let settings = app.settings().await?;
            if brake(app, &settings, stored, options).await?.is_some() {
                return Ok(None);
            }
            Some(budget::of_night(app, &settings).await?)
        }
    };
    let mut tx = match night {
        Some(_) => app.db.begin().await?,
        None => app.db.begin_unsynced().await?,
    };
    let Some(stored) = store::series::get_in(&mut tx, series.id).await? else {
        return Ok(None);
    };
    let open = Open::of(&stored);
    if !plan.still_stands(&stored, &open) {
        return Ok(None);
    }
    if let Some(night) = night
        && !budget::still_fits(&mut tx, &night, &sizes).await?
    {
        return Ok(None);
    }
    let (mut ready, mut events) = (Vec::new(), Vec::new());
    let refused = judged
        .iter()
        .filter(|judged| judged.verdict.decision == Decision::Refused)
        .count() as u64;
    let ids = store::offer::put(&mut tx, series.id, judged.iter().map(Judged::parts)).await?;
    let lines = ids.iter().zip(judged).enumerate();
    let lines = lines.map(|(at, (id, offer))| line(*id, offer, judged.get(at + 1)));
    let lines = lines.collect();
    for item in &prepared.ready {
        let (offer, verdict) = (&judged[item.choice].offer, &judged[item.choice].verdict);
        let grab = sending::write_grab(
            &mut tx,
            series.id,
            ids[item.choice],
            sending::What {
                offer,
                carries: &verdict.volumes,
                by_hand: false,
                alias: verdict.alias.as_deref(),
            },
            item,
            now,
        )
        .await?;
        events.push(Event::VolumeFound {
            series: series.clone(),
            volumes: item.reserves.clone(),
            release: offer.title.clone(),
            source: offer.source.clone(),
            indexer: offer.indexer.clone(),
            relevance: verdict.relevance.total(),
            refused,
            grab: Some(grab),
            bytes: offer.size,
        });
        ready.push((grab, item.clone()));
    }
    if !options.dry_run {
        let waiting: Vec<&Pick> = picks
            .iter()
            .filter(|pick| !prepared.ready.iter().any(|item| item.choice == pick.choice))
            // What only waits for room needs no one.
            .filter(|pick| !prepared.waits(pick.choice))
            .collect();
        if prepared.waiting.is_empty() {
            if stored.waits_until.is_some() {
                store::series::wait_no_more(&mut tx, series.id).await?;
            }
        } else {
            let for_night = prepared.waiting.iter().all(|(_, wait)| wait.for_night);
            let again = budget::again_at(plan.settings, now, for_night);
            let had_its_share = !ready.is_empty();
            store::series::wait(&mut tx, series.id, again, had_its_share, now).await?;
        }
        let left = open.free.iter().filter(|volume| {
            !ready
                .iter()
                .any(|(_, item)| item.reserves.contains(*volume))
        });
        let asked = questions(plan, &open.free, &waiting, &ids);
        let state = (&left.collect(), plan.complete);
        store::review::ask(&mut tx, &stored, asked, state, now).await?;
        let questions = want_states(&mut tx, plan, &stored, &open, (&waiting, &ids), now).await?;
        events.extend(told(&mut tx, questions, options.run_began).await?);
    }
    store::event::append(&mut tx, &events, now).await?;
    tx.commit().await?;
    Ok(Some(Written { ready, lines }))
}

/// One for each cause: the first reason for review of what would be useful, and approval for what only may not go by itself.
fn questions(plan: &Plan<'_>, free: &VolumeSet, waiting: &[&Pick], ids: &[i64]) -> Vec<Question> {
    let mut questions: Vec<Question> = Vec::new();
    let mut ask =
        |cause: &str, volumes: &VolumeSet, candidate: i64, message: String| match questions
            .iter_mut()
            .find(|known| known.cause == cause)
        {
            Some(known) => {
                known.volumes.extend_with(volumes);
                known.candidates.push(candidate);
            }
            None => questions.push(Question {
                cause: cause.to_owned(),
                volumes: volumes.clone(),
                candidates: vec![candidate],
                message,
            }),
        };
    for pick in waiting {
        let unsent = plan.brake.or(plan.prepared.problem.as_deref());
        let message = unsent.unwrap_or("it could not be fetched").to_owned();
        // A pack of which nobody knows yet whether it can be taken apart is asked about as what it is.
        let conditions = plan.judged[pick.choice].verdict.conditions().next();
        let (cause, message) = match conditions {
            Some(reason) => (reason.code(), format!("{reason}; {message}")),
            None => (APPROVAL, message),
        };
        ask(cause, &pick.reserves, ids[pick.choice], message);
    }
    for (judged, id) in plan.judged.iter().zip(ids) {
        let verdict = &judged.verdict;
        if verdict.decision != Decision::Review {
            continue;
        }
        let mut reasons = verdict.reasons.iter();
        let Some((_, reason)) = reasons.find(|reason| reason.0 == Decision::Review) else {
            continue;
        };
        let volumes = match reason {
            Reason::Upgrade { volumes, .. } => volumes,
            // What cannot be read may be any of those that are missing.
            _ if verdict.volumes.is_empty() => free,
            _ => &verdict.useful,
        };
        if !volumes.is_empty() {
            ask(reason.code(), volumes, *id, reason.to_string());
        }
    }
    questions
}

/// A want is on its way, waits for a human, or is wanted. The first time that one waits, it is told.
async fn want_states(
    tx: &mut Tx,
    plan: &Plan<'_>,
    stored: &Stored,
    open: &Open,
    (waiting, ids): (&[&Pick], &[i64]),
    now: i64,
) -> Result<Vec<Event>, StoreError> {
    let (judged, ready) = (plan.judged, &plan.prepared.ready);
    if !stored.series.monitored {
        return Ok(Vec::new());
    }
    let mut questions: HashMap<usize, VolumeSet> = HashMap::new();
    let mut changed = Vec::new();
    for gap in &open.missing {
        let volume = gap.volume;
        let sent = open.on_its_way.contains(volume)
            || ready.iter().any(|item| item.reserves.contains(volume));
        let candidate = waiting
            .iter()
            .find(|pick| pick.reserves.contains(volume))
            .map(|pick| pick.choice);
        let candidate = candidate.or_else(|| {
            judged.iter().position(|judged| {
                judged.verdict.decision == Decision::Review
                    && judged.verdict.useful.contains(volume)
            })
        });
        let known = stored.wants.get(&volume).map(|want| &*want.state);
        let state = match candidate {
            _ if sent => "on_its_way",
            Some(_) => "review",
            // Offers that came by themselves, or from some of the sources, answer no older question.
            None if !plan.complete && known == Some("review") => "review",
            None => "wanted",
        };
        if known != Some(state) {
            changed.push((*gap, state));
            if let Some(candidate) = candidate.filter(|_| state == "review") {
                questions.entry(candidate).or_default().insert(volume);
            }
        }
    }
    store::want::put(tx, stored.series.id, &changed, now).await?;
    let mut questions: Vec<(usize, VolumeSet)> = questions.into_iter().collect();
    questions.sort_by_key(|question| question.0);
    let reviews = match questions.is_empty() {
        true => Vec::new(),
        false => store::review::open_of(tx, stored.series.id).await?,
    };
    let event = |(candidate, volumes): (usize, VolumeSet)| {
        let Judged { offer, verdict, .. } = &judged[candidate];
        let reasons = verdict.reasons.iter().map(|(_, reason)| reason.to_string());
        let review = reviews
            .iter()
            .find(|review| review.candidates.contains(&ids[candidate]));
        Event::ReviewNeeded {
            series: stored.series.named(),
            volumes,
            release: offer.title.clone(),
            reasons: reasons.chain(plan.brake.map(str::to_owned)).collect(),
            grab: None,
            review: review.map(|review| review.id),
            source: offer.source.clone(),
            indexer: offer.indexer.clone(),
            bytes: offer.size,
        }
    };
    Ok(questions.into_iter().map(event).collect())
}

/// At the end of a run that happened by itself: its questions that were not told one by one.
///
/// # Errors
/// When the database fails.
pub async fn digest(tx: &mut Tx, run_began: i64) -> Result<Option<Event>, StoreError> {
    let open = store::review::opened_since(tx, run_began).await?;
    let told = store::event::count_since(tx, ASKED, run_began).await?;
    let count = open.unsigned_abs().saturating_sub(told as u64);
    Ok((told >= MOST_TOLD && count > 0).then(|| Event::Digest {
        of: ASKED.into(),
        count,
    }))
}

/// The event of a question.
const ASKED: &str = "review.needed";

async fn told(
    tx: &mut Tx,
    questions: Vec<Event>,
    run_began: Option<i64>,
) -> Result<Vec<Event>, StoreError> {
    let Some(began) = run_began.filter(|_| !questions.is_empty()) else {
        return Ok(questions);
    };
    let before = store::event::count_since(tx, ASKED, began).await?;
    let left = MOST_TOLD.saturating_sub(before);
    Ok(questions.into_iter().take(left).collect())
}

fn line(id: i64, judged: &Judged, next: Option<&Judged>) -> OfferLine {
    fn place(judged: &Judged) -> (&str, &Rank) {
        (judged.verdict.decision.word(), &judged.verdict.rank)
    }
    OfferLine {
        offer_id: Some(id),
        title: judged.offer.title.clone(),
        source: judged.offer.source.clone(),
        indexer: judged.offer.indexer.clone(),
        decision: judged.verdict.decision.word().to_owned(),
        volumes: judged.verdict.volumes.clone(),
        relevance: judged.verdict.relevance.total(),
        reasons: judged
            .verdict
            .reasons
            .iter()
            .map(|(_, reason)| reason.to_string())
            .collect(),
        before: next.and_then(|next| before::the_next(place(judged), place(next))),
        for_now: judged.verdict.is_for_now(),
        not_sent: judged.verdict.is_not_sent(),
        fingerprint: judged.offer.fingerprint.clone(),
    }
}

/// The picks that were not handed to a client, and why.
pub(super) fn report_unsent(
    judged: &[Judged],
    picks: &[Pick],
    prepared: &Prepared,
    brake: Option<&str>,
    options: Options,
    report: &mut SeriesReport,
) {
    for pick in picks
        .iter()
        .filter(|pick| !prepared.ready.iter().any(|item| item.choice == pick.choice))
    {
        let offer = &judged[pick.choice].offer;
        let waits = prepared.waiting.iter().find(|waits| waits.0 == pick.choice);
        let (outcome, message) = match (brake, &prepared.problem) {
            (None, _) if waits.is_some() => {
                (Outcome::Waits, waits.map(|(_, wait)| wait.why.clone()))
            }
            (Some(_), _) if options.dry_run => (Outcome::WouldSend, None),
            (Some(brake), _) => (Outcome::Review, Some(brake.to_owned())),
            (None, problem) => (
                Outcome::Failed,
                Some(
                    problem
                        .clone()
                        .unwrap_or_else(|| "it could not be fetched".into()),
                ),
            ),
        };
        report.picks.push(PickLine {
            title: offer.title.clone(),
            indexer: offer.indexer.clone(),
            volumes: pick.reserves.clone(),
            outcome,
            message,
        });
    }
}
