//! What aMule answers, as we use it. Pure.

use super::codec::{
    Packet, Tag,
    names::{state, status, tag},
};
use crate::{
    domain::{
        following::{Doing, Sight},
        link::Ed2kId,
    },
    ports::{ClientItem, Holding},
};

/// Before it, numbers on a server mean that nobody reaches us from outside.
const HIGH_ID: u64 = 0x0100_0000;

/// A download that is not complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Queued {
    pub id: Ed2kId,
    pub name: String,
    /// Bytes that are there.
    pub done: u64,
    /// See [`status`].
    pub status: u64,
    is_stopped: bool,
    /// How many give it at this moment.
    givers: u64,
    /// The index of its category; 0 is none.
    pub category: u64,
}

/// A file that others may have: all of it is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shared {
    pub id: Ed2kId,
    pub name: String,
    pub folder: String,
}

/// Where a file was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    Queued(Queued),
    Shared(Shared),
}

/// The downloads of `DLOAD_QUEUE`.
pub(super) fn queue(packet: &Packet) -> impl Iterator<Item = Queued> {
    packet.tags().filter_map(Queued::read)
}

/// The complete files of `SHARED_FILES`.
pub(super) fn shared(packet: &Packet) -> impl Iterator<Item = Shared> {
    packet.tags().filter_map(Shared::read)
}

fn id(file: &Tag<'_>) -> Option<Ed2kId> {
    Some(Ed2kId {
        md4: file.child(tag::PARTFILE_HASH)?.hash()?,
        size: file.number_of(tag::PARTFILE_SIZE_FULL),
    })
}

impl Queued {
    fn read(file: Tag<'_>) -> Option<Self> {
        if file.name != tag::PARTFILE {
            return None;
        }
        Some(Self {
            id: id(&file)?,
            name: file.text_of(tag::PARTFILE_NAME).unwrap_or_default(),
            done: file.number_of(tag::PARTFILE_SIZE_DONE),
            status: file.number_of(tag::PARTFILE_STATUS),
            is_stopped: file.number_of(tag::PARTFILE_STOPPED) != 0,
            givers: file.number_of(tag::PARTFILE_SOURCE_COUNT_XFER),
            category: file.number_of(tag::PARTFILE_CAT),
        })
    }

    /// aMule's own word for what it is at, as its programs show it.
    fn word(&self) -> &'static str {
        match self.status {
            status::WAITING_FOR_HASH | status::HASHING => "Hashing",
            status::ALLOCATING => "Allocating",
            status::COMPLETE => "Complete",
            _ if self.is_stopped => "Stopped",
            status::COMPLETING => "Completing",
            status::PAUSED => "Paused",
            status::ERROR => "Erroneous",
            status::INSUFFICIENT => "Insufficient disk space",
            _ if self.givers > 0 => "Downloading",
            _ => "Waiting",
        }
    }

    /// An error and a full disk wait: nothing is to blame on the release.
    fn sight(&self) -> Sight {
        let could_come = matches!(self.status, status::READY | status::EMPTY) && !self.is_stopped;
        Sight {
            doing: match could_come {
                true => Doing::Loading,
                false => Doing::Waiting,
            },
            done_bytes: signed(self.done),
        }
    }

    /// All of it came, and it is on its way to where it is to be.
    pub fn is_over(&self) -> bool {
        matches!(self.status, status::COMPLETING | status::COMPLETE)
    }
}

impl Shared {
    /// Downloads of which a part is complete are shared as well, under the name of their part file instead of a folder.
    fn read(file: Tag<'_>) -> Option<Self> {
        let folder = file.text_of(tag::KNOWNFILE_FILENAME)?;
        if file.name != tag::KNOWNFILE || !folder.contains(['/', '\\']) {
            return None;
        }
        Some(Self {
            id: id(&file)?,
            name: file.text_of(tag::PARTFILE_NAME).unwrap_or_default(),
            folder,
        })
    }
}

impl Seen {
    pub fn id(&self) -> Ed2kId {
        match self {
            Self::Queued(file) => file.id,
            Self::Shared(file) => file.id,
        }
    }
}

impl From<Seen> for ClientItem {
    fn from(seen: Seen) -> Self {
        match seen {
            Seen::Queued(file) => Self {
                state: file.word().into(),
                progress: progress(file.done, file.id.size),
                name: file.name,
            },
            Seen::Shared(file) => Self {
                name: file.name,
                state: COMPLETE.into(),
                progress: 1.0,
            },
        }
    }
}

impl From<Queued> for Holding {
    fn from(file: Queued) -> Self {
        Self {
            hashes: vec![file.id.as_hex()],
            left_bytes: file.id.size.saturating_sub(file.done),
            state: file.word().into(),
            sight: file.sight(),
            name: file.name,
        }
    }
}

impl From<Shared> for Holding {
    fn from(file: Shared) -> Self {
        Self {
            hashes: vec![file.id.as_hex()],
            name: file.name,
            left_bytes: 0,
            state: COMPLETE.into(),
            sight: Sight {
                doing: Doing::Complete,
                done_bytes: signed(file.id.size),
            },
        }
    }
}

const COMPLETE: &str = "Complete";

fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

fn progress(done: u64, all: u64) -> f64 {
    match all {
        0 => 0.0,
        all => (done as f64 / all as f64).clamp(0.0, 1.0),
    }
}

/// A category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Category {
    /// It changes when a category before it is removed.
    pub index: u64,
    pub title: String,
    pub path: String,
}

/// What `SET_PREFERENCES` says of categories and folders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Settings {
    pub categories: Vec<Category>,
    /// Where files of no category come to be; empty when it does not say.
    pub incoming: String,
    /// What is added stays paused.
    pub pauses_new: bool,
}

impl Settings {
    pub fn read(packet: &Packet) -> Self {
        let categories = packet.tag(tag::PREFS_CATEGORIES).into_iter();
        let categories = categories.flat_map(|tag| tag.children());
        let incoming = packet.tag(tag::PREFS_DIRECTORIES);
        let new_paused = packet
            .tag(tag::PREFS_FILES)
            .and_then(|files| files.child(tag::FILES_NEW_PAUSED));
        Self {
            categories: categories.filter_map(Category::read).collect(),
            incoming: incoming
                .and_then(|tag| tag.text_of(tag::DIRECTORIES_INCOMING))
                .unwrap_or_default(),
            // It has no number where its being there says it.
            pauses_new: new_paused.is_some_and(|tag| tag.number() != Some(0)),
        }
    }

    /// The category of a name.
    pub fn named(&self, title: &str) -> Option<&Category> {
        self.categories.iter().find(|known| known.title == title)
    }

    /// Where files of a category come to be; none when aMule does not say.
    pub fn folder(&self, category: Option<&Category>) -> Option<String> {
        let own = category.map(|category| &category.path);
        let own = own.filter(|path| !path.is_empty());
        let folder = own.unwrap_or(&self.incoming);
        (!folder.is_empty()).then(|| folder.clone())
    }
}

impl Category {
    fn read(category: Tag<'_>) -> Option<Self> {
        if category.name != tag::CATEGORY {
            return None;
        }
        Some(Self {
            index: category.number()?,
            title: category.text_of(tag::CATEGORY_TITLE)?,
            path: category.text_of(tag::CATEGORY_PATH).unwrap_or_default(),
        })
    }
}

/// How it is connected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Network {
    pub ed2k: bool,
    pub kad: bool,
    /// Its server cannot reach it from outside.
    pub low_id: bool,
    /// Kad cannot reach it from outside.
    pub firewalled: bool,
}

impl Network {
    /// None when the packet does not say it.
    pub fn read(packet: &Packet) -> Option<Self> {
        let connections = packet.tag(tag::CONNSTATE)?;
        let bits = connections.number()?;
        let (ed2k, kad) = (bits & state::ED2K != 0, bits & state::KAD != 0);
        let id = connections.number_of(tag::ED2K_ID);
        Some(Self {
            ed2k,
            kad,
            low_id: ed2k && (1..HIGH_ID).contains(&id),
            firewalled: kad && bits & state::KAD_FIREWALLED != 0,
        })
    }

    /// Somebody can be reached.
    pub fn is_up(self) -> bool {
        self.ed2k || self.kad
    }

    pub fn warnings(self) -> impl Iterator<Item = String> {
        let said = [
            (
                !self.is_up(),
                "it is connected neither to a server nor to Kad: nothing comes until it is",
            ),
            (
                self.low_id,
                "its server gives it a low ID, so fewer others can give to it: let its TCP port (4662 unless changed) through from outside",
            ),
            (
                self.firewalled,
                "Kad finds it firewalled, so fewer others are found: let its UDP port (4672 unless changed) through from outside",
            ),
        ];
        said.into_iter()
            .filter_map(|(is_so, what)| is_so.then(|| what.to_owned()))
    }
}

#[cfg(test)]
mod tests;
