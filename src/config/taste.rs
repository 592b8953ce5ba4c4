//! `[rules.NAME]` and `[profiles.NAME]` of the file. What cannot be read is a mistake; a rule that can be read but not asked is kept.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::{
    Config, FileConnection, Mistake,
    connections::snake,
    layers::{Layers, Table},
};
use crate::{
    connection::Role,
    domain::{
        decide::{
            CustomRule,
            custom::{Condition, HEAVIEST, Then},
        },
        profile::Profile,
    },
    taste,
};

/// A rule that stands in the file.
#[derive(Clone, Debug)]
pub struct FileRule {
    /// It is asked.
    pub enabled: bool,
    /// The name of the library that it is for; none for all.
    pub library: Option<String>,
    /// What it says.
    pub rule: CustomRule,
}

/// A profile that stands in the file.
#[derive(Clone, Debug)]
pub struct FileProfile {
    /// Its name.
    pub name: String,
    /// What it says.
    pub profile: Profile,
}

/// Every rule that can be read.
pub fn rules(layers: &mut Layers) -> Vec<FileRule> {
    let tables = layers.tables("rules");
    tables
        .iter()
        .filter_map(|table| rule(&mut Reader { layers, table }))
        .collect()
}

/// Every profile that can be read.
pub fn profiles(layers: &mut Layers) -> Vec<FileProfile> {
    let tables = layers.tables("profiles");
    tables
        .iter()
        .filter_map(|table| profile(&mut Reader { layers, table }))
        .collect()
}

/// Libraries and profiles that are named in the file and do not stand in it. They may have been made through the API, which only the
/// database knows.
pub fn strangers(layers: &Layers, config: &Config) -> Vec<Mistake> {
    let role = |file: &&FileConnection| file.settings.role() == Role::Library;
    let libraries = config.connections.iter().filter(role);
    let libraries: BTreeSet<&str> = libraries.map(|file| file.name.as_str()).collect();
    let profiles = layers.tables("profiles");
    let profiles = profiles.iter().map(|table| table.name.as_str());
    let profiles: BTreeSet<&str> = profiles.chain([taste::DEFAULT]).collect();
    let stranger = |what: &str, name: &str, known: &BTreeSet<&str>| {
        let known: Vec<&str> = known.iter().copied().collect();
        let there_are = match known.is_empty() {
            true => "none at all".to_owned(),
            false => format!("just {}", known.join(", ")),
        };
        format!(
            "no {what} named '{name}' stands in the file, {there_are}; unless one was made through the API, this is a mistake too"
        )
    };
    let of_rules = layers.tables("rules").into_iter().flat_map(|table| {
        let fields = table.fields.into_iter();
        fields
            .filter(|(key, ..)| key == "library")
            .filter_map(|(_, place, value)| Some((place, text(&value).ok()?)))
            .filter(|(_, name)| !libraries.contains(name.as_str()))
            .map(|(place, name)| Mistake {
                place,
                problem: format!(
                    "{}.library: {}",
                    table.at,
                    stranger("library", &name, &libraries)
                ),
            })
            .collect::<Vec<_>>()
    });
    let of_libraries = config.connections.iter().filter_map(|file| {
        let name = file.settings.series()?.profile.as_deref()?;
        (!profiles.contains(name)).then(|| Mistake {
            place: layers.place_of(&format!("libraries.{}.profile", file.name)),
            problem: format!("profile: {}", stranger("profile", name, &profiles)),
        })
    });
    of_rules.chain(of_libraries).collect()
}

/// One table, and where its mistakes go.
struct Reader<'a> {
    layers: &'a mut Layers,
    table: &'a Table,
}

impl Reader<'_> {
    /// A mistake at a key, or at the head of the table when the key is not there.
    fn mistake(&mut self, key: &str, problem: &str) {
        let field = self.table.fields.iter().find(|field| field.0 == key);
        let place = field.map_or(&self.table.place, |field| &field.1).clone();
        let problem = format!("{}.{key}: {problem}", self.table.at);
        self.layers.mistake_at(place, problem);
    }

    fn only(&mut self, known: &[&str]) {
        for (key, ..) in &self.table.fields {
            if !known.contains(&key.as_str()) {
                self.mistake(key, &no_key(known));
            }
        }
    }

    /// A value; what cannot be read is a mistake and counts as not given.
    fn take<T>(&mut self, key: &str, read: impl Fn(&Value) -> Result<T, String>) -> Option<T> {
        let field = self.table.fields.iter().find(|field| field.0 == key)?;
        match read(&field.2) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.mistake(key, &problem);
                None
            }
        }
    }
}

fn no_key(known: &[&str]) -> String {
    format!("there is no such key here; there are: {}", known.join(", "))
}

fn rule(reader: &mut Reader<'_>) -> Option<FileRule> {
    reader.only(&["when", "then", "weight", "library", "enabled"]);
    let name = &reader.table.name;
    let fits = name.trim() == name
        && (1..=60).contains(&name.chars().count())
        && !name.chars().any(char::is_control);
    if !fits {
        let problem = "its name must have 1 to 60 characters, none of them a control character, and no blank at its ends";
        reader.layers.mistake_at(
            reader.table.place.clone(),
            format!("{}: {problem}", reader.table.at),
        );
    }
    let then = then(reader);
    let library = reader.take("library", text);
    let enabled = reader.take("enabled", flag).unwrap_or(true);
    let when = reader.take("when", conditions).unwrap_or_default();
    Some(FileRule {
        enabled,
        library,
        rule: CustomRule {
            name: reader.table.name.clone(),
            when,
            then: then?,
        },
    })
}

fn then(reader: &mut Reader<'_>) -> Option<Then> {
    let weight = reader.take("weight", weight);
    let word = reader.take("then", text).unwrap_or_default();
    match Then::of(&word, weight) {
        Ok(then) => Some(then),
        Err((key, problem)) => {
            reader.mistake(key, &problem);
            None
        }
    }
}

fn text(value: &Value) -> Result<String, String> {
    let text = value
        .as_str()
        .map(str::trim)
        .filter(|text| !text.is_empty());
    text.map(ToOwned::to_owned)
        .ok_or_else(|| "it must be text, in quotes".into())
}

fn flag(value: &Value) -> Result<bool, String> {
    value
        .as_bool()
        .ok_or_else(|| "it must be true or false".into())
}

fn weight(value: &Value) -> Result<i32, String> {
    let weight = value
        .as_i64()
        .and_then(|weight| i32::try_from(weight).ok())
        .filter(|weight| (-HEAVIEST..=HEAVIEST).contains(weight));
    weight.ok_or_else(|| format!("it must be a whole number from -{HEAVIEST} to {HEAVIEST}"))
}

fn conditions(value: &Value) -> Result<Vec<Condition>, String> {
    const SHAPE: &str = "it must be a list of conditions such as { field = \"format\", test = \"is\", values = [\"pdf\"] }";
    let list = value.as_array().ok_or(SHAPE)?;
    let read = |condition: &Value| condition_of(condition.as_object().ok_or(SHAPE)?);
    list.iter().map(read).collect()
}

fn condition_of(table: &Map<String, Value>) -> Result<Condition, String> {
    const KEYS: [&str; 3] = ["field", "test", "values"];
    if let Some(unknown) = table.keys().find(|key| !KEYS.contains(&key.as_str())) {
        return Err(format!("{unknown}: {}", no_key(&KEYS)));
    }
    let values = match table.get("values") {
        None => Vec::new(),
        Some(values) => values
            .as_array()
            .and_then(|values| values.iter().map(value_of).collect())
            .ok_or("values: it must be a list of texts or numbers")?,
    };
    Ok(Condition {
        field: word("field", table.get("field"))?,
        test: word("test", table.get("test"))?,
        values,
    })
}

fn value_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.contains('\0') => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// One of the words of a type; the mistake lists them.
fn word<T: DeserializeOwned>(key: &str, value: Option<&Value>) -> Result<T, String> {
    let said = value.and_then(Value::as_str).unwrap_or_default();
    serde_json::from_value(said.into()).map_err(|error| {
        let error = error.to_string();
        let words = error.split_once("expected").map_or("", |(_, words)| words);
        let words = words.trim_start_matches(" one of").replace('`', "");
        format!("{key}: '{said}' is none of: {}", words.trim())
    })
}

fn profile(reader: &mut Reader<'_>) -> Option<FileProfile> {
    let table = reader.table;
    let plain = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    let fits = table.name.len() <= 60
        && table.name.bytes().next().is_some_and(plain)
        && table
            .name
            .bytes()
            .all(|letter| plain(letter) || b"-_".contains(&letter));
    if !fits {
        let problem = "its name must have small letters, digits, '-' and '_' only, 60 at most, and begin with a letter or digit";
        reader
            .layers
            .mistake_at(table.place.clone(), format!("{}: {problem}", table.at));
        return None;
    }
    let defaults = serde_json::to_value(Profile::default()).expect("plain data");
    let defaults = defaults.as_object().expect("a profile has fields");
    let known: Vec<String> = defaults.keys().map(|key| snake(key)).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    reader.only(&known);
    let mut given = Map::new();
    for (key, default) in defaults {
        let read = |value: &Value| field(key, value, default);
        if let Some(value) = reader.take(&snake(key), read) {
            given.insert(key.clone(), value);
        }
    }
    let profile: Profile = serde_json::from_value(given.into()).expect("each field was tried");
    for (key, problem) in profile.mistakes() {
        reader.mistake(&snake(key), &problem);
    }
    Some(FileProfile {
        name: table.name.clone(),
        profile,
    })
}

/// A field as the deciding has it, when it can be read.
fn field(key: &str, value: &Value, default: &Value) -> Result<Value, String> {
    let value = match (value, default) {
        // A table of sizes; one whose keys are the user's own is empty by default.
        (Value::Object(given), Value::Object(sizes)) if !sizes.is_empty() => {
            Value::Object(renamed(given, sizes)?)
        }
        (value, _) => value.clone(),
    };
    let alone: Result<Profile, _> = serde_json::from_value(json!({key: value}));
    match alone {
        Ok(_) => Ok(value),
        Err(error) => Err(expected(default, &error)),
    }
}

fn renamed(
    given: &Map<String, Value>,
    known: &Map<String, Value>,
) -> Result<Map<String, Value>, String> {
    let words: Vec<String> = known.keys().map(|key| snake(key)).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if let Some(unknown) = given.keys().find(|key| !words.contains(&key.as_str())) {
        return Err(format!("{unknown}: {}", no_key(&words)));
    }
    if let Some(missing) = words.iter().find(|key| !given.contains_key(**key)) {
        return Err(format!(
            "{missing}: it is missing; give all of {}",
            words.join(", ")
        ));
    }
    let pairs = known
        .keys()
        .map(|key| (key.clone(), given[&snake(key)].clone()));
    Ok(pairs.collect())
}

fn expected(default: &Value, error: &serde_json::Error) -> String {
    let error = error.to_string();
    if let Some((_, words)) = error.split_once("expected one of ") {
        return format!("it must be one of {}", words.replace('`', ""));
    }
    match default {
        Value::Bool(_) => "it must be true or false",
        Value::Number(number) if number.is_f64() => "it must be a number",
        Value::Number(_) => "it must be a whole number, 0 or more",
        Value::Array(_) if error.contains("u32") => "it must be a list of whole numbers",
        Value::Array(_) => "it must be a list of texts",
        Value::Object(known) if known.is_empty() => "it must be a table of texts",
        Value::Object(_) => "it must be a table of numbers",
        Value::String(_) | Value::Null => "it must be pass, review or refuse",
    }
    .into()
}
