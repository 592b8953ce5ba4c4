//! Stage 7: the life of a grab, as a table. Pure. [`super::following`] makes observations of what a client shows.

use serde::{Deserialize, Serialize};

/// Where a grab stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrabState {
    /// Written down; the client may or may not have it.
    Sending,
    /// The client has it, and nothing of it came yet.
    Queued,
    /// Some of it came.
    Downloading,
    /// All of it came.
    Done,
    /// It was looked into: something of it is right.
    Verified,
    /// What is right of it was put into the library.
    Placed,
    /// Every volume that it was sent for is on the shelf.
    OnShelf,
    /// Nothing of it came for too long; its volumes are free again.
    Stalled,
    /// The client refused it, or a person gave it up; its volumes are free again.
    Failed,
    /// What the client had written of it is gone; its volumes are free again.
    Lost,
    /// Somebody took it out of the client before it was complete; its volumes are free again.
    Removed,
    /// What came is not what it promised, or a person does not want it: what was placed of it is taken back, and its volumes are free
    /// again.
    Rejected,
}

/// What became known of a grab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observation {
    /// The client lists it.
    ClientHasIt,
    /// The client was asked and does not list it.
    ClientLacksIt,
    /// The client said no.
    ClientRefused,
    /// Bytes of it came, or it is known to be incomplete again.
    Moving,
    /// All of it came.
    Complete,
    /// Nothing of it came for too long.
    Stuck,
    /// What was written of it is not there any more.
    FilesGone,
    /// It was looked into, and something of it is right.
    Right,
    /// What is right of it is in the library's folder.
    InPlace,
    /// The library shows the last of its volumes.
    AllOnShelf,
    /// A person does not wait for it any more.
    GivenUp,
    /// Nothing of it is right, or a person says so.
    Wrong,
}

impl Observation {
    /// All of them.
    #[cfg(test)]
    pub const ALL: [Self; 12] = [
        Self::ClientHasIt,
        Self::ClientLacksIt,
        Self::ClientRefused,
        Self::Moving,
        Self::Complete,
        Self::Stuck,
        Self::FilesGone,
        Self::Right,
        Self::InPlace,
        Self::AllOnShelf,
        Self::GivenUp,
        Self::Wrong,
    ];
}

impl GrabState {
    /// All of them, with their words.
    pub const ALL: [(Self, &str); 12] = [
        (Self::Sending, "sending"),
        (Self::Queued, "queued"),
        (Self::Downloading, "downloading"),
        (Self::Done, "done"),
        (Self::Verified, "verified"),
        (Self::Placed, "placed"),
        (Self::OnShelf, "on_shelf"),
        (Self::Stalled, "stalled"),
        (Self::Failed, "failed"),
        (Self::Lost, "lost"),
        (Self::Removed, "removed"),
        (Self::Rejected, "rejected"),
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

    /// Its volumes are reserved.
    pub fn is_live(self) -> bool {
        matches!(
            self,
            Self::Sending
                | Self::Queued
                | Self::Downloading
                | Self::Done
                | Self::Verified
                | Self::Placed
        )
    }

    /// It is the client's turn: what that shows of it counts.
    pub fn is_followed(self) -> bool {
        matches!(self, Self::Queued | Self::Downloading | Self::Done)
    }

    /// What its client still downloads of it is to be taken out of that, when this ends it.
    pub fn leaves_after(self, observation: Observation) -> bool {
        use Observation::{GivenUp, Stuck, Wrong};
        matches!(self, Self::Sending | Self::Queued | Self::Downloading)
            && matches!(observation, Stuck | GivenUp | Wrong)
    }

    /// The state after an observation; none when it changes nothing.
    pub fn after(self, observation: Observation) -> Option<Self> {
        use Observation as Seen;
        let next = match (self, observation) {
            (Self::OnShelf, Seen::Wrong) => Self::Rejected,
            // What ended does not come back.
            (state, _) if !state.is_live() => return None,
            (_, Seen::AllOnShelf) => Self::OnShelf,
            (_, Seen::GivenUp) => Self::Failed,
            (_, Seen::Wrong) => Self::Rejected,
            (Self::Sending, Seen::ClientHasIt) => Self::Queued,
            (Self::Sending, Seen::ClientLacksIt | Seen::ClientRefused) => Self::Failed,
            // What was looked into is a file of ours, whatever the client does with its own from then on.
            (Self::Verified | Self::Placed, Seen::Moving | Seen::Complete) => return None,
            (_, Seen::Moving) => Self::Downloading,
            (_, Seen::Complete) => Self::Done,
            (Self::Done | Self::Verified, Seen::InPlace) => Self::Placed,
            (Self::Done, Seen::Right) => Self::Verified,
            // What is complete may leave the client: it is brought to the shelf by others, or was already.
            (Self::Queued | Self::Downloading, Seen::ClientLacksIt) => Self::Removed,
            (Self::Queued | Self::Downloading, Seen::Stuck) => Self::Stalled,
            (Self::Queued | Self::Downloading, Seen::FilesGone) => Self::Lost,
            _ => return None,
        };
        (next != self).then_some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next() -> impl Iterator<Item = (GrabState, Observation, Option<GrabState>)> {
        GrabState::ALL.into_iter().flat_map(|(state, _)| {
            Observation::ALL.map(|observation| (state, observation, state.after(observation)))
        })
    }

    #[test]
    fn a_grab_that_ended_never_comes_back() {
        for (state, observation, after) in next().filter(|(state, ..)| !state.is_live()) {
            let is_live = after.is_some_and(GrabState::is_live);
            assert!(!is_live, "{state:?} after {observation:?}: {after:?}");
            let is_mistake = (state, observation) == (GrabState::OnShelf, Observation::Wrong);
            assert_eq!(
                after.is_some(),
                is_mistake,
                "{state:?} after {observation:?}"
            );
        }
    }

    #[test]
    fn from_every_live_state_there_is_a_way_to_the_shelf_and_out() {
        for (state, _) in GrabState::ALL
            .into_iter()
            .filter(|(state, _)| state.is_live())
        {
            assert_eq!(
                state.after(Observation::AllOnShelf),
                Some(GrabState::OnShelf)
            );
            assert_eq!(state.after(Observation::GivenUp), Some(GrabState::Failed));
        }
    }

    #[test]
    fn only_a_grab_in_doubt_fails_when_the_client_lacks_it() {
        let lacks = |state: GrabState| state.after(Observation::ClientLacksIt);
        assert_eq!(lacks(GrabState::Sending), Some(GrabState::Failed));
        assert_eq!(lacks(GrabState::Queued), Some(GrabState::Removed));
        assert_eq!(lacks(GrabState::Downloading), Some(GrabState::Removed));
        assert_eq!(lacks(GrabState::Done), None);
    }

    #[test]
    fn what_is_complete_is_neither_stuck_nor_lost() {
        for observation in [Observation::Stuck, Observation::FilesGone] {
            assert_eq!(GrabState::Done.after(observation), None);
        }
        assert_eq!(
            GrabState::Done.after(Observation::Moving),
            Some(GrabState::Downloading),
            "the client looked at its files again and misses some"
        );
    }

    #[test]
    fn a_change_is_a_change() {
        assert!(next().all(|(state, _, after)| after != Some(state)));
    }

    #[test]
    fn words_read_back() {
        assert!(
            GrabState::ALL
                .iter()
                .all(|(state, word)| GrabState::from_word(word) == Some(*state)
                    && state.word() == *word)
        );
    }
}
