//! The list of a user of AniList: `MediaListCollection`, by chunks. Private profiles and unknown names are both 404, told apart by their
//! words.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Listed, NoList, Page};
use crate::{
    catalogue::{
        Place,
        anilist::{
            answers::{Complaint, Media},
            ask,
        },
        api::CHANGED,
    },
    domain::import_list::State,
    http::Http,
};

/// Series of one chunk, the most that it gives.
const CHUNK: usize = 500;

/// A user's own lists repeat what stands in those of a state.
const LIST: &str = "query($user:String,$chunk:Int,$size:Int){MediaListCollection(userName:$user,type:MANGA,chunk:$chunk,perChunk:$size){\
    hasNextChunk lists{entries{status media{\
    id title{romaji english native} synonyms volumes status format startDate{year} countryOfOrigin}}}}}";

#[derive(Deserialize)]
struct Said {
    #[serde(rename = "MediaListCollection")]
    collection: Collection,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Collection {
    #[serde(default)]
    has_next_chunk: Option<bool>,
    lists: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    entries: Vec<Value>,
}

#[derive(Deserialize)]
struct Item {
    status: Option<String>,
    media: Media,
}

/// Reads a chunk, from 0; at most 500 series.
pub(super) async fn page(
    place: &Place,
    http: &Http,
    user: &str,
    number: usize,
) -> Result<Page, NoList> {
    let variables = json!({"user": user, "chunk": number + 1, "size": CHUNK});
    let (answer, said) = ask::<Said>(place, http, LIST, variables).await?;
    let said = said.map_err(|complaint| {
        why(&complaint).unwrap_or_else(|| complaint.into_error(&answer).into())
    })?;
    Ok(read(said.collection).map_err(|why| answer.bad(why))?)
}

fn why(complaint: &Complaint) -> Option<NoList> {
    let message = complaint.message.to_lowercase();
    match complaint.status {
        _ if message.contains("private") => Some(NoList::Private),
        404 => Some(NoList::NoUser),
        _ => None,
    }
}

/// The series of a chunk, and whether there is another.
fn read(collection: Collection) -> Result<Page, &'static str> {
    let goes_on = collection.has_next_chunk == Some(true);
    let entries = collection.lists.into_iter().flat_map(|list| list.entries);
    // A user's own lists may repeat all of it.
    let entries: Vec<Value> = entries.take(10 * CHUNK).collect();
    let was_empty = entries.is_empty();
    let listed: Vec<Listed> = entries.into_iter().filter_map(listed).collect();
    match listed.is_empty() && !was_empty {
        true => Err(CHANGED),
        false => Ok((listed, goes_on)),
    }
}

fn listed(value: Value) -> Option<Listed> {
    let item: Item = serde_json::from_value(value).ok()?;
    let state = match item.status.as_deref()? {
        "CURRENT" | "REPEATING" => State::Reading,
        "COMPLETED" => State::Completed,
        "PAUSED" => State::Paused,
        "DROPPED" => State::Dropped,
        "PLANNING" => State::Planning,
        _ => return None,
    };
    let entry = item.media.entry()?;
    Some(Listed { entry, state })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collection(value: Value) -> Result<Page, &'static str> {
        read(serde_json::from_value(value).map_err(|_| CHANGED)?)
    }

    #[test]
    fn every_state_is_read_and_an_empty_list_is_one() {
        let item = |id: u32, status: &str| json!({"status": status, "media": {"id": id, "title": {"romaji": "X"}}});
        let (listed, goes_on) = collection(json!({"hasNextChunk": true, "lists": [
            {"entries": [item(1, "CURRENT"), item(2, "REPEATING"), item(3, "COMPLETED")]},
            {"entries": [item(4, "PAUSED"), item(5, "DROPPED"), item(6, "PLANNING"), item(7, "?"), {"status": null}]},
        ]}))
        .expect("a list");
        assert!(goes_on);
        let states: Vec<_> = listed.iter().map(|listed| listed.state).collect();
        assert_eq!(
            states,
            [
                State::Reading,
                State::Reading,
                State::Completed,
                State::Paused,
                State::Dropped,
                State::Planning
            ]
        );
        assert_eq!(collection(json!({"lists": []})), Ok((Vec::new(), false)));
        assert_eq!(
            collection(json!({"lists": [{"entries": [{"x": 1}]}]})),
            Err(CHANGED)
        );
        assert_eq!(collection(json!({"list": []})), Err(CHANGED));
    }

    #[test]
    fn private_and_unknown_are_told_apart() {
        let no_list = |status, message: &str| {
            let complaint = Complaint {
                status,
                message: message.into(),
            };
            why(&complaint)
        };
        assert!(matches!(
            no_list(404, "Private User"),
            Some(NoList::Private)
        ));
        assert!(matches!(
            no_list(404, "User not found"),
            Some(NoList::NoUser)
        ));
        assert!(no_list(500, "Internal Server Error").is_none());
    }
}
