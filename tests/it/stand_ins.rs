//! The stand-ins themselves: what other tests rely on.

use std::collections::BTreeSet;

use lacunarr::domain::link::{Magnet, TorrentFile, TorrentId};
use url::Url;

use crate::stand_in::{
    book::cbz,
    install_tls,
    prowlarr::{Indexer, KEY, Prowlarr, Release},
    qbittorrent::{API_KEY, QBittorrent5},
    torrent::Torrent,
    web_api::WebApi,
};

mod proxy;
mod targets;

fn http() -> reqwest::Client {
    install_tls();
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    client.build().expect("a client")
}

async fn get(url: &Url, path: &str) -> reqwest::Response {
    let url = url.join(path).expect("a URL");
    http().get(url).send().await.expect("an answer")
}

#[test]
fn made_torrents_are_what_the_program_reads() {
    for torrent in [
        Torrent::new("Single.cbz")
            .file("Single.cbz", "content")
            .private(),
        Torrent::new("Pack")
            .file("a/T01.cbz", "one")
            .claims("T02.cbz", 5_000_000_000)
            .announce(None),
        Torrent::new("Two.cbz").file("Two.cbz", "content").v2(),
        Torrent::new("Both.cbz")
            .file("Both.cbz", "content")
            .hybrid(),
    ] {
        let (hashes, read) = (
            torrent.hashes(),
            TorrentFile::parse(torrent.bytes()).expect("a torrent"),
        );
        assert_eq!(read.name, hashes.name);
        let magnet = Magnet::parse(&torrent.magnet()).expect("a magnet");
        assert_eq!(magnet.id, read.id);
        assert_eq!(magnet.name.as_deref(), Some(hashes.name.as_str()));
        for form in [Some(hashes.id()), hashes.v1, hashes.v2]
            .into_iter()
            .flatten()
        {
            assert!(
                read.id.same_as(&TorrentId::parse(&form).expect("a hash")),
                "{form}"
            );
        }
    }
}

#[tokio::test]
async fn prowlarr_asks_for_its_key_as_the_real_one_does() {
    let prowlarr = Prowlarr::start(vec![Indexer::public(1, "Nyaa")], Vec::new());
    let url = prowlarr.url();
    assert_eq!(
        get(&url, "/ping").await.text().await.expect("a body"),
        "{\n  \"status\": \"OK\"\n}"
    );
    for path in [
        "/api/v1/search?query=x",
        "/1/download?link=x&file=y",
        "/api/v1/system/status?apikey=wrong",
    ] {
        let answer = get(&url, path).await;
        assert_eq!(
            (
                answer.status().as_u16(),
                answer.text().await.expect("a body").as_str()
            ),
            (401, ""),
            "{path}"
        );
    }
    let status = |path: &str, header: &'static str, value: String| {
        let request = http()
            .get(url.join(path).expect("a URL"))
            .header(header, value);
        async { request.send().await.expect("an answer").status().as_u16() }
    };
    assert_eq!(
        status("/api/v1/indexer", "X-Api-Key", KEY.into()).await,
        200
    );
    assert_eq!(
        status("/api/v1/indexer", "Authorization", format!("Bearer {KEY}")).await,
        200
    );
    assert_eq!(
        status("/api/v1/indexer?apikey=wrong", "X-Api-Key", KEY.into()).await,
        401,
        "a wrong key in the query wins"
    );
    for (path, expected) in [
        ("/1/download", 400),
        ("/9/download?link=x&file=y", 404),
        ("/api/v1/nothing", 404),
    ] {
        assert_eq!(
            status(path, "X-Api-Key", KEY.into()).await,
            expected,
            "{path}"
        );
    }
}

#[tokio::test]
async fn prowlarr_offers_what_its_indexers_have_right_now() {
    let paging = Indexer {
        paging: false,
        ..Indexer::public(2, "No pages")
    };
    let prowlarr = Prowlarr::start(
        vec![Indexer::public(1, "Nyaa"), paging],
        vec![Release::new(1, "Éden T1"), Release::new(2, "Eden T2")],
    );
    let found = async |query: &str| {
        let path = format!("/api/v1/search?apikey={KEY}&{query}");
        let list: serde_json::Value = get(&prowlarr.url(), &path)
            .await
            .json()
            .await
            .expect("JSON");
        list.as_array().expect("a list").len()
    };
    assert_eq!(
        found("query=EDEN").await,
        2,
        "accents and case do not matter"
    );
    assert_eq!(
        found("query=t1+eden").await,
        1,
        "every word has to be there"
    );
    assert_eq!(
        found("query=").await,
        2,
        "an empty query lists what is recent"
    );
    assert_eq!(found("query=eden&indexerIds=2").await, 1);
    assert_eq!(
        found("query=eden&limit=1&offset=1").await,
        0,
        "nothing is behind the first page of either"
    );
    assert_eq!(
        found("query=eden&categories=7000").await,
        2,
        "a parent stands for its children"
    );
    assert_eq!(found("query=eden&categories=2000").await, 0);
    prowlarr.offer(Release::new(1, "Eden T3"));
    prowlarr.withdraw("Eden T2");
    assert_eq!(found("query=eden").await, 2);
}

#[tokio::test]
async fn qbittorrent_5_has_the_traps_of_the_real_one() {
    let stand_in = QBittorrent5::start();
    let api = WebApi::login(stand_in.url()).await;
    let torrent = Torrent::new("Held.cbz").file("Held.cbz", "x");
    let magnet = torrent.magnet();
    api.post(
        "torrents/add",
        &[
            ("urls", &magnet),
            ("stopped", "true"),
            ("category", "manga"),
            ("tags", "a, b"),
        ],
    )
    .await;
    let hash = torrent.hashes().id();
    assert_eq!(
        api.torrent(&hash).await.expect("a torrent")["state"],
        "stoppedDL"
    );
    api.post("torrents/start", &[("hashes", &hash)]).await;
    stand_in.advance(&hash, "stalledUP", 1.0);
    let listed = api.torrent(&hash).await.expect("a torrent");
    assert_eq!(
        (&listed["state"], &listed["progress"], &listed["tags"]),
        (&"stalledUP".into(), &1.0.into(), &"a, b".into())
    );
    let held = &stand_in.torrents()[0];
    assert_eq!(
        (
            held.category.as_str(),
            held.save_path.as_str(),
            held.auto_tmm
        ),
        ("manga", "/downloads", false)
    );
    assert_eq!(stand_in.adds()[0].added, [hash.as_str()]);
    assert!(
        stand_in.categories().contains_key("manga"),
        "unknown categories are made"
    );
    stand_in.remove(&hash);
    assert!(api.torrent(&hash).await.is_none());

    let url = stand_in.url();
    let send = async |method: &str, path: &str, header: (&'static str, &str)| {
        let method = method.parse::<reqwest::Method>().expect("a method");
        let request = http()
            .request(method, url.join(path).expect("a URL"))
            .header(header.0, header.1);
        request.send().await.expect("an answer").status().as_u16()
    };
    let bearer = format!("Bearer {API_KEY}");
    for (method, path, header, expected) in [
        ("GET", "/api/v2/app/version", ("Accept", "*/*"), 403),
        (
            "GET",
            "/api/v2/app/version",
            ("Authorization", "Bearer wrong"),
            403,
        ),
        (
            "GET",
            "/api/v2/app/version",
            ("Authorization", bearer.as_str()),
            200,
        ),
        (
            "GET",
            "/api/v2/app/version",
            ("Origin", "http://elsewhere"),
            401,
        ),
        (
            "POST",
            "/api/v2/auth/login",
            ("Authorization", bearer.as_str()),
            403,
        ),
        ("GET", "/api/v2/auth/login", ("Accept", "*/*"), 405),
        (
            "GET",
            "/api/v2/torrents/add",
            ("Authorization", bearer.as_str()),
            405,
        ),
        (
            "POST",
            "/api/v2/torrents/add",
            ("Authorization", bearer.as_str()),
            409,
        ),
        (
            "POST",
            "/api/v2/torrents/pause",
            ("Authorization", bearer.as_str()),
            404,
        ),
        (
            "POST",
            "/api/v2/torrents/delete",
            ("Authorization", bearer.as_str()),
            400,
        ),
    ] {
        assert_eq!(
            send(method, path, header).await,
            expected,
            "{method} {path} {header:?}"
        );
    }
}

#[test]
fn no_two_pages_of_volumes_are_alike() {
    let mut pages = BTreeSet::new();
    for seed in [1, 2] {
        let volume = std::io::Cursor::new(cbz(seed, 200_000));
        let mut volume = zip::ZipArchive::new(volume).expect("a zip");
        for at in 0..volume.len() {
            let mut page = Vec::new();
            let mut entry = volume.by_index(at).expect("a page");
            std::io::Read::read_to_end(&mut entry, &mut page).expect("whole");
            pages.insert(page);
        }
    }
    assert_eq!(pages.len(), 200);
}
