//! What a release is downloaded by: magnets and torrent files, and the identity that both carry. Pure.

mod given;

use std::{fmt, sync::Arc};

use bendy::decoding::{Decoder, Error as BencodeError, Object};
use sha1::{Digest, Sha1};
use sha2::Sha256;
use url::Url;

pub use given::{Given, NotTaken};

/// The largest torrent file that is read, in bytes; the biggest real packs stay under 2 MB.
pub const MAX_TORRENT: usize = 16 * 1024 * 1024;

/// The most files of one torrent that are looked at.
const MAX_FILES: usize = 20_000;

/// The longest path of a file of a torrent, in bytes; no file system takes a longer one.
const MAX_PATH: usize = 4_096;

/// The identity of a torrent: BitTorrent v1 (SHA-1, BEP 3), v2 (SHA-256, BEP 52) or both.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TorrentId {
    v1: Option<[u8; 20]>,
    v2: Option<[u8; 32]>,
}

impl TorrentId {
    /// From text as indexers and clients give it: 40 or 64 hexadecimal digits, or 32 of base32.
    pub fn parse(text: &str) -> Option<Self> {
        match text.len() {
            40 => Some(Self {
                v1: hex::decode(text).ok()?.try_into().ok(),
                v2: None,
            }),
            64 => Some(Self {
                v1: None,
                v2: hex::decode(text).ok()?.try_into().ok(),
            }),
            32 => Some(Self {
                v1: Some(base32(text)?),
                v2: None,
            }),
            _ => None,
        }
    }

    /// Lower-case hexadecimal, 40 digits: the v1 hash, else the v2 hash cut to that length, as BEP 52 does on the wire.
    pub fn as_hex(&self) -> String {
        match (&self.v1, &self.v2) {
            (Some(v1), _) => hex::encode(v1),
            (None, Some(v2)) => hex::encode(&v2[..20]),
            (None, None) => String::new(),
        }
    }

    /// Every form under which a client may list this torrent (qBittorrent's `hash` is the cut v2 hash for hybrids).
    pub fn forms(&self) -> Vec<String> {
        let v1 = self.v1.iter().map(hex::encode);
        let v2 = self
            .v2
            .iter()
            .flat_map(|v2| [hex::encode(&v2[..20]), hex::encode(v2)]);
        v1.chain(v2).collect()
    }

    /// True when both name the same torrent, whichever forms they know.
    pub fn same_as(&self, other: &Self) -> bool {
        let forms = other.forms();
        self.forms().iter().any(|form| forms.contains(form))
    }
}

impl fmt::Display for TorrentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.as_hex())
    }
}

/// RFC 4648 base32 of 20 bytes, as old magnets write the infohash.
fn base32(text: &str) -> Option<[u8; 20]> {
    let mut bytes = [0u8; 20];
    let (mut buffer, mut bits, mut at) = (0u32, 0, 0);
    for letter in text.bytes() {
        let value = match letter.to_ascii_uppercase() {
            letter @ b'A'..=b'Z' => letter - b'A',
            digit @ b'2'..=b'7' => digit - b'2' + 26,
            _ => return None,
        };
        buffer = (buffer << 5 | u32::from(value)) & 0xfff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            *bytes.get_mut(at)? = (buffer >> bits & 0xff) as u8;
            at += 1;
        }
    }
    (at == 20).then_some(bytes)
}

/// Why a link or a torrent file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Not a magnet, or one without a BitTorrent hash.
    #[error("the magnet link carries no usable infohash (urn:btih or urn:btmh)")]
    NoInfohash,
    /// Bencode, or what it has to hold, is wrong.
    #[error("not a torrent file: {0}")]
    NotATorrent(String),
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

/// One file of a torrent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TorrentEntry {
    /// Path inside the torrent, with `/`; bytes that are not UTF-8 are replaced.
    pub path: String,
    /// Bytes.
    pub size: u64,
}

/// A torrent file that was read and checked.
#[derive(Clone, PartialEq, Eq)]
pub struct TorrentFile {
    /// Over the raw bytes of `info`.
    pub id: TorrentId,
    /// The name that the client will show.
    pub name: String,
    /// What it holds.
    pub entries: Vec<TorrentEntry>,
    /// BEP 27: from a private tracker.
    pub private: bool,
    bytes: Arc<[u8]>,
}

/// Never the bytes: the announce address in them carries a passkey.
impl fmt::Debug for TorrentFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TorrentFile")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("entries", &self.entries.len())
            .finish_non_exhaustive()
    }
}

impl TorrentFile {
    /// Reads a torrent file (BEP 3, BEP 52).
    ///
    /// # Errors
    /// [`LinkError::NotATorrent`] with what is wrong.
    pub fn parse(bytes: Vec<u8>) -> Result<Self, LinkError> {
        if bytes.len() > MAX_TORRENT {
            return Err(LinkError::NotATorrent(format!(
                "it is larger than {} MB",
                MAX_TORRENT / 1024 / 1024
            )));
        }
        let broken =
            |error: BencodeError| LinkError::NotATorrent(format!("broken bencode ({error})"));
        let raw = raw_info(&bytes)
            .map_err(broken)?
            .ok_or_else(|| LinkError::NotATorrent("it has no 'info' part".into()))?;
        let info = Info::read(raw).map_err(broken)?;
        let v2 = info.version == 2;
        if !v2 && info.entries.is_empty() {
            return Err(LinkError::NotATorrent("it lists no file".into()));
        }
        let id = TorrentId {
            v1: (!v2 || info.has_pieces).then(|| Sha1::digest(raw).into()),
            v2: v2.then(|| Sha256::digest(raw).into()),
        };
        Ok(Self {
            id,
            name: info.name,
            entries: info.entries,
            private: info.private,
            bytes: bytes.into(),
        })
    }

    /// The file itself. It carries the tracker's passkey: for the client only, never to be stored or printed.
    pub fn expose_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Bytes of all files together.
    pub fn total_size(&self) -> u64 {
        self.entries.iter().map(|entry| entry.size).sum()
    }
}

fn raw_info(bytes: &[u8]) -> Result<Option<&[u8]>, BencodeError> {
    let mut decoder = Decoder::new(bytes).with_max_depth(32);
    let Some(object) = decoder.next_object()? else {
        return Ok(None);
    };
    let mut top = object.try_into_dictionary()?;
    while let Some((key, value)) = top.next_pair()? {
        if key == b"info" {
            return value.try_into_dictionary()?.into_raw().map(Some);
        }
    }
    Ok(None)
}

#[derive(Default)]
struct Info {
    name: String,
    entries: Vec<TorrentEntry>,
    private: bool,
    version: u64,
    has_pieces: bool,
}

impl Info {
    fn read(raw: &[u8]) -> Result<Self, BencodeError> {
        let mut info = Self::default();
        let mut length = None;
        let mut decoder = Decoder::new(raw).with_max_depth(32);
        let Some(object) = decoder.next_object()? else {
            return Ok(info);
        };
        let mut dictionary = object.try_into_dictionary()?;
        while let Some((key, value)) = dictionary.next_pair()? {
            match (key, value) {
                (b"name", Object::Bytes(name)) => {
                    info.name = String::from_utf8_lossy(name).into_owned()
                }
                (b"length", Object::Integer(text)) => length = text.parse().ok(),
                (b"private", Object::Integer(text)) => info.private = text == "1",
                (b"meta version", Object::Integer(text)) => {
                    info.version = text.parse().unwrap_or(0)
                }
                (b"pieces", Object::Bytes(_)) => info.has_pieces = true,
                (b"files", Object::List(mut files)) => {
                    while let Some(file) = files.next_object()? {
                        info.push(read_file(file)?);
                    }
                }
                (b"file tree", Object::Dict(tree)) => read_tree(tree, "", &mut info.entries)?,
                _ => {}
            }
        }
        if let Some(size) = length {
            info.entries = vec![TorrentEntry {
                path: info.name.clone(),
                size,
            }];
        }
        Ok(info)
    }

    fn push(&mut self, entry: Option<TorrentEntry>) {
        let entry = entry.filter(|entry| entry.path.len() <= MAX_PATH);
        if self.entries.len() < MAX_FILES {
            self.entries.extend(entry);
        }
    }
}

fn read_file(file: Object<'_, '_>) -> Result<Option<TorrentEntry>, BencodeError> {
    let mut file = file.try_into_dictionary()?;
    let (mut size, mut path) = (None, Vec::new());
    while let Some((key, value)) = file.next_pair()? {
        match (key, value) {
            (b"length", Object::Integer(text)) => size = text.parse().ok(),
            (b"path", Object::List(mut parts)) => {
                while let Some(part) = parts.next_object()? {
                    path.push(String::from_utf8_lossy(part.try_into_bytes()?).into_owned());
                }
            }
            _ => {}
        }
    }
    Ok(size.map(|size| TorrentEntry {
        path: path.join("/"),
        size,
    }))
}

/// BEP 52: directories are dictionaries, a file is a dictionary with the empty key.
fn read_tree(
    mut tree: bendy::decoding::DictDecoder<'_, '_>,
    at: &str,
    entries: &mut Vec<TorrentEntry>,
) -> Result<(), BencodeError> {
    while let Some((key, value)) = tree.next_pair()? {
        let Object::Dict(mut below) = value else {
            continue;
        };
        if key.is_empty() {
            while let Some((key, value)) = below.next_pair()? {
                if let (b"length", Object::Integer(text)) = (key, value)
                    && let Ok(size) = text.parse()
                    && entries.len() < MAX_FILES
                {
                    entries.push(TorrentEntry {
                        path: at.to_owned(),
                        size,
                    });
                }
            }
        } else {
            let name = String::from_utf8_lossy(key);
            let path = if at.is_empty() {
                name.into_owned()
            } else {
                format!("{at}/{name}")
            };
            if path.len() > MAX_PATH {
                continue;
            }
            read_tree(below, &path, entries)?;
        }
    }
    Ok(())
}

/// What a download client is given: bytes or a magnet, resolved by us, never an http link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// A torrent file.
    Torrent(TorrentFile),
    /// A magnet link.
    Magnet(Magnet),
}

impl Payload {
    /// Which torrent it is.
    pub fn id(&self) -> &TorrentId {
        match self {
            Self::Torrent(torrent) => &torrent.id,
            Self::Magnet(magnet) => &magnet.id,
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

    #[test]
    fn the_infohash_is_taken_over_the_raw_info() {
        let info = b"d6:lengthi5e4:name9:T01.cbz.x12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaa7:privatei1ee";
        let bytes = [
            b"d8:announce20:http://t/PASSKEY/ann4:info".as_slice(),
            info,
            b"e",
        ]
        .concat();
        let torrent = TorrentFile::parse(bytes).expect("a torrent");
        assert_eq!(torrent.id.as_hex(), hex::encode(Sha1::digest(info)));
        assert!(torrent.private);
        assert_eq!((torrent.entries.len(), torrent.total_size()), (1, 5));
        assert!(!format!("{torrent:?}").contains("PASSKEY"));
    }

    #[test]
    fn a_v2_torrent_lists_its_tree_and_is_known_under_every_form() {
        let info = b"d9:file treed1:ad5:b.cbzd0:d6:lengthi7eeeee12:meta versioni2e4:name1:a12:piece lengthi16384ee";
        let torrent =
            TorrentFile::parse([b"d4:info".as_slice(), info, b"e"].concat()).expect("a torrent");
        let v2 = hex::encode(Sha256::digest(info));
        assert_eq!(
            torrent.entries,
            [TorrentEntry {
                path: "a/b.cbz".into(),
                size: 7
            }]
        );
        assert_eq!(torrent.id.forms(), [v2[..40].to_owned(), v2.clone()]);
        assert!(
            torrent
                .id
                .same_as(&TorrentId::parse(&v2[..40]).expect("an id"))
        );
    }

    #[test]
    fn what_is_no_torrent_is_refused_with_the_reason() {
        for bad in [
            &b""[..],
            b"<html>",
            b"d",
            b"de",
            b"d4:infod4:name1:aee",
            b"d4:infoi1ee",
            b"d4:infod6:lengthi99999999999999999999999999e4:name1:aee",
        ] {
            assert!(
                matches!(
                    TorrentFile::parse(bad.to_vec()),
                    Err(LinkError::NotATorrent(_))
                ),
                "{bad:?}"
            );
        }
        let deep = [b"d4:info".as_slice(), &b"l".repeat(100_000)].concat();
        assert!(TorrentFile::parse(deep).is_err());
    }
}
