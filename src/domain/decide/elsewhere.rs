//! Somebody else is fetching what would be useful in it, or it lies in an inbox: refused for now.

use std::fmt;

use super::{Facts, Reason, Ruling};
use crate::domain::volume::{VolumeNumber, VolumeSet};

/// Where volumes are that somebody else fetched or put there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A download client, by the name of its connection.
    Client(String),
    /// A folder, by its path.
    Inbox(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(name) => write!(f, "the download client '{name}'"),
            Self::Inbox(path) => write!(f, "the inbox folder {path}"),
        }
    }
}

/// Volumes that somebody else has or fetches, by place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Elsewhere(Vec<(Place, VolumeSet)>);

impl Elsewhere {
    /// Some are there.
    pub fn add(&mut self, place: Place, volumes: VolumeSet) {
        if !volumes.is_empty() {
            self.0.push((place, volumes));
        }
    }

    fn contains(&self, volume: VolumeNumber) -> bool {
        self.0.iter().any(|(_, volumes)| volumes.contains(volume))
    }

    /// The places that hold any of these.
    fn places(&self, wanted: &VolumeSet) -> Vec<Place> {
        let holds = |volumes: &VolumeSet| wanted.iter().any(|volume| volumes.contains(volume));
        let places = self.0.iter().filter(|(_, volumes)| holds(volumes));
        places.map(|(place, _)| place.clone()).collect()
    }
}

pub fn rule(facts: &Facts<'_>) -> Ruling {
    let wanted = facts
        .volumes
        .iter()
        .filter(|volume| facts.wanted.contains(*volume));
    let (there, open): (Vec<_>, Vec<_>) =
        wanted.partition(|volume| facts.elsewhere.contains(*volume));
    if there.is_empty() || !open.is_empty() {
        return Ruling::Pass;
    }
    let volumes: VolumeSet = there.into_iter().collect();
    Ruling::Refuse(Reason::Elsewhere {
        places: facts.elsewhere.places(&volumes),
        volumes,
    })
}
