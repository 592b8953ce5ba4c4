//! A search for one volume, missing or not, that a person makes, or a program through a feed. Nothing is sent.

use std::{sync::Arc, time::Duration};

use super::{
    CheckError, Open, Options, ask_sources, brakes::SEARCH_OFF, decide_and_send, lease_name,
};
use crate::{
    app::App,
    domain::{report::SeriesReport, volume::VolumeNumber},
    lease::Lease,
    ports::Purpose,
    store::{self, StoreError, offer::StoredOffer, series::Stored},
};

/// Offers looked at for one answer.
const MOST_ANSWERS: usize = 200;

/// What only says that the volume is there, on its way or not looked for: who asks for just this volume knows better.
const ABOUT_THE_WANT: [&str; 10] = [
    "already_owned",
    "damaged",
    "doubtful",
    "on_its_way",
    "elsewhere",
    "not_wanted",
    "pack_share",
    "delayed",
    "fallback_delayed",
    "upgrade",
];

/// Why a title does not lead to a series.
#[derive(Debug, thiserror::Error)]
pub enum TitleError {
    /// Several in different languages or editions.
    #[error("several series are called '{0}'; use their numbers with /api/v1 instead")]
    Ambiguous(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The series of this title: of several, the one that misses the volume, else the one that is monitored.
///
/// # Errors
/// When several are equally likely.
pub async fn series_called(
    app: &App,
    title: &str,
    volume: Option<VolumeNumber>,
) -> Result<Option<Stored>, TitleError> {
    let mut found = Vec::new();
    for id in store::series::by_title(&app.db, title).await? {
        if let Some(stored) = store::series::get(&app.db, id).await? {
            let missing = stored.missing_volumes();
            let misses = volume.is_some_and(|volume| missing.contains(volume));
            found.push(((misses, stored.series.monitored), stored));
        }
    }
    found.sort_by_key(|(likely, _)| std::cmp::Reverse(*likely));
    match &found[..] {
        [first, second, ..] if first.0 == second.0 => {
            Err(TitleError::Ambiguous(title.chars().take(80).collect()))
        }
        _ => Ok(found.into_iter().next().map(|(_, stored)| stored)),
    }
}

/// What a search came to.
#[derive(Debug, Default)]
pub struct Found {
    /// What each source was asked, and every verdict.
    pub report: SeriesReport,
    /// Offers that hold the volume and are what they should be, best first.
    pub offers: Vec<StoredOffer>,
    /// How many hold the volume and are not: another language, another series…
    pub refused: usize,
}

/// Asks sources for one volume of a series, stores what they offer with its verdicts, and answers those that hold the volume.
/// `sources` are names; without any, those of the series are asked. Whoever works on it is waited for up to `patience`.
///
/// # Errors
/// When the series does not exist, is being checked elsewhere, or the database fails. Other programs' faults are in the report.
pub async fn search_volume(
    app: &Arc<App>,
    id: i64,
    volume: VolumeNumber,
    sources: &[String],
    purpose: Purpose,
    patience: Duration,
) -> Result<Found, CheckError> {
    let lease = Lease::take(app, &lease_name(id), patience)
        .await?
        .ok_or(CheckError::Busy)?;
    let report = search_alone(app, &lease, id, volume, (sources, purpose)).await;
    lease.release().await;
    Ok(answer(app, report?, volume).await?)
}

async fn search_alone(
    app: &Arc<App>,
    lease: &Lease,
    id: i64,
    volume: VolumeNumber,
    (sources, purpose): (&[String], Purpose),
) -> Result<SeriesReport, CheckError> {
    let settings = app.settings().await?;
    let stored = (store::series::get(&app.db, id).await?).ok_or(CheckError::Unknown)?;
    let mut open = Open::of(&stored);
    let mut report = SeriesReport {
        series_id: id,
        title: stored.series.title.clone(),
        ..SeriesReport::default()
    };
    if !settings.search_enabled {
        report.notes.push(SEARCH_OFF.into());
        return Ok(report);
    }
    // It is asked for whether or not it is missing; the verdicts still go by what is.
    open.free.insert(volume);
    let mut asked = stored.clone();
    if !sources.is_empty() {
        asked.series.sources = sources.to_vec();
    }
    let offers = ask_sources(app, &settings, &asked, &open, purpose, &mut report).await?;
    let options = Options {
        dry_run: true,
        by_hand: true,
        run_began: None,
    };
    decide_and_send(
        app,
        lease,
        (settings, stored),
        &offers,
        options,
        &mut report,
    )
    .await?;
    Ok(report)
}

async fn answer(
    app: &App,
    report: SeriesReport,
    volume: VolumeNumber,
) -> Result<Found, StoreError> {
    let holding = report
        .offers
        .iter()
        .filter(|line| line.volumes.contains(volume))
        .filter_map(|line| line.offer_id)
        .take(MOST_ANSWERS);
    let (mut offers, mut refused) = (Vec::new(), 0);
    for id in holding {
        match store::offer::get(&app.db, id).await? {
            Some(offer) if is_usable(&offer) => offers.push(offer),
            _ => refused += 1,
        }
    }
    offers.sort_by_cached_key(|offer| (doubts(offer), std::cmp::Reverse(offer.rank.clone())));
    Ok(Found {
        report,
        offers,
        refused,
    })
}

/// Whether nothing is wrong with the release itself.
fn is_usable(offer: &StoredOffer) -> bool {
    offer
        .reasons
        .iter()
        .all(|(decision, code, _)| decision != "refused" || ABOUT_THE_WANT.contains(&code.as_str()))
}

/// What a person would have to look at.
fn doubts(offer: &StoredOffer) -> usize {
    let reviews = offer
        .reasons
        .iter()
        .filter(|(decision, _, _)| decision == "review");
    reviews.count()
}
