//! What Discord refuses in a message, and whom a message pings.

use serde_json::Value;

/// Every limit that a message breaks.
pub(super) fn mistakes(body: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut check = |holds: bool, what: String| {
        if !holds {
            wrong.push(what);
        }
    };
    let empty = Vec::new();
    let embeds = body["embeds"].as_array().unwrap_or(&empty);
    check(length(&body["content"]) <= 2000, "content".into());
    check(embeds.len() <= 10, format!("{} embeds", embeds.len()));
    check(
        length(&body["content"]) > 0 || !embeds.is_empty(),
        "Cannot send an empty message".into(),
    );
    let name = body["username"].as_str();
    check(name.is_none_or(is_name), format!("username {name:?}"));
    let mut all = 0;
    for embed in embeds {
        for (what, value, most) in texts(embed) {
            let length = length(value);
            all += length;
            check(length <= most, format!("{what} has {length} of {most}"));
            check(
                value.is_null() || value.is_string(),
                format!("{what} is no text"),
            );
        }
        let fields = embed["fields"].as_array().unwrap_or(&empty);
        check(fields.len() <= 25, format!("{} fields", fields.len()));
        for field in fields {
            for part in ["name", "value"] {
                check(
                    length(&field[part]) > 0,
                    format!("a field without a {part}"),
                );
            }
        }
        let colour = &embed["color"];
        let is_colour = colour.as_u64().is_some_and(|colour| colour <= 0xff_ffff);
        check(colour.is_null() || is_colour, format!("color {colour}"));
        let at = embed["timestamp"].as_str();
        let is_time = |at| chrono::DateTime::parse_from_rfc3339(at).is_ok();
        check(at.is_none_or(is_time), format!("timestamp {at:?}"));
        check(
            texts(embed).iter().any(|(_, value, _)| length(value) > 0),
            "an empty embed".into(),
        );
    }
    check(all <= 6000, format!("embeds have {all} of 6000 characters"));
    wrong
}

fn texts(embed: &Value) -> Vec<(&'static str, &Value, usize)> {
    let mut texts = vec![
        ("title", &embed["title"], 256),
        ("description", &embed["description"], 4096),
        ("footer.text", &embed["footer"]["text"], 2048),
        ("author.name", &embed["author"]["name"], 256),
    ];
    for field in embed["fields"].as_array().into_iter().flatten() {
        texts.push(("field.name", &field["name"], 256));
        texts.push(("field.value", &field["value"], 1024));
    }
    texts
}

fn length(value: &Value) -> usize {
    value.as_str().unwrap_or_default().trim().chars().count()
}

fn is_name(name: &str) -> bool {
    let folded = name.to_lowercase();
    (1..=80).contains(&name.chars().count())
        && !folded.contains("clyde")
        && !folded.contains("discord")
}

/// Who is pinged: everyone that a text names, unless the message says that nobody is. Discord looks only at the content; here embeds count too.
pub(super) fn pings(body: &Value) -> Vec<String> {
    let guard = &body["allowed_mentions"]["parse"];
    match guard.as_array().is_some_and(Vec::is_empty) {
        true => Vec::new(),
        false => mentions(body),
    }
}

/// What a client shows as a mention.
pub(super) fn mentions(body: &Value) -> Vec<String> {
    let embeds = body["embeds"].as_array().into_iter().flatten();
    let mut all: Vec<&Value> = embeds.flat_map(texts).map(|(_, value, _)| value).collect();
    all.push(&body["content"]);
    let marks = ["@everyone", "@here", "<@", "<#", "<:", "<t:", "<id:"];
    let shown = |text: &str| {
        // An escaped one is only text.
        let text = text.replace("\\\\", "").replace("\\<", "");
        marks.iter().any(|mark| text.contains(mark))
    };
    all.into_iter()
        .filter_map(Value::as_str)
        .filter(|text| shown(text))
        .map(str::to_owned)
        .collect()
}
