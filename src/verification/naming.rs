//! Which volumes each file is, by its name, by the folders in which it lies, and by the promise. Pure.

mod titles;

use std::{collections::HashMap, ffi::OsStr, path::Path};

use self::titles::Titles;
use super::{
    fault::Cause,
    pages::{self, is_page},
    walk::{File, Kind, Seen},
};
use crate::{
    book::{
        name::NameSays,
        path::{extension_of, is_book, stem},
    },
    domain::{
        decide::Reason, edition::Edition, release::Lexicon, series::Series, volume::VolumeSet,
    },
};

/// A file or a folder of pages with what its name says.
#[derive(Clone, Debug)]
pub struct Named<'a> {
    /// Below the root; empty for the root.
    pub path: &'a Path,
    /// What it is.
    pub what: What<'a>,
    /// The collected volumes that it holds.
    pub volumes: VolumeSet,
    /// The chapters that it names instead.
    pub chapters: VolumeSet,
    /// An artbook, a guide, an hors-série.
    pub special: bool,
    /// Coloured copies are larger.
    pub colour: bool,
    /// There is no other book.
    pub sole: bool,
    /// What is wrong with the name.
    pub cause: Option<Cause>,
}

/// What is looked into.
#[derive(Clone, Debug)]
pub enum What<'a> {
    /// A file.
    File(&'a File),
    /// The pages of a folder.
    Pages(Vec<&'a File>),
}

impl What<'_> {
    /// A book, whole or not.
    pub fn is_book(&self) -> bool {
        match self {
            Self::Pages(_) => true,
            Self::File(file) => match file.kind {
                Kind::Book => true,
                Kind::Unfinished => is_book(&file.name),
                _ => false,
            },
        }
    }
}

/// In the light of what names are read.
#[derive(Clone, Copy)]
pub struct Light<'a> {
    /// What was promised.
    pub volumes: &'a VolumeSet,
    /// The series that is collected.
    pub series: &'a Series,
    /// The edition of the files that state none.
    pub edition: Edition,
    /// The words that are known.
    pub lexicon: &'a Lexicon,
}

/// A folder in which books lie.
struct Folder {
    says: NameSays,
    /// The title in its name.
    title: Option<String>,
    /// How many lie in it and below.
    books: usize,
}

/// What the names of folders say.
struct Folders<'a> {
    light: Light<'a>,
    titles: Titles<'a>,
    known: HashMap<&'a Path, Folder>,
    /// In all of them, and in the root.
    books: usize,
    /// Some folder has the title of the series, so that the others have other ones.
    titled: bool,
}

/// Reads the names of all files but pages, and of folders of pages.
pub fn read<'a>(root: &'a Path, seen: &'a Seen, light: Light<'a>) -> Vec<Named<'a>> {
    let files = seen.files.iter().filter(|file| !is_page(file));
    let mut found: Vec<(&Path, What<'_>)> = files
        .map(|file| (file.path.as_path(), What::File(file)))
        .collect();
    let pages = pages::folders(seen).into_iter();
    found.extend(pages.map(|(folder, pages)| (folder, What::Pages(pages))));
    let folders = Folders::of(&found, light);
    let named = found.into_iter().map(|(path, what)| {
        let name = match &what {
            What::File(file) => plain_stem(&file.name),
            What::Pages(_) => path
                .file_name()
                .or(root.file_name())
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
        };
        folders.named(path, what, &name)
    });
    named.collect()
}

/// Without the extension, also that of what is no book.
fn plain_stem(name: &OsStr) -> String {
    let known = stem(name);
    if is_book(name) {
        return known.into_owned();
    }
    let extension = extension_of(name.as_encoded_bytes()).len();
    match known.len().checked_sub(extension + 1) {
        Some(end) if extension > 0 && known.is_char_boundary(end) => known[..end].to_owned(),
        _ => known.into_owned(),
    }
}

impl<'a> Folders<'a> {
    fn of(found: &[(&'a Path, What<'a>)], light: Light<'a>) -> Self {
        let mut folders = Self {
            light,
            titles: Titles::of(light.series, light.lexicon),
            known: HashMap::new(),
            books: 0,
            titled: false,
        };
        for (path, _) in found.iter().filter(|(_, what)| what.is_book()) {
            folders.books += 1;
            for folder in above(path) {
                let titles = &folders.titles;
                let known = folders.known.entry(folder).or_insert_with(|| {
                    let name = folder.file_name().unwrap_or_default().to_string_lossy();
                    Folder {
                        says: titles.says(&name),
                        title: titles.of_folder(&name),
                        books: 0,
                    }
                });
                known.books += 1;
            }
        }
        let mut titles = folders
            .known
            .values()
            .filter_map(|known| known.title.as_ref());
        folders.titled = titles.any(|title| folders.titles.is_own(title));
        folders
    }

    /// The folders in which it lies, the nearest first, without the root.
    fn around(&self, path: &'a Path) -> impl Iterator<Item = &Folder> {
        above(path).filter_map(|folder| self.known.get(folder))
    }

    fn named(&self, path: &'a Path, what: What<'a>, name: &str) -> Named<'a> {
        let mut says = self.titles.says(name);
        says.special |= self.around(path).any(|folder| folder.says.special);
        if says.edition == Edition::Standard {
            let edition = self.around(path).map(|folder| folder.says.edition);
            let stated = edition.chain([self.light.edition]);
            let mut stated = stated.filter(|edition| *edition != Edition::Standard);
            says.edition = stated.next().unwrap_or_default();
        }
        if says.special {
            says.numbers = VolumeSet::default();
        }
        let is_book = what.is_book();
        let sole = is_book && self.books == 1;
        let is_silent = says.numbers.is_empty() && !says.special && !says.only_chapters;
        if is_book && is_silent {
            says.numbers = self.of_a_folder(path);
        }
        let mut named = Named {
            path,
            what,
            volumes: VolumeSet::default(),
            chapters: match says.only_chapters {
                true => says.chapters.clone(),
                false => VolumeSet::default(),
            },
            special: says.special,
            colour: says.edition == Edition::Colour,
            sole,
            cause: None,
        };
        (named.volumes, named.cause) = self.held(path, name, &says, sole);
        named
    }

    /// The number of a folder whose only book it is.
    fn of_a_folder(&self, path: &'a Path) -> VolumeSet {
        self.around(path)
            .take_while(|folder| folder.books == 1)
            .map(|folder| folder.says.numbers.clone())
            .find(|numbers| !numbers.is_empty())
            .unwrap_or_default()
    }

    /// The collected volumes, and what is wrong. The only book is what was promised, unless it says a number of its own.
    fn held(
        &self,
        path: &'a Path,
        name: &str,
        says: &NameSays,
        sole: bool,
    ) -> (VolumeSet, Option<Cause>) {
        let promised = || match sole {
            true => self.light.volumes.clone(),
            false => VolumeSet::default(),
        };
        let judged = |reason| Some(Cause::Judged(reason));
        if says.special {
            return (promised(), judged(Reason::Special));
        }
        if says.only_chapters {
            let chapters = says.chapters.clone();
            return (promised(), judged(Reason::Chapters { chapters }));
        }
        if says.numbers.is_empty() {
            let cause = if sole { None } else { judged(Reason::NoVolume) };
            return (promised(), cause);
        }
        let series = self.light.series;
        let held = series.owned(says.edition, &says.numbers);
        if held.is_empty() {
            let reason = Reason::OtherEdition {
                edition: says.edition,
                collected: series.edition,
            };
            return (promised(), judged(reason));
        }
        (held, self.other_series(path, name, says).map(Cause::Judged))
    }

    /// The title in front of the number, or else of the folder beside the series' own, is another one.
    fn other_series(&self, path: &'a Path, name: &str, says: &NameSays) -> Option<Reason> {
        if says.title.is_some() {
            return self.titles.other_series(name);
        }
        let is_own = |title: &&String| self.titles.is_own(title);
        let mut titles = self.around(path).filter_map(|folder| folder.title.as_ref());
        let nearest = titles.next()?;
        let series = nearest.clone();
        let is_other = self.titled && !is_own(&nearest) && !titles.any(|title| is_own(&title));
        is_other.then_some(Reason::WrongSeries { series })
    }
}

/// The folders in which it lies, the nearest first, without the root.
fn above(path: &Path) -> impl Iterator<Item = &Path> {
    let is_named = |folder: &&Path| !folder.as_os_str().is_empty();
    path.ancestors().skip(1).filter(is_named)
}
