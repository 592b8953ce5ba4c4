//! What the directory of a ZIP file says of its pages and of the documents that describe them.

use std::io::{self, Read, Seek};

use super::{
    blocks::Blocks,
    contents::Entry,
    path::{extension_of, is_one_of},
    zip::{self, Content},
};

/// The most OPF packages that are remembered; an EPUB has one, rarely two.
const MAX_PACKAGES: usize = 8;

/// Extensions of images.
pub const PAGES: [&[u8]; 15] = [
    b"jpg", b"jpeg", b"jpe", b"png", b"webp", b"gif", b"avif", b"jxl", b"bmp", b"tif", b"tiff",
    b"heic", b"heif", b"jp2", b"svg",
];
/// Extensions of pages of text.
pub const TEXTS: [&[u8]; 3] = [b"xhtml", b"html", b"htm"];

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
    pub comic_info: Option<Content>,
    /// `META-INF/container.xml`, which makes it an EPUB.
    pub container: Option<Content>,
    /// Every `*.opf` with its path.
    pub packages: Vec<(String, Content)>,
    /// Slashes in the path of `comic_info`.
    depth: usize,
}

impl Directory {
    /// Reads the directory.
    ///
    /// # Errors
    /// `InvalidData` and `UnexpectedEof` when the archive is broken, anything else when it cannot be read now.
    pub fn read<F: Read + Seek>(blocks: &mut Blocks<F>) -> io::Result<Self> {
        let mut directory = Self::default();
        zip::entries(blocks, |entry, content| directory.add(entry, content))?;
        Ok(directory)
    }

    fn add(&mut self, entry: Entry<'_>, content: Content) {
        let (name, file) = (entry.name, file_of(entry.name));
        if is_resource_fork(name, file) {
            return;
        }
        let extension = extension_of(file);
        if is_one_of(extension, &PAGES) {
            self.pages += 1;
            self.encrypted |= entry.encrypted;
        } else if is_one_of(extension, &TEXTS) {
            self.texts += 1;
        } else if file.eq_ignore_ascii_case(b"ComicInfo.xml") {
            let depth = name.iter().filter(|byte| is_slash(byte)).count();
            if self.comic_info.is_none() || depth < self.depth {
                (self.comic_info, self.depth) = (Some(content), depth);
            }
        } else if name.eq_ignore_ascii_case(b"META-INF/container.xml") {
            self.container = Some(content);
        } else if is_one_of(extension, &[b"opf"]) && self.packages.len() < MAX_PACKAGES {
            self.packages
                .push((String::from_utf8_lossy(name).into_owned(), content));
        }
    }
}

fn is_slash(byte: &u8) -> bool {
    matches!(byte, b'/' | b'\\')
}

/// The last part of a path in an archive.
pub fn file_of(name: &[u8]) -> &[u8] {
    name.rsplit(is_slash).next().unwrap_or_default()
}

/// What macOS puts beside each file.
pub fn is_resource_fork(name: &[u8], file: &[u8]) -> bool {
    file.starts_with(b"._") || name.starts_with(b"__MACOSX")
}
