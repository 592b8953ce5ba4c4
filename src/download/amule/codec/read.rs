//! Packets as they came. Tags are looked at where they lie: nothing is copied, and nothing is made of what was not checked. Pure.

use super::{CodecError, HEADER, Header, MOST_BYTES, MOST_DEPTH, MOST_TAGS, names::kind};

/// Bytes of a tag before its children and data.
const TAG_HEADER: usize = 7;
/// Bytes of the number of children.
const COUNT: usize = 2;

/// A packet that was read and is whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// What it is about, see [`op`](super::names::op).
    pub op: u8,
    /// Its tags, one behind the other.
    tags: Vec<u8>,
}

impl Packet {
    /// Reads the payload that follows a header.
    ///
    /// # Errors
    /// [`CodecError`] when it is not one whole packet.
    pub fn decode(header: Header, payload: Vec<u8>) -> Result<Self, CodecError> {
        let mut plain = header.plain(payload)?;
        let (op, count, tags) = match plain.as_slice() {
            [op, high, low, tags @ ..] => (*op, u16::from_be_bytes([*high, *low]), tags),
            _ => return Err(CodecError::Cut),
        };
        let mut seen = 0;
        match whole(tags, count, 0, &mut seen)? {
            [] => {}
            _ => return Err(CodecError::Leftover),
        }
        plain.drain(..1 + COUNT);
        Ok(Self { op, tags: plain })
    }

    /// Reads one whole frame.
    ///
    /// # Errors
    /// [`CodecError`] when the bytes are not exactly that.
    pub fn from_frame(frame: &[u8]) -> Result<Self, CodecError> {
        let (header, payload) = frame.split_first_chunk::<HEADER>().ok_or(CodecError::Cut)?;
        let header = Header::parse(*header, MOST_BYTES)?;
        if payload.len() > header.length {
            return Err(CodecError::Leftover);
        }
        Self::decode(header, payload.to_vec())
    }

    /// Its tags.
    pub fn tags(&self) -> Tags<'_> {
        Tags(&self.tags)
    }

    /// The first tag of a name.
    pub fn tag(&self, name: u16) -> Option<Tag<'_>> {
        self.tags().find(|tag| tag.name == name)
    }
}

/// A tag of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag<'a> {
    /// What it is about, see [`tag`](super::names::tag).
    pub name: u16,
    /// What its data are, see [`kind`].
    pub kind: u8,
    children: &'a [u8],
    /// Its own data.
    pub data: &'a [u8],
}

impl<'a> Tag<'a> {
    /// The tags in it.
    pub fn children(&self) -> Tags<'a> {
        Tags(self.children)
    }

    /// The first tag of a name in it.
    pub fn child(&self, name: u16) -> Option<Tag<'a>> {
        self.children().find(|tag| tag.name == name)
    }

    /// Its number. aMule sends each in the fewest bytes that hold it, so the kind says nothing.
    pub fn number(&self) -> Option<u64> {
        match (self.kind, self.data) {
            (kind::U8, [byte]) => Some(u64::from(*byte)),
            (kind::U16, data) => data
                .try_into()
                .ok()
                .map(|data| u16::from_be_bytes(data).into()),
            (kind::U32, data) => data
                .try_into()
                .ok()
                .map(|data| u32::from_be_bytes(data).into()),
            (kind::U64, data) => data.try_into().ok().map(u64::from_be_bytes),
            _ => None,
        }
    }

    /// Its text, without the zero behind it; broken UTF-8 is replaced.
    pub fn text(&self) -> Option<String> {
        if self.kind != kind::STRING {
            return None;
        }
        let text = self.data.strip_suffix(&[0]).unwrap_or(self.data);
        Some(String::from_utf8_lossy(text).into_owned())
    }

    /// Its hash.
    pub fn hash(&self) -> Option<[u8; 16]> {
        match self.kind {
            kind::HASH16 => self.data.try_into().ok(),
            _ => None,
        }
    }

    /// The number of a tag in it; 0 when it has none.
    pub fn number_of(&self, name: u16) -> u64 {
        self.child(name).and_then(|tag| tag.number()).unwrap_or(0)
    }

    /// The text of a tag in it.
    pub fn text_of(&self, name: u16) -> Option<String> {
        self.child(name)?.text()
    }
}

/// Tags, one behind the other.
#[derive(Clone, Debug)]
pub struct Tags<'a>(&'a [u8]);

impl<'a> Iterator for Tags<'a> {
    type Item = Tag<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        // They were checked when the packet was read.
        let (tag, rest, _) = first(self.0).ok()?;
        self.0 = rest;
        Some(tag)
    }
}

/// Checks `count` tags and all that is in them; what is behind them.
fn whole<'a>(
    mut bytes: &'a [u8],
    count: u16,
    depth: usize,
    seen: &mut usize,
) -> Result<&'a [u8], CodecError> {
    *seen += usize::from(count);
    if *seen > MOST_TAGS {
        return Err(CodecError::TooManyTags);
    }
    if count > 0 && depth > MOST_DEPTH {
        return Err(CodecError::TooDeep);
    }
    for _ in 0..count {
        let (tag, rest, children) = first(bytes)?;
        whole(tag.children, children, depth + 1, seen)?;
        bytes = rest;
    }
    Ok(bytes)
}

/// The first tag, what is behind it, and how many children it has.
fn first(bytes: &[u8]) -> Result<(Tag<'_>, &[u8], u16), CodecError> {
    let head = Head::read(bytes)?;
    let (tag, rest) = bytes
        .split_at_checked(head.bytes())
        .ok_or(CodecError::Cut)?;
    let (count, inner) = match (head.has_children, &tag[TAG_HEADER..]) {
        (true, [high, low, inner @ ..]) => (u16::from_be_bytes([*high, *low]), inner),
        (_, inner) => (0, inner),
    };
    let mut behind = inner;
    for _ in 0..count {
        let child = Head::read(behind).map_err(|_| CodecError::Overlap)?;
        behind = behind.get(child.bytes()..).ok_or(CodecError::Overlap)?;
    }
    let (children, data) = inner.split_at(inner.len() - behind.len());
    let tag = Tag {
        name: head.name,
        kind: head.kind,
        children,
        data,
    };
    Ok((tag, rest, count))
}

/// What stands before a tag's children and data.
struct Head {
    name: u16,
    has_children: bool,
    kind: u8,
    length: usize,
}

impl Head {
    fn read(bytes: &[u8]) -> Result<Self, CodecError> {
        let [a, b, kind, length @ ..] = bytes.first_chunk::<TAG_HEADER>().ok_or(CodecError::Cut)?;
        let name = u16::from_be_bytes([*a, *b]);
        let length = u32::from_be_bytes(*length);
        Ok(Self {
            name: name >> 1,
            has_children: name & 1 == 1,
            kind: *kind,
            length: usize::try_from(length).map_err(|_| CodecError::Cut)?,
        })
    }

    /// Of the whole tag.
    fn bytes(&self) -> usize {
        let count = if self.has_children { COUNT } else { 0 };
        self.length.saturating_add(TAG_HEADER + count)
    }
}
