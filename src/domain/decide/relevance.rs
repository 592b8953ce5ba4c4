//! A figure from 0 to 100 to show beside an offer, with its parts. It never decides anything. Pure.

use serde::{Deserialize, Serialize};

use super::Facts;
use crate::domain::title::TitleMatch;

/// The parts of the figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relevance {
    /// 0 to 40: is it the series?
    pub title: u8,
    /// 0 to 30: are its volumes wanted?
    pub volumes: u8,
    /// 0 to 10: is its language stated and right?
    pub language: u8,
    /// 0 to 10: is its format known?
    pub format: u8,
    /// 0 to 10: does someone have it?
    pub availability: u8,
}

impl Relevance {
    /// 0 to 100.
    pub fn total(self) -> u8 {
        self.title + self.volumes + self.language + self.format + self.availability
    }
}

/// The figure for an offer of whose volumes `useful` are wanted.
pub fn relevance(facts: &Facts<'_>, useful: usize) -> Relevance {
    let release = facts.release;
    let share = useful * 30 / facts.volumes.len().max(1);
    Relevance {
        title: match facts.title {
            TitleMatch::Exact => 40,
            TitleMatch::Alias => 35,
            TitleMatch::Near => 20,
            TitleMatch::Different => 0,
        },
        volumes: share as u8,
        language: match release.languages.as_slice() {
            [] => 5,
            stated if stated.contains(&facts.series.language.as_str()) => 10,
            _ => 0,
        },
        format: if release.formats.is_empty() { 5 } else { 10 },
        availability: match facts.offer.seeders {
            Some(0) => 0,
            None => 5,
            Some(1 | 2) => 7,
            Some(_) => 10,
        },
    }
}
