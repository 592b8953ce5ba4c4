//! The straight line, read it first: shelf → gaps → queries → offers → verdicts → picks → grabs, for one series, under its lease.

pub mod searching;
pub mod sending;

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures_util::future::join_all;

use crate::{
    app::App,
    asking,
    budget::{self, Wait},
    clock::utc,
    domain::{
        decide::{Decision, Judge, Reason, Verdict},
        event::{Event, SeriesRef},
        gaps::{self, Gap},
        offer::Offer,
        pick::{self, Choice, Pick},
        report::{OfferLine, Outcome, PickLine, SeriesReport},
        volume::VolumeSet,
    },
    lease::Lease,
    settings::Settings,
    shelving,
    store::{self, StoreError, Tx, series::Stored},
    taste::{self, Taste, Volumes},
};
use sending::{Prepared, Ready, Resolved};

/// How often another candidate takes the place of one that could not be had.
const MOST_ROUNDS: usize = 4;

/// How a check was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Say what would be sent, and send nothing.
    pub dry_run: bool,
    /// A person or program asked for just this; the schedule being off does not matter.
    pub by_hand: bool,
}

/// Why a series was not checked.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// There is none.
    #[error("there is no such series")]
    Unknown,
    /// Someone else is at it.
    #[error("this series is being checked already")]
    Busy,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Checks one series: cron, webhook, API and command line all end here.
///
/// # Errors
/// When it does not exist, is being checked elsewhere, or the database fails. Other programs' faults are in the report.
pub async fn check_series(
    app: &Arc<App>,
    id: i64,
    options: Options,
) -> Result<SeriesReport, CheckError> {
    let patience = Duration::from_secs(u64::from(app.config.lease_seconds) * 2);
    let lease = Lease::take(app, &lease_name(id), patience)
        .await?
        .ok_or(CheckError::Busy)?;
    let report = check_alone(app, &lease, id, options).await;
    lease.release().await;
    report
}

/// Under which a series is worked on.
pub fn lease_name(series: i64) -> String {
    format!("series:{series}")
}

async fn check_alone(
    app: &Arc<App>,
    lease: &Lease,
    id: i64,
    options: Options,
) -> Result<SeriesReport, CheckError> {
    let began = app.clock.now();
    sending::settle_doubts(app, Some(id)).await?;
    let settings = app.settings().await?;
    let (stored, open) = look(app, id, began).await?;
    let mut report = SeriesReport {
        series_id: id,
        title: stored.series.title.clone(),
        owned: stored.shelf.present.clone(),
        vanished: stored.shelf.vanished.clone(),
        missing: open.missing.iter().map(|gap| gap.volume).collect(),
        ..SeriesReport::default()
    };
    if let Some(note) = why_not_searched(&stored, &settings, &open, options) {
        report.notes.push(note);
    } else {
        let offers = ask_sources(app, &settings, &stored, &open, &mut report).await?;
        decide_and_send(app, lease, id, &offers, options, &mut report).await?;
    }
    let mut tx = app.db.begin().await?;
    // Asking can take minutes: what counts is what is missing now.
    let missing = match store::series::get_in(&mut tx, id).await? {
        Some(stored) => gaps::gaps(&stored.series, &stored.shelf).missing.len(),
        None => return Err(CheckError::Unknown),
    };
    report.on_its_way = store::grab::reserved_in(&mut tx, id).await?;
    store::series::looked_at(&mut tx, id, missing as i64, Some(app.clock.now())).await?;
    tx.commit().await?;
    Ok(report)
}

/// What may be looked for now.
struct Open {
    /// Missing and wanted.
    missing: Vec<Gap>,
    /// Of these, not on their way.
    free: VolumeSet,
    /// Reserved by live grabs.
    on_its_way: VolumeSet,
}

/// Shelf and gaps, fresh from the libraries' links.
async fn look(app: &Arc<App>, id: i64, now: i64) -> Result<(Stored, Open), CheckError> {
    let mut tx = app.db.begin().await?;
    let refreshed = shelving::refresh(&mut tx, id, now)
        .await?
        .ok_or(CheckError::Unknown)?;
    store::event::append(&mut tx, &refreshed.events, now).await?;
    store::series::clear_due(&mut tx, id, now).await?;
    let stored = store::series::get_in(&mut tx, id)
        .await?
        .ok_or(CheckError::Unknown)?;
    let open = open(&mut tx, &stored).await?;
    tx.commit().await?;
    Ok((stored, open))
}

async fn open(tx: &mut Tx, stored: &Stored) -> Result<Open, StoreError> {
    let missing = gaps::gaps(&stored.series, &stored.shelf).missing;
    let on_its_way = store::grab::reserved_in(tx, stored.series.id).await?;
    let free = missing
        .iter()
        .map(|gap| gap.volume)
        .filter(|volume| !on_its_way.contains(*volume))
        .collect();
    Ok(Open {
        missing,
        free,
        on_its_way,
    })
}

fn why_not_searched(
    stored: &Stored,
    settings: &Settings,
    open: &Open,
    options: Options,
) -> Option<String> {
    if !settings.enabled && !options.by_hand {
        return Some("scheduled checks are switched off (setting enabled)".into());
    }
    if !stored.series.monitored && !options.by_hand {
        return Some("the series is not monitored, so nothing was searched".into());
    }
    if open.free.is_empty() {
        let note = if open.missing.is_empty() {
            "nothing is missing"
        } else {
            "everything that is missing is on its way"
        };
        return Some(note.into());
    }
    if !settings.search_enabled {
        return Some("searching is switched off (setting searchEnabled)".into());
    }
    None
}

/// All sources at once: a slow one holds no other.
async fn ask_sources(
    app: &Arc<App>,
    settings: &Settings,
    stored: &Stored,
    open: &Open,
    report: &mut SeriesReport,
) -> Result<Vec<Offer>, StoreError> {
    let wanted_sources = &stored.series.sources;
    let rows = store::connection::list(&app.db, "source").await?;
    let rows: Vec<_> = rows
        .into_iter()
        .filter(|row| {
            row.enabled && (wanted_sources.is_empty() || wanted_sources.contains(&row.name))
        })
        .collect();
    if rows.is_empty() {
        report.notes.push(match wanted_sources.is_empty() {
            true => "there is no source to ask; add a Prowlarr under /api/v1/sources".into(),
            false => format!(
                "none of this series' own sources ({}) is there and enabled",
                wanted_sources.join(", ")
            ),
        });
    }
    let missing: Vec<_> = open.free.iter().collect();
    let answers = join_all(
        rows.iter()
            .map(|row| asking::ask(app, settings, row, &stored.series, &missing)),
    )
    .await;
    let mut offers = Vec::new();
    for answer in answers {
        let answer = answer?;
        report.asked.push(answer.asked);
        offers.extend(answer.offers);
    }
    Ok(offers)
}

/// Offers that could not be had, by fingerprint: the next candidate's turn comes.
type Excluded = HashMap<String, Reason>;

/// What is decided on, read anew for every round: asking takes minutes, and users and libraries do not wait.
struct Facts {
    stored: Stored,
    open: Open,
    taste: Taste,
    brake: Option<String>,
}

async fn facts(app: &Arc<App>, id: i64, options: Options) -> Result<Option<Facts>, StoreError> {
    let settings = app.settings().await?;
    let mut tx = app.db.begin().await?;
    let Some(stored) = store::series::get_in(&mut tx, id).await? else {
        return Ok(None);
    };
    let open = open(&mut tx, &stored).await?;
    tx.commit().await?;
    let brake = brake(app, &settings, &stored, options).await?;
    let taste = taste::of(app, &stored).await?;
    Ok(Some(Facts {
        stored,
        open,
        taste,
        brake,
    }))
}

async fn decide_and_send(
    app: &Arc<App>,
    lease: &Lease,
    id: i64,
    offers: &[Offer],
    options: Options,
    report: &mut SeriesReport,
) -> Result<(), StoreError> {
    let (mut excluded, mut resolved) = (Excluded::new(), Resolved::new());
    for round in 1..=MOST_ROUNDS {
        let last = round == MOST_ROUNDS;
        let Some(Facts {
            stored,
            open,
            taste,
            brake,
        }) = facts(app, id, options).await?
        else {
            return Ok(());
        };
        report
            .notes
            .extend(brake.clone().filter(|note| !report.notes.contains(note)));
        let (judged, picks) = plan(app, &stored, &open, &taste, offers, &excluded);
        let mut prepared = Prepared::default();
        if brake.is_none() {
            let (affordable, waiting) = within_budget(app, &judged, &picks).await?;
            prepared = sending::prepare(
                app,
                &judged,
                &affordable,
                &mut resolved,
                &mut excluded,
                report,
            )
            .await?;
            prepared.waiting = waiting;
        }
        if prepared.another_turn && !last {
            continue;
        }
        let plan = Plan {
            stored: &stored,
            judged: &judged,
            picks: &picks,
            prepared: &prepared,
            brake: brake.as_deref(),
            options,
        };
        let written = match write_down(app, &plan).await {
            Ok(Some(written)) => written,
            // The series changed, or another replica was faster with one of these volumes: decided again.
            Ok(None) if last => {
                let note = "the series changed while it was checked; the next check decides";
                report.notes.push(note.into());
                return Ok(());
            }
            Ok(None) => continue,
            Err(error) if error.is_conflict() && !last => continue,
            Err(error) => return Err(error),
        };
        report.offers = written.lines;
        let declined = sending::send(
            app,
            lease,
            &stored,
            &judged,
            &written.ready,
            &mut excluded,
            report,
        )
        .await?;
        if !declined || last {
            report_unsent(
                &judged,
                &picks,
                &prepared,
                brake.as_deref(),
                options,
                report,
            );
            return Ok(());
        }
    }
    Ok(())
}

/// The picks that may be sent now, and those that wait, with the reason.
async fn within_budget(
    app: &Arc<App>,
    judged: &[Judged],
    picks: &[Pick],
) -> Result<(Vec<Pick>, Vec<(usize, Wait)>), StoreError> {
    let (mut affordable, mut waiting) = (Vec::new(), Vec::new());
    if picks.is_empty() {
        return Ok((affordable, waiting));
    }
    let Some((client, _)) = sending::first_client(app).await? else {
        return Ok((picks.to_vec(), waiting));
    };
    let mut budget = budget::of(app, &app.settings().await?, &client).await?;
    for pick in picks {
        match budget.take(judged[pick.choice].bytes()) {
            Ok(()) => affordable.push(pick.clone()),
            Err(why) => waiting.push((pick.choice, why)),
        }
    }
    Ok((affordable, waiting))
}

/// Why nothing is sent by itself; none when it may be.
async fn brake(
    app: &Arc<App>,
    settings: &Settings,
    stored: &Stored,
    options: Options,
) -> Result<Option<String>, StoreError> {
    if options.dry_run {
        return Ok(Some("this is a dry run, so nothing is sent".into()));
    }
    if !settings.auto_send {
        return Ok(Some(
            "automatic sending is switched off (setting autoSend)".into(),
        ));
    }
    if !stored.series.auto_send {
        return Ok(Some(
            "automatic sending is switched off for this series".into(),
        ));
    }
    let mut tx = app.db.begin().await?;
    let links = store::library::links_of(&mut tx, stored.series.id).await?;
    tx.commit().await?;
    let mut armed = false;
    for link in links {
        let state = store::library::state(&app.db, link.library_id).await?;
        if let Some(held) = state.held {
            return Ok(Some(held));
        }
        armed |= state.armed_at.is_some();
    }
    Ok((!armed).then(|| "its library is not armed, so nothing is sent; arm it with POST /api/v1/libraries/{id}/arm".into()))
}

/// An offer with its verdict.
pub struct Judged {
    /// The offer.
    pub offer: Offer,
    /// What the rules say of it.
    pub verdict: Verdict,
}

impl Judged {
    /// Its size; of an unknown one as much as is usual.
    fn bytes(&self) -> u64 {
        self.offer.size.unwrap_or(self.verdict.usual_bytes)
    }
}

/// Every offer judged, best first, and the picks among them.
fn plan(
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
            if let Some(reason) = excluded.get(&offer.fingerprint) {
                verdict.decision = Decision::Refused;
                verdict.reasons.push((Decision::Refused, reason.clone()));
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
    let choices: Vec<Choice> = accepted.take(MOST_CHOICES).map(choice).collect();
    let picks = pick::pick(&open.free, &choices);
    (judged, picks)
}

/// Accepted offers of a series that are planned with: the best ranked of them.
const MOST_CHOICES: usize = 2_000;
/// Sizes that differ by less are equal: fewer grabs and the better release count more than a few bytes.
const GRAIN: u64 = 16_000_000;
/// Up to a tenth of what nobody wants is the price of having a pack at once, instead of its volumes one by one.
const TOLERATED_WASTE: u64 = 10;

fn choice(judged: &Judged) -> Choice {
    let verdict = &judged.verdict;
    let bytes = judged.bytes();
    let useless = match verdict.useless_bytes {
        useless if useless * TOLERATED_WASTE <= bytes => 0,
        useless => useless,
    };
    let rounded = |bytes: u64| bytes.div_ceil(GRAIN) * GRAIN;
    Choice {
        useful: verdict.useful.clone(),
        useless_bytes: rounded(useless),
        bytes: rounded(bytes),
        carries: verdict.volumes.len(),
    }
}

/// What the transaction wrote.
struct Written {
    ready: Vec<(i64, Ready)>,
    lines: Vec<OfferLine>,
}

/// What is to be written down.
struct Plan<'a> {
    stored: &'a Stored,
    judged: &'a [Judged],
    picks: &'a [Pick],
    prepared: &'a Prepared,
    brake: Option<&'a str>,
    options: Options,
}

impl Plan<'_> {
    /// Whether what was decided still stands for the series as it is now.
    fn still_stands(&self, now: &Stored, open: &Open) -> bool {
        let sends = !self.prepared.ready.is_empty();
        let allowed = now.series.auto_send && (now.series.monitored || self.options.by_hand);
        let free = |volume| open.free.contains(volume);
        !sends
            || allowed
                && self
                    .prepared
                    .ready
                    .iter()
                    .all(|item| item.reserves.iter().all(free))
    }
}

/// One transaction: offers with their verdicts, grabs with their reservations, the wants' states, and the events. None when
/// the series has changed so that the decision no longer stands; then nothing is written.
async fn write_down(app: &Arc<App>, plan: &Plan<'_>) -> Result<Option<Written>, StoreError> {
    let Plan {
        stored,
        judged,
        picks,
        prepared,
        options,
        ..
    } = *plan;
    let now = app.clock.now();
    let series = SeriesRef {
        id: stored.series.id,
        title: stored.series.title.clone(),
    };
    let night = budget::of_night(app, &app.settings().await?).await?;
    let mut tx = app.db.begin().await?;
    let Some(stored) = store::series::get_in(&mut tx, series.id).await? else {
        return Ok(None);
    };
    let open = open(&mut tx, &stored).await?;
    if !plan.still_stands(&stored, &open) {
        return Ok(None);
    }
    let sizes: Vec<u64> = prepared
        .ready
        .iter()
        .map(|item| judged[item.choice].bytes())
        .collect();
    if !sizes.is_empty() && !budget::still_fits(&mut tx, &night, &sizes).await? {
        return Ok(None);
    }
    let (mut lines, mut ready, mut events) = (Vec::new(), Vec::new(), Vec::new());
    let refused = judged
        .iter()
        .filter(|judged| judged.verdict.decision == Decision::Refused)
        .count() as u64;
    let mut ids = Vec::new();
    for judged in judged {
        let id = store::offer::put(&mut tx, series.id, &judged.offer, &judged.verdict, now).await?;
        ids.push(id);
        lines.push(line(id, judged));
    }
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
        if !prepared.waiting.is_empty() {
            let again = again_at(app, prepared).await?;
            store::series::mark_due(&mut tx, series.id, again).await?;
        }
        events.extend(want_states(&mut tx, plan, &stored, &open, &waiting, now).await?);
    }
    store::event::append(&mut tx, &events, now).await?;
    tx.commit().await?;
    Ok(Some(Written { ready, lines }))
}

/// A want is on its way, waits for a human, or is wanted. The first time that one waits, it is told.
async fn want_states(
    tx: &mut Tx,
    plan: &Plan<'_>,
    stored: &Stored,
    open: &Open,
    waiting: &[&Pick],
    now: i64,
) -> Result<Vec<Event>, StoreError> {
    let (judged, ready) = (plan.judged, &plan.prepared.ready);
    if !stored.series.monitored {
        return Ok(Vec::new());
    }
    let before = store::want::of_series(tx, stored.series.id).await?;
    let mut questions: HashMap<usize, VolumeSet> = HashMap::new();
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
        let state = match candidate {
            _ if sent => "on_its_way",
            Some(_) => "review",
            None => "wanted",
        };
        let known = before.get(&volume).map(String::as_str);
        if known != Some(state) {
            store::want::put(tx, stored.series.id, *gap, state, now).await?;
            if let Some(candidate) = candidate.filter(|_| state == "review") {
                questions.entry(candidate).or_default().insert(volume);
            }
        }
    }
    let mut questions: Vec<(usize, VolumeSet)> = questions.into_iter().collect();
    questions.sort_by_key(|question| question.0);
    let event = |(candidate, volumes): (usize, VolumeSet)| Event::ReviewNeeded {
        series: SeriesRef {
            id: stored.series.id,
            title: stored.series.title.clone(),
        },
        volumes,
        release: judged[candidate].offer.title.clone(),
        reasons: judged[candidate]
            .verdict
            .reasons
            .iter()
            .map(|(_, reason)| reason.to_string())
            .chain(plan.brake.map(str::to_owned))
            .collect(),
    };
    Ok(questions.into_iter().map(event).collect())
}

fn line(id: i64, judged: &Judged) -> OfferLine {
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
    }
}

/// When a pick that waits is looked at again: at the next scheduled check, or in an hour when only a place is needed.
async fn again_at(app: &App, prepared: &Prepared) -> Result<i64, StoreError> {
    const HOUR: i64 = 60 * 60 * 1000;
    let (settings, now) = (app.settings().await?, app.clock.now());
    let for_night = prepared.waiting.iter().all(|(_, wait)| wait.for_night);
    let next = crate::worker::clock::next(&settings.check_schedule, settings.time_zone, utc(now));
    Ok(match next {
        Some(next) if for_night => next.timestamp_millis(),
        _ => now + HOUR,
    })
}

/// The picks that were not handed to a client, and why.
fn report_unsent(
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
