//! Turns an offer into bytes or a magnet, so that its identity is known before anything is written down.

use std::{sync::Arc, time::Duration};

use crate::{
    app::App,
    asking, clock,
    domain::{
        link::{ContentId, Ed2kLink, Payload},
        offer::Offer,
    },
    ports::{PortError, ReleaseLink},
    store::{self, StoreError, connection::Connection, indexer::IndexerRow},
};

/// Why an offer could not be turned into bytes or a magnet.
pub struct Unresolved {
    /// In a sentence.
    pub cause: String,
    /// It is there no more; otherwise it could not be asked.
    pub gone: bool,
    /// Its indexer is left alone for so long; milliseconds.
    pub wait: Option<i64>,
}

impl Unresolved {
    fn gone(cause: &str) -> Self {
        Self {
            cause: cause.into(),
            gone: true,
            wait: None,
        }
    }

    fn not_asked(cause: String) -> Self {
        Self {
            cause,
            gone: false,
            wait: None,
        }
    }
}

/// How long an indexer that answers 429 to a download is left alone when it does not say how long.
const LIMITED_PAUSE: Duration = Duration::from_secs(3600);

/// Bytes or magnet of an offer; else why not. When its link left the memory, its stored query is asked once more.
///
/// # Errors
/// When the database fails.
pub async fn resolve(
    app: &Arc<App>,
    series: i64,
    offer: &Offer,
) -> Result<Result<Payload, Unresolved>, StoreError> {
    if let Some(ContentId::Ed2k(id)) = &offer.content {
        // Its identity is all of it; no source has to be asked.
        return Ok(Ok(Payload::Ed2k(Ed2kLink::of(*id, &offer.title))));
    }
    let Some(row) = store::connection::get(&app.db, offer.source_id).await? else {
        return Ok(Err(Unresolved::gone("its source was removed")));
    };
    // Before the link is looked for: that may cost every indexer of the source a query.
    if let Some(unresolved) = left_alone(app, &row, offer).await? {
        return Ok(Err(unresolved));
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
            return Ok(Err(Unresolved::not_asked(error.to_string())));
        }
    };
    match source.resolve(&link).await {
        Ok(payload) => Ok(match &offer.content {
            Some(announced) if !announced.same_as(&payload.id()) => Err(Unresolved::gone(
                "its torrent is another one than the source announced",
            )),
            _ => Ok(payload),
        }),
        Err(error) => {
            // The fault of one release, or of the tracker behind it, says nothing of the source; a limit is the indexer's.
            let mut wait = None;
            if let PortError::RateLimited { retry_after, .. } = &error {
                let millis = retry_after.unwrap_or(LIMITED_PAUSE).as_millis();
                let millis = i64::try_from(millis).unwrap_or(i64::MAX);
                let until = app.clock.now().saturating_add(millis);
                store::indexer::pause(&app.db, row.id, offer.indexer_id, until).await?;
                wait = Some(millis);
            }
            Ok(Err(Unresolved {
                cause: error.to_string(),
                gone: matches!(error, PortError::Gone { .. }),
                wait,
            }))
        }
    }
}

/// Why the indexer of an offer is not asked now, if it is not.
async fn left_alone(
    app: &App,
    row: &Connection,
    offer: &Offer,
) -> Result<Option<Unresolved>, StoreError> {
    let now = app.clock.now();
    let rows = store::indexer::list(&app.db, row.id).await?;
    let mut of_offer = rows.iter().filter(|row| row.indexer_id == offer.indexer_id);
    let unresolved = |paused: &IndexerRow| {
        let until = paused.blocked_until.filter(|until| *until > now)?;
        Some(Unresolved {
            cause: format!(
                "its indexer {} asked to be left alone until {}",
                paused.name,
                clock::iso(until)
            ),
            gone: false,
            wait: Some(until - now),
        })
    };
    Ok(of_offer.find_map(unresolved))
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
        Some(cause) => Unresolved::not_asked(cause),
        None => Unresolved::gone(&format!("{} does not offer it any more", row.name)),
    }))
}
