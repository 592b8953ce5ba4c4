//! The identity of what is downloaded, on whichever network. Pure.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Ed2kId, TorrentId};

/// Where a release is fetched from; each client serves one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Network {
    /// BitTorrent.
    #[default]
    Torrent,
    /// eDonkey, with Kad.
    Ed2k,
}

impl Network {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Torrent, Self::Ed2k];

    /// As stored and shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Torrent => "torrent",
            Self::Ed2k => "ed2k",
        }
    }

    /// From its word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word() == word)
    }

    /// The program that most people fetch it with.
    pub fn usual_client(self) -> &'static str {
        match self {
            Self::Torrent => "qBittorrent",
            Self::Ed2k => "aMule",
        }
    }
}

/// The identity of what is downloaded: the same bytes, whoever offers them and by whatever name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ContentId {
    /// The infohash of a torrent.
    Torrent(TorrentId),
    /// Hash and size of a file.
    Ed2k(Ed2kId),
}

/// In front of the hash and the size of a file of ed2k, as stored.
const ED2K: &str = "ed2k:";

impl ContentId {
    /// On which network it is.
    pub fn network(&self) -> Network {
        match self {
            Self::Torrent(_) => Network::Torrent,
            Self::Ed2k(_) => Network::Ed2k,
        }
    }

    /// The torrent, if it is one.
    pub fn torrent(&self) -> Option<&TorrentId> {
        match self {
            Self::Torrent(id) => Some(id),
            Self::Ed2k(_) => None,
        }
    }

    /// The file of ed2k, if it is one.
    pub fn ed2k(&self) -> Option<&Ed2kId> {
        match self {
            Self::Torrent(_) => None,
            Self::Ed2k(id) => Some(id),
        }
    }

    /// The hash in small hexadecimal digits, as people know it.
    pub fn as_hex(&self) -> String {
        match self {
            Self::Torrent(id) => id.as_hex(),
            Self::Ed2k(id) => id.as_hex(),
        }
    }

    /// As stored: the infohash, or `ed2k:`, the hash, `:` and the size in bytes.
    pub fn as_text(&self) -> String {
        match self {
            Self::Torrent(id) => id.as_hex(),
            Self::Ed2k(id) => format!("{ED2K}{}:{}", id.as_hex(), id.size),
        }
    }

    /// From what is stored.
    pub fn parse(text: &str) -> Option<Self> {
        let Some(file) = text.strip_prefix(ED2K) else {
            return TorrentId::parse(text).map(Self::Torrent);
        };
        let (md4, size) = file.split_once(':')?;
        Some(Self::Ed2k(Ed2kId {
            md4: hex::decode(md4).ok()?.try_into().ok()?,
            size: size.parse().ok()?,
        }))
    }

    /// Every form under which a client may list it.
    pub fn forms(&self) -> Vec<String> {
        match self {
            Self::Torrent(id) => id.forms(),
            // Programs that speak as qBittorrent does in front of aMule fill the hash up to the length of an infohash.
            Self::Ed2k(id) => vec![id.as_hex(), id.as_infohash()],
        }
    }

    /// True when both name the same bytes, whichever forms they know.
    pub fn same_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Torrent(own), Self::Torrent(other)) => own.same_as(other),
            (own, other) => own == other,
        }
    }
}

impl fmt::Display for ContentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.as_hex())
    }
}

impl From<TorrentId> for ContentId {
    fn from(id: TorrentId) -> Self {
        Self::Torrent(id)
    }
}

impl From<Ed2kId> for ContentId {
    fn from(id: Ed2kId) -> Self {
        Self::Ed2k(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_read_as_it_is_stored() {
        for text in [
            "c12fe1c06bba254a9dc9f519b335aa7c1367a88a",
            "ed2k:22222222222222222222222222222222:1234567",
        ] {
            let id = ContentId::parse(text).expect(text);
            assert_eq!(id.as_text(), text);
            assert!(id.same_as(&id) && id.forms().contains(&id.as_hex()));
        }
        for text in [
            "",
            "ed2k:",
            "ed2k:22:1",
            "ed2k:22222222222222222222222222222222:x",
        ] {
            assert_eq!(ContentId::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_same_digits_on_another_network_are_something_else() {
        let digits = "22222222222222222222222222222222";
        let file = ContentId::parse(&format!("ed2k:{digits}:1")).expect("a file");
        let torrent = ContentId::parse(digits).expect("base32");
        assert!(!file.same_as(&torrent));
        assert!(torrent.torrent().is_some() && file.ed2k().is_some());
    }
}
