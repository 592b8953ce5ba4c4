//! The list of a user of MyAnimeList: `users/{name}/mangalist`, by pages. A private list is 403, an unknown name 404. The address of the
//! next page that it gives is not followed: its place is counted here.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Listed, NoList, Page};
use crate::{
    catalogue::{
        Place,
        api::{CHANGED, json},
        myanimelist::{FIELDS, answers::Node, ask, get},
    },
    domain::import_list::State,
    http::Http,
};

/// Series of one page, the most that it gives.
const PAGE: usize = 1000;

#[derive(Deserialize)]
struct Said<'a> {
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
    #[serde(default)]
    paging: Paging,
}

#[derive(Default, Deserialize)]
struct Paging {
    next: Option<String>,
}

#[derive(Deserialize)]
struct Item {
    node: Node,
    list_status: Progress,
}

#[derive(Deserialize)]
struct Progress {
    status: Option<String>,
}

/// Reads a page, from 0; at most 1,000 series.
pub(super) async fn page(
    place: &Place,
    http: &Http,
    user: &str,
    number: usize,
) -> Result<Page, NoList> {
    let request = get(place, http, &format!("v2/users/{user}/mangalist"))?.query(&[
        ("fields", format!("list_status,{FIELDS}")),
        ("limit", PAGE.to_string()),
        ("offset", (number * PAGE).to_string()),
        ("nsfw", "true".into()),
    ]);
    let answer = ask(http, request).await?;
    match answer.status.as_u16() {
        200 => {}
        403 if !answer.is_markup() => return Err(NoList::Private),
        404 => return Err(NoList::NoUser),
        _ => return Err(answer.unexpected().into()),
    }
    Ok(read(&answer.text()).map_err(|why| answer.bad(why))?)
}

/// The series of a page, and whether there is another.
fn read(text: &str) -> Result<Page, &'static str> {
    let said: Said<'_> = json(text)?;
    let items = said.data.iter().take(PAGE);
    let listed: Vec<Listed> = items.filter_map(|item| listed(item)).collect();
    if listed.is_empty() && !said.data.is_empty() {
        return Err(CHANGED);
    }
    let goes_on = said.paging.next.is_some_and(|next| !next.is_empty());
    Ok((listed, goes_on))
}

fn listed(raw: &RawValue) -> Option<Listed> {
    let item: Item = serde_json::from_str(raw.get()).ok()?;
    let state = match item.list_status.status.as_deref()? {
        "reading" => State::Reading,
        "completed" => State::Completed,
        "on_hold" => State::Paused,
        "dropped" => State::Dropped,
        "plan_to_read" => State::Planning,
        _ => return None,
    };
    let entry = item.node.entry()?;
    Some(Listed { entry, state })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_read_and_an_empty_list_is_one() {
        let item = |id: u32, status: &str| {
            format!(
                r#"{{"node":{{"id":{id},"title":"X"}},"list_status":{{"status":"{status}","score":0}}}}"#
            )
        };
        let states = [
            "reading",
            "completed",
            "on_hold",
            "dropped",
            "plan_to_read",
            "?",
        ];
        let items: Vec<_> = states
            .iter()
            .zip(1..)
            .map(|(state, id)| item(id, state))
            .collect();
        let next = r#""next":"https://api.myanimelist.net/v2/users/x/mangalist?offset=1000""#;
        let text = format!(r#"{{"data":[{}],"paging":{{{next}}}}}"#, items.join(","));
        let (listed, goes_on) = read(&text).expect("a list");
        assert!(goes_on);
        let states: Vec<_> = listed.iter().map(|listed| listed.state).collect();
        assert_eq!(
            states,
            [
                State::Reading,
                State::Completed,
                State::Paused,
                State::Dropped,
                State::Planning
            ]
        );
        assert_eq!(read(r#"{"data":[],"paging":{}}"#), Ok((Vec::new(), false)));
        assert_eq!(read(r#"{"data":[{"x":1}]}"#), Err(CHANGED));
        assert_eq!(read("{}"), Err(CHANGED));
    }
}
