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
