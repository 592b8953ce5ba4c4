use super::*;

fn secret(text: &str) -> Option<Secret> {
    Some(Secret::new(text))
}

fn wrong(written: Written) -> Vec<&'static str> {
    let mistakes = match written.read() {
        Ok((settings, secrets)) => settings.mistakes(&secrets),
        Err(mistakes) => mistakes,
    };
    for (field, problem) in &mistakes {
        assert!(!problem.contains("hunter2"), "{field}: {problem}");
    }
    mistakes.into_iter().map(|mistake| mistake.0).collect()
}

fn of(kind: Kind) -> Written {
    let url = match kind {
        Kind::Webhook => secret("http://receiver:8080/hook?key=hunter2"),
        Kind::Discord => secret("https://discord.com/api/webhooks/123/hunter2"),
        Kind::HomeAssistant => secret("http://homeassistant:8123"),
        Kind::Ntfy => secret("https://ntfy.sh"),
        Kind::Apprise => secret("http://apprise:8000"),
        Kind::Mail => None,
    };
    let mut written = Written {
        kind,
        url,
        ..Written::default()
    };
    match kind {
        Kind::Webhook | Kind::Discord => {}
        Kind::HomeAssistant => written.webhook_id = secret("hunter2"),
        Kind::Ntfy => written.topic = secret("hunter2"),
        Kind::Apprise => written.key = secret("hunter2"),
        Kind::Mail => {
            written.host = Some("smtp.home.example".into());
            written.from = Some("lacunarr@home.example".into());
            written.to = Some(vec!["me@home.example".into()]);
        }
    }
    written
}

#[test]
fn the_least_that_each_kind_needs_is_enough_and_reads_back() {
    for kind in Kind::ALL {
        assert_eq!(wrong(of(kind)), [] as [&str; 0], "{kind:?}");
        let (settings, secrets) = of(kind).read().expect("its fields");
        assert!(!settings.origin.is_empty(), "{kind:?}");
        let again = Written::of(settings.clone(), secrets.clone()).read();
        assert_eq!(again, Ok((settings.clone(), secrets)), "{kind:?}");
        let stored = crate::connection::Settings::Target(Box::new(settings));
        let json = stored.to_json();
        assert!(!json.contains("hunter2"), "{json}");
        let read = crate::connection::Settings::from_json(kind.word(), &json);
        assert_eq!(read, Some(stored));
    }
}

#[test]
fn each_mistake_names_its_field() {
    let with = |kind, change: fn(&mut Written)| {
        let mut written = of(kind);
        change(&mut written);
        wrong(written)
    };
    for (found, expected) in [
        (with(Kind::Webhook, |it| it.url = None), "url"),
        (with(Kind::Webhook, |it| it.url = secret("receiver")), "url"),
        (
            with(Kind::Webhook, |it| {
                it.url = secret("http://169.254.169.254/")
            }),
            "url",
        ),
        (
            with(Kind::Webhook, |it| it.signing_secret = secret("short")),
            "signingSecret",
        ),
        (
            with(Kind::Webhook, |it| it.github_style = Some(true)),
            "githubStyle",
        ),
        (
            with(Kind::Webhook, |it| {
                it.headers = Some([("Host".into(), Secret::new("x"))].into());
            }),
            "headers",
        ),
        (with(Kind::Webhook, |it| it.topic = secret("x")), "topic"),
        (
            with(Kind::Discord, |it| it.url = secret("http://h/")),
            "url",
        ),
        (
            with(Kind::Discord, |it| it.thread_id = Some("x".into())),
            "threadId",
        ),
        (
            with(Kind::Discord, |it| it.username = Some("Discord".into())),
            "username",
        ),
        (
            with(Kind::HomeAssistant, |it| it.token = secret("hunter2")),
            "webhookId",
        ),
        (
            with(Kind::Ntfy, |it| it.username = Some("me".into())),
            "token",
        ),
        (with(Kind::Ntfy, |it| it.topic = secret("a b")), "topic"),
        (with(Kind::Apprise, |it| it.key = None), "key"),
        (with(Kind::Mail, |it| it.to = None), "to"),
        (with(Kind::Mail, |it| it.from = Some("me".into())), "from"),
        (with(Kind::Mail, |it| it.url = secret("http://h")), "url"),
        (
            with(Kind::Mail, |it| it.timeout_seconds = Some(0)),
            "timeoutSeconds",
        ),
        (
            with(Kind::Mail, |it| it.tells.events = vec!["grab.send".into()]),
            "events",
        ),
        (
            with(Kind::Mail, |it| it.tells.title = Some("{nothing}".into())),
            "titleTemplate",
        ),
    ] {
        assert_eq!(found, [expected]);
    }
}

#[test]
fn secrets_that_a_new_address_would_get_are_named() {
    let old = TargetSecrets {
        url: secret("http://old"),
        token: secret("a"),
        webhook_id: secret("b"),
        topic: secret("c"),
        key: secret("d"),
        urls: secret("e"),
        signing: secret("f"),
        headers: [("X-Key".into(), Secret::new("g"))].into(),
        ..TargetSecrets::default()
    };
    let all = ["token", "webhookId", "topic", "key", "urls", "headers"];
    assert_eq!(old.kept_of(&old), all);
    let new = TargetSecrets {
        topic: secret("another"),
        headers: [("X-Key".into(), Secret::new("another"))].into(),
        key: None,
        ..old.clone()
    };
    assert_eq!(new.kept_of(&old), ["token", "webhookId", "urls"]);
    let none = TargetSecrets::default();
    assert_eq!(none.kept_of(&none), [] as [&str; 0]);
}

#[test]
fn quiet_hours_are_two_times_of_day() {
    assert!(quiet_hours("22:00-07:30").is_some());
    for wrong in ["22:00", "22-7", "25:00-07:00", ""] {
        assert_eq!(quiet_hours(wrong), None, "{wrong}");
    }
}
