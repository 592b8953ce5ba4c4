//! Every payload of the programs that can post to a hook, as they were read in their sources, and what each says: `tests/fixtures/hooks/KIND/`.

use std::{collections::BTreeMap, fs, path::PathBuf};

use lacunarr::domain::{
    hook::{Body, Effect, Kind, Mapping, read},
    release::Lexicon,
};
use serde_json::{Value, json};

/// A payload, and what it says.
pub struct Payload {
    /// Its file, without ending.
    pub name: String,
    /// Of its folder.
    pub kind: Kind,
    /// As it is posted.
    pub body: String,
    /// The rest of the file: `contentType`, `mapping`, `effect`, `event`, `titles`, `paths`, `hashes`, `volume`.
    pub says: Value,
}

/// All of them.
pub fn payloads() -> Vec<Payload> {
    let mut found = Vec::new();
    for kind in Kind::ALL {
        let folder = PathBuf::from("tests/fixtures/hooks").join(kind.word());
        let mut files: Vec<_> = fs::read_dir(folder)
            .expect("a folder")
            .map(|entry| entry.expect("an entry").path())
            .collect();
        files.sort();
        for path in files {
            let text = fs::read_to_string(&path).expect("a file");
            let says: Value = serde_json::from_str(&text).expect("JSON");
            let body = match says["text"].as_str() {
                Some(text) => text.to_owned(),
                None => serde_json::to_string_pretty(&says["body"]).expect("JSON"),
            };
            let name = path.file_stem().expect("a name").to_string_lossy();
            found.push(Payload {
                name: name.into_owned(),
                kind,
                body,
                says,
            });
        }
    }
    found
}

#[test]
fn every_payload_says_what_its_file_says() {
    let lexicon = Lexicon::with(&<_>::default());
    let mut count = BTreeMap::new();
    for payload in payloads() {
        let (name, says) = (&payload.name, &payload.says);
        let mapping = &says["mapping"];
        let mapping: Mapping = match mapping.is_null() {
            true => Mapping::default(),
            false => serde_json::from_value(mapping.clone()).expect("a mapping"),
        };
        let body = Body::read(payload.body.as_bytes());
        let reading = read(payload.kind, &mapping, &lexicon, &body, &[]);
        let (titles, paths, hashes) = match &reading.effect {
            Effect::Series {
                titles,
                paths,
                hashes,
            } => (json!(titles), json!(paths), json!(hashes)),
            Effect::Advance { hashes } => (Value::Null, Value::Null, json!(hashes)),
            _ => Default::default(),
        };
        let read = json!([
            reading.effect.word(),
            reading.event,
            titles,
            paths,
            hashes,
            reading.volume
        ]);
        let expected = json!([
            says["effect"],
            says["event"],
            says["titles"],
            says["paths"],
            says["hashes"],
            says["volume"]
        ]);
        assert_eq!(read, expected, "{} {name}", payload.kind.word());
        *count.entry(payload.kind.word()).or_insert(0) += 1;
    }
    assert!(count["arr"] > 50 && count["generic"] > 10, "{count:?}");
}

/// Servarr writes derived fields before their base, and leaves out what is null: `eventType` comes last, or first.
#[test]
fn the_order_of_fields_does_not_matter() {
    let lexicon = Lexicon::with(&<_>::default());
    let book = r#""book":{"title":"Naruto, Tome 5"},"bookFiles":[{"path":"/manga/Naruto/Naruto T05.cbz"}]"#;
    let event = r#""eventType":"Download""#;
    let readings = [
        format!("{{{event},{book}}}"),
        format!("{{\r\n  {book},\r\n  {event}\r\n}}"),
    ];
    let readings = readings.map(|text| {
        let body = Body::read(text.as_bytes());
        read(Kind::Arr, &Mapping::default(), &lexicon, &body, &[])
    });
    assert_eq!(readings[0], readings[1]);
    assert!(
        matches!(&readings[0].effect, Effect::Series { titles, .. } if titles.contains(&"Naruto".into()))
    );
}
