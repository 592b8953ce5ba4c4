//! What is kept of a body: without what looks like a secret. Links carry passkeys in their paths too, so of those only the server is kept.

use serde_json::{Map, Value};
use url::form_urlencoded;

use super::Body;

/// Stands for what is left out.
const HIDDEN: &str = "(hidden)";
/// Names of secrets, without signs and case; whatever holds one is one.
const SECRET: [&str; 15] = [
    "token",
    "apikey",
    "password",
    "passwd",
    "passkey",
    "passphrase",
    "torrentpass",
    "authorization",
    "authkey",
    "rsskey",
    "secret",
    "credential",
    "cookie",
    "session",
    "signature",
];
/// Those that are one only as a whole.
const WHOLE: [&str; 5] = ["auth", "key", "pass", "pwd", "sig"];

/// The body without its secrets; `own` are ours, wherever they stand. None when it is neither JSON nor a form: what it holds cannot be told
/// apart.
pub fn redacted(body: &Body, own: &[&str]) -> Option<String> {
    let text = match body {
        Body::Empty => String::new(),
        Body::Json(value) => hide(value).to_string(),
        Body::Form(value) => form(&hide(value)),
        Body::Other => return None,
    };
    Some(without(text, own))
}

/// A text beside a body, as [`redacted`] would keep it.
pub fn redacted_text(text: &str, own: &[&str]) -> String {
    without(without_links(text), own)
}

/// Without our own.
pub fn without(mut text: String, own: &[&str]) -> String {
    for secret in own.iter().filter(|secret| !secret.is_empty()) {
        text = text.replace(secret, HIDDEN);
    }
    text
}

fn form(value: &Value) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in value.as_object().into_iter().flatten() {
        match value {
            Value::Array(values) => {
                let texts = values.iter().filter_map(Value::as_str);
                form.extend_pairs(texts.map(|text| (name, text)));
            }
            value => {
                form.append_pair(name, value.as_str().unwrap_or_default());
            }
        }
    }
    form.finish()
}

/// What stands in a body, without what looks like a secret.
pub fn hide(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(without_links(text)),
        Value::Array(items) => items.iter().map(hide).collect(),
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| {
                let hidden = is_secret(name) && !value.is_null() && !value.is_boolean();
                let value = match hidden {
                    true => Value::String(HIDDEN.into()),
                    false => hide(value),
                };
                (without_links(name), value)
            };
            Value::Object(fields.iter().map(field).collect::<Map<_, _>>())
        }
        plain => plain.clone(),
    }
}

fn is_secret(name: &str) -> bool {
    let letters = name.chars().filter(|letter| letter.is_alphanumeric());
    let name: String = letters.flat_map(char::to_lowercase).collect();
    SECRET.iter().any(|secret| name.contains(secret)) || WHOLE.contains(&name.as_str())
}

/// Of each link only scheme and server; of a magnet nothing; of `token=abc` the name.
fn without_links(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        for part in line.split_inclusive(char::is_whitespace) {
            let word = part.trim_end();
            if names_a_secret(word) {
                // `Authorization: Bearer abc` goes on to its end.
                kept.push_str(&format!("{word}{HIDDEN}"));
                kept.extend(line.ends_with('\n').then_some('\n'));
                break;
            }
            kept.push_str(&without_link(word));
            kept.push_str(&part[word.len()..]);
        }
    }
    kept
}

/// The secret itself is the next word.
fn names_a_secret(word: &str) -> bool {
    let name = word.strip_suffix([':', '=']);
    name.is_some_and(|name| is_secret(name.trim_matches(['"', '\''])))
}

fn without_link(word: &str) -> String {
    if let Some(at) = word.to_ascii_lowercase().find("magnet:") {
        return format!("{}magnet:{HIDDEN}", &word[..at]);
    }
    let Some(at) = word.find("://") else {
        let pairs = word.split_inclusive(['?', '&', ';', ',']);
        return pairs.map(without_secret).collect();
    };
    let (scheme, rest) = (&word[..at], &word[at + 3..]);
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let server = rest[..end].rsplit('@').next().unwrap_or_default();
    match end == rest.len() && server.len() == rest.len() {
        true => word.to_owned(),
        false => format!("{scheme}://{server}/{HIDDEN}"),
    }
}

/// Of `token=abc&` the name.
fn without_secret(pair: &str) -> String {
    let rest = pair.trim_end_matches(['?', '&', ';', ',']);
    let named = rest.split_once(['=', ':']).map(|(name, _)| name);
    match named.filter(|name| is_secret(name)) {
        Some(name) => format!("{name}={HIDDEN}{}", &pair[rest.len()..]),
        None => pair.to_owned(),
    }
}
