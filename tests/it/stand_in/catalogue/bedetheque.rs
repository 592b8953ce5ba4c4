//! Bédéthèque, as gwenvador/bullarr describes it: a search that wants the token of its first page, the cookie that says the same and a
//! `Referer`, and pages of series with all albums (`__10000`). The pages are those of `tests/fixtures/catalogue/bedetheque`.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use poem::{
    Request, Response,
    http::header::{COOKIE, REFERER},
};

use super::site::{Site, html};
use crate::stand_in::reply::{Set, parameters, status, with_status};

macro_rules! page {
    ($name:literal) => {
        include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/fixtures/catalogue/bedetheque/",
            $name,
            ".html"
        ))
    };
}
pub(crate) use page;

/// A running one.
pub struct Bedetheque {
    /// What it was asked, and what goes wrong.
    pub site: Site,
    session: Arc<AtomicUsize>,
}

impl Bedetheque {
    /// With a search that finds what its fixture holds, and three series.
    pub fn start() -> Self {
        let session = Arc::new(AtomicUsize::new(1));
        let at_site = Arc::clone(&session);
        let site = Site::start(move |request| answer(request, at_site.load(Ordering::SeqCst)));
        Self { site, session }
    }

    /// Every session is over.
    pub fn forget_sessions(&self) {
        self.session.fetch_add(1, Ordering::SeqCst);
    }
}

fn answer(request: &Request, session: usize) -> Response {
    let token = format!("t0ken{session}");
    let cookie = format!("csrf_cookie_bel={token}");
    let parameters = parameters(request);
    let parameter = |name: &str| {
        let known = parameters.iter().find(|(known, _)| known == name);
        known.map(|(_, value)| value.as_str())
    };
    match request.uri().path() {
        "/" => html("<html><head><title>Bédéthèque</title></head><body>Bienvenue</body></html>")
            .set("set-cookie", &format!("{cookie}; path=/; HttpOnly")),
        "/search/tout" => {
            let is_known = parameter("csrf_token_bel") == Some(&*token)
                && request.header(COOKIE) == Some(&*cookie)
                && request.header(REFERER).is_some();
            match (is_known, parameter("RechTexte")) {
                (false, _) => html(
                    "<html><head><title>Bédéthèque</title></head><body>Action non autorisée</body></html>",
                ),
                (true, Some("Astérix")) => html(page!("search")),
                (true, Some("a")) => html(page!("search-too-many")),
                (true, _) => html(page!("search-nothing")),
            }
        }
        "/serie-59-BD-Serie__10000.html" => {
            status(301).set("location", "/serie-59-BD-Asterix__10000.html")
        }
        "/serie-59-BD-Asterix__10000.html" => html(page!("old-layout")),
        "/serie-67018-BD-Serie__10000.html" => html(page!("new-layout")),
        "/serie-8-BD-Serie__10000.html" => {
            status(302).set("location", "https://evil.example/serie-8-BD-x.html")
        }
        _ => with_status(html("<title>Page introuvable</title>"), 404),
    }
}
