//! OpenTome.

use std::{
    path::Path,
    sync::{Arc, atomic::AtomicI64, atomic::Ordering},
};

use lacunarr::{
    catalogue::opentome::OpenTome,
    clock::Clock,
    domain::catalogue::{Entry, Sought},
    ports::Catalogue,
};

use super::{ids, place, sought, told};
use crate::stand_in::catalogue::{opentome as stand_in, site::Fault};

const DAY: i64 = 24 * 3600 * 1000;

struct Started {
    stand_in: stand_in::OpenTome,
    catalogue: OpenTome,
    folder: tempfile::TempDir,
    now: Arc<AtomicI64>,
}

async fn started() -> Started {
    let stand_in = stand_in::OpenTome::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let now = Arc::new(AtomicI64::new(1_790_000_000_000));
    let catalogue = OpenTome::new(
        place(stand_in.site.url()),
        folder.path().join("opentome"),
        Clock::Set(Arc::clone(&now)),
    );
    Started {
        stand_in,
        catalogue,
        folder,
        now,
    }
}

impl Started {
    fn asked(&self) -> Vec<String> {
        let asked = self.stand_in.site.asked();
        asked.into_iter().map(|asked| asked.what).collect()
    }

    fn days_later(&self, days: i64) {
        self.now.fetch_add(days * DAY, Ordering::SeqCst);
    }

    async fn titan(&self) -> Result<Vec<Entry>, String> {
        let found = self.catalogue.series(&["rl_000000000011".into()]).await;
        found.map_err(|error| told(&error))
    }
}

fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder.join("opentome"));
    let entries = entries.into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn its_file_is_fetched_once_and_asked_without_a_request() {
    let started = started().await;
    let report = started.catalogue.test().await.expect("it can be asked");
    assert_eq!(report.program, "OpenTome: opentome-2026-09-24, 1 MB");
    assert_eq!(report.warnings.len(), 1);
    started.asked();
    for title in [
        "attack ON titan",
        "L'Attaque des Titans",
        "L’attaque des Titans",
        "Shingeki no Kyojin",
    ] {
        let found = started
            .catalogue
            .search(&sought(title))
            .await
            .expect("found");
        assert_eq!(ids(&found), ["rl_000000000011"], "{title}");
    }
    assert_eq!(
        started.asked(),
        [
            "GET /version.json",
            "GET /assets/version.json",
            "GET /manga-metadata.sqlite",
            "GET /assets/manga-metadata.sqlite"
        ]
    );
    assert_eq!(
        files(started.folder.path()),
        ["manga-metadata.sqlite", "version.json"]
    );
    let by_isbn = Sought {
        title: "Unknown".into(),
        isbn: Some("9784063842760".into()),
        ..Sought::default()
    };
    let found = started.catalogue.search(&by_isbn).await.expect("found");
    assert_eq!(ids(&found), ["rl_000000000011"]);
    let found = started
        .catalogue
        .search(&sought("Nobody"))
        .await
        .expect("none");
    assert!(found.is_empty() && started.asked().is_empty());
    assert!(
        started
            .catalogue
            .test()
            .await
            .expect("asked")
            .warnings
            .is_empty()
    );
}

#[tokio::test]
async fn a_work_is_told_of_in_both_countries() {
    let started = started().await;
    let entry = started.titan().await.expect("a series").remove(0);
    assert_eq!(
        (&*entry.title, entry.year),
        ("L'Attaque des Titans", Some(2010))
    );
    assert_eq!(
        entry.titles,
        ["Attack on Titan", "Shingeki no Kyojin", "進撃の巨人"]
    );
    assert_eq!(entry.authors, ["Hajime Isayama"]);
    let said: Vec<String> = entry
        .statements
        .iter()
        .map(|said| {
            let day = |day: Option<_>| {
                day.map_or("-".into(), |day: lacunarr::domain::catalogue::Day| {
                    day.to_string()
                })
            };
            let releases = said.releases.iter().map(|release| {
                format!(
                    "{}@{}#{}",
                    release.volume,
                    day(release.day),
                    release.isbn.as_deref().unwrap_or("-")
                )
            });
            format!(
                "{:?} {:?} {:?} {:?} {}",
                said.market,
                said.language,
                said.count,
                said.status,
                releases.collect::<Vec<_>>().join(" ")
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            "France Some(\"fr\") None Some(Ended) 0.5@2014-11-26#- 1@2013-06-26#9782811611699 2@2013#- 3@-#-",
            "Home Some(\"ja\") None Some(Ended) 1@2010-03-17#9784063842760 2@2010-07#-",
        ]
    );
    for (id, title, kind, markets) in [
        ("rl_00000000dead", "L'Attaque des Titans", true, 2),
        ("rl_000000000020", "こち亀", true, 1),
        (
            "rl_000000000013",
            "Attack on Titan: Before the Fall",
            false,
            0,
        ),
    ] {
        let entries = started
            .catalogue
            .series(&[id.into()])
            .await
            .expect("a series");
        let entry = &entries[0];
        assert_eq!((&*entry.id, &*entry.title), (id, title));
        assert_eq!(
            (entry.kind.is_some(), entry.statements.len()),
            (kind, markets),
            "{id}"
        );
    }
    let several = ["rl_000000000020", "nothing", "rl_000000000011"].map(String::from);
    let entries = started.catalogue.series(&several).await.expect("series");
    assert_eq!(ids(&entries), ["rl_000000000020", "rl_000000000011"]);
}

#[tokio::test]
async fn a_newer_file_takes_the_place_of_the_old_one() {
    let started = started().await;
    started.titan().await.expect("a series");
    started.asked();
    started.days_later(2);
    started.titan().await.expect("a series");
    assert_eq!(
        started.asked(),
        ["GET /version.json", "GET /assets/version.json"],
        "it has not changed"
    );
    started.stand_in.publish_again("opentome-2026-10-01").await;
    started.titan().await.expect("a series");
    assert!(started.asked().is_empty(), "it was asked today");
    started.days_later(2);
    started.titan().await.expect("a series");
    assert_eq!(started.asked().len(), 4);
    let report = started.catalogue.test().await.expect("asked");
    assert_eq!(report.program, "OpenTome: opentome-2026-10-01, 1 MB");
    assert!(report.warnings.is_empty());
}

#[tokio::test]
async fn without_an_answer_the_file_from_before_is_used() {
    let started = started().await;
    started.titan().await.expect("a series");
    for fault in [
        Fault::Unavailable,
        Fault::TooMany("60"),
        Fault::NewLayout,
        Fault::Late,
    ] {
        started.stand_in.site.fails(fault.clone());
        started.days_later(2);
        started.titan().await.expect("a series");
        assert!(!started.asked().is_empty());
        started.titan().await.expect("a series");
        assert!(
            started.asked().is_empty(),
            "{fault:?}: it is left alone for an hour"
        );
    }
}

#[tokio::test]
async fn what_is_not_the_published_file_is_not_kept() {
    for (name, expected) in [
        ("status", "Status: "),
        ("busy", "RateLimited: "),
        ("hash", "BadAnswer: "),
        ("no hash", "BadAnswer: "),
        ("shorter", "BadAnswer: "),
        ("longer", "BadAnswer: "),
        ("too large", "TooLarge: "),
        ("elsewhere", "BadAnswer: "),
        ("other tables", "BadAnswer: "),
        ("views", "BadAnswer: "),
        ("no database", "BadAnswer: "),
    ] {
        let started = started().await;
        let stand_in = &started.stand_in;
        match name {
            "status" => stand_in.site.fails(Fault::Unavailable),
            "busy" => stand_in.site.fails(Fault::TooMany("60")),
            "hash" => stand_in.says(Some(&"0".repeat(64)), None),
            "no hash" => stand_in.says(Some("../../etc/passwd"), None),
            "shorter" => stand_in.says(None, Some(100_000_000)),
            "longer" => stand_in.says(None, Some(10)),
            "too large" => stand_in.says(None, Some(400 * 1024 * 1024)),
            "elsewhere" => stand_in.leads_elsewhere(),
            "other tables" => stand_in.publish("x", "CREATE TABLE series (a)").await,
            "views" => {
                let views = "CREATE TABLE meta (key, value); INSERT INTO meta VALUES ('gcd_dump', 'x'); CREATE TABLE series_alias (a); CREATE TABLE volumes (a);
                    CREATE TABLE volumes_special (a); CREATE TABLE id_redirect (a);
                    CREATE VIEW series AS WITH RECURSIVE n (gcd_series_id) AS (SELECT 1 UNION ALL SELECT gcd_series_id FROM n) SELECT * FROM n";
                stand_in.publish("x", views).await;
            }
            _ => stand_in.site.fails(Fault::Garbage),
        }
        let error = started.titan().await.expect_err(name);
        assert!(error.starts_with(expected), "{name}: {error}");
        assert!(files(started.folder.path()).is_empty(), "{name}");
        stand_in.site.mend();
    }
}

#[tokio::test]
async fn a_file_that_is_damaged_later_is_told() {
    let started = started().await;
    started.titan().await.expect("a series");
    let file = started.folder.path().join("opentome/manga-metadata.sqlite");
    let length = std::fs::metadata(&file).expect("a file").len();
    std::fs::write(&file, vec![b'x'; usize::try_from(length).expect("small")]).expect("written");
    let error = started.titan().await.expect_err("it is damaged");
    assert!(
        error.starts_with("Files: the file of OpenTome cannot be read"),
        "{error}"
    );
    std::fs::remove_file(&file).expect("removed");
    started.titan().await.expect("it is fetched again");
}
