//! What is given up is taken out of its client, whatever comes between.

use lacunarr::{
    domain::grab::{GrabState, Observation},
    health,
    pipeline::sending,
    store,
};

use super::{both, grabs, hash_of, hours_pass, look, sent};
use crate::{
    stand_in::{qbittorrent::Fault, web_api::WebApi},
    story::parts::{Parts, arm, check},
};

const THIRD: &str = "Naruto T03 [CBZ] FR";

fn is_held(parts: &Parts, hash: &str) -> bool {
    parts.client.torrents().iter().any(|held| held.hash == hash)
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_crash_what_stalled_is_taken_out_at_the_next_look() {
    let mut parts = Parts::new(both()).await;
    let app = sent(&mut parts).await;
    let third = hash_of(&parts, THIRD);
    let grab = grabs(&app).await.remove(0);
    // The last thing that this process does.
    let state = sending::advance_known(&app, &grab, Observation::Stuck, "nothing came").await;
    assert_eq!(state.expect("the database"), GrabState::Stalled);
    drop(app);
    assert!(is_held(&parts, &third));
    let app = parts.starts().await;
    look(&app).await;
    assert!(!is_held(&parts, &third));
    let asked = parts.client.requests().len();
    look(&app).await;
    let asked: Vec<_> = parts.client.requests().split_off(asked);
    assert!(
        asked.iter().all(|line| !line.contains("delete")),
        "once: {asked:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_let_it_go_is_asked_again() {
    let mut parts = Parts::new(both()).await;
    let app = sent(&mut parts).await;
    let (third, fourth) = (
        hash_of(&parts, THIRD),
        hash_of(&parts, "Naruto T04 [CBZ] FR"),
    );
    parts.client.advance(&third, "stalledDL", 0.0);
    parts.client.advance(&fourth, "downloading", 0.1);
    look(&app).await;
    hours_pass(&parts, &app, 47).await;
    parts.client.advance(&fourth, "downloading", 0.2);
    parts.client.fail(Fault::KeepsAll);
    hours_pass(&parts, &app, 1).await;
    assert_eq!(grabs(&app).await[0].state, GrabState::Stalled);
    assert!(is_held(&parts, &third));
    parts.client.fail(None);
    look(&app).await;
    assert!(!is_held(&parts, &third));
    assert!(is_held(&parts, &fourth));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_given_up_by_hand_is_taken_out_unless_it_was_there_before() {
    let parts = Parts::new(both()).await;
    let app = parts.starts().await;
    check(&app).await;
    arm(&app, Some(app.clock.now())).await;
    check(&app).await;
    let grab = grabs(&app).await.remove(0);
    let given_up = sending::give_up(&app, grab.id).await.expect("given up");
    assert_eq!(given_up.state, GrabState::Failed);
    assert!(!is_held(&parts, &grab.content.as_hex()));
    // It was put there again by hand, as what aMule has paused is still there: what was ours is ours still.
    let api = WebApi::login(parts.client.url()).await;
    let magnet = format!("magnet:?xt=urn:btih:{}", grab.content.as_hex());
    api.post("torrents/add", &[("urls", &magnet)]).await;
    let again = sending::grab_by_hand(&app, grab.offer_id, None).await;
    let again = again.expect("sent");
    assert!(again.ours && again.id != grab.id);
    sending::give_up(&app, again.id).await.expect("given up");
    assert!(!is_held(&parts, &grab.content.as_hex()));
    // What is complete is the user's.
    let fourth = grabs(&app).await.remove(1);
    let hash = fourth.content.as_hex();
    parts.client.advance(&hash, "stalledUP", 1.0);
    look(&app).await;
    sending::give_up(&app, fourth.id).await.expect("given up");
    look(&app).await;
    assert!(is_held(&parts, &hash));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_is_switched_off_while_it_downloads_is_told_in_health() {
    let mut parts = Parts::new(both()).await;
    let app = sent(&mut parts).await;
    let row = store::connection::list(&app.db, "client")
        .await
        .expect("clients")
        .remove(0);
    let draft = store::connection::Draft {
        role: "client",
        name: &row.name,
        kind: &row.kind,
        managed: &row.managed,
        enabled: false,
        config: &row.config,
        sealed: row.sealed.as_deref(),
    };
    let mut tx = app.db.begin().await.expect("a transaction");
    let update = store::connection::update(&mut tx, row.id, &draft, parts.now()).await;
    update.expect("switched off");
    tx.commit().await.expect("committed");
    let problems = health::problems(&app).await.expect("the database");
    let message = &problems
        .iter()
        .find(|problem| problem.subject.ends_with(":downloads"))
        .expect("a problem")
        .message;
    assert!(
        message.contains("is switched off, and 2 of its downloads are not followed"),
        "{message}"
    );
}
