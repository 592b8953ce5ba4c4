//! What a library comes to, and one decision for many of its series.

use std::time::Duration;

use lacunarr::{
    collection::{self, Decision, How},
    domain::{
        edition::Edition,
        release::Kind,
        series::{Series, Shelf, Status},
        volume::VolumeSet,
    },
    shelving,
    store::{self, Window, link::Link, series::Filter},
};

use super::*;
use crate::story::parts::Parts;

#[tokio::test(flavor = "multi_thread")]
async fn a_group_of_the_preview_is_monitored_in_one_call() {
    let evening = Evening::with(&[
        ("Naruto", &[1, 2, 5]),
        ("Bleach", &[1, 4]),
        ("Monster", &[1, 2, 3]),
        ("Pluto", &[1, 2]),
    ])
    .await;
    evening.change("Monster", json!({"total": 3})).await;
    let program = &evening.program;
    let path = format!("libraries/{}/preview", evening.library);
    let preview = program.get(&path).await;
    let unknown = |gap: bool, known: Option<bool>| {
        let mut group = json!({"libraryId": evening.library, "status": "unknown", "missing": gap});
        if let Some(known) = known {
            group["totalKnown"] = json!(known);
        }
        group
    };
    let expected = json!({"series": 4, "monitored": 0, "missing": 4, "groups": [
        {"status": "unknown", "gap": true, "series": 2, "monitored": 0, "missing": 4, "examples": ["Bleach", "Naruto"],
            "where": unknown(true, None)},
        {"status": "unknown", "gap": false, "totalKnown": false, "series": 1, "monitored": 0, "missing": 0, "examples": ["Pluto"],
            "where": unknown(false, Some(false))},
        {"status": "unknown", "gap": false, "totalKnown": true, "series": 1, "monitored": 0, "missing": 0, "examples": ["Monster"],
            "where": unknown(false, Some(true))},
    ]});
    assert_eq!(preview, expected);
    let mut call =
        json!({"where": preview["groups"][0]["where"], "set": {"monitored": true}, "dryRun": true});
    let would = program.post("series/bulk", call.clone()).await;
    let mut outcome = json!({"dryRun": true, "matched": 2, "changed": 2, "missingBefore": 0, "missingAfter": 4, "due": 0,
        "examples": ["Bleach", "Naruto"]});
    assert_eq!(would, outcome);
    assert_eq!(program.get("wanted").await["totalRecords"], 0);
    call["dryRun"] = json!(false);
    (outcome["dryRun"], outcome["due"]) = (json!(false), json!(2));
    assert_eq!(program.post("series/bulk", call.clone()).await, outcome);
    assert_eq!(program.get("wanted").await["totalRecords"], 4);
    assert_eq!(evening.told("volume.missing").await.len(), 4);
    let again = program.post("series/bulk", call).await;
    assert_eq!(
        (&again["matched"], &again["changed"]),
        (&json!(2), &json!(0))
    );
    crate::stand_in::eventually("they are checked", 20, async || {
        let checks = program.get("checks").await;
        checks["records"][0]["seriesTotal"] == 2 && checks["records"][0]["state"] == "finished"
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_decision_contradicts_changes_nothing() {
    let evening = Evening::with(&[("Naruto", &[1, 2, 5]), ("Bleach", &[1, 4])]).await;
    evening.change("Naruto", json!({"wantedTo": "4"})).await;
    let program = &evening.program;
    let call = json!({"where": {}, "set": {"monitored": true, "wantedFrom": "5"}});
    let (status, problem) = program.ask("POST", "series/bulk", Some(call)).await;
    assert_eq!(status, 409, "{problem}");
    let detail = problem["detail"].as_str().expect("a detail");
    assert!(
        detail.starts_with("of 1 series, wantedFrom would be above wantedTo"),
        "{detail}"
    );
    assert_eq!(evening.series("bleach").await["monitored"], false);
    let call = json!({"where": {}, "set": {"profile": "nobody"}});
    let (status, problem) = program.ask("POST", "series/bulk", Some(call)).await;
    assert_eq!(
        (status, &problem["errors"][0]["field"]),
        (400, &json!("set.profile"))
    );
    // What no title can hold finds none, not all.
    let call = json!({"where": {"title": "!!!"}, "set": {"monitored": true}});
    assert_eq!(program.post("series/bulk", call).await["matched"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_of_many_series_is_ignored_at_once() {
    let evening = Evening::with(&[("Naruto", &[1, 2, 5]), ("Bleach", &[1, 4])]).await;
    let program = &evening.program;
    let everything = |set: Value| json!({"where": {"libraryId": evening.library}, "set": set});
    program
        .post(
            "series/bulk",
            everything(json!({"monitored": true, "wantedFrom": "3"})),
        )
        .await;
    assert_eq!(program.get("wanted").await["totalRecords"], 3);
    let outcome = program
        .post("series/bulk", everything(json!({"ignoreMissing": true})))
        .await;
    assert_eq!(
        (&outcome["missingBefore"], &outcome["missingAfter"]),
        (&json!(3), &json!(0))
    );
    assert_eq!(program.get("wanted").await["totalRecords"], 0);
    assert_eq!(evening.series("naruto").await["ignored"], "3-4");
    // What lies below the wanted range was not asked for, so it is not ignored either.
    program
        .post("series/bulk", everything(json!({"wantedFrom": null})))
        .await;
    assert_eq!(program.get("wanted").await["totalRecords"], 1);
}

/// Series of which each third one is ongoing, under two words, with one hole each.
async fn shelved(app: &lacunarr::app::App, count: usize) {
    let mut tx = app.db.begin().await.expect("a transaction");
    for number in 0..count {
        let series = Series {
            id: 0,
            title: format!("Series {number:05}"),
            aliases: Vec::new(),
            not_aliases: Vec::new(),
            language: "fr".into(),
            kind: Kind::Manga,
            monitored: false,
            auto_send: true,
            wanted_from: None,
            wanted_to: None,
            ignored: VolumeSet::default(),
            total: None,
            stated_total: None,
            announced: None,
            specials: <_>::default(),
            sources: Vec::new(),
            edition: Edition::Standard,
            editions: <_>::default(),
            profile: None,
        };
        let id = store::series::insert(&mut tx, &series, 1)
            .await
            .expect("a series");
        let status = [Status::Ongoing, Status::Ended, Status::Hiatus][number % 3];
        let link = Link {
            library_id: 1,
            key: format!("{number}"),
            series_id: id,
            shelf: Shelf {
                present: "1,3".parse().expect("a set"),
                ..Shelf::default()
            },
            status: Some(status),
            tags: vec![format!("tag \"{}\"", number % 2), "Shōnen".into()],
            total: None,
            said: String::new(),
        };
        store::link::put(&mut tx, &link, 1).await.expect("a link");
        shelving::refresh(&mut tx, id, 1)
            .await
            .expect("the database");
    }
    tx.commit().await.expect("written");
}

/// Rows of the history of a kind.
async fn told(app: &lacunarr::app::App, kind: &str) -> Vec<String> {
    let filter = store::event::Filter {
        kind: kind.into(),
        ..store::event::Filter::default()
    };
    let all = Window {
        limit: 1000,
        offset: 0,
    };
    let events = store::event::list(&app.db, &filter, all)
        .await
        .expect("events");
    events.records.into_iter().map(|row| row.data).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_series_are_monitored_with_one_event_and_a_nights_worth_of_searches() {
    let count = 1200;
    let parts = Parts::new(Vec::new()).await;
    let app = parts.starts().await;
    shelved(&app, count).await;
    let monitor = Decision {
        monitored: Some(true),
        ..Decision::default()
    };
    let matching = async |filter: Filter| {
        let outcome = collection::decide(&app, &filter, &monitor, true).await;
        outcome.expect("a preview").matched as usize
    };
    let by = Filter::default;
    assert_eq!(
        matching(Filter {
            status: Some(Some(Status::Ended)),
            ..by()
        })
        .await,
        count / 3
    );
    assert_eq!(
        matching(Filter {
            status: Some(None),
            ..by()
        })
        .await,
        1,
        "Naruto, of a folder"
    );
    assert_eq!(
        matching(Filter {
            tag: "TAG \"1\"".into(),
            ..by()
        })
        .await,
        count / 2
    );
    for (tag, expected) in [("SHŌNEN", count), ("shonen", count), ("tag", 0), ("☆", 0)] {
        let found = matching(Filter {
            tag: tag.into(),
            ..by()
        });
        assert_eq!(found.await, expected, "{tag}");
    }
    assert_eq!(
        matching(Filter {
            ids: vec![1, 2, 987_654_321],
            ..by()
        })
        .await,
        2
    );
    assert_eq!(
        matching(Filter {
            language: "en".into(),
            ..by()
        })
        .await,
        0
    );
    assert_eq!(
        matching(Filter {
            kind: Some(Kind::Bd),
            ..by()
        })
        .await,
        0
    );
    assert_eq!(
        matching(Filter {
            title: "séries 0000".into(),
            ..by()
        })
        .await,
        10
    );
    let overview = collection::overview(&app, 1).await.expect("an overview");
    let first = &overview.groups[0];
    let ongoing = first.filter.clone();
    assert_eq!(ongoing.status, Some(Some(Status::Ongoing)));
    assert_eq!(
        (first.series as usize, first.missing as usize),
        (count / 3, count / 3)
    );
    let outcome = collection::decide(&app, &ongoing, &monitor, false)
        .await
        .expect("done");
    assert_eq!((outcome.changed as usize, outcome.due), (count / 3, 150));
    let digest = format!("{{\"count\":{},\"of\":\"volume.missing\"}}", count / 3);
    assert_eq!(told(&app, "digest").await, [digest]);
    let rest = Filter {
        library: Some(1),
        ..by()
    };
    let outcome = collection::decide(&app, &rest, &monitor, false)
        .await
        .expect("done");
    assert_eq!(
        outcome.missing_after as usize,
        count + 2,
        "with Naruto's two"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_waits_for_nobody_who_writes() {
    let parts = Parts::new(Vec::new()).await;
    let app = parts.starts().await;
    shelved(&app, 3).await;
    let mut tx = app.db.begin().await.expect("a transaction");
    store::library::lock(&mut tx, 1).await.expect("held");
    store::series::hold_all(&mut tx).await.expect("held");
    let monitor = Decision {
        monitored: Some(true),
        ..Decision::default()
    };
    let everything = Filter::default();
    let dry = How {
        dry_run: true,
        ..How::default()
    };
    let looks = async {
        let decided = collection::decide(&app, &everything, &monitor, true).await;
        let table = b"title,total\nSeries 00001,9\nBerserk,42\n";
        let imported = collection::import(&app, table, dry).await;
        (
            decided.expect("a preview").changed,
            imported.expect("a preview"),
        )
    };
    let looked = tokio::time::timeout(Duration::from_secs(10), looks).await;
    let (changed, imported) = looked.expect("nobody was waited for");
    assert_eq!(
        (changed, imported.changed, imported.added, imported.written),
        (3, 1, 1, false)
    );
}
