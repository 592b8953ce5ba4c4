//! Arming a library: from then on releases may be sent for its series. What that would mean is an estimate from what is known, for which
//! no source is asked and nothing is written.

use std::{collections::HashMap, sync::Arc};

use crate::{
    app::App,
    asking,
    budget::{FIRST_WEEK, GIGABYTE, bounds, gigabytes, signed},
    clock::next_run,
    domain::{
        query,
        units::{DAY, MEGABYTE},
        volume::VolumeSet,
    },
    pipeline::foreseeing::{self, Foreseen},
    ports::Purpose,
    settings::Settings,
    store::{self, StoreError, series::Stored},
    taste,
};

/// Packs that are named.
const MOST_PACKS: usize = 200;

/// What arming a library would mean.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preview {
    /// Series with missing volumes.
    pub series: u64,
    /// Missing volumes that are not on their way.
    pub volumes: u64,
    /// What they would weigh.
    pub gigabytes: f64,
    /// Releases with several volumes that would be fetched.
    pub pack_count: u64,
    /// The first of them, by series.
    pub packs: Vec<Pack>,
    /// What each indexer would be asked.
    pub queries: Vec<Queries>,
    /// Until all were searched and sent; none when a bound of 0 lets nothing go.
    pub nights: Option<u64>,
}

/// A release with several volumes that would be fetched.
#[derive(Clone, Debug, PartialEq)]
pub struct Pack {
    /// The title of the series.
    pub series: String,
    /// Its name.
    pub release: String,
    /// Everything that it holds.
    pub volumes: VolumeSet,
    /// Of these, missing.
    pub wanted: VolumeSet,
    /// What it weighs.
    pub gigabytes: f64,
}

/// What an indexer would be asked to search every series once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queries {
    /// The connection.
    pub source: String,
    /// None for all of a source's, while it was not asked which it has.
    pub indexer: Option<String>,
    /// Queries, without those for further pages of results.
    pub queries: u64,
    /// Queries of a day that searches that happen by themselves may take.
    pub a_day: u64,
}

/// From now on, releases may be sent for its series without being asked.
///
/// # Errors
/// When the database fails.
pub async fn arm(app: &App, library: i64) -> Result<(), StoreError> {
    write(app, library, Some(app.clock.now())).await
}

/// Nothing is sent for its series any more without being asked.
///
/// # Errors
/// When the database fails.
pub async fn disarm(app: &App, library: i64) -> Result<(), StoreError> {
    write(app, library, None).await
}

async fn write(app: &App, library: i64, armed_at: Option<i64>) -> Result<(), StoreError> {
    let mut tx = app.db.begin().await?;
    store::library::arm(&mut tx, library, armed_at).await?;
    tx.commit().await
}

/// The estimate of this moment.
///
/// # Errors
/// When the database fails.
pub async fn preview(app: &Arc<App>, library: i64) -> Result<Preview, StoreError> {
    let settings = app.settings().await?;
    let (mut preview, mut searched) = (Preview::default(), Vec::new());
    let (mut releases, mut bytes) = (0, 0_i64);
    for id in store::want::series_with_gaps(&app.db, library).await? {
        let Some(Foreseen {
            stored,
            picks,
            left,
        }) = foreseeing::foresee(app, id).await?
        else {
            continue;
        };
        let sent = picks.iter().map(|pick| pick.reserves.len()).sum::<usize>();
        preview.series += 1;
        preview.volumes += (sent + left.len()) as u64;
        releases += (picks.len() + left.len()) as i64;
        bytes += picks.iter().map(|pick| signed(pick.bytes)).sum::<i64>();
        bytes += left.len() as i64 * ideal_bytes(app, &stored, &left).await?;
        for pick in picks.into_iter().filter(|pick| pick.carries.len() > 1) {
            preview.pack_count += 1;
            preview.packs.push(Pack {
                series: stored.series.title.clone(),
                release: pick.release,
                volumes: pick.carries,
                wanted: pick.reserves,
                gigabytes: gigabytes(signed(pick.bytes)),
            });
        }
        preview.packs.truncate(MOST_PACKS);
        let terms = query::terms(&stored.series, &HashMap::new(), 0).len() as u64;
        searched.push((stored.series.sources, terms));
    }
    preview.gigabytes = gigabytes(bytes);
    preview.queries = queries(app, &settings, &searched).await?;
    let armed = store::library::first_armed(&app.db).await?;
    let nights = Nights {
        of_first_week: first_week(armed, app.clock.now()),
        first: bounds(&settings, true).map(|bound| bound.0),
        usual: bounds(&settings, false).map(|bound| bound.0),
    };
    preview.nights = nights.until(releases, bytes).and_then(|sent| {
        let to_search = preview
            .series
            .div_ceil(settings.series_per_night.unsigned_abs());
        let asked = preview.queries.iter();
        let to_ask = asked.map(|asked| asked.queries.div_ceil(asked.a_day.max(1)));
        to_ask.chain([sent, to_search]).max()
    });
    Ok(preview)
}

/// The middle of the ideal sizes of a volume, by the series' kind and profile. Chapters are of any size.
async fn ideal_bytes(app: &App, stored: &Stored, left: &VolumeSet) -> Result<i64, StoreError> {
    if left.is_empty() {
        return Ok(0);
    }
    let (_, profile) = taste::profile_of(app, stored).await?;
    let sizes = profile.sizes(stored.series.kind, false);
    let middle = sizes.map_or(0.0, |(_, sizes)| (sizes.ideal_from + sizes.ideal_to) / 2.0);
    Ok((middle * MEGABYTE as f64) as i64)
}

/// Of every enabled source, with the sources that each series asks and its terms.
async fn queries(
    app: &App,
    settings: &Settings,
    searched: &[(Vec<String>, u64)],
) -> Result<Vec<Queries>, StoreError> {
    let now = app.clock.now();
    let night = next_run(&settings.check_schedule, settings.time_zone, now).unwrap_or(now);
    let mut all = Vec::new();
    for row in store::connection::list(&app.db, "source").await? {
        if !asking::serves(&row, Purpose::Sweep) {
            continue;
        }
        let asks =
            |(sources, _): &&(Vec<String>, u64)| sources.is_empty() || sources.contains(&row.name);
        let of = |indexer, private| Queries {
            source: row.name.clone(),
            indexer,
            queries: searched.iter().filter(asks).map(|series| series.1).sum(),
            a_day: asking::for_sweeps(settings, private, night).unsigned_abs(),
        };
        let indexers = store::indexer::list(&app.db, row.id).await?;
        if indexers.is_empty() {
            all.push(of(None, false));
        }
        let indexers = indexers.into_iter();
        all.extend(indexers.map(|indexer| of(Some(indexer.name), indexer.private)));
    }
    Ok(all)
}

/// Nights of the first week after arming that are still to come.
fn first_week(armed: Option<i64>, now: i64) -> i64 {
    let ends = armed.unwrap_or(now) + FIRST_WEEK;
    ((ends - now).max(0) as u64).div_ceil(DAY as u64) as i64
}

/// How much a night may send: releases and gigabytes.
struct Nights {
    of_first_week: i64,
    first: [i64; 2],
    usual: [i64; 2],
}

impl Nights {
    /// How many it takes to send so much; none when it never ends.
    fn until(&self, releases: i64, bytes: i64) -> Option<u64> {
        let releases = self.of(releases, self.first[0], self.usual[0])?;
        let bytes = self.of(bytes, self.first[1] * GIGABYTE, self.usual[1] * GIGABYTE)?;
        Some(releases.max(bytes))
    }

    fn of(&self, all: i64, first: i64, usual: i64) -> Option<u64> {
        let ceil = |all: i64, a_night: i64| all.unsigned_abs().div_ceil(a_night.unsigned_abs());
        let in_first_week = first.saturating_mul(self.of_first_week);
        match all {
            ..=0 => Some(0),
            _ if all <= in_first_week => Some(ceil(all, first)),
            _ if usual == 0 => None,
            _ => Some(self.of_first_week.unsigned_abs() + ceil(all - in_first_week, usual)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_week_counts_with_its_own_bounds() {
        let nights = |of_first_week, releases, gigabytes: i64| {
            let nights = Nights {
                of_first_week,
                first: [2, 8],
                usual: [50, 30],
            };
            nights.until(releases, gigabytes * GIGABYTE)
        };
        for (of_first_week, releases, gigabytes, expected) in [
            (7, 0, 0, 0),
            (7, 9, 1, 5),
            (7, 14, 1, 7),
            (7, 15, 1, 8),
            (7, 114, 1, 9),
            (7, 9, 57, 8),
            (3, 9, 1, 4),
            (0, 9, 1, 1),
            (0, 9, 61, 3),
        ] {
            let found = nights(of_first_week, releases, gigabytes);
            assert_eq!(found, Some(expected), "{releases} releases, {gigabytes} GB");
        }
    }

    #[test]
    fn a_bound_of_0_never_ends() {
        let nights = |usual| Nights {
            of_first_week: 7,
            first: [2, 8],
            usual,
        };
        assert_eq!(nights([0, 30]).until(14, 0), Some(7));
        assert_eq!(nights([0, 30]).until(15, 0), None);
        assert_eq!(nights([50, 0]).until(1, 57 * GIGABYTE), None);
    }

    #[test]
    fn the_first_week_ends_a_week_after_the_first_library_was_armed() {
        for (armed, now, nights) in [
            (None, 0, 7),
            (Some(0), 0, 7),
            (Some(0), 1, 7),
            (Some(0), DAY, 6),
            (Some(0), 6 * DAY + 1, 1),
            (Some(0), 7 * DAY, 0),
            (Some(0), 70 * DAY, 0),
        ] {
            assert_eq!(first_week(armed, now), nights, "{now}");
        }
    }
}
