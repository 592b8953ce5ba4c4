//! Kavita's times as milliseconds since the epoch. Pure.

use chrono::{DateTime, NaiveDateTime};

/// A time of which the name ends in `Utc`, or one with an offset. None for what is no time, and for year 1, which stands for "never".
pub fn utc(text: Option<&str>) -> Option<i64> {
    let text = text?;
    let at = match DateTime::parse_from_rfc3339(text) {
        Ok(at) => at.timestamp_millis(),
        Err(_) => local(Some(text))?,
    };
    (at > 0).then_some(at)
}

/// A time in the server's own zone, as if it were UTC.
pub fn local(text: Option<&str>) -> Option<i64> {
    let at = NaiveDateTime::parse_from_str(text?, "%Y-%m-%dT%H:%M:%S%.f").ok()?;
    Some(at.and_utc().timestamp_millis()).filter(|at| *at > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_and_without_an_offset() {
        for (text, expected) in [
            ("2024-10-24T13:41:06.1234567Z", Some(1_729_777_266_123)),
            ("2024-10-24T13:41:06.1234567", Some(1_729_777_266_123)),
            ("2024-10-24T15:41:06+02:00", Some(1_729_777_266_000)),
            ("0001-01-01T00:00:00", None),
            ("soon", None),
        ] {
            assert_eq!(utc(Some(text)), expected, "{text}");
        }
        assert_eq!(local(Some("2024-10-24T13:41:06")), Some(1_729_777_266_000));
        assert_eq!(
            (utc(None), local(Some("2024-10-24T13:41:06Z"))),
            (None, None)
        );
    }
}
