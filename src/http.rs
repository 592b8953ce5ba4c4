//! The one HTTP client: bounded time, bounded answers, errors without a path or query, redirects only by hand.

use std::{sync::Arc, time::Duration};

use futures_util::StreamExt;
use reqwest::{Method, Request, RequestBuilder, Response, redirect};
use url::Url;

use self::guard::{Forbidden, Guard, Reach, forbidden_literal};
pub use self::{
    answer::{Answer, harmless},
    streaming::Bytes,
};
use crate::{ports::PortError, secret::Secret};

mod answer;
pub mod guard;
mod streaming;

/// Who we say we are.
pub const AGENT: &str = concat!("Lacunarr/", env!("CARGO_PKG_VERSION"));

/// Asks one server. Cheap to clone; holds its cookies.
#[derive(Clone)]
pub struct Http {
    client: reqwest::Client,
    timeout: Duration,
    reach: Option<Reach>,
    hidden: Arc<[Secret]>,
}

impl Http {
    /// A client whose requests end after `timeout`, answers included.
    pub fn new(timeout: Duration) -> Self {
        let client = builder(timeout).cookie_store(true).user_agent(AGENT);
        Self::from_builder(client, timeout, None)
    }

    /// The same, which begins with these cookies of a site, each `name=value`.
    pub fn with_cookies(timeout: Duration, site: &Url, cookies: &[String]) -> Self {
        let jar = reqwest::cookie::Jar::default();
        for cookie in cookies {
            jar.add_cookie_str(&format!("{cookie}; Path=/"), site);
        }
        let client = builder(timeout)
            .cookie_provider(Arc::new(jar))
            .user_agent(AGENT);
        Self::from_builder(client, timeout, None)
    }

    /// The same for targets that a user names: it calls only what the guard lets it, and says that it is `agent`. No cookies, and no
    /// proxy, since a proxy would resolve the name by itself.
    pub fn guarded(timeout: Duration, guard: Guard, agent: &str) -> Self {
        let reach = guard.reach();
        let client = builder(timeout)
            .no_proxy()
            .dns_resolver(Arc::new(guard))
            .user_agent(agent);
        Self::from_builder(client, timeout, Some(reach))
    }

    fn from_builder(
        client: reqwest::ClientBuilder,
        timeout: Duration,
        reach: Option<Reach>,
    ) -> Self {
        let client = client.build();
        Self {
            client: client.expect("the TLS provider is installed first thing in main"),
            timeout,
            reach,
            hidden: Arc::default(),
        }
    }

    /// The same client, whose answers never show these secrets, even when a server repeats them.
    pub fn hiding(mut self, secrets: impl IntoIterator<Item = Secret>) -> Self {
        self.hidden = secrets
            .into_iter()
            .filter(|secret| !secret.expose().is_empty())
            .collect();
        self
    }

    /// Starts a request.
    pub fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.client.request(method, url)
    }

    /// Sends it and reads at most `limit` bytes of the answer, whatever its status.
    ///
    /// # Errors
    /// When there is no complete answer, or a larger one.
    pub async fn send(&self, request: RequestBuilder, limit: usize) -> Result<Answer, PortError> {
        let (mut answer, response) = self.head(request).await?;
        let expected = response.content_length();
        if expected.is_none_or(|length| length <= limit as u64) {
            self.read(&mut answer, response, limit).await?;
        } else {
            answer.is_cut = true;
        }
        match answer.is_cut {
            true => Err(PortError::TooLarge {
                origin: answer.origin,
                limit,
            }),
            false => Ok(answer),
        }
    }

    /// Sends it and reads the first `limit` bytes of the answer, however long it is.
    ///
    /// # Errors
    /// When there is no answer, or it breaks off before.
    pub async fn send_for_start(
        &self,
        request: RequestBuilder,
        limit: usize,
    ) -> Result<Answer, PortError> {
        let (mut answer, response) = self.head(request).await?;
        self.read(&mut answer, response, limit).await?;
        Ok(answer)
    }

    async fn head(&self, request: RequestBuilder) -> Result<(Answer, Response), PortError> {
        let (request, origin) = self.build(request)?;
        self.execute(request, &origin).await
    }

    /// The request, and where it goes.
    fn build(&self, request: RequestBuilder) -> Result<(Request, String), PortError> {
        let request = request.build().map_err(|error| PortError::BadAnswer {
            origin: "the request".into(),
            detail: error.without_url().to_string(),
        })?;
        let origin = origin(request.url());
        // An address needs no resolving, so the guard of names does not see it.
        let literal = |reach| forbidden_literal(request.url(), reach);
        if let Some(why) = self.reach.and_then(literal) {
            return Err(PortError::Forbidden { origin, why });
        }
        Ok((request, origin))
    }

    async fn execute(
        &self,
        request: Request,
        origin: &str,
    ) -> Result<(Answer, Response), PortError> {
        let response = self
            .client
            .execute(request)
            .await
            .map_err(|error| self.fault(origin, error))?;
        let answer = Answer {
            origin: origin.to_owned(),
            status: response.status(),
            headers: response.headers().clone(),
            body: Vec::new(),
            is_cut: false,
            hidden: Arc::clone(&self.hidden),
        };
        Ok((answer, response))
    }

    async fn read(
        &self,
        answer: &mut Answer,
        response: Response,
        limit: usize,
    ) -> Result<(), PortError> {
        let mut stream = response.bytes_stream();
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|error| self.fault(&answer.origin, error))?;
            let room = limit - answer.body.len();
            answer
                .body
                .extend_from_slice(&chunk[..room.min(chunk.len())]);
            if chunk.len() > room {
                answer.is_cut = true;
                break;
            }
        }
        Ok(())
    }

    fn fault(&self, origin: &str, error: reqwest::Error) -> PortError {
        let origin = origin.to_owned();
        if error.is_timeout() {
            return PortError::Timeout {
                origin,
                after: self.timeout,
            };
        }
        let error = error.without_url();
        // The innermost cause says what happened ("connection refused"); the outer ones repeat that it did.
        let mut cause: &dyn std::error::Error = &error;
        while let Some(inner) = cause.source() {
            cause = inner;
        }
        if let Some(why) = cause.downcast_ref::<Forbidden>().copied() {
            return PortError::Forbidden { origin, why };
        }
        PortError::Unreachable {
            origin,
            cause: cause.to_string(),
        }
    }
}

fn builder(timeout: Duration) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .redirect(redirect::Policy::none())
        .connect_timeout(timeout.min(Duration::from_secs(10)))
        .timeout(timeout)
        .referer(false)
}

/// `path` below a base URL, which may itself have a path (a URL base behind a reverse proxy).
pub fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    url.set_query(None);
    url.set_fragment(None);
    url
}

/// `scheme://host:port` of a URL: all of it that is ever printed.
pub fn origin(url: &Url) -> String {
    match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{}://{host}:{port}", url.scheme()),
        (Some(host), None) => format!("{}://{host}", url.scheme()),
        (None, _) => format!("{}:", url.scheme()),
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[test]
    fn a_path_goes_below_the_url_base() {
        for (base, expected) in [
            ("http://h:1", "http://h:1/api/x"),
            ("http://h/", "http://h/api/x"),
            ("https://h/base", "https://h/base/api/x"),
            ("https://h/base/?a=b#c", "https://h/base/api/x"),
        ] {
            let base = Url::parse(base).expect("a URL");
            assert_eq!(below(&base, "api/x").as_str(), expected);
        }
    }

    #[tokio::test]
    async fn an_answer_that_breaks_off_is_none() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let server = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let port = server.local_addr().expect("an address").port();
        let http = Http::guarded(Duration::from_secs(5), Guard::new(Reach::Home), "test");
        for (answer, is_whole) in [
            ("Content-Length: 5\r\n\r\nhello", true),
            (
                "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                true,
            ),
            ("Content-Length: 9\r\n\r\nhello", false),
            ("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", false),
            ("Content-Len", false),
            ("", false),
        ] {
            let ask = async {
                let url = format!("http://127.0.0.1:{port}/").parse().expect("a URL");
                http.send_for_start(http.request(Method::GET, url), 100)
                    .await
            };
            let serve = async {
                let (mut stream, _) = server.accept().await.expect("a connection");
                let mut request = [0; 1024];
                let _ = stream.read(&mut request).await.expect("a request");
                let answer = format!("HTTP/1.1 200 OK\r\nConnection: close\r\n{answer}");
                stream.write_all(answer.as_bytes()).await.expect("written");
            };
            let (found, ()) = tokio::join!(ask, serve);
            assert_eq!(found.is_ok(), is_whole, "{answer:?}");
        }
    }
}
