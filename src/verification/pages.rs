//! Volumes that are no file but a folder of pages.

use std::{
    collections::{BTreeMap, HashSet},
    fs::File as OpenFile,
    io::Read,
    path::Path,
};

use super::{
    fault::Cause,
    inspect::{Inside, cause, sample},
    walk::{File, Kind, Seen},
};
use crate::book::{
    directory::PAGES,
    magic,
    path::{extension_of, is_one_of},
};

/// Fewer images in a folder are covers and advertisements.
const LEAST: usize = 8;

/// Folders of images without a book in them, with their pages in order.
pub fn folders(seen: &Seen) -> BTreeMap<&Path, Vec<&File>> {
    let books = seen.files.iter().filter(|file| file.kind == Kind::Book);
    let books: HashSet<&Path> = books.filter_map(|book| book.path.parent()).collect();
    let mut folders: BTreeMap<&Path, Vec<&File>> = BTreeMap::new();
    for file in seen.files.iter().filter(|file| is_page(file)) {
        // The root has no parent when it is an image itself.
        if let Some(folder) = file.path.parent()
            && !books.contains(folder)
        {
            folders.entry(folder).or_default().push(file);
        }
    }
    folders.retain(|_, pages| pages.len() >= LEAST);
    folders
}

/// An image, also one that is not complete.
pub fn is_page(file: &File) -> bool {
    let is_image = is_one_of(extension_of(file.name.as_encoded_bytes()), &PAGES);
    is_image && matches!(file.kind, Kind::Page | Kind::Unfinished)
}

/// Looks at a few of the pages.
///
/// # Errors
/// When one of them is wrong.
pub fn inspect(root: &Path, pages: &[&File]) -> Result<Inside, Cause> {
    if pages.iter().any(|page| page.kind == Kind::Unfinished) {
        return Err(Cause::StillWritten);
    }
    let count = u32::try_from(pages.len()).unwrap_or(u32::MAX);
    let empty = pages.iter().filter(|page| page.bytes == 0).count();
    if empty > 0 {
        return Err(Cause::EmptyPages {
            empty: u32::try_from(empty).unwrap_or(u32::MAX),
            pages: count,
        });
    }
    for page in sample(pages) {
        let mut head = Vec::new();
        let file = OpenFile::open(root.join(&page.path));
        file.and_then(|file| file.take(64).read_to_end(&mut head))
            .map_err(|error| cause(&error))?;
        if !magic::is_image(&head) {
            let name = page.name.to_string_lossy().into_owned();
            return Err(Cause::NotAnImage { name });
        }
    }
    Ok(Inside {
        format: "folder",
        pages: Some(count),
        is_text: false,
        doubt: None,
    })
}
