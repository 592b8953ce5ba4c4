//! The proxy: its moments, its bodies, and what it does for the dead.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpStream},
    process::{Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use super::{get, http};
use crate::stand_in::{
    eventually,
    prowlarr::{Fault, KEY, Prowlarr},
    proxy::{Moment, Proxy},
    qbittorrent::{API_KEY, QBittorrent5},
};

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
    eventually("the last callback", 5, async || {
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
                .stdout(Stdio::null())
                .spawn()
                .expect("bash"),
        );
        ended
            .recv_timeout(Duration::from_secs(10))
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
