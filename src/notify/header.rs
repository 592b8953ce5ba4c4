//! Headers that a user adds to a webhook. Those that say how a request travels or who sends it stay ours.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use reqwest::header::{HeaderName, HeaderValue};

use super::{Mistake, hidden::Hidden};
use crate::secret::Secret;

/// One header; its value is a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    pub(super) name: HeaderName,
    pub(super) value: HeaderValue,
}

impl Header {
    /// Reads name and value.
    ///
    /// # Errors
    /// [`Mistake`] for a name that is ours or none, or a value that a header cannot have.
    pub fn parse(name: &str, value: &Secret) -> Result<Self, Mistake> {
        let name: HeaderName = name
            .trim()
            .parse()
            .map_err(|_| Mistake::new(format!("{name:?} is no name of a header")))?;
        if let Some(why) = why_not(&name) {
            return Err(Mistake::new(format!("{name} cannot be set: {why}")));
        }
        let mut value = HeaderValue::from_str(value.expose().trim()).map_err(|_| {
            Mistake::new(format!(
                "the value of {name} has characters that a header cannot have"
            ))
        })?;
        value.set_sensitive(true);
        Ok(Self { name, value })
    }

    /// What no answer may show of it.
    pub(super) fn hide(&self, hidden: &mut Hidden) {
        let value = String::from_utf8_lossy(self.value.as_bytes());
        hidden.secret(&value);
        // A receiver that reads name and password may repeat these.
        let encoded = value
            .strip_prefix("Basic ")
            .map(|text| text.trim_end_matches('='));
        let login = encoded.and_then(|text| STANDARD_NO_PAD.decode(text).ok());
        let login = login.and_then(|bytes| String::from_utf8(bytes).ok());
        if let Some((user, password)) = login.as_deref().and_then(|text| text.split_once(':')) {
            hidden.login(user, password);
        }
    }
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Header({}: …)", self.name)
    }
}

/// Why a header of this name is not the user's to set.
fn why_not(name: &HeaderName) -> Option<&'static str> {
    let name = name.as_str();
    let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| name.starts_with(prefix));
    if matches!(name, "forwarded" | "via" | "x-real-ip") || begins(&["x-forwarded-"]) {
        // Home Assistant answers 400 to it.
        return Some(
            "it says that a proxy has passed the request on, and receivers refuse that from strangers",
        );
    }
    if begins(&["webhook-", "x-hub-signature", "x-github-", "lacunarr-"]) {
        return Some("it is part of the signature, or of what Lacunarr says of the message");
    }
    let ours = [
        "host",
        "content-length",
        "content-type",
        "content-encoding",
        "transfer-encoding",
        "connection",
        "keep-alive",
        "upgrade",
        "te",
        "trailer",
        "expect",
        "accept-encoding",
    ];
    if ours.contains(&name) || begins(&["proxy-"]) {
        return Some("it belongs to how the request is sent");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_that_are_ours_are_refused_with_a_reason() {
        for (name, value, expected) in [
            ("Authorization", "Bearer abc", None),
            ("X-Api-Key", "abc", None),
            ("User-Agent", "me", None),
            ("Cookie", "a=b", None),
            (
                "Host",
                "x",
                Some("host cannot be set: it belongs to how the request is sent"),
            ),
            (
                "content-LENGTH",
                "5",
                Some("content-length cannot be set: it belongs to how the request is sent"),
            ),
            (
                "X-Forwarded-For",
                "::1",
                Some(
                    "x-forwarded-for cannot be set: it says that a proxy has passed the request on, and receivers refuse that from strangers",
                ),
            ),
            (
                "Webhook-Id",
                "x",
                Some(
                    "webhook-id cannot be set: it is part of the signature, or of what Lacunarr says of the message",
                ),
            ),
            (
                "two words",
                "x",
                Some("\"two words\" is no name of a header"),
            ),
            ("", "x", Some("\"\" is no name of a header")),
            (
                "X-Key",
                "a\r\nHost: b",
                Some("the value of x-key has characters that a header cannot have"),
            ),
        ] {
            let found = Header::parse(name, &Secret::new(value));
            let mistake = found.as_ref().err().map(ToString::to_string);
            assert_eq!(mistake.as_deref(), expected, "{name}");
            assert!(!format!("{found:?}").contains("abc"));
        }
    }
}
