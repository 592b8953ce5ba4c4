//! `torrents/*` and `sync/maindata`: what it holds, and how it answers to adds (TorrentsController, SyncController).

use std::collections::{BTreeMap, BTreeSet};

use poem::Response;
use serde_json::{Map, Value, json};
use url::Url;

use super::{
    super::{
        reply::{json_of, status, with_status},
        torrent,
    },
    AddCall, Fault, Form, Held, Inner, Refusal,
};

/// Bytes free at its default save path.
const FREE: u64 = 500_000_000_000;

pub fn info(state: &mut Inner, query: &BTreeMap<String, String>) -> Response {
    let hashes: Vec<&str> = query
        .get("hashes")
        .into_iter()
        .flat_map(|all| all.split('|'))
        .filter(|hash| !hash.is_empty())
        .collect();
    let category = query.get("category");
    let mut shown = Vec::new();
    for held in &mut state.torrents {
        if held.hidden_for > 0 {
            held.hidden_for -= 1;
            continue;
        }
        // The filter knows the id and nothing else.
        let is_chosen = hashes.is_empty() || hashes.contains(&held.hash.as_str());
        if is_chosen && category.is_none_or(|category| *category == held.category) {
            shown.push(row(held));
        }
    }
    json_of(&shown.into())
}

impl Held {
    /// Bytes of the files that it fetches; none while a magnet has no metadata.
    fn wanted(&self) -> Option<u64> {
        let wanted = || self.files.iter().filter(|file| file.2 > 0);
        self.size.map(|size| match self.files.is_empty() {
            // Those of v2 torrents are not read here.
            true => size,
            false => wanted().map(|file| file.1).sum(),
        })
    }

    fn is_stopped(&self) -> bool {
        self.state.starts_with("stopped")
    }

    /// Metadata came.
    pub fn learns(&mut self, torrent: &[u8]) {
        self.size = torrent::size(torrent);
        let files = torrent::files(torrent).into_iter();
        self.files = files.map(|(path, size)| (path, size, 1)).collect();
        if self.stops {
            self.state = "stoppedDL".into();
        } else if !self.is_stopped() {
            self.state = "stalledDL".into();
        }
    }
}

/// TorrentImpl::start: whatever it was to wait for.
pub fn start(held: &mut Held) {
    held.stops = false;
    held.state = match held.size {
        None => "metaDL".into(),
        Some(_) if held.progress < 1.0 => "stalledDL".into(),
        Some(_) => "stalledUP".into(),
    };
}

pub fn stop(held: &mut Held) {
    held.state = match held.progress < 1.0 {
        true => "stoppedDL".into(),
        false => "stoppedUP".into(),
    };
}

/// TorrentsController::filePrioAction. What is fetched makes up what is complete and what is left.
pub fn file_priority(state: &mut Inner, form: &Form) -> Result<Response, Refusal> {
    let field = |name: &str| form.fields.get(name).map(String::as_str);
    let (Some(hash), Some(numbers), Some(priority)) =
        (field("hash"), field("id"), field("priority"))
    else {
        return Err((400, "Missing required parameters"));
    };
    let priority: u8 = match priority {
        "0" | "1" | "6" | "7" => priority.parse().expect("a digit"),
        _ => return Err((400, "Priority is not valid")),
    };
    let numbers: Result<Vec<usize>, _> = numbers.split('|').map(str::parse).collect();
    let numbers = numbers.map_err(|_| (400, "File IDs must be integers"))?;
    let held = state.torrents.iter_mut().find(|held| held.hash == hash);
    let held = held.ok_or((404, "Not Found"))?;
    let before = held.wanted();
    let before = before.ok_or((409, "Torrent's metadata has not yet downloaded"))?;
    if numbers.iter().any(|number| *number >= held.files.len()) {
        return Err((409, "File ID is not valid"));
    }
    for number in numbers {
        held.files[number].2 = priority;
    }
    let done = held.progress * before as f64;
    let wanted = held.wanted().unwrap_or(0) as f64;
    held.progress = if done < wanted { done / wanted } else { 1.0 };
    match held.is_stopped() {
        true => stop(held),
        false => start(held),
    }
    Ok(status(204))
}

fn row(held: &Held) -> Value {
    let tags: Vec<_> = held.tags.iter().cloned().collect();
    let left = |size: u64| (size as f64 * (1.0 - held.progress)).round() as i64;
    let wanted = held.wanted();
    json!({
        "added_on": 1_790_000_000, "amount_left": wanted.map_or(-1, left), "total_size": held.size.map_or(-1, |size| size as i64), "auto_tmm": held.auto_tmm, "category": held.category,
        "comment": "", "content_path": format!("{}/{}", held.save_path, held.name), "eta": 8_640_000, "hash": held.hash,
        "completed": wanted.map_or(0, |size| size as i64 - left(size)), "infohash_v1": held.v1, "infohash_v2": held.v2, "name": held.name, "progress": held.progress, "private": false,
        "save_path": held.save_path, "size": wanted.map_or(-1, |size| size as i64), "state": held.state, "tags": tags.join(", "),
        "tracker": "", "has_metadata": held.size.is_some(),
    })
}

pub fn files(state: &Inner, query: &BTreeMap<String, String>) -> Result<Response, Refusal> {
    let held = query.get("hash").and_then(|hash| {
        let mut all = state.torrents.iter();
        all.find(|held| held.hash == *hash)
    });
    let held = held.ok_or((404, "Not Found"))?;
    let file = |(index, (name, size, priority)): (usize, &(String, u64, u8))| {
        json!({
            "index": index, "name": name, "size": size, "priority": priority, "progress": held.progress,
            "piece_range": [0, 0], "availability": 1.0,
        })
    };
    Ok(json_of(&held.files.iter().enumerate().map(file).collect()))
}

/// Always everything, as with `rid=0`. Rows are those of `torrents/info`, with the hash as their key and not among their fields.
pub fn main_data(state: &Inner) -> Response {
    let listed = state.torrents.iter().filter(|held| held.hidden_for == 0);
    let torrents: Map<String, Value> = listed
        .map(|held| {
            let mut fields = row(held);
            let own = fields.as_object_mut().expect("it is made as an object");
            own.remove("hash");
            (held.hash.clone(), fields)
        })
        .collect();
    json_of(&json!({
        "rid": 1, "full_update": true, "torrents": torrents, "tags": state.tags,
        "categories": category_list(state),
        "server_state": {"connection_status": if state.cut_off { "disconnected" } else { "connected" }, "free_space_on_disk": FREE, "queueing": true},
    }))
}

pub fn category_list(state: &Inner) -> Value {
    let one = |(name, path): (&String, &String)| {
        let category = json!({"name": name, "savePath": path});
        (name.clone(), category)
    };
    state.categories.iter().map(one).collect()
}

pub fn add(state: &mut Inner, form: &Form) -> Result<Response, Refusal> {
    let (mut found, mut failed, mut pending) = (Vec::new(), 0, 0);
    let urls = form
        .fields
        .get("urls")
        .map(String::as_str)
        .unwrap_or_default();
    for url in urls
        .split('\n')
        .map(str::trim)
        .filter(|url| !url.is_empty())
    {
        match read_magnet(url) {
            Some(hashes) => found.push((hashes, None, Vec::new())),
            None if url.starts_with("http") => pending += 1,
            None => failed += 1,
        }
    }
    for bytes in form.files.values() {
        let hashes =
            torrent::read(bytes).ok_or((415, "Error: 'x.torrent' is not a valid torrent file."))?;
        found.push((hashes, torrent::size(bytes), torrent::files(bytes)));
    }
    let mut added = Vec::new();
    for (hashes, size, files) in found {
        let v1 = hashes.v1.clone().unwrap_or_default();
        let v2 = hashes.v2.clone().unwrap_or_default();
        let same = |one: &str, other: &str| !one.is_empty() && one == other;
        if state
            .torrents
            .iter()
            .any(|held| same(&held.v1, &v1) || same(&held.v2, &v2))
            || state.fault == Some(Fault::RefusesAll)
        {
            failed += 1;
            continue;
        }
        added.push(hashes.id());
        let files = files.into_iter().map(|(path, size)| (path, size, 1));
        let held = Held {
            files: files.collect(),
            ..hold(state, form, hashes, size)
        };
        if state.fault != Some(Fault::NeverListed) {
            state.torrents.push(held);
        }
    }
    let code = match (added.len(), pending) {
        (0, 0) => 409,
        (_, 0) => 200,
        _ => 202,
    };
    let counts = json!({"success_count": added.len(), "failure_count": failed, "pending_count": pending, "added_torrent_ids": added});
    state.adds.push(AddCall {
        fields: form.fields.clone(),
        added,
    });
    Ok(with_status(json_of(&counts), code))
}

/// Unknown categories and tags are made on the way; a category's path counts with autoTMM only.
fn hold(state: &mut Inner, form: &Form, hashes: torrent::Hashes, size: Option<u64>) -> Held {
    let field = |name: &str| form.fields.get(name).cloned().unwrap_or_default();
    let category = field("category");
    if !category.is_empty() {
        state.categories.entry(category.clone()).or_default();
    }
    let tags: BTreeSet<_> = field("tags")
        .split(',')
        .map(|tag| tag.trim().to_owned())
        .filter(|tag| !tag.is_empty())
        .collect();
    state.tags.extend(tags.clone());
    let auto_tmm = field("autoTMM") == "true";
    let of_category = state
        .categories
        .get(&category)
        .filter(|path| !path.is_empty());
    let save_path = match (auto_tmm, of_category) {
        (true, Some(path)) => path.clone(),
        (true, None) if !category.is_empty() => format!("/downloads/{category}"),
        (false, _) if !field("savepath").is_empty() => field("savepath"),
        _ => "/downloads".into(),
    };
    let stopped = field("stopped") == "true";
    Held {
        hash: hashes.id(),
        v1: hashes.v1.unwrap_or_default(),
        v2: hashes.v2.unwrap_or_default(),
        name: hashes.name,
        category,
        tags,
        save_path,
        auto_tmm,
        state: match (stopped, size) {
            (true, _) => "stoppedDL".into(),
            (false, None) => "metaDL".into(),
            (false, Some(_)) => "stalledDL".into(),
        },
        progress: 0.0,
        size,
        files: Vec::new(),
        stops: size.is_none() && field("stopCondition") == "MetadataReceived",
        hidden_for: match state.fault {
            Some(Fault::ListedLate(looks)) => looks,
            _ => 0,
        },
    }
}

fn read_magnet(url: &str) -> Option<torrent::Hashes> {
    let url = Url::parse(url)
        .ok()
        .filter(|url| url.scheme() == "magnet")?;
    let topic = |urn: &str, length: usize| {
        let found = url.query_pairs().find_map(|(key, value)| {
            (key == "xt")
                .then(|| value.strip_prefix(urn).map(str::to_lowercase))
                .flatten()
        });
        found.filter(|hash| {
            hash.len() == length && hash.bytes().all(|digit| digit.is_ascii_hexdigit())
        })
    };
    let (v1, v2) = (topic("urn:btih:", 40), topic("urn:btmh:1220", 64));
    let name = url
        .query_pairs()
        .find(|(key, _)| key == "dn")
        .map(|(_, name)| name.into_owned());
    let hashes = torrent::Hashes {
        v1,
        v2,
        name: String::new(),
    };
    (hashes.v1.is_some() || hashes.v2.is_some()).then(|| torrent::Hashes {
        name: name.unwrap_or_else(|| hashes.id()),
        ..hashes
    })
}

pub fn create_category(state: &mut Inner, form: &Form) -> Result<Response, Refusal> {
    let name = form.fields.get("category").ok_or((400, "Bad Request"))?;
    if name.is_empty() {
        return Err((400, "Category cannot be empty"));
    }
    if name.contains("//") {
        return Err((409, "Incorrect category name"));
    }
    if state.categories.contains_key(name) {
        return Err((409, "Unable to create category"));
    }
    let path = form.fields.get("savePath").cloned().unwrap_or_default();
    state.categories.insert(name.clone(), path);
    Ok(status(204))
}

pub fn change(
    state: &mut Inner,
    form: &Form,
    change: impl Fn(&mut Held),
) -> Result<Response, Refusal> {
    let hashes = form
        .fields
        .get("hashes")
        .ok_or((400, "Missing required parameters: hashes"))?;
    let chosen =
        |held: &&mut Held| hashes == "all" || hashes.split('|').any(|hash| hash == held.hash);
    state.torrents.iter_mut().filter(chosen).for_each(change);
    Ok(status(204))
}
