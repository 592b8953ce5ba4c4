//! What no answer may show, however a target repeats it: whole, in part, decoded or encoded. Pure.

use std::{cmp::Reverse, fmt::Write};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use url::form_urlencoded;

use crate::secret::Secret;

/// Less is in every answer, and the gaps would tell what it is. In bytes.
const SHORTEST: usize = 3;

/// A shorter part of a secret is a word: hiding it would make answers unreadable. In bytes.
const SHORTEST_PART: usize = 8;

/// Texts to hide.
#[derive(Default)]
pub(super) struct Hidden(Vec<String>);

impl Hidden {
    /// A secret, and the words that it consists of.
    pub(super) fn secret(&mut self, text: &str) {
        self.add(text, SHORTEST);
        let words = text.split_whitespace();
        let within = |letter: char| !letter.is_ascii_graphic() || "=,;:/?&@\"".contains(letter);
        for part in words.chain(text.split(within)) {
            self.part(part);
        }
    }

    /// Part of an address, as it stands there and decoded.
    pub(super) fn part(&mut self, text: &str) {
        self.add(text, SHORTEST_PART);
        self.add(&decoded(text), SHORTEST_PART);
    }

    /// A password, and both as HTTP sends them (RFC 7617).
    pub(super) fn login(&mut self, user: &str, password: &str) {
        self.add(password, SHORTEST);
        let encoded: String = form_urlencoded::byte_serialize(password.as_bytes()).collect();
        self.add(&encoded, SHORTEST);
        self.base64(&format!("{user}:{password}"));
    }

    /// What is sent as base64. Without the `=` at its end, so that it is found with and without.
    pub(super) fn base64(&mut self, text: &str) {
        for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            self.add(&engine.encode(text), SHORTEST);
        }
    }

    /// Of user and password in an address.
    pub(super) fn login_of(&mut self, url: &url::Url) {
        let (user, password) = (url.username(), url.password().unwrap_or_default());
        if user.is_empty() && password.is_empty() {
            return;
        }
        self.login(&decoded(user), &decoded(password));
        // A name without a password is a token.
        let secret = if password.is_empty() { user } else { password };
        self.add(secret, SHORTEST);
        self.add(&decoded(secret), SHORTEST);
    }

    /// All of it, the longest first, since one may be within another.
    pub(super) fn secrets(self) -> Vec<Secret> {
        let mut texts: Vec<String> = self.0.iter().flat_map(|text| writings(text)).collect();
        texts.sort_unstable_by(|a, b| (Reverse(a.len()), a).cmp(&(Reverse(b.len()), b)));
        texts.dedup();
        texts.into_iter().map(Secret::new).collect()
    }

    fn add(&mut self, text: &str, shortest: usize) {
        if text.len() >= shortest {
            self.0.push(text.to_owned());
        }
    }
}

/// Without `%`; a `+` stays, as it does in paths and passwords.
fn decoded(text: &str) -> String {
    let one = text
        .replace('+', "%2B")
        .replace('&', "%26")
        .replace('=', "%3D");
    let names = form_urlencoded::parse(one.as_bytes());
    names.map(|(name, _)| name.into_owned()).collect()
}

/// A text as it may come back: as it is, read as Latin-1 as many do with headers, and each as JSON writes it.
fn writings(text: &str) -> Vec<String> {
    let latin: String = text.bytes().map(char::from).collect();
    let as_read = [text.to_owned(), latin];
    let in_json = as_read
        .iter()
        .flat_map(|text| [json(text, false), json(text, true)]);
    let in_json: Vec<String> = in_json.collect();
    as_read.into_iter().chain(in_json).collect()
}

/// Within its quotation marks; `ascii`: with every other letter as `\u` and its number.
fn json(text: &str, ascii: bool) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    let mut found = String::new();
    for letter in quoted[1..quoted.len() - 1].chars() {
        match letter.is_ascii() || !ascii {
            true => found.push(letter),
            false => letter.encode_utf16(&mut [0; 2]).iter().for_each(|unit| {
                write!(found, "\\u{unit:04x}").expect("a string takes all");
            }),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::harmless;

    #[test]
    fn a_secret_is_hidden_however_it_comes_back() {
        let mut hidden = Hidden::default();
        hidden.secret("Bearer abcdefgh12345678");
        hidden.secret("clé à part-abcdefgh");
        hidden.login("me", "pä\"s+");
        let secrets = hidden.secrets();
        for (said, expected) in [
            ("Bearer abcdefgh12345678", "…"),
            ("no user for abcdefgh12345678.", "no user for …."),
            ("clé à part-abcdefgh", "…"),
            ("clÃ© Ã\u{a0} part-abcdefgh", "…"),
            (r#""cl\u00e9 \u00e0 part-abcdefgh""#, r#""…""#),
            ("cl? ? part-abcdefgh", "cl? ? …"),
            ("wrong: pä\"s+", "wrong: …"),
            (r#"{"password": "pä\"s+"}"#, r#"{"password": "…"}"#),
            ("p%C3%A4%22s%2B", "…"),
            ("Basic bWU6cMOkInMr", "Basic …"),
        ] {
            assert_eq!(harmless(said, &secrets), expected, "{said}");
        }
    }

    #[test]
    fn what_is_in_every_text_is_not_hidden() {
        let mut hidden = Hidden::default();
        hidden.secret("e");
        hidden.part("hooks");
        assert!(hidden.secrets().is_empty());
    }
}
