//! A webhook as Standard Webhooks 1.0.0 describes it: the event as JSON, signed, for any program that takes a request.

use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Method, RequestBuilder, header::CONTENT_TYPE};

use super::{
    address::Address,
    answer::{ask, usual},
    header::Header,
    signature::{SigningKey, github, signatures},
};
use crate::{
    http::{
        AGENT, Http,
        guard::{Guard, Reach},
    },
    ports::{Message, Notifier, Told, Untold},
    secret::Secret,
};

/// How it is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verb {
    /// As most receivers want it.
    #[default]
    Post,
    /// For those that want it.
    Put,
}

/// A receiver, and how it knows us.
#[derive(Clone, Debug)]
pub struct WebhookConfig {
    /// All of it may be a secret.
    pub address: Address,
    /// How it is sent.
    pub verb: Verb,
    /// Each signs: the current one, and the old one while it is being replaced. None: not signed.
    pub keys: Vec<SigningKey>,
    /// Signs as GitHub does, beside what else signs.
    pub github: Option<Secret>,
    /// The user's own.
    pub headers: Vec<Header>,
    /// Which addresses it may have.
    pub reach: Reach,
    /// For one request.
    pub timeout: Duration,
}

/// One receiver.
pub struct Webhook {
    http: Http,
    config: WebhookConfig,
}

impl Webhook {
    /// Nothing is asked yet.
    pub fn new(config: WebhookConfig) -> Self {
        let mut hidden = config.address.hidden();
        for header in &config.headers {
            header.hide(&mut hidden);
        }
        let http = Http::guarded(config.timeout, Guard::new(config.reach), AGENT);
        let http = http.hiding(hidden.secrets());
        Self { http, config }
    }

    fn request(&self, message: &Message) -> RequestBuilder {
        let config = &self.config;
        let method = match config.verb {
            Verb::Post => Method::POST,
            Verb::Put => Method::PUT,
        };
        let (body, seconds) = (message.body.as_bytes(), message.now.div_euclid(1000));
        let mut request = self
            .http
            .request(method, config.address.url().clone())
            .header("webhook-id", &message.id)
            .header("webhook-timestamp", seconds)
            .header("lacunarr-attempt", message.attempt);
        if !config.keys.is_empty() {
            let signed = signatures(&config.keys, &message.id, seconds, body);
            request = request.header("webhook-signature", signed);
        }
        if let Some(secret) = &config.github {
            request = request
                .header("X-Hub-Signature-256", github(secret, body))
                .header("X-GitHub-Event", &message.kind)
                .header("X-GitHub-Delivery", guid(&message.id));
        }
        for header in &config.headers {
            request = request.header(header.name.clone(), header.value.clone());
        }
        request
            .header(CONTENT_TYPE, "application/json")
            .body(message.body.clone())
    }
}

/// The same id as GitHub writes one: `msg_` and 32 hexadecimal digits as 8-4-4-4-12.
fn guid(id: &str) -> String {
    let digits = id.strip_prefix("msg_").unwrap_or(id);
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| digits.get(part));
    match parts {
        [Some(a), Some(b), Some(c), Some(d), Some(e)] => format!("{a}-{b}-{c}-{d}-{e}"),
        _ => digits.to_owned(),
    }
}

#[async_trait]
impl Notifier for Webhook {
    async fn tell(&self, message: &Message) -> Result<Told, Untold> {
        let answer = ask(&self.http, self.request(message)).await?;
        usual(&answer, message)
    }
}
