//! Answers in every form, and what is none; what becomes of the connection, and of what was asked on it.

use std::{io::Write, time::Duration};

use futures_util::future::join_all;
use lacunarr::{
    download::amule::codec::{
        Draft, DraftTag,
        names::{kind, op},
    },
    ports::PortError,
};

use super::{
    PASSWORD,
    faults::{but, client, failed},
    link,
};
use crate::stand_in::amule::{Amuled, Reply, queue_of, usual};

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

/// What comes, and whether it is this error.
type Case = (&'static str, Reply, fn(&PortError) -> bool);

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
    let cases: [Case; 11] = [
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

/// The real one does so to one login of some hundred.
#[tokio::test]
async fn a_login_that_is_broken_off_is_begun_again() {
    for (broken, is_let_in) in [(2, true), (3, false)] {
        let mut tried = 0;
        let fake = but(op::AUTH_PASSWD, move |question| {
            tried += 1;
            match tried <= broken {
                true => Reply::Break(Vec::new()),
                false => usual(question),
            }
        })
        .await;
        let found = client(&fake).find(&link("T01.cbz", 1).id).await;
        assert_eq!(found.is_ok(), is_let_in, "{found:?}");
        assert_eq!(fake.connections(), 3);
    }
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
