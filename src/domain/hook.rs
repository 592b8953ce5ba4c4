//! What a body that another program posts says to us: a file per kind of sender. Pure.
//!
//! A body never carries more than a hint: these series, these files, this download, look. A weak or an unknown one says nothing.

mod arr;
mod body;
mod fields;
mod generic;
mod jellyfin;
mod redact;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    release::{Hints, Lexicon, parse},
    title::fold,
};
pub use body::Body;
use fields::Fields;
pub use generic::Mapping;
pub use redact::{redacted, redacted_text};

/// Titles, paths and hashes that are read of one body, each.
const MOST: usize = 50;
/// Letters of a text that is shown.
const MOST_LETTERS: usize = 80;

/// Who posts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Sonarr, Radarr, Lidarr, Readarr, Prowlarr and what was made of them.
    Arr,
    /// The webhook plugin of Jellyfin.
    Jellyfin,
    /// The command that a qBittorrent runs when a torrent is complete.
    QBittorrent,
    /// The command that an aMule runs when a file is complete.
    Amule,
    /// Anyone; a mapping says where what stands.
    Generic,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Arr,
        Self::Jellyfin,
        Self::QBittorrent,
        Self::Amule,
        Self::Generic,
    ];

    /// As stored and written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Arr => "arr",
            Self::Jellyfin => "jellyfin",
            Self::QBittorrent => "qbittorrent",
            Self::Amule => "amule",
            Self::Generic => "generic",
        }
    }

    /// From its word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// What a body says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The sender's word for what happened, without what looks like a secret, at most 80 letters; empty when it has none.
    pub event: String,
    /// The volume that it names, as it writes it, in the same way.
    pub volume: Option<String>,
    /// What it is to us.
    pub effect: Effect,
}

/// What a body is to us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Someone pressed *Test*.
    Test,
    /// Something happened to these downloads.
    Advance {
        /// Lower-case hexadecimal: 40 or 64 digits of a torrent, 32 of an ed2k file.
        hashes: Vec<String>,
    },
    /// Something changed of these series, or in these places.
    Series {
        /// Titles that may be those of series, the strongest first.
        titles: Vec<String>,
        /// Of files and folders, as the sender sees them.
        paths: Vec<String>,
        /// Of the downloads that it came by.
        hashes: Vec<String>,
    },
    /// Something changed somewhere.
    Look,
    /// It is known, and nothing of it concerns us.
    Nothing {
        /// A clause for people.
        why: &'static str,
    },
    /// It is not known.
    Unknown {
        /// A clause for people.
        why: &'static str,
    },
}

impl Effect {
    /// As stored, and in the API.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Advance { .. } => "advance",
            Self::Series { .. } => "series",
            Self::Look => "look",
            Self::Nothing { .. } => "nothing",
            Self::Unknown { .. } => "unknown",
        }
    }
}

/// What a body of such a sender says. The mapping is that of [`Kind::Generic`]; `own` are our secrets, which are never shown.
pub fn read(
    kind: Kind,
    mapping: &Mapping,
    lexicon: &Lexicon,
    body: &Body,
    own: &[&str],
) -> Reading {
    let value = match body {
        Body::Json(value) | Body::Form(value) => value,
        Body::Empty => return Reading::unknown("it is empty"),
        Body::Other => return Reading::unknown("it is neither JSON nor a form"),
    };
    let read = |value: &Value| {
        let fields = Fields(value);
        match kind {
            Kind::Arr => arr::read(&fields),
            Kind::Jellyfin => jellyfin::read(&fields),
            Kind::QBittorrent => completion(&fields, &[40, 64]),
            Kind::Amule => completion(&fields, &[32]),
            Kind::Generic => generic::read(&fields, mapping),
        }
    };
    let mut reading = read(value);
    // What is shown is read where a mapping may point at a secret by its name.
    let Reading { event, volume, .. } = read(&redact::hide(value));
    reading.event = shown(&redact::without(event, own));
    reading.volume = volume.map(|volume| shown(&redact::without(volume, own)));
    if let Effect::Series { titles, .. } = &mut reading.effect {
        *titles = with_read(titles, lexicon);
    }
    reading
}

/// The command of a client knows nothing but the hash: names would have to be quoted, and uploaders choose them.
fn completion(fields: &Fields<'_>, digits: &[usize]) -> Reading {
    let given = ["/hash", "/infohash", "/infoHash"].map(|pointer| fields.texts(pointer));
    let hashes = hashes(given.into_iter().flatten(), digits);
    match hashes.is_empty() {
        true => Reading::unknown("it has no hash"),
        false => Reading::of("", Effect::Advance { hashes }),
    }
}

impl Reading {
    fn of(event: &str, effect: Effect) -> Self {
        Self {
            event: event.to_owned(),
            volume: None,
            effect,
        }
    }

    fn unknown(why: &'static str) -> Self {
        Self::of("", Effect::Unknown { why })
    }
}

/// A text of someone else's as it may stand in a line.
pub fn shown(text: &str) -> String {
    let letters = text.chars().filter(|letter| !letter.is_control());
    letters.take(MOST_LETTERS).collect()
}

/// Those that are hashes of these lengths, each once.
fn hashes(given: impl Iterator<Item = String>, digits: &[usize]) -> Vec<String> {
    let mut found = Vec::new();
    for text in given {
        let hash = text.trim().to_ascii_lowercase();
        let is_hash =
            digits.contains(&hash.len()) && hash.bytes().all(|digit| digit.is_ascii_hexdigit());
        if is_hash && !found.contains(&hash) && found.len() < MOST {
            found.push(hash);
        }
    }
    found
}

/// Each title as it stands there, and as it is read when it is the name of a volume: `L'Attaque des Titans, Tome 5`.
fn with_read(titles: &[String], lexicon: &Lexicon) -> Vec<String> {
    let hints = Hints {
        lexicon,
        ..Hints::default()
    };
    let mut found: Vec<String> = Vec::new();
    for title in titles {
        let release = parse(title, hints);
        let series = release.series.filter(|_| release.not_a_book.is_none());
        let both = [
            Some(title.clone()),
            series.map(|series| series.into_owned()),
        ];
        for title in both.into_iter().flatten() {
            let folded = fold(&title);
            let is_new = found.iter().all(|known| fold(known) != folded);
            if !folded.is_empty() && is_new && found.len() < MOST {
                found.push(title);
            }
        }
    }
    found
}
