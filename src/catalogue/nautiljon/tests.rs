//! Pages as the site makes them, and as browsers save them.

use super::series::NO_ADDRESS;
use super::*;
use crate::catalogue::{golden::outline, page::Obstacle};

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!(
            "../../../tests/fixtures/catalogue/nautiljon/",
            $name,
            ".html"
        ))
    };
}

const ONE_PIECE: &[&str] = &[
    "one+piece | One Piece | 1997 manga",
    "also One Piece - À l’aube d’une grande aventure; ワンピース",
    "by ODA Eiichirō",
    "france fr 111 ongoing 109@2025-07-02 110@2025-11-05 111@2026-07-01 112@2026-10-07",
    "home ja 113 ongoing",
];

#[test]
fn a_series_is_read_as_it_stands_there() {
    for (page, expected) in [
        (fixture!("ongoing-in-both"), ONE_PIECE),
        (fixture!("saved-by-firefox"), ONE_PIECE),
        (fixture!("saved-by-chrome"), ONE_PIECE),
        (
            fixture!("ended-in-japan-behind-in-france"),
            &[
                "sket+dance | Sket Dance | 2007 manga",
                "also スケット・ダンス",
                "by SHINOHARA Kenta",
                "france fr 12 ongoing 1@2022-05-06 2@2022-06 12@2025-03-12",
                "home ja 32 ended",
            ],
        ),
        (
            fixture!("abandoned-in-france"),
            &[
                "gintama | Gintama | 2003 manga",
                "also 銀魂; Silver Soul",
                "by SORACHI Hideaki",
                "france fr 57 abandoned 57@2019-09-06",
                "home ja 77 ended",
            ],
        ),
        (
            fixture!("no-french-edition"),
            &[
                "kochira+katsushika-ku+kameari+kouen-mae+hashutsujo | Kochira Katsushika-ku Kameari Kouen-mae Hashutsujo | 1976 manga",
                "also こちら葛飾区亀有公園前派出所; Kochikame; This is the Police Station in Front of Kameari Park",
                "by AKIMOTO Osamu",
                "home ja 201 ended",
            ],
        ),
        (
            fixture!("several-editions"),
            &[
                "dragon+ball | Dragon Ball | 1984 manga",
                "also ドラゴンボール",
                "by TORIYAMA Akira",
                "france fr 42 ended 1@1993-02-17 42@2000-03-15",
                "home ja 42 ended",
            ],
        ),
        (
            fixture!("one-shot"),
            &[
                "solanin+-+epilogue | Solanin - Épilogue | 2005 manga",
                "also ソラニン",
                "by ASANO Inio",
                "france fr 1 ended 1@2018-09-21",
                "home ja 1 ended",
            ],
        ),
        (
            fixture!("volume-zero"),
            &[
                "jujutsu+kaisen | Jujutsu Kaisen | 2018 manga",
                "also 呪術廻戦",
                "by AKUTAMI Gege",
                "france fr 29 ongoing 0@2021-02-10 1@2020-02-06 3@2020-04-02",
                "home ja 30 ended",
            ],
        ),
        (
            fixture!("decimals"),
            &[
                "blame! | Blame! | 1998 manga",
                "also ブラム",
                "by NIHEI Tsutomu",
                "france fr 10 ended 0.5@- 10@2003-01-01 10.5@2004-02-02",
                "home ja 10 ended",
            ],
        ),
        (
            fixture!("french-original"),
            &[
                "radiant | Radiant | 2013 manga",
                "by VALENTE Tony",
                "france fr 19 ongoing 19@2025-09-05 20@2026-10",
                "home fr 19 ongoing",
            ],
        ),
        (
            fixture!("adult-notice"),
            &[
                "velvet+kiss | Velvet Kiss | 2010 manga",
                "also ベルベット・キス",
                "by HARUKI Chihiro",
                "france fr 4 ended",
                "home ja 4 ended",
            ],
        ),
        (
            fixture!("counts-missing"),
            &[
                "nouvelle+serie | Nouvelle série | 2026 manga",
                "also 新作",
                "by KIM Minji",
                "france fr - ongoing",
                "home ko - hiatus",
            ],
        ),
        (
            fixture!("novel"),
            &[
                "sword+art+online | Sword Art Online | 2009 -",
                "by KAWAHARA Reki",
                "france fr 14 hiatus",
                "home ja 28 hiatus",
            ],
        ),
    ] {
        let entry = series::read(page, None).expect("a series");
        assert_eq!(outline(&entry), expected);
        let asked = series::read(page, Some("as+asked")).expect("a series");
        assert_eq!(asked.id, "as+asked");
    }
}

#[test]
fn a_page_of_another_layout_is_none() {
    for (page, what) in [
        ("", "a series has a title"),
        ("<h1></h1>", "a series has a title"),
        (
            "<h1>One Piece</h1><dl><dt>Volumes</dt><dd>113</dd></dl>",
            "a series has a list of what is known of it",
        ),
        (
            "<h1>One Piece</h1><ul class=mb10><li>Origine : Japon</ul>",
            NO_ADDRESS,
        ),
        (
            "<h1>One Piece Vol. 1</h1><ul class=mb10><li>Origine : Japon</ul><a href=/mangas/one+piece/volume-2,3.html>2</a>",
            NO_ADDRESS,
        ),
        (
            "<link rel=canonical href=/mangas/one+piece/volume-1,2.html><h1>One Piece</h1><ul class=mb10><li>Origine : Japon</ul><a href=/mangas/one+piece/volume-2,3.html>2</a>",
            NO_ADDRESS,
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
fn a_search_finds_what_its_table_lists() {
    let found = |page| match search::read(page) {
        Ok(Found::Series(found)) => found.iter().flat_map(outline).collect(),
        other => vec![format!("{other:?}")],
    };
    assert_eq!(
        found(fixture!("search")),
        [
            "monster | Monster | 1995 manga",
            "also モンスター",
            "france fr 18 -",
            "home - 18 -",
            "monster+musume | Monster Musume | 2012 manga",
            "also Monster Musume no Iru Nichijou",
            "home - 20 -",
            "monster+soul | Monster Soul | 2006 manga",
            "france fr 2 -",
            "home - 2 -",
        ]
    );
    assert!(found(fixture!("search-nothing")).is_empty());
    assert_eq!(search::read(fixture!("search-expired")), Ok(Found::Expired));
    for page in [
        "",
        "<table class=search></table>",
        fixture!("ongoing-in-both"),
    ] {
        assert!(search::read(page).is_err(), "{page}");
    }
    assert_eq!(search::token(fixture!("search")).as_deref(), Ok("TOKEN"));
    assert!(search::token("<input name=st value=''>").is_err());
}

#[test]
fn a_month_lists_the_volumes_of_all_series() {
    let planned = planning::read(fixture!("planning")).expect("a month");
    let lines = planned.iter().map(|planned| {
        let day = planned.release.day.expect("a day");
        format!(
            "{day} {} {} = {}",
            planned.title, planned.release.volume, planned.id
        )
    });
    assert_eq!(
        lines.collect::<Vec<_>>(),
        [
            "2026-07-01 One Piece 111 = one+piece",
            "2026-07-02 Kaiju N°8 16 = kaiju+n8",
            "2026-07-03 Blame! 10.5 = blame!",
            "2026-07-08 Solanin 1 = solanin",
        ]
    );
    let empty = "<table id=planning><tbody></tbody></table>";
    assert_eq!(planning::read(empty), Ok(Vec::new()));
    let changed =
        "<table id=planning><tbody><tr><td>demain<td><a href='/mangas/a.html'>A</a></table>";
    assert!(planning::read(changed).is_err());
    assert!(planning::read("<p>Planning</p>").is_err());
}

#[test]
fn a_volume_of_an_address_may_be_a_decimal() {
    for (address, volume) in [
        ("/mangas/a/volume-6,1011514.html", Some("6")),
        ("/mangas/a/volume-03,42", None),
        ("volume-03,42.html", Some("3")),
        ("volume-10,5,42.html?x", Some("10.5")),
        ("volume-vol.+1,42.html", None),
        ("volume-6.html", None),
        ("", None),
    ] {
        let read = editions::number_in(address).map(|volume| volume.to_string());
        assert_eq!(read.as_deref(), volume, "{address}");
    }
}

#[test]
fn only_ids_of_series_become_addresses() {
    assert_eq!(path("one+piece").as_deref(), Some("mangas/one+piece.html"));
    for id in [
        "",
        "a/../b",
        "One Piece",
        "a?b",
        "//evil.example/x",
        "a/volume-1,2",
    ] {
        assert_eq!(path(id), None, "{id}");
    }
}

proptest::proptest! {
    #[test]
    fn no_page_panics(page in r#"(<(ul class=mb10|li|h1|h2|h3|table class=search|tr|td|a class=eTitre href=/mangas/a.html|a class=infos_edition|div class=unVol)>|Origine : |Nb volumes VO : |\(|\PC){0,40}"#) {
        let _ = (series::read(&page, Some("a")), search::read(&page), planning::read(&page));
    }
}
