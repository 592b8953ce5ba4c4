//! Home Assistant: what its automations see, and what its few words mean.

use lacunarr::{
    http::guard::Reach,
    notify::home_assistant::{Door, EventType, HomeAssistant, HomeAssistantConfig},
    ports::{Fault, Notifier},
    secret::Secret,
};
use poem::http::Method;
use serde_json::Value;

use super::{TIMEOUT, address, message, said};
use crate::stand_in::{
    home_assistant::{HOOK, HomeAssistant as StandIn, TOKEN},
    receiver::{Receiver, Reply},
};

fn behind(stand_in: &StandIn, door: Door) -> HomeAssistant {
    HomeAssistant::new(HomeAssistantConfig {
        address: address(stand_in.url()),
        door,
        reach: Reach::Home,
        timeout: TIMEOUT,
    })
}

fn hook(id: &str) -> Door {
    Door::Webhook(Secret::new(id))
}

fn event(token: &str) -> Door {
    Door::Event {
        token: Secret::new(token),
        event_type: EventType::default(),
    }
}

fn sent() -> Value {
    serde_json::from_str(&message().body).expect("JSON")
}

#[tokio::test]
async fn an_automation_sees_the_event_by_either_door() {
    let stand_in = StandIn::start();
    let told = behind(&stand_in, hook(HOOK))
        .tell(&message())
        .await
        .expect("told");
    assert_eq!((told.status, told.answer.as_str()), (Some(200), ""));
    assert_eq!(stand_in.ran(), [sent()]);
    let told = behind(&stand_in, event(TOKEN))
        .tell(&message())
        .await
        .expect("told");
    assert!(
        told.answer.contains("Event lacunarr_event fired."),
        "{told:?}"
    );
    assert_eq!(stand_in.events("lacunarr_event"), [sent()]);
}

#[tokio::test]
async fn a_webhook_is_told_even_when_no_automation_runs() {
    let stand_in = StandIn::start();
    behind(&stand_in, hook("another"))
        .tell(&message())
        .await
        .expect("told");
    stand_in.wants("volume.missing");
    behind(&stand_in, hook(HOOK))
        .tell(&message())
        .await
        .expect("told");
    assert_eq!(stand_in.ran(), Vec::<Value>::new());
}

#[tokio::test]
async fn a_page_of_another_program_is_no_answer_of_home_assistant() {
    let other = Receiver::start();
    let page = "<!DOCTYPE html><html><title>Sign in</title></html>";
    let fired = r#"{"message":"Event lacunarr_event fired."}"#;
    for (door, says, expected) in [
        (hook(HOOK), page, Some(Fault::Refused)),
        (hook(HOOK), "", None),
        (event(TOKEN), page, Some(Fault::Refused)),
        (event(TOKEN), "ok", Some(Fault::Refused)),
        (event(TOKEN), r#"{"ok":true}"#, Some(Fault::Refused)),
        (event(TOKEN), fired, None),
    ] {
        other.answers([Reply::Says(200, says.into())]);
        let home = HomeAssistant::new(HomeAssistantConfig {
            address: address(other.url()),
            door: door.clone(),
            reach: Reach::Home,
            timeout: TIMEOUT,
        });
        let untold = home
            .tell(&message())
            .await
            .err()
            .map(|untold| said(&untold));
        let (fault, sentence) = untold.unzip();
        assert_eq!(fault, expected, "{door:?} {says}");
        let is_said = |sentence: String| sentence.contains("not Home Assistant's answer");
        assert!(sentence.is_none_or(is_said), "{door:?} {says}");
    }
}

#[tokio::test]
async fn what_it_refuses_says_what_to_change() {
    let stand_in = StandIn::start();
    let told = async |door| {
        let untold = behind(&stand_in, door).tell(&message()).await;
        said(&untold.expect_err("not told"))
    };
    stand_in.allow_only(Method::PUT);
    let (fault, sentence) = told(hook(HOOK)).await;
    assert_eq!(fault, Fault::Refused);
    assert!(sentence.contains("allowed_methods"), "{sentence}");
    // It bans who goes on asking, so the first wrong token is the last.
    let (fault, sentence) = told(event("PLANTED0WRONG")).await;
    assert_eq!(fault, Fault::Gone);
    assert!(sentence.contains("does not know the token"), "{sentence}");
    for _ in 0..2 {
        told(event("PLANTED0WRONG")).await;
    }
    let (fault, sentence) = told(event(TOKEN)).await;
    assert_eq!(fault, Fault::Refused);
    assert!(sentence.contains("ip_bans.yaml"), "{sentence}");
    stand_in.put_behind_proxy();
    let (fault, sentence) = told(hook(HOOK)).await;
    assert_eq!(fault, Fault::Refused);
    assert!(sentence.contains("trusted_proxies"), "{sentence}");
}
