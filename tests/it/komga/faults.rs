//! What it says when something is wrong, and what hostile answers do.

use serde_json::{Value, json};

use super::*;
use crate::stand_in::komga::{Fault, USER};

#[tokio::test]
async fn a_test_says_who_we_are_and_what_is_there() {
    let (stand_in, manga) = started();
    let naruto = stand_in.add_series(&manga, "Naruto", &["T01.cbz", "T02.cbz", "T03.cbz"]);
    stand_in.change(|shelves| shelves.trash_book(&naruto, "T03.cbz"));
    let bd = stand_in.add_library("BD", "/data/bd");
    stand_in.add_series(&bd, "Astérix", &["T01.cbz"]);

    let report = admin(&stand_in).test().await.expect("a report");
    assert_eq!(
        report.program,
        "Komga 1.26.3 (admin@example.org, administrator): Manga with 1 series and 2 books"
    );
    assert_eq!(report.warnings, [""; 0]);
    let report = reader(&stand_in).test().await.expect("a report");
    assert_eq!(
        report.program,
        "Komga (reader@example.org): Manga with 1 series and 2 books"
    );
    assert!(
        report.warnings[0].contains("no administrator"),
        "{:?}",
        report.warnings
    );
    let all = library(ServerPlace {
        library: None,
        ..place(&stand_in, ADMIN_KEY)
    });
    let report = all.test().await.expect("a report");
    assert!(
        report
            .program
            .ends_with(": BD, Manga with 2 series and 3 books"),
        "{}",
        report.program
    );

    stand_in.share(&[]);
    let nothing = library(ServerPlace {
        library: None,
        ..place(&stand_in, READER_KEY)
    });
    let report = nothing.test().await.expect("a report");
    assert!(
        report
            .program
            .ends_with(": no library with 0 series and 0 books"),
        "{}",
        report.program
    );
    assert!(
        report.warnings[1].contains("may see no library"),
        "{:?}",
        report.warnings
    );
}

#[tokio::test]
async fn an_empty_library_and_one_whose_disk_is_away_deserve_attention() {
    let (stand_in, manga) = started();
    stand_in.change(|shelves| {
        shelves
            .libraries
            .get_mut(&manga)
            .expect("a library")
            .unavailable = true;
    });
    let report = admin(&stand_in).test().await.expect("a report");
    assert_eq!(
        report.warnings,
        [
            "Komga cannot read the folder of Manga; check that its disk is mounted",
            "there is no book in it; has Komga scanned it?",
        ]
    );
}

#[tokio::test]
async fn wrong_credentials_say_where_the_right_ones_are() {
    let (stand_in, _) = started();
    let nobody = ServerPlace {
        api_key: None,
        ..place(&stand_in, "")
    };
    let by_name = ServerPlace {
        username: Some(USER.into()),
        password: Some(Secret::new("PLANTED-wrong")),
        ..nobody.clone()
    };
    for (place, hint) in [
        (
            place(&stand_in, "PLANTED-wrong"),
            "the API key is wrong; make one in Komga under My Account, API Keys",
        ),
        (by_name, "the e-mail address or the password is wrong"),
        (
            nobody,
            "enter an API key; it is made in Komga under My Account, API Keys",
        ),
    ] {
        let library = library(place);
        for error in [
            library.test().await.expect_err("refused"),
            try_scan(&library).await.expect_err("refused"),
            library.listen().await.err().expect("refused"),
        ] {
            assert_eq!(
                sentence(&error, &stand_in),
                format!("KOMGA refuses the credentials: {hint}")
            );
        }
    }
}

#[tokio::test]
async fn every_fault_has_its_own_sentence() {
    let (stand_in, manga) = started();
    stand_in.add_series(&manga, "Naruto", &["T01.cbz"]);
    let hurried = library(ServerPlace {
        timeout: Duration::from_secs(1),
        ..place(&stand_in, ADMIN_KEY)
    });
    for (fault, words) in [
        (
            Fault::Html,
            "KOMGA gave an answer that cannot be read: a web page instead of JSON",
        ),
        (
            Fault::OtherProgram,
            "KOMGA gave an answer that cannot be read: there is no API of Komga 1.19 or later at this address; is it Komga's own address, with its URL base?",
        ),
        (Fault::Unavailable, "KOMGA answered HTTP 503"),
        (Fault::Huge, "KOMGA answered with more than 32 MB"),
        (
            Fault::Slow(Duration::from_secs(3)),
            "KOMGA did not answer within 1 s",
        ),
        (Fault::Down, "KOMGA cannot be reached: "),
        (
            Fault::Says("[]".into()),
            "KOMGA gave an answer that cannot be read: broken JSON",
        ),
        (
            Fault::Says(r#"{"content":[]}"#.into()),
            "KOMGA gave an answer that cannot be read: broken JSON",
        ),
        (
            Fault::Says(r#"{"content":[],"last":false}"#.into()),
            "KOMGA gave an answer that cannot be read: an empty page that is not the last one",
        ),
    ] {
        stand_in.fail(fault.clone());
        let error = try_scan(&hurried).await.expect_err("a fault");
        let said = sentence(&error, &stand_in);
        assert!(said.starts_with(words), "{fault:?}: {said}");
        assert!(!format!("{error:?}").contains("PLANTED"));
    }
    stand_in.fail(None);
    assert_eq!(scanned(&hurried).await.series.len(), 1, "up again");
}

#[tokio::test]
async fn a_broken_record_loses_no_other_and_what_was_known_of_it_is_kept() {
    let (stand_in, manga) = started();
    let naruto = stand_in.add_series(&manga, "Naruto", &["T01.cbz", "T02.cbz", "T03.cbz"]);
    stand_in.add_series(&manga, "Akira", &["T01.cbz"]);
    stand_in.add_series(&manga, "Monster", &["T01.cbz"]);
    let bend = |record: &mut Value| match record["name"].as_str() {
        Some("Akira") => record["metadata"]["tags"] = json!("many"),
        Some("T02") => record["sizeBytes"] = json!("large"),
        _ => {}
    };
    stand_in.bend(bend);
    let scan = scanned(&admin(&stand_in)).await;
    assert_eq!(
        outline(&scan.series),
        [
            "Naruto: Naruto/T01.cbz=1 Naruto/T03.cbz=3",
            "Monster: Monster/T01.cbz=1"
        ]
    );
    assert_eq!(scan.unreadable, ["Akira", "Naruto/T02.cbz"]);
    assert!(
        scan.problems
            .iter()
            .all(|problem| problem.message.contains("what was known of it is kept"))
    );
    let hidden = scanned(&reader(&stand_in)).await;
    assert!(
        hidden.unreadable.contains(&format!("{naruto}/T02.cbz")),
        "{:?}",
        hidden.unreadable
    );

    let look = admin(&stand_in)
        .look(&[naruto], Arc::new(KnownFiles::new()))
        .await;
    assert!(
        look.is_err(),
        "nothing is known of a series with a broken book"
    );
}

#[tokio::test]
async fn absurd_records_are_passed_over_or_kept_as_they_were() {
    let (stand_in, manga) = started();
    stand_in.add_series(&manga, "Naruto", &["T01.cbz"]);
    for (field, value) in [
        ("id", json!("../../x")),
        ("id", json!("")),
        ("id", json!(7)),
        ("id", Value::Null),
        ("libraryId", json!("a b")),
        ("metadata", json!("none")),
    ] {
        stand_in.bend(move |record| {
            if record["name"] == "Naruto" {
                record[field] = value.clone();
            }
        });
        let scan = scanned(&admin(&stand_in)).await;
        assert_eq!(
            (scan.series.len(), scan.unreadable.len()),
            (0, 1),
            "{field}"
        );
    }
    // What belongs to nobody is nobody's.
    stand_in.bend(|record| {
        if record["name"] == "T01" {
            record["seriesId"] = json!("0STRANGER");
        }
    });
    assert_eq!(scanned(&admin(&stand_in)).await.series, []);
}
