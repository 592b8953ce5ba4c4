//! Stage 9: what is told of an event, to whom, when, and in which words. Pure.

pub mod retry;
pub mod tells;

/// For people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// One line without markup.
    pub title: String,
    /// A few plain lines; may be empty.
    pub body: String,
    /// Names and values, in order, each on one line.
    pub facts: Vec<(String, String)>,
    /// How it sounds.
    pub tone: Tone,
}

/// How a message sounds: its colour, its icon, its priority.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Something arrived, or works again.
    Good,
    /// Something happened.
    #[default]
    News,
    /// A person has to decide.
    Ask,
    /// Something failed.
    Bad,
}

// STUB until merged
use serde::{Deserialize, Serialize};
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Importance {
    Low,
    #[default]
    Normal,
    High,
}
impl Importance {
    pub const ALL: [Self; 3] = [Self::Low, Self::Normal, Self::High];
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
        }
    }
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word() == word)
    }
    pub fn of(event: &super::event::Event) -> Self {
        use super::event::Event;
        match event {
            Event::ReviewNeeded { .. }
            | Event::HealthDegraded { .. }
            | Event::HealthRestored { .. }
            | Event::GrabFailed { .. } => Self::High,
            _ => Self::Normal,
        }
    }
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tongue {
    #[serde(rename = "fr")]
    French,
    #[default]
    #[serde(rename = "en")]
    English,
}
impl Tongue {
    pub fn word(self) -> &'static str {
        match self {
            Self::French => "fr",
            Self::English => "en",
        }
    }
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::French, Self::English]
            .into_iter()
            .find(|t| t.word() == word)
    }
    pub fn approve(self) -> &'static str {
        "Send it"
    }
    pub fn reject(self) -> &'static str {
        "Reject"
    }
    pub fn undo(self) -> &'static str {
        "Wrong one"
    }
}
pub fn text(event: &super::event::Event, _tongue: Tongue) -> Text {
    Text {
        title: event.parts().0,
        ..Text::default()
    }
}
pub fn digest(events: &[super::event::Event], _tongue: Tongue) -> Text {
    Text {
        title: format!("{} events", events.len()),
        ..Text::default()
    }
}
pub fn thread(_event: &super::event::Event) -> Option<String> {
    None
}
