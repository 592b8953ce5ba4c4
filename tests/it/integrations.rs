//! What stands in `integrations/` is true: each file can be read, and every address, field, event and entity that it names exists.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use lacunarr::domain::{hook, release::Lexicon};
use regex::Regex;
use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value};

use crate::openapi::Operation;

/// The address that stands for the user's.
const OURS: &str = "http://lacunarr:9797";

// ---------------------------------------------------------------- reading

fn read(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|known| known == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The fenced blocks of a page in a language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut block: Option<(usize, String)> = None;
    for line in page.lines() {
        let text = line.trim_start();
        match &mut block {
            None if text == format!("```{language}") => {
                block = Some((line.len() - text.len(), String::new()));
            }
            Some(_) if text == "```" => blocks.extend(block.take().map(|block| block.1)),
            Some((indent, block)) => {
                block.push_str(line.get(*indent..).unwrap_or_default());
                block.push('\n');
            }
            None => {}
        }
    }
    assert!(block.is_none(), "a block has no end");
    blocks
}

/// As JSON; `!input x` is `{"!input": "x"}`.
fn yaml(what: &str, text: &str) -> Value {
    let documents = Yaml::load_from_str(text).unwrap_or_else(|error| panic!("{what}: {error}"));
    let [document] = documents.as_slice() else {
        panic!("{what} is not one document");
    };
    json(document)
}

fn json(yaml: &Yaml<'_>) -> Value {
    match yaml {
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(value)) => (*value).into(),
        Yaml::Value(Scalar::Integer(value)) => (*value).into(),
        Yaml::Value(Scalar::FloatingPoint(value)) => value.into_inner().into(),
        Yaml::Value(Scalar::String(value)) => value.to_string().into(),
        Yaml::Sequence(items) => items.iter().map(json).collect(),
        Yaml::Mapping(entries) => {
            let entry = |(key, value)| match json(key) {
                Value::String(key) => (key, json(value)),
                key => (key.to_string(), json(value)),
            };
            Value::Object(entries.iter().map(entry).collect())
        }
        Yaml::Tagged(tag, value) => {
            let tag = format!("{}{}", tag.handle, tag.suffix);
            Value::Object(Map::from_iter([(tag, json(value))]))
        }
        other => panic!("what is {other:?}?"),
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

// ---------------------------------------------------------------- the document and the events

struct Document(Value);

impl Document {
    fn read() -> Self {
        Self(serde_json::from_str(&read("openapi/openapi.json")).expect("JSON"))
    }

    fn operation(&self, method: &str, path: &str) -> Option<Operation> {
        let parts = |path: &str| -> Vec<String> {
            // An example names a number.
            let is_open = |part: &str| part.starts_with('{') || part.parse::<u32>().is_ok();
            let part = |part: &str| if is_open(part) { "{}" } else { part }.to_owned();
            path.split('/').map(part).collect()
        };
        let all = Operation::all(&self.0).into_iter();
        let mut same = all.filter(|known| parts(&known.path) == parts(path));
        same.find(|known| known.method.as_str() == method)
    }

    /// Every field below a schema, by its path: `state`, `problems.subject`.
    fn fields(&self, schema: &Value, at: &str, fields: &mut BTreeSet<String>) {
        if at.matches('.').count() > 3 {
            return;
        }
        if let Some(name) = word(&schema["$ref"]).strip_prefix("#/components/schemas/") {
            self.fields(&self.0["components"]["schemas"][name], at, fields);
        }
        for many in ["allOf", "oneOf", "anyOf"] {
            for part in list(&schema[many]) {
                self.fields(part, at, fields);
            }
        }
        if schema["items"].is_object() {
            self.fields(&schema["items"], at, fields);
        }
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            let path = format!("{at}{name}");
            self.fields(field, &format!("{path}."), fields);
            fields.insert(path);
        }
    }

    /// Of what an operation takes.
    fn taken(&self, operation: &Operation) -> BTreeSet<String> {
        let mut fields = BTreeSet::new();
        let body = &operation.entry["requestBody"]["content"]["application/json"];
        self.fields(&body["schema"], "", &mut fields);
        fields
    }

    /// Of what an operation answers when all is well.
    fn answered(&self, operation: &Operation) -> BTreeSet<String> {
        let mut fields = BTreeSet::new();
        for (status, answer) in operation.entry["responses"].as_object().expect("answers") {
            if status.starts_with('2') {
                let body = &answer["content"]["application/json"];
                self.fields(&body["schema"], "", &mut fields);
            }
        }
        fields
    }

    /// That a request is one of the document; its operation.
    fn knows(&self, what: &str, method: &str, url: &str) -> Operation {
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        let operation = self
            .operation(method, path)
            .unwrap_or_else(|| panic!("{what}: {method} {path} is not in the document"));
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let name = pair.split('=').next();
            let mut parameters = list(&operation.entry["parameters"]).iter();
            assert!(
                parameters.any(|known| known["name"].as_str() == name),
                "{what}: {url} has an unknown parameter"
            );
        }
        operation
    }

    /// That a request may have this body.
    fn takes(&self, what: &str, method: &str, url: &str, body: &str) {
        let operation = self.knows(what, method, url);
        self.holds(what, &self.taken(&operation), body);
    }

    fn holds(&self, what: &str, fields: &BTreeSet<String>, body: &str) {
        for body in branches(body) {
            let body: Value = serde_json::from_str(&body)
                .unwrap_or_else(|error| panic!("{what}: {body} is no JSON: {error}"));
            let mut named = BTreeSet::new();
            paths(&body, "", &mut named);
            let unknown: Vec<_> = named.difference(fields).collect();
            assert!(unknown.is_empty(), "{what}: there is no {unknown:?}");
        }
    }
}

fn paths(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    for (name, value) in value.as_object().into_iter().flatten() {
        let path = format!("{at}{name}");
        paths(value, &format!("{path}."), found);
        found.insert(path);
    }
    for value in list(value) {
        paths(value, at, found);
    }
}

/// What a template of Home Assistant may become.
fn branches(template: &str) -> Vec<String> {
    let choice =
        Regex::new(r"\{% if [^%]*%\}(.*)\{% else %\}(.*)\{% endif %\}").expect("a pattern");
    let value = Regex::new(r"\{\{.*?\}\}").expect("a pattern");
    let filled = |text: &str| value.replace_all(text, "1").into_owned();
    match choice.is_match(template) {
        true => ["$1", "$2"]
            .map(|branch| filled(&choice.replace(template, branch)))
            .into(),
        false => vec![filled(template)],
    }
}

fn events() -> BTreeMap<String, Value> {
    let files = files(Path::new("openapi/events"), "json");
    let event = |path: &PathBuf| {
        let event: Value = serde_json::from_str(&read(path)).expect("JSON");
        (word(&event["type"]).to_owned(), event)
    };
    files.iter().map(event).collect()
}

// ---------------------------------------------------------------- Home Assistant

const HOME: &str = "integrations/home-assistant";

fn package() -> Value {
    let text = read(format!("{HOME}/lacunarr.yaml"));
    yaml("the package", &text)
}

/// As Home Assistant makes them of names.
fn entities(package: &Value) -> BTreeSet<String> {
    let mut entities = BTreeSet::new();
    let named = |kind: &str, entry: &Value| {
        let name = word(&entry["name"]).to_lowercase().replace(' ', "_");
        format!("{kind}.{name}")
    };
    for rest in list(&package["rest"]) {
        for kind in ["sensor", "binary_sensor"] {
            entities.extend(list(&rest[kind]).iter().map(|entry| named(kind, entry)));
        }
    }
    entities.extend(
        list(&package["switch"])
            .iter()
            .map(|entry| named("switch", entry)),
    );
    let commands = package["rest_command"].as_object().expect("commands");
    entities.extend(commands.keys().map(|name| format!("rest_command.{name}")));
    entities
}

fn path_of(url: &Value) -> &str {
    let url = word(url);
    url.strip_prefix(OURS)
        .unwrap_or_else(|| panic!("'{url}' is not ours"))
}

/// Every header is the key, from the file of secrets.
fn has_the_key(what: &str, entry: &Value) {
    let key = &entry["headers"]["X-Api-Key"]["!secret"];
    assert_eq!(word(key), "lacunarr_api_key", "{what} has no key");
}

#[test]
fn every_file_of_the_integrations_can_be_read() {
    let mut read_ones = 0;
    for path in files(Path::new("integrations"), "yaml") {
        let read = yaml(&path.display().to_string(), &read(&path));
        assert!(read.is_object(), "{}", path.display());
        read_ones += 1;
    }
    for path in files(Path::new("integrations"), "md") {
        for block in blocks(&read(&path), "yaml") {
            yaml(&path.display().to_string(), &block);
            read_ones += 1;
        }
    }
    assert!(read_ones >= 6, "{read_ones}");
}

#[test]
fn what_the_package_shows_is_in_the_answers() {
    let (document, package) = (Document::read(), package());
    let uses = Regex::new(r"value_json((?:\.\w+)+)").expect("a pattern");
    let shown = |what: &str, fields: &BTreeSet<String>, template: &Value| {
        let named: Vec<&str> = uses
            .captures_iter(word(template))
            .map(|found| found.extract::<1>().1[0].trim_start_matches('.'))
            .collect();
        assert!(!named.is_empty(), "{what} shows nothing");
        for field in named {
            assert!(fields.contains(field), "{what}: there is no {field}");
        }
    };
    for rest in list(&package["rest"]) {
        let url = path_of(&rest["resource"]);
        has_the_key(url, rest);
        let fields = document.answered(&document.knows("the package", "GET", url));
        for entry in list(&rest["sensor"])
            .iter()
            .chain(list(&rest["binary_sensor"]))
        {
            let name = word(&entry["name"]);
            shown(name, &fields, &entry["value_template"]);
            for attribute in list(&entry["json_attributes"]) {
                assert!(fields.contains(word(attribute)), "{name}: {attribute}");
            }
        }
    }
    for switch in list(&package["switch"]) {
        let (name, url) = (word(&switch["name"]), path_of(&switch["resource"]));
        has_the_key(name, switch);
        let method = word(&switch["method"]).to_uppercase();
        for body in ["body_on", "body_off"] {
            document.takes(name, &method, url, word(&switch[body]));
        }
        let fields = document.answered(&document.knows(name, "GET", url));
        shown(name, &fields, &switch["is_on_template"]);
    }
}

#[test]
fn what_the_package_asks_for_is_taken() {
    let (document, package) = (Document::read(), package());
    let value = Regex::new(r"\{\{.*?\}\}").expect("a pattern");
    for (name, command) in package["rest_command"].as_object().expect("commands") {
        has_the_key(name, command);
        assert_eq!(word(&command["content_type"]), "application/json", "{name}");
        let method = word(&command["method"]).to_uppercase();
        let url = value.replace_all(path_of(&command["url"]), "{id}");
        document.takes(name, &method, &url, word(&command["payload"]));
    }
}

#[test]
fn names_in_the_package_are_unlike_each_other() {
    let package = package();
    let mut ids: Vec<&str> = list(&package["rest"])
        .iter()
        .flat_map(|rest| {
            list(&rest["sensor"])
                .iter()
                .chain(list(&rest["binary_sensor"]))
        })
        .chain(list(&package["switch"]))
        .map(|entry| word(&entry["unique_id"]))
        .collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((ids.len(), ids.first() != Some(&"")), (all, true));
    assert_eq!(entities(&package).len(), all + 5);
}

#[test]
fn the_guide_and_the_card_name_what_the_package_has_and_the_guide_all_of_it() {
    let entities = entities(&package());
    let names = Regex::new(r"\b(?:sensor|binary_sensor|switch|rest_command)\.lacunarr\w*")
        .expect("a pattern");
    for file in ["README.md", "card.yaml", "lacunarr.yaml", "blueprint.yaml"] {
        let text = read(format!("{HOME}/{file}"));
        for name in names.find_iter(&text) {
            assert!(
                entities.contains(name.as_str()),
                "{file}: there is no {}",
                name.as_str()
            );
        }
    }
    let guide = read(format!("{HOME}/README.md"));
    for entity in entities {
        assert!(
            guide.contains(&format!("`{entity}`")),
            "the guide leaves out {entity}"
        );
    }
}

#[test]
fn the_blueprint_offers_every_event() {
    let events = events();
    let text = read(format!("{HOME}/blueprint.yaml"));
    let blueprint = yaml("the blueprint", &text);
    let types = &blueprint["blueprint"]["input"]["event_types"];
    let offered: BTreeSet<&str> = list(&types["selector"]["select"]["options"])
        .iter()
        .map(word)
        .collect();
    assert_eq!(offered, events.keys().map(String::as_str).collect());
    let chosen = list(&types["default"]).iter().map(word);
    assert!(chosen.clone().count() > 0 && chosen.clone().all(|kind| offered.contains(kind)));
    let quoted = Regex::new(r"'([a-z]+\.[a-z_]+)'").expect("a pattern");
    for found in quoted.captures_iter(&text) {
        assert!(
            offered.contains(&found[1]),
            "there is no event {}",
            &found[1]
        );
    }
    assert_eq!(
        blueprint["mode"], "queued",
        "of several at once none is dropped"
    );
    assert_eq!(
        blueprint["trigger"][0]["webhook_id"]["!input"],
        "webhook_id"
    );
    assert_eq!(blueprint["action"]["!input"], "actions");
}

#[test]
fn what_automations_read_of_an_event_is_there() {
    let events = events();
    let used = Regex::new(r"trigger\.json((?:\.get\('\w+'|\.\w+)+)").expect("a pattern");
    let step = Regex::new(r"\.get\('(\w+)'|\.(\w+)").expect("a pattern");
    let mut found = BTreeSet::new();
    for file in ["README.md", "blueprint.yaml"] {
        let text = read(format!("{HOME}/{file}"));
        for used in used.captures_iter(&text) {
            let steps = step.captures_iter(used.get(1).expect("the path").as_str());
            let path: Vec<String> = steps
                .map(|step| {
                    step.get(1)
                        .or(step.get(2))
                        .expect("a name")
                        .as_str()
                        .to_owned()
                })
                .filter(|name| name != "get")
                .collect();
            let pointer = format!("/{}", path.join("/"));
            let known = events
                .values()
                .any(|event| event.pointer(&pointer).is_some());
            assert!(known, "{file}: no event has {pointer}");
            found.insert(pointer);
        }
    }
    assert!(found.len() > 8, "{found:?}");
}

// ---------------------------------------------------------------- the commands of all guides

#[test]
fn the_commands_of_the_guides_are_in_the_document() {
    let document = Document::read();
    let call =
        Regex::new(r"(?s)\blac (-X (\w+) )?\$API(/[^\s']+)(?: -d '([^']*)')?").expect("a pattern");
    let prose = Regex::new(r"`(GET|POST|PUT|PATCH|DELETE) (/api/v1/[^\s`]+)`").expect("a pattern");
    let mut calls = 0;
    for path in files(Path::new("integrations"), "md") {
        let (what, page) = (path.display().to_string(), read(&path));
        for found in prose.captures_iter(&page) {
            document.knows(&what, &found[1], &found[2]);
        }
        for block in blocks(&page, "sh") {
            for found in call.captures_iter(&block) {
                let url = format!("/api/v1{}", &found[3]);
                let body = found.get(4).map(|body| body.as_str());
                let method = found.get(2).map(|method| method.as_str());
                let method = method.unwrap_or(if body.is_some() { "POST" } else { "GET" });
                match body {
                    Some(body) => document.takes(&what, method, &url, body),
                    None => drop(document.knows(&what, method, &url)),
                }
                calls += 1;
            }
        }
    }
    assert!(calls >= 3, "{calls}");
}

#[test]
fn the_fields_of_targets_in_the_guides_exist() {
    let document = Document::read();
    let operation = document.operation("POST", "/api/v1/targets");
    let fields = document.taken(&operation.expect("targets are made"));
    let cell = Regex::new(r"`(\w+)`").expect("a pattern");
    let page = read("integrations/discord/README.md");
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    for row in rows.clone() {
        let first = row.trim_matches('|').split('|').next().expect("a cell");
        for name in cell.captures_iter(first) {
            assert!(fields.contains(&name[1]), "there is no {}", &name[1]);
        }
    }
    assert!(rows.count() > 5);
}

// ---------------------------------------------------------------- hooks

/// What a guide's command posts, as its client would fill it in.
fn filled(body: &str) -> String {
    let torrent = "ab".repeat(20);
    body.replace("%K", &torrent)
        .replace("%HASH", &"0F".repeat(16))
}

#[test]
fn the_guides_of_hooks_post_where_their_hooks_are_and_what_these_understand() {
    let made = Regex::new(r"(?s)\$API/incoming-webhooks -d '([^']*)'").expect("a pattern");
    let address =
        Regex::new(r"http://lacunarr:9797/api/v1/hooks/([\w-]+)(/TOKEN)?").expect("a pattern");
    let posted = Regex::new(r#"^curl .*-H "X-Api-Key: TOKEN" -d "([^"]*)""#).expect("a pattern");
    let (mut guides, mut commands) = (0, 0);
    for path in files(Path::new("integrations"), "md") {
        let (what, page) = (path.display().to_string(), read(&path));
        let Some(made) = made.captures(&page) else {
            continue;
        };
        let hook: Value = serde_json::from_str(&made[1]).expect(&what);
        let kind = hook::Kind::from_word(word(&hook["kind"])).expect(&what);
        let folder = path.parent().and_then(Path::file_name).expect("a folder");
        assert_eq!(folder.to_str(), hook["name"].as_str(), "{what}");
        let addresses: Vec<_> = address.captures_iter(&page).collect();
        assert!(!addresses.is_empty(), "{what} says not where to post");
        for found in addresses {
            assert_eq!(Some(&found[1]), hook["name"].as_str(), "{what}");
        }
        for command in page.lines().filter_map(|line| posted.captures(line)) {
            let body = hook::Body::read(filled(&command[1]).as_bytes());
            let mapping = hook::Mapping::default();
            let reading = hook::read(kind, &mapping, &Lexicon::with(&<_>::default()), &body, &[]);
            assert_eq!(reading.effect.word(), "advance", "{what}: {reading:?}");
            // Names in a command could hand further arguments to curl.
            assert_eq!(command[1].matches('%').count(), 1, "{what}");
            commands += 1;
        }
        guides += 1;
    }
    assert_eq!((guides, commands), (5, 2));
}

#[test]
fn the_events_that_the_guide_of_readarr_names_are_those_that_are_understood() {
    let page = read("integrations/readarr/README.md");
    let known = crate::hooks::payloads().into_iter();
    let known: BTreeMap<String, String> = known
        .filter(|payload| payload.kind == hook::Kind::Arr)
        .map(|payload| {
            (
                word(&payload.says["event"]).into(),
                word(&payload.says["effect"]).into(),
            )
        })
        .collect();
    let row = |effect: &str, words: &[&str]| {
        for event in words {
            let named = page
                .lines()
                .any(|line| line.starts_with("| ") && line.contains(event));
            assert!(named, "the guide leaves out {event}");
            assert_eq!(
                known.get(*event).map(String::as_str),
                Some(effect),
                "{event}"
            );
        }
    };
    row("series", &["Download", "Rename", "Retag"]);
    row("advance", &["Grab", "DownloadFailure"]);
    row("nothing", &["Health", "ApplicationUpdate"]);
    row("test", &["Test"]);
}
