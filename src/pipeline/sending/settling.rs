//! What became of a grab: how its add ended, what a crash left in doubt, and what a person gives up.

use std::{sync::Arc, time::Duration};

use super::SendError;
use crate::{
    app::App,
    domain::{
        event::{Event, SeriesRef},
        grab::{GrabState, Observation},
    },
    health,
    lease::Lease,
    pipeline::lease_name,
    ports::{Added, PortError},
    store::{self, StoreError, grab::Grab, series::Stored},
};

/// What a grab is after its add: sent, failed, or still in doubt when no one can say.
pub(super) async fn settle_add(
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
pub async fn settle_doubts(app: &Arc<App>, series: i64) -> Result<(), StoreError> {
    for grab in store::grab::in_doubt(&app.db, Some(series)).await? {
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
