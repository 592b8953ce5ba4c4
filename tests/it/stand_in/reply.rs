//! Answers that more than one stand-in gives.

use poem::{
    Body, Request, Response,
    http::{HeaderValue, StatusCode},
};
use serde_json::Value;

pub fn parameters(request: &Request) -> Vec<(String, String)> {
    let query = request.uri().query().unwrap_or_default();
    url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

/// Sets a header on a response that is already built.
pub trait Set {
    fn set(self, name: &'static str, value: &str) -> Self;
}

impl Set for Response {
    fn set(mut self, name: &'static str, value: &str) -> Self {
        let value = HeaderValue::from_bytes(value.as_bytes()).expect("a header");
        self.headers_mut().insert(name, value);
        self
    }
}

pub fn status(code: u16) -> Response {
    StatusCode::from_u16(code).expect("a status").into()
}

pub fn raw(content_type: &str, body: impl Into<Body>) -> Response {
    Response::builder().content_type(content_type).body(body)
}

pub fn json_of(value: &Value) -> Response {
    let text = serde_json::to_string_pretty(value).expect("JSON");
    raw("application/json; charset=utf-8", text)
}

pub fn with_status(mut response: Response, code: u16) -> Response {
    response.set_status(StatusCode::from_u16(code).expect("a status"));
    response
}

pub fn page() -> Response {
    raw(
        "text/html; charset=utf-8",
        "<!DOCTYPE html><html><head><title>Sign in</title></head></html>".to_owned(),
    )
}
