//! Targets and deliveries through the API, and the links that messages carry.

use lacunarr::{
    reviewing::{self, LinkedAnswer},
    worker::deliver,
};
use serde_json::{Value, json};

use super::{body, kinds};
use crate::{
    stand_in::{
        eventually,
        program::{Home, Program},
        prowlarr::Release,
        receiver::{Receiver, Reply},
    },
    story::parts::{Parts, arm, check},
};

/// A running program with a webhook that has a header of its own.
async fn with_hook(receiver: &Receiver) -> (Home, Program, Value) {
    let home = Home::new().await;
    let program = home.start().await;
    let url = receiver.url().join("secret-path").expect("a URL");
    let hook = json!({"name": "hook", "kind": "webhook", "url": url.as_str(), "headers": [{"name": "X-Key", "value": "hunter2"}]});
    let made = program.post("targets", hook).await;
    (home, program, made)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_is_made_tested_and_its_secrets_are_shown_no_more() {
    let receiver = Receiver::start();
    let (home, program, made) = with_hook(&receiver).await;
    let signing = made["signingSecret"]
        .as_str()
        .expect("shown once")
        .to_owned();
    let id = made["id"].clone();
    let tested = program.post(&format!("targets/{id}/test"), json!({})).await;
    assert_eq!(tested["success"], true, "{tested}");
    let [told] = receiver.received().try_into().expect("one");
    assert_eq!(
        (told.path.as_str(), told.header("x-key")),
        ("/secret-path", "hunter2")
    );
    assert_eq!(body(&told)["type"], "test");
    let key = standardwebhooks::Webhook::new(&signing).expect("a key");
    let accepted = key.verify(told.body.as_bytes(), &told.headers);
    assert!(
        accepted.is_ok(),
        "others accept what was signed: {accepted:?}"
    );

    let seen = program.get("targets").await;
    assert_eq!(seen[0]["headerNames"], json!(["X-Key"]));
    assert_eq!(seen[0]["signed"], true);
    let whole = format!(
        "{seen}{}{}",
        program.get("deliveries").await,
        home.printed()
    );
    for secret in ["hunter2", "secret-path", signing.as_str()] {
        assert!(!whole.contains(secret), "{secret} is shown");
    }

    let elsewhere = json!({"url": "http://127.0.0.1:1/other"});
    let (status, problem) = program
        .ask("PATCH", &format!("targets/{id}"), Some(elsewhere))
        .await;
    assert_eq!(
        (status, &problem["errors"][0]["field"]),
        (400, &json!("headers")),
        "{problem}"
    );
    let quiet = json!({"quietHours": {"from": "22:00", "to": "07:00"}, "digestAt": ["19:00"], "events": ["grab.*"], "language": "fr"});
    let (status, changed) = program
        .ask("PATCH", &format!("targets/{id}"), Some(quiet))
        .await;
    assert_eq!(
        (status, &changed["quietHours"]["to"]),
        (200, &json!("07:00")),
        "{changed}"
    );
    let (_, changed) = program
        .ask(
            "PATCH",
            &format!("targets/{id}"),
            Some(json!({"quietHours": {"from": "00:00", "to": "00:00"}})),
        )
        .await;
    assert_eq!(
        (&changed["quietHours"], &changed["digestAt"]),
        (&Value::Null, &json!(["19:00"]))
    );

    let examples = program
        .post(&format!("targets/{id}/preview"), json!({}))
        .await;
    let examples = examples.as_array().expect("examples");
    let sent = examples
        .iter()
        .find(|example| example["type"] == "grab.sent");
    assert!(
        sent.is_some_and(|sent| sent["wanted"] == true && sent["title"] != ""),
        "{sent:?}"
    );
    assert!(examples.iter().any(|example| example["wanted"] == false));

    let wrong = json!({"name": "x", "kind": "ntfy", "url": "https://ntfy.sh", "topic": "t", "threadId": "1"});
    let (status, problem) = program.ask("POST", "targets", Some(wrong)).await;
    assert_eq!(
        (status, &problem["errors"][0]["field"]),
        (400, &json!("threadId")),
        "{problem}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_replaced_while_both_sign() {
    let receiver = Receiver::start();
    let (_home, program, made) = with_hook(&receiver).await;
    let old = made["signingSecret"].as_str().expect("a secret").to_owned();
    let path = format!("targets/{}/rotate", made["id"]);
    let new = program.post(&path, json!({})).await["signingSecret"].clone();
    program
        .post(&format!("targets/{}/test", made["id"]), json!({}))
        .await;
    let [told] = receiver.received().try_into().expect("one");
    assert_eq!(told.header("webhook-signature").split(' ').count(), 2);
    for secret in [old.as_str(), new.as_str().expect("a secret")] {
        let key = standardwebhooks::Webhook::new(secret).expect("a key");
        assert!(key.verify(told.body.as_bytes(), &told.headers).is_ok());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_given_up_is_redelivered_with_its_id_and_acknowledged() {
    let receiver = Receiver::start();
    let (_home, program, made) = with_hook(&receiver).await;
    receiver.answers([Reply::Says(400, "no thanks".into())]);
    // A target that cannot be reached makes no event; a check does.
    let library = tempfile::tempdir().expect("a folder");
    crate::stand_in::program::shelve(library.path(), "Naruto", &[1, 3]);
    program
        .post(
            "libraries",
            json!({"name": "manga", "path": library.path()}),
        )
        .await;
    let mut dead = Value::Null;
    eventually("it is given up", 30, async || {
        let listed = program
            .get("deliveries?state=dead&type=library.imported")
            .await;
        dead = listed["records"][0].clone();
        listed["totalRecords"] == 1
    })
    .await;
    let id = &dead["id"];
    let details = program.get(&format!("deliveries/{id}")).await;
    assert_eq!(details["attempts"][0]["status"], 400, "{details}");
    assert_eq!(details["attempts"][0]["answer"], "no thanks");
    assert!(details["attempts"][0]["durationMs"].is_number());
    let said = program
        .post(&format!("deliveries/{id}/redeliver"), json!({}))
        .await;
    assert_eq!(said["success"], true, "{said}");
    let all = receiver.received();
    let same: Vec<_> = all
        .iter()
        .filter(|told| dead["eventId"] == told.header("webhook-id"))
        .collect();
    assert_eq!(same.len(), 2);
    assert_eq!(same[0].body, same[1].body);
    assert_eq!(details["body"], same[0].body.as_str());
    let acknowledge = body(same[0])["data"]["links"]["acknowledge"].clone();
    let path = acknowledge
        .as_str()
        .expect("a path")
        .trim_start_matches("/api/v1/")
        .to_owned();
    let acknowledged = program.post(&path, json!({})).await;
    assert_eq!(acknowledged["state"], "told");
    assert!(acknowledged["acknowledgedAt"].is_string());
    let of_target = program
        .get(&format!("targets/{}/deliveries?state=told", made["id"]))
        .await;
    assert!(
        of_target["totalRecords"]
            .as_i64()
            .is_some_and(|told| told >= 1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_of_the_file_is_changed_there_and_can_be_paused_here() {
    let receiver = Receiver::start();
    let mut home = Home::new().await;
    home.set("TARGETS__HOME__KIND", "webhook")
        .set("TARGETS__HOME__URL", receiver.url().as_str());
    let program = home.start().await;
    let target = program.get("targets").await[0].clone();
    assert_eq!(
        (&target["managed"], &target["signed"]),
        (&json!("file"), &json!(false))
    );
    let path = format!("targets/{}", target["id"]);
    let (status, _) = program
        .ask("PATCH", &path, Some(json!({"name": "other"})))
        .await;
    assert_eq!(status, 409);
    let (status, _) = program.ask("DELETE", &path, None).await;
    assert_eq!(status, 409);
    let until = json!({"until": "2100-01-01T00:00:00Z"});
    let paused = program.post(&format!("{path}/pause"), until).await;
    assert_eq!(paused["pausedUntil"], "2100-01-01T00:00:00+00:00");
    let on = program.post(&format!("{path}/resume"), json!({})).await;
    assert!(on["pausedUntil"].is_null(), "{on}");
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_carry_links_that_approve_reject_and_undo() {
    let receiver = Receiver::start();
    let mut parts = Parts::new(vec![Release::new(1, "Naruto T03 [CBZ] FR")]).await;
    parts
        .home
        .set("SERVER__URL_BASE", "/lacunarr")
        .set("SETTINGS__PUBLIC_URL", "https://home.example/books/")
        .set("TARGETS__HOOK__KIND", "webhook")
        .set("TARGETS__HOOK__URL", receiver.url().as_str());
    let app = parts.starts().await;
    check(&app).await;
    deliver::step(&app).await.expect("told");
    let of = |kind: &str| {
        let received = receiver.received();
        let told = received.iter().map(body).find(|told| told["type"] == kind);
        told.unwrap_or_else(|| panic!("no {kind} in {:?}", kinds(&receiver)))["data"]["links"]
            .clone()
    };
    let asked = of("review.needed");
    assert_eq!(
        asked["series"],
        "https://home.example/books/api/v1/series/1"
    );
    for (name, expected) in [
        ("approve", LinkedAnswer::Approve),
        ("reject", LinkedAnswer::Reject),
    ] {
        let link = asked[name].as_str().expect("a link");
        let token = link
            .strip_prefix("https://home.example/books/act/")
            .expect(link);
        let (_, answer) = reviewing::read_link(&app, token).await.expect("ours");
        assert_eq!(answer, expected);
    }
    assert_eq!(asked["undo"], Value::Null);

    arm(&app, Some(app.clock.now())).await;
    check(&app).await;
    deliver::step(&app).await.expect("told");
    let sent = of("grab.sent");
    assert!(
        sent["undo"]
            .as_str()
            .is_some_and(|link| link.starts_with("https://home.example/books/act/")),
        "{sent}"
    );
}
