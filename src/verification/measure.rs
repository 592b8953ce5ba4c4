//! Holds one book against the profile: its format, its size, its pages.

use std::path::Path;

use super::{
    Book, Promise,
    fault::{Cause, Fault, Outcome},
    inspect::{self, Inside},
    naming::{Named, What},
    pages,
    walk::{File, Kind},
};
use crate::{
    book::path::extension_of,
    domain::{
        decide::{Bounds, Reason},
        edition::Cut,
        release,
        volume::VolumeSet,
    },
};

/// Pages under which a manga volume is suspicious.
pub const FEW_MANGA_PAGES: u32 = 80;

/// Pages under which an album is suspicious, and what may be one.
pub const FEW_BD_PAGES: u32 = 24;

/// Percent by which the only book may differ from the bytes that were promised; its size was judged before it was sent.
pub const AS_PROMISED: u64 = 20;

/// A book or another file, and what became of it.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The collected volumes that it holds.
    pub volumes: VolumeSet,
    /// The chapters that it names instead.
    pub chapters: VolumeSet,
    /// An artbook, a guide, an hors-série.
    pub special: bool,
    /// A book, whole or not, good or bad.
    pub is_book: bool,
    /// A half-written file.
    pub unfinished: bool,
    /// The book, or what is worst of it.
    pub result: Result<Book, Fault>,
}

/// Looks into a file or a folder of pages, and judges it.
pub fn judge(root: &Path, named: Named<'_>, promise: &Promise<'_>) -> Judged {
    // Joining nothing would put a slash behind a file.
    let place = match named.path.as_os_str().is_empty() {
        true => root.to_owned(),
        false => root.join(named.path),
    };
    let (inside, bytes, unfinished) = match &named.what {
        What::File(file) => (
            look(&place, file),
            file.bytes,
            file.kind == Kind::Unfinished,
        ),
        What::Pages(files) => (
            pages::inspect(root, files),
            files.iter().map(|file| file.bytes).sum(),
            false,
        ),
    };
    let mut causes: Vec<Cause> = named.cause.iter().cloned().collect();
    let book = match inside {
        Ok(inside) => {
            causes.extend(wrong(&named, &inside, bytes, promise));
            causes.extend(inside.doubt);
            Some(Book {
                path: place,
                format: inside.format,
                bytes,
                pages: inside.pages,
                volumes: named.volumes.clone(),
            })
        }
        Err(cause) => {
            causes.insert(0, cause);
            None
        }
    };
    // A human cannot accept what is no book, or none of a known volume.
    if book.is_some() && !named.volumes.is_empty() {
        causes.retain(|cause| !promise.accepts(cause));
    }
    let result = match (worst(causes), book) {
        (None, Some(book)) => Ok(book),
        (cause, _) => {
            let cause = cause.expect("what is no book has a cause");
            Err(Fault::new(named.path, cause))
        }
    };
    Judged {
        is_book: named.what.is_book(),
        volumes: named.volumes,
        chapters: named.chapters,
        special: named.special,
        unfinished,
        result,
    }
}

fn look(place: &Path, file: &File) -> Result<Inside, Cause> {
    match file.kind {
        Kind::Book => inspect::book(place, file.bytes, &file.name),
        Kind::Program => Err(Cause::Executable { name: None }),
        Kind::Unfinished => Err(Cause::StillWritten),
        Kind::Link => Err(Cause::Link { name: None }),
        Kind::Page | Kind::Foreign if inspect::is_program(place, file.bytes) => {
            Err(Cause::Executable { name: None })
        }
        Kind::Page | Kind::Foreign => {
            let extension = extension_of(file.name.as_encoded_bytes());
            let extension = String::from_utf8_lossy(extension).to_lowercase();
            Err(Cause::Foreign { extension })
        }
    }
}

/// What is final counts most, the first of its kind.
fn worst(causes: Vec<Cause>) -> Option<Cause> {
    let weight = |cause: &Cause| match cause.outcome() {
        Outcome::Fails => 0,
        Outcome::Later => 1,
        Outcome::Review => 2,
    };
    causes.into_iter().min_by_key(weight)
}

fn wrong(named: &Named<'_>, inside: &Inside, bytes: u64, promise: &Promise<'_>) -> Vec<Cause> {
    let format = refused_format(named, inside, promise);
    let size = wrong_size(named, inside, bytes, promise);
    let pages = few_pages(named, inside, promise);
    let judged = format.or(size).map(Cause::Judged);
    judged.into_iter().chain(pages).collect()
}

/// Loose pages have the format of the first one.
fn refused_format(named: &Named<'_>, inside: &Inside, promise: &Promise<'_>) -> Option<Reason> {
    let format = match &named.what {
        What::Pages(pages) => {
            let name = pages.first()?.name.as_encoded_bytes();
            let extension = String::from_utf8_lossy(extension_of(name)).to_lowercase();
            extension.replace("jpeg", "jpg")
        }
        What::File(_) => inside.format.to_owned(),
    };
    let mut refused = promise.profile.refused_formats.iter();
    let is_refused = refused.any(|known| known.eq_ignore_ascii_case(&format));
    is_refused.then_some(Reason::RefusedFormat { formats: format })
}

/// How many ordinary volumes one of the series has; none when that is not known.
fn ordinary(promise: &Promise<'_>) -> Option<u64> {
    match promise.series.edition.cut() {
        Cut::Keeps => Some(1),
        Cut::InOne(each) => Some(each.into()),
        Cut::Unknown => None,
    }
}

/// Unknown volumes, and kinds that are of any size, pass.
fn wrong_size(
    named: &Named<'_>,
    inside: &Inside,
    bytes: u64,
    promise: &Promise<'_>,
) -> Option<Reason> {
    let as_promised =
        |promised: u64| named.sole && bytes.abs_diff(promised) <= promised / 100 * AS_PROMISED;
    if promise.bytes.is_some_and(as_promised) {
        return None;
    }
    let holds = ordinary(promise)? * named.volumes.len() as u64;
    let (field, sizes) = promise.profile.sizes(promise.series.kind, inside.is_text)?;
    let bounds = Bounds {
        field,
        sizes,
        colour: if named.colour {
            promise.profile.colour_factor
        } else {
            1.0
        },
    };
    bounds.refusal(bytes.checked_div(holds)?, named.volumes.len())
}

/// Unknown pages pass, and so does text. What is cut in an unknown way has one volume's pages at least.
fn few_pages(named: &Named<'_>, inside: &Inside, promise: &Promise<'_>) -> Option<Cause> {
    let each = match promise.series.kind {
        release::Kind::Manga => FEW_MANGA_PAGES,
        release::Kind::Bd | release::Kind::Auto => FEW_BD_PAGES,
        release::Kind::Comics | release::Kind::Chapters => return None,
    };
    let pages = inside.pages.filter(|_| !inside.is_text)?;
    let holds = ordinary(promise).unwrap_or(1) * named.volumes.len() as u64;
    let least = u32::try_from(u64::from(each) * holds).unwrap_or(u32::MAX);
    (pages < least).then(|| Cause::FewPages {
        pages,
        least,
        volumes: named.volumes.clone(),
    })
}
