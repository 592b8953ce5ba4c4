//! A torrent file that was read and checked. Pure.

use std::{fmt, sync::Arc};

use bendy::decoding::{Decoder, Error as BencodeError, Object};
use sha1::{Digest, Sha1};
use sha2::Sha256;

use super::{
    LinkError, TorrentId,
    listed::{self, ListedFile},
};

/// The largest torrent file that is read, in bytes; the biggest real packs stay under 2 MB.
pub const MAX_TORRENT: usize = 16 * 1024 * 1024;

/// A torrent file that was read and checked.
#[derive(Clone, PartialEq, Eq)]
pub struct TorrentFile {
    /// Over the raw bytes of `info`.
    pub id: TorrentId,
    /// The name that the client will show.
    pub name: String,
    bytes: Arc<[u8]>,
}

/// Never the bytes: the announce address in them carries a passkey.
impl fmt::Debug for TorrentFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TorrentFile")
            .field("id", &self.id)
            .field("name", &self.name)
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
        if !v2 && !info.has_files {
            return Err(LinkError::NotATorrent("it lists no file".into()));
        }
        let id = TorrentId {
            v1: (!v2 || info.has_pieces).then(|| Sha1::digest(raw).into()),
            v2: v2.then(|| Sha256::digest(raw).into()),
        };
        Ok(Self {
            id,
            name: info.name,
            bytes: bytes.into(),
        })
    }

    /// The files that it lists.
    pub fn files(&self) -> Vec<ListedFile> {
        match raw_info(&self.bytes) {
            Ok(Some(info)) => listed::files(info),
            _ => Vec::new(),
        }
    }

    /// The file itself. It carries the tracker's passkey: for the client only, never to be stored or printed.
    pub fn expose_bytes(&self) -> &[u8] {
        &self.bytes
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
    /// Of v1; v2 always has its tree.
    has_files: bool,
    version: u64,
    has_pieces: bool,
}

impl Info {
    fn read(raw: &[u8]) -> Result<Self, BencodeError> {
        let mut info = Self::default();
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
                (b"length", Object::Integer(text)) => info.has_files |= is_length(text),
                (b"meta version", Object::Integer(text)) => {
                    info.version = text.parse().unwrap_or(0)
                }
                (b"pieces", Object::Bytes(_)) => info.has_pieces = true,
                (b"files", Object::List(mut files)) => {
                    while let Some(file) = files.next_object()? {
                        info.has_files |= has_length(file)?;
                    }
                }
                _ => {}
            }
        }
        Ok(info)
    }
}

/// True for one of the `files` that says how long it is.
fn has_length(file: Object<'_, '_>) -> Result<bool, BencodeError> {
    let mut file = file.try_into_dictionary()?;
    let mut found = false;
    while let Some((key, value)) = file.next_pair()? {
        if let (b"length", Object::Integer(text)) = (key, value) {
            found |= is_length(text);
        }
    }
    Ok(found)
}

fn is_length(text: &str) -> bool {
    text.parse::<u64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(torrent.name, "T01.cbz.x");
        assert!(!format!("{torrent:?}").contains("PASSKEY"));
    }

    #[test]
    fn a_v2_torrent_is_known_under_every_form() {
        let info = b"d9:file treed1:ad5:b.cbzd0:d6:lengthi7eeeee12:meta versioni2e4:name1:a12:piece lengthi16384ee";
        let torrent =
            TorrentFile::parse([b"d4:info".as_slice(), info, b"e"].concat()).expect("a torrent");
        let v2 = hex::encode(Sha256::digest(info));
        assert_eq!(torrent.id.forms(), [v2[..40].to_owned(), v2.clone()]);
        assert!(
            torrent
                .id
                .same_as(&TorrentId::parse(&v2[..40]).expect("an id"))
        );
    }

    #[test]
    fn a_file_among_many_is_enough() {
        let many = b"d6:lengthi5e4:pathl5:b.cbzee".repeat(30_000);
        let info = [b"d5:filesl".as_slice(), &many, b"e4:name1:ae"].concat();
        let torrent = TorrentFile::parse([b"d4:info".as_slice(), &info, b"e"].concat());
        let id = torrent.expect("a torrent").id;
        assert_eq!(id.as_hex(), hex::encode(Sha1::digest(info)));
    }

    #[test]
    fn what_is_no_torrent_is_refused_with_the_reason() {
        for bad in [
            &b""[..],
            b"<html>",
            b"d",
            b"de",
            b"d4:infod4:name1:aee",
            b"d4:infod5:filesle4:name1:aee",
            b"d4:infod5:filesld4:pathl1:beee4:name1:aee",
            b"d4:infod5:filesl1:be4:name1:aee",
            b"d4:infod6:lengthi-5e4:name1:aee",
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
