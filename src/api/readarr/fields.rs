//! An indexer as Readarr writes it, from and to the settings of a source. Pure.

use serde::Deserialize;
use serde_json::{Map, Number, Value, json};

use crate::connection::{TorznabSettings, torznab::Kept};

/// What stands for a secret that is not shown.
pub(super) const MASK: &str = "********";
/// Readarr's, which Prowlarr sends as well.
const USUAL_PRIORITY: i64 = 25;

/// Letters of a source's name at most; longer ones are cut, and kept for whoever compares them.
const LONGEST_NAME: usize = 60;
/// Letters of a name that are kept.
const LONGEST_KEPT: usize = 300;

/// An indexer, as it is sent.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Indexer {
    pub id: i64,
    name: Option<String>,
    enable_rss: bool,
    enable_automatic_search: bool,
    enable_interactive_search: bool,
    priority: Option<i64>,
    implementation: Option<String>,
    tags: Option<Vec<i64>>,
    fields: Option<Vec<Field>>,
}

/// A field; values that are absent are none.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Field {
    name: String,
    value: Value,
}

impl Indexer {
    fn field(&self, name: &str) -> &Value {
        let mut all = self.fields.iter().flatten();
        let found = all.find(|field| field.name == name);
        found.map_or(&Value::Null, |field| &field.value)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.field(name)
            .as_str()
            .map(str::trim)
            .filter(|text| !text.is_empty())
    }

    /// Prowlarr sends numbers; a person's form may send them as text.
    fn number(&self, name: &str) -> Option<Number> {
        match self.field(name) {
            Value::Number(number) => Some(number.clone()),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// What its source is called.
    pub fn name(&self) -> String {
        self.whole_name().chars().take(LONGEST_NAME).collect()
    }

    fn whole_name(&self) -> String {
        let name = self.name.as_deref().unwrap_or_default().trim();
        let letters = name.chars().filter(|letter| !letter.is_control());
        letters.take(LONGEST_KEPT).collect()
    }

    /// The key; none when it is not given, or stands for one that is known.
    pub fn key(&self) -> Option<&str> {
        self.text("apiKey").filter(|key| *key != MASK)
    }

    /// The known key stands.
    pub fn keeps_key(&self) -> bool {
        self.text("apiKey") == Some(MASK)
    }

    /// Onto the settings of a source, of which what Readarr does not know stays as it is.
    ///
    /// # Errors
    /// A property with what is wrong with it.
    pub fn onto(&self, old: TorznabSettings) -> Result<TorznabSettings, (&'static str, String)> {
        let usenet = match self.implementation.as_deref() {
            Some("Torznab") => false,
            Some("Newznab") => true,
            _ => return Err(("Implementation", "it must be Torznab or Newznab".into())),
        };
        let categories = self.field("categories").as_array();
        let categories = categories.map(|all| all.iter().filter_map(Value::as_i64).collect());
        let categories: Vec<i64> = categories.unwrap_or_default();
        if categories.is_empty() {
            return Err(("Categories", "at least one must be given".into()));
        }
        Ok(TorznabSettings {
            url: self.text("baseUrl").unwrap_or_default().to_owned(),
            api_path: self.text("apiPath").unwrap_or("/api").to_owned(),
            categories,
            usenet,
            rss: self.enable_rss,
            automatic_search: self.enable_automatic_search,
            interactive_search: self.enable_interactive_search,
            kept: Kept {
                name: Some(self.whole_name()).filter(|whole| *whole != self.name()),
                priority: self.priority,
                minimum_seeders: self.number("minimumSeeders"),
                seed_ratio: self.number("seedCriteria.seedRatio"),
                seed_time: self.number("seedCriteria.seedTime"),
                tags: self.tags.clone().unwrap_or_default(),
            },
            ..old
        })
    }
}

/// The property that a field of the API is, for what is wrong with it.
pub(super) fn property(field: &str) -> String {
    match field {
        "url" => "BaseUrl".into(),
        field => {
            let mut letters = field.chars();
            let first = letters.next().into_iter().flat_map(char::to_uppercase);
            first.chain(letters).collect()
        }
    }
}

/// A source as Readarr writes it.
pub(super) fn resource(id: i64, name: &str, settings: &TorznabSettings, has_key: bool) -> Value {
    let mut resource = written(settings, has_key.then_some(MASK));
    resource.insert("id".into(), id.into());
    // Cut at the same place it is the same, unless someone called it otherwise here.
    let whole = settings.kept.name.as_deref();
    let whole = whole.filter(|whole| whole.chars().take(LONGEST_NAME).eq(name.chars()));
    resource.insert("name".into(), whole.unwrap_or(name).into());
    resource.into()
}

/// What can be added, with what its fields are when nothing is said.
pub(super) fn schema() -> Value {
    let of = |usenet| {
        let mut settings = TorznabSettings {
            usenet,
            ..TorznabSettings::default()
        };
        settings.kept.minimum_seeders = Some(1.into());
        let mut schema = written(&settings, None);
        schema.insert("presets".into(), json!([]));
        Value::from(schema)
    };
    json!([of(true), of(false)])
}

fn written(settings: &TorznabSettings, key: Option<&str>) -> Map<String, Value> {
    let (implementation, protocol) = match settings.usenet {
        true => ("Newznab", "usenet"),
        false => ("Torznab", "torrent"),
    };
    let kept = &settings.kept;
    let written = json!({
        "enableRss": settings.rss,
        "enableAutomaticSearch": settings.automatic_search,
        "enableInteractiveSearch": settings.interactive_search,
        "supportsRss": true,
        "supportsSearch": true,
        "protocol": protocol,
        "priority": kept.priority.unwrap_or(USUAL_PRIORITY),
        "downloadClientId": 0,
        "implementationName": implementation,
        "implementation": implementation,
        "configContract": format!("{implementation}Settings"),
        "infoLink": "",
        "tags": kept.tags,
        "fields": fields(settings, key),
    });
    match written {
        Value::Object(written) => written,
        _ => unreachable!("it was written as an object"),
    }
}

/// Values that are none are left out, as Readarr does.
fn fields(settings: &TorznabSettings, key: Option<&str>) -> Vec<Value> {
    let kept = &settings.kept;
    let common = [
        ("baseUrl", "URL", "textbox", json!(settings.url)),
        ("apiPath", "API Path", "textbox", json!(settings.api_path)),
        ("apiKey", "API Key", "textbox", json!(key)),
        (
            "categories",
            "Categories",
            "select",
            json!(settings.categories),
        ),
    ];
    let of_torrents = [
        (
            "minimumSeeders",
            "Minimum Seeders",
            "number",
            json!(kept.minimum_seeders),
        ),
        (
            "seedCriteria.seedRatio",
            "Seed Ratio",
            "textbox",
            json!(kept.seed_ratio),
        ),
        (
            "seedCriteria.seedTime",
            "Seed Time",
            "number",
            json!(kept.seed_time),
        ),
    ];
    let of_torrents = of_torrents.into_iter().filter(|_| !settings.usenet);
    let all = common.into_iter().chain(of_torrents).enumerate();
    let written = all.map(|(order, (name, label, kind, value))| {
        let mut field = json!({
            "order": order,
            "name": name,
            "label": label,
            "type": kind,
            "advanced": !matches!(name, "baseUrl" | "apiKey" | "categories"),
        });
        if name == "apiKey" {
            field["privacy"] = "apiKey".into();
        }
        if !value.is_null() {
            field["value"] = value;
        }
        field
    });
    written.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Prowlarr 2.3.6 writes it.
    const SENT: &str = r#"{
        "id": 0, "enableRss": true, "enableAutomaticSearch": true, "enableInteractiveSearch": false, "priority": 25,
        "name": "Nyaa (Prowlarr)", "implementation": "Torznab", "configContract": "TorznabSettings", "tags": [],
        "fields": [
            {"name": "baseUrl", "value": "http://prowlarr:9696/3/", "type": "textbox", "advanced": false},
            {"name": "apiPath", "value": "/api", "type": "textbox", "advanced": true},
            {"name": "apiKey", "value": "k", "type": "textbox", "advanced": false},
            {"name": "categories", "value": [7000, 7030], "type": "select", "advanced": false},
            {"name": "minimumSeeders", "value": 1, "type": "number", "advanced": true},
            {"name": "seedCriteria.seedRatio", "value": 1.5, "type": "textbox", "advanced": true},
            {"name": "seedCriteria.seedTime", "type": "number", "advanced": true}
        ]}"#;

    fn sent(json: &str) -> Indexer {
        serde_json::from_str(json).expect("an indexer")
    }

    fn value<'a>(resource: &'a Value, name: &str) -> &'a Value {
        let fields = resource["fields"].as_array().expect("fields");
        let field = fields.iter().find(|field| field["name"] == name);
        &field.expect("the field")["value"]
    }

    #[test]
    fn what_prowlarr_compares_reads_back_as_it_was_sent() {
        let indexer = sent(SENT);
        let settings = indexer.onto(TorznabSettings::default()).expect("settings");
        let resource = resource(7, "Nyaa (Prowlarr)", &settings, true);
        let as_sent: Value = serde_json::from_str(SENT).expect("JSON");
        for name in [
            "enableRss",
            "enableAutomaticSearch",
            "enableInteractiveSearch",
            "priority",
            "name",
            "implementation",
            "configContract",
            "tags",
        ] {
            assert_eq!(resource[name], as_sent[name], "{name}");
        }
        for field in as_sent["fields"].as_array().expect("fields") {
            let name = field["name"].as_str().expect("a name");
            match name {
                "apiKey" => assert_eq!(value(&resource, name), MASK),
                name => assert_eq!(value(&resource, name), &field["value"], "{name}"),
            }
        }
        assert_eq!(resource["id"], 7);
        assert_eq!(indexer.key(), Some("k"));
    }

    #[test]
    fn the_schema_has_every_field_that_prowlarr_fills() {
        let schema = schema();
        for (place, implementation) in [(0, "Newznab"), (1, "Torznab")] {
            assert_eq!(schema[place]["implementation"], implementation);
            let fields = schema[place]["fields"].as_array().expect("fields");
            let names: Vec<_> = fields
                .iter()
                .filter_map(|field| field["name"].as_str())
                .collect();
            for name in ["baseUrl", "apiPath", "apiKey", "categories"] {
                assert!(names.contains(&name), "{implementation} {name}");
            }
            let of_torrents = [
                "minimumSeeders",
                "seedCriteria.seedRatio",
                "seedCriteria.seedTime",
            ];
            for name in of_torrents {
                assert_eq!(names.contains(&name), implementation == "Torznab", "{name}");
            }
        }
    }

    #[test]
    fn what_it_cannot_be_is_named() {
        for (from, to, property) in [
            (
                r#""implementation": "Torznab""#,
                r#""implementation": "Rarbg""#,
                "Implementation",
            ),
            ("[7000, 7030]", "[]", "Categories"),
            ("[7000, 7030]", "null", "Categories"),
        ] {
            let indexer = sent(&SENT.replacen(from, to, 1));
            let refused = indexer.onto(TorznabSettings::default()).expect_err(from);
            assert_eq!(refused.0, property);
        }
    }

    #[test]
    fn what_readarr_does_not_know_stays_and_a_mask_keeps_the_key() {
        let indexer = sent(&SENT.replacen(r#""value": "k""#, r#""value": "********""#, 1));
        assert!(indexer.keeps_key() && indexer.key().is_none());
        let old = TorznabSettings {
            private: Some(false),
            timeout_seconds: 7,
            ..TorznabSettings::default()
        };
        let settings = indexer.onto(old).expect("settings");
        assert_eq!(settings.private, Some(false));
        assert_eq!(settings.timeout_seconds, 7);
    }

    #[test]
    fn a_name_that_is_too_long_is_cut_and_reads_back_whole() {
        let long = format!("{} (Prowlarr)", "é".repeat(70));
        let indexer = sent(&SENT.replacen("Nyaa (Prowlarr)", &long, 1));
        let settings = indexer.onto(TorznabSettings::default()).expect("settings");
        assert_eq!(indexer.name().chars().count(), LONGEST_NAME);
        let read_back = |name: &str| resource(7, name, &settings, true)["name"].clone();
        assert_eq!(read_back(&indexer.name()), long.as_str());
        assert_eq!(read_back("mine"), "mine");
    }

    #[test]
    fn fields_of_the_api_are_properties_of_readarr() {
        for (field, expected) in [("url", "BaseUrl"), ("apiPath", "ApiPath"), ("name", "Name")] {
            assert_eq!(property(field), expected);
        }
    }
}
