//! The headers of a RAR archive, walked in place: the technical note of RAR 3 and 4 (`technote.txt`), and "RAR 5.0 archive format".
//!
//! There is no directory: each file has its header in front of its content. Nothing is unpacked.

use std::io::{self, Read, Seek};

use super::{blocks::Blocks, contents::Entry, zip::MAX_ENTRIES};

/// The most bytes of one header of version 5; names have at most 2,048.
const MAX_HEADER: u64 = 256 * 1024;

/// What the headers say beside the files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Headers {
    /// Files, those included that were not looked at: one more is enough to know that there are too many.
    pub entries: u64,
    /// The headers need a password, so no file was seen.
    pub locked: bool,
    /// It goes on in another file.
    pub split: bool,
}

/// One header.
enum Block<'a> {
    File(Entry<'a>),
    Locked,
    /// It is a part of an archive of several.
    Split,
    /// The last one; true when another part follows.
    End(bool),
    /// Comments, recovery records, folders.
    Other,
}

/// Shows each file of an archive of version 4 or earlier, the first [`MAX_ENTRIES`] of them.
///
/// # Errors
/// `InvalidData` and `UnexpectedEof` when the archive is broken, anything else when it cannot be read now.
pub fn entries_4<F: Read + Seek>(
    blocks: &mut Blocks<F>,
    visit: impl FnMut(Entry<'_>),
) -> io::Result<Headers> {
    // Archives of version 2 and earlier have no last header.
    walk(blocks, (7, true), header_4, visit)
}

/// The same for version 5 and later.
///
/// # Errors
/// As [`entries_4`].
pub fn entries_5<F: Read + Seek>(
    blocks: &mut Blocks<F>,
    visit: impl FnMut(Entry<'_>),
) -> io::Result<Headers> {
    walk(blocks, (8, false), header_5, visit)
}

type Next<'a> = io::Result<(Block<'a>, u64)>;

/// Reads headers from `start` on, each of which says where the next one is. `may_just_end`: the last one may be missing.
fn walk<F: Read + Seek>(
    blocks: &mut Blocks<F>,
    (start, may_just_end): (u64, bool),
    header: impl for<'b> Fn(&'b mut Blocks<F>, u64) -> Next<'b>,
    mut visit: impl FnMut(Entry<'_>),
) -> io::Result<Headers> {
    let (len, mut at, mut headers) = (blocks.len(), start, Headers::default());
    while headers.entries <= MAX_ENTRIES {
        if at == len && may_just_end {
            break;
        }
        let (block, next) = header(blocks, at)?;
        match block {
            Block::Locked => {
                headers.locked = true;
                break;
            }
            Block::End(goes_on) => {
                headers.split |= goes_on;
                break;
            }
            Block::File(entry) => {
                headers.entries += 1;
                visit(entry);
            }
            Block::Split => headers.split = true,
            Block::Other => {}
        }
        // A content that goes on behind the end of the file was not downloaded or copied to its end.
        at = Some(next)
            .filter(|next| *next <= len)
            .ok_or(io::ErrorKind::UnexpectedEof)?;
    }
    Ok(headers)
}

fn header_4<F: Read + Seek>(blocks: &mut Blocks<F>, at: u64) -> Next<'_> {
    let header = blocks.at(at, 7)?;
    let (kind, flags, size) = (header[2], u16_at(header, 3), u16_at(header, 5));
    if !(0x72..=0x7b).contains(&kind) || size < 7 {
        return Err(broken());
    }
    let header = blocks.at(at, size.into())?;
    let mut behind = if flags & 0x8000 != 0 {
        u64::from(u32_at(header, 7).ok_or_else(broken)?)
    } else {
        0
    };
    let block = match kind {
        0x73 if flags & 0x80 != 0 => Block::Locked,
        0x73 if flags & 1 != 0 => Block::Split,
        0x74 => {
            let file = file_4(header, flags).ok_or_else(broken)?;
            behind = file.packed;
            match flags & 0xe0 {
                0xe0 => Block::Other,
                _ => Block::File(file),
            }
        }
        0x7b => Block::End(flags & 1 != 0),
        _ => Block::Other,
    };
    Ok((block, at.saturating_add(size.into()).saturating_add(behind)))
}

fn file_4(header: &[u8], flags: u16) -> Option<Entry<'_>> {
    // Sizes of 4 GiB and more have their upper half in front of the name.
    let is_large = flags & 0x100 != 0;
    let wide = |low: usize, high: usize| {
        let high = if is_large { u32_at(header, high)? } else { 0 };
        Some(u64::from(high) << 32 | u64::from(u32_at(header, low)?))
    };
    let start = if is_large { 40 } else { 32 };
    let length = usize::from(u16::from_le_bytes(header.get(26..28)?.try_into().ok()?));
    let name = header.get(start..start + length)?;
    // Behind a zero stands the same name in an encoding of its own.
    let end = name.iter().position(|byte| *byte == 0);
    let is_unix = *header.get(15)? == 3;
    Some(Entry {
        name: &name[..end.unwrap_or(length)],
        packed: wide(7, 32)?,
        unpacked: wide(11, 36)?,
        crc: u32_at(header, 16),
        encrypted: flags & 4 != 0,
        is_link: is_unix && u32_at(header, 28)? >> 12 & 0xf == 0xa,
    })
}

fn header_5<F: Read + Seek>(blocks: &mut Blocks<F>, at: u64) -> Next<'_> {
    // Behind a checksum of 4 bytes stands the length of what follows it.
    let rest = blocks.len().saturating_sub(at);
    let start = usize::try_from(rest.min(4 + 10)).unwrap_or_default();
    let mut figures = Figures(blocks.at(at, start)?.get(4..).unwrap_or_default());
    let size = figures.next().ok_or(io::ErrorKind::UnexpectedEof)?;
    let from = at + (start - figures.0.len()) as u64;
    if size == 0 || size > MAX_HEADER {
        return Err(broken());
    }
    let header = blocks.at(from, usize::try_from(size).unwrap_or(usize::MAX))?;
    let (block, behind) = block_5(header).ok_or_else(broken)?;
    Ok((block, from.saturating_add(size).saturating_add(behind)))
}

/// What a header of version 5 says, and how many bytes of content follow it.
fn block_5(header: &[u8]) -> Option<(Block<'_>, u64)> {
    let mut figures = Figures(header);
    let (kind, flags) = (figures.next()?, figures.next()?);
    let extra = if flags & 1 != 0 { figures.next()? } else { 0 };
    let packed = if flags & 2 != 0 { figures.next()? } else { 0 };
    let block = match kind {
        1 if figures.next()? & 1 != 0 => Block::Split,
        2 => file_5(figures, extra, packed)?,
        4 => Block::Locked,
        5 => Block::End(figures.next()? & 1 != 0),
        _ => Block::Other,
    };
    Some((block, packed))
}

fn file_5(mut figures: Figures<'_>, extra: u64, packed: u64) -> Option<Block<'_>> {
    let (flags, unpacked) = (figures.next()?, figures.next()?);
    let _attributes = figures.next()?;
    // Time and checksum.
    if flags & 2 != 0 {
        figures.0 = figures.0.get(4..)?;
    }
    let mut crc = None;
    if flags & 4 != 0 {
        crc = Some(u32_at(figures.0, 0)?);
        figures.0 = &figures.0[4..];
    }
    let (_method, _system, length) = (figures.next()?, figures.next()?, figures.next()?);
    let name = figures.0.get(..usize::try_from(length).ok()?)?;
    if flags & 1 != 0 {
        return Some(Block::Other);
    }
    let extra = figures.0.len().checked_sub(usize::try_from(extra).ok()?)?;
    let (encrypted, is_link) = records(&figures.0[extra..]);
    Some(Block::File(Entry {
        name,
        packed,
        unpacked: if flags & 8 != 0 { packed } else { unpacked },
        crc,
        encrypted,
        is_link,
    }))
}

/// Whether a record behind the name says that the content is encrypted, and whether one makes it a symbolic link or junction.
fn records(mut extra: &[u8]) -> (bool, bool) {
    let (mut encrypted, mut is_link) = (false, false);
    loop {
        let mut figures = Figures(extra);
        let record = figures
            .next()
            .and_then(|size| figures.0.split_at_checked(usize::try_from(size).ok()?));
        let Some((record, rest)) = record else {
            return (encrypted, is_link);
        };
        let mut record = Figures(record);
        match record.next() {
            Some(1) => encrypted = true,
            Some(5) => is_link |= matches!(record.next(), Some(1..=3)),
            _ => {}
        }
        extra = rest;
    }
}

/// Figures of 7 bits a byte, the lowest first; the highest bit says that more follow.
struct Figures<'a>(&'a [u8]);

impl Figures<'_> {
    fn next(&mut self) -> Option<u64> {
        let mut figure = 0u64;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            figure |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(figure);
            }
        }
        None
    }
}

fn broken() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "one of its headers is damaged")
}

/// Inside the 7 bytes that each header has.
fn u16_at(header: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([header[at], header[at + 1]])
}

fn u32_at(header: &[u8], at: usize) -> Option<u32> {
    let bytes = header.get(at..at + 4)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

#[cfg(test)]
mod tests;
