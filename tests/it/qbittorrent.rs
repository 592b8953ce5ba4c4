//! The qBittorrent adapter against the real 4.5.2 and the stand-in of 5.2: the same tables for both, then what only one of them can show.

use std::{any::Any, sync::Arc, time::Duration};

use futures_util::future::join_all;
use lacunarr::{
    domain::link::{Magnet, Payload, TorrentFile, TorrentId},
    download::qbittorrent::{QBittorrent, QBittorrentConfig},
    ports::{Added, Client, PortError},
    secret::Secret,
};
use serde_json::Value;
use url::Url;

use crate::stand_in::{
    eventually, install_tls,
    prowlarr::{self, Prowlarr},
    proxy::{Moment, Proxy},
    qbittorrent::{API_KEY, Fault, PASSWORD, QBittorrent5, USER},
    real_qbittorrent::RealQBittorrent,
    torrent::{PASSKEY, Torrent},
    web_api::WebApi,
};

/// One qBittorrent, real or not, and a second way to look into it.
struct Bench {
    version: &'static str,
    url: Url,
    api: WebApi,
    _running: Box<dyn Any>,
}

impl Bench {
    async fn both() -> [Self; 2] {
        let real = RealQBittorrent::shared();
        let stand_in = QBittorrent5::start();
        [
            Self {
                version: "v4.5.2",
                url: real.url(),
                api: WebApi::login(real.url()).await,
                _running: Box::new(real),
            },
            Self {
                version: "v5.2.3",
                url: stand_in.url(),
                api: WebApi::login(stand_in.url()).await,
                _running: Box::new(stand_in),
            },
        ]
    }

    fn client(&self) -> QBittorrent {
        QBittorrent::new(config(&self.url))
    }

    /// How often it lists a torrent under its id.
    async fn count(&self, torrent: &Torrent) -> usize {
        let listed = self.api.get("torrents/info").await;
        let hash = torrent.hashes().id();
        listed
            .as_array()
            .expect("a list")
            .iter()
            .filter(|one| one["hash"] == hash.as_str())
            .count()
    }

    async fn fields(&self, torrent: &Torrent) -> Value {
        self.api
            .torrent(&torrent.hashes().id())
            .await
            .expect("a torrent")
    }
}

fn config(url: &Url) -> QBittorrentConfig {
    install_tls();
    QBittorrentConfig {
        url: url.clone(),
        username: Some(USER.into()),
        password: Some(Secret::new(PASSWORD)),
        api_key: None,
        category: "manga".into(),
        tags: vec!["lacunarr".into(), "auto".into()],
        save_path: None,
        paused: false,
        timeout: Duration::from_secs(10),
    }
}

/// Torrents of different tests share the real program, so every test names its own.
fn torrent(name: &str) -> Torrent {
    Torrent::new(name).file(name, name.repeat(100))
}

fn bytes_of(torrent: &Torrent) -> Payload {
    Payload::Torrent(TorrentFile::parse(torrent.bytes()).expect("a torrent file"))
}

fn magnet_of(torrent: &Torrent) -> Payload {
    Payload::Magnet(Magnet::parse(&torrent.magnet()).expect("a magnet"))
}

#[tokio::test]
async fn bytes_and_magnets_are_added_once() {
    for bench in Bench::both().await {
        let client = bench.client();
        let (file, magnet) = (torrent("Once 1.cbz"), torrent("Once 2.cbz"));
        for (torrent, payload) in [(&file, bytes_of(&file)), (&magnet, magnet_of(&magnet))] {
            let version = bench.version;
            assert_eq!(
                client.find(payload.id()).await.expect("an answer"),
                None,
                "{version}"
            );
            assert_eq!(
                client.add(&payload).await.expect("added"),
                Added::New,
                "{version}"
            );
            // An accepted torrent is listed when the add returns.
            assert_eq!(bench.count(torrent).await, 1, "{version}");
            for payload in [bytes_of(torrent), magnet_of(torrent)] {
                assert_eq!(
                    client.add(&payload).await.expect("there"),
                    Added::AlreadyThere,
                    "{version}"
                );
            }
            assert_eq!(bench.count(torrent).await, 1, "{version}");
        }
        let item = client
            .find(&id(&file))
            .await
            .expect("an answer")
            .expect("an item");
        assert_eq!((item.name.as_str(), item.progress), ("Once 1.cbz", 0.0));
    }
}

fn id(torrent: &Torrent) -> TorrentId {
    bytes_of(torrent).id().clone()
}

#[tokio::test]
async fn two_adds_at_once_make_one_torrent() {
    for bench in Bench::both().await {
        let torrent = torrent("At once.cbz");
        let (one, other) = (bench.client(), bench.client());
        let (file, magnet) = (bytes_of(&torrent), magnet_of(&torrent));
        let ends = join_all([
            one.add(&file),
            other.add(&magnet),
            one.add(&file),
            other.add(&file),
        ])
        .await;
        assert!(
            ends.iter().all(Result::is_ok),
            "{}: {ends:?}",
            bench.version
        );
        assert!(
            ends.iter().any(|end| matches!(end, Ok(Added::New))),
            "{ends:?}"
        );
        assert_eq!(bench.count(&torrent).await, 1, "{}", bench.version);
    }
}

/// `Fails.` and 409 say neither "there" nor "not wanted": the list decides.
#[tokio::test]
async fn a_refused_duplicate_is_found_and_a_refused_stranger_is_declined() {
    for bench in Bench::both().await {
        let hybrid = torrent("Hybrid elsewhere.cbz").hybrid();
        let of_user = QBittorrent::new(QBittorrentConfig {
            category: "by hand".into(),
            ..config(&bench.url)
        });
        assert_eq!(
            of_user.add(&bytes_of(&hybrid)).await.expect("added"),
            Added::New
        );
        // Known by its v1 hash alone and filed under another category, only the whole list shows it.
        let v1 = hybrid.hashes().v1.expect("a v1 hash");
        let magnet =
            Payload::Magnet(Magnet::parse(&format!("magnet:?xt=urn:btih:{v1}")).expect("a magnet"));
        let client = bench.client();
        assert_eq!(
            client.find(magnet.id()).await.expect("an answer"),
            None,
            "{}",
            bench.version
        );
        assert_eq!(
            client.add(&magnet).await.expect("there"),
            Added::AlreadyThere,
            "{}",
            bench.version
        );
        assert_eq!(bench.count(&hybrid).await, 1);
    }
}

#[tokio::test]
async fn a_torrent_is_found_by_every_form_of_its_hash() {
    for bench in Bench::both().await {
        let client = bench.client();
        for (name, torrent) in [
            ("v1", torrent("Form v1.cbz")),
            ("v2", torrent("Form v2.cbz").v2()),
            ("hybrid", torrent("Form hybrid.cbz").hybrid()),
        ] {
            let hashes = torrent.hashes();
            client.add(&bytes_of(&torrent)).await.expect("added");
            let short = hashes.v2.as_ref().map(|v2| v2[..40].to_owned());
            for form in [hashes.v1, hashes.v2, short].into_iter().flatten() {
                for form in [form.to_uppercase(), form] {
                    let id = TorrentId::parse(&form).expect("a hash");
                    let found = client.find(&id).await.expect("an answer");
                    assert!(found.is_some(), "{}: {name} by {form}", bench.version);
                }
            }
            let other = TorrentId::parse(&"0".repeat(40)).expect("a hash");
            assert_eq!(client.find(&other).await.expect("an answer"), None);
        }
    }
}

#[tokio::test]
async fn category_tags_and_path_are_really_set() {
    for bench in Bench::both().await {
        let version = bench.version;
        let shelf = tempfile::tempdir().expect("a folder");
        let shelf = shelf.path().to_str().expect("UTF-8");
        bench
            .api
            .post(
                "torrents/createCategory",
                &[("category", "BD"), ("savePath", shelf)],
            )
            .await;

        // Without a path of ours the category's counts, which needs automatic management.
        let by_category = torrent("By category.cbz");
        let client = QBittorrent::new(QBittorrentConfig {
            category: "BD".into(),
            ..config(&bench.url)
        });
        client.add(&bytes_of(&by_category)).await.expect("added");
        let fields = bench.fields(&by_category).await;
        assert_eq!(
            (&fields["category"], &fields["auto_tmm"]),
            (&"BD".into(), &true.into()),
            "{version}"
        );
        assert_eq!(fields["save_path"], shelf, "{version}");
        let mut tags: Vec<_> = fields["tags"].as_str().expect("tags").split(", ").collect();
        tags.sort_unstable();
        assert_eq!(tags, ["auto", "lacunarr"], "{version}");

        // With a path of ours the category is made, and the path is said.
        let by_path = torrent("By path.cbz");
        let path = format!("{shelf}/own");
        let config = QBittorrentConfig {
            category: "Comics".into(),
            tags: vec![],
            save_path: Some(path.clone()),
            paused: true,
            ..config(&bench.url)
        };
        QBittorrent::new(config.clone())
            .add(&bytes_of(&by_path))
            .await
            .expect("added");
        let fields = bench.fields(&by_path).await;
        assert_eq!(
            (&fields["category"], &fields["auto_tmm"]),
            (&"Comics".into(), &false.into()),
            "{version}"
        );
        assert_eq!(
            (&fields["save_path"], &fields["tags"]),
            (&path.clone().into(), &"".into()),
            "{version}"
        );
        assert_eq!(
            bench.api.get("torrents/categories").await["Comics"]["savePath"],
            path.as_str(),
            "{version}"
        );
        // A second torrent finds the category there.
        QBittorrent::new(config)
            .add(&magnet_of(&torrent("By path 2.cbz")))
            .await
            .expect("added");
    }
}

#[tokio::test]
async fn paused_means_paused_in_both_generations() {
    for bench in Bench::both().await {
        for paused in [true, false] {
            let client = QBittorrent::new(QBittorrentConfig {
                paused,
                ..config(&bench.url)
            });
            for (kind, payload) in [
                ("file", bytes_of as fn(&Torrent) -> Payload),
                ("magnet", magnet_of),
            ] {
                let torrent = torrent(&format!("Paused {paused} {kind}.cbz"));
                client.add(&payload(&torrent)).await.expect("added");
                eventually("settled", 10, async || {
                    let state = bench.fields(&torrent).await["state"]
                        .as_str()
                        .expect("a state")
                        .to_owned();
                    let is_paused = ["pausedDL", "stoppedDL"].contains(&state.as_str());
                    // It looks at the files first.
                    is_paused == paused && !state.starts_with("checking")
                })
                .await;
            }
        }
    }
}

#[tokio::test]
async fn a_finished_torrent_shows_its_progress() {
    let real = RealQBittorrent::shared();
    let torrent = Torrent::new("Finished")
        .file("Finished T01.cbz", "one".repeat(9000))
        .file("Finished T02.cbz", "two".repeat(9000));
    torrent.write_data(&real.downloads());
    // Without category and path it goes where qBittorrent saves by default.
    let client = QBittorrent::new(QBittorrentConfig {
        category: String::new(),
        ..config(&real.url())
    });
    client.add(&bytes_of(&torrent)).await.expect("added");
    eventually("finished", 20, async || {
        let item = client
            .find(&id(&torrent))
            .await
            .expect("an answer")
            .expect("an item");
        item.progress == 1.0 && item.state == "stalledUP"
    })
    .await;
}

#[tokio::test]
async fn what_is_no_torrent_for_it_is_declined() {
    for bench in Bench::both().await {
        // Good enough for a quick look, but without pieces.
        let broken = b"d4:infod6:lengthi5e4:name9:T01.cbz.xee".to_vec();
        let payload = Payload::Torrent(TorrentFile::parse(broken).expect("a torrent file"));
        let error = bench.client().add(&payload).await.expect_err("no torrent");
        assert!(
            matches!(&error, PortError::Declined { message, .. } if message == "it cannot read this torrent file"),
            "{}: {error:?}",
            bench.version
        );
        assert!(error.concerns_release());
    }
}

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
    let real = Arc::new(RealQBittorrent::start());
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
async fn an_add_says_the_same_to_every_generation() {
    let stand_in = QBittorrent5::start();
    let torrent = torrent("Said.cbz");
    QBittorrent::new(config(&stand_in.url()))
        .add(&magnet_of(&torrent))
        .await
        .expect("added");
    let adds = stand_in.adds();
    let said: Vec<_> = adds[0]
        .fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let magnet = torrent.magnet();
    assert_eq!(
        said,
        [
            ("autoTMM", "true"),
            ("category", "manga"),
            ("paused", "false"),
            ("stopped", "false"),
            ("tags", "lacunarr,auto"),
            ("urls", &magnet)
        ]
    );
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
