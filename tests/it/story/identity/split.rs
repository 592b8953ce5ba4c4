//! Some folders of a series become one of their own, and stay so.

use serde_json::json;

use super::{id_of, scan, series, told};
use crate::stand_in::program::{Home, shelve};

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_is_taken_out_stays_out_and_a_merge_undoes_it() {
    let library = tempfile::tempdir().expect("a folder");
    shelve(library.path(), "Batman", &[1, 2, 3]);
    shelve(library.path(), "Batman (2016)", &[1, 4]);
    let mut home = Home::new().await;
    home.library(library.path());
    let program = home.start().await;
    program.scanned().await;
    let batman = id_of(&program, "Batman").await;
    let path = format!("series/{batman}");
    assert_eq!(program.get(&path).await["owned"], "1-4");
    let change = json!({"aliases": ["Batman Rebirth"], "total": 9});
    program.ask("PATCH", &path, Some(change)).await;
    let links = program.get(&format!("{path}/links")).await;
    assert_eq!(
        (&links[1]["key"], &links[1]["owned"], &links[1]["apart"]),
        (&json!("Batman (2016)"), &json!("1,4"), &json!(false)),
        "{links:#}"
    );
    let library_id = links[0]["libraryId"].clone();
    let split = async |keys: &[&str], more: serde_json::Value| {
        let mut body = json!({"libraryId": library_id, "keys": keys});
        let fields = more.as_object().expect("fields").clone();
        body.as_object_mut().expect("an object").extend(fields);
        program
            .ask("POST", &format!("{path}/split"), Some(body))
            .await
    };
    for (keys, more, sentence) in [
        (
            vec!["Superman"],
            json!({}),
            "'Superman' is no key of this series",
        ),
        (
            vec!["Batman", "Batman (2016)"],
            json!({}),
            "all the keys of the series",
        ),
        (
            vec!["Batman (2016)"],
            json!({}),
            "say another title, language or edition",
        ),
    ] {
        let (status, problem) = split(&keys, more).await;
        assert_eq!(status, 409, "{problem}");
        assert!(
            problem["detail"].to_string().contains(sentence),
            "{problem}"
        );
    }
    assert_eq!(
        program.get(&path).await["owned"],
        "1-4",
        "mistakes change nothing"
    );

    let more = json!({"title": "Batman Rebirth", "aliases": ["Batman 2016"]});
    let (status, both) = split(&["Batman (2016)"], more).await;
    assert_eq!(status, 201, "{both}");
    let (made, left) = (&both["made"], &both["series"]);
    assert_eq!(
        (
            &made["owned"],
            &made["missing"],
            &made["aliases"],
            &made["monitored"]
        ),
        (
            &json!("1,4"),
            &json!("2-3"),
            &json!(["Batman 2016"]),
            &json!(true)
        ),
        "{made:#}"
    );
    assert_eq!(
        (
            &left["owned"],
            &left["missing"],
            &left["vanished"],
            &left["aliases"]
        ),
        (&json!("1-3"), &json!("4-9"), &json!(""), &json!([])),
        "{left:#}"
    );
    assert_eq!(told(&program, "series.added").await, 1);
    shelve(library.path(), "Batman (2016)", &[5]);
    scan(&program, "manga").await;
    let rebirth = series(&program, "Batman Rebirth").await;
    assert_eq!(
        (&rebirth["id"], &rebirth["owned"]),
        (&made["id"], &json!("1,4-5"))
    );
    let links = program.get(&format!("series/{}/links", made["id"])).await;
    assert_eq!(links[0]["apart"], true, "{links:#}");
    assert_eq!(program.get("series/suggestions").await["totalRecords"], 0);

    let back = program
        .post(
            &format!("series/{}/merge", made["id"]),
            json!({"into": batman}),
        )
        .await;
    assert_eq!(
        back["series"]["aliases"],
        json!(["Batman Rebirth", "Batman 2016"])
    );
    assert_eq!(program.get("series").await["totalRecords"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_in_another_language_becomes_a_series_of_the_same_title() {
    let library = tempfile::tempdir().expect("a folder");
    shelve(library.path(), "Monster", &[1, 2]);
    shelve(library.path(), "Monster (2008)", &[3]);
    let mut home = Home::new().await;
    home.library(library.path());
    let program = home.start().await;
    program.scanned().await;
    let monster = id_of(&program, "Monster").await;
    let links = program.get(&format!("series/{monster}/links")).await;
    let body =
        json!({"libraryId": links[0]["libraryId"], "keys": ["Monster (2008)"], "language": "en"});
    let both = program.post(&format!("series/{monster}/split"), body).await;
    let made = &both["made"];
    assert_eq!(
        (&made["title"], &made["language"], &made["owned"]),
        (&json!("Monster"), &json!("en"), &json!("3")),
        "{both:#}"
    );
    scan(&program, "manga").await;
    assert_eq!(
        program.get(&format!("series/{monster}")).await["owned"],
        "1-2"
    );
    let (status, problem) = program
        .ask(
            "POST",
            &format!("series/{}/merge", made["id"]),
            Some(json!({"into": monster})),
        )
        .await;
    assert_eq!(status, 409, "{problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_out_stays_out_when_the_layout_is_changed_and_changed_back() {
    let library = tempfile::tempdir().expect("a folder");
    let below = library.path().join("DC");
    shelve(&below, "Batman", &[1, 2]);
    shelve(&below, "Batman (2016)", &[1, 3]);
    let home = Home::new().await;
    let program = home.start().await;
    let made = json!({"name": "comics", "path": library.path(), "levels": 1, "monitor": true});
    let made = program.post("libraries", made).await;
    program.scanned().await;
    let batman = id_of(&program, "Batman").await;
    let body =
        json!({"libraryId": made["id"], "keys": ["DC/Batman (2016)"], "title": "Batman Rebirth"});
    let both = program.post(&format!("series/{batman}/split"), body).await;
    let rebirth = both["made"]["id"].clone();
    let levels = async |levels: u8| {
        let path = format!("libraries/{}", made["id"]);
        let change = json!({"levels": levels});
        let (status, body) = program.ask("PATCH", &path, Some(change)).await;
        assert_eq!(status, 200, "{body}");
        scan(&program, "comics").await;
    };
    levels(0).await;
    assert_eq!(series(&program, "DC").await["owned"], "1-3");
    levels(1).await;
    let (batman, now) = (
        series(&program, "Batman").await,
        series(&program, "Batman Rebirth").await,
    );
    assert_eq!(
        (&batman["owned"], &now["owned"]),
        (&json!("1-2"), &json!("1,3"))
    );
    assert_eq!((&now["id"], &now["vanished"]), (&rebirth, &json!("")));
    let links = program.get(&format!("series/{rebirth}/links")).await;
    assert_eq!(links[0]["apart"], true, "{links:#}");
    assert_eq!(told(&program, "volume.vanished").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_goes_from_one_folder_of_a_series_to_another_is_no_news() {
    let library = tempfile::tempdir().expect("a folder");
    shelve(library.path(), "Batman", &[1, 2, 3]);
    shelve(library.path(), "Batman (2016)", &[4]);
    let mut home = Home::new().await;
    home.library(library.path());
    let program = home.start().await;
    program.scanned().await;
    let file = |folder: &str| library.path().join(folder).join("Batman T02.cbz");
    // There and back, so that the folder that loses it is read before the other once, and after it once.
    for (from, to) in [("Batman", "Batman (2016)"), ("Batman (2016)", "Batman")] {
        std::fs::rename(file(from), file(to)).expect("moved");
        scan(&program, "manga").await;
        let batman = series(&program, "Batman").await;
        assert_eq!(
            (&batman["owned"], &batman["vanished"]),
            (&json!("1-4"), &json!("")),
            "{batman:#}"
        );
        for kind in ["volume.vanished", "volume.on_shelf", "volume.missing"] {
            assert_eq!(told(&program, kind).await, 0, "{kind} {from}");
        }
    }
    std::fs::rename(file("Batman"), library.path().join("Batman T02.txt")).expect("moved");
    scan(&program, "manga").await;
    assert_eq!(told(&program, "volume.vanished").await, 1, "gone for good");
}
