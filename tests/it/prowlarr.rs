//! The Prowlarr adapter against its stand-in: what it asks, what it reads, and what it says when something is wrong.

use std::time::Duration;

use lacunarr::{
    domain::link::Payload,
    ports::{PortError, ReleaseLink, SearchPage, SearchRequest, Source},
    search::prowlarr::{Prowlarr, ProwlarrConfig},
    secret::Secret,
};
use url::Url;

use crate::stand_in::{
    install_tls,
    prowlarr::{self as stand_in, Fault, Indexer, KEY, Link, Release},
    torrent::{PASSKEY, Torrent},
};

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
    assert!(!page.full);
    let [first, second, third] = &page.offers[..] else {
        panic!("three offers")
    };
    assert_eq!((first.indexer_id, first.indexer.as_str()), (1, "Nyaa"));
    assert_eq!((first.size, first.seeders), (Some(80_000_000), Some(3)));
    assert_eq!(first.published_at, Some(1_790_856_000_000));
    assert!(first.is_torrent && first.torrent.is_none() && first.link.is_some());
    assert_eq!(second.size, None, "0 is what indexers say that do not know");
    assert!(second.torrent.is_some());
    assert_eq!(
        third.torrent.as_ref().map(ToString::to_string),
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
    for (offset, found, full) in [(0, 2, true), (2, 1, false), (4, 0, false)] {
        let request = SearchRequest {
            offset,
            limit: 2,
            ..request("pluto")
        };
        let page = source.search(&request).await.expect("a page");
        assert_eq!(
            (page.offers.len(), page.full),
            (found, full),
            "from {offset}"
        );
    }
}

#[tokio::test]
async fn a_broken_release_does_not_lose_the_others() {
    let good = r#"{"guid":"g1","title":"Good T1","indexerId":1,"protocol":"torrent","unknownField":[1,{"a":null}]}"#;
    let odd = r#"{"guid":"g2","title":"Odd T2","indexerId":-2147483648,"size":-9007199254740991,"seeders":"many","publishDate":"0001-01-01T00:00:00Z","infoHash":"xyz","protocol":"unknown"}"#;
    let huge = r#"{"guid":"g3","title":"Huge T3","size":1e300,"seeders":9007199254740991,"publishDate":"yesterday","downloadUrl":"","magnetUrl":"http://p/1/download"}"#;
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

    assert_eq!(titles(&page), ["Good T1", "Odd T2", "Huge T3"]);
    let [good, odd, huge] = &page.offers[..] else {
        panic!("three offers")
    };
    assert!(good.is_torrent && good.size.is_none() && good.link.is_none());
    assert!(!odd.is_torrent);
    assert_eq!(
        (odd.size, odd.seeders, odd.published_at, &odd.torrent),
        (None, None, None, &None)
    );
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

#[tokio::test]
async fn indexers_are_the_usable_ones_with_their_hold() {
    let stand_in = stand_in::Prowlarr::start(
        vec![
            Indexer::public(1, "Nyaa"),
            Indexer {
                privacy: "semiPrivate",
                ..Indexer::public(2, "Half")
            },
            Indexer {
                enabled: false,
                ..Indexer::private(3, "Off")
            },
            Indexer {
                protocol: "usenet",
                ..Indexer::private(4, "News")
            },
            Indexer {
                disabled_till: Some("2099-01-01T00:00:00Z".into()),
                ..Indexer::private(5, "Held")
            },
        ],
        Vec::new(),
    );
    let all = source(&stand_in).indexers().await.expect("indexers");
    let seen: Vec<_> = all
        .iter()
        .map(|one| (one.id, one.name.as_str(), one.private, one.blocked_until))
        .collect();
    assert_eq!(
        seen,
        [
            (1, "Nyaa", false, None),
            (2, "Half", true, None),
            (5, "Held", true, Some(4_070_908_800_000))
        ]
    );
    let chosen = Prowlarr::new(ProwlarrConfig {
        indexers: vec![5, 3],
        ..config(stand_in.url())
    });
    let chosen = chosen.indexers().await.expect("indexers");
    assert_eq!(chosen.iter().map(|one| one.id).collect::<Vec<_>>(), [5]);
}

async fn resolved(stand_in: &stand_in::Prowlarr, title: &str) -> Result<Payload, PortError> {
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

#[tokio::test]
async fn a_test_says_what_is_there_and_what_deserves_attention() {
    let stand_in = stand_in::Prowlarr::start_below(
        "/prowlarr",
        vec![Indexer::public(1, "Nyaa"), Indexer::private(2, "Ygg")],
        Vec::new(),
    );
    let test = async |indexers: Vec<i64>| {
        let source = Prowlarr::new(ProwlarrConfig {
            indexers,
            ..config(stand_in.url())
        });
        source.test().await.expect("a report")
    };
    let report = test(vec![]).await;
    assert_eq!(
        (report.program.as_str(), report.warnings.len()),
        ("Prowlarr 2.3.6.5341", 0)
    );
    stand_in.hold(2, Some("2099-01-01T00:00:00Z"));
    assert_eq!(
        test(vec![]).await.warnings,
        ["1 of 2 indexers are on hold there after failures"]
    );
    stand_in.hold(2, Some("2020-01-01T00:00:00Z"));
    assert_eq!(
        test(vec![]).await.warnings,
        [""; 0],
        "a hold that is over is none"
    );
    assert_eq!(
        test(vec![1, 9]).await.warnings,
        ["these chosen indexers are missing or switched off: 9"]
    );
    assert_eq!(
        test(vec![9]).await.warnings,
        [
            "it has no enabled torrent indexer to ask",
            "these chosen indexers are missing or switched off: 9"
        ]
    );
}

#[tokio::test]
async fn a_test_that_fails_says_what_to_look_at() {
    let stand_in =
        stand_in::Prowlarr::start_below("/prowlarr", vec![Indexer::public(1, "Nyaa")], Vec::new());
    let said = async |source: Prowlarr| {
        sentence(&source.test().await.expect_err("a fault"), &stand_in.url())
    };
    let wrong = ProwlarrConfig {
        api_key: Secret::new("wrong"),
        ..config(stand_in.url())
    };
    assert!(
        said(Prowlarr::new(wrong))
            .await
            .contains("the API key is missing or wrong")
    );
    let mut root = stand_in.url();
    root.set_path("/");
    assert_eq!(
        said(Prowlarr::new(config(root))).await,
        "PROWLARR answered HTTP 307: it redirects elsewhere; check http or https, the port and the URL base"
    );
    stand_in.fail(Fault::OtherProgram);
    assert!(
        said(source(&stand_in))
            .await
            .ends_with("this is Readarr, not Prowlarr")
    );
    stand_in.fail(Fault::Html);
    assert!(
        said(source(&stand_in))
            .await
            .contains("does a login page stand before it?")
    );
    stand_in.fail(Fault::Down);
    assert!(
        said(source(&stand_in))
            .await
            .starts_with("PROWLARR cannot be reached: ")
    );
}

#[tokio::test]
async fn no_secret_is_in_any_error() {
    let kinds = [
        Link::Gone,
        Link::Limited(1),
        Link::Html,
        Link::Error500,
        Link::NotTorrent,
        Link::Loop,
        Link::RedirectTo("{tracker}/x?apikey={key}".into()),
        Link::RedirectTo(format!("http://127.0.0.1:9/{PASSKEY}?passkey={PASSKEY}")),
        Link::RedirectTo(format!("ftp://{PASSKEY}/{PASSKEY}")),
        Link::RedirectTo(format!("{{tracker}}/{PASSKEY}?passkey={PASSKEY}&id=77")),
        Link::RedirectTo(format!("magnet:?tr={PASSKEY}")),
    ];
    let releases = kinds
        .iter()
        .enumerate()
        .map(|(n, link)| Release::new(1, &format!("Secret {n:02}")).link(link.clone()));
    let stand_in = started(releases.collect());
    let mut errors = Vec::new();
    for n in 0..kinds.len() {
        errors.push(
            resolved(&stand_in, &format!("Secret {n:02}"))
                .await
                .expect_err("a fault"),
        );
    }
    let source = source(&stand_in);
    for fault in [
        Fault::Down,
        Fault::Unauthorised,
        Fault::RateLimited(None),
        Fault::Html,
        Fault::Truncated,
        Fault::Huge,
        Fault::AllUnavailable,
        Fault::Error500,
        Fault::OtherProgram,
    ] {
        stand_in.fail(fault);
        errors.push(
            source
                .search(&request("secret"))
                .await
                .expect_err("a fault"),
        );
    }
    for error in errors {
        let all = format!("{error} {error:?}");
        assert!(!all.contains("PLANTED"), "{all}");
    }
}
