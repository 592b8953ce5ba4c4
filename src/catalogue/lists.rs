//! Lists that people keep at AniList and MyAnimeList of what they read, to be imported. They are public or are not read: no one logs in.

use crate::{domain::catalogue::Entry, ports::PortError};

mod anilist;
mod myanimelist;

pub use anilist::anilist;
pub use myanimelist::myanimelist;

/// Pages of one list at most.
const MOST_PAGES: usize = 20;

/// The longest name of a user, in characters; both sites take shorter ones only.
const LONGEST_NAME: usize = 40;

/// How far its owner is with a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// It is read, or read again.
    Reading,
    /// It is read to its end.
    Completed,
    /// It is laid aside.
    Paused,
    /// It is given up.
    Dropped,
    /// It is to be read.
    Planning,
}

/// A series on a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// As the catalogue knows it.
    pub entry: Entry,
    /// How far its owner is.
    pub state: State,
}

/// A list, each series once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// In the order of the site.
    pub series: Vec<Listed>,
    /// False when it has more than the pages that are read.
    pub is_whole: bool,
}

/// Why there is no list. An empty list is none of these.
#[derive(Debug, thiserror::Error)]
pub enum NoList {
    /// The site has no user of this name.
    #[error("there is no user of this name there; is it spelt as in the address of the profile?")]
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
