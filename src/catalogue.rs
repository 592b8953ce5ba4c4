//! Catalogues: each in a file of its own, behind [`crate::ports::Catalogue`].

use std::{path::Path, sync::Arc, time::Duration};

use url::Url;

use crate::{clock::Clock, domain::identity::Catalogue as Which, ports::Catalogue, secret::Secret};

pub mod anilist;
mod api;
pub mod bedetheque;
mod blocked;
pub mod bnf;
mod bounds;
#[cfg(test)]
mod golden;
pub mod lists;
pub mod mangaupdates;
pub mod myanimelist;
mod names;
pub mod nautiljon;
mod numbers;
pub mod opentome;
mod page;
mod site;

pub use numbers::isbn;

/// Where a catalogue is, and how it is asked.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its address, ending in a slash.
    pub url: Url,
    /// Until an answer is given up.
    pub timeout: Duration,
    /// Between two requests of one question.
    pub pace: Duration,
    /// What it lets programs in with, where it wants that.
    pub key: Option<Secret>,
}

/// The adapter of one; none of those that are only known by their ids. What it keeps lies below the data directory.
pub fn build(which: Which, place: Place, data: &Path, clock: &Clock) -> Option<Arc<dyn Catalogue>> {
    Some(match which {
        Which::Bnf => Arc::new(bnf::Bnf::new(place)),
        Which::MangaUpdates => Arc::new(mangaupdates::MangaUpdates::new(place)),
        Which::AniList => Arc::new(anilist::AniList::new(place)),
        Which::MyAnimeList => Arc::new(myanimelist::MyAnimeList::new(place)),
        Which::Nautiljon => Arc::new(nautiljon::Nautiljon::new(place)),
        Which::Bedetheque => Arc::new(bedetheque::Bedetheque::new(place)),
        Which::OpenTome => {
            let folder = data.join("catalogues").join("opentome");
            Arc::new(opentome::OpenTome::new(place, folder, clock.clone()))
        }
        _ => return None,
    })
}
