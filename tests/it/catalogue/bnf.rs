//! The BnF's catalogue.

use lacunarr::{
    catalogue::bnf::Bnf,
    domain::{
        catalogue::{Market, Sought},
        release::Kind,
    },
    ports::{Catalogue, PortError},
};

use super::{faults, only, says, sought, titles};
use crate::stand_in::catalogue::{
    api::Fault,
    bnf::{self as stand_in, Volume},
};

/// The name of the set's record 38836446.
const SET: &str = "cb38836446b";

fn volume(number: u32) -> Volume {
    Volume {
        record: 40_000_000 + number,
        set: 38_836_446,
        series: "One piece",
        number,
        year: 2000 + number / 5,
        ..Volume::default()
    }
}

fn volumes(count: u32) -> Vec<Volume> {
    (1..=count).map(volume).collect()
}

/// Three volumes, another edition, another series.
fn few() -> Vec<Volume> {
    let mut volumes = volumes(3);
    volumes[1].isbn = "978-2-7234-8852-5";
    volumes.push(Volume {
        record: 41_000_001,
        edition: "Éd. collector",
        ..volume(1)
    });
    volumes.push(Volume {
        record: 42_000_001,
        set: 0,
        series: "One piece party",
        ..volume(7)
    });
    volumes
}

#[tokio::test]
async fn a_search_puts_volumes_together() {
    let stand_in = stand_in::start(few());
    let catalogue = Bnf::new(stand_in.place(None));
    let entries = catalogue
        .search(&sought("One Piece"))
        .await
        .expect("entries");
    assert_eq!(
        titles(&entries),
        ["One piece", "One piece (Éd. collector)", "One piece party"]
    );
    assert_eq!(says(&entries), ["3 ?", "1 ?", "? ?"]);
    let [one, ..] = &entries[..] else {
        panic!("entries")
    };
    assert_eq!((one.id.as_str(), one.kind), (SET, Some(Kind::Manga)));
    assert_eq!(one.authors, ["Eiichirō Oda"]);
    assert_eq!(one.statements[0].market, Market::France);
    let listed: Vec<String> = one.statements[0]
        .releases
        .iter()
        .map(|release| format!("{} {:?}", release.volume, release.isbn.as_deref()))
        .collect();
    assert_eq!(listed, ["1 None", "2 Some(\"9782723488525\")", "3 None"]);

    let asked = only(&stand_in);
    assert_eq!(asked.what, "GET /api/SRU");
    let expected = [
        ("version", "1.2"),
        ("operation", "searchRetrieve"),
        (
            "query",
            r#"bib.title all "One Piece" and bib.doctype any "a""#,
        ),
        ("recordSchema", "unimarcxchange"),
        ("maximumRecords", "100"),
        ("startRecord", "1"),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(asked.query, expected);

    assert!(
        catalogue
            .search(&sought("No such series"))
            .await
            .expect("an answer")
            .is_empty()
    );
    let error = catalogue.search(&sought("!?")).await.expect_err("no word");
    assert!(matches!(error, PortError::Declined { .. }), "{error:?}");
}

#[tokio::test]
async fn a_book_that_is_known_tells_the_series() {
    let stand_in = stand_in::start(few());
    let catalogue = Bnf::new(stand_in.place(None));
    let by_book = |isbn: &str| Sought {
        isbn: Some(isbn.into()),
        ..sought("Wan Pisu")
    };
    let entries = catalogue
        .search(&by_book("9782723488525"))
        .await
        .expect("entries");
    assert_eq!(entries[0].id, SET);
    let queries: Vec<_> = stand_in
        .asked()
        .iter()
        .map(|asked| asked.parameter("query").map(str::to_owned))
        .collect();
    assert_eq!(
        queries,
        [
            Some(r#"bib.isbn any "9782723488525 2723488527""#.to_owned()),
            Some(r#"bib.title all "One piece" and bib.doctype any "a""#.to_owned()),
        ]
    );
    let with_alias = Sought {
        aliases: vec!["?!".into(), "One piece".into()],
        ..sought("Wan Pisu")
    };
    let entries = catalogue.search(&with_alias).await.expect("entries");
    assert_eq!((entries[0].id.as_str(), stand_in.asked().len()), (SET, 2));
    // A book that it does not have leaves the title; what is no ISBN is not asked for.
    for (isbn, requests) in [("9782811623258", 2), ("9782723488526", 1), ("x", 1)] {
        let entries = catalogue.search(&by_book(isbn)).await.expect("an answer");
        assert!(entries.is_empty());
        assert_eq!(stand_in.asked().len(), requests, "{isbn}");
    }
}

#[tokio::test]
async fn a_series_is_found_by_its_set_and_by_its_volumes() {
    let mut records = few();
    // The record of the set itself is like that of any book here: only its number counts.
    records.push(Volume {
        record: 38_836_446,
        ..volume(1)
    });
    let stand_in = stand_in::start(records);
    let catalogue = Bnf::new(stand_in.place(None));
    for id in [SET, "cb40000002x"] {
        let entries = catalogue.series(&[id.to_owned()]).await.expect("entries");
        assert_eq!(entries.len(), 1);
        assert_eq!(
            (entries[0].id.as_str(), entries[0].title.as_str()),
            (id, "One piece")
        );
        let asked = stand_in.asked();
        assert_eq!(asked.len(), 2);
        let name = format!(r#"bib.persistentid any "ark:/12148/{id}""#);
        assert_eq!(asked[0].parameter("query"), Some(name.as_str()));
    }
    assert!(
        catalogue
            .series(&["cb99999999x".to_owned()])
            .await
            .expect("an answer")
            .is_empty()
    );
    stand_in.asked();
    assert!(
        catalogue
            .series(&["x\" or \"".to_owned()])
            .await
            .expect("an answer")
            .is_empty()
    );
    assert!(
        stand_in.asked().is_empty(),
        "what is no id is not asked for"
    );
}

#[tokio::test]
async fn many_records_are_read_by_pages_and_not_for_ever() {
    let read = async |count: u32, pages: usize, says_count: &str| {
        let stand_in = stand_in::start(volumes(count));
        let catalogue = Bnf::new(stand_in.place(None));
        let entries = catalogue
            .search(&sought("One piece"))
            .await
            .expect("entries");
        assert_eq!(says(&entries), [says_count], "{count}");
        let asked = stand_in.asked();
        let starts: Vec<_> = asked
            .iter()
            .map(|asked| asked.parameter("startRecord"))
            .collect();
        assert_eq!(starts.len(), pages);
        assert_eq!(starts[0], Some("1"));
        assert_eq!(
            starts.get(1).copied().flatten(),
            (pages > 1).then_some("101")
        );
    };
    tokio::join!(
        read(100, 1, "100 ?"),
        read(250, 3, "250 ?"),
        read(700, 5, "? ?")
    );
    // By a book or an id, the first request counts among the five.
    let stand_in = stand_in::start(volumes(700));
    let catalogue = Bnf::new(stand_in.place(None));
    catalogue
        .series(&["cb40000002x".to_owned()])
        .await
        .expect("entries");
    assert_eq!(stand_in.asked().len(), 5);
}

#[tokio::test]
async fn a_question_that_it_refuses_is_an_error() {
    let stand_in = stand_in::start(few());
    let catalogue = Bnf::new(stand_in.place(None));
    let refusal = r#"<srw:searchRetrieveResponse xmlns:srw="s" xmlns:diag="d"><srw:diagnostics><diag:diagnostic>
        <diag:message>Too many requests</diag:message></diag:diagnostic></srw:diagnostics></srw:searchRetrieveResponse>"#;
    stand_in.fail(Fault::Says(refusal.into()));
    let error = catalogue
        .search(&sought("One piece"))
        .await
        .expect_err("a refusal");
    assert!(
        error
            .to_string()
            .ends_with("it refuses the question: Too many requests"),
        "{error}"
    );
}

#[tokio::test]
async fn what_is_wrong_is_told_apart() {
    let stand_in = stand_in::start(few());
    let changed =
        r#"<r:searchRetrieveResponse xmlns:r="r"><r:total>3</r:total></r:searchRetrieveResponse>"#;
    faults(&stand_in, stand_in.place(None), changed, Bnf::new).await;
}
