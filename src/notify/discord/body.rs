//! The body of a Discord message, within every limit that Discord documents for webhooks and embeds. Pure.

use chrono::{DateTime, SecondsFormat};
use serde_json::{Map, Value, json};
use webhook::models::{AllowedMention, Embed, Message as Body};

use super::markdown::{line, lines, link};
use crate::{
    domain::telling::Tone,
    ports::{Action, Message},
};

/// Characters of everything that is text in all embeds together.
const ALL: usize = 6000;

const TITLE: usize = 256;
const DESCRIPTION: usize = 4096;
const FIELD_NAME: usize = 256;
const FIELD_VALUE: usize = 1024;
const FIELDS: usize = 25;
const EMBEDS: usize = 10;

/// For links: a link that is cut leads nowhere, so each is there as a whole or not at all.
const LINKS: usize = 2000;

/// What the field needs that says how many more there are.
const MORE: usize = 12;

/// A value that is cut to less says nothing.
const SHORTEST_VALUE: usize = 16;

/// Values up to here stand beside each other.
const NARROW: usize = 24;

/// Discord refuses a field without a name or a value.
const BLANK: &str = "–";

/// What Discord is sent for a message. A message that is changed keeps its author, so there `username` is none.
pub(super) fn body(message: &Message, username: Option<&str>) -> Value {
    let mut body = Body::new();
    body.embeds = embeds(message);
    body.allow_mentions(Some(Vec::<AllowedMention>::new()), None, None, false);
    if let Some(username) = username {
        body.username(username);
    }
    as_documented(serde_json::to_value(&body).expect("its keys are strings"))
}

fn embeds(message: &Message) -> Vec<Embed> {
    let mut first = Embed::new();
    let title = match line(&message.text.title, TITLE) {
        empty if empty.is_empty() => line(&message.kind, TITLE),
        title => title,
    };
    let description = description(&message.text.body, &message.actions);
    let left = ALL - length(&title) - length(&description);
    first.title(if title.is_empty() { BLANK } else { &title });
    if !description.is_empty() {
        first.description(&description);
    }
    if let Some(at) = DateTime::from_timestamp_millis(message.at) {
        first.timestamp(&at.to_rfc3339_opts(SecondsFormat::Millis, true));
    }
    let mut embeds = vec![first];
    for (at, (name, value)) in fields(&message.text.facts, left).into_iter().enumerate() {
        if at > 0 && at % FIELDS == 0 {
            embeds.push(Embed::new());
        }
        let last = embeds.last_mut().expect("there is a first");
        last.field(&name, &value, length(&value) <= NARROW);
    }
    for embed in &mut embeds {
        embed.color(&colour(message.text.tone).to_string());
    }
    embeds
}

fn description(body: &str, actions: &[Action]) -> String {
    let mut links = String::new();
    for link in actions
        .iter()
        .filter_map(|action| link(&action.label, &action.url))
    {
        if length(&links) + 3 + length(&link) <= LINKS {
            let between = if links.is_empty() { "" } else { " · " };
            links.push_str(between);
            links.push_str(&link);
        }
    }
    let body = lines(body, DESCRIPTION - length(&links) - 2);
    [body, links]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("\n\n")
}

/// As many facts as there is room for, then how many more there are.
fn fields(facts: &[(String, String)], mut left: usize) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for (at, (name, value)) in facts.iter().enumerate() {
        let is_last = at + 1 == facts.len();
        let room = if is_last {
            left
        } else {
            left.saturating_sub(MORE)
        };
        let name = filled(line(name, FIELD_NAME));
        let value = filled(line(
            value,
            FIELD_VALUE.min(room.saturating_sub(length(&name))),
        ));
        let needs = length(&name) + length(&value).max(SHORTEST_VALUE);
        if needs > room || (fields.len() + 1 == EMBEDS * FIELDS && !is_last) {
            fields.push(("…".to_owned(), format!("+{}", facts.len() - at)));
            return fields;
        }
        left -= length(&name) + length(&value);
        fields.push((name, value));
    }
    fields
}

fn filled(text: String) -> String {
    match text.trim() {
        "" => BLANK.to_owned(),
        _ => text,
    }
}

fn colour(tone: Tone) -> u32 {
    match tone {
        Tone::Good => 0x2e_cc71,
        Tone::News => 0x34_98db,
        Tone::Ask => 0xf1_c40f,
        Tone::Bad => 0xe7_4c3c,
    }
}

fn length(text: &str) -> usize {
    text.chars().count()
}

/// What the crate writes otherwise than Discord documents it (2.1.2): the guard against mentions under another name, colours as texts,
/// nulls for what is not there, empty components, and a type of embed that cannot be set.
fn as_documented(mut body: Value) -> Value {
    without_nulls(&mut body);
    let all = body.as_object_mut().expect("a message is an object");
    let guard = all.remove("allow_mentions");
    all.insert(
        "allowed_mentions".into(),
        guard.unwrap_or_else(|| json!({"parse": []})),
    );
    all.remove("components");
    let embeds = all.get_mut("embeds").and_then(Value::as_array_mut);
    for embed in embeds
        .into_iter()
        .flatten()
        .filter_map(Value::as_object_mut)
    {
        embed.remove("type");
        let colour = embed.get("color").and_then(Value::as_str);
        if let Some(colour) = colour.and_then(|colour| colour.parse::<u32>().ok()) {
            embed.insert("color".into(), colour.into());
        }
    }
    body
}

fn without_nulls(value: &mut Value) {
    let clean = |fields: &mut Map<String, Value>| {
        fields.retain(|_, value| !value.is_null());
        fields.values_mut().for_each(without_nulls);
    };
    match value {
        Value::Object(fields) => clean(fields),
        Value::Array(values) => values.iter_mut().for_each(without_nulls),
        _ => {}
    }
}
