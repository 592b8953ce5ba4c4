//! Hands an item over: its bytes, or where it is to be had. Its source is asked again when the link left the memory.

use std::sync::Arc;

use super::{
    Fault,
    token::{self, Meant, TokenError},
};
use crate::{
    app::App,
    domain::{
        link::{Ed2kLink, Payload},
        units::SECOND,
    },
    pipeline::sending::resolve,
    store,
};

/// What is answered.
#[derive(Debug)]
pub enum Handed {
    /// A torrent file, and its name.
    Torrent(Vec<u8>, String),
    /// A magnet or a link of ed2k.
    Elsewhere(String),
}

/// What a token is for, as whoever downloads it wants it.
///
/// # Errors
/// With what is to be answered instead.
pub async fn hand(app: &Arc<App>, token: &str) -> Result<Handed, Fault> {
    let offer = match meant(app, token).await? {
        Meant::File(id) => {
            let name = store::forum::name_of(&app.db, &id).await;
            let name = name.map_err(|error| unknown(&error))?.ok_or(Fault::Gone)?;
            return Ok(Handed::Elsewhere(Ed2kLink::of(id, &name).to_uri()));
        }
        Meant::Offer(offer) => offer,
    };
    let resolved = resolve(app, offer.series_id, &offer.offer).await;
    match resolved.map_err(|error| unknown(&error))? {
        Ok(Payload::Torrent(torrent)) => {
            let name = format!("{}.torrent", offer.offer.title);
            Ok(Handed::Torrent(torrent.expose_bytes().to_vec(), name))
        }
        Ok(Payload::Magnet(magnet)) => Ok(Handed::Elsewhere(magnet.expose_uri().to_owned())),
        Ok(Payload::Ed2k(link)) => Ok(Handed::Elsewhere(link.to_uri())),
        Err(unresolved) if unresolved.gone => Err(Fault::Gone),
        Err(unresolved) => Err(match unresolved.wait {
            Some(millis) => Fault::Later {
                cause: unresolved.cause,
                // At least one: none at all would be "at once".
                retry_after: u64::try_from(millis / SECOND).unwrap_or(0) + 1,
            },
            None => Fault::NotHad(unresolved.cause),
        }),
    }
}

/// Whether a token is one of ours, whose item is there.
///
/// # Errors
/// With what is to be answered instead.
pub async fn is_there(app: &App, token: &str) -> Result<(), Fault> {
    meant(app, token).await.map(drop)
}

async fn meant(app: &App, token: &str) -> Result<Meant, Fault> {
    token::read(app, token).await.map_err(|error| match error {
        TokenError::Nothing => Fault::Gone,
        error => unknown(&error),
    })
}

fn unknown(error: &dyn std::error::Error) -> Fault {
    tracing::error!(%error, "an item of a feed could not be handed over");
    Fault::Unknown
}
