//! Receivers that fail in every way.

use std::time::Duration;

use lacunarr::store;

use super::{
    MINUTE, SECOND, SIGNING, Scene, body, breaks, checks, happen, kinds, step, target, waiting,
};
use crate::{
    stand_in::receiver::{Receiver, Reply},
    story::parts::DAY,
};

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_is_told_again_with_the_same_id_and_bytes_and_a_new_signature() {
    let receiver = Receiver::start();
    let scene = Scene::new(&[("hook", &receiver)]).await;
    let app = scene.starts().await;
    receiver.answers([Reply::Status(500)]);
    happen(&app, 1..=2).await;
    let turn = step(&app).await;
    assert_eq!((turn.told, turn.failed), (0, 1));
    assert_eq!(step(&app).await.failed, 0, "not before its time");
    scene.pass(6 * SECOND);
    assert_eq!(step(&app).await.told, 2);
    assert_eq!(checks(&receiver), [1, 1, 2]);

    let [first, again, next] = receiver.received().try_into().expect("three");
    assert_eq!(first.body, again.body);
    let id = first.header("webhook-id");
    assert!(id.starts_with("msg_") && id.len() == 36, "{id}");
    assert_eq!(again.header("webhook-id"), id);
    assert_ne!(next.header("webhook-id"), id);
    let times = [&first, &again].map(|received| received.header("webhook-timestamp").to_owned());
    assert_ne!(times[0], times[1], "the time of the attempt");
    let said = body(&first);
    assert_eq!(said["type"], "check.finished");
    assert_eq!(said["timestamp"], "2026-11-01T11:00:00Z");
    let ack = said["data"]["links"]["acknowledge"].as_str();
    assert!(
        ack.is_some_and(|path| path.starts_with("/api/v1/deliveries/")),
        "{said}"
    );

    // An implementation of others accepts what was sent; its clock is not the story's.
    let key = standardwebhooks::Webhook::new(SIGNING).expect("a key");
    for received in [&first, &again] {
        let seconds: i64 = received
            .header("webhook-timestamp")
            .parse()
            .expect("seconds");
        let signed = key.sign(id, seconds, received.body.as_bytes());
        assert_eq!(
            signed.expect("signed"),
            received.header("webhook-signature")
        );
    }

    let all = store::delivery::list::Filter::default();
    let log = store::delivery::list::page(
        &app.db,
        &all,
        store::Window {
            limit: 9,
            offset: 0,
        },
    );
    let log = log.await.expect("the database").records;
    let attempts = store::delivery::attempt::of(&app.db, log[1].id).await;
    let attempts = attempts.expect("the database");
    let outcomes: Vec<_> = attempts
        .iter()
        .map(|attempt| (attempt.outcome.as_str(), attempt.status))
        .collect();
    assert_eq!(outcomes, [("failed", Some(500)), ("told", Some(200))]);
    assert!(
        attempts[0]
            .error
            .as_ref()
            .is_some_and(|error| error.contains("HTTP 500"))
    );
    assert_eq!(attempts[1].answer, "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn retry_after_is_respected_and_holds_every_message() {
    let receiver = Receiver::start();
    let scene = Scene::new(&[("hook", &receiver)]).await;
    let app = scene.starts().await;
    receiver.answers([Reply::Header(429, "Retry-After", "120".into())]);
    happen(&app, 1..=1).await;
    let turn = step(&app).await;
    assert_eq!(turn.next_at, Some(app.clock.now() + 120 * SECOND));
    scene.pass(119 * SECOND);
    breaks(&app, "source:other").await;
    assert_eq!(step(&app).await.told, 0);
    scene.pass(SECOND);
    assert_eq!(step(&app).await.told, 2);
    assert_eq!(
        kinds(&receiver),
        ["check.finished", "check.finished", "health.degraded"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_and_half_an_answer_are_told_again() {
    for reply in [Reply::Slow(Duration::from_secs(3)), Reply::BreaksOff] {
        let receiver = Receiver::start();
        let scene = Scene::new(&[("hook", &receiver)]).await;
        let app = scene.starts().await;
        receiver.answers([reply.clone()]);
        happen(&app, 1..=2).await;
        step(&app).await;
        scene.pass(6 * SECOND);
        step(&app).await;
        let mut told = checks(&receiver);
        let ids: Vec<_> = receiver
            .received()
            .iter()
            .map(|received| received.header("webhook-id").to_owned())
            .collect();
        if told.len() == 3 {
            assert_eq!(ids[0], ids[1], "{reply:?}");
        }
        told.dedup();
        assert_eq!(told, [1, 2], "{reply:?}");
        assert_eq!(waiting(&app, "hook").await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_dead_at_once_and_the_next_ones_turn_comes() {
    let receiver = Receiver::start();
    let scene = Scene::new(&[("hook", &receiver)]).await;
    let app = scene.starts().await;
    for reply in [
        Reply::Header(302, "Location", "http://127.0.0.1:9/".into()),
        Reply::Status(400),
    ] {
        receiver.answers([reply]);
        happen(&app, 1..=2).await;
        let turn = step(&app).await;
        assert_eq!((turn.failed, turn.told), (1, 1));
    }
    assert_eq!(checks(&receiver), [1, 2, 1, 2]);
    let dead = store::delivery::list::count(&app.db, "dead", None).await;
    assert_eq!(dead.expect("the database"), 2);
    assert_eq!(target(&app, "hook").await.error, None, "it works again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_refuses_everything_is_asked_ever_more_rarely() {
    let receiver = Receiver::start();
    let scene = Scene::new(&[("hook", &receiver)]).await;
    let app = scene.starts().await;
    receiver.answers(vec![Reply::Status(401); 50]);
    happen(&app, 1..=50).await;
    step(&app).await;
    scene.pass(30 * MINUTE);
    step(&app).await;
    assert!(
        receiver.received().len() < 6,
        "a wrong password costs no backlog"
    );
    assert!(waiting(&app, "hook").await > 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_gone_is_switched_off_the_others_hear_of_it_and_nothing_is_lost() {
    let (gone, other) = (Receiver::start(), Receiver::start());
    let scene = Scene::new(&[("gone", &gone), ("other", &other)]).await;
    let app = scene.starts().await;
    gone.answers([Reply::Status(410)]);
    happen(&app, 1..=3).await;
    step(&app).await;
    step(&app).await;
    assert_eq!(checks(&gone), [1]);
    assert_eq!(checks(&other), [1, 2, 3]);
    let told = other.received();
    let told = body(told.last().expect("the news"));
    assert_eq!(told["type"], "health.degraded");
    assert_eq!(told["data"]["subject"], "target:gone");
    let row = target(&app, "gone").await;
    assert!(!row.enabled);
    let problems = lacunarr::health::problems(&app)
        .await
        .expect("the database");
    assert!(
        problems
            .iter()
            .any(|problem| problem.subject == "target:gone"
                && problem.message.starts_with("switched off")),
        "{problems:?}"
    );

    lacunarr::telling::by_hand::resume(&app, &row)
        .await
        .expect("on again");
    step(&app).await;
    step(&app).await;
    assert_eq!(checks(&gone), [1, 1, 2, 3]);
    assert_eq!(
        kinds(&gone).last().map(String::as_str),
        Some("health.restored")
    );
    assert_eq!(
        kinds(&other).last().map(String::as_str),
        Some("health.restored")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_that_is_taken_switches_on_again_what_was_gone() {
    let gone = Receiver::start();
    let scene = Scene::new(&[("gone", &gone)]).await;
    let app = scene.starts().await;
    gone.answers([Reply::Status(410)]);
    happen(&app, 1..=2).await;
    step(&app).await;
    let row = target(&app, "gone").await;
    assert!(!row.enabled);
    let tested = lacunarr::telling::by_hand::test(&app, &row).await;
    let report = tested.expect("the database").expect("taken");
    assert_eq!(report.warnings, [""; 0]);
    assert!(target(&app, "gone").await.enabled);
    step(&app).await;
    assert_eq!(checks(&gone), [1, 1, 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_tried_and_is_not_wanted_any_more_goes_away() {
    let hook = Receiver::start();
    let mut scene = Scene::new(&[("hook", &hook)]).await;
    let app = scene.starts().await;
    hook.answers([Reply::Status(500)]);
    happen(&app, 1..=2).await;
    assert_eq!(step(&app).await.failed, 1);
    scene.home.set("TARGETS__HOOK__EVENTS", "grab.*");
    let app = scene.starts().await;
    scene.pass(MINUTE);
    let turn = tokio::time::timeout(std::time::Duration::from_secs(20), step(&app)).await;
    assert_eq!(turn.expect("it ends").dropped, 2);
    assert_eq!(waiting(&app, "hook").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_is_down_for_a_day_misses_nothing_and_delays_no_other() {
    let (down, up) = (Receiver::start(), Receiver::start());
    let scene = Scene::new(&[("down", &down), ("up", &up)]).await;
    let app = scene.starts().await;
    down.set_down(true);
    for hour in 0..25 {
        happen(&app, hour * 200 + 1..=hour * 200 + 200).await;
        step(&app).await;
        let told = up.received().len();
        assert_eq!(
            told as i64,
            (hour + 1) * 200,
            "the other one is told at once"
        );
        scene.pass(60 * MINUTE);
    }
    assert_eq!(waiting(&app, "down").await, 5_000);
    down.set_down(false);
    scene.pass(DAY);
    assert_eq!(step(&app).await.told, 5_000);
    assert_eq!(checks(&down), (1..=5_000).collect::<Vec<_>>());
    assert_eq!(waiting(&app, "down").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_nobody_takes_dies_in_the_end_and_a_target_that_takes_none_is_switched_off()
{
    let receiver = Receiver::start();
    let scene = Scene::new(&[("hook", &receiver)]).await;
    let app = scene.starts().await;
    receiver.set_down(true);
    happen(&app, 1..=2).await;
    let mut days = 0.0;
    while target(&app, "hook").await.enabled {
        let turn = step(&app).await;
        let Some(next_at) = turn.next_at else { break };
        days += (next_at - app.clock.now()) as f64 / DAY as f64;
        scene.pass(next_at - app.clock.now());
        assert!(days < 9.0, "it is switched off at last");
    }
    assert!(days > 4.9, "{days} days");
    let dead = store::delivery::list::count(&app.db, "dead", None).await;
    assert_eq!(dead.expect("the database"), 1, "after ten attempts");
    assert_eq!(waiting(&app, "hook").await, 1, "what waits goes on waiting");
}
