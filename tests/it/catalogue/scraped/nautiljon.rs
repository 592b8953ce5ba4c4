//! Nautiljon.

use lacunarr::{catalogue::nautiljon::Nautiljon, domain::identity, ports::Catalogue};

use super::{ids, place, sought, told};
use crate::stand_in::catalogue::{
    nautiljon::{self as stand_in, page},
    site::{Asked, Fault},
};

fn started() -> (stand_in::Nautiljon, Nautiljon) {
    let stand_in = stand_in::Nautiljon::start();
    let catalogue = Nautiljon::new(place(stand_in.site.url()));
    (stand_in, catalogue)
}

fn lines(asked: &[Asked]) -> Vec<&str> {
    asked.iter().map(|asked| &*asked.what).collect()
}

#[tokio::test]
async fn a_search_opens_one_session_and_keeps_it() {
    let (stand_in, catalogue) = started();
    assert_eq!(catalogue.which(), identity::Catalogue::Nautiljon);
    assert_eq!(catalogue.batch(), 1);
    let found = catalogue.search(&sought("Monster")).await.expect("found");
    assert_eq!(ids(&found), ["monster", "monster+musume", "monster+soul"]);
    let found = catalogue.search(&sought("Kochikamé & co")).await;
    assert!(found.expect("an answer").is_empty());
    let asked = stand_in.site.asked();
    assert_eq!(
        lines(&asked),
        [
            "GET /mangas/",
            "GET /mangas/?q=Monster&st=t0ken1",
            "GET /mangas/?q=Kochikam%C3%A9+%26+co&st=t0ken1"
        ]
    );
    for asked in &asked {
        assert!(asked.agent.starts_with("Lacunarr/"), "{asked:?}");
        let known = ["host", "user-agent", "accept", "accept-encoding", "cookie"];
        let odd = asked.headers.iter().find(|name| !known.contains(&&***name));
        assert_eq!(odd, None, "{asked:?}");
    }

    stand_in.forget_sessions();
    let found = catalogue.search(&sought("Monster")).await.expect("found");
    assert_eq!(found.len(), 3);
    assert_eq!(
        lines(&stand_in.site.asked()),
        [
            "GET /mangas/?q=Monster&st=t0ken1",
            "GET /mangas/",
            "GET /mangas/?q=Monster&st=t0ken2"
        ]
    );
}

#[tokio::test]
async fn a_series_and_a_month_are_one_request_each() {
    let (stand_in, catalogue) = started();
    let entries = catalogue.series(&["one+piece".into()]).await;
    let entries = entries.expect("a series");
    assert_eq!(ids(&entries), ["one+piece"]);
    let counts: Vec<_> = entries[0]
        .statements
        .iter()
        .map(|said| said.count)
        .collect();
    assert_eq!(counts, [Some(111), Some(113)]);
    for id in ["unknown", "no id", ""] {
        let entries = catalogue.series(&[id.into()]).await.expect("an answer");
        assert!(entries.is_empty(), "{id}");
    }
    assert!(catalogue.series(&[]).await.expect("nothing").is_empty());
    let planned = catalogue.month(2026, 7).await.expect("a month");
    assert_eq!(planned.expect("it has such a page").len(), 4);
    assert_eq!(
        lines(&stand_in.site.asked()),
        [
            "GET /mangas/one+piece.html",
            "GET /mangas/unknown.html",
            "GET /planning/manga/?y=2026&m=07"
        ]
    );
    let report = catalogue.test().await.expect("it can be asked");
    assert_eq!(report.program, "Nautiljon: its search can be used");
    assert_eq!(lines(&stand_in.site.asked()), ["GET /mangas/"]);
}

#[tokio::test]
async fn what_stands_in_the_way_is_told_and_not_asked_again() {
    let (stand_in, catalogue) = started();
    for (fault, expected) in [
        (
            Fault::Forbidden,
            "Banned: {} has banned this address: it refuses this address (HTTP 403)",
        ),
        (
            Fault::Challenge(403),
            "Banned: {} has banned this address: a ban or a protection",
        ),
        (
            Fault::Challenge(503),
            "Banned: {} has banned this address: a ban or a protection",
        ),
        (
            Fault::Challenge(200),
            "Banned: {} has banned this address: a ban or a protection",
        ),
        (
            Fault::Mitigated,
            "Banned: {} has banned this address: a ban or a protection",
        ),
        (
            Fault::Banned,
            "Banned: {} has banned this address: a ban or a protection",
        ),
        (
            Fault::TooMany("120"),
            "RateLimited: {} asks to wait 120 s (HTTP 429)",
        ),
        (
            Fault::TooMany("99999999"),
            "RateLimited: {} asks to wait 86400 s (HTTP 429)",
        ),
        (
            Fault::TooMany("soon"),
            "RateLimited: {} asks to wait (HTTP 429)",
        ),
        (
            Fault::NewLayout,
            "BadAnswer: {} gave an answer that cannot be read: its layout has changed",
        ),
        (
            Fault::Garbage,
            "BadAnswer: {} gave an answer that cannot be read: its layout has changed",
        ),
        (Fault::Unavailable, "Status: {} answered HTTP 503"),
        (Fault::Late, "Timeout: {} did not answer within 2 s"),
    ] {
        stand_in.site.fails(fault.clone());
        let origin = stand_in.site.url().origin().ascii_serialization();
        let expected = expected.replace("{}", &origin);
        let error = catalogue.series(&["one+piece".into()]).await;
        let error = told(&error.expect_err("it fails"));
        assert!(error.starts_with(&expected), "{fault:?}: {error}");
        assert_eq!(stand_in.site.asked().len(), 1, "{fault:?}");
        if fault == Fault::Late {
            continue;
        }
        let errors = [
            catalogue.search(&sought("Monster")).await.err(),
            catalogue.month(2026, 7).await.err(),
            catalogue.test().await.err(),
        ];
        for error in errors {
            let error = told(&error.expect("it fails"));
            assert!(error.starts_with(&expected), "{fault:?}: {error}");
        }
        assert_eq!(stand_in.site.asked().len(), 3, "{fault:?}");
    }
    stand_in.site.mend();
    assert_eq!(
        catalogue
            .search(&sought("Monster"))
            .await
            .expect("found")
            .len(),
        3
    );
}

#[tokio::test]
async fn a_saved_page_is_read_without_a_request() {
    let (stand_in, catalogue) = started();
    let read = |page: &str| catalogue.read_page(page).expect("it has pages");
    for page in [page!("saved-by-firefox"), page!("saved-by-chrome")] {
        assert_eq!(read(page).expect("a series").id, "one+piece");
    }
    for (page, expected) in [
        (
            "<title>Just a moment...</title>",
            "Declined: the saved page declined: it is a challenge or a ban",
        ),
        (
            "<p>hello",
            "BadAnswer: the saved page gave an answer that cannot be read: its layout has changed",
        ),
        (
            &"x".repeat(5 * 1024 * 1024),
            "TooLarge: the saved page answered with more than 4 MB",
        ),
    ] {
        let error = told(&read(page).expect_err("it is none"));
        assert!(error.starts_with(expected), "{error}");
    }
    assert!(stand_in.site.asked().is_empty());
}
