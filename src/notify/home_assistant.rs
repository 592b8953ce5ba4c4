//! Home Assistant, as the trigger of an automation (webhook) or as an event on its bus (REST API with a token).
//!
//! A webhook answers 200 to nearly everything, an unknown id and a condition that is false included (observed on 2024.3.3): told means that
//! Home Assistant has it, not that an automation ran. An event is answered by what was fired.

use std::time::Duration;

use async_trait::async_trait;
use reqwest::{RequestBuilder, header::CONTENT_TYPE};
use url::Url;

use super::{
    Mistake,
    address::Address,
    answer::{ask, untold, usual},
};
use crate::{
    http::{
        AGENT, Answer, Http,
        guard::{Guard, Reach},
    },
    ports::{Fault, Message, Notifier, Told, Untold},
    secret::Secret,
};

/// Which way it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Door {
    /// By the id of a webhook trigger; the id is all that protects it.
    Webhook(Secret),
    /// As an event of this type, with a long-lived access token.
    Event {
        /// The token.
        token: Secret,
        /// What automations listen for.
        event_type: EventType,
    },
}

/// The type of an event: `lacunarr_event`, or the user's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventType(String);

impl Default for EventType {
    fn default() -> Self {
        Self("lacunarr_event".into())
    }
}

impl EventType {
    /// Reads a type.
    ///
    /// # Errors
    /// [`Mistake`] for one that Home Assistant has no use for.
    pub fn parse(name: &str) -> Result<Self, Mistake> {
        let name = name.trim();
        let fits = (1..=64).contains(&name.len())
            && name
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.'));
        match fits {
            true => Ok(Self(name.to_owned())),
            false => Err(Mistake::new(
                "the type of an event has 1 to 64 small letters, digits and underscores, for example lacunarr_event",
            )),
        }
    }
}

/// A Home Assistant.
#[derive(Clone, Debug)]
pub struct HomeAssistantConfig {
    /// With its path behind a reverse proxy, for example `http://homeassistant.local:8123`.
    pub address: Address,
    /// Which way.
    pub door: Door,
    /// Which addresses it may have.
    pub reach: Reach,
    /// For one request.
    pub timeout: Duration,
}

/// One Home Assistant.
pub struct HomeAssistant {
    http: Http,
    config: HomeAssistantConfig,
}

impl HomeAssistant {
    /// Nothing is asked yet.
    pub fn new(config: HomeAssistantConfig) -> Self {
        let (Door::Webhook(secret) | Door::Event { token: secret, .. }) = &config.door;
        let mut hidden = config.address.hidden();
        hidden.secret(secret.expose());
        let http = Http::guarded(config.timeout, Guard::new(config.reach), AGENT);
        let http = http.hiding(hidden.secrets());
        Self { http, config }
    }

    fn url(&self, segments: [&str; 3]) -> Url {
        let mut url = self.config.address.url().clone();
        url.set_query(None);
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }

    /// No `X-Forwarded-For`: Home Assistant answers 400 to it from a proxy that it does not know.
    fn request(&self, message: &Message) -> RequestBuilder {
        let post = |url| self.http.request(reqwest::Method::POST, url);
        let request = match &self.config.door {
            Door::Webhook(id) => post(self.url(["api", "webhook", id.expose()])),
            Door::Event { token, event_type } => {
                post(self.url(["api", "events", &event_type.0])).bearer_auth(token.expose())
            }
        };
        // Without a JSON type the automation sees no `trigger.json`.
        request
            .header(CONTENT_TYPE, "application/json")
            .body(message.body.clone())
    }

    fn read(&self, answer: &Answer, message: &Message) -> Result<Told, Untold> {
        let refused = |why| Err(untold(answer, Fault::Refused, why));
        match (answer.status.as_u16(), &self.config.door) {
            (200..=299, door) if !is_its_own(answer, door) => refused(
                "this is not Home Assistant's answer; is this its own address, and does a login page stand before it?",
            ),
            (400, _) if !is_json(answer) => refused(
                "it does not trust the proxy before it; add the proxy's address to trusted_proxies under http in configuration.yaml",
            ),
            (403, _) => refused(
                "it has banned this address; look into ip_bans.yaml beside configuration.yaml",
            ),
            (404, _) => refused("no Home Assistant is there; is the address right?"),
            (405, Door::Webhook(_)) => {
                refused("the webhook does not allow POST; add it to allowed_methods of the trigger")
            }
            // It bans who goes on with a token that it does not know.
            (401, Door::Event { .. }) => Err(untold(
                answer,
                Fault::Gone,
                "it does not know the token; make a new one in your profile, under Security",
            )),
            _ => usual(answer, message),
        }
    }
}

/// It says in words that it has fired an event, and nothing or no page to a webhook; a login page answers 200 as well.
fn is_its_own(answer: &Answer, door: &Door) -> bool {
    let said: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    match door {
        Door::Webhook(_) => !answer.is_markup(),
        Door::Event { .. } => said["message"].is_string(),
    }
}

fn is_json(answer: &Answer) -> bool {
    serde_json::from_slice::<serde_json::Value>(&answer.body).is_ok()
}

#[async_trait]
impl Notifier for HomeAssistant {
    async fn tell(&self, message: &Message) -> Result<Told, Untold> {
        let answer = ask(&self.http, self.request(message)).await?;
        self.read(&answer, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_of_an_event_is_a_word() {
        for (name, is_taken) in [
            ("lacunarr_event", true),
            (" manga.new2 ", true),
            ("", false),
            ("../states", false),
            ("Two Words", false),
        ] {
            assert_eq!(EventType::parse(name).is_ok(), is_taken, "{name}");
        }
        assert_eq!(
            EventType::default(),
            EventType::parse("lacunarr_event").expect("a type")
        );
    }
}
