//! What stands before a packet: flags and a length, and what they mean for the bytes that follow. Pure.

use std::io::Read;

use flate2::read::ZlibDecoder;

use super::{CodecError, utf8};

/// Bytes before the payload.
pub const HEADER: usize = 8;

/// Bytes of a payload at most, compressed or not: what aMule 2.3.3 itself takes.
pub const MOST_BYTES: usize = 16 * 1024 * 1024;

/// Always set; its neighbour never is.
pub(super) const PLAIN: u32 = 0x20;
const ZLIB: u32 = 0x01;
const UTF8_NUMBERS: u32 = 0x02;

/// The first eight bytes of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    flags: u32,
    /// Bytes of the payload.
    pub length: usize,
}

impl Header {
    /// Reads it. `most` is how many bytes of payload are taken.
    ///
    /// # Errors
    /// [`CodecError::Flags`] when these are not the first bytes of a frame that we can read, [`CodecError::TooLong`] when there is more.
    pub fn parse(bytes: [u8; HEADER], most: usize) -> Result<Self, CodecError> {
        let [a, b, c, d, length @ ..] = bytes;
        let flags = u32::from_be_bytes([a, b, c, d]);
        if flags & !(ZLIB | UTF8_NUMBERS) != PLAIN {
            return Err(CodecError::Flags);
        }
        let length = u32::from_be_bytes(length);
        match usize::try_from(length) {
            Ok(length) if length <= most => Ok(Self { flags, length }),
            _ => Err(CodecError::TooLong {
                length: length.into(),
                most,
            }),
        }
    }

    /// The payload with plain numbers, not compressed.
    pub(super) fn plain(self, payload: Vec<u8>) -> Result<Vec<u8>, CodecError> {
        if payload.len() != self.length {
            return Err(CodecError::Cut);
        }
        let payload = match self.flags & ZLIB {
            0 => payload,
            _ => inflated(&payload)?,
        };
        match self.flags & UTF8_NUMBERS {
            0 => Ok(payload),
            _ => utf8::plain(&payload),
        }
    }
}

fn inflated(payload: &[u8]) -> Result<Vec<u8>, CodecError> {
    let mut bytes = Vec::new();
    let most = MOST_BYTES as u64;
    let read = ZlibDecoder::new(payload)
        .take(most + 1)
        .read_to_end(&mut bytes);
    match read {
        Ok(length) if length > MOST_BYTES => Err(CodecError::TooLong {
            length: length as u64,
            most: MOST_BYTES,
        }),
        Ok(_) => Ok(bytes),
        Err(_) => Err(CodecError::Zlib),
    }
}
