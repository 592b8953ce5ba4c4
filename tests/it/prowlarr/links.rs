//! From a link to bytes or a magnet, and where the key does not go.

use lacunarr::{
    domain::link::Payload,
    ports::{PortError, ReleaseLink, Source},
};

use super::{request, sentence, source, started};
use crate::stand_in::prowlarr::{KEY, Link, Prowlarr, Release};

pub async fn resolved(stand_in: &Prowlarr, title: &str) -> Result<Payload, PortError> {
    let source = source(stand_in);
    let page = source.search(&request(title)).await.expect("a page");
    let offer = page
        .offers
        .into_iter()
        .find(|offer| offer.title == title)
        .expect("the offer");
    source.resolve(&offer.link.expect("a link")).await
}

#[tokio::test]
async fn links_end_in_bytes_or_a_magnet_and_nothing_else() {
    let kinds = [
        Link::Torrent,
        Link::RedirectMagnet,
        Link::MagnetGuid,
        Link::RedirectTracker,
        Link::Gone,
        Link::Limited(30),
        Link::Html,
        Link::Error500,
        Link::NotTorrent,
        Link::TooLarge,
        Link::Loop,
        Link::RedirectTo("ftp://h/x".into()),
        Link::RedirectTo("ed2k://|file|a|1|0|/".into()),
        Link::RedirectTo("magnet:?dn=no-hash".into()),
        Link::RedirectTo("http://".into()),
        Link::RedirectTo("{self}/nowhere?apikey={key}".into()),
        Link::RedirectTo("{tracker}/files/0?passkey=wrong".into()),
    ];
    let expected = [
        "torrent",
        "magnet",
        "magnet",
        "torrent",
        "the release is gone at PROWLARR",
        "PROWLARR asks to wait 30 s (HTTP 429)",
        "PROWLARR gave an answer that cannot be read: a web page instead of a torrent file",
        "PROWLARR answered HTTP 500: a web page or XML instead of the expected answer",
        "PROWLARR gave an answer that cannot be read: not a torrent file: it has no 'info' part",
        "PROWLARR answered with more than 16 MB",
        "PROWLARR gave an answer that cannot be read: more than 5 redirects",
        "PROWLARR gave an answer that cannot be read: a link that leads neither to a web address nor to a magnet",
        "PROWLARR gave an answer that cannot be read: a link that leads neither to a web address nor to a magnet",
        "PROWLARR gave an answer that cannot be read: the magnet link carries no usable infohash (urn:btih or urn:btmh)",
        "PROWLARR gave an answer that cannot be read: a link that leads neither to a web address nor to a magnet",
        "the release is gone at PROWLARR",
        "TRACKER refuses the credentials: the key in the download link is wrong, or the indexer's login has expired",
    ];
    let releases = kinds
        .iter()
        .enumerate()
        .map(|(n, link)| Release::new(1, &format!("Link {n:02}")).link(link.clone()));
    let stand_in = started(releases.collect());
    for (n, (link, expected)) in kinds.iter().zip(expected).enumerate() {
        let title = format!("Link {n:02}");
        let torrent = Release::new(1, &title).torrent.hashes().id();
        let outcome = match resolved(&stand_in, &title).await {
            Ok(payload) => {
                assert_eq!(payload.id().to_string(), torrent, "{link:?}");
                match payload {
                    Payload::Torrent(file) => assert_is(&file.name, &title, "torrent"),
                    Payload::Magnet(magnet) => {
                        assert_is(&magnet.name.expect("dn"), &title, "magnet")
                    }
                    Payload::Ed2k(link) => panic!("{link:?}"),
                }
            }
            Err(error) => {
                let text = sentence(&error, &stand_in.url());
                assert_eq!(
                    error.concerns_release(),
                    matches!(error, PortError::Gone { .. }),
                    "{link:?}"
                );
                // What is left of the address is the tracker's.
                let words = text.split(' ').map(|word| {
                    if word.starts_with("http://127") {
                        "TRACKER"
                    } else {
                        word
                    }
                });
                words.collect::<Vec<_>>().join(" ")
            }
        };
        assert_eq!(outcome, expected, "{link:?}");
    }
}

fn assert_is(name: &str, expected: &str, kind: &str) -> String {
    assert_eq!(name, expected);
    kind.to_owned()
}

#[tokio::test]
async fn the_key_goes_nowhere_but_to_prowlarr() {
    let stand_in = started(vec![
        Release::new(1, "Redirected").link(Link::RedirectTracker),
        Release::new(1, "Leaking").link(Link::RedirectTo(
            "{tracker}/x?apikey={key}&passkey=1".into(),
        )),
        Release::new(1, "Leaking encoded").link(Link::RedirectTo(
            "{tracker}/x?a=%50LANTED0KEY0OF0PROWLARR0".into(),
        )),
    ]);
    resolved(&stand_in, "Redirected").await.expect("a torrent");
    let seen = stand_in.tracker_requests();
    assert_eq!(seen.len(), 2, "the redirect and the relative one behind it");
    for title in ["Leaking", "Leaking encoded"] {
        let error = resolved(&stand_in, title).await.expect_err(title);
        assert!(
            sentence(&error, &stand_in.url())
                .ends_with("a link that would hand its API key to another server"),
            "{error}"
        );
    }
    assert_eq!(
        stand_in.tracker_requests().len(),
        2,
        "the leaking ones were not asked"
    );
    let seen = seen.join("\n");
    assert!(
        !seen.contains(KEY)
            && !seen.to_lowercase().contains("x-api-key")
            && !seen.contains("referer"),
        "{seen}"
    );
}

#[tokio::test]
async fn a_link_that_names_an_inner_host_is_asked_where_prowlarr_really_is() {
    let stand_in = started(vec![Release::new(1, "Behind a proxy")]);
    let source = source(&stand_in);
    let page = source.search(&request("behind")).await.expect("a page");
    let link = page.offers[0]
        .link
        .as_ref()
        .expect("a link")
        .expose()
        .to_owned();
    let inner = link.replace(stand_in.url().authority(), "prowlarr.invalid:9696");
    assert_ne!(link, inner);
    source
        .resolve(&ReleaseLink::new(inner))
        .await
        .expect("a torrent");
    assert_eq!(stand_in.downloads(), ["Behind a proxy"]);
}

#[tokio::test]
async fn links_that_are_no_links_are_refused() {
    let stand_in = started(Vec::new());
    let source = source(&stand_in);
    for link in [
        "file:///etc/passwd",
        "ed2k://|file|a|1|0|/",
        "javascript:alert(1)",
        "magnet:?xt=urn:btih:zz",
        "http://[::1",
    ] {
        let error = source
            .resolve(&ReleaseLink::new(link))
            .await
            .expect_err(link);
        assert!(
            matches!(error, PortError::BadAnswer { .. }),
            "{link}: {error:?}"
        );
    }
    assert_eq!(stand_in.requests(), [""; 0]);
}
