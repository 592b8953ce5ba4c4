//! Stage 7: the life of a grab, as a table. Pure.

use serde::{Deserialize, Serialize};

/// Where a grab stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrabState {
    /// Written down; the client may or may not have it.
    Sending,
    /// The client has it.
    Sent,
    /// Every volume that it was sent for is on the shelf.
    OnShelf,
    /// It will not bring anything; its volumes are free again.
    Failed,
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
    /// The library shows the last of its volumes.
    AllOnShelf,
    /// A person does not wait for it any more.
    GivenUp,
}

impl GrabState {
    /// All of them, with their words.
    pub const ALL: [(Self, &str); 4] = [
        (Self::Sending, "sending"),
        (Self::Sent, "sent"),
        (Self::OnShelf, "on_shelf"),
        (Self::Failed, "failed"),
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
        matches!(self, Self::Sending | Self::Sent)
    }

    /// The state after an observation; none when it changes nothing.
    pub fn after(self, observation: Observation) -> Option<Self> {
        match (self, observation) {
            (Self::Sending, Observation::ClientHasIt) => Some(Self::Sent),
            (Self::Sending, Observation::ClientLacksIt | Observation::ClientRefused) => {
                Some(Self::Failed)
            }
            (Self::Sending | Self::Sent, Observation::AllOnShelf) => Some(Self::OnShelf),
            (Self::Sending | Self::Sent, Observation::GivenUp) => Some(Self::Failed),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grab_that_ended_never_comes_back() {
        let all = [
            Observation::ClientHasIt,
            Observation::ClientLacksIt,
            Observation::ClientRefused,
            Observation::AllOnShelf,
            Observation::GivenUp,
        ];
        for (state, _) in GrabState::ALL
            .into_iter()
            .filter(|(state, _)| !state.is_live())
        {
            assert!(
                all.iter()
                    .all(|observation| state.after(*observation).is_none()),
                "{state:?}"
            );
        }
    }

    #[test]
    fn only_a_grab_in_doubt_fails_when_the_client_lacks_it() {
        assert_eq!(
            GrabState::Sending.after(Observation::ClientLacksIt),
            Some(GrabState::Failed)
        );
        assert_eq!(GrabState::Sent.after(Observation::ClientLacksIt), None);
        assert_eq!(
            GrabState::Sending.after(Observation::ClientHasIt),
            Some(GrabState::Sent)
        );
        assert_eq!(
            GrabState::Sent.after(Observation::AllOnShelf),
            Some(GrabState::OnShelf)
        );
    }

    #[test]
    fn whatever_is_live_can_be_given_up() {
        for (state, _) in GrabState::ALL {
            let given_up = state.after(Observation::GivenUp);
            assert_eq!(given_up, state.is_live().then_some(GrabState::Failed));
        }
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
