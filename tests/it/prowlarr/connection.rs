//! Indexers, the connection test, and that no error shows a secret.

use lacunarr::{
    ports::Source, search::prowlarr::Prowlarr, search::prowlarr::ProwlarrConfig, secret::Secret,
};

use super::{config, links::resolved, request, sentence, source, started};
use crate::stand_in::{
    prowlarr::{self as stand_in, Fault, Indexer, Link, Release},
    torrent::PASSKEY,
};

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
            (1, "Nyaa", Some(false), None),
            (2, "Half", Some(true), None),
            (5, "Held", Some(true), Some(4_070_908_800_000))
        ]
    );
    let chosen = Prowlarr::new(ProwlarrConfig {
        indexers: vec![5, 3],
        ..config(stand_in.url())
    });
    let chosen = chosen.indexers().await.expect("indexers");
    assert_eq!(chosen.iter().map(|one| one.id).collect::<Vec<_>>(), [5]);
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
