//! The files of an archive as its own directory lists them, in their order: what another archive of the same pages must hold.

use std::io::{self, Read, Seek};

use super::{
    blocks::Blocks,
    contents::{Entry, escapes},
    directory::file_of,
    magic::{self, Magic},
    rar, zip,
};

/// A file in an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its path, with `/`.
    pub name: String,
    /// Bytes without compression.
    pub bytes: u64,
    /// CRC-32 of those, where the archive has it.
    pub crc: Option<u32>,
}

impl Listed {
    /// Nothing that both know is different.
    pub fn is_same(&self, other: &Self) -> bool {
        let same_crc = self
            .crc
            .zip(other.crc)
            .is_none_or(|(one, other)| one == other);
        // RAR 4 has names in the code page of whoever made it, so letters beyond ASCII may come out in two ways.
        let same_name = self.name == other.name || !(self.name.is_ascii() && other.name.is_ascii());
        same_name && self.bytes == other.bytes && same_crc
    }
}

/// Says what an archive is, and lists its files; none for a format whose directory we cannot read.
///
/// # Errors
/// `InvalidData` and `UnexpectedEof` when the archive is broken, anything else when it cannot be read now.
pub fn list<F: Read + Seek>(blocks: &mut Blocks<F>) -> io::Result<(Magic, Option<Vec<Listed>>)> {
    let magic = magic::read(blocks)?;
    let mut files = Vec::new();
    let mut visit = |entry: Entry<'_>| {
        // A folder.
        if !file_of(entry.name).is_empty() {
            files.push(Listed {
                name: plain(entry.name),
                bytes: entry.unpacked,
                crc: entry.crc,
            });
        }
    };
    match magic {
        Magic::Zip => drop(zip::entries(blocks, |entry, _| visit(entry))?),
        Magic::Rar4 => {
            blocks.scattered();
            rar::entries_4(blocks, visit)?;
        }
        Magic::Rar5 => {
            blocks.scattered();
            rar::entries_5(blocks, visit)?;
        }
        Magic::SevenZip | Magic::Pdf | Magic::Program | Magic::Unknown => return Ok((magic, None)),
    }
    Ok((magic, Some(files)))
}

/// A path as it is written into a ZIP (APPNOTE 4.4.17.1).
fn plain(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name).replace('\\', "/");
    name.strip_prefix("./")
        .map(ToOwned::to_owned)
        .unwrap_or(name)
}

/// The same, for a path that stays below the folder into which it is unpacked.
pub fn plain_below(name: &[u8]) -> Option<String> {
    (!escapes(name)).then(|| plain(name))
}

/// It describes the book, wherever it lies in it.
pub fn is_comic_info(name: &str) -> bool {
    file_of(name.as_bytes()).eq_ignore_ascii_case(b"ComicInfo.xml")
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::book::samples::{self, rar_4, rar_5, stored};

    fn listed(bytes: &[u8]) -> Vec<Listed> {
        let mut blocks = Blocks::new(Cursor::new(bytes), bytes.len() as u64);
        list(&mut blocks).expect("a good archive").1.expect("files")
    }

    #[test]
    fn one_list_comes_of_the_same_files_in_each_format() {
        let files = [("b/001.jpg", b"one".as_slice()), ("b/002.jpg", b"two")];
        let zip = listed(&samples::zip(&files));
        assert_eq!(
            zip[0],
            Listed {
                name: "b/001.jpg".into(),
                bytes: 3,
                crc: Some(samples::crc(b"one"))
            }
        );
        assert_eq!(listed(&rar_4(0, &stored(&files))), zip);
        assert_eq!(listed(&rar_5(&stored(&files))), zip);
    }

    #[test]
    fn what_both_know_has_to_be_equal() {
        let file = |name: &str, bytes, crc| Listed {
            name: name.into(),
            bytes,
            crc,
        };
        let page = file("1.jpg", 3, Some(7));
        for (other, same) in [
            (page.clone(), true),
            (file("1.jpg", 3, None), true),
            (file("2.jpg", 3, Some(7)), false),
            (file("1.jpg", 4, Some(7)), false),
            (file("1.jpg", 3, Some(8)), false),
            (file("é.jpg", 3, Some(7)), true),
            (file("é.jpg", 3, Some(8)), false),
        ] {
            assert_eq!(page.is_same(&other), same, "{other:?}");
        }
    }

    #[test]
    fn names_are_written_as_a_zip_has_them() {
        for (name, plain) in [
            ("a\\1.jpg", Some("a/1.jpg")),
            ("./1.jpg", Some("1.jpg")),
            ("-rf.jpg", Some("-rf.jpg")),
            ("../1.jpg", None),
            ("/1.jpg", None),
            ("C:\\1.jpg", None),
        ] {
            assert_eq!(plain_below(name.as_bytes()).as_deref(), plain, "{name}");
        }
    }
}
