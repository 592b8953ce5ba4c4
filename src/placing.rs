//! Stage 8: a verified volume comes into a folder library while the client keeps its copy, and goes out again when it was a mistake.
//!
//! ```text
//!  planned ──► writing ──► renaming ──► placed ──► undoing ──► undone
//!     ▲           │            │                      ▲
//!     └── taken back, if the refusal may pass         └── from any step before
//!                 └────────────┴──► failed, if not
//! ```
//!
//! Each step is in the journal (`store::placement`) before it is done on the disk ([`file`]), and may be done again: whoever comes
//! after a crash goes on with [`resume`]. A file is written under a hidden name beside its target and renamed without overwriting, so
//! nobody ever sees half of it, and no file of anyone else is touched; a damaged one that it replaces is set aside ([`aside`]).
//!
//! Of what is to be another archive than the client has, a new one is written instead of a copy ([`making`]); the steps are the same.
//!
//! Whoever calls these holds a lease on the library's files, so that no two processes work on one. Should one lose it, every change of
//! a row repeats the revision that is known of it: it stops at the next step, and the other goes on.

mod aside;
mod disk;
mod error;
mod file;
mod journal;
mod known;
mod making;
mod point;
mod probe;
mod spot;
#[cfg(test)]
mod tests;

use std::path::Path;

pub use self::{
    error::PlaceError,
    probe::{Probe, probe},
};
use self::{file::Job, journal::Journal, known::There};
use crate::{
    book::path::escape,
    clock::Clock,
    domain::{
        placement::{Damaged, Step},
        volume::VolumeSet,
    },
    store::{
        Db, StoreError,
        placement::{self, NewPlacement, Placement},
    },
};

/// What is to be placed, and where.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    /// Which grab brought it.
    pub grab_id: i64,
    /// Whose volume it is.
    pub series_id: i64,
    /// The library that it is for.
    pub library_id: i64,
    /// What it holds.
    pub volumes: &'a VolumeSet,
    /// The client's file, as we see it.
    pub source: &'a Path,
    /// The library's folder.
    pub root: &'a Path,
    /// Where below that; its name comes from [`crate::domain::naming`].
    pub target: &'a Path,
    /// The series' folder may be made. False for one that was seen: when it is gone, the disk is away.
    pub new_folder: bool,
    /// A hardlink will do where it can be made; else it is always a copy.
    pub may_link: bool,
    /// The library's own file that it replaces; that is set aside.
    pub replaces: Option<&'a Damaged>,
    /// A RAR or 7z archive becomes a ZIP.
    pub convert: bool,
    /// What a ZIP that has no `ComicInfo.xml` gets as one.
    pub comic_info: Option<&'a str>,
}

/// What became of a placement that was not finished.
#[derive(Debug)]
pub struct Resumed {
    /// Which.
    pub id: i64,
    /// Where it stands now, or why it does not go on.
    pub outcome: Result<Placement, PlaceError>,
}

/// Places a file. One that was placed by the same order, and is still there, is placed.
///
/// # Errors
/// When it is refused; nothing is left of it. After a refusal that may pass ([`PlaceError::is_passing`]) it stays planned, and
/// [`resume`] tries it again.
pub async fn place(db: &Db, clock: &Clock, order: &Order<'_>) -> Result<Placement, PlaceError> {
    let journal = Journal { db, clock };
    let (source, target) = (
        escape(order.source.as_os_str()),
        escape(order.target.as_os_str()),
    );
    let is_same = |row: &Placement| {
        row.source == source && row.grab_id == order.grab_id && row.volumes == *order.volumes
    };
    if let Some(last) = placement::last_at(db, order.library_id, &target)
        .await?
        .filter(is_same)
    {
        match last.step {
            Step::Planned | Step::Writing | Step::Renaming => return journal.go_on(last).await,
            Step::Placed if journal.on_disk(&last, Job::there).await? == There::Ours => {
                return Ok(last);
            }
            _ => {}
        }
    }
    let new = NewPlacement {
        grab_id: order.grab_id,
        series_id: order.series_id,
        library_id: order.library_id,
        volumes: order.volumes,
        source: &source,
        root: &escape(order.root.as_os_str()),
        target: &target,
        new_folder: order.new_folder,
        may_link: order.may_link,
        replaces: order.replaces,
        convert: order.convert,
        comic_info: order.comic_info,
    };
    match placement::insert(db, &new, clock.now()).await {
        Err(error) if error.is_conflict() => Err(PlaceError::OnItsWay {
            target: target.into_owned(),
        }),
        row => journal.run(row?).await,
    }
}

/// Goes on with every placement that is not finished: after a start, and once in a while for those whose refusal may have passed.
///
/// # Errors
/// When the journal cannot be read.
pub async fn resume(db: &Db, clock: &Clock) -> Result<Vec<Resumed>, StoreError> {
    let journal = Journal { db, clock };
    let mut resumed = Vec::new();
    for row in placement::unfinished(db).await? {
        let id = row.id;
        let outcome = journal.go_on(row).await;
        resumed.push(Resumed { id, outcome });
    }
    Ok(resumed)
}

/// Removes a file that was placed, if it is still the same, and its folder if that was made for it and is empty now. One that is not
/// placed yet will not be. What it found instead of the file stands in the row's `message`.
///
/// # Errors
/// [`PlaceError::Changed`] when the file is not what was placed; it is left. After a refusal that may pass, [`resume`] tries it again.
pub async fn undo(db: &Db, clock: &Clock, id: i64) -> Result<Placement, PlaceError> {
    let journal = Journal { db, clock };
    let mut row = placement::get(db, id)
        .await?
        .ok_or(PlaceError::Unknown { id })?;
    match row.step {
        Step::Undone | Step::Failed => return Ok(row),
        Step::Placed if journal.on_disk(&row, Job::there).await? == There::Other => {
            let error = PlaceError::Changed {
                target: Job::of(&row)?.place(),
            };
            // It is the user's now, and not looked at again.
            (row.step, row.message) = (Step::Undone, Some(error.sentence()));
            row.undone_at = Some(clock.now());
            journal.save(&row).await?;
            return Err(error);
        }
        _ => {}
    }
    row.step = Step::Undoing;
    let row = journal.save(&row).await?;
    journal.run(row).await
}
