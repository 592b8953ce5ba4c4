//! One question to a catalogue that has an interface for programs, and what its answer is when it is none.

use reqwest::{RequestBuilder, StatusCode};
use serde::Deserialize;

use super::blocked::is_blocked;
use crate::{
    http::{Answer, Http},
    ports::PortError,
};

/// The largest answer that is read, in bytes. A page of 100 records of the BnF has about 700 kB.
const LIMIT: usize = 8 * 1024 * 1024;

/// Why an answer was not understood, said of the program that gave it.
pub const CHANGED: &str = "its layout has changed";

/// Asks once.
///
/// # Errors
/// When there is no answer, when it asks to wait, and when a page that keeps programs out stands before it. Other statuses are the
/// caller's.
pub async fn ask(http: &Http, request: RequestBuilder) -> Result<Answer, PortError> {
    let answer = http.send(request, LIMIT).await?;
    // As developers.cloudflare.com says of challenge pages.
    let is_challenge = answer.headers.contains_key("cf-mitigated");
    if is_challenge || keeps_out(&answer.text()) {
        return Err(PortError::Banned {
            origin: answer.origin,
            message: "a page that keeps programs out stands before it".into(),
        });
    }
    match answer.status {
        StatusCode::TOO_MANY_REQUESTS => Err(answer.unexpected()),
        _ => Ok(answer),
    }
}

/// A page for people that says so; a record in XML may have a title of the same words.
fn keeps_out(text: &str) -> bool {
    let start: String = text.trim_start().chars().take(14).collect();
    let start = start.to_lowercase();
    (start.starts_with("<!doctype html") || start.starts_with("<html")) && is_blocked(text)
}

/// Reads JSON of an interface; what is wrong with it, in a few words.
///
/// # Errors
/// "broken JSON", or that the layout has changed.
pub fn json<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, &'static str> {
    serde_json::from_str(text).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => CHANGED,
        _ if text.trim_start().starts_with('<') => "a web page instead of JSON",
        _ => "broken JSON",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_page_for_people_keeps_programs_out() {
        for (text, expected) in [
            ("<!DOCTYPE html><title>Just a moment...</title>", true),
            ("\n<HTML><b>Access denied</b>", true),
            ("<html><title>One Piece</title>", false),
            ("<?xml version=\"1.0\"?><title>Just a moment</title>", false),
            (r#"{"title":"Access denied"}"#, false),
            ("", false),
        ] {
            assert_eq!(keeps_out(text), expected, "{text}");
        }
    }
}
