//! AniList's GraphQL interface, the three questions that are asked of it, as docs.anilist.co describes it: errors stand in the body,
//! volumes are null while a series goes on, and a private profile is 404 as an unknown one is.

use poem::Response;
use serde_json::{Value, json};

use super::api::{Api, Asked};
use crate::stand_in::reply::{json_of, with_status};

fn media() -> Vec<Value> {
    let one = |id: u32, title: &str, format: &str, status: &str, volumes: Value, country: &str| {
        json!({
            "id": id, "title": {"romaji": title, "english": null, "native": "題名"}, "synonyms": ["Synonym"], "volumes": volumes,
            "status": status, "format": format, "startDate": {"year": 1997}, "countryOfOrigin": country,
            "staff": {"edges": [
                {"role": "Story & Art", "node": {"name": {"full": "Eiichirou Oda"}}},
                {"role": "Translator (French)", "node": {"name": {"full": "Djamel"}}},
            ]},
        })
    };
    vec![
        one(30013, "ONE PIECE", "MANGA", "RELEASING", json!(null), "JP"),
        one(2, "ONE PIECE novel A", "NOVEL", "FINISHED", json!(2), "JP"),
        one(3, "Romance Dawn", "ONE_SHOT", "FINISHED", json!(null), "JP"),
        one(4, "Solo Leveling", "MANGA", "FINISHED", json!(14), "KR"),
    ]
}

/// Starts it.
pub fn start() -> Api {
    Api::start(|asked| match asked.what.as_str() {
        "POST /" => answer(asked),
        _ => errors(404, "Not Found"),
    })
}

fn errors(status: u16, message: &str) -> Response {
    let errors =
        json!([{"message": message, "status": status, "locations": [{"line": 1, "column": 2}]}]);
    with_status(json_of(&json!({"errors": errors, "data": null})), status)
}

fn answer(asked: &Asked) -> Response {
    let variables = &asked.body["variables"];
    let query = asked.body["query"].as_str().unwrap_or_default();
    if !query.contains("type:MANGA") {
        return errors(400, "Validation");
    }
    if let Some(user) = variables["user"].as_str() {
        return list(user, variables["chunk"].as_u64().unwrap_or(1));
    }
    let media: Vec<Value> = match (variables["search"].as_str(), variables["ids"].as_array()) {
        (Some(search), _) => {
            let search = search.to_lowercase();
            let most = usize::try_from(variables["most"].as_u64().unwrap_or(50)).expect("small");
            let fits = |media: &Value| {
                let title = media["title"]["romaji"].as_str().unwrap_or_default();
                title.to_lowercase().contains(&search)
            };
            media().into_iter().filter(fits).take(most).collect()
        }
        (_, Some(ids)) => {
            let asked = |media: &Value| ids.contains(&media["id"]);
            media().into_iter().filter(asked).take(50).collect()
        }
        _ => return errors(400, "Variable missing"),
    };
    json_of(&json!({"data": {"Page": {"media": media}}}))
}

/// Two chunks; what stands in a list of the user's own stands in that of its state too.
fn list(user: &str, chunk: u64) -> Response {
    match user {
        "reader" => {}
        "empty" => {
            let collection = json!({"hasNextChunk": false, "lists": []});
            return json_of(&json!({"data": {"MediaListCollection": collection}}));
        }
        "endless" => {
            let one =
                json!({"status": "CURRENT", "media": {"id": chunk, "title": {"romaji": "X"}}});
            let collection = json!({"hasNextChunk": true, "lists": [{"entries": [one]}]});
            return json_of(&json!({"data": {"MediaListCollection": collection}}));
        }
        "private" => return errors(404, "Private User"),
        _ => return errors(404, "User not found"),
    }
    let media = media();
    let lists = match chunk {
        1 => json!([
            {"entries": [{"status": "CURRENT", "media": media[0]}]},
            {"entries": [{"status": "CURRENT", "media": media[0]}]},
        ]),
        _ => {
            json!([{"entries": [{"status": "COMPLETED", "media": media[3]}, {"status": "PLANNING", "media": media[1]}]}])
        }
    };
    let collection = json!({"hasNextChunk": chunk == 1, "lists": lists});
    json_of(&json!({"data": {"MediaListCollection": collection}}))
}
