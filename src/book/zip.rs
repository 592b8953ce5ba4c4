//! The directory at the end of a ZIP file (APPNOTE 4.3.12 to 4.3.16), walked in place.
//!
//! We want a few facts of thousands of archives with hundreds of pages each. The zip crate would build an entry per page, and
//! reserve memory for as many as the archive claims to have; it reads the one entry whose content is wanted.

use std::io::{self, Read, Seek};

use zip::{ZipReadOptions, read::read_zipfile_from_stream_with_options};

use super::{blocks::Blocks, contents::Entry};

/// The most entries that are looked at.
pub const MAX_ENTRIES: u64 = 20_000;

/// The most bytes of one entry's content, unpacked.
const MAX_CONTENT: u64 = 1024 * 1024;

/// Where the directory is looked for first: most archives have less than 32 KiB of it and no comment.
const TAIL: u64 = 32 * 1024;

/// The end record and the longest comment.
const LONGEST_TAIL: u64 = END as u64 + u16::MAX as u64;

const END: usize = 22;
const ENTRY: usize = 46;

/// Who wrote the attributes, and the kind of file in them.
const UNIX: u8 = 3;
const LINK: u64 = 0xa;

/// Where the content of a file in the archive is, and how many bytes it has.
#[derive(Clone, Copy, Debug)]
pub struct Content {
    packed: u64,
    unpacked: u64,
    local: u64,
    method: u16,
}

/// Where the directory begins, how many entries it claims, and what was put in front of the archive after it was made.
struct Place {
    start: u64,
    entries: u64,
    shift: u64,
}

/// Shows each file that the directory names, the first [`MAX_ENTRIES`] of them, and says how many there are to be.
///
/// # Errors
/// `InvalidData` and `UnexpectedEof` when the archive is broken, anything else when it cannot be read now.
pub fn entries<F: Read + Seek>(
    blocks: &mut Blocks<F>,
    mut visit: impl FnMut(Entry<'_>, Content),
) -> io::Result<u64> {
    let place = find(blocks)?;
    let mut at = place.start;
    for _ in 0..place.entries.min(MAX_ENTRIES) {
        let header = blocks.at(at, ENTRY)?;
        if !header.starts_with(b"PK\x01\x02") {
            return Err(broken("its directory is damaged"));
        }
        let (flags, name, extra) = (u16_at(header, 8), u16_at(header, 28), u16_at(header, 30));
        let comment = u64::from(u16_at(header, 32));
        let is_link = header[5] == UNIX && u32_at(header, 38) >> 28 == LINK;
        let crc = u32::try_from(u32_at(header, 16)).ok();
        let mut content = Content {
            local: u32_at(header, 42),
            packed: u32_at(header, 20),
            unpacked: u32_at(header, 24),
            method: u16_at(header, 10),
        };
        at += ENTRY as u64;
        let behind = at + u64::from(name);
        if content.is_large()
            && let Ok(extra) = blocks.at(behind, extra.into())
        {
            content.correct(extra);
        }
        content.local = content.local.saturating_add(place.shift);
        let entry = Entry {
            name: blocks.at(at, name.into())?,
            packed: content.packed,
            unpacked: content.unpacked,
            crc,
            encrypted: flags & 1 != 0,
            is_link,
        };
        visit(entry, content);
        at = behind + u64::from(extra) + comment;
    }
    Ok(place.entries)
}

impl Content {
    /// It is stored or deflated.
    pub fn can_be_read(&self) -> bool {
        matches!(self.method, 0 | 8)
    }

    /// Where it ends at the earliest: its header is of unknown length.
    pub fn end(&self) -> u64 {
        self.local.saturating_add(self.packed)
    }

    /// Some figure of it stands elsewhere.
    fn is_large(&self) -> bool {
        [self.unpacked, self.packed, self.local].contains(&u64::from(u32::MAX))
    }

    /// Takes the figures from the ZIP64 field (APPNOTE 4.5.3), which has only those that are full, in this order.
    fn correct(&mut self, mut extra: &[u8]) {
        while extra.len() >= 4 {
            let (tag, length) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
            let Some(field) = extra.get(4..4 + length) else {
                return;
            };
            if tag == 1 {
                let mut figures = field.chunks_exact(8).map(|figure| u64_at(figure, 0));
                for figure in [&mut self.unpacked, &mut self.packed, &mut self.local] {
                    if *figure == u64::from(u32::MAX) {
                        *figure = figures.next().unwrap_or(*figure);
                    }
                }
                return;
            }
            extra = &extra[4 + length..];
        }
    }
}

/// Bytes of a page by which it is known.
const START: u64 = 64;

/// The first bytes of a page; fewer when it is shorter or damaged.
pub fn start<F: Read + Seek>(blocks: &mut Blocks<F>, place: Content) -> Vec<u8> {
    beginning(blocks, place, START)
}

/// The content of an entry, or as much of it as can be unpacked: an XML document is useful up to its first fault.
pub fn content<F: Read + Seek>(blocks: &mut Blocks<F>, place: Content) -> Vec<u8> {
    beginning(blocks, place, MAX_CONTENT)
}

/// The first bytes of an entry's content, fewer when it is shorter or cannot be unpacked.
fn beginning<F: Read + Seek>(blocks: &mut Blocks<F>, place: Content, bytes: u64) -> Vec<u8> {
    // Beside the content there are the local header, its name and its extra fields.
    let length = place.packed.min(MAX_CONTENT) + 2 * u64::from(u16::MAX);
    let mut reader = blocks.reader(place.local, length);
    let options = ZipReadOptions::new()
        .override_compressed_size(place.packed)
        .override_uncompressed_size(place.unpacked)
        .ignore_crc32(true);
    let mut content = Vec::new();
    if let Ok(Some(file)) = read_zipfile_from_stream_with_options(&mut reader, options) {
        // What was unpacked before an error stays in `content`.
        let _ = file.take(bytes).read_to_end(&mut content);
    }
    content
}

/// Finds the last end record, and the ZIP64 one when it is full.
fn find<F: Read + Seek>(blocks: &mut Blocks<F>) -> io::Result<Place> {
    let len = blocks.len();
    let mut end = None;
    for tail in [TAIL, LONGEST_TAIL] {
        let start = len.saturating_sub(tail);
        let bytes = blocks.at(start, usize::try_from(len - start).unwrap_or(usize::MAX))?;
        end = last_end(bytes).map(|at| (start + at as u64, bytes[at..at + END].to_vec()));
        if end.is_some() || start == 0 {
            break;
        }
    }
    let missing = "its directory is missing, as if it was not downloaded or copied to its end";
    let (mut end, record) = end.ok_or_else(|| broken(missing))?;
    let (mut entries, mut size, mut offset) = (
        u64::from(u16_at(&record, 10)),
        u32_at(&record, 12),
        u32_at(&record, 16),
    );
    let full = entries == u64::from(u16::MAX) || [size, offset].contains(&u64::from(u32::MAX));
    if full && let Some(large) = zip64(blocks, end)? {
        (end, entries, size, offset) = large;
    }
    // The directory ends where the end record begins, also in an archive that has something in front of it.
    let start = end
        .checked_sub(size)
        .filter(|start| *start >= offset)
        .unwrap_or(offset);
    Ok(Place {
        start,
        entries,
        shift: start - offset,
    })
}

/// Where the last end record is whose comment fits.
fn last_end(tail: &[u8]) -> Option<usize> {
    let fits = |at: &usize| {
        let record = &tail[*at..];
        record.starts_with(b"PK\x05\x06") && END + usize::from(u16_at(record, 20)) <= record.len()
    };
    (0..=tail.len().checked_sub(END)?).rev().find(fits)
}

/// Place of the ZIP64 end record, entries, size and offset of the directory.
fn zip64<F: Read + Seek>(
    blocks: &mut Blocks<F>,
    end: u64,
) -> io::Result<Option<(u64, u64, u64, u64)>> {
    let Some(locator) = end.checked_sub(20) else {
        return Ok(None);
    };
    let locator = blocks.at(locator, 20)?;
    if !locator.starts_with(b"PK\x06\x07") {
        return Ok(None);
    }
    let place = u64_at(locator, 8);
    let record = blocks.at(place, 56)?;
    if !record.starts_with(b"PK\x06\x06") {
        return Err(broken("its directory is damaged"));
    }
    Ok(Some((
        place,
        u64_at(record, 32),
        u64_at(record, 40),
        u64_at(record, 48),
    )))
}

fn broken(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

fn bytes_at<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().expect("a slice of N bytes")
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(bytes_at(bytes, at))
}

/// Wide, because that is what it is counted in.
fn u32_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32::from_le_bytes(bytes_at(bytes, at)))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes_at(bytes, at))
}
