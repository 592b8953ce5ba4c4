//! What stand-ins of web sites have in common: what they were asked, and what goes wrong with them.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use poem::{Request, Response, endpoint::make, http::header};
use url::Url;

use crate::stand_in::{
    reply::{Set, raw, status, with_status},
    server::Server,
};

/// What it does instead of answering.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 403 without a word, as most homes get it.
    Forbidden,
    /// Cloudflare's challenge, with this status.
    Challenge(u16),
    /// Cloudflare's challenge, of which only a header tells.
    Mitigated,
    /// The site's own ban, with 200.
    Banned,
    /// A page without title and content, with 200.
    EmptyTitle,
    /// Too many requests; `Retry-After` as it stands there.
    TooMany(&'static str),
    /// Every page is made anew.
    NewLayout,
    /// No page at all.
    Garbage,
    /// It is down for maintenance.
    Unavailable,
    /// Nothing comes in time.
    Late,
}

/// One request as it came in.
#[derive(Clone, Debug)]
pub struct Asked {
    /// `GET /mangas/?q=x`.
    pub what: String,
    /// `User-Agent`.
    pub agent: String,
    /// `Cookie`.
    pub cookie: String,
    /// `Referer`.
    pub referer: String,
    /// Names of all headers.
    pub headers: Vec<String>,
}

#[derive(Default)]
struct Inner {
    asked: Vec<Asked>,
    fault: Option<Fault>,
}

/// A site; dropping it stops it.
pub struct Site {
    server: Server,
    inner: Arc<Mutex<Inner>>,
}

impl Site {
    /// Serves pages.
    pub fn start(pages: impl Fn(&Request) -> Response + Clone + Send + Sync + 'static) -> Self {
        let inner = Arc::new(Mutex::new(Inner::default()));
        let at_server = Arc::clone(&inner);
        let server = Server::start(make(move |request: Request| {
            let (inner, pages) = (Arc::clone(&at_server), pages.clone());
            async move {
                let fault = note(&inner, &request);
                if fault == Some(Fault::Late) {
                    tokio::time::sleep(Duration::from_secs(3)).await;
                }
                Ok::<_, poem::Error>(match fault {
                    Some(fault) => faulty(&fault),
                    None => pages(&request),
                })
            }
        }));
        Self { server, inner }
    }

    /// `http://127.0.0.1:port/`.
    pub fn url(&self) -> Url {
        self.server.url()
    }

    /// From now on.
    pub fn fails(&self, fault: Fault) {
        self.lock().fault = Some(fault);
    }

    /// Works again.
    pub fn mend(&self) {
        self.lock().fault = None;
    }

    /// What was asked since the last time.
    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.lock().asked)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("no one panics with it")
    }
}

fn note(inner: &Mutex<Inner>, request: &Request) -> Option<Fault> {
    let mut inner = inner.lock().expect("no one panics with it");
    let header = |name| request.header(name).unwrap_or_default().to_owned();
    inner.asked.push(Asked {
        what: format!("{} {}", request.method(), request.uri()),
        agent: header(header::USER_AGENT.as_str()),
        cookie: header(header::COOKIE.as_str()),
        referer: header(header::REFERER.as_str()),
        headers: request
            .headers()
            .keys()
            .map(|name| name.to_string())
            .collect(),
    });
    inner.fault.clone()
}

/// A page.
pub fn html(page: &str) -> Response {
    raw("text/html; charset=UTF-8", page.to_owned())
}

fn faulty(fault: &Fault) -> Response {
    match fault {
        Fault::Forbidden => {
            with_status(html("<html><title>403 Forbidden</title>nginx</html>"), 403)
        }
        Fault::Challenge(code) => with_status(
            html(
                r#"<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title></head><body><div class="cf-chl-widget"></div><script src="https://challenges.cloudflare.com/turnstile/v0/b/x/api.js"></script></body></html>"#,
            ),
            *code,
        ),
        Fault::Mitigated => {
            with_status(html("<html></html>"), 403).set("cf-mitigated", "challenge")
        }
        Fault::Banned => html(
            "<html><head><title>Accès interdit</title></head><body>Votre IP est interdite pour abus (récupération de données, utilisation d'un VPN).</body></html>",
        ),
        Fault::EmptyTitle => html("<html><head><title></title></head><body></body></html>"),
        Fault::TooMany(wait) => with_status(html(""), 429).set("Retry-After", wait),
        Fault::NewLayout => html(
            "<!DOCTYPE html><html><head><title>Nouveau site</title></head><body><main><article>One Piece</article></main></body></html>",
        ),
        Fault::Garbage => raw(
            "text/html",
            vec![0x1f_u8, 0x8b, 0xff, 0x00, 0xfe, b'<', 0x80],
        ),
        Fault::Unavailable => status(503),
        Fault::Late => html(""),
    }
}
