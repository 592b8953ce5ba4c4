//! File and environment as one table of dotted keys, each with its place; remembers which keys were read.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use toml::de::{DeTable, DeValue};

use super::{Environment, Mistake};
use crate::secret::Secret;

const PREFIX: &str = "LACUNARR__";

/// A value as it was written.
#[derive(Clone, Debug)]
enum Raw {
    Text(String),
    Number(i64),
    Flag(bool),
    List(Vec<Raw>),
    Other,
}

#[derive(Clone, Debug)]
struct Entry {
    raw: Raw,
    place: String,
}

/// A table that is read whole, as those of [`WHOLE`] are.
#[derive(Clone, Debug)]
pub struct Table {
    /// `rules.NAME`.
    pub at: String,
    /// Its own name.
    pub name: String,
    /// Where it begins.
    pub place: String,
    /// Its keys, each with its place and value.
    pub fields: Vec<(String, String, Value)>,
}

/// What holds lists of tables and keys of the user's own, which dotted keys cannot say. It stands in the file only.
const WHOLE: [&str; 2] = ["rules", "profiles"];

/// All keys of both layers; the environment wins.
pub struct Layers {
    file: String,
    entries: BTreeMap<String, Entry>,
    tables: Vec<Table>,
    used: BTreeSet<String>,
    mistakes: Vec<Mistake>,
}

impl Layers {
    pub fn new(place: &str, text: &str, environment: &Environment) -> Self {
        let mut layers = Self {
            file: place.to_owned(),
            entries: BTreeMap::new(),
            tables: Vec::new(),
            used: BTreeSet::new(),
            mistakes: Vec::new(),
        };
        match DeTable::parse(text) {
            Ok(table) => layers.flatten(text, "", table.get_ref()),
            Err(error) => {
                let line = error.span().map_or(1, |span| line_of(text, span.start));
                layers.mistake_at(format!("{place} line {line}"), error.message().to_owned());
            }
        }
        for (variable, value) in environment {
            if let Some(key) = variable.strip_prefix(PREFIX) {
                let key = key.to_lowercase().replace("__", ".");
                let entry = Entry {
                    raw: Raw::Text(value.clone()),
                    place: variable.clone(),
                };
                layers.entries.insert(key, entry);
            }
        }
        layers.read_files();
        layers
    }

    fn flatten(&mut self, text: &str, above: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let name = if above.is_empty() {
                key.get_ref().to_string()
            } else {
                format!("{above}.{}", key.get_ref())
            };
            match value.get_ref() {
                DeValue::Table(below) if WHOLE.contains(&name.as_str()) => {
                    self.keep_whole(text, &name, below);
                }
                DeValue::Table(below) => self.flatten(text, &name, below),
                value => {
                    let place = format!("{} line {}", self.file, line_of(text, key.span().start));
                    self.entries.insert(
                        name,
                        Entry {
                            raw: raw(value),
                            place,
                        },
                    );
                }
            }
        }
    }

    fn keep_whole(&mut self, text: &str, kind: &str, tables: &DeTable<'_>) {
        let file = self.file.clone();
        let place = |at: usize| format!("{file} line {}", line_of(text, at));
        for (key, value) in tables {
            let (name, place_of_it) = (key.get_ref().to_string(), place(key.span().start));
            let DeValue::Table(table) = value.get_ref() else {
                let problem = format!("{kind}.{name}: it must be a table, [{kind}.NAME]");
                self.mistake_at(place_of_it, problem);
                continue;
            };
            let fields = table.iter().map(|(key, value)| {
                let place = place(key.span().start);
                (key.get_ref().to_string(), place, json(value.get_ref()))
            });
            self.tables.push(Table {
                at: format!("{kind}.{name}"),
                name,
                place: place_of_it,
                fields: fields.collect(),
            });
        }
    }

    /// The tables of `rules` or `profiles`.
    pub fn tables(&self, kind: &str) -> Vec<Table> {
        let of_kind = |table: &&Table| table.at.split('.').next() == Some(kind);
        self.tables.iter().filter(of_kind).cloned().collect()
    }

    /// `api_key_file = "/run/secrets/x"` stands for `api_key` with the content of that file.
    fn read_files(&mut self) {
        let keys: Vec<String> = self
            .entries
            .keys()
            .filter(|key| key.ends_with("_file"))
            .cloned()
            .collect();
        for key in keys {
            let Some(entry) = self.entries.remove(&key) else {
                continue;
            };
            let Raw::Text(path) = &entry.raw else {
                self.mistake_at(entry.place, "it must be the path of a file".into());
                continue;
            };
            match std::fs::read_to_string(path) {
                Ok(text) => {
                    let raw = Raw::Text(text.trim().to_owned());
                    self.entries.insert(
                        key.trim_end_matches("_file").to_owned(),
                        Entry {
                            raw,
                            place: entry.place,
                        },
                    );
                }
                Err(error) => self.mistake_at(
                    entry.place,
                    format!("the file {path} cannot be read: {error}"),
                ),
            }
        }
    }

    /// The names directly below a table.
    pub fn names_under(&self, table: &str) -> BTreeSet<String> {
        let prefix = format!("{table}.");
        let below = |key: &String| {
            key.strip_prefix(&prefix)
                .and_then(|rest| rest.rsplit_once('.'))
                .map(|(name, _)| name.to_owned())
        };
        self.entries.keys().filter_map(below).collect()
    }

    /// The keys directly in a table.
    pub fn keys_under(&self, table: &str) -> BTreeSet<String> {
        let prefix = format!("{table}.");
        let below = |key: &String| key.strip_prefix(&prefix).map(ToOwned::to_owned);
        self.entries.keys().filter_map(below).collect()
    }

    /// Marks a key as known.
    pub fn use_key(&mut self, key: &str) {
        self.used.insert(key.to_owned());
    }

    fn take(&mut self, key: &str) -> Option<Entry> {
        self.use_key(key);
        self.entries.get(key).cloned()
    }

    /// Text; empty counts as not given.
    pub fn text(&mut self, key: &str) -> Option<String> {
        let entry = self.take(key)?;
        match entry.raw {
            Raw::Text(text) => (!text.trim().is_empty()).then(|| text.trim().to_owned()),
            _ => {
                self.mistake_at(entry.place, format!("{key} must be text, in quotes"));
                None
            }
        }
    }

    pub fn secret(&mut self, key: &str) -> Option<Secret> {
        self.text(key).map(Secret::new)
    }

    pub fn one_of(&mut self, key: &str, words: &[&str]) -> Option<String> {
        let text = self.text(key)?;
        if !words.contains(&text.as_str()) {
            self.mistake(key, &format!("it must be {}", words.join(" or ")));
        }
        Some(text)
    }

    pub fn number(&mut self, key: &str, least: i64, most: i64) -> Option<i64> {
        let entry = self.take(key)?;
        let number = number(&entry.raw).filter(|number| (least..=most).contains(number));
        if number.is_none() && !is_empty(&entry.raw) {
            self.mistake_at(
                entry.place,
                format!("{key} must be a whole number from {least} to {most}"),
            );
        }
        number
    }

    pub fn flag(&mut self, key: &str) -> Option<bool> {
        let entry = self.take(key)?;
        let flag = match &entry.raw {
            Raw::Flag(flag) => Some(*flag),
            Raw::Text(text) => text.parse().ok(),
            _ => None,
        };
        if flag.is_none() && !is_empty(&entry.raw) {
            self.mistake_at(entry.place, format!("{key} must be true or false"));
        }
        flag
    }

    pub fn numbers(&mut self, key: &str) -> Option<Vec<i64>> {
        let entry = self.take(key)?;
        let numbers: Option<Vec<i64>> = items(&entry.raw).iter().map(number).collect();
        if numbers.is_none() {
            self.mistake_at(
                entry.place,
                format!("{key} must be a list of whole numbers"),
            );
        }
        numbers
    }

    pub fn texts(&mut self, key: &str) -> Option<Vec<String>> {
        let entry = self.take(key)?;
        let text = |raw: &Raw| {
            if let Raw::Text(text) = raw {
                Some(text.trim().to_owned())
            } else {
                None
            }
        };
        let texts: Option<Vec<String>> = items(&entry.raw).iter().map(text).collect();
        if texts.is_none() {
            self.mistake_at(entry.place, format!("{key} must be a list of texts"));
        }
        texts
    }

    /// Where a key stands, or would stand.
    pub fn place_of(&self, key: &str) -> String {
        match self.entries.get(key) {
            Some(entry) => entry.place.clone(),
            None => {
                let table = key.rsplit_once('.').map_or(key, |(table, _)| table);
                let neighbour = self
                    .entries
                    .iter()
                    .find(|(other, _)| other.starts_with(&format!("{table}.")));
                neighbour.map_or_else(
                    || self.file.clone(),
                    |(_, entry)| format!("{} ([{table}])", entry.place),
                )
            }
        }
    }

    /// A mistake at the place where a key stands, or would stand.
    pub fn mistake(&mut self, key: &str, problem: &str) {
        let place = self.place_of(key);
        let name = key.rsplit_once('.').map_or(key, |(_, name)| name);
        self.mistake_at(place, format!("{name}: {problem}"));
    }

    pub fn mistake_at(&mut self, place: String, problem: String) {
        self.mistakes.push(Mistake { place, problem });
    }

    /// Every mistake, those of keys that no one read included.
    pub fn finish(mut self) -> Vec<Mistake> {
        let unknown: Vec<(String, Entry)> = self
            .entries
            .iter()
            .filter(|(key, _)| !self.used.contains(*key))
            .map(|(key, entry)| (key.clone(), entry.clone()))
            .collect();
        for (key, entry) in unknown {
            let setting = key.starts_with("settings.");
            let whole = WHOLE
                .iter()
                .any(|kind| key.starts_with(&format!("{kind}.")));
            let hint = if whole {
                "rules and profiles stand in the file, or are made through the API; no variable makes them"
            } else if setting && !entry.place.starts_with(PREFIX) {
                "settings do not stand in the file: change them through the API, or set a variable such as LACUNARR__SETTINGS__TIME_ZONE"
            } else if setting {
                "there is no such setting; see /api/v1/settings for their names"
            } else {
                "there is no such key; docs/configuration.md lists them all"
            };
            self.mistake_at(entry.place, format!("{key}: {hint}"));
        }
        self.mistakes
    }
}

fn raw(value: &DeValue<'_>) -> Raw {
    match value {
        DeValue::String(text) => Raw::Text(text.to_string()),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).map_or(Raw::Other, Raw::Number)
        }
        DeValue::Boolean(flag) => Raw::Flag(*flag),
        DeValue::Array(items) => Raw::List(items.iter().map(|item| raw(item.get_ref())).collect()),
        _ => Raw::Other,
    }
}

fn json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => text.as_ref().into(),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).map_or(Value::Null, Value::from)
        }
        DeValue::Float(number) => number
            .as_str()
            .replace('_', "")
            .parse::<f64>()
            .map_or(Value::Null, Value::from),
        DeValue::Boolean(flag) => (*flag).into(),
        DeValue::Array(items) => items.iter().map(|item| json(item.get_ref())).collect(),
        DeValue::Table(table) => {
            let pairs = table.iter();
            pairs
                .map(|(key, value)| (key.get_ref().to_string(), json(value.get_ref())))
                .collect()
        }
        DeValue::Datetime(time) => time.to_string().into(),
    }
}

fn number(raw: &Raw) -> Option<i64> {
    match raw {
        Raw::Number(number) => Some(*number),
        Raw::Text(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn is_empty(raw: &Raw) -> bool {
    matches!(raw, Raw::Text(text) if text.trim().is_empty())
}

/// A list, or text with commas as variables write it.
fn items(raw: &Raw) -> Vec<Raw> {
    match raw {
        Raw::List(items) => items.clone(),
        Raw::Text(text) => text
            .split(',')
            .filter(|item| !item.trim().is_empty())
            .map(|item| Raw::Text(item.to_owned()))
            .collect(),
        other => vec![other.clone()],
    }
}

fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes()[..at.min(text.len())]
        .iter()
        .filter(|byte| **byte == b'\n')
        .count()
        + 1
}
