//! What goes wrong, and what is said of it.

use std::time::Duration;

use lacunarr::{
    domain::release::Kind,
    library::kavita::Kavita as Adapter,
    ports::{Library, PortError, Scan, ServerPlace},
};
use serde_json::json;

use super::{BOTH, adapter, files, place, scan, scanned, titles};
use crate::stand_in::kavita::{Book, Era, Fault, KEY, Kavita};

fn stocked(era: Era) -> Kavita {
    let kavita = Kavita::start(era);
    kavita.change(|world| {
        let manga = world.library("Manga", "/manga");
        for name in ["Akira", "Bleach", "Naruto"] {
            world.add(
                manga,
                name,
                [Book::volume("T01.cbz", 1.0), Book::volume("T02.cbz", 2.0)],
            );
        }
    });
    kavita
}

#[tokio::test]
async fn a_server_that_does_not_work_is_no_empty_library() {
    for era in BOTH {
        let kavita = stocked(era);
        let hasty = ServerPlace {
            timeout: Duration::from_millis(300),
            ..place(&kavita)
        };
        for (fault, expected) in [
            (Fault::Down, "cannot be reached"),
            (Fault::Slow(Duration::from_secs(2)), "did not answer"),
            (Fault::Html, "web page"),
            (Fault::Truncated, "cannot be read"),
            (Fault::Huge("Series/v2"), "more than 16 MB"),
            (Fault::Error500, "HTTP 500"),
            (Fault::NoPagination, "Pagination"),
            (Fault::RateLimited(30), "asks to wait 30 s"),
            (
                Fault::Says("Library/libraries", json!({ "id": 1 })),
                "cannot be read",
            ),
            (Fault::Says("Series/v2", json!([])), "Pagination"),
        ] {
            kavita.fail(fault.clone());
            let adapter = Adapter::new(hasty.clone(), Kind::Manga.into());
            let scanned = scanned(&adapter, &Scan::default()).await.map(|_| ());
            let changed = adapter.changed(0).await.map(|_| ());
            let tested = adapter.test().await.map(|_| ());
            for error in [scanned, changed, tested] {
                let text = error.expect_err("it does not work").to_string();
                assert!(text.contains(expected), "{era:?} {fault:?}: {text}");
                assert!(!text.contains(KEY) && !text.contains("apiKey"), "{text}");
            }
        }
        kavita.fail(None);
        assert_eq!(scan(&adapter(&kavita)).await.series.len(), 3);
    }
}

#[tokio::test]
async fn one_series_that_cannot_be_read_stays_as_it_was() {
    let kavita = stocked(Era::AuthKeys);
    let first = scan(&adapter(&kavita)).await;
    let bad: i64 = first.series[1].key.parse().expect("an id");
    kavita.fail(Fault::SeriesFails(bad));
    let second = scan(&adapter(&kavita)).await;
    assert_eq!(titles(&second.series), ["Akira", "Bleach", "Naruto"]);
    assert_eq!(second.series[1].files, []);
    assert!(
        second.unreadable.contains(&"Bleach".to_owned()),
        "{:?}",
        second.unreadable
    );
    assert_eq!(second.problems.len(), 1);
    assert!(
        second.problems[0]
            .message
            .contains("'Bleach' is as it was known before"),
        "{:?}",
        second.problems
    );
    let looked = adapter(&kavita)
        .look(&[bad.to_string()], super::known_of(&first))
        .await;
    assert_eq!(looked.expect("it works"), None, "a scan says what is wrong");
    kavita.fail(Fault::Down);
    let looked = adapter(&kavita).look(&[], super::known_of(&first)).await;
    assert!(
        matches!(looked, Err(PortError::Unreachable { .. })),
        "{looked:?}"
    );
}

#[tokio::test]
async fn broken_records_are_problems_and_not_the_end() {
    let kavita = stocked(Era::AuthKeys);
    let book = json!({ "filePath": "/manga/Akira/T01.cbz", "pages": 100, "bytes": 5, "format": 1 });
    let volumes = json!([
        "no volume",
        { "minNumber": 1, "maxNumber": 1, "chapters": [7, { "minNumber": -100_000, "files": [book, { "filePath": 4 }, {}] }] },
        { "minNumber": "one", "chapters": [] },
        { "minNumber": 2, "chapters": null },
    ]);
    kavita.fail(Fault::Says("Series/volumes", volumes));
    let scan = scan(&adapter(&kavita)).await;
    assert_eq!(files(&scan.series[0]), ["Akira/T01.cbz=1"]);
    assert_eq!(scan.problems.len(), 3);
    assert!(
        scan.problems[0]
            .message
            .starts_with("5 books or files of 'Akira'"),
        "{:?}",
        scan.problems
    );
    assert!(
        scan.unreadable.contains(&"Akira".to_owned()),
        "{:?}",
        scan.unreadable
    );
}

#[tokio::test]
async fn metadata_that_are_missing_are_unknown() {
    let kavita = stocked(Era::AuthKeys);
    for said in [
        json!(null),
        json!({}),
        json!({ "totalCount": -3, "language": null, "publicationStatus": 99 }),
    ] {
        kavita.fail(Fault::Says("Series/metadata", said));
        let scan = scan(&adapter(&kavita)).await;
        let series = &scan.series[0];
        assert_eq!((series.total, series.language.as_deref()), (None, None));
        assert_eq!(files(series), ["Akira/T01.cbz=1", "Akira/T02.cbz=2"]);
    }
}

#[tokio::test]
async fn when_most_series_fail_it_is_the_server() {
    let kavita = stocked(Era::AuthKeys);
    kavita.change(|world| {
        for number in 0..60 {
            world.add(
                1,
                &format!("Series {number}"),
                [Book::volume("T01.cbz", 1.0)],
            );
        }
    });
    kavita.fail(Fault::Says("Series/volumes", json!("nothing")));
    let error = scanned(&adapter(&kavita), &Scan::default())
        .await
        .expect_err("nothing can be read");
    assert!(matches!(error, PortError::BadAnswer { .. }), "{error:?}");
}

#[tokio::test]
async fn very_many_broken_series_are_one_sentence_and_nothing_of_any_is_gone() {
    let kavita = stocked(Era::AuthKeys);
    kavita.change(|world| {
        for number in 0..57 {
            let books = [Book::volume("T01.cbz", 1.0)];
            world.add(1, &format!("Series {number:02}"), books);
        }
    });
    kavita.fail(Fault::Says("Series/volumes", json!(["no volume"])));
    let scan = scan(&adapter(&kavita)).await;
    assert_eq!((scan.series.len(), scan.problems.len()), (60, 51));
    assert_eq!(scan.unreadable, [""]);
    let all = scan.problems.iter().find(|problem| problem.path.is_empty());
    assert_eq!(
        all.expect("one of all").message,
        "books or files of 10 more series cannot be read, so nothing counts as gone until they can; scan the libraries again in Kavita"
    );
}

#[tokio::test]
async fn more_than_was_asked_for_is_not_read() {
    let kavita = stocked(Era::AuthKeys);
    kavita.change(|world| {
        for number in 0..500 {
            let books = [Book::volume("T01.cbz", 1.0)];
            world.add(1, &format!("Series {number}"), books);
        }
    });
    kavita.fail(Fault::Everything);
    let adapter = adapter(&kavita);
    let scanned = scanned(&adapter, &Scan::default()).await.map(|_| ());
    let changed = adapter.changed(0).await.map(|_| ());
    let tested = adapter.test().await.map(|_| ());
    for error in [scanned, changed, tested] {
        let text = error.expect_err("too many").to_string();
        assert!(text.contains("more series than it was asked for"), "{text}");
    }
    let one = json!({ "id": 2, "libraryId": 1, "name": "Akira" });
    kavita.fail(Fault::Says("Series/series-by-ids", json!([one, one])));
    let looked = adapter
        .look(&["2".into()], super::known_of(&Scan::default()))
        .await;
    assert_eq!(
        looked.expect("an answer"),
        None,
        "a scan says what is wrong"
    );
}

#[tokio::test]
async fn the_names_of_libraries_are_cut() {
    let kavita = stocked(Era::AuthKeys);
    kavita.change(|world| {
        for number in 0..30 {
            world.library(&format!("{number} {}", "x".repeat(50_000)), "/more");
        }
    });
    let lost = ServerPlace {
        library: Some("Lost".into()),
        ..place(&kavita)
    };
    let lost = Adapter::new(lost, Kind::Manga.into());
    let error = scanned(&lost, &Scan::default()).await.expect_err("lost");
    assert!(
        error.to_string().len() < 2_000,
        "{}",
        error.to_string().len()
    );
    let report = adapter(&kavita).test().await.expect("it works");
    assert!(report.program.len() < 2_500, "{}", report.program.len());
    assert!(report.program.ends_with(", 11 more"), "{}", report.program);
}
