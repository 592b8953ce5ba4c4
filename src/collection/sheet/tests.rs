use std::collections::HashMap;

use proptest::prelude::*;

use super::*;
use crate::domain::{
    edition::Edition,
    series::{Series, Shelf},
    title::fold,
    volume::{VolumeNumber, VolumeSet},
};

fn set(text: &str) -> VolumeSet {
    text.parse().expect("a set")
}

fn stored(series: Series) -> Stored {
    Stored {
        series,
        shelf: Shelf {
            present: set("1-3"),
            ..Shelf::default()
        },
        on_its_way: VolumeSet::default(),
        in_doubt: false,
        is_asked: false,
        wants: HashMap::new(),
        fruitless: 0,
        search_at: None,
        missing: 0,
        checked_at: None,
        due_at: None,
        waits_until: None,
        created_at: 0,
        updated_at: 0,
    }
}

fn berserk() -> Series {
    Series {
        id: 1,
        title: "Berserk".into(),
        aliases: vec!["ベルセルク".into(), "A|B\\C".into()],
        not_aliases: Vec::new(),
        language: "fr".into(),
        kind: Kind::Manga,
        monitored: true,
        auto_send: true,
        wanted_from: None,
        wanted_to: None,
        ignored: set("4"),
        total: Some(6),
        stated_total: None,
        announced: None,
        specials: <_>::default(),
        sources: Vec::new(),
        edition: Edition::Omnibus(Some(3)),
        editions: <_>::default(),
        profile: None,
    }
}

fn written(series: &[(Series, Vec<String>)]) -> String {
    let mut sheet = Sheet::new().expect("a sheet");
    for (series, libraries) in series {
        sheet
            .add(&stored(series.clone()), libraries)
            .expect("a line");
    }
    String::from_utf8(sheet.finish().expect("a sheet")).expect("UTF-8")
}

/// What is read of a line that holds this series.
fn line_of(series: &Series, libraries: &[String]) -> Line {
    Line {
        title: series.title.trim().into(),
        language: Some(series.language.clone()),
        kind: Some(series.kind),
        edition: Some(series.edition),
        libraries: libraries.to_vec(),
        monitored: Some(series.monitored),
        total: Some(series.total),
        ignored: Some(series.ignored.clone()),
        wanted_from: Some(series.wanted_from),
        wanted_to: Some(series.wanted_to),
        aliases: Some(series.aliases.clone()),
    }
}

/// The lines, or the sentences that refuse them, each with its number.
fn lines(text: &str) -> Vec<(u64, String)> {
    let lines = read(text.as_bytes()).expect("a sheet");
    let said = |line: Result<Line, String>| line.map_or_else(|why| why, |line| line.title);
    lines
        .into_iter()
        .map(|(number, line)| (number, said(line)))
        .collect()
}

#[test]
fn a_series_is_a_line() {
    assert_eq!(
        written(&[(berserk(), vec!["manga".into(), "kids".into()])]),
        "title,language,kind,edition,library,monitored,total,owned,missing,ignored,wantedFrom,wantedTo,aliases\n\
         Berserk,fr,manga,omnibus:3,manga | kids,true,6,1-3,5-6,4,,,ベルセルク | A\\|B\\\\C\n"
    );
}

#[test]
fn a_formula_is_text_and_comes_back() {
    for (title, cell) in [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+Anima", "'+Anima"),
        ("-Man", "'-Man"),
        ("@home", "'@home"),
        ("'=x", "''=x"),
        ("'Tis", "'Tis"),
        ("''", "''"),
        ("D.Gray-man", "D.Gray-man"),
    ] {
        assert_eq!(defused(title), cell);
        assert_eq!(as_meant(&defused(title)), title);
    }
}

#[test]
fn columns_stand_in_any_order_and_the_separator_is_that_of_the_spreadsheet() {
    for text in [
        "total,title\n6,Berserk\n",
        "\u{feff}Total;TITLE;\r\n6;Berserk;\r\n;;\r\n",
        "total\ttitle\n6\tBerserk",
    ] {
        let read = read(text.as_bytes()).expect("a sheet");
        let expected = Line {
            title: "Berserk".into(),
            total: Some(Some(6)),
            ..Line::default()
        };
        assert_eq!(read, [(2, Ok(expected))], "{text:?}");
    }
}

#[test]
fn each_mistake_has_its_line_and_a_sentence() {
    let names = "title,language,kind,edition,monitored,total,ignored,wantedFrom,aliases\n";
    let many = "n|".repeat(201);
    for (line, sentence) in [
        (",fr,,,,,,,", "title: it is empty"),
        (
            "!!!,fr,,,,,,,",
            "title: '!!!' holds neither letter nor digit",
        ),
        (
            "A,french,,,,,,,",
            "language: 'french' is no language: write two letters, for example fr",
        ),
        (
            "A,fr,novel,,,,,,",
            "kind: 'novel' is none of auto, manga, bd, comics, chapters",
        ),
        ("A,fr,,gold,,,,,", "edition: 'gold' is not an edition"),
        (
            "A,fr,,,maybe,,,,",
            "monitored: 'maybe' is neither true nor false",
        ),
        (
            "A,fr,,,,0,,,",
            "total: '0' is no number of volumes from 1 to 3000",
        ),
        ("A,fr,,,,many,,,", "total: 'many' is no number"),
        (
            "A,fr,,,,,04-mai,,",
            "ignored: '04-mai' is no set of volumes",
        ),
        (
            "A,fr,,,,,0-9999,,",
            "ignored: it holds 10000 volumes; at most 3000 can be given",
        ),
        ("A,fr,,,,,,first,", "wantedFrom: 'first' is no volume"),
        (
            "A,fr,,,,,,,?!",
            "aliases: '?!' holds neither letter nor digit",
        ),
        (&format!("A,fr,,,,,,,{many}"), "aliases: it holds 201 names"),
        (
            &format!("{},fr,,,,,,,", "x".repeat(501)),
            "title: it has 501 characters",
        ),
        ("\"A\nB\",fr,,,,,,,", "title: it holds a line break"),
        ("A,fr", "it has 2 cells, and the first line names 9 columns"),
    ] {
        let text = format!("{names}Naruto,fr,,,,,,,\n\n{line}\nBleach,fr,,,,,,,\n");
        let found = lines(&text);
        assert_eq!(found[0], (2, "Naruto".into()), "{line}");
        assert!(found[1].1.starts_with(sentence), "{line}: {:?}", found[1]);
        assert_eq!(found[1].0, 4, "{line}");
        assert_eq!(found[2].1, "Bleach", "{line}");
    }
}

#[test]
fn what_is_no_table_is_told() {
    let long = format!("title\n{}", "A\n".repeat(MOST_LINES + 1));
    for (bytes, sentence) in [
        (&b""[..], "it is empty"),
        (b"\xff\xfe", "it is not UTF-8"),
        (b"name,total\nA,1\n", "there is no column 'name'"),
        (b"total\n1\n", "its first line names no column 'title'"),
        (b"title,Title\nA,A\n", "the column 'title' is there twice"),
        (long.as_bytes(), "it has more than 20000 lines"),
        (
            b"title\nA\n\"B\nC\n",
            "a quote is opened on line 3 and never closed",
        ),
        (
            b"title;aliases\r\n\"A\r\nB\";x\r\nC;\"D \"\"E\"\"\r\nF;\r\n",
            "a quote is opened on line 4 and",
        ),
        (b"\"title\nA\n", "a quote is opened on line 1 and"),
    ] {
        let error = read(bytes).expect_err(sentence).to_string();
        assert!(error.starts_with(sentence), "{error}");
    }
    let most = format!("title\n{}", "A\n".repeat(MOST_LINES));
    assert_eq!(
        read(most.as_bytes()).map(|lines| lines.len()),
        Ok(MOST_LINES)
    );
}

#[test]
fn a_quote_within_a_cell_opens_nothing() {
    let text = "title,aliases\nThe 12\" Man,\"Twelve \"\"Inches\"\"\"\n\"A\"\"\",b\"\nB,\"\"\n";
    let titles: Vec<String> = lines(text).into_iter().map(|line| line.1).collect();
    assert_eq!(titles, ["The 12\" Man", "A\"", "B"]);
}

#[test]
fn a_spreadsheets_own_yes_and_no_are_understood() {
    for (word, expected) in [
        ("VRAI", true),
        ("TRUE", true),
        ("1", true),
        ("Faux", false),
        ("0", false),
    ] {
        let read = read(format!("title,monitored\nA,{word}\n").as_bytes()).expect("a sheet");
        let line = read[0].1.as_ref().expect("a line");
        assert_eq!(line.monitored, Some(expected), "{word}");
    }
}

fn name() -> impl Strategy<Value = String> {
    let name =
        proptest::string::string_regex("['=+@|\\\\,;\"-]{0,3}[\\PC]{1,20}").expect("a pattern");
    name.prop_map(|name| name.trim().to_owned())
        .prop_filter("a letter or a digit", |name| !fold(name).is_empty())
}

fn volume() -> impl Strategy<Value = Option<VolumeNumber>> {
    let volume = (0i64..999_900).prop_map(VolumeNumber::from_hundredths);
    prop_oneof![Just(None), volume]
}

fn any_series() -> impl Strategy<Value = (Series, Vec<String>)> {
    let names = (
        name(),
        prop::collection::vec(name(), 0..4),
        prop::collection::vec(name(), 0..3),
    );
    let volumes = (prop::collection::vec(0u32..400, 0..9), volume(), volume());
    let rest = (
        any::<bool>(),
        prop::option::of(1u32..=3000),
        0usize..5,
        "[a-z]{2}",
    );
    (names, volumes, rest).prop_map(|(names, volumes, rest)| {
        let (title, aliases, libraries) = names;
        let (ignored, wanted_from, wanted_to) = volumes;
        let (monitored, total, kind, language) = rest;
        let series = Series {
            title,
            aliases,
            language,
            kind: Kind::ALL[kind].1,
            monitored,
            total,
            ignored: ignored
                .into_iter()
                .filter_map(VolumeNumber::whole)
                .collect(),
            wanted_from,
            wanted_to,
            ..berserk()
        };
        (series, libraries)
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(all in prop::collection::vec(any_series(), 0..6)) {
        let text = written(&all);
        let expected: Vec<Result<Line, String>> =
            all.iter().map(|(series, libraries)| Ok(line_of(series, libraries))).collect();
        let lines = read(text.as_bytes()).expect("a sheet");
        let numbers: Vec<u64> = lines.iter().map(|line| line.0).collect();
        let expected_numbers: Vec<u64> = (2..).take(all.len()).collect();
        prop_assert_eq!(numbers, expected_numbers);
        prop_assert_eq!(lines.into_iter().map(|line| line.1).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let table = [b"title,total,ignored,aliases\n", &*bytes].concat();
        for bytes in [&bytes, &table] {
            if let Ok(lines) = read(bytes) {
                prop_assert!(lines.len() <= bytes.len());
            }
        }
    }
}
