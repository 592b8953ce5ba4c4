//! A target as it is given: fields of all kinds, of which each takes its own.

use std::collections::BTreeMap;

use poem_openapi::Object;

use super::view::{Importance, Language, Method, QuietHours, TargetKind, Tls};
use crate::{
    api::connection::given,
    connection::target::{Written, time_of_day},
    domain::telling::tells::{Quiet, Tells},
    secret::Secret,
};

/// A header of its own.
#[derive(Clone, Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Header {
    /// Its name, for example `X-Key`.
    #[oai(validator(
        max_length = 100,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    name: String,
    /// Its value, a secret.
    #[oai(
        write_only,
        validator(max_length = 2000, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$")
    )]
    value: String,
}

/// A target to be made. What its kind does not have must be left out.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewTarget {
    /// Its name.
    #[oai(validator(
        max_length = 60,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    pub(super) name: String,
    /// What it is.
    kind: TargetKind,
    /// Its address, a secret; every kind but mail. Of Discord as it stands there under *Copy Webhook URL*; of Home Assistant, ntfy and
    /// Apprise the server's.
    #[oai(write_only, validator(max_length = 2000, pattern = "^[^\\x00]*$"))]
    url: Option<String>,
    /// Webhook: how it is sent; POST when left out.
    method: Option<Method>,
    /// Webhook: headers of its own.
    #[oai(validator(max_items = 20))]
    headers: Option<Vec<Header>>,
    /// Webhook: what it is signed with, `whsec_` and 24 to 64 bytes in base64; left out: one is made.
    #[oai(write_only, validator(max_length = 200, pattern = "^[^\\x00]*$"))]
    signing_secret: Option<String>,
    /// Webhook: signed as GitHub does, too.
    github_style: Option<bool>,
    /// Discord: the name under which it speaks; ntfy, mail: who logs in.
    #[oai(validator(max_length = 200, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$"))]
    username: Option<String>,
    /// Ntfy, mail: of that user.
    #[oai(write_only, validator(max_length = 500, pattern = "^[^\\x00]*$"))]
    password: Option<String>,
    /// Home Assistant: a long-lived access token, to fire events; ntfy: an access token.
    #[oai(write_only, validator(max_length = 500, pattern = "^[^\\x00]*$"))]
    token: Option<String>,
    /// Discord: a thread of the channel.
    #[oai(validator(max_length = 20, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$"))]
    thread_id: Option<String>,
    /// Home Assistant: of the trigger of an automation.
    #[oai(write_only, validator(max_length = 200, pattern = "^[^\\x00]*$"))]
    webhook_id: Option<String>,
    /// Home Assistant: the type of its events; `lacunarr_event` when left out.
    #[oai(validator(max_length = 64, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$"))]
    event_type: Option<String>,
    /// Ntfy: the topic; whoever knows it can read along.
    #[oai(write_only, validator(max_length = 64, pattern = "^[^\\x00]*$"))]
    topic: Option<String>,
    /// Apprise: of a configuration that it keeps.
    #[oai(write_only, validator(max_length = 128, pattern = "^[^\\x00]*$"))]
    key: Option<String>,
    /// Apprise: of those under the key just those with this tag.
    #[oai(validator(max_length = 200, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$"))]
    tag: Option<String>,
    /// Apprise: addresses as it writes them, instead of a key.
    #[oai(write_only, validator(max_length = 4000, pattern = "^[^\\x00]*$"))]
    urls: Option<String>,
    /// Mail: the server.
    #[oai(validator(max_length = 255, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$"))]
    host: Option<String>,
    /// Mail: its port; left out: the usual one.
    #[oai(validator(minimum(value = "1"), maximum(value = "65535")))]
    port: Option<u16>,
    /// Mail: how the way there is kept private; `implicit` when left out.
    tls: Option<Tls>,
    /// Mail: who writes, for example `Lacunarr <lacunarr@home.example>`.
    #[oai(validator(max_length = 320, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$"))]
    from: Option<String>,
    /// Mail: who reads.
    #[oai(validator(
        max_items = 20,
        max_length = 320,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    to: Option<Vec<String>>,
    /// Addresses of the home network may be told; true when left out.
    allow_private: Option<bool>,
    /// Seconds until an answer is given up.
    #[oai(validator(minimum(value = "1"), maximum(value = "120")))]
    timeout_seconds: Option<u32>,
    /// Types of events that it is told of, `grab.*` for all that begin so; empty for all.
    #[oai(
        default,
        validator(max_items = 200, max_length = 60, pattern = "^[a-z._*]+$")
    )]
    events: Vec<String>,
    /// Names of libraries whose events it is told of; empty for all.
    #[oai(
        default,
        validator(
            max_items = 200,
            max_length = 60,
            pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$"
        )
    )]
    libraries: Vec<String>,
    /// Numbers of series whose events it is told of; empty for all.
    #[oai(default, validator(max_items = 200))]
    series: Vec<i64>,
    /// Nothing of less importance; `low` when left out, which is everything.
    importance: Option<Importance>,
    /// When just what is of high importance is told; the same time twice is never.
    quiet_hours: Option<QuietHours>,
    /// Times of day at which what waits is told as one; what is of high importance is told at once.
    #[oai(
        default,
        validator(
            max_items = 24,
            max_length = 5,
            pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$"
        )
    )]
    digest_at: Vec<String>,
    /// Of texts; `en` when left out.
    language: Option<Language>,
    /// How titles are written, for example `{series}{ – volumes}: {title}`; left out for our own way.
    #[oai(validator(max_length = 2000, pattern = "^[^\\x00]*$"))]
    title_template: Option<String>,
    /// How texts are written; left out for our own way.
    #[oai(validator(max_length = 2000, pattern = "^[^\\x00]*$"))]
    text_template: Option<String>,
    /// Tell it.
    #[oai(default = "yes")]
    pub(super) enabled: bool,
}

fn yes() -> bool {
    true
}

pub(super) fn headers(headers: Vec<Header>) -> BTreeMap<String, Secret> {
    let pair = |header: Header| (header.name, Secret::new(header.value));
    headers.into_iter().map(pair).collect()
}

/// The document says what times are.
pub(super) fn quiet(hours: &QuietHours) -> Option<Quiet> {
    let quiet = Quiet {
        from: time_of_day(&hours.from)?,
        to: time_of_day(&hours.to)?,
    };
    (quiet.from != quiet.to).then_some(quiet)
}

pub(super) fn times(times: &[String]) -> Vec<chrono::NaiveTime> {
    times.iter().filter_map(|time| time_of_day(time)).collect()
}

pub(super) fn secret(text: Option<String>) -> Option<Secret> {
    given(text).map(Secret::new)
}

pub(super) fn word(method: Method) -> String {
    match method {
        Method::Post => "POST".into(),
        Method::Put => "PUT".into(),
    }
}

impl NewTarget {
    /// As it is written everywhere.
    pub fn written(self) -> Written {
        let usual = Tells::default();
        Written {
            kind: self.kind.into(),
            url: secret(self.url),
            method: self.method.map(word),
            headers: self.headers.map(headers),
            signing_secret: secret(self.signing_secret),
            github_style: self.github_style,
            username: given(self.username),
            password: secret(self.password),
            token: secret(self.token),
            thread_id: given(self.thread_id),
            webhook_id: secret(self.webhook_id),
            event_type: given(self.event_type),
            topic: secret(self.topic),
            key: secret(self.key),
            tag: given(self.tag),
            urls: secret(self.urls),
            host: given(self.host),
            port: self.port,
            tls: self.tls.map(Into::into),
            from: given(self.from),
            to: self.to,
            allow_private: self.allow_private,
            timeout_seconds: self.timeout_seconds,
            tells: Tells {
                events: self.events,
                libraries: self.libraries,
                series: self.series,
                least: self.importance.map_or(usual.least, Into::into),
                quiet: self.quiet_hours.as_ref().and_then(quiet),
                digest: times(&self.digest_at),
                language: self.language.map_or(usual.language, Into::into),
                title: given(self.title_template),
                text: given(self.text_template),
            },
        }
    }
}
