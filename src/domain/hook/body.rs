//! A body as it came, read by what it is and not by what its headers say: Jellyfin sends JSON as `text/plain`, and so does curl without
//! a header.

use serde_json::{Map, Value};
use url::form_urlencoded;

/// Fields of a form that are read.
const MOST_FIELDS: usize = 200;

/// What a body is.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// Nothing, or blanks.
    Empty,
    /// JSON of any shape.
    Json(Value),
    /// A form as an object of texts; of a field that is there more than once, a list.
    Form(Value),
    /// XML, several parts, an image, anything.
    Other,
}

impl Body {
    /// Reads the bytes.
    pub fn read(bytes: &[u8]) -> Self {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        if bytes.trim_ascii().is_empty() {
            return Self::Empty;
        }
        if let Ok(value) = serde_json::from_slice(bytes) {
            return Self::Json(value);
        }
        match std::str::from_utf8(bytes) {
            Ok(text) if is_form(text) => Self::Form(form(text)),
            _ => Self::Other,
        }
    }
}

/// A word, then `=`. Values may hold anything: who writes commands forgets to escape them.
fn is_form(text: &str) -> bool {
    let (name, _) = text.split_once('=').unwrap_or_default();
    let is_plain = |letter: u8| letter.is_ascii_alphanumeric() || b"_.-[]%".contains(&letter);
    (1..=100).contains(&name.len()) && name.bytes().all(is_plain)
}

fn form(text: &str) -> Value {
    let mut fields = Map::new();
    for (name, value) in form_urlencoded::parse(text.trim().as_bytes()).take(MOST_FIELDS) {
        let value = Value::String(value.into_owned());
        match fields.get_mut(name.as_ref()) {
            None => drop(fields.insert(name.into_owned(), value)),
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    Value::Object(fields)
}
