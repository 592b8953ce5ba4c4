//! `docs/defaults.md` says what the program does: every setting and field of a profile, and what has no setting.

use std::{collections::BTreeMap, fs};

use lacunarr::{
    connection::ServerSettings,
    domain::{backoff, decide, event, hold, query, units},
};
use serde_json::Value;

use crate::stand_in::program::Home;

const SIZES: [&str; 6] = [
    "refuseBelow",
    "reviewBelow",
    "idealFrom",
    "idealTo",
    "reviewAbove",
    "refuseAbove",
];

/// Of the table below a heading, the second cell by the last one.
fn table(heading: &str) -> BTreeMap<String, String> {
    let page = fs::read_to_string("docs/defaults.md").expect("the page");
    let part = page.split(&format!("\n## {heading}\n")).nth(1);
    let part = part.expect(heading).split("\n## ").next().expect("a part");
    let rows = part.lines().filter(|line| line.ends_with("` |"));
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").collect();
        let plain = |cell: &str| cell.trim().trim_matches('`').to_owned();
        (plain(cells[2]), plain(cells[1]))
    };
    let all = rows.clone().count();
    let table: BTreeMap<String, String> = rows.map(row).collect();
    assert_eq!(table.len(), all, "a row is there twice");
    table
}

/// As the page writes it.
fn written(value: &Value) -> String {
    let joined = |values: Vec<String>| match values.is_empty() {
        true => "none".to_owned(),
        false => values.join(", "),
    };
    match value {
        Value::String(text) if text.is_empty() => "none".to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(number) => number.as_f64().expect("a number").to_string(),
        Value::Array(values) => joined(values.iter().map(written).collect()),
        Value::Object(fields) if fields.contains_key(SIZES[0]) => {
            joined(SIZES.iter().map(|field| written(&fields[*field])).collect())
        }
        Value::Object(fields) => joined(fields.keys().cloned().collect()),
        other => other.to_string(),
    }
}

fn all_written(values: &Value) -> BTreeMap<String, String> {
    let values = values.as_object().expect("an object").iter();
    values
        .map(|(name, value)| (name.clone(), written(value)))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_default_is_on_its_page() {
    let mut home = Home::new().await;
    for name in [
        "KEEP_FREE_GIGABYTES",
        "ACTIVE_TORRENTS",
        "FRESH_MINUTES",
        "GRABS_PER_NIGHT_FIRST_WEEK",
        "SECONDS_BETWEEN_QUERIES",
    ] {
        home.unset(&format!("SETTINGS__{name}"));
    }
    let program = home.start().await;
    let mut settings = all_written(&program.get("settings").await);
    assert_eq!(settings.remove("locked").as_deref(), Some("none"));
    settings.remove("timeZone");
    assert_eq!(table("Settings"), settings);
    let profile = program.get("profiles/default").await["profile"].clone();
    assert_eq!(table("Profile"), all_written(&profile));
}

#[test]
fn the_defaults_of_a_server_s_library_are_on_their_page() {
    let usual = ServerSettings::of("http://komga:25600");
    let expected = [
        ("timeoutSeconds", usual.timeout_seconds),
        ("settleSeconds", usual.settle_seconds),
        ("pollSeconds", usual.poll_seconds),
    ];
    let expected = expected.map(|(field, seconds)| (field.to_owned(), seconds.to_string()));
    assert_eq!(
        table("Libraries of Komga and Kavita"),
        BTreeMap::from(expected)
    );
}

#[test]
fn what_has_no_setting_is_as_the_page_says() {
    let page = fs::read_to_string("docs/defaults.md").expect("the page");
    let days = |fruitless| (backoff::next_search(fruitless) / units::DAY).to_string();
    let in_vain: Vec<String> = (1..=5).map(days).collect();
    for sentence in [
        format!("asked for | {}: the title", query::MOST_NAMES),
        format!("was cut off | {} |", query::MOST_REFINEMENTS),
        format!(
            "{}; after searches in vain {} |",
            days(0),
            in_vain.join(", ")
        ),
        format!(
            "from {} volumes of a series, or over {} % of a library and {} volumes",
            hold::OF_SERIES,
            hold::PERCENT,
            hold::LEAST
        ),
        format!("above {} times the size", decide::CLOSED_PACK),
        format!("in a run | {}; the others", event::MOST_TOLD),
    ] {
        assert!(page.contains(&sentence), "{sentence}");
    }
    assert_eq!(days(6), days(5), "it gets no rarer");
}
