//! From a release's link to what a client is given. Redirects are followed by hand: they may end in a magnet, and a key must not travel along.

use reqwest::Method;
use url::Url;

use crate::{
    domain::link::{MAX_TORRENT, Magnet, Payload, TorrentFile},
    http::{Answer, Http, origin},
    ports::{PortError, ReleaseLink},
    secret::Secret,
};

/// The most redirects that are followed; a proxied link to a tracker has two or three.
const HOPS: usize = 5;

/// A key, and the only server that may see it.
pub(super) struct Guard<'a> {
    /// Any URL of that server.
    pub home: &'a Url,
    /// What must not go anywhere else, where there is one.
    pub key: Option<&'a Secret>,
}

impl Guard<'_> {
    /// True when the key stands in `url`, plain or percent-encoded.
    pub fn is_in(&self, url: &Url) -> bool {
        let key = self.key.map(Secret::expose).unwrap_or_default();
        !key.is_empty()
            && (url.as_str().contains(key)
                || url.query_pairs().any(|(_, value)| value.contains(key)))
    }

    /// Prowlarr and Jackett build their links from the Host header, which a proxy may have changed: what carries the key is asked where it
    /// really is.
    pub fn at_home(&self, link: &ReleaseLink) -> ReleaseLink {
        match Url::parse(link.expose()) {
            Ok(url) if self.is_in(&url) => {
                let mut moved = self.home.clone();
                moved.set_path(url.path());
                moved.set_query(url.query());
                moved.set_fragment(None);
                ReleaseLink::new(moved)
            }
            _ => link.clone(),
        }
    }
}

/// Asks for a link, at most [`HOPS`] redirects far, until it is a magnet or the bytes of a torrent file.
///
/// # Errors
/// [`PortError::Gone`] when the release is not there any more, [`PortError::BadAnswer`] when it is no torrent or the way there is not a sane one.
pub(super) async fn resolve(
    http: &Http,
    link: &ReleaseLink,
    guard: &Guard<'_>,
) -> Result<Payload, PortError> {
    let mut at = guard.home.clone();
    let mut step = step(&at, link.expose())?;
    for _ in 0..=HOPS {
        let url = match step {
            Step::End(magnet) => return Ok(Payload::Magnet(magnet)),
            Step::Ask(url) => url,
        };
        if guard.is_in(&url) && origin(&url) != origin(guard.home) {
            return Err(bad(
                &at,
                "a link that would hand its API key to another server",
            ));
        }
        let answer = http
            .send(http.request(Method::GET, url.clone()), MAX_TORRENT)
            .await?;
        if !answer.status.is_redirection() {
            return read(answer).map(Payload::Torrent);
        }
        at = url;
        let location = answer
            .location()
            .ok_or_else(|| answer.bad("a redirect to nowhere"))?;
        step = self::step(&at, location)?;
    }
    Err(bad(&at, &format!("more than {HOPS} redirects")))
}

enum Step {
    Ask(Url),
    End(Magnet),
}

fn step(at: &Url, link: &str) -> Result<Step, PortError> {
    let link = link.trim();
    if link
        .get(..7)
        .is_some_and(|start| start.eq_ignore_ascii_case("magnet:"))
    {
        let magnet = Magnet::parse(link).map_err(|error| bad(at, &error.to_string()))?;
        return Ok(Step::End(magnet));
    }
    match at.join(link) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(Step::Ask(url)),
        _ => Err(bad(
            at,
            "a link that leads neither to a web address nor to a magnet",
        )),
    }
}

fn read(answer: Answer) -> Result<TorrentFile, PortError> {
    let origin = answer.origin.clone();
    match answer.status.as_u16() {
        200 if answer.is_markup() => Err(answer.bad("a web page instead of a torrent file")),
        200 => TorrentFile::parse(answer.body).map_err(|error| PortError::BadAnswer {
            origin,
            detail: error.to_string(),
        }),
        401 | 403 => Err(PortError::Unauthorised {
            origin,
            hint: "the key in the download link is wrong, or the indexer's login has expired",
        }),
        404 | 410 => Err(PortError::Gone { origin }),
        _ => Err(answer.unexpected()),
    }
}

fn bad(at: &Url, detail: &str) -> PortError {
    PortError::BadAnswer {
        origin: origin(at),
        detail: detail.to_owned(),
    }
}
