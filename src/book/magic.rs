//! What a file is by its first bytes; its extension is not believed.

use std::io::{self, Read, Seek};

use super::blocks::Blocks;

/// Within so many bytes a PDF says that it is one (ISO 32000-1, annex H, note 13).
const HEAD: u64 = 1024;

/// What the first bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Magic {
    /// A ZIP archive, and so an EPUB.
    Zip,
    /// A RAR archive up to version 4.
    Rar4,
    /// A RAR archive from version 5 on.
    Rar5,
    /// A 7z archive.
    SevenZip,
    /// A PDF.
    Pdf,
    /// Something that an operating system runs, a self-extracting archive among them.
    Program,
    /// None of these.
    Unknown,
}

/// Programs of Windows, Linux and macOS (both orders of bytes, and universal ones), and scripts.
const PROGRAMS: [&[u8]; 9] = [
    b"MZ",
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"#!/",
    b"#! /",
];

/// How images begin, whatever their extension says: JPEG, PNG, GIF, BMP, TIFF, JPEG XL, JPEG 2000.
const IMAGES: [&[u8]; 10] = [
    b"\xff\xd8\xff",
    b"\x89PNG",
    b"GIF8",
    b"BM",
    b"II*\0",
    b"MM\0*",
    b"\xff\x0a",
    b"\0\0\0\x0cJXL ",
    b"\0\0\0\x0cjP  ",
    b"\xff\x4f\xff\x51",
];

/// Looks at the first bytes of a file.
///
/// # Errors
/// When it cannot be read, or ended since its size was taken.
pub fn read<F: Read + Seek>(blocks: &mut Blocks<F>) -> io::Result<Magic> {
    let length = usize::try_from(blocks.len().min(HEAD)).unwrap_or_default();
    Ok(of(blocks.at(0, length)?))
}

/// Images in the container of films, behind its length.
const HEIF: [&[u8]; 7] = [
    b"ftypavif",
    b"ftypavis",
    b"ftypheic",
    b"ftypheix",
    b"ftyphevc",
    b"ftypmif1",
    b"ftypmsf1",
];

/// Says what a file is that begins with these bytes, [`HEAD`] of them or all that it has.
fn of(head: &[u8]) -> Magic {
    let starts = |magics: &[&[u8]]| magics.iter().any(|magic| head.starts_with(magic));
    if starts(&[b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"]) {
        Magic::Zip
    } else if starts(&[b"Rar!\x1a\x07\x01\0"]) {
        Magic::Rar5
    } else if starts(&[b"Rar!\x1a\x07"]) {
        Magic::Rar4
    } else if starts(&[b"7z\xbc\xaf\x27\x1c"]) {
        Magic::SevenZip
    } else if starts(&PROGRAMS) {
        Magic::Program
    } else if head.windows(5).any(|bytes| bytes == b"%PDF-") {
        Magic::Pdf
    } else {
        Magic::Unknown
    }
}

/// True when an image begins so.
pub fn is_image(head: &[u8]) -> bool {
    let is_webp = head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP");
    // AVIF and HEIC; films begin so as well.
    let brand = head.strip_prefix(b"\0\0\0").and_then(|head| head.get(1..9));
    let is_heif = brand.is_some_and(|brand| HEIF.contains(&brand));
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let text = text.trim_ascii_start();
    let is_svg = text.starts_with(b"<svg") || text.starts_with(b"<?xml");
    is_webp || is_heif || is_svg || IMAGES.iter().any(|magic| head.starts_with(magic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_first_bytes() {
        for (head, magic) in [
            (b"PK\x03\x04".as_slice(), Magic::Zip),
            (b"PK\x05\x06", Magic::Zip),
            (b"Rar!\x1a\x07\0", Magic::Rar4),
            (b"Rar!\x1a\x07\x01\0", Magic::Rar5),
            (b"7z\xbc\xaf\x27\x1c\0\x04", Magic::SevenZip),
            (b"\xef\xbb\xbf%PDF-1.7", Magic::Pdf),
            (b"MZ\x90\0 %PDF-", Magic::Program),
            (b"\x7fELF\x02", Magic::Program),
            (b"#!/bin/sh", Magic::Program),
            (b"<html>404</html>", Magic::Unknown),
            (b"", Magic::Unknown),
        ] {
            assert_eq!(of(head), magic, "{head:?}");
        }
    }

    #[test]
    fn pages_are_known_by_their_first_bytes() {
        for head in [
            b"\xff\xd8\xff\xe0".as_slice(),
            b"\x89PNG\r\n",
            b"RIFF\x10\0\0\0WEBPVP8 ",
            b"\0\0\0\x20ftypavif",
            b"\xef\xbb\xbf <svg>",
        ] {
            assert!(is_image(head), "{head:?}");
        }
        for head in [
            b"".as_slice(),
            b"MZ",
            b"page",
            b"<html>404",
            b"\0\0\0\x20ftypmp42",
            b"RIFF\x10\0\0\0WAVE",
        ] {
            assert!(!is_image(head), "{head:?}");
        }
    }
}
