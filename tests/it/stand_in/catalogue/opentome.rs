//! OpenTome, as its README, `export/to_mangarr.py` and `export/publish.sh` say: `version.json` and a SQLite file with `PRAGMA user_version` 2,
//! to which its address leads by a redirect, as GitHub's does.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
};

use poem::{Request, Response, http::header::IF_NONE_MATCH};
use serde_json::json;
use sha2::{Digest, Sha256};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use super::site::Site;
use crate::stand_in::reply::{Set, raw, status};

/// The tables as `to_mangarr.py` makes them, what is not read left out, and three works: one in both countries with another cut and a novel
/// beside it, one that France does not have, one with a retired id.
const SQL: &str = "
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE series (gcd_series_id INTEGER PRIMARY KEY, name TEXT NOT NULL, year_began INTEGER, publisher TEXT, language TEXT, country TEXT,
    is_omnibus INTEGER NOT NULL DEFAULT 0, volume_count INTEGER NOT NULL DEFAULT 0, status TEXT, orig_series_id INTEGER, anilist_id INTEGER,
    medium TEXT, dated_count INTEGER NOT NULL DEFAULT 0, is_main INTEGER NOT NULL DEFAULT 0, tome_id TEXT, tome_work_id TEXT,
    parent_series_id INTEGER, author TEXT, local_name TEXT);
CREATE TABLE volumes (id INTEGER PRIMARY KEY, gcd_series_id INTEGER NOT NULL, volume_number INTEGER NOT NULL, title TEXT, release_date TEXT,
    isbn13 TEXT, release_date_precision TEXT, release_date_raw TEXT, UNIQUE (gcd_series_id, volume_number));
CREATE TABLE series_alias (gcd_series_id INTEGER NOT NULL, alias TEXT NOT NULL, language TEXT, kind TEXT, UNIQUE (gcd_series_id, alias));
CREATE TABLE volumes_special (gcd_series_id INTEGER NOT NULL, volume_label TEXT NOT NULL, title TEXT, release_date TEXT, isbn13 TEXT);
CREATE TABLE id_redirect (old_tome_id TEXT PRIMARY KEY, new_tome_id TEXT NOT NULL, entity TEXT NOT NULL, reason TEXT);
INSERT INTO series (gcd_series_id, name, local_name, year_began, language, is_omnibus, volume_count, status, orig_series_id, medium, is_main, tome_id, author) VALUES
    (10, 'Attack on Titan', '進撃の巨人', 2010, 'ja', 0, 34, 'completed', NULL, 'manga', 1, 'rl_000000000010', 'Hajime Isayama'),
    (11, 'Attack on Titan', 'L''Attaque des Titans', 2013, 'fr', 0, 34, 'completed', 10, 'manga', 1, 'rl_000000000011', 'Hajime Isayama'),
    (12, 'Attack on Titan', 'L''Attaque des Titans : édition colossale', 2018, 'fr', 1, 12, 'stalled', 10, 'manga', 0, 'rl_000000000012', NULL),
    (13, 'Attack on Titan: Before the Fall', NULL, 2014, 'fr', 0, 2, NULL, 14, 'light_novel', 0, 'rl_000000000013', NULL),
    (20, 'Kochikame', 'こち亀', 1976, 'ja', 0, 201, 'completed', NULL, 'manga', 1, 'rl_000000000020', 'Osamu Akimoto');
INSERT INTO series_alias (gcd_series_id, alias, kind) VALUES (11, 'Attack on Titan', 'line'), (11, 'attack on titan', 'line'),
    (11, 'L''Attaque des Titans', 'official'), (11, 'l attaque des titans', 'official'), (11, 'Shingeki no Kyojin', 'romanized'),
    (10, 'Attack on Titan', 'line'), (10, 'attack on titan', 'line'), (12, 'attack on titan', 'line'), (20, 'kochikame', 'line');
INSERT INTO volumes (gcd_series_id, volume_number, release_date, release_date_raw, release_date_precision, isbn13) VALUES
    (10, 1, '2010-03-17', '2010-03-17', 'day', '9784063842760'), (10, 2, NULL, '2010-07', 'month', NULL),
    (11, 1, '2013-06-26', '2013-06-26', 'day', '9782811611699'), (11, 2, NULL, '2013', 'year', 'not an ISBN'), (11, 3, NULL, NULL, NULL, NULL),
    (12, 1, '2018-10-17', '2018-10-17', 'day', NULL), (20, 201, NULL, NULL, NULL, NULL);
INSERT INTO volumes_special VALUES (11, '0.5', NULL, '2014-11-26', NULL), (11, 'Ex3', NULL, NULL, NULL);
INSERT INTO id_redirect VALUES ('rl_00000000dead', 'rl_000000000011', 'release_line', 'duplicate_merge');
";

/// What it publishes.
#[derive(Clone, Default)]
struct Published {
    label: String,
    file: Vec<u8>,
    /// Said instead of the file's own.
    sha256: Option<String>,
    size: Option<u64>,
    elsewhere: bool,
}

/// A running one.
pub struct OpenTome {
    /// What it was asked, and what goes wrong.
    pub site: Site,
    published: Arc<Mutex<Published>>,
}

impl OpenTome {
    /// With a first build.
    pub async fn start() -> Self {
        let published = Arc::new(Mutex::new(Published::default()));
        let at_site = Arc::clone(&published);
        let site = Site::start(move |request| {
            answer(request, &at_site.lock().expect("no one panics with it"))
        });
        let stand_in = Self { site, published };
        stand_in.publish("opentome-2026-09-24", SQL).await;
        stand_in
    }

    /// A build with this label, whose file the statements make.
    pub async fn publish(&self, label: &str, sql: &'static str) {
        let folder = tempfile::tempdir().expect("a folder");
        let path: PathBuf = folder.path().join("made.sqlite");
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true);
        let mut made = SqliteConnection::connect_with(&options)
            .await
            .expect("a file");
        sqlx::raw_sql(sql)
            .execute(&mut made)
            .await
            .expect("its tables");
        if sql == SQL {
            let row = sqlx::query("INSERT INTO meta VALUES ('gcd_dump', $1)").bind(label);
            row.execute(&mut made).await.expect("a row");
        }
        made.close().await.expect("closed");
        *self.lock() = Published {
            label: label.to_owned(),
            file: std::fs::read(&path).expect("the file"),
            ..Published::default()
        };
    }

    /// The same build anew.
    pub async fn publish_again(&self, label: &str) {
        self.publish(label, SQL).await;
    }

    /// `version.json` says this.
    pub fn says(&self, sha256: Option<&str>, size: Option<u64>) {
        let mut published = self.lock();
        (published.sha256, published.size) = (sha256.map(str::to_owned), size);
    }

    /// Its files lead to another site.
    pub fn leads_elsewhere(&self) {
        self.lock().elsewhere = true;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Published> {
        self.published.lock().expect("no one panics with it")
    }
}

fn answer(request: &Request, published: &Published) -> Response {
    let etag = format!("\"{}\"", published.label);
    match request.uri().path() {
        "/version.json" | "/manga-metadata.sqlite" if published.elsewhere => {
            status(302).set("location", "https://evil.example/manga-metadata.sqlite")
        }
        "/version.json" => status(302).set("location", "/assets/version.json"),
        "/manga-metadata.sqlite" => status(302).set("location", "/assets/manga-metadata.sqlite"),
        "/assets/version.json" if request.header(IF_NONE_MATCH) == Some(&*etag) => status(304),
        "/assets/version.json" => {
            let own = hex::encode(Sha256::digest(&published.file));
            let version = json!({"gcd_dump": published.label, "sha256": published.sha256.clone().unwrap_or(own),
                "size": published.size.unwrap_or(published.file.len() as u64),
                "artifact_url": "https://github.com/opentomedb/mangarr-metadata/releases/download/metadata/manga-metadata.sqlite"});
            raw("application/octet-stream", version.to_string()).set("etag", &etag)
        }
        "/assets/manga-metadata.sqlite" => raw("application/octet-stream", published.file.clone()),
        _ => status(404),
    }
}
