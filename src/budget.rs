//! How much may be sent by itself now: releases and gigabytes a night, downloads at once, and room on the disk.

use std::sync::Arc;

use chrono::{Duration, NaiveTime, TimeZone};
use chrono_tz::Tz;

use crate::{
    app::App,
    clock::{next_run, next_time, utc},
    domain::{
        link::Network,
        units::{self, DAY, HOUR},
    },
    holdings,
    pipeline::sending::{Clients, clients::Used},
    settings::Settings,
    store::{self, StoreError, Tx},
};

/// Bytes, as the database counts.
pub const GIGABYTE: i64 = units::GIGABYTE as i64;
/// Milliseconds after the first arming in which less is sent.
pub const FIRST_WEEK: i64 = 7 * DAY;

/// What may still be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// When the night began; milliseconds since the epoch.
    pub since: i64,
    /// Releases a night.
    grabs: i64,
    /// Bytes a night.
    bytes: i64,
    /// Of these, sent.
    grabs_sent: i64,
    /// Of these, sent.
    bytes_sent: i64,
    /// The settings that bound releases and bytes.
    named: [&'static str; 2],
    /// What each client has room for; one that is not here is not bounded.
    places: Vec<(Network, Place)>,
}

/// What a client has room for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    /// Downloads at once.
    active: i64,
    /// The setting that says so.
    named: &'static str,
    /// Of these, running.
    running: i64,
    /// Bytes that may still be written; none when the client does not say how much is free.
    room: Option<i64>,
    /// Bytes that stay free.
    keep: i64,
}

/// The budget of this moment, for these clients.
///
/// # Errors
/// When the database fails.
pub async fn of(
    app: &Arc<App>,
    settings: &Settings,
    clients: &Clients,
) -> Result<Budget, StoreError> {
    let mut budget = of_night(app, settings).await?;
    (budget.grabs_sent, budget.bytes_sent) = store::grab::sent_since(&app.db, budget.since).await?;
    for used in clients.iter() {
        let place = place(app, settings, used).await?;
        budget.places.push((used.network, place));
    }
    Ok(budget)
}

async fn place(app: &Arc<App>, settings: &Settings, used: &Used) -> Result<Place, StoreError> {
    let held = holdings::of(app, &used.row).await;
    let live = store::grab::live_of(&app.db, used.row.id).await?;
    let keep = settings.keep_free_gigabytes * GIGABYTE;
    // What was sent since the client was asked is not among what its downloads still have to write.
    let newer: i64 = live
        .iter()
        .filter(|grab| held.is_newer(grab))
        .filter_map(|grab| grab.size)
        .sum();
    let (active, named) = settings.active(used.network);
    Ok(Place {
        active,
        named,
        running: held.unfinished_of(&live).count() as i64,
        room: held
            .free_bytes
            .map(|free| signed(free) - signed(held.left_bytes) - newer - keep),
        keep,
    })
}

/// The bounds of this night, before anything was sent; no client bounds it.
///
/// # Errors
/// When the database fails.
pub async fn of_night(app: &App, settings: &Settings) -> Result<Budget, StoreError> {
    let now = app.clock.now();
    let armed = store::library::first_armed(&app.db).await?;
    let is_first_week = armed.is_none_or(|armed| now < armed + FIRST_WEEK);
    let [(grabs, grabs_named), (gigabytes, gigabytes_named)] = bounds(settings, is_first_week);
    Ok(Budget {
        since: night(now, settings.time_zone),
        grabs,
        bytes: gigabytes * GIGABYTE,
        grabs_sent: 0,
        bytes_sent: 0,
        named: [grabs_named, gigabytes_named],
        places: Vec::new(),
    })
}

/// Releases and gigabytes that a night may send, each with the setting that says so. The first week has at most what any other has.
pub fn bounds(settings: &Settings, is_first_week: bool) -> [(i64, &'static str); 2] {
    let bound = |usual: (i64, &'static str), first: (i64, &'static str)| match is_first_week {
        true if first.0 < usual.0 => first,
        _ => usual,
    };
    [
        bound(
            (settings.grabs_per_night, "grabsPerNight"),
            (
                settings.grabs_per_night_first_week,
                "grabsPerNightFirstWeek",
            ),
        ),
        bound(
            (settings.gigabytes_per_night, "gigabytesPerNight"),
            (
                settings.gigabytes_per_night_first_week,
                "gigabytesPerNightFirstWeek",
            ),
        ),
    ]
}

/// Why a release waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The sentence for the report.
    pub why: String,
    /// The next night lets it go; otherwise a place or room has to become free.
    pub for_night: bool,
}

impl Budget {
    /// Takes a release of so many bytes from a network out of it, or says why it waits.
    ///
    /// # Errors
    /// When a bound is reached.
    pub fn take(&mut self, bytes: u64, network: Option<Network>) -> Result<(), Wait> {
        let bytes = signed(bytes);
        let wait = |for_night, why| Err(Wait { why, for_night });
        if self.grabs_sent >= self.grabs {
            return wait(
                true,
                format!(
                    "it waits for the next night: {} releases were sent ({})",
                    self.grabs_sent, self.named[0]
                ),
            );
        }
        // One release larger than all of a night may go as the first of it, or it would wait for ever.
        if self.bytes_sent > 0 && self.bytes_sent.saturating_add(bytes) > self.bytes {
            return wait(
                true,
                format!(
                    "it waits for the next night: {:.1} GB of {} were sent, and it has {:.1} ({})",
                    gigabytes(self.bytes_sent),
                    self.bytes / GIGABYTE,
                    gigabytes(bytes),
                    self.named[1]
                ),
            );
        }
        let mut places = self.places.iter_mut();
        if let Some((_, place)) = places.find(|(of, _)| Some(*of) == network) {
            place.take(bytes)?;
        }
        self.grabs_sent += 1;
        self.bytes_sent = self.bytes_sent.saturating_add(bytes);
        Ok(())
    }
}

impl Place {
    fn take(&mut self, bytes: i64) -> Result<(), Wait> {
        let wait = |why| {
            Err(Wait {
                why,
                for_night: false,
            })
        };
        if self.running >= self.active {
            return wait(format!(
                "it waits: {} downloads are running ({})",
                self.running, self.named
            ));
        }
        if let Some(room) = self.room
            && bytes > room
        {
            return wait(format!(
                "it waits: the disk has no room for {:.1} GB when {} GB are to stay free (keepFreeGigabytes)",
                gigabytes(bytes),
                self.keep / GIGABYTE
            ));
        }
        self.running += 1;
        self.room = self.room.map(|room| room - bytes);
        Ok(())
    }
}

/// When what waits is looked at again: at the first scheduled check of the next night, or in an hour when only a place or room is needed.
pub fn again_at(settings: &Settings, now: i64, for_night: bool) -> i64 {
    let night_ends = next_time(now, noon(), settings.time_zone);
    match next_run(&settings.check_schedule, settings.time_zone, night_ends - 1) {
        Some(next) if for_night => next,
        _ => now + HOUR,
    }
}

/// When nothing at all may be sent now: when that is looked at again.
///
/// # Errors
/// When the database fails.
pub async fn no_room_until(app: &Arc<App>, settings: &Settings) -> Result<Option<i64>, StoreError> {
    let clients = Clients::of(app).await?;
    let budget = of(app, settings, &clients).await?;
    let waits = |used: &Used| budget.clone().take(0, Some(used.network)).err();
    let waits: Vec<Option<Wait>> = clients.iter().map(waits).collect();
    // As long as one client has room, something may go.
    let Some(waits) = waits.into_iter().collect::<Option<Vec<Wait>>>() else {
        return Ok(None);
    };
    let again = |wait: Wait| again_at(settings, app.clock.now(), wait.for_night);
    Ok(waits.into_iter().map(again).min())
}

/// Whether what is about to be written down still fits into the night, whatever other processes sent meanwhile. The lock is held until
/// the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn still_fits(tx: &mut Tx, budget: &Budget, sizes: &[u64]) -> Result<bool, StoreError> {
    store::grab::lock_budget(tx).await?;
    let (grabs_sent, bytes_sent) = store::grab::sent_since_in(tx, budget.since).await?;
    let mut now = Budget {
        grabs_sent,
        bytes_sent,
        places: Vec::new(),
        ..budget.clone()
    };
    Ok(sizes.iter().all(|size| now.take(*size, None).is_ok()))
}

/// A night goes from noon to noon, so that no midnight cuts it.
fn night(now: i64, zone: Tz) -> i64 {
    let local = utc(now).with_timezone(&zone);
    let noon_of = |day: chrono::NaiveDate| {
        zone.from_local_datetime(&day.and_time(noon()))
            .earliest()
            .map_or(now, |noon| noon.timestamp_millis())
    };
    match noon_of(local.date_naive()) {
        today if today <= now => today,
        _ => noon_of(local.date_naive() - Duration::days(1)),
    }
}

fn noon() -> NaiveTime {
    NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default()
}

/// As the database counts.
pub fn signed(bytes: u64) -> i64 {
    bytes.try_into().unwrap_or(i64::MAX)
}

/// For the eye.
pub fn gigabytes(bytes: i64) -> f64 {
    bytes as f64 / GIGABYTE as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget() -> Budget {
        Budget {
            since: 0,
            grabs: 12,
            bytes: 8 * GIGABYTE,
            grabs_sent: 0,
            bytes_sent: 0,
            named: bounds(&Settings::default(), true).map(|bound| bound.1),
            places: vec![(
                Network::Torrent,
                Place {
                    active: 10,
                    named: "activeTorrents",
                    running: 0,
                    room: Some(20 * GIGABYTE),
                    keep: 50 * GIGABYTE,
                },
            )],
        }
    }

    fn take(with: impl FnOnce(&mut Budget), gigabytes: u64) -> Result<(), Wait> {
        let mut budget = budget();
        with(&mut budget);
        budget.take(gigabytes * units::GIGABYTE, Some(Network::Torrent))
    }

    #[test]
    fn each_bound_lets_as_much_pass_as_it_says() {
        assert_eq!(take(|budget| budget.grabs_sent = 11, 1), Ok(()));
        assert_eq!(take(|budget| budget.bytes_sent = 7 * GIGABYTE, 1), Ok(()));
        assert_eq!(take(|budget| budget.places[0].1.running = 9, 1), Ok(()));
        assert_eq!(
            take(|budget| budget.places[0].1.room = Some(GIGABYTE), 1),
            Ok(())
        );
        for (wait, setting) in [
            (
                take(|budget| budget.grabs_sent = 12, 1),
                "grabsPerNightFirstWeek",
            ),
            (
                take(|budget| budget.bytes_sent = 7 * GIGABYTE, 2),
                "gigabytesPerNightFirstWeek",
            ),
            (
                take(|budget| budget.places[0].1.running = 10, 1),
                "activeTorrents",
            ),
            (
                take(|budget| budget.places[0].1.room = Some(GIGABYTE), 2),
                "keepFreeGigabytes",
            ),
        ] {
            assert!(wait.expect_err(setting).why.contains(setting));
        }
    }

    #[test]
    fn the_setting_that_bounds_is_named() {
        let settings = Settings {
            grabs_per_night: 5,
            grabs_per_night_first_week: 5,
            ..Settings::default()
        };
        let named = |is_first_week| bounds(&settings, is_first_week);
        assert_eq!(
            named(true),
            [(5, "grabsPerNight"), (8, "gigabytesPerNightFirstWeek")]
        );
        assert_eq!(
            named(false),
            [(5, "grabsPerNight"), (30, "gigabytesPerNight")]
        );
    }

    #[test]
    fn what_waits_for_the_night_is_looked_at_when_the_next_one_has_begun() {
        let at = |text: &str| {
            text.parse::<chrono::DateTime<chrono::Utc>>()
                .expect("a time")
                .timestamp_millis()
        };
        for (schedule, now, again) in [
            ("0 1 * * *", "2026-01-10T01:10:00Z", "2026-01-11T01:00:00Z"),
            // At one in the night it still is the night that has sent enough.
            ("0 1 * * *", "2026-01-10T14:00:00Z", "2026-01-12T01:00:00Z"),
            (
                "every 15 minutes",
                "2026-01-10T14:00:00Z",
                "2026-01-11T12:00:00Z",
            ),
        ] {
            let settings = Settings {
                time_zone: Tz::UTC,
                check_schedule: schedule.into(),
                ..Settings::default()
            };
            assert_eq!(again_at(&settings, at(now), true), at(again), "{schedule}");
            assert_eq!(again_at(&settings, at(now), false), at(now) + 3_600_000);
        }
    }

    #[test]
    fn room_that_is_not_known_stands_in_no_ones_way() {
        assert_eq!(take(|budget| budget.places[0].1.room = None, 7), Ok(()));
    }

    #[test]
    fn a_release_larger_than_a_night_is_the_first_of_one() {
        assert_eq!(take(|_| {}, 9), Ok(()));
        assert!(take(|budget| budget.bytes_sent = 1, 9).is_err());
    }

    #[test]
    fn what_is_taken_is_gone() {
        let take = |budget: &mut Budget, network| budget.take(units::GIGABYTE, Some(network));
        let mut budget = budget();
        for _ in 0..8 {
            assert_eq!(take(&mut budget, Network::Torrent), Ok(()));
        }
        assert!(take(&mut budget, Network::Torrent).is_err());
    }

    #[test]
    fn a_client_that_is_full_holds_no_other() {
        let mut budget = budget();
        budget.places[0].1.running = 10;
        assert!(budget.take(1, Some(Network::Torrent)).is_err());
        assert_eq!(budget.take(1, Some(Network::Ed2k)), Ok(()));
    }

    #[test]
    fn a_night_goes_from_noon_to_noon_of_the_users_zone() {
        let at = |text: &str| {
            text.parse::<chrono::DateTime<chrono::Utc>>()
                .expect("a time")
                .timestamp_millis()
        };
        let zone = chrono_tz::Europe::Paris;
        for (now, began) in [
            ("2026-01-10T11:00:00Z", "2026-01-10T11:00:00Z"),
            ("2026-01-10T10:59:59Z", "2026-01-09T11:00:00Z"),
            ("2026-01-11T03:00:00Z", "2026-01-10T11:00:00Z"),
            // The clock went forward in this night.
            ("2026-03-29T09:59:00Z", "2026-03-28T11:00:00Z"),
            ("2026-03-29T10:00:00Z", "2026-03-29T10:00:00Z"),
        ] {
            assert_eq!(night(at(now), zone), at(began), "{now}");
        }
    }
}
