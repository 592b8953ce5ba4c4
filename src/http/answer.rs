//! What another program answered, and what of it may be shown.

use std::{sync::Arc, time::Duration};

use reqwest::{
    StatusCode,
    header::{HeaderMap, LOCATION, RETRY_AFTER},
};

use crate::{ports::PortError, secret::Secret};

/// How much of an error answer is shown, in characters.
const DETAIL: usize = 160;

/// How much of an answer is kept for whoever looks at it later, in bytes.
const EXCERPT: usize = 1024;

/// The longest wait that a server can ask for and get.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);

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
    pub(super) is_cut: bool,
    pub(super) hidden: Arc<[Secret]>,
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
    // No one can read them, and PostgreSQL stores no NUL.
    let mut text = text.replace(|letter: char| letter.is_control(), " ");
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

#[cfg(test)]
mod tests {
    use super::*;

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
