//! What is declined or refused, what is said then, and what is known of the download afterwards.

use std::time::Duration;

use lacunarr::{
    download::amule::{
        Amule, AmulePlace,
        codec::{
            Draft, DraftTag, Packet,
            names::{kind, op, tag},
        },
    },
    ports::{Added, PortError},
};

use super::{link, place};
use crate::stand_in::amule::{Amuled, Reply, queue_of, usual};

pub(super) fn client(fake: &Amuled) -> Amule {
    Amule::new(AmulePlace {
        timeout: Duration::from_secs(1),
        ..place(fake.port())
    })
}

/// As usual, but for one operation.
pub(super) async fn but(
    operation: u8,
    mut answer: impl FnMut(&Packet) -> Reply + Send + 'static,
) -> Amuled {
    Amuled::start(move |question| match question.op == operation {
        true => answer(question),
        false => usual(question),
    })
    .await
}

pub(super) fn failed() -> Reply {
    let text = "Invalid link or already on list.";
    Reply::Say(Draft::new(op::FAILED).with(DraftTag::text(tag::STRING, text)))
}

/// A queue that lists the file of [`link`] from its `nth` question on.
fn listed_from(nth: usize) -> impl FnMut() -> Reply {
    let mut asked = 0;
    move || {
        asked += 1;
        Reply::Say(match asked >= nth {
            true => queue_of([0x11; 16], kind::U32, &1_234_567_u32.to_be_bytes()),
            false => Draft::new(op::DLOAD_QUEUE),
        })
    }
}

#[tokio::test]
async fn an_add_counts_when_it_is_listed() {
    let link = link("T01.cbz", 1);
    for (nth, taken) in [(2, true), (4, true), (2, false)] {
        let mut queue = listed_from(nth);
        let fake = Amuled::start(move |question| match question.op {
            op::GET_DLOAD_QUEUE => queue(),
            op::ADD_LINK if !taken => failed(),
            _ => usual(question),
        })
        .await;
        let expected = if taken {
            Added::New
        } else {
            Added::AlreadyThere
        };
        assert_eq!(
            client(&fake).add(&link).await.expect("added"),
            expected,
            "{nth} {taken}"
        );
        assert_eq!(fake.times(op::ADD_LINK), 1);
    }

    let never = Amuled::start(usual).await;
    let error = client(&never)
        .add(&link)
        .await
        .expect_err("it lists nothing");
    assert!(
        matches!(error, PortError::NotListed { .. }) && error.is_uncertain(),
        "{error}"
    );

    let refuses = but(op::ADD_LINK, |_| failed()).await;
    let error = client(&refuses)
        .add(&link)
        .await
        .expect_err("it takes nothing");
    assert!(
        matches!(error, PortError::Declined { .. }) && error.concerns_release(),
        "{error}"
    );
}

#[tokio::test]
async fn one_link_is_sent_in_a_packet_with_its_category() {
    let link = link("L'été T01.cbz", 1);
    let mut queue = listed_from(2);
    let fake = Amuled::start(move |question| match question.op {
        op::GET_DLOAD_QUEUE => queue(),
        op::GET_PREFERENCES => {
            let category = DraftTag::number(tag::CATEGORY, 300)
                .with(DraftTag::text(tag::CATEGORY_TITLE, "manga"));
            let categories = DraftTag::new(tag::PREFS_CATEGORIES, 1, []).with(category);
            Reply::Say(Draft::new(op::SET_PREFERENCES).with(categories))
        }
        op::ADD_LINK => {
            let links: Vec<_> = question.tags().map(|tag| (tag.name, tag.text())).collect();
            let uri = format!(
                "ed2k://|file|L'%C3%A9t%C3%A9%20T01.cbz|1234567|{}|/",
                "11".repeat(16)
            );
            assert_eq!(links, [(tag::STRING, Some(uri))]);
            let sent = question.tag(tag::STRING).expect("a link");
            assert_eq!(sent.number_of(tag::PARTFILE_CAT), 300);
            usual(question)
        }
        _ => usual(question),
    })
    .await;
    let client = Amule::new(AmulePlace {
        category: Some("manga".into()),
        ..place(fake.port())
    });
    assert_eq!(client.add(&link).await.expect("added"), Added::New);
    assert_eq!(fake.times(op::CREATE_CATEGORY), 0);
}

#[tokio::test]
async fn a_category_that_cannot_be_made_keeps_nothing_from_coming() {
    let mut queue = listed_from(2);
    let fake = Amuled::start(move |question| match question.op {
        op::GET_DLOAD_QUEUE => queue(),
        op::CREATE_CATEGORY => failed(),
        op::ADD_LINK => {
            let sent = question.tag(tag::STRING).expect("a link");
            assert!(sent.children().next().is_none());
            usual(question)
        }
        _ => usual(question),
    })
    .await;
    let client = Amule::new(AmulePlace {
        category: Some("manga".into()),
        ..place(fake.port())
    });
    assert_eq!(
        client.add(&link("T01.cbz", 1)).await.expect("added"),
        Added::New
    );
    assert_eq!(fake.times(op::CREATE_CATEGORY), 1);
}

#[tokio::test]
async fn who_is_not_let_in_is_told_what_to_do_and_does_not_stay() {
    for (at, said, hint_has) in [
        (
            op::AUTH_PASSWD,
            Some("Authentication failed: wrong password."),
            "the password is wrong",
        ),
        (
            op::AUTH_REQ,
            Some("Invalid protocol version.( 0x0204 != 0x0205 )"),
            "another version of External Connections",
        ),
        (op::AUTH_REQ, Some("You shall not pass"), "its log says why"),
        (op::AUTH_REQ, None, "no password for External Connections"),
    ] {
        let fake = but(at, move |_| {
            let no = Draft::new(op::AUTH_FAIL);
            Reply::Say(match said {
                Some(said) => no.with(DraftTag::text(tag::STRING, said)),
                None => no,
            })
        })
        .await;
        let client = client(&fake);
        for times in 1..3 {
            let error = client.test().await.expect_err("not let in");
            assert!(
                matches!(error, PortError::Unauthorised { hint, .. } if hint.contains(hint_has)),
                "{error}"
            );
            // It takes one connection at a time: the next one comes through only when the last one was closed.
            assert_eq!(fake.times(at), times);
        }
    }
}

#[tokio::test]
async fn a_test_warns_of_what_keeps_files_from_coming() {
    let fake = Amuled::start(|question| {
        Reply::Say(match question.op {
            op::GET_CONNSTATE => {
                let connections = DraftTag::number(tag::CONNSTATE, 0x1D)
                    .with(DraftTag::number(tag::ED2K_ID, 4711));
                Draft::new(op::MISC_DATA).with(connections)
            }
            op::GET_DLOAD_QUEUE => {
                let full = DraftTag::number(tag::PARTFILE, 1)
                    .with(DraftTag::hash(tag::PARTFILE_HASH, [1; 16]))
                    .with(DraftTag::number(tag::PARTFILE_STATUS, 5));
                Draft::new(op::DLOAD_QUEUE).with(full.clone()).with(full)
            }
            op::GET_PREFERENCES => {
                let paused = DraftTag::new(tag::FILES_NEW_PAUSED, 1, []);
                Draft::new(op::SET_PREFERENCES)
                    .with(DraftTag::new(tag::PREFS_FILES, 1, []).with(paused))
            }
            op::AUTH_PASSWD => {
                Draft::new(op::AUTH_OK).with(DraftTag::text(tag::SERVER_VERSION, "3.0.0\n\u{7}"))
            }
            _ => return usual(question),
        })
    })
    .await;
    let report = client(&fake).test().await.expect("a report");
    assert_eq!(report.program, "aMule 3.0.0");
    let begins = [
        "its server gives it a low ID",
        "Kad finds it firewalled",
        "its disk is full: 2",
        "what is added stays paused",
    ];
    assert_eq!(report.warnings.len(), begins.len(), "{:?}", report.warnings);
    for (warning, begin) in report.warnings.iter().zip(begins) {
        assert!(warning.starts_with(begin), "{warning}");
    }
}

#[tokio::test]
async fn an_amule_that_names_no_folder_is_told() {
    let fake = but(op::GET_PREFERENCES, |_| {
        Reply::Say(Draft::new(op::SET_PREFERENCES))
    })
    .await;
    let error = client(&fake).folder().await.expect_err("no folder");
    assert!(matches!(error, PortError::BadAnswer { .. }), "{error}");
}
