//! MangaUpdates' API v1, the part that reads series, as its OpenAPI document describes it and as its clients read it: a search is a POST
//! whose hits have neither status nor other titles.

use poem::Response;
use serde_json::{Value, json};

use super::api::{Api, Asked};
use crate::stand_in::reply::{json_of, with_status};

/// Its number of One Piece.
pub const ONE_PIECE: u64 = 55_099_564_912;

fn series() -> Vec<Value> {
    let one = |id: u64, title: &str, others: &[&str], kind: &str, year: &str, status: Value| {
        let others: Vec<Value> = others.iter().map(|title| json!({"title": title})).collect();
        json!({
            "series_id": id, "title": title, "url": format!("https://www.mangaupdates.com/series/{id}"), "associated": others,
            "description": "…", "image": {"url": {"original": null, "thumb": null}, "height": null, "width": null},
            "type": kind, "year": year, "bayesian_rating": 8.5, "rating_votes": 12, "genres": [{"genre": "Action"}],
            "latest_chapter": 1165, "status": status, "licensed": true, "completed": false,
            "authors": [{"name": "ODA Eiichiro", "author_id": 1, "type": "Author"}, {"name": "ODA Eiichiro", "author_id": 1, "type": "Artist"}],
            "publishers": [{"publisher_name": "Shueisha", "type": "Original", "notes": "Jump Comics"}],
            "last_updated": {"timestamp": 1_790_000_000, "as_rfc3339": "2026-09-21T00:00:00Z", "as_string": "September 21st 2026"},
        })
    };
    vec![
        one(
            ONE_PIECE,
            "One Piece",
            &["ワンピース", "Wan Pīsu"],
            "Manga",
            "1997",
            json!("114 Volumes (Ongoing)"),
        ),
        one(
            2,
            "One Piece: Ace's Story",
            &[],
            "Novel",
            "2020",
            json!("2 Volumes (Complete)"),
        ),
        one(3, "One Piece Party", &[], "Manga", "2015", json!(null)),
        one(
            4,
            "20th Century Boys",
            &["20世紀少年"],
            "Manga",
            "1999",
            json!("22 Volumes (Complete)  \n11 Kanzenban Volumes (Complete)"),
        ),
    ]
}

/// Starts it.
pub fn start() -> Api {
    Api::start(|asked| match asked.what.as_str() {
        "POST /v1/series/search" => search(asked),
        what => match what.strip_prefix("GET /v1/series/") {
            Some(id) => one(id),
            None => exception(404, "Route not found"),
        },
    })
}

fn exception(code: u16, reason: &str) -> Response {
    let body = json!({"status": "exception", "reason": reason, "context": {}});
    with_status(json_of(&body), code)
}

fn search(asked: &Asked) -> Response {
    let Some(words) = asked.body["search"].as_str() else {
        return exception(400, "search is required");
    };
    let words = words.to_lowercase();
    let most = usize::try_from(asked.body["perpage"].as_u64().unwrap_or(25)).expect("small");
    let fits = |series: &Value| {
        series["title"]
            .as_str()
            .is_some_and(|title| title.to_lowercase().contains(&words))
    };
    let hit = |mut record: Value| {
        let title = record["title"].clone();
        let record = record.as_object_mut().expect("an object");
        for left_out in [
            "associated",
            "status",
            "completed",
            "authors",
            "publishers",
            "licensed",
        ] {
            record.remove(left_out);
        }
        json!({"record": record, "hit_title": title, "metadata": {"user_list": {"list_id": null}}})
    };
    let hits: Vec<Value> = series()
        .into_iter()
        .filter(fits)
        .map(hit)
        .take(most)
        .collect();
    json_of(&json!({"total_hits": hits.len(), "page": 1, "per_page": most, "results": hits}))
}

fn one(id: &str) -> Response {
    let found = series()
        .into_iter()
        .find(|series| series["series_id"].as_u64() == id.parse().ok());
    match found {
        Some(series) => json_of(&series),
        None => exception(404, "Series not found"),
    }
}
