//! The tables of the index together: threads, links, and series tied to threads.

use super::*;
use crate::{
    domain::{forum, release::Lexicon, series::Series},
    store::{connection, scratch, series},
};

fn link(name: &str, size: u64) -> Entry {
    let link = Ed2kLink {
        id: Ed2kId { md4: [7; 16], size },
        name: name.into(),
        aich: None,
    };
    forum::entry(link, "Berserk", Lexicon::known())
}

#[tokio::test]
async fn links_are_found_by_their_series_and_age_out_when_they_left_their_thread() {
    let folder = tempfile::tempdir().expect("a folder");
    let (db, _) = scratch::new(folder.path()).await;
    let mut tx = db.begin().await.expect("a transaction");
    let draft = connection::Draft {
        role: "source",
        name: "e",
        kind: "ebdz",
        managed: "api",
        enabled: true,
        config: "{}",
        sealed: None,
    };
    let source = connection::insert(&mut tx, &draft, 1)
        .await
        .expect("inserted");
    let berserk = Series {
        title: "Berserk".into(),
        language: "fr".into(),
        ..Series::default()
    };
    let berserk = series::insert(&mut tx, &berserk, 1)
        .await
        .expect("inserted");
    let listed = |id, replies, due| {
        forum::listed(
            (id, "Berserk [Miura]", replies, false),
            due,
            Lexicon::known(),
        )
    };
    put_threads(
        &mut tx,
        source,
        29,
        &[listed(5, 3, true), listed(9, 0, true)],
        10,
    )
    .await
    .expect("put");
    tie(&mut tx, berserk, (source, 5), 10).await.expect("tied");
    tie(&mut tx, berserk, (source, 77), 10).await.expect("tied");
    tx.commit().await.expect("committed");

    // Those that hold a series come first; one that failed comes last.
    let next = async |expected: Option<i64>| {
        let due = next_due(&db, source).await.expect("read");
        assert_eq!(due.map(|due| due.thread_id), expected);
    };
    next(Some(77)).await;
    let mut tx = db.begin().await.expect("a transaction");
    fault(&mut tx, source, 77, 3).await.expect("noted");
    tx.commit().await.expect("committed");
    next(Some(5)).await;

    let read_at = async |links: &[Entry], now| {
        let mut tx = db.begin().await.expect("a transaction");
        let put = read(&mut tx, (source, 5), ("x", "x"), None, links, now)
            .await
            .expect("read");
        tx.commit().await.expect("committed");
        (put.new, put.gone)
    };
    assert_eq!(
        read_at(&[link("Berserk T41.cbz", 1), link("Guts T01.cbz", 2)], 20).await,
        (2, 0)
    );
    assert_eq!(read_at(&[link("Berserk T41 v2.cbz", 1)], 30).await, (0, 1));
    next(Some(9)).await;
    let found = by_key(&db, source, "berserk").await.expect("read");
    let names: Vec<_> = found
        .iter()
        .map(|found| (found.link.name.as_str(), found.first_seen_at))
        .collect();
    assert_eq!(names, [("Berserk T41 v2.cbz", 20)]);
    assert!(
        by_key(&db, source, "guts").await.expect("read").is_empty(),
        "it is gone"
    );
    assert_eq!(
        read_at(&[link("Berserk T41.cbz", 1), link("Guts T01.cbz", 2)], 40).await,
        (1, 0),
        "it is back"
    );
    assert_eq!(read_at(&[], 50).await, (0, 2));
    let mut tx = db.begin().await.expect("a transaction");
    assert_eq!(forget_gone(&mut tx, 50).await.expect("forgotten"), 0);
    assert_eq!(forget_gone(&mut tx, 51).await.expect("forgotten"), 2);
    put_threads(&mut tx, source, 29, &[listed(5, 3, false)], 60)
        .await
        .expect("put");
    tx.commit().await.expect("committed");
    let known = known(&db, source, &[5, 6]).await.expect("read");
    assert_eq!(
        known,
        HashMap::from([(
            5,
            Known {
                replies: 3,
                last_seen: 60,
                read_at: Some(50)
            }
        )])
    );
    let counts = counts(&db, source).await.expect("read");
    assert_eq!(
        counts,
        Counts {
            threads: 3,
            due: 2,
            links: 0,
            gone: 0
        }
    );
    let page = threads(
        &db,
        source,
        "serk",
        Window {
            limit: 1,
            offset: 0,
        },
    )
    .await
    .expect("read");
    assert_eq!((page.total, page.records[0].thread_id), (2, 5));
    let tied = tied(&db, berserk, source).await.expect("read");
    assert_eq!(
        tied.iter()
            .map(|thread| (thread.thread_id, thread.title.as_str()))
            .collect::<Vec<_>>(),
        [(5, "Berserk [Miura]"), (77, "")]
    );
}
