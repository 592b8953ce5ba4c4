//! Stage 4, from outside: a release that another program found and pushes, as autobrr does to Readarr. It goes the one straight line.

use std::{collections::HashSet, sync::Arc, time::Duration};

use sha2::{Digest, Sha256};

use crate::{
    app::App,
    asking,
    connection::{PUSH, Role, Secrets, Settings},
    connections::{self, ChangeError, Wanted},
    domain::{
        offer::Offer,
        report::{Outcome, PickLine, SeriesReport},
        units::MINUTE,
    },
    ports::{Indexer, RawOffer},
    search::push::Push,
    store::{self, StoreError, connection::Connection},
    worker::fresh::{self, Wants},
};

/// What the source is called that is made for the first release that comes.
const NAME: &str = "pushed";
/// For whoever works on the series: autobrr waits 120 s for an answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// What became of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was sent.
    Sent,
    /// It was not, for these reasons; it is `for_now` when they can pass.
    Refused {
        /// In sentences.
        reasons: Vec<String>,
        /// Time, or a person, may change that.
        for_now: bool,
    },
}

impl Fate {
    fn refused(reason: &str) -> Self {
        Self::Refused {
            reasons: vec![reason.to_owned()],
            for_now: false,
        }
    }
}

/// Why nothing became of it.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// Its source could not be made.
    #[error(transparent)]
    Source(#[from] ChangeError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Judges a release that was pushed, and sends it when it is right. What only waits is remembered, and judged again. Its indexer is known by
/// its name.
///
/// # Errors
/// When the database fails, or the source cannot be made.
pub async fn push(app: &Arc<App>, mut release: RawOffer) -> Result<Fate, PushError> {
    let row = source(app).await?;
    if !row.enabled {
        let why = format!("the source '{}' is switched off in Lacunarr", row.name);
        return Ok(Fate::refused(&why));
    }
    let series = Wants::read(app).await?.named(app.lexicon, &release.title);
    if series.is_empty() {
        return Ok(Fate::refused(
            "no series that misses volumes has the title that this name reads",
        ));
    }
    release.indexer_id = number_of(&release.indexer);
    let indexer = Indexer {
        id: release.indexer_id,
        name: release.indexer.clone(),
        // What is announced and pushed comes from private trackers.
        private: Some(true),
        language: None,
        blocked_until: None,
    };
    let mut tx = app.db.begin_unsynced().await?;
    store::indexer::seen(&mut tx, row.id, &indexer).await?;
    tx.commit().await?;
    let offer = asking::taken_in(app, (row.id, &row.name), &release);
    let fingerprint = offer.fingerprint.clone();
    let of_it = (release, fingerprint.clone());
    let push = Push::new(
        series.iter().copied(),
        (row.id, row.name),
        of_it,
        app.clock.now(),
    );
    app.pushes.keep(push);
    // Whoever pushed it may hang up; what was begun is brought to its end.
    let at_work = app.clone();
    let judged = app.tasks.spawn(async move {
        let of_each = series.iter().map(|id| (*id, vec![offer.clone()]));
        let reports = fresh::considered(&at_work, of_each.collect(), PATIENCE).await?;
        for id in &series {
            if !reports.iter().any(|report| report.series_id == *id) {
                let soon = at_work.clock.now() + MINUTE;
                at_work.pushes.hurry(*id, soon);
            }
        }
        Ok::<_, StoreError>(fate(&reports, &fingerprint))
    });
    match judged.await {
        Ok(fate) => Ok(fate?),
        Err(_) => Ok(Fate::Refused {
            reasons: vec!["it could not be judged to the end; it is looked at again".into()],
            for_now: true,
        }),
    }
}

/// What was pushed for a series and may still be sent. Of a source that was switched off or removed nothing is.
///
/// # Errors
/// When the database fails.
pub async fn waiting(app: &App, series: i64) -> Result<Vec<Offer>, StoreError> {
    let mut pushes = app.pushes.waiting(series, app.clock.now());
    if pushes.is_empty() {
        return Ok(Vec::new());
    }
    let rows = store::connection::list(&app.db, Role::Source.word()).await?;
    let is_on = |id: i64| rows.iter().any(|row| row.id == id && row.enabled);
    pushes.retain(|push| is_on(push.source.0));
    let taken_in = pushes.iter().map(|push| {
        let (id, name) = &push.source;
        asking::taken_in(app, (*id, name), &push.release)
    });
    Ok(taken_in.collect())
}

/// Offers without those that were pushed to another process, or before the last start: no one here knows their links.
///
/// # Errors
/// When the database fails.
pub async fn without_unknown(
    app: &App,
    series: i64,
    mut offers: Vec<Offer>,
) -> Result<Vec<Offer>, StoreError> {
    let rows = store::connection::list(&app.db, Role::Source.word()).await?;
    let is_pushed = |id: i64| rows.iter().any(|row| row.id == id && row.kind == PUSH);
    let known = app.pushes.waiting(series, app.clock.now());
    offers.retain(|offer| {
        let is_known = || {
            known
                .iter()
                .any(|push| push.fingerprint == offer.fingerprint)
        };
        !is_pushed(offer.source_id) || is_known()
    });
    Ok(offers)
}

/// The first that there is, and one that is made where there is none.
async fn source(app: &App) -> Result<Connection, PushError> {
    let of_kind = || async {
        let mut rows = store::connection::list(&app.db, Role::Source.word()).await?;
        rows.retain(|row| row.kind == PUSH);
        rows.sort_by_key(|row| !row.enabled);
        Ok::<_, StoreError>(rows.into_iter().next())
    };
    if let Some(row) = of_kind().await? {
        return Ok(row);
    }
    let wanted = Wanted {
        name: NAME.into(),
        enabled: true,
        settings: Settings::Push,
        secrets: Secrets::default(),
    };
    match connections::create(app, &wanted).await {
        Ok(row) => Ok(row),
        // Another release came in the same moment.
        Err(error @ ChangeError::NameTaken { .. }) => of_kind().await?.ok_or(error.into()),
        Err(error) => Err(error.into()),
    }
}

/// Whoever pushes names indexers, and has no numbers for them.
fn number_of(indexer: &str) -> i64 {
    let hash = Sha256::digest(indexer.to_lowercase().as_bytes());
    i64::from(u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]))
}

fn fate(reports: &[SeriesReport], fingerprint: &str) -> Fate {
    if reports.is_empty() {
        return Fate::Refused {
            reasons: vec![
                "its series is being checked just now; it is judged right after that".into(),
            ],
            for_now: true,
        };
    }
    let lines = || {
        let lines = reports.iter().flat_map(|report| &report.offers);
        lines.filter(|line| line.fingerprint == fingerprint)
    };
    let picks = || {
        let picks = reports.iter().flat_map(|report| &report.picks);
        picks.filter(|pick| {
            lines().any(|line| (&line.title, &line.indexer) == (&pick.title, &pick.indexer))
        })
    };
    let is_sent = |pick: &PickLine| matches!(pick.outcome, Outcome::Sent | Outcome::InDoubt);
    if picks().any(is_sent) {
        return Fate::Sent;
    }
    let notes = reports.iter().flat_map(|report| &report.notes);
    let of_verdict = lines().flat_map(|line| &line.reasons);
    let mut reasons: Vec<String> = notes.chain(of_verdict).cloned().collect();
    if reasons.is_empty() {
        reasons.extend(picks().filter_map(|pick| pick.message.clone()));
    }
    let mut known = HashSet::new();
    reasons.retain(|reason| known.insert(reason.clone()));
    if reasons.is_empty() {
        reasons.push("nothing of it is missing".into());
    }
    // Without a verdict something stood in the way, which the notes say.
    let for_now = lines().next().is_none() || lines().any(|line| line.for_now);
    Fate::Refused { reasons, for_now }
}
