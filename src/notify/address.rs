//! The address of a target. All of it may be a secret, so only its origin is ever printed.

use std::fmt;

use url::Url;

use super::{Mistake, hidden::Hidden};
use crate::{
    http::{
        guard::{Reach, forbidden_literal},
        origin,
    },
    secret::Secret,
};

/// An `http` or `https` URL with a host that may be called.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(Url);

impl Address {
    /// Reads it, and looks at the address if it spells one out; names are looked at when they are resolved.
    ///
    /// # Errors
    /// [`Mistake`] that says what is wrong with it.
    pub fn parse(text: &Secret, reach: Reach) -> Result<Self, Mistake> {
        let usable = |url: &Url| {
            matches!(url.scheme(), "http" | "https")
                && url.host_str().is_some_and(|host| !host.is_empty())
        };
        let url = Url::parse(text.expose().trim()).ok().filter(usable);
        let mut url = url.ok_or_else(|| {
            Mistake::new("it must begin with http:// or https:// and name a host")
        })?;
        if let Some(why) = forbidden_literal(&url, reach) {
            return Err(Mistake::new(format!(
                "{} is not called: {why}",
                origin(&url)
            )));
        }
        url.set_fragment(None);
        Ok(Self(url))
    }

    /// `scheme://host:port`: all of it that may be printed.
    pub fn origin(&self) -> String {
        origin(&self.0)
    }

    /// Without what stands behind a `?`.
    pub(super) fn without_query(mut self) -> Self {
        self.0.set_query(None);
        self
    }

    pub(super) fn url(&self) -> &Url {
        &self.0
    }

    /// What no answer may show when the target repeats it.
    pub(super) fn hidden(&self) -> Hidden {
        let url = &self.0;
        let mut hidden = Hidden::default();
        hidden.login_of(url);
        let query = url.query().unwrap_or_default();
        let parts = url.path().split('/').chain(query.split(['&', '=']));
        for part in [url.as_str(), url.path(), query].into_iter().chain(parts) {
            hidden.part(part);
        }
        hidden
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({}/…)", self.origin())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, reach: Reach) -> Result<Address, String> {
        Address::parse(&Secret::new(text), reach).map_err(|mistake| mistake.to_string())
    }

    #[test]
    fn only_web_addresses_that_may_be_called_are_taken() {
        let wrong = "it must begin with http:// or https:// and name a host";
        for (text, reach, expected) in [
            ("http://nas:8123/hook", Reach::Home, None),
            (" https://discord.com/x#y ", Reach::Internet, None),
            ("http://192.168.1.1/", Reach::Home, None),
            ("ftp://nas/", Reach::Home, Some(wrong)),
            ("file:///etc/passwd", Reach::Home, Some(wrong)),
            ("nas:8123", Reach::Home, Some(wrong)),
            ("", Reach::Home, Some(wrong)),
            (
                "http://169.254.169.254/x",
                Reach::Home,
                Some(
                    "http://169.254.169.254 is not called: it leads to 169.254.169.254, where a cloud keeps the keys of its machines",
                ),
            ),
            (
                "http://192.168.1.1/",
                Reach::Internet,
                Some(
                    "http://192.168.1.1 is not called: it leads to 192.168.1.1, an address of a private network, and only the internet may be called",
                ),
            ),
        ] {
            assert_eq!(parse(text, reach).err().as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn it_prints_its_origin_and_knows_what_to_hide() {
        let address = parse(
            "https://u:h%C3%BCnter@h/hooks/1234%205678/tok?key=abcdefgh",
            Reach::Home,
        )
        .expect("an address");
        assert_eq!(format!("{address:?}"), "Address(https://h/…)");
        let secrets = address.hidden().secrets();
        for shown in [
            "https://u:h%C3%BCnter@h/hooks/1234%205678/tok?key=abcdefgh",
            "/hooks/1234%205678/tok",
            "/hooks/1234 5678/tok",
            "1234 5678",
            "key=abcdefgh",
            "abcdefgh",
            "h%C3%BCnter",
            "hünter",
            "dTpow7xudGVy",
        ] {
            let is_hidden = secrets.iter().any(|secret| secret.expose() == shown);
            assert!(is_hidden, "{shown}");
        }
        let token = parse("https://tok@h/", Reach::Home).expect("an address");
        let secrets = token.hidden().secrets();
        let secrets: Vec<&str> = secrets.iter().map(Secret::expose).collect();
        assert!(
            secrets.contains(&"tok") && secrets.contains(&"dG9rOg"),
            "{secrets:?}"
        );
    }
}
