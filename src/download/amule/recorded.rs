//! Tests: sessions of amulecmd with the real amuled, recorded byte by byte.

use super::codec::Packet;

/// What two programs said to each other on one connection.
pub(super) struct Session {
    /// What was done.
    pub title: &'static str,
    /// The frames, in turn: first what amulecmd sent.
    pub frames: Vec<Vec<u8>>,
}

impl Session {
    /// The packet in a frame.
    pub fn packet(&self, at: usize) -> Packet {
        Packet::from_frame(&self.frames[at])
            .unwrap_or_else(|error| panic!("{}: {error}", self.title))
    }
}

/// All of them.
pub(super) fn sessions() -> Vec<Session> {
    let mut sessions: Vec<Session> = Vec::new();
    for line in include_str!("../../../tests/fixtures/amule/sessions.txt").lines() {
        if let Some(title) = line.strip_prefix("= ") {
            sessions.push(Session {
                title,
                frames: Vec::new(),
            });
        } else if let Some(frame) = line.strip_prefix(['>', '<']) {
            let frame = hex::decode(frame.trim()).expect("hexadecimal digits");
            let session = sessions.last_mut().expect("a title before the first frame");
            session.frames.push(frame);
        }
    }
    assert_eq!(sessions.len(), 9);
    sessions
}

/// The answer to the last question of a session.
pub(super) fn last_answer(title: &str) -> Packet {
    let sessions = sessions();
    let session = sessions.iter().find(|session| session.title == title);
    let session = session.unwrap_or_else(|| panic!("{title}"));
    session.packet(session.frames.len() - 1)
}
