//! What we ask, and what the stand-in answers, judged by Komga's own OpenAPI document: prism stands between the two.

use std::{
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
};

use super::*;
use crate::stand_in::eventually;

/// Answers 422 to a request, and 500 to an answer, that is not as the document says.
struct Prism {
    child: Child,
    port: u16,
}

impl Prism {
    async fn before(stand_in: &stand_in::Komga, program: &str) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges/komga.json");
        let child = Command::new(program)
            .arg("proxy")
            .args(["--errors", "--host", "127.0.0.1", "--port"])
            .arg(port.to_string())
            .arg(document)
            .arg(stand_in.url().as_str().trim_end_matches('/'))
            .stdout(Stdio::null())
            .spawn()
            .expect("prism");
        let prism = Self { child, port };
        eventually("prism starts", 60, async || {
            tokio::net::TcpStream::connect(("127.0.0.1", port))
                .await
                .is_ok()
        })
        .await;
        prism
    }

    /// The status of a search for series with this body.
    async fn judges(&self, body: &'static str) -> u16 {
        let url = format!("http://127.0.0.1:{}/api/v1/series/list", self.port);
        let request = reqwest::Client::new()
            .post(url)
            .header("X-API-Key", ADMIN_KEY)
            .header("Content-Type", "application/json")
            .body(body);
        let answer = request.send().await.expect("an answer");
        answer.status().as_u16()
    }
}

impl Drop for Prism {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
#[ignore = "needs prism: tests/judges/komga.sh installs it and runs this"]
async fn requests_and_answers_are_as_the_document_says() {
    install_tls();
    let program = std::env::var("LACUNARR_TEST_PRISM").expect("the path of prism");
    let (stand_in, manga) = started();
    let bd = stand_in.add_library("BD", "/data/bd");
    let naruto = stand_in.add_series(&manga, "Naruto", &["T01.cbz", "T02.cbz"]);
    let akira = stand_in.add_series(&manga, "Akira", &["T01.cbz"]);
    stand_in.add_series(&bd, "Astérix", &["T01.cbz"]);
    stand_in.change(|shelves| {
        shelves.trash_book(&naruto, "T02.cbz");
        shelves.add_one_shot(&manga, "Monster.cbz");
    });
    let prism = Prism::before(&stand_in, &program).await;
    assert_eq!(prism.judges(r#"{"condition":{}}"#).await, 422, "it judges");
    let known = r#"{"condition":{"deleted":{"operator":"isFalse"}}}"#;
    assert_eq!(prism.judges(known).await, 200, "and lets through");
    for chosen in [Some("Manga"), None] {
        for key in [ADMIN_KEY, READER_KEY] {
            let place = ServerPlace {
                url: format!("http://127.0.0.1:{}/", prism.port)
                    .parse()
                    .expect("a URL"),
                library: chosen.map(Into::into),
                ..place(&stand_in, key)
            };
            let library = library(place);
            let series = 3 + usize::from(chosen.is_none());
            assert_eq!(scanned(&library).await.series.len(), series);
            let found = looked(&library, &[&naruto, &akira]).await;
            assert_eq!(found.expect("it can say").len(), 2);
            let changed = library.changed(0).await.expect("an answer");
            assert_eq!(changed.expect("it can say").len(), series);
            library.test().await.expect("a report");
            if key == ADMIN_KEY {
                library.rescan(&[]).await.expect("it scans");
            }
        }
    }
    let wrong = ServerPlace {
        url: format!("http://127.0.0.1:{}/", prism.port)
            .parse()
            .expect("a URL"),
        ..place(&stand_in, "wrong")
    };
    let error = library(wrong).test().await.expect_err("refused");
    assert!(matches!(error, PortError::Unauthorised { .. }), "{error}");
}
