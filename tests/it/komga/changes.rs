//! Looking at single series, what changed since, and asking for a scan.

use std::sync::atomic::{AtomicI64, Ordering};

use lacunarr::clock::Clock;

use super::*;

const START: i64 = 1_790_000_000_000;

#[tokio::test]
async fn only_the_series_that_are_looked_at_are_asked_for() {
    let (stand_in, manga) = started();
    let bd = stand_in.add_library("BD", "/data/bd");
    let naruto = stand_in.add_series(&manga, "Naruto", &["T01.cbz", "T03.cbz"]);
    let akira = stand_in.add_series(&manga, "Akira", &["T01.cbz"]);
    let gone = stand_in.add_series(&manga, "Gone", &["T01.cbz"]);
    let other = stand_in.add_series(&bd, "Astérix", &["T01.cbz"]);
    stand_in.change(|shelves| shelves.trash_series(&gone));
    let library = admin(&stand_in);
    let asked = stand_in.requests().len();
    let keys = [
        &naruto,
        &gone,
        &other,
        "0000",
        "../libraries",
        &akira,
        &naruto,
    ];
    let found = looked(&library, &keys).await.expect("it can say");
    assert_eq!(
        outline(&found),
        [
            "Naruto: Naruto/T01.cbz=1 Naruto/T03.cbz=3",
            "Akira: Akira/T01.cbz=1"
        ]
    );
    let requests = stand_in.requests().split_off(asked);
    let lists: Vec<&String> = requests
        .iter()
        .filter(|line| line.contains("list"))
        .collect();
    let [books] = lists[..] else {
        panic!("one list: {requests:?}")
    };
    assert!(books.contains(&naruto) && books.contains(&akira) && !books.contains(&other));
    assert!(
        requests.iter().all(|line| !line.contains("..")),
        "{requests:?}"
    );
    assert_eq!(
        requests.len(),
        7,
        "libraries, five series, books: {requests:?}"
    );

    assert_eq!(looked(&library, &[]).await, Some(vec![]));
    let many: Vec<String> = (0..301).map(|number| format!("0{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(looked(&library, &many).await, None, "a scan asks less");
}

#[tokio::test]
async fn a_look_says_what_a_scan_says() {
    let (stand_in, manga) = started();
    let naruto = stand_in.add_series(&manga, "Naruto", &["T01.cbz", "T03.cbz"]);
    for library in [admin(&stand_in), reader(&stand_in)] {
        let looked = looked(&library, &[&naruto]).await;
        assert_eq!(looked, Some(scanned(&library).await.series));
    }
}

#[tokio::test]
async fn a_series_that_may_not_be_seen_is_not_there() {
    let (stand_in, manga) = started();
    let bd = stand_in.add_library("BD", "/data/bd");
    let hidden = stand_in.add_series(&bd, "Astérix", &["T01.cbz"]);
    stand_in.share(&[&manga]);
    assert_eq!(looked(&reader(&stand_in), &[&hidden]).await, Some(vec![]));
}

#[tokio::test]
async fn what_changed_since_is_told_without_reading_everything() {
    let (stand_in, manga) = started();
    let now = Arc::new(AtomicI64::new(START));
    stand_in.set_clock(Clock::Set(Arc::clone(&now)));
    let bd = stand_in.add_library("BD", "/data/bd");
    let add =
        |library: &str, name: &str| stand_in.add_series(library, name, &["T01.cbz", "T02.cbz"]);
    let (naruto, akira, other) = (
        add(&manga, "Naruto"),
        add(&manga, "Akira"),
        add(&bd, "Astérix"),
    );
    for number in 0..3_000 {
        stand_in.add_series(&manga, &format!("Old {number}"), &["T01.cbz"]);
    }
    now.store(START + 10_000, Ordering::Relaxed);
    let new = add(&manga, "New");
    stand_in.change(|shelves| {
        shelves.add_book(&naruto, "T03.cbz");
        shelves.add_book(&other, "T03.cbz");
        shelves.trash_book(&akira, "T02.cbz");
    });
    for library in [admin(&stand_in), reader(&stand_in)] {
        let asked = stand_in.requests().len();
        let mut expected = vec![naruto.clone(), akira.clone(), new.clone()];
        expected.sort();
        // Komga's times are whole seconds, and the moment itself counts.
        for since in [START + 1_000, START + 10_000, START + 10_999] {
            let changed = library.changed(since).await.expect("an answer");
            assert_eq!(changed, Some(expected.clone()));
        }
        assert_eq!(stand_in.requests().len() - asked, 9, "one page of each");
        assert_eq!(
            library.changed(START + 11_000).await.expect("an answer"),
            Some(vec![])
        );
    }
}

#[tokio::test]
async fn too_many_changes_are_for_a_scan() {
    let (stand_in, manga) = started();
    let files: Vec<String> = (0..21_000).map(|number| format!("{number}.cbz")).collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    stand_in.add_series(&manga, "Endless", &files);
    assert_eq!(admin(&stand_in).changed(0).await.expect("an answer"), None);
}

#[tokio::test]
async fn a_renamed_folder_is_another_series_with_the_same_files() {
    let (stand_in, manga) = started();
    let old = stand_in.add_series(&manga, "Naruto", &["T01.cbz", "T02.cbz"]);
    let library = admin(&stand_in);
    let before = scanned(&library).await;
    let new = stand_in.change(|shelves| shelves.rename_series(&old, "Naruto [FR]"));
    let after = scanned(&library).await;
    let signature = |scan: &Scan| {
        let files = scan.series[0].files.iter();
        let name = |path: &str| path.rsplit('/').next().map(str::to_owned);
        files
            .map(|file| (name(&file.path), file.size))
            .collect::<Vec<_>>()
    };
    assert_eq!(signature(&before), signature(&after));
    assert_eq!((&before.series[0].key, &after.series[0].key), (&old, &new));
}

#[tokio::test]
async fn a_scan_is_asked_for_where_the_series_are() {
    let (stand_in, manga) = started();
    let bd = stand_in.add_library("BD", "/data/bd");
    let naruto = stand_in.add_series(&manga, "Naruto", &["T01.cbz"]);
    stand_in.add_series(&bd, "Astérix", &["T01.cbz"]);
    stand_in.lay(&manga, "Naruto", "T02.cbz");
    stand_in.lay(&manga, "Akira", "T01.cbz");
    let asked = |from: usize| {
        let requests = stand_in.requests().split_off(from).into_iter();
        let mut scans: Vec<String> = requests.filter(|line| line.ends_with("/scan")).collect();
        scans.sort();
        scans
    };
    let scan_of = |id: &str| format!("POST /api/v1/libraries/{id}/scan");
    let all = library(ServerPlace {
        library: None,
        ..place(&stand_in, ADMIN_KEY)
    });
    for (library, keys, scans) in [
        (
            &admin(&stand_in),
            vec![naruto.clone()],
            vec![scan_of(&manga)],
        ),
        (&all, vec![naruto.clone()], vec![scan_of(&manga)]),
        (
            &all,
            vec![naruto.clone(), "0000".into()],
            vec![scan_of(&manga), scan_of(&bd)],
        ),
        (&all, vec![], vec![scan_of(&manga), scan_of(&bd)]),
    ] {
        let from = stand_in.requests().len();
        library.rescan(&keys).await.expect("it scans");
        assert_eq!(asked(from), scans, "{keys:?}");
    }
    let scan = scanned(&admin(&stand_in)).await;
    assert_eq!(
        outline(&scan.series),
        [
            "Naruto: Naruto/T01.cbz=1 Naruto/T02.cbz=2",
            "Akira: Akira/T01.cbz=1"
        ]
    );
    let refused = reader(&stand_in)
        .rescan(&[naruto])
        .await
        .expect_err("no administrator");
    assert_eq!(
        sentence(&refused, &stand_in),
        "KOMGA declined: only an administrator may have it scan: enter an API key of one, or let Komga scan its libraries by itself"
    );
}
