//! Hands an item over: its bytes, or where it is to be had. Its source is asked again when the link left the memory.

use std::sync::Arc;

use super::{
    Fault,
    token::{self, Meant, TokenError},
};
use crate::{
    app::App,
    domain::link::{Ed2kLink, Payload},
    pipeline::sending::resolve,
    store,
};

/// Seconds after which a consumer may try again what could not be had now.
const RETRY_AFTER: u64 = 300;

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
    let meant = token::read(app, token).await.map_err(|error| match error {
        TokenError::Nothing => Fault::Gone,
        error => unknown(&error),
    })?;
    let offer = match meant {
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
        Err(unresolved) => Err(Fault::Later {
            cause: unresolved.cause,
            retry_after: RETRY_AFTER,
        }),
    }
}

fn unknown(error: &dyn std::error::Error) -> Fault {
    tracing::error!(%error, "an item of a feed could not be handed over");
    Fault::Unknown
}
