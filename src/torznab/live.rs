//! Searching through a feed: where the user wants it, what a consumer looks for is searched first, as a search that happens by itself is, and
//! not again for a while.

use std::{collections::HashMap, sync::Arc, sync::Mutex, time::Duration};

use super::{Feed, request::Asked};
use crate::{
    app::App,
    domain::{
        release::{Hints, Kind, parse},
        units::MINUTE,
        volume::VolumeNumber,
    },
    pipeline::{
        CheckError,
        searching::{TitleError, search_volume, series_called},
    },
    ports::Purpose,
    store::{StoreError, series::Stored},
};

/// A consumer is answered after so long, whether the sources have answered or not: what they find then, its next search shows.
const PATIENCE: Duration = Duration::from_secs(20);
/// Series that are remembered.
const MOST_SEARCHED: usize = 10_000;

/// When each series was last searched because of a feed; milliseconds since the epoch.
#[derive(Default)]
pub(super) struct Searched(Mutex<HashMap<i64, i64>>);

impl Searched {
    /// Whether it is its turn, which is then taken.
    fn is_turn(&self, series: i64, pause: i64, now: i64) -> bool {
        let mut known = self.0.lock().expect("no one panics while holding it");
        // A clock that was put back does not make it wait for the old time.
        if known
            .get(&series)
            .is_some_and(|at| (*at..*at + pause).contains(&now))
        {
            return false;
        }
        if known.len() >= MOST_SEARCHED {
            known.retain(|_, at| (*at..*at + pause).contains(&now));
        }
        known.len() < MOST_SEARCHED && {
            known.insert(series, now);
            true
        }
    }

    /// Nothing came of its turn.
    fn give_back(&self, series: i64) {
        let mut known = self.0.lock().expect("no one panics while holding it");
        known.remove(&series);
    }
}

/// Has the sources asked for what is looked for, when the user wants that and it is a series that is followed. Whatever comes of it, the
/// feed is answered.
pub async fn search(app: &Arc<App>, feed: Feed, asked: &Asked) {
    // Whoever pages through a search goes on in what it has begun.
    if feed == Feed::Ebdz || asked.text.is_empty() || asked.offset > 0 {
        return;
    }
    let (series, volume) = match wanted(app, asked).await {
        Ok(Some(wanted)) => wanted,
        Ok(None) => return,
        Err(error) => {
            tracing::error!(%error, "what a feed was asked for could not be looked up");
            return;
        }
    };
    let at_work = app.clone();
    let task = app.tasks.spawn(async move {
        let app = at_work;
        let search = search_volume(&app, series, volume, &[], Purpose::Sweep, Duration::ZERO);
        match search.await {
            Ok(found) => tracing::info!(
                series,
                %volume,
                offers = found.report.offers.len(),
                "searched through a feed"
            ),
            // Who works on it may be asking us, by way of a Prowlarr that has this feed.
            Err(CheckError::Busy) => return app.feeds.searched.give_back(series),
            Err(error) => {
                tracing::warn!(series, %error, "a search through a feed came to nothing");
                return app.feeds.searched.give_back(series);
            }
        }
        if let Err(error) = app.feeds.read_now(&app).await {
            tracing::error!(%error, "what was found through a feed is shown later");
        }
    });
    // It goes on when the consumer is answered.
    let _ = tokio::time::timeout(PATIENCE, task).await;
}

/// Which series is to be searched for which volume, if any is now.
async fn wanted(app: &App, asked: &Asked) -> Result<Option<(i64, VolumeNumber)>, StoreError> {
    let settings = app.settings().await?;
    let pause = settings.feed_search_minutes * MINUTE;
    if pause == 0 {
        return Ok(None);
    }
    let Some((stored, volume)) = meant(app, &asked.text).await? else {
        return Ok(None);
    };
    let is_followed = stored.series.monitored;
    let searched = &app.feeds.searched;
    let id = stored.series.id;
    Ok((is_followed && searched.is_turn(id, pause, app.clock.now())).then_some((id, volume)))
}

/// The series whose title a text reads, and the volume that it names, or else the first that is missing.
async fn meant(app: &App, text: &str) -> Result<Option<(Stored, VolumeNumber)>, StoreError> {
    let hints = Hints {
        lexicon: app.lexicon,
        ..Hints::from(Kind::Auto)
    };
    let release = parse(text, hints);
    let named = release.volumes.iter().next();
    let Some(title) = release.series.as_deref() else {
        return Ok(None);
    };
    let stored = match series_called(app, title, named).await {
        Ok(stored) => stored,
        Err(TitleError::Ambiguous(_)) => None,
        Err(TitleError::Store(error)) => return Err(error),
    };
    Ok(stored.and_then(|stored| {
        let first = || stored.missing_volumes().iter().next();
        let volume = named.or_else(first)?;
        Some((stored, volume))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_has_its_turn_again_after_the_pause() {
        let searched = Searched::default();
        assert!(searched.is_turn(1, 10, 100));
        assert!(!searched.is_turn(1, 10, 109));
        assert!(searched.is_turn(2, 10, 109));
        assert!(searched.is_turn(1, 10, 110));
        assert!(searched.is_turn(1, 10, 50), "the clock was put back");
        searched.give_back(1);
        assert!(searched.is_turn(1, 10, 51));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let searched = Searched::default();
        for series in 0..MOST_SEARCHED as i64 {
            assert!(searched.is_turn(series, 10, 0));
        }
        assert!(!searched.is_turn(-1, 10, 5), "no more than that at once");
        assert!(searched.is_turn(-1, 10, 10));
        assert_eq!(searched.0.lock().expect("a lock").len(), 1);
    }
}
