//! A target as it is shown: its secrets are not, its address only as far as it is none.

use chrono::{DateTime, Utc};
use poem_openapi::{Enum, Object};

use crate::{
    api::{
        connection::{self, ConnectionHealth, Managed},
        error::ApiError,
    },
    app::App,
    clock::utc,
    connection::{
        Settings,
        target::{self, TargetSettings, Way},
    },
    domain::telling,
    store::{self, connection::Connection},
};

/// What a target is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub enum TargetKind {
    /// Any program that takes a request, as Standard Webhooks describes it.
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

/// How much an event matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub enum Importance {
    /// A step on the way, or a summary without trouble.
    Low,
    /// Something is new.
    Normal,
    /// Someone may have to do something.
    High,
}

/// How a message sounds: its colour, its icon, its priority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub enum Tone {
    /// Something arrived, or works again.
    Good,
    /// Something happened.
    News,
    /// A person has to decide.
    Ask,
    /// Something failed.
    Bad,
}

/// A language of texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub enum Language {
    /// French.
    Fr,
    /// English.
    En,
}

/// How the way to a mail server is kept private.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub enum Tls {
    /// From the first byte on; usually port 465.
    Implicit,
    /// Asked for, and needed; usually port 587.
    #[oai(rename = "starttls")]
    Asked,
    /// Not at all; usually port 25.
    Off,
}

/// How a webhook is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "UPPERCASE")]
pub enum Method {
    /// As most receivers want it.
    Post,
    /// For those that want it.
    Put,
}

/// A part of the day in the user's zone; it may go over midnight.
#[derive(Clone, Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
pub struct QuietHours {
    /// From then on, for example `22:00`.
    #[oai(validator(max_length = 5, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$"))]
    pub from: String,
    /// Until then.
    #[oai(validator(max_length = 5, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$"))]
    pub to: String,
}

/// Who is told. Fields that its kind does not have are left out.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct Target {
    /// Its number.
    id: i64,
    /// Its name.
    name: String,
    /// What it is.
    kind: TargetKind,
    /// It is told.
    enabled: bool,
    /// Who may change it.
    managed: Managed,
    /// Scheme, host and port of its address; the rest of it is a secret.
    origin: String,
    /// It has a password, a token or an address that is one; they are never shown.
    secret_set: bool,
    /// Webhook: what it is signed with. Shown once, in the answer to its making.
    #[oai(read_only)]
    pub(super) signing_secret: Option<String>,
    /// Webhook: it is signed.
    signed: Option<bool>,
    /// Webhook: how it is sent.
    method: Option<Method>,
    /// Webhook: names of its own headers; their values are secrets.
    header_names: Option<Vec<String>>,
    /// Webhook: signed as GitHub does, too.
    github_style: Option<bool>,
    /// Discord, ntfy, mail.
    username: Option<String>,
    /// Discord: a thread of the channel.
    thread_id: Option<String>,
    /// Home Assistant: the type of its events.
    event_type: Option<String>,
    /// Apprise: just those with this tag.
    tag: Option<String>,
    /// Mail: the server.
    host: Option<String>,
    /// Mail: its port.
    port: Option<u16>,
    /// Mail: how the way there is kept private.
    tls: Option<Tls>,
    /// Mail: who writes.
    from: Option<String>,
    /// Mail: who reads.
    to: Option<Vec<String>>,
    /// Addresses of the home network may be told.
    allow_private: bool,
    /// Seconds until an answer is given up.
    timeout_seconds: u32,
    /// Types of events that it is told of, `grab.*` for all that begin so; empty for all.
    events: Vec<String>,
    /// Names of libraries whose events it is told of; empty for all.
    libraries: Vec<String>,
    /// Numbers of series whose events it is told of; empty for all.
    series: Vec<i64>,
    /// Nothing of less importance.
    importance: Importance,
    /// When just what is of high importance is told.
    quiet_hours: Option<QuietHours>,
    /// Times of day at which what waits is told as one; what is of high importance is told at once.
    digest_at: Vec<String>,
    /// Of texts.
    language: Language,
    /// How titles are written; left out for our own way.
    title_template: Option<String>,
    /// How texts are written; left out for our own way.
    text_template: Option<String>,
    /// Nothing is told before then, because you said so.
    paused_until: Option<DateTime<Utc>>,
    /// Why it was switched off by itself; `POST /targets/{id}/resume` switches it on.
    switched_off: Option<String>,
    /// Deliveries that wait for it.
    waiting: i64,
    /// How it is.
    health: ConnectionHealth,
}

/// Settings of a row. They are shown even while its secrets are locked.
pub fn settings(row: &Connection) -> Result<TargetSettings, ApiError> {
    match connection::settings(row)? {
        Settings::Target(target) => Ok(*target),
        _ => Err(ApiError::conflict("this is no target of this version")),
    }
}

/// A target as it is shown.
pub async fn view(app: &App, row: &Connection) -> Result<Target, ApiError> {
    let settings = settings(row)?;
    let state = store::target::get(&app.db, row.id).await?;
    let waiting = store::delivery::list::count(&app.db, "due", Some(row.id)).await?;
    let signed = connection::secrets(app, row).target.signing.is_some();
    let tells = settings.tells;
    let time = |time: chrono::NaiveTime| time.format("%H:%M").to_string();
    let mut target = Target {
        id: row.id,
        name: row.name.clone(),
        kind: settings.way.kind().into(),
        enabled: row.enabled,
        managed: Managed::of(&row.managed),
        origin: settings.origin,
        secret_set: row.sealed.is_some(),
        signing_secret: None,
        signed: None,
        method: None,
        header_names: None,
        github_style: None,
        username: None,
        thread_id: None,
        event_type: None,
        tag: None,
        host: None,
        port: None,
        tls: None,
        from: None,
        to: None,
        allow_private: settings.allow_private,
        timeout_seconds: settings.timeout_seconds,
        events: tells.events,
        libraries: tells.libraries,
        series: tells.series,
        importance: tells.least.into(),
        quiet_hours: tells.quiet.map(|quiet| QuietHours {
            from: time(quiet.from),
            to: time(quiet.to),
        }),
        digest_at: tells.digest.into_iter().map(time).collect(),
        language: tells.language.into(),
        title_template: tells.title,
        text_template: tells.text,
        paused_until: state
            .paused_until
            .filter(|until| *until > app.clock.now())
            .map(utc),
        switched_off: state.switched_off.filter(|_| !row.enabled),
        waiting,
        health: row.into(),
    };
    match settings.way {
        Way::Webhook {
            put,
            headers,
            github_style,
        } => {
            target.signed = Some(signed);
            target.method = Some(if put { Method::Put } else { Method::Post });
            target.header_names = Some(headers);
            target.github_style = Some(github_style);
        }
        Way::Discord {
            username,
            thread_id,
        } => (target.username, target.thread_id) = (username, thread_id),
        Way::HomeAssistant { event_type } => target.event_type = event_type,
        Way::Ntfy { username } => target.username = username,
        Way::Apprise { tag } => target.tag = tag,
        Way::Mail {
            host,
            port,
            tls,
            username,
            from,
            to,
        } => {
            (target.host, target.port) = (Some(host), Some(port));
            (target.tls, target.username) = (Some(tls.into()), username);
            (target.from, target.to) = (Some(from), Some(to));
        }
    }
    Ok(target)
}

/// The same words on both sides, so that neither gets one without the other.
macro_rules! same {
    ($ours:ty, $theirs:ty, $($word:ident),+) => {
        impl From<$theirs> for $ours {
            fn from(theirs: $theirs) -> Self {
                match theirs {
                    $(<$theirs>::$word => Self::$word,)+
                }
            }
        }

        impl From<$ours> for $theirs {
            fn from(ours: $ours) -> Self {
                match ours {
                    $(<$ours>::$word => Self::$word,)+
                }
            }
        }
    };
}

same!(
    TargetKind,
    target::Kind,
    Webhook,
    Discord,
    HomeAssistant,
    Ntfy,
    Apprise,
    Mail
);
same!(Tls, target::Tls, Implicit, Asked, Off);
same!(Importance, telling::Importance, Low, Normal, High);
same!(Tone, telling::Tone, Good, News, Ask, Bad);

impl From<telling::Tongue> for Language {
    fn from(tongue: telling::Tongue) -> Self {
        match tongue {
            telling::Tongue::French => Self::Fr,
            telling::Tongue::English => Self::En,
        }
    }
}

impl From<Language> for telling::Tongue {
    fn from(language: Language) -> Self {
        match language {
            Language::Fr => Self::French,
            Language::En => Self::English,
        }
    }
}
