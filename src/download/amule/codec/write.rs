//! Packets to be sent: plain numbers, nothing compressed, which every version reads. Pure.

use super::{frame::PLAIN, names::kind};

/// A packet to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What it is about, see [`op`](super::names::op).
    pub op: u8,
    tags: Vec<DraftTag>,
}

/// A tag of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftTag {
    name: u16,
    kind: u8,
    data: Vec<u8>,
    children: Vec<DraftTag>,
}

impl Draft {
    /// Without tags.
    pub fn new(op: u8) -> Self {
        Self {
            op,
            tags: Vec::new(),
        }
    }

    /// With one more tag.
    #[must_use]
    pub fn with(mut self, tag: DraftTag) -> Self {
        self.tags.push(tag);
        self
    }

    /// As it is sent.
    pub fn to_frame(&self) -> Vec<u8> {
        let mut payload = vec![self.op];
        write_all(&self.tags, &mut payload);
        let mut frame = PLAIN.to_be_bytes().to_vec();
        frame.extend(length(payload.len()).to_be_bytes());
        frame.extend(payload);
        frame
    }
}

impl DraftTag {
    /// Of a name and kind, with these data.
    pub fn new(name: u16, kind: u8, data: impl Into<Vec<u8>>) -> Self {
        Self {
            name,
            kind,
            data: data.into(),
            children: Vec::new(),
        }
    }

    /// A number, in the fewest bytes that hold it, as aMule writes them.
    pub fn number(name: u16, value: u64) -> Self {
        let bytes = value.to_be_bytes();
        let (kind, from) = match value {
            0..=0xFF => (kind::U8, 7),
            0x100..=0xFFFF => (kind::U16, 6),
            0x1_0000..=0xFFFF_FFFF => (kind::U32, 4),
            _ => (kind::U64, 0),
        };
        Self::new(name, kind, &bytes[from..])
    }

    /// A text. A zero ends it, so what stands behind one is left out.
    pub fn text(name: u16, text: &str) -> Self {
        let text = text.split('\0').next().unwrap_or_default();
        Self::new(name, kind::STRING, [text.as_bytes(), &[0]].concat())
    }

    /// A hash.
    pub fn hash(name: u16, hash: [u8; 16]) -> Self {
        Self::new(name, kind::HASH16, hash)
    }

    /// With one more tag in it.
    #[must_use]
    pub fn with(mut self, child: DraftTag) -> Self {
        self.children.push(child);
        self
    }

    fn write(&self, to: &mut Vec<u8>) {
        let has_children = u16::from(!self.children.is_empty());
        to.extend((self.name << 1 | has_children).to_be_bytes());
        to.push(self.kind);
        to.extend(length(self.length()).to_be_bytes());
        if has_children == 1 {
            write_all(&self.children, to);
        }
        to.extend_from_slice(&self.data);
    }

    /// As it is written: see the head of [`codec`](super).
    fn length(&self) -> usize {
        let of_child = |child: &Self| {
            let count = if child.children.is_empty() { 0 } else { 2 };
            7 + count + child.length()
        };
        self.data.len() + self.children.iter().map(of_child).sum::<usize>()
    }
}

fn write_all(tags: &[DraftTag], to: &mut Vec<u8>) {
    let count = u16::try_from(tags.len()).expect("a request has a handful of tags");
    to.extend(count.to_be_bytes());
    for tag in tags {
        tag.write(to);
    }
}

fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).expect("a request has some hundred bytes")
}
