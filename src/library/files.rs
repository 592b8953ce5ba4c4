//! What the name of a series' folder says, and what the files of a series say together. Pure.

use std::collections::{HashMap, HashSet};

use crate::{
    book::name::NameSays,
    domain::{
        edition::Edition,
        release::{Hints, Place, parse},
        volume::{VolumeNumber, VolumeSet},
    },
    ports::{Scan, ScannedFile},
};

/// What the name of a folder that holds a series says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderName {
    /// Without what is not part of it.
    pub title: String,
    /// ISO 639-1, from a tag behind the title.
    pub language: Option<&'static str>,
    /// That it states.
    pub edition: Edition,
}

impl FolderName {
    /// Reads it.
    pub fn read(name: &str, hints: Hints<'_>) -> Self {
        let release = parse(
            name,
            Hints {
                place: Place::Folder,
                ..hints
            },
        );
        Self {
            title: release.series.as_deref().unwrap_or(name).to_owned(),
            language: match release.languages[..] {
                [language] => Some(language),
                _ => None,
            },
            edition: release.edition,
        }
    }
}

/// The number of volumes that is stated, unless the series has a volume above it: then it is from an earlier day.
pub fn total(stated: Option<u32>, files: &[ScannedFile]) -> Option<u32> {
    let last = files
        .iter()
        .filter_map(|file| VolumeSet::last(&file.volumes))
        .max();
    stated.filter(|total| VolumeNumber::whole(*total) >= last)
}

/// What the folder states, or else more than half of the files.
pub fn edition(files: &[ScannedFile], folder: Edition) -> Edition {
    if folder != Edition::Standard {
        return folder;
    }
    let mut said: Vec<Edition> = files.iter().map(|file| file.edition).collect();
    said.sort_unstable();
    said.chunk_by(|a, b| a == b)
        .find(|same| 2 * same.len() > files.len())
        .map_or(Edition::Standard, |same| same[0])
}

/// What more than half of all the files say: one tagged volume does not make a series English.
pub fn language(files: &[ScannedFile]) -> Option<String> {
    let mut said: Vec<&String> = files
        .iter()
        .filter_map(|file| file.language.as_ref())
        .collect();
    said.sort_unstable();
    said.chunk_by(|a, b| a == b)
        .find(|same| 2 * same.len() > files.len())
        .map(|same| same[0].clone())
}

/// A number that metadata give can be the volume of a file with this name: a year is none unless the name has it too, since `Volume`
/// often is the year or the run of the series; and a name that speaks of a special or of chapters is believed.
pub fn is_plausible(number: &VolumeSet, says: &NameSays) -> bool {
    let is_year = || {
        let whole = number.single().and_then(|volume| volume.as_whole());
        whole.is_some_and(|number| (1900..=2099).contains(&number))
    };
    !says.special && !says.only_chapters && (*number == says.numbers || !is_year())
}

/// The volumes that files of one series claim under different names: somebody wrote one number into all of them. Each file is given as
/// what it claims and what its name says.
pub fn disputed<'a>(
    files: impl Iterator<Item = (&'a VolumeSet, &'a VolumeSet)>,
) -> HashSet<String> {
    let mut names: HashMap<String, (&VolumeSet, bool)> = HashMap::new();
    for (claim, named) in files.filter(|(claim, _)| !claim.is_empty()) {
        let known = names.entry(claim.to_string()).or_insert((named, false));
        known.1 |= known.0 != named;
    }
    names
        .into_iter()
        .filter_map(|(claim, (_, differ))| differ.then_some(claim))
        .collect()
}

/// The same library gives the same scan; what is wrong with single files stands among the problems too.
pub fn in_order(mut scan: Scan) -> Scan {
    scan.series.sort_unstable_by(|a, b| a.key.cmp(&b.key));
    scan.problems.extend(Scan::problems_of(&scan.series));
    scan.problems.sort_by(|a, b| a.path.cmp(&b.path));
    scan.unreadable.sort_unstable();
    scan
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(language: Option<&str>, volumes: &str) -> ScannedFile {
        ScannedFile {
            path: "a".into(),
            size: 1,
            modified: 1,
            volumes: volumes.parse().expect("a set"),
            language: language.map(Into::into),
            ..ScannedFile::default()
        }
    }

    #[test]
    fn the_language_is_what_most_files_say() {
        for (files, expected) in [
            (vec![Some("fr"), Some("fr"), None], Some("fr")),
            (vec![Some("en"), None, None], None),
            (vec![Some("en"), Some("fr")], None),
            (vec![], None),
        ] {
            let files: Vec<ScannedFile> = files.into_iter().map(|tag| file(tag, "1")).collect();
            assert_eq!(language(&files).as_deref(), expected);
        }
    }

    #[test]
    fn a_folder_names_a_title_and_perhaps_a_language() {
        for (name, title, language) in [
            ("Naruto (2002) [FR]", "Naruto", Some("fr")),
            ("Naruto [FR-EN]", "Naruto", None),
            ("Fr", "Fr", None),
        ] {
            let read = FolderName::read(name, Hints::default());
            assert_eq!(
                (read.title.as_str(), read.language),
                (title, language),
                "{name}"
            );
        }
    }

    #[test]
    fn the_total_holds_until_it_is_outgrown() {
        for (volumes, stated, expected) in [
            ("1-2", Some(12), Some(12)),
            ("1,13", Some(12), None),
            ("", Some(3), Some(3)),
            ("1", None, None),
        ] {
            assert_eq!(total(stated, &[file(None, volumes)]), expected, "{volumes}");
        }
    }
}
