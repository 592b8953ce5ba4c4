//! Files become series: the folder's, or those of one title among the loose ones. Pure.

use std::collections::BTreeMap;

use super::{
    super::files::{FolderName, edition, language, total},
    reconcile::Entry,
};
use crate::{
    book::path::stem,
    domain::{
        edition::Edition,
        release::{Hints, parse},
        title::fold,
    },
    ports::{ScannedFile, ScannedSeries, WANTED},
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
        let read = FolderName::read(name, hints);
        Self {
            folded: vec![fold(name), fold(&read.title)],
            title: read.title,
            edition: read.edition,
            language: read.language.map(ToOwned::to_owned),
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
            total: total(files.iter().filter_map(|file| file.count).max(), &files),
            edition: edition(&files, self.edition),
            language: language(&files).or(self.language),
            files,
            ..ScannedSeries::default()
        }
    }
}

/// The folder's path. One that is itself called `loose:…` or `wanted:…` is written with an escape, as in [`ScannedFile::path`].
pub fn folder_key(path: &str) -> String {
    if !path.starts_with(LOOSE) && !path.starts_with(WANTED) {
        return path.to_owned();
    }
    let (first, rest) = path.split_at(1);
    format!(r"\x{:02x}{rest}", first.as_bytes()[0])
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_folder_has_the_key_of_loose_files() {
        assert_eq!(folder_key("loose:naruto"), r"\x6coose:naruto");
        assert_eq!(folder_key("loose"), "loose");
        assert_eq!(folder_key("Author/loose:naruto"), "Author/loose:naruto");
    }
}
