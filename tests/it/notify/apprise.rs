//! Apprise: what its services are told, and what its answers mean.

use lacunarr::{
    domain::telling::Text,
    http::guard::Reach,
    notify::apprise::{Apprise, AppriseConfig, Key, Services},
    ports::{Fault, Message, Notifier},
    secret::Secret,
};

use super::{PASSING, TIMEOUT, address, message, said};
use crate::stand_in::apprise::{Apprise as StandIn, KEY, UNREACHED};

fn apprise(stand_in: &StandIn, services: Services) -> Apprise {
    Apprise::new(AppriseConfig {
        address: address(stand_in.url()),
        services,
        reach: Reach::Home,
        timeout: TIMEOUT,
    })
}

fn kept(key: &str, tag: Option<&str>) -> Services {
    Services::Kept {
        key: Key::parse(&Secret::new(key)).expect("a key"),
        tag: tag.map(str::to_owned),
    }
}

fn urls(urls: &str) -> Services {
    Services::Urls(Secret::new(urls))
}

#[tokio::test]
async fn services_are_told_by_their_addresses_or_by_a_key() {
    let stand_in = StandIn::start();
    let told = async |services| apprise(&stand_in, services).tell(&message()).await;
    told(urls("json://PLANTED0SERVICE")).await.expect("told");
    told(kept(KEY, Some("family"))).await.expect("told");
    let [sent, by_key] = <[_; 2]>::try_from(stand_in.told()).expect("two messages");
    assert_eq!(sent["urls"], "json://PLANTED0SERVICE");
    assert_eq!(sent["title"], "Éden T3 est en route");
    assert_eq!(
        sent["body"],
        "Nyaa, 812 Mo\n\nSource: Nyaa\nVolumes: 3\n\nAnnuler: https://lacunarr.example/act/abc"
    );
    assert_eq!(
        (&sent["type"], &sent["format"]),
        (&"success".into(), &"text".into())
    );
    assert_eq!(by_key["tag"], "family");
    assert!(by_key.get("urls").is_none());
    let short = Message {
        text: Text {
            title: "Only a title".into(),
            ..Text::default()
        },
        actions: Vec::new(),
        ..message()
    };
    apprise(&stand_in, kept(KEY, None))
        .tell(&short)
        .await
        .expect("told");
    assert_eq!(stand_in.told()[2]["body"], "Only a title");
}

#[tokio::test]
async fn each_of_its_answers_is_understood() {
    let stand_in = StandIn::start();
    let huge = Message {
        text: Text {
            body: "x".repeat(3_100_000),
            ..Text::default()
        },
        ..message()
    };
    for (services, message, expected, part) in [
        (
            kept("PLANTED0OTHER", None),
            message(),
            Fault::Refused,
            "nothing is kept there",
        ),
        (
            kept(KEY, Some("unreached")),
            message(),
            PASSING,
            "at least one of its services",
        ),
        (
            urls(UNREACHED),
            message(),
            PASSING,
            "at least one of its services",
        ),
        (kept(KEY, None), huge, Fault::Refused, "too large"),
    ] {
        let untold = apprise(&stand_in, services).tell(&message).await;
        let (fault, sentence) = said(&untold.expect_err("not told"));
        assert_eq!(fault, expected, "{sentence}");
        assert!(sentence.contains(part), "{sentence}");
    }
}
