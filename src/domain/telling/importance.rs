//! How much a person cares for an event. Pure.

use serde::{Deserialize, Serialize};

use crate::domain::event::Event;

/// From little to much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Importance {
    /// A step on the way, or a summary without trouble.
    Low,
    /// Something is new.
    #[default]
    Normal,
    /// Someone may have to do something.
    High,
}

impl Importance {
    /// All, the least first.
    pub const ALL: [Self; 3] = [Self::Low, Self::Normal, Self::High];

    /// As stored and shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
        }
    }

    /// From its word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word() == word)
    }

    /// Of an event.
    pub fn of(event: &Event) -> Self {
        match event {
            Event::VolumeFound { .. } | Event::GrabCompleted { .. } | Event::GrabPlaced { .. } => {
                Self::Low
            }
            Event::CheckFinished { failed, errors, .. } => {
                match *failed > 0 || !errors.is_empty() {
                    true => Self::Normal,
                    false => Self::Low,
                }
            }
            Event::LibraryImported { .. }
            | Event::SeriesAdded { .. }
            | Event::VolumeMissing { .. }
            | Event::VolumeOverdue { .. }
            | Event::VolumeAnnounced { .. }
            | Event::VolumeReleased { .. }
            | Event::CatalogueConflict { .. }
            | Event::GrabSent { .. }
            | Event::VolumeOnShelf { .. } => Self::Normal,
            Event::Digest { of, .. } => match of.as_str() {
                "review.needed" => Self::High,
                _ => Self::Normal,
            },
            // A test is to arrive whatever the target leaves out.
            Event::GrabStalled { .. }
            | Event::GrabFailed { .. }
            | Event::GrabRejected { .. }
            | Event::VolumeVanished { .. }
            | Event::ReviewNeeded { .. }
            | Event::HealthDegraded { .. }
            | Event::HealthRestored { .. }
            | Event::Test { .. } => Self::High,
        }
    }
}
