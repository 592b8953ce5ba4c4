//! A target as it is written, in the API and in the file: one list of fields, of which each kind has its own.

use std::collections::BTreeMap;

use url::Url;

use super::{Kind, TargetSecrets, TargetSettings, Tls, Way};
use crate::{connection::Secrets, domain::telling::tells::Tells, http::origin, secret::Secret};

/// Seconds until an answer is given up, unless the user says otherwise.
const USUAL_TIMEOUT: u32 = 20;

/// Every field that a target can have. What its kind does not have must not be given.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// What it is.
    pub kind: Kind,
    /// Its address; all kinds but mail.
    pub url: Option<Secret>,
    /// POST or PUT; webhook.
    pub method: Option<String>,
    /// Own headers; webhook.
    pub headers: Option<BTreeMap<String, Secret>>,
    /// Webhook.
    pub signing_secret: Option<Secret>,
    /// Webhook.
    pub github_style: Option<bool>,
    /// Discord, ntfy, mail.
    pub username: Option<String>,
    /// Ntfy, mail.
    pub password: Option<Secret>,
    /// Home Assistant, ntfy.
    pub token: Option<Secret>,
    /// Discord.
    pub thread_id: Option<String>,
    /// Home Assistant.
    pub webhook_id: Option<Secret>,
    /// Home Assistant.
    pub event_type: Option<String>,
    /// Ntfy.
    pub topic: Option<Secret>,
    /// Apprise.
    pub key: Option<Secret>,
    /// Apprise.
    pub tag: Option<String>,
    /// Apprise.
    pub urls: Option<Secret>,
    /// Mail.
    pub host: Option<String>,
    /// Mail.
    pub port: Option<u16>,
    /// Mail.
    pub tls: Option<Tls>,
    /// Mail.
    pub from: Option<String>,
    /// Mail.
    pub to: Option<Vec<String>>,
    /// All kinds.
    pub allow_private: Option<bool>,
    /// All kinds.
    pub timeout_seconds: Option<u32>,
    /// All kinds.
    pub tells: Tells,
}

impl Written {
    /// As settings and secrets.
    ///
    /// # Errors
    /// Fields that its kind does not have.
    pub fn read(mut self) -> Result<(TargetSettings, Secrets), Vec<(&'static str, String)>> {
        let kind = self.kind;
        let mut secrets = TargetSecrets::default();
        let mut password = None;
        if kind != Kind::Mail {
            secrets.url = self.url.take();
        }
        let way = match kind {
            Kind::Webhook => {
                secrets.signing = self.signing_secret.take();
                secrets.headers = self.headers.take().unwrap_or_default();
                Way::Webhook {
                    put: self.method.take().is_some_and(|method| method == "PUT"),
                    headers: secrets.headers.keys().cloned().collect(),
                    github_style: self.github_style.take().unwrap_or(false),
                }
            }
            Kind::Discord => Way::Discord {
                username: self.username.take(),
                thread_id: self.thread_id.take(),
            },
            Kind::HomeAssistant => {
                secrets.webhook_id = self.webhook_id.take();
                secrets.token = self.token.take();
                Way::HomeAssistant {
                    event_type: self.event_type.take(),
                }
            }
            Kind::Ntfy => {
                secrets.token = self.token.take();
                secrets.topic = self.topic.take();
                password = self.password.take();
                Way::Ntfy {
                    username: self.username.take(),
                }
            }
            Kind::Apprise => {
                secrets.urls = self.urls.take();
                secrets.key = self.key.take();
                Way::Apprise {
                    tag: self.tag.take(),
                }
            }
            Kind::Mail => {
                password = self.password.take();
                let tls = self.tls.take().unwrap_or_default();
                Way::Mail {
                    host: self.host.take().unwrap_or_default(),
                    port: self.port.take().unwrap_or(usual_port(tls)),
                    tls,
                    username: self.username.take(),
                    from: self.from.take().unwrap_or_default(),
                    to: self.to.take().unwrap_or_default(),
                }
            }
        };
        let foreign = self.left();
        if !foreign.is_empty() {
            let problem = format!("a target of the kind {} has no such field", kind.word());
            return Err(foreign
                .into_iter()
                .map(|field| (field, problem.clone()))
                .collect());
        }
        let settings = TargetSettings {
            origin: origin_of(&way, secrets.url.as_ref()),
            allow_private: self.allow_private.unwrap_or(true),
            timeout_seconds: self.timeout_seconds.unwrap_or(USUAL_TIMEOUT),
            way,
            tells: self.tells,
        };
        let secrets = Secrets {
            password,
            target: secrets,
            ..Secrets::default()
        };
        Ok((settings, secrets))
    }

    /// Of what is known, to be changed.
    pub fn of(settings: TargetSettings, secrets: Secrets) -> Self {
        let known = secrets.target;
        let mut written = Self {
            kind: settings.way.kind(),
            url: known.url,
            token: known.token,
            webhook_id: known.webhook_id,
            urls: known.urls,
            topic: known.topic,
            key: known.key,
            signing_secret: known.signing,
            password: secrets.password,
            allow_private: Some(settings.allow_private),
            timeout_seconds: Some(settings.timeout_seconds),
            tells: settings.tells,
            ..Self::default()
        };
        match settings.way {
            Way::Webhook {
                put, github_style, ..
            } => {
                written.headers = Some(known.headers);
                written.method = put.then(|| "PUT".to_owned());
                written.github_style = Some(github_style);
            }
            Way::Discord {
                username,
                thread_id,
            } => {
                written.username = username;
                written.thread_id = thread_id;
            }
            Way::HomeAssistant { event_type } => written.event_type = event_type,
            Way::Ntfy { username } => written.username = username,
            Way::Apprise { tag } => written.tag = tag,
            Way::Mail {
                host,
                port,
                tls,
                username,
                from,
                to,
            } => {
                written.host = Some(host);
                written.port = Some(port);
                written.tls = Some(tls);
                written.username = username;
                written.from = Some(from);
                written.to = Some(to);
            }
        }
        written
    }

    /// Fields that no one took.
    fn left(&self) -> Vec<&'static str> {
        let given = [
            ("url", self.url.is_some()),
            ("method", self.method.is_some()),
            ("headers", self.headers.is_some()),
            ("signingSecret", self.signing_secret.is_some()),
            ("githubStyle", self.github_style.is_some()),
            ("username", self.username.is_some()),
            ("password", self.password.is_some()),
            ("token", self.token.is_some()),
            ("threadId", self.thread_id.is_some()),
            ("webhookId", self.webhook_id.is_some()),
            ("eventType", self.event_type.is_some()),
            ("topic", self.topic.is_some()),
            ("key", self.key.is_some()),
            ("tag", self.tag.is_some()),
            ("urls", self.urls.is_some()),
            ("host", self.host.is_some()),
            ("port", self.port.is_some()),
            ("tls", self.tls.is_some()),
            ("from", self.from.is_some()),
            ("to", self.to.is_some()),
        ];
        let left = given.into_iter().filter(|field| field.1);
        left.map(|field| field.0).collect()
    }
}

impl TargetSecrets {
    /// Fields whose secret is still the old one, and would be handed to the server at a new address.
    pub fn kept_of(&self, old: &Self) -> Vec<&'static str> {
        let Self {
            // The address itself leads there, and what signs is not sent.
            url: _,
            signing: _,
            former: _,
            token,
            webhook_id,
            topic,
            key,
            urls,
            headers,
        } = self;
        let kept = |new: &Option<Secret>, old: &Option<Secret>| new.is_some() && new == old;
        let mut headers = headers.iter();
        let fields = [
            ("token", kept(token, &old.token)),
            ("webhookId", kept(webhook_id, &old.webhook_id)),
            ("topic", kept(topic, &old.topic)),
            ("key", kept(key, &old.key)),
            ("urls", kept(urls, &old.urls)),
            (
                "headers",
                headers.any(|(name, value)| old.headers.get(name) == Some(value)),
            ),
        ];
        let kept = fields.into_iter().filter(|field| field.1);
        kept.map(|field| field.0).collect()
    }
}

fn usual_port(tls: Tls) -> u16 {
    match tls {
        Tls::Implicit => 465,
        Tls::Asked => 587,
        Tls::Off => 25,
    }
}

/// Empty when there is no address, which is a mistake that is told elsewhere.
fn origin_of(way: &Way, url: Option<&Secret>) -> String {
    match (way, url) {
        (Way::Mail { host, port, .. }, _) => format!("smtp://{host}:{port}"),
        (_, Some(url)) => Url::parse(url.expose().trim())
            .map(|url| origin(&url))
            .unwrap_or_default(),
        (_, None) => String::new(),
    }
}
