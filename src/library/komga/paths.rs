//! Paths of Komga below the folders of its libraries. Pure.
//!
//! An administrator is told the whole path, as it is on Komga's side; whoever is none is told the file's name, so that the series stands
//! for its folder. Where several libraries are read as one, a path begins with the library's name, which is unique in Komga.

use std::{collections::HashMap, ffi::OsStr};

use super::answers::{BookEntry, Broken, LibraryEntry, SeriesEntry};
use crate::book::path::escape;

/// The longest path that is kept, in bytes; Linux has no longer one.
const LONGEST: usize = 4096;

/// The folders of the libraries that are read.
#[derive(Clone, Debug, Default)]
pub struct Paths {
    roots: HashMap<String, Root>,
}

#[derive(Clone, Debug)]
struct Root {
    /// Without a slash at its end; none for whoever may not know it.
    folder: Option<String>,
    /// In front of paths: nothing, or the library's name and a slash.
    prefix: String,
}

impl Paths {
    /// Of these libraries; `apart` when each has its name in front.
    pub fn new(libraries: &[LibraryEntry], apart: bool) -> Self {
        let root = |library: &LibraryEntry| Root {
            folder: (!library.root.is_empty())
                .then(|| plain(&library.root).trim_end_matches('/').to_owned()),
            prefix: match apart {
                true => format!("{}/", in_one_name(&library.name)),
                false => String::new(),
            },
        };
        Self {
            roots: libraries
                .iter()
                .map(|library| (library.id.clone(), root(library)))
                .collect(),
        }
    }

    /// Of a book's file; none when it has no name that can be kept.
    pub fn book(&self, book: &BookEntry) -> Option<String> {
        self.file(&book.library_id, &book.series_id, &book.url)
    }

    fn file(&self, library: &str, series: &str, url: &str) -> Option<String> {
        let path = match self.below(library, url) {
            Some(path) => path,
            None => {
                let name = url.rsplit('/').next().unwrap_or_default();
                if name.is_empty() {
                    return None;
                }
                format!("{series}/{}", escape(OsStr::new(name)))
            }
        };
        (path.len() <= LONGEST).then_some(path)
    }

    /// Below the folder of the library; none when that is not known, or it is elsewhere.
    fn below(&self, library: &str, url: &str) -> Option<String> {
        let root = self.roots.get(library)?;
        let url = plain(url);
        let path = url
            .strip_prefix(root.folder.as_deref()?)?
            .strip_prefix('/')?;
        (!path.is_empty()).then(|| format!("{}{}", root.prefix, escape(OsStr::new(path))))
    }

    /// Where a series is whose record cannot be read: its folder, or what stands for it; nothing when it may be anywhere.
    pub fn of_broken_series(&self, broken: &Broken) -> String {
        let library = broken.library_id.as_deref().unwrap_or_default();
        let folder = broken
            .url
            .as_deref()
            .and_then(|url| self.below(library, url));
        // Whoever is no administrator has paths that begin with the series' id.
        let is_hidden = |root: &Root| root.folder.is_none();
        let hidden = || {
            broken
                .id
                .clone()
                .filter(|_| self.roots.get(library).is_some_and(is_hidden))
        };
        folder.or_else(hidden).unwrap_or_default()
    }

    /// Where a book is whose record cannot be read; nothing when it may be anywhere.
    pub fn of_broken_book(&self, broken: &Broken) -> String {
        let parts = (&broken.library_id, &broken.series_id, &broken.url);
        match parts {
            (Some(library), Some(series), Some(url)) => self.file(library, series, url),
            _ => None,
        }
        .unwrap_or_default()
    }

    /// The library is one of those that are read.
    pub fn has(&self, library: &str) -> bool {
        self.roots.contains_key(library)
    }
}

impl SeriesEntry {
    /// It is one of those that are read, and not in the trash.
    pub fn is_there(&self, paths: &Paths) -> bool {
        !self.deleted && paths.has(&self.library_id)
    }
}

/// The file's name in a path of Komga.
pub fn file_name(url: &str) -> String {
    let url = plain(url);
    url.rsplit('/').next().unwrap_or_default().to_owned()
}

/// With `/` where Komga runs on Windows.
fn plain(path: &str) -> String {
    let bytes = path.as_bytes();
    let has_drive =
        bytes.first().is_some_and(u8::is_ascii_alphabetic) && bytes.get(1..3) == Some(b":\\");
    match has_drive || path.starts_with("\\\\") {
        true => path.replace('\\', "/"),
        false => path.to_owned(),
    }
}

/// A name as one part of a path.
fn in_one_name(name: &str) -> String {
    escape(OsStr::new(name)).replace('/', r"\x2f")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(root: &str, apart: bool) -> Paths {
        let library = LibraryEntry {
            id: "L1".into(),
            name: "BD/Comics".into(),
            root: root.into(),
            unavailable: false,
        };
        Paths::new(&[library], apart)
    }

    #[test]
    fn a_path_is_below_the_library_or_the_series_stands_for_its_folder() {
        for (root, url, path) in [
            (
                "/data/manga",
                "/data/manga/Naruto/T01.cbz",
                Some("Naruto/T01.cbz"),
            ),
            ("/data/manga/", "/data/manga/T01.cbz", Some("T01.cbz")),
            ("/", "/Naruto/T01.cbz", Some("Naruto/T01.cbz")),
            (
                "/data/manga",
                "/data/manga2/Naruto/T01.cbz",
                Some("S1/T01.cbz"),
            ),
            ("/data/manga", "T01.cbz", Some("S1/T01.cbz")),
            ("", "T01.cbz", Some("S1/T01.cbz")),
            ("", r"A\B.cbz", Some(r"S1/A\x5cB.cbz")),
            ("/d", r"/d/A\B/T01.cbz", Some(r"A\x5cB/T01.cbz")),
            (
                r"D:\Manga",
                r"D:\Manga\Naruto\T01.cbz",
                Some("Naruto/T01.cbz"),
            ),
            (
                r"\\nas\m",
                r"\\nas\m\Naruto\T01.cbz",
                Some("Naruto/T01.cbz"),
            ),
            ("/data", "", None),
            ("/data", "/data/", None),
        ] {
            let found = paths(root, false).file("L1", "S1", url);
            assert_eq!(found.as_deref(), path, "{root} {url}");
        }
        let apart = paths("/d", true);
        assert_eq!(
            apart.file("L1", "S1", "/d/Naruto/T01.cbz").as_deref(),
            Some(r"BD\x2fComics/Naruto/T01.cbz")
        );
        assert_eq!(
            apart.file("L1", "S1", &format!("/d/{}", "a".repeat(5000))),
            None
        );
    }

    #[test]
    fn what_cannot_be_read_keeps_what_may_be_there() {
        let broken = |id: Option<&str>, url: Option<&str>| Broken {
            id: id.map(Into::into),
            series_id: id.map(Into::into),
            library_id: Some("L1".into()),
            url: url.map(Into::into),
        };
        for (root, id, url, series, book) in [
            ("/d", Some("S1"), Some("/d/Naruto"), "Naruto", "Naruto"),
            ("", Some("S1"), None, "S1", ""),
            ("/d", None, None, "", ""),
            ("/d", Some("S1"), None, "", ""),
            ("/d", None, Some("/d/Naruto"), "Naruto", ""),
            ("", Some("S1"), Some("T01.cbz"), "S1", "S1/T01.cbz"),
        ] {
            let (paths, broken) = (paths(root, false), broken(id, url));
            assert_eq!(paths.of_broken_series(&broken), series, "{broken:?}");
            assert_eq!(paths.of_broken_book(&broken), book, "{broken:?}");
        }
    }

    #[test]
    fn the_name_of_a_file_is_the_last_part() {
        for (url, name) in [
            ("/data/Naruto/T01.cbz", "T01.cbz"),
            (r"D:\Manga\T01.cbz", "T01.cbz"),
            (r"A\B.cbz", r"A\B.cbz"),
            ("T01.cbz", "T01.cbz"),
            ("", ""),
        ] {
            assert_eq!(file_name(url), name);
        }
    }
}
