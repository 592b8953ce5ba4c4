//! Which series are one: merged and parted by hand, suggested by the program, and shown by libraries on the same files.

mod merge;
mod mirrors;
mod split;
mod suggestions;

use serde_json::{Value, json};

use crate::stand_in::{eventually, program::Program};

/// The French series of this title.
async fn series(program: &Program, title: &str) -> Value {
    let all = program.get("series?pageSize=200").await;
    let found = all["records"].as_array().expect("records").iter();
    let mut found = found.filter(|series| series["title"] == title && series["language"] == "fr");
    let series = found
        .next()
        .unwrap_or_else(|| panic!("no {title} in {all:#}"));
    assert!(found.next().is_none(), "one {title}: {all:#}");
    series.clone()
}

async fn id_of(program: &Program, title: &str) -> i64 {
    series(program, title).await["id"]
        .as_i64()
        .expect("a number")
}

/// Scans a library, and waits for its end.
async fn scan(program: &Program, name: &str) {
    let library = async || {
        let libraries = program.get("libraries").await;
        let mut libraries = libraries.as_array().expect("libraries").iter();
        let found = libraries.find(|library| library["name"] == name);
        found.expect("the library").clone()
    };
    let before = library().await;
    program
        .post(&format!("libraries/{}/scan", before["id"]), json!({}))
        .await;
    eventually("the library is scanned again", 30, async || {
        library().await["scannedAt"] != before["scannedAt"]
    })
    .await;
}

/// How many events of a type there were.
async fn told(program: &Program, kind: &str) -> i64 {
    let history = program.get(&format!("history?type={kind}")).await;
    history["totalRecords"].as_i64().expect("a number")
}

/// Of each record of a list, this field.
async fn each(program: &Program, path: &str, field: &str) -> Vec<Value> {
    let page = program.get(path).await;
    let records = page["records"]
        .as_array()
        .or(page.as_array())
        .expect("records");
    records.iter().map(|record| record[field].clone()).collect()
}
