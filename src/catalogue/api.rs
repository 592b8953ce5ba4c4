//! One question to a catalogue that has an interface for programs, and what its answer is when it is none.

use reqwest::{RequestBuilder, StatusCode};
use serde::Deserialize;

use crate::{
    http::{Answer, Http},
    ports::PortError,
};

/// The largest answer that is read, in bytes. A page of 100 records of the BnF has about 700 kB.
const LIMIT: usize = 8 * 1024 * 1024;

/// So much of a page is looked at for signs that it keeps programs out, in bytes.
const LOOKED_AT: usize = 16 * 1024;

/// Why an answer was not understood, said of the program that gave it.
pub const CHANGED: &str = "its layout has changed";

/// Of pages that stand before a site and keep programs out.
const SIGNS: [&str; 5] = [
    "just a moment",
    "cf-chl-",
    "challenges.cloudflare.com",
    "you have been blocked",
    "attention required! | cloudflare",
];

/// Asks once.
///
/// # Errors
/// When there is no answer, when it asks to wait, and when a page that keeps programs out stands before it. Other statuses are the
/// caller's.
pub async fn ask(http: &Http, request: RequestBuilder) -> Result<Answer, PortError> {
    let answer = http.send(request, LIMIT).await?;
    if keeps_out(&answer) {
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

fn keeps_out(answer: &Answer) -> bool {
    if !answer.is_markup() {
        return false;
    }
    let start = &answer.body[..answer.body.len().min(LOOKED_AT)];
    let start = String::from_utf8_lossy(start).to_lowercase();
    SIGNS.iter().any(|sign| start.contains(sign))
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
