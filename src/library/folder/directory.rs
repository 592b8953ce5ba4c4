//! The directory at the end of a ZIP file (APPNOTE 4.3.12 to 4.3.16), walked in place.
//!
//! We want a few facts of thousands of archives with hundreds of pages each. The zip crate would build an entry per page, and
//! reserve memory for as many as the archive claims to have; it reads the one entry whose content is wanted.

use std::io::{self, Read, Seek};

use zip::{ZipReadOptions, read::read_zipfile_from_stream_with_options};

use super::blocks::Blocks;

/// The most entries that are looked at.
const MAX_ENTRIES: u64 = 20_000;

/// The most bytes of one entry's content, unpacked.
const MAX_CONTENT: u64 = 1024 * 1024;

/// The most OPF packages that are remembered; an EPUB has one, rarely two.
const MAX_PACKAGES: usize = 8;

/// Where the directory is looked for first: most archives have less than 32 KiB of it and no comment.
const TAIL: u64 = 32 * 1024;

/// The end record and the longest comment.
const LONGEST_TAIL: u64 = END as u64 + u16::MAX as u64;

const END: usize = 22;
const ENTRY: usize = 46;

const PAGES: [&[u8]; 15] = [
    b"jpg", b"jpeg", b"jpe", b"png", b"webp", b"gif", b"avif", b"jxl", b"bmp", b"tif", b"tiff",
    b"heic", b"heif", b"jp2", b"svg",
];
const TEXTS: [&[u8]; 3] = [b"xhtml", b"html", b"htm"];

/// What the directory of an archive says.
#[derive(Debug, Default)]
pub struct Directory {
    /// Images.
    pub pages: u32,
    /// Pages of text.
    pub texts: u32,
    /// Some page needs a password.
    pub encrypted: bool,
    /// `ComicInfo.xml`, the one nearest to the root.
    pub comic_info: Option<Entry>,
    /// `META-INF/container.xml`, which makes it an EPUB.
    pub container: Option<Entry>,
    /// Every `*.opf` with its path.
    pub packages: Vec<(String, Entry)>,
    /// Slashes in the path of `comic_info`.
    depth: usize,
}

/// Where the content of a file in the archive is.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    local: u64,
    packed: u64,
    unpacked: u64,
}

/// Where the directory begins, how many entries it claims, and what was put in front of the archive after it was made.
struct Place {
    start: u64,
    entries: u64,
    shift: u64,
}

impl Directory {
    /// Reads the directory.
    ///
    /// # Errors
    /// `InvalidData` and `UnexpectedEof` when the archive is broken, anything else when it cannot be read now.
    pub fn read<F: Read + Seek>(blocks: &mut Blocks<F>) -> io::Result<Self> {
        let place = find(blocks)?;
        let (mut directory, mut at) = (Self::default(), place.start);
        for _ in 0..place.entries.min(MAX_ENTRIES) {
            let header = blocks.at(at, ENTRY)?;
            if !header.starts_with(b"PK\x01\x02") {
                return Err(broken("its directory is damaged"));
            }
            let (flags, name) = (u16_at(header, 8), u16_at(header, 28));
            let entry = Entry {
                local: place.shift.saturating_add(u32_at(header, 42)),
                packed: u32_at(header, 20),
                unpacked: u32_at(header, 24),
            };
            let more = u64::from(u16_at(header, 30)) + u64::from(u16_at(header, 32));
            at += ENTRY as u64;
            directory.add(blocks.at(at, name.into())?, flags & 1 != 0, entry);
            at += u64::from(name) + more;
        }
        Ok(directory)
    }

    fn add(&mut self, name: &[u8], encrypted: bool, entry: Entry) {
        let is_slash = |byte: &u8| matches!(byte, b'/' | b'\\');
        let file = name.rsplit(is_slash).next().unwrap_or_default();
        if file.starts_with(b"._") || name.starts_with(b"__MACOSX") {
            return;
        }
        let extension = file.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
        let is_one_of = |list: &[&[u8]]| {
            list.iter()
                .any(|known| extension.eq_ignore_ascii_case(known))
        };
        if is_one_of(&PAGES) {
            self.pages += 1;
            self.encrypted |= encrypted;
        } else if is_one_of(&TEXTS) {
            self.texts += 1;
        } else if file.eq_ignore_ascii_case(b"ComicInfo.xml") {
            let depth = name.iter().filter(|byte| is_slash(byte)).count();
            if self.comic_info.is_none() || depth < self.depth {
                (self.comic_info, self.depth) = (Some(entry), depth);
            }
        } else if name.eq_ignore_ascii_case(b"META-INF/container.xml") {
            self.container = Some(entry);
        } else if is_one_of(&[b"opf"]) && self.packages.len() < MAX_PACKAGES {
            self.packages
                .push((String::from_utf8_lossy(name).into_owned(), entry));
        }
    }
}

/// The content of an entry, or as much of it as can be unpacked: an XML document is useful up to its first fault.
pub fn content<F: Read + Seek>(blocks: &mut Blocks<F>, entry: Entry) -> Vec<u8> {
    // Beside the content there are the local header, its name and its extra fields. An entry of 4 GiB or more, which keeps its
    // sizes elsewhere, is no metadata.
    let length = entry.packed.min(MAX_CONTENT) + 2 * u64::from(u16::MAX);
    let mut reader = blocks.reader(entry.local, length);
    let options = ZipReadOptions::new()
        .override_compressed_size(entry.packed)
        .override_uncompressed_size(entry.unpacked)
        .ignore_crc32(true);
    let mut content = Vec::new();
    if let Ok(Some(file)) = read_zipfile_from_stream_with_options(&mut reader, options) {
        // What was unpacked before an error stays in `content`.
        let _ = file.take(MAX_CONTENT).read_to_end(&mut content);
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
