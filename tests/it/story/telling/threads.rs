//! Messages about one download are one message that changes, and never back.

use std::time::Duration;

use lacunarr::{
    domain::event::{Event, examples},
    telling::by_hand,
};

use super::*;
use crate::stand_in::discord::Discord;

/// The example of this type.
fn event(kind: &str) -> Event {
    let mut all = examples().into_iter();
    all.find(|event| event.parts().0 == kind)
        .expect("an example")
}

fn titles(discord: &Discord) -> Vec<String> {
    let messages = discord.messages().into_values();
    let title = |message: Value| message["embeds"][0]["title"].to_string();
    messages.map(title).collect()
}

async fn app_of(discord: &Discord, quiet: bool) -> (Scene, Arc<App>) {
    let mut scene = Scene::new(&[]).await;
    scene
        .home
        .set("TARGETS__CHAT__KIND", "discord")
        .set("TARGETS__CHAT__URL", &discord.hook());
    if quiet {
        scene.home.set("TARGETS__CHAT__QUIET_HOURS", "11:00-13:00");
    }
    let app = scene.starts().await;
    (scene, app)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_follows_at_once_changes_the_message_before_it() {
    let discord = Discord::start(50, Duration::from_secs(1));
    let (_scene, app) = app_of(&discord, false).await;
    append(
        &app,
        &[
            event("volume.found"),
            event("grab.sent"),
            event("grab.completed"),
        ],
    )
    .await;
    step(&app).await;
    let told = titles(&discord);
    assert_eq!(told.len(), 1, "{told:?}");
    // Told once more by hand, it is a message of its own, and the other stays as it is.
    let first = store::delivery::get(&app.db, 1).await.expect("a delivery");
    let again = by_hand::redeliver(&app, first.expect("a delivery").id).await;
    again.expect("tried").expect("taken");
    let after = titles(&discord);
    assert_eq!(after.len(), 2, "{after:?}");
    assert!(after.contains(&told[0]), "{after:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_held_does_not_take_back_what_was_told_since() {
    let discord = Discord::start(50, Duration::from_secs(1));
    let (scene, app) = app_of(&discord, true).await;
    append(&app, &[event("grab.sent"), event("grab.failed")]).await;
    step(&app).await;
    let failed = titles(&discord);
    assert_eq!(failed.len(), 1, "the failure matters: {failed:?}");
    scene.pass(120 * MINUTE);
    step(&app).await;
    assert!(titles(&discord).contains(&failed[0]), "it still says so");
}
