//! The adapters of targets against stand-ins: what reaches a target, and what each of its answers means.

use std::time::Duration;

use lacunarr::{
    domain::telling::{Text, Tone},
    http::guard::Reach,
    notify::address::Address,
    ports::{Action, Fault, Message, Untold},
    secret::Secret,
};

use crate::stand_in::install_tls;

mod apprise;
mod discord;
mod home_assistant;
mod mail;
mod ntfy;
mod webhook;

/// For one attempt.
const TIMEOUT: Duration = Duration::from_secs(5);

/// For an attempt that is to end before the answer comes.
const SHORT: Duration = Duration::from_millis(300);

fn address(url: impl Into<String>) -> Address {
    install_tls();
    Address::parse(&Secret::new(url), Reach::Home).expect("an address")
}

/// A grab was sent; told now.
fn message() -> Message {
    let now = chrono::Utc::now().timestamp_millis();
    Message {
        id: "msg_00112233445566778899aabbccddeeff".into(),
        kind: "grab.sent".into(),
        at: now - 60_000,
        now,
        attempt: 2,
        body: r#"{"type":"grab.sent","timestamp":"2026-11-26T09:00:00Z","data":{"title":"Éden"}}"#
            .into(),
        text: Text {
            title: "Éden T3 est en route".into(),
            body: "Nyaa, 812 Mo".into(),
            facts: vec![
                ("Source".into(), "Nyaa".into()),
                ("Volumes".into(), "3".into()),
            ],
            tone: Tone::Good,
        },
        actions: vec![Action {
            label: "Annuler".into(),
            url: "https://lacunarr.example/act/abc".into(),
        }],
        thread: Some("grab:7".into()),
        earlier: None,
    }
}

/// Its fault and sentence, once it is sure that nothing of it is secret.
fn said(untold: &Untold) -> (Fault, String) {
    let shown = format!("{untold:?}");
    assert!(!shown.contains("PLANTED"), "{shown}");
    (untold.fault, untold.message.clone())
}

const PASSING: Fault = Fault::Passing { after: None };

fn after(seconds: f64) -> Fault {
    Fault::Passing {
        after: Some(Duration::from_secs_f64(seconds)),
    }
}
