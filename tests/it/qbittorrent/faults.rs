//! What goes wrong, what is said then, and what is known of the torrent afterwards.

use std::time::Duration;

use lacunarr::{
    download::qbittorrent::{QBittorrent, QBittorrentConfig},
    ports::{Added, Client, PortError},
    secret::Secret,
};

use super::{Bench, bytes_of, config, id, magnet_of, torrent};
use crate::stand_in::{
    eventually,
    prowlarr::{self, Prowlarr},
    proxy::{Moment, Proxy},
    qbittorrent::{Fault, PASSWORD, QBittorrent5},
    real_qbittorrent::RealQBittorrent,
    torrent::PASSKEY,
};

#[tokio::test]
async fn a_test_names_the_version_and_warns() {
    for bench in Bench::both().await {
        let report = bench.client().test().await.expect("a report");
        let api = if bench.version == "v4.5.2" {
            "2.8.19"
        } else {
            "2.15.1"
        };
        assert_eq!(
            report.program,
            format!("qBittorrent {} (API {api})", bench.version)
        );
        assert_eq!(report.warnings, [""; 0]);
        bench
            .api
            .post(
                "torrents/createCategory",
                &[("category", "elsewhere"), ("savePath", "/there")],
            )
            .await;
        let config = QBittorrentConfig {
            category: "elsewhere".into(),
            save_path: Some("/here".into()),
            ..config(&bench.url)
        };
        let report = QBittorrent::new(config.clone())
            .test()
            .await
            .expect("a report");
        assert_eq!(
            report.warnings,
            [
                "the category 'elsewhere' saves to /there there, not to /here; torrents sent from here go to /here"
            ]
        );
        let same = QBittorrentConfig {
            save_path: Some("/there/".into()),
            ..config
        };
        assert_eq!(
            QBittorrent::new(same)
                .test()
                .await
                .expect("a report")
                .warnings,
            [""; 0]
        );
    }
}

#[tokio::test]
async fn an_add_counts_when_it_is_listed() {
    let stand_in = QBittorrent5::start();
    let client = QBittorrent::new(QBittorrentConfig {
        timeout: Duration::from_secs(2),
        ..config(&stand_in.url())
    });
    stand_in.fail(Fault::ListedLate(4));
    assert_eq!(
        client
            .add(&bytes_of(&torrent("Late.cbz")))
            .await
            .expect("added"),
        Added::New
    );
    stand_in.fail(Fault::NeverListed);
    let error = client
        .add(&bytes_of(&torrent("Never.cbz")))
        .await
        .expect_err("never listed");
    assert!(
        error
            .to_string()
            .ends_with("accepted the download but did not list it within 2 s"),
        "{error}"
    );
    assert!(error.is_uncertain(), "it may still come");
}

/// Another add of the same torrent was accepted a moment ago and is not listed yet: refused is not declined then.
#[tokio::test]
async fn a_duplicate_of_a_torrent_that_is_still_coming_is_waited_for() {
    let stand_in = QBittorrent5::start();
    stand_in.fail(Fault::ListedLate(8));
    let (one, other) = (
        QBittorrent::new(config(&stand_in.url())),
        QBittorrent::new(config(&stand_in.url())),
    );
    let payload = bytes_of(&torrent("Still coming.cbz"));
    let (one, other) = tokio::join!(one.add(&payload), other.add(&payload));
    let mut ends = [one.expect("added"), other.expect("there")];
    ends.sort_by_key(|end| *end == Added::AlreadyThere);
    assert_eq!(ends, [Added::New, Added::AlreadyThere]);
    assert_eq!((stand_in.adds().len(), stand_in.torrents().len()), (2, 1));
}

#[tokio::test]
async fn an_answer_that_is_lost_leaves_a_torrent_that_is_found() {
    for bench in Bench::both().await {
        let proxy = Proxy::start(&bench.url);
        let client = QBittorrent::new(config(&proxy.url()));
        let (lost, unsent) = (torrent("Lost answer.cbz"), torrent("Unsent.cbz"));
        for (torrent, moment, arrives) in [
            (&lost, Moment::BeforeAnswer, true),
            (&unsent, Moment::AfterBytes(400), false),
        ] {
            proxy.cut("torrents/add", 1, moment);
            let error = client.add(&bytes_of(torrent)).await.expect_err("cut off");
            assert!(error.is_uncertain(), "{}: {error:?}", bench.version);
            if arrives {
                eventually("listed", 10, async || bench.count(torrent).await == 1).await;
            }
            let expected = if arrives {
                Added::AlreadyThere
            } else {
                Added::New
            };
            assert_eq!(
                client.add(&bytes_of(torrent)).await.expect("there"),
                expected,
                "{}",
                bench.version
            );
            assert_eq!(bench.count(torrent).await, 1, "{}", bench.version);
        }
    }
}

#[tokio::test]
async fn every_fault_has_its_own_sentence() {
    let stand_in = QBittorrent5::start();
    let client = QBittorrent::new(QBittorrentConfig {
        timeout: Duration::from_secs(1),
        ..config(&stand_in.url())
    });
    let torrent = torrent("Faults.cbz");
    for (fault, expected) in [
        (
            Fault::Error500,
            "QBITTORRENT answered HTTP 500: Internal Server Error",
        ),
        (
            Fault::Slow(Duration::from_secs(2)),
            "QBITTORRENT did not answer within 1 s",
        ),
        (Fault::Down, "QBITTORRENT cannot be reached: "),
    ] {
        stand_in.fail(fault.clone());
        for error in [
            client.find(&id(&torrent)).await.expect_err("a fault"),
            client.add(&bytes_of(&torrent)).await.expect_err("a fault"),
            client.test().await.expect_err("a fault"),
        ] {
            let sentence = error
                .to_string()
                .replace(stand_in.url().as_str().trim_end_matches('/'), "QBITTORRENT");
            assert!(sentence.starts_with(expected), "{fault:?}: {sentence}");
            assert!(error.is_uncertain(), "{fault:?}");
        }
    }
    stand_in.fail(None);
    assert_eq!(
        client.add(&bytes_of(&torrent)).await.expect("added"),
        Added::New
    );
}

#[tokio::test]
async fn what_is_not_qbittorrent_is_recognised() {
    let other = Prowlarr::start(Vec::new(), Vec::new());
    let client = QBittorrent::new(config(&other.url()));
    let error = client.test().await.expect_err("not qBittorrent");
    assert!(matches!(error, PortError::Unauthorised { .. }), "{error:?}");
    other.fail(prowlarr::Fault::Html);
    let error = client.test().await.expect_err("a web page");
    assert!(
        error.to_string().ends_with(
            "a web page instead of qBittorrent's version; is this qBittorrent's own address?"
        ),
        "{error}"
    );
    for error in [
        client
            .find(&id(&torrent("x")))
            .await
            .expect_err("a web page"),
        client
            .add(&bytes_of(&torrent("x")))
            .await
            .expect_err("a web page"),
    ] {
        assert!(
            error.to_string().contains("a web page instead of JSON"),
            "{error}"
        );
    }
    let real = RealQBittorrent::shared();
    let mut below = real.url();
    below.set_path("/qbt");
    let error = QBittorrent::new(config(&below))
        .test()
        .await
        .expect_err("a wrong path");
    assert!(
        error.to_string().contains("is the path in the URL right?"),
        "{error}"
    );
}

#[tokio::test]
async fn no_secret_is_in_any_error() {
    let stand_in = QBittorrent5::start();
    let torrent = torrent("Secret.cbz");
    let config = QBittorrentConfig {
        timeout: Duration::from_secs(1),
        ..config(&stand_in.url())
    };
    let keyed = QBittorrentConfig {
        api_key: Some(Secret::new("qbt_PLANTED")),
        ..config.clone()
    };
    let wrong = QBittorrentConfig {
        password: Some(Secret::new("PLANTED")),
        ..config.clone()
    };
    let mut errors = vec![
        QBittorrent::new(keyed)
            .add(&bytes_of(&torrent))
            .await
            .expect_err("a wrong key"),
        QBittorrent::new(wrong)
            .add(&bytes_of(&torrent))
            .await
            .expect_err("a wrong password"),
    ];
    let client = QBittorrent::new(config);
    for fault in [
        Fault::Down,
        Fault::Error500,
        Fault::Slow(Duration::from_secs(2)),
        Fault::NeverListed,
    ] {
        stand_in.fail(fault);
        errors.push(client.add(&magnet_of(&torrent)).await.expect_err("a fault"));
        errors.push(client.add(&bytes_of(&torrent)).await.expect_err("a fault"));
    }
    let payloads = format!("{:?} {:?}", bytes_of(&torrent), stand_in.requests());
    for text in errors
        .iter()
        .map(|error| format!("{error} {error:?}"))
        .chain([payloads])
    {
        assert!(
            !text.contains("PLANTED") && !text.contains(PASSWORD) && !text.contains(PASSKEY),
            "{text}"
        );
    }
}

#[tokio::test]
async fn what_it_does_not_want_is_declined() {
    let stand_in = QBittorrent5::start();
    stand_in.fail(Fault::RefusesAll);
    let client = QBittorrent::new(config(&stand_in.url()));
    let error = client
        .add(&bytes_of(&torrent("Unwanted.cbz")))
        .await
        .expect_err("unwanted");
    assert!(
        error
            .to_string()
            .ends_with("declined: it did not take the torrent, and does not list it either"),
        "{error}"
    );
    assert!(error.concerns_release() && !error.is_uncertain());
}
