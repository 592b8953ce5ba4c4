//! Looks for a series by its title and, where nothing of a like name is found by that, by its other names.

use std::{collections::HashSet, time::Duration};

use crate::{
    domain::{
        catalogue::{Entry, Sought},
        title::{TitleMatch, fold, same_series},
    },
    ports::PortError,
};

/// Names that are tried at most: the title, and two others.
const MOST: usize = 3;

/// What is found by the first name by which something of a like name is; else what the first one finds. `names` are those of the series
/// that the catalogue takes, the title first; each is a request, with a pause between two.
pub(super) async fn search(
    sought: &Sought,
    names: impl Iterator<Item = &String>,
    pause: Duration,
    find: impl AsyncFn(&str) -> Result<Vec<Entry>, PortError>,
) -> Result<Vec<Entry>, PortError> {
    let (title, aliases) = (fold(&sought.title), sought.aliases.iter());
    let aliases: Vec<String> = aliases.map(|alias| fold(alias)).collect();
    let is_like = |entry: &Entry| {
        let mut names = std::iter::once(&entry.title).chain(&entry.titles);
        names.any(|name| same_series(&title, &aliases, &fold(name)) != TitleMatch::Different)
    };
    let mut first = None;
    for name in distinct(names) {
        if first.is_some() {
            tokio::time::sleep(pause).await;
        }
        let found = find(name).await?;
        if found.iter().any(is_like) {
            return Ok(found);
        }
        first.get_or_insert(found);
    }
    Ok(first.unwrap_or_default())
}

/// Each once, as titles are compared; as many as are tried.
fn distinct<'a>(names: impl Iterator<Item = &'a String>) -> impl Iterator<Item = &'a String> {
    let mut known = HashSet::new();
    names.filter(move |name| known.insert(fold(name))).take(MOST)
}
