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

    /// What was answered to the last name. One that is not taken ends the search where another one found something.
    ///
    /// # Errors
    /// What was answered, where nothing was found before or the fault is not the name's.
    pub fn heard(&mut self, answer: Result<Vec<Entry>, PortError>) -> Result<(), PortError> {
        let has_found = self.found.as_ref().is_some_and(|found| !found.is_empty());
        match answer {
            Ok(entries) => self.found(entries),
            Err(error) if has_found && error.is_of_one() => self.names.clear(),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn found(&mut self, entries: Vec<Entry>) {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16) -> PortError {
        PortError::Status {
            origin: "https://example.org".into(),
            status,
            detail: String::new(),
        }
    }

    #[tokio::test]
    async fn a_name_that_is_not_taken_does_not_undo_what_another_one_found() {
        let other = Entry {
            id: "7".into(),
            title: "Something else".into(),
            ..Entry::default()
        };
        for (first, status, expected) in [
            (vec![other.clone()], 400, Some(1)),
            (vec![other.clone()], 404, Some(1)),
            (vec![other], 503, None),
            (Vec::new(), 400, None),
        ] {
            let sought = Sought {
                title: "One Piece".into(),
                aliases: vec!["???".into(), "Third".into()],
                ..Sought::default()
            };
            let mut search = Search::of(&sought, sought.names());
            search.next(Duration::ZERO).await.expect("the title");
            search.heard(Ok(first)).expect("an answer");
            search.next(Duration::ZERO).await.expect("an alias");
            let heard = search.heard(Err(refused(status)));
            assert_eq!(heard.is_ok(), expected.is_some(), "{status}");
            if let Some(expected) = expected {
                assert_eq!(search.next(Duration::ZERO).await, None, "it is over");
                assert_eq!(search.into_entries().len(), expected);
            }
        }
    }
}
