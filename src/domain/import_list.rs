//! Lists that people keep at a catalogue of what they read, whose series a library is to hold: what is taken of them, and what came of each
//! series. Pure.

mod known;

use std::{fmt, str::FromStr};

pub use known::{Known, Meant, Name};

/// How far its owner is with a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// It is read, or read again.
    Reading,
    /// It is read to its end.
    Completed,
    /// It is laid aside.
    Paused,
    /// It is given up.
    Dropped,
    /// It is to be read.
    Planning,
}

impl State {
    const ALL: [(Self, &str); 5] = [
        (Self::Reading, "reading"),
        (Self::Completed, "completed"),
        (Self::Paused, "paused"),
        (Self::Dropped, "dropped"),
        (Self::Planning, "planning"),
    ];

    /// As stored and shown.
    pub fn word(self) -> &'static str {
        let known = Self::ALL.iter().find(|known| known.0 == self);
        known.map_or("reading", |known| known.1)
    }

    /// The reverse of [`State::word`].
    pub fn from_word(word: &str) -> Option<Self> {
        let known = Self::ALL.iter().find(|known| known.1 == word);
        known.map(|known| known.0)
    }
}

/// The states of which series are taken, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct States(Vec<State>);

impl States {
    /// These.
    pub fn of(given: &[State]) -> Self {
        let all = State::ALL.iter().map(|(state, _)| *state);
        Self(all.filter(|state| given.contains(state)).collect())
    }

    /// It is one of them.
    pub fn has(&self, state: State) -> bool {
        self.0.contains(&state)
    }

    /// Each.
    pub fn iter(&self) -> impl Iterator<Item = State> {
        self.0.iter().copied()
    }
}

impl Default for States {
    /// What is read, was read to its end and is to be read: what its owner laid aside or gave up is hardly worth shelf.
    fn default() -> Self {
        Self(vec![State::Reading, State::Completed, State::Planning])
    }
}

impl fmt::Display for States {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self.iter().map(State::word).collect();
        f.write_str(&words.join(","))
    }
}

/// A text that is no list of states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is no list of states")]
pub struct NoStates;

impl FromStr for States {
    type Err = NoStates;

    fn from_str(text: &str) -> Result<Self, NoStates> {
        let words = text.split(',').filter(|word| !word.is_empty());
        let states: Option<Vec<State>> = words.map(State::from_word).collect();
        states.map(|states| Self::of(&states)).ok_or(NoStates)
    }
}

/// What came of a series of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was not known, and was added.
    Added,
    /// It was known already.
    Known,
    /// It is none for the library, or which one it is is not clear.
    LeftOut,
    /// The user removed it: it does not come back.
    Removed,
}

impl Outcome {
    /// All of them, with their words.
    pub const ALL: [(Self, &str); 4] = [
        (Self::Added, "added"),
        (Self::Known, "known"),
        (Self::LeftOut, "left_out"),
        (Self::Removed, "removed"),
    ];

    /// As stored and shown.
    pub fn word(self) -> &'static str {
        let known = Self::ALL.iter().find(|known| known.0 == self);
        known.map_or("left_out", |known| known.1)
    }

    /// The reverse of [`Outcome::word`].
    pub fn from_word(word: &str) -> Option<Self> {
        let known = Self::ALL.iter().find(|known| known.1 == word);
        known.map(|known| known.0)
    }
}

/// Why a series of a list was not added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// Its owner is elsewhere with it.
    State(State),
    /// A novel, mostly.
    NotManga,
    /// The user removed it before.
    Removed,
    /// So many series may be meant.
    Several(usize),
    /// The series of this number has its name, and is another one there.
    Another(i64),
    /// Another one of the list, which is added, has its name.
    Twin,
    /// It cannot be a series; why.
    Mistake(String),
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::State(state) => {
                write!(
                    f,
                    "it is '{}' there, which is not among the states of this list",
                    state.word()
                )
            }
            Self::NotManga => {
                f.write_str("it is no manga there: a novel, or it is not said what it is")
            }
            Self::Removed => f.write_str(
                "you removed it, so it stays away; POST /api/v1/series adds it again",
            ),
            Self::Several(many) => write!(
                f,
                "{many} series may be meant by it; say which one it is with PUT /api/v1/series/{{id}}/catalogues/{{name}}"
            ),
            Self::Another(id) => write!(
                f,
                "series {id} has this name and is another one there; add this one by hand, under a name that tells them apart"
            ),
            Self::Twin => f.write_str(
                "another series of this list has the same name; add this one by hand, under a name that tells them apart",
            ),
            Self::Mistake(why) => f.write_str(why),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_written_in_one_order_and_read_again() {
        for (text, expected) in [
            ("planning,reading,reading", Ok("reading,planning")),
            ("dropped", Ok("dropped")),
            ("", Ok("")),
            ("reading, planning", Err(NoStates)),
            ("watching", Err(NoStates)),
        ] {
            let read = text.parse::<States>().map(|states| states.to_string());
            assert_eq!(
                read.as_deref(),
                expected.as_ref().map(|text| *text),
                "{text}"
            );
        }
        assert_eq!(States::default().to_string(), "reading,completed,planning");
        assert!(!States::default().has(State::Dropped));
    }

    #[test]
    fn each_outcome_has_a_word() {
        for (outcome, word) in Outcome::ALL {
            assert_eq!(outcome.word(), word);
            assert_eq!(Outcome::from_word(word), Some(outcome));
        }
        assert_eq!(Outcome::from_word("lost"), None);
    }
}
