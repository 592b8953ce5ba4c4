//! From the settings of a target to its adapter. What is wrong with them is found by trying.

use std::{sync::Arc, time::Duration};

use super::{TargetSettings, Tls, Way};
use crate::{
    connection::Secrets,
    http::guard::Reach,
    notify::{
        Mistake,
        address::Address,
        apprise::{Apprise, AppriseConfig, Key, Services},
        discord::{Discord, DiscordConfig, Hook, Username},
        header::Header,
        home_assistant::{Door, EventType, HomeAssistant, HomeAssistantConfig},
        mail::{Login, Mail, MailConfig, Mailbox, Security},
        ntfy::{Access, Ntfy, NtfyConfig, Topic},
        signature::SigningKey,
        webhook::{Verb, Webhook, WebhookConfig},
    },
    ports::Notifier,
    secret::Secret,
};

/// Fields, each with what is wrong with it.
type Mistakes = Vec<(&'static str, String)>;

/// What an adapter is made of.
#[derive(Debug)]
pub enum Parts {
    Webhook(WebhookConfig),
    Discord(DiscordConfig),
    HomeAssistant(HomeAssistantConfig),
    Ntfy(NtfyConfig),
    Apprise(AppriseConfig),
    Mail(MailConfig),
}

impl Parts {
    /// The adapter.
    pub fn build(self) -> Arc<dyn Notifier> {
        match self {
            Self::Webhook(config) => Arc::new(Webhook::new(config)),
            Self::Discord(config) => Arc::new(Discord::new(config)),
            Self::HomeAssistant(config) => Arc::new(HomeAssistant::new(config)),
            Self::Ntfy(config) => Arc::new(Ntfy::new(config)),
            Self::Apprise(config) => Arc::new(Apprise::new(config)),
            Self::Mail(config) => Arc::new(Mail::new(config)),
        }
    }
}

/// What the adapter of a target is made of.
///
/// # Errors
/// Every field that is wrong.
pub fn parts(settings: &TargetSettings, secrets: &Secrets) -> Result<Parts, Mistakes> {
    let mut reader = Reader {
        secrets,
        reach: match settings.allow_private {
            true => Reach::Home,
            false => Reach::Internet,
        },
        timeout: Duration::from_secs(u64::from(settings.timeout_seconds)),
        mistakes: Vec::new(),
    };
    if !(1..=120).contains(&settings.timeout_seconds) {
        reader.wrong("timeoutSeconds", "it must be 1 to 120 seconds");
    }
    let parts = reader.parts(&settings.way);
    match parts.filter(|_| reader.mistakes.is_empty()) {
        Some(parts) => Ok(parts),
        None => Err(reader.mistakes),
    }
}

struct Reader<'a> {
    secrets: &'a Secrets,
    reach: Reach,
    timeout: Duration,
    mistakes: Mistakes,
}

impl Reader<'_> {
    fn wrong(&mut self, field: &'static str, problem: impl Into<String>) {
        self.mistakes.push((field, problem.into()));
    }

    /// The value, or none and a mistake.
    fn read<T>(&mut self, field: &'static str, read: Result<T, Mistake>) -> Option<T> {
        read.inspect_err(|mistake| self.wrong(field, mistake.to_string()))
            .ok()
    }

    /// A secret that is needed.
    fn needed(&mut self, field: &'static str, secret: &Option<Secret>) -> Option<Secret> {
        if secret.is_none() {
            self.wrong(field, "it is missing");
        }
        secret.clone()
    }

    fn address(&mut self) -> Option<Address> {
        let url = self.needed("url", &self.secrets.target.url)?;
        self.read("url", Address::parse(&url, self.reach))
    }

    fn parts(&mut self, way: &Way) -> Option<Parts> {
        Some(match way {
            Way::Webhook {
                put, github_style, ..
            } => Parts::Webhook(self.webhook(*put, *github_style)?),
            Way::Discord {
                username,
                thread_id,
            } => Parts::Discord(self.discord(username.as_deref(), thread_id.as_deref())?),
            Way::HomeAssistant { event_type } => {
                Parts::HomeAssistant(self.home_assistant(event_type.as_deref())?)
            }
            Way::Ntfy { username } => Parts::Ntfy(self.ntfy(username.as_deref())?),
            Way::Apprise { tag } => Parts::Apprise(self.apprise(tag.as_deref())?),
            mail @ Way::Mail { .. } => Parts::Mail(self.mail(mail)?),
        })
    }

    fn webhook(&mut self, put: bool, github_style: bool) -> Option<WebhookConfig> {
        let known = &self.secrets.target;
        let address = self.address();
        let mut keys = Vec::new();
        let former = known.former.as_ref().map(|former| &former.secret);
        for secret in known.signing.iter().chain(former) {
            keys.extend(self.read("signingSecret", SigningKey::parse(secret)));
        }
        if github_style && known.signing.is_none() {
            self.wrong("githubStyle", "a signing secret is needed for it");
        }
        if known.headers.len() > 20 {
            self.wrong("headers", "at most 20");
        }
        let mut headers = Vec::new();
        for (name, value) in &known.headers {
            headers.extend(self.read("headers", Header::parse(name, value)));
        }
        Some(WebhookConfig {
            address: address?,
            verb: if put { Verb::Put } else { Verb::Post },
            keys,
            github: known.signing.clone().filter(|_| github_style),
            headers,
            reach: self.reach,
            timeout: self.timeout,
        })
    }

    fn discord(&mut self, username: Option<&str>, thread: Option<&str>) -> Option<DiscordConfig> {
        let url = self.needed("url", &self.secrets.target.url);
        let hook = url.and_then(|url| {
            let field = match Hook::parse(&url, None, self.reach) {
                Ok(_) => "threadId",
                Err(_) => "url",
            };
            self.read(field, Hook::parse(&url, thread, self.reach))
        });
        let username = username.and_then(|name| self.read("username", Username::parse(name)));
        Some(DiscordConfig {
            hook: hook?,
            username,
            reach: self.reach,
            timeout: self.timeout,
        })
    }

    fn home_assistant(&mut self, event_type: Option<&str>) -> Option<HomeAssistantConfig> {
        let address = self.address();
        let event_type = event_type.map(|name| self.read("eventType", EventType::parse(name)));
        let known = &self.secrets.target;
        let door = match (&known.webhook_id, &known.token) {
            (Some(id), None) => Some(Door::Webhook(id.clone())),
            (None, Some(token)) => Some(Door::Event {
                token: token.clone(),
                event_type: event_type.unwrap_or_else(|| Some(EventType::default()))?,
            }),
            _ => {
                self.wrong(
                    "webhookId",
                    "either the webhook id of the trigger of an automation, or a token is needed, and not both",
                );
                None
            }
        };
        Some(HomeAssistantConfig {
            address: address?,
            door: door?,
            reach: self.reach,
            timeout: self.timeout,
        })
    }

    fn ntfy(&mut self, username: Option<&str>) -> Option<NtfyConfig> {
        let address = self.address();
        let topic = self.needed("topic", &self.secrets.target.topic);
        let topic = topic.and_then(|topic| self.read("topic", Topic::parse(&topic)));
        let access = match (&self.secrets.target.token, username, &self.secrets.password) {
            (None, None, None) => Access::Open,
            (Some(token), None, None) => Access::Token(token.clone()),
            (None, Some(user), Some(password)) => Access::Password {
                user: user.to_owned(),
                password: password.clone(),
            },
            _ => {
                self.wrong(
                    "token",
                    "give a token, or username and password, or none of them",
                );
                return None;
            }
        };
        Some(NtfyConfig {
            address: address?,
            topic: topic?,
            access,
            reach: self.reach,
            timeout: self.timeout,
        })
    }

    fn apprise(&mut self, tag: Option<&str>) -> Option<AppriseConfig> {
        let address = self.address();
        let known = &self.secrets.target;
        let services = match (&known.key, &known.urls) {
            (Some(key), None) => self.read("key", Key::parse(key)).map(|key| Services::Kept {
                key,
                tag: tag.map(str::to_owned),
            }),
            (None, Some(_)) if tag.is_some() => {
                self.wrong("tag", "tags belong to what is kept under a key");
                None
            }
            (None, Some(urls)) => Some(Services::Urls(urls.clone())),
            _ => {
                self.wrong("key", "either key or urls is needed, and not both");
                None
            }
        };
        Some(AppriseConfig {
            address: address?,
            services: services?,
            reach: self.reach,
            timeout: self.timeout,
        })
    }

    fn mail(&mut self, way: &Way) -> Option<MailConfig> {
        let Way::Mail {
            host,
            port,
            tls,
            username,
            from,
            to,
        } = way
        else {
            return None;
        };
        let is_name = !host.is_empty()
            && host.len() <= 255
            && host
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte));
        if !is_name {
            self.wrong(
                "host",
                "it must be the name of the mail server, for example smtp.home.example",
            );
        }
        if *port == 0 {
            self.wrong("port", "it must be 1 to 65535");
        }
        let login = match (username, &self.secrets.password) {
            (Some(user), Some(password)) => Some(Login {
                user: user.clone(),
                password: password.clone(),
            }),
            (None, None) => None,
            _ => {
                self.wrong("password", "name and password are given both or not at all");
                None
            }
        };
        let from = self.read("from", Mailbox::parse(from));
        let to: Vec<Mailbox> = to
            .iter()
            .filter_map(|mailbox| self.read("to", Mailbox::parse(mailbox)))
            .collect();
        if to.is_empty() || to.len() > 20 {
            self.wrong("to", "1 to 20 addresses are needed");
        }
        Some(MailConfig {
            host: host.clone(),
            port: *port,
            security: match tls {
                Tls::Implicit => Security::Tls,
                Tls::Asked => Security::StartTls,
                Tls::Off => Security::Plain,
            },
            login,
            authority: None,
            from: from?,
            to,
            reach: self.reach,
            timeout: self.timeout,
        })
    }
}
