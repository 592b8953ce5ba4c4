//! How long a failing source is left alone. Pure.

use std::time::Duration;

use super::units::DAY;

/// Minutes after the first, second… failure in a row. The ladder that Prowlarr uses for its own indexers.
const LADDER: [u64; 10] = [0, 1, 5, 15, 30, 60, 180, 360, 720, 1440];

/// The pause after `failures` failures in a row; what the other side asked for counts when it is longer.
pub fn pause(failures: u32, asked: Option<Duration>) -> Duration {
    let step = (failures.saturating_sub(1) as usize).min(LADDER.len() - 1);
    let pause = if failures == 0 { 0 } else { LADDER[step] };
    Duration::from_secs(pause * 60).max(asked.unwrap_or_default())
}

/// Days after which a series is searched again, by how many searches in a row found nothing to send.
const FRUITLESS: [i64; 5] = [1, 3, 7, 14, 30];
/// Days after which it is searched again when the last search found something.
const FRUITFUL: i64 = 7;

/// Milliseconds until a series is searched again by itself.
pub fn next_search(fruitless: i64) -> i64 {
    let place = usize::try_from(fruitless - 1).ok();
    let days = place.map_or(FRUITFUL, |place| FRUITLESS[place.min(FRUITLESS.len() - 1)]);
    days * DAY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_for_which_nothing_is_found_is_searched_ever_more_rarely() {
        let days = |fruitless| next_search(fruitless) / DAY;
        assert_eq!([0, 1, 2, 3, 4, 5, 99].map(days), [7, 1, 3, 7, 14, 30, 30]);
    }

    #[test]
    fn the_pause_grows_to_a_day_and_respects_what_was_asked() {
        let minutes = |failures, asked| pause(failures, asked).as_secs() / 60;
        assert_eq!(
            [0, 1, 2, 3, 10, 99].map(|failures| minutes(failures, None)),
            [0, 0, 1, 5, 1440, 1440]
        );
        assert_eq!(minutes(1, Some(Duration::from_secs(600))), 10);
        assert_eq!(minutes(4, Some(Duration::from_secs(600))), 15);
    }
}
