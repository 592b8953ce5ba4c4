//! Stage 7: resolves picks, writes grabs down before the client is called, and settles what a crash left in doubt.

mod by_hand;
mod for_volume;

use std::{collections::HashMap, sync::Arc, time::Duration};

pub use by_hand::grab_by_hand;
pub use for_volume::{grab_magnet_for, grab_offer_for};

use crate::{
    app::App,
    asking,
    budget::Wait,
    clock,
    connections::ChangeError,
    domain::{
        decide::Reason,
        event::{Event, SeriesRef},
        grab::{GrabState, Observation},
        link::Payload,
        offer::Offer,
        pick::Pick,
        report::{Outcome, PickLine, SeriesReport},
        volume::VolumeSet,
    },
    health,
    lease::Lease,
    pipeline::{Excluded, Judged, lease_name},
    ports::{Added, Client, PortError, ReleaseLink},
    store::{
        self, StoreError, Tx,
        connection::Connection,
        grab::{Grab, NewGrab},
        indexer::IndexerRow,
        series::Stored,
    },
};

/// Why an offer was not sent by hand. Each is a sentence for the user.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// No such offer.
    #[error("there is no offer with the number {0}")]
    UnknownOffer(i64),
    /// No such grab.
    #[error("there is no grab with the number {0}")]
    UnknownGrab(i64),
    /// It cannot be given up.
    #[error("this grab is already over")]
    Over,
    /// Its series is gone.
    #[error("the series of this offer is not there any more")]
    UnknownSeries,
    /// Someone else is at it.
    #[error("this series is being checked; try again in a moment")]
    Busy,
    /// Reserved by a live grab.
    #[error("volume {0} is already on its way")]
    OnItsWay(VolumeSet),
    /// There already.
    #[error("volume {0} is already on the shelf")]
    OnShelf(VolumeSet),
    /// It promises other volumes.
    #[error("its name promises only {0}")]
    NotInIt(VolumeSet),
    /// Nothing to reserve.
    #[error("say which volumes it is for: {0}")]
    NoVolumes(&'static str),
    /// It numbers its volumes by another edition.
    #[error(
        "say which volumes it is for: it is of another edition, and which of the missing volumes ({0}) it holds is not known; name those in volumes, or say it once for all in the editionMap of the series"
    )]
    OtherEdition(VolumeSet),
    /// The source has it no more.
    #[error("the offer is gone: {0}")]
    Gone(String),
    /// Nowhere to send it.
    #[error("there is no download client; add a qBittorrent under /api/v1/clients")]
    NoClient,
    /// Source or client.
    #[error("{0}")]
    Failed(String),
    /// Its connection.
    #[error(transparent)]
    Connection(#[from] ChangeError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A pick that was resolved: the client can be called.
#[derive(Clone)]
pub struct Ready {
    /// Index among the judged offers.
    pub choice: usize,
    /// What it reserves.
    pub reserves: VolumeSet,
    /// Bytes or magnet.
    pub payload: Payload,
    /// Who downloads.
    pub client: Arc<dyn Client>,
    /// Its connection.
    pub client_row: Connection,
}

/// Why an offer could not be turned into bytes or a magnet.
struct Unresolved {
    /// In a sentence.
    cause: String,
    /// It is there no more; otherwise it could not be asked.
    gone: bool,
}

impl Unresolved {
    fn gone(cause: &str) -> Self {
        Self {
            cause: cause.into(),
            gone: true,
        }
    }
}

/// What came of resolving the picks.
#[derive(Default)]
pub struct Prepared {
    /// Can be sent.
    pub ready: Vec<Ready>,
    /// Some could not be had: other candidates may take their place.
    pub another_turn: bool,
    /// Why none can be sent, whichever it is.
    pub problem: Option<String>,
    /// Those that wait for room in the budget: index among the judged offers, and the reason.
    pub waiting: Vec<(usize, Wait)>,
}

impl Prepared {
    /// It waits for room in the budget.
    pub fn waits(&self, choice: usize) -> bool {
        self.waiting.iter().any(|waits| waits.0 == choice)
    }
}

/// Payloads of this check by fingerprint, so that a second round asks no one twice.
pub type Resolved = HashMap<String, Payload>;

/// Resolves every pick to bytes or a magnet, and asks the client whether it is there at all.
pub async fn prepare(
    app: &Arc<App>,
    series: i64,
    judged: &[Judged],
    picks: &[Pick],
    resolved: &mut Resolved,
    excluded: &mut Excluded,
    report: &mut SeriesReport,
) -> Result<Prepared, StoreError> {
    let mut prepared = Prepared::default();
    if picks.is_empty() {
        return Ok(prepared);
    }
    let Some((client_row, client)) = first_client(app).await? else {
        prepared.problem = Some(SendError::NoClient.to_string());
        return Ok(prepared);
    };
    for pick in picks {
        let offer = &judged[pick.choice].offer;
        let payload = match resolved.get(&offer.fingerprint) {
            Some(payload) => payload.clone(),
            None => match resolve(app, series, offer).await? {
                Ok(payload) => payload,
                Err(Unresolved { cause, .. }) => {
                    report.picks.push(PickLine {
                        title: offer.title.clone(),
                        indexer: offer.indexer.clone(),
                        volumes: pick.reserves.clone(),
                        outcome: Outcome::Failed,
                        message: Some(format!("{}: {cause}", offer.indexer)),
                    });
                    excluded.insert(offer.fingerprint.clone(), Reason::NotResolved { cause });
                    prepared.another_turn = true;
                    continue;
                }
            },
        };
        resolved.insert(offer.fingerprint.clone(), payload.clone());
        // Asked before anything is written: a client that is down leaves no grab in doubt.
        if let Err(error) = client.find(payload.id()).await {
            health::failed(app, client_row.id, &error).await?;
            return Ok(Prepared {
                problem: Some(format!("{}: {error}", client_row.name)),
                ..Prepared::default()
            });
        }
        prepared.ready.push(Ready {
            choice: pick.choice,
            reserves: pick.reserves.clone(),
            payload,
            client: client.clone(),
            client_row: client_row.clone(),
        });
    }
    Ok(prepared)
}

/// The client that is used, if there is one.
pub async fn first_client(
    app: &Arc<App>,
) -> Result<Option<(Connection, Arc<dyn Client>)>, StoreError> {
    for row in store::connection::list(&app.db, "client")
        .await?
        .into_iter()
        .filter(|row| row.enabled)
    {
        match app.client(&row) {
            Ok(client) => return Ok(Some((row, client))),
            Err(error) => tracing::warn!(client = row.name, %error, "a client cannot be used"),
        }
    }
    Ok(None)
}

/// How long an indexer that answers 429 to a download is left alone when it does not say how long.
const LIMITED_PAUSE: Duration = Duration::from_secs(3600);

/// Bytes or magnet of an offer; else why not. When its link left the memory, its stored query is asked once more.
async fn resolve(
    app: &Arc<App>,
    series: i64,
    offer: &Offer,
) -> Result<Result<Payload, Unresolved>, StoreError> {
    let Some(row) = store::connection::get(&app.db, offer.source_id).await? else {
        return Ok(Err(Unresolved::gone("its source was removed")));
    };
    // Before the link is looked for: that may cost every indexer of the source a query.
    if let Some(cause) = left_alone(app, &row, offer).await? {
        return Ok(Err(Unresolved { cause, gone: false }));
    }
    let link = match app.links.get(&offer.fingerprint, app.clock.now()) {
        Some(link) => link,
        None => match find_again(app, &row, series, offer).await? {
            Ok(link) => link,
            Err(unresolved) => return Ok(Err(unresolved)),
        },
    };
    let source = match app.source(&row) {
        Ok(source) => source,
        Err(error) => {
            return Ok(Err(Unresolved {
                cause: error.to_string(),
                gone: false,
            }));
        }
    };
    match source.resolve(&link).await {
        Ok(payload) => Ok(match &offer.torrent {
            Some(announced) if !announced.same_as(payload.id()) => Err(Unresolved::gone(
                "its torrent is another one than the source announced",
            )),
            _ => Ok(payload),
        }),
        Err(error) => {
            // The fault of one release, or of the tracker behind it, says nothing of the source; a limit is the indexer's.
            if let PortError::RateLimited { retry_after, .. } = &error {
                let wait = retry_after.unwrap_or(LIMITED_PAUSE).as_millis();
                let until = app
                    .clock
                    .now()
                    .saturating_add(i64::try_from(wait).unwrap_or(i64::MAX));
                store::indexer::pause(&app.db, row.id, offer.indexer_id, until).await?;
            }
            Ok(Err(Unresolved {
                cause: error.to_string(),
                gone: matches!(error, PortError::Gone { .. }),
            }))
        }
    }
}

/// Why the indexer of an offer is not asked now, if it is not.
async fn left_alone(
    app: &App,
    row: &Connection,
    offer: &Offer,
) -> Result<Option<String>, StoreError> {
    let now = app.clock.now();
    let rows = store::indexer::list(&app.db, row.id).await?;
    let mut of_offer = rows.iter().filter(|row| row.indexer_id == offer.indexer_id);
    let sentence = |paused: &IndexerRow| {
        let until = paused.blocked_until.filter(|until| *until > now)?;
        Some(format!(
            "its indexer {} asked to be left alone until {}",
            paused.name,
            clock::iso(until)
        ))
    };
    Ok(of_offer.find_map(sentence))
}

async fn find_again(
    app: &Arc<App>,
    row: &Connection,
    series: i64,
    offer: &Offer,
) -> Result<Result<ReleaseLink, Unresolved>, StoreError> {
    let settings = app.settings().await?;
    let answer = asking::ask_again(app, &settings, row, series, &offer.term).await?;
    let mut again = answer.offers.iter();
    if again.any(|again| again.fingerprint == offer.fingerprint)
        && let Some(link) = app.links.get(&offer.fingerprint, app.clock.now())
    {
        return Ok(Ok(link));
    }
    // "Could not ask" is not "gone": the offer may well be there tomorrow.
    Ok(Err(match answer.asked.error {
        Some(cause) => Unresolved { cause, gone: false },
        None => Unresolved::gone(&format!("{} does not offer it any more", row.name)),
    }))
}

/// What is sent.
#[derive(Clone, Copy)]
pub struct What<'a> {
    /// The release.
    pub offer: &'a Offer,
    /// Everything that its name promises.
    pub carries: &'a VolumeSet,
    /// A person sends it.
    pub by_hand: bool,
    /// The alias by which its name means the series.
    pub alias: Option<&'a str>,
}

/// Writes a grab and its reservations; the client is called after the commit.
pub async fn write_grab(
    tx: &mut Tx,
    series: i64,
    offer_id: i64,
    what: What<'_>,
    ready: &Ready,
    now: i64,
) -> Result<i64, StoreError> {
    let What {
        offer,
        carries,
        by_hand,
        alias,
    } = what;
    let grab = NewGrab {
        series_id: series,
        offer_id,
        client_id: ready.client_row.id,
        client: &ready.client_row.name,
        source: &offer.source,
        indexer: &offer.indexer,
        torrent: ready.payload.id(),
        title: &offer.title,
        size: offer.size,
        reserves: &ready.reserves,
        carries,
        by_hand,
        alias,
    };
    store::grab::insert(tx, &grab, now).await
}

/// Hands the written grabs to their clients. True when one was declined, so that the next candidate's turn comes.
pub async fn send(
    app: &Arc<App>,
    lease: &Lease,
    stored: &Stored,
    judged: &[Judged],
    ready: &[(i64, Ready)],
    excluded: &mut Excluded,
    report: &mut SeriesReport,
) -> Result<bool, StoreError> {
    let mut declined = false;
    for (id, item) in ready {
        let offer = &judged[item.choice].offer;
        // A process that was frozen may have lost its lease, and another one may be at this series now.
        if !lease.is_ours().await? {
            report
                .notes
                .push("another process took this series over; what it finds is sent by it".into());
            return Ok(false);
        }
        let added = item.client.add(&item.payload).await;
        let (outcome, message) = match settle_add(app, stored, *id, &added).await? {
            GrabState::Sent => (Outcome::Sent, None),
            GrabState::Sending => (
                Outcome::InDoubt,
                added.as_ref().err().map(|error| {
                    format!(
                        "{}: {error}; it is asked again before anything else is sent",
                        item.client_row.name
                    )
                }),
            ),
            _ => (
                Outcome::Failed,
                added
                    .as_ref()
                    .err()
                    .map(|error| format!("{}: {error}", item.client_row.name)),
            ),
        };
        match &added {
            Ok(_) => health::worked_if_failed(app, &item.client_row).await?,
            Err(error) if error.concerns_release() => {
                declined = true;
                excluded.insert(
                    offer.fingerprint.clone(),
                    Reason::NotSent {
                        cause: error.to_string(),
                    },
                );
            }
            Err(error) => health::failed(app, item.client_row.id, error).await?,
        }
        report.picks.push(PickLine {
            title: offer.title.clone(),
            indexer: offer.indexer.clone(),
            volumes: item.reserves.clone(),
            outcome,
            message,
        });
    }
    Ok(declined)
}

/// What a grab is after its add: sent, failed, or still in doubt when no one can say.
async fn settle_add(
    app: &App,
    stored: &Stored,
    id: i64,
    added: &Result<Added, PortError>,
) -> Result<GrabState, StoreError> {
    let observation = match added {
        Ok(_) => Observation::ClientHasIt,
        Err(error) if error.is_uncertain() => {
            let mut tx = app.db.begin().await?;
            store::grab::doubted(&mut tx, id, app.clock.now()).await?;
            tx.commit().await?;
            return Ok(GrabState::Sending);
        }
        Err(_) => Observation::ClientRefused,
    };
    let Some(grab) = store::grab::get(&app.db, id).await? else {
        return Ok(GrabState::Failed);
    };
    let series = stored.series.named();
    let why = added
        .as_ref()
        .err()
        .map(ToString::to_string)
        .unwrap_or_default();
    advance(app, &grab, series, observation, &why).await
}

/// Moves a grab by what became known, with its event, in one transaction.
async fn advance(
    app: &App,
    grab: &Grab,
    series: SeriesRef,
    observation: Observation,
    why: &str,
) -> Result<GrabState, StoreError> {
    let now = app.clock.now();
    let (release, client, volumes) = (
        grab.title.clone(),
        grab.client.clone(),
        grab.reserves.clone(),
    );
    let mut tx = app.db.begin().await?;
    // The series first, as every other writer does; then the grab as it stands now, which a scan may have moved.
    store::series::get_in(&mut tx, grab.series_id).await?;
    let Some(current) = store::grab::get_in(&mut tx, grab.id).await? else {
        return Ok(GrabState::Failed);
    };
    let Some(state) = current.state.after(observation) else {
        return Ok(current.state);
    };
    let event = if state == GrabState::Sent {
        store::grab::sent(&mut tx, grab.id, now).await?;
        Event::GrabSent {
            series,
            grab: grab.id,
            volumes,
            release,
            client,
            infohash: grab.torrent.as_hex(),
        }
    } else {
        store::grab::failed(&mut tx, grab.id, why, now).await?;
        store::want::free(&mut tx, grab.series_id, &volumes).await?;
        Event::GrabFailed {
            series,
            grab: grab.id,
            volumes,
            release,
            client,
            reason: why.to_owned(),
        }
    };
    store::event::append(&mut tx, &[event], now).await?;
    tx.commit().await?;
    Ok(state)
}

/// A person does not wait for a grab any more: its volumes are free again. The client is not asked and not touched.
///
/// # Errors
/// When there is none, it is over, or its series is being worked on.
pub async fn give_up(app: &Arc<App>, id: i64) -> Result<Grab, SendError> {
    let grab = store::grab::get(&app.db, id)
        .await?
        .ok_or(SendError::UnknownGrab(id))?;
    let lease = Lease::take(app, &lease_name(grab.series_id), Duration::from_secs(10))
        .await?
        .ok_or(SendError::Busy)?;
    let given_up = give_up_alone(app, id).await;
    lease.release().await;
    given_up
}

async fn give_up_alone(app: &Arc<App>, id: i64) -> Result<Grab, SendError> {
    let grab = store::grab::get(&app.db, id)
        .await?
        .ok_or(SendError::UnknownGrab(id))?;
    if !grab.state.is_live() {
        return Err(SendError::Over);
    }
    let stored = store::series::get(&app.db, grab.series_id)
        .await?
        .ok_or(SendError::UnknownSeries)?;
    let series = stored.series.named();
    advance(app, &grab, series, Observation::GivenUp, "given up by hand").await?;
    store::grab::get(&app.db, id)
        .await?
        .ok_or(SendError::UnknownGrab(id))
}

/// Grabs that were written down while no one knows whether the client has them: the client's own list is asked. The
/// caller holds the lease of the series. While the client cannot be asked, they stay reserved.
pub async fn settle_doubts(app: &Arc<App>, series: Option<i64>) -> Result<(), StoreError> {
    for grab in store::grab::in_doubt(&app.db, series).await? {
        let Some(stored) = store::series::get(&app.db, grab.series_id).await? else {
            continue;
        };
        let shown = stored.series.named();
        let Some(row) = store::connection::get(&app.db, grab.client_id).await? else {
            advance(
                app,
                &grab,
                shown,
                Observation::ClientLacksIt,
                "its client was removed",
            )
            .await?;
            continue;
        };
        if health::is_resting(&row, app.clock.now()) {
            continue;
        }
        let found = match app.client(&row) {
            Ok(client) => client.find(&grab.torrent).await,
            Err(error) => {
                tracing::warn!(grab = grab.id, client = row.name, %error, "a grab stays in doubt");
                continue;
            }
        };
        let state = match found {
            Ok(Some(_)) => advance(app, &grab, shown, Observation::ClientHasIt, "").await?,
            // An add that was under way can still reach the client; only after a while is its list the truth.
            Ok(None)
                if app.clock.now()
                    < grab.updated_at + i64::from(app.config.doubt_seconds) * 1000 =>
            {
                continue;
            }
            Ok(None) => {
                advance(
                    app,
                    &grab,
                    shown,
                    Observation::ClientLacksIt,
                    "the client did not list it in time; the volume is searched again",
                )
                .await?
            }
            Err(error) => {
                health::failed(app, row.id, &error).await?;
                continue;
            }
        };
        tracing::info!(
            grab = grab.id,
            series = grab.series_id,
            state = state.word(),
            "a grab in doubt is settled"
        );
        health::worked_if_failed(app, &row).await?;
    }
    Ok(())
}
