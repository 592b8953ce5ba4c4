//! The program is killed while it tells: each event arrives at least once, with one id, in order, and no other target waits.

use std::{collections::BTreeMap, time::Duration};

use super::{Scene, body, checks, happen};
use crate::stand_in::{
    eventually,
    receiver::{Receiver, Reply},
};

const EVENTS: i64 = 300;

/// Nothing is lost, and nothing comes before what happened before it; what was on its way when the program was killed may come twice.
fn assert_all(receiver: &Receiver, printed: &str) {
    let told = checks(receiver);
    let mut once = told.clone();
    once.dedup();
    assert_eq!(once, (1..=EVENTS).collect::<Vec<_>>(), "{printed}");
    let mut ids: BTreeMap<i64, String> = BTreeMap::new();
    for received in receiver.received() {
        let said = body(&received);
        let id = received.header("webhook-id").to_owned();
        let known = ids
            .entry(said["data"]["check"].as_i64().expect("a number"))
            .or_insert_with(|| id.clone());
        assert_eq!(*known, id, "one id, whoever tells it");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_it_tells_every_event_arrives_in_order() {
    let (quick, slow) = (Receiver::start(), Receiver::start());
    let mut scene = Scene::new(&[("quick", &quick), ("slow", &slow)]).await;
    scene.home.set("TARGETS__SLOW__TIMEOUT_SECONDS", "20");
    slow.answers(vec![
        Reply::Slow(Duration::from_millis(15));
        EVENTS as usize
    ]);
    let app = scene.starts().await;
    happen(&app, 1..=EVENTS).await;
    app.db.close().await;
    drop(app);
    for kill in 0..6 {
        let program = scene.home.start().await;
        tokio::time::sleep(Duration::from_millis(250 + 130 * kill)).await;
        program.killer()();
    }
    assert!(
        slow.received().len() < EVENTS as usize,
        "it was killed in the middle: {}",
        slow.received().len()
    );
    let _program = scene.home.start().await;
    eventually("all is told", 60, async || {
        [&quick, &slow]
            .into_iter()
            .all(|receiver| checks(receiver).last() == Some(&EVENTS))
    })
    .await;
    for receiver in [&quick, &slow] {
        assert_all(receiver, &scene.home.printed());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_processes_one_tells_and_the_other_goes_on_when_it_is_killed() {
    let (hook, stuck) = (Receiver::start(), Receiver::start());
    let mut scene = Scene::new(&[("hook", &hook), ("stuck", &stuck)]).await;
    if scene.home.database().is_none() {
        // SQLite is for one process.
        return;
    }
    scene.home.set("TARGETS__STUCK__TIMEOUT_SECONDS", "60");
    // Each kill ends one of them.
    stuck.answers(vec![Reply::Slow(Duration::from_secs(6)); 10]);
    hook.answers(vec![
        Reply::Slow(Duration::from_millis(10));
        EVENTS as usize
    ]);
    let app = scene.starts().await;
    let mut programs = vec![scene.home.start().await, scene.home.start().await];
    happen(&app, 1..=EVENTS).await;
    eventually("one begins to tell", 30, async || {
        hook.received().len() > 20
    })
    .await;
    for kill in 0..4 {
        programs.remove(0).killer()();
        programs.push(scene.home.start().await);
        tokio::time::sleep(Duration::from_millis(900 + 250 * kill)).await;
    }
    eventually("all is told", 60, async || {
        checks(&hook).last() == Some(&EVENTS)
    })
    .await;
    assert_all(&hook, &scene.home.printed());
    assert!(
        checks(&stuck).len() < EVENTS as usize,
        "the other one was not waited for"
    );
    eventually("the other one too", 120, async || {
        checks(&stuck).last() == Some(&EVENTS)
    })
    .await;
    assert_all(&stuck, &scene.home.printed());
}
