//! Lists that people keep at AniList and MyAnimeList of what they read, to be imported. They are public or are not read: no one logs in.

mod anilist;
mod myanimelist;

use std::collections::HashSet;

use super::Place;
use crate::{
    domain::{catalogue::Entry, identity::Catalogue as Which, import_list::State},
    http::Http,
    ports::PortError,
};

/// Pages of one list at most.
const MOST_PAGES: usize = 20;

/// Series of one list at most.
const MOST_SERIES: usize = 10_000;

/// Other titles of each that are kept.
const MOST_TITLES: usize = 20;

/// The longest name of a user, in characters; both sites take shorter ones only.
const LONGEST_NAME: usize = 40;

/// The catalogues that keep lists.
pub const WITH_LISTS: [Which; 2] = [Which::AniList, Which::MyAnimeList];

/// A series on a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// As the catalogue knows it; of what it says no more than the names and the kind.
    pub entry: Entry,
    /// How far its owner is.
    pub state: State,
}

/// Series of one page, and whether there is another.
type Page = (Vec<Listed>, bool);

/// A list as far as it is read, each series once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// In the order of the site.
    pub series: Vec<Listed>,
    /// False when it has more than is read.
    pub is_whole: bool,
    pages: usize,
    known: HashSet<String>,
}

impl List {
    /// The place of the page that is to be read next, from 0; none when it is read as far as it ever is.
    pub fn next(&self) -> Option<usize> {
        let goes_on = !self.is_whole && self.pages < MOST_PAGES && self.series.len() < MOST_SERIES;
        goes_on.then_some(self.pages)
    }

    fn add(&mut self, (listed, goes_on): Page) {
        self.pages += 1;
        self.is_whole = !goes_on;
        for mut listed in listed {
            if !self.known.insert(listed.entry.id.clone()) {
                continue;
            }
            if self.series.len() == MOST_SERIES {
                self.is_whole = false;
                break;
            }
            listed.entry.titles.truncate(MOST_TITLES);
            listed.entry.authors.clear();
            listed.entry.statements.clear();
            self.series.push(listed);
        }
    }
}

/// Reads the lists of one of the catalogues that keep them.
pub struct Reader {
    which: Which,
    place: Place,
    http: Http,
}

impl Reader {
    /// Asks nothing yet. None of a catalogue that keeps no lists.
    pub fn of(which: Which, place: Place) -> Option<Self> {
        let http = Http::new(place.timeout).hiding(place.key.clone());
        WITH_LISTS
            .contains(&which)
            .then_some(Self { which, place, http })
    }

    /// Reads the next page into a list, with one request. False when that was the last one.
    ///
    /// # Errors
    /// [`NoList`].
    pub async fn read_on(&self, user: &str, list: &mut List) -> Result<bool, NoList> {
        if !is_name(user) {
            return Err(NoList::NoUser);
        }
        let Some(page) = list.next() else {
            return Ok(false);
        };
        list.add(match self.which {
            Which::MyAnimeList => myanimelist::page(&self.place, &self.http, user, page).await?,
            _ => anilist::page(&self.place, &self.http, user, page).await?,
        });
        Ok(list.next().is_some())
    }
}

/// Why there is no list. An empty list is none of these.
#[derive(Debug, thiserror::Error)]
pub enum NoList {
    /// The site has no user of this name.
    #[error(
        "there is no user of this name there; is it spelt as in the address of the profile? A list is of one user: remove it, and make one with the right name"
    )]
    NoUser,
    /// The owner shows it to no one.
    #[error("the list is private; make it public there for the time of the import")]
    Private,
    /// The site could not be asked.
    #[error(transparent)]
    NotAsked(#[from] PortError),
}

/// A name that a user can have.
fn is_name(user: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    !user.is_empty() && user.len() <= LONGEST_NAME && user.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_an_end() {
        let listed = |number: usize| Listed {
            entry: Entry {
                id: number.to_string(),
                titles: vec!["X".into(); 100],
                ..Entry::default()
            },
            state: State::Reading,
        };
        let page = |from: usize, many: usize| (from..from + many).map(listed).collect();
        let mut list = List::default();
        assert_eq!(list.next(), Some(0));
        list.add((page(0, 3), true));
        list.add((page(1, 3), false));
        assert_eq!(
            (list.series.len(), list.is_whole, list.next()),
            (4, true, None)
        );
        assert_eq!(list.series[0].entry.titles.len(), MOST_TITLES);

        let mut long = List::default();
        long.add((page(0, MOST_SERIES), true));
        assert_eq!((long.is_whole, long.next()), (false, None));
        let mut longer = List::default();
        longer.add((page(0, MOST_SERIES + 1), false));
        assert_eq!((longer.series.len(), longer.is_whole), (MOST_SERIES, false));

        let mut endless = List::default();
        while endless.next().is_some() {
            endless.add((page(0, 1), true));
        }
        assert_eq!((endless.pages, endless.is_whole), (MOST_PAGES, false));
    }
}
