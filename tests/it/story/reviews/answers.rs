//! Answers that hold for more than one review: many at once, always, never.

use serde_json::{Value, json};

use super::{Scene, causes, scene};
use crate::stand_in::prowlarr::Release;

impl Scene {
    async fn bulk(&self, body: Value) -> (u16, Value) {
        self.program.ask("POST", "reviews/answer", Some(body)).await
    }

    /// The open review of a cause.
    async fn about(&self, cause: &str) -> Value {
        let open = self.open().await;
        let found = open.iter().find(|review| review["cause"] == cause);
        found.unwrap_or_else(|| panic!("{cause}: {open:?}")).clone()
    }

    async fn profile(&self) -> Value {
        self.program.get("profiles/default").await["profile"].clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_are_answered_at_once_and_one_that_fails_stops_no_other() {
    let scene = scene(vec![
        Release::new(1, "Oshi no Ko T03 [CBZ] FR"),
        Release::new(1, "Oshinoko T04 [CBZ] FR"),
    ])
    .await;
    scene.program.check(json!({})).await;
    let (approval, weak) = (
        scene.about("approval").await,
        scene.about("weak_title").await,
    );
    scene.answer(&approval, "reject", json!({})).await;
    let ids = json!([approval["id"], 987_654, weak["id"], weak["id"]]);
    let (status, answered) = scene
        .bulk(json!({"ids": ids, "answer": "approve", "always": "alias"}))
        .await;
    assert_eq!(status, 200, "{answered}");
    let outcomes: Vec<(&Value, &str)> = answered["reviews"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| (&one["id"], one["outcome"].as_str().expect("a word")))
        .collect();
    assert_eq!(
        outcomes,
        [
            (&approval["id"], "failed"),
            (&json!(987_654), "failed"),
            (&weak["id"], "approved")
        ],
        "{answered}"
    );
    for (place, word) in [
        (0, "rejected already"),
        (1, "987654"),
        (2, "Oshinoko T04 [CBZ] FR was sent for 4"),
    ] {
        let message = answered["reviews"][place]["message"].to_string();
        assert!(message.contains(word), "{message}");
    }
    assert!(answered["reviews"][2]["grabId"].is_i64(), "{answered}");
    assert_eq!(scene.sent().await, 1);
    assert_eq!(
        scene.program.get("series/1").await["aliases"],
        json!(["Oshinoko"])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_means_the_open_reviews_of_its_kind_only() {
    let scene = scene(vec![
        Release::new(1, "Oshi no Ko T03 [CBZ] FR"),
        Release::new(1, "Oshinoko T04 [CBZ] FR"),
    ])
    .await;
    scene.program.check(json!({})).await;
    let nobody = json!({"filter": {"cause": "weak_title", "seriesId": 99}, "answer": "reject"});
    let (_, answered) = scene.bulk(nobody).await;
    assert_eq!(answered, json!({"reviews": [], "left": 0}));
    let weak = json!({"filter": {"cause": "weak_title"}, "answer": "reject", "never": "alias"});
    let (_, answered) = scene.bulk(weak).await;
    assert_eq!(answered["reviews"][0]["outcome"], "rejected", "{answered}");
    assert_eq!(causes(&scene.open().await), ["approval 3"]);
    for (body, field) in [
        (json!({"answer": "reject"}), "ids"),
        (json!({"answer": "reject", "filter": {}}), "filter"),
        (
            json!({"answer": "reject", "ids": [1], "filter": {"seriesId": 1}}),
            "filter",
        ),
        (
            json!({"answer": "reject", "ids": [1], "always": "alias"}),
            "always",
        ),
        (
            json!({"answer": "approve", "ids": [1], "never": "alias"}),
            "never",
        ),
    ] {
        let (status, problem) = scene.bulk(body).await;
        assert_eq!(status, 400, "{problem}");
        assert_eq!(problem["errors"][0]["field"], field, "{problem}");
    }
    assert_eq!(causes(&scene.open().await), ["approval 3"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_title_that_is_never_the_series_is_refused_from_the_next_check_on() {
    let scene = scene(vec![Release::new(1, "Oshinoko T04 [CBZ] FR")]).await;
    scene.program.check(json!({})).await;
    let weak = scene.about("weak_title").await;
    let (status, _) = scene
        .answer(&weak, "reject", json!({"never": "alias"}))
        .await;
    assert_eq!(status, 200);
    let series = scene.program.get("series/1").await;
    assert_eq!(series["notAliases"], json!(["Oshinoko"]));
    let another = "Oshinoko T03 [CBZ] FR";
    let judge = json!({"seriesId": 1, "name": another});
    let verdict = scene.program.post("judge", judge.clone()).await;
    assert_eq!(verdict["decision"], "refused", "{verdict}");
    assert!(verdict.to_string().contains("notAliases"), "{verdict}");
    let (_, reports) = scene.program.check(json!({})).await;
    let (decision, reasons) = reports.verdict("Oshi no Ko", "Oshinoko T04 [CBZ] FR");
    assert_eq!(decision, "refused");
    assert!(reasons.contains("you said is another series"), "{reasons}");
    // Taken back where it is shown.
    let change = Some(json!({"notAliases": []}));
    let (status, _) = scene.program.ask("PATCH", "series/1", change).await;
    assert_eq!(status, 200);
    let verdict = scene.program.post("judge", judge).await;
    assert_eq!(verdict["decision"], "review", "{verdict}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_always_right_passes_from_the_next_check_on() {
    for (lesson, list, word) in [
        ("group", "trustedGroups", "Papa"),
        ("indexer", "trustedIndexers", "Nyaa"),
    ] {
        let scene = scene(vec![
            Release::new(1, "Oshi no Ko 03 FR [CBZ] [Papa]"),
            Release::new(1, "Oshi no Ko 04 FR [CBZ] [Papa]"),
        ])
        .await;
        scene.program.check(json!({})).await;
        let review = scene.about("unmarked_number").await;
        let body = json!({"offerId": review["candidates"][0], "always": lesson});
        let (status, grab) = scene.answer(&review, "approve", body).await;
        assert_eq!(status, 201, "{grab}");
        assert_eq!(scene.profile().await[list], json!([word]));
        let other = match grab["reserves"].as_str() {
            Some("3") => "Oshi no Ko 04 FR [CBZ] [Papa]",
            _ => "Oshi no Ko 03 FR [CBZ] [Papa]",
        };
        let (_, reports) = scene.program.check(json!({})).await;
        let (decision, reasons) = reports.verdict("Oshi no Ko", other);
        assert_eq!(decision, "accepted", "{lesson}: {reasons}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_learnt_is_told_and_nothing_is_sent_or_blocked() {
    let scene = scene(vec![
        Release::new(1, "Oshinoko T04 FR [CBZ] [Papa]"),
        Release::new(1, "Oshi no Ko 03 [CBZ] FR"),
    ])
    .await;
    scene.program.check(json!({})).await;
    let (weak, bare) = (
        scene.about("weak_title").await,
        scene.about("unmarked_number").await,
    );
    for (review, answer, body, words) in [
        (
            &weak,
            "approve",
            json!({"always": "group"}),
            "leave always or never out",
        ),
        (&weak, "approve", json!({"always": "indexer"}), "weak_title"),
        (
            &bare,
            "approve",
            json!({"always": "group"}),
            "group cannot be read",
        ),
        (
            &bare,
            "reject",
            json!({"never": "group"}),
            "group cannot be read",
        ),
        (
            &bare,
            "reject",
            json!({"never": "alias"}),
            "title of this series",
        ),
    ] {
        let (status, problem) = scene.answer(review, answer, body).await;
        assert_eq!(status, 409, "{problem}");
        assert!(problem["detail"].to_string().contains(words), "{problem}");
    }
    assert_eq!(scene.open().await.len(), 2);
    assert_eq!(scene.sent().await, 0);
    assert_eq!(scene.program.get("blocked").await, json!([]));
    let profile = scene.profile().await;
    assert_eq!(
        (&profile["trustedGroups"], &profile["refusedGroups"]),
        (&json!([]), &json!([]))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_another_edition_it_says_which_volumes_can_be_named() {
    let scene = scene(vec![Release::new(
        1,
        "Oshi no Ko Perfect Edition T02 [CBZ] FR",
    )])
    .await;
    scene.program.check(json!({})).await;
    let review = scene.about("other_edition").await;
    let (status, problem) = scene.answer(&review, "approve", json!({})).await;
    assert_eq!(status, 400, "{problem}");
    let sentence = &problem["errors"][0];
    assert_eq!(
        (&sentence["field"], sentence["problem"].as_str()),
        (
            &json!("volumes"),
            Some(
                "say which volumes it is for: it is of another edition, and which of the missing volumes (3-4) it holds is not known; name those in volumes, or say it once for all in the editionMap of the series"
            )
        ),
        "{problem}"
    );
    let (status, grab) = scene
        .answer(&review, "approve", json!({"volumes": "3-4"}))
        .await;
    assert_eq!((status, &grab["reserves"]), (201, &json!("3-4")), "{grab}");
}
