//! What Komga tells by itself.

use lacunarr::ports::{Heard, Listener};
use serde_json::json;

use super::*;
use crate::stand_in::{eventually, komga::Fault};

async fn listening(library: &Komga) -> Box<dyn Listener> {
    let listener = library.listen().await.expect("an answer");
    listener.expect("it tells something")
}

/// What is heard next that concerns us.
async fn next(listener: &mut Box<dyn Listener>) -> Heard {
    loop {
        match listener.next().await.expect("it goes on") {
            Heard::Other | Heard::Idle => {}
            heard => return heard,
        }
    }
}

#[tokio::test]
async fn changes_are_heard_and_those_of_other_libraries_are_not() {
    let (stand_in, manga) = started();
    let bd = stand_in.add_library("BD", "/data/bd");
    let mut listener = listening(&reader(&stand_in)).await;
    stand_in.add_series(&bd, "Astérix", &["T01.cbz"]);
    let naruto = stand_in.add_series(&manga, "Naruto", &["T01.cbz"]);
    let series = Heard::Series(naruto.clone());
    assert_eq!(next(&mut listener).await, series, "added");
    assert_eq!(next(&mut listener).await, series, "its book");
    stand_in.change(|shelves| shelves.edit_series(&naruto, json!({"title": "NARUTO"})));
    assert_eq!(next(&mut listener).await, series, "edited");
    stand_in.emit(
        "ReadProgressSeriesChanged",
        &json!({"seriesId": naruto, "userId": "0U"}),
    );
    stand_in.change(|shelves| shelves.remove_library(&bd));
    stand_in.change(|shelves| shelves.remove_library(&manga));
    assert_eq!(next(&mut listener).await, series, "gone");
    assert_eq!(next(&mut listener).await, Heard::Library);
}

#[tokio::test]
async fn only_administrators_hear_that_all_work_is_done() {
    let (stand_in, _) = started();
    stand_in.set_tasks(3);
    let (mut of_admin, mut of_reader) = (
        listening(&admin(&stand_in)).await,
        listening(&reader(&stand_in)).await,
    );
    assert_eq!(of_admin.next().await.expect("tasks"), Heard::Other);
    stand_in.set_tasks(0);
    loop {
        match of_admin.next().await.expect("tasks") {
            Heard::Idle => break,
            heard => assert_eq!(heard, Heard::Other),
        }
    }
    let quiet = tokio::time::timeout(Duration::from_millis(500), of_reader.next()).await;
    assert!(
        quiet.is_err(),
        "a heartbeat is nothing that is told: {quiet:?}"
    );
}

#[tokio::test]
async fn a_stream_that_ends_or_breaks_says_so_and_can_be_begun_again() {
    let (stand_in, manga) = started();
    let library = reader(&stand_in);
    let mut listener = listening(&library).await;
    assert_eq!(stand_in.listeners(), 1);
    stand_in.close_streams();
    let error = listener.next().await.expect_err("the end");
    assert_eq!(
        sentence(&error, &stand_in),
        "KOMGA cannot be reached: it ended the stream of events, as it does about once an hour"
    );
    drop(listener);

    let mut listener = listening(&library).await;
    let naruto = stand_in.add_series(&manga, "Naruto", &["T01.cbz"]);
    assert_eq!(next(&mut listener).await, Heard::Series(naruto));
    stand_in.fail(Fault::Down);
    let mut broken = None;
    while broken.is_none() {
        broken = listener.next().await.err();
    }
    assert!(
        matches!(broken, Some(PortError::Unreachable { .. })),
        "{broken:?}"
    );
    assert!(library.listen().await.is_err(), "it is down");
    stand_in.fail(None);
    let listener = listening(&library).await;
    drop(listener);
    eventually("nobody listens", 5, async || stand_in.listeners() == 0).await;
}

#[tokio::test]
async fn what_is_no_stream_of_events_is_an_error() {
    let (stand_in, _) = started();
    for (fault, words) in [
        (Fault::Html, "a web page instead of JSON"),
        (Fault::OtherProgram, "there is no API of Komga"),
        (Fault::Unavailable, "HTTP 503"),
    ] {
        stand_in.fail(fault);
        let error = admin(&stand_in).listen().await.err().expect("a fault");
        assert!(error.to_string().contains(words), "{error}");
    }
    stand_in.fail(None);
    let mut listener = listening(&reader(&stand_in)).await;
    stand_in.emit_raw("data: {\n\nevent:BookAdded\ndata:[1,2\n\n:comment\n\nnonsense\n\n");
    for _ in 0..2 {
        assert_eq!(listener.next().await.expect("it goes on"), Heard::Other);
    }
    stand_in.emit_raw(&format!("data:{}", "x".repeat(100_000)));
    let error = listener.next().await.expect_err("too long");
    assert!(
        error.to_string().contains("an event without end"),
        "{error}"
    );
}
