//! Names for volumes.

mod holds;
mod templates;

use super::*;

fn set(text: &str) -> VolumeSet {
    text.parse().expect("a set")
}

fn book<'a>(series: &'a str, volumes: &'a VolumeSet) -> Book<'a> {
    Book {
        series,
        volumes,
        title: None,
        edition: Edition::Standard,
        year: None,
        language: None,
        origin: Origin::Unknown,
        group: None,
        extension: "cbz",
    }
}

fn naming(follow: bool, template: &str) -> Naming {
    Naming {
        follow,
        template: template.parse().expect(template),
    }
}

const OURS: &str = "{series} T{volume:02}{ext}";

#[test]
fn the_naming_of_the_folder_is_followed() {
    for (series, files, volumes, expected) in [
        (
            "One Piece",
            &["One Piece - T01.cbz", "One Piece - T02.cbz"][..],
            "3",
            "One Piece - T03.cbz",
        ),
        (
            "One Piece",
            &[
                "One Piece v01 (2001) (Digital).cbz",
                "One Piece v02 (2003) (Digital).cbz",
            ],
            "3",
            "One Piece v03.cbz",
        ),
        (
            "One Piece",
            &["Tome 01.cbz", "Tome 02.cbr"],
            "12",
            "Tome 12.cbz",
        ),
        ("One Piece", &["01.cbz", "02.cbz"], "3", "03.cbz"),
        ("One Piece", &["1.cbz", "2.cbz", "10.cbz"], "3", "3.cbz"),
        ("One Piece", &["001.cbz", "002.cbz"], "3", "003.cbz"),
        (
            "One Piece",
            &["One Piece T10.cbz", "One Piece T11.cbz"],
            "9",
            "One Piece T09.cbz",
        ),
        (
            "One Piece",
            &["One Piece - T01.cbz"],
            "2-4",
            "One Piece - T02-T04.cbz",
        ),
        ("One Piece", &["Tome 01.cbz"], "2-4", "Tome 02-04.cbz"),
        (
            "One Piece",
            &["One Piece - T01.cbz"],
            "10.5",
            "One Piece - T10.5.cbz",
        ),
        (
            "One Piece",
            &["one.piece.t01.french.cbz", "one.piece.t02.french.cbz"],
            "3",
            "one.piece.t03.cbz",
        ),
        (
            "XIII",
            &[
                "XIII 01 - Le jour du soleil noir.cbz",
                "XIII 02 - Là où va l'indien.cbz",
            ],
            "3",
            "XIII 03.cbz",
        ),
        ("XIII", &["01 - Le jour du soleil noir.cbz"], "3", "03.cbz"),
        (
            "Area 51",
            &["Area 51 T01.cbz", "Area 51 T02.cbz"],
            "3",
            "Area 51 T03.cbz",
        ),
        (
            "[Oshi no Ko]",
            &["[Oshi no Ko] T01.cbz"],
            "2",
            "[Oshi no Ko] T02.cbz",
        ),
        (
            "One Piece",
            &["[Team] One Piece T01.cbz"],
            "2",
            "One Piece T02.cbz",
        ),
        ("Élodie", &["E\u{301}lodie T01.cbz"], "2", "Élodie T02.cbz"),
        (
            "Naruto",
            &["Naruto T01 (Glénat).cbz", "Naruto T02 (Glénat).cbz"],
            "3",
            "Naruto T03 (Glénat).cbz",
        ),
        // Two thirds agree, and specials and packs say nothing.
        (
            "Naruto",
            &[
                "Naruto T01.cbz",
                "Naruto T02.cbz",
                "Naruto.v03.[GRP].cbz",
                "Naruto - Artbook 1.cbz",
                "Naruto T04-T09.cbz",
            ],
            "10",
            "Naruto T10.cbz",
        ),
    ] {
        let volumes = set(volumes);
        let beside = Beside {
            folder: Some(series),
            files,
        };
        let named = name(
            &book(series, &volumes),
            &beside,
            &naming(true, "{series} {volume}{ext}"),
            Hints::default(),
        );
        assert_eq!(
            named,
            Ok(Named {
                name: expected.into(),
                by: By::Files
            }),
            "{files:?}"
        );
    }
}

#[test]
fn what_a_name_says_of_the_copy_is_true_of_the_new_one() {
    let volumes = set("3");
    let told = Book {
        title: Some("Le duel: fin"),
        year: Some(2004),
        language: Some("fr"),
        origin: Origin::Official,
        group: Some("NoTag"),
        ..book("Naruto", &volumes)
    };
    for (files, expected) in [
        (
            &[
                "Naruto v01 (2001) (Digital).cbz",
                "Naruto v02 (2003) (Digital).cbz",
            ][..],
            "Naruto v03 (2004) (Digital).cbz",
        ),
        (
            &["Naruto T01 [FR].cbz", "Naruto T02 [FR].cbz"],
            "Naruto T03 [FR].cbz",
        ),
        (&["Naruto T01 [CBR].cbr"], "Naruto T03 [CBZ].cbz"),
        (
            &["Naruto 01 - Un.cbz", "Naruto 02 - Deux.cbz"],
            "Naruto 03 - Le duel - fin.cbz",
        ),
        (
            &["Naruto 01 - Un (2001).cbz", "Naruto 02 - Deux (2002).cbz"],
            "Naruto 03 - Le duel - fin (2004).cbz",
        ),
        (&["01. Un.cbz", "02. Deux.cbz"], "03. Le duel - fin.cbz"),
    ] {
        let beside = Beside {
            folder: Some("Naruto"),
            files,
        };
        let named = name(&told, &beside, &naming(true, OURS), Hints::default()).expect("a name");
        assert_eq!(
            (named.name.as_str(), named.by),
            (expected, By::Files),
            "{files:?}"
        );
    }
}

#[test]
fn where_files_do_not_agree_the_template_is_used() {
    for (files, follow, expected) in [
        (&[][..], true, "Naruto T03.cbz"),
        (&["Naruto 01.cbz", "Tome 02.cbz"], true, "Naruto T03.cbz"),
        (
            &["Naruto v01.cbz", "Naruto v02.cbz"],
            false,
            "Naruto T03.cbz",
        ),
        (
            &["cover.cbz", "Naruto - Artbook 2.cbz"],
            true,
            "Naruto T03.cbz",
        ),
    ] {
        let volumes = set("3");
        let beside = Beside {
            folder: Some("Naruto"),
            files,
        };
        let named = name(
            &book("Naruto", &volumes),
            &beside,
            &naming(follow, OURS),
            Hints::default(),
        );
        assert_eq!(
            named,
            Ok(Named {
                name: expected.into(),
                by: By::Template
            }),
            "{files:?}"
        );
    }
}

#[test]
fn what_makes_a_name_too_long_or_wrong_is_left_out() {
    let volumes = set("3");
    let (long, title) = ("Tensei ".repeat(40), "duel ".repeat(60));
    let template = "{series} T{volume:02}{ - title}{ext}";
    for (series, title, folder, expected) in [
        (
            "Naruto",
            Some(title.as_str()),
            "Naruto",
            Some("Naruto T03.cbz"),
        ),
        (long.trim(), None, "Tensei", Some("T03.cbz")),
        ("Naruto", Some("T04"), "Naruto", Some("Naruto T03.cbz")),
        ("...", None, "Naruto", Some("T03.cbz")),
        (
            "Fate/stay night",
            None,
            "Fate-stay night",
            Some("Fate-stay night T03.cbz"),
        ),
    ] {
        let book = Book {
            title,
            ..book(series, &volumes)
        };
        let named = name(
            &book,
            &Beside {
                folder: Some(folder),
                files: &[],
            },
            &naming(true, template),
            Hints::default(),
        );
        assert_eq!(
            named.ok().map(|named| named.name).as_deref(),
            expected,
            "{series}"
        );
    }
    // A loose file has no folder that says the series.
    let refused = name(
        &book(long.trim(), &volumes),
        &Beside::default(),
        &naming(true, template),
        Hints::default(),
    );
    assert!(
        matches!(refused, Err(NamingError::Misread { .. })),
        "{refused:?}"
    );
    let nothing = set("");
    let refused = name(
        &book("Naruto", &nothing),
        &Beside::default(),
        &naming(true, template),
        Hints::default(),
    );
    assert_eq!(refused, Err(NamingError::NoVolume));
}

#[test]
fn a_new_folder_is_named_after_the_series() {
    for (series, folder) in [
        (
            "Fate/stay night: Heaven's Feel",
            Some("Fate-stay night - Heaven's Feel"),
        ),
        (".hack", Some("hack")),
        ("..", None),
        ("Aux", Some("_Aux")),
    ] {
        assert_eq!(folder_name(series).as_deref(), folder, "{series}");
    }
    assert!(folder_name(&"é".repeat(300)).is_some_and(|name| name.len() <= 255));
}
