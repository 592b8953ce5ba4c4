//! Which volumes each file is, by its name, by the folders in which it lies, and by the promise. Pure.

use std::{collections::HashMap, ffi::OsStr, path::Path};

use super::{
    Promise,
    fault::Cause,
    pages::{self, is_page},
    walk::{File, Kind, Seen},
};
use crate::{
    book::{
        name::{self, NameSays},
        path::{extension_of, is_book, stem},
    },
    domain::{
        decide::Reason,
        edition::Edition,
        release::{Hints, Place, parse},
        title::{self, TitleMatch},
        volume::VolumeSet,
    },
};

/// The most letters of a title that a reason repeats.
const MAX_TITLE: usize = 120;

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

/// What the names of folders say, and how many books are in each and below.
struct Folders<'a> {
    promise: &'a Promise<'a>,
    titles: Vec<String>,
    books: HashMap<&'a Path, usize>,
    says: HashMap<&'a Path, NameSays>,
    /// Some folder has the title of the series, so that the others have other ones.
    titled: bool,
}

/// Reads the names of all files but pages, and of folders of pages.
pub fn read<'a>(root: &'a Path, seen: &'a Seen, promise: &'a Promise<'a>) -> Vec<Named<'a>> {
    let files = seen.files.iter().filter(|file| !is_page(file));
    let mut found: Vec<(&Path, What<'_>)> = files
        .map(|file| (file.path.as_path(), What::File(file)))
        .collect();
    let pages = pages::folders(seen).into_iter();
    found.extend(pages.map(|(folder, pages)| (folder, What::Pages(pages))));
    let folders = Folders::of(&found, promise);
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
    fn of(found: &[(&'a Path, What<'a>)], promise: &'a Promise<'a>) -> Self {
        let series = promise.series;
        let titles = std::iter::once(&series.title).chain(&series.aliases);
        let mut folders = Self {
            promise,
            titles: titles.map(|title| title::fold(title)).collect(),
            books: HashMap::new(),
            says: HashMap::new(),
            titled: false,
        };
        for (path, what) in found.iter().filter(|(_, what)| what.is_book()) {
            for folder in above(path) {
                *folders.books.entry(folder).or_default() += 1;
                if !folders.says.contains_key(folder) {
                    let says = folders.says(&text(folder));
                    folders.titled |= folders.is_series(folder);
                    folders.says.insert(folder, says);
                }
            }
            // A folder of pages is below itself as well.
            if let What::Pages(_) = what {
                folders.titled |= folders.is_series(path);
            }
            *folders.books.entry(Path::new("")).or_default() += 1;
        }
        folders
    }

    fn says(&self, name: &str) -> NameSays {
        let hints = Hints {
            kind: self.promise.series.kind,
            titles: &[],
            place: Place::InSeries,
            lexicon: self.promise.lexicon,
        };
        name::read(name, &self.titles, hints)
    }

    /// The title that a folder's name has.
    fn title(&self, folder: &Path) -> Option<String> {
        let hints = Hints {
            kind: self.promise.series.kind,
            titles: &self.titles,
            place: Place::Folder,
            lexicon: self.promise.lexicon,
        };
        parse(&text(folder), hints).series.map(Into::into)
    }

    fn is_series(&self, folder: &Path) -> bool {
        let title = self.title(folder);
        title.is_some_and(|title| self.promise.series.matches(&title) != TitleMatch::Different)
    }

    fn named(&self, path: &'a Path, what: What<'a>, name: &str) -> Named<'a> {
        let mut says = self.says(name);
        let above: Vec<&NameSays> = above(path)
            .filter_map(|folder| self.says.get(folder))
            .collect();
        says.special |= above.iter().any(|folder| folder.special);
        if says.edition == Edition::Standard {
            let edition = above.iter().map(|folder| folder.edition);
            let stated = edition.chain([self.promise.edition]);
            let mut stated = stated.filter(|edition| *edition != Edition::Standard);
            says.edition = stated.next().unwrap_or_default();
        }
        if says.special {
            says.numbers = VolumeSet::default();
        }
        let is_book = what.is_book();
        let sole = is_book && self.books.get(Path::new("")) == Some(&1);
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
        (named.volumes, named.cause) = self.held(path, &says, sole);
        named
    }

    /// The number of a folder whose only book it is.
    fn of_a_folder(&self, path: &Path) -> VolumeSet {
        above(path)
            .take_while(|folder| self.books.get(folder) == Some(&1))
            .filter_map(|folder| self.says.get(folder))
            .map(|says| says.numbers.clone())
            .find(|numbers| !numbers.is_empty())
            .unwrap_or_default()
    }

    /// The collected volumes, and what is wrong. The only book is what was promised, unless it says a number of its own.
    fn held(&self, path: &Path, says: &NameSays, sole: bool) -> (VolumeSet, Option<Cause>) {
        let promised = || match sole {
            true => self.promise.volumes.clone(),
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
        let series = self.promise.series;
        let held = series.owned(says.edition, &says.numbers);
        if held.is_empty() {
            let reason = Reason::OtherEdition {
                edition: says.edition,
                collected: series.edition,
            };
            return (promised(), judged(reason));
        }
        (held, self.other_series(path, says).map(Cause::Judged))
    }

    /// The title in front of the number, or else of the folder beside the series' own, is another one.
    fn other_series(&self, path: &Path, says: &NameSays) -> Option<Reason> {
        let series = self.promise.series;
        let cut = |title: &str| title.chars().take(MAX_TITLE).collect();
        if let Some(stated) = &says.title {
            let folded = title::fold(stated);
            let mut others = series.not_aliases.iter();
            if others.any(|other| title::fold(other) == folded) {
                return Some(Reason::NotAlias {
                    series: cut(stated),
                });
            }
            let is_other = series.matches(stated) == TitleMatch::Different;
            return is_other.then(|| Reason::WrongSeries {
                series: cut(stated),
            });
        }
        let mut above = above(path).peekable();
        let nearest = above.peek().copied()?;
        if !self.titled || above.any(|folder| self.is_series(folder)) {
            return None;
        }
        self.title(nearest).map(|stated| Reason::WrongSeries {
            series: cut(&stated),
        })
    }
}

/// The folders in which it lies, the nearest first, without the root.
fn above(path: &Path) -> impl Iterator<Item = &Path> {
    let is_named = |folder: &&Path| !folder.as_os_str().is_empty();
    path.ancestors().skip(1).filter(is_named)
}

fn text(folder: &Path) -> String {
    let name = folder.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
