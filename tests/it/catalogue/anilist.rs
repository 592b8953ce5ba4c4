//! AniList.

use lacunarr::{
    catalogue::anilist::AniList,
    domain::{catalogue::Sought, release::Kind},
    ports::{Catalogue, PortError},
};
use serde_json::json;

use super::{faults, only, says, sought, titles};
use crate::stand_in::catalogue::{anilist as stand_in, api::Fault};

#[tokio::test]
async fn a_search_brings_every_series_that_may_be_meant() {
    let stand_in = stand_in::start();
    let catalogue = AniList::new(stand_in.place(None));
    let entries = catalogue
        .search(&sought("One Piece"))
        .await
        .expect("entries");
    assert_eq!(titles(&entries), ["ONE PIECE", "ONE PIECE novel A"]);
    assert_eq!(
        (entries[0].kind, entries[1].kind),
        (Some(Kind::Manga), None)
    );
    assert_eq!(entries[0].authors, ["Eiichirou Oda"]);
    assert_eq!(
        says(&entries),
        ["? ongoing", "2 ended"],
        "null while it goes on"
    );
    let asked = only(&stand_in);
    assert_eq!(asked.what, "POST /");
    assert_eq!(
        asked.body["variables"],
        json!({"search": "One Piece", "most": 10})
    );
    assert_eq!(asked.header("accept"), Some("application/json"));

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
    let catalogue = AniList::new(stand_in.place(None));
    let search = async |title: &str, aliases: &[&str]| {
        let sought = Sought {
            aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
            ..sought(title)
        };
        let found = catalogue.search(&sought).await.expect("entries");
        let asked = stand_in.asked();
        let terms = asked.iter().map(|asked| {
            asked.body["variables"]["search"]
                .as_str()
                .expect("a term")
                .to_owned()
        });
        (found.len(), terms.collect::<Vec<_>>().join("; "))
    };
    for (title, aliases, expected) in [
        ("One Piece", &["Romance Dawn"][..], (2, "One Piece")),
        (
            "Tout en un",
            &["TOUT EN UN", "One Piece", "Third"],
            (2, "Tout en un; One Piece"),
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
async fn fifty_series_are_one_question() {
    let stand_in = stand_in::start();
    let catalogue = AniList::new(stand_in.place(None));
    assert_eq!(catalogue.batch(), 50);
    let ids: Vec<String> = (1..=60)
        .chain([30013])
        .rev()
        .map(|id| id.to_string())
        .collect();
    let entries = catalogue.series(&ids).await.expect("entries");
    let found: Vec<_> = entries.iter().map(|entry| entry.id.as_str()).collect();
    assert_eq!(found, ["30013"], "others were not among the first fifty");
    let asked = only(&stand_in);
    assert_eq!(
        asked.body["variables"]["ids"].as_array().map(Vec::len),
        Some(50)
    );

    let ids = ["3", "4", "999", "x"].map(str::to_owned);
    let entries = catalogue.series(&ids).await.expect("entries");
    assert_eq!(says(&entries), ["1 ended", "14 ended"]);
    assert_eq!(only(&stand_in).body["variables"]["ids"], json!([3, 4, 999]));
    assert!(
        catalogue
            .series(&["x".to_owned()])
            .await
            .expect("an answer")
            .is_empty()
    );
    assert!(
        stand_in.asked().is_empty(),
        "what is no id is not asked for"
    );
}

#[tokio::test]
async fn errors_stand_in_the_body_whatever_the_status() {
    let stand_in = stand_in::start();
    let catalogue = AniList::new(stand_in.place(None));
    let error = async |fault: Fault| {
        stand_in.fail(fault);
        catalogue
            .search(&sought("One Piece"))
            .await
            .expect_err("an error")
    };
    let limited = r#"{"data":null,"errors":[{"message":"Too Many Requests.","status":429}]}"#;
    for status in [200, 429] {
        let limited = error(Fault::Status(status, limited)).await;
        assert!(
            matches!(limited, PortError::RateLimited { .. }),
            "{limited:?}"
        );
    }
    let off = r#"{"data":null,"errors":[{"message":"The AniList API has been temporarily disabled","status":403}]}"#;
    for status in [200, 403] {
        let off = error(Fault::Status(status, off)).await;
        assert!(
            off.to_string()
                .ends_with("answered HTTP 403: The AniList API has been temporarily disabled"),
            "{off}"
        );
    }
}

#[tokio::test]
async fn what_is_wrong_is_told_apart() {
    let stand_in = stand_in::start();
    let changed = r#"{"data":{"Page":{"results":[]}}}"#;
    faults(&stand_in, stand_in.place(None), changed, AniList::new).await;
}
