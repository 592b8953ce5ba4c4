//! A series that a library is only to hold.

use super::*;
use crate::stand_in::{
    prowlarr::{self, Indexer, Prowlarr, Release},
    qbittorrent::{PASSWORD, QBittorrent5, USER},
};

#[tokio::test(flavor = "multi_thread")]
async fn it_is_searched_at_once_sent_when_its_library_is_armed_and_becomes_one_of_the_library() {
    let prowlarr = Prowlarr::start(
        vec![Indexer::public(1, "Nyaa")],
        vec![
            Release::new(1, "Berserk T01 [CBZ] FR"),
            Release::new(1, "Berserk T02 [CBZ] FR"),
        ],
    );
    let client = QBittorrent5::start();
    let mut home = Home::new().await;
    home.source(&prowlarr.url(), prowlarr::KEY)
        .client(&client.url(), USER, PASSWORD);
    let evening = Evening::of(home, &[("Naruto", &[1, 2])]).await;
    let program = &evening.program;
    let new = json!({"title": "Berserk", "libraryId": evening.library, "total": 3, "aliases": ["Berserk (Miura)"]});
    let (status, berserk) = program.ask("POST", "series", Some(new.clone())).await;
    assert_eq!(status, 201, "{berserk}");
    let id = berserk["id"].clone();
    let of = |field: &str| berserk[field].clone();
    assert_eq!(
        (of("language"), of("kind"), of("monitored")),
        (json!("fr"), json!("manga"), json!(true))
    );
    assert_eq!((of("owned"), of("missing")), (json!(""), json!("1-3")));
    let alias = json!({"title": "BERSERK Miura", "libraryId": evening.library});
    for known in [new, alias] {
        let (status, problem) = program.ask("POST", "series", Some(known)).await;
        assert_eq!((status, &problem["existing"]), (409, &id), "{problem}");
    }
    let added = evening.told("series.added").await;
    assert_eq!(added.len(), 1, "{added:#?}");
    assert_eq!(added[0]["data"]["missing"], "1-3");
    assert_eq!(evening.told("volume.missing").await.len(), 0);
    crate::stand_in::eventually("it is searched", 20, async || {
        program.get(&format!("offers?seriesId={id}")).await["totalRecords"] == 2
    })
    .await;
    let (_, reports) = program.check(json!({"seriesIds": [id]})).await;
    let notes = reports.of("Berserk")["notes"].to_string();
    assert!(notes.contains("its library is not armed"), "{notes}");
    assert!(client.torrents().is_empty());
    program.arm().await;
    program.check(json!({"seriesIds": [id]})).await;
    assert_eq!(client.torrents().len(), 2);
    let (status, problem) = program.ask("DELETE", &format!("series/{id}"), None).await;
    assert_eq!(status, 409, "{problem}");
    assert!(
        problem["detail"]
            .to_string()
            .contains("volumes 1-2 of it are on their way"),
        "{problem}"
    );
    // Its first volume, under its other name.
    shelve(evening.folder.path(), "Berserk (Miura)", &[1]);
    program.scan().await;
    let berserk = program.get(&format!("series/{id}")).await;
    assert_eq!(
        (&berserk["owned"], &berserk["missing"]),
        (&json!("1"), &json!("2-3"))
    );
    assert_eq!(program.get("series").await["totalRecords"], 2);
    assert_eq!(evening.told("volume.on_shelf").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_keeps_it_and_it_is_removed_only_while_no_library_shows_it() {
    let evening = Evening::with(&[("Naruto", &[1, 2])]).await;
    let program = &evening.program;
    let new = json!({"title": "Pluto", "libraryId": evening.library, "monitored": false, "language": "en", "edition": "perfect"});
    let pluto = program.post("series", new).await["id"].clone();
    program.scan().await;
    program.scan().await;
    let found = evening.series("pluto").await;
    assert_eq!(
        (&found["id"], &found["vanished"], &found["edition"]),
        (&pluto, &json!(""), &json!("perfect"))
    );
    assert!(program.get("libraries").await[0]["held"].is_null());
    let naruto = evening.series("naruto").await["id"].clone();
    let (status, problem) = program
        .ask("DELETE", &format!("series/{naruto}"), None)
        .await;
    assert_eq!(status, 409);
    assert!(
        problem["detail"]
            .to_string()
            .contains("'manga' shows this series"),
        "{problem}"
    );
    for (status, id) in [(204, &pluto), (404, &pluto)] {
        let (answered, problem) = program.ask("DELETE", &format!("series/{id}"), None).await;
        assert_eq!(answered, status, "{problem}");
    }
    // Of a library that is no more, what only it showed can go too.
    program
        .ask("DELETE", &format!("libraries/{}", evening.library), None)
        .await;
    let (status, _) = program
        .ask("DELETE", &format!("series/{naruto}"), None)
        .await;
    assert_eq!(status, 204);
    assert_eq!(program.get("series").await["totalRecords"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_it_is_told_and_nothing_is_added() {
    let evening = Evening::with(&[("Naruto", &[1, 2])]).await;
    let new = |change: Value| {
        let mut new = json!({"title": "Pluto", "libraryId": evening.library});
        let change = change.as_object().expect("an object").clone();
        new.as_object_mut().expect("an object").extend(change);
        new
    };
    for (change, status, sentence) in [
        (
            json!({"title": "!!!"}),
            400,
            "title: it must hold a letter or a digit",
        ),
        (
            json!({"aliases": ["Pluto 2", "?!"]}),
            400,
            "'?!' holds neither letter nor digit",
        ),
        (
            json!({"edition": "gold"}),
            400,
            "edition: 'gold' is not an edition",
        ),
        (
            json!({"libraryId": 987_654_321}),
            404,
            "no library with the number 987654321",
        ),
        (json!({"title": "NARUTO"}), 409, "known already, as series"),
        (
            json!({"aliases": ["Urasawa's Pluto", "Naruto"]}),
            409,
            "the alias 'Naruto' is the title of series",
        ),
    ] {
        let (answered, problem) = evening
            .program
            .ask("POST", "series", Some(new(change)))
            .await;
        assert_eq!(answered, status, "{problem}");
        assert!(
            problem["detail"]
                .as_str()
                .is_some_and(|detail| detail.contains(sentence)),
            "{problem}"
        );
    }
    assert_eq!(evening.program.get("series").await["totalRecords"], 1);
}
