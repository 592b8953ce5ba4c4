//! What every kind of library says of its series.

use serde::{Deserialize, Serialize};

use crate::domain::release::Kind;

/// What the series of a library are, as long as nothing else says it of one of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesSettings {
    /// What a bare number in a file name means: `auto`, `manga`, `bd`, `comics`, `chapters`.
    pub content: String,
    /// ISO 639-1 of the copies in it.
    pub language: String,
    /// New series are monitored.
    pub monitor: bool,
    /// The name of its series' profile; none for the default one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub profile: Option<String>,
}

impl Default for SeriesSettings {
    fn default() -> Self {
        Self {
            content: "manga".into(),
            language: "fr".into(),
            monitor: true,
            profile: None,
        }
    }
}

impl SeriesSettings {
    /// What a bare number means.
    pub fn kind(&self) -> Kind {
        Kind::from_word(&self.content).unwrap_or_default()
    }

    pub(super) fn mistakes(&self) -> impl Iterator<Item = (&'static str, Option<String>)> {
        let content = Kind::from_word(&self.content).is_none();
        [
            (
                "content",
                content.then(|| "it must be auto, manga, bd, comics or chapters".into()),
            ),
            (
                "language",
                (!is_language(&self.language))
                    .then(|| "it must be two small letters (ISO 639-1), for example fr".into()),
            ),
        ]
        .into_iter()
    }
}

fn is_language(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|letter| letter.is_ascii_lowercase())
}
