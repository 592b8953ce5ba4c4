//! Tables `[targets.NAME]`: who is told of events.

use std::collections::BTreeMap;

use super::layers::Layers;
use crate::{
    connection::{
        Secrets, Settings,
        target::{Kind, Tls, Written, quiet_hours, time_of_day},
    },
    domain::telling::{
        Importance, Tongue,
        tells::{Quiet, Tells},
    },
    secret::Secret,
};

/// A target; none when its fields do not belong to its kind, which is a mistake that is noted.
pub fn target(layers: &mut Layers, at: &str) -> Option<(Settings, Secrets)> {
    let words = Kind::ALL.map(Kind::word);
    let kind = layers.one_of(&format!("{at}.kind"), &words);
    if kind.is_none() {
        let problem = format!("it is missing; it must be {}", words.join(" or "));
        layers.mistake(&format!("{at}.kind"), &problem);
    }
    let kind = kind.and_then(|word| Kind::from_word(&word));
    // Read even so: its other keys are not unknown for want of a kind.
    let written = written(layers, at, kind.unwrap_or_default());
    kind?;
    match written.read() {
        Ok((settings, secrets)) => Some((Settings::Target(Box::new(settings)), secrets)),
        Err(mistakes) => {
            for (field, problem) in mistakes {
                layers.mistake(&super::connections::key_of(at, field), &problem);
            }
            None
        }
    }
}

fn written(layers: &mut Layers, at: &str, kind: Kind) -> Written {
    let key = |name: &str| format!("{at}.{name}");
    Written {
        kind,
        url: layers.secret(&key("url")),
        method: layers.one_of(&key("method"), &["POST", "PUT"]),
        headers: headers(layers, &key("headers")),
        signing_secret: layers.secret(&key("signing_secret")),
        github_style: layers.flag(&key("github_style")),
        username: layers.text(&key("username")),
        password: layers.secret(&key("password")),
        token: layers.secret(&key("token")),
        thread_id: layers.text(&key("thread_id")),
        webhook_id: layers.secret(&key("webhook_id")),
        event_type: layers.text(&key("event_type")),
        topic: layers.secret(&key("topic")),
        key: layers.secret(&key("key")),
        tag: layers.text(&key("tag")),
        urls: layers.secret(&key("urls")),
        host: layers.text(&key("host")),
        port: layers
            .number(&key("port"), 1, 65_535)
            .and_then(|port| u16::try_from(port).ok()),
        tls: layers
            .one_of(&key("tls"), &Tls::ALL.map(Tls::word))
            .and_then(|word| Tls::from_word(&word)),
        from: layers.text(&key("from")),
        to: layers.texts(&key("to")),
        allow_private: layers.flag(&key("allow_private")),
        timeout_seconds: layers
            .number(&key("timeout_seconds"), 1, 120)
            .and_then(|seconds| u32::try_from(seconds).ok()),
        tells: tells(layers, at),
    }
}

fn tells(layers: &mut Layers, at: &str) -> Tells {
    let key = |name: &str| format!("{at}.{name}");
    let usual = Tells::default();
    let importance = Importance::ALL.map(Importance::word);
    let language = Tongue::ALL.map(Tongue::word);
    Tells {
        events: layers.texts(&key("events")).unwrap_or_default(),
        libraries: layers.texts(&key("libraries")).unwrap_or_default(),
        series: layers.numbers(&key("series")).unwrap_or_default(),
        least: layers
            .one_of(&key("importance"), &importance)
            .and_then(|word| Importance::from_word(&word))
            .unwrap_or(usual.least),
        quiet: quiet(layers, &key("quiet_hours")),
        digest: times(layers, &key("digest_at")),
        language: layers
            .one_of(&key("language"), &language)
            .and_then(|word| Tongue::from_word(&word))
            .unwrap_or(usual.language),
        title: layers.text(&key("title_template")),
        text: layers.text(&key("text_template")),
    }
}

fn quiet(layers: &mut Layers, key: &str) -> Option<Quiet> {
    let text = layers.text(key)?;
    let quiet = quiet_hours(&text);
    if quiet.is_none() {
        layers.mistake(key, "it must be two times of day, for example 22:00-07:30");
    }
    quiet
}

fn times(layers: &mut Layers, key: &str) -> Vec<chrono::NaiveTime> {
    let texts = layers.texts(key).unwrap_or_default();
    let times: Vec<_> = texts.iter().filter_map(|text| time_of_day(text)).collect();
    if times.len() < texts.len() {
        layers.mistake(key, "it must be times of day, for example [\"19:00\"]");
    }
    times
}

/// Each is `Name: value`; the whole list is a secret.
fn headers(layers: &mut Layers, key: &str) -> Option<BTreeMap<String, Secret>> {
    let mut headers = BTreeMap::new();
    for text in layers.texts(key)? {
        match text.split_once(':') {
            Some((name, value)) => {
                headers.insert(name.trim().to_owned(), Secret::new(value.trim()));
            }
            None => layers.mistake(
                key,
                "each must be a name and a value, for example \"X-Key: abc\"",
            ),
        }
    }
    Some(headers)
}
