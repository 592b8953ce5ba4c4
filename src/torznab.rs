//! Feeds in the form that other programs read: what was found is an indexer to them.

mod caps;
mod category;
mod fault;
mod feed;
mod handing;
mod index;
mod live;
mod memory;
mod plain;
mod request;
mod rss;
mod token;
mod words;
mod xml;

pub use caps::{caps, indexers};
pub use category::Categories;
pub use fault::Fault;
pub use feed::{Consumer, DOWNLOADS, FeedError, Items, items};
pub use handing::{Handed, hand, is_there};
pub use live::search;
pub use memory::Memory;
pub use plain::{Entry, plain};
pub use request::{Asked, Function, read};
pub use rss::{Item, Page, rss};

/// A feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Feed {
    /// Offers that were accepted, for volumes that are still missing.
    Found,
    /// Every offer for a series that is followed, with its verdict.
    Fresh,
    /// The links of forums.
    Ebdz,
}

impl Feed {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Found, Self::Fresh, Self::Ebdz];

    /// As in its address.
    pub fn word(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Fresh => "fresh",
            Self::Ebdz => "ebdz",
        }
    }

    /// From its address.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|feed| feed.word() == word)
    }

    fn title(self) -> &'static str {
        match self {
            Self::Found => "Lacunarr: found",
            Self::Fresh => "Lacunarr: fresh",
            Self::Ebdz => "Lacunarr: EBDZ",
        }
    }

    fn description(self) -> &'static str {
        match self {
            Self::Found => "Releases that were accepted for volumes that are missing",
            Self::Fresh => "Releases for the series that are followed, with their verdicts",
            Self::Ebdz => "Links of ed2k out of forums",
        }
    }
}
