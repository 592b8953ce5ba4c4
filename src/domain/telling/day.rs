//! A day of the calendar, as people write it. Pure.

use chrono::Datelike;

use super::Tongue;
use crate::domain::catalogue::Day;

const FRENCH: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];
const ENGLISH: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// As exactly as it is known: `8 juillet 2026`, `July 2026`, `2026`.
pub fn written(day: Day, tongue: Tongue) -> String {
    let (first, year) = (day.first(), day.first().year());
    let months = match tongue {
        Tongue::French => FRENCH,
        Tongue::English => ENGLISH,
    };
    let month = months[first.month0() as usize];
    match (day.is_exact(), day.has_month(), tongue) {
        (true, _, Tongue::French) if first.day() == 1 => format!("1er {month} {year}"),
        (true, ..) => format!("{} {month} {year}", first.day()),
        (false, true, _) => format!("{month} {year}"),
        (false, false, _) => year.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_written_as_exactly_as_it_is_known() {
        for (day, french, english) in [
            ("2026-07-08", "8 juillet 2026", "8 July 2026"),
            ("2026-08-01", "1er août 2026", "1 August 2026"),
            ("2026-07", "juillet 2026", "July 2026"),
            ("2026", "2026", "2026"),
        ] {
            let day: Day = day.parse().expect("a day");
            assert_eq!(written(day, Tongue::French), french);
            assert_eq!(written(day, Tongue::English), english);
        }
    }
}
