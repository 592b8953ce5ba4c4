//! What a restart, or a second replica, does not begin again.

use std::sync::Arc;

use lacunarr::{app::App, budget, pipeline::sending, settings, store, worker::fresh};

use super::parts::{DAY, MINUTE, Parts, arm, check, offers};
use crate::stand_in::prowlarr::Release;

/// How many releases a night may send.
async fn a_night(app: &App) -> usize {
    let settings = app.settings().await.expect("settings");
    let budget = budget::of_night(app, &settings).await;
    let mut budget = budget.expect("a budget");
    std::iter::from_fn(|| budget.take(1, None).ok()).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_does_not_begin_the_first_week_again() {
    let mut parts = Parts::new(Vec::new()).await;
    parts
        .home
        .set("SETTINGS__GRABS_PER_NIGHT_FIRST_WEEK", "2")
        .set("SETTINGS__GRABS_PER_NIGHT", "5")
        .set("LIBRARIES__MANGA__ARMED", "true");
    for (days, a_night_sends) in [(0, 2), (6, 2), (1, 5)] {
        parts.pass(days * DAY);
        let app = parts.starts().await;
        assert_eq!(a_night(&app).await, a_night_sends, "{days} days later");
    }

    // Nor does arming what is armed; what was disarmed is armed anew.
    let app = parts.starts().await;
    arm(&app, Some(app.clock.now())).await;
    assert_eq!(a_night(&app).await, 5);
    arm(&app, None).await;
    arm(&app, Some(app.clock.now())).await;
    assert_eq!(a_night(&app).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_replicas_one_looks_at_recent_releases_and_a_restart_does_not_look_again() {
    let mut parts = Parts::new(vec![Release::new(1, "Naruto T03 [CBZ] FR")]).await;
    parts.home.set("SETTINGS__FRESH_MINUTES", "20");
    let replicas = [parts.starts().await, parts.starts().await];
    let looks = async |app: &Arc<App>| {
        let looked = fresh::look(app, &mut fresh::Seen::default()).await;
        looked.expect("the database").is_some()
    };
    assert!(looks(&replicas[0]).await);
    assert!(!looks(&replicas[1]).await, "the other one has looked");
    parts.pass(20 * MINUTE - 1);
    assert!(!looks(&parts.starts().await).await, "not yet");
    parts.pass(1);
    assert!(looks(&replicas[1]).await);
    assert!(!looks(&replicas[0]).await);
    assert_eq!(parts.prowlarr.queries().len(), 2);

    let off = [("freshMinutes", "0"), ("freshMinutes", "20")];
    parts.home.unset("SETTINGS__FRESH_MINUTES");
    parts.pass(DAY);
    let app = parts.starts().await;
    for ((name, value), looked) in off.into_iter().zip([false, true]) {
        let changed = settings::change(&app, &[(name, value.to_owned())]).await;
        changed.expect("changed");
        assert_eq!(looks(&app).await, looked, "{name} {value}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_indexer_that_is_left_alone_costs_the_others_no_query() {
    let parts = Parts::new(vec![Release::new(1, "Naruto T03 [CBZ] FR")]).await;
    check(&parts.starts().await).await;
    // The link is in the memory of a process that has ended.
    let app = parts.starts().await;
    let offer = offers(&app).await.remove(0);
    let (source, until) = (offer.offer.source_id, app.clock.now() + DAY);
    let paused = store::indexer::pause(&app.db, source, 1, until).await;
    paused.expect("paused");
    let queries = parts.prowlarr.queries().len();
    let refused = sending::grab_by_hand(&app, offer.id, None).await;
    let sentence = refused.expect_err("it is paused").to_string();
    assert!(
        sentence.contains("its indexer Nyaa asked to be left alone until"),
        "{sentence}"
    );
    assert_eq!(parts.prowlarr.queries().len(), queries, "no one was asked");
}
