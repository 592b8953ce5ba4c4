//! When a message that was not taken is told again. Pure.

use std::time::Duration;

use super::super::units::{DAY, HOUR, MINUTE};

/// Milliseconds before the first, second… attempt: the schedule that Standard Webhooks gives as its example. After the last one the
/// message is dead.
const SCHEDULE: [i64; 10] = [
    0,
    5_000,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    14 * HOUR,
    20 * HOUR,
    24 * HOUR,
];
/// By so much of itself a wait is longer at most, so that what failed together does not come back together.
const JITTER: f64 = 0.1;
/// No target can ask for a longer wait.
const LONGEST: i64 = DAY;
/// Failures in a row, at least, of a target that is switched off.
const MANY: i64 = 12;
/// How long it has taken nothing then.
const LONG: i64 = 5 * DAY;

/// Milliseconds until the next attempt, after so many; none when there is none. `chance` is from 0 to 1; what the target asked for
/// counts when it is longer.
pub fn wait(attempts: i64, chance: f64, asked: Option<Duration>) -> Option<i64> {
    let place = usize::try_from(attempts).ok()?;
    let wait = *SCHEDULE.get(place)?;
    let wait = wait + (wait as f64 * JITTER * chance.clamp(0.0, 1.0)) as i64;
    Some(wait.max(asked.map_or(0, pause)))
}

/// Milliseconds that a target asked for, as far as it gets them.
pub fn pause(asked: Duration) -> i64 {
    let asked = i64::try_from(asked.as_millis()).unwrap_or(LONGEST);
    asked.min(LONGEST)
}

/// A target is switched off: it took nothing since then, and failed so often.
pub fn is_hopeless(failures: i64, since: i64, now: i64) -> bool {
    failures >= MANY && now - since >= LONG
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_waits_grow_and_end() {
        let minutes = |attempts| wait(attempts, 0.0, None).map(|wait| wait / MINUTE);
        let all: Vec<_> = (0..=10).map(minutes).collect();
        let expected = [0, 0, 5, 30, 120, 300, 600, 840, 1200, 1440];
        assert_eq!(all[..10], expected.map(Some));
        assert_eq!(all[10], None, "then it is dead");
        assert_eq!(wait(1, 0.0, None), Some(5_000));
        assert_eq!(wait(-1, 0.0, None), None);
    }

    #[test]
    fn chance_makes_a_wait_a_little_longer_never_shorter() {
        for (chance, expected) in [(0.0, 5_000), (0.5, 5_250), (1.0, 5_500), (7.0, 5_500)] {
            assert_eq!(wait(1, chance, None), Some(expected), "{chance}");
        }
        assert_eq!(wait(0, 1.0, None), Some(0), "the first one is at once");
    }

    #[test]
    fn what_the_target_asks_for_counts_when_it_is_longer() {
        let asked = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(wait(1, 0.0, asked(60)), Some(60_000));
        assert_eq!(wait(2, 0.0, asked(60)), Some(5 * MINUTE));
        assert_eq!(wait(1, 0.0, asked(999_999_999)), Some(DAY), "at most a day");
        assert_eq!(wait(10, 0.0, asked(60)), None, "nor does it go on for ever");
    }

    #[test]
    fn a_target_is_given_up_after_many_failures_and_days() {
        for (failures, days, hopeless) in [
            (11, 9, false),
            (12, 4, false),
            (12, 5, true),
            (99, 6, true),
            (0, 99, false),
        ] {
            let given_up = is_hopeless(failures, 0, days * DAY);
            assert_eq!(given_up, hopeless, "{failures} in {days} days");
        }
    }
}
