//! The straight line, read it first: shelf → gaps → queries → offers → verdicts → picks → grabs, for one series, under its lease.

pub mod foreseeing;
mod planning;
pub mod searching;
pub mod sending;
mod writing;

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures_util::future::join_all;

use crate::{
    app::App,
    asking::{self, Purpose},
    domain::{
        backoff,
        decide::Reason,
        gaps::Gap,
        offer::Offer,
        query,
        report::{Outcome, PickLine, SeriesReport},
        volume::VolumeSet,
    },
    lease::Lease,
    settings::Settings,
    shelving,
    store::{
        self, StoreError, Tx,
        series::{Searched, Stored},
    },
    taste::{self, Taste},
};
use planning::{Judged, plan, within_budget};
use sending::{Prepared, Resolved};
pub use writing::digest;
use writing::{Plan, report_unsent, write_down};

/// Milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1000;
/// How often another candidate takes the place of one that could not be had.
const MOST_ROUNDS: usize = 4;

/// How a check was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Say what would be sent, and send nothing.
    pub dry_run: bool,
    /// A person or program asked for just this; the schedule being off does not matter.
    pub by_hand: bool,
    /// Of a run over many series that happens by itself: when it began. Of its questions only the first are told one by one.
    pub run_began: Option<i64>,
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

/// A series that was checked. No one else works on it until that is written down with [`write_checked`].
pub struct Checked {
    /// What came of it.
    pub report: SeriesReport,
    mark: store::series::Checked,
    lease: Lease,
}

/// Checks one series: cron, webhook, API and command line all end here.
///
/// # Errors
/// When it does not exist, is being checked elsewhere, or the database fails. Other programs' faults are in the report.
pub async fn check_series(
    app: &Arc<App>,
    id: i64,
    options: Options,
) -> Result<Checked, CheckError> {
    let patience = Duration::from_secs(u64::from(app.config.lease_seconds) * 2);
    let lease = Lease::take(app, &lease_name(id), patience)
        .await?
        .ok_or(CheckError::Busy)?;
    match check_alone(app, &lease, id, options).await {
        Ok((report, mark)) => Ok(Checked {
            report,
            mark,
            lease,
        }),
        Err(error) => {
            lease.release().await;
            Err(error)
        }
    }
}

/// Writes down that series were checked and gives them back, with what `also` writes.
///
/// # Errors
/// When the database fails; then none was.
pub async fn write_checked<T>(
    app: &App,
    checked: Vec<Checked>,
    also: impl AsyncFnOnce(&mut Tx) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let mut tx = app.db.begin_unsynced().await?;
    let written = also(&mut tx).await?;
    if !checked.is_empty() {
        store::series::checked(&mut tx, checked.iter().map(|checked| checked.mark)).await?;
        Lease::give_back(&mut tx, checked.iter().map(|checked| &checked.lease)).await?;
    }
    tx.commit().await?;
    for checked in checked {
        checked.lease.is_given_back();
    }
    Ok(written)
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
) -> Result<(SeriesReport, store::series::Checked), CheckError> {
    let began = app.clock.now();
    let settings = app.settings().await?;
    let (stored, open) = look(app, id, began).await?;
    let mut report = SeriesReport {
        series_id: id,
        title: stored.series.title.clone(),
        owned: stored.shelf.present.clone(),
        vanished: stored.shelf.vanished.clone(),
        missing: open.missing.iter().map(|gap| gap.volume).collect(),
        on_its_way: stored.on_its_way.clone(),
        ..SeriesReport::default()
    };
    if let Some(note) = why_not_searched(&stored, &settings, &open, options) {
        report.notes.push(note);
    } else {
        let purpose = match options.by_hand {
            true => Purpose::Asked,
            false => Purpose::Sweep,
        };
        let offers = ask_sources(app, &settings, &stored, &open, purpose, &mut report).await?;
        decide_and_send(app, lease, id, &offers, options, &mut report).await?;
    }
    let ended = app.clock.now();
    let mark = store::series::Checked {
        id,
        at: ended,
        done_up_to: (!options.dry_run).then_some(began),
        search: is_search(&report, options).then(|| search_made(&report, stored.fruitless, ended)),
    };
    Ok((report, mark))
}

/// A dry run, or one in which no source answered, changes nothing in when the series is searched.
fn is_search(report: &SeriesReport, options: Options) -> bool {
    !options.dry_run && report.asked.iter().any(|asked| asked.answered)
}

/// What a search means for the next one. Where some could not be asked, "found nothing" is not said, and it does not get rarer.
fn search_made(report: &SeriesReport, fruitless: i64, at: i64) -> Searched {
    let complete = answered(report);
    let fruitless = match report.picks.is_empty() {
        false => 0,
        true if complete => fruitless + 1,
        true => fruitless,
    };
    let usual = backoff::next_search(0);
    let pause = match complete {
        true => backoff::next_search(fruitless),
        false => backoff::next_search(fruitless).min(usual),
    };
    // What is only waited for is taken when its time has come, however rarely the series is searched by then.
    let ripe = report.days_left.map_or(pause, |days| days * DAY);
    Searched {
        fruitless,
        next: at + pause.min(ripe),
        complete,
    }
}

/// Judges offers that came by themselves against what is missing of a series, and sends what is right: the same line as a check, without
/// asking anyone. `run_began` is when they came.
///
/// # Errors
/// As [`check_series`].
pub async fn consider(
    app: &Arc<App>,
    id: i64,
    offers: &[Offer],
    run_began: i64,
) -> Result<SeriesReport, CheckError> {
    let lease = Lease::try_take(app, &lease_name(id))
        .await?
        .ok_or(CheckError::Busy)?;
    let report = consider_alone(app, &lease, id, offers, run_began).await;
    lease.release().await;
    report
}

/// How long what was found is believed; milliseconds.
pub const FOUND_LATELY: i64 = 30 * 24 * 60 * 60 * 1000;

/// Judges again what was found for a series and waited for room in the budget, and sends what there is room for now.
///
/// # Errors
/// As [`check_series`].
pub async fn reconsider(app: &Arc<App>, id: i64) -> Result<SeriesReport, CheckError> {
    const HOUR: i64 = 60 * 60 * 1000;
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    // Whatever comes of it, the others are not held up by this one.
    store::series::wait(&mut tx, id, now + HOUR, false, now).await?;
    tx.commit().await?;
    let offers = store::offer::accepted(&app.db, id, now - FOUND_LATELY).await?;
    let report = consider(app, id, &offers, now).await?;
    let undone = |pick: &PickLine| !matches!(pick.outcome, Outcome::Sent | Outcome::Review);
    if !report.picks.iter().any(undone) {
        let mut tx = app.db.begin().await?;
        store::series::wait_no_more(&mut tx, id).await?;
        tx.commit().await?;
    }
    Ok(report)
}

async fn consider_alone(
    app: &Arc<App>,
    lease: &Lease,
    id: i64,
    offers: &[Offer],
    run_began: i64,
) -> Result<SeriesReport, CheckError> {
    let options = Options {
        dry_run: false,
        by_hand: false,
        run_began: Some(run_began),
    };
    let (stored, open) = look(app, id, app.clock.now()).await?;
    let mut report = SeriesReport {
        series_id: id,
        title: stored.series.title.clone(),
        ..SeriesReport::default()
    };
    match why_not_searched(&stored, &app.settings().await?, &open, options) {
        Some(note) => report.notes.push(note),
        None => decide_and_send(app, lease, id, offers, options, &mut report).await?,
    }
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

impl Open {
    fn of(stored: &Stored) -> Self {
        Self {
            missing: stored.gaps(),
            free: stored.free_volumes(),
            on_its_way: stored.on_its_way.clone(),
        }
    }
}

/// Shelf and gaps, once what a crash left in doubt is settled. Whatever changes them writes the wants down as well, so nearly always they fit, and no one waits for a writer.
async fn look(app: &Arc<App>, id: i64, now: i64) -> Result<(Stored, Open), CheckError> {
    let mut stored = (store::series::get(&app.db, id).await?).ok_or(CheckError::Unknown)?;
    if stored.in_doubt {
        sending::settle_doubts(app, Some(id)).await?;
        stored = (store::series::get(&app.db, id).await?).ok_or(CheckError::Unknown)?;
    }
    let open = Open::of(&stored);
    let fits = match stored.series.monitored {
        true => {
            let is_known = |gap: &Gap| stored.wants.contains_key(&gap.volume);
            open.missing.len() == stored.wants.len() && open.missing.iter().all(is_known)
        }
        false => stored.wants.is_empty(),
    };
    if fits && stored.missing == open.missing.len() as i64 {
        return Ok((stored, open));
    }
    let mut tx = app.db.begin_unsynced().await?;
    let refreshed = shelving::refresh(&mut tx, id, now)
        .await?
        .ok_or(CheckError::Unknown)?;
    store::event::append(&mut tx, &refreshed.events, now).await?;
    tx.commit().await?;
    let open = Open::of(&refreshed.stored);
    Ok((refreshed.stored, open))
}

fn why_not_searched(
    stored: &Stored,
    settings: &Settings,
    open: &Open,
    options: Options,
) -> Option<String> {
    if !settings.enabled && !options.by_hand {
        return Some(SCHEDULE_OFF.into());
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
        return Some(SEARCH_OFF.into());
    }
    None
}

/// All sources at once: a slow one holds no other.
async fn ask_sources(
    app: &Arc<App>,
    settings: &Settings,
    stored: &Stored,
    open: &Open,
    purpose: Purpose,
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
    let found = store::offer::found_by_term(&app.db, stored.series.id).await?;
    let terms = query::terms(&stored.series, &found, stored.fruitless);
    let answers = join_all(rows.iter().map(|row| {
        asking::ask(
            app,
            settings,
            row,
            &stored.series,
            (&terms, &missing),
            purpose,
        )
    }))
    .await;
    let mut offers = Vec::new();
    for answer in answers {
        let answer = answer?;
        report.asked.push(answer.asked);
        offers.extend(answer.offers);
    }
    Ok(offers)
}

/// Every source was asked, and could answer.
fn answered(report: &SeriesReport) -> bool {
    !report.asked.is_empty() && report.asked.iter().all(|asked| asked.error.is_none())
}

/// Offers that could not be had, by fingerprint: the next candidate's turn comes.
type Excluded = HashMap<String, Reason>;

/// What is decided on, read anew for every round: asking takes minutes, and users and libraries do not wait.
struct Facts {
    settings: Settings,
    stored: Stored,
    open: Open,
    taste: Taste,
    brake: Option<String>,
}

async fn facts(app: &Arc<App>, id: i64, options: Options) -> Result<Option<Facts>, StoreError> {
    let settings = app.settings().await?;
    let Some(stored) = store::series::get(&app.db, id).await? else {
        return Ok(None);
    };
    let open = Open::of(&stored);
    let brake = brake(app, &settings, &stored, options).await?;
    let taste = taste::of(app, &stored).await?;
    Ok(Some(Facts {
        settings,
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
            settings,
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
        report.days_left = judged
            .iter()
            .filter_map(|judged| judged.verdict.days_left())
            .min();
        let mut prepared = Prepared::default();
        if brake.is_none() {
            let (affordable, waiting) = within_budget(app, &settings, &judged, &picks).await?;
            prepared = sending::prepare(
                app,
                id,
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
            settings: &settings,
            stored: &stored,
            judged: &judged,
            picks: &picks,
            prepared: &prepared,
            brake: brake.as_deref(),
            options,
            complete: answered(report),
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
        if !written.ready.is_empty()
            && let Some(stored) = store::series::get(&app.db, id).await?
        {
            report.on_its_way = stored.on_its_way;
        }
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

/// Everything that keeps what is missing of a series from being found and sent by itself now, as sentences.
///
/// # Errors
/// When the database fails.
pub async fn brakes(
    app: &Arc<App>,
    settings: &Settings,
    stored: &Stored,
) -> Result<Vec<String>, StoreError> {
    let by_itself = Options {
        dry_run: false,
        by_hand: false,
        run_began: None,
    };
    let brake = brake(app, settings, stored, by_itself).await?;
    let off = [
        (settings.enabled, SCHEDULE_OFF),
        (settings.search_enabled, SEARCH_OFF),
    ];
    let off = off.into_iter().filter(|(on, _)| !on);
    Ok(brake
        .into_iter()
        .chain(off.map(|(_, note)| note.to_owned()))
        .collect())
}

const SCHEDULE_OFF: &str = "scheduled checks are switched off (setting enabled)";
const SEARCH_OFF: &str = "searching is switched off (setting searchEnabled)";

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
    let mut armed = false;
    for state in store::library::states_of(&app.db, stored.series.id).await? {
        if let Some(held) = state.held {
            return Ok(Some(held));
        }
        armed |= state.armed_at.is_some();
    }
    Ok((!armed).then(|| "its library is not armed, so nothing is sent; arm it with POST /api/v1/libraries/{id}/arm".into()))
}
