//! Numbers that are coded as UTF-8 codes a letter, in up to six bytes: written out, so that there is one way to read a packet. Pure.

use super::{CodecError, MOST_DEPTH, MOST_TAGS};

/// A payload with such numbers, with plain ones instead.
pub(super) fn plain(payload: &[u8]) -> Result<Vec<u8>, CodecError> {
    let mut work = Work {
        from: payload,
        to: Vec::new(),
        tags: 0,
    };
    work.copy::<1>()?;
    let count = work.copy::<2>()?;
    work.tags(count, 0)?;
    match work.from {
        [] => Ok(work.to),
        _ => Err(CodecError::Leftover),
    }
}

struct Work<'a> {
    from: &'a [u8],
    to: Vec<u8>,
    tags: usize,
}

impl Work<'_> {
    /// Writes out `count` tags; how many bytes they take in plain numbers, their own counts and headers included.
    fn tags(&mut self, count: u32, depth: usize) -> Result<usize, CodecError> {
        if count > 0 && depth > MOST_DEPTH {
            return Err(CodecError::TooDeep);
        }
        let begin = self.to.len();
        for _ in 0..count {
            self.tags += 1;
            if self.tags > MOST_TAGS {
                return Err(CodecError::TooManyTags);
            }
            self.tag(depth)?;
        }
        Ok(self.to.len() - begin)
    }

    fn tag(&mut self, depth: usize) -> Result<(), CodecError> {
        let name = self.copy::<2>()?;
        self.copy::<1>()?;
        let length = self.copy::<4>()?;
        let children = match name & 1 {
            0 => 0,
            _ => {
                let count = self.copy::<2>()?;
                self.tags(count, depth + 1)?
            }
        };
        let length = usize::try_from(length).map_err(|_| CodecError::Cut)?;
        let own = length.checked_sub(children).ok_or(CodecError::Overlap)?;
        let (data, rest) = self.from.split_at_checked(own).ok_or(CodecError::Cut)?;
        self.to.extend_from_slice(data);
        self.from = rest;
        Ok(())
    }

    /// Writes out one number in `N` bytes.
    fn copy<const N: usize>(&mut self) -> Result<u32, CodecError> {
        let (value, rest) = number(self.from)?;
        let bytes = value.to_be_bytes();
        let (over, bytes) = bytes.split_at(bytes.len() - N);
        if over.iter().any(|byte| *byte != 0) {
            return Err(CodecError::Number);
        }
        self.to.extend_from_slice(bytes);
        self.from = rest;
        Ok(value)
    }
}

/// One number, up to 31 bits, and what is behind it.
fn number(bytes: &[u8]) -> Result<(u32, &[u8]), CodecError> {
    let (first, _) = bytes.split_first().ok_or(CodecError::Cut)?;
    let length = match first.leading_ones() {
        0 => return Ok((u32::from(*first), &bytes[1..])),
        length @ 2..=6 => length as usize,
        _ => return Err(CodecError::Number),
    };
    let (coded, rest) = bytes.split_at_checked(length).ok_or(CodecError::Cut)?;
    let mut value = u32::from(first & (0x7F >> length));
    for byte in &coded[1..] {
        if byte & 0xC0 != 0x80 {
            return Err(CodecError::Number);
        }
        value = value << 6 | u32::from(byte & 0x3F);
    }
    Ok((value, rest))
}
