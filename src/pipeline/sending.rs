//! Stage 7: resolves picks, and writes grabs down before the client is called.

mod by_hand;
mod choosing;
pub mod clients;
mod for_volume;
mod in_part;
mod leaving;
mod preparing;
mod resolving;
mod settling;

use std::sync::Arc;

pub use by_hand::grab_by_hand;
pub use choosing::choose_files;
pub use clients::Clients;
pub use for_volume::{grab_link_for, grab_offer_for};
pub use leaving::{STALLED_TAG, take_out, take_out_now};
pub use preparing::{Again, For, Learnt, Prepared, Resolved, prepare};
pub use resolving::{Unresolved, resolve};
use settling::settle_add;
pub use settling::{advance_known, block, give_up, settle_doubts, status};

use crate::{
    app::App,
    domain::{
        decide::{Decision, Reason},
        grab::GrabState,
        link::{Network, Payload},
        offer::Offer,
        report::{Outcome, PickLine, SeriesReport},
        selection::Choosing,
        volume::VolumeSet,
    },
    health,
    lease::Lease,
    pipeline::{Excluded, Judged},
    ports::{Added, Client, PortError},
    store::{self, StoreError, Tx, connection::Connection, grab::NewGrab},
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
    #[error("there is no download client; add a qBittorrent or an aMule under /api/v1/clients")]
    NoClient,
    /// Nowhere to send what comes from this network.
    #[error("no client downloads it: it is of the network {}; add {} under /api/v1/clients", .0.word(), .0.usual_client())]
    NoClientOf(Network),
    /// Source or client.
    #[error("{0}")]
    Failed(String),
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
    /// Bytes that the client will fetch; none where that is its size.
    pub fetched: Option<u64>,
    /// The client has it already.
    pub is_there: bool,
    /// Who downloads.
    pub client: Arc<dyn Client>,
    /// Its connection.
    pub client_row: Connection,
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
    let client_id = ready.client_row.id;
    let content = ready.payload.id();
    let before = store::grab::choosing::chosen_before(tx, client_id, &content, None).await?;
    let is_part = !carries.without(&ready.reserves).is_empty();
    let grab = NewGrab {
        series_id: series,
        offer_id,
        client_id,
        client: &ready.client_row.name,
        source: &offer.source,
        indexer: &offer.indexer,
        content: &content,
        title: &offer.title,
        size: offer.size,
        reserves: &ready.reserves,
        carries,
        by_hand,
        alias,
        choosing: Choosing::of_new(is_part, ready.is_there, before),
        ours: !ready.is_there,
    };
    store::grab::insert(tx, &grab, now).await
}

/// Calls the client with a grab that is written down. What is new and of which a part is fetched has its files chosen at once, if they
/// are known.
async fn hand_over(
    app: &App,
    id: i64,
    ready: &Ready,
) -> Result<(Result<Added, PortError>, GrabState), StoreError> {
    let (client, payload) = (&ready.client, &ready.payload);
    let written = store::grab::get(&app.db, id).await?;
    let added = match written.is_some_and(|grab| grab.choosing.is_open()) {
        true => client.add_held(payload).await,
        false => client.add(payload).await,
    };
    let state = settle_add(app, id, &added).await?;
    if matches!(added, Ok(Added::New))
        && let Some(grab) = store::grab::get(&app.db, id).await?
        && grab.choosing.is_open()
    {
        choose_files(app, &**client, &grab).await?;
    }
    Ok((added, state))
}

/// Hands the written grabs to their clients. True when one was declined, so that the next candidate's turn comes.
pub async fn send(
    app: &Arc<App>,
    lease: &Lease,
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
        let (added, state) = hand_over(app, *id, item).await?;
        let (outcome, message) = match state {
            GrabState::Sending => (
                Outcome::InDoubt,
                added.as_ref().err().map(|error| {
                    format!(
                        "{}: {error}; it is asked again before anything else is sent",
                        item.client_row.name
                    )
                }),
            ),
            // It may have got on meanwhile.
            state if state.is_live() => (Outcome::Sent, None),
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
                let cause = error.to_string();
                let not_sent = (Decision::Refused, Reason::NotSent { cause });
                excluded.insert(offer.fingerprint.clone(), not_sent);
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
