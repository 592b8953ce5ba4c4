//! `GET /api/v1/search` (SearchController, ReleaseSearchService).

use base64::Engine;
use futures_util::StreamExt;
use poem::{Body, Request, Response};
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

use super::{
    super::{
        reply::{Set, json_of, parameters, raw, status},
        torrent::PASSKEY,
    },
    BASE64, Fault, Indexer, Inner, KEY, Link, Query, Release, message,
};

pub fn search(state: &mut Inner, request: &Request, fault: Option<Fault>) -> Response {
    let query = read_query(request, state.clock.now());
    state.queries.push(query.clone());
    match fault {
        Some(Fault::RateLimited(None)) => return status(429),
        Some(Fault::RateLimited(Some(wait))) => {
            return status(429).set("Retry-After", &wait.to_string());
        }
        Some(Fault::Empty) => return json_of(&json!([])),
        Some(Fault::AllUnavailable) => return unavailable(),
        Some(Fault::Error500) => {
            let said = format!(
                "Error after GET http://h/api/v1/search?apikey={KEY} with {KEY} and magnet:?xt=urn:btih:{PASSKEY}"
            );
            return message(500, &said);
        }
        Some(Fault::Huge) => return huge(),
        Some(Fault::Says(body)) => return raw("application/json; charset=utf-8", body),
        _ => {}
    }
    let host = request.header("Host").unwrap_or_default();
    let server = format!("http://{host}{}", state.url_base);
    let wanted = Wanted {
        with_category: false,
    };
    let found = match find(state, &query, wanted) {
        Some(found) => found,
        None => return unavailable(),
    };
    let body: Value = found
        .into_iter()
        .map(|(number, release)| resource(state, release, &server, number))
        .collect();
    let text = serde_json::to_string_pretty(&body).expect("JSON");
    let end = if fault == Some(Fault::Truncated) {
        text.len() / 2
    } else {
        text.len()
    };
    let end = (0..=end)
        .rfind(|at| text.is_char_boundary(*at))
        .unwrap_or_default();
    raw("application/json; charset=utf-8", text[..end].to_owned())
}

pub fn read_query(request: &Request, now: i64) -> Query {
    let parameters = parameters(request);
    let all = |wanted: &str| {
        let values = parameters
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
        values.map(|(_, value)| value.clone()).collect::<Vec<_>>()
    };
    let number = |name: &str| {
        all(name)
            .first()
            .and_then(|text| text.parse().ok())
            .unwrap_or_default()
    };
    let numbers = |name: &str| {
        all(name)
            .iter()
            .map(|text| text.parse().expect("a number"))
            .collect()
    };
    Query {
        term: all("query").first().cloned().unwrap_or_default(),
        offset: number("offset"),
        limit: number("limit"),
        indexers: numbers("indexerIds"),
        categories: numbers("categories"),
        at: now,
    }
}

/// What a search leaves out by itself.
#[derive(Clone, Copy)]
pub struct Wanted {
    /// Only what has a category: the API's own search lets everything through.
    pub with_category: bool,
}

/// None when the chosen indexers are all unavailable. Each available one answers its own page, one after the other (ReleaseSearchService).
pub fn find<'a>(
    state: &'a Inner,
    query: &Query,
    wanted: Wanted,
) -> Option<Vec<(usize, &'a Release)>> {
    let is_chosen = |indexer: &&Indexer| {
        let group = if indexer.protocol == "torrent" {
            -2
        } else {
            -1
        };
        query.indexers.is_empty()
            || query.indexers.contains(&indexer.id)
            || query.indexers.contains(&group)
    };
    let available = state
        .indexers
        .iter()
        .filter(|indexer| indexer.is_available(state.clock.now()));
    let asked: Vec<_> = available.filter(is_chosen).collect();
    if asked.is_empty() && !query.indexers.is_empty() {
        return None;
    }
    let term = fold(&query.term);
    let page = |indexer: &Indexer| {
        let matches = |(number, release): &(usize, &Release)| {
            release.indexer == indexer.id
                && has_words(&state.known_by[*number].0, &term)
                && is_wanted(&release.categories, &query.categories)
                && !(wanted.with_category && release.categories.is_empty())
        };
        let mut found: Vec<_> = state.releases.iter().enumerate().filter(matches).collect();
        found.sort_by(|(_, one), (_, other)| other.published.cmp(&one.published));
        let limit = if query.limit == 0 { 100 } else { query.limit };
        match indexer.paging {
            true => found.into_iter().skip(query.offset).take(limit).collect(),
            false if query.offset > 0 => Vec::new(),
            false => found,
        }
    };
    Some(asked.into_iter().flat_map(page).collect())
}

/// All words of the query, in any order, whatever case and accents: what a tracker's own search does.
fn has_words(title: &str, query: &str) -> bool {
    query
        .split(|letter: char| !letter.is_alphanumeric())
        .all(|word| title.contains(word))
}

/// Without case and accents.
pub fn fold(text: &str) -> String {
    let plain = text
        .nfd()
        .filter(|letter| !unicode_normalization::char::is_combining_mark(*letter));
    plain.collect::<String>().to_lowercase()
}

/// A parent category stands for its children; releases without category are let through.
fn is_wanted(categories: &[i64], wanted: &[i64]) -> bool {
    let covers = |wanted: &i64| {
        categories
            .iter()
            .any(|id| id == wanted || (wanted % 1000 == 0 && id / 1000 == wanted / 1000))
    };
    wanted.is_empty() || categories.is_empty() || wanted.iter().any(covers)
}

/// A link of its own, which carries its key.
pub fn proxied(release: &Release, server: &str, number: usize) -> String {
    let link = BASE64.encode(format!("release:{number}"));
    let file: String = url::form_urlencoded::byte_serialize(release.title.as_bytes()).collect();
    format!(
        "{server}/{}/download?apikey={KEY}&link={link}&file={file}",
        release.indexer
    )
}

/// `ReleaseResource` with its nulls left out, links proxied.
fn resource(state: &Inner, release: &Release, server: &str, number: usize) -> Value {
    let proxied = proxied(release, server, number);
    let indexer = state
        .indexers
        .iter()
        .find(|indexer| indexer.id == release.indexer)
        .expect("an indexer");
    let mut fields = json!({
        "id": 0, "guid": state.known_by[number].1, "age": 30, "ageHours": 720.5, "ageMinutes": 43230.25, "size": release.size,
        "indexerId": release.indexer, "indexer": indexer.name, "title": release.title,
        "sortTitle": release.title.to_lowercase(), "imdbId": 0, "tmdbId": 0, "tvdbId": 0, "tvMazeId": 0,
        "publishDate": release.published, "indexerFlags": [], "protocol": indexer.protocol,
        "categories": release.categories.iter().map(|id| json!({"id": id, "name": "Books", "subCategories": []})).collect::<Value>(),
        "fileName": format!("{}.torrent", release.title),
    });
    let mut set = |name: &str, value: Value| fields[name] = value;
    match release.link {
        Link::MagnetGuid => {}
        Link::RedirectMagnet => set("magnetUrl", proxied.into()),
        _ => set("downloadUrl", proxied.into()),
    }
    if release.shows_hash {
        set("infoHash", release.torrent.hashes().id().into());
    }
    if let Some(seeders) = release.seeders {
        set("seeders", seeders.into());
        set("leechers", 1.into());
    }
    fields
}

fn unavailable() -> Response {
    message(
        400,
        "Search failed due to all selected indexers being unavailable",
    )
}

/// Streamed, without a length.
fn huge() -> Response {
    let item = format!(
        "{{\"guid\":\"g\",\"title\":\"{}\"}},",
        "x".repeat(64 * 1024)
    );
    let items = 50 * 1024 * 1024 / item.len();
    let parts = std::iter::once("[".to_owned())
        .chain(std::iter::repeat_n(item, items))
        .chain(std::iter::once("{}]".to_owned()));
    let stream = futures_util::stream::iter(parts).map(Ok::<_, std::io::Error>);
    raw(
        "application/json; charset=utf-8",
        Body::from_bytes_stream(stream),
    )
}
