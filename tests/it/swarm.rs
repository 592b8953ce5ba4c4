//! What the real qBittorrent does with bytes that really come: 4.5.2, from another one of its kind.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::stand_in::{
    book::{cbz, pack},
    eventually,
    swarm::{SOON, Swarm},
    torrent::Torrent,
    web_api::WebApi,
};

const VOLUME: usize = 300_000;

/// Every file below a folder, with its bytes.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    let below = path.strip_prefix(folder).expect("below").to_owned();
                    found.insert(below, std::fs::read(&path).expect("a file"));
                }
            }
        }
    }
    found
}

fn names(folder: &Path) -> Vec<String> {
    let names = files(folder).into_keys();
    names.map(|path| path.display().to_string()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_real_clients_transfer_a_torrent_file_and_a_magnet() {
    let swarm = Swarm::start();
    let two = swarm.joined(pack("Two", "Naruto", [1, 2], VOLUME));
    let magnet = swarm.joined(pack("By magnet", "Naruto", [3], VOLUME));
    for torrent in [&two, &magnet] {
        swarm.seed(torrent).await;
    }
    let api = swarm.add(&two, &[]).await;
    api.post("torrents/add", &[("urls", &magnet.magnet())])
        .await;
    for torrent in [&two, &magnet] {
        swarm.reaches(torrent, 1.0).await;
    }
    let got = files(&swarm.client.downloads());
    for (number, path) in [
        (1, "Two/Naruto T01.cbz"),
        (2, "Two/Naruto T02.cbz"),
        (3, "By magnet/Naruto T03.cbz"),
    ] {
        assert!(got[Path::new(path)] == cbz(number, VOLUME), "{path}");
    }
    assert_eq!(got.len(), 3, "nothing else lies there");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_later_is_found() {
    let swarm = Swarm::start();
    let torrent = swarm.joined(pack("Awaited", "Naruto", [1], VOLUME));
    let api = swarm.add(&torrent, &[]).await;
    let hash = torrent.hashes().id();
    eventually("it is stalled", SOON, async || {
        let listed = api.torrent(&hash).await;
        listed.is_some_and(|listed| listed["state"] == "stalledDL")
    })
    .await;
    swarm.seed(&torrent).await;
    swarm.reaches(&torrent, 1.0).await;
}

/// Pieces that a wanted file shares with its neighbours lie in a hidden file beside the torrent's folder, not in the neighbours: they
/// are not made. A neighbour inside such a piece is "complete", and is not there either.
#[tokio::test(flavor = "multi_thread")]
async fn of_a_pack_only_what_is_wanted_is_written() {
    let swarm = Swarm::start();
    let torrent = Torrent::new("Pack [CBZ] FR")
        .file("Naruto T01.cbz", cbz(1, VOLUME))
        .file("Naruto T02.cbz", cbz(2, VOLUME))
        .file("cover.nfo", "a few bytes")
        .file("Naruto T03.cbz", cbz(3, VOLUME));
    let torrent = swarm.joined(torrent);
    swarm.seed(&torrent).await;
    let hash = torrent.hashes().id();
    let api = swarm.add(&torrent, &[("paused", "true")]).await;
    assert_eq!(listed(&api, &hash).await.len(), 4);
    let others = [("hash", hash.as_str()), ("id", "0|2|3"), ("priority", "0")];
    api.post("torrents/filePrio", &others).await;
    api.post("torrents/resume", &[("hashes", &hash)]).await;
    swarm.reaches(&torrent, 1.0).await;

    let downloads = swarm.client.downloads();
    let parts = format!(".{hash}.parts");
    assert_eq!(names(&downloads), [&parts, "Pack [CBZ] FR/Naruto T02.cbz"]);
    let got = files(&downloads);
    assert!(got[Path::new("Pack [CBZ] FR/Naruto T02.cbz")] == cbz(2, VOLUME));
    let shown: Vec<(i64, f64)> = listed(&api, &hash)
        .await
        .iter()
        .map(|file| {
            (
                file["priority"].as_i64().expect("a number"),
                file["progress"].as_f64().expect("a share"),
            )
        })
        .collect();
    assert_eq!((shown[1], shown[2]), ((1, 1.0), (0, 1.0)), "{shown:?}");
    for neighbour in [shown[0], shown[3]] {
        assert!((0.0..0.1).contains(&neighbour.1), "{shown:?}");
    }
    let whole = api.torrent(&hash).await.expect("it is listed");
    assert_eq!(
        (&whole["amount_left"], &whole["progress"]),
        (&0.into(), &1.into())
    );
    assert!(
        whole["size"].as_u64() < whole["total_size"].as_u64(),
        "what is wanted counts, in whole pieces: {whole}"
    );

    // One more: complete peers part, and meet again after a minute, or a restart. The file has its length before it has its bytes.
    let more = [("hash", hash.as_str()), ("id", "3"), ("priority", "1")];
    api.post("torrents/filePrio", &more).await;
    swarm.client.restart();
    let (path, third) = (Path::new("Pack [CBZ] FR/Naruto T03.cbz"), cbz(3, VOLUME));
    eventually("the third has come", SOON, async || {
        files(&downloads)
            .get(path)
            .is_some_and(|file| *file == third)
    })
    .await;
    swarm.reaches(&torrent, 1.0).await;
    let expected = [
        &parts,
        "Pack [CBZ] FR/Naruto T02.cbz",
        "Pack [CBZ] FR/Naruto T03.cbz",
    ];
    assert_eq!(names(&downloads), expected);
}

async fn listed(api: &WebApi, hash: &str) -> Vec<Value> {
    let files = api.get(&format!("torrents/files?hash={hash}")).await;
    files.as_array().cloned().unwrap_or_default()
}

/// While it comes, a file has its whole length and its own name, and holes.
#[tokio::test(flavor = "multi_thread")]
async fn a_download_goes_on_whichever_of_the_two_was_away() {
    let swarm = Swarm::start();
    let torrent = swarm.joined(pack("Long", "Naruto", [1, 2], 5 * VOLUME));
    swarm.seed(&torrent).await;
    swarm.throttle(&torrent, 200_000).await;
    swarm.add(&torrent, &[]).await;
    swarm.reaches(&torrent, 0.1).await;

    swarm.client.restart();
    swarm.reaches(&torrent, 0.2).await;
    let path = Path::new("Long/Naruto T01.cbz");
    let (half, whole) = (
        files(&swarm.client.downloads())[path].clone(),
        cbz(1, 5 * VOLUME),
    );
    assert!(half.len() == whole.len() && half != whole);

    swarm.client.kill();
    swarm.client.start_again();
    swarm.reaches(&torrent, 0.3).await;

    swarm.seeder.stop();
    swarm.is_alone(&torrent).await;
    swarm.seeder.start_again();
    swarm.throttle(&torrent, 0).await;
    swarm.reaches(&torrent, 1.0).await;
    assert!(files(&swarm.client.downloads())[path] == whole);
}
