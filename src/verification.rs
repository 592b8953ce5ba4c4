//! Stage 8: what a download client wrote, held against what its release promised. Each promised volume has its own result. Blocking.
//!
//! Everything that is read here may be hostile: no link is followed, and depth, entries and bytes are bounded. [`walk`] lists what is
//! there, [`inspect`] looks into each book and [`pages`] at folders of images, [`naming`] reads which volumes they are, [`measure`] holds
//! them against the profile, and [`settle`] makes a result of each volume. [`fault`] names what is wrong.
//! [`selecting`] reads the same names before anything of it is there.

pub mod fault;
mod inspect;
mod measure;
mod naming;
mod pages;
pub mod selecting;
mod settle;
#[cfg(test)]
mod tests;
mod walk;

use std::path::{Path, PathBuf};

pub use fault::{Bomb, Cause, Fault, Outcome};
pub use naming::Light;

use crate::domain::{
    edition::Edition,
    profile::Profile,
    release::Lexicon,
    series::Series,
    volume::{VolumeNumber, VolumeSet},
};

/// What a release promised.
#[derive(Clone, Copy)]
pub struct Promise<'a> {
    /// What its name promised, reserved volumes only.
    pub volumes: &'a VolumeSet,
    /// The series that is collected.
    pub series: &'a Series,
    /// The edition that its name states: that of the files that state none.
    pub edition: Edition,
    /// Formats that are never taken, and sizes.
    pub profile: &'a Profile,
    /// The words that are known.
    pub lexicon: &'a Lexicon,
    /// Bytes of all of it; none when unknown.
    pub bytes: Option<u64>,
    /// Of a partial pack, the only files that count, as paths below the root with `/`; the rest is passed over. A root that is a file
    /// counts.
    pub selected: Option<&'a [String]>,
    /// Codes of faults for which a human would have to look, and has: they are none any more.
    pub accepted: &'a [String],
}

impl Promise<'_> {
    fn light(&self) -> Light<'_> {
        Light {
            volumes: self.volumes,
            series: self.series,
            edition: self.edition,
            lexicon: self.lexicon,
        }
    }

    fn accepts(&self, cause: &Cause) -> bool {
        let code = cause.code();
        cause.outcome() == Outcome::Review && self.accepted.iter().any(|known| known == code)
    }
}

/// A good book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Book {
    /// The file, or the folder of a volume of loose pages.
    pub path: PathBuf,
    /// By its content: `cbz`, `cbr`, `cb7`, `zip`, `rar`, `7z`, `pdf` or `epub`, and `folder` for loose pages.
    pub format: &'static str,
    /// Of the file, or of all pages.
    pub bytes: u64,
    /// Images; none when they cannot be counted.
    pub pages: Option<u32>,
    /// Every volume that it holds, promised or not.
    pub volumes: VolumeSet,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verified {
    /// Each promised volume with every good copy of it, the best first: the profile's formats in their order, then the larger.
    pub volumes: Vec<(VolumeNumber, Result<Vec<Book>, Fault>)>,
    /// Good volumes that were not promised.
    pub others: Vec<(VolumeNumber, Vec<Book>)>,
    /// What else is wrong: bad copies of good volumes, books that were not promised, files that are no books.
    pub problems: Vec<Fault>,
}

/// The most bytes that an archive of so many is believed to hold when it does not say.
pub fn most_unpacked(bytes: u64) -> u64 {
    let grown = bytes.saturating_mul(inspect::MAX_RATIO);
    grown.clamp(inspect::HARMLESS, inspect::MAX_UNPACKED)
}

/// Looks into an archive that we made as into one that came.
///
/// # Errors
/// What is wrong with it.
pub fn look_into(place: &Path, bytes: u64) -> Result<(), Cause> {
    inspect::book(place, bytes, "made.cbz".as_ref()).map(drop)
}

/// Looks at what lies at `root`, a file or a folder. Never fails: what cannot be read is a fault of the volumes that it keeps from us.
pub fn verify(root: &Path, promise: &Promise<'_>) -> Verified {
    let seen = walk::walk(root, promise.selected);
    let books = naming::read(root, &seen, promise.light());
    let judged = books
        .into_iter()
        .map(|named| measure::judge(root, named, promise))
        .collect();
    settle::settle(judged, &seen, promise)
}
