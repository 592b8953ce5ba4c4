//! What a release is downloaded by: magnets, torrent files and ed2k links, and the identity that each carries. Pure.

mod content_id;
mod ed2k;
mod given;
mod listed;
mod torrent_file;
mod torrent_id;

use std::fmt;

use url::Url;

pub use content_id::{ContentId, Network};
pub use ed2k::{Ed2kId, Ed2kLink};
pub use given::{Given, NotTaken};
pub use torrent_file::{MAX_TORRENT, TorrentFile};
pub use torrent_id::TorrentId;

/// Why a link or a torrent file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Not a magnet, or one without a BitTorrent hash.
    #[error("the magnet link carries no usable infohash (urn:btih or urn:btmh)")]
    NoInfohash,
    /// Bencode, or what it has to hold, is wrong.
    #[error("not a torrent file: {0}")]
    NotATorrent(String),
    /// No link to a file of the eDonkey network.
    #[error("not an ed2k link to a file: {0}")]
    NotEd2k(&'static str),
}

/// A magnet link (BEP 9).
#[derive(Clone, PartialEq, Eq)]
pub struct Magnet {
    /// Which torrent it names.
    pub id: TorrentId,
    /// The display name `dn`, when it has one.
    pub name: Option<String>,
    uri: String,
}

/// Never the link: the trackers in it can carry a passkey.
impl fmt::Debug for Magnet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Magnet")
            .field("id", &self.id)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl Magnet {
    /// Reads `magnet:?xt=urn:btih:…`.
    ///
    /// # Errors
    /// [`LinkError::NoInfohash`] when it is no magnet, or names no torrent.
    pub fn parse(text: &str) -> Result<Self, LinkError> {
        let text = text.trim();
        let url = Url::parse(text)
            .ok()
            .filter(|url| url.scheme() == "magnet")
            .ok_or(LinkError::NoInfohash)?;
        let (mut v1, mut v2, mut name) = (None, None, None);
        for (key, value) in url.query_pairs() {
            if key == "dn" && name.is_none() {
                name = Some(value.into_owned());
            } else if key == "xt" || key.starts_with("xt.") {
                if let Some(hash) = value.strip_prefix("urn:btih:") {
                    v1 = TorrentId::parse(hash).and_then(|id| id.v1).or(v1);
                } else if let Some(hash) = value.strip_prefix("urn:btmh:1220") {
                    v2 = TorrentId::parse(hash).and_then(|id| id.v2).or(v2);
                }
            }
        }
        if v1.is_none() && v2.is_none() {
            return Err(LinkError::NoInfohash);
        }
        Ok(Self {
            id: TorrentId { v1, v2 },
            name,
            uri: text.to_owned(),
        })
    }

    /// The link itself. It may carry a tracker's passkey: for the client only, never to be stored or printed.
    pub fn expose_uri(&self) -> &str {
        &self.uri
    }
}

/// What a download client is given: bytes, a magnet or an ed2k link, resolved by us, never an http link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// A torrent file.
    Torrent(TorrentFile),
    /// A magnet link.
    Magnet(Magnet),
    /// A link to a file of ed2k.
    Ed2k(Ed2kLink),
}

impl Payload {
    /// Its name, as far as it has one.
    pub fn name(&self) -> &str {
        match self {
            Self::Torrent(torrent) => &torrent.name,
            Self::Magnet(magnet) => magnet.name.as_deref().unwrap_or_default(),
            Self::Ed2k(link) => &link.name,
        }
    }

    /// What it is.
    pub fn id(&self) -> ContentId {
        match self {
            Self::Torrent(torrent) => torrent.id.clone().into(),
            Self::Magnet(magnet) => magnet.id.clone().into(),
            Self::Ed2k(link) => link.id.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "c12fe1c06bba254a9dc9f519b335aa7c1367a88a";

    #[test]
    fn a_magnet_is_read_in_hex_and_base32() {
        let hex = Magnet::parse(&format!(
            "magnet:?xt=urn:btih:{}&dn=One%20Piece+T01&tr=udp://x",
            HEX.to_uppercase()
        ))
        .expect("a magnet");
        assert_eq!(hex.id.as_hex(), HEX);
        assert_eq!(hex.name.as_deref(), Some("One Piece T01"));
        let base32 = Magnet::parse("magnet:?xt=urn:btih:YEX6DQDLXISUVHOJ6UM3GNNKPQJWPKEK")
            .expect("a magnet");
        assert_eq!(base32.id.as_hex(), HEX);
        for bad in [
            "magnet:?dn=x",
            "magnet:?xt=urn:btih:zzzz",
            "http://x/",
            "",
            "magnet:?xt=urn:btih:é2fe1c06bba254a9dc9f519b335aa7c1367a88a",
        ] {
            assert_eq!(Magnet::parse(bad), Err(LinkError::NoInfohash), "{bad}");
        }
    }
}
