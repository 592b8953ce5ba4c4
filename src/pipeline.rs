//! The straight line, read it first: shelf → gaps → queries → offers → verdicts → picks → grabs, for one series, under its lease.

mod brakes;
mod considering;
pub mod foreseeing;
mod open;
mod planning;
pub mod searching;
pub mod sending;
mod writing;

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures_util::future::join_all;

use crate::{
    app::App,
    asking,
    connection::PUSH,
    domain::{
        backoff,
        decide::{Decision, Reason},
        offer::Offer,
        query,
        report::SeriesReport,
        units::DAY,
    },
    lease::Lease,
    ports::Purpose,
    pushing,
    settings::Settings,
    store::{
        self, StoreError, Tx,
        series::{Searched, Stored},
    },
    taste::{self, Taste},
};
pub use brakes::brakes;
use brakes::{brake, why_not_searched};
pub use considering::{FOUND_LATELY, consider, next_candidate, reconsider};
use open::{Open, look};
use planning::{Judged, plan, within_budget};
use sending::{Again, Prepared, Resolved};
pub use writing::digest;
use writing::{Plan, report_unsent, write_down};

/// How often another candidate takes the place of one that could not be had.
const MOST_ROUNDS: usize = 4;
/// How often another one takes the place of packs that cannot be taken apart, besides.
const MOST_LOOKED_INTO: usize = 8;

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
        damaged: stored.shelf.damaged.clone(),
        doubtful: stored.shelf.doubtful.clone(),
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
        let mut offers = ask_sources(app, &settings, &stored, &open, purpose, &mut report).await?;
        considering::add(&mut offers, pushing::waiting(app, id).await?);
        let known = (settings, stored.clone());
        decide_and_send(app, lease, known, &offers, options, &mut report).await?;
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
    let mut rows = store::connection::list(&app.db, "source").await?;
    rows.retain(|row| {
        row.enabled
            && row.kind != PUSH
            && (wanted_sources.is_empty() || wanted_sources.contains(&row.name))
    });
    let are_there = !rows.is_empty();
    rows.retain(|row| asking::serves(row, purpose));
    if rows.is_empty() {
        report.notes.push(match wanted_sources.is_empty() {
            _ if are_there => {
                "none of the sources is asked for this (their automaticSearch and interactiveSearch)".into()
            }
            true => {
                "there is no source to ask; add a Prowlarr, a Torznab or an EBDZ under /api/v1/sources".into()
            }
            false => format!(
                "none of this series' own sources ({}) is there and enabled",
                wanted_sources.join(", ")
            ),
        });
    }
    let missing: Vec<_> = open.free.iter().collect();
    let found = match stored.series.aliases.len() {
        // There is nothing to choose from.
        0 | 1 => HashMap::new(),
        _ => store::offer::found_by_term(&app.db, stored.series.id).await?,
    };
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

/// What turned out about an offer when it was to be sent, and what that leads to.
type Objection = (Decision, Reason);
/// By fingerprint: the next candidate's turn comes.
type Excluded = HashMap<String, Objection>;

/// What is decided on, as it is known when a round begins. Asking takes minutes, and users and libraries do not wait: whether the series
/// is still this one is looked at when the decision is written down, and the next round reads it anew.
struct Facts {
    settings: Settings,
    stored: Stored,
    open: Open,
    taste: Taste,
    brake: Option<String>,
}

async fn facts(
    app: &Arc<App>,
    (settings, stored): (Settings, Stored),
    options: Options,
) -> Result<Facts, StoreError> {
    let open = Open::of(&stored);
    let brake = brake(app, &settings, &stored, options).await?;
    let taste = taste::of(app, &stored).await?;
    Ok(Facts {
        settings,
        stored,
        open,
        taste,
        brake,
    })
}

async fn decide_and_send(
    app: &Arc<App>,
    lease: &Lease,
    known: (Settings, Stored),
    offers: &[Offer],
    options: Options,
    report: &mut SeriesReport,
) -> Result<(), StoreError> {
    let id = known.1.series.id;
    in_rounds(app, lease, known, offers, options, report).await?;
    if !options.dry_run {
        app.pushes.settle(id, report, app.clock.now());
    }
    Ok(())
}

async fn in_rounds(
    app: &Arc<App>,
    lease: &Lease,
    known: (Settings, Stored),
    offers: &[Offer],
    options: Options,
    report: &mut SeriesReport,
) -> Result<(), StoreError> {
    let id = known.1.series.id;
    let mut known = Some(known);
    let mut excluded: Excluded = store::offer::not_in_part(&app.db, id).await?;
    let (mut resolved, mut round, mut looked_into) = (Resolved::new(), 0, 0);
    loop {
        round += 1;
        let last = round >= MOST_ROUNDS;
        let known = match known.take() {
            Some(known) => known,
            None => match store::series::get(&app.db, id).await? {
                Some(stored) => (app.settings().await?, stored),
                None => return Ok(()),
            },
        };
        let Facts {
            settings,
            stored,
            open,
            taste,
            brake,
        } = facts(app, known, options).await?;
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
            let (affordable, waiting) =
                within_budget(app, &settings, &judged, &picks, &resolved).await?;
            let of = sending::For {
                stored: &stored,
                profile: &taste.profile,
                judged: &judged,
            };
            let learnt = sending::Learnt {
                excluded: &mut excluded,
                resolved: &mut resolved,
                report,
            };
            prepared = sending::prepare(app, of, &affordable, learnt).await?;
            prepared.waiting = waiting;
        }
        // What cannot be taken apart is no failure of those behind it.
        if prepared.another_turn == Some(Again::Apart) && looked_into < MOST_LOOKED_INTO {
            (round, looked_into) = (round - 1, looked_into + 1);
            continue;
        }
        if prepared.another_turn.is_some() && !last {
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
        let declined =
            sending::send(app, lease, &judged, &written.ready, &mut excluded, report).await?;
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
}
