//! The program is killed at every moment of a send, and at random ones: each volume is in the client exactly once in the end.

use std::{collections::BTreeMap, time::Duration};

use serde_json::json;
use tempfile::TempDir;

use crate::stand_in::{
    eventually,
    program::{Home, Program, shelve},
    prowlarr::{self, Indexer, Link, Prowlarr, Release},
    proxy::{Moment, Proxy},
    qbittorrent::{PASSWORD, USER},
    real_qbittorrent::RealQBittorrent,
    web_api::WebApi,
};

const SERIES: [&str; 3] = ["Naruto", "One Piece", "Berserk"];
const MISSING: std::ops::RangeInclusive<u32> = 2..=8;

struct Scene {
    _library: TempDir,
    prowlarr: Prowlarr,
    client: RealQBittorrent,
    proxy: Proxy,
    home: Home,
}

/// Three series, of each of which seven volumes are missing. Two releases could serve each of them.
async fn scene() -> Scene {
    let library = tempfile::tempdir().expect("a folder");
    let mut releases = Vec::new();
    for series in SERIES {
        shelve(library.path(), series, &[1, 9]);
        for volume in MISSING {
            releases.push(Release::new(1, &format!("{series} T{volume:02} [CBZ] FR")));
            releases.push(
                Release::new(2, &format!("{series} T{volume:02} [CBZ] FR 2"))
                    .seeders(2)
                    .link(Link::RedirectMagnet),
            );
        }
    }
    let prowlarr = Prowlarr::start(
        vec![Indexer::public(1, "Nyaa"), Indexer::public(2, "Other")],
        releases,
    );
    let client = RealQBittorrent::start();
    let proxy = Proxy::start(&client.url());
    let mut home = Home::new().await;
    home.library(library.path())
        .source(&prowlarr.url(), prowlarr::KEY)
        .client(&proxy.url(), USER, PASSWORD);
    Scene {
        _library: library,
        prowlarr,
        client,
        proxy,
        home,
    }
}

/// The better release of every volume disappears: whoever forgot that it was sent would now send the other one.
fn tempt(scene: &Scene) {
    for series in SERIES {
        for volume in MISSING {
            scene
                .prowlarr
                .withdraw(&format!("{series} T{volume:02} [CBZ] FR"));
        }
    }
}

/// Starts again after a kill and lets it come to rest.
async fn recover(scene: &Scene) -> Program {
    let program = scene.home.start().await;
    program.scanned().await;
    eventually("nothing is in doubt and no check is open", 90, async || {
        let open = program.get("checks?pageSize=200").await;
        let open = open["records"]
            .as_array()
            .expect("checks")
            .iter()
            .any(|check| check["state"] == "queued" || check["state"] == "running");
        !open && program.get("grabs?state=sending").await["totalRecords"] == 0
    })
    .await;
    program.check(json!({})).await;
    program
}

/// Every missing volume is in the client once, and the program knows it.
async fn assert_each_once(scene: &Scene, program: &Program) {
    let torrents = WebApi::login(scene.client.url())
        .await
        .get("torrents/info")
        .await;
    let mut volumes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for torrent in torrents.as_array().expect("a list") {
        let name = torrent["name"].as_str().expect("a name");
        volumes
            .entry(name.split(" [").next().expect("a volume").to_owned())
            .or_default()
            .push(name.to_owned());
    }
    let wanted: Vec<String> = SERIES
        .iter()
        .flat_map(|series| MISSING.map(move |volume| format!("{series} T{volume:02}")))
        .collect();
    for volume in &wanted {
        assert_eq!(
            volumes.get(volume).map(Vec::len),
            Some(1),
            "{volume}: {volumes:#?}\n{}",
            scene.home.printed()
        );
    }
    assert_eq!(volumes.len(), wanted.len(), "{volumes:#?}");
    assert_eq!(
        program.get("wanted?state=on_its_way").await["totalRecords"],
        wanted.len()
    );
    let sent = program.get("history?type=grab.sent&pageSize=200").await;
    assert_eq!(sent["totalRecords"], wanted.len(), "one event for each");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_during_and_after_an_add_each_volume_is_there_once() {
    for moment in [
        Moment::BeforeRequest,
        Moment::AfterBytes(200),
        Moment::BeforeAnswer,
        Moment::AfterAnswer,
    ] {
        let scene = scene().await;
        let program = scene.home.start().await;
        program.scanned().await;
        program.arm().await;
        scene.proxy.on("torrents/add", 2, moment, program.killer());
        program.post("checks", json!({})).await;
        eventually("it was killed", 60, async || !program.is_alive()).await;
        tempt(&scene);
        let program = recover(&scene).await;
        assert_each_once(&scene, &program).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_random_instants_nothing_is_doubled_or_lost() {
    let kills: u64 = std::env::var("LACUNARR_TEST_KILLS")
        .ok()
        .and_then(|kills| kills.parse().ok())
        .unwrap_or(20);
    // A kill in five strikes the same home: recovering is itself interrupted.
    let mut seed = 0x5eed_u64;
    let mut next = |below: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % below
    };
    let mut left = kills;
    while left > 0 {
        let scene = scene().await;
        let program = scene.home.start().await;
        program.scanned().await;
        program.arm().await;
        drop(program);
        // Answers to an add are slow, as from a busy client: that is the moment that matters.
        for nth in 1..=21 {
            scene
                .proxy
                .on("torrents/add", nth, Moment::BeforeAnswer, || {
                    std::thread::sleep(Duration::from_millis(150))
                });
        }
        for _ in 0..left.min(5) {
            let program = scene.home.start().await;
            program.post("checks", json!({})).await;
            tokio::time::sleep(Duration::from_millis(next(1_200))).await;
            program.killer()();
            if next(2) == 0 {
                tempt(&scene);
            }
            left -= 1;
        }
        let program = recover(&scene).await;
        assert_each_once(&scene, &program).await;
    }
}
