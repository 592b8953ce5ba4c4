//! What every source's answers need.

/// Milliseconds since the epoch: nobody publishes after it.
const YEAR_3000: i64 = 32_503_680_000_000;
/// Above it a float does not count exactly, and no release is of that size.
const MOST: u64 = 1 << 53;

/// Without control characters: PostgreSQL stores no NUL, and nobody can read the others.
pub(super) fn printable(text: String) -> String {
    match text.chars().any(char::is_control) {
        true => text
            .chars()
            .map(|letter| if letter.is_control() { ' ' } else { letter })
            .collect(),
        false => text,
    }
}

/// A moment that can be true. The year 1 is .NET for "unknown", and the year 9999 is nobody's.
pub fn moment(millis: i64) -> Option<i64> {
    (1..YEAR_3000).contains(&millis).then_some(millis)
}

/// A count that can be true.
pub(super) fn count(number: u64) -> Option<u64> {
    (number < MOST).then_some(number)
}
