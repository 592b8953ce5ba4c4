//! Where a file lies below the libraries' folders. Pure.

use std::{collections::HashMap, ffi::OsStr};

use super::records::Library;
use crate::book::path::escape;

/// The longest path that is taken seriously, in bytes.
const LONGEST: usize = 4096;

/// The folders of the libraries that are read. With several of them each path begins with its folder's name, so that two files never
/// have one path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Roots {
    /// A folder, ending in a slash, and what paths below it begin with.
    folders: Vec<(String, String)>,
}

impl Roots {
    pub fn of(libraries: &[Library]) -> Self {
        let folders = libraries
            .iter()
            .filter_map(|library| library.folders.as_ref());
        let mut folders: Vec<String> = folders.flatten().map(|folder| slashed(folder)).collect();
        folders.retain(|folder| folder != "/");
        folders.sort_unstable();
        folders.dedup();
        let mut named: HashMap<&str, usize> = HashMap::new();
        for folder in &folders {
            *named.entry(name_of(folder)).or_default() += 1;
        }
        let prefix = |folder: &String| match name_of(folder) {
            _ if folders.len() == 1 => String::new(),
            name if named[name] == 1 => format!("{name}/"),
            _ => folder.trim_start_matches('/').to_owned(),
        };
        let mut folders: Vec<(String, String)> = folders
            .iter()
            .map(|folder| (folder.clone(), prefix(folder)))
            .collect();
        // One folder in another: the inner one is meant.
        folders.sort_by_key(|(folder, _)| std::cmp::Reverse(folder.len()));
        Self { folders }
    }

    /// The path of a file as in [`crate::ports::ScannedFile::path`]; none when it lies in none of the folders.
    pub fn file(&self, path: &str) -> Option<String> {
        let path = path.replace('\\', "/");
        let (rest, prefix) = self.below(&path)?;
        (!rest.is_empty()).then(|| escape(OsStr::new(&format!("{prefix}{rest}"))).into_owned())
    }

    /// The path of a folder; empty for the only folder itself.
    pub fn folder(&self, path: &str) -> Option<String> {
        let path = slashed(path);
        let (rest, prefix) = self.below(&path)?;
        let below = format!("{prefix}{rest}");
        Some(escape(OsStr::new(below.trim_end_matches('/'))).into_owned())
    }

    fn below<'a>(&'a self, path: &'a str) -> Option<(&'a str, &'a str)> {
        if path.len() > LONGEST {
            return None;
        }
        self.folders.iter().find_map(|(folder, prefix)| {
            let rest = path.strip_prefix(folder.as_str())?;
            Some((rest, prefix.as_str()))
        })
    }
}

/// With slashes, one of them at the end.
fn slashed(folder: &str) -> String {
    format!("{}/", folder.replace('\\', "/").trim_end_matches('/'))
}

/// The last part of a path.
pub fn name_of(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roots(folders: &[&str]) -> Roots {
        let folders = folders.iter().map(|folder| (*folder).to_owned()).collect();
        Roots::of(&[Library {
            id: 1,
            name: None,
            folders: Some(folders),
        }])
    }

    #[test]
    fn a_file_has_one_path_below_its_library() {
        for (folders, path, expected) in [
            (
                &["/manga"][..],
                "/manga/Naruto/T01.cbz",
                Some("Naruto/T01.cbz"),
            ),
            (&["/manga/"], "/manga/T01.cbz", Some("T01.cbz")),
            (&["/manga"], "/mangas/T01.cbz", None),
            (&["/manga"], "/manga", None),
            (&["/"], "/manga/T01.cbz", None),
            (&[], "/manga/T01.cbz", None),
            (
                &["C:\\Manga"],
                "C:/Manga/Naruto/T01.cbz",
                Some("Naruto/T01.cbz"),
            ),
            (&["/a/manga", "/bd"], "/bd/T01.cbz", Some("bd/T01.cbz")),
            (
                &["/a/manga", "/b/manga"],
                "/b/manga/T01.cbz",
                Some("b/manga/T01.cbz"),
            ),
            (&["/a", "/a/b"], "/a/b/T01.cbz", Some("b/T01.cbz")),
        ] {
            assert_eq!(
                roots(folders).file(path).as_deref(),
                expected,
                "{folders:?} {path}"
            );
        }
    }

    #[test]
    fn a_folder_is_named_as_the_files_in_it_are() {
        for (folders, path, expected) in [
            (&["/manga"][..], "/manga/Naruto", Some("Naruto")),
            (&["/manga"], "/manga/Naruto/", Some("Naruto")),
            (&["/manga"], "/manga", Some("")),
            (&["/a/manga", "/bd"], "/bd", Some("bd")),
            (&["/manga"], "/bd/Asterix", None),
        ] {
            assert_eq!(roots(folders).folder(path).as_deref(), expected, "{path}");
        }
    }
}
