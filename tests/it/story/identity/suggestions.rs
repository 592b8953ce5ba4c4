//! What may be one series is said, and nobody is asked twice.

use serde_json::{Value, json};

use super::{id_of, scan};
use crate::stand_in::program::{Home, Program, shelve};

async fn suggested(program: &Program) -> Vec<String> {
    let page = program.get("series/suggestions").await;
    let line = |pair: &Value| {
        let codes: Vec<&str> = pair["reasons"]
            .as_array()
            .expect("reasons")
            .iter()
            .filter_map(|reason| reason["code"].as_str())
            .collect();
        format!(
            "{} + {}: {}",
            pair["series"]["title"].as_str().expect("a title"),
            pair["other"]["title"].as_str().expect("a title"),
            codes.join(" ")
        )
    };
    page["records"]
        .as_array()
        .expect("pairs")
        .iter()
        .map(line)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn pairs_are_suggested_until_they_are_one_or_two() {
    let library = tempfile::tempdir().expect("a folder");
    for title in [
        "Fairy Tail",
        "Fairy Tial",
        "L'Attaque des Titans",
        "Shingeki no Kyojin",
        "Akira",
        "Gantz",
    ] {
        shelve(library.path(), title, &[1, 2]);
    }
    shelve(library.path(), "Fairy Tail [EN]", &[1]);
    shelve(library.path(), "Akira Perfect Edition", &[1]);
    let mut home = Home::new().await;
    home.library(library.path());
    let program = home.start().await;
    program.scanned().await;
    let titans = id_of(&program, "L'Attaque des Titans").await;
    program
        .ask(
            "PATCH",
            &format!("series/{titans}"),
            Some(json!({"aliases": ["Shingeki no Kyojin"]})),
        )
        .await;
    let all = program.get("series?title=akira").await;
    for akira in all["records"].as_array().expect("two editions") {
        let urls = json!({"urls": ["https://anilist.co/manga/30664/Akira", "https://www.nautiljon.com/mangas/akira.html"]});
        let path = format!("series/{}/identities", akira["id"]);
        let (status, said) = program.ask("PUT", &path, Some(urls)).await;
        assert_eq!(
            (
                status,
                &said[0]["catalogue"],
                &said[0]["id"],
                &said[0]["url"]
            ),
            (
                200,
                &json!("anilist"),
                &json!("30664"),
                &json!("https://anilist.co/manga/30664")
            ),
            "{said:#}"
        );
        assert_eq!(program.get(&path).await, said);
    }
    assert_eq!(
        suggested(&program).await,
        [
            "Akira + Akira: catalogue catalogue",
            "L'Attaque des Titans + Shingeki no Kyojin: name",
            "Fairy Tail + Fairy Tial: spelling",
        ]
    );
    let page = program.get("series/suggestions?pageSize=1&page=2").await;
    assert_eq!(
        page["records"][0]["reasons"][0]["message"], "both are called 'shingeki no kyojin'",
        "{page:#}"
    );
    let dismiss = async |one: i64, other: i64| {
        let body = json!({"series": one, "other": other});
        program
            .ask("POST", "series/suggestions/dismiss", Some(body))
            .await
            .0
    };
    assert_eq!(dismiss(titans, titans).await, 409);
    assert_eq!(dismiss(titans, 4711).await, 404);
    assert_eq!(
        dismiss(id_of(&program, "Shingeki no Kyojin").await, titans).await,
        204
    );
    let (right, wrong) = (
        id_of(&program, "Fairy Tail").await,
        id_of(&program, "Fairy Tial").await,
    );
    program
        .post(&format!("series/{wrong}/merge"), json!({"into": right}))
        .await;
    scan(&program, "manga").await;
    assert_eq!(
        suggested(&program).await,
        ["Akira + Akira: catalogue catalogue"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_no_catalogue_is_refused_and_changes_nothing() {
    let library = tempfile::tempdir().expect("a folder");
    shelve(library.path(), "Akira", &[1]);
    let mut home = Home::new().await;
    home.library(library.path());
    let program = home.start().await;
    program.scanned().await;
    let path = format!("series/{}/identities", id_of(&program, "Akira").await);
    let right = json!({"urls": ["https://anilist.co/manga/30664"]});
    let (_, said) = program.ask("PUT", &path, Some(right)).await;
    let wrong =
        json!({"urls": ["https://kitsu.app/manga/akira", "https://www.amazon.fr/dp/2723428265"]});
    let (status, problem) = program.ask("PUT", &path, Some(wrong)).await;
    assert_eq!(status, 422);
    let sentence = "is no page of a series in a catalogue that is known: anilist, myanimelist";
    assert!(
        problem["detail"].to_string().contains(sentence),
        "{problem}"
    );
    assert_eq!(program.get(&path).await, said);
    let (status, said) = program.ask("PUT", &path, Some(json!({"urls": []}))).await;
    assert_eq!((status, said), (200, json!([])));
}
