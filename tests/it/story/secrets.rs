//! Planted keys, passwords and passkeys are found nowhere: not in the database, the log, an answer or an error.

use serde_json::json;
use sqlx::{Connection, Row};

use crate::stand_in::{
    program::{Home, Program, shelve},
    prowlarr::{self, Fault, Indexer, Link, Prowlarr, Release},
    qbittorrent::{PASSWORD, QBittorrent5, USER},
    torrent::PASSKEY,
};

#[tokio::test(flavor = "multi_thread")]
async fn planted_secrets_are_found_nowhere() {
    let library = tempfile::tempdir().expect("a folder");
    shelve(library.path(), "Naruto", &[1, 3, 5, 7, 9]);
    let links = [
        Link::RedirectTracker,
        Link::RedirectMagnet,
        Link::Gone,
        Link::Torrent,
    ];
    let releases = links
        .into_iter()
        .zip([2, 4, 6, 8])
        .map(|(link, volume)| Release::new(2, &format!("Naruto T{volume:02} [CBZ] FR")).link(link));
    let prowlarr = Prowlarr::start(vec![Indexer::private(2, "YGG")], releases.collect());
    let client = QBittorrent5::start();
    let mut home = Home::new().await;
    home.library(library.path())
        .source(&prowlarr.url(), prowlarr::KEY)
        .client(&client.url(), USER, PASSWORD)
        .set("LOG__LEVEL", "trace,hyper_util=off,h2=off");
    let program = home.start().await;
    program.scanned().await;
    program.arm().await;
    program.check(json!({})).await;
    assert_eq!(client.torrents().len(), 3, "something was sent");
    let mut seen = everything(&program).await;
    for fault in [
        Fault::Error500,
        Fault::Html,
        Fault::Unauthorised,
        Fault::Down,
    ] {
        prowlarr.fail(fault);
        program.post("sources/2/test", json!({})).await;
        program.check(json!({})).await;
        seen += &everything(&program).await;
    }
    program.stop();
    seen += &home.printed();
    seen += &on_disk(&home).await;
    for secret in [prowlarr::KEY, PASSWORD, PASSKEY] {
        assert!(
            !seen.contains(secret),
            "{secret} stands in: …{}…",
            around(&seen, secret)
        );
    }
    assert!(
        seen.contains("Naruto T02"),
        "the search looked at the right things"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_their_key_sealed_secrets_lock_and_no_new_key_is_made() {
    let prowlarr = Prowlarr::start(vec![Indexer::public(1, "Nyaa")], Vec::new());
    let mut home = Home::new().await;
    let program = home.start().await;
    let new = json!({"name": "mine", "kind": "prowlarr", "url": prowlarr.url().as_str(), "apiKey": prowlarr::KEY});
    let id = program.post("sources", new).await["id"].clone();
    program.stop();
    drop(program);
    let key = home.data().join("secret.key");
    let kept = std::fs::read(&key).ok();
    match &kept {
        Some(_) => std::fs::remove_file(&key).expect("removed"),
        None => drop(home.set("SECRETS__KEY", &"cd".repeat(32))),
    }
    let program = home.start().await;
    let health = program.get("health").await;
    assert!(
        health["problems"]
            .to_string()
            .contains("secrets are locked"),
        "{health}"
    );
    let tested = program.post(&format!("sources/{id}/test"), json!({})).await;
    assert!(
        tested["success"] == false && tested["message"].to_string().contains("locked"),
        "{tested}"
    );
    assert!(
        !key.exists(),
        "a new key would hide that the old one is needed"
    );
    program.stop();
    drop(program);
    match kept {
        Some(kept) => std::fs::write(&key, kept).expect("written"),
        None => drop(home.set("SECRETS__KEY", &"ab".repeat(32))),
    }
    let program = home.start().await;
    assert_eq!(program.get("health").await["state"], "ok");
    let tested = program.post(&format!("sources/{id}/test"), json!({})).await;
    assert_eq!(tested["success"], true, "{tested}");
}

fn around<'a>(text: &'a str, part: &str) -> &'a str {
    let at = text.find(part).unwrap_or(0);
    &text[text.floor_char_boundary(at.saturating_sub(200))
        ..text.ceil_char_boundary((at + 100).min(text.len()))]
}

async fn everything(program: &Program) -> String {
    let mut all = String::new();
    for path in [
        "series",
        "wanted",
        "checks",
        "checks/1/series",
        "offers",
        "grabs",
        "history",
        "history.csv",
        "stats",
        "libraries",
        "sources",
        "clients",
        "settings",
        "system/status",
        "health",
    ] {
        all += &program.text(&format!("api/v1/{path}")).await;
    }
    all
}

/// Every file of the data directory but the keys' own, and every table of PostgreSQL.
async fn on_disk(home: &Home) -> String {
    let mut all = String::new();
    for file in std::fs::read_dir(home.data()).expect("the data directory") {
        let file = file.expect("a file");
        all += &String::from_utf8_lossy(&std::fs::read(file.path()).expect("its content"));
    }
    let Some(url) = home.database() else {
        return all;
    };
    let mut connection = sqlx::PgConnection::connect(url)
        .await
        .expect("the database");
    let tables = sqlx::query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        .fetch_all(&mut connection)
        .await
        .expect("tables");
    for table in tables {
        let table: String = table.get(0);
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT row_to_json(t)::text FROM {table} t"
        )))
        .fetch_all(&mut connection)
        .await
        .expect("rows");
        rows.iter().for_each(|row| all += &row.get::<String, _>(0));
    }
    all
}
