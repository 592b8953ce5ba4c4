//! Looks for a series by its title and, where nothing of a like name is found by that, by its other names.

use std::{collections::HashSet, time::Duration};

use crate::domain::{
    catalogue::{Entry, Sought},
    title::{TitleMatch, fold, same_series},
};

/// Names that are tried at most: the title, and two others.
const MOST: usize = 3;

/// A search by one name after another.
pub(super) struct Search {
    title: String,
    aliases: Vec<String>,
    /// Those that are left, the last one first.
    names: Vec<String>,
    found: Option<Vec<Entry>>,
}

impl Search {
    /// By these names of a series, which the catalogue takes, the title first.
    pub fn of<'a>(sought: &Sought, names: impl Iterator<Item = &'a String>) -> Self {
        let mut known = HashSet::new();
        let names = names.filter(|name| known.insert(fold(name))).take(MOST);
        let mut names: Vec<String> = names.cloned().collect();
        names.reverse();
        Self {
            title: fold(&sought.title),
            aliases: sought.aliases.iter().map(|alias| fold(alias)).collect(),
            names,
            found: None,
        }
    }

    /// The name to be asked for next, after a pause unless it is the first; none when something of a like name was found, or no name is left.
    pub async fn next(&mut self, pause: Duration) -> Option<String> {
        let name = self.names.pop()?;
        if self.found.is_some() {
            tokio::time::sleep(pause).await;
        }
        Some(name)
    }

    /// What was found by the last name.
    pub fn found(&mut self, entries: Vec<Entry>) {
        if entries.iter().any(|entry| self.is_like(entry)) {
            self.names.clear();
            self.found = Some(entries);
        } else {
            self.found.get_or_insert(entries);
        }
    }

    fn is_like(&self, entry: &Entry) -> bool {
        let mut names = std::iter::once(&entry.title).chain(&entry.titles);
        names.any(|name| {
            same_series(&self.title, &self.aliases, &fold(name)) != TitleMatch::Different
        })
    }

    /// What is of a like name; else what the first name finds.
    pub fn into_entries(self) -> Vec<Entry> {
        self.found.unwrap_or_default()
    }
}
