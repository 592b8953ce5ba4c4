//! The Torznab adapter against one indexer of the stand-in Prowlarr, and against what other servers answer.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use lacunarr::{
    domain::link::{Network, Payload},
    ports::{PortError, ReleaseLink, SearchPage, SearchRequest, Source},
    search::torznab::{Torznab, TorznabConfig},
    secret::Secret,
};
use poem::{Request, Response, endpoint::make};
use url::Url;

use crate::stand_in::{
    install_tls,
    prowlarr::{Fault, Indexer, KEY, Link, Prowlarr, Release},
    reply::{raw, with_status},
    server::Server,
};

fn config(url: Url) -> TorznabConfig {
    install_tls();
    TorznabConfig {
        name: "Nyaa".into(),
        url,
        api_key: Some(Secret::new(KEY)),
        categories: vec![7000, 7030],
        private: None,
        timeout: Duration::from_secs(20),
    }
}

/// An indexer of the stand-in.
fn endpoint(stand_in: &Prowlarr, id: i64) -> Url {
    let mut url = stand_in.url();
    url.set_path(&format!("{}/{id}/api", url.path().trim_end_matches('/')));
    url
}

fn source(stand_in: &Prowlarr) -> Torznab {
    Torznab::new(config(endpoint(stand_in, 1)))
}

fn started(releases: Vec<Release>) -> Prowlarr {
    let usenet = Indexer {
        protocol: "usenet",
        ..Indexer::public(2, "News")
    };
    let indexers = vec![
        Indexer::public(1, "Nyaa"),
        usenet,
        Indexer::public(3, "Other"),
    ];
    Prowlarr::start_below("/prowlarr", indexers, releases)
}

fn request(term: &str) -> SearchRequest {
    SearchRequest {
        term: term.into(),
        offset: 0,
        limit: 100,
        series: None,
        indexers: Vec::new(),
    }
}

fn titles(page: &SearchPage) -> Vec<&str> {
    let offers = page.offers.iter();
    offers.map(|offer| offer.title.as_str()).collect()
}

/// The sentence for the user, with the server's address left out.
fn sentence(error: &PortError, url: &Url) -> String {
    let origin = format!("http://127.0.0.1:{}", url.port().expect("a port"));
    error.to_string().replace(&origin, "INDEXER")
}

#[tokio::test]
async fn a_search_brings_what_this_one_indexer_has() {
    let stand_in = started(vec![
        Release::new(1, "Berserk & Co - Tome 42 <FR>")
            .seeders(3)
            .with_hash(),
        Release::new(1, "Berserk T41")
            .published("2025-01-02T03:04:05Z")
            .size(0),
        Release::new(3, "Berserk T42 elsewhere"),
        Release::new(1, "Berserk 42 film").categories(&[2000]),
    ]);
    let page = source(&stand_in)
        .search(&request("berserk"))
        .await
        .expect("a page");
    assert_eq!(
        titles(&page),
        ["Berserk & Co - Tome 42 <FR>", "Berserk T41"]
    );
    assert_eq!(page.next, None);
    let [first, second] = &page.offers[..] else {
        panic!("two offers")
    };
    assert_eq!((first.indexer.as_str(), first.seeders), ("Nyaa", Some(3)));
    assert_eq!(first.categories, [7000, 7030]);
    assert_eq!(first.published_at, Some(1_790_856_000_000));
    assert!(first.content.is_some() && first.network == Some(Network::Torrent));
    assert_eq!(
        (second.size, second.published_at),
        (None, Some(1_735_787_045_000))
    );
}

#[tokio::test]
async fn pages_are_as_large_as_the_indexer_lets_them_be() {
    let releases = (1..=5).map(|volume| Release::new(1, &format!("Naruto T{volume:02}")));
    let stand_in = started(releases.collect());
    stand_in.set_page(2);
    let source = source(&stand_in);
    let (mut next, mut seen, mut pages) = (Some(0), Vec::new(), 0);
    while let Some(offset) = next {
        let asked = SearchRequest {
            offset,
            ..request("naruto")
        };
        let page = source.search(&asked).await.expect("a page");
        pages += 1;
        seen.extend(titles(&page).into_iter().map(str::to_owned));
        next = page.next;
    }
    seen.sort();
    seen.dedup();
    assert_eq!((pages, seen.len()), (3, 5));
    let limits = stand_in.queries().into_iter().map(|query| query.limit);
    assert_eq!(limits.collect::<Vec<_>>(), [2, 2, 2]);
    let caps = stand_in
        .requests()
        .into_iter()
        .filter(|request| request.contains("t=caps"));
    assert_eq!(caps.count(), 1, "what it can do is asked once");
}

#[tokio::test]
async fn that_it_is_open_to_everyone_is_known_from_its_releases() {
    let stand_in = started(vec![Release::new(1, "Naruto T01")]);
    let is_private = async |source: &Torznab| source.indexers().await.expect("it")[0].private;
    let source = source(&stand_in);
    assert_eq!(is_private(&source).await, None);
    source.search(&request("")).await.expect("a page");
    assert_eq!(is_private(&source).await, Some(false));
    for (privacy, expected) in [("semiPrivate", true), ("private", true), ("public", false)] {
        let indexer = Indexer {
            privacy,
            ..Indexer::public(1, "Ygg")
        };
        let stand_in = Prowlarr::start(vec![indexer], vec![Release::new(1, "Naruto T01")]);
        let source = Torznab::new(config(endpoint(&stand_in, 1)));
        source.search(&request("")).await.expect("a page");
        assert_eq!(is_private(&source).await, Some(expected), "{privacy}");
    }
    let said = Torznab::new(TorznabConfig {
        private: Some(true),
        ..config(endpoint(&stand_in, 1))
    });
    said.search(&request("")).await.expect("a page");
    assert_eq!(is_private(&said).await, Some(true), "the user knows better");
}

#[tokio::test]
async fn an_indexer_without_caps_is_asked_for_them_once() {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    let server = Server::start(make(move |request: Request| {
        let query = request.uri().query().unwrap_or_default().to_owned();
        let answer = match query.contains("t=caps") {
            true => {
                counted.fetch_add(1, Ordering::Relaxed);
                with_status(raw("text/plain", "no"), 404)
            }
            false => raw("application/xml", "<rss><channel/></rss>"),
        };
        async move { Ok::<Response, poem::Error>(answer) }
    }));
    let source = Torznab::new(config(server.url()));
    for _ in 0..3 {
        source.search(&request("naruto")).await.expect("a page");
    }
    assert_eq!(count.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn what_an_indexer_says_of_a_fault_is_short_and_printable() {
    let said = format!("very\0 {}", "long ".repeat(50_000));
    let body = format!(r#"<error code="203" description="{said}"/>"#);
    let server = Server::start(make(move |_: Request| {
        let body = body.clone();
        async move { Ok::<Response, poem::Error>(raw("application/xml", body)) }
    }));
    let source = Torznab::new(config(server.url()));
    let error = source
        .search(&request("naruto"))
        .await
        .expect_err("a fault");
    let error = error.to_string();
    assert!(error.contains("error 203: very long"), "{error}");
    assert!(
        error.len() < 400 && !error.chars().any(char::is_control),
        "{error}"
    );
}

#[tokio::test]
async fn recent_releases_are_asked_without_a_word() {
    let stand_in = started(vec![Release::new(1, "Naruto T01")]);
    let page = source(&stand_in)
        .search(&request(""))
        .await
        .expect("a page");
    assert_eq!(titles(&page), ["Naruto T01"]);
    let requests = stand_in.requests();
    let asked = requests.last().expect("a request");
    assert_eq!(
        asked.replace(KEY, "KEY"),
        "GET /prowlarr/1/api?t=search&extended=1&offset=0&limit=100&cat=7000%2C7030&apikey=KEY"
    );
}

#[tokio::test]
async fn a_link_is_asked_where_its_indexer_is_and_ends_in_bytes_or_a_magnet() {
    for (link, expected) in [
        (Link::Torrent, "torrent"),
        (Link::RedirectMagnet, "magnet"),
        (Link::MagnetGuid, "magnet"),
        (Link::RedirectTracker, "torrent"),
        (Link::Gone, "the release is gone at INDEXER"),
        (Link::Limited(30), "INDEXER asks to wait 30 s (HTTP 429)"),
    ] {
        let stand_in = started(vec![Release::new(1, "Naruto T01").link(link)]);
        let source = source(&stand_in);
        let page = source.search(&request("naruto")).await.expect("a page");
        let link = page.offers[0].link.as_ref().expect("a link");
        // As a proxy before it would have it.
        let elsewhere = link.expose().replace("127.0.0.1", "indexer.invalid");
        let resolved = source.resolve(&ReleaseLink::new(elsewhere)).await;
        let found = match resolved {
            Ok(Payload::Torrent(_)) => "torrent".to_owned(),
            Ok(Payload::Magnet(_)) => "magnet".to_owned(),
            Ok(Payload::Ed2k(_)) => "ed2k".to_owned(),
            Err(error) => sentence(&error, &stand_in.url()),
        };
        assert_eq!(found, expected);
    }
}

#[tokio::test]
async fn a_test_says_what_is_there_and_what_deserves_attention() {
    let stand_in = started(vec![
        Release::new(1, "Naruto T01"),
        Release::new(2, "Naruto T02"),
    ]);
    let test = async |id, categories: &[i64]| {
        let config = TorznabConfig {
            categories: categories.to_vec(),
            ..config(endpoint(&stand_in, id))
        };
        Torznab::new(config).test().await.expect("a report")
    };
    let report = test(1, &[7000]).await;
    assert_eq!(
        (report.program.as_str(), &report.warnings[..]),
        ("Torznab Prowlarr", &[][..])
    );
    assert_eq!(
        test(1, &[7030, 3030]).await.warnings,
        ["it does not have these categories: 3030"]
    );
    assert_eq!(
        test(3, &[7000]).await.warnings,
        ["it shows nothing in these categories"]
    );
    for id in [0, 2] {
        assert_eq!(
            test(id, &[7000]).await.warnings,
            ["it offers nothing that a client takes; is it an indexer of usenet?"]
        );
    }
}

#[tokio::test]
async fn every_fault_of_prowlarr_says_what_it_is_and_no_secret() {
    let stand_in = started(vec![Release::new(1, "Naruto T01")]);
    for (fault, expected) in [
        (
            Fault::Unauthorised,
            "INDEXER refuses the credentials: the API key is missing or wrong",
        ),
        (
            Fault::RateLimited(Some(7)),
            "INDEXER asks to wait 7 s (HTTP 429)",
        ),
        (Fault::RateLimited(None), "INDEXER asks to wait (HTTP 429)"),
        (
            Fault::Html,
            "INDEXER gave an answer that cannot be read: it is no feed; is the path right, and does a login page stand before it?",
        ),
        (
            Fault::Truncated,
            "INDEXER gave an answer that cannot be read: it breaks off",
        ),
        (Fault::Huge, "INDEXER answered with more than 16 MB"),
        (
            Fault::Error500,
            "INDEXER gave an answer that cannot be read: error 900: Call to failed",
        ),
    ] {
        stand_in.fail(fault.clone());
        let error = source(&stand_in)
            .search(&request("naruto"))
            .await
            .expect_err("a fault");
        assert_eq!(sentence(&error, &stand_in.url()), expected, "{fault:?}");
        assert!(!error.to_string().contains(KEY));
    }
    stand_in.fail(Fault::Down);
    let error = source(&stand_in)
        .search(&request("naruto"))
        .await
        .expect_err("a fault");
    assert!(matches!(error, PortError::Unreachable { .. }), "{error}");
    stand_in.fail(None);
    stand_in.hold(1, Some("2099-01-01T00:00:00Z"));
    let error = source(&stand_in)
        .search(&request("naruto"))
        .await
        .expect_err("a fault");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(900)));
}

#[tokio::test]
async fn what_other_servers_answer_is_understood() {
    let item = r#"<rss><channel><item><title>Naruto T01</title><link>http://l</link></item></channel></rss>"#;
    let ok = |body: &str| (200, body.to_owned());
    let error = |status, code: u32, said: &str| {
        (
            status,
            format!(r#"<?xml version="1.0"?><error code="{code}" description="{said}"/>"#),
        )
    };
    for (caps, search, expected) in [
        // Jackett, with 401 and with 200.
        (
            ok("<caps/>"),
            error(401, 100, "Invalid API Key"),
            "refuses the credentials",
        ),
        (
            ok("<caps/>"),
            error(200, 100, "Invalid API Key"),
            "refuses the credentials",
        ),
        (error(200, 100, "x"), ok(item), "refuses the credentials"),
        (
            ok("<caps/>"),
            error(200, 500, "Request limit reached"),
            "asks to wait",
        ),
        (
            ok("<caps/>"),
            error(200, 203, "Function not available"),
            "error 203: Function not available",
        ),
        (
            ok("<caps/>"),
            error(410, 410, "Indexer is disabled"),
            "could not ask its indexers: Indexer is disabled",
        ),
        (
            ok("<caps/>"),
            (404, String::new()),
            "there is no Torznab at this address",
        ),
        (
            ok("<caps/>"),
            (301, String::new()),
            "it redirects elsewhere",
        ),
        // Without caps that can be read it answers searches all the same.
        ((404, String::new()), ok(item), "1 offer"),
        (ok("{}"), ok(item), "1 offer"),
        (
            ok(r#"<caps><limits default="100" max="100"/></caps>"#),
            ok(item),
            "1 offer",
        ),
        (ok("<caps/>"), ok("<rss><channel/></rss>"), "0 offers"),
    ] {
        let server = Server::start(make(move |request: Request| {
            let query = request.uri().query().unwrap_or_default().to_owned();
            let (status, body) = match query.contains("t=caps") {
                true => caps.clone(),
                false => search.clone(),
            };
            async move { Ok::<Response, poem::Error>(with_status(raw("application/xml", body), status)) }
        }));
        let mut url = server.url();
        url.set_path("/api");
        let found = Torznab::new(config(url)).search(&request("naruto")).await;
        let found = match found {
            Ok(page) if page.offers.len() == 1 => "1 offer".to_owned(),
            Ok(page) => format!("{} offers", page.offers.len()),
            Err(error) => error.to_string(),
        };
        assert!(found.contains(expected), "{found} instead of {expected}");
    }
}
