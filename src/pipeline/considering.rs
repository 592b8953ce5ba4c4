//! The straight line from its middle: offers that are there already are judged and sent, and no source is asked.

use std::{sync::Arc, time::Duration};

use super::{
    CheckError, Options, brakes::why_not_searched, decide_and_send, lease_name, open::look,
};
use crate::{
    app::App,
    domain::{
        offer::Offer,
        report::{Outcome, PickLine, SeriesReport},
        units::{DAY, HOUR},
    },
    lease::Lease,
    pushing,
    store::{self, StoreError, rule::Scope},
};

/// Judges offers that came by themselves against what is missing of a series, and sends what is right: the same line as a check, without
/// asking anyone. `run_began` is when they came; whoever works on the series is waited for up to `patience`.
///
/// # Errors
/// As [`check_series`].
pub async fn consider(
    app: &Arc<App>,
    id: i64,
    offers: &[Offer],
    run_began: i64,
    patience: Duration,
) -> Result<SeriesReport, CheckError> {
    let lease = Lease::take(app, &lease_name(id), patience)
        .await?
        .ok_or(CheckError::Busy)?;
    let report = consider_alone(app, &lease, id, offers.to_vec(), run_began).await;
    lease.release().await;
    report
}

/// Candidates that are looked at again, at most.
const MOST_CANDIDATES: i64 = 2_000;
/// How long what was found is believed; milliseconds.
pub const FOUND_LATELY: i64 = 30 * DAY;

/// Judges again what was found for a series and waited for room in the budget, and sends what there is room for now.
///
/// # Errors
/// As [`check_series`].
pub async fn reconsider(app: &Arc<App>, id: i64) -> Result<SeriesReport, CheckError> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    // Whatever comes of it, the others are not held up by this one.
    store::series::wait(&mut tx, id, now + HOUR, false, now).await?;
    tx.commit().await?;
    let report = consider(app, id, &[], now, Duration::ZERO).await?;
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
    mut offers: Vec<Offer>,
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
    if open.missing.is_empty() {
        app.pushes.close(id);
    }
    let settings = app.settings().await?;
    match why_not_searched(&stored, &settings, &open, options) {
        Some(note) => report.notes.push(note),
        None => {
            // What waits for room is judged with them, or it would not wait any more.
            if stored.waits_until.is_some() {
                let since = app.clock.now() - FOUND_LATELY;
                let accepted = store::offer::accepted(&app.db, id, since).await?;
                add(
                    &mut offers,
                    pushing::without_unknown(app, id, accepted).await?,
                );
            }
            add(&mut offers, pushing::waiting(app, id).await?);
            let known = (settings, stored);
            decide_and_send(app, lease, known, &offers, options, &mut report).await?;
        }
    }
    Ok(report)
}

/// Those that are not among them.
pub(super) fn add(offers: &mut Vec<Offer>, others: Vec<Offer>) {
    for other in others {
        if !offers
            .iter()
            .any(|offer| offer.fingerprint == other.fingerprint)
        {
            offers.push(other);
        }
    }
}

/// Judges again what was found for a series lately, and sends what is right. Without a candidate it is searched at its next turn.
///
/// # Errors
/// When the database fails.
pub async fn next_candidate(app: &Arc<App>, series: i64) -> Result<(), StoreError> {
    let now = app.clock.now();
    // Also what was refused because this one was on its way.
    let scope = Scope::Series(series);
    let offers = store::offer::since(&app.db, now - FOUND_LATELY, scope, MOST_CANDIDATES).await?;
    let offers: Vec<Offer> = offers.into_iter().map(|stored| stored.offer).collect();
    match consider(app, series, &offers, now, Duration::ZERO).await {
        Ok(_) | Err(CheckError::Unknown) => Ok(()),
        // Whoever works on it decides with what is known now, or the next check does.
        Err(CheckError::Busy) => {
            let mut tx = app.db.begin().await?;
            store::series::mark_due(&mut tx, series, now).await?;
            tx.commit().await
        }
        Err(CheckError::Store(error)) => Err(error),
    }
}
