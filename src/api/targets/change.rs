//! What is to be changed of a target.

use poem_openapi::{Object, types::MaybeUndefined};

use super::{
    body::{Header, headers, quiet, secret, times, word},
    view::{Importance, Language, Method, QuietHours, Tls},
};
use crate::{api::connection::given, connection::target::Written};

/// What is to be changed of a target; what is left out stays as it is, and `null` clears.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
pub struct TargetChange {
    /// Its name.
    #[oai(validator(
        max_length = 60,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    pub(super) name: Option<String>,
    /// Its address.
    #[oai(write_only, validator(max_length = 2000, pattern = "^[^\\x00]*$"))]
    url: Option<String>,
    /// Webhook: how it is sent.
    method: Option<Method>,
    /// Webhook: headers of its own, all of them anew.
    #[oai(validator(max_items = 20))]
    headers: Option<Vec<Header>>,
    /// Webhook: what it is signed with from now on; `POST /targets/{id}/rotate` lets the old one sign for a day.
    #[oai(
        nullable,
        write_only,
        validator(max_length = 200, pattern = "^[^\\x00]*$")
    )]
    signing_secret: MaybeUndefined<String>,
    /// Webhook: signed as GitHub does, too.
    github_style: Option<bool>,
    /// Discord, ntfy, mail.
    #[oai(
        nullable,
        validator(max_length = 200, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$")
    )]
    username: MaybeUndefined<String>,
    /// Ntfy, mail.
    #[oai(
        nullable,
        write_only,
        validator(max_length = 500, pattern = "^[^\\x00]*$")
    )]
    password: MaybeUndefined<String>,
    /// Home Assistant, ntfy.
    #[oai(
        nullable,
        write_only,
        validator(max_length = 500, pattern = "^[^\\x00]*$")
    )]
    token: MaybeUndefined<String>,
    /// Discord.
    #[oai(
        nullable,
        validator(max_length = 20, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$")
    )]
    thread_id: MaybeUndefined<String>,
    /// Home Assistant.
    #[oai(
        nullable,
        write_only,
        validator(max_length = 200, pattern = "^[^\\x00]*$")
    )]
    webhook_id: MaybeUndefined<String>,
    /// Home Assistant.
    #[oai(
        nullable,
        validator(max_length = 64, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$")
    )]
    event_type: MaybeUndefined<String>,
    /// Ntfy.
    #[oai(write_only, validator(max_length = 64, pattern = "^[^\\x00]*$"))]
    topic: Option<String>,
    /// Apprise.
    #[oai(
        nullable,
        write_only,
        validator(max_length = 128, pattern = "^[^\\x00]*$")
    )]
    key: MaybeUndefined<String>,
    /// Apprise.
    #[oai(
        nullable,
        validator(max_length = 200, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$")
    )]
    tag: MaybeUndefined<String>,
    /// Apprise.
    #[oai(
        nullable,
        write_only,
        validator(max_length = 4000, pattern = "^[^\\x00]*$")
    )]
    urls: MaybeUndefined<String>,
    /// Mail.
    #[oai(validator(max_length = 255, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$"))]
    host: Option<String>,
    /// Mail.
    #[oai(validator(minimum(value = "1"), maximum(value = "65535")))]
    port: Option<u16>,
    /// Mail.
    tls: Option<Tls>,
    /// Mail.
    #[oai(validator(max_length = 320, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$"))]
    from: Option<String>,
    /// Mail.
    #[oai(validator(
        max_items = 20,
        max_length = 320,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    to: Option<Vec<String>>,
    /// Addresses of the home network may be told.
    allow_private: Option<bool>,
    /// Seconds until an answer is given up.
    #[oai(validator(minimum(value = "1"), maximum(value = "120")))]
    timeout_seconds: Option<u32>,
    /// Types of events that it is told of.
    #[oai(validator(max_items = 200, max_length = 60, pattern = "^[a-z._*]+$"))]
    events: Option<Vec<String>>,
    /// Names of libraries.
    #[oai(validator(
        max_items = 200,
        max_length = 60,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    libraries: Option<Vec<String>>,
    /// Numbers of series.
    #[oai(validator(max_items = 200))]
    series: Option<Vec<i64>>,
    /// Nothing of less importance.
    importance: Option<Importance>,
    /// When just what is of high importance is told; the same time twice is never.
    quiet_hours: Option<QuietHours>,
    /// Times of day at which what waits is told as one.
    #[oai(validator(
        max_items = 24,
        max_length = 5,
        pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$"
    ))]
    digest_at: Option<Vec<String>>,
    /// Of texts.
    language: Option<Language>,
    /// How titles are written.
    #[oai(nullable, validator(max_length = 2000, pattern = "^[^\\x00]*$"))]
    title_template: MaybeUndefined<String>,
    /// How texts are written.
    #[oai(nullable, validator(max_length = 2000, pattern = "^[^\\x00]*$"))]
    text_template: MaybeUndefined<String>,
    /// Tell it.
    pub(super) enabled: Option<bool>,
}

fn put<T>(known: &mut Option<T>, change: Option<T>) {
    if change.is_some() {
        *known = change;
    }
}

fn put_or_clear<T, U>(
    known: &mut Option<T>,
    change: MaybeUndefined<U>,
    read: fn(Option<U>) -> Option<T>,
) {
    match change {
        MaybeUndefined::Undefined => {}
        MaybeUndefined::Null => *known = None,
        MaybeUndefined::Value(value) => *known = read(Some(value)),
    }
}

impl TargetChange {
    /// Secrets that are given anew.
    pub fn secrets_given(&self) -> Vec<&'static str> {
        let given = [
            ("password", self.password.is_value()),
            ("token", self.token.is_value()),
            ("webhookId", self.webhook_id.is_value()),
            ("topic", self.topic.is_some()),
            ("key", self.key.is_value()),
            ("urls", self.urls.is_value()),
            ("headers", self.headers.is_some()),
        ];
        let given = given.into_iter().filter(|one| one.1);
        given.map(|one| one.0).collect()
    }

    /// What is known, with this changed.
    pub fn over(self, mut known: Written) -> Written {
        put(&mut known.url, secret(self.url));
        put(&mut known.method, self.method.map(word));
        put(&mut known.headers, self.headers.map(headers));
        put_or_clear(&mut known.signing_secret, self.signing_secret, secret);
        put(&mut known.github_style, self.github_style);
        put_or_clear(&mut known.username, self.username, given);
        put_or_clear(&mut known.password, self.password, secret);
        put_or_clear(&mut known.token, self.token, secret);
        put_or_clear(&mut known.thread_id, self.thread_id, given);
        put_or_clear(&mut known.webhook_id, self.webhook_id, secret);
        put_or_clear(&mut known.event_type, self.event_type, given);
        put(&mut known.topic, secret(self.topic));
        put_or_clear(&mut known.key, self.key, secret);
        put_or_clear(&mut known.tag, self.tag, given);
        put_or_clear(&mut known.urls, self.urls, secret);
        put(&mut known.host, given(self.host));
        put(&mut known.port, self.port);
        put(&mut known.tls, self.tls.map(Into::into));
        put(&mut known.from, given(self.from));
        put(&mut known.to, self.to);
        put(&mut known.allow_private, self.allow_private);
        put(&mut known.timeout_seconds, self.timeout_seconds);
        let tells = &mut known.tells;
        tells.events = self
            .events
            .unwrap_or_else(|| std::mem::take(&mut tells.events));
        tells.libraries = self
            .libraries
            .unwrap_or_else(|| std::mem::take(&mut tells.libraries));
        tells.series = self
            .series
            .unwrap_or_else(|| std::mem::take(&mut tells.series));
        tells.least = self.importance.map_or(tells.least, Into::into);
        if let Some(hours) = self.quiet_hours {
            tells.quiet = quiet(&hours);
        }
        if let Some(digest) = self.digest_at {
            tells.digest = times(&digest);
        }
        tells.language = self.language.map_or(tells.language, Into::into);
        put_or_clear(&mut tells.title, self.title_template, given);
        put_or_clear(&mut tells.text, self.text_template, given);
        known
    }
}
