//! Files become series: the folder's, or those of one title among the loose ones. Pure.

use std::collections::BTreeMap;

use super::reconcile::Entry;
use crate::{
    book::path::stem,
    domain::{
        edition::Edition,
        release::{Hints, Place, parse},
        title::fold,
        volume::{VolumeNumber, VolumeSet},
    },
    ports::{ScannedFile, ScannedSeries},
};

/// How the key of a series of loose files begins.
const LOOSE: &str = "loose:";

/// A series whose files are not settled yet.
pub struct Titled {
    title: String,
    /// From a tag behind the folder's title.
    language: Option<String>,
    /// That the folder's name states.
    edition: Edition,
    /// Every spelling of the title that may stand in front of a file's number.
    pub folded: Vec<String>,
    /// Its files.
    pub entries: Vec<Entry>,
}

impl Titled {
    /// The series of a folder with this name.
    pub fn folder(name: &str, entries: Vec<Entry>, hints: Hints<'_>) -> Self {
        let release = parse(
            name,
            Hints {
                place: Place::Folder,
                ..hints
            },
        );
        let title = release.series.as_deref().unwrap_or(name);
        let language = match release.languages[..] {
            [language] => Some(language.to_owned()),
            _ => None,
        };
        Self {
            title: title.to_owned(),
            edition: release.edition,
            language,
            folded: vec![fold(name), fold(title)],
            entries,
        }
    }

    /// With its files as they are.
    pub fn into_series(self, key: String) -> ScannedSeries {
        let title = stated_title(&self.entries).unwrap_or(self.title);
        let mut files: Vec<ScannedFile> =
            self.entries.into_iter().map(|entry| entry.file).collect();
        files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        ScannedSeries {
            key,
            title,
            total: total(&files),
            edition: edition(&files, self.edition),
            language: language(&files).or(self.language),
            files,
            ..ScannedSeries::default()
        }
    }
}

/// The folder's path. One that is itself called `loose:…` is written with an escape, as in [`ScannedFile::path`].
pub fn folder_key(path: &str) -> String {
    match path.strip_prefix('l') {
        Some(rest) if path.starts_with(LOOSE) => format!(r"\x6c{rest}"),
        _ => path.to_owned(),
    }
}

/// Loose files by the title that their metadata or else their name gives; one without any is a series of its own.
pub fn group_loose(entries: Vec<Entry>, hints: Hints<'_>) -> BTreeMap<String, Titled> {
    let mut groups = BTreeMap::new();
    for mut entry in entries {
        let title = loose_title(&entry, hints);
        let folded = fold(&title);
        let key = match folded.as_str() {
            "" => format!("{LOOSE}{}", entry.file.path),
            folded => format!("{LOOSE}{folded}"),
        };
        entry.file.title.get_or_insert_with(|| title.clone());
        let group = groups.entry(key).or_insert_with(|| Titled {
            title,
            language: None,
            edition: Edition::Standard,
            folded: vec![folded],
            entries: Vec::new(),
        });
        group.entries.push(entry);
    }
    groups
}

fn loose_title(entry: &Entry, hints: Hints<'_>) -> String {
    let series = entry
        .metadata
        .as_ref()
        .and_then(|metadata| metadata.series.clone());
    if let Some(title) = series.or_else(|| entry.file.title.clone()) {
        return title;
    }
    let stem = stem(entry.place.file_name().unwrap_or_default());
    parse(&stem, hints)
        .series
        .map_or_else(|| stem.clone().into_owned(), Into::into)
}

/// The `Series` on which more than half of the files agree: what the files say of themselves wins over the folder's name.
fn stated_title(entries: &[Entry]) -> Option<String> {
    let mut said: Vec<&String> = entries
        .iter()
        .filter_map(|entry| entry.metadata.as_ref()?.series.as_ref())
        .collect();
    said.sort_unstable();
    said.chunk_by(|a, b| a == b)
        .find(|same| 2 * same.len() > entries.len())
        .map(|same| same[0].clone())
}

/// The highest `Count`, unless the series has a volume above it: then it is from an earlier day.
fn total(files: &[ScannedFile]) -> Option<u32> {
    let total = files.iter().filter_map(|file| file.count).max()?;
    let last = files
        .iter()
        .filter_map(|file| VolumeSet::last(&file.volumes))
        .max();
    (VolumeNumber::whole(total) >= last).then_some(total)
}

/// What the folder states, or else more than half of the files.
fn edition(files: &[ScannedFile], folder: Edition) -> Edition {
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
fn language(files: &[ScannedFile]) -> Option<String> {
    let mut said: Vec<&String> = files
        .iter()
        .filter_map(|file| file.language.as_ref())
        .collect();
    said.sort_unstable();
    said.chunk_by(|a, b| a == b)
        .find(|same| 2 * same.len() > files.len())
        .map(|same| same[0].clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(language: Option<&str>, volumes: &str, count: Option<u32>) -> ScannedFile {
        ScannedFile {
            path: "a".into(),
            size: 1,
            modified: 1,
            volumes: volumes.parse().expect("a set"),
            count,
            language: language.map(Into::into),
            ..ScannedFile::default()
        }
    }

    #[test]
    fn the_language_is_what_most_files_say_or_the_folder() {
        for (files, folder, expected) in [
            (vec![Some("fr"), Some("fr"), None], "Naruto", Some("fr")),
            (vec![Some("en"), None, None], "Naruto", None),
            (
                vec![Some("en"), None, None],
                "Naruto (2002) [FR]",
                Some("fr"),
            ),
            (vec![Some("en"), Some("fr")], "Naruto", None),
            (vec![None], "Naruto [FR-EN]", None),
            (vec![None], "Fr", None),
        ] {
            let mut series =
                Titled::folder(folder, Vec::new(), Hints::default()).into_series("key".into());
            let files: Vec<ScannedFile> =
                files.into_iter().map(|tag| file(tag, "1", None)).collect();
            series.language = language(&files).or(series.language);
            assert_eq!(series.language.as_deref(), expected, "{folder}");
        }
    }

    #[test]
    fn the_total_is_the_highest_count_that_is_not_outgrown() {
        for (files, expected) in [
            (vec![("1", Some(10)), ("2", Some(12))], Some(12)),
            (vec![("1", Some(10)), ("12", None)], None),
            (vec![("", Some(3))], Some(3)),
            (vec![("1", None)], None),
        ] {
            let files: Vec<ScannedFile> = files
                .into_iter()
                .map(|(volumes, count)| file(None, volumes, count))
                .collect();
            assert_eq!(total(&files), expected);
        }
    }

    #[test]
    fn no_folder_has_the_key_of_loose_files() {
        assert_eq!(folder_key("loose:naruto"), r"\x6coose:naruto");
        assert_eq!(folder_key("loose"), "loose");
        assert_eq!(folder_key("Author/loose:naruto"), "Author/loose:naruto");
    }
}
