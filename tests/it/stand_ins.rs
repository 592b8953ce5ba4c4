//! The stand-ins themselves: what other tests rely on.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpStream},
    process::Command,
    sync::{Arc, Mutex},
};

use lacunarr::domain::link::{Magnet, TorrentFile, TorrentId};
use url::Url;

use crate::stand_in::{
    install_tls,
    prowlarr::{Fault, Indexer, KEY, Prowlarr, Release},
    proxy::{Moment, Proxy},
    qbittorrent::{API_KEY, QBittorrent5},
    torrent::Torrent,
    web_api::WebApi,
};

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

fn upstream() -> Prowlarr {
    Prowlarr::start(Vec::new(), Vec::new())
}

#[tokio::test]
async fn the_proxy_acts_at_its_moments() {
    let upstream = Arc::new(upstream());
    let proxy = Proxy::start(&upstream.url());
    let seen = Arc::new(Mutex::new(Vec::new()));
    for moment in [
        Moment::AfterAnswer,
        Moment::BeforeAnswer,
        Moment::AfterBytes(7),
        Moment::BeforeRequest,
        Moment::AfterBytes(2),
    ] {
        let (upstream, seen) = (Arc::clone(&upstream), Arc::clone(&seen));
        proxy.on("GET /ping", 2, moment, move || {
            seen.lock()
                .expect("the list")
                .push((moment, upstream.requests().len()))
        });
    }
    assert_eq!(get(&proxy.url(), "/ping").await.status(), 200);
    assert_eq!(get(&proxy.url(), "/other").await.status(), 401);
    assert!(
        seen.lock().expect("the list").is_empty(),
        "the second ping is meant"
    );
    assert_eq!(get(&proxy.url(), "/ping").await.status(), 200);
    assert_eq!(get(&proxy.url(), "/ping").await.status(), 200);
    crate::stand_in::eventually("the last callback", 5, async || {
        seen.lock().expect("the list").len() == 5
    })
    .await;
    assert_eq!(
        *seen.lock().expect("the list"),
        [
            (Moment::BeforeRequest, 2),
            (Moment::AfterBytes(2), 2),
            (Moment::AfterBytes(7), 2),
            (Moment::BeforeAnswer, 3),
            (Moment::AfterAnswer, 3)
        ]
    );
    assert_eq!(
        proxy.seen(),
        [
            "GET /ping HTTP/1.1",
            "GET /other HTTP/1.1",
            "GET /ping HTTP/1.1",
            "GET /ping HTTP/1.1"
        ]
    );
}

#[tokio::test]
async fn the_proxy_passes_every_kind_of_body() {
    let upstream = upstream();
    let proxy = Proxy::start(&upstream.url());
    upstream.fail(Fault::Huge);
    let path = format!("/api/v1/search?apikey={KEY}");
    let body = get(&proxy.url(), &path)
        .await
        .bytes()
        .await
        .expect("a chunked body");
    assert!(
        body.len() > 49 << 20 && body.ends_with(b"{}]"),
        "{} bytes",
        body.len()
    );

    let qbittorrent = QBittorrent5::start();
    let proxy = Proxy::start(&qbittorrent.url());
    let mut stream =
        TcpStream::connect(("127.0.0.1", proxy.url().port().expect("a port"))).expect("connected");
    let form = "urls=magnet%3A%3Fxt%3Durn%3Abtih%3Ac12fe1c06bba254a9dc9f519b335aa7c1367a88a";
    let (one, two) = form.split_at(20);
    write!(
        stream,
        "POST /api/v2/torrents/add HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {API_KEY}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{one}\r\n{:x}\r\n{two}\r\n0\r\n\r\n",
        one.len(),
        two.len()
    )
    .expect("sent");
    let mut answer = String::new();
    stream
        .read_to_string(&mut answer)
        .expect("an answer, then the end");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(qbittorrent.torrents().len(), 1);
}

#[tokio::test]
async fn the_proxy_refuses_and_cuts() {
    let upstream = upstream();
    let proxy = Proxy::start(&upstream.url());
    let ask = async || {
        http()
            .get(proxy.url().join("/ping").expect("a URL"))
            .send()
            .await
    };
    proxy.refuse(true);
    assert!(ask().await.is_err());
    proxy.refuse(false);
    for (moment, arrives) in [
        (Moment::BeforeRequest, false),
        (Moment::AfterBytes(5), false),
        (Moment::BeforeAnswer, true),
    ] {
        let before = upstream.requests().len();
        proxy.cut("/ping", 1, moment);
        assert!(ask().await.is_err(), "{moment:?}");
        assert_eq!(
            upstream.requests().len() - before,
            usize::from(arrives),
            "{moment:?}"
        );
    }
    assert!(ask().await.is_ok());
}

/// What the tests with SIGKILL rely on: a request that was not passed on whole when its process died never arrives.
#[tokio::test]
async fn the_proxy_does_nothing_more_for_a_dead_client() {
    let upstream = upstream();
    for (moment, arrives) in [
        (Moment::BeforeRequest, false),
        (Moment::AfterBytes(9), false),
        (Moment::BeforeAnswer, true),
    ] {
        let proxy = Proxy::start(&upstream.url());
        let before = upstream.requests().len();
        let port = proxy.url().port().expect("a port");
        let script = format!(
            "exec 3<>/dev/tcp/127.0.0.1/{port}; printf 'GET /ping HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n' >&3; exec cat <&3"
        );
        let child = Arc::new(Mutex::new(None::<std::process::Child>));
        let of_callback = Arc::clone(&child);
        let (done, ended) = std::sync::mpsc::channel();
        proxy.on("/ping", 1, moment, move || {
            // The request can be here before spawn() has returned there.
            let mut child = loop {
                if let Some(child) = of_callback.lock().expect("the child").take() {
                    break child;
                }
                std::thread::yield_now();
            };
            child.kill().expect("our child");
            child.wait().expect("our child");
            done.send(()).expect("somebody waits");
        });
        *child.lock().expect("the child") = Some(
            Command::new("bash")
                .args(["-c", &script])
                .stdout(std::process::Stdio::null())
                .spawn()
                .expect("bash"),
        );
        ended
            .recv_timeout(std::time::Duration::from_secs(10))
            .expect("the callback");
        assert_eq!(get(&proxy.url(), "/ping").await.status(), 200);
        assert_eq!(
            upstream.requests().len() - before,
            1 + usize::from(arrives),
            "{moment:?}"
        );
    }
}

#[test]
fn the_proxy_survives_a_client_that_says_nothing() {
    let upstream = upstream();
    let proxy = Proxy::start(&upstream.url());
    let stream =
        TcpStream::connect(("127.0.0.1", proxy.url().port().expect("a port"))).expect("connected");
    stream.shutdown(Shutdown::Both).expect("closed");
    drop(stream);
    assert_eq!(proxy.seen(), [""; 0]);
}
