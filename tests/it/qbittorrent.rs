//! The qBittorrent adapter against the real 4.5.2 and the stand-in of 5.2: the same tables for both, then what only one of them can show.

use std::{any::Any, sync::Arc, time::Duration};

use futures_util::future::join_all;
use lacunarr::{
    domain::{
        following::Doing,
        link::{ContentId, Ed2kLink, Magnet, Network, Payload, TorrentFile},
    },
    download::qbittorrent::{QBittorrent, QBittorrentConfig},
    ports::{Added, Client, PortError},
    secret::Secret,
};
use serde_json::Value;
use url::Url;

use crate::stand_in::{
    eventually, install_tls,
    qbittorrent::{PASSWORD, QBittorrent5, USER},
    real_qbittorrent::RealQBittorrent,
    swarm::Swarm,
    torrent::Torrent,
    web_api::WebApi,
};

mod choosing;
mod faults;
mod session;

/// One qBittorrent, real or not, and a second way to look into it.
struct Bench {
    version: &'static str,
    url: Url,
    api: WebApi,
    _running: Box<dyn Any>,
}

impl Bench {
    async fn both() -> [Self; 2] {
        Self::with(RealQBittorrent::shared()).await
    }

    /// A real one that no other test has torrents in: of many, it lets only some move.
    async fn own() -> [Self; 2] {
        Self::with(Arc::new(RealQBittorrent::start())).await
    }

    async fn with(real: Arc<RealQBittorrent>) -> [Self; 2] {
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
        network: Network::Torrent,
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
async fn where_it_saves_is_where_a_torrent_comes_to_be() {
    for bench in Bench::both().await {
        for (category, save_path) in [("placed", None), ("", None), ("placed", Some("/elsewhere"))]
        {
            let config = QBittorrentConfig {
                category: category.into(),
                save_path: save_path.map(str::to_owned),
                ..config(&bench.url)
            };
            let client = QBittorrent::new(config);
            let said = client.folder().await.expect("a folder");
            let torrent = torrent(&format!("Saved {category} {}.cbz", save_path.is_some()));
            client.add(&bytes_of(&torrent)).await.expect("added");
            let saved = &bench.fields(&torrent).await["save_path"];
            let same = saved.as_str().map(|path| path.trim_end_matches('/'));
            assert_eq!(same, Some(said.trim_end_matches('/')), "{}", bench.version);
        }
    }
}

#[tokio::test]
async fn the_files_of_a_torrent_are_listed_once_it_has_them() {
    for bench in Bench::both().await {
        let client = bench.client();
        let pack = Torrent::new("Listed pack")
            .file("Listed T01.cbz", "one")
            .file("extras/cover.jpg", "a cover");
        let (single, magnet) = (torrent("Listed alone.cbz"), torrent("Listed later.cbz"));
        assert_eq!(client.contents(&id(&pack)).await.expect("an answer"), None);
        let mut shown = Vec::new();
        for payload in [bytes_of(&pack), bytes_of(&single), magnet_of(&magnet)] {
            client.add(&payload).await.expect("added");
            let contents = client.contents(&payload.id()).await.expect("an answer");
            let contents = contents.expect("it is listed");
            assert!(contents.folder.starts_with('/'), "{contents:?}");
            let files = contents.files.into_iter();
            shown.push(
                files
                    .map(|file| (file.index, file.path, file.bytes, file.wanted))
                    .collect::<Vec<_>>(),
            );
        }
        let expected = [
            vec![
                (0, "Listed pack/Listed T01.cbz".to_owned(), 3, true),
                (1, "Listed pack/extras/cover.jpg".to_owned(), 7, true),
            ],
            vec![(0, "Listed alone.cbz".to_owned(), 1600, true)],
            Vec::new(),
        ];
        assert_eq!(shown, expected, "{}", bench.version);
    }
}

#[tokio::test]
async fn bytes_and_magnets_are_added_once() {
    for bench in Bench::both().await {
        let client = bench.client();
        let (file, magnet) = (torrent("Once 1.cbz"), torrent("Once 2.cbz"));
        for (torrent, payload) in [(&file, bytes_of(&file)), (&magnet, magnet_of(&magnet))] {
            let version = bench.version;
            assert_eq!(
                client.find(&payload.id()).await.expect("an answer"),
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

fn id(torrent: &Torrent) -> ContentId {
    bytes_of(torrent).id()
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
async fn a_refused_duplicate_is_found_in_the_whole_list() {
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
            client.find(&magnet.id()).await.expect("an answer"),
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
                    let id = ContentId::parse(&form).expect("a hash");
                    let found = client.find(&id).await.expect("an answer");
                    assert!(found.is_some(), "{}: {name} by {form}", bench.version);
                }
            }
            let other = ContentId::parse(&"0".repeat(40)).expect("a hash");
            assert_eq!(client.find(&other).await.expect("an answer"), None);
        }
    }
}

#[tokio::test]
async fn everything_that_it_has_is_listed_with_what_is_left_of_it() {
    for bench in Bench::both().await {
        let client = bench.client();
        let (single, hybrid) = (torrent("Held.cbz"), torrent("Held hybrid.cbz").hybrid());
        let several = Torrent::new("Held pack")
            .claims("a/T01.cbz", 30_000)
            .claims("T02.cbz", 40_000);
        let magnet = torrent("Held magnet.cbz");
        for torrent in [&single, &hybrid, &several] {
            client.add(&bytes_of(torrent)).await.expect("added");
        }
        client.add(&magnet_of(&magnet)).await.expect("added");
        let holdings = client.holdings().await.expect("an answer");
        for (torrent, left) in [
            (&single, 800),
            (&hybrid, 1500),
            (&several, 70_000),
            (&magnet, 0),
        ] {
            let hashes = torrent.hashes();
            let held = holdings
                .items
                .iter()
                .find(|item| item.hashes.contains(&hashes.id()))
                .unwrap_or_else(|| panic!("{}: no {}", bench.version, hashes.name));
            assert_eq!(
                (held.name.as_str(), held.left_bytes),
                (hashes.name.as_str(), left),
                "{}",
                bench.version
            );
            for hash in [hashes.v1, hashes.v2].into_iter().flatten() {
                assert!(held.hashes.contains(&hash), "{}", bench.version);
            }
        }
    }
}

#[tokio::test]
async fn what_it_does_with_each_is_told_apart() {
    for bench in Bench::own().await {
        let (client, version) = (bench.client(), bench.version);
        let (file, magnet) = (torrent("Doing 1.cbz"), torrent("Doing 2.cbz"));
        client.add(&bytes_of(&file)).await.expect("added");
        client.add(&magnet_of(&magnet)).await.expect("added");
        let stopped = torrent("Doing 3.cbz");
        let pausing = QBittorrent::new(QBittorrentConfig {
            paused: true,
            ..config(&bench.url)
        });
        pausing.add(&bytes_of(&stopped)).await.expect("added");
        for (torrent, expected) in [
            (&file, Doing::Loading),
            (&magnet, Doing::Metadata),
            (&stopped, Doing::Waiting),
        ] {
            let hash = torrent.hashes().id();
            let doing = async || {
                let holdings = client.holdings().await.expect("an answer");
                let mut items = holdings.items.into_iter();
                let held = items.find(|item| item.hashes.contains(&hash));
                held.expect("it is listed").sight.doing
            };
            // A new one is checked first.
            let what = format!("{version}: {expected:?}");
            eventually(&what, 20, async || doing().await == expected).await;
        }
    }
}

#[tokio::test]
async fn what_is_removed_leaves_its_data_and_a_tag_is_for_the_users_eyes() {
    let real = RealQBittorrent::shared();
    let data = real.downloads().join("Removed.cbz");
    let torrent = torrent("Removed.cbz");
    torrent.write_data(&real.downloads());
    for bench in Bench::both().await {
        let version = bench.version;
        // Without category it goes where the real one saves by default: its data is there.
        let client = QBittorrent::new(QBittorrentConfig {
            category: String::new(),
            ..config(&bench.url)
        });
        client.add(&bytes_of(&torrent)).await.expect("added");
        client.tag(&id(&torrent), "stalled").await.expect("tagged");
        let tags = bench.fields(&torrent).await["tags"].to_string();
        assert!(
            tags.contains("stalled") && tags.contains("lacunarr"),
            "{version}: {tags}"
        );
        client.remove(&id(&torrent)).await.expect("removed");
        let gone = async || bench.count(&torrent).await == 0;
        eventually(&format!("{version} lists it no more"), 10, gone).await;
        assert!(data.is_file(), "{version}");
        // What is not there is no fault.
        client.remove(&id(&torrent)).await.expect("no fault");
        client.tag(&id(&torrent), "x").await.expect("no fault");
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

/// aMuTorrent and aMulerr take a magnet whose infohash is the hash of ed2k, filled up with zeros, and list the file by that.
#[tokio::test]
async fn a_file_of_ed2k_is_given_as_those_take_it_that_speak_for_amule() {
    let stand_in = QBittorrent5::start();
    let link = "ed2k://|file|L'été T01.cbz|1234567|0123456789abcdef0123456789abcdef|/";
    let file = Payload::Ed2k(Ed2kLink::parse(link).expect("a link"));
    let client = QBittorrent::new(QBittorrentConfig {
        network: Network::Ed2k,
        ..config(&stand_in.url())
    });
    assert_eq!(client.add(&file).await.expect("added"), Added::New);
    assert_eq!(client.add(&file).await.expect("there"), Added::AlreadyThere);
    let adds = stand_in.adds();
    let said = &adds[0].fields.iter().find(|field| field.0 == "urls");
    assert_eq!(
        said.as_ref().map(|field| field.1.as_str()),
        Some(
            "magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef00000000&dn=L%27%C3%A9t%C3%A9%20T01%2Ecbz&xl=1234567"
        )
    );
    let holdings = client.holdings().await.expect("an answer");
    let forms = file.id().forms();
    assert!(
        holdings
            .items
            .iter()
            .any(|item| item.hashes.iter().any(|hash| forms.contains(hash)))
    );
    let refused = client.add(&bytes_of(&torrent("Not this.cbz"))).await;
    assert!(
        matches!(refused, Err(PortError::Declined { ref message, .. }) if message.contains("ed2k")),
        "{refused:?}"
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
