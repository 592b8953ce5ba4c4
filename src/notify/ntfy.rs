//! ntfy: a push message to everyone who has subscribed to a topic, published as JSON.

use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Method, RequestBuilder};
use serde::{Deserialize, Serialize};

use super::{
    Mistake,
    address::Address,
    answer::{ask, passing, untold, usual},
    plain::{cut_to_bytes, of},
};
use crate::{
    domain::telling::Tone,
    http::{
        AGENT, Answer, Http, below,
        guard::{Guard, Reach},
    },
    ports::{Fault, Message, Notifier, Told, Untold},
    secret::Secret,
};

/// A longer message becomes a file; in bytes.
const MESSAGE: usize = 4096;

/// No limit of ntfy's; what a notification shows of a title is shorter. In bytes.
const TITLE: usize = 250;

/// Of buttons.
const ACTIONS: usize = 3;

/// How fast ntfy gives back what was used up, unless its answer says otherwise.
const PACE: Duration = Duration::from_secs(5);

/// The name of a topic. Whoever knows it can read along, so it is a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic(Secret);

impl Topic {
    /// Reads a name.
    ///
    /// # Errors
    /// [`Mistake`] when ntfy has no such names.
    pub fn parse(name: &Secret) -> Result<Self, Mistake> {
        let name = name.expose().trim();
        let fits = (1..=64).contains(&name.len())
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        match fits {
            true => Ok(Self(Secret::new(name))),
            false => Err(Mistake::new(
                "a topic has 1 to 64 letters, digits, - and _; the server's address belongs in another field",
            )),
        }
    }
}

/// How ntfy knows us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anyone may publish.
    Open,
    /// An access token, `tk_…`.
    Token(Secret),
    /// A user.
    Password {
        /// The user's name.
        user: String,
        /// The password.
        password: Secret,
    },
}

/// A topic of a server.
#[derive(Clone, Debug)]
pub struct NtfyConfig {
    /// For example `https://ntfy.sh`.
    pub address: Address,
    /// Who is told.
    pub topic: Topic,
    /// How it knows us.
    pub access: Access,
    /// Which addresses it may have.
    pub reach: Reach,
    /// For one request.
    pub timeout: Duration,
}

/// One topic.
pub struct Ntfy {
    http: Http,
    config: NtfyConfig,
}

#[derive(Serialize)]
struct Published<'a> {
    topic: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    message: String,
    priority: u8,
    tags: [&'a str; 2],
    #[serde(skip_serializing_if = "Option::is_none")]
    click: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    actions: Vec<Button<'a>>,
}

/// Opens a page; ntfy could also send a request, but whoever shows a message could then do it unasked.
#[derive(Serialize)]
struct Button<'a> {
    action: &'static str,
    label: &'a str,
    url: &'a str,
}

/// What ntfy answers when it does not publish.
#[derive(Deserialize)]
struct Said {
    error: String,
}

impl Ntfy {
    /// Nothing is asked yet.
    pub fn new(config: NtfyConfig) -> Self {
        let mut hidden = config.address.hidden();
        hidden.secret(config.topic.0.expose());
        match &config.access {
            Access::Open => {}
            Access::Token(token) => hidden.secret(token.expose()),
            Access::Password { user, password } => hidden.login(user, password.expose()),
        }
        let http = Http::guarded(config.timeout, Guard::new(config.reach), AGENT);
        let http = http.hiding(hidden.secrets());
        Self { http, config }
    }

    fn request(&self, message: &Message) -> RequestBuilder {
        // To the root: at the address of the topic the JSON itself would be the message.
        let url = below(self.config.address.url(), "");
        let request = self
            .http
            .request(Method::POST, url)
            .json(&self.published(message));
        match &self.config.access {
            Access::Open => request,
            Access::Token(token) => request.bearer_auth(token.expose()),
            Access::Password { user, password } => {
                request.basic_auth(user, Some(password.expose()))
            }
        }
    }

    fn published<'a>(&'a self, message: &'a Message) -> Published<'a> {
        let title = cut_to_bytes(&message.text.title, TITLE);
        let text = cut_to_bytes(&of(&message.text), MESSAGE);
        // ntfy writes "triggered" where there is no message.
        let (title, text) = match text.is_empty() {
            true => (None, title),
            false => (Some(title).filter(|title| !title.is_empty()), text),
        };
        let (priority, tag) = match message.text.tone {
            Tone::Good => (3, "white_check_mark"),
            Tone::News => (3, "books"),
            Tone::Ask => (4, "question"),
            Tone::Bad => (4, "warning"),
        };
        let actions = message.actions.iter().take(ACTIONS).map(|action| Button {
            action: "view",
            label: &action.label,
            url: &action.url,
        });
        Published {
            topic: self.config.topic.0.expose(),
            title,
            message: text,
            priority,
            tags: [tag, &message.kind],
            click: message.actions.first().map(|action| action.url.as_str()),
            actions: actions.collect(),
        }
    }
}

fn read(answer: &Answer, message: &Message) -> Result<Told, Untold> {
    let said: Option<Said> = serde_json::from_slice(&answer.body).ok();
    let said = said
        .map(|said| answer.harmless(&said.error))
        .unwrap_or_default();
    match answer.status.as_u16() {
        200..=299 if !is_published(answer) => {
            let why = "this is not ntfy's answer; is this ntfy's own address, and does a login page stand before it?";
            Err(untold(answer, Fault::Refused, why))
        }
        429 => {
            let fault = match passing(answer, message) {
                Fault::Passing { after: None } => Fault::Passing { after: Some(PACE) },
                asked => asked,
            };
            Err(untold(answer, fault, &said))
        }
        400 | 413 if !said.is_empty() => Err(untold(answer, Fault::Refused, &said)),
        401 | 403 => Err(untold(
            answer,
            Fault::Refused,
            "it does not let us publish to this topic; is the token or password right, and may its user write there?",
        )),
        _ => usual(answer, message),
    }
}

/// ntfy answers with the message that it has published; a login page answers 200 as well.
fn is_published(answer: &Answer) -> bool {
    let said: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    said["id"].is_string()
}

#[async_trait]
impl Notifier for Ntfy {
    async fn tell(&self, message: &Message) -> Result<Told, Untold> {
        read(&ask(&self.http, self.request(message)).await?, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_a_name_and_not_an_address() {
        for (name, is_taken) in [
            ("lacunarr", true),
            (" Manga-2_x ", true),
            ("", false),
            ("https://ntfy.sh/lacunarr", false),
            ("a b", false),
        ] {
            assert_eq!(Topic::parse(&Secret::new(name)).is_ok(), is_taken, "{name}");
        }
        assert!(Topic::parse(&Secret::new("a".repeat(65))).is_err());
    }
}
