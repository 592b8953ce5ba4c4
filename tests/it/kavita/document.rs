//! Every request that we make is one of Kavita's OpenAPI document (v0.8.3.2), of which `fixtures/kavita-requests.json` has the types.
//! It marks no field of a body as required, and says in words that all are.

use std::collections::BTreeSet;

use lacunarr::{
    domain::release::Kind,
    library::kavita::Kavita as Adapter,
    ports::{Library, ServerPlace},
    secret::Secret,
};
use serde_json::{Map, Value};

use super::{adapter, place, scan};
use crate::stand_in::kavita::{Asked, Book, Era, Kavita, PASSWORD, USER};

/// Later than the document.
const NEWER: [&str; 1] = ["GET Plugin/authkey-expires"];

fn document() -> Map<String, Value> {
    let text = include_str!("../../fixtures/kavita-requests.json");
    serde_json::from_str(text).expect("JSON")
}

fn check(value: &Value, schema: &Value, at: &str) {
    if value.is_null() {
        assert_eq!(schema["nullable"], true, "{at} is null");
        return;
    }
    match schema["type"].as_str().expect("a type") {
        "object" => {
            let fields = schema["properties"].as_object().expect("its fields");
            let given = value
                .as_object()
                .unwrap_or_else(|| panic!("{at} is no object"));
            assert_eq!(
                given.keys().collect::<BTreeSet<_>>(),
                fields.keys().collect(),
                "{at}"
            );
            fields
                .iter()
                .for_each(|(name, schema)| check(&given[name], schema, &format!("{at}.{name}")));
        }
        "array" => {
            let items = value
                .as_array()
                .unwrap_or_else(|| panic!("{at} is no list"));
            items
                .iter()
                .for_each(|item| check(item, &schema["items"], at));
        }
        "integer" => assert!(value.is_i64(), "{at} is {value}"),
        "boolean" => assert!(value.is_boolean(), "{at} is {value}"),
        "string" => assert!(value.is_string(), "{at} is {value}"),
        other => panic!("{at} is of type {other}"),
    }
    if let Some(values) = schema["enum"].as_array() {
        assert!(values.contains(value), "{at} is {value}");
    }
}

fn check_query(asked: &Asked, parameters: &Value) {
    let line = asked.line();
    for (name, text) in &asked.query {
        let value = match parameters[name]["type"].as_str() {
            None => panic!("{line} has no parameter {name}"),
            Some("string") => Value::String(text.clone()),
            Some(_) => text
                .parse()
                .unwrap_or_else(|_| panic!("{line}?{name}={text}")),
        };
        check(&value, &parameters[name], &format!("{line}?{name}"));
    }
    for (name, schema) in parameters.as_object().into_iter().flatten() {
        let given = asked.query.iter().any(|(known, _)| known == name);
        assert!(given || schema["required"] != true, "{line} lacks {name}");
    }
}

#[tokio::test]
async fn every_request_is_one_of_its_document() {
    let document = document();
    let mut made = BTreeSet::new();
    for era in [Era::Tokens, Era::AuthKeys] {
        let kavita = Kavita::start(era);
        kavita.change(|world| {
            let manga = world.library("Manga", "/manga");
            world.add(manga, "Naruto", [Book::volume("T01.cbz", 1.0)]);
        });
        let by_password = ServerPlace {
            api_key: None,
            username: Some(USER.into()),
            password: Some(Secret::new(PASSWORD)),
            ..place(&kavita)
        };
        for adapter in [
            adapter(&kavita),
            Adapter::new(by_password, Kind::Manga.into()),
        ] {
            let key = scan(&adapter).await.series[0].key.clone();
            adapter.test().await.expect("it works");
            adapter.changed(0).await.expect("it works");
            adapter
                .rescan(std::slice::from_ref(&key))
                .await
                .expect("it works");
            adapter.rescan(&[]).await.expect("it works");
            kavita.no_admin();
            adapter.test().await.expect("it works");
            kavita.admin();
        }
        for asked in kavita.asked() {
            let line = asked.line();
            if NEWER.contains(&line.as_str()) {
                continue;
            }
            let known = document
                .get(&line)
                .unwrap_or_else(|| panic!("{line} is not in it"));
            check_query(&asked, &known["query"]);
            match &known["body"] {
                Value::Null => assert_eq!(asked.body, Value::Null, "{line}"),
                schema => check(&asked.body, schema, &line),
            }
            made.insert(line);
        }
    }
    assert_eq!(made, document.keys().cloned().collect());
}
