use super::*;
use crate::{catalogue::bnf::record::made_of, domain::release::Kind};

/// A volume as cataloguers write it, linked to the record of its set.
fn linked(record: u32, set: u32, volume: &str, year: u32) -> String {
    format!(
        "003 http://catalogue.bnf.fr/ark:/12148/cb{record}x
        100 $a{year}0514d{year}    m  y0frey50      ba
        101 $afre$cjpn
        105 $a||||t   00|a|
        200 $aTitre du volume {volume}$fEiichirō Oda
        214 $cGlénat$dDL {year}
        225 $aShonen manga
        454 $tWan pīsu
        461 $0{set}$tOne piece$v{volume}
        700 $3123$aOda$bEiichirō$4070
        702 $aDjelouah$bDjamel$4730"
    )
}

/// A volume that its publisher has announced.
fn announced(record: u32, publisher: &str, volume: u32) -> String {
    format!(
        "003 http://catalogue.bnf.fr/ark:/12148/cb{record}x
        100 $a20260630u2026    a  y0frey50      ba
        200 $aOne piece$htome {volume}
        214 $c{publisher}$d2026"
    )
}

fn found(records: &[String], wanted: &str) -> Vec<Entry> {
    found_with(
        records,
        Wanted {
            title: wanted,
            ..Wanted::default()
        },
    )
}

fn found_with(records: &[String], wanted: Wanted<'_>) -> Vec<Entry> {
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    entries(&made_of(&records), true, wanted)
}

fn volumes(entry: &Entry) -> Vec<String> {
    let releases = entry.statements[0].releases.iter();
    releases
        .map(|release| match release.day {
            Some(day) => format!("{} {day}", release.volume),
            None => release.volume.to_string(),
        })
        .collect()
}

#[test]
fn the_volumes_of_a_set_are_a_series() {
    let mut records: Vec<String> = [(1, 2000), (2, 2001), (3, 2026)]
        .iter()
        .map(|(volume, year)| linked(40_000_000 + volume, 38_836_446, &volume.to_string(), *year))
        .collect();
    records.push(announced(48_000_000, "Glénat manga", 4));
    records.push(
        "001 FRBNF388364460000001
        LDR 01234cam1 22002774  450
        100 $a20001010g20009999m  y0frey50
        200 $aOne piece
        210 $cGlénat$d2000-"
            .into(),
    );
    let [entry] = &found(&records, "one piece")[..] else {
        panic!("one series")
    };
    assert_eq!(entry.id, ark::name("38836446"));
    assert_eq!(entry.title, "One piece");
    assert_eq!(entry.titles, ["Wan pīsu"]);
    assert_eq!(entry.authors, ["Eiichirō Oda"]);
    assert_eq!((entry.year, entry.kind), (Some(2000), Some(Kind::Manga)));
    assert_eq!(
        volumes(entry),
        ["1 2000-05", "2 2001-05", "3 2026-05", "4 2026"]
    );
    let says = &entry.statements[0];
    assert_eq!(
        (says.market, says.language.as_deref()),
        (Market::France, Some("fr"))
    );
    assert_eq!((says.count, says.status), (Some(3), None));
}

#[test]
fn a_gap_or_records_that_were_not_read_leave_no_count() {
    let with_gap = [1, 3].map(|volume| linked(40_000_000 + volume, 1, &volume.to_string(), 2000));
    assert_eq!(found(&with_gap, "one piece")[0].statements[0].count, None);

    let volume = linked(40_000_001, 1, "1", 2000);
    let cut = entries(&made_of(&[&volume]), false, Wanted::default());
    assert_eq!(cut[0].statements[0].count, None);
}

#[test]
fn another_edition_is_another_series() {
    let mut records = vec![linked(40_000_001, 38_836_446, "1", 2000)];
    records.push(linked(40_000_002, 38_836_446, "1", 2010) + "\n205 $aÉd. collector");
    records.push(
        linked(40_000_003, 44_000_000, "1", 2015)
            .replace("$tOne piece", "$tOne piece. Perfect edition"),
    );
    records.push(linked(40_000_004, 38_836_446, "2", 2001) + "\n205 $a2e éd.");
    records.push(linked(40_000_005, 38_836_446, "3", 2002) + "\n200 $eCoffret");
    let entries = found(&records, "one piece");
    let titles: Vec<_> = entries.iter().map(|entry| entry.title.as_str()).collect();
    assert_eq!(
        titles,
        [
            "One piece",
            "One piece (Éd. collector)",
            "One piece. Perfect edition"
        ]
    );
    let originals = entries.iter().map(|entry| entry.titles.len());
    assert_eq!(
        originals.collect::<Vec<_>>(),
        [1, 0, 0],
        "the original title means the plain edition"
    );
    assert_eq!(volumes(&entries[0]), ["1 2000-05", "2 2001-05"]);
}

#[test]
fn a_set_that_was_printed_again_is_not_mixed_with_the_first() {
    // Volumes of the second are half as thick.
    let mut records: Vec<_> = (1..=2)
        .map(|volume| linked(40_000_000 + volume, 30_000_000, &volume.to_string(), 1993))
        .collect();
    let again =
        (1..=4).map(|volume| linked(41_000_000 + volume, 40_000_000, &volume.to_string(), 2003));
    records.extend(again);
    let entries = found(&records, "one piece");
    let says: Vec<_> = entries
        .iter()
        .map(|entry| (entry.title.as_str(), entry.statements[0].count))
        .collect();
    assert_eq!(
        says,
        [
            ("One piece", Some(4)),
            ("One piece (Glénat, 1993)", Some(2))
        ]
    );

    // Whoever has a book of the first collects the first.
    records[0] += "\n010 $a978-2-7234-8852-5";
    let wanted = Wanted {
        title: "one piece",
        isbn: Some("9782723488525"),
        id: None,
    };
    let entries = found_with(&records, wanted);
    assert_eq!(entries[0].id, ark::name("30000000"));
    assert_eq!(entries[0].title, "One piece");
    assert_eq!(
        entries[0].statements[0].releases[0].isbn.as_deref(),
        Some("9782723488525")
    );
}

#[test]
fn a_novel_of_the_same_title_is_no_volume() {
    let novel =
        |record: u32, volume: u32| announced(record, "Lumen", volume) + "\n105 $a||||z   00|a|";
    let mut records = vec![linked(40_000_001, 38_836_446, "1", 2000)];
    records.extend([novel(48_000_001, 1), novel(48_000_002, 2)]);
    let entries = found(&records, "one piece");
    assert_eq!(entries.len(), 1);
    assert_eq!(volumes(&entries[0]), ["1 2000-05"]);
}

#[test]
fn volumes_without_a_set_are_told_by_title_and_publisher() {
    let book = |record: u32, lines: &str| {
        format!(
            "003 ark:/12148/cb{record}x\n101 $afre\n105 $a||||t   00|a|\n210 $cKana$dDL 2020\n{lines}"
        )
    };
    let records = [
        book(45_000_002, "200 $aMurena$h2$iDe sable et de sang"),
        book(45_000_001, "200 $aMurena$htome 1"),
        book(45_000_003, "200 $aMurena. Tome 3"),
        book(45_000_004, "200 $aLa meilleure des mères\n225 $aMurena$v4"),
        book(45_000_005, "200 $aMurena\n225 $aGrands formats$v12"),
        book(45_000_006, "200 $aMurena$h1-3"),
        book(45_000_007, "200 $aMurena 5$eguide officiel"),
        book(45_000_008, "200 $aMurena$h6").replace("$afre", "$aeng"),
    ];
    let [entry] = &found(&records, "murena")[..] else {
        panic!("one series")
    };
    assert_eq!(volumes(entry), ["1 2020", "2 2020", "3 2020", "4 2020"]);
    assert_eq!(entry.id, ark::name("45000001"));
    assert_eq!(entry.kind, Some(Kind::Bd));

    let alone = [book(
        45_000_009,
        "200 $aLe petit livre\n010 $a2-7234-8852-7",
    )];
    let alone = found(&alone, "petit livre");
    assert_eq!(alone[0].statements[0].count, Some(1));
}

#[test]
fn a_set_that_ended_says_so_and_is_found_by_its_id() {
    let set = "003 http://catalogue.bnf.fr/ark:/12148/cb38836446b
        LDR 01234cam1 22002774  450
        200 $aOne piece
        210 $d2000-2013";
    let records = [linked(40_000_001, 38_836_446, "1", 2000), set.to_owned()];
    let entries = found(&records, "one piece");
    assert_eq!(entries[0].statements[0].status, Some(Status::Ended));
    for id in ["cb38836446b", "cb40000001x"] {
        let wanted = Wanted {
            title: "one piece",
            isbn: None,
            id: Some(id),
        };
        assert_eq!(found_with(&records, wanted)[0].id, id);
    }
    let set = &made_of(&[set])[0];
    assert_eq!(title_of(set).as_deref(), Some("One piece"));
}

#[test]
fn publishers_of_one_house_are_told() {
    for (one, other, expected) in [
        ("Glénat", "Glénat manga", true),
        ("Kana", "Dargaud-Kana", true),
        ("Pika édition", "Pika", true),
        ("Lumen", "Ki-oon", false),
        ("Éd. manga", "Kana", true),
    ] {
        assert_eq!(is_same_house(one, other), expected, "{one} {other}");
    }
}

proptest::proptest! {
    #[test]
    fn no_record_makes_it_panic(fields in proptest::collection::vec(
        (0..12usize, "[0-9a-zA-ZéÀ ,.:;()\\[\\]'°©–-]{0,24}"), 0..12,
    )) {
        const TAGS: [&str; 12] = [
            "003 ark:/12148/cb", "LDR ", "010 $a", "100 $a", "101 $a", "105 $a", "200 $a", "200 $h", "205 $a", "210 $d", "225 $v",
            "461 $tX$v",
        ];
        let lines: Vec<String> = fields.iter().map(|(tag, text)| format!("{}{text}", TAGS[*tag])).collect();
        let record = format!("003 ark:/12148/cb40000001x\n200 $aX\n105 $a||||t   00|a|\n{}", lines.join("\n"));
        let records = made_of(&[&record]);
        title_of(&records[0]);
        let found = entries(&records, true, Wanted { title: "x", isbn: None, id: None });
        proptest::prop_assert!(found.len() <= 1);
    }
}
