//! MangaUpdates.

use lacunarr::{
    catalogue::mangaupdates::MangaUpdates,
    domain::{catalogue::Sought, release::Kind},
    ports::Catalogue,
};
use serde_json::json;

use super::{faults, only, says, sought, titles};
use crate::stand_in::catalogue::mangaupdates::{self as stand_in, ONE_PIECE};

#[tokio::test]
async fn a_search_brings_every_series_that_may_be_meant() {
    let stand_in = stand_in::start();
    let catalogue = MangaUpdates::new(stand_in.place(None));
    let entries = catalogue
        .search(&sought("One  Piece"))
        .await
        .expect("entries");
    assert_eq!(
        titles(&entries),
        ["One Piece", "One Piece: Ace's Story", "One Piece Party"]
    );
    assert_eq!(entries[0].id, ONE_PIECE.to_string());
    assert_eq!(entries[1].kind, None, "a novel");
    assert_eq!(says(&entries), ["nothing", "nothing", "nothing"]);
    let asked = only(&stand_in);
    assert_eq!(asked.what, "POST /v1/series/search");
    assert_eq!(
        asked.body,
        json!({"search": "One Piece", "stype": "title", "perpage": 10})
    );
    assert_eq!(asked.header("content-type"), Some("application/json"));

    assert!(
        catalogue
            .search(&sought("No such series"))
            .await
            .expect("an answer")
            .is_empty()
    );
}

#[tokio::test]
async fn other_names_are_tried_where_the_title_finds_nothing_of_a_like_name() {
    let stand_in = stand_in::start();
    let catalogue = MangaUpdates::new(stand_in.place(None));
    let search = async |title: &str, aliases: &[&str]| {
        let sought = Sought {
            aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
            ..sought(title)
        };
        let found = catalogue.search(&sought).await.expect("entries");
        let asked = stand_in.asked();
        let terms = asked
            .iter()
            .map(|asked| asked.body["search"].as_str().expect("a term").to_owned());
        (found.len(), terms.collect::<Vec<_>>().join("; "))
    };
    for (title, aliases, expected) in [
        ("One Piece", &["Romance Dawn"][..], (3, "One Piece")),
        (
            "Tout en un",
            &["TOUT EN UN", "One Piece", "Third"],
            (3, "Tout en un; One Piece"),
        ),
        (
            "Tout",
            &["Second", "Third", "One Piece"],
            (0, "Tout; Second; Third"),
        ),
    ] {
        let (count, terms) = search(title, aliases).await;
        assert_eq!((count, &*terms), expected);
    }
}

#[tokio::test]
async fn a_series_says_what_is_out_at_home() {
    let stand_in = stand_in::start();
    let catalogue = MangaUpdates::new(stand_in.place(None));
    let one = async |id: &str| catalogue.series(&[id.to_owned()]).await.expect("an answer");

    let entries = one(&ONE_PIECE.to_string()).await;
    assert_eq!(only(&stand_in).what, format!("GET /v1/series/{ONE_PIECE}"));
    assert_eq!(entries[0].titles, ["ワンピース", "Wan Pīsu"]);
    assert_eq!(entries[0].authors, ["ODA Eiichiro"]);
    assert_eq!(
        (entries[0].year, entries[0].kind),
        (Some(1997), Some(Kind::Manga))
    );
    assert_eq!(says(&entries), ["114 ongoing"]);
    assert_eq!(
        says(&one("4").await),
        ["22 ended"],
        "the kanzenban is another edition"
    );
    assert_eq!(says(&one("3").await), ["nothing"]);
    assert!(one("999").await.is_empty(), "it has no such series");

    stand_in.asked();
    assert!(one("../search").await.is_empty());
    assert!(
        stand_in.asked().is_empty(),
        "what is no id is not asked for"
    );
}

#[tokio::test]
async fn what_is_wrong_is_told_apart() {
    let stand_in = stand_in::start();
    let changed = r#"{"hits":[{"series":{}}]}"#;
    faults(&stand_in, stand_in.place(None), changed, MangaUpdates::new).await;
}
