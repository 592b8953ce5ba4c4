//! What a whole scan reads.

use serde_json::json;

use super::*;
use crate::stand_in::komga::{PASSWORD, USER};

#[tokio::test]
async fn volumes_are_read_from_names_and_not_from_positions() {
    let (stand_in, manga) = started();
    stand_in.add_series(
        &manga,
        "Naruto",
        &["Naruto T01.cbz", "Naruto T02.cbz", "Naruto T04.cbz"],
    );
    stand_in.add_series(
        &manga,
        "Akira (1999) [FR]",
        &["01 - Tetsuo.cbz", "T02-T03.cbz"],
    );
    let scan = scanned(&admin(&stand_in)).await;
    assert_eq!(
        outline(&scan.series),
        [
            "Naruto: Naruto/Naruto T01.cbz=1 Naruto/Naruto T02.cbz=2 Naruto/Naruto T04.cbz=4",
            "Akira: Akira (1999) [FR]/01 - Tetsuo.cbz=1 Akira (1999) [FR]/T02-T03.cbz=2-3",
        ]
    );
    assert_eq!(scan.series[1].language.as_deref(), Some("fr"));
    assert_eq!((scan.problems, scan.unreadable), (vec![], vec![]));
}

#[tokio::test]
async fn a_number_of_komga_fills_in_and_a_disagreement_is_doubtful() {
    let (stand_in, manga) = started();
    let naruto = stand_in.add_series(&manga, "Naruto", &["Le duel.cbz", "Naruto T05.cbz"]);
    stand_in.change(|shelves| {
        shelves.edit_book(&naruto, "Le duel.cbz", |book| {
            book.comic_info = Some("3".into())
        });
        shelves.edit_book(&naruto, "Naruto T05.cbz", |book| {
            book.locked = Some("6".into())
        });
    });
    let scan = scanned(&admin(&stand_in)).await;
    assert_eq!(
        outline(&scan.series),
        ["Naruto: Naruto/Le duel.cbz=3 Naruto/Naruto T05.cbz=5-6"]
    );
    let files = &scan.series[0].files;
    assert_eq!((files[0].doubtful, files[1].doubtful), (false, true));
    assert_eq!(scan.problems[0].path, "Naruto/Naruto T05.cbz");
    assert_eq!(
        scan.problems[0].message,
        "its name says volume 5, Komga says 6 (locked): correct one of them"
    );
}

#[tokio::test]
async fn trash_is_not_on_the_shelf_and_one_shots_are() {
    let (stand_in, manga) = started();
    let naruto = stand_in.add_series(&manga, "Naruto", &["T01.cbz", "T02.cbz"]);
    let gone = stand_in.add_series(&manga, "Gone", &["T01.cbz"]);
    stand_in.change(|shelves| {
        shelves.trash_book(&naruto, "T01.cbz");
        shelves.trash_series(&gone);
        shelves.add_one_shot(&manga, "Akira (2010).cbz");
    });
    let scan = scanned(&admin(&stand_in)).await;
    assert_eq!(
        outline(&scan.series),
        [
            "Naruto: Naruto/T02.cbz=2",
            "Akira: _oneshots/Akira (2010).cbz=1"
        ]
    );
    stand_in.change(stand_in::Shelves::empty_trash);
    assert_eq!(scanned(&admin(&stand_in)).await, scan);
}

#[tokio::test]
async fn what_komga_knows_of_a_series_comes_along() {
    let (stand_in, manga) = started();
    let naruto = stand_in.add_series(&manga, "naruto-vf", &["T01.cbz", "T02.cbz"]);
    stand_in.change(|shelves| {
        let metadata = json!({
            "title": "Naruto", "titleLock": true, "status": "ENDED", "language": "fr", "totalBookCount": 72,
            "tags": ["ninja"], "genres": ["shonen"],
            "alternateTitles": [{"label": "ja", "title": "ナルト"}],
            "links": [{"label": "MyAnimeList", "url": "https://myanimelist.net/manga/11/Naruto"}],
        });
        shelves.edit_series(&naruto, metadata);
        shelves.edit_book(&naruto, "T02.cbz", |book| {
            (book.status, book.comment) = ("ERROR", "ERR_1008");
        });
    });
    let scan = scanned(&admin(&stand_in)).await;
    let series = &scan.series[0];
    assert_eq!(
        (series.key.as_str(), series.title.as_str()),
        (naruto.as_str(), "Naruto")
    );
    assert_eq!(
        (series.total, series.language.as_deref()),
        (Some(72), Some("fr"))
    );
    assert_eq!(series.aliases, ["ナルト"]);
    assert_eq!(series.tags, ["shonen", "ninja"]);
    assert_eq!(
        (series.status.is_some(), series.identities.len()),
        (true, 1)
    );
    let damaged: Vec<bool> = series.files.iter().map(|file| file.damaged).collect();
    assert_eq!(damaged, [false, true]);
    assert!(
        series
            .files
            .iter()
            .all(|file| file.size > 0 && file.modified > 0)
    );
}

#[tokio::test]
async fn whoever_is_no_administrator_reads_the_same_volumes_with_hidden_paths() {
    let (stand_in, manga) = started();
    let naruto = stand_in.add_series(&manga, "Naruto", &["Naruto T01.cbz", "Naruto T03.cbz"]);
    let scan = scanned(&reader(&stand_in)).await;
    assert_eq!(
        outline(&scan.series),
        [format!(
            "Naruto: {naruto}/Naruto T01.cbz=1 {naruto}/Naruto T03.cbz=3"
        )]
    );
    assert_eq!(scan.series[0].key, naruto);
}

#[tokio::test]
async fn a_library_is_chosen_or_all_are_read_under_their_names() {
    let (stand_in, manga) = started();
    let bd = stand_in.add_library("BD", "/data/bd");
    stand_in.add_series(&manga, "Naruto", &["T01.cbz"]);
    stand_in.add_series(&bd, "Naruto", &["T01.cbz"]);
    let of = |library: Option<&str>| ServerPlace {
        library: library.map(Into::into),
        ..place(&stand_in, ADMIN_KEY)
    };
    for chosen in ["Manga", "manga", &manga] {
        let scan = scanned(&library(of(Some(chosen)))).await;
        assert_eq!(
            outline(&scan.series),
            ["Naruto: Naruto/T01.cbz=1"],
            "{chosen}"
        );
    }
    let scan = scanned(&library(of(None))).await;
    assert_eq!(
        outline(&scan.series),
        [
            "Naruto: Manga/Naruto/T01.cbz=1",
            "Naruto: BD/Naruto/T01.cbz=1"
        ]
    );
    let error = try_scan(&library(of(Some("Romans"))))
        .await
        .expect_err("none");
    assert_eq!(
        sentence(&error, &stand_in),
        "KOMGA declined: there is no library 'Romans'; those that this user may see are BD, Manga"
    );
    stand_in.share(&[&bd]);
    let all = ServerPlace {
        api_key: Some(Secret::new(READER_KEY)),
        ..of(None)
    };
    let scan = scanned(&library(all)).await;
    assert_eq!(scan.series.len(), 1, "what is not shared is not seen");
}

#[tokio::test]
async fn a_name_and_a_password_do_as_well_and_no_secret_is_in_a_url() {
    let (stand_in, manga) = started();
    stand_in.add_series(&manga, "Naruto", &["T01.cbz"]);
    let by_name = ServerPlace {
        api_key: None,
        username: Some(USER.into()),
        password: Some(Secret::new(PASSWORD)),
        ..place(&stand_in, "")
    };
    assert_eq!(scanned(&library(by_name)).await.series.len(), 1);
    scanned(&admin(&stand_in)).await;
    let requests = stand_in.requests().join("\n");
    assert!(
        !requests.contains("PLANTED") && requests.contains("series/list"),
        "{requests}"
    );
}

#[tokio::test]
async fn a_library_whose_disk_is_away_says_so() {
    let (stand_in, manga) = started();
    stand_in.add_series(&manga, "Naruto", &["T01.cbz"]);
    stand_in.change(|shelves| {
        shelves
            .libraries
            .get_mut(&manga)
            .expect("a library")
            .unavailable = true;
    });
    let scan = scanned(&admin(&stand_in)).await;
    assert_eq!(scan.series.len(), 1);
    assert!(
        scan.problems[0].message.contains("disk is mounted"),
        "{:?}",
        scan.problems
    );
}
