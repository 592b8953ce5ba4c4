//! Apprise API: the door to a hundred other services, with their addresses sent along or kept there under a key.

use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Method, RequestBuilder, header::ACCEPT};
use serde::Serialize;
use url::Url;

use super::{
    Mistake,
    address::Address,
    answer::{ask, passing, untold, usual},
    plain::{links, of, paragraphs},
};
use crate::{
    domain::telling::Tone,
    http::{
        AGENT, Answer, Http,
        guard::{Guard, Reach},
    },
    ports::{Fault, Message, Notifier, Told, Untold},
    secret::Secret,
};

/// Whom Apprise tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Services {
    /// Addresses of Apprise's own kind, separated by commas or white space; they carry passwords.
    Urls(Secret),
    /// What is kept there under a key.
    Kept {
        /// The key; whoever knows it can use it.
        key: Key,
        /// Of these only those with this tag.
        tag: Option<String>,
    },
}

/// The key of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key(Secret);

impl Key {
    /// Reads a key.
    ///
    /// # Errors
    /// [`Mistake`] when Apprise has no such keys.
    pub fn parse(key: &Secret) -> Result<Self, Mistake> {
        let key = key.expose().trim();
        let fits = (1..=128).contains(&key.len())
            && key
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        match fits {
            true => Ok(Self(Secret::new(key))),
            false => Err(Mistake::new("a key has 1 to 128 letters, digits, - and _")),
        }
    }
}

/// An Apprise API.
#[derive(Clone, Debug)]
pub struct AppriseConfig {
    /// For example `http://apprise:8000`.
    pub address: Address,
    /// Whom it tells.
    pub services: Services,
    /// Which addresses it may have.
    pub reach: Reach,
    /// For one request.
    pub timeout: Duration,
}

/// One Apprise API.
pub struct Apprise {
    http: Http,
    config: AppriseConfig,
}

#[derive(Serialize)]
struct Asked<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    urls: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    title: &'a str,
    body: String,
    #[serde(rename = "type")]
    kind: &'static str,
    format: &'static str,
}

impl Apprise {
    /// Nothing is asked yet.
    pub fn new(config: AppriseConfig) -> Self {
        let mut hidden = config.address.hidden();
        match &config.services {
            Services::Urls(urls) => {
                let each = urls.expose().split([',', ' ', '\n']);
                each.for_each(|url| hidden.secret(url));
            }
            Services::Kept { key, .. } => hidden.secret(key.0.expose()),
        }
        let http = Http::guarded(config.timeout, Guard::new(config.reach), AGENT);
        let http = http.hiding(hidden.secrets());
        Self { http, config }
    }

    fn url(&self) -> Url {
        let mut url = self.config.address.url().clone();
        url.set_query(None);
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push("notify");
            if let Services::Kept { key, .. } = &self.config.services {
                path.push(key.0.expose());
            }
        }
        url
    }

    fn request(&self, message: &Message) -> RequestBuilder {
        let (urls, tag) = match &self.config.services {
            Services::Urls(urls) => (Some(urls.expose()), None),
            Services::Kept { tag, .. } => (None, tag.as_deref()),
        };
        let text = paragraphs([&of(&message.text), &links(&message.actions)]);
        // It refuses a message without a body, but not one without a title.
        let (title, body) = match text.is_empty() {
            true => ("", message.text.title.clone()),
            false => (message.text.title.as_str(), text),
        };
        let asked = Asked {
            urls,
            tag,
            title,
            body,
            kind: match message.text.tone {
                Tone::Good => "success",
                Tone::News => "info",
                Tone::Ask => "warning",
                Tone::Bad => "failure",
            },
            format: "text",
        };
        let request = self.http.request(Method::POST, self.url());
        // It answers a web page to whoever does not ask for this.
        request.header(ACCEPT, "application/json").json(&asked)
    }
}

fn read(answer: &Answer, message: &Message) -> Result<Told, Untold> {
    let refused = |why| Err(untold(answer, Fault::Refused, why));
    match answer.status.as_u16() {
        // A success in HTTP, but nobody was told.
        204 => refused("nothing is kept there under this key; nobody was told"),
        421 => refused("it is set up to take no messages here"),
        // Which one, and whether the others were told, it does not say: told twice is better than never.
        424 => Err(untold(
            answer,
            passing(answer, message),
            "at least one of its services was not told; look into Apprise's log, and make a target for each service so that the others are not told twice",
        )),
        431 => refused("the message is too large for it"),
        _ => usual(answer, message),
    }
}

#[async_trait]
impl Notifier for Apprise {
    async fn tell(&self, message: &Message) -> Result<Told, Untold> {
        read(&ask(&self.http, self.request(message)).await?, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_word() {
        for (key, is_taken) in [
            ("apprise", true),
            ("a-B_9", true),
            ("", false),
            ("a/b", false),
        ] {
            assert_eq!(Key::parse(&Secret::new(key)).is_ok(), is_taken, "{key}");
        }
    }
}
