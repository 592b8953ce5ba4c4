//! Discord: always within its limits, nobody pinged, one message per story.

use std::time::Duration;

use lacunarr::{
    domain::telling::{Text, Tone},
    http::guard::Reach,
    notify::discord::{Discord, DiscordConfig, Hook, Username},
    ports::{Action, Fault, Message, Notifier},
    secret::Secret,
};
use proptest::{
    prelude::{Strategy, any},
    sample::select,
    strategy::ValueTree,
    test_runner::TestRunner,
};

use super::{PASSING, TIMEOUT, after, message, said};
use crate::stand_in::{
    discord::{Discord as StandIn, Fault as Trouble, THREAD},
    install_tls,
    receiver::{Receiver, Reply},
};

fn many() -> StandIn {
    StandIn::start(100_000, Duration::from_secs(600))
}

fn discord(stand_in: &StandIn, thread: Option<&str>) -> Discord {
    install_tls();
    let url = Secret::new(stand_in.hook());
    Discord::new(DiscordConfig {
        hook: Hook::parse(&url, thread, Reach::Home).expect("a webhook"),
        username: Some(Username::parse("Lacunarr").expect("a name")),
        reach: Reach::Home,
        timeout: TIMEOUT,
    })
}

#[tokio::test]
async fn a_message_says_what_happened_and_what_can_be_done() {
    let stand_in = many();
    let told = discord(&stand_in, None)
        .tell(&message())
        .await
        .expect("told");
    assert!(!format!("{told:?}").contains("PLANTED"), "{told:?}");
    let messages = stand_in.messages();
    let (id, body) = messages.first_key_value().expect("a message");
    assert_eq!(told.handle.as_ref(), Some(id));
    assert_eq!(body["username"], "Lacunarr");
    assert_eq!(body["allowed_mentions"]["parse"], serde_json::json!([]));
    let embed = &body["embeds"][0];
    assert_eq!(embed["title"], "Éden T3 est en route");
    assert_eq!(
        embed["description"],
        "Nyaa, 812 Mo\n\n[Annuler](https://lacunarr.example/act/abc)"
    );
    assert_eq!(embed["color"], 0x2e_cc71);
    assert_eq!(embed["fields"][1]["name"], "Volumes");
    for absent in ["content", "allow_mentions", "components", "avatar_url"] {
        assert!(body.get(absent).is_none(), "{absent}");
    }
    for absent in ["type", "url", "video", "provider", "footer"] {
        assert!(embed.get(absent).is_none(), "{absent}");
    }
}

#[tokio::test]
async fn hostile_names_are_always_accepted_and_ping_nobody() {
    let stand_in = many();
    let discord = discord(&stand_in, None);
    let long = "é".repeat(5_000);
    let stars = "*".repeat(5_000);
    let hostile = "@everyone @here <@&1> <@2> <#3> [x](https://evil) **b** `c` ||d|| \\@everyone";
    let facts = |name: &str, value: &str, count| vec![(name.to_owned(), value.to_owned()); count];
    let links = |count| {
        let url = format!("https://h/act/{}", "x".repeat(300));
        vec![
            Action {
                label: hostile.into(),
                url
            };
            count
        ]
    };
    for (title, body, facts, actions) in [
        (hostile, hostile, facts(hostile, hostile, 60), links(5)),
        (
            long.as_str(),
            long.as_str(),
            facts(&long, &long, 60),
            links(30),
        ),
        (
            stars.as_str(),
            stars.as_str(),
            facts(&stars, &stars, 60),
            links(0),
        ),
        ("", "", facts("", "", 1), Vec::new()),
        (
            " \n\u{200b} ",
            "\u{202e}",
            facts("\u{200b}", "\n", 26),
            Vec::new(),
        ),
        ("x", "", facts("a", "b", 60), links(1)),
        ("x", "", facts("a", "b", 700), Vec::new()),
    ] {
        let text = Text {
            title: title.into(),
            body: body.into(),
            facts,
            tone: Tone::Bad,
        };
        let told = discord
            .tell(&Message {
                text,
                actions,
                ..message()
            })
            .await;
        assert!(told.is_ok(), "{title:?}: {told:?} {:?}", stand_in.refused());
    }
    assert_eq!(stand_in.pinged(), Vec::<String>::new());
    assert_eq!(stand_in.mentions(), Vec::<String>::new());
    let messages: Vec<_> = stand_in.messages().into_values().collect();
    let fields = |at: usize| {
        let embeds = messages[at]["embeds"].as_array().expect("embeds");
        let fields = embeds.iter().filter_map(|embed| embed["fields"].as_array());
        fields.flatten().cloned().collect::<Vec<_>>()
    };
    assert_eq!(fields(5).len(), 60, "all that fits is there");
    assert_eq!(fields(6).len(), 250);
    assert_eq!(fields(6)[249]["value"], "+451");
}

/// Of what hostile texts are made.
const PARTS: &[&str] = &[
    "@", "everyone", "here", "<", "@&1>", "#3>", "*", "**", "_", "`", "||", "\\", "[", "](", ")",
    "https", "://", "evil", "#", "- ", "1", ".", "\n", " ", "é", "\u{200b}", "\u{202e}", "🦀",
    "Berserk", "t:1>",
];

#[tokio::test]
async fn whatever_a_text_is_made_of_it_is_accepted_and_pings_nobody() {
    let stand_in = many();
    let discord = discord(&stand_in, None);
    let text = || proptest::collection::vec(select(PARTS), 0..40).prop_map(|parts| parts.concat());
    let facts = proptest::collection::vec((text(), text()), 0..70);
    let all = (text(), text(), facts, text(), any::<bool>());
    let mut runner = TestRunner::deterministic();
    for _ in 0..100 {
        let tree = all.new_tree(&mut runner).expect("a text");
        let (title, body, facts, label, edits) = tree.current();
        let text = Text {
            title,
            body,
            facts,
            tone: Tone::Ask,
        };
        let action = Action {
            label,
            url: "https://h/act/x".into(),
        };
        let message = Message {
            text,
            actions: vec![action],
            earlier: edits.then(|| "9000".into()),
            ..message()
        };
        let told = discord.tell(&message).await;
        assert!(
            told.is_ok(),
            "{message:?}: {told:?} {:?}",
            stand_in.refused()
        );
    }
    assert_eq!(stand_in.pinged(), Vec::<String>::new());
    assert_eq!(stand_in.mentions(), Vec::<String>::new());
}

#[tokio::test]
async fn a_story_is_one_message_that_is_changed_and_made_anew_when_it_is_gone() {
    let stand_in = many();
    let discord = discord(&stand_in, Some(THREAD));
    let mut message = message();
    message.earlier = discord.tell(&message).await.expect("told").handle;
    message.text.title = "Éden T3 est arrivé".into();
    let told = discord.tell(&message).await.expect("told");
    assert_eq!(told.handle, message.earlier);
    let messages = stand_in.messages();
    assert_eq!(messages.len(), 1);
    let body = messages.values().next().expect("a message");
    assert_eq!(body["embeds"][0]["title"], "Éden T3 est arrivé");
    assert_eq!(body["allowed_mentions"]["parse"], serde_json::json!([]));
    assert!(
        body.get("username").is_none(),
        "the author of a message stays"
    );
    stand_in.clear();
    discord.tell(&message).await.expect("told");
    stand_in.fail(Trouble::TooManyEdits);
    discord.tell(&message).await.expect("told");
    message.earlier = Some("../../other".into());
    discord.tell(&message).await.expect("told");
    let thread = format!("thread_id={THREAD}");
    let post = format!("POST wait=true&{thread}");
    let patch = format!("PATCH {thread}");
    let expected = [&post, &patch, &patch, &post, &patch, &post, &post];
    assert_eq!(stand_in.requests(), expected.map(String::as_str));
}

#[tokio::test]
async fn a_message_whose_id_is_not_to_be_had_is_told_and_a_page_is_not() {
    install_tls();
    let receiver = Receiver::start();
    let url = format!("{}api/webhooks/12345/PLANTED0TOKEN", receiver.url());
    let hook = Hook::parse(&Secret::new(url), None, Reach::Home);
    let discord = Discord::new(DiscordConfig {
        hook: hook.expect("a webhook"),
        username: None,
        reach: Reach::Home,
        timeout: TIMEOUT,
    });
    let long = format!(
        r#"{{"embeds":[{{"title":"{}"}}],"id":"9"}}"#,
        "x".repeat(70_000)
    );
    let no_id = r#"{"id":"../PLANTED","channel_id":"1"}"#;
    for (says, expected) in [
        (r#"{"id":"9001","channel_id":"1"}"#, Ok(Some("9001"))),
        (r#"{"id":"9001"}"#, Ok(Some("9001"))),
        (no_id, Ok(None)),
        (r#"{"embeds":[]}"#, Ok(None)),
        (&long, Ok(None)),
        ("<html>Sign in</html>", Err(Fault::Refused)),
        (r#"{"id":"../x"}"#, Err(Fault::Refused)),
        (r#"{"ok":true}"#, Err(Fault::Refused)),
        (r#"{"ok""#, Err(Fault::Refused)),
        ("", Err(Fault::Refused)),
    ] {
        receiver.answers([Reply::Says(200, says.into())]);
        let told = discord.tell(&message()).await;
        let told = told.map(|told| told.handle).map_err(|untold| untold.fault);
        assert_eq!(told, expected.map(|id| id.map(str::to_owned)), "{says:.60}");
    }
    receiver.answers([Reply::Says(200, no_id.into())]);
    let earlier = Some("77".to_owned());
    let changed = Message {
        earlier: earlier.clone(),
        ..message()
    };
    let told = discord.tell(&changed).await.expect("told");
    assert_eq!(told.handle, earlier, "it stays the one that was changed");
}

#[tokio::test]
async fn each_of_its_answers_is_understood() {
    let stand_in = many();
    let told_with = async |trouble| {
        stand_in.fail(trouble);
        let untold = discord(&stand_in, None).tell(&message()).await;
        said(&untold.expect_err("not told"))
    };
    for (trouble, expected) in [
        (Trouble::Deleted, Fault::Gone),
        (Trouble::OtherToken, Fault::Gone),
        (Trouble::Cloudflare, after(7.0)),
        (Trouble::Limited(1_250), after(1.25)),
        (Trouble::Broken, PASSING),
    ] {
        let (fault, sentence) = told_with(trouble).await;
        assert_eq!(fault, expected, "{trouble:?}: {sentence}");
    }
    stand_in.fail(None);
    let elsewhere = discord(&stand_in, Some("1")).tell(&message()).await;
    let (fault, sentence) = said(&elsewhere.expect_err("not told"));
    assert_eq!(fault, Fault::Gone);
    assert!(
        sentence.contains("the channel or the thread is gone"),
        "{sentence}"
    );
}

#[tokio::test]
async fn who_waits_as_it_is_told_is_never_limited() {
    let stand_in = StandIn::start(2, Duration::from_millis(400));
    let discord = discord(&stand_in, None);
    let mut pauses = 0;
    for _ in 0..5 {
        let told = discord.tell(&message()).await.expect("never limited");
        if let Some(pause) = told.pause {
            pauses += 1;
            tokio::time::sleep(pause + Duration::from_millis(5)).await;
        }
    }
    assert_eq!((pauses, stand_in.messages().len()), (2, 5));
    for _ in 0..2 {
        let _ = discord.tell(&message()).await;
    }
    let untold = discord.tell(&message()).await.expect_err("limited");
    let Fault::Passing { after: Some(wait) } = untold.fault else {
        panic!("{untold:?}");
    };
    assert!(wait <= Duration::from_millis(400), "{wait:?}");
}
