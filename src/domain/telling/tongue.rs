//! The languages in which people are told. Pure.

use serde::{Deserialize, Serialize};

/// A language of messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tongue {
    /// French.
    #[serde(rename = "fr")]
    French,
    /// English, which is also that of the API's own sentences.
    #[default]
    #[serde(rename = "en")]
    English,
}

impl Tongue {
    /// Both.
    pub const ALL: [Self; 2] = [Self::French, Self::English];

    /// ISO 639-1, as stored and shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::French => "fr",
            Self::English => "en",
        }
    }

    /// From its word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tongue| tongue.word() == word)
    }

    /// On the link that sends a candidate.
    pub fn approve(self) -> &'static str {
        match self {
            Self::French => "Envoyer",
            Self::English => "Send it",
        }
    }

    /// On the link that blocks the candidates of a question.
    pub fn reject(self) -> &'static str {
        match self {
            Self::French => "Rejeter",
            Self::English => "Reject",
        }
    }

    /// On the link that takes back what was sent.
    pub fn undo(self) -> &'static str {
        match self {
            Self::French => "Ce n’est pas le bon",
            Self::English => "Wrong one",
        }
    }

    /// The one of two that is in this language.
    pub(super) fn pick<T>(self, french: T, english: T) -> T {
        match self {
            Self::French => french,
            Self::English => english,
        }
    }
}
