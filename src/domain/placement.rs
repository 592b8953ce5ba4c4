//! The steps in which a volume's file comes into a library, and leaves it again. Pure.

use serde::{Deserialize, Serialize};

use super::volume::VolumeSet;

/// Where a placement stands. Each is written down before what it names is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing is done yet, or it was taken back and is to be tried again.
    Planned,
    /// The file is being brought into the target's folder under a temporary name.
    Writing,
    /// It is complete there, and gets its name.
    Renaming,
    /// It is in its place.
    Placed,
    /// It was refused for good; nothing of it is left.
    Failed,
    /// It is being removed.
    Undoing,
    /// It was removed.
    Undone,
}

impl Step {
    /// All of them, with their words.
    pub const ALL: [(Self, &str); 7] = [
        (Self::Planned, "planned"),
        (Self::Writing, "writing"),
        (Self::Renaming, "renaming"),
        (Self::Placed, "placed"),
        (Self::Failed, "failed"),
        (Self::Undoing, "undoing"),
        (Self::Undone, "undone"),
    ];

    /// As stored and shown.
    pub fn word(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|known| known.0 == self)
            .map_or("failed", |known| known.1)
    }

    /// From its word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|known| known.1 == word)
            .map(|known| known.0)
    }

    /// Something is still to be done, by whoever comes across it.
    pub fn is_unfinished(self) -> bool {
        matches!(
            self,
            Self::Planned | Self::Writing | Self::Renaming | Self::Undoing
        )
    }
}

/// A file of the library that no reader can show, as a scan saw it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Damaged {
    /// The library's key of its series.
    pub key: String,
    /// As in `ScannedFile::path`.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// Milliseconds since the epoch.
    pub modified: i64,
    /// What it holds, by its name.
    pub volumes: VolumeSet,
    /// The title that its name gives.
    pub title: Option<String>,
    /// Why no reader can show it.
    pub problem: Option<String>,
}

/// How the bytes come into the library; the client keeps its file either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Both names are one file.
    Hardlink,
    /// Two files, compared.
    Copy,
    /// A new archive of the same pages.
    Made,
}

impl How {
    /// As stored and shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hardlink => "hardlink",
            Self::Copy => "copy",
            Self::Made => "made",
        }
    }

    /// From its word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Hardlink, Self::Copy, Self::Made]
            .into_iter()
            .find(|how| how.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back() {
        for (step, word) in Step::ALL {
            assert_eq!((step.word(), Step::from_word(word)), (word, Some(step)));
        }
        for how in [How::Hardlink, How::Copy, How::Made] {
            assert_eq!(How::from_word(how.word()), Some(how));
        }
    }
}
