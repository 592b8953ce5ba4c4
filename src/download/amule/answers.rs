//! What aMule answers when it is asked for files. Pure.

use super::codec::{
    Packet, Tag,
    names::{status, tag},
};
use crate::{
    domain::{
        following::{Doing, Sight},
        link::Ed2kId,
    },
    ports::{ClientItem, Holding},
};

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

    /// It does nothing until somebody lets it go on.
    pub fn is_halted(&self) -> bool {
        self.is_stopped || self.status == status::PAUSED
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

#[cfg(test)]
mod tests;
