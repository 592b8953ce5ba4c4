//! Discord, through a webhook of a channel. One message per thread of events, which is changed as the story goes on.

use std::time::Duration;

use async_trait::async_trait;
use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use self::body::body;
use super::{
    Mistake,
    address::Address,
    answer::{ask, passing, seconds, told, untold, usual},
};
use crate::{
    http::{
        Answer, Http,
        guard::{Guard, Reach},
    },
    ports::{Fault, Message, Notifier, Told, Untold},
    secret::Secret,
};

mod body;
mod markdown;

/// Discord's own form; without it a request may be blocked. There is no home page to name.
const AGENT: &str = concat!(
    "DiscordBot (https://lacunarr.invalid, ",
    env!("CARGO_PKG_VERSION"),
    ")"
);

/// Codes in Discord's answers.
mod code {
    pub const UNKNOWN_CHANNEL: i64 = 10_003;
    pub const UNKNOWN_MESSAGE: i64 = 10_008;
    pub const TOO_MANY_EDITS: i64 = 30_046;
    pub const NOT_OUR_MESSAGE: i64 = 50_005;
}

/// A webhook of Discord: `https://discord.com/api/webhooks/{id}/{token}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    address: Address,
    thread: Option<String>,
}

impl Hook {
    /// Reads the address that Discord shows under *Copy Webhook URL*, with the id of a thread in `thread` or in the address.
    ///
    /// # Errors
    /// [`Mistake`] when it is another address, or the thread is no id.
    pub fn parse(url: &Secret, thread: Option<&str>, reach: Reach) -> Result<Self, Mistake> {
        let address = Address::parse(url, reach)?;
        let url = address.url();
        let parts: Vec<&str> = url.path_segments().into_iter().flatten().collect();
        let is_hook = match *parts.as_slice() {
            ["api", "webhooks", id, token] => is_id(id) && !token.is_empty(),
            ["api", version, "webhooks", id, token] => {
                version.starts_with('v') && is_id(id) && !token.is_empty()
            }
            _ => false,
        };
        if !is_hook {
            return Err(Mistake::new(
                "this is not the address of a Discord webhook; copy it in Discord under Edit Channel, Integrations, Webhooks",
            ));
        }
        let pasted = url.query_pairs().find(|(name, _)| name == "thread_id");
        let pasted = pasted.map(|(_, value)| value.into_owned());
        let typed = thread.map(|id| id.trim().to_owned());
        let thread = typed.filter(|id| !id.is_empty()).or(pasted);
        if thread.as_deref().is_some_and(|id| !is_id(id)) {
            return Err(Mistake::new(
                "the id of a thread is a number; copy it in Discord with developer mode on",
            ));
        }
        Ok(Self {
            thread,
            address: address.without_query(),
        })
    }
}

fn is_id(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Under which name it speaks, instead of the webhook's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Username(String);

impl Username {
    /// Reads a name.
    ///
    /// # Errors
    /// [`Mistake`] for a name that Discord refuses.
    pub fn parse(name: &str) -> Result<Self, Mistake> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 80 {
            return Err(Mistake::new("a name has 1 to 80 characters"));
        }
        let folded = name.to_lowercase();
        let refused = ["clyde", "discord", "```", "@", "#"];
        if let Some(part) = refused.into_iter().find(|part| folded.contains(part)) {
            return Err(Mistake::new(format!(
                "Discord takes no name with {part:?} in it"
            )));
        }
        if matches!(folded.as_str(), "everyone" | "here") {
            return Err(Mistake::new("Discord takes no such name"));
        }
        Ok(Self(name.to_owned()))
    }
}

/// A channel, or a thread in it.
#[derive(Clone, Debug)]
pub struct DiscordConfig {
    /// Where.
    pub hook: Hook,
    /// None: the name that the webhook has in Discord.
    pub username: Option<Username>,
    /// Which addresses it may have.
    pub reach: Reach,
    /// For one request.
    pub timeout: Duration,
}

/// One channel.
pub struct Discord {
    http: Http,
    config: DiscordConfig,
}

/// What Discord answers when it does not do something.
#[derive(Deserialize)]
struct Said {
    code: Option<i64>,
    /// Seconds.
    retry_after: Option<f64>,
}

/// What every message of Discord has, and hardly anything else.
const MARKS: [&str; 2] = ["\"channel_id\"", "\"embeds\""];

/// The message that it made, by the id with which it can be changed. None: it was made, but its id is not to be had, since the answer is
/// longer than what is read of it or the id is none.
///
/// # Errors
/// [`Untold`] when it is another program's answer.
fn made(answer: &Answer) -> Result<Option<String>, Untold> {
    let text = answer.text();
    let is_message = match serde_json::from_str::<Value>(&text) {
        Ok(said) if said["id"].as_str().is_some_and(is_id) => {
            return Ok(said["id"].as_str().map(str::to_owned));
        }
        Ok(said) => said.is_object(),
        Err(error) => error.is_eof() && text.starts_with('{'),
    };
    match is_message && MARKS.iter().any(|mark| text.contains(mark)) {
        true => Ok(None),
        false => {
            let why = "this is not Discord's answer; is the address right?";
            Err(untold(answer, Fault::Refused, why))
        }
    }
}

impl Discord {
    /// Nothing is asked yet.
    pub fn new(config: DiscordConfig) -> Self {
        let guard = Guard::new(config.reach);
        let hidden = config.hook.address.hidden().secrets();
        let http = Http::guarded(config.timeout, guard, AGENT).hiding(hidden);
        Self { http, config }
    }

    async fn post(&self, message: &Message) -> Result<Answer, Untold> {
        let name = self.config.username.as_ref().map(|name| name.0.as_str());
        let mut url = self.config.hook.address.url().clone();
        // Without it Discord does not say which message it made, nor that it made none.
        url.query_pairs_mut().append_pair("wait", "true");
        self.send(Method::POST, url, &body(message, name)).await
    }

    async fn change(&self, earlier: &str, message: &Message) -> Result<Answer, Untold> {
        let mut url = self.config.hook.address.url().clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend(["messages", earlier]);
        }
        self.send(Method::PATCH, url, &body(message, None)).await
    }

    async fn send(&self, method: Method, mut url: Url, body: &Value) -> Result<Answer, Untold> {
        if let Some(thread) = &self.config.hook.thread {
            url.query_pairs_mut().append_pair("thread_id", thread);
        }
        ask(&self.http, self.http.request(method, url).json(body)).await
    }
}

/// Whether the message to change cannot be changed, which a new one makes good.
fn is_lost(answer: &Answer) -> bool {
    let code = said(answer).and_then(|said| said.code);
    let lost = [
        code::UNKNOWN_MESSAGE,
        code::TOO_MANY_EDITS,
        code::NOT_OUR_MESSAGE,
    ];
    code.is_some_and(|code| lost.contains(&code))
}

fn said(answer: &Answer) -> Option<Said> {
    match answer.status.is_success() {
        true => None,
        false => serde_json::from_slice(&answer.body).ok(),
    }
}

fn read(answer: &Answer, message: &Message) -> Result<Told, Untold> {
    if answer.status.is_success() {
        return Ok(Told {
            handle: made(answer)?,
            pause: pause(answer),
            ..told(answer)
        });
    }
    let said = said(answer);
    let code = said.as_ref().and_then(|said| said.code);
    match (answer.status.as_u16(), code) {
        (429, _) => Err(limited(answer, message, said.as_ref())),
        (404, Some(code::UNKNOWN_CHANNEL)) => {
            let why = "the channel or the thread is gone";
            Err(untold(answer, Fault::Gone, why))
        }
        // What stands between Discord and us may answer the same, but without a code.
        (401 | 404, Some(_)) => {
            let why = "the webhook was deleted, or its address is not complete; make a new one in Discord";
            Err(untold(answer, Fault::Gone, why))
        }
        _ => usual(answer, message),
    }
}

/// Too many requests: the JSON says it to the millisecond. Cloudflare's page has only the header.
fn limited(answer: &Answer, message: &Message, said: Option<&Said>) -> Untold {
    let exact = said.and_then(|said| seconds(said.retry_after?));
    let fault = match exact {
        Some(wait) => Fault::Passing { after: Some(wait) },
        None => passing(answer, message),
    };
    untold(answer, fault, "")
}

/// Nothing more may be sent in this window: waiting for its end comes before being told to.
fn pause(answer: &Answer) -> Option<Duration> {
    let header = |name| answer.headers.get(name)?.to_str().ok();
    let remaining = header("x-ratelimit-remaining")?;
    let after = header("x-ratelimit-reset-after")?;
    match remaining.trim() {
        "0" => seconds(after.trim().parse().ok()?),
        _ => None,
    }
}

#[async_trait]
impl Notifier for Discord {
    async fn tell(&self, message: &Message) -> Result<Told, Untold> {
        let earlier = message.earlier.as_deref().filter(|id| is_id(id));
        if let Some(earlier) = earlier {
            let answer = self.change(earlier, message).await?;
            if !is_lost(&answer) {
                let told = read(&answer, message)?;
                let handle = told.handle.or_else(|| message.earlier.clone());
                return Ok(Told { handle, ..told });
            }
        }
        read(&self.post(message).await?, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_webhook_is_known_by_its_shape() {
        let token = "abc-DEF_123";
        let parse = |path: &str, thread: Option<&str>| {
            let url = Secret::new(format!("https://discord.com{path}"));
            Hook::parse(&url, thread, Reach::Home)
        };
        let hook = |path: &str| format!("{path}/12345/{token}");
        for (path, thread, expected) in [
            (hook("/api/webhooks"), None, Some(None)),
            (hook("/api/v10/webhooks"), Some("77"), Some(Some("77"))),
            (hook("/api/webhooks"), Some(" "), Some(None)),
            (
                hook("/api/webhooks") + "?thread_id=5&wait=1",
                None,
                Some(Some("5")),
            ),
            (
                hook("/api/webhooks") + "?thread_id=5",
                Some("6"),
                Some(Some("6")),
            ),
            (hook("/api/webhooks") + "/slack", None, None),
            ("/api/webhooks/12345".into(), None, None),
            ("/api/webhooks/x/y".into(), None, None),
            ("/channels/1/2".into(), None, None),
            (hook("/api/webhooks"), Some("general"), None),
        ] {
            let found = parse(&path, thread).ok();
            let found = found.as_ref().map(|hook| hook.thread.as_deref());
            assert_eq!(found, expected, "{path} {thread:?}");
        }
        let debug = format!("{:?}", parse(&hook("/api/webhooks"), None).expect("a hook"));
        assert!(!debug.contains(token), "{debug}");
    }

    #[test]
    fn names_that_discord_refuses_are_a_mistake() {
        for (name, is_taken) in [
            ("Lacunarr", true),
            (" Étagère ", true),
            ("", false),
            ("My Discord", false),
            ("CLYDE", false),
            ("everyone", false),
            ("a@b", false),
        ] {
            assert_eq!(Username::parse(name).is_ok(), is_taken, "{name}");
        }
        assert!(Username::parse(&"é".repeat(80)).is_ok());
        assert!(Username::parse(&"é".repeat(81)).is_err());
    }
}
