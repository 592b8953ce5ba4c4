//! Units of time and of size. Pure.

/// Milliseconds of a second.
pub const SECOND: i64 = 1000;
/// Milliseconds of a minute.
pub const MINUTE: i64 = 60 * SECOND;
/// Milliseconds of an hour.
pub const HOUR: i64 = 60 * MINUTE;
/// Milliseconds of a day.
pub const DAY: i64 = 24 * HOUR;

/// Bytes of a megabyte, as download sites count.
pub const MEGABYTE: u64 = 1_000_000;
/// Bytes of a gigabyte.
pub const GIGABYTE: u64 = 1_000 * MEGABYTE;
