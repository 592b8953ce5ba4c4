//! The facts of an event: what it says of itself, in the order in which one wants to know it. Pure.

use serde_json::Value;

use super::{
    LONGEST_FACT, Tongue,
    phrase::{self, SPACE},
};
use crate::domain::event::Event;

/// So many reasons are given; the rest is counted.
const MOST_REASONS: usize = 5;

/// What a number means.
#[derive(Clone, Copy)]
enum Unit {
    Count,
    Percent,
    Bytes,
}

/// Field of the event, its name in French and in English, and what it is if it is a number.
const FACTS: [(&str, &str, &str, Unit); 13] = [
    ("release", "Release", "Release", Unit::Count),
    ("bytes", "Taille", "Size", Unit::Bytes),
    ("source", "Source", "Source", Unit::Count),
    ("indexer", "Indexeur", "Indexer", Unit::Count),
    ("relevance", "Pertinence", "Relevance", Unit::Percent),
    ("refused", "Offres refusées", "Offers refused", Unit::Count),
    ("client", "Client", "Client", Unit::Count),
    ("library", "Bibliothèque", "Library", Unit::Count),
    ("series", "Séries", "Series", Unit::Count),
    ("volumes", "Tomes", "Volumes", Unit::Count),
    ("missing", "Manquants", "Missing", Unit::Count),
    ("sent", "Envois", "Sent", Unit::Count),
    ("failed", "Échecs", "Failed", Unit::Count),
];

/// The fields that say why, as one sentence or several.
const WHY: [&str; 4] = ["reason", "reasons", "message", "errors"];

/// Names and values; a value that is not known is left out.
pub fn facts(event: &Event, tongue: Tongue) -> Vec<(String, String)> {
    if matches!(event, Event::Test { .. }) {
        return Vec::new();
    }
    let (_, data) = event.parts();
    let known = FACTS.iter().filter_map(|(field, french, english, unit)| {
        let value = match &data[field] {
            // Which volumes they are is in the title.
            Value::String(text) if *field != "volumes" => phrase::line(text, LONGEST_FACT),
            Value::Number(number) => written(number.as_u64()?, *unit, tongue),
            _ => return None,
        };
        (!value.is_empty()).then(|| (named(french, english, tongue), value))
    });
    let mut facts: Vec<(String, String)> = known.collect();
    let why = reasons(event);
    let name = named("Pourquoi", "Why", tongue);
    let told = why.iter().take(MOST_REASONS);
    facts.extend(told.map(|reason| (name.clone(), reason.clone())));
    if why.len() > MOST_REASONS {
        let left = (why.len() - MOST_REASONS) as u64;
        let noun = tongue.pick(
            ("autre raison", "autres raisons"),
            ("other reason", "other reasons"),
        );
        facts.push((name, phrase::count(left, noun, tongue)));
    }
    facts
}

/// French has a space before the colon that comes behind it.
fn named(french: &str, english: &str, tongue: Tongue) -> String {
    match tongue {
        Tongue::French => format!("{french}{SPACE}"),
        Tongue::English => english.to_owned(),
    }
}

fn written(number: u64, unit: Unit, tongue: Tongue) -> String {
    match unit {
        Unit::Count => phrase::number(number, tongue),
        Unit::Percent => format!("{number}{SPACE}%"),
        Unit::Bytes => phrase::size(number, tongue),
    }
}

/// Why, each on one line.
pub fn reasons(event: &Event) -> Vec<String> {
    let (_, data) = event.parts();
    let mut reasons = Vec::new();
    for field in WHY {
        match &data[field] {
            Value::String(text) => reasons.push(text.clone()),
            Value::Array(texts) => {
                reasons.extend(texts.iter().filter_map(Value::as_str).map(str::to_owned));
            }
            _ => {}
        }
    }
    let lines = reasons.iter().map(|text| phrase::line(text, LONGEST_FACT));
    lines.filter(|line| !line.is_empty()).collect()
}

/// A field of the event as it is told; nothing when it has none.
pub fn field(event: &Event, field: &str, tongue: Tongue) -> String {
    let (_, data) = event.parts();
    let unit = FACTS.iter().find(|known| known.0 == field);
    match &data[field] {
        Value::String(text) => phrase::line(text, LONGEST_FACT),
        Value::Number(number) => number.as_u64().map_or_else(String::new, |number| {
            written(number, unit.map_or(Unit::Count, |known| known.3), tongue)
        }),
        _ => String::new(),
    }
}
