//! Everything of a series becomes another's, and all of it comes back.

use serde_json::{Value, json};

use lacunarr::{
    domain::grab::{GrabState, Observation},
    pipeline::sending,
    shelving, store,
};

use super::{each, id_of, scan, series, told};
use crate::{
    stand_in::{
        program::{Home, Program, shelve},
        prowlarr::{Indexer, Release},
    },
    story::parts::{Parts, check},
};

/// Naruto, of which 3 is missing, and a folder of later volumes, of which 7 is; both are on their way, and a question is open for each.
async fn two_that_are_one(more: Vec<Release>) -> (Parts, Program) {
    let mut releases = vec![
        Release::new(1, "Naruto T03 [CBZ] FR"),
        Release::new(1, "Naruto Kishimoto T07 [CBZ] FR"),
        Release::new(1, "Narutoo Kishimoto T02 [CBZ] FR"),
    ];
    releases.extend(more);
    let indexers = vec![Indexer::public(1, "Nyaa")];
    let mut parts = Parts::shelving(&[1, 2, 4], indexers, releases).await;
    shelve(parts.library(), "Naruto Kishimoto", &[5, 6, 8]);
    // What is one now is due, and a check in between would judge again.
    parts
        .home
        .set("LIBRARIES__MANGA__ARMED", "true")
        .set("SETTINGS__ENABLED", "false");
    let program = parts.home.start().await;
    program.scanned().await;
    program.check(json!({})).await;
    (parts, program)
}

/// What is known of the program that a merge moves, by series.
async fn all_of(program: &Program) -> Vec<Value> {
    let mut all = Vec::new();
    for path in [
        "series",
        "grabs",
        "reviews",
        "history?type=grab.sent",
        "offers?pageSize=200",
    ] {
        let page = program.get(path).await;
        let mut records = page["records"].as_array().expect("records").clone();
        for record in &mut records {
            let fields = record.as_object_mut().expect("an object");
            fields.retain(|field, _| !["updatedAt", "checkedAt"].contains(&field.as_str()));
        }
        records.sort_by_key(|record| record["id"].as_i64());
        all.push(records.into());
    }
    for path in ["wanted", "blocked", "rules"] {
        all.push(program.get(path).await);
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_takes_everything_and_its_undoing_gives_everything_back() {
    let (parts, program) = two_that_are_one(Vec::new()).await;
    let (naruto, other) = (
        id_of(&program, "Naruto").await,
        id_of(&program, "Naruto Kishimoto").await,
    );
    program
        .ask(
            "PATCH",
            &format!("series/{other}"),
            Some(json!({"aliases": ["NRT"], "ignored": "9"})),
        )
        .await;
    let sent = each(&program, "grabs", "seriesId").await;
    assert_eq!(sent.len(), 2, "{sent:?}");
    assert!(
        sent.contains(&json!(naruto)) && sent.contains(&json!(other)),
        "{sent:?}"
    );
    // Both know the same release, and want it no more.
    let offers = program.get("offers?pageSize=200").await;
    for offer in offers["records"].as_array().expect("offers") {
        if offer["title"] == "Narutoo Kishimoto T02 [CBZ] FR" {
            let body = json!({"offerId": offer["id"], "reason": "cut"});
            program.post("blocked", body).await;
        }
    }
    let rule = json!({"name": "no Papa", "seriesId": other, "when": [{"field": "group", "test": "is", "values": ["papa"]}], "then": "refuse"});
    program.post("rules", rule).await;
    let missing_told = told(&program, "volume.missing").await;
    let before = all_of(&program).await;

    let merged = program
        .post(&format!("series/{other}/merge"), json!({"into": naruto}))
        .await;
    let now = &merged["series"];
    assert_eq!(
        (&now["owned"], &now["missing"], &now["ignored"]),
        (&json!("1-2,4-6,8"), &json!("3,7"), &json!("9")),
        "{now:#}"
    );
    assert_eq!(now["aliases"], json!(["Naruto Kishimoto", "NRT"]));
    assert_eq!(program.get("series").await["totalRecords"], 1);
    let of_naruto = json!(naruto);
    for path in ["grabs", "reviews", "history?type=grab.sent", "wanted"] {
        let of = each(&program, path, "seriesId").await;
        assert!(
            !of.is_empty() && of.iter().all(|id| *id == of_naruto),
            "{path}: {of:?}"
        );
    }
    assert_eq!(
        each(&program, "wanted", "state").await,
        ["on_its_way", "on_its_way"]
    );
    assert_eq!(
        each(&program, "blocked", "seriesId").await,
        std::slice::from_ref(&of_naruto)
    );
    assert_eq!(
        each(&program, "rules", "seriesId").await,
        std::slice::from_ref(&of_naruto)
    );
    let (status, gone) = program.ask("GET", &format!("series/{other}"), None).await;
    let sentence = format!(
        "merged into series {naruto}; DELETE /api/v1/merges/{}",
        merged["mergeId"]
    );
    assert_eq!(status, 404);
    assert!(gone["detail"].to_string().contains(&sentence), "{gone}");

    let renamed = parts.library().join("Naruto Kishimoto (2002)");
    std::fs::rename(parts.library().join("Naruto Kishimoto"), &renamed).expect("renamed");
    scan(&program, "manga").await;
    assert_eq!(program.get("series").await["totalRecords"], 1);
    let links = program.get(&format!("series/{naruto}/links")).await;
    let link = &links[1];
    assert_eq!(
        (&link["key"], &link["mergedFrom"], &link["files"]),
        (&json!("Naruto Kishimoto (2002)"), &json!(other), &json!(3)),
        "{links:#}"
    );
    assert_eq!(
        told(&program, "volume.missing").await,
        missing_told,
        "nothing is told twice"
    );

    let merges = program.get("merges").await;
    assert_eq!(
        merges["records"][0]["fromTitle"], "Naruto Kishimoto",
        "{merges:#}"
    );
    let undo = format!("merges/{}", merged["mergeId"]);
    let (status, undone) = program.ask("DELETE", &undo, None).await;
    assert_eq!(
        (status, &undone["series"]["id"], &undone["into"]["id"]),
        (200, &json!(other), &of_naruto),
        "{undone:#}"
    );
    pretty_assert(&before, &all_of(&program).await);
    assert_eq!(
        told(&program, "volume.missing").await,
        missing_told,
        "nor after that"
    );
    assert_eq!(program.get("merges").await["totalRecords"], 0);
    let (status, problem) = program.ask("DELETE", &undo, None).await;
    assert_eq!(status, 404, "{problem}");
    scan(&program, "manga").await;
    assert_eq!(series(&program, "Naruto Kishimoto").await["owned"], "5-6,8");
    assert_eq!(series(&program, "Naruto").await["owned"], "1-2,4");
}

fn pretty_assert(before: &[Value], after: &[Value]) {
    assert_eq!(before.len(), after.len());
    for (before, after) in before.iter().zip(after) {
        let (before, after) = (in_order(before), in_order(after));
        assert_eq!(before, after, "before {before:#}\nafter {after:#}");
    }
}

/// Of what came into being in one instant either may come first, and offers are seen again by whatever looks for recent ones.
fn in_order(list: &Value) -> Value {
    let mut list = list.clone();
    if let Some(records) = list.as_array_mut() {
        for record in records.iter_mut().filter_map(Value::as_object_mut) {
            record.remove("lastSeenAt");
        }
        records.sort_by_key(Value::to_string);
    }
    list
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_after_a_merge_stays() {
    let (_parts, program) = two_that_are_one(Vec::new()).await;
    let (naruto, other) = (
        id_of(&program, "Naruto").await,
        id_of(&program, "Naruto Kishimoto").await,
    );
    let merged = program
        .post(&format!("series/{other}/merge"), json!({"into": naruto}))
        .await;
    let change = json!({"aliases": ["Naruto Kishimoto", "NRT"], "ignored": "4"});
    program
        .ask("PATCH", &format!("series/{naruto}"), Some(change))
        .await;
    let grabs = program.get("grabs").await;
    let grabs = grabs["records"].as_array().expect("grabs");
    let of_other = grabs
        .iter()
        .find(|grab| grab["reserves"] == "7")
        .expect("its download");
    program
        .post(&format!("grabs/{}/give-up", of_other["id"]), json!({}))
        .await;
    assert_eq!(series(&program, "Naruto").await["missing"], "3,7");
    program
        .ask("DELETE", &format!("merges/{}", merged["mergeId"]), None)
        .await;
    let (naruto, other) = (
        series(&program, "Naruto").await,
        series(&program, "Naruto Kishimoto").await,
    );
    assert_eq!(
        (&naruto["aliases"], &naruto["ignored"]),
        (&json!(["NRT"]), &json!("4"))
    );
    assert_eq!(other["missing"], "1-4,7");
    let wanted = program
        .get(&format!("wanted?seriesId={}", other["id"]))
        .await;
    let states = wanted["records"].as_array().expect("wants").iter();
    assert!(
        states.clone().all(|want| want["state"] != "on_its_way"),
        "{wanted:#}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_must_not_be_one_is_refused_with_a_sentence() {
    let (parts, program) =
        two_that_are_one(vec![Release::new(1, "Naruto Kishimoto T03 [CBZ] FR")]).await;
    shelve(parts.library(), "Bleach [EN]", &[1]);
    shelve(parts.library(), "Bleach Chapters", &[1]);
    scan(&program, "manga").await;
    let (naruto, other) = (
        id_of(&program, "Naruto").await,
        id_of(&program, "Naruto Kishimoto").await,
    );
    let chapters = id_of(&program, "Bleach Chapters").await;
    let english = each(&program, "series?title=bleach", "id").await[0].as_i64();
    let english = english.expect("a number");
    program
        .ask(
            "PATCH",
            &format!("series/{chapters}"),
            Some(json!({"kind": "chapters"})),
        )
        .await;
    for (from, into, status, sentence) in [
        (naruto, naruto, 409, "one and the same series"),
        (
            english,
            naruto,
            409,
            "one is in the language en, the other in fr",
        ),
        (
            chapters,
            naruto,
            409,
            "one counts chapters, the other volumes",
        ),
        (naruto, 4711, 404, "no series with the number 4711"),
        (4711, naruto, 404, "no series with the number 4711"),
    ] {
        let (got, problem) = program
            .ask(
                "POST",
                &format!("series/{from}/merge"),
                Some(json!({"into": into})),
            )
            .await;
        assert_eq!(got, status, "{problem}");
        assert!(
            problem["detail"].to_string().contains(sentence),
            "{problem}"
        );
    }
    let (status, problem) = program
        .ask(
            "POST",
            &format!("series/{other}/merge"),
            Some(json!({"into": naruto})),
        )
        .await;
    assert_eq!(status, 409);
    assert!(
        problem["detail"]
            .to_string()
            .contains("volume 3 is on its way for both"),
        "{problem}"
    );
    assert_eq!(
        program.get("merges").await["totalRecords"],
        0,
        "nothing was changed"
    );
    assert_eq!(series(&program, "Naruto Kishimoto").await["owned"], "5-6,8");
}

#[tokio::test(flavor = "multi_thread")]
async fn merges_of_merges_are_undone_from_the_last_one() {
    let (here, there) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    for (title, volumes) in [
        ("Akira", [1, 2]),
        ("Akira Otomo", [3, 4]),
        ("Akira Glenat", [5, 6]),
    ] {
        shelve(here.path(), title, &volumes);
    }
    shelve(there.path(), "Akira Otomo", &[7]);
    let mut home = Home::new().await;
    home.library(here.path());
    let program = home.start().await;
    program.scanned().await;
    let mut ids = Vec::new();
    for title in ["Akira", "Akira Otomo", "Akira Glenat"] {
        ids.push(id_of(&program, title).await);
    }
    let merge = async |from: i64, into: i64| {
        let path = format!("series/{from}/merge");
        program.post(&path, json!({"into": into})).await["mergeId"].clone()
    };
    let first = merge(ids[1], ids[2]).await;
    let last = merge(ids[2], ids[0]).await;
    assert_eq!(series(&program, "Akira").await["owned"], "1-6");

    // Who has its old number is told which one it is now.
    for id in [ids[1], ids[2]] {
        let into = Some(json!({"into": id}));
        let (status, problem) = program
            .ask("POST", &format!("series/{}/merge", ids[0]), into)
            .await;
        let sentence = format!("series {id} was merged into series {}; DELETE", ids[0]);
        assert_eq!(status, 404, "{problem}");
        assert!(
            problem["detail"].to_string().contains(&sentence),
            "{problem}"
        );
    }

    // Another library shows a title that was merged away.
    let path = there.path().to_str().expect("UTF-8");
    let other = json!({"name": "other", "path": path, "content": "manga", "language": "fr"});
    program.post("libraries", other).await;
    program.scanned().await;
    assert_eq!(program.get("series").await["totalRecords"], 1);
    assert_eq!(series(&program, "Akira").await["owned"], "1-7");

    let (status, problem) = program
        .ask("DELETE", &format!("merges/{first}"), None)
        .await;
    assert_eq!(status, 409);
    let sentence = format!("undo that first: DELETE /api/v1/merges/{last}");
    assert!(
        problem["detail"].to_string().contains(&sentence),
        "{problem}"
    );
    for (merge, expected) in [
        (last, vec![("Akira", "1-2,7"), ("Akira Glenat", "3-6")]),
        (
            first,
            vec![
                ("Akira", "1-2,7"),
                ("Akira Glenat", "5-6"),
                ("Akira Otomo", "3-4"),
            ],
        ),
    ] {
        let (status, undone) = program
            .ask("DELETE", &format!("merges/{merge}"), None)
            .await;
        assert_eq!(status, 200, "{undone}");
        for (title, owned) in expected {
            assert_eq!(series(&program, title).await["owned"], owned, "{title}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_questions_of_one_cause_become_one_and_two_again() {
    let releases = vec![
        Release::new(1, "Naruto T03 [CBZ] FR"),
        Release::new(1, "Naruto Kishimoto T07 [CBZ] FR"),
    ];
    let mut parts = Parts::shelving(&[1, 2, 4], vec![Indexer::public(1, "Nyaa")], releases).await;
    // What is one now is due, and a check in between would judge again.
    parts.home.set("SETTINGS__ENABLED", "false");
    shelve(parts.library(), "Naruto Kishimoto", &[1, 2, 5, 6, 8]);
    let program = parts.home.start().await;
    program.scanned().await;
    program.check(json!({})).await;
    let before = all_of(&program).await;
    let open = async || {
        let mut asked = each(&program, "reviews?state=open", "volumes").await;
        asked.sort_by_key(Value::to_string);
        asked
    };
    assert_eq!(open().await, ["3", "7"]);
    let ids = (
        id_of(&program, "Naruto").await,
        id_of(&program, "Naruto Kishimoto").await,
    );
    let merged = program
        .post(&format!("series/{}/merge", ids.1), json!({"into": ids.0}))
        .await;
    assert_eq!(open().await, ["3,7"]);
    let undo = format!("merges/{}", merged["mergeId"]);
    let (status, undone) = program.ask("DELETE", &undo, None).await;
    assert_eq!(status, 200, "{undone}");
    pretty_assert(&before, &all_of(&program).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_learned_before_a_merge_is_told_of_the_series_that_it_is_now() {
    let indexers = vec![Indexer::public(1, "Nyaa")];
    let releases = vec![Release::new(1, "Naruto T03 [CBZ] FR")];
    let mut parts = Parts::shelving(&[1, 2, 4], indexers, releases).await;
    shelve(parts.library(), "Naruto Kishimoto", &[5, 6]);
    parts.home.set("LIBRARIES__MANGA__ARMED", "true");
    let app = parts.starts().await;
    check(&app).await;
    let other = store::series::by_title(&app.db, "Naruto Kishimoto").await;
    let other = other.expect("series")[0];
    // As whoever asked the client knows it.
    let known = store::grab::in_clients(&app.db).await.expect("grabs");
    let [grab] = <[_; 1]>::try_from(known).expect("one");
    assert_eq!(grab.series_id, 1);
    shelving::merge(&app, 1, other).await.expect("one series");
    let gone = Observation::GivenUp;
    let state = sending::advance_known(&app, &grab, gone, "given up by hand").await;
    assert_eq!(state.expect("written"), GrabState::Failed);
    let told = store::event::of_grab(&app.db, other, grab.id).await;
    let told = told.expect("the history");
    let last = told.last().expect("it is told");
    let data: Value = serde_json::from_str(&last.data).expect("JSON");
    assert_eq!(
        (&*last.kind, &data["series"]["id"], &data["series"]["title"]),
        ("grab.failed", &json!(other), &json!("Naruto Kishimoto")),
        "{data:#}"
    );
}
