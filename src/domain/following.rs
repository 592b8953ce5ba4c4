//! What a client shows of a grab, told apart: does it come, may it come, has it come, is it stuck. Pure.
//!
//! The clock of a stall runs only from one look to the next one, and only while the client is connected and the grab could move: not
//! while it is queued, paused, checked or moved, and not while this program or the client is away.

use super::{
    grab::Observation,
    units::{HOUR, MINUTE},
};

/// What a client does with a download.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Doing {
    /// It waits for its turn, is paused, checked or moved: nothing can come of it now.
    #[default]
    Waiting,
    /// A magnet whose metadata is looked for.
    Metadata,
    /// It comes, or would if someone gave it.
    Loading,
    /// All of it is there.
    Complete,
    /// Its files are not there any more.
    FilesGone,
}

impl Doing {
    /// All of them, with their words.
    pub const ALL: [(Self, &str); 5] = [
        (Self::Waiting, "waiting"),
        (Self::Metadata, "metadata"),
        (Self::Loading, "loading"),
        (Self::Complete, "complete"),
        (Self::FilesGone, "files_gone"),
    ];

    /// As stored.
    pub fn word(self) -> &'static str {
        let known = Self::ALL.iter().find(|known| known.0 == self);
        known.map_or("waiting", |known| known.1)
    }

    /// From its word.
    pub fn from_word(word: &str) -> Option<Self> {
        let known = Self::ALL.iter().find(|known| known.1 == word);
        known.map(|known| known.0)
    }

    /// It could move.
    pub fn can_move(self) -> bool {
        matches!(self, Self::Metadata | Self::Loading)
    }
}

/// What a client shows of a download now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sight {
    /// What it does with it.
    pub doing: Doing,
    /// Bytes that are there.
    pub done_bytes: i64,
}

/// What is known of a grab from the looks before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Track {
    /// When its client was last asked and answered.
    pub looked_at: Option<i64>,
    /// What the client did with it then.
    pub doing: Doing,
    /// Bytes that were there then.
    pub done_bytes: i64,
    /// Milliseconds in which it could move, and did not.
    pub idle: i64,
    /// When it last moved.
    pub moved_at: Option<i64>,
    /// Looks in a row in which the client did not list it, or its files were gone.
    pub missed: i64,
}

/// How long a grab may move nothing, in milliseconds; 0 for ever.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// While its metadata is looked for.
    pub metadata: i64,
    /// After that.
    pub bytes: i64,
    /// The client may reach nobody without knowing it: then most of its grabs are stuck together, and none of them is to blame.
    pub doubts_client: bool,
}

/// Looks in a row after which what the client does not list is taken to be gone: one can fall between a removal and an add.
const MISSED: i64 = 2;
/// Between two looks, at most: what is beyond it was not looked at.
const LONGEST_LOOK: i64 = 10 * MINUTE;

/// What the looks until now and this one say together. `connected` is whether the client can reach anyone.
pub fn follow(
    before: &Track,
    sight: Option<&Sight>,
    connected: bool,
    now: i64,
) -> (Track, Option<Observation>) {
    let Some(sight) = sight else {
        let track = Track {
            looked_at: Some(now),
            missed: before.missed + 1,
            ..*before
        };
        let gone = track.missed >= MISSED;
        return (track, gone.then_some(Observation::ClientLacksIt));
    };
    let moved = sight.done_bytes > before.done_bytes
        || before.doing == Doing::Metadata && sight.doing == Doing::Loading
        || before.doing != Doing::Complete && sight.doing == Doing::Complete;
    let passed = before
        .looked_at
        .map_or(0, |at| now - at)
        .clamp(0, LONGEST_LOOK);
    let counts = connected && before.doing.can_move() && sight.doing.can_move();
    let idle = match moved {
        true => 0,
        false if counts => before.idle + passed,
        false => before.idle,
    };
    let files_gone = sight.doing == Doing::FilesGone;
    let track = Track {
        looked_at: Some(now),
        doing: sight.doing,
        done_bytes: sight.done_bytes,
        idle,
        moved_at: match moved {
            true => Some(now),
            false => before.moved_at,
        },
        missed: match files_gone {
            true => before.missed + 1,
            false => 0,
        },
    };
    let observation = match sight.doing {
        Doing::Complete => Some(Observation::Complete),
        Doing::FilesGone if track.missed >= MISSED => Some(Observation::FilesGone),
        Doing::Loading if sight.done_bytes > 0 => Some(Observation::Moving),
        _ => None,
    };
    (track, observation)
}

impl Patience {
    fn of(&self, doing: Doing) -> i64 {
        match doing {
            Doing::Metadata => self.metadata,
            _ => self.bytes,
        }
    }

    /// It has moved nothing for too long.
    pub fn is_over(&self, track: &Track) -> bool {
        let patience = self.of(track.doing);
        patience > 0 && track.doing.can_move() && track.idle >= patience
    }
}

/// The grabs of a client, by their places in `tracks`, that are stuck, and whether that is the client's fault: most of what could move
/// is stuck, and nothing at all came through this client in half of that time. Then none is to blame.
pub fn stuck(tracks: &[Track], last_moved: Option<i64>, patience: &Patience, now: i64) -> Stuck {
    let over: Vec<usize> = (0..tracks.len())
        .filter(|at| patience.is_over(&tracks[*at]))
        .collect();
    let movable = tracks.iter().filter(|track| track.doing.can_move()).count();
    let Some(longest) = over.iter().map(|at| patience.of(tracks[*at].doing)).max() else {
        return Stuck::None;
    };
    let came = last_moved.is_some_and(|at| at > now - longest / 2);
    let together = over.len() > 1 && over.len() * 2 > movable;
    match patience.doubts_client && together && !came {
        true => Stuck::Client {
            grabs: over.len(),
            hours: longest / HOUR,
        },
        false => Stuck::Releases(over),
    }
}

/// See [`stuck`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stuck {
    /// Everything that could move did.
    None,
    /// These releases come from nobody.
    Releases(Vec<usize>),
    /// Nothing comes through this client at all: so many grabs, for so many hours.
    Client {
        /// How many are stuck.
        grabs: usize,
        /// For how long at least.
        hours: i64,
    },
}

#[cfg(test)]
mod tests;
