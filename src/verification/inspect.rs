//! Looks into one file: what it is, whether it is whole, whether it harms whoever opens it, and how many pages it has.
//!
//! Only directories, headers and the first bytes of three pages are read. The content itself was checked by the network that brought it:
//! it is what somebody offered, good or bad.

use std::{
    ffi::OsStr,
    io::{self, Read, Seek},
    path::Path,
};

use super::fault::{Bomb, Cause};
use crate::book::{
    blocks::Blocks,
    contents::Contents,
    magic::{self, Magic},
    path::extension,
    rar, seven_zip,
    zip::{self, Content, MAX_ENTRIES},
};

/// The most bytes of an archive when it is unpacked; 64 GiB.
pub const MAX_UNPACKED: u64 = 64 << 30;

/// The most times that an archive grows when it is unpacked. Images hardly shrink.
pub const MAX_RATIO: u64 = 100;

/// Up to so many bytes an archive may be unpacked whatever it grows; blank bitmaps shrink well. 1 GiB.
pub const HARMLESS: u64 = 1 << 30;

/// An EPUB with fewer images than this, and than pages of text, is no comic.
const FEW_IMAGES: u32 = 80;

/// Before its end a PDF says where its directory is; some have junk behind it.
const PDF_TAIL: u64 = 8 * 1024;

/// What is in a book.
#[derive(Clone, Debug, PartialEq)]
pub struct Inside {
    /// By its content, as the extensions of books; `folder` for loose pages.
    pub format: &'static str,
    /// Images; none when they cannot be counted.
    pub pages: Option<u32>,
    /// It is mostly text.
    pub is_text: bool,
    /// What cannot be known.
    pub doubt: Option<Cause>,
}

impl Inside {
    fn of(format: &'static str, pages: Option<u32>) -> Self {
        Self {
            format,
            pages,
            is_text: false,
            doubt: None,
        }
    }
}

/// Looks into a file of this size and name.
///
/// # Errors
/// What is wrong with it.
pub fn book(place: &Path, bytes: u64, name: &OsStr) -> Result<Inside, Cause> {
    if bytes == 0 {
        return Err(Cause::NoBytes);
    }
    let mut blocks = Blocks::open(place, bytes).map_err(|error| cause(&error))?;
    examine(&mut blocks, extension(name).unwrap_or_default())
}

/// True when a file of this size begins as a program does. Unknown is no.
pub fn is_program(place: &Path, bytes: u64) -> bool {
    let read = Blocks::open(place, bytes).and_then(|mut blocks| magic::read(&mut blocks));
    matches!(read, Ok(Magic::Program))
}

fn examine<F: Read + Seek>(
    blocks: &mut Blocks<F>,
    extension: &'static str,
) -> Result<Inside, Cause> {
    // A name that fits the content is kept, so that a `.rar` is one.
    let named = |known: &[&str], own: &'static str| match known.contains(&extension) {
        true => extension,
        false => own,
    };
    match magic::read(blocks).map_err(|error| cause(&error))? {
        Magic::Zip => zip(blocks, extension, named(&["zip"], "cbz")),
        magic @ (Magic::Rar4 | Magic::Rar5) => rar(blocks, magic, named(&["rar"], "cbr")),
        Magic::SevenZip => {
            if seven_zip::is_locked(blocks).map_err(|error| cause(&error))? {
                return Err(Cause::Encrypted);
            }
            Ok(Inside {
                doubt: Some(Cause::Unseen),
                ..Inside::of(named(&["7z"], "cb7"), None)
            })
        }
        Magic::Pdf => pdf(blocks),
        Magic::Program => Err(Cause::Executable { name: None }),
        Magic::Unknown => Err(Cause::NotABook),
    }
}

fn pdf<F: Read + Seek>(blocks: &mut Blocks<F>) -> Result<Inside, Cause> {
    let length = blocks.len().min(PDF_TAIL);
    let start = blocks.len() - length;
    let tail = blocks.at(start, usize::try_from(length).unwrap_or_default());
    let tail = tail.map_err(|error| cause(&error))?;
    if !tail.windows(5).any(|bytes| bytes == b"%%EOF") {
        let error = "it does not end as a PDF does, as if it was not downloaded to its end";
        return Err(Cause::Damaged {
            error: error.into(),
        });
    }
    Ok(Inside::of("pdf", None))
}

fn rar<F: Read + Seek>(
    blocks: &mut Blocks<F>,
    magic: Magic,
    format: &'static str,
) -> Result<Inside, Cause> {
    blocks.scattered();
    let mut contents = Contents::default();
    let visit = |entry: crate::book::contents::Entry<'_>| {
        contents.add(entry);
    };
    let headers = if magic == Magic::Rar5 {
        rar::entries_5(blocks, visit)
    } else {
        rar::entries_4(blocks, visit)
    };
    let headers = headers.map_err(|error| cause(&error))?;
    contents.entries = headers.entries;
    contents.locked |= headers.locked;
    contents.split = headers.split;
    wrong(&contents, blocks.len())?;
    Ok(Inside::of(format, Some(contents.pages)))
}

fn zip<F: Read + Seek>(
    blocks: &mut Blocks<F>,
    extension: &str,
    format: &'static str,
) -> Result<Inside, Cause> {
    let (mut contents, mut pages, mut mimetype) = (Contents::default(), Vec::new(), None);
    let (len, mut cut) = (blocks.len(), false);
    let entries = zip::entries(blocks, |entry, content| {
        cut |= content.end() > len;
        if entry.name == b"mimetype" {
            mimetype = Some(content);
        }
        if contents.add(entry) {
            pages.push((String::from_utf8_lossy(entry.name).into_owned(), content));
        }
    });
    contents.entries = entries.map_err(|error| cause(&error))?;
    contents.cut = cut;
    contents.epub = mimetype
        .is_some_and(|content| zip::start(blocks, content).starts_with(b"application/epub+zip"));
    wrong(&contents, len).map_err(|cause| match cause {
        Cause::NoPages if extension == "epub" && !contents.epub => Cause::NotAnEpub,
        cause => cause,
    })?;
    for (name, content) in sample(&pages) {
        page(blocks, name, *content)?;
    }
    let is_text = contents.epub && contents.pages < contents.texts.min(FEW_IMAGES);
    Ok(Inside {
        is_text,
        ..Inside::of(
            if contents.epub { "epub" } else { format },
            Some(contents.pages),
        )
    })
}

/// The first, the one in the middle, and the last.
pub fn sample<T>(pages: &[T]) -> impl Iterator<Item = &T> {
    let last = pages.len().saturating_sub(1);
    let mut places = vec![0, last / 2, last];
    places.dedup();
    places.into_iter().filter_map(|place| pages.get(place))
}

/// A page that is packed in a way that we cannot read passes.
fn page<F: Read + Seek>(blocks: &mut Blocks<F>, name: &str, content: Content) -> Result<(), Cause> {
    if !content.can_be_read() {
        return Ok(());
    }
    let head = zip::start(blocks, content);
    if head.is_empty() {
        return Err(Cause::Damaged {
            error: "a page of it cannot be unpacked".into(),
        });
    }
    if !magic::is_image(&head) {
        return Err(Cause::NotAnImage { name: name.into() });
    }
    Ok(())
}

/// What the directory gives away, the worst first.
fn wrong(contents: &Contents, bytes: u64) -> Result<(), Cause> {
    if let Some(program) = contents.runs() {
        let name = Some(program.to_owned());
        return Err(Cause::Executable { name });
    }
    if let Some(name) = contents.escaping.clone() {
        return Err(Cause::Escapes { name });
    }
    if contents.link.is_some() {
        let name = contents.link.clone();
        return Err(Cause::Link { name });
    }
    if contents.cut {
        return Err(cause(&io::ErrorKind::UnexpectedEof.into()));
    }
    if let Some(bomb) = bomb(contents, bytes) {
        return Err(Cause::Bomb(bomb));
    }
    if contents.locked {
        return Err(Cause::Encrypted);
    }
    if contents.split {
        return Err(Cause::Packed { archives: 0 });
    }
    if contents.books > contents.pages {
        let archives = contents.books;
        return Err(Cause::Packed { archives });
    }
    if contents.pages == 0 && !(contents.epub && contents.texts > 0) {
        return Err(Cause::NoPages);
    }
    if contents.empty > 0 {
        return Err(Cause::EmptyPages {
            empty: contents.empty,
            pages: contents.pages,
        });
    }
    Ok(())
}

pub fn bomb(contents: &Contents, bytes: u64) -> Option<Bomb> {
    let (entries, most) = (contents.entries, MAX_ENTRIES);
    if entries > most {
        return Some(Bomb::Entries { entries, most });
    }
    if contents.packed > bytes {
        let packed = contents.packed;
        return Some(Bomb::Overlap { packed, bytes });
    }
    let (unpacked, most) = (contents.unpacked, MAX_UNPACKED);
    if unpacked > most {
        return Some(Bomb::Bytes {
            bytes: unpacked,
            most,
        });
    }
    let (ratio, most) = (unpacked / bytes.max(1), MAX_RATIO);
    (unpacked > HARMLESS && ratio > most).then_some(Bomb::Ratio { ratio, most })
}

/// A fault of the file, or one of the place where it lies.
pub fn cause(error: &io::Error) -> Cause {
    match error.kind() {
        io::ErrorKind::InvalidData => Cause::Damaged {
            error: error.to_string(),
        },
        io::ErrorKind::UnexpectedEof => Cause::Damaged {
            error: "it ends too early".into(),
        },
        _ => Cause::Unreadable {
            error: error.to_string(),
        },
    }
}

#[cfg(test)]
pub fn examine_bytes(bytes: &[u8], extension: &'static str) -> Result<Inside, Cause> {
    let mut blocks = Blocks::new(io::Cursor::new(bytes), bytes.len() as u64);
    examine(&mut blocks, extension)
}
