//! Mistakes, made from what the document says of a value.

use serde_json::{Value, json};

use super::scene::{Scene, Wrong};

/// Objects of which an empty one says something: every series, and that all stays as it is.
const TAKE_NOTHING: [&str; 2] = ["SeriesFilter", "SeriesDecision"];

/// Values that a parameter of this schema cannot have, as they stand in a query.
pub fn parameter(schema: &Value) -> Vec<String> {
    let mut wrong: Vec<String> = match schema["type"].as_str() {
        Some("integer") => [
            "",
            "abc",
            "1.5",
            "1e3",
            "0x10",
            " 1",
            "99999999999999999999",
            "\0",
        ]
        .map(String::from)
        .into(),
        Some("boolean") => ["", "TRUE", "yes", "1", "null", "\0"]
            .map(String::from)
            .into(),
        Some("string") if schema["format"] == "date-time" => [
            "",
            "yesterday",
            "2026-02-30T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-01-31",
            "0000-00-00T00:00:00Z",
            "999999999-01-01T00:00:00Z",
            "\0",
        ]
        .map(String::from)
        .into(),
        Some("string") if schema["pattern"].is_string() => {
            let pattern = schema["pattern"].as_str().expect("a pattern");
            let pattern = regex::Regex::new(pattern).expect("a pattern");
            let given = ["", "A B", "é", "a\0", "'; --"].map(String::from);
            let wrong = given.into_iter().filter(|text| !pattern.is_match(text));
            wrong.collect()
        }
        Some("string") => Vec::new(),
        _ => ["", "nonsense", "WANTED", "\0"].map(String::from).into(),
    };
    if let Some(least) = schema["minimum"].as_f64() {
        wrong.push((least as i64 - 1).to_string());
        wrong.push(i64::MIN.to_string());
    }
    if let Some(most) = schema["maximum"].as_f64() {
        wrong.push((most as i64 + 1).to_string());
        wrong.push(i64::MAX.to_string());
    }
    if let Some(most) = schema["maxLength"].as_u64() {
        wrong.push("x".repeat(most as usize + 1));
    }
    wrong
}

/// A body that the operation would take.
pub fn good(scene: &Scene, schema: &str) -> Value {
    match schema {
        "NewSource" => {
            json!({"name": "another", "kind": "prowlarr", "url": "http://127.0.0.1:1", "apiKey": "a key"})
        }
        "NewClient" => {
            json!({"name": "another", "kind": "qbittorrent", "url": "http://127.0.0.1:1"})
        }
        "NewTarget" => {
            json!({"name": "another", "kind": "webhook", "url": "http://127.0.0.1:1/hook"})
        }
        "HookRequest" => json!({"name": "another", "kind": "arr"}),
        "BodyToTry" => json!({"body": "{}"}),
        "Pause" => json!({"until": "2100-01-01T00:00:00Z"}),
        "QuietHours" => json!({"from": "22:00", "to": "07:00"}),
        "Header" => json!({"name": "X-Key", "value": "abc"}),
        "NewLibrary" => json!({"name": "another", "path": "/nowhere/else"}),
        "NewSeries" => json!({"title": "Another", "libraryId": scene.id("libraries")}),
        "BulkChange" => json!({"where": {"ids": [987_654_321]}, "set": {}}),
        "MergeRequest" => json!({"into": 987_654_321}),
        "SplitRequest" => json!({"libraryId": scene.id("libraries"), "keys": ["Nobody"]}),
        "DismissRequest" => json!({"series": 1, "other": 987_654_321}),
        "IdentitiesChange" => json!({"urls": []}),
        "GrabRequest" => json!({"offerId": scene.id("offers"), "volumes": "2"}),
        "AnswerRequest" => json!({"ids": [987_654_321], "answer": "reject"}),
        "WantAgain" => json!({"volumes": "2"}),
        "RuleBody" => {
            json!({"name": "another", "when": [{"field": "group", "test": "is", "values": ["nobody"]}], "then": "refuse"})
        }
        "Trial" => json!({"seriesId": 1, "name": "Naruto T02"}),
        "BlockRequest" => json!({"offerId": scene.id("offers"), "reason": "a fake"}),
        "Sizes" => {
            json!({"refuseBelow": 1, "reviewBelow": 2, "idealFrom": 3, "idealTo": 4, "reviewAbove": 5, "refuseAbove": 6})
        }
        "Condition" => json!({"field": "group", "test": "is", "values": ["nobody"]}),
        "FoundSeries" => json!({"id": "987654321", "libraryId": scene.id("libraries")}),
        "CatalogueChoice" => json!({"id": "987654321"}),
        "NewList" => {
            json!({"catalogue": "anilist", "user": "another", "libraryId": scene.id("libraries"), "enabled": false})
        }
        "MarketAccepted" => json!({"market": "france"}),
        "NamesToParse" => json!({"names": ["Naruto T02"]}),
        _ => json!({}),
    }
}

/// A body for every mistake that can be made in one field.
pub fn bodies(scene: &Scene, name: &str) -> Vec<Wrong> {
    let schema = &scene.document["components"]["schemas"][name];
    assert_eq!(
        schema["additionalProperties"], false,
        "{name} takes anything"
    );
    let good = good(scene, name);
    let mut bodies = Vec::new();
    let mut unknown = good.clone();
    unknown["nonsense"] = json!(1);
    bodies.push(Wrong {
        field: "nonsense: there is no such field".into(),
        body: unknown,
    });
    let mut with = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        bodies.push(Wrong {
            field: field.to_owned(),
            body,
        });
    };
    with(&"n".repeat(40), json!({}));
    for (field, schema) in schema["properties"].as_object().expect(name) {
        if schema["nullable"] != true {
            with(field, Value::Null);
        }
        for value in values(scene, schema) {
            with(field, value);
        }
    }
    for field in schema["required"].as_array().into_iter().flatten() {
        let field = field.as_str().expect("a name");
        let mut body = good.clone();
        body.as_object_mut().expect("an object").remove(field);
        bodies.push(Wrong {
            field: format!("{field}: it is missing"),
            body,
        });
    }
    bodies
}

fn values(scene: &Scene, schema: &Value) -> Vec<Value> {
    let named = schema["$ref"].as_str();
    if let Some(base) = named.or(schema["allOf"][0]["$ref"].as_str()) {
        let name = base.rsplit('/').next().expect("a name");
        let mut wrong = values(scene, &scene.document["components"]["schemas"][name]);
        if TAKE_NOTHING.contains(&name) {
            wrong.retain(|value| *value != json!({}));
        }
        return wrong;
    }
    let mut wrong = vec![json!({}), json!({"a": 1})];
    match schema["type"].as_str().expect("a type") {
        "boolean" => wrong.extend([json!("true"), json!(1), json!([])]),
        "number" => {
            wrong.extend([json!("1"), json!(true), json!([1])]);
            if let Some(least) = schema["minimum"].as_f64() {
                wrong.push(json!(least - 0.5));
            }
            if let Some(most) = schema["maximum"].as_f64() {
                wrong.push(json!(most + 0.5));
            }
        }
        // A map takes an empty one, and so does an object of which nothing is needed.
        "object"
            if !schema["additionalProperties"]["type"].is_null()
                || schema["required"].is_null() =>
        {
            wrong = vec![json!({"a": 1}), json!(1), json!("x"), json!([])];
        }
        "object" => wrong.extend([json!(1), json!("x"), json!([])]),
        "integer" => {
            wrong.extend([
                json!("1"),
                json!(1.5),
                json!(true),
                json!([1]),
                json!(u64::MAX),
                json!(1e300),
            ]);
            if let Some(least) = schema["minimum"].as_f64() {
                wrong.extend([json!(least as i64 - 1), json!(i64::MIN)]);
            }
            if let Some(most) = schema["maximum"].as_f64() {
                wrong.extend([json!(most as i64 + 1), json!(i64::MAX)]);
            }
        }
        "string" => wrong.extend(strings(schema)),
        "array" => wrong.extend(arrays(scene, schema)),
        other => panic!("no mistakes are known for {other}"),
    }
    wrong
}

fn strings(schema: &Value) -> Vec<Value> {
    let mut wrong = vec![json!(3), json!(true), json!(["x"])];
    if schema["enum"].is_array() {
        wrong.extend([json!(""), json!("nonsense"), json!("MANGA")]);
        return wrong;
    }
    wrong.extend([
        json!("\0"),
        json!("fine\0then not"),
        json!("x".repeat(schema["maxLength"].as_u64().unwrap_or(0).max(9_999) as usize + 1)),
    ]);
    let pattern = schema["pattern"].as_str().unwrap_or_default();
    if pattern.contains("x1f") {
        wrong.extend([json!("line\nbreak"), json!("bell\u{7}")]);
    }
    if schema["minLength"] == 1 || pattern.contains("x20") {
        wrong.push(json!(""));
    }
    if pattern.contains("[0-9]") {
        let whole = regex::Regex::new(pattern).expect("a pattern");
        let texts = ["one", "-1", "1.234", "99999", "1;2", "٣"].into_iter();
        wrong.extend(texts.filter(|text| !whole.is_match(text)).map(Value::from));
    }
    if pattern.contains("[a-z]{2}") {
        wrong.extend([json!(""), json!("FR"), json!("fra"), json!("f"), json!("é")]);
    }
    wrong
}

fn arrays(scene: &Scene, schema: &Value) -> Vec<Value> {
    let mut wrong = vec![json!("x"), json!(3), json!([null]), json!([[]])];
    wrong.extend(
        values(scene, &schema["items"])
            .into_iter()
            .map(|item| json!([item])),
    );
    if schema["minItems"] == 1 {
        wrong.push(json!([]));
    }
    let most = schema["maxItems"].as_u64().expect("every list is bounded") as usize;
    let item = if schema["items"]["type"] == "integer" {
        json!(1)
    } else {
        json!("x")
    };
    wrong.push(Value::Array(vec![item; most + 1]));
    wrong
}
