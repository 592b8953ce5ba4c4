//! A series of Kavita as it is shelved. Pure.

use std::collections::BTreeMap;

use super::{
    numbers::{Claim, has_marker, settle},
    records::{Chapter, File, IMAGE, Metadata, Records, Series, Volume},
    roots::{Roots, name_of},
    times,
};
use crate::{
    book::{
        name::{self, NameSays},
        path::{escape, stem},
    },
    domain::{
        identity::Identity,
        language::iso_639_1,
        release::{Hints, Kind, parse},
        series::Status,
        title::fold,
        volume::{MAX_SET, VolumeSet},
    },
    library::files::{FolderName, disputed, edition, language, total},
    ports::{ScannedFile, ScannedSeries},
};

/// The longest title that is taken over, in characters.
const LONGEST_TITLE: usize = 500;
/// Links and tags that are taken over.
const MOST: usize = 100;

const NO_PAGES: &str =
    "Kavita counts no page in it: open it there, and replace it when it cannot be read";

/// How series are read.
pub struct Reader<'a> {
    pub roots: &'a Roots,
    pub hints: Hints<'static>,
}

/// A book on its way to a file of the shelf.
struct Book<'a> {
    path: String,
    name: String,
    /// It stands in a sub-folder of specials.
    special: bool,
    bytes: u64,
    pages: i64,
    chapter: &'a Chapter,
    claim: Claim,
}

impl Reader<'_> {
    /// The files of a series, by their paths, and how many records could not be read.
    pub fn files(
        &self,
        series: &Series,
        metadata: &Metadata,
        volumes: &Records<Volume>,
    ) -> (Vec<ScannedFile>, usize) {
        let (books, broken) = self.books(series, volumes);
        let titles = self.titles(series);
        let says: Vec<NameSays> = books
            .iter()
            .map(|book| book.says(&titles, self.hints))
            .collect();
        let claims = books.iter().map(|book| &book.claim.numbers);
        let disputed = disputed(claims.zip(says.iter().map(|says| &says.numbers)));
        let alone = books.len() == 1 && metadata.total_count <= 1;
        let files = books.into_iter().zip(says).map(|(book, says)| {
            let tagged = disputed.contains(&book.claim.numbers.to_string());
            self.file(book, says, tagged, alone)
        });
        (files.collect(), broken)
    }

    /// The series with these files.
    pub fn series(
        &self,
        series: &Series,
        metadata: &Metadata,
        files: Vec<ScannedFile>,
    ) -> ScannedSeries {
        let stated = u32::try_from(metadata.total_count).ok().filter(is_total);
        let title = series
            .name
            .as_deref()
            .filter(|name| !name.trim().is_empty());
        let folder = FolderName::read(&self.folder_name(series), self.hints);
        let tag = metadata.language.as_deref().and_then(iso_639_1);
        ScannedSeries {
            key: series.id.to_string(),
            title: title.map_or_else(|| format!("series {}", series.id), cut),
            total: total(stated.filter(|total| *total > 0), &files),
            language: tag
                .map(ToOwned::to_owned)
                .or_else(|| language(&files))
                .or(folder.language.map(ToOwned::to_owned)),
            edition: edition(&files, folder.edition),
            aliases: aliases(series),
            identities: identities(series, metadata),
            status: status(metadata),
            tags: tags(metadata),
            files,
        }
    }

    /// Where its files lie, as in [`crate::ports::Scan::unreadable`].
    pub fn places(&self, series: &Series) -> Vec<String> {
        let folder = folder(series).and_then(|folder| self.roots.folder(folder));
        let mut places: Vec<String> = folder.into_iter().collect();
        places.push(series.id.to_string());
        places
    }

    /// Every spelling of its title that may stand in front of a number.
    fn titles(&self, series: &Series) -> Vec<String> {
        let mut titles: Vec<String> = names(series).map(fold).collect();
        titles.push(fold(&self.folder_name(series)));
        titles.retain(|title| !title.is_empty());
        titles.dedup();
        titles
    }

    /// None in a library of loose files.
    fn folder_name(&self, series: &Series) -> String {
        let folder = folder(series).filter(|folder| {
            let below = self.roots.folder(folder);
            below.is_none_or(|below| !below.is_empty())
        });
        folder.map_or_else(String::new, |folder| name_of(folder).to_owned())
    }

    fn books<'a>(&self, series: &Series, volumes: &'a Records<Volume>) -> (Vec<Book<'a>>, usize) {
        let mut books: BTreeMap<String, Book<'a>> = BTreeMap::new();
        let mut broken = volumes.broken;
        for volume in &volumes.good {
            broken += volume.chapters.broken;
            for chapter in &volume.chapters.good {
                broken += chapter.files.broken;
                for file in &chapter.files.good {
                    let claim = Claim::of(volume, chapter, self.hints.kind);
                    let Some(book) = self.book(series, chapter, file, claim) else {
                        broken += 1;
                        continue;
                    };
                    match books.get_mut(&book.path) {
                        Some(known) => known.merge(&book),
                        None => drop(books.insert(book.path.clone(), book)),
                    }
                }
            }
        }
        (books.into_values().collect(), broken)
    }

    /// None for a file without a path.
    fn book<'a>(
        &self,
        series: &Series,
        chapter: &'a Chapter,
        file: &File,
        claim: Claim,
    ) -> Option<Book<'a>> {
        let whole = file.file_path.as_deref()?.replace('\\', "/");
        // A page by itself: the book is its folder.
        let whole = match file.format {
            IMAGE => whole.rsplit_once('/')?.0,
            _ => whole.as_str(),
        };
        let name = name_of(whole);
        let path = self
            .roots
            .file(whole)
            .unwrap_or_else(|| format!("{}/{}", series.id, escape(name.as_ref())));
        let stem = match file.format {
            IMAGE => name.to_owned(),
            _ => stem(name.as_ref()).into_owned(),
        };
        (!name.is_empty() && name.len() <= 1024).then(|| Book {
            path,
            name: stem,
            special: self.is_among_specials(series, whole),
            bytes: u64::try_from(file.bytes).unwrap_or_default(),
            pages: file.pages,
            chapter,
            claim,
        })
    }

    /// The name of a folder between the series' own and the file says so.
    fn is_among_specials(&self, series: &Series, file: &str) -> bool {
        let folder = folder(series).map(|folder| folder.replace('\\', "/"));
        let below = folder.and_then(|folder| {
            let below = file.strip_prefix(folder.trim_end_matches('/'))?;
            below.strip_prefix('/')?.rsplit_once('/')
        });
        let between = below.map_or("", |(between, _)| between).split('/');
        between
            .filter(|name| !name.is_empty())
            .any(|name| parse(name, self.hints).is_special())
    }

    fn file(&self, book: Book<'_>, says: NameSays, tagged: bool, alone: bool) -> ScannedFile {
        let marked = has_marker(&book.name);
        let mut settled = settle(&says, marked, &book.claim, tagged);
        let is_one_shot = alone
            && settled.volumes.is_empty()
            && !(says.special || says.only_chapters || marked || book.claim.chapter)
            && self.hints.kind != Kind::Chapters;
        if is_one_shot {
            settled.volumes = VolumeSet::range(1, 1);
        }
        let chapter = book.chapter;
        let tag = chapter.language.as_deref().and_then(iso_639_1);
        let count = u32::try_from(chapter.total_count).ok().filter(is_total);
        ScannedFile {
            path: book.path,
            size: book.bytes,
            modified: times::utc(chapter.last_modified_utc.as_deref())
                .or_else(|| times::utc(chapter.created_utc.as_deref()))
                .unwrap_or_default(),
            volumes: settled.volumes,
            doubtful: settled.doubtful,
            title: says.title,
            count: count.filter(|count| *count > 0),
            language: tag.or(says.language).map(ToOwned::to_owned),
            edition: says.edition,
            // Kavita counts none in what it may not read either: that is no proof of damage.
            problem: settled
                .problem
                .or_else(|| (book.pages <= 0).then(|| NO_PAGES.to_owned())),
            damaged: false,
        }
    }
}

impl Book<'_> {
    fn says(&self, titles: &[String], hints: Hints<'_>) -> NameSays {
        let mut says = name::read(&self.name, titles, hints);
        if self.special {
            says.special = true;
            says.numbers = VolumeSet::default();
        }
        says
    }

    /// One more page of the same book, or the same file as another chapter.
    fn merge(&mut self, other: &Self) {
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.pages = self.pages.saturating_add(other.pages);
        self.claim.numbers.extend_with(&other.claim.numbers);
        self.claim.special &= other.claim.special;
    }
}

fn folder(series: &Series) -> Option<&str> {
    let folder = series.lowest_folder_path.as_deref();
    folder
        .filter(|folder| !folder.is_empty())
        .or(series.folder_path.as_deref())
        .filter(|folder| !folder.is_empty())
}

fn names(series: &Series) -> impl Iterator<Item = &str> {
    let names = [&series.name, &series.localized_name, &series.original_name];
    names.into_iter().flatten().map(String::as_str)
}

/// Its names that are another title than the first.
fn aliases(series: &Series) -> Vec<String> {
    let mut known = vec![fold(series.name.as_deref().unwrap_or_default())];
    let mut aliases = Vec::new();
    for name in names(series).skip(usize::from(series.name.is_some())) {
        let folded = fold(name);
        if !folded.is_empty() && !known.contains(&folded) {
            known.push(folded);
            aliases.push(cut(name));
        }
    }
    aliases
}

/// What the links of a series, and the ids that later versions have for it, say.
fn identities(series: &Series, metadata: &Metadata) -> Vec<Identity> {
    let links = metadata.web_links.as_deref().unwrap_or_default();
    let of_links = links
        .split(',')
        .take(MOST)
        .map(|link| link.trim().to_owned());
    let pages = [
        ("https://anilist.co/manga/", series.ani_list_id),
        ("https://myanimelist.net/manga/", series.mal_id),
        ("https://mangabaka.org/", series.manga_baka_id),
    ];
    let of_ids = pages.into_iter().filter(|(_, id)| *id > 0);
    let of_ids = of_ids.map(|(page, id)| format!("{page}{id}"));
    let mut identities: Vec<Identity> = of_ids
        .chain(of_links)
        .filter_map(|url| Identity::from_url(&url))
        .collect();
    identities.sort_unstable();
    identities.dedup();
    identities
}

/// `PublicationStatus`: 2 has all volumes here, 4 has not.
fn status(metadata: &Metadata) -> Option<Status> {
    match metadata.publication_status? {
        0 => Some(Status::Ongoing),
        1 => Some(Status::Hiatus),
        2 | 4 => Some(Status::Ended),
        3 => Some(Status::Abandoned),
        _ => None,
    }
}

/// Genres and tags alike.
fn tags(metadata: &Metadata) -> Vec<String> {
    let words = metadata.genres.good.iter().chain(&metadata.tags.good);
    let mut tags: Vec<String> = words
        .map(|word| cut(&word.title))
        .filter(|word| !word.is_empty())
        .collect();
    tags.sort_unstable();
    tags.dedup();
    tags.truncate(MOST);
    tags
}

fn cut(title: &str) -> String {
    title.trim().chars().take(LONGEST_TITLE).collect()
}

/// 0 stands for unknown.
fn is_total(count: &u32) -> bool {
    (1..=MAX_SET as u32).contains(count)
}
