//! MyAnimeList.

use lacunarr::{
    catalogue::myanimelist::MyAnimeList,
    domain::catalogue::Sought,
    ports::{Catalogue, PortError},
};

use super::{faults, only, says, sought, titles};
use crate::stand_in::catalogue::myanimelist::{self as stand_in, KEY};

#[tokio::test]
async fn a_search_shows_the_key_in_a_header_alone() {
    let stand_in = stand_in::start();
    let catalogue = MyAnimeList::new(stand_in.place(Some(KEY)));
    let entries = catalogue
        .search(&sought("One Piece"))
        .await
        .expect("entries");
    assert_eq!(titles(&entries), ["One Piece", "One Piece novel A"]);
    assert_eq!(
        says(&entries),
        ["? ongoing", "2 ended"],
        "0 is how it says that no one knows"
    );
    let asked = only(&stand_in);
    assert_eq!(asked.what, "GET /v2/manga");
    assert_eq!(asked.header("x-mal-client-id"), Some(KEY));
    assert!(asked.query.iter().all(|(_, value)| !value.contains(KEY)));
    let names: Vec<_> = asked.query.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["q", "limit", "nsfw", "fields"]);

    assert!(
        catalogue
            .search(&sought("No such series"))
            .await
            .expect("an answer")
            .is_empty()
    );
    let long = "One Piece ".repeat(20);
    catalogue
        .search(&sought(&long))
        .await
        .expect("it is cut to what is taken");

    stand_in.asked();
    let short = catalogue.search(&sought("X")).await.expect_err("too short");
    assert!(matches!(short, PortError::Declined { .. }), "{short:?}");
    assert!(stand_in.asked().is_empty());
    let with_alias = Sought {
        aliases: vec!["OP".into(), "One Piece".into()],
        ..sought("X")
    };
    let entries = catalogue.search(&with_alias).await.expect("entries");
    assert_eq!(entries.len(), 2);
    assert_eq!(only(&stand_in).parameter("q"), Some("One Piece"));
}

#[tokio::test]
async fn other_names_are_tried_where_the_title_finds_nothing_of_a_like_name() {
    let stand_in = stand_in::start();
    let catalogue = MyAnimeList::new(stand_in.place(Some(KEY)));
    let search = async |title: &str, aliases: &[&str]| {
        let sought = Sought {
            aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
            ..sought(title)
        };
        let found = catalogue.search(&sought).await.expect("entries");
        let asked = stand_in.asked();
        let terms = asked
            .iter()
            .map(|asked| asked.parameter("q").expect("a term").to_owned());
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
async fn a_series_is_read_by_its_id() {
    let stand_in = stand_in::start();
    let catalogue = MyAnimeList::new(stand_in.place(Some(KEY)));
    let entries = catalogue
        .series(&["25".to_owned()])
        .await
        .expect("an entry");
    assert_eq!(says(&entries), ["27 ended"]);
    assert_eq!(only(&stand_in).what, "GET /v2/manga/25");
    assert!(
        catalogue
            .series(&["999".to_owned()])
            .await
            .expect("an answer")
            .is_empty()
    );
    stand_in.asked();
    assert!(
        catalogue
            .series(&["../users/x".to_owned()])
            .await
            .expect("an answer")
            .is_empty()
    );
    assert!(stand_in.asked().is_empty());
}

#[tokio::test]
async fn a_wrong_key_and_no_key_are_told() {
    let stand_in = stand_in::start();
    for (key, requests) in [(None, 0), (Some(""), 0), (Some("wrong"), 1)] {
        let catalogue = MyAnimeList::new(stand_in.place(key));
        let error = catalogue.test().await.expect_err("no key");
        assert!(
            matches!(error, PortError::Unauthorised { .. }),
            "{key:?}: {error:?}"
        );
        assert_eq!(stand_in.asked().len(), requests, "{key:?}");
    }
}

#[tokio::test]
async fn what_is_wrong_is_told_apart() {
    let stand_in = stand_in::start();
    let changed = r#"{"results":[]}"#;
    faults(
        &stand_in,
        stand_in.place(Some(KEY)),
        changed,
        MyAnimeList::new,
    )
    .await;
}
