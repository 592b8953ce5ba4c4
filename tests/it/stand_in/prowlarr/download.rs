//! `GET /{id}/download` (NewznabController.GetDownload), and the tracker behind it.

use std::collections::BTreeMap;

use base64::Engine;
use poem::{Request, Response};

use super::{
    super::{
        reply::{Set, page, parameters, raw, status, with_status},
        torrent::PASSKEY,
    },
    BASE64, Inner, KEY, Link, State, lock, message,
};

/// Answers with what the release's [`Link`] says.
pub fn download(state: &mut Inner, request: &Request, id: &str) -> Response {
    let parameters: BTreeMap<_, _> = parameters(request).into_iter().collect();
    let Some(indexer) = state
        .indexers
        .iter()
        .find(|indexer| indexer.id.to_string() == id)
    else {
        return message(404, "Indexer Not Found");
    };
    if !indexer.enabled {
        return error_xml(410, 410, "Indexer is disabled");
    }
    if !indexer.is_available(state.clock.now()) {
        return error_xml(
            429,
            429,
            "Indexer is disabled till later due to recent failures.",
        )
        .set("Retry-After", "900");
    }
    let number = parameters
        .get("link")
        .and_then(|link| BASE64.decode(link).ok())
        .and_then(|link| {
            String::from_utf8(link)
                .ok()?
                .strip_prefix("release:")?
                .parse::<usize>()
                .ok()
        });
    let (Some(number), Some(_)) = (number, parameters.get("file")) else {
        return message(400, "Invalid Prowlarr link");
    };
    let release = state.releases[number].clone();
    state.downloads.push(release.title.clone());
    let tracker = state.tracker.clone().expect("set at the start");
    let to = |target: &str| status(301).set("Location", target);
    match &release.link {
        Link::Torrent => torrent_file(release.torrent.bytes()),
        Link::RedirectMagnet | Link::MagnetGuid => to(&release.torrent.magnet()),
        Link::RedirectTracker => to(&format!(
            "{tracker}download.php?id={number}&passkey={PASSKEY}"
        )),
        Link::RedirectTo(target) => {
            let own = format!("http://{}", request.header("Host").unwrap_or_default());
            let tracker = tracker.as_str().trim_end_matches('/');
            to(&target
                .replace("{key}", KEY)
                .replace("{tracker}", tracker)
                .replace("{self}", &own))
        }
        Link::Loop => to(&request.uri().to_string()),
        Link::Gone => error_xml(410, 410, "Download failed"),
        Link::Limited(wait) => {
            error_xml(429, 429, "Download failed").set("Retry-After", &wait.to_string())
        }
        Link::Html => page(),
        Link::Error500 => error_xml(
            500,
            500,
            &format!("Download of http://indexer.example/?passkey={PASSKEY} failed"),
        ),
        Link::NotTorrent => torrent_file(b"d3:foo3:bare".to_vec()),
        Link::TooLarge => torrent_file(vec![b'd'; 17 * 1024 * 1024]),
    }
}

/// The tracker: two steps, the second one relative, and both want the passkey.
pub fn track(state: &State, request: &Request) -> Response {
    let mut state = lock(state);
    let headers = format!(
        "{} {}\n{:?}",
        request.method(),
        request.uri(),
        request.headers()
    );
    state.tracker_requests.push(headers);
    let parameters: BTreeMap<_, _> = parameters(request).into_iter().collect();
    if parameters.get("passkey").map(String::as_str) != Some(PASSKEY) {
        return status(403);
    }
    let id = parameters.get("id").cloned().unwrap_or_default();
    match request.uri().path() {
        "/download.php" => status(302).set(
            "Location",
            &format!("files/{id}.torrent?passkey={PASSKEY}&id={id}"),
        ),
        _ => {
            let release = id
                .parse::<usize>()
                .ok()
                .and_then(|number| state.releases.get(number));
            release.map_or_else(
                || status(404),
                |release| torrent_file(release.torrent.bytes()),
            )
        }
    }
}

/// A status, and the code in the document.
pub fn error_xml(http: u16, code: u16, description: &str) -> Response {
    let description = description.replace('&', "&amp;");
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<error code=\"{code}\" description=\"{description}\" />"
    );
    with_status(raw("application/rss+xml", body), http)
}

fn torrent_file(bytes: Vec<u8>) -> Response {
    raw("application/x-bittorrent", bytes)
}
