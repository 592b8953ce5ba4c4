//! Webhooks, and what all targets that speak HTTP have in common.

use base64::{Engine, engine::general_purpose::STANDARD};
use lacunarr::{
    http::guard::Reach,
    notify::{
        address::Address,
        header::Header,
        signature::SigningKey,
        webhook::{Verb, Webhook, WebhookConfig},
    },
    ports::{Fault, Message, Notifier},
    secret::Secret,
};

use super::{PASSING, SHORT, TIMEOUT, address, after, message, said};
use crate::stand_in::{
    install_tls,
    receiver::{Receiver, Reply},
};

fn config(receiver: &Receiver) -> WebhookConfig {
    WebhookConfig {
        address: address(format!(
            "{}hooks/PLANTED0PATH?key=PLANTED0KEY",
            receiver.url()
        )),
        verb: Verb::Post,
        keys: Vec::new(),
        github: None,
        headers: Vec::new(),
        reach: Reach::Home,
        timeout: TIMEOUT,
    }
}

fn key(byte: u8) -> (Secret, SigningKey) {
    let secret = Secret::new(format!("whsec_{}", STANDARD.encode([byte; 32])));
    let key = SigningKey::parse(&secret).expect("a key");
    (secret, key)
}

#[tokio::test]
async fn an_independent_verifier_accepts_what_was_sent_with_the_old_secret_and_the_new_one() {
    let receiver = Receiver::start();
    let [(new, new_key), (old, old_key), (other, _)] = [1, 2, 3].map(key);
    let webhook = Webhook::new(WebhookConfig {
        keys: vec![new_key, old_key],
        ..config(&receiver)
    });
    let message = message();
    let told = webhook.tell(&message).await.expect("told");
    assert_eq!((told.status, told.answer.as_str()), (Some(200), "ok"));
    let received = &receiver.received()[0];
    assert_eq!(received.body, message.body, "the exact bytes");
    let accepts = |secret: &Secret| {
        let verifier = standardwebhooks::Webhook::new(secret.expose()).expect("a secret");
        verifier
            .verify(received.body.as_bytes(), &received.headers)
            .is_ok()
    };
    assert!(accepts(&new) && accepts(&old) && !accepts(&other));
    assert_eq!(received.header("webhook-id"), message.id);
    assert_eq!(
        received.header("webhook-timestamp"),
        (message.now / 1000).to_string()
    );
}

#[tokio::test]
async fn a_request_says_what_the_receiver_asked_for_and_nothing_that_confuses_it() {
    let receiver = Receiver::start();
    let plain = Webhook::new(config(&receiver));
    plain.tell(&message()).await.expect("told");
    let full = Webhook::new(WebhookConfig {
        verb: Verb::Put,
        github: Some(Secret::new("It's a Secret to Everybody")),
        headers: vec![
            Header::parse("X-Api-Key", &Secret::new("PLANTED0HEADER")).expect("a header"),
        ],
        ..config(&receiver)
    });
    let hello = Message {
        body: "Hello, World!".into(),
        ..message()
    };
    full.tell(&hello).await.expect("told");
    let [plain, full] = <[_; 2]>::try_from(receiver.received()).expect("two requests");
    assert_eq!(plain.method, "POST");
    assert_eq!(plain.path, "/hooks/PLANTED0PATH?key=PLANTED0KEY");
    for (name, expected) in [
        ("content-type", "application/json"),
        (
            "user-agent",
            concat!("Lacunarr/", env!("CARGO_PKG_VERSION")),
        ),
        ("lacunarr-attempt", "2"),
        ("webhook-signature", ""),
        ("x-hub-signature-256", ""),
        ("x-forwarded-for", ""),
        ("cookie", ""),
    ] {
        assert_eq!(plain.header(name), expected, "{name}");
    }
    assert_eq!(full.method, "PUT");
    for (name, expected) in [
        (
            "x-hub-signature-256",
            "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
        ),
        ("x-github-event", "grab.sent"),
        ("x-github-delivery", "00112233-4455-6677-8899-aabbccddeeff"),
        ("x-api-key", "PLANTED0HEADER"),
    ] {
        assert_eq!(full.header(name), expected, "{name}");
    }
}

#[tokio::test]
async fn every_answer_means_told_later_never_this_or_never_again() {
    let receiver = Receiver::start();
    let webhook = Webhook::new(config(&receiver));
    let mut message = message();
    message.now = 1_700_000_000_000; // Tue, 14 Nov 2023 22:13:20 GMT
    let header = |code, value: &str| Reply::Header(code, "Retry-After", value.to_owned());
    for (reply, expected) in [
        (Reply::Status(500), PASSING),
        (Reply::Status(502), PASSING),
        (Reply::Status(408), PASSING),
        (Reply::Status(425), PASSING),
        (Reply::Status(429), PASSING),
        (header(429, "120"), after(120.0)),
        (header(429, "Tue, 14 Nov 2023 22:15:20 GMT"), after(120.0)),
        (header(429, "Tue, 14 Nov 2023 22:00:00 GMT"), after(0.0)),
        (header(503, "0.5"), after(0.5)),
        (header(503, "99999999"), after(24.0 * 3600.0)),
        (header(503, "soon"), PASSING),
        (Reply::Status(410), Fault::Gone),
        (Reply::Status(400), Fault::Refused),
        (Reply::Status(401), Fault::Refused),
        (Reply::Status(403), Fault::Refused),
        (Reply::Status(404), Fault::Refused),
        (Reply::Status(405), Fault::Refused),
        (Reply::Status(413), Fault::Refused),
        (Reply::Status(415), Fault::Refused),
        (Reply::Status(422), Fault::Refused),
        (Reply::Status(304), Fault::Refused),
        (Reply::BreaksOff, PASSING),
    ] {
        receiver.answers([reply.clone()]);
        let untold = webhook.tell(&message).await.expect_err("not told");
        let (fault, sentence) = said(&untold);
        assert_eq!(fault, expected, "{reply:?}");
        let origin = receiver.url().to_string();
        assert!(
            sentence.contains(origin.trim_end_matches('/')),
            "{sentence}"
        );
    }
    for code in [200, 201, 202, 204] {
        receiver.answers([Reply::Status(code)]);
        let told = webhook.tell(&message).await.expect("told");
        assert_eq!(told.status, Some(code));
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (receiver, elsewhere) = (Receiver::start(), Receiver::start());
    let webhook = Webhook::new(config(&receiver));
    for code in [301, 302, 307, 308] {
        let there = elsewhere.url().to_string();
        receiver.answers([Reply::Header(code, "Location", there)]);
        let untold = webhook.tell(&message()).await.expect_err("not told");
        let (fault, sentence) = said(&untold);
        assert_eq!(fault, Fault::Refused);
        assert!(
            sentence.contains("redirects are not followed"),
            "{sentence}"
        );
    }
    assert!(elsewhere.received().is_empty());
}

#[tokio::test]
async fn who_is_slow_down_or_talks_without_end_delays_nobody_for_long() {
    let receiver = Receiver::start();
    let webhook = Webhook::new(WebhookConfig {
        timeout: SHORT,
        ..config(&receiver)
    });
    receiver.answers([Reply::Slow(TIMEOUT)]);
    let untold = webhook.tell(&message()).await.expect_err("not told");
    assert_eq!(said(&untold).0, PASSING);
    assert!(untold.message.contains("did not answer"), "{untold:?}");
    receiver.set_down(true);
    let untold = webhook.tell(&message()).await.expect_err("not told");
    assert_eq!(said(&untold).0, PASSING);
    receiver.set_down(false);
    receiver.answers([Reply::Endless]);
    let patient = Webhook::new(config(&receiver));
    let told = patient.tell(&message()).await.expect("told");
    assert!(
        (1000..=1024).contains(&told.answer.len()),
        "{}",
        told.answer.len()
    );
}

#[tokio::test]
async fn what_a_receiver_repeats_is_kept_without_secrets() {
    let receiver = Receiver::start();
    let header = Header::parse("X-Key", &Secret::new("PLANTED0HEADER")).expect("a header");
    let webhook = Webhook::new(WebhookConfig {
        headers: vec![header],
        ..config(&receiver)
    });
    let echo = "Cannot POST /hooks/PLANTED0PATH with PLANTED0HEADER, see http://h/?key=PLANTED0KEY";
    receiver.answers([Reply::Says(400, echo.into()), Reply::Says(200, echo.into())]);
    let untold = webhook.tell(&message()).await.expect_err("not told");
    said(&untold);
    assert_eq!(untold.answer, "Cannot POST … with …, see");
    let told = webhook.tell(&message()).await.expect("told");
    assert_eq!(told.answer, untold.answer);
}

#[tokio::test]
async fn a_receiver_that_repeats_every_header_gives_no_secret_away() {
    let receiver = Receiver::start();
    let mut url = receiver.url();
    url.set_username("me").expect("a name");
    url.set_password(Some("pw %1")).expect("a password");
    let header = |name, value: &str| Header::parse(name, &Secret::new(value)).expect("a header");
    let webhook = Webhook::new(WebhookConfig {
        address: address(url),
        headers: vec![
            header("X-Token", "Bearer PLANTED0TOKEN"),
            header("X-Other", "Basic eW91OlBMQU5URUQwT1RIRVI="),
            header("X-Key", "clé-PLANTED"),
        ],
        ..config(&receiver)
    });
    webhook.tell(&message()).await.expect("told");
    let headers = receiver.received().remove(0).headers;
    let shown = |name: &str| String::from_utf8_lossy(headers[name].as_bytes()).into_owned();
    let basic = shown("authorization");
    assert_eq!(basic, "Basic bWU6cHcgJTE=");
    let code = basic.trim_start_matches("Basic ").trim_end_matches('=');
    let key = shown("x-key");
    let latin: String = key.bytes().map(char::from).collect();
    let echo = format!(
        "{} no token PLANTED0TOKEN, nor {} {code} of me with pw %1 or pw%20%1, you with PLANTED0OTHER, {key} {latin}",
        shown("x-token"),
        shown("x-other"),
    );
    receiver.answers([Reply::Says(400, echo)]);
    let untold = webhook.tell(&message()).await.expect_err("not told");
    said(&untold);
    for secret in [
        code,
        "pw %1",
        "pw%20%1",
        "PLANTED",
        "eW91OlBMQU5URUQwT1RIRVI",
        "clé",
    ] {
        assert!(!untold.answer.contains(secret), "{secret}: {untold:?}");
        assert!(!untold.message.contains(secret), "{secret}: {untold:?}");
    }
    assert!(
        untold.answer.contains("of me with … or …, you with …,"),
        "{untold:?}"
    );
}

#[tokio::test]
async fn dangerous_addresses_are_not_called_whatever_they_are_called() {
    install_tls();
    for (url, reach, expected) in [
        ("http://localhost:9/", Reach::Internet, PASSING),
        ("http://127.0.0.1:9/", Reach::Internet, Fault::Refused),
        ("http://localhost:9/", Reach::Home, PASSING),
    ] {
        let webhook = Webhook::new(WebhookConfig {
            address: Address::parse(&Secret::new(url), Reach::Home).expect("an address"),
            verb: Verb::Post,
            keys: Vec::new(),
            github: None,
            headers: Vec::new(),
            reach,
            timeout: TIMEOUT,
        });
        let (fault, sentence) = said(&webhook.tell(&message()).await.expect_err("not told"));
        assert_eq!(fault, expected, "{url} {sentence}");
        let is_said = sentence.contains("an address of a private network");
        assert_eq!(is_said, reach == Reach::Internet, "{sentence}");
    }
}
