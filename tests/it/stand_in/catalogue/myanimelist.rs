//! MyAnimeList's API v2, the part that reads series and lists, as myanimelist.net/apiconfig/references/api/v2 describes it: each request
//! shows the id of a client, a question has 3 to 64 letters, and 0 volumes means that no one knows.

use poem::Response;
use serde_json::{Value, json};

use super::api::{Api, Asked};
use crate::stand_in::reply::{json_of, with_status};

/// The id of a client; it must not show up anywhere else.
pub const KEY: &str = "PLANTED0CLIENT0ID0OF0MYANIMELIST";

fn nodes() -> Vec<Value> {
    let one = |id: u32, title: &str, kind: &str, status: &str, volumes: u32| {
        json!({
            "id": id, "title": title, "main_picture": {"medium": "https://cdn.myanimelist.net/x.jpg"},
            "alternative_titles": {"synonyms": ["OP"], "en": title, "ja": "題名"}, "start_date": "1997-07-22", "media_type": kind,
            "status": status, "num_volumes": volumes,
            "authors": [{"node": {"id": 1881, "first_name": "Eiichiro", "last_name": "Oda"}, "role": "Story & Art"}],
        })
    };
    vec![
        one(13, "One Piece", "manga", "currently_publishing", 0),
        one(14, "One Piece novel A", "light_novel", "finished", 2),
        one(25, "Fullmetal Alchemist", "manga", "finished", 27),
    ]
}

/// Starts it.
pub fn start() -> Api {
    Api::start(answer)
}

fn error(code: u16, error: &str, message: &str) -> Response {
    with_status(json_of(&json!({"message": message, "error": error})), code)
}

fn answer(asked: &Asked) -> Response {
    match asked.header("x-mal-client-id") {
        Some(KEY) => {}
        Some(_) => return error(400, "bad_request", "Invalid client id"),
        None => return error(403, "forbidden", ""),
    }
    let path = asked.what.strip_prefix("GET /v2/").unwrap_or_default();
    match path.split('/').collect::<Vec<_>>()[..] {
        ["manga"] => search(asked),
        ["manga", id] => match nodes()
            .into_iter()
            .find(|node| node["id"].as_u64() == id.parse().ok())
        {
            Some(node) => json_of(&node),
            None => error(404, "not_found", ""),
        },
        ["users", user, "mangalist"] => list(asked, user),
        _ => error(404, "not_found", ""),
    }
}

fn search(asked: &Asked) -> Response {
    let words = asked.parameter("q").unwrap_or_default().to_lowercase();
    if !(3..=64).contains(&words.chars().count()) {
        return error(400, "bad_request", "invalid q");
    }
    let most = asked
        .parameter("limit")
        .and_then(|limit| limit.parse().ok())
        .unwrap_or(100);
    let fits = |node: &Value| {
        node["title"]
            .as_str()
            .is_some_and(|title| title.to_lowercase().contains(&words))
    };
    let hit = |node: Value| json!({"node": node});
    let data: Vec<Value> = nodes()
        .into_iter()
        .filter(fits)
        .map(hit)
        .take(most)
        .collect();
    json_of(&json!({"data": data, "paging": {}}))
}

fn list(asked: &Asked, user: &str) -> Response {
    let offset: usize = asked
        .parameter("offset")
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    let limit: usize = asked
        .parameter("limit")
        .and_then(|text| text.parse().ok())
        .unwrap_or(100);
    let item = |node: Value, status: &str| json!({"node": node, "list_status": {"status": status, "score": 0, "num_volumes_read": 1}});
    let next = json!({"next": "http://127.0.0.1:1/elsewhere"});
    let nodes = nodes();
    let (data, paging) = match (user, offset / limit.max(1)) {
        ("reader", 0) => (json!([item(nodes[0].clone(), "reading")]), next),
        ("reader", _) => (
            json!([
                item(nodes[2].clone(), "plan_to_read"),
                item(nodes[1].clone(), "on_hold")
            ]),
            json!({}),
        ),
        ("empty", _) => (json!([]), json!({})),
        ("endless", page) => {
            let node = json!({"id": page + 1, "title": "X"});
            (json!([item(node, "reading")]), next)
        }
        ("private", _) => return error(403, "not_permitted", ""),
        _ => return error(404, "not_found", ""),
    };
    json_of(&json!({"data": data, "paging": paging}))
}
