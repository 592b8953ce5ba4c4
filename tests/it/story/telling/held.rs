//! What is held: by quiet hours, digests and pauses; and what is not wanted.

use lacunarr::{store, telling::by_hand, worker::deliver};

use super::{MINUTE, Scene, body, breaks, checks, happen, kinds, step, target, waiting};
use crate::{
    stand_in::receiver::{Receiver, Reply},
    story::parts::DAY,
};

const HOUR: i64 = 60 * MINUTE;

#[tokio::test(flavor = "multi_thread")]
async fn in_quiet_hours_only_what_matters_is_told_and_the_rest_after_them() {
    let receiver = Receiver::start();
    let mut scene = Scene::new(&[("hook", &receiver)]).await;
    scene.home.set("TARGETS__HOOK__QUIET_HOURS", "11:30-14:00");
    let app = scene.starts().await;
    happen(&app, 1..=2).await;
    breaks(&app, "source:prowlarr").await;
    let turn = step(&app).await;
    assert_eq!(kinds(&receiver), ["health.degraded"]);
    assert_eq!(turn.next_at, Some(app.clock.now() + 2 * HOUR));
    scene.pass(2 * HOUR);
    step(&app).await;
    assert_eq!(checks(&receiver), [1, 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digest_tells_what_waited_as_one_with_an_id_that_stays() {
    let receiver = Receiver::start();
    let mut scene = Scene::new(&[("hook", &receiver)]).await;
    scene.home.set("TARGETS__HOOK__DIGEST_AT", "19:00");
    let app = scene.starts().await;
    happen(&app, 1..=60).await;
    breaks(&app, "source:prowlarr").await;
    step(&app).await;
    assert_eq!(
        kinds(&receiver),
        ["health.degraded"],
        "what matters goes at once"
    );

    scene.pass(7 * HOUR + MINUTE);
    receiver.answers([Reply::Status(503)]);
    step(&app).await;
    // Another process goes on with it.
    drop(app);
    let app = scene.starts().await;
    scene.pass(MINUTE);
    happen(&app, 61..=61).await;
    step(&app).await;
    assert_eq!(kinds(&receiver), ["health.degraded", "summary", "summary"]);
    let [_, first, again] = receiver.received().try_into().expect("three");
    assert_eq!(first.header("webhook-id"), again.header("webhook-id"));
    assert_eq!(first.body, again.body);
    let data = &body(&first)["data"];
    assert_eq!(
        (&data["count"], &data["counts"]["check.finished"]),
        (&60.into(), &60.into())
    );
    assert!(
        data["events"]
            .as_array()
            .is_some_and(|events| events.len() == 60)
    );
    assert_eq!(data["events"][0]["data"]["check"], 1);
    assert!(first.body.len() < 20_000, "{}", first.body.len());
    assert_eq!(
        waiting(&app, "hook").await,
        1,
        "what came later waits for tomorrow"
    );

    scene.pass(DAY);
    step(&app).await;
    let told = receiver.received();
    assert_eq!(body(told.last().expect("one more"))["data"]["count"], 1);
    let all = store::event::Filter::default();
    let history = store::event::list(
        &app.db,
        &all,
        store::Window {
            limit: 1,
            offset: 0,
        },
    );
    assert_eq!(
        history.await.expect("the database").total,
        62,
        "summaries are no history"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_loses_nothing() {
    let receiver = Receiver::start();
    let scene = Scene::new(&[("hook", &receiver)]).await;
    let app = scene.starts().await;
    let row = target(&app, "hook").await;
    let until = app.clock.now() + DAY;
    by_hand::pause(&app, &row, until).await.expect("paused");
    happen(&app, 1..=2).await;
    breaks(&app, "source:prowlarr").await;
    let turn = step(&app).await;
    assert_eq!((turn.told, turn.next_at), (0, Some(until)));
    scene.pass(DAY);
    assert_eq!(step(&app).await.told, 3);
    assert_eq!(checks(&receiver), [1, 2]);

    by_hand::pause(&app, &row, until + DAY)
        .await
        .expect("paused");
    happen(&app, 3..=3).await;
    assert_eq!(step(&app).await.told, 0);
    by_hand::resume(&app, &row).await.expect("on again");
    assert_eq!(step(&app).await.told, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_is_told_just_what_it_wants() {
    let (all, health, important) = (Receiver::start(), Receiver::start(), Receiver::start());
    let mut scene = Scene::new(&[
        ("all", &all),
        ("health", &health),
        ("important", &important),
    ])
    .await;
    scene
        .home
        .set("TARGETS__HEALTH__EVENTS", "health.*")
        .set("TARGETS__IMPORTANT__IMPORTANCE", "normal");
    let app = scene.starts().await;
    happen(&app, 1..=200).await;
    breaks(&app, "source:prowlarr").await;
    let turn = step(&app).await;
    assert_eq!((turn.told, turn.dropped), (203, 400));
    assert_eq!(all.received().len(), 201);
    assert_eq!(kinds(&health), ["health.degraded"]);
    assert_eq!(kinds(&important), ["health.degraded"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_kept_for_a_month_and_what_was_given_up_for_three() {
    let receiver = Receiver::start();
    let scene = Scene::new(&[("hook", &receiver)]).await;
    let app = scene.starts().await;
    receiver.answers([Reply::Status(400)]);
    happen(&app, 1..=2).await;
    step(&app).await;
    for (days, gone) in [(30, 0), (1, 1), (58, 0), (2, 1)] {
        scene.pass(days * DAY);
        assert_eq!(deliver::tidy(&app).await.expect("the database"), gone);
    }
}
