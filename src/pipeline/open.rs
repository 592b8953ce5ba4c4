//! Stages 1 and 2 as a check sees them: what is on the shelf of a series, and what of it is missing and open.

use std::sync::Arc;

use super::{CheckError, sending};
use crate::{
    app::App,
    domain::{gaps::Gap, volume::VolumeSet},
    shelving,
    store::{self, series::Stored},
};

/// What may be looked for now.
pub(super) struct Open {
    /// Missing and wanted.
    pub(super) missing: Vec<Gap>,
    /// Of these, not on their way.
    pub(super) free: VolumeSet,
    /// Reserved by live grabs.
    pub(super) on_its_way: VolumeSet,
}

impl Open {
    pub(super) fn of(stored: &Stored) -> Self {
        Self {
            missing: stored.gaps(),
            free: stored.free_volumes(),
            on_its_way: stored.on_its_way.clone(),
        }
    }
}

/// Shelf and gaps, once what a crash left in doubt is settled. Whatever changes them writes the wants down as well, so nearly always they fit, and no one waits for a writer.
pub(super) async fn look(app: &Arc<App>, id: i64, now: i64) -> Result<(Stored, Open), CheckError> {
    let mut stored = (store::series::get(&app.db, id).await?).ok_or(CheckError::Unknown)?;
    if stored.in_doubt {
        sending::settle_doubts(app, id).await?;
        stored = (store::series::get(&app.db, id).await?).ok_or(CheckError::Unknown)?;
    }
    let open = Open::of(&stored);
    let fits = match stored.series.monitored {
        true => {
            let is_known = |gap: &Gap| stored.wants.contains_key(&gap.volume);
            open.missing.len() == stored.wants.len() && open.missing.iter().all(is_known)
        }
        false => stored.wants.is_empty(),
    };
    if fits && stored.missing == open.missing.len() as i64 {
        return Ok((stored, open));
    }
    let mut tx = app.db.begin_unsynced().await?;
    let refreshed = shelving::refresh(&mut tx, id, now)
        .await?
        .ok_or(CheckError::Unknown)?;
    store::event::append(&mut tx, &refreshed.events, now).await?;
    tx.commit().await?;
    let open = Open::of(&refreshed.stored);
    Ok((refreshed.stored, open))
}
