//! Which volumes the files of one series hold, when names and metadata each say something. Pure but for looking again.
//!
//! Metadata win over the name, with three exceptions:
//! * a year is no volume unless the name has that number too; `Volume` often is the year or the run of the series;
//! * a name that speaks of a special or of chapters is believed, since `Number` counts those there;
//! * **files that claim the same number under different names**: a tagger wrote one number into all of them, so their names win.
//!
//! The last one needs the claims of the whole series. Those of unchanged files are not kept, so when a new or changed file comes to a
//! series where some name and number disagree, its unchanged files are opened again. Elsewhere they never are.

use std::path::PathBuf;

use super::super::files::{disputed, is_plausible};
use crate::{
    book::{
        metadata::Metadata,
        name::{self, NameSays},
        path::stem,
    },
    domain::{
        release::{Hints, Kind},
        volume::VolumeSet,
    },
    ports::ScannedFile,
};

/// A file of a series on its way into the scan.
#[derive(Debug)]
pub struct Entry {
    /// As it is known so far; the volumes of a file that was looked at are still to come.
    pub file: ScannedFile,
    /// Where it is.
    pub place: PathBuf,
    /// It stands in a sub-folder of specials.
    pub special: bool,
    /// What it says of itself; none when it did not change and was not opened.
    pub metadata: Option<Metadata>,
}

impl Entry {
    /// What its name says in a series with these folded titles.
    pub fn says(&self, titles: &[String], hints: Hints<'_>) -> NameSays {
        let name = self.place.file_name().unwrap_or_default();
        let mut says = name::read(&stem(name), titles, hints);
        if self.special {
            says.special = true;
            says.numbers = VolumeSet::default();
        }
        says
    }
}

/// A file's two opinions.
struct Opinions {
    says: NameSays,
    claim: Option<VolumeSet>,
}

impl Opinions {
    /// What holds when nobody contradicts.
    fn first(&self) -> &VolumeSet {
        self.claim.as_ref().unwrap_or(&self.says.numbers)
    }

    fn disagree(&self) -> bool {
        !self.says.numbers.is_empty() && *self.first() != self.says.numbers
    }
}

/// Fills in the volumes, titles and languages of the files that were looked at. `look_again` opens an unchanged one; it returns
/// nothing when that fails now.
pub fn settle(
    entries: &mut [Entry],
    titles: &[String],
    hints: Hints<'_>,
    mut look_again: impl FnMut(&Entry) -> Option<Metadata>,
) {
    if entries.iter().all(|entry| entry.metadata.is_none()) {
        return;
    }
    let mut opinions: Vec<Opinions> = entries
        .iter()
        .map(|entry| opinions(entry, titles, hints))
        .collect();
    if opinions.iter().any(Opinions::disagree) {
        for (entry, opinion) in entries.iter_mut().zip(&mut opinions) {
            if entry.metadata.is_none() {
                entry.metadata = look_again(entry);
                *opinion = self::opinions(entry, titles, hints);
            }
        }
    }
    let disputed = disputed(
        opinions
            .iter()
            .map(|opinion| (opinion.first(), &opinion.says.numbers)),
    );
    for (entry, opinion) in entries.iter_mut().zip(opinions) {
        let Some(metadata) = &mut entry.metadata else {
            continue;
        };
        let names_win = opinion.disagree() && disputed.contains(&opinion.first().to_string());
        entry.file.volumes = match opinion.claim {
            Some(claim) if !names_win => claim,
            _ => opinion.says.numbers,
        };
        entry.file.title = metadata
            .series
            .take()
            .or(opinion.says.title)
            .or(entry.file.title.take());
        entry.file.language = metadata
            .language
            .or(opinion.says.language)
            .map(ToOwned::to_owned);
        entry.file.count = metadata.count;
        entry.file.edition = opinion.says.edition;
    }
}

/// An unchanged file stands for what was settled before.
fn opinions(entry: &Entry, titles: &[String], hints: Hints<'_>) -> Opinions {
    let says = entry.says(titles, hints);
    let claim = match &entry.metadata {
        Some(metadata) => claim(metadata, &says, hints.kind),
        None => Some(entry.file.volumes.clone()).filter(|volumes| !volumes.is_empty()),
    };
    Opinions { says, claim }
}

/// What metadata say about the volumes, where that is plausible.
fn claim(metadata: &Metadata, says: &NameSays, kind: Kind) -> Option<VolumeSet> {
    let plausible = |set: &&VolumeSet| is_plausible(set, says);
    let number = metadata.number.as_ref().filter(plausible);
    let volume = metadata.volume.as_ref().filter(plausible);
    let counts_volumes = !matches!(kind, Kind::Comics | Kind::Chapters);
    let claim = match (number, volume) {
        // Where chapters have volumes, `Number` is the chapter and `Volume` is what the name says too.
        (Some(_), Some(volume)) if counts_volumes && *volume == says.numbers => Some(volume),
        (None, Some(volume)) if counts_volumes && says.numbers.is_empty() => Some(volume),
        (number, _) => number,
    };
    claim.cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::title::fold;

    fn set(text: &str) -> VolumeSet {
        text.parse().expect("a set")
    }

    fn tagged(number: &str, volume: &str) -> Metadata {
        let set = |text: &str| (!text.is_empty()).then(|| set(text));
        Metadata {
            number: set(number),
            volume: set(volume),
            ..Metadata::default()
        }
    }

    fn entry(name: &str, metadata: Option<Metadata>, volumes: &str) -> Entry {
        let file = ScannedFile {
            path: name.into(),
            size: 1,
            modified: 1,
            volumes: set(volumes),
            ..ScannedFile::default()
        };
        Entry {
            file,
            place: name.into(),
            special: false,
            metadata,
        }
    }

    fn settled(entries: &mut [Entry], kind: Kind) -> Vec<String> {
        settle(entries, &[fold("Naruto")], kind.into(), |_| None);
        entries
            .iter()
            .map(|entry| entry.file.volumes.to_string())
            .collect()
    }

    #[test]
    fn metadata_win_where_they_are_plausible() {
        for (name, number, volume, kind, volumes) in [
            ("Naruto T03.cbz", "5", "", Kind::Manga, "5"),
            ("scan.cbz", "5", "", Kind::Manga, "5"),
            ("Naruto T01-T03.cbz", "1-3", "", Kind::Manga, "1-3"),
            ("Naruto T03.cbz", "", "", Kind::Manga, "3"),
            ("Naruto T03.cbz", "2004", "", Kind::Manga, "3"),
            ("scan.cbz", "2004", "", Kind::Manga, ""),
            ("scan.cbz", "", "5", Kind::Manga, "5"),
            ("scan.cbz", "", "2004", Kind::Manga, ""),
            ("Naruto T03.cbz", "", "1", Kind::Manga, "3"),
            ("Naruto v03 c012.cbz", "12", "3", Kind::Manga, "3"),
            ("scan.cbz", "", "5", Kind::Comics, ""),
            ("Naruto 05.cbz", "5", "1", Kind::Comics, "5"),
            ("Naruto - Artbook.cbz", "1", "", Kind::Manga, ""),
            ("Naruto Chapitre 700.cbz", "700", "", Kind::Manga, ""),
            ("Naruto 700.cbz", "700", "72", Kind::Chapters, "700"),
        ] {
            let found = settled(&mut [entry(name, Some(tagged(number, volume)), "")], kind);
            assert_eq!(found, [volumes], "{name} Number={number} Volume={volume}");
        }
    }

    #[test]
    fn names_win_when_several_files_claim_one_number() {
        let one = || Some(tagged("1", ""));
        let names = ["T03.cbz", "T04.cbz", "Naruto 05.cbz"];
        let mut entries = names.map(|name| entry(name, one(), ""));
        assert_eq!(settled(&mut entries, Kind::Manga), ["3", "4", "5"]);
        let mut entries = [
            entry("T01.cbz", Some(Metadata::default()), ""),
            entry("T02.cbz", one(), ""),
        ];
        assert_eq!(settled(&mut entries, Kind::Manga), ["1", "2"]);
        let mut copies = [
            entry("T03.cbz", Some(tagged("7", "")), ""),
            entry("T03 [EN].cbz", Some(tagged("7", "")), ""),
        ];
        assert_eq!(settled(&mut copies, Kind::Manga), ["7", "7"]);
    }

    #[test]
    fn unchanged_files_are_opened_again_only_where_name_and_number_disagree() {
        let known = |name| entry(name, None, "3");
        let mut asked = Vec::new();
        let mut again = |entry: &Entry| {
            asked.push(entry.file.path.clone());
            Some(tagged("1", ""))
        };
        let mut entries = [
            known("T03.cbz"),
            entry("T04.cbz", Some(tagged("4", "")), ""),
        ];
        settle(&mut entries, &[], Kind::Manga.into(), &mut again);
        let mut entries = [
            known("T03.cbz"),
            entry("T05.cbz", Some(tagged("1", "")), ""),
        ];
        settle(&mut entries, &[], Kind::Manga.into(), &mut again);
        assert_eq!(asked, ["T03.cbz"]);
        assert_eq!(entries[1].file.volumes, set("5"));
    }
}
