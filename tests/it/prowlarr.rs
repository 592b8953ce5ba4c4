//! The Prowlarr adapter against its stand-in: what it asks, what it reads, and what it says when something is wrong.

use std::time::Duration;

use lacunarr::{
    ports::{PortError, ReleaseLink, SearchPage, SearchRequest, Source},
    search::prowlarr::{Prowlarr, ProwlarrConfig},
    secret::Secret,
};
use url::Url;

use crate::stand_in::{
    install_tls,
    prowlarr::{self as stand_in, Fault, Indexer, KEY, Link, Release},
    torrent::Torrent,
};

mod connection;
mod links;

fn config(url: Url) -> ProwlarrConfig {
    install_tls();
    ProwlarrConfig {
        url,
        api_key: Secret::new(KEY),
        categories: vec![7000, 7030],
        indexers: Vec::new(),
        timeout: Duration::from_secs(20),
    }
}

fn source(stand_in: &stand_in::Prowlarr) -> Prowlarr {
    Prowlarr::new(config(stand_in.url()))
}

fn started(releases: Vec<Release>) -> stand_in::Prowlarr {
    stand_in::Prowlarr::start(
        vec![Indexer::public(1, "Nyaa"), Indexer::private(2, "Ygg")],
        releases,
    )
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
    page.offers
        .iter()
        .map(|offer| offer.title.as_str())
        .collect()
}

/// The sentence for the user, with the server's address left out.
fn sentence(error: &PortError, url: &Url) -> String {
    let origin = format!("http://127.0.0.1:{}", url.port().expect("a port"));
    error.to_string().replace(&origin, "PROWLARR")
}

#[tokio::test]
async fn a_search_brings_everything_that_the_offers_say() {
    let magnet = Torrent::new("Berserk 42").claims("Berserk 42.cbz", 7);
    let stand_in = started(vec![
        Release::new(1, "Berserk - Tome 42 (Édition FR)")
            .size(80_000_000)
            .seeders(3),
        Release::new(2, "Berserk.T42.FRENCH.CBZ")
            .size(0)
            .with_hash()
            .published("2025-01-02T03:04:05Z"),
        Release::new(2, "Berserk T42 magnet")
            .torrent(magnet.clone())
            .link(Link::MagnetGuid)
            .published("2024-01-01T00:00:00Z"),
        Release::new(1, "Another series T42"),
        Release::new(1, "Berserk 42 film").categories(&[2000]),
    ]);
    let page = source(&stand_in)
        .search(&request("berserk 42"))
        .await
        .expect("a page");

    assert_eq!(
        titles(&page),
        [
            "Berserk - Tome 42 (Édition FR)",
            "Berserk.T42.FRENCH.CBZ",
            "Berserk T42 magnet"
        ]
    );
    assert_eq!(page.next, None);
    let [first, second, third] = &page.offers[..] else {
        panic!("three offers")
    };
    assert_eq!((first.indexer_id, first.indexer.as_str()), (1, "Nyaa"));
    assert_eq!((first.size, first.seeders), (Some(80_000_000), Some(3)));
    assert_eq!(first.published_at, Some(1_790_856_000_000));
    assert!(first.network.is_some() && first.content.is_none() && first.link.is_some());
    assert_eq!(second.size, None, "0 is what indexers say that do not know");
    assert!(second.content.is_some());
    assert_eq!(
        third.content.as_ref().map(ToString::to_string),
        magnet.hashes().v1
    );
}

#[tokio::test]
async fn a_search_asks_what_it_should_and_keeps_the_key_out_of_the_url() {
    let stand_in = started(vec![Release::new(1, "é & = T1")]);
    let page = source(&stand_in)
        .search(&SearchRequest {
            offset: 0,
            limit: 50,
            ..request("é & = t1")
        })
        .await;
    assert_eq!(page.expect("a page").offers.len(), 1);
    let chosen = Prowlarr::new(ProwlarrConfig {
        indexers: vec![2],
        ..config(stand_in.url())
    });
    chosen.search(&request("a")).await.expect("a page");
    chosen
        .search(&SearchRequest {
            indexers: vec![1],
            offset: 100,
            ..request("b")
        })
        .await
        .expect("a page");

    let queries = stand_in.queries();
    let asked: Vec<_> = queries
        .iter()
        .map(|query| {
            (
                query.term.as_str(),
                query.limit,
                query.offset,
                &query.indexers[..],
            )
        })
        .collect();
    // -2 is every torrent indexer: usenet is not asked for nothing.
    assert_eq!(
        asked,
        [
            ("é & = t1", 50, 0, &[-2][..]),
            ("a", 100, 0, &[2]),
            ("b", 100, 100, &[1])
        ]
    );
    assert!(queries.iter().all(|query| query.categories == [7000, 7030]));
    assert!(queries.is_sorted_by_key(|query| query.at));
    let requests = stand_in.requests().join("\n");
    assert!(
        !requests.contains(KEY) && requests.contains("type=search"),
        "{requests}"
    );
}

#[tokio::test]
async fn a_full_page_says_that_there_may_be_more() {
    let stand_in = started(
        (1..=3)
            .map(|n| Release::new(1, &format!("Pluto T{n}")))
            .collect(),
    );
    let source = source(&stand_in);
    for (offset, found, next) in [(0, 2, Some(2)), (2, 1, None), (4, 0, None)] {
        let request = SearchRequest {
            offset,
            limit: 2,
            ..request("pluto")
        };
        let page = source.search(&request).await.expect("a page");
        assert_eq!(
            (page.offers.len(), page.next),
            (found, next),
            "from {offset}"
        );
    }
}

#[tokio::test]
async fn a_broken_release_does_not_lose_the_others() {
    let good = r#"{"guid":"g1","title":"Good T1","indexerId":1,"protocol":"torrent","unknownField":[1,{"a":null}]}"#;
    let odd = r#"{"guid":"g2","title":"Odd T2","indexerId":-2147483648,"size":-9007199254740991,"seeders":"many","publishDate":"0001-01-01T00:00:00Z","infoHash":"xyz","protocol":"unknown"}"#;
    let huge = r#"{"guid":"g3","title":"Huge\u0000\u001bT3","indexer":"a\u0000b","size":1e300,"seeders":9007199254740991,"publishDate":"yesterday","downloadUrl":"","magnetUrl":"http://p/1/download"}"#;
    let broken = [
        "null",
        "7",
        "[]",
        "{}",
        r#"{"title":"no guid"}"#,
        r#"{"guid":"no title","title":null}"#,
        r#"{"guid":"g","title":"  "}"#,
        r#"{"guid":"g","title":"lone surrogate \ud800"}"#,
        r#"{"guid":{},"title":"a guid of the wrong type"}"#,
        r#"{"guid":"g","title":"too far","size":1e999}"#,
    ];
    let stand_in = started(Vec::new());
    stand_in.fail(Fault::Says(format!(
        "[{},{good},{odd},{huge}]",
        broken.join(",")
    )));
    let page = source(&stand_in)
        .search(&request("x"))
        .await
        .expect("a page");

    assert_eq!(titles(&page), ["Good T1", "Odd T2", "Huge  T3"]);
    let [good, odd, huge] = &page.offers[..] else {
        panic!("three offers")
    };
    assert!(good.network.is_some() && good.size.is_none() && good.link.is_none());
    assert!(odd.network.is_none());
    assert_eq!(
        (odd.size, odd.seeders, odd.published_at, &odd.content),
        (None, None, None, &None)
    );
    assert_eq!(huge.indexer, "a b", "no database has to store a NUL");
    assert_eq!(
        (huge.size, huge.seeders, huge.published_at),
        (None, None, None)
    );
    assert_eq!(
        huge.link.as_ref().map(ReleaseLink::expose),
        Some("http://p/1/download")
    );
}

#[tokio::test]
async fn what_is_no_list_cannot_be_read() {
    let stand_in = started(Vec::new());
    let source = source(&stand_in);
    for body in [
        "",
        "{}",
        "null",
        "\"[]\"",
        "[",
        "[{}",
        "[{},]",
        "<rss/>",
        "{\"message\":\"x\"}",
    ] {
        stand_in.fail(Fault::Says(body.into()));
        let error = source.search(&request("x")).await.expect_err(body);
        assert!(
            matches!(error, PortError::BadAnswer { .. }),
            "{body}: {error:?}"
        );
    }
}

#[tokio::test]
async fn every_fault_of_a_search_has_its_own_sentence() {
    let stand_in = started(vec![Release::new(1, "Monster T1")]);
    let source = Prowlarr::new(ProwlarrConfig {
        timeout: Duration::from_secs(5),
        ..config(stand_in.url())
    });
    let hurried = Prowlarr::new(ProwlarrConfig {
        timeout: Duration::from_secs(1),
        ..config(stand_in.url())
    });
    for (fault, expected) in [
        (
            Fault::Unauthorised,
            "PROWLARR refuses the credentials: the API key is missing or wrong; in Prowlarr it is under Settings, General",
        ),
        (
            Fault::RateLimited(Some(90)),
            "PROWLARR asks to wait 90 s (HTTP 429)",
        ),
        (Fault::RateLimited(None), "PROWLARR asks to wait (HTTP 429)"),
        (
            Fault::Html,
            "PROWLARR gave an answer that cannot be read: a web page instead of JSON; is the URL right, and does a login page stand before it?",
        ),
        (
            Fault::Truncated,
            "PROWLARR gave an answer that cannot be read: broken JSON (it ends too early",
        ),
        (Fault::Huge, "PROWLARR answered with more than 32 MB"),
        (
            Fault::AllUnavailable,
            "PROWLARR could not ask its indexers: Search failed due to all selected indexers being unavailable",
        ),
        (
            Fault::Error500,
            "PROWLARR answered HTTP 500: Error after GET with … and",
        ),
        (
            Fault::OtherProgram,
            "PROWLARR gave an answer that cannot be read: there is no Prowlarr API at this address; is the URL base right?",
        ),
        (
            Fault::Slow(Duration::from_secs(2)),
            "PROWLARR did not answer within 1 s",
        ),
    ] {
        stand_in.fail(fault.clone());
        let asked = if matches!(fault, Fault::Slow(_)) {
            &hurried
        } else {
            &source
        };
        let error = asked
            .search(&request("monster"))
            .await
            .expect_err("a fault");
        let sentence = sentence(&error, &stand_in.url());
        let until_place = sentence.split(", line").next();
        assert_eq!(until_place, Some(expected), "{fault:?}");
        assert!(
            !error.concerns_release(),
            "{fault:?} is no fault of one release"
        );
    }
    stand_in.fail(Fault::Down);
    let error = source.search(&request("monster")).await.expect_err("down");
    assert!(matches!(error, PortError::Unreachable { .. }), "{error:?}");
    stand_in.fail(None);
    assert_eq!(
        source
            .search(&request("monster"))
            .await
            .expect("up again")
            .offers
            .len(),
        1
    );
}

#[tokio::test]
async fn found_nothing_and_could_not_ask_are_different_answers() {
    let stand_in = started(vec![Release::new(1, "Dorohedoro T1")]);
    let source = source(&stand_in);
    let nothing = source
        .search(&request("no such series"))
        .await
        .expect("a page");
    assert_eq!(nothing, SearchPage::default());
    for id in [1, 2] {
        stand_in.hold(id, Some("2099-01-01T00:00:00Z"));
    }
    let error = source
        .search(&request("dorohedoro"))
        .await
        .expect_err("all on hold");
    assert!(matches!(error, PortError::Unavailable { .. }), "{error:?}");
    stand_in.hold(1, None);
    assert_eq!(
        source
            .search(&request("dorohedoro"))
            .await
            .expect("a page")
            .offers
            .len(),
        1
    );
    // Nothing shows that Prowlarr failed here; only its indexers' status can.
    stand_in.fail(Fault::Empty);
    assert_eq!(
        source.search(&request("dorohedoro")).await.expect("a page"),
        SearchPage::default()
    );
}
