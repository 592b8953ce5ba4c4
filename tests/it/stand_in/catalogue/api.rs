//! What catalogues with an interface for programs have in common: each request is written down, and faults come before its answers.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use lacunarr::{catalogue::Place, secret::Secret};
use poem::{Request, Response, endpoint::make};
use serde_json::Value;
use url::Url;

use crate::stand_in::{
    install_tls,
    reply::{Set, parameters, raw, status, with_status},
    server::Server,
};

/// What is wrong with it, or with what stands before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Connections are reset.
    Down,
    /// Every answer comes this late.
    Slow(Duration),
    /// A page of a protection, with 403.
    Challenge,
    /// 429, with this `Retry-After`.
    RateLimited(Option<&'static str>),
    /// This status with this body.
    Status(u16, &'static str),
    /// This body with 200.
    Says(String),
    /// So many bytes.
    Huge(usize),
}

/// A request as it came in.
#[derive(Clone, Debug)]
pub struct Asked {
    /// When.
    pub at: Instant,
    /// `GET /path`, without its query.
    pub what: String,
    /// Its query.
    pub query: Vec<(String, String)>,
    /// Names in small letters.
    pub headers: Vec<(String, String)>,
    /// Of JSON; null otherwise.
    pub body: Value,
}

impl Asked {
    /// A parameter of its query.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        find(&self.query, name)
    }

    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = pairs.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.as_str())
}

#[derive(Default)]
struct Inner {
    fault: Option<Fault>,
    asked: Vec<Asked>,
}

/// A running stand-in. Dropping it stops it.
pub struct Api {
    server: Server,
    state: Arc<Mutex<Inner>>,
}

impl Api {
    /// Starts one that answers so.
    pub fn start(answer: impl Fn(&Asked) -> Response + Send + Sync + 'static) -> Self {
        install_tls();
        let state = Arc::new(Mutex::new(Inner::default()));
        let (at_server, answer) = (Arc::clone(&state), Arc::new(answer));
        let server = Server::start(make(move |request: Request| {
            let (state, answer) = (Arc::clone(&at_server), Arc::clone(&answer));
            async move { Ok::<_, poem::Error>(reply(&state, request, &*answer).await) }
        }));
        Self { server, state }
    }

    /// Its address.
    pub fn url(&self) -> Url {
        self.server.url()
    }

    /// Where it is, for an adapter with this key that waits ten seconds.
    pub fn place(&self, key: Option<&str>) -> Place {
        Place {
            url: self.url(),
            timeout: Duration::from_secs(10),
            pace: Duration::ZERO,
            key: key.map(Secret::new),
        }
    }

    /// Switches a fault on, or off with none.
    pub fn fail(&self, fault: impl Into<Option<Fault>>) {
        let fault = fault.into();
        self.server.set_down(fault == Some(Fault::Down));
        lock(&self.state).fault = fault;
    }

    /// It was asked since the last time that this was asked.
    pub fn has_been_asked(&self) -> bool {
        !lock(&self.state).asked.is_empty()
    }

    /// Every request since the last time that this was asked.
    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut lock(&self.state).asked)
    }
}

fn lock(state: &Mutex<Inner>) -> MutexGuard<'_, Inner> {
    state.lock().expect("no one panics with it")
}

async fn reply(
    state: &Mutex<Inner>,
    mut request: Request,
    answer: &(dyn Fn(&Asked) -> Response + Send + Sync),
) -> Response {
    let body = request.take_body().into_vec().await.expect("a body");
    let header = |(name, value): (&poem::http::HeaderName, &poem::http::HeaderValue)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.as_str().to_owned(), value)
    };
    let asked = Asked {
        at: Instant::now(),
        what: format!("{} {}", request.method(), request.uri().path()),
        query: parameters(&request),
        headers: request.headers().iter().map(header).collect(),
        body: serde_json::from_slice(&body).unwrap_or_default(),
    };
    let fault = {
        let mut state = lock(state);
        state.asked.push(asked.clone());
        state.fault.clone()
    };
    match fault {
        Some(Fault::Slow(wait)) => {
            tokio::time::sleep(wait).await;
            answer(&asked)
        }
        Some(Fault::Challenge) => with_status(
            raw(
                "text/html",
                "<!DOCTYPE html><title>Just a moment...</title><div class=cf-chl-x>",
            ),
            403,
        ),
        Some(Fault::RateLimited(wait)) => {
            let response = status(429);
            match wait {
                Some(wait) => response.set("Retry-After", wait),
                None => response,
            }
        }
        Some(Fault::Status(code, body)) => with_status(raw("application/json", body), code),
        Some(Fault::Says(body)) => raw("application/json", body),
        Some(Fault::Huge(bytes)) => raw("application/json", vec![b' '; bytes]),
        Some(Fault::Down) | None => answer(&asked),
    }
}
