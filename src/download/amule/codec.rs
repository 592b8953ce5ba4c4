//! External Connections, the protocol by which aMule is controlled: frames and tags, read and written. Pure.
//!
//! Observed on aMule 2.3.3 and read in its `ECSocket.cpp` and `ECTag.cpp`; all numbers are big-endian:
//!
//! ```text
//! frame:  flags u32 | bytes of the payload u32 | payload
//! packet: operation u8 | count u16 | tags
//! tag:    name*2 + has children u16 | kind u8 | length u32 | [count u16 | children] | data
//! ```
//!
//! A length counts the data and, of each child, its header and length (and its count, when it has one), but not the tag's own count.
//! With UTF-8 numbers everything but the flags, the length of the payload and the data is coded as UTF-8 codes a letter; lengths count
//! as if it were not. We never ask for them, nor for a compressed answer, so aMule sends neither; both are read all the same.

mod frame;
pub mod names;
mod read;
mod utf8;
mod write;

pub use frame::{HEADER, Header, MOST_BYTES};
pub use read::{Packet, Tag, Tags};
pub use write::{Draft, DraftTag};

/// Tags in tags at most; aMule needs four.
const MOST_DEPTH: usize = 16;
/// Tags of a packet at most, those in tags as well.
const MOST_TAGS: usize = 2_000_000;

/// Why bytes are no packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// The first four bytes are not those of a frame.
    #[error("this is no answer of External Connections; is the port right?")]
    Flags,
    /// More bytes than are taken.
    #[error("a frame of {length} bytes, where {most} are the most")]
    TooLong {
        /// As it says.
        length: u64,
        /// As we take.
        most: usize,
    },
    /// Something ends before it should.
    #[error("a frame that ends too early")]
    Cut,
    /// Bytes behind the last tag.
    #[error("a frame that holds more than its tags")]
    Leftover,
    /// A tag whose length is less than that of its children.
    #[error("a tag that is shorter than what it holds")]
    Overlap,
    /// Tags in tags in tags.
    #[error("tags in more than {MOST_DEPTH} others")]
    TooDeep,
    /// Too many of them.
    #[error("more than {MOST_TAGS} tags")]
    TooManyTags,
    /// A UTF-8 number that is none, or is too large for its place.
    #[error("a number that cannot be read")]
    Number,
    /// It says that it is compressed.
    #[error("a frame that cannot be decompressed")]
    Zlib,
}

#[cfg(test)]
mod tests;
