//! Being let in: logins, keys, bans, lost sessions, restarts.

use futures_util::future::join_all;
use lacunarr::{
    download::qbittorrent::{QBittorrent, QBittorrentConfig},
    ports::{Added, Client, PortError},
    secret::Secret,
};

use super::{Bench, bytes_of, config, id, magnet_of, torrent};
use crate::stand_in::{
    proxy::Proxy,
    qbittorrent::{API_KEY, QBittorrent5},
    real_qbittorrent::RealQBittorrent,
};

#[tokio::test]
async fn nobody_is_let_in_without_a_reason() {
    for bench in Bench::both().await {
        for (user, key, expected) in [
            (
                None,
                None,
                "it wants a user name and a password, or from 5.2 on an API key",
            ),
            (
                None,
                Some("qbt_wrong"),
                "the API key is wrong, or this qBittorrent is older than 5.2 and knows none",
            ),
        ] {
            let config = QBittorrentConfig {
                username: user,
                password: None,
                api_key: key.map(Secret::new),
                ..config(&bench.url)
            };
            let error = QBittorrent::new(config)
                .test()
                .await
                .expect_err("not let in");
            assert!(
                matches!(error, PortError::Unauthorised { hint, .. } if hint == expected),
                "{}: {error:?}",
                bench.version
            );
        }
    }
}

#[tokio::test]
async fn an_api_key_and_a_bypass_need_no_login() {
    let stand_in = QBittorrent5::start();
    let with_key = QBittorrentConfig {
        username: None,
        password: None,
        api_key: Some(Secret::new(API_KEY)),
        ..config(&stand_in.url())
    };
    let torrent = torrent("By key.cbz");
    assert_eq!(
        QBittorrent::new(with_key)
            .add(&bytes_of(&torrent))
            .await
            .expect("added"),
        Added::New
    );
    stand_in.open_to_all();
    let without = QBittorrentConfig {
        username: None,
        password: None,
        ..config(&stand_in.url())
    };
    assert!(
        QBittorrent::new(without)
            .find(&id(&torrent))
            .await
            .expect("an answer")
            .is_some()
    );
    QBittorrent::new(config(&stand_in.url()))
        .test()
        .await
        .expect("a report");
    assert_eq!(stand_in.logins(), 0, "it is tried without first");
}

/// Against both, each with its own address ban, so the real one is a fresh one.
#[tokio::test]
async fn a_wrong_password_is_not_repeated_and_a_ban_says_so() {
    let (real, stand_in) = (RealQBittorrent::start(), QBittorrent5::start());
    for (url, version) in [(real.url(), "4.5.2"), (stand_in.url(), "5.2")] {
        let proxy = Proxy::start(&url);
        let logins = || {
            proxy
                .seen()
                .iter()
                .filter(|line| line.starts_with("POST /api/v2/auth/login"))
                .count()
        };
        let good = QBittorrent::new(config(&proxy.url()));
        good.test().await.expect("let in");
        let wrong = || {
            QBittorrent::new(QBittorrentConfig {
                password: Some(Secret::new("PLANTED-wrong")),
                ..config(&proxy.url())
            })
        };
        for n in 1..=5 {
            let client = wrong();
            for _ in 0..3 {
                let error = client.test().await.expect_err("a wrong password");
                assert!(
                    matches!(error, PortError::Unauthorised { .. }),
                    "{version}: {error:?}"
                );
                assert!(!format!("{error} {error:?}").contains("PLANTED"));
            }
            assert_eq!(logins(), 1 + n, "{version}: one try each");
        }
        // Now the right password does not help either.
        for client in [wrong(), QBittorrent::new(config(&proxy.url()))] {
            let error = client.test().await.expect_err("banned");
            assert!(
                matches!(&error, PortError::Banned { message, .. } if message.contains("correct the user name and password")),
                "{version}: {error:?}"
            );
        }
        good.test().await.expect("a session outlives a ban");
    }
    stand_in.lift_ban();
    QBittorrent::new(config(&stand_in.url()))
        .test()
        .await
        .expect("let in again");
}

#[tokio::test]
async fn a_lost_session_costs_one_login_for_all_callers() {
    let stand_in = QBittorrent5::start();
    let client = QBittorrent::new(config(&stand_in.url()));
    let torrent = id(&torrent("Session.cbz"));
    for round in 1..=3 {
        let found = join_all((0..10).map(|_| client.find(&torrent))).await;
        assert!(found.iter().all(Result::is_ok), "{found:?}");
        assert_eq!(stand_in.logins(), round, "ten callers, one login");
        stand_in.expire_sessions();
    }
}

#[tokio::test]
async fn a_restart_of_the_real_one_is_survived() {
    let real = RealQBittorrent::start();
    let client = QBittorrent::new(config(&real.url()));
    let torrent = torrent("Restart.cbz");
    client.add(&bytes_of(&torrent)).await.expect("added");
    real.stop();
    let error = client
        .find(&id(&torrent))
        .await
        .expect_err("it is not there");
    assert!(
        matches!(error, PortError::Unreachable { .. }) && error.is_uncertain(),
        "{error:?}"
    );
    real.restart();
    assert_eq!(
        client.add(&magnet_of(&torrent)).await.expect("still there"),
        Added::AlreadyThere
    );
}

#[tokio::test]
async fn a_refused_host_header_is_told_from_a_wrong_password() {
    let stand_in = QBittorrent5::start();
    stand_in.check_host();
    let proxy = Proxy::start(&stand_in.url());
    let error = QBittorrent::new(config(&proxy.url())).test().await;
    let error = error.expect_err("another port in the Host header");
    assert!(
        error.to_string().contains("its Host header validation"),
        "{error}"
    );
    QBittorrent::new(config(&stand_in.url()))
        .test()
        .await
        .expect("its own port");
}
