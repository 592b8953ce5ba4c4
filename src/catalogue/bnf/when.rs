//! When a volume came out, as exactly as its record tells, and whether it is there at all. Pure.

use super::record::Record;
use crate::domain::catalogue::Day;

/// The date of a volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    /// The year of the book, mostly. Of a year in which it was also deposited, the month: it was out by then. The day where the record
    /// has it.
    pub day: Option<Day>,
    /// Its publisher has announced it; no one has seen it yet.
    pub is_announced: bool,
}

/// Field 100 `$a`, by places: 0 to 7 the day on which the record was made, 8 what kind of date follows, 9 to 16 the dates.
struct Coded<'a>(&'a str);

impl Coded<'_> {
    fn of(&self, from: usize, to: usize) -> Option<u32> {
        let part = self.0.get(from..to)?;
        let digits = part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse().ok().filter(|_| digits)
    }

    fn kind(&self) -> Option<u8> {
        self.0.as_bytes().get(8).copied()
    }
}

/// Reads it.
pub fn of(record: &Record) -> When {
    let coded = Coded(record.get("100", 'a').unwrap_or_default());
    let written = written(record);
    // `u`: its date is not known yet. Level 2 of a record: made before the book was there.
    let is_announced = coded.kind() == Some(b'u') || record.leader(17) == Some('2');
    let year = written
        .and_then(year)
        .or_else(|| i32::try_from(coded.of(9, 13)?).ok());
    let day = exact(&coded, written).or_else(|| {
        let year = year?;
        let month = deposited(record, &coded)
            .filter(|(at, _)| *at == year && !is_announced)
            .map(|(_, month)| month);
        Day::new(year, month, None)
    });
    When { day, is_announced }
}

/// The year in which the set ended, as in `2001-2013`; an open one is never closed by some.
pub fn ended(record: &Record) -> bool {
    let Some((from, to)) = written(record).and_then(|text| text.split_once('-')) else {
        return false;
    };
    year(from).is_some() && year(to).is_some()
}

fn written(record: &Record) -> Option<&str> {
    let newer = record.preferring("214", "0", 'd');
    newer.or_else(|| record.get("210", 'd'))
}

/// Kind `j` is a day: the year, then month and day. Some publishers write it out.
fn exact(coded: &Coded<'_>, written: Option<&str>) -> Option<Day> {
    if coded.kind() == Some(b'j') {
        let year = i32::try_from(coded.of(9, 13)?).ok()?;
        return Day::new(year, coded.of(13, 15), coded.of(15, 17));
    }
    let written = written?.get(..10)?;
    written.parse().ok().filter(|day: &Day| day.is_exact())
}

/// Year and month in which the book was deposited (`DLE-20131017-48211`), or its record made.
fn deposited(record: &Record, coded: &Coded<'_>) -> Option<(i32, u32)> {
    let deposit = record
        .all("021", 'b')
        .filter_map(|number| number.split('-').nth(1))
        .filter(|day| day.len() == 8)
        .map(Coded)
        .find_map(|day| day.of(0, 4).zip(day.of(4, 6)));
    let (year, month) = deposit.or_else(|| coded.of(0, 4).zip(coded.of(4, 6)))?;
    Some((i32::try_from(year).ok()?, month)).filter(|(_, month)| (1..=12).contains(month))
}

/// The year in `2019`, `DL 2019`, `[2019]`, `impr. 2019`, `DL 2019, cop. 2017`: one that is not that of the rights goes first.
fn year(text: &str) -> Option<i32> {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut years = (0..bytes.len())
        .filter(|at| (0..4).all(|step| is_digit(at + step)) && !is_digit(at + 4))
        .filter(|at| *at == 0 || !is_digit(at - 1))
        .filter_map(|at| {
            let year: i32 = text.get(at..at + 4)?.parse().ok()?;
            let before = text[..at].trim_end().to_lowercase();
            let of_rights = ["cop.", "cop", "©", "p"]
                .iter()
                .any(|sign| before.ends_with(sign));
            (1800..=2200).contains(&year).then_some((of_rights, year))
        });
    let first = years.next()?;
    let found = match first.0 {
        false => first,
        true => years.find(|(of_rights, _)| !of_rights).unwrap_or(first),
    };
    Some(found.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::bnf::record::made_of;

    fn record(lines: &str) -> Record {
        made_of(&[lines]).remove(0)
    }

    #[test]
    fn a_date_is_as_exact_as_its_record() {
        const MADE: &str = "100 $a20190514d2019    m  y0frey50      ba";
        for (lines, day, is_announced) in [
            ("210 $dDL 2001", Some("2001"), false),
            ("210 $dimpr. 2013", Some("2013"), false),
            ("210 $d[2013]", Some("2013"), false),
            ("214 $dcop. 2017, DL 2019", Some("2019"), false),
            ("214 $dcop. 2017", Some("2017"), false),
            (&format!("214 $dDL 2019\n{MADE}"), Some("2019-05"), false),
            (
                &format!("214 $dDL 2019\n{MADE}\n021 $aFR$bDLE-20190402-48211"),
                Some("2019-04"),
                false,
            ),
            (&format!("210 $d2001\n{MADE}"), Some("2001"), false),
            ("100 $a20251023d2025    m  y0frey50", Some("2025-10"), false),
            ("100 $a20260630u2026    a  y0frey50", Some("2026"), true),
            (
                "100 $a20260630j20260708m  y0frey50",
                Some("2026-07-08"),
                false,
            ),
            (
                "LDR      cam2222        450 \n214 $dDL 2026",
                Some("2026"),
                false,
            ),
            (
                "LDR 01234nam  22002772  450 \n214 $dDL 2026",
                Some("2026"),
                true,
            ),
            ("214 $d2026-07-08", Some("2026-07-08"), false),
            ("214 $ds. d.", None, false),
            ("214 $d12345", None, false),
            ("100 $a2026éé30", None, false),
            ("200 $aX", None, false),
        ] {
            let when = of(&record(lines));
            let day = day.map(|day| day.parse().expect("a day"));
            assert_eq!(when, When { day, is_announced }, "{lines}");
        }
    }

    #[test]
    fn a_set_with_two_years_is_at_its_end() {
        for (text, expected) in [
            ("2001-2013", true),
            ("DL 2001-[2013]", true),
            ("2001-", false),
            ("2001", false),
        ] {
            assert_eq!(ended(&record(&format!("210 $d{text}"))), expected, "{text}");
        }
    }
}
