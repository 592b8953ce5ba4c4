//! What would be sent for a series of what was found for it lately. No source is asked, and nothing is written.

use std::sync::Arc;

use super::{Excluded, FOUND_LATELY, Open, plan};
use crate::{
    app::App,
    domain::volume::VolumeSet,
    store::{self, StoreError, series::Stored},
    taste,
};

/// What is missing of a series, and what of that would come.
#[derive(Clone, Debug)]
pub struct Foreseen {
    /// The series.
    pub stored: Stored,
    /// What would be sent.
    pub picks: Vec<ForeseenPick>,
    /// Missing, not on their way, and in none of the picks.
    pub left: VolumeSet,
}

/// A release that would be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeseenPick {
    /// Its name.
    pub release: String,
    /// Everything that its name promises.
    pub carries: VolumeSet,
    /// For these volumes.
    pub reserves: VolumeSet,
    /// Its size; of an unknown one as much as is usual.
    pub bytes: u64,
}

/// None when there is no such series.
///
/// # Errors
/// When the database fails.
pub async fn foresee(app: &Arc<App>, id: i64) -> Result<Option<Foreseen>, StoreError> {
    let Some(stored) = store::series::get(&app.db, id).await? else {
        return Ok(None);
    };
    let open = Open::of(&stored);
    let offers = store::offer::accepted(&app.db, id, app.clock.now() - FOUND_LATELY).await?;
    if offers.is_empty() {
        let (picks, left) = (Vec::new(), open.free);
        return Ok(Some(Foreseen {
            stored,
            picks,
            left,
        }));
    }
    let taste = taste::of(app, &stored).await?;
    let (judged, picks) = plan(app, &stored, &open, &taste, &offers, &Excluded::new());
    let picks: Vec<ForeseenPick> = picks
        .into_iter()
        .map(|pick| ForeseenPick {
            release: judged[pick.choice].offer.title.clone(),
            carries: judged[pick.choice].verdict.volumes.clone(),
            bytes: judged[pick.choice].bytes(),
            reserves: pick.reserves,
        })
        .collect();
    let comes = |volume| picks.iter().any(|pick| pick.reserves.contains(volume));
    let left = open.free.iter().filter(|volume| !comes(*volume)).collect();
    Ok(Some(Foreseen {
        stored,
        picks,
        left,
    }))
}
