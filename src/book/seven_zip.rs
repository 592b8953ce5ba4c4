//! The two headers of a 7z archive (`7zFormat.txt` of the LZMA SDK). The second one stands at the end and is mostly packed itself, so the
//! files are not known; what can be seen is that the archive is whole, and mostly whether it needs a password.

use std::io::{self, Read, Seek};

use super::blocks::Blocks;

/// Bytes of the first header.
const START: u64 = 32;

/// Bytes of the second header that are looked at. One that is packed has fewer, one that is not has its methods in front of the names.
const LOOKED_AT: u64 = 4 * 1024;

/// AES with a key that is made of a password (`Methods.txt`).
const AES: &[u8] = b"\x06\xf1\x07\x01";

/// Says whether the archive is seen to need a password.
///
/// # Errors
/// `InvalidData` and `UnexpectedEof` when the archive is broken, anything else when it cannot be read now.
pub fn is_locked<F: Read + Seek>(blocks: &mut Blocks<F>) -> io::Result<bool> {
    let header = blocks.at(0, START as usize)?;
    let figure = |at: usize| {
        let bytes = header[at..at + 8].try_into().expect("8 bytes");
        u64::from_le_bytes(bytes)
    };
    let (offset, size) = (figure(12), figure(20));
    let start = START.saturating_add(offset);
    if start.saturating_add(size) > blocks.len() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    if size == 0 {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is empty"));
    }
    let length = usize::try_from(size.min(LOOKED_AT)).unwrap_or_default();
    let header = blocks.at(start, length)?;
    // Plain, or packed.
    if !matches!(header[0], 0x01 | 0x17) {
        let damaged = "its directory is damaged";
        return Err(io::Error::new(io::ErrorKind::InvalidData, damaged));
    }
    Ok(header.windows(AES.len()).any(|bytes| bytes == AES))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::book::samples::seven_zip;

    fn locked(bytes: &[u8]) -> io::Result<bool> {
        is_locked(&mut Blocks::new(Cursor::new(bytes), bytes.len() as u64))
    }

    #[test]
    fn a_whole_archive_is_told_from_a_cut_one() {
        let whole = seven_zip(b"\x17\x06\xe0");
        assert!(!locked(&whole).expect("whole"));
        for length in 0..whole.len() {
            let kind = locked(&whole[..length]).expect_err("it is cut").kind();
            assert_eq!(kind, io::ErrorKind::UnexpectedEof, "{length}");
        }
        for header in [b"".as_slice(), b"\xff\x06"] {
            let kind = locked(&seven_zip(header)).expect_err("damaged").kind();
            assert_eq!(kind, io::ErrorKind::InvalidData);
        }
    }

    #[test]
    fn a_password_is_seen() {
        assert!(locked(&seven_zip(b"\x17\x06\x24\x06\xf1\x07\x01\x0a")).expect("whole"));
    }
}
