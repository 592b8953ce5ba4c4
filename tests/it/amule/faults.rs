//! What goes wrong, what is said then, and what is known of the download afterwards.

use std::{io::Write, time::Duration};

use futures_util::future::join_all;
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

use super::{PASSWORD, link, place};
use crate::stand_in::amule::{Amuled, Reply, queue_of, usual};

fn client(fake: &Amuled) -> Amule {
    Amule::new(AmulePlace {
        timeout: Duration::from_secs(1),
        ..place(fake.port())
    })
}

/// As usual, but for one operation.
async fn but(operation: u8, mut answer: impl FnMut(&Packet) -> Reply + Send + 'static) -> Amuled {
    Amuled::start(move |question| match question.op == operation {
        true => answer(question),
        false => usual(question),
    })
    .await
}

fn failed() -> Reply {
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

    let never = Amuled::start(|question| usual(question)).await;
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

/// A frame of the protocol with these flags.
fn frame(flags: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a length");
    [&flags.to_be_bytes()[..], &length.to_be_bytes(), payload].concat()
}

fn listing() -> Draft {
    queue_of([0x11; 16], kind::U32, &1_234_567_u32.to_be_bytes())
}

fn compressed(draft: &Draft) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&draft.to_frame()[8..]).expect("memory");
    frame(0x21, &encoder.finish().expect("memory"))
}

#[tokio::test]
async fn an_answer_may_come_in_any_form() {
    let wide = |kind, size: &[u8]| queue_of([0x11; 16], kind, size).to_frame();
    let unknown = DraftTag::number(0x7000, 1).with(DraftTag::text(0x7001, "of a later version"));
    let small = [0x12, 0xD6, 0x87];
    for (what, reply, size) in [
        (
            "in single bytes",
            Reply::Drip(listing().to_frame()),
            1_234_567,
        ),
        (
            "compressed",
            Reply::Bytes(compressed(&listing())),
            1_234_567,
        ),
        (
            "with more in it",
            Reply::Say(listing().with(unknown)),
            1_234_567,
        ),
        ("in one byte", Reply::Bytes(wide(kind::U8, &[7])), 7),
        ("in two bytes", Reply::Bytes(wide(kind::U16, &[0, 7])), 7),
        (
            "in four bytes",
            Reply::Bytes(wide(kind::U32, &[&[0][..], &small].concat())),
            1_234_567,
        ),
        (
            "in eight bytes",
            Reply::Bytes(wide(kind::U64, &[&[0; 5][..], &small].concat())),
            1_234_567,
        ),
    ] {
        let mut reply = Some(reply);
        let fake = but(op::GET_DLOAD_QUEUE, move |_| {
            reply.take().unwrap_or(Reply::Silence)
        })
        .await;
        let mut id = link("T01.cbz", 1).id;
        id.size = size;
        let found = client(&fake)
            .find(&id)
            .await
            .unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(
            found.map(|found| found.name).as_deref(),
            Some("T01.cbz"),
            "{what}"
        );
    }
}

#[tokio::test]
async fn an_answer_that_is_none_is_an_error_and_the_next_one_counts() {
    let whole = listing().to_frame();
    let middle = whole.len() - 5;
    let mut broken = whole.clone();
    broken[middle] ^= 0xFF;
    let is_unreachable = |error: &PortError| matches!(error, PortError::Unreachable { .. });
    let is_bad = |error: &PortError| matches!(error, PortError::BadAnswer { .. });
    let is_late = |error: &PortError| matches!(error, PortError::Timeout { .. });
    let is_large = |error: &PortError| matches!(error, PortError::TooLarge { .. });
    let html = b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec();
    let cases: [(&str, Reply, fn(&PortError) -> bool); 11] = [
        ("closed", Reply::Break(Vec::new()), is_unreachable),
        (
            "closed in a header",
            Reply::Break(whole[..5].to_vec()),
            is_unreachable,
        ),
        (
            "closed in a frame",
            Reply::Break(whole[..middle].to_vec()),
            is_unreachable,
        ),
        ("a web server", Reply::Bytes(html), is_bad),
        (
            "a huge length",
            Reply::Bytes([0, 0, 0, 0x20, 0xFF, 0xFF, 0xFF, 0xFF].to_vec()),
            is_large,
        ),
        (
            "a broken tag",
            Reply::Bytes(frame(0x20, &[0x1F, 0, 1, 6, 1, 2, 0, 0])),
            is_bad,
        ),
        ("no packet", Reply::Bytes(frame(0x20, &[])), is_bad),
        (
            "another answer",
            Reply::Say(Draft::new(op::SHARED_FILES)),
            is_bad,
        ),
        ("a no", failed(), is_bad),
        ("silence", Reply::Silence, is_late),
        (
            "half an answer, then silence",
            Reply::Bytes(whole[..middle].to_vec()),
            is_late,
        ),
    ];
    for (what, reply, is_expected) in cases {
        let mut reply = Some(reply);
        let fake = but(op::GET_DLOAD_QUEUE, move |_| {
            reply.take().unwrap_or_else(|| Reply::Say(listing()))
        })
        .await;
        let (client, id) = (client(&fake), link("T01.cbz", 1).id);
        let error = client.find(&id).await.expect_err(what);
        assert!(is_expected(&error), "{what}: {error}");
        assert!(
            error.is_uncertain() && !error.to_string().contains(PASSWORD),
            "{what}: {error}"
        );
        assert!(
            client.find(&id).await.expect("an answer").is_some(),
            "{what}"
        );
    }
}

#[tokio::test]
async fn a_connection_is_kept_and_a_question_survives_its_end() {
    let (mut asked, link) = (0, link("T01.cbz", 1));
    let fake = but(op::GET_DLOAD_QUEUE, move |_| {
        asked += 1;
        match asked {
            3 => Reply::Break(Vec::new()),
            _ => Reply::Say(listing()),
        }
    })
    .await;
    let client = client(&fake);
    for connections in [1, 1, 2, 2] {
        assert!(client.find(&link.id).await.expect("an answer").is_some());
        assert_eq!(fake.connections(), connections);
    }
    let found = join_all((0..20).map(|_| client.find(&link.id))).await;
    assert!(
        found.iter().all(|found| matches!(found, Ok(Some(_)))),
        "{found:?}"
    );
    assert_eq!(fake.connections(), 2);
}

#[tokio::test]
async fn what_may_have_been_done_is_not_sent_again() {
    let fake = but(op::ADD_LINK, |_| Reply::Break(Vec::new())).await;
    let error = client(&fake)
        .add(&link("T01.cbz", 1))
        .await
        .expect_err("no answer");
    assert!(
        matches!(error, PortError::Unreachable { .. }) && error.is_uncertain(),
        "{error}"
    );
    assert_eq!(fake.times(op::ADD_LINK), 1);
}

#[tokio::test]
async fn the_answer_to_a_question_that_was_given_up_is_not_taken_for_another() {
    // Two files; the answer about the first one comes when nobody waits for it any more.
    let fake = Amuled::start({
        let mut asked = 0;
        move |question| match question.op {
            op::GET_DLOAD_QUEUE => {
                asked += 1;
                match asked {
                    1 => Reply::Silence,
                    _ => Reply::Say(Draft::new(op::DLOAD_QUEUE)),
                }
            }
            _ => usual(question),
        }
    })
    .await;
    let (client, id) = (client(&fake), link("T01.cbz", 1).id);
    let given_up = tokio::time::timeout(Duration::from_millis(300), client.find(&id)).await;
    assert!(given_up.is_err());
    assert_eq!(client.find(&id).await.expect("an answer"), None);
    assert_eq!(fake.connections(), 2);
}

#[tokio::test]
async fn a_list_that_is_cut_is_not_taken_for_not_there() {
    let fake = but(op::GET_SHARED_FILES, |_| {
        let mut payload = vec![op::SHARED_FILES, 0xFF, 0xFE];
        payload.extend([0x08, 0, kind::U8, 0, 0, 0, 1, 7].repeat(0xFFFE));
        Reply::Bytes(frame(0x20, &payload))
    })
    .await;
    let error = client(&fake)
        .find(&link("T01.cbz", 1).id)
        .await
        .expect_err("it may be there");
    assert!(
        matches!(error, PortError::BadAnswer { .. }) && error.to_string().contains("65534"),
        "{error}"
    );
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
