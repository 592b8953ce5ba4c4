//! A series, as far as deciding is concerned. Pure.

use super::{
    edition::{Edition, EditionMap, base_set},
    release::Kind,
    title::{self, TitleMatch},
    volume::{VolumeNumber, VolumeSet},
};

/// One work in one language that someone collects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// Our own number for it.
    pub id: i64,
    /// The title to show and to search first.
    pub title: String,
    /// Other names, in the order in which they were learnt.
    pub aliases: Vec<String>,
    /// ISO 639-1 of the copies that are collected.
    pub language: String,
    /// What a bare number in a name means.
    pub kind: Kind,
    /// Missing volumes become wants.
    pub monitored: bool,
    /// Picks may be sent by themselves.
    pub auto_send: bool,
    /// Volumes below are not wanted.
    pub wanted_from: Option<VolumeNumber>,
    /// Volumes above are not wanted.
    pub wanted_to: Option<VolumeNumber>,
    /// Volumes that are never wanted.
    pub ignored: VolumeSet,
    /// How many volumes exist, as the user says.
    pub total: Option<u32>,
    /// How many volumes exist, as the files' own metadata say.
    pub stated_total: Option<u32>,
    /// Names of the sources to ask; empty asks all.
    pub sources: Vec<String>,
    /// The edition that is collected; its volumes are counted.
    pub edition: Edition,
    /// Which base volumes the volumes of other editions hold, as the user says.
    pub editions: EditionMap,
    /// The name of its profile; none for its library's.
    pub profile: Option<String>,
}

impl Series {
    /// How sure it is that a title in a name means this series.
    pub fn matches(&self, name: &str) -> TitleMatch {
        let aliases: Vec<String> = self
            .aliases
            .iter()
            .map(|alias| title::fold(alias))
            .collect();
        title::same_series(&title::fold(&self.title), &aliases, &title::fold(name))
    }

    /// The collected volumes that these volumes of an edition hold; nothing when that is not known. What names no edition in a series
    /// of a special one is not known: it may be either.
    pub fn base_volumes(&self, edition: Edition, volumes: &VolumeSet) -> Option<VolumeSet> {
        if edition == self.edition {
            return Some(volumes.clone());
        }
        if self.edition == Edition::Standard {
            base_set(edition, volumes, &self.editions)
        } else {
            None
        }
    }

    /// The collected volumes that a file on the shelf holds. It stands in the series' folder, so one that names no edition is of the
    /// collected one. A reprint counts by its numbers; what was cut anew holds nothing until the user says what.
    pub fn owned(&self, edition: Edition, volumes: &VolumeSet) -> VolumeSet {
        if edition == Edition::Standard || !edition.is_cut_anew() {
            return volumes.clone();
        }
        self.base_volumes(edition, volumes).unwrap_or_default()
    }

    /// What is wrong with what the user decided, each as the field's name and a sentence.
    pub fn mistakes(&self) -> Vec<(&'static str, String)> {
        let mut mistakes = Vec::new();
        if title::fold(&self.title).is_empty() {
            mistakes.push(("title", "it must hold a letter or a digit".into()));
        }
        if let Some(alias) = self
            .aliases
            .iter()
            .find(|alias| title::fold(alias).is_empty())
        {
            let alias: String = alias.chars().take(40).collect();
            mistakes.push((
                "aliases",
                format!("'{alias}' holds neither letter nor digit, so nothing can be found by it"),
            ));
        }
        if let (Some(from), Some(to)) = (self.wanted_from, self.wanted_to)
            && from > to
        {
            mistakes.push((
                "wantedFrom",
                format!("{from} is above wantedTo, which is {to}; then nothing is wanted"),
            ));
        }
        mistakes
    }

    /// How many volumes exist: the user's word counts more than the files'.
    pub fn known_total(&self) -> Option<u32> {
        self.total.or(self.stated_total)
    }

    /// True when the volume lies in the wanted range and is not ignored.
    pub fn asks_for(&self, volume: VolumeNumber) -> bool {
        self.wanted_from.is_none_or(|from| volume >= from)
            && self.wanted_to.is_none_or(|to| volume <= to)
            && !self.ignored.contains(volume)
    }
}

/// The volumes of a series that are there, over all its libraries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shelf {
    /// Seen by the last scan.
    pub present: VolumeSet,
    /// Seen once, and gone since: not missing, and not fetched again by itself.
    pub vanished: VolumeSet,
}
