//! What is asked of a server's library after a time in which nobody listened to it. Pure.

use super::units::{HOUR, MINUTE};

/// Changes are asked for from so long before the last one that was heard: the server's clock may not be ours.
const OVERLAP: i64 = 10 * MINUTE;
/// When nobody listened for longer, the library is read as a whole: what left it is not among its changes.
const LONG: i64 = HOUR;
/// A scan says when it ended; what it read first it read up to so long before.
const SCAN: i64 = LONG / 2;

/// What is known of a library when it is listened to again. Times are milliseconds since the epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Absence {
    /// It was read as a whole at least once.
    pub is_imported: bool,
    /// When it was last read as a whole.
    pub scanned_at: Option<i64>,
    /// Everything that its server told up to then was heard, and looked at.
    pub heard_at: Option<i64>,
    /// Something that it told was never looked at.
    pub has_unseen: bool,
    /// Its server did not answer meanwhile.
    pub was_away: bool,
    /// Nothing is sent for its series.
    pub is_held: bool,
}

impl Absence {
    /// Since when its changes are to be asked for; none when all of it is to be read.
    pub fn ask_since(&self, now: i64) -> Option<i64> {
        // Only a look at all of it lets sending go on.
        let is_to_be_freed = self.was_away && self.is_held;
        if self.has_unseen || !self.is_imported || is_to_be_freed {
            return None;
        }
        let scanned = self.scanned_at.map(|at| at - SCAN);
        let known = self.heard_at.max(scanned)?;
        // A clock that was put back says nothing of how long it was.
        (-OVERLAP..=LONG)
            .contains(&(now - known))
            .then_some(known - OVERLAP)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_asked_for_after_a_short_absence_and_all_of_it_is_read_after_a_long_one() {
        let now = 100 * HOUR;
        let heard = |ago: i64| Absence {
            is_imported: true,
            scanned_at: Some(now - 5 * HOUR),
            heard_at: Some(now - ago),
            ..Absence::default()
        };
        let never_heard = |scanned_ago: i64| Absence {
            heard_at: None,
            scanned_at: Some(now - scanned_ago),
            ..heard(0)
        };
        let since = |ago: i64| Some(now - ago - OVERLAP);
        for (absence, expected) in [
            (heard(0), since(0)),
            (heard(MINUTE), since(MINUTE)),
            (heard(HOUR), since(HOUR)),
            (heard(HOUR + 1), None),
            // A scan since then has seen what was not heard, but for what changed while it went on.
            (
                Absence {
                    scanned_at: Some(now - MINUTE),
                    ..heard(3 * HOUR)
                },
                since(MINUTE + SCAN),
            ),
            (never_heard(MINUTE), since(MINUTE + SCAN)),
            (never_heard(HOUR - SCAN), since(HOUR)),
            (never_heard(HOUR - SCAN + 1), None),
            (
                Absence {
                    scanned_at: None,
                    ..never_heard(0)
                },
                None,
            ),
            (
                Absence {
                    is_imported: false,
                    ..heard(MINUTE)
                },
                None,
            ),
            (
                Absence {
                    has_unseen: true,
                    ..heard(MINUTE)
                },
                None,
            ),
            // Away for a moment is no reason, and neither is a hold that has another cause.
            (
                Absence {
                    was_away: true,
                    ..heard(MINUTE)
                },
                since(MINUTE),
            ),
            (
                Absence {
                    is_held: true,
                    ..heard(MINUTE)
                },
                since(MINUTE),
            ),
            (
                Absence {
                    was_away: true,
                    is_held: true,
                    ..heard(MINUTE)
                },
                None,
            ),
            (heard(-MINUTE), since(-MINUTE)),
            (heard(-2 * HOUR), None),
        ] {
            assert_eq!(absence.ask_since(now), expected, "{absence:?}");
        }
    }
}
