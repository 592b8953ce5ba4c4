//! Catalogues as connections: each there is one of, with an address and a pace that can be changed.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Secrets, parse_url};
use crate::{catalogue::Place, domain::identity::Catalogue};

/// A catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogueSettings {
    /// Its address.
    pub url: String,
    /// Seconds between two requests.
    pub pace_seconds: u32,
    /// Seconds until an answer is given up.
    pub timeout_seconds: u32,
}

/// A catalogue that can be asked, as a new installation has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offered {
    /// Which.
    pub which: Catalogue,
    /// Its address.
    url: &'static str,
    /// Seconds between two requests.
    pace_seconds: u32,
    /// It is asked without being turned on: it has an interface for programs and wants no key.
    pub on: bool,
    /// It lets nobody in without a key.
    pub wants_key: bool,
    /// ISO 639-1 of the copies of which it knows the count or the names; empty for all.
    pub language: &'static str,
    /// It finds the series of a volume by its ISBN.
    pub knows_isbns: bool,
    /// It has a page of what comes out in a month.
    pub has_months: bool,
    /// The words of the kinds that it knows.
    pub kinds: &'static str,
}

/// All of them. Paces: a request a second is what clients of MangaUpdates keep; AniList lets 30 a minute through; the pages of the others are
/// read as slowly as a person does.
pub const OFFERED: [Offered; 7] = [
    Offered {
        which: Catalogue::Bnf,
        url: "https://catalogue.bnf.fr/",
        pace_seconds: 2,
        on: true,
        wants_key: false,
        language: "fr",
        knows_isbns: true,
        has_months: false,
        kinds: "manga bd auto",
    },
    Offered {
        which: Catalogue::MangaUpdates,
        url: "https://api.mangaupdates.com/",
        pace_seconds: 2,
        on: true,
        wants_key: false,
        language: "",
        knows_isbns: false,
        has_months: false,
        kinds: "manga",
    },
    Offered {
        which: Catalogue::AniList,
        url: "https://graphql.anilist.co/",
        pace_seconds: 3,
        on: true,
        wants_key: false,
        language: "",
        knows_isbns: false,
        has_months: false,
        kinds: "manga",
    },
    Offered {
        which: Catalogue::MyAnimeList,
        url: "https://api.myanimelist.net/",
        pace_seconds: 2,
        on: false,
        wants_key: true,
        language: "",
        knows_isbns: false,
        has_months: false,
        kinds: "manga",
    },
    Offered {
        which: Catalogue::OpenTome,
        url: "https://github.com/opentomedb/mangarr-metadata/releases/download/metadata/",
        pace_seconds: 1,
        on: false,
        wants_key: false,
        language: "",
        knows_isbns: true,
        has_months: false,
        kinds: "manga",
    },
    Offered {
        which: Catalogue::Nautiljon,
        url: "https://www.nautiljon.com/",
        pace_seconds: 5,
        on: false,
        wants_key: false,
        language: "",
        knows_isbns: false,
        has_months: true,
        kinds: "manga",
    },
    Offered {
        which: Catalogue::Bedetheque,
        url: "https://www.bedetheque.com/",
        pace_seconds: 5,
        on: false,
        wants_key: false,
        language: "fr",
        knows_isbns: false,
        has_months: false,
        kinds: "bd",
    },
];

/// One of them.
pub fn offered(which: Catalogue) -> Option<&'static Offered> {
    OFFERED.iter().find(|offered| offered.which == which)
}

impl CatalogueSettings {
    /// As a new installation has it.
    pub fn of(offered: &Offered) -> Self {
        Self {
            url: offered.url.into(),
            pace_seconds: offered.pace_seconds,
            timeout_seconds: 30,
        }
    }

    /// For its adapter.
    ///
    /// # Errors
    /// When its address is wrong.
    pub fn place(&self, secrets: &Secrets) -> Result<Place, String> {
        Ok(Place {
            url: parse_url(&self.url)?,
            timeout: Duration::from_secs(self.timeout_seconds.into()),
            pace: Duration::from_secs(self.pace_seconds.into()),
            key: secrets.api_key.clone(),
        })
    }

    pub(super) fn mistakes(
        &self,
        which: Catalogue,
        secrets: &Secrets,
    ) -> Vec<(&'static str, String)> {
        let mut mistakes = Vec::new();
        if let Err(problem) = parse_url(&self.url) {
            mistakes.push(("url", problem));
        }
        if !(1..=3600).contains(&self.pace_seconds) && !self.is_near() {
            mistakes.push(("paceSeconds", "it must be 1 to 3600 seconds".into()));
        }
        if !(1..=600).contains(&self.timeout_seconds) {
            mistakes.push(("timeoutSeconds", "it must be 1 to 600 seconds".into()));
        }
        let wants_key = offered(which).is_some_and(|offered| offered.wants_key);
        if !wants_key && secrets.api_key.is_some() {
            mistakes.push(("apiKey", "this catalogue wants none".into()));
        }
        mistakes
    }

    /// Its address is of this machine: a proxy or a mirror of the user, which needs no pause.
    fn is_near(&self) -> bool {
        let url = parse_url(&self.url).ok();
        let host = url.as_ref().and_then(|url| url.host_str());
        self.pace_seconds == 0 && matches!(host, Some("localhost" | "127.0.0.1" | "[::1]"))
    }
}
