//! Two processes on one database: leases and the unique index hold them apart.

use lacunarr::{
    clock::Clock,
    config,
    domain::{link::ContentId, selection::Choosing, series::Series, volume::VolumeSet},
    store::{self, grab::NewGrab},
};
use serde_json::json;

use crate::stand_in::{
    eventually,
    program::{Home, shelve},
    prowlarr::{self, Indexer, Prowlarr, Release},
    qbittorrent::{PASSWORD, QBittorrent5, USER},
};

#[tokio::test(flavor = "multi_thread")]
async fn two_replicas_that_check_at_once_send_each_volume_once() {
    let library = tempfile::tempdir().expect("a folder");
    shelve(library.path(), "Naruto", &[1, 9]);
    shelve(library.path(), "Berserk", &[1, 9]);
    let mut releases = Vec::new();
    for series in ["Naruto", "Berserk"] {
        for volume in 2..=8 {
            releases.push(Release::new(1, &format!("{series} T{volume:02} [CBZ] FR")));
            releases.push(Release::new(1, &format!("{series} T{volume:02} [CBZ] FR 2")).seeders(2));
        }
    }
    let prowlarr = Prowlarr::start(vec![Indexer::public(1, "Nyaa")], releases);
    let client = QBittorrent5::start();
    let mut home = Home::new().await;
    home.library(library.path())
        .source(&prowlarr.url(), prowlarr::KEY)
        .client(&client.url(), USER, PASSWORD);
    let (one, two) = (home.start().await, home.start().await);
    one.scanned().await;
    one.arm().await;
    for _ in 0..3 {
        for program in [&one, &two] {
            program.post("checks", json!({})).await;
        }
    }
    eventually("all checks are over", 90, async || {
        let checks = two.get("checks?pageSize=200").await;
        checks["records"]
            .as_array()
            .expect("checks")
            .iter()
            .all(|check| check["state"] == "finished")
    })
    .await;
    assert_eq!(client.torrents().len(), 14, "{}", home.printed());
    assert_eq!(
        one.get("history?type=grab.sent&pageSize=200").await["totalRecords"],
        14
    );
    assert_eq!(
        one.get("series").await["totalRecords"],
        2,
        "no series was made twice"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_itself_refuses_a_second_live_grab_of_a_volume() {
    let home = Home::new().await;
    let text = home.database().map(|url| {
        format!(
            "[database]\nurl = \"{url}\"\n[secrets]\nkey = \"{}\"",
            "ab".repeat(32)
        )
    });
    let config = config::parse(
        &home.data(),
        "test",
        &text.unwrap_or_default(),
        config::Environment::new(),
    )
    .expect("a configuration");
    crate::stand_in::install_tls();
    let app = lacunarr::app::App::open(config, Clock::System)
        .await
        .expect("opened");
    let series = Series {
        id: 0,
        title: "Naruto".into(),
        aliases: Vec::new(),
        not_aliases: Vec::new(),
        language: "fr".into(),
        kind: lacunarr::domain::release::Kind::Manga,
        monitored: true,
        auto_send: true,
        wanted_from: None,
        wanted_to: None,
        ignored: VolumeSet::default(),
        total: None,
        stated_total: None,
        announced: None,
        specials: <_>::default(),
        sources: Vec::new(),
        edition: <_>::default(),
        editions: <_>::default(),
        profile: None,
    };
    let mut tx = app.db.begin().await.expect("a transaction");
    let id = store::series::insert(&mut tx, &series, 1)
        .await
        .expect("a series");
    tx.commit().await.expect("committed");
    let content = ContentId::parse("c12fe1c06bba254a9dc9f519b335aa7c1367a88a").expect("an id");
    let grab = |reserves| NewGrab {
        by_hand: false,
        alias: None,
        choosing: Choosing::Whole,
        ours: true,
        series_id: id,
        offer_id: 1,
        client_id: 1,
        client: "client",
        source: "source",
        indexer: "indexer",
        content: &content,
        title: "Naruto",
        size: None,
        reserves,
        carries: reserves,
    };
    let (first, second) = (VolumeSet::range(3, 5), VolumeSet::range(5, 7));
    let mut tx = app.db.begin().await.expect("a transaction");
    let written = store::grab::insert(&mut tx, &grab(&first), 1)
        .await
        .expect("the first grab");
    tx.commit().await.expect("committed");
    let mut tx = app.db.begin().await.expect("a transaction");
    let refused = store::grab::insert(&mut tx, &grab(&second), 1)
        .await
        .expect_err("volume 5 is on its way");
    assert!(refused.is_conflict(), "{refused}");
    drop(tx);
    let mut tx = app.db.begin().await.expect("a transaction");
    store::grab::failed(
        &mut tx,
        written,
        lacunarr::domain::grab::GrabState::Failed,
        "gone",
        2,
    )
    .await
    .expect("ended");
    store::grab::insert(&mut tx, &grab(&second), 2)
        .await
        .expect("its volumes are free again");
    tx.commit().await.expect("committed");
}
