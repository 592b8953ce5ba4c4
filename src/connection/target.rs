//! A target as a connection: the way by which it is told, and what it wants to hear.

mod adapter;
mod written;

use std::collections::BTreeMap;

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

use super::Secrets;
use crate::{
    domain::{
        event,
        telling::{
            Template,
            tells::{self, Quiet, Tells},
        },
    },
    secret::Secret,
};
pub use adapter::{Parts, parts};
pub use written::Written;

/// Entries of each list of what a target wants to hear.
const MOST_WANTED: usize = 200;
/// Times of a digest.
const MOST_TIMES: usize = 24;

/// What a target is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Any program that takes a request.
    #[default]
    Webhook,
    /// A channel of Discord.
    Discord,
    /// A Home Assistant.
    HomeAssistant,
    /// A topic of ntfy.
    Ntfy,
    /// An Apprise, and whoever is behind it.
    Apprise,
    /// Mail.
    Mail,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Webhook,
        Self::Discord,
        Self::HomeAssistant,
        Self::Ntfy,
        Self::Apprise,
        Self::Mail,
    ];

    /// As stored and written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Discord => "discord",
            Self::HomeAssistant => "homeassistant",
            Self::Ntfy => "ntfy",
            Self::Apprise => "apprise",
            Self::Mail => "mail",
        }
    }

    /// From its word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// A target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetSettings {
    /// `scheme://host:port`: all of its address that is not a secret.
    pub origin: String,
    /// Addresses of the home network may be told.
    pub allow_private: bool,
    /// Seconds until an answer is given up.
    pub timeout_seconds: u32,
    /// How it is told.
    pub way: Way,
    /// What it wants to hear.
    #[serde(default)]
    pub tells: Tells,
}

/// How a target is told, by its kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Way {
    /// As Standard Webhooks describes it.
    Webhook {
        /// It takes PUT, not POST.
        put: bool,
        /// Names of the user's own headers.
        headers: Vec<String>,
        /// Signed as GitHub does, too.
        github_style: bool,
    },
    /// By a channel's webhook.
    Discord {
        /// The name under which messages appear.
        username: Option<String>,
        /// Of a thread of the channel.
        thread_id: Option<String>,
    },
    /// By a webhook trigger or, with a token, as an event.
    HomeAssistant {
        /// Of the event.
        event_type: Option<String>,
    },
    /// By publishing.
    Ntfy {
        /// Instead of a token.
        username: Option<String>,
    },
    /// By its API.
    Apprise {
        /// Just those with this tag.
        tag: Option<String>,
    },
    /// By a mail server.
    Mail {
        /// Its name.
        host: String,
        /// Its port.
        port: u16,
        /// How the way to it is kept private.
        tls: Tls,
        /// Who logs in.
        username: Option<String>,
        /// Who writes.
        from: String,
        /// Who reads.
        to: Vec<String>,
    },
}

/// How the way to a mail server is kept private.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// From the first byte on.
    #[default]
    Implicit,
    /// Asked for, and needed.
    #[serde(rename = "starttls")]
    Asked,
    /// Not at all.
    Off,
}

impl Tls {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Implicit, Self::Asked, Self::Off];

    /// As written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Implicit => "implicit",
            Self::Asked => "starttls",
            Self::Off => "off",
        }
    }

    /// From its word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tls| tls.word() == word)
    }
}

impl Way {
    /// Of which kind it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Webhook { .. } => Kind::Webhook,
            Self::Discord { .. } => Kind::Discord,
            Self::HomeAssistant { .. } => Kind::HomeAssistant,
            Self::Ntfy { .. } => Kind::Ntfy,
            Self::Apprise { .. } => Kind::Apprise,
            Self::Mail { .. } => Kind::Mail,
        }
    }
}

/// What is sealed of a target.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetSecrets {
    /// Its address: whoever knows that of a webhook can write there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub url: Option<Secret>,
    /// Of Home Assistant or ntfy.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub token: Option<Secret>,
    /// Of Home Assistant's trigger.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub webhook_id: Option<Secret>,
    /// Of ntfy: whoever knows it can read along.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub topic: Option<Secret>,
    /// Of what Apprise keeps.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub key: Option<Secret>,
    /// Of Apprise.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub urls: Option<Secret>,
    /// What a webhook is signed with.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub signing: Option<Secret>,
    /// What it was signed with before; both sign for a while.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub former: Option<Former>,
    /// Values of the user's own headers, by their names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub headers: BTreeMap<String, Secret>,
}

/// A secret that is being replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Former {
    /// It.
    pub secret: Secret,
    /// How long it signs; milliseconds since the epoch.
    pub until: i64,
}

impl TargetSettings {
    /// What is wrong with them, each as the field's name and a sentence.
    pub fn mistakes(&self, secrets: &Secrets) -> Vec<(&'static str, String)> {
        let mut mistakes = parts(self, secrets).err().unwrap_or_default();
        mistakes.extend(tells_mistakes(&self.tells));
        mistakes
    }
}

fn tells_mistakes(wanted: &Tells) -> Vec<(&'static str, String)> {
    let mut mistakes = Vec::new();
    let stranger = wanted.events.iter().find(|event| !is_known(event));
    if let Some(stranger) = stranger {
        let shown: String = stranger.chars().take(60).collect();
        mistakes.push(("events", format!("'{shown}' is no type of event; write one such as grab.sent, or grab.* for all that begin so")));
    }
    let too_long = [
        ("events", wanted.events.len()),
        ("libraries", wanted.libraries.len()),
        ("series", wanted.series.len()),
    ];
    let long = too_long.into_iter().filter(|list| list.1 > MOST_WANTED);
    mistakes.extend(long.map(|list| (list.0, format!("at most {MOST_WANTED}"))));
    for (field, template) in [
        ("titleTemplate", &wanted.title),
        ("textTemplate", &wanted.text),
    ] {
        let template = template.as_deref().map(str::parse::<Template>);
        if let Some(Err(error)) = template {
            mistakes.push((field, error.to_string()));
        }
    }
    if wanted.digest.len() > MOST_TIMES {
        mistakes.push(("digestAt", format!("at most {MOST_TIMES} times of day")));
    }
    mistakes
}

/// Whether any event has such a type.
fn is_known(pattern: &str) -> bool {
    let kinds = event::examples();
    let mut kinds = kinds.iter().map(|event| event.parts().0);
    kinds.any(|kind| tells::matches(pattern, &kind))
}

/// A time of day, as it is written: `19:00`.
pub fn time_of_day(text: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(text.trim(), "%H:%M").ok()
}

/// Quiet hours, as they are written in the file: `22:00-07:30`.
pub fn quiet_hours(text: &str) -> Option<Quiet> {
    let (from, to) = text.split_once('-')?;
    Some(Quiet {
        from: time_of_day(from)?,
        to: time_of_day(to)?,
    })
}

#[cfg(test)]
mod tests;
