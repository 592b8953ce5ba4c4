//! Lists that come in pages: large ones, and those that change while they are read.

use super::*;

/// So many series, with so many books each.
fn filled(series: usize, books: usize) -> (stand_in::Komga, String) {
    let (stand_in, manga) = started();
    let files: Vec<String> = (1..=books)
        .map(|number| format!("T{number:02}.cbz"))
        .collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    stand_in.change(|shelves| {
        for number in 0..series {
            shelves.add_series(&manga, &format!("Série {number:05}"), &files);
        }
    });
    (stand_in, manga)
}

#[tokio::test]
async fn series_are_not_asked_for_one_by_one() {
    let (stand_in, _) = filled(1_500, 10);
    let library = admin(&stand_in);
    let (progress, seen) = watch::channel(ScanProgress::default());
    let scan = library.scan(Arc::new(KnownFiles::new()), progress).await;
    let scan = scan.expect("a scan");
    let books: usize = scan.series.iter().map(|series| series.files.len()).sum();
    assert_eq!((scan.series.len(), books), (1_500, 15_000));
    assert_eq!((seen.borrow().files, seen.borrow().opened), (15_000, 0));
    let requests = stand_in.requests();
    // The libraries, two pages of series, and the books of a hundred at once.
    assert_eq!(requests.len(), 1 + 2 + 15);
}

#[tokio::test]
async fn a_series_of_many_books_comes_in_pages() {
    let (stand_in, _) = filled(3, 1_200);
    let scan = scanned(&admin(&stand_in)).await;
    let books: Vec<usize> = scan
        .series
        .iter()
        .map(|series| series.files.len())
        .collect();
    assert_eq!(books, [1_200; 3]);
    let second = stand_in
        .requests()
        .iter()
        .filter(|line| line.starts_with("POST /api/v1/books/list?page=1&"))
        .count();
    assert_eq!(second, 3);
}

#[tokio::test]
async fn what_leaves_a_list_while_it_is_read_takes_nothing_else_along() {
    let (stand_in, _) = filled(1_500, 1);
    let second = "POST /api/v1/series/list?page=1&";
    stand_in.before(second, |shelves| {
        let first = shelves.series.keys().next().expect("one").clone();
        shelves.remove_series(&first);
    });
    let scan = scanned(&admin(&stand_in)).await;
    assert_eq!(scan.series.len(), 1_499);

    // What gets to the trash stays where it was in the list.
    stand_in.before(second, |shelves| {
        let first = shelves.series.keys().next().expect("one").clone();
        shelves.trash_series(&first);
    });
    let scan = scanned(&admin(&stand_in)).await;
    assert!(scan.series.len() >= 1_498, "{}", scan.series.len());
    let titles: std::collections::HashSet<_> =
        scan.series.iter().map(|series| &series.title).collect();
    for number in 2..1_500 {
        assert!(titles.contains(&format!("Série {number:05}")), "{number}");
    }
}

#[tokio::test]
async fn what_is_added_while_a_list_is_read_does_no_harm() {
    let (stand_in, manga) = filled(1_000, 1);
    let added = manga.clone();
    stand_in.before("POST /api/v1/books/list?page=0&", move |shelves| {
        shelves.add_series(&added, "New", &["T01.cbz"]);
        let first = shelves.series.keys().next().expect("one").clone();
        shelves.add_book(&first, "T02.cbz");
    });
    let scan = scanned(&admin(&stand_in)).await;
    let books: usize = scan.series.iter().map(|series| series.files.len()).sum();
    assert_eq!((scan.series.len(), books), (1_000, 1_001));
}

#[tokio::test]
async fn a_list_that_never_holds_still_is_an_error() {
    let (stand_in, _) = filled(1_100, 1);
    for _ in 0..3 {
        stand_in.before("POST /api/v1/series/list?page=1&", |shelves| {
            let first = shelves.series.keys().next().expect("one").clone();
            shelves.remove_series(&first);
        });
    }
    let error = try_scan(&admin(&stand_in)).await.expect_err("restless");
    assert!(error.to_string().contains("changed each time"), "{error}");
    assert_eq!(scanned(&admin(&stand_in)).await.series.len(), 1_097);
}
