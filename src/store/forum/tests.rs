//! The tables of the index together: threads, links, and series tied to threads.

use super::*;
use crate::{
    domain::{
        forum,
        link::{Ed2kId, Ed2kLink},
        release::Lexicon,
        series::Series,
    },
    store::{connection, crawl, scratch, series, series_thread},
};

/// The forum of all threads.
const FORUM: i64 = 29;
/// When every crawl of these tests began.
const BEGAN: i64 = 100;

struct Scene {
    _folder: tempfile::TempDir,
    db: Db,
    source: i64,
    series: i64,
}

async fn scene() -> Scene {
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
    let source = connection::insert(&mut tx, &draft, 1).await;
    let berserk = Series {
        title: "Berserk".into(),
        language: "fr".into(),
        ..Series::default()
    };
    let series = series::insert(&mut tx, &berserk, 1).await;
    tx.commit().await.expect("committed");
    Scene {
        _folder: folder,
        db,
        source: source.expect("inserted"),
        series: series.expect("inserted"),
    }
}

fn link(name: &str, size: u64) -> Entry {
    let link = Ed2kLink {
        id: Ed2kId { md4: [7; 16], size },
        name: name.into(),
        aich: None,
    };
    forum::entry(link, "Berserk", Lexicon::known())
}

fn listed(id: i64, replies: i64, (place, due): (i64, bool)) -> Listed {
    let thread = (id, "Berserk [Miura]", replies, false);
    forum::listed(thread, (place, due), Lexicon::known())
}

impl Scene {
    async fn tx(&self) -> Tx {
        self.db.begin().await.expect("a transaction")
    }

    async fn put(&self, threads: &[Listed], now: i64) {
        let mut tx = self.tx().await;
        put_threads(&mut tx, self.source, FORUM, threads, now)
            .await
            .expect("put");
        tx.commit().await.expect("committed");
    }

    async fn tie(&self, thread: i64) {
        let mut tx = self.tx().await;
        series_thread::tie(&mut tx, self.series, (self.source, thread), 10)
            .await
            .expect("tied");
        tx.commit().await.expect("committed");
    }

    async fn read(&self, thread: i64, links: &[Entry], now: i64) -> (i64, i64) {
        self.read_with(thread, links, None, now).await
    }

    async fn read_with(
        &self,
        thread: i64,
        links: &[Entry],
        problem: Option<&str>,
        now: i64,
    ) -> (i64, i64) {
        let reading = Reading {
            title: "x",
            folded: "x",
            cover: None,
            links,
            problem,
        };
        let mut tx = self.tx().await;
        let put = read(&mut tx, (self.source, thread), &reading, now).await;
        tx.commit().await.expect("committed");
        let put = put.expect("read");
        (put.new, put.gone)
    }

    async fn fault(&self, thread: i64, now: i64) {
        let mut tx = self.tx().await;
        fault(&mut tx, (self.source, thread), 3, "why", now)
            .await
            .expect("noted");
        tx.commit().await.expect("committed");
    }

    async fn next(&self, began_at: i64) -> Option<i64> {
        let due = next_due(&self.db, self.source, began_at).await;
        due.expect("read").map(|due| due.thread_id)
    }
}

#[tokio::test]
async fn links_are_found_by_their_series_and_age_out_when_they_left_their_thread() {
    let scene = scene().await;
    let (db, source) = (&scene.db, scene.source);
    scene.put(&[listed(5, 3, (0, true))], 10).await;
    let both = [link("Berserk T41.cbz", 1), link("Guts T01.cbz", 2)];
    assert_eq!(scene.read(5, &both, 20).await, (2, 0));
    let renamed = [link("Berserk T41 v2.cbz", 1)];
    assert_eq!(scene.read(5, &renamed, 30).await, (0, 1));
    let found = by_key(db, source, "berserk").await.expect("read");
    let names: Vec<_> = found
        .iter()
        .map(|found| (found.link.name.as_str(), found.first_seen_at))
        .collect();
    assert_eq!(names, [("Berserk T41 v2.cbz", 20)]);
    let gone = by_key(db, source, "guts").await.expect("read");
    assert!(gone.is_empty(), "it is gone");
    assert_eq!(scene.read(5, &both, 40).await, (1, 0), "it is back");
    assert_eq!(standing(db, source, 5).await.expect("read"), 2);
    assert_eq!(scene.read(5, &[], 50).await, (0, 2));
    let mut tx = scene.tx().await;
    assert_eq!(forget_gone(&mut tx, 50).await.expect("forgotten"), 0);
    assert_eq!(forget_gone(&mut tx, 51).await.expect("forgotten"), 2);
    tx.commit().await.expect("committed");
    scene.put(&[listed(5, 3, (4, false))], 60).await;
    let expected = Known {
        forum_id: FORUM,
        replies: 3,
        last_seen: 60,
        read_at: Some(50),
    };
    assert_eq!(
        known(db, source, &[5, 6]).await.expect("read"),
        HashMap::from([(5, expected)])
    );
    let expected = Counts {
        threads: 1,
        ..Counts::default()
    };
    assert_eq!(counts(db, source).await.expect("read"), expected);
    let window = Window {
        limit: 1,
        offset: 0,
    };
    let page = threads(db, source, "serk", window).await.expect("read");
    assert_eq!((page.total, page.records[0].thread_id), (1, 5));
}

#[tokio::test]
async fn every_write_of_links_changes_the_mark_of_the_index() {
    let scene = scene().await;
    let mut marks = vec![written(&scene.db, scene.source).await.expect("read")];
    // All within one millisecond.
    scene.put(&[listed(5, 3, (0, true))], 10).await;
    let old = OldThread {
        id: 5,
        title: "Berserk".into(),
        folded: "berserk".into(),
        cover: None,
        links: vec![link("Berserk T41.cbz", 1)],
    };
    let mut tx = scene.tx().await;
    let new = take_over(&mut tx, scene.source, &[old], 10).await;
    tx.commit().await.expect("committed");
    assert_eq!(new.expect("taken over"), 1);
    marks.push(written(&scene.db, scene.source).await.expect("read"));
    scene.read(5, &[link("Berserk T42.cbz", 2)], 10).await;
    marks.push(written(&scene.db, scene.source).await.expect("read"));
    scene.read(5, &[], 10).await;
    marks.push(written(&scene.db, scene.source).await.expect("read"));
    assert!(marks.windows(2).all(|pair| pair[0] < pair[1]), "{marks:?}");
}

#[tokio::test]
async fn threads_with_series_are_read_first_then_the_newest_and_faulty_ones_once_a_crawl() {
    let scene = scene().await;
    let first = [
        listed(3, 0, (0, true)),
        listed(9, 0, (1, true)),
        listed(5, 3, (2, true)),
    ];
    scene.put(&first, 10).await;
    scene.tie(5).await;
    assert_eq!(scene.next(BEGAN).await, Some(5));
    scene.fault(5, BEGAN).await;
    assert_eq!(scene.next(BEGAN).await, Some(3));
    scene.read(3, &[], BEGAN).await;
    assert_eq!(scene.next(BEGAN).await, Some(9));
    scene.read(9, &[], BEGAN).await;
    assert_eq!(scene.next(BEGAN).await, None, "it was tried in this crawl");
    for (began_at, expected) in [
        (BEGAN + 1, Some(5)),
        (BEGAN + 2, Some(5)),
        (BEGAN + 3, None),
    ] {
        assert_eq!(scene.next(began_at).await, expected, "{began_at}");
        scene.fault(5, began_at).await;
    }
    // What it says of itself is not asked for again, until it changes or somebody ties it anew.
    let mut tx = scene.tx().await;
    series_thread::tied_are_due(&mut tx, scene.source)
        .await
        .expect("marked");
    tx.commit().await.expect("committed");
    assert_eq!(scene.next(BEGAN + 4).await, None);
    let told = faulty(&scene.db, scene.source, 9).await.expect("read");
    assert_eq!(
        told.iter()
            .map(|thread| (thread.thread_id, thread.problem.as_str(), thread.due))
            .collect::<Vec<_>>(),
        [(5, "why", false)]
    );
    scene.tie(5).await;
    assert_eq!(scene.next(BEGAN + 4).await, Some(5));
}

#[tokio::test]
async fn a_thread_that_does_not_exist_says_so_and_is_not_due_again() {
    let scene = scene().await;
    scene.tie(77).await;
    assert_eq!(scene.next(BEGAN).await, Some(77));
    scene.read_with(77, &[], Some("there is none"), BEGAN).await;
    let mut tx = scene.tx().await;
    series_thread::tied_are_due(&mut tx, scene.source)
        .await
        .expect("marked");
    tx.commit().await.expect("committed");
    assert_eq!(scene.next(BEGAN + 1).await, None);
    let told = faulty(&scene.db, scene.source, 9).await.expect("read");
    assert_eq!(told.len(), 1, "{told:?}");
}

#[tokio::test]
async fn faults_that_were_not_the_threads_own_are_forgiven_and_a_change_gives_new_chances() {
    let scene = scene().await;
    scene
        .put(&[listed(5, 3, (0, true)), listed(9, 0, (1, true))], 10)
        .await;
    for at in [BEGAN, BEGAN + 1, BEGAN + 2] {
        scene.fault(5, at).await;
        scene.fault(9, at).await;
    }
    let mut tx = scene.tx().await;
    forgive(&mut tx, scene.source, &[9])
        .await
        .expect("forgiven");
    tx.commit().await.expect("committed");
    assert_eq!(scene.next(BEGAN + 3).await, Some(9));
    // A change does not start the count of one that is being tried.
    scene
        .put(&[listed(5, 4, (0, true)), listed(9, 1, (1, true))], 20)
        .await;
    let due = next_due(&scene.db, scene.source, BEGAN + 3).await;
    assert_eq!(
        due.expect("read").map(|due| (due.thread_id, due.faults)),
        Some((5, 0))
    );
    scene.fault(9, BEGAN + 3).await;
    scene.read(5, &[], BEGAN + 3).await;
    assert_eq!(scene.next(BEGAN + 4).await, None, "it was given up");
}

#[tokio::test]
async fn threads_of_a_forum_that_cannot_be_read_wait_for_it() {
    let scene = scene().await;
    let (db, source) = (&scene.db, scene.source);
    scene.put(&[listed(5, 3, (0, true))], 10).await;
    let mut tx = scene.tx().await;
    crawl::know_forums(&mut tx, source, &[FORUM])
        .await
        .expect("known");
    crawl::listing(&mut tx, source, FORUM, 300, 500, 10)
        .await
        .expect("noted");
    tx.commit().await.expect("committed");
    crawl::problem(db, (source, FORUM), "not for you", 20)
        .await
        .expect("noted");
    assert_eq!(scene.next(BEGAN).await, None);
    let forums = crawl::forums(db, source).await.expect("read");
    assert_eq!(
        (forums[0].page, forums[0].problem.as_deref()),
        (Some(300), Some("not for you")),
        "where it was is not lost"
    );
    let mut tx = scene.tx().await;
    crawl::listing(&mut tx, source, FORUM, 301, 500, 10)
        .await
        .expect("noted");
    tx.commit().await.expect("committed");
    assert_eq!(scene.next(BEGAN).await, Some(5));
}
