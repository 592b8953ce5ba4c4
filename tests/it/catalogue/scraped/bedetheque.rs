//! Bédéthèque.

use lacunarr::{catalogue::bedetheque::Bedetheque, domain::identity, ports::Catalogue};

use super::{ids, place, sought, told};
use crate::stand_in::catalogue::{
    bedetheque::{self as stand_in, page},
    site::{Asked, Fault},
};

fn started() -> (stand_in::Bedetheque, Bedetheque) {
    let stand_in = stand_in::Bedetheque::start();
    let catalogue = Bedetheque::new(place(stand_in.site.url()));
    (stand_in, catalogue)
}

fn lines(asked: &[Asked]) -> Vec<&str> {
    asked.iter().map(|asked| &*asked.what).collect()
}

#[tokio::test]
async fn a_search_opens_one_session_and_keeps_it() {
    let (stand_in, catalogue) = started();
    assert_eq!(catalogue.which(), identity::Catalogue::Bedetheque);
    let found = catalogue.search(&sought("Astérix")).await.expect("found");
    assert_eq!(ids(&found), ["59", "4321"]);
    let found = catalogue.search(&sought("Nobody")).await;
    assert!(found.expect("an answer").is_empty());
    let error = catalogue.search(&sought("a")).await.expect_err("too many");
    assert!(told(&error).contains("finds too many series"), "{error}");
    let asked = stand_in.site.asked();
    let search = "GET /search/tout?RechTexte=";
    assert_eq!(
        lines(&asked),
        [
            "GET /",
            &format!("{search}Ast%C3%A9rix&RechWhere=0&csrf_token_bel=t0ken1"),
            &format!("{search}Nobody&RechWhere=0&csrf_token_bel=t0ken1"),
            &format!("{search}a&RechWhere=0&csrf_token_bel=t0ken1"),
        ]
    );
    assert!(
        asked
            .iter()
            .all(|asked| asked.agent.starts_with("Lacunarr/"))
    );
    assert_eq!(asked[0].referer, "");
    assert_eq!(asked[1].referer, stand_in.site.url().as_str());
    assert_eq!(asked[1].cookie, "csrf_cookie_bel=t0ken1");

    stand_in.forget_sessions();
    let found = catalogue.search(&sought("Astérix")).await.expect("found");
    assert_eq!(found.len(), 2);
    assert_eq!(stand_in.site.asked().len(), 3);
}

#[tokio::test]
async fn a_series_is_asked_for_with_all_albums() {
    let (stand_in, catalogue) = started();
    for (id, count) in [("67018", 17), ("59", 41)] {
        let entries = catalogue.series(&[id.into()]).await.expect("a series");
        assert_eq!(ids(&entries), [id]);
        assert_eq!(entries[0].statements[0].count, Some(count));
    }
    for id in ["77", "no id", "59-BD", ""] {
        let entries = catalogue.series(&[id.into()]).await.expect("an answer");
        assert!(entries.is_empty(), "{id}");
    }
    assert_eq!(
        lines(&stand_in.site.asked()),
        [
            "GET /serie-67018-BD-Serie__10000.html",
            "GET /serie-59-BD-Serie__10000.html",
            "GET /serie-59-BD-Asterix__10000.html",
            "GET /serie-77-BD-Serie__10000.html"
        ]
    );
    let elsewhere = catalogue.series(&["8".into()]).await;
    let elsewhere = told(&elsewhere.expect_err("it leads to another site"));
    assert!(elsewhere.starts_with("Status: "), "{elsewhere}");
    assert_eq!(stand_in.site.asked().len(), 1);
    let report = catalogue.test().await.expect("it can be asked");
    assert_eq!(report.program, "Bédéthèque: its search can be used");
}

#[tokio::test]
async fn what_stands_in_the_way_is_told_and_not_asked_again() {
    let (stand_in, catalogue) = started();
    for (fault, variant) in [
        (Fault::Forbidden, "Banned: "),
        (Fault::Challenge(403), "Banned: "),
        (Fault::Challenge(200), "Banned: "),
        (Fault::Banned, "Banned: "),
        (Fault::EmptyTitle, "Banned: "),
        (Fault::TooMany("60"), "RateLimited: "),
        (Fault::NewLayout, "BadAnswer: "),
        (Fault::Garbage, "BadAnswer: "),
        (Fault::Unavailable, "Status: "),
        (Fault::Late, "Timeout: "),
    ] {
        stand_in.site.fails(fault.clone());
        let error = catalogue.series(&["59".into()]).await;
        let error = told(&error.expect_err("it fails"));
        assert!(error.starts_with(variant), "{fault:?}: {error}");
        assert_eq!(stand_in.site.asked().len(), 1, "{fault:?}");
        if fault == Fault::Late {
            continue;
        }
        let error = catalogue.search(&sought("Astérix")).await;
        let error = told(&error.expect_err("it fails"));
        assert!(error.starts_with(variant), "{fault:?}: {error}");
        assert_eq!(stand_in.site.asked().len(), 1, "{fault:?}");
        let error = told(&catalogue.test().await.expect_err("it fails"));
        assert!(error.starts_with(variant), "{fault:?}: {error}");
        stand_in.site.asked();
    }
    stand_in.site.mend();
    assert_eq!(
        catalogue
            .search(&sought("Astérix"))
            .await
            .expect("found")
            .len(),
        2
    );
}

#[tokio::test]
async fn a_saved_page_is_read_without_a_request() {
    let (stand_in, catalogue) = started();
    let read = catalogue
        .read_page(page!("new-layout"))
        .expect("it has pages");
    assert_eq!(read.expect("a series").id, "67018");
    assert!(stand_in.site.asked().is_empty());
}
