//! Stage 9: what is told of an event, to whom, when, and in which words. Pure.

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
