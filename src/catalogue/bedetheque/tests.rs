//! Pages as the site makes them, in both layouts.

use super::*;
use crate::catalogue::{golden::outline, page::Obstacle};

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!(
            "../../../tests/fixtures/catalogue/bedetheque/",
            $name,
            ".html"
        ))
    };
}

#[test]
fn a_series_is_read_as_it_stands_there() {
    for (page, expected) in [
        (
            fixture!("old-layout"),
            &[
                "59 | Astérix | 1961 bd",
                "by Goscinny, René; Uderzo, Albert; Fabcaro; Conrad, Didier",
                "france fr 41 ongoing 1@1961-10#9782012100015 2@1962 41@2025-10-23",
            ][..],
        ),
        (
            fixture!("old-one-shot"),
            &[
                "2205 | Pilules bleues | 2001 bd",
                "by Peeters, Frederik",
                "france fr 1 ended 1@2001-10",
            ],
        ),
        (
            fixture!("new-layout"),
            &[
                "67018 | 5 Terres (Les) | 2019 bd",
                "by Lewelyn, David Chauvel; Lereculey, Jérôme",
                "france fr 17 ongoing 1@2019-06-19#9782413016403 12@2024-06 13@2025-01",
            ],
        ),
        (
            fixture!("new-abandoned"),
            &[
                "14000 | Licorne (La) | 2006 bd",
                "by Jean, Anthony",
                "france fr - abandoned 0@2005 1@2006-05",
            ],
        ),
        (
            fixture!("new-foreign"),
            &["4321 | Asterix (en anglais) | 1969 bd"],
        ),
        (
            fixture!("new-manga"),
            &[
                "3260 | Berserk (Glénat) | 2004 manga",
                "by Miura, Kentarô",
                "france fr 42 hiatus 42@2024-02",
            ],
        ),
    ] {
        let entry = series::read(page, None).expect("a series");
        assert_eq!(outline(&entry), expected);
        let asked = series::read(page, Some("7")).expect("a series");
        assert_eq!(asked.id, "7");
    }
}

#[test]
fn what_has_letters_in_front_is_no_volume() {
    for (name, printing, volume) in [
        ("1 . Astérix le Gaulois", "", Some("1")),
        ("41. Astérix en Lusitanie", "", Some("41")),
        ("0 . Prologue", "", Some("0")),
        ("1a1970. Astérix le Gaulois", "a1970", Some("1")),
        ("1TL . Titre", "TL", Some("1")),
        ("13Bis . Titre", "Bis", None),
        ("13 Bis . Titre", "Bis", None),
        ("INT1 . Intégrale 1", "INT1", None),
        ("HS2019 . Hors-série", "HS2019", None),
        ("Cof . Coffret", "Cof", None),
        ("3 secondes. Fin", "", None),
        ("Pilules bleues", "", None),
        ("", "", None),
    ] {
        let read = albums::volume(name, printing).map(|volume| volume.to_string());
        assert_eq!(read.as_deref(), volume, "{name}");
    }
}

#[test]
fn a_page_of_another_layout_is_none() {
    for (page, what) in [
        ("", "a series has a heading"),
        ("<h1>Astérix</h1>", "a series has a heading"),
        (
            "<section class=bdt-ah--serie><h1>Astérix</h1></section>",
            "a series has a list of albums",
        ),
        (
            "<section class=bdt-ah--serie><h1>Astérix</h1></section><article class=bdt-edition><span itemprop=name>1 . A</span></article>",
            "a saved page says its address",
        ),
    ] {
        assert_eq!(
            series::read(page, None),
            Err(Obstacle::Changed(what)),
            "{page}"
        );
    }
}

#[test]
fn a_search_finds_what_its_list_holds() {
    let found = |page| match search::read(page) {
        Ok(found) => found.iter().flat_map(outline).collect(),
        Err(obstacle) => vec![format!("{obstacle:?}")],
    };
    assert_eq!(
        found(fixture!("search")),
        ["59 | Astérix | - -", "4321 | Asterix (en anglais) | - -"]
    );
    assert_eq!(found(fixture!("search-old")), ["59 | Astérix | - -"]);
    assert!(found(fixture!("search-nothing")).is_empty());
    assert_eq!(found(fixture!("search-too-many")), ["TooMany"]);
    assert!(found("<ul class=bdt-liste><li><a href=/auteur-1-BD-x.html>X</a></ul>").is_empty());
    for page in ["", "<title></title>", "<p>Bienvenue</p>"] {
        assert!(search::read(page).is_err(), "{page}");
    }
    let token = search::token(fixture!("search"));
    assert_eq!(token, Ok(Some("TOKEN".to_owned())));
    assert_eq!(search::token("<title>x</title>"), Ok(None));
    assert!(search::token("<title></title>").is_err());
}

proptest::proptest! {
    #[test]
    fn no_page_panics(page in r#"(<(div class="bandeau-info serie"|h1|h3|ul class=liste-albums|li|article class=bdt-edition|dl class=bdt-sheet|dt|dd|span itemprop=name|ul class=bdt-liste|a href=/serie-1-BD-a.html)>|Dépot légal : |1 . |\PC){0,40}"#) {
        let _ = (series::read(&page, Some("1")), search::read(&page));
    }
}
