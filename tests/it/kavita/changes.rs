//! What changes: what a scan costs, looking at some series, asking what is new, and having Kavita scan.

use std::sync::Arc;

use lacunarr::ports::{KnownFiles, Library, Scan};

use super::{BOTH, adapter, count, files, known_of, scan, scanned, titles};
use crate::stand_in::kavita::{Book, Era, Kavita, NOON};

const HOUR: i64 = 3_600_000;

fn books(count: u32) -> impl Iterator<Item = Book> {
    (1..=count).map(|number| Book::volume(&format!("T{number:02}.cbz"), f64::from(number)))
}

fn with(era: Era, series: usize) -> Kavita {
    let kavita = Kavita::start(era);
    kavita.change(|world| {
        let manga = world.library("Manga", "/manga");
        for number in 0..series {
            world.add(manga, &format!("Series {number:04}"), books(3));
        }
    });
    kavita
}

#[tokio::test]
async fn what_did_not_change_is_asked_for_in_one_small_question() {
    let kavita = with(Era::AuthKeys, 30);
    let adapter = adapter(&kavita);
    let (first, progress) = scanned(&adapter, &Scan::default()).await.expect("read");
    assert_eq!((progress.files, progress.opened), (90, 90));
    kavita.asked();

    kavita.change(|world| {
        world.now += HOUR;
        let id = world.series[3].id;
        world.put(id, Book::volume("T04.cbz", 4.0));
        let id = world.series[4].id;
        world.take(id, "T02.cbz");
        world.series[5].total_count = 12;
        world.series[6].localized = "Autre nom".into();
    });
    let (second, progress) = scanned(&adapter, &first).await.expect("read");
    let asked = kavita.asked();
    let volumes: Vec<_> = asked
        .iter()
        .filter(|asked| asked.path == "Series/volumes")
        .collect();
    assert_eq!((volumes.len(), asked.len()), (4, 1 + 1 + 30 + 4));
    assert_eq!((progress.files, progress.opened), (90, 12));
    let of = |scan: &Scan, title: &str| {
        let mut found = scan.series.iter().filter(|series| series.title == title);
        found.next().expect("it is there").clone()
    };
    assert_eq!(files(&of(&second, "Series 0003")).len(), 4);
    assert_eq!(files(&of(&second, "Series 0004")).len(), 2);
    assert_eq!(of(&second, "Series 0005").total, Some(12));
    assert_eq!(of(&second, "Series 0006").aliases, ["Autre nom"]);
    for number in 7..30 {
        let title = format!("Series {number:04}");
        assert_eq!(of(&second, &title), of(&first, &title));
    }
}

#[tokio::test]
async fn what_was_written_down_otherwise_is_read_again() {
    let kavita = with(Era::AuthKeys, 1);
    let adapter = adapter(&kavita);
    let first = scan(&adapter).await;
    let mut other = first.clone();
    other.series[0].files[0].size = 1;
    assert_eq!(scanned(&adapter, &other).await.expect("read").0, first);
    assert_eq!(
        scanned(&adapter, &Scan::default()).await.expect("read").0,
        first
    );
    assert_eq!(count(&kavita, "GET Series/volumes"), 3);
}

#[tokio::test]
async fn a_long_list_is_read_page_by_page_even_while_it_changes() {
    let kavita = with(Era::Tokens, 1_203);
    let adapter = adapter(&kavita);
    let first = scan(&adapter).await;
    assert_eq!(first.series.len(), 1_203);
    assert_eq!(count(&kavita, "POST Series/v2"), 3);

    // One is removed from a page that is already read: the list is begun again.
    let mut removed = false;
    kavita.change_between(move |world, number| {
        if number == 2 && !removed {
            removed = true;
            world.series.remove(10);
        }
    });
    let (second, _) = scanned(&adapter, &first).await.expect("read");
    assert_eq!(second.series.len(), 1_202);

    kavita.change_between(|world, number| {
        if number == 2 {
            world.series.remove(10);
        }
    });
    let error = scanned(&adapter, &first)
        .await
        .expect_err("it never stands still");
    assert!(
        error.to_string().contains("changes while it is read"),
        "{error}"
    );
}

#[tokio::test]
async fn some_series_are_looked_at_alone() {
    for era in BOTH {
        let kavita = with(era, 5);
        let other = kavita.change(|world| {
            let other = world.library("Other", "/other");
            world.add(other, "Elsewhere", books(1))
        });
        let adapter = adapter(&kavita);
        let all = scan(&adapter).await;
        let gone = all.series[1].key.clone();
        kavita.change(|world| {
            world.now += HOUR;
            let id = world.series[0].id;
            world.put(id, Book::volume("T04.cbz", 4.0));
            world.remove(gone.parse().expect("an id"));
        });
        kavita.asked();
        let keys = [
            all.series[0].key.clone(),
            gone,
            "no number".into(),
            other.to_string(),
        ];
        let seen = adapter.look(&keys, known_of(&all)).await;
        let seen = seen.expect("it can be read").expect("it can look");
        assert_eq!(titles(&seen), ["Series 0000", "Elsewhere"], "{era:?}");
        assert_eq!(files(&seen[0]).len(), 4);
        assert_eq!(count(&kavita, "GET Series/volumes"), 1);
    }
}

#[tokio::test]
async fn what_got_a_chapter_since_then_has_changed_in_whatever_zone_the_server_is() {
    for era in BOTH {
        for zone in [-10 * HOUR, 0, 2 * HOUR, 13 * HOUR] {
            let kavita = Kavita::start(era);
            kavita.change(|world| {
                world.zone = zone;
                let manga = world.library("Manga", "/manga");
                for day in 0..6 {
                    world.now = NOON + day * 24 * HOUR;
                    world.add(manga, &format!("Day {day}"), books(1));
                }
                let first = world.series[0].id;
                world.put(first, Book::volume("T02.cbz", 2.0));
            });
            let ids = kavita.change(|world| {
                world
                    .series
                    .iter()
                    .map(|series| series.id.to_string())
                    .collect::<Vec<_>>()
            });
            for (since, expected) in [
                (NOON + 4 * 24 * HOUR + 2 * HOUR, vec![&ids[0], &ids[5]]),
                (NOON + 4 * 24 * HOUR, vec![&ids[0], &ids[4], &ids[5]]),
                (NOON + 5 * 24 * HOUR, vec![&ids[0], &ids[5]]),
                (NOON + 9 * 24 * HOUR, vec![]),
            ] {
                let adapter = adapter(&kavita);
                let changed = adapter.changed(since).await.expect("an answer");
                let mut changed = changed.expect("it can say");
                changed.sort_unstable();
                assert_eq!(
                    changed.iter().collect::<Vec<_>>(),
                    expected,
                    "{era:?} {zone} {since}"
                );
                // What did not change since it was told is not told again.
                let again = adapter.changed(since).await.expect("an answer");
                assert_eq!(again, Some(vec![]));
            }
        }
    }
}

#[tokio::test]
async fn asking_what_is_new_stops_at_what_is_old() {
    let kavita = with(Era::AuthKeys, 1_000);
    let adapter = adapter(&kavita);
    assert_eq!(
        adapter.changed(NOON + 1).await.expect("an answer"),
        Some(vec![])
    );
    assert_eq!(count(&kavita, "POST Series/v2"), 1);
    let all = adapter
        .changed(NOON)
        .await
        .expect("an answer")
        .expect("it can say");
    assert_eq!(all.len(), 1_000);
    assert!(adapter.listen().await.expect("an answer").is_none());
}

#[tokio::test]
async fn kavita_is_told_to_look_at_what_it_knows_or_at_all() {
    for era in BOTH {
        let kavita = with(era, 30);
        let adapter = adapter(&kavita);
        let keys: Vec<String> = scan(&adapter)
            .await
            .series
            .into_iter()
            .map(|series| series.key)
            .collect();
        adapter.rescan(&keys[..2]).await.expect("it scans");
        assert_eq!(
            kavita.scans(),
            [format!("series {}", keys[0]), format!("series {}", keys[1])]
        );
        for some in [&keys[..], &[], &["9999".to_owned()]] {
            adapter.rescan(some).await.expect("it scans");
            assert_eq!(kavita.scans(), ["library 1"], "{some:?}");
        }
        kavita.no_admin();
        let error = adapter.rescan(&keys[..1]).await.expect_err("not an admin");
        assert!(error.to_string().contains("no admin's"), "{error}");
        assert_eq!(kavita.scans(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn what_is_removed_or_renamed_is_seen_by_the_next_scan() {
    let kavita = with(Era::Tokens, 3);
    let adapter = adapter(&kavita);
    let first = scan(&adapter).await;
    kavita.change(|world| {
        world.now += HOUR;
        let now = world.now;
        world.remove(world.series[2].id);
        let moved = &mut world.series[1];
        moved.folder = "/manga/Renamed".into();
        moved.scanned = now;
        world.libraries[0].name = "Mangas".into();
    });
    let (second, _) = scanned(&adapter, &first).await.expect("read");
    assert_eq!(titles(&second.series), ["Series 0000", "Series 0001"]);
    assert_eq!(files(&second.series[1])[0], "Renamed/T01.cbz=1");
    let nothing = adapter.look(&[], Arc::new(KnownFiles::new())).await;
    assert_eq!(nothing.expect("an answer"), Some(vec![]));
}
