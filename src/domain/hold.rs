//! When what left the shelf is so much that nothing is sent until someone looked. Pure.

/// Over this share of a library, in percent, what left the shelf holds sending.
pub const PERCENT: usize = 2;
/// Below this number of volumes a share says nothing.
pub const LEAST: usize = 3;
/// So many volumes of one series hold sending by themselves.
pub const OF_SERIES: usize = 5;

/// Whether `gone` of all volumes of a library, of one series at most `worst`, hold sending.
pub fn holds(gone: usize, worst: usize, all: usize) -> bool {
    let much = gone >= LEAST && gone * 100 > all * PERCENT;
    much || worst >= OF_SERIES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_two_percent_of_a_library_or_five_of_a_series_hold_sending() {
        for (gone, worst, all, expected) in [
            (0, 0, 0, false),
            (2, 1, 10, false),
            (3, 1, 150, false),
            (3, 1, 149, true),
            (20, 1, 1_000, false),
            (21, 1, 1_000, true),
            (4, 4, 10_000, false),
            (5, 5, 10_000, true),
        ] {
            assert_eq!(holds(gone, worst, all), expected, "{gone} {worst} {all}");
        }
    }
}
