//! What catalogues find: series that are added from them, searches in all of them, and what waits for a choice.

use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::stand_in::{
    catalogue::{
        api::{Api, Fault},
        bnf::{self, Volume},
        mangaupdates,
        nautiljon::Nautiljon,
        site,
    },
    eventually,
    program::{Home, Program, shelve},
};

/// A library with Naruto, two catalogues without a pause, and nothing that is done by itself.
struct Scene {
    home: Home,
    nautiljon: Nautiljon,
    mangaupdates: Api,
    library: TempDir,
}

impl Scene {
    async fn new() -> Self {
        let (nautiljon, mangaupdates) = (Nautiljon::start(), mangaupdates::start());
        let library = tempfile::tempdir().expect("a folder");
        shelve(library.path(), "Naruto", &[1, 3]);
        let mut home = Home::new().await;
        home.library(library.path())
            .set("SETTINGS__ENABLED", "false");
        let mut scene = Self {
            home,
            nautiljon,
            mangaupdates,
            library,
        };
        let urls = [
            ("NAUTILJON", scene.nautiljon.site.url()),
            ("MANGAUPDATES", scene.mangaupdates.url()),
        ];
        for (name, url) in urls {
            scene.catalogue(name, url.as_str());
        }
        scene
    }

    fn catalogue(&mut self, name: &str, url: &str) {
        self.home
            .set(&format!("CATALOGUES__{name}__ENABLED"), "true")
            .set(&format!("CATALOGUES__{name}__URL"), url)
            .set(&format!("CATALOGUES__{name}__PACE_SECONDS"), "0")
            .set(&format!("CATALOGUES__{name}__TIMEOUT_SECONDS"), "2");
    }

    async fn starts(&self) -> Program {
        let program = self.home.start().await;
        program.scanned().await;
        program
    }
}

/// The number of the first library.
async fn library(program: &Program) -> Value {
    program.get("libraries").await[0]["id"].clone()
}

async fn add(program: &Program, catalogue: &str, mut body: Value) -> (u16, Value) {
    body["libraryId"] = library(program).await;
    let path = format!("catalogues/{catalogue}/series");
    program.ask("POST", &path, Some(body)).await
}

/// Each event of a kind.
async fn told(program: &Program, kind: &str) -> Vec<Value> {
    let page = program.get(&format!("history?type={kind}")).await;
    page["records"].as_array().expect("records").clone()
}

#[tokio::test]
async fn a_series_that_is_not_owned_is_added_from_a_catalogue_with_what_is_missing_of_it() {
    let scene = Scene::new().await;
    let program = scene.starts().await;
    let body = json!({"id": "https://www.nautiljon.com/mangas/dragon+ball.html"});
    let (status, series) = add(&program, "nautiljon", body).await;
    assert_eq!(status, 201, "{series}");
    let seen = [
        "title",
        "kind",
        "countedBy",
        "missing",
        "monitored",
        "edition",
    ];
    assert_eq!(
        seen.map(|field| series[field].clone()),
        [
            json!("Dragon Ball"),
            json!("manga"),
            json!("nautiljon"),
            json!("1-42"),
            json!(true),
            json!("standard")
        ]
    );
    assert_eq!(series["aliases"], json!(["ドラゴンボール"]));
    let asked = scene.nautiljon.site.asked();
    assert_eq!(asked.len(), 1, "one request: {asked:?}");
    let counted = program
        .get(&format!("series/{}/catalogues", series["id"]))
        .await;
    let link = &counted["catalogues"][0];
    assert_eq!(
        (&link["id"], &link["chosenBy"]),
        (&json!("dragon+ball"), &json!("user"))
    );
    let added = told(&program, "series.added").await;
    let ours = added
        .iter()
        .find(|event| event["data"]["series"]["title"] == "Dragon Ball");
    let ours = ours.expect("it is told");
    assert_eq!(ours["data"]["missing"], "1-42", "{ours}");
    assert!(
        told(&program, "volume.missing").await.is_empty(),
        "the first count is told with the series"
    );
    program.stop();
    assert!(scene.library.path().is_dir());
}

#[tokio::test]
async fn what_cannot_be_added_from_a_catalogue_says_why_and_changes_nothing() {
    let scene = Scene::new().await;
    let program = scene.starts().await;
    let known = program
        .post(
            "series",
            json!({"title": "One Piece", "libraryId": library(&program).await}),
        )
        .await;
    let before = program.get("series").await;
    for (catalogue, body, expected, sentence) in [
        (
            "nautiljon",
            json!({}),
            400,
            "say which series it is: give its id there, or the ISBN of one of its volumes",
        ),
        (
            "nautiljon",
            json!({"id": "x", "isbn": "9782723488525"}),
            400,
            "it is given beside the id; leave one of the two out",
        ),
        (
            "nautiljon",
            json!({"isbn": "978-2-7234-8852-6"}),
            400,
            "no ISBN of thirteen digits whose last one fits",
        ),
        (
            "nautiljon",
            json!({"isbn": "978-2-7234-8852-5"}),
            409,
            "finds nothing by an ISBN; bnf and opentome do",
        ),
        (
            "nautiljon",
            json!({"id": "https://anilist.co/manga/30013"}),
            400,
            "is no id of nautiljon",
        ),
        (
            "nautiljon",
            json!({"id": "no+such+series"}),
            404,
            "nautiljon has no series 'no+such+series'",
        ),
        (
            "nautiljon",
            json!({"id": "dragon+ball", "edition": "nonsense"}),
            400,
            "edition",
        ),
        (
            "nautiljon",
            json!({"id": "one+piece"}),
            409,
            "'One Piece' (fr, standard) is known already",
        ),
        (
            "mangaupdates",
            json!({"id": "2"}),
            400,
            "'One Piece: Ace's Story' is no manga, BD or comics there, but a novel",
        ),
        ("anilist", json!({"id": "1"}), 409, "switched off"),
        ("nowhere", json!({"id": "1"}), 404, "no such catalogue"),
    ] {
        let (status, answer) = add(&program, catalogue, body.clone()).await;
        assert_eq!(status, expected, "{body}: {answer}");
        assert!(answer.to_string().contains(sentence), "{body}: {answer}");
        if sentence.contains("is known already") {
            assert_eq!(answer["existing"], known["id"]);
        }
    }
    assert_eq!(program.get("series").await, before, "nothing is changed");

    let (status, first) = add(&program, "nautiljon", json!({"id": "dragon+ball"})).await;
    assert_eq!(status, 201, "{first}");
    let another = json!({"id": "dragon+ball", "title": "Les sept boules de cristal"});
    let (status, answer) = add(&program, "nautiljon", another).await;
    assert_eq!(
        (status, &answer["existing"]),
        (409, &first["id"]),
        "{answer}"
    );
    let japanese = json!({"id": "dragon+ball", "language": "ja", "monitored": false});
    let (status, other) = add(&program, "nautiljon", japanese).await;
    assert_eq!(status, 201, "another language is another series: {other}");
    assert_eq!(other["monitored"], false);

    let novel = json!({"id": "2", "kind": "auto", "language": "en"});
    let (status, novel) = add(&program, "mangaupdates", novel).await;
    assert_eq!(status, 201, "with a kind it is taken: {novel}");

    scene.nautiljon.site.asked();
    scene.nautiljon.site.fails(site::Fault::Challenge(403));
    let (status, answer) = add(&program, "nautiljon", json!({"id": "one+piece"})).await;
    assert_eq!(status, 409, "{answer}");
    assert!(answer.to_string().contains("has banned this address"));
    let (status, answer) = add(&program, "nautiljon", json!({"id": "one+piece"})).await;
    assert_eq!(status, 409, "{answer}");
    assert!(
        answer.to_string().contains("left alone for now"),
        "{answer}"
    );
    assert_eq!(scene.nautiljon.site.asked().len(), 1);
    program.stop();
}

#[tokio::test]
async fn aliases_that_are_the_title_of_another_series_are_left_out() {
    let scene = Scene::new().await;
    let program = scene.starts().await;
    let title = json!({"title": "20世紀少年", "libraryId": library(&program).await});
    program.post("series", title).await;
    let body = json!({"id": "4", "title": "Les enfants du XXe siècle"});
    let (status, series) = add(&program, "mangaupdates", body).await;
    assert_eq!(status, 201, "{series}");
    assert_eq!(series["aliases"], json!(["20th Century Boys"]));
    program.stop();
}

#[tokio::test]
async fn an_isbn_leads_to_its_series_and_to_none_when_several_have_it() {
    let volume = |record, set, series, number, isbn| Volume {
        record,
        set,
        series,
        number,
        year: 2013,
        isbn,
        ..Volume::default()
    };
    let bnf = bnf::start(vec![
        volume(
            10_000_001,
            20_000_001,
            "Silver spoon",
            1,
            "978-2-7234-8852-5",
        ),
        volume(10_000_002, 20_000_001, "Silver spoon", 2, ""),
        volume(10_000_003, 20_000_002, "Silver", 1, "978-2-8116-4571-7"),
        volume(10_000_004, 20_000_003, "Silver", 1, "978-2-8116-4571-7"),
    ]);
    let mut scene = Scene::new().await;
    scene.catalogue("BNF", bnf.url().as_str());
    let program = scene.starts().await;

    let (status, answer) = add(&program, "bnf", json!({"isbn": "9782344000014"})).await;
    assert_eq!(status, 404, "{answer}");
    assert!(
        answer
            .to_string()
            .contains("bnf knows no series with a volume of the ISBN")
    );

    let (status, answer) = add(&program, "bnf", json!({"isbn": "978-2-8116-4571-7"})).await;
    assert_eq!(status, 409, "{answer}");
    let detail = answer["detail"].as_str().expect("a sentence");
    assert_eq!(detail.matches("'Silver").count(), 2, "{detail}");
    assert!(detail.ends_with("Give the id of one"), "{detail}");

    let body = json!({"isbn": "978-2-7234-8852-5", "kind": "manga"});
    let (status, series) = add(&program, "bnf", body).await;
    assert_eq!(status, 201, "{series}");
    assert_eq!(
        (&series["title"], &series["missing"]),
        (&json!("Silver spoon"), &json!("1-2"))
    );
    program.stop();
}

#[tokio::test]
async fn a_search_in_all_catalogues_tells_who_found_nothing_from_who_could_not_be_asked() {
    let scene = Scene::new().await;
    let program = scene.starts().await;
    let by_name = async |query: &str| {
        let all = program
            .get(&format!("catalogues/search?query={query}"))
            .await;
        let all = all.as_array().expect("a list").clone();
        let told = all.into_iter().map(|one| {
            let found = one["found"].as_array().expect("a list").len();
            let problem = one["problem"].as_str().unwrap_or_default().to_owned();
            (
                one["catalogue"].as_str().expect("a name").to_owned(),
                (found, problem),
            )
        });
        told.collect::<std::collections::BTreeMap<_, _>>()
    };
    let found = by_name("One%20Piece").await;
    assert_eq!(found.len(), 2, "those that are switched on: {found:?}");
    assert_eq!(found["nautiljon"], (0, String::new()), "it found nothing");
    assert_eq!(found["mangaupdates"], (3, String::new()));

    scene.mangaupdates.fail(Fault::Status(503, "{}"));
    let found = by_name("One%20Piece").await;
    assert_eq!(found["nautiljon"], (0, String::new()));
    let (count, problem) = &found["mangaupdates"];
    assert_eq!(*count, 0);
    assert!(problem.contains("answered HTTP 503"), "{problem}");

    let found = by_name("978-2-7234-8852-5").await;
    assert!(found["nautiljon"].1.contains("finds nothing by an ISBN"));
    program.stop();
}

#[tokio::test]
async fn what_waits_for_a_choice_is_one_list_and_a_choice_teaches_the_other_titles() {
    let mut scene = Scene::new().await;
    scene
        .home
        .set("SETTINGS__ENABLED", "true")
        .set("CATALOGUES__NAUTILJON__ENABLED", "false");
    for title in ["One Piece Part", "20th Century Boy", "Nowhere To Be Found"] {
        shelve(scene.library.path(), title, &[1]);
    }
    let program = scene.starts().await;
    let list = async |query: &str| {
        let page = program.get(&format!("catalogues/candidates?{query}")).await;
        let records = page["records"].as_array().expect("records").clone();
        (page["totalRecords"].clone(), records)
    };
    // It may have looked before the series were there.
    let any = program.get("series?title=One%20Piece%20Part").await["records"][0]["id"].clone();
    program
        .post(&format!("series/{any}/catalogues/refresh"), json!({}))
        .await;
    eventually("all were looked for", 60, async || {
        list("state=notFound").await.0 == 2 && list("").await.0 == 2
    })
    .await;
    let (_, waiting) = list("state=candidates").await;
    let mut titles: Vec<_> = waiting
        .iter()
        .map(|one| {
            let candidates = one["candidates"].as_array().expect("a list");
            let candidate = &candidates[0];
            (
                one["title"].clone(),
                candidate["title"].clone(),
                candidates.len(),
            )
        })
        .collect();
    titles.sort_by_key(|(title, ..)| title.to_string());
    assert_eq!(
        titles,
        [
            (json!("20th Century Boy"), json!("20th Century Boys"), 1),
            (json!("One Piece Part"), json!("One Piece Party"), 1)
        ]
    );
    let (total, second) = list("page=2&pageSize=1").await;
    // It may have been looked for once more meanwhile, which is another time.
    let shown = |one: &Value| ["seriesId", "title", "candidates"].map(|field| one[field].clone());
    assert_eq!((total, shown(&second[0])), (json!(2), shown(&waiting[1])));
    let (_, lost) = list("state=notFound").await;
    assert_eq!(lost[0]["title"], "Naruto");
    assert_eq!(lost[1]["title"], "Nowhere To Be Found");
    assert_eq!(
        lost[1]["problem"],
        "it was not found there by any of its names"
    );
    assert_eq!(lost[1]["candidates"], json!([]));

    let boy = waiting
        .iter()
        .find(|one| one["title"] == "20th Century Boy");
    let boy = boy.expect("it waits");
    let (id, chosen) = (&boy["seriesId"], &boy["candidates"][0]["id"]);
    let path = format!("series/{id}");
    let body = json!({"notAliases": ["20世紀少年"]});
    program.ask("PATCH", &path, Some(body)).await;
    let there = format!("series/{id}/catalogues/mangaupdates");
    let (status, answer) = program
        .ask("PUT", &there, Some(json!({"id": "99999"})))
        .await;
    assert_eq!(status, 404, "{answer}");
    let told = answer["detail"].as_str().expect("a sentence");
    assert!(told.contains("no series with the id '99999'"), "{told}");
    let body = json!({"id": chosen});
    program.ask("PUT", &there, Some(body)).await;
    eventually("its other titles are learnt", 60, async || {
        program.get(&path).await["aliases"] == json!(["20th Century Boys"])
    })
    .await;
    assert_eq!(list("").await.0, 1, "it does not wait any more");

    let body = json!({"aliases": []});
    program.ask("PATCH", &path, Some(body)).await;
    scene.mangaupdates.asked();
    program
        .post(&format!("series/{id}/catalogues/refresh"), json!({}))
        .await;
    eventually("it is asked again", 60, async || {
        scene.mangaupdates.has_been_asked()
    })
    .await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(
        program.get(&path).await["aliases"],
        json!([]),
        "only the first answer teaches"
    );
    program.stop();
}
