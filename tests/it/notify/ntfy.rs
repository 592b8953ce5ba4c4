//! ntfy: what a phone shows, and what its answers mean.

use lacunarr::{
    domain::telling::{Text, Tone},
    http::guard::Reach,
    notify::ntfy::{Access, Ntfy, NtfyConfig, Topic},
    ports::{Action, Fault, Message, Notifier},
    secret::Secret,
};

use super::{TIMEOUT, address, after, message, said};
use crate::stand_in::{
    ntfy::{Ntfy as StandIn, TOKEN, TOPIC},
    receiver::{Receiver, Reply},
};

fn ntfy(stand_in: &StandIn, access: Access) -> Ntfy {
    Ntfy::new(NtfyConfig {
        address: address(stand_in.url()),
        topic: Topic::parse(&Secret::new(TOPIC)).expect("a topic"),
        access,
        reach: Reach::Home,
        timeout: TIMEOUT,
    })
}

fn token() -> Access {
    Access::Token(Secret::new(TOKEN))
}

#[tokio::test]
async fn a_phone_shows_the_text_with_its_buttons() {
    let stand_in = StandIn::start(60, true);
    let told = ntfy(&stand_in, token()).tell(&message()).await;
    let told = told.expect("told");
    assert!(!format!("{told:?}").contains("PLANTED"), "{told:?}");
    let shown = &stand_in.published()[0];
    assert_eq!(shown["topic"], TOPIC);
    assert_eq!(shown["title"], "Éden T3 est en route");
    assert_eq!(shown["message"], "Nyaa, 812 Mo\n\nSource: Nyaa\nVolumes: 3");
    assert_eq!(shown["priority"], 3);
    assert_eq!(
        shown["tags"],
        serde_json::json!(["white_check_mark", "grab.sent"])
    );
    let url = "https://lacunarr.example/act/abc";
    assert_eq!(shown["click"], url);
    let buttons = serde_json::json!([{"action": "view", "label": "Annuler", "url": url}]);
    assert_eq!(shown["actions"], buttons);
}

#[tokio::test]
async fn long_texts_and_many_buttons_stay_a_message() {
    let stand_in = StandIn::start(60, false);
    let action = message().actions.remove(0);
    let of = |title: &str, body: &str| Message {
        text: Text {
            title: title.into(),
            body: body.into(),
            facts: Vec::new(),
            tone: Tone::Bad,
        },
        actions: vec![
            Action {
                label: "x".into(),
                ..action.clone()
            };
            5
        ],
        ..message()
    };
    let ntfy = ntfy(&stand_in, Access::Open);
    let long = "é".repeat(5_000);
    for message in [of(&long, &long), of("Only a title", ""), of("", "")] {
        ntfy.tell(&message).await.expect("told");
    }
    let shown = stand_in.published();
    assert!(shown.iter().all(|shown| shown.get("attachment").is_none()));
    assert_eq!(shown[1]["message"], "Only a title");
    assert_eq!(shown[0]["priority"], 4);
}

#[tokio::test]
async fn each_of_its_answers_is_understood() {
    let stand_in = StandIn::start(1, true);
    let told = async |access| ntfy(&stand_in, access).tell(&message()).await;
    let password = |password: &str| Access::Password {
        user: "user".into(),
        password: Secret::new(password),
    };
    for access in [
        Access::Open,
        Access::Token(Secret::new("tk_PLANTED0WRONG")),
        password("PLANTED0WRONG"),
    ] {
        let (fault, sentence) = said(&told(access).await.expect_err("not told"));
        assert_eq!(fault, Fault::Refused);
        assert!(sentence.contains("publish to this topic"), "{sentence}");
    }
    told(password("hunter2hunter2")).await.expect("told");
    let (fault, sentence) = said(&told(token()).await.expect_err("not told"));
    assert_eq!(fault, after(5.0));
    assert!(
        sentence.contains("limit reached: too many requests"),
        "{sentence}"
    );
}

#[tokio::test]
async fn a_server_that_repeats_the_login_does_not_give_it_away() {
    let other = Receiver::start();
    let ntfy = Ntfy::new(NtfyConfig {
        address: address(other.url()),
        topic: Topic::parse(&Secret::new(TOPIC)).expect("a topic"),
        access: Access::Password {
            user: "me".into(),
            password: Secret::new("hunter2"),
        },
        reach: Reach::Home,
        timeout: TIMEOUT,
    });
    let echo = "Basic bWU6aHVudGVyMg is me:hunter2";
    other.answers([Reply::Says(401, echo.into())]);
    let untold = ntfy.tell(&message()).await.expect_err("not told");
    assert_eq!(untold.answer, "Basic … is me:…");
    let sent = other.received().remove(0);
    assert_eq!(sent.header("authorization"), "Basic bWU6aHVudGVyMg==");
}

#[tokio::test]
async fn a_page_of_another_program_is_no_answer_of_ntfy() {
    let other = Receiver::start();
    let ntfy = Ntfy::new(NtfyConfig {
        address: address(other.url()),
        topic: Topic::parse(&Secret::new(TOPIC)).expect("a topic"),
        access: Access::Open,
        reach: Reach::Home,
        timeout: TIMEOUT,
    });
    let (fault, sentence) = said(&ntfy.tell(&message()).await.expect_err("not told"));
    assert_eq!(fault, Fault::Refused);
    assert!(sentence.contains("not ntfy's answer"), "{sentence}");
}
