//! Lists through the API, in a running program.

use super::*;
use crate::stand_in::program::Program;

async fn running(lines: Vec<Line>) -> (Scene, Program, i64) {
    let scene = Scene::new(&["Naruto"], lines).await;
    let program = scene.home.start().await;
    program.scanned().await;
    // Also on PostgreSQL, where rows of other tables are counted apart.
    let library = program.get("libraries").await[0]["id"].as_i64();
    (scene, program, library.expect("a number"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_made_read_looked_at_changed_and_removed() {
    let lines = vec![
        Line::of(1, "Berserk"),
        Line::of(2, "Naruto"),
        Line {
            status: "DROPPED",
            ..Line::of(3, "Pluto")
        },
        Line {
            format: "NOVEL",
            ..Line::of(4, "Overlord")
        },
    ];
    let (_scene, program, library) = running(lines).await;
    let new =
        json!({"catalogue": "anilist", "user": "reader", "libraryId": library, "enabled": false});
    let made = program.post("lists", new).await;
    let path = format!("lists/{}", made["id"]);
    assert_eq!(made["states"], json!(["reading", "completed", "planning"]));
    assert_eq!(
        (&made["monitored"], &made["nextReadAt"]),
        (&json!(false), &Value::Null)
    );
    let read = format!("{path}/read");
    let would = program.post(&read, json!({"dryRun": true})).await;
    assert_eq!(would["dryRun"], true);
    assert_eq!(program.get("series").await["totalRecords"], 1);
    let done = program.post(&read, json!({})).await;
    assert_eq!(done["dryRun"], false);
    for outcome in [&would, &done] {
        let counts = ["matched", "added", "known", "leftOut"].map(|field| outcome[field].as_u64());
        assert_eq!(counts, [Some(4), Some(1), Some(1), Some(2)], "{outcome}");
        assert_eq!(outcome["examples"], json!(["Berserk"]));
        let reasons = outcome["leftOutExamples"].as_array().expect("a list");
        let reason = |place: usize| reasons[place]["reason"].as_str().expect("a reason");
        assert!(reason(0).starts_with("it is 'dropped' there"), "{outcome}");
        assert!(reason(1).starts_with("it is no manga there"), "{outcome}");
    }
    let shown = program.get(&path).await;
    let counts = ["added", "known", "leftOut", "removed"].map(|field| shown[field].as_i64());
    assert_eq!(counts, [Some(1), Some(1), Some(2), Some(0)]);
    let page = program
        .get(&format!("{path}/entries?page=2&pageSize=3"))
        .await;
    assert_eq!(
        (&page["totalRecords"], &page["records"][0]["title"]),
        (&json!(4), &json!("Pluto"))
    );
    let left_out = program
        .get(&format!("{path}/entries?outcome=left_out"))
        .await;
    assert_eq!(left_out["totalRecords"], 2);
    let known = program.get(&format!("{path}/entries?outcome=known")).await;
    let naruto = &known["records"][0];
    assert_eq!(naruto["url"], "https://anilist.co/manga/2");
    let catalogues = program
        .get(&format!("series/{}/catalogues", naruto["seriesId"]))
        .await;
    let link = catalogues["catalogues"].as_array().expect("a list").iter();
    let link: Vec<_> = link.filter(|one| one["catalogue"] == "anilist").collect();
    assert_eq!(
        (&link[0]["id"], &link[0]["chosenBy"]),
        (&json!("2"), &json!("list"))
    );

    let change = json!({"states": ["dropped"], "language": "en", "enabled": true});
    let (status, changed) = program.ask("PATCH", &path, Some(change)).await;
    assert_eq!(
        (status, &changed["language"]),
        (200, &json!("en")),
        "{changed}"
    );
    crate::stand_in::eventually("it is read anew", 20, async || {
        program.get("series?title=Pluto").await["totalRecords"] == 1
    })
    .await;
    let (status, _) = program.ask("DELETE", &path, None).await;
    assert_eq!(status, 204);
    assert_eq!(program.get("lists").await, json!([]));
    assert_eq!(
        program.get("series").await["totalRecords"],
        3,
        "its series stay"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_list_is_told_and_changes_nothing() {
    let (_scene, program, library) = running(vec![Line::of(1, "Berserk")]).await;
    let new = |change: Value| {
        let mut new = json!({"catalogue": "anilist", "user": "nobody", "libraryId": library});
        let change = change.as_object().expect("an object").clone();
        new.as_object_mut().expect("an object").extend(change);
        new
    };
    let made = program.post("lists", new(json!({"enabled": false}))).await;
    let path = format!("lists/{}", made["id"]);
    for (change, status, sentence) in [
        (json!({}), 409, "of this user and for this library already"),
        (
            json!({"user": "NoBody"}),
            409,
            "of this user and for this library already",
        ),
        (
            json!({"user": "x", "states": []}),
            400,
            "states: name at least one state",
        ),
        (
            json!({"user": "x y"}),
            400,
            "user: it must be the name of a user",
        ),
        (
            json!({"user": "x", "catalogue": "bnf"}),
            400,
            "anilist, myanimelist",
        ),
        (
            json!({"user": "x", "libraryId": 987_654_321}),
            404,
            "no library with the number 987654321",
        ),
    ] {
        let (answered, problem) = program.ask("POST", "lists", Some(new(change))).await;
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert_eq!(answered, status, "{problem}");
        assert!(detail.contains(sentence), "{detail}");
    }
    let (status, problem) = program
        .ask("PATCH", &path, Some(json!({"states": []})))
        .await;
    assert_eq!(status, 400, "{problem}");
    let folder = tempfile::tempdir().expect("a folder");
    let other = json!({"name": "other", "path": folder.path()});
    let other = program.post("libraries", other).await["id"].clone();
    let moved = json!({"libraryId": other});
    let (status, moved) = program.ask("PATCH", &path, Some(moved)).await;
    assert_eq!((status, &moved["libraryId"]), (200, &other));
    let (status, problem) = program
        .ask("DELETE", &format!("libraries/{other}"), None)
        .await;
    let detail = problem["detail"].as_str().unwrap_or_default();
    assert_eq!(status, 409, "{problem}");
    assert!(detail.contains("is to hold the series of list"), "{detail}");
    let (status, problem) = program
        .ask("POST", &format!("{path}/read"), Some(json!({})))
        .await;
    assert_eq!(status, 409);
    assert!(
        problem["detail"]
            .as_str()
            .is_some_and(|detail| detail.starts_with("there is no user"))
    );
    let shown = program.get(&path).await;
    assert!(
        shown["problem"]
            .as_str()
            .is_some_and(|why| why.starts_with("there is no user"))
    );
    assert_eq!(program.get("lists").await.as_array().map(Vec::len), Some(1));
    assert_eq!(program.get("series").await["totalRecords"], 1);
    for path in ["lists/987654321", "lists/987654321/entries"] {
        assert_eq!(program.ask("GET", path, None).await.0, 404);
    }
}
