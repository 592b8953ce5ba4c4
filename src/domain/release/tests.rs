//! The table of release names, and what holds for every name.

use proptest::prelude::*;

use smallvec::smallvec;

use super::*;

/// A line of the table.
struct Line {
    kind: Kind,
    name: &'static str,
    /// Every field that is not at its default, as `key=value`.
    expected: Vec<String>,
}

fn table() -> impl Iterator<Item = Line> {
    include_str!("../../../tests/fixtures/releases.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let columns: Vec<&str> = line.split('\t').collect();
            let [_, kind, name, series, volumes, rest] = columns[..] else {
                panic!("not six columns: {line}");
            };
            let mut expected: Vec<String> = Vec::new();
            expected.extend((series != "-").then(|| format!("series={series}")));
            expected.extend((volumes != "-").then(|| format!("volumes={volumes}")));
            expected.extend(
                rest.split("; ")
                    .filter(|field| *field != "-")
                    .map(Into::into),
            );
            expected.sort();
            Line {
                kind: Kind::from_word(kind).expect("a kind"),
                name,
                expected,
            }
        })
}

/// As the table writes it.
fn written(release: &Release<'_>) -> Vec<String> {
    let word = |value: &dyn erased::Word| value.word();
    let special = release.special.as_ref().map(|special| {
        let kind = word(&special.kind);
        if special.numbers.is_empty() {
            kind
        } else {
            format!("{kind}:{}", special.numbers)
        }
    });
    let years = release.years.map(|(first, last)| {
        if first == last {
            first.to_string()
        } else {
            format!("{first}-{last}")
        }
    });
    let set = |set: &VolumeSet| (!set.is_empty()).then(|| set.to_string());
    let list = |list: &[&str]| (!list.is_empty()).then(|| list.join(","));
    let flag = |flag: bool| flag.then(|| "yes".to_owned());
    let text = |text: &Option<Cow<'_, str>>| text.as_deref().map(ToOwned::to_owned);
    let fields = [
        ("series", text(&release.series)),
        ("alt", text(&release.other_title)),
        ("volumes", set(&release.volumes)),
        ("chapters", set(&release.chapters)),
        ("count", release.count.map(|count| count.to_string())),
        ("complete", flag(release.complete)),
        ("special", special),
        ("extras", flag(release.extras)),
        ("year", years),
        ("languages", list(&release.languages)),
        (
            "edition",
            (release.edition != Edition::Standard).then(|| release.edition.word().into_owned()),
        ),
        (
            "origin",
            (release.origin != Origin::Unknown).then(|| word(&release.origin)),
        ),
        ("formats", list(&release.formats)),
        ("group", release.group.map(ToOwned::to_owned)),
        ("publisher", text(&release.publisher)),
        ("authors", text(&release.authors)),
        (
            "revision",
            release.revision.map(|revision| revision.to_string()),
        ),
        (
            "resolution",
            release.resolution.map(|pixels| pixels.to_string()),
        ),
        ("not_a_book", release.not_a_book.map(|what| word(&what))),
    ];
    let mut written: Vec<String> = fields
        .into_iter()
        .filter_map(|(key, value)| Some(format!("{key}={}", value?)))
        .collect();
    written.sort();
    written
}

mod erased {
    /// What serde calls a variant.
    pub trait Word {
        fn word(&self) -> String;
    }

    impl<T: serde::Serialize> Word for T {
        fn word(&self) -> String {
            serde_json::to_value(self)
                .expect("a word")
                .as_str()
                .expect("a word")
                .to_owned()
        }
    }
}

#[test]
fn the_table_is_read_as_it_says() {
    let (mut lines, mut wrong) = (0, Vec::new());
    for line in table() {
        lines += 1;
        let read = written(&parse(line.name, line.kind));
        if read != line.expected {
            let missing: Vec<_> = line
                .expected
                .iter()
                .filter(|field| !read.contains(field))
                .collect();
            let more: Vec<_> = read
                .iter()
                .filter(|field| !line.expected.contains(field))
                .collect();
            wrong.push(format!(
                "{}\n    expected {missing:?}, read {more:?}",
                line.name
            ));
        }
    }
    assert!(lines >= 800, "the table has {lines} lines");
    assert!(
        wrong.is_empty(),
        "{} of {lines} names:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn noise_in_brackets_changes_no_volume() {
    for line in table() {
        let plain = parse(line.name, line.kind);
        if !plain.marked {
            continue;
        }
        for noise in [
            "[Qwrtz]",
            "(Zorblax)",
            "[1A2B3C4D]",
            "{r2}",
            "[1600x2400]",
            "[Digital-1920]",
            "(2004)",
        ] {
            let name = format!("{} {noise}", line.name);
            let noisy = parse(&name, line.kind);
            assert_eq!(
                (&noisy.volumes, &noisy.chapters),
                (&plain.volumes, &plain.chapters),
                "{name}"
            );
        }
        let name = format!("[Qwrtz] {}", line.name);
        assert_eq!(parse(&name, line.kind).volumes, plain.volumes, "{name}");
    }
}

#[test]
fn a_folder_keeps_its_title_and_loses_its_tags() {
    let hints = Hints {
        place: Place::Folder,
        ..Hints::default()
    };
    for (name, title) in [
        ("Naruto", "Naruto"),
        ("Naruto (2002) [FR]", "Naruto"),
        ("Berserk (01-41) (Miura) (2004) [Digital-1699]", "Berserk"),
        ("Naruto T01-T72", "Naruto"),
        ("Naruto - Tomes 1 à 72 [CBZ]", "Naruto"),
        ("Berserk v01-38", "Berserk"),
        ("20th Century Boys", "20th Century Boys"),
        ("XIII", "XIII"),
        ("Area 51", "Area 51"),
        ("Blue Period 2", "Blue Period 2"),
        ("Mob Psycho 100", "Mob Psycho 100"),
        ("Kaiju n°8", "Kaiju n°8"),
        ("Terminator T2", "Terminator T2"),
        ("[Oshi no Ko]", "[Oshi no Ko]"),
        ("[Oshi no Ko] (2021)", "[Oshi no Ko]"),
        ("Attaque des Titans (L')", "L'Attaque des Titans"),
        ("7 Shakespeares", "7 Shakespeares"),
        ("1984", "1984"),
        ("Dr. Stone", "Dr. Stone"),
        ("Oh My Goddess!", "Oh My Goddess!"),
        ("Dragon Ball - Perfect Edition", "Dragon Ball"),
    ] {
        let release = parse(name, hints);
        assert_eq!(release.series.as_deref(), Some(title), "{name}");
    }
}

#[test]
fn words_of_the_user_are_known() {
    let words = ExtraWords {
        groups: vec!["Équipe Zorglub".into()],
        editions: vec![("Grand Luxe Doré".into(), Edition::Perfect)],
        languages: vec![("VFQ".into(), crate::domain::language::Code::of("fr"))],
    };
    let lexicon = Lexicon::with(&words);
    let hints = Hints {
        lexicon: &lexicon,
        ..Hints::default()
    };
    let release = parse("Naruto - Grand Luxe Dore T05 [VFQ] [Equipe Zorglub]", hints);
    assert_eq!(release.series.as_deref(), Some("Naruto"));
    assert_eq!(
        (release.edition, release.languages, release.group),
        (Edition::Perfect, smallvec!["fr"], Some("Equipe Zorglub"))
    );
}

#[test]
fn words_of_the_user_take_no_marker_away() {
    let words = ExtraWords {
        groups: vec!["T".into(), "Tome".into(), "Tome 3".into(), "à".into()],
        editions: vec![("vol".into(), Edition::Perfect)],
        languages: vec![("v".into(), crate::domain::language::Code::of("fr"))],
    };
    let lexicon = Lexicon::with(&words);
    let hints = Hints {
        lexicon: &lexicon,
        ..Hints::default()
    };
    for name in [
        "Naruto T03",
        "Naruto Tome 3",
        "Naruto vol 3",
        "Naruto v03",
        "Naruto T01 à T05",
    ] {
        let (release, plain) = (parse(name, hints), parse(name, Kind::Auto));
        assert_eq!(release.volumes, plain.volumes, "{name}");
        assert_eq!(release.series, plain.series, "{name}");
    }
}

#[test]
fn a_phrase_of_two_languages_is_found_however_it_is_spelt() {
    let code = crate::domain::language::Code::of;
    let words = ExtraWords {
        languages: vec![
            ("VFQ".into(), code("fr")),
            ("Québec".into(), code("fr")),
            ("quebec".into(), code("fr")),
            ("vfq".into(), code("en")),
        ],
        ..ExtraWords::default()
    };
    assert_eq!(words.ambiguous(), ["vfq"]);
}

#[test]
fn the_explanation_covers_the_name() {
    let name =
        "[Équipe] Naruto - Perfect Edition T01 à T03 (Kishimoto) (2004) [Digital-1920] [FR] [CBZ]";
    let (_, spans) = explain(name, Kind::Auto);
    let said: Vec<(&str, &str)> = spans.iter().map(|span| (span.field, span.text)).collect();
    assert_eq!(
        said,
        [
            ("group", "Équipe"),
            ("series", "Naruto"),
            ("edition", "Perfect Edition"),
            ("volumes", "T01 à T03"),
            ("authors", "Kishimoto"),
            ("year", "2004"),
            ("origin", "Digital"),
            ("resolution", "1920"),
            ("languages", "FR"),
            ("formats", "CBZ"),
        ]
    );
    assert!(
        spans
            .iter()
            .all(|span| &name[span.start..span.end] == span.text)
    );
}

/// Two or three words that mean nothing else.
fn title() -> impl Strategy<Value = String> {
    proptest::collection::vec("[BDGKMZ][aeiou][bdgkmz][aeiou][kmz]{1,2}[aou]", 1..4)
        .prop_map(|words| words.join(" "))
}

/// Tags that say nothing of numbers. A language is none of them: `No. 114` is an issue unless the name is French.
const HARMLESS: [&str; 11] = [
    "[Qwrtz]",
    "(Zorblax)",
    "[1A2B3C4D]",
    "{r2}",
    "[1600x2400]",
    "[Digital-1920]",
    "(2004)",
    "[CBZ]",
    "(18+)",
    "[HYBRiD]",
    "(VO)",
];

/// Where a tag may be put behind the numbers of a name: at spaces outside brackets, and at the end.
fn places_behind_numbers(name: &str, kind: Kind) -> Vec<usize> {
    let numbers = [
        "volumes",
        "chapters",
        "count",
        "special",
        "revision",
        "edition",
        "complete",
        "series",
        "resolution",
    ];
    let (_, spans) = explain(name, kind);
    let behind = spans
        .iter()
        .filter(|span| numbers.contains(&span.field))
        .map(|span| span.end)
        .max();
    let behind = behind.unwrap_or(name.len());
    let mut depth = 0;
    let mut places = vec![name.len()];
    for (at, letter) in name.char_indices() {
        depth += i32::from(token::is_opening(letter)) - i32::from(token::is_closing(letter));
        if letter == ' ' && depth == 0 && at >= behind {
            places.push(at);
        }
    }
    places
}

/// Sets that names write: single volumes, ranges, lists and decimals.
fn numbers() -> impl Strategy<Value = VolumeSet> {
    let part = (0u32..150, 0u32..40, prop::option::weighted(0.2, 1i64..10));
    proptest::collection::vec(part, 1..5).prop_map(|parts| {
        let mut set = VolumeSet::default();
        for (first, more, tenths) in parts {
            match tenths {
                Some(tenths) => set.insert(
                    VolumeNumber::from_hundredths(i64::from(first) * 100 + tenths * 10)
                        .expect("a volume"),
                ),
                None => set.insert_range(first, first + more),
            }
        }
        set
    })
}

fn edition() -> impl Strategy<Value = Edition> {
    let words = "standard perfect deluxe double omnibus omnibus:3 colour collector original new colossal ultimate integrale kanzenban star other";
    let all: Vec<Edition> = words.split(' ').filter_map(Edition::from_word).collect();
    prop::sample::select(all)
}

#[test]
fn harmless_tags_anywhere_behind_the_numbers_change_none() {
    let mut changed = Vec::new();
    for line in table() {
        let plain = parse(line.name, line.kind);
        // What is no book, and bare numbers that the tags make issues, are read by their tags.
        if plain.not_a_book.is_some() || !plain.marked {
            continue;
        }
        for place in places_behind_numbers(line.name, line.kind) {
            for tag in HARMLESS {
                // A checksum stands at the end; within a subtitle its digits are as good as any.
                if tag == "[1A2B3C4D]" && place != line.name.len() {
                    continue;
                }
                let mut name = line.name.to_owned();
                name.insert_str(place, &format!(" {tag}"));
                let noisy = parse(&name, line.kind);
                let same = noisy.volumes == plain.volumes
                    && noisy.chapters == plain.chapters
                    && noisy.count == plain.count;
                if !same {
                    changed.push(name);
                }
            }
        }
    }
    assert!(
        changed.is_empty(),
        "{}: {:#?}",
        changed.len(),
        &changed[..changed.len().min(40)]
    );
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), kind in 0..5usize, place in 0..3usize) {
        let name = String::from_utf8_lossy(&bytes);
        let place = [Place::Alone, Place::InSeries, Place::Folder][place];
        let titles = [crate::domain::title::fold(&name), String::new()];
        let hints = Hints { kind: Kind::ALL[kind].1, place, titles: &titles, ..Hints::default() };
        let (release, spans) = explain(&name, hints);
        prop_assert!(release.volumes.len() <= crate::domain::volume::MAX_SET);
        prop_assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start));
    }

    #[test]
    fn text_like_names_make_it_panic_neither(name in "([\\[\\]()T0-9v.,+&/|#° -]|tome|à|Édition|第|巻|HS|[a-zé]){0,60}") {
        let (release, spans) = explain(&name, Kind::Auto);
        prop_assert!(release.confidence <= 100);
        prop_assert!(spans.iter().all(|span| name[span.start..span.end] == *span.text));
    }

    #[test]
    fn a_canonical_name_is_read_as_it_was_meant(
        title in title(),
        volumes in numbers(),
        chapters in prop::option::weighted(0.2, numbers()),
        languages in prop::sample::subsequence(vec!["fr", "en", "it", "de", "es", "pt", "nl", "ja", "ko", "zh", "ru", "pl", "sv", "cs", "tr"], 0..3),
        format in prop::option::of(prop::sample::select(&["cbz", "cbr", "cb7", "pdf", "epub"][..])),
        years in prop::option::of((1950u32..2030, 0u32..5)),
        edition in edition(),
        revision in prop::option::of(2u32..9),
    ) {
        let meant = Release {
            series: Some(title.clone().into()),
            volumes,
            chapters: chapters.unwrap_or_default(),
            languages: languages.into_iter().collect(),
            formats: format.into_iter().collect(),
            years: years.map(|(first, more)| (first, first + more)),
            edition,
            revision: revision.and_then(VolumeNumber::whole),
            ..Release::default()
        };
        let name = meant.to_string();
        let read = parse(&name, Kind::Auto);
        prop_assert_eq!(written(&read), written(&meant), "{}", name);
        prop_assert_eq!(read.to_string(), name);
    }
}
