//! The first volumes of a series that a library is only to hold: they get a folder of its own, and it becomes a series like the others.

use lacunarr::collection::{self, NewSeries};
use lacunarr::domain::edition::Edition;
use lacunarr::pipeline::{self, Options};
use lacunarr::store::link::Link;

use super::*;

/// Berserk of two volumes, which no library shows, and what was sent for it.
async fn scene(torrents: Vec<(&str, Torrent)>) -> (Scene, i64) {
    let scene = Scene::new(torrents).await;
    let library = store::connection::get(&scene.app.db, 1).await;
    let library = library.expect("the database").expect("the library");
    let new = NewSeries {
        title: "Berserk".into(),
        aliases: Vec::new(),
        total: Some(2),
        language: None,
        kind: None,
        edition: Edition::Standard,
        monitored: true,
    };
    let added = collection::add(&scene.app, &library, new).await;
    let id = added.expect("it is new").series.id;
    let options = Options {
        dry_run: false,
        by_hand: false,
        run_began: None,
    };
    let checked = pipeline::check_series(&scene.app, id, options).await;
    let checked = checked.expect("a check");
    let written = pipeline::write_checked(&scene.app, vec![checked], async |_| Ok(())).await;
    written.expect("written down");
    (scene, id)
}

async fn links(scene: &Scene, series: i64) -> Vec<Link> {
    let mut tx = scene.app.db.begin().await.expect("a transaction");
    let links = store::link::of_series(&mut tx, series).await;
    links.expect("links")
}

async fn owned(scene: &Scene, series: i64) -> String {
    let stored = store::series::get(&scene.app.db, series).await;
    let stored = stored.expect("the database").expect("a series");
    stored.shelf.present.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_volumes_of_a_series_get_a_folder_of_its_own() {
    let first = book::volume("Berserk T01", 1, BYTES);
    let second = book::volume("Berserk T02", 2, BYTES);
    let (scene, id) = scene(vec![
        ("Berserk T01 [CBZ] FR", first.clone()),
        ("Berserk T02 [CBZ] FR", second.clone()),
    ])
    .await;
    assert!(links(&scene, id).await[0].is_wanted());
    scene.comes(&first).await;
    scene.comes(&second).await;
    scene.arrive().await;
    let folder = scene.parts.library().join("Berserk");
    for name in ["Berserk T01.cbz", "Berserk T02.cbz"] {
        assert!(folder.join(name).is_file(), "{name}");
    }
    assert_eq!(owned(&scene, id).await, "1-2");
    let links = links(&scene, id).await;
    assert_eq!(links.len(), 1, "{links:?}");
    assert_eq!(links[0].key, "Berserk");
    for (_, state) in scene.states().await {
        assert_eq!(state, GrabState::OnShelf);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_volume_that_calls_its_series_otherwise_is_still_of_the_series_that_it_was_fetched_for() {
    let mut zip = ZipWriter::new_append(Cursor::new(book::cbz(1, BYTES))).expect("an archive");
    zip.start_file("ComicInfo.xml", SimpleFileOptions::default())
        .expect("an entry");
    zip.write_all(b"<ComicInfo><Series>Beruseruku</Series><Number>1</Number></ComicInfo>")
        .expect("memory");
    let bytes = zip.finish().expect("memory").into_inner();
    let torrent = Torrent::new("Berserk T01.cbz").file("Berserk T01.cbz", bytes);
    let (scene, id) = scene(vec![("Berserk T01 [CBZ] FR", torrent.clone())]).await;
    scene.comes(&torrent).await;
    scene.arrive().await;
    assert_eq!(owned(&scene, id).await, "1");
    let all = Window {
        limit: 10,
        offset: 0,
    };
    let all = store::series::list(&scene.app.db, &<_>::default(), all).await;
    let titles = all.expect("series").records.into_iter();
    let titles: Vec<String> = titles.map(|stored| stored.series.title).collect();
    assert_eq!(titles, ["Berserk", "Naruto"]);
}
