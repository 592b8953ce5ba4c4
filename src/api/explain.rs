//! Says what is wrong with input in words, from the description that the document gives of it: the two cannot disagree.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use poem_openapi::{
    OpenApi,
    registry::{MetaSchema, MetaSchemaRef, Registry},
};
use regex::Regex;
use serde_json::Value;

use super::Apis;
use crate::settings;

/// Mistakes that are told at once; more would hide the first ones.
const MOST_TOLD: usize = 20;

/// What every pattern of the document means, for whoever did not follow it.
const PATTERNS: [(&str, &str); 22] = [
    (
        "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        "it must be a day such as 2026-07-08",
    ),
    (
        "^97[89][0-9 -]{10,16}$",
        "it must be the ISBN of thirteen digits, for example 978-2-7234-8852-5",
    ),
    (
        "^(/[^\\x00-\\x1f\\x7f-\\x9f]*)?$",
        "it must be empty, or a JSON pointer such as /data/title",
    ),
    (
        "^[A-Za-z0-9._~-]*$",
        "it must be letters, digits, '.', '_', '~' and '-'",
    ),
    (
        "^[A-Za-z0-9_-]+$",
        "it must be the name of a user: letters, digits, '_' and '-', as in the address of the profile",
    ),
    (
        "^[a-z0-9][a-z0-9_-]*$",
        "it must be a name of small letters, digits, '-' and '_', for example default",
    ),
    (
        "^([a-z0-9][a-z0-9_-]*)?$",
        "it must be empty, or a name of small letters, digits, '-' and '_', for example default",
    ),
    ("^[^\\x00]*$", "it must not hold a NUL character"),
    (
        "^[a-z]{2}$",
        "it must be two small letters (ISO 639-1), for example fr",
    ),
    (
        "^/+[^/\\x00-\\x1f\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$",
        "it must be an absolute path below the root, for example /manga",
    ),
    (
        "^https?://[^/?#\\x00-\\x20][^?#\\x00-\\x20]*$",
        "it must begin with http:// or https:// and hold neither spaces nor '?' nor '#', for example http://host:9696",
    ),
    (
        "^[!\"$->@-~]*$",
        "it must be a path without blanks, '?' and '#', for example /api",
    ),
    (
        "^[^\\x00-\\x20\\x7f-\\x9f/?#@]*$",
        "it must be the name or address of a machine alone, for example amule",
    ),
    (
        "^[a-z]+(:[0-9]{1,3})?$",
        "it must be an edition such as standard, perfect or omnibus:3",
    ),
    (
        "^[a-z._*]+$",
        "it must be small letters, dots and underscores, for example grab.sent, or grab.* for all that begin so",
    ),
    (
        "^([01][0-9]|2[0-3]):[0-5][0-9]$",
        "it must be a time of day, for example 19:00",
    ),
    (
        "^[a-z_]+$",
        "it must be small letters and underscores, for example weak_title",
    ),
    (
        "^[0-9]{1,4}([.][0-9]{1,2})?$",
        "it must be a volume number such as 3, 0 or 10.5 (0 to 9999, at most two decimals)",
    ),
    (
        "^( *([0-9]{1,4}([.][0-9]{1,2})?|[0-9]{1,4} *- *[0-9]{1,4}) *(, *([0-9]{1,4}([.][0-9]{1,2})?|[0-9]{1,4} *- *[0-9]{1,4}) *)*)?$",
        "it must be volumes such as 3, 1-12 or 1-10,12,10.5",
    ),
    (
        "^ *([0-9]{1,4}([.][0-9]{1,2})?|[0-9]{1,4} *- *[0-9]{1,4}) *(, *([0-9]{1,4}([.][0-9]{1,2})?|[0-9]{1,4} *- *[0-9]{1,4}) *)*$",
        "it must be at least one volume, such as 3, 1-12 or 1-10,12,10.5",
    ),
    (
        "^[^\\x00-\\x1f\\x7f-\\x9f]*$",
        "it must not hold line breaks or other control characters",
    ),
    (
        "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$",
        "it must not be blank, nor hold line breaks or other control characters",
    ),
];

/// What a time is.
const TIME: &str = "it must be a time such as 2026-01-31T12:00:00Z";

/// What is wrong with a text of a field, if anything.
type Check = fn(&str, &str) -> Option<String>;

/// Bodies with texts of which no description can say what they have to be, each with what they are held against.
const HELD_AGAINST: [(&str, Check); 1] = [("SettingsChange", settings::problem)];

static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
    let mut registry = Registry::new();
    Apis::register(&mut registry);
    registry
});

static COMPILED: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    let compile = |pattern| Regex::new(pattern).expect("the tests compile every pattern");
    PATTERNS
        .iter()
        .map(|(pattern, meaning)| (compile(pattern), *meaning))
        .collect()
});

/// Fields with what is wrong with each, and what it should be. Values are not repeated: they may be secrets.
pub fn mistakes(schema: &MetaSchemaRef, value: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    walk(schema, value, "body", &mut found);
    hold_against(schema, value, &mut found);
    found.truncate(MOST_TOLD);
    found
}

/// The texts of [`HELD_AGAINST`] with which nothing else is wrong.
fn hold_against(schema: &MetaSchemaRef, value: &Value, found: &mut Vec<(String, String)>) {
    let (MetaSchemaRef::Reference(body), Value::Object(fields)) = (schema, value) else {
        return;
    };
    let Some((_, check)) = HELD_AGAINST.iter().find(|known| known.0 == body) else {
        return;
    };
    for (field, value) in fields {
        let is_told = found.iter().any(|(told, _)| told == field);
        let text = value.as_str().filter(|_| !is_told);
        let problem = text.and_then(|text| check(field, text));
        found.extend(problem.map(|problem| (field.clone(), problem)));
    }
}

/// What a value of this schema has to be, as a sentence.
pub fn expected(schema: &MetaSchemaRef) -> String {
    let (schema, _) = resolve(schema);
    if !schema.enum_items.is_empty() {
        let words: Vec<&str> = schema.enum_items.iter().filter_map(Value::as_str).collect();
        return format!("it must be one of {}", words.join(", "));
    }
    match schema.ty {
        "boolean" => "it must be true or false".into(),
        "integer" => whole_number(schema),
        "number" => match (schema.minimum, schema.maximum) {
            (Some(least), Some(most)) => format!("it must be a number from {least} to {most}"),
            _ => "it must be a number".into(),
        },
        "array" => "it must be a list".into(),
        "object" => "it must be an object".into(),
        _ if schema.format == Some("date-time") => TIME.into(),
        _ => match meaning(schema) {
            Some((_, meaning)) => format!("{}; {meaning}", text(schema)),
            None => text(schema),
        },
    }
}

/// The schema itself, and whether `null` stands for none of it.
fn resolve(schema: &MetaSchemaRef) -> (&MetaSchema, bool) {
    match schema {
        MetaSchemaRef::Reference(name) => {
            let known = REGISTRY.schemas.get(name);
            (known.expect("what is used is registered"), false)
        }
        MetaSchemaRef::Inline(schema) => match schema.all_of.first() {
            Some(base) => (resolve(base).0, schema.nullable),
            None => (schema, schema.nullable),
        },
    }
}

fn walk(schema: &MetaSchemaRef, value: &Value, at: &str, found: &mut Vec<(String, String)>) {
    let (resolved, nullable) = resolve(schema);
    match (resolved.ty, value) {
        (_, Value::Null) if nullable => {}
        (_, Value::Null) if at != "body" => found.push((
            at.to_owned(),
            format!(
                "null is not possible here; leave it out, or give it a value: {}",
                expected(schema)
            ),
        )),
        ("object", Value::Object(fields)) => walk_object(resolved, fields, at, found),
        ("array", Value::Array(items)) => walk_array(resolved, items, at, found),
        ("boolean", Value::Bool(_)) => {}
        ("string", Value::String(text)) if resolved.enum_items.is_empty() => {
            found.extend(wrong_text(resolved, text).map(|problem| (at.to_owned(), problem)));
        }
        ("string", word) if resolved.enum_items.contains(word) => {}
        ("integer", Value::Number(number)) if fits_number(resolved, number.as_i64()) => {}
        ("number", Value::Number(number)) if fits(resolved, number.as_f64()) => {}
        _ => found.push((at.to_owned(), expected(schema))),
    }
}

fn walk_object(
    schema: &MetaSchema,
    fields: &serde_json::Map<String, Value>,
    at: &str,
    found: &mut Vec<(String, String)>,
) {
    let place = |name: &str| match at {
        "body" => name.to_owned(),
        at => format!("{at}.{name}"),
    };
    for name in schema.required.iter().copied() {
        if !fields.contains_key(name) {
            let known = schema.properties.iter().find(|known| known.0 == name);
            let sentence = known.map_or_else(String::new, |known| expected(&known.1));
            found.push((place(name), format!("it is missing; {sentence}")));
        }
    }
    // An object with fields of its own takes no others; a map has none, and says what its values are.
    let values = schema.additional_properties.as_deref();
    let values = values.filter(|_| schema.properties.is_empty());
    for (name, value) in fields {
        if let Some((name, schema)) = schema.properties.iter().find(|known| known.0 == name) {
            walk(schema, value, &place(name), found);
            continue;
        }
        let letters = name.chars().take(60);
        let name: String = letters.filter(|letter| !letter.is_control()).collect();
        match values {
            Some(values) => walk(values, value, &place(&name), found),
            None => {
                let known: Vec<&str> = schema.properties.iter().map(|known| known.0).collect();
                let problem = format!(
                    "there is no such field; those that can be given are {}",
                    known.join(", ")
                );
                found.push((place(&name), problem));
            }
        }
    }
}

fn walk_array(schema: &MetaSchema, items: &[Value], at: &str, found: &mut Vec<(String, String)>) {
    if schema.min_items.is_some_and(|least| items.len() < least) {
        found.push((at.to_owned(), "it must not be an empty list".into()));
    }
    if let Some(most) = schema.max_items.filter(|most| items.len() > *most) {
        found.push((
            at.to_owned(),
            format!("it must have at most {most} entries"),
        ));
    }
    let Some(item) = &schema.items else { return };
    for (place, value) in items.iter().enumerate() {
        if found.len() < MOST_TOLD {
            walk(item, value, &format!("{at}[{place}]"), found);
        }
    }
}

/// PostgreSQL keeps no NUL in a text, so it is refused everywhere.
fn wrong_text(schema: &MetaSchema, given: &str) -> Option<String> {
    if schema.format == Some("date-time") {
        let time = given.parse::<DateTime<Utc>>();
        return time.is_err().then(|| TIME.to_owned());
    }
    let length = given.chars().count();
    if given.contains('\0') {
        Some("it holds a NUL character, which no text can".into())
    } else if schema.max_length.is_some_and(|most| length > most)
        || schema.min_length.is_some_and(|least| length < least)
    {
        Some(format!("{}, it has {length}", text(schema)))
    } else {
        let (pattern, meaning) = meaning(schema)?;
        (!pattern.is_match(given)).then(|| (*meaning).to_owned())
    }
}

fn fits(schema: &MetaSchema, number: Option<f64>) -> bool {
    number.is_some_and(|number| {
        schema.minimum.is_none_or(|least| number >= least)
            && schema.maximum.is_none_or(|most| number <= most)
    })
}

fn fits_number(schema: &MetaSchema, number: Option<i64>) -> bool {
    let (least, most) = bounds(schema);
    number.is_some_and(|number| {
        least.is_none_or(|least| number >= least) && most.is_none_or(|most| number <= most)
    })
}

/// The least and the most that a whole number may be; none for as far as the type goes.
fn bounds(schema: &MetaSchema) -> (Option<i64>, Option<i64>) {
    let unsigned = schema
        .format
        .is_some_and(|format| format.starts_with("uint"));
    let least = schema.minimum.map(|least| least as i64);
    (
        least.or(unsigned.then_some(0)),
        schema.maximum.map(|most| most as i64),
    )
}

fn whole_number(schema: &MetaSchema) -> String {
    match bounds(schema) {
        (Some(least), Some(most)) => format!("it must be a whole number from {least} to {most}"),
        (Some(least), None) => format!("it must be a whole number of at least {least}"),
        _ => "it must be a whole number of at most 18 digits".into(),
    }
}

fn text(schema: &MetaSchema) -> String {
    match (schema.min_length, schema.max_length) {
        (Some(least), Some(most)) => format!("it must be a text of {least} to {most} characters"),
        (None, Some(most)) => format!("it must be a text of at most {most} characters"),
        _ => "it must be a text".into(),
    }
}

fn meaning(schema: &MetaSchema) -> Option<&'static (Regex, &'static str)> {
    let pattern = schema.pattern.as_deref()?;
    COMPILED.iter().find(|known| known.0.as_str() == pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                if let Some(pattern) = fields.get("pattern").and_then(Value::as_str) {
                    found.push(pattern.to_owned());
                }
                fields.values().for_each(|field| patterns(field, found));
            }
            Value::Array(items) => items.iter().for_each(|item| patterns(item, found)),
            _ => {}
        }
    }

    #[test]
    fn every_pattern_of_the_document_has_a_sentence() {
        let document = serde_json::from_str(&crate::api::document()).expect("JSON");
        let mut used = Vec::new();
        patterns(&document, &mut used);
        for pattern in &used {
            let known = COMPILED.iter().any(|known| known.0.as_str() == pattern);
            assert!(
                known,
                "explain.rs has no sentence for the pattern {pattern}"
            );
        }
        for (pattern, _) in &*COMPILED {
            let is_used = used.iter().any(|used| used == pattern.as_str());
            assert!(is_used, "nothing uses the pattern {pattern} any more");
        }
    }
}
