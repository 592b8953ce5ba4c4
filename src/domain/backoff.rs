//! How long a failing source is left alone. Pure.

use std::time::Duration;

/// Minutes after the first, second… failure in a row. The ladder that Prowlarr uses for its own indexers.
const LADDER: [u64; 10] = [0, 1, 5, 15, 30, 60, 180, 360, 720, 1440];

/// The pause after `failures` failures in a row; what the other side asked for counts when it is longer.
pub fn pause(failures: u32, asked: Option<Duration>) -> Duration {
    let step = (failures.saturating_sub(1) as usize).min(LADDER.len() - 1);
    let pause = if failures == 0 { 0 } else { LADDER[step] };
    Duration::from_secs(pause * 60).max(asked.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

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
