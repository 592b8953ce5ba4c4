//! Anyone who receives webhooks: answers as it is told to, and writes down what came.

use std::{
    collections::VecDeque,
    io,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use poem::{
    Body, Request, Response,
    endpoint::make,
    http::{HeaderMap, Method},
};
use url::Url;

use super::{
    reply::{Set, raw, status, with_status},
    server::Server,
};

/// How it answers once.
#[derive(Clone, Debug)]
pub enum Reply {
    /// A status without a body.
    Status(u16),
    /// A status with a header.
    Header(u16, &'static str, String),
    /// A status with this text.
    Says(u16, String),
    /// 200, this late.
    Slow(Duration),
    /// 200, and the connection is reset within the body.
    BreaksOff,
    /// 200, and a body that does not end.
    Endless,
}

/// What came.
#[derive(Clone, Debug)]
pub struct Received {
    /// How.
    pub method: Method,
    /// With its query.
    pub path: String,
    /// All of them.
    pub headers: HeaderMap,
    /// As it came.
    pub body: String,
}

impl Received {
    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().expect("ASCII"))
    }
}

#[derive(Default)]
struct Inner {
    replies: VecDeque<Reply>,
    received: Vec<Received>,
}

type State = Arc<Mutex<Inner>>;

/// A running receiver. Dropping it stops it.
pub struct Receiver {
    server: Server,
    state: State,
}

impl Receiver {
    /// It answers 200 until it is told otherwise.
    pub fn start() -> Self {
        let state = State::default();
        let at_server = Arc::clone(&state);
        let server = Server::start(make(move |request: Request| {
            let state = Arc::clone(&at_server);
            async move { Ok::<_, poem::Error>(answer(&state, request).await) }
        }));
        Self { server, state }
    }

    /// Its address.
    pub fn url(&self) -> Url {
        self.server.url()
    }

    /// Its next answers, in order; after them 200 again.
    pub fn answers(&self, replies: impl IntoIterator<Item = Reply>) {
        lock(&self.state).replies.extend(replies);
    }

    /// Down, every connection is reset.
    pub fn set_down(&self, down: bool) {
        self.server.set_down(down);
    }

    /// All that came, in order.
    pub fn received(&self) -> Vec<Received> {
        lock(&self.state).received.clone()
    }
}

fn lock(state: &State) -> MutexGuard<'_, Inner> {
    state.lock().expect("no one panics with it")
}

async fn answer(state: &State, mut request: Request) -> Response {
    let body = request.take_body().into_string().await;
    let received = Received {
        method: request.method().clone(),
        path: request.original_uri().to_string(),
        headers: request.headers().clone(),
        body: body.unwrap_or_default(),
    };
    let reply = {
        let mut inner = lock(state);
        inner.received.push(received);
        inner.replies.pop_front()
    };
    match reply {
        None => raw("text/plain", "ok"),
        Some(Reply::Status(code)) => status(code),
        Some(Reply::Header(code, name, value)) => status(code).set(name, &value),
        Some(Reply::Says(code, text)) => with_status(raw("text/plain", text), code),
        Some(Reply::Slow(late)) => {
            tokio::time::sleep(late).await;
            status(200)
        }
        Some(Reply::BreaksOff) => {
            // More is announced than comes.
            let half = futures_util::stream::iter([Ok::<_, io::Error>("half of it")]);
            raw("text/plain", Body::from_bytes_stream(half)).set("Content-Length", "20")
        }
        Some(Reply::Endless) => {
            let parts = futures_util::stream::repeat_with(|| Ok::<_, io::Error>("and so on "));
            raw("text/plain", Body::from_bytes_stream(parts))
        }
    }
}
