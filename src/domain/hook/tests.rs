//! Bodies that are no payload of anyone: see `tests/it/hooks.rs` for those.

use std::sync::LazyLock;

use proptest::{collection::vec, prelude::*};
use serde_json::json;

use super::{Body, Effect, Kind, Mapping, Reading, read, redacted, redacted_text};
use crate::domain::release::Lexicon;

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::with(&<_>::default()));

fn of(kind: Kind, body: &[u8]) -> Reading {
    read(kind, &Mapping::default(), &LEXICON, &Body::read(body), &[])
}

#[test]
fn a_body_is_what_it_is_whatever_its_headers_say() {
    let form = |value| Body::Form(value);
    for (bytes, body) in [
        (&b""[..], Body::Empty),
        (b" \r\n", Body::Empty),
        (b"\xef\xbb\xbf{\"a\": 1}\n", Body::Json(json!({"a": 1}))),
        (b"[1]", Body::Json(json!([1]))),
        (
            b"hash=ab&name=Naruto T05 [CBZ]",
            form(json!({"hash": "ab", "name": "Naruto T05 [CBZ]"})),
        ),
        (
            b"a=1&a=2&a=3&b",
            form(json!({"a": ["1", "2", "3"], "b": ""})),
        ),
        (b"a%5B%5D=%C3%A9+\n", form(json!({"a[]": "é "}))),
        (b"{\"a\": ", Body::Other),
        (b"<a b=\"c\"/>", Body::Other),
        (b"=a", Body::Other),
        (b"two words=a", Body::Other),
        (
            b"--x\r\nContent-Disposition: form-data; name=\"a\"",
            Body::Other,
        ),
        (b"\x00\x01\x02", Body::Other),
        (b"hash=\xff", Body::Other),
    ] {
        let shown = String::from_utf8_lossy(bytes).into_owned();
        assert_eq!(Body::read(bytes), body, "{shown}");
    }
    let deep = "[".repeat(100_000);
    assert_eq!(Body::read(deep.as_bytes()), Body::Other);
}

#[test]
fn what_looks_like_a_secret_is_not_kept() {
    let hidden = |bytes: &[u8]| redacted(&Body::read(bytes), &["the-own-token"]);
    let json = json!({
        "apiKey": "hunter2", "X-Api-Key": "hunter2", "nested": {"accessToken": ["hunter2"], "Authorization": "Bearer hunter2"},
        "key": 12, "deletedFiles": true, "monkey": "fine", "passkey": null,
        "url": "https://user:hunter2@t.example:8080/hunter2/announce?passkey=hunter2",
        "text": "see https://t.example/dl?k=hunter2 and token=hunter2\tor magnet:?xt=urn:btih:hunter2 now",
        "https://t.example/hunter2": "a name can be a link", "home": "http://sonarr:8989", "own": "a the-own-token b",
    });
    let kept = hidden(json.to_string().as_bytes()).expect("JSON is kept");
    assert!(
        !kept.contains("hunter2") && !kept.contains("the-own-token"),
        "{kept}"
    );
    let kept: serde_json::Value = serde_json::from_str(&kept).expect("JSON");
    for (field, value) in [
        ("apiKey", json!("(hidden)")),
        ("key", json!("(hidden)")),
        ("deletedFiles", json!(true)),
        ("monkey", json!("fine")),
        ("url", json!("https://t.example:8080/(hidden)")),
        (
            "text",
            json!("see https://t.example/(hidden) and token=(hidden)\tor magnet:(hidden) now"),
        ),
        ("home", json!("http://sonarr:8989")),
        ("own", json!("a (hidden) b")),
    ] {
        assert_eq!(kept[field], value, "{field}");
    }
    assert_eq!(
        hidden(b"hash=ab&token=hunter2&token=hunter3&x=a%26b").as_deref(),
        Some("hash=ab&token=%28hidden%29&x=a%26b")
    );
    assert_eq!(hidden(b"").as_deref(), Some(""));
    assert_eq!(
        hidden(b"<token>hunter2</token>"),
        None,
        "what it holds cannot be told apart"
    );
}

#[test]
fn a_flood_in_one_body_is_cut() {
    let titles: Vec<String> = (0..5000)
        .map(|number| format!("Title {number} x"))
        .collect();
    let flood =
        json!({"title": titles, "hash": vec!["ab".repeat(20); 5000], "event": "x".repeat(5000)});
    let reading = of(Kind::Generic, flood.to_string().as_bytes());
    let Effect::Series { titles, hashes, .. } = &reading.effect else {
        panic!("{reading:?}");
    };
    assert_eq!(
        (titles.len(), hashes.len(), reading.event.len()),
        (50, 1, 80)
    );
}

#[test]
fn what_is_shown_of_a_body_holds_no_secret_either() {
    let mapping = Mapping {
        event: Some("/apiKey".into()),
        volume: Some("/note".into()),
        ..Mapping::default()
    };
    let long = format!("{}the-own-token", "x".repeat(75));
    for (body, event, volume) in [
        (json!({"apiKey": "hunter2"}), "(hidden)", None),
        (
            json!({"apiKey": null, "note": "see https://t.example/hunter2"}),
            "",
            Some("see https://t.example/(hidden)"),
        ),
        (
            json!({"note": "token=hunter2 5"}),
            "",
            Some("token=(hidden) 5"),
        ),
        (
            json!({"note": long}),
            "",
            Some(&*format!("{}(hidd", "x".repeat(75))),
        ),
    ] {
        let body = Body::read(body.to_string().as_bytes());
        let reading = read(Kind::Generic, &mapping, &LEXICON, &body, &["the-own-token"]);
        assert_eq!(
            (&*reading.event, reading.volume.as_deref()),
            (event, volume)
        );
    }
    let event = json!({"eventType": "https://user:hunter2@t.example/hunter2"}).to_string();
    assert_eq!(
        of(Kind::Arr, event.as_bytes()).event,
        "https://t.example/(hidden)"
    );
    assert_eq!(
        redacted_text(
            "multipart/form-data; token=hunter2; x=the-own-token",
            &["the-own-token"]
        ),
        "multipart/form-data; token=(hidden); x=(hidden)"
    );
}

#[test]
fn a_title_without_a_letter_names_nothing() {
    let reading = of(Kind::Generic, b"{\"title\": \"!!!\", \"path\": \"/a\"}");
    let effect = Effect::Series {
        titles: Vec::new(),
        paths: vec!["/a".into()],
        hashes: Vec::new(),
    };
    assert_eq!(reading.effect, effect);
}

proptest! {
    #[test]
    fn no_bytes_break_it(bytes in vec(any::<u8>(), 0..300), words in "[{}\\[\\]\":,=&%a-z/?@ .*~0-9é]{0,200}") {
        for body in [&bytes[..], words.as_bytes()] {
            for kind in Kind::ALL {
                of(kind, body);
            }
            redacted(&Body::read(body), &["x"]);
        }
    }
}
