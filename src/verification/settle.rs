//! Makes a result of each promised volume out of the books that were looked at. Pure.

use std::{cmp::Reverse, path::Path};

use super::{
    Book, Promise, Verified,
    fault::{Cause, Fault, Outcome},
    measure::Judged,
    walk::Seen,
};
use crate::domain::{
    decide::Reason,
    volume::{VolumeNumber, VolumeSet},
};

/// Where all promised volumes are there, they have at least so many percent of the bytes that were promised.
pub const LEAST_SHARE: u64 = 50;

/// Every promised volume, and what else there is.
pub fn settle(judged: Vec<Judged>, seen: &Seen, promise: &Promise<'_>) -> Verified {
    if let Some(fake) = judged.iter().find_map(executable) {
        return fake_release(fake, promise);
    }
    let shelf = Found::of(&judged, promise);
    let mut volumes: Vec<_> = promise
        .volumes
        .iter()
        .map(|volume| (volume, shelf.volume(volume, seen)))
        .collect();
    if let Some(fault) = too_little(&volumes, seen, promise) {
        for (_, result) in &mut volumes {
            *result = Err(fault.clone());
        }
    }
    let told: Vec<&Fault> = volumes
        .iter()
        .filter_map(|(_, result)| result.as_ref().err())
        .collect();
    let problems = shelf.problems(seen, &told);
    Verified {
        others: shelf.others(promise.volumes),
        volumes,
        problems,
    }
}

fn executable(judged: &Judged) -> Option<&Fault> {
    let fault = judged.result.as_ref().err()?;
    matches!(fault.cause, Cause::Executable { .. }).then_some(fault)
}

/// Nothing of it is taken.
fn fake_release(fault: &Fault, promise: &Promise<'_>) -> Verified {
    let volumes = promise.volumes.iter();
    Verified {
        volumes: volumes.map(|volume| (volume, Err(fault.clone()))).collect(),
        ..Verified::default()
    }
}

/// All is there, in far fewer bytes than were promised. Unknown passes, and so does a part of a pack.
fn too_little(
    volumes: &[(VolumeNumber, Result<Vec<Book>, Fault>)],
    seen: &Seen,
    promise: &Promise<'_>,
) -> Option<Fault> {
    let promised = promise.bytes.filter(|_| promise.selected.is_none())?;
    let bytes = seen.bytes;
    let all = volumes.iter().all(|(_, result)| result.is_ok());
    let cause = Cause::LessThanPromised { bytes, promised };
    let is_little = all && bytes < promised / 100 * LEAST_SHARE;
    (is_little && !promise.accepts(&cause)).then(|| Fault::new(Path::new(""), cause))
}

/// What there is of each volume.
struct Found<'a> {
    judged: &'a [Judged],
    holds: VolumeSet,
    formats: &'a [String],
}

impl<'a> Found<'a> {
    fn of(judged: &'a [Judged], promise: &'a Promise<'a>) -> Self {
        let mut holds = VolumeSet::default();
        for one in judged.iter().filter(|one| one.result.is_ok()) {
            holds.extend_with(&one.volumes);
        }
        Self {
            judged,
            holds,
            formats: &promise.profile.formats,
        }
    }

    fn volume(&self, volume: VolumeNumber, seen: &Seen) -> Result<Vec<Book>, Fault> {
        let good = self.good(volume);
        if !good.is_empty() {
            return Ok(good);
        }
        let faults = self
            .copies(volume)
            .filter_map(|copy| copy.result.as_ref().err());
        let mildest = mildest(faults).cloned();
        Err(mildest.unwrap_or_else(|| self.lacking(volume, seen)))
    }

    /// Looked for each time: a hostile name says that it holds thousands.
    fn copies(&self, volume: VolumeNumber) -> impl Iterator<Item = &Judged> {
        self.judged
            .iter()
            .filter(move |one| one.volumes.contains(volume))
    }

    /// The best first.
    fn good(&self, volume: VolumeNumber) -> Vec<Book> {
        let books = self
            .copies(volume)
            .filter_map(|copy| copy.result.as_ref().ok());
        let mut books: Vec<Book> = books.cloned().collect();
        let place = |book: &Book| {
            let known = self.formats.iter();
            let place = known
                .map(String::as_str)
                .position(|format| format.eq_ignore_ascii_case(book.format));
            place.unwrap_or(self.formats.len())
        };
        books.sort_by_key(|book| (place(book), Reverse(book.bytes)));
        books
    }

    /// Why there is no copy: it may be where nothing could be read, or one of those without a number, or come as chapters.
    fn lacking(&self, volume: VolumeNumber, seen: &Seen) -> Fault {
        let silent = |one: &&Judged| one.is_book && one.volumes.is_empty() && !one.special;
        let faults = self.judged.iter().filter(silent);
        let faults = faults.filter_map(|one| one.result.as_ref().err());
        let in_doubt = |fault: &&Fault| fault.outcome() != Outcome::Fails;
        if let Some(fault) = mildest(seen.unknown.iter().chain(faults.clone()).filter(in_doubt)) {
            return fault.clone();
        }
        if let Some(fault) = self.chapters() {
            return fault;
        }
        let foreign = self
            .judged
            .iter()
            .filter(|one| !one.is_book && !self.has_books())
            .filter_map(|one| one.result.as_ref().err());
        if let Some(fault) = mildest(faults.chain(foreign)) {
            return fault.clone();
        }
        let holds = self.holds.clone();
        Fault::new(Path::new(""), Cause::LacksVolume { volume, holds })
    }

    fn has_books(&self) -> bool {
        self.judged.iter().any(|one| one.is_book)
    }

    /// All chapters that there are instead of volumes.
    fn chapters(&self) -> Option<Fault> {
        let mut chapters = VolumeSet::default();
        for one in self.judged {
            chapters.extend_with(&one.chapters);
        }
        let cause = Cause::Judged(Reason::Chapters {
            chapters: chapters.clone(),
        });
        (!chapters.is_empty()).then(|| Fault::new(Path::new(""), cause))
    }

    fn others(&self, promised: &VolumeSet) -> Vec<(VolumeNumber, Vec<Book>)> {
        let others = self.holds.without(promised);
        others
            .iter()
            .map(|volume| (volume, self.good(volume)))
            .collect()
    }

    /// What no volume's result has told. Specials and half-written files that nobody waits for are no problem.
    fn problems(&self, seen: &Seen, told: &[&Fault]) -> Vec<Fault> {
        let faults = self
            .judged
            .iter()
            .filter(|one| !one.special && !one.unfinished)
            .filter_map(|one| one.result.as_ref().err());
        let untold = |fault: &&Fault| !told.contains(fault);
        let faults = seen.unknown.iter().chain(faults);
        faults.filter(untold).cloned().collect()
    }
}

/// What may pass by itself counts most, then what a human may decide.
fn mildest<'a>(faults: impl Iterator<Item = &'a Fault>) -> Option<&'a Fault> {
    faults.min_by_key(|fault| fault.outcome())
}
