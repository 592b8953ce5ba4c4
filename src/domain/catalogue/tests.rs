//! Situations of real series: what is wanted, and by whose word. The day is 2026-11-26. Counts are of about that time; where a series is long over
//! they are those of its end.

use chrono::NaiveDate;

use super::{
    Day, Market, NoDay, Release, Statement,
    count::{ORDER, Said, Who, count, out},
};
use crate::domain::{
    edition::Edition,
    gaps::gaps,
    identity::Catalogue,
    release::Kind,
    series::{Series, Shelf, Status},
    volume::VolumeSet,
};

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 26).expect("a day")
}

/// `nautiljon vf 111 ongoing 112@2026-12-02`; home is `vo:ja`; volumes that are listed without a day are `[1-5]`.
fn said(text: &str) -> Said {
    let mut words = text.split_whitespace();
    let by = Catalogue::from_word(words.next().expect("a catalogue")).expect("a catalogue");
    let mut statement = match words.next().expect("a market") {
        "vf" => Statement::of(Market::France, Some("fr")),
        "vo" => Statement::of(Market::Home, None),
        home => Statement::of(Market::Home, home.strip_prefix("vo:")),
    };
    for word in words {
        if let Some(status) = Status::from_word(word) {
            statement.status = Some(status);
        } else if let Ok(count) = word.parse() {
            statement.count = Some(count);
        } else if let Some((volume, day)) = word.split_once('@') {
            statement.releases.push(Release {
                volume: volume.parse().expect("a volume"),
                day: Some(day.parse().expect("a day")),
                isbn: None,
            });
        } else {
            let listed = word.trim_start_matches('[').trim_end_matches(']');
            let listed: VolumeSet = listed.parse().expect("volumes");
            statement
                .releases
                .extend(listed.iter().map(|volume| Release {
                    volume,
                    day: None,
                    isbn: None,
                }));
        }
    }
    Said {
        by,
        statement,
        read_at: 0,
    }
}

/// `fr manga`, and after it what the user says: `total=3 from=0 specials=all edition=perfect libraries=12`.
fn series(text: &str) -> Series {
    let mut words = text.split_whitespace();
    let mut series = Series {
        id: 1,
        title: "A series".into(),
        language: words.next().expect("a language").into(),
        kind: Kind::from_word(words.next().expect("a kind")).expect("a kind"),
        monitored: true,
        ..Series::default()
    };
    for word in words {
        let (key, value) = word.split_once('=').expect("a value");
        match key {
            "total" => series.total = value.parse().ok(),
            "libraries" => series.stated_total = value.parse().ok(),
            "from" => series.wanted_from = value.parse().ok(),
            "to" => series.wanted_to = value.parse().ok(),
            "ignored" => series.ignored = value.parse().expect("volumes"),
            "specials" => series.specials = value.parse().expect("specials"),
            "edition" => series.edition = Edition::from_word(value).expect("an edition"),
            other => panic!("{other}"),
        }
    }
    series
}

/// What is wanted, who says how many there are, and whose other numbers stand beside it.
fn wanted(of: &str, shelf: &str, statements: &[&str], order: &[Who]) -> (String, String) {
    let mut series = series(of);
    let said: Vec<Said> = statements.iter().map(|text| said(text)).collect();
    let counted = count(&series, &said, order, today());
    series.announced = counted.announced.clone();
    let shelf = Shelf {
        present: shelf.parse().expect("volumes"),
        ..Shelf::default()
    };
    let missing: VolumeSet = gaps(&series, &shelf)
        .missing
        .into_iter()
        .map(|gap| gap.volume)
        .collect();
    let mut why = match (series.known_total(), series.counted_by()) {
        (Some(total), Some(by)) => format!("{total} by {by}"),
        _ => "unknown".into(),
    };
    for line in counted.lines.iter().filter(|line| line.differs) {
        why.push_str(&format!(
            "; {} by {}",
            line.count.unwrap_or(0),
            line.by.word()
        ));
    }
    if let Some(status) = counted.status {
        why.push_str(&format!("; {}", status.word()));
    }
    (missing.to_string(), why)
}

type Case<'a> = (&'a str, &'a str, &'a str, &'a [&'a str], &'a str, &'a str);

#[rustfmt::skip]
const CASES: &[Case<'static>] = &[
    // Ongoing, and France behind.
    ("One Piece", "fr manga", "1-108", &["nautiljon vf 111 ongoing", "nautiljon vo:ja 113 ongoing"], "109-111", "111 by nautiljon; ongoing"),
    ("One Piece in Japanese", "ja manga", "1-108", &["nautiljon vf 111 ongoing", "nautiljon vo:ja 113 ongoing"], "109-113", "113 by nautiljon; ongoing"),
    ("One Piece in English", "en manga", "1-108", &["nautiljon vf 111 ongoing", "nautiljon vo:ja 113 ongoing"], "", "unknown"),
    ("One Piece, by MangaUpdates alone", "fr manga", "1-108", &["mangaupdates vo:ja 113 ongoing"], "", "unknown"),
    ("One Piece, with a hole, by MangaUpdates alone", "fr manga", "1-50,52-108", &["mangaupdates vo:ja 113 ongoing"], "51", "unknown"),
    ("Kingdom", "fr manga", "1-60", &["nautiljon vf 68 ongoing", "mangaupdates vo:ja 79 ongoing"], "61-68", "68 by nautiljon; ongoing"),
    ("Berserk", "fr manga", "1-41", &["nautiljon vf 42 ongoing 43@2027-03-10", "mangaupdates vo:ja 43 ongoing"], "42", "42 by nautiljon; ongoing"),
    ("The day after its next volume", "fr manga", "1-42", &["nautiljon vf 42 ongoing 43@2026-11-25"], "43", "43 by nautiljon; ongoing"),
    ("On the day", "fr manga", "1-42", &["nautiljon vf 42 ongoing 43@2026-11-26"], "43", "43 by nautiljon; ongoing"),
    ("The day before", "fr manga", "1-42", &["nautiljon vf 42 ongoing 43@2026-11-27"], "", "42 by nautiljon; ongoing"),
    ("Counted before it is out", "fr manga", "1-41", &["nautiljon vf 43 ongoing 43@2027-03-10"], "42", "42 by nautiljon; ongoing"),
    ("Counted, and of this year", "fr bd", "1-16", &["bedetheque vf 17 17@2026"], "17", "17 by bedetheque"),
    ("In the month", "fr manga", "1-42", &["nautiljon vf 42 ongoing 43@2026-11"], "", "42 by nautiljon; ongoing"),
    ("When the month is over", "fr manga", "1-42", &["nautiljon vf 42 ongoing 43@2026-10"], "43", "43 by nautiljon; ongoing"),
    ("When only the year is known", "fr bd", "1-4", &["bnf vf [1-4] 5@2026"], "", "4 by bnf"),
    ("When that year is over", "fr bd", "1-4", &["bnf vf [1-4] 5@2025"], "5", "5 by bnf"),
    ("Two to come, one of them out", "fr manga", "1-10", &["nautiljon vf 10 ongoing 11@2026-09-02 12@2026-12-09"], "11", "11 by nautiljon; ongoing"),
    // Ended.
    ("Naruto", "fr manga", "1-71", &["nautiljon vf 72 ended", "nautiljon vo:ja 72 ended"], "72", "72 by nautiljon; ended"),
    ("Death Note, whole", "fr manga", "1-12", &["nautiljon vf 12 ended", "bnf vf [1-12]"], "", "12 by nautiljon; ended"),
    ("Monster, by the BnF alone", "fr manga", "1-15", &["bnf vf [1-18]", "anilist vo:ja 18 ended"], "16-18", "18 by bnf"),
    ("Ended in Japan, behind in France", "fr manga", "1-3", &["nautiljon vf 9 ongoing", "nautiljon vo:ja 19 ended"], "4-9", "9 by nautiljon; ongoing"),
    ("Ended at home is not ended in France", "fr manga", "1-9", &["nautiljon vf 9 ongoing", "nautiljon vo:ja 19 ended"], "", "9 by nautiljon; ongoing"),
    // Abandoned, paused.
    ("Abandoned in France", "fr manga", "1-5", &["nautiljon vf 6 abandoned", "nautiljon vo:ja 23 ended"], "6", "6 by nautiljon; abandoned"),
    ("Abandoned in France, in Japanese", "ja manga", "1-5", &["nautiljon vf 6 abandoned", "nautiljon vo:ja 23 ended"], "6-23", "23 by nautiljon; ended"),
    ("Hunter x Hunter", "fr manga", "1-36", &["nautiljon vf 38 hiatus", "mangaupdates vo:ja 38 hiatus"], "37-38", "38 by nautiljon; hiatus"),
    ("No French edition", "fr manga", "", &["nautiljon vo:ja 8 ongoing"], "", "unknown"),
    ("No French edition, and a fan's copies", "fr manga", "1-3", &["nautiljon vo:ja 8 ongoing"], "", "unknown"),
    // Who counts.
    ("Two that disagree: the first of the order", "fr manga", "1-9", &["bnf vf [1-11]", "nautiljon vf 10 ongoing"], "10", "10 by nautiljon; 11 by bnf; ongoing"),
    ("A count of null says nothing", "fr manga", "1-9", &["nautiljon vf ongoing", "bnf vf [1-11]"], "10-11", "11 by bnf; ongoing"),
    ("Null everywhere", "fr manga", "1-9", &["nautiljon vf ongoing"], "", "unknown; ongoing"),
    ("You say it", "fr manga total=12", "1-9", &["nautiljon vf 10 ongoing"], "10-12", "12 by you; 10 by nautiljon; ongoing"),
    ("You say fewer", "fr manga total=9", "1-9", &["nautiljon vf 10 ongoing"], "", "9 by you; 10 by nautiljon; ongoing"),
    ("Files' metadata count least", "fr manga libraries=113", "1-108", &["nautiljon vf 111 ongoing"], "109-111", "111 by nautiljon; ongoing"),
    ("Files' metadata alone", "fr manga libraries=10", "1-9", &[], "10", "10 by libraries"),
    ("The Japanese count in a Komga, and no catalogue of France", "fr manga libraries=10", "1-9", &["mangaupdates vo:ja 12 ended"], "10", "10 by libraries"),
    ("More on the shelf than anyone counts", "fr manga", "1-13", &["nautiljon vf 12 ongoing"], "", "12 by nautiljon; ongoing"),
    ("A hole behind what is counted", "fr manga", "1-11,13", &["nautiljon vf 11 ongoing"], "12", "11 by nautiljon; ongoing"),
    // What the BnF has.
    ("A record that is lacking", "fr manga", "1-5", &["bnf vf [1-6,8-12]"], "6-12", "12 by bnf"),
    ("A year read as a number", "fr manga", "1-5", &["bnf vf [1-7,2004]"], "6-7", "7 by bnf"),
    ("A record of one volume of many", "fr manga", "", &["bnf vf [23]"], "", "unknown"),
    ("Only later records", "fr manga", "1-3", &["bnf vf [5-9]"], "4-9", "9 by bnf"),
    ("What is announced to the BnF is not out", "fr manga", "1-5", &["bnf vf [1-5] 6@2027-01"], "", "5 by bnf"),
    // One-shots.
    ("A one-shot that is not there", "fr manga", "", &["nautiljon vf 1 ended"], "1", "1 by nautiljon; ended"),
    ("A one-shot that is there", "fr bd", "1", &["bedetheque vf 1 ended"], "", "1 by bedetheque; ended"),
    // Volume 0, decimals.
    ("Volume 0 that nobody asked for", "fr manga", "1-3", &["nautiljon vf 3 ended [0]"], "", "3 by nautiljon; ended"),
    ("Volume 0 by list", "fr manga specials=0", "1-3", &["nautiljon vf 3 ended"], "0", "3 by nautiljon; ended"),
    ("Volume 0 from 0 on", "fr manga from=0", "1-3", &["nautiljon vf 3 ended"], "0", "3 by nautiljon; ended"),
    ("Volume 0 that is there", "fr manga specials=all", "0-3", &["nautiljon vf 3 ended [0]"], "", "3 by nautiljon; ended"),
    ("Decimals: never", "fr manga", "1-11", &["nautiljon vf 11 ongoing [10.5]"], "", "11 by nautiljon; ongoing"),
    ("Decimals: all that are listed", "fr manga specials=all", "1-11", &["nautiljon vf 11 ongoing [10.5]"], "10.5", "11 by nautiljon; ongoing"),
    ("Decimals: all that are out", "fr manga specials=all", "1-11", &["nautiljon vf 11 ongoing 11.5@2027-01-06"], "", "11 by nautiljon; ongoing"),
    ("Decimals of Japan", "fr manga specials=all", "1-11", &["nautiljon vf 11 ongoing", "nautiljon vo:ja 11 ongoing [10.5]"], "", "11 by nautiljon; ongoing"),
    ("Decimals by list", "fr manga specials=10.5", "1-11", &["nautiljon vf 12 ongoing"], "10.5,12", "12 by nautiljon; ongoing"),
    // BD: home is France.
    ("Blacksad", "fr bd", "1-5", &["bedetheque vf 7 ongoing", "bnf vf [1-7]"], "6-7", "7 by bedetheque; ongoing"),
    ("Thorgal", "fr bd", "1-40", &["bedetheque vf 42 ongoing"], "41-42", "42 by bedetheque; ongoing"),
    ("Cycles keep their numbers", "fr bd", "1-4,9-10", &["bedetheque vf 10 ended [1-10]"], "5-8", "10 by bedetheque; ended"),
    ("Renumbered by a publisher: the catalogue's number is not the file's", "fr bd to=8", "1-8", &["bedetheque vf 10 ended"], "", "10 by bedetheque; ended"),
    ("An album that the user does not want", "fr bd ignored=3", "1-2,4", &["bedetheque vf 5 ongoing"], "5", "5 by bedetheque; ongoing"),
    ("Albums of which only the last is dated", "fr bd", "1-11", &["bedetheque vf [1-11] ongoing 12@2026-11-05"], "12", "12 by bedetheque; ongoing"),
    // Editions.
    ("The perfect edition has other numbers", "fr manga edition=perfect", "1-8", &["nautiljon vf 28 ended"], "", "unknown"),
    ("In colour the numbers are kept", "fr manga edition=colour", "1-8", &["nautiljon vf 10 ended"], "9-10", "10 by nautiljon; ended"),
    ("A perfect edition that you count", "fr manga edition=perfect total=14", "1-8", &["nautiljon vf 28 ended"], "9-14", "14 by you"),
    // Spin-offs and others that are followed by themselves.
    ("A spin-off counts by itself", "fr manga", "1-10", &["nautiljon vf 24 ongoing", "nautiljon vo:ja 27 ongoing"], "11-24", "24 by nautiljon; ongoing"),
    ("A manhwa", "ko manga", "1-3", &["mangaupdates vo:ko 5 ongoing", "nautiljon vf 4 ongoing"], "4-5", "5 by mangaupdates; ongoing"),
    ("A manhwa in French", "fr manga", "1-3", &["mangaupdates vo:ko 5 ongoing", "nautiljon vf 4 ongoing"], "4", "4 by nautiljon; ongoing"),
    ("A French manga: home is France", "fr manga", "1-7", &["mangaupdates vo:fr 8 ended"], "8", "8 by mangaupdates; ended"),
    ("Home is not said", "fr manga", "1-7", &["mangaupdates vo 8 ended"], "", "unknown"),
    // Bounds of the user.
    ("From 20 on", "fr manga from=20", "20-21", &["nautiljon vf 23 ongoing"], "22-23", "23 by nautiljon; ongoing"),
    ("Nothing there yet", "fr manga", "", &["nautiljon vf 4 ongoing"], "1-4", "4 by nautiljon; ongoing"),
];

#[test]
fn real_situations_give_what_a_collector_expects() {
    assert!(CASES.len() >= 60, "{}", CASES.len());
    for (name, of, shelf, statements, expected, why) in CASES {
        let (missing, told) = wanted(of, shelf, statements, &ORDER);
        assert_eq!(
            (missing.as_str(), told.as_str()),
            (*expected, *why),
            "{name}"
        );
    }
}

#[test]
fn the_user_says_whose_word_counts() {
    let statements = ["bnf vf [1-11]", "nautiljon vf 10 ongoing"];
    let order = |text: &str| -> Vec<Who> {
        let words = text.split_whitespace();
        words
            .map(|word| Who::from_word(word).expect("one"))
            .collect()
    };
    for (first, of, expected) in [
        (
            "bnf nautiljon libraries",
            "fr manga libraries=20",
            "11 by bnf; 10 by nautiljon; ongoing",
        ),
        (
            "libraries bnf nautiljon",
            "fr manga libraries=20",
            "20 by libraries; 10 by nautiljon; ongoing",
        ),
        (
            "nautiljon",
            "fr manga libraries=20",
            "10 by nautiljon; ongoing",
        ),
        ("libraries", "fr manga libraries=20", "20 by libraries"),
        ("", "fr manga", "unknown"),
    ] {
        assert_eq!(
            wanted(of, "1-9", &statements, &order(first)).1,
            expected,
            "{first}"
        );
    }
}

#[test]
fn a_list_counts_as_far_as_it_can_be_believed() {
    for (text, expected) in [
        ("bnf vf [1-5]", Some(5)),
        ("bnf vf [1,11,21]", Some(21)),
        ("bnf vf [12]", None),
        ("bnf vf 5 [6-7,9]", Some(7)),
        ("bnf vf 5 [1-3]", Some(5)),
        ("bnf vf [0]", None),
        ("bnf vf", None),
    ] {
        assert_eq!(out(&said(text).statement, today()), expected, "{text}");
    }
}

#[test]
fn a_day_is_as_exact_as_it_was_given() {
    let today = NaiveDate::from_ymd_opt(2026, 7, 8).expect("a day");
    for (text, first, last, reached) in [
        ("2026-07-08", "2026-07-08", "2026-07-08", true),
        ("2026-07-09", "2026-07-09", "2026-07-09", false),
        ("2026-07", "2026-07-01", "2026-07-31", false),
        ("2026-06", "2026-06-01", "2026-06-30", true),
        ("2024-02", "2024-02-01", "2024-02-29", true),
        ("2025-12", "2025-12-01", "2025-12-31", true),
        ("2026", "2026-01-01", "2026-12-31", false),
        ("2025", "2025-01-01", "2025-12-31", true),
    ] {
        let day: Day = text.parse().expect("a day");
        assert_eq!(day.to_string(), text);
        assert_eq!(day.first().to_string(), first);
        assert_eq!(day.last().to_string(), last);
        assert_eq!(day.is_reached(today), reached, "{text}");
    }
    for bad in [
        "",
        "2026-13",
        "2026-02-30",
        "26-1-1",
        "2026--1",
        "2026-1-1-1",
        "+2026",
        "soon",
        "0",
    ] {
        assert_eq!(bad.parse::<Day>(), Err(NoDay), "{bad}");
    }
}
