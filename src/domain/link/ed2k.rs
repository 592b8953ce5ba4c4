//! Links and identities of the eDonkey network (ed2k), as forums write them and aMule takes them. Pure.

use std::fmt;

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use super::LinkError;

/// Bytes of a file at most: what clients of the network can hold.
const MOST_BYTES: u64 = 256 * 1024 * 1024 * 1024;
/// Bytes of a file's name at most.
const MOST_NAME: usize = 1024;
/// Encoded in the name of a link, beside all that is not ASCII: behind such a letter aMule decodes the wrong ones (observed on 2.3.3).
const NOT_IN_NAMES: &AsciiSet = &CONTROLS.add(b' ').add(b'%').add(b'|').add(b'/');

/// The identity of a file on the network: the MD4 of its parts' MD4s, and its size. Another hash is another file, even of the same scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ed2kId {
    /// The hash.
    pub md4: [u8; 16],
    /// Bytes.
    pub size: u64,
}

impl Ed2kId {
    /// The hash in 32 small hexadecimal digits.
    pub fn as_hex(&self) -> String {
        hex::encode(self.md4)
    }

    /// The hash filled up to the length of an infohash, as aMuTorrent and aMulerr show it where they speak as qBittorrent does.
    pub fn as_infohash(&self) -> String {
        format!("{}00000000", self.as_hex())
    }
}

/// `ed2k://|file|NAME|SIZE|MD4|/`: one file of the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ed2kLink {
    /// Which file.
    pub id: Ed2kId,
    /// Its name, not encoded.
    pub name: String,
    /// The root of its AICH hashes, 32 digits of base32, when the link has a good one.
    pub aich: Option<String>,
}

impl Ed2kLink {
    /// Reads one link, in any of the forms in which clients write it. Sources, part hashes and unknown fields are left out.
    ///
    /// # Errors
    /// [`LinkError::NotEd2k`] when it is no link to a file: one to a server would make a client trust that server.
    pub fn parse(text: &str) -> Result<Self, LinkError> {
        let text = text.trim();
        let whole = match text
            .get(..8)
            .is_some_and(|start| start.eq_ignore_ascii_case("ed2k%3A%"))
        {
            true => unescaped(text),
            false => text.to_owned(),
        };
        let is_scheme = |start: &str| start.eq_ignore_ascii_case("ed2k://|file|");
        let rest = match (whole.get(..13), whole.get(13..)) {
            (Some(start), Some(rest)) if is_scheme(start) => rest,
            _ => return Err(LinkError::NotEd2k("it does not begin with ed2k://|file|")),
        };
        let mut fields = rest.split('|');
        let mut field = |what| fields.next().ok_or(LinkError::NotEd2k(what));
        let name = field("it has no name")?;
        let size = field("it has no size")?;
        let md4 = field("it has no hash")?;
        let digits =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let size: u64 = Some(size)
            .filter(|size| digits(size))
            .and_then(|size| size.parse().ok())
            .filter(|size| (1..=MOST_BYTES).contains(size))
            .ok_or(LinkError::NotEd2k("its size is no number of bytes"))?;
        let md4 = hex::decode(md4)
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(LinkError::NotEd2k("its hash is not 32 hexadecimal digits"))?;
        let name = plain(name);
        if name.is_empty() || name.len() > MOST_NAME {
            return Err(LinkError::NotEd2k("it has no usable name"));
        }
        let aich = fields
            .take_while(|field| *field != "/")
            .find_map(|field| field.strip_prefix("h=").filter(|hash| is_aich(hash)))
            .map(str::to_ascii_uppercase);
        Ok(Self {
            id: Ed2kId { md4, size },
            name,
            aich,
        })
    }

    /// To a file of that name, as far as a name can be had of it.
    pub fn of(id: Ed2kId, name: &str) -> Self {
        let name = cleaned(name);
        let end = name.floor_char_boundary(MOST_NAME);
        let name = match &name[..end] {
            "" => id.as_hex(),
            name => name.to_owned(),
        };
        let aich = None;
        Self { id, name, aich }
    }

    /// Of `magnet:?xt=urn:ed2k:MD4&xl=SIZE&dn=NAME`; none when it is another one.
    pub fn of_magnet(text: &str) -> Option<Self> {
        let url = Url::parse(text.trim()).ok()?;
        if url.scheme() != "magnet" {
            return None;
        }
        let value = |wanted: &str| {
            let mut pairs = url.query_pairs();
            let found = pairs.find(|(key, _)| key == wanted);
            found.map(|(_, value)| value.into_owned())
        };
        let topics = url.query_pairs().filter(|(key, _)| key == "xt");
        let md4 = topics
            .into_iter()
            .find_map(|(_, topic)| Some(topic.strip_prefix("urn:ed2k:")?.to_owned()))?;
        let name = utf8_percent_encode(&value("dn")?, NON_ALPHANUMERIC).to_string();
        Self::parse(&format!("ed2k://|file|{name}|{}|{md4}|/", value("xl")?)).ok()
    }

    /// The link as a magnet of BitTorrent, which is how aMuTorrent and aMulerr take it.
    pub fn to_magnet(&self) -> String {
        let name = utf8_percent_encode(&self.name, NON_ALPHANUMERIC);
        let (hash, size) = (self.id.as_infohash(), self.id.size);
        format!("magnet:?xt=urn:btih:{hash}&dn={name}&xl={size}")
    }

    /// The link as aMule takes it: one name, one size, one hash, nothing that names a server or a source.
    pub fn to_uri(&self) -> String {
        let name = utf8_percent_encode(&self.name, NOT_IN_NAMES);
        let aich = match &self.aich {
            Some(hash) => format!("h={hash}|"),
            None => String::new(),
        };
        let (size, md4) = (self.id.size, self.id.as_hex());
        format!("ed2k://|file|{name}|{size}|{md4}|{aich}/")
    }
}

impl fmt::Display for Ed2kId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.as_hex())
    }
}

fn is_aich(hash: &str) -> bool {
    let is_base32 = |byte: u8| matches!(byte.to_ascii_uppercase(), b'A'..=b'Z' | b'2'..=b'7');
    hash.len() == 32 && hash.bytes().all(is_base32)
}

/// A name as a person reads it: links are encoded once, sometimes twice, often not at all.
fn plain(name: &str) -> String {
    let mut name = name.to_owned();
    for _ in 0..2 {
        let decoded = unescaped(&name);
        if decoded == name {
            break;
        }
        name = decoded;
    }
    cleaned(&name)
}

/// Without what would break a line or a path.
fn cleaned(name: &str) -> String {
    let letter = |letter: char| match letter {
        '/' | '\\' => ' ',
        letter if letter.is_control() => ' ',
        letter => letter,
    };
    let name: String = name.chars().map(letter).collect();
    name.trim().to_owned()
}

/// With `%20` and the like decoded; what is no UTF-8 afterwards stays as it was.
fn unescaped(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8()
        .map_or_else(|_| text.to_owned(), std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MD4: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn a_link_is_read_in_every_form() {
        let aich = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        for (link, name, has_aich) in [
            (
                format!("ed2k://|file|Berserk_T41.cbz|7|{MD4}|/"),
                "Berserk_T41.cbz",
                false,
            ),
            (
                format!("ED2K://|FILE|a%20b%C3%A9.cbz|7|{}|/", MD4.to_uppercase()),
                "a bé.cbz",
                false,
            ),
            (
                format!("ed2k://|file|l'été T01.cbz|7|{MD4}|h={aich}|/"),
                "l'été T01.cbz",
                true,
            ),
            (
                format!("ed2k://|file|a.cbz|7|{MD4}|p=00:11|h={aich}|/|sources,1.2.3.4:4662|/"),
                "a.cbz",
                true,
            ),
            (
                format!("ed2k://|file|a.cbz|7|{MD4}|h=short|/"),
                "a.cbz",
                false,
            ),
            (
                format!("ed2k://|file|100%25.cbz|7|{MD4}|/"),
                "100%.cbz",
                false,
            ),
            (
                format!("ed2k://|file|a%2520b.cbz|7|{MD4}|/"),
                "a b.cbz",
                false,
            ),
            (
                format!("ed2k://|file|a%7Cb%2Fc%0D%0Ad.cbz|7|{MD4}"),
                "a|b c  d.cbz",
                false,
            ),
            (
                format!("ed2k://|file|%E9t%E9.cbz|7|{MD4}|/"),
                "%E9t%E9.cbz",
                false,
            ),
            (
                format!("ed2k%3A%2F%2F%7Cfile%7Ca.cbz%7C7%7C{MD4}%7C%2F"),
                "a.cbz",
                false,
            ),
        ] {
            let read = Ed2kLink::parse(&link).expect(&link);
            assert_eq!(
                (read.id.size, read.id.as_hex()),
                (7, MD4.to_owned()),
                "{link}"
            );
            assert_eq!(
                (read.name.as_str(), read.aich.is_some()),
                (name, has_aich),
                "{link}"
            );
            assert_eq!(
                Ed2kLink::parse(&read.to_uri()).as_ref(),
                Ok(&read),
                "{link}"
            );
        }
    }

    #[test]
    fn what_is_no_link_to_a_file_is_refused() {
        for link in [
            "",
            "ed2k://|server|1.2.3.4|4661|/",
            "ed2k://|serverlist|http://x/server.met|/",
            "ed2k://|file|bad|x|zz|/",
            "ed2k://|file|a.cbz|0|0123456789abcdef0123456789abcdef|/",
            "ed2k://|file|a.cbz|+7|0123456789abcdef0123456789abcdef|/",
            "ed2k://|file|a.cbz|99999999999999999999|0123456789abcdef0123456789abcdef|/",
            "ed2k://|file|a.cbz|7|0123456789abcdef|/",
            "ed2k://|file||7|0123456789abcdef0123456789abcdef|/",
            "ed2k://|file|a|b.cbz|7|0123456789abcdef0123456789abcdef|/",
            "ed2k://|file|é",
            "magnet:?xt=urn:ed2k:0123456789abcdef0123456789abcdef",
        ] {
            assert!(Ed2kLink::parse(link).is_err(), "{link}");
        }
        let long = format!("ed2k://|file|{}|7|{MD4}|/", "a".repeat(MOST_NAME + 1));
        assert!(Ed2kLink::parse(&long).is_err());
    }
}
