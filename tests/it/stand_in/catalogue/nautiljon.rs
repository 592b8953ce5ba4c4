//! Nautiljon, as Hitman47/nautiljon-scraper describes it: a search that wants the token of its page and the cookie that came with it, and
//! pages of series. The pages are those of `tests/fixtures/catalogue/nautiljon`.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use poem::{Request, Response, http::header::COOKIE};

use super::site::{Site, html};
use crate::stand_in::reply::{Set, parameters, with_status};

/// A page of it.
macro_rules! page {
    ($name:literal) => {
        include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/fixtures/catalogue/nautiljon/",
            $name,
            ".html"
        ))
    };
}
pub(crate) use page;

/// A running one.
pub struct Nautiljon {
    /// What it was asked, and what goes wrong.
    pub site: Site,
    session: Arc<AtomicUsize>,
}

impl Nautiljon {
    /// With a search that finds what its fixture holds, and two series.
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
    let (token, cookie) = (format!("t0ken{session}"), format!("PHPSESSID=s{session}"));
    let parameters = parameters(request);
    let parameter = |name: &str| {
        let known = parameters.iter().find(|(known, _)| known == name);
        known.map(|(_, value)| value.as_str())
    };
    match (request.uri().path(), parameter("q")) {
        ("/mangas/", None) => html(&page!("search").replace("TOKEN", &token))
            .set("set-cookie", &format!("{cookie}; path=/")),
        ("/mangas/", Some(title)) => {
            let has_cookie = request.header(COOKIE) == Some(&*cookie);
            match parameter("st") == Some(&*token) && has_cookie {
                false => html(page!("search-expired")),
                true if title.starts_with("Monster") => html(page!("search")),
                true => html(page!("search-nothing")),
            }
        }
        ("/mangas/one+piece.html", None) => html(page!("ongoing-in-both")),
        ("/mangas/dragon+ball.html", None) => html(page!("several-editions")),
        ("/planning/manga/", None) if parameter("y") == Some("2026") => html(page!("planning")),
        _ => with_status(html("<title>Page introuvable</title>"), 404),
    }
}
