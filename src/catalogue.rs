//! Catalogues: each in a file of its own, behind [`crate::ports::Catalogue`].

use std::{sync::Arc, time::Duration};

use url::Url;

use crate::{domain::identity::Catalogue as Which, ports::Catalogue, secret::Secret};

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
pub mod nautiljon;
pub mod opentome;
mod numbers;
mod page;
mod site;

/// Where a catalogue is, and how it is asked.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its address, ending in a slash.
    pub url: Url,
    /// Until an answer is given up.
    pub timeout: Duration,
    /// What it lets programs in with, where it wants that.
    pub key: Option<Secret>,
}

/// The adapter of one; none of those that are only known by their ids.
pub fn build(which: Which, place: Place) -> Option<Arc<dyn Catalogue>> {
    match which {
        Which::Bnf => Some(Arc::new(bnf::Bnf::new(place))),
        Which::MangaUpdates => Some(Arc::new(mangaupdates::MangaUpdates::new(place))),
        Which::AniList => Some(Arc::new(anilist::AniList::new(place))),
        Which::MyAnimeList => Some(Arc::new(myanimelist::MyAnimeList::new(place))),
        _ => None,
    }
}
