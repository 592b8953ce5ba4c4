//! Stage 9: what is told of an event, to whom, when, and in which words. Pure.

mod day;
mod digest;
mod english;
mod facts;
mod french;
mod importance;
mod phrase;
pub mod retry;
pub mod tells;
mod template;
#[cfg(test)]
mod tests;
mod thread;
mod tongue;

pub use digest::digest;
pub use importance::Importance;
pub use phrase::size;
pub use template::{Template, TemplateError};
pub use thread::thread;
pub use tongue::Tongue;

use super::event::Event;

/// The longest title, in characters.
pub const LONGEST_TITLE: usize = 200;
/// The longest body, in characters.
pub const LONGEST_BODY: usize = 4_000;
/// The longest value of a fact, in characters.
pub const LONGEST_FACT: usize = 500;

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

impl Tone {
    /// Of what is told of an event.
    pub fn of(event: &Event) -> Self {
        match event {
            Event::GrabPlaced { .. }
            | Event::VolumeOnShelf { .. }
            | Event::HealthRestored { .. }
            | Event::Test { .. } => Self::Good,
            Event::ReviewNeeded { .. } | Event::CatalogueConflict { .. } => Self::Ask,
            Event::Digest { of, .. } if of == "review.needed" => Self::Ask,
            Event::GrabStalled { .. }
            | Event::GrabFailed { .. }
            | Event::GrabRejected { .. }
            | Event::VolumeVanished { .. }
            | Event::HealthDegraded { .. } => Self::Bad,
            Event::CheckFinished { failed, errors, .. } if *failed > 0 || !errors.is_empty() => {
                Self::Bad
            }
            Event::LibraryImported { .. }
            | Event::SeriesAdded { .. }
            | Event::VolumeMissing { .. }
            | Event::VolumeOverdue { .. }
            | Event::VolumeAnnounced { .. }
            | Event::VolumeReleased { .. }
            | Event::VolumeFound { .. }
            | Event::GrabSent { .. }
            | Event::GrabCompleted { .. }
            | Event::CheckFinished { .. }
            | Event::Digest { .. } => Self::News,
        }
    }
}

/// What a language makes of an event.
struct Said {
    title: String,
    body: String,
}

/// What is told of an event. Title and body are never blank.
///
/// Reasons are sentences of the API, in English, and so they are in every language; they are facts, and no part of title or body.
pub fn text(event: &Event, tongue: Tongue) -> Text {
    let Said { title, body } = match tongue {
        Tongue::French => french::say(event),
        Tongue::English => english::say(event),
    };
    Text {
        title: phrase::cut(&title, LONGEST_TITLE),
        body: phrase::cut(&body, LONGEST_BODY),
        facts: facts::facts(event, tongue),
        tone: Tone::of(event),
    }
}

/// [`text`], with title and body as the user writes them, where they do.
pub fn text_by(
    event: &Event,
    tongue: Tongue,
    title: Option<&Template>,
    body: Option<&Template>,
) -> Text {
    let plain = text(event, tongue);
    let written_title = title.map(|title| title.title(event, tongue));
    let written_body = body.map(|body| body.body(event, tongue));
    Text {
        title: written_title.unwrap_or(plain.title),
        body: written_body.unwrap_or(plain.body),
        ..plain
    }
}
