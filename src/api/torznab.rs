//! The feeds for programs that read Torznab: `/torznab/{feed}/api`, and the paths that some of them make of it. Not part of the document: the
//! format is theirs.

use std::sync::Arc;

use percent_encoding::{CONTROLS, utf8_percent_encode};
use poem::{
    Endpoint, IntoResponse, Request, Response,
    endpoint::make,
    http::{Method, StatusCode, header},
};

use super::{guard::has_key, refused};
use crate::{
    app::App,
    torznab::{self, Consumer, Fault, Feed, Function, Handed},
};

/// Where a feed is: some add `/api` to whatever they are given, some end with a slash, and the plugin of Jackett knows just its own path.
pub const PLACES: [&str; 8] = [
    "/torznab/:feed",
    "/torznab/:feed/",
    "/torznab/:feed/api",
    "/torznab/:feed/api/",
    "/torznab/:feed/api/api",
    "/api/v2.0/indexers/:feed/results/torznab",
    "/api/v2.0/indexers/:feed/results/torznab/",
    "/api/v2.0/indexers/:feed/results/torznab/api",
];

/// Where items are fetched.
pub const DOWNLOAD: &str = "/torznab/dl/:token";

/// Letters of a consumer's name that count.
const LONGEST_AGENT: usize = 100;

/// Answers as a feed.
pub fn feeds() -> impl Endpoint<Output = Response> {
    make(|request| async move {
        if !is_read(request.method()) {
            return Ok(refused::method_not_allowed("GET, HEAD"));
        }
        Ok::<_, poem::Error>(
            answer(&request)
                .await
                .unwrap_or_else(|fault| refuse(&fault)),
        )
    })
}

/// Hands items over.
pub fn downloads() -> impl Endpoint<Output = Response> {
    make(|request| async move {
        if !is_read(request.method()) {
            return Ok(refused::method_not_allowed("GET, HEAD"));
        }
        let token = request.raw_path_param("token").unwrap_or_default();
        // Who only looks costs no source a question.
        let answer = match *request.method() == Method::HEAD {
            true => torznab::is_there(app(&request), token)
                .await
                .map(|()| document(String::new(), "application/x-bittorrent")),
            false => torznab::hand(app(&request), token).await.map(hand),
        };
        Ok::<_, poem::Error>(answer.unwrap_or_else(|fault| refuse(&fault)))
    })
}

fn is_read(method: &Method) -> bool {
    [Method::GET, Method::HEAD].contains(method)
}

fn app(request: &Request) -> &Arc<App> {
    request.data().expect("every route is served with it")
}

async fn answer(request: &Request) -> Result<Response, Fault> {
    let app = app(request);
    let feed = match request.raw_path_param("feed") {
        // Of Jackett: all that it has.
        Some("all") => Some(Feed::Found),
        word => word.and_then(Feed::from_word),
    };
    let feed = feed.ok_or(Fault::NoSuchFeed)?;
    let query = request.uri().query().unwrap_or_default();
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    let pairs: Vec<(String, String)> = pairs.into_owned().collect();
    let function = torznab::read(&pairs);
    let home = home(request, &app.config.url_base);
    // LazyLibrarian reads them before it says its key.
    if function == Ok(Function::Caps) {
        return Ok(document(torznab::caps(feed, &home), "application/xml"));
    }
    if !has_key(request) {
        return Err(Fault::Credentials);
    }
    let asked = match function? {
        Function::Search(asked) => asked,
        _ => return Ok(document(torznab::indexers(&home), "application/xml")),
    };
    torznab::search(app, feed, &asked).await;
    let items = torznab::items(app, feed, &asked, &consumer(request), &home).await;
    let items = items.map_err(|error| {
        tracing::error!(%error, feed = feed.word(), "a feed could not be read");
        Fault::Unknown
    })?;
    let page = torznab::Page {
        feed,
        home: &home,
        offset: asked.offset,
        total: items.total,
        items: &items.items,
    };
    Ok(document(torznab::rss(&page), "application/rss+xml"))
}

fn consumer(request: &Request) -> Consumer {
    let agent = request.header(header::USER_AGENT).unwrap_or_default();
    let address = request.remote_addr().as_socket_addr();
    Consumer {
        agent: agent.chars().take(LONGEST_AGENT).collect(),
        address: address.map(|it| it.ip().to_string()).unwrap_or_default(),
    }
}

/// Where whoever asks reaches us: in a network of containers that is another address than a person's.
fn home(request: &Request, base: &str) -> String {
    let is_host = |host: &&str| {
        let fits = |letter: char| letter.is_ascii_alphanumeric() || "-._:[]".contains(letter);
        !host.is_empty() && host.len() <= 255 && host.chars().all(fits)
    };
    let host = request.header(header::HOST).filter(is_host);
    let scheme = match request.header("X-Forwarded-Proto") {
        Some("https") => "https",
        _ => "http",
    };
    format!("{scheme}://{}{base}", host.unwrap_or("localhost"))
}

fn document(text: String, kind: &str) -> Response {
    Response::builder()
        .content_type(format!("{kind}; charset=utf-8"))
        .body(text)
}

fn hand(handed: Handed) -> Response {
    match handed {
        Handed::Torrent(bytes, name) => {
            let plain = |letter: char| match letter {
                '"' | '\\' | '/' => '_',
                letter if letter.is_ascii_graphic() || letter == ' ' => letter,
                _ => '_',
            };
            let name: String = name.chars().map(plain).collect();
            Response::builder()
                .content_type("application/x-bittorrent")
                .header(
                    header::CONTENT_DISPOSITION,
                    format!("attachment; filename=\"{name}\""),
                )
                .body(bytes)
        }
        Handed::Elsewhere(link) => Response::builder()
            .status(StatusCode::MOVED_PERMANENTLY)
            .header(
                header::LOCATION,
                // A header takes nothing beyond ASCII.
                utf8_percent_encode(&link, CONTROLS).to_string(),
            )
            .finish(),
    }
}

fn refuse(fault: &Fault) -> Response {
    let status = StatusCode::from_u16(fault.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let response = document(fault.document(), "application/xml").with_status(status);
    match fault {
        Fault::Later { retry_after, .. } => response
            .with_header(header::RETRY_AFTER, retry_after.to_string())
            .into_response(),
        _ => response.into_response(),
    }
}
