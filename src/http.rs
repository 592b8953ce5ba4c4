//! The one HTTP client: bounded time, bounded answers, errors without a path or query, redirects only by hand.

use std::{sync::Arc, time::Duration};

use futures_util::StreamExt;
use reqwest::{
    Method, RequestBuilder, Response, StatusCode,
    header::{HeaderMap, LOCATION, RETRY_AFTER},
    redirect,
};
use url::Url;

use self::guard::{Forbidden, Guard, Reach, forbidden_literal};
use crate::{ports::PortError, secret::Secret};

pub mod guard;

/// How much of an error answer is shown, in characters.
const DETAIL: usize = 160;

/// How much of an answer is kept for whoever looks at it later, in bytes.
const EXCERPT: usize = 1024;

/// The longest wait that a server can ask for and get.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);

/// Asks one server. Cheap to clone; holds its cookies.
#[derive(Clone)]
pub struct Http {
    client: reqwest::Client,
    timeout: Duration,
    reach: Option<Reach>,
    hidden: Arc<[Secret]>,
}

/// An answer, as far as it was read.
#[derive(Debug)]
pub struct Answer {
    /// `scheme://host:port`, for messages.
    pub origin: String,
    /// HTTP status.
    pub status: StatusCode,
    /// Response headers.
    pub headers: HeaderMap,
    /// The whole body, or its start where no more was asked for.
    pub body: Vec<u8>,
    is_cut: bool,
    hidden: Arc<[Secret]>,
}

impl Http {
    /// A client whose requests end after `timeout`, answers included.
    pub fn new(timeout: Duration) -> Self {
        let client = builder(timeout).cookie_store(true).user_agent(AGENT);
        Self::from_builder(client, timeout, None)
    }

    /// The same for targets that a user names: it calls only what the guard lets it, and says that it is `agent`. No cookies, and no
    /// proxy, since a proxy would resolve the name by itself.
    pub fn guarded(timeout: Duration, guard: Guard, agent: &str) -> Self {
        let reach = guard.reach();
        let client = builder(timeout)
            .no_proxy()
            .dns_resolver(Arc::new(guard))
            .user_agent(agent);
        Self::from_builder(client, timeout, Some(reach))
    }

    fn from_builder(
        client: reqwest::ClientBuilder,
        timeout: Duration,
        reach: Option<Reach>,
    ) -> Self {
        let client = client.build();
        Self {
            client: client.expect("the TLS provider is installed first thing in main"),
            timeout,
            reach,
            hidden: Arc::default(),
        }
    }

    /// The same client, whose answers never show these secrets, even when a server repeats them.
    pub fn hiding(mut self, secrets: impl IntoIterator<Item = Secret>) -> Self {
        self.hidden = secrets
            .into_iter()
            .filter(|secret| !secret.expose().is_empty())
            .collect();
        self
    }

    /// Starts a request.
    pub fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.client.request(method, url)
    }

    /// Sends it and reads at most `limit` bytes of the answer, whatever its status.
    ///
    /// # Errors
    /// When there is no complete answer, or a larger one.
    pub async fn send(&self, request: RequestBuilder, limit: usize) -> Result<Answer, PortError> {
        let (mut answer, response) = self.head(request).await?;
        let expected = response.content_length();
        if expected.is_none_or(|length| length <= limit as u64) {
            self.read(&mut answer, response, limit).await?;
        } else {
            answer.is_cut = true;
        }
        match answer.is_cut {
            true => Err(PortError::TooLarge {
                origin: answer.origin,
                limit,
            }),
            false => Ok(answer),
        }
    }

    /// Sends it and reads the first `limit` bytes of the answer, however long it is.
    ///
    /// # Errors
    /// When there is no answer, or it breaks off before.
    pub async fn send_for_start(
        &self,
        request: RequestBuilder,
        limit: usize,
    ) -> Result<Answer, PortError> {
        let (mut answer, response) = self.head(request).await?;
        self.read(&mut answer, response, limit).await?;
        Ok(answer)
    }

    async fn head(&self, request: RequestBuilder) -> Result<(Answer, Response), PortError> {
        let request = request.build().map_err(|error| PortError::BadAnswer {
            origin: "the request".into(),
            detail: error.without_url().to_string(),
        })?;
        let origin = origin(request.url());
        // An address needs no resolving, so the guard of names does not see it.
        let literal = |reach| forbidden_literal(request.url(), reach);
        if let Some(why) = self.reach.and_then(literal) {
            return Err(PortError::Forbidden { origin, why });
        }
        let response = self
            .client
            .execute(request)
            .await
            .map_err(|error| self.fault(&origin, error))?;
        let answer = Answer {
            origin,
            status: response.status(),
            headers: response.headers().clone(),
            body: Vec::new(),
            is_cut: false,
            hidden: Arc::clone(&self.hidden),
        };
        Ok((answer, response))
    }

    async fn read(
        &self,
        answer: &mut Answer,
        response: Response,
        limit: usize,
    ) -> Result<(), PortError> {
        let mut stream = response.bytes_stream();
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|error| self.fault(&answer.origin, error))?;
            let room = limit - answer.body.len();
            answer
                .body
                .extend_from_slice(&chunk[..room.min(chunk.len())]);
            if chunk.len() > room {
                answer.is_cut = true;
                break;
            }
        }
        Ok(())
    }

    fn fault(&self, origin: &str, error: reqwest::Error) -> PortError {
        let origin = origin.to_owned();
        if error.is_timeout() {
            return PortError::Timeout {
                origin,
                after: self.timeout,
            };
        }
        let error = error.without_url();
        // The innermost cause says what happened ("connection refused"); the outer ones repeat that it did.
        let mut cause: &dyn std::error::Error = &error;
        while let Some(inner) = cause.source() {
            cause = inner;
        }
        if let Some(why) = cause.downcast_ref::<Forbidden>().copied() {
            return PortError::Forbidden { origin, why };
        }
        PortError::Unreachable {
            origin,
            cause: cause.to_string(),
        }
    }
}

const AGENT: &str = concat!("Lacunarr/", env!("CARGO_PKG_VERSION"));

fn builder(timeout: Duration) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .redirect(redirect::Policy::none())
        .connect_timeout(timeout.min(Duration::from_secs(10)))
        .timeout(timeout)
        .referer(false)
}

impl Answer {
    /// The body as text; broken UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// True when the body is HTML or XML.
    pub fn is_markup(&self) -> bool {
        self.text().trim_start().starts_with('<')
    }

    /// What the server says of it, on one line and short: `message` of a JSON object, else the first characters of the body.
    /// Links, `key=value` pairs and our own secrets are left out, because servers repeat the request that failed.
    pub fn detail(&self) -> String {
        #[derive(serde::Deserialize)]
        struct Said {
            message: String,
        }
        if self.is_markup() {
            return "a web page or XML instead of the expected answer".into();
        }
        let text = serde_json::from_slice(&self.body)
            .map(|said: Said| said.message)
            .unwrap_or_else(|_| self.text());
        self.harmless(&text).chars().take(DETAIL).collect()
    }

    /// The first bytes of the body for whoever looks at it later, on one line, without links, `key=value` pairs and our own secrets.
    pub fn excerpt(&self) -> String {
        let mut text = self.text();
        if self.is_cut {
            // Its last word may be the first half of a secret.
            let end = text.trim_end().rfind(char::is_whitespace);
            text.truncate(end.unwrap_or(0));
        }
        let mut text = self.harmless(&text);
        text.truncate(text.floor_char_boundary(EXCERPT));
        text
    }

    /// A part of the answer, such as a field of its JSON, on one line and without what must not be shown.
    pub fn harmless(&self, text: &str) -> String {
        harmless(text, &self.hidden)
    }

    /// The error for an answer that is not what the protocol says.
    pub fn bad(&self, detail: impl Into<String>) -> PortError {
        PortError::BadAnswer {
            origin: self.origin.clone(),
            detail: detail.into(),
        }
    }

    /// Parses the body as JSON.
    ///
    /// # Errors
    /// [`PortError::BadAnswer`] that says what stands there instead.
    pub fn json<'a, T: serde::Deserialize<'a>>(&'a self) -> Result<T, PortError> {
        serde_json::from_slice(&self.body).map_err(|error| {
            if self.is_markup() {
                return self.bad("a web page instead of JSON; is the URL right, and does a login page stand before it?");
            }
            self.bad(format!("broken JSON ({})", describe(&error)))
        })
    }

    /// Where a redirect points, as it stands there: absolute, relative or a magnet. Trackers write raw UTF-8 into it.
    pub fn location(&self) -> Option<&str> {
        std::str::from_utf8(self.headers.get(LOCATION)?.as_bytes()).ok()
    }

    /// `Retry-After`, in seconds or as a date, at most a day.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after_at(chrono::Utc::now())
    }

    /// The same, as of an instant.
    pub fn retry_after_at(&self, now: chrono::DateTime<chrono::Utc>) -> Option<Duration> {
        let text = self.headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
        let wait = match text.parse::<f64>() {
            Ok(seconds) if seconds.is_finite() && seconds >= 0.0 => {
                Duration::from_secs_f64(seconds.min(LONGEST_WAIT.as_secs_f64()))
            }
            Ok(_) => return None,
            Err(_) => {
                let at = chrono::DateTime::parse_from_rfc2822(text).ok()?;
                (at.to_utc() - now).to_std().unwrap_or_default()
            }
        };
        Some(wait.min(LONGEST_WAIT))
    }

    /// The error for a status that no one expected, without a special meaning.
    pub fn unexpected(&self) -> PortError {
        let origin = self.origin.clone();
        match self.status {
            StatusCode::TOO_MANY_REQUESTS => PortError::RateLimited {
                origin,
                retry_after: self.retry_after(),
            },
            status if status.is_redirection() => PortError::Status {
                origin,
                status: status.as_u16(),
                detail: "it redirects elsewhere; check http or https, the port and the URL base"
                    .into(),
            },
            status => PortError::Status {
                origin,
                status: status.as_u16(),
                detail: self.detail(),
            },
        }
    }
}

/// What another program says, on one line, without links, `key=value` pairs and these secrets: programs repeat the request that failed.
pub fn harmless(text: &str, hidden: &[Secret]) -> String {
    let mut text = text.to_owned();
    for secret in hidden {
        text = text.replace(secret.expose(), "…");
    }
    let harmless = |word: &&str| {
        !["://", "=", "magnet:"]
            .iter()
            .any(|part| word.contains(part))
    };
    let words = text.split_whitespace().filter(harmless);
    words.collect::<Vec<_>>().join(" ")
}

/// Only where and what: serde's own message can quote the text, and the text can hold a link.
fn describe(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        serde_json::error::Category::Eof => "it ends too early",
        serde_json::error::Category::Syntax => "syntax error",
        serde_json::error::Category::Data => "a field is missing or has the wrong type",
        serde_json::error::Category::Io => "it cannot be read",
    };
    format!("{what}, line {} column {}", error.line(), error.column())
}

/// `path` below a base URL, which may itself have a path (a URL base behind a reverse proxy).
pub fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    url.set_query(None);
    url.set_fragment(None);
    url
}

/// `scheme://host:port` of a URL: all of it that is ever printed.
pub fn origin(url: &Url) -> String {
    match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{}://{host}:{port}", url.scheme()),
        (Some(host), None) => format!("{}://{host}", url.scheme()),
        (None, _) => format!("{}:", url.scheme()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_goes_below_the_url_base() {
        for (base, expected) in [
            ("http://h:1", "http://h:1/api/x"),
            ("http://h/", "http://h/api/x"),
            ("https://h/base", "https://h/base/api/x"),
            ("https://h/base/?a=b#c", "https://h/base/api/x"),
        ] {
            let base = Url::parse(base).expect("a URL");
            assert_eq!(below(&base, "api/x").as_str(), expected);
        }
    }

    #[test]
    fn what_a_server_says_is_shown_without_links_and_secrets() {
        let said = |body: &str| {
            let answer = Answer {
                origin: "http://h".into(),
                status: StatusCode::BAD_REQUEST,
                headers: HeaderMap::new(),
                body: body.into(),
                is_cut: false,
                hidden: [Secret::new("hunter2")].into(),
            };
            answer.detail()
        };
        for (body, expected) in [
            ("", ""),
            ("  Fails.\n", "Fails."),
            (
                r#"{"message":"No key hunter2","description":"at /src"}"#,
                "No key …",
            ),
            (
                "failed: http://h/?apikey=x magnet:?xt=y ?a=b end",
                "failed: end",
            ),
            (
                "<error/>",
                "a web page or XML instead of the expected answer",
            ),
        ] {
            assert_eq!(said(body), expected);
        }
        assert_eq!(said(&"é".repeat(1000)).chars().count(), DETAIL);
    }
}
