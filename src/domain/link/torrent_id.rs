//! The identity of a torrent, in every form in which indexers and clients write it. Pure.

use std::fmt;

/// The identity of a torrent: BitTorrent v1 (SHA-1, BEP 3), v2 (SHA-256, BEP 52) or both.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TorrentId {
    pub(super) v1: Option<[u8; 20]>,
    pub(super) v2: Option<[u8; 32]>,
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
