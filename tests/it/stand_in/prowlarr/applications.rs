//! Prowlarr's *Applications*, of the kind Readarr: what it asks when an indexer is added, changed or removed, when *Test* is pressed, and when
//! it synchronises (Readarr.cs, ReadarrV1Proxy.cs, ReadarrIndexer.cs, ApplicationService.cs).

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

use super::KEY;

/// An indexer of Prowlarr, as it is pushed.
#[derive(Clone, Debug, PartialEq)]
pub struct Pushed {
    /// Prowlarr's number for it.
    pub id: i64,
    /// Its name there.
    pub name: String,
    /// `Torznab` or `Newznab`.
    pub implementation: &'static str,
    /// Of its own and its profile's: RSS, automatic, interactive search.
    pub enable: [bool; 3],
    /// Of the categories to synchronise, those that it has.
    pub categories: Vec<i64>,
    /// Of its profile.
    pub minimum_seeders: i64,
    /// None is left out.
    pub seed_ratio: Option<f64>,
}

impl Pushed {
    /// An indexer of torrents of books.
    pub fn torznab(id: i64, name: &str) -> Self {
        Self {
            id,
            name: name.into(),
            implementation: "Torznab",
            enable: [true; 3],
            categories: vec![7000, 7020, 7030],
            minimum_seeders: 1,
            seed_ratio: None,
        }
    }

    /// One of usenet.
    pub fn newznab(id: i64, name: &str) -> Self {
        Self {
            implementation: "Newznab",
            ..Self::torznab(id, name)
        }
    }
}

/// An application: where Readarr is, and what was mapped to its indexers.
pub struct Applications {
    /// *Prowlarr Server*.
    pub prowlarr: String,
    /// *Readarr Server*.
    pub readarr: String,
    /// *API Key*.
    pub key: String,
    /// Its own API key, which it hands over.
    pub own_key: String,
    /// Readarr's number, by Prowlarr's.
    pub mappings: BTreeMap<i64, i64>,
    /// What was asked, as `PUT /indexer/3`.
    pub asked: Vec<String>,
}

/// What Prowlarr throws: a status, and the body.
pub type Thrown = (u16, String);

/// Fields that Prowlarr fills in, of those that the schema has.
const SYNC_FIELDS: [&str; 9] = [
    "baseUrl",
    "apiPath",
    "apiKey",
    "categories",
    "minimumSeeders",
    "seedCriteria.seedRatio",
    "seedCriteria.seedTime",
    "seedCriteria.discographySeedTime",
    "rejectBlocklistedTorrentHashesWhileGrabbing",
];

impl Applications {
    /// Nothing is mapped yet.
    pub fn new(prowlarr: &str, readarr: &str, key: &str) -> Self {
        Self {
            prowlarr: prowlarr.trim_end_matches('/').into(),
            readarr: readarr.trim_end_matches('/').into(),
            key: key.into(),
            own_key: KEY.into(),
            mappings: BTreeMap::new(),
            asked: Vec::new(),
        }
    }

    async fn ask(
        &mut self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, Thrown> {
        self.asked.push(format!("{method} {path}"));
        let url = format!("{}/api/v1{path}", self.readarr);
        let mut request = reqwest::Client::new()
            .request(method, url)
            .header("Accept", "application/json")
            .header("Content-Type", "application/json")
            .header("X-Api-Key", &self.key);
        if let Some(body) = body {
            request = request.body(serde_json::to_string_pretty(body).expect("JSON"));
        }
        let answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        let text = answer.text().await.expect("a body");
        match status < 300 {
            true => Ok(serde_json::from_str(&text).expect("JSON")),
            false => Err((status, text)),
        }
    }

    /// The button *Test*: an indexer of usenet with the number 0 and every category.
    pub async fn test(&mut self) -> Result<(), Thrown> {
        let everything = Pushed {
            categories: vec![3030, 7000, 7010, 7020, 7030, 7040, 7050, 7060],
            ..Pushed::newznab(0, "Test")
        };
        let body = self.build(&everything, 0).await?;
        self.ask(Method::POST, "/indexer/test", Some(&body)).await?;
        Ok(())
    }

    /// `BuildReadarrIndexer`; what the schema lacks is a crash.
    async fn build(&mut self, indexer: &Pushed, id: i64) -> Result<Value, Thrown> {
        let schemas = self.ask(Method::GET, "/indexer/schema", None).await?;
        let of = |implementation: &str| {
            let mut all = schemas.as_array().expect("a list").iter();
            let found = all.find(|schema| schema["implementation"] == implementation);
            found.expect("a schema").clone()
        };
        let (newznab, torznab) = (of("Newznab"), of("Torznab"));
        let schema = match indexer.implementation {
            "Newznab" => newznab,
            _ => torznab,
        };
        let known = schema["fields"].as_array().expect("fields").iter();
        let mut fields: Vec<Value> = known
            .filter(|field| SYNC_FIELDS.contains(&field["name"].as_str().expect("a name")))
            // Of a field it reads these and no more.
            .map(|field| {
                let mut read = json!({});
                for name in ["name", "value", "type", "advanced", "section", "hidden"] {
                    if let Some(value) = field.get(name) {
                        read[name] = value.clone();
                    }
                }
                read
            })
            .collect();
        let mut set = |name: &str, value: Value| {
            let mut all = fields.iter_mut();
            let field = all.find(|field| field["name"] == name);
            let field = field.unwrap_or_else(|| panic!("the schema has no {name}"));
            match value {
                Value::Null => drop(field.as_object_mut().expect("an object").remove("value")),
                value => field["value"] = value,
            }
        };
        set(
            "baseUrl",
            json!(format!("{}/{}/", self.prowlarr, indexer.id)),
        );
        set("apiPath", json!("/api"));
        set("apiKey", json!(self.own_key));
        set("categories", json!(indexer.categories));
        if indexer.implementation == "Torznab" {
            set("minimumSeeders", json!(indexer.minimum_seeders));
            set("seedCriteria.seedRatio", json!(indexer.seed_ratio));
            set("seedCriteria.seedTime", Value::Null);
        }
        let [rss, automatic, interactive] = indexer.enable;
        Ok(json!({
            "id": id, "enableRss": rss, "enableAutomaticSearch": automatic, "enableInteractiveSearch": interactive,
            "priority": 25, "name": format!("{} (Prowlarr)", indexer.name), "implementation": indexer.implementation,
            "configContract": schema["configContract"], "fields": fields, "tags": [],
        }))
    }

    /// An indexer was added there.
    pub async fn add(&mut self, indexer: &Pushed) -> Result<i64, Thrown> {
        let body = self.build(indexer, 0).await?;
        let made = match self.ask(Method::POST, "/indexer", Some(&body)).await {
            Err((400, _)) => {
                self.ask(Method::POST, "/indexer?forceSave=true", Some(&body))
                    .await
            }
            made => made,
        }?;
        let id = made["id"].as_i64().expect("a number");
        self.mappings.insert(indexer.id, id);
        Ok(id)
    }

    /// An indexer was removed there.
    pub async fn remove(&mut self, id: i64) -> Result<(), Thrown> {
        if let Some(remote) = self.mappings.get(&id).copied() {
            let path = format!("/indexer/{remote}");
            self.ask(Method::DELETE, &path, None).await?;
            self.mappings.remove(&id);
        }
        Ok(())
    }

    /// An indexer was changed there, or all are synchronised.
    pub async fn update(&mut self, indexer: &Pushed) -> Result<(), Thrown> {
        let remote = self.mappings[&indexer.id];
        let mut body = self.build(indexer, remote).await?;
        let path = format!("/indexer/{remote}");
        let known = match self.ask(Method::GET, &path, None).await {
            Ok(known) => known,
            Err((404, _)) => {
                self.mappings.remove(&indexer.id);
                return self.add(indexer).await.map(drop);
            }
            Err(thrown) => return Err(thrown),
        };
        if is_same(&body, &known) {
            return Ok(());
        }
        let fields = body["fields"].as_array_mut().expect("fields");
        let names: Vec<Value> = fields.iter().map(|field| field["name"].clone()).collect();
        let others = known["fields"].as_array().expect("fields").iter();
        fields.extend(
            others
                .filter(|field| !names.contains(&field["name"]))
                .cloned(),
        );
        body["tags"] = known["tags"].clone();
        body["downloadClientId"] = known["downloadClientId"].clone();
        match self.ask(Method::PUT, &path, Some(&body)).await {
            Err((400, _)) => {
                let path = format!("{path}?forceSave=true");
                self.ask(Method::PUT, &path, Some(&body)).await.map(drop)
            }
            changed => changed.map(drop),
        }
    }

    /// `GetIndexerMappings`, then each in turn, then what is not there any more.
    pub async fn synchronise(&mut self, indexers: &[Pushed]) -> Result<(), Thrown> {
        let known = self.ask(Method::GET, "/indexer", None).await?;
        for indexer in known.as_array().expect("a list") {
            let url = field(indexer, "baseUrl")
                .and_then(Value::as_str)
                .unwrap_or("");
            let is_ours = url.starts_with(&self.prowlarr)
                || field(indexer, "apiKey").is_some_and(|key| *key == json!(self.own_key));
            let end = url.trim_end_matches('/').rsplit('/').next();
            let number = end.and_then(|end| end.parse::<i64>().ok());
            let remote = indexer["id"].as_i64().expect("a number");
            if let Some(number) = number.filter(|_| is_ours)
                && !self.mappings.values().any(|mapped| *mapped == remote)
            {
                self.mappings.insert(number, remote);
            }
        }
        for indexer in indexers {
            match self.mappings.contains_key(&indexer.id) {
                true => self.update(indexer).await?,
                false if indexer.enable == [false; 3] => {}
                false => drop(self.add(indexer).await?),
            }
        }
        let gone = self.mappings.keys().copied();
        let gone: Vec<i64> = gone
            .filter(|id| indexers.iter().all(|indexer| indexer.id != *id))
            .collect();
        for id in gone {
            self.remove(id).await?;
        }
        Ok(())
    }
}

fn field<'a>(indexer: &'a Value, name: &str) -> Option<&'a Value> {
    let mut fields = indexer["fields"].as_array().expect("fields").iter();
    fields.find(|field| field["name"] == name)?.get("value")
}

/// `ReadarrIndexer.Equals`.
fn is_same(ours: &Value, theirs: &Value) -> bool {
    let plain = [
        "enableRss",
        "enableAutomaticSearch",
        "enableInteractiveSearch",
        "name",
        "implementation",
        "priority",
        "id",
    ];
    let fields = [
        "baseUrl",
        "apiPath",
        "categories",
        "minimumSeeders",
        "seedCriteria.seedRatio",
        "seedCriteria.seedTime",
    ];
    let key = field(theirs, "apiKey");
    plain.iter().all(|name| ours[name] == theirs[name])
        && fields
            .iter()
            .all(|name| field(ours, name) == field(theirs, name))
        && (key == field(ours, "apiKey") || key == Some(&json!("********")))
}
