//! The bodies of anyone: a mapping says where what stands.

use serde::{Deserialize, Serialize};

use super::{Effect, Fields, Reading, hashes};

/// Where what stands in a body: JSON pointers (RFC 6901), which name the fields of a form as well. What is none stands under its own
/// name at the top, as in `{"title": "Naruto", "path": "/manga/Naruto/Naruto T05.cbz"}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mapping {
    /// The sender's word for what happened; `test` in any case is a test.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// The title of a series, or the name of a volume.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// A volume, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume: Option<String>,
    /// A file or folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Of a torrent or an ed2k file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
}

impl Mapping {
    /// What it maps, as the API calls it, with the pointers that were given.
    pub fn pointers(&self) -> [(&'static str, Option<&str>); 5] {
        [
            ("mapping.event", self.event.as_deref()),
            ("mapping.title", self.title.as_deref()),
            ("mapping.volume", self.volume.as_deref()),
            ("mapping.path", self.path.as_deref()),
            ("mapping.hash", self.hash.as_deref()),
        ]
    }
}

pub fn read(fields: &Fields<'_>, mapping: &Mapping) -> Reading {
    let texts = |pointer: Option<&str>, usual: &str| fields.all(&[pointer.unwrap_or(usual)]);
    let event = texts(mapping.event.as_deref(), "/event");
    let event = event.into_iter().next().unwrap_or_default();
    let volume = texts(mapping.volume.as_deref(), "/volume");
    let titles = texts(mapping.title.as_deref(), "/title");
    let paths = texts(mapping.path.as_deref(), "/path");
    let given = texts(mapping.hash.as_deref(), "/hash");
    let hashes = hashes(given.into_iter(), &[32, 40, 64]);
    let effect = if event.eq_ignore_ascii_case("test") {
        Effect::Test
    } else if !titles.is_empty() || !paths.is_empty() {
        Effect::Series {
            titles,
            paths,
            hashes,
        }
    } else if !hashes.is_empty() {
        Effect::Advance { hashes }
    } else {
        Effect::Unknown {
            why: "it has neither title nor path nor hash where the mapping says",
        }
    };
    Reading {
        volume: volume.into_iter().next(),
        ..Reading::of(&event, effect)
    }
}
