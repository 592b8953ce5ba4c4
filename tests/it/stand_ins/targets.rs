//! Targets: what their stand-ins refuse, so that being taken by them means something.

use std::time::Duration;

use serde_json::{Value, json};

use super::http;
use crate::stand_in::{
    discord::Discord,
    home_assistant::{HOOK, HomeAssistant},
    ntfy::Ntfy,
};

const AGENT: &str = "DiscordBot (https://h, 1.0)";

async fn post(url: &str, agent: &str, body: &Value) -> (u16, Value) {
    let request = http().post(url).header("User-Agent", agent).json(body);
    let answer = request.send().await.expect("an answer");
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap_or_default())
}

#[tokio::test]
async fn discord_refuses_what_is_over_a_limit() {
    let discord = Discord::start(1000, Duration::from_secs(600));
    let embed = |embed: Value| json!({"embeds": [embed]});
    let of = |length: usize| "é".repeat(length);
    let field = |name: &str, value: &str| json!({"name": name, "value": value});
    let whole = json!({"title": of(256), "description": of(4096), "footer": {"text": of(1648)}});
    for (body, is_taken) in [
        (json!({"content": of(2000)}), true),
        (json!({"content": of(2001)}), false),
        (json!({"content": " "}), false),
        (json!({}), false),
        (json!({"embeds": vec![json!({"title": "x"}); 10]}), true),
        (json!({"embeds": vec![json!({"title": "x"}); 11]}), false),
        (embed(json!({"title": of(256)})), true),
        (embed(json!({"title": of(257)})), false),
        (embed(json!({"description": of(4097)})), false),
        (embed(json!({"fields": vec![field("a", "b"); 25]})), true),
        (embed(json!({"fields": vec![field("a", "b"); 26]})), false),
        (embed(json!({"fields": [field(&of(257), "b")]})), false),
        (embed(json!({"fields": [field("a", &of(1025))]})), false),
        (embed(json!({"fields": [field("a", " ")]})), false),
        (embed(json!({"fields": [field("", "b")]})), false),
        (embed(json!({"title": "x", "color": 0xff_ffff})), true),
        (embed(json!({"title": "x", "color": "16711680"})), false),
        (
            embed(json!({"title": "x", "timestamp": "yesterday"})),
            false,
        ),
        (embed(json!({"color": 1})), false),
        (embed(whole.clone()), true),
        (json!({"embeds": [whole, {"title": "x"}]}), false),
        (json!({"content": "x", "username": "Discord"}), false),
    ] {
        let (status, said) = post(&discord.hook(), AGENT, &body).await;
        assert_eq!(status, if is_taken { 204 } else { 400 }, "{said}");
    }
}

#[tokio::test]
async fn discord_pings_whoever_is_not_protected_and_blocks_who_has_no_name() {
    let discord = Discord::start(1, Duration::from_secs(600));
    // The name under which the crate writes the guard is not Discord's.
    let wrong = json!({"content": "hi @everyone", "allow_mentions": {"parse": []}});
    let (status, _) = post(&discord.hook(), "reqwest", &wrong).await;
    assert_eq!(status, 403);
    post(&discord.hook(), AGENT, &wrong).await;
    assert_eq!(discord.pinged(), ["hi @everyone"]);
    let (status, said) = post(&discord.hook(), AGENT, &wrong).await;
    assert_eq!(status, 429);
    assert!(
        said["retry_after"]
            .as_f64()
            .is_some_and(|wait| wait > 500.0)
    );
}

#[tokio::test]
async fn home_assistant_answers_200_to_nearly_everything() {
    let stand_in = HomeAssistant::start();
    let (json, text) = ("application/json", "text/plain");
    for (method, id, kind, body, status, runs) in [
        ("POST", HOOK, json, "{}", 200, true),
        (
            "POST",
            HOOK,
            "application/cloudevents+json",
            "{}",
            200,
            true,
        ),
        ("PUT", HOOK, json, "{}", 200, true),
        ("POST", "unknown", json, "{}", 200, false),
        ("GET", HOOK, json, "", 405, false),
        ("HEAD", HOOK, json, "", 200, false),
        ("POST", HOOK, text, "{}", 200, false),
        ("POST", HOOK, json, "{", 200, false),
    ] {
        let before = stand_in.ran().len();
        let url = stand_in
            .url()
            .join(&format!("api/webhook/{id}"))
            .expect("a URL");
        let method = method.parse::<reqwest::Method>().expect("a method");
        let request = http()
            .request(method.clone(), url)
            .header("Content-Type", kind);
        let answer = request.body(body).send().await.expect("an answer");
        let ran = stand_in.ran().len() > before;
        assert_eq!(
            (answer.status().as_u16(), ran),
            (status, runs),
            "{method} {id} {kind} {body}"
        );
    }
    let url = stand_in.url().join("api/webhook/x").expect("a URL");
    let request = http().post(url).header("X-Forwarded-For", "10.0.0.1");
    assert_eq!(request.send().await.expect("an answer").status(), 400);
}

#[tokio::test]
async fn ntfy_takes_json_at_its_root_and_text_at_a_topic() {
    let stand_in = Ntfy::start(60, false);
    let url = stand_in.url();
    let long = json!({"topic": "a", "message": "x".repeat(4097)});
    for (path, body, status) in [
        ("", json!({"topic": "a", "message": "hi"}), 200),
        ("a", json!({"topic": "a", "message": "hi"}), 200),
        ("", long, 200),
        ("", json!({"message": "hi"}), 400),
        ("", json!({"topic": "a", "priority": 6}), 400),
    ] {
        let url = url.join(path).expect("a URL");
        assert_eq!(post(url.as_str(), AGENT, &body).await.0, status, "{body}");
    }
    let published = stand_in.published();
    assert_eq!(published[0]["message"], "hi");
    assert_eq!(published[1]["message"], r#"{"message":"hi","topic":"a"}"#);
    assert!(published[2]["attachment"].is_object());
}
