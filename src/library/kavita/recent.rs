//! Which series got a chapter since a moment.

use std::{collections::HashMap, sync::Mutex};

use super::{
    records::Series,
    server::{Order, Server},
    times,
};
use crate::{domain::units::HOUR, ports::PortError};

/// Series of one page.
const PAGE: usize = 100;
/// Series of which it is known what was told.
const MOST_TOLD: usize = 100_000;
/// Pages that are read; when more changed, all of the library is read instead.
const MOST_PAGES: usize = 20;
/// The farthest that a clock stands behind UTC, in milliseconds.
const FARTHEST_WEST: i64 = 12 * HOUR;

/// What was told before. A series got a chapter within the last minutes each time that it is asked.
#[derive(Default)]
pub struct Told(Mutex<HashMap<i64, String>>);

impl Told {
    fn is_new(&self, series: &Series) -> bool {
        let at = [&series.last_chapter_added_utc, &series.last_chapter_added];
        let at = format!("{at:?}");
        let mut told = self.0.lock().expect("no one panics while holding it");
        if told.len() > MOST_TOLD {
            told.clear();
        }
        told.insert(series.id, at.clone()) != Some(at)
    }
}

/// The keys of series to which a chapter was added at or after `since`, or up to an hour before; none when they are too many. A record
/// that cannot be read is passed over: the next scan says so.
pub async fn changed(
    server: &Server,
    since: i64,
    told: &Told,
) -> Result<Option<Vec<String>>, PortError> {
    let libraries = server.libraries().await?;
    let (mut changed, mut zone) = (Vec::new(), None);
    if libraries.is_empty() {
        return Ok(Some(changed));
    }
    for number in 1..=MOST_PAGES {
        let page = server
            .page(&libraries, Order::ChapterAdded, number, PAGE)
            .await?;
        for series in &page.series.good {
            match at_latest(server, series, since, &mut zone).await? {
                Some(at) if at >= since => {
                    if told.is_new(series) {
                        changed.push(series.id.to_string());
                    }
                }
                // The others are older still.
                _ => return Ok(Some(changed)),
            }
        }
        if page.series.good.len() + page.series.broken < PAGE {
            return Ok(Some(changed));
        }
    }
    Ok(None)
}

/// When a chapter was added to a series at the latest; none for never. `zone` is how far the server's clock is ahead of UTC: it is asked
/// for only where the answer depends on it.
async fn at_latest(
    server: &Server,
    series: &Series,
    since: i64,
    zone: &mut Option<i64>,
) -> Result<Option<i64>, PortError> {
    if let Some(utc) = times::utc(series.last_chapter_added_utc.as_deref()) {
        return Ok(Some(utc));
    }
    let Some(local) = times::local(series.last_chapter_added.as_deref()) else {
        return Ok(None);
    };
    if local + FARTHEST_WEST < since {
        return Ok(Some(local + FARTHEST_WEST));
    }
    if zone.is_none() {
        *zone = zone_of(server, series.id).await?;
    }
    // The clock may have been changed for summer between two additions.
    Ok(Some(local + zone.map_or(FARTHEST_WEST, |zone| HOUR - zone)))
}

/// How far the server's clock was ahead of UTC when a chapter was added to a series last: of that Kavita writes the time in its own zone
/// only, but when a chapter was made in both.
async fn zone_of(server: &Server, series: i64) -> Result<Option<i64>, PortError> {
    let volumes = server.volumes(series).await?.unwrap_or_default();
    let chapters = volumes.good.iter().flat_map(|volume| &volume.chapters.good);
    let zones = chapters.filter_map(|chapter| {
        let utc = times::utc(chapter.created_utc.as_deref())?;
        Some((utc, times::local(chapter.created.as_deref())? - utc))
    });
    Ok(zones.max().map(|(_, zone)| zone))
}
