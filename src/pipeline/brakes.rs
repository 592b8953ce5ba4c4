//! What keeps a series from being searched, and what is found from being sent by itself.

use std::sync::Arc;

use super::{Options, open::Open};
use crate::{
    app::App,
    settings::Settings,
    store::{self, StoreError, series::Stored},
};

pub(super) fn why_not_searched(
    stored: &Stored,
    settings: &Settings,
    open: &Open,
    options: Options,
) -> Option<String> {
    if !settings.enabled && !options.by_hand {
        return Some(SCHEDULE_OFF.into());
    }
    if !stored.series.monitored && !options.by_hand {
        return Some("the series is not monitored, so nothing was searched".into());
    }
    if open.free.is_empty() {
        let note = if open.missing.is_empty() {
            "nothing is missing"
        } else {
            "everything that is missing is on its way"
        };
        return Some(note.into());
    }
    if !settings.search_enabled {
        return Some(SEARCH_OFF.into());
    }
    None
}

/// Everything that keeps what is missing of a series from being found and sent by itself now, as sentences.
///
/// # Errors
/// When the database fails.
pub async fn brakes(
    app: &Arc<App>,
    settings: &Settings,
    stored: &Stored,
) -> Result<Vec<String>, StoreError> {
    let by_itself = Options {
        dry_run: false,
        by_hand: false,
        run_began: None,
    };
    let brake = brake(app, settings, stored, by_itself).await?;
    let off = [
        (settings.enabled, SCHEDULE_OFF),
        (settings.search_enabled, SEARCH_OFF),
    ];
    let off = off.into_iter().filter(|(on, _)| !on);
    Ok(brake
        .into_iter()
        .chain(off.map(|(_, note)| note.to_owned()))
        .collect())
}

const SCHEDULE_OFF: &str = "scheduled checks are switched off (setting enabled)";

pub(super) const SEARCH_OFF: &str = "searching is switched off (setting searchEnabled)";

/// Why nothing is sent by itself; none when it may be.
pub(super) async fn brake(
    app: &Arc<App>,
    settings: &Settings,
    stored: &Stored,
    options: Options,
) -> Result<Option<String>, StoreError> {
    if options.dry_run {
        return Ok(Some("this is a dry run, so nothing is sent".into()));
    }
    if !settings.auto_send {
        return Ok(Some(
            "automatic sending is switched off (setting autoSend)".into(),
        ));
    }
    if !stored.series.auto_send {
        return Ok(Some(
            "automatic sending is switched off for this series".into(),
        ));
    }
    let mut armed = false;
    for state in store::library::states_of(&app.db, stored.series.id).await? {
        if let Some(held) = state.held {
            return Ok(Some(held));
        }
        armed |= state.armed_at.is_some();
    }
    Ok((!armed).then(|| "its library is not armed, so nothing is sent; arm it with POST /api/v1/libraries/{id}/arm".into()))
}
