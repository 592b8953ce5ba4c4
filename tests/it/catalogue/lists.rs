//! Lists of readers at AniList and MyAnimeList.

use lacunarr::{
    catalogue::{
        Place,
        lists::{List, NoList, Reader},
    },
    domain::{identity::Catalogue, import_list::State},
};

use super::only;
use crate::stand_in::catalogue::{
    anilist as stand_in_anilist,
    api::Fault,
    myanimelist::{self as stand_in_myanimelist, KEY},
};

async fn anilist(place: &Place, user: &str) -> Result<List, NoList> {
    read(Catalogue::AniList, place, user).await
}

async fn myanimelist(place: &Place, user: &str) -> Result<List, NoList> {
    read(Catalogue::MyAnimeList, place, user).await
}

async fn read(which: Catalogue, place: &Place, user: &str) -> Result<List, NoList> {
    let reader = Reader::of(which, place.clone()).expect("it keeps lists");
    let mut list = List::default();
    while reader.read_on(user, &mut list).await? {}
    Ok(list)
}

fn states(list: &List) -> Vec<(&str, State)> {
    let series = list.series.iter();
    series
        .map(|listed| (listed.entry.title.as_str(), listed.state))
        .collect()
}

#[tokio::test]
async fn a_list_of_anilist_is_read_by_chunks() {
    let stand_in = stand_in_anilist::start();
    let place = stand_in.place(None);
    let list = anilist(&place, "reader").await.expect("a list");
    assert!(list.is_whole);
    assert_eq!(
        states(&list),
        [
            ("ONE PIECE", State::Reading),
            ("Solo Leveling", State::Completed),
            ("ONE PIECE novel A", State::Planning),
        ],
        "each once"
    );
    let asked = stand_in.asked();
    let chunks: Vec<_> = asked
        .iter()
        .map(|asked| asked.body["variables"]["chunk"].as_u64())
        .collect();
    assert_eq!(chunks, [Some(1), Some(2)]);

    let empty = anilist(&place, "empty").await.expect("a list");
    assert!(empty.series.is_empty() && empty.is_whole);
    stand_in.asked();
    let endless = anilist(&place, "endless").await.expect("a list");
    assert_eq!((endless.series.len(), endless.is_whole), (20, false));
    assert_eq!(stand_in.asked().len(), 20);
}

#[tokio::test]
async fn a_list_of_myanimelist_is_read_by_pages() {
    let stand_in = stand_in_myanimelist::start();
    let place = stand_in.place(Some(KEY));
    let list = myanimelist(&place, "reader").await.expect("a list");
    assert!(list.is_whole);
    assert_eq!(
        states(&list),
        [
            ("One Piece", State::Reading),
            ("Fullmetal Alchemist", State::Planning),
            ("One Piece novel A", State::Paused),
        ]
    );
    let asked = stand_in.asked();
    let offsets: Vec<_> = asked
        .iter()
        .map(|asked| asked.parameter("offset"))
        .collect();
    assert_eq!(
        offsets,
        [Some("0"), Some("1000")],
        "the address of its next page is not followed"
    );
    assert!(
        asked
            .iter()
            .all(|asked| asked.what == "GET /v2/users/reader/mangalist")
    );

    let empty = myanimelist(&place, "empty").await.expect("a list");
    assert!(empty.series.is_empty() && empty.is_whole);
    stand_in.asked();
    let endless = myanimelist(&place, "endless").await.expect("a list");
    assert_eq!((endless.series.len(), endless.is_whole), (20, false));
    assert_eq!(stand_in.asked().len(), 20);
}

#[tokio::test]
async fn private_and_unknown_are_told_apart_from_empty() {
    let (one, other) = (stand_in_anilist::start(), stand_in_myanimelist::start());
    let (at_one, at_other) = (one.place(None), other.place(Some(KEY)));
    for error in [
        anilist(&at_one, "private").await.expect_err("private"),
        myanimelist(&at_other, "private")
            .await
            .expect_err("private"),
    ] {
        assert!(matches!(error, NoList::Private), "{error:?}");
    }
    only(&one);
    for error in [
        anilist(&at_one, "nobody").await.expect_err("unknown"),
        myanimelist(&at_other, "nobody").await.expect_err("unknown"),
    ] {
        assert!(matches!(error, NoList::NoUser), "{error:?}");
    }
    one.asked();
    other.asked();
    for name in ["", "../manga", "a b", &"x".repeat(41)] {
        assert!(
            matches!(anilist(&at_one, name).await, Err(NoList::NoUser)),
            "{name}"
        );
        assert!(
            matches!(myanimelist(&at_other, name).await, Err(NoList::NoUser)),
            "{name}"
        );
    }
    assert!(
        one.asked().is_empty() && other.asked().is_empty(),
        "what is no name is not asked for"
    );
    one.fail(Fault::Challenge);
    other.fail(Fault::Challenge);
    assert!(matches!(
        anilist(&at_one, "reader").await,
        Err(NoList::NotAsked(_))
    ));
    assert!(matches!(
        myanimelist(&at_other, "reader").await,
        Err(NoList::NotAsked(_))
    ));
}
