//! A folder of the file system as a library: a sub-folder is a series, loose files are grouped by their title.
//!
//! [`scan`] walks the tree: [`listing`] lists a folder, [`crate::book::look`] looks at a file, [`series`] and [`reconcile`] make series
//! of the files by what they say and by what their names say ([`crate::book::name`]). [`inbox`] lists what is yet to be put into it.

mod inbox;
mod listing;
mod reconcile;
mod scan;
mod series;
#[cfg(test)]
mod tests;

use std::{
    io,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;
use tokio::{sync::watch, task::spawn_blocking};

use self::{listing::Folder, scan::Scanner};
use crate::{
    domain::release::Hints,
    ports::{FolderPlace, Inbox, KnownFiles, Library, PortError, Scan, ScanProgress, TestReport},
};

/// A library in a folder.
#[derive(Clone)]
pub struct FolderLibrary {
    place: FolderPlace,
    hints: Hints<'static>,
}

impl FolderLibrary {
    /// A library of this kind in this place. Nothing is read yet. What is known to [`Library::scan`] must come from the same kind and
    /// layout: both decide what a number means, and unchanged files are not read again.
    pub fn new(place: FolderPlace, hints: Hints<'static>) -> Self {
        Self { place, hints }
    }

    fn error(&self, error: &io::Error) -> PortError {
        PortError::Files {
            place: format!("the folder {}", self.place.path.display()),
            cause: cause(error),
        }
    }

    /// Runs file work on a thread where it may wait.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> io::Result<T> + Send + 'static,
    ) -> Result<T, PortError> {
        let this = self.clone();
        let done = spawn_blocking(move || work(&this)).await;
        done.unwrap_or_else(|failed| Err(io::Error::other(failed)))
            .map_err(|error| self.error(&error))
    }
}

/// Stops a scan when nobody waits for it any more.
struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[async_trait]
impl Library for FolderLibrary {
    async fn scan(
        &self,
        known: Arc<KnownFiles>,
        progress: watch::Sender<ScanProgress>,
    ) -> Result<Scan, PortError> {
        let stop = StopOnDrop(Arc::default());
        let stopped = Arc::clone(&stop.0);
        self.blocking(move |library| {
            let root = Folder::root(&library.place.path)?;
            Scanner::new(&library.place, library.hints, &known, &progress, &stopped).run(&root)
        })
        .await
    }

    async fn inboxes(&self) -> Vec<Inbox> {
        let mut inboxes = Vec::new();
        for path in &self.place.inbox {
            let stop = StopOnDrop(Arc::default());
            let (stopped, place) = (Arc::clone(&stop.0), path.clone());
            let listed = spawn_blocking(move || inbox::list(&place, &stopped)).await;
            let listed = listed.unwrap_or_else(|failed| Err(io::Error::other(failed)));
            inboxes.push(listed.unwrap_or_else(|error| Inbox {
                path: path.display().to_string(),
                problem: Some(format!("it cannot be read: {}", cause(&error))),
                ..Inbox::default()
            }));
        }
        inboxes
    }

    async fn test(&self) -> Result<TestReport, PortError> {
        self.blocking(|library| report(&library.place.path)).await
    }
}

fn report(path: &Path) -> io::Result<TestReport> {
    let listing = Folder::root(path)?.list()?;
    let (folders, books) = (listing.folders.len(), listing.books.len());
    let plural = if folders == 1 { "" } else { "s" };
    let problems = listing.problems.into_iter();
    let mut warnings: Vec<String> = problems
        .map(|problem| format!("{}: {}", problem.path, problem.message))
        .collect();
    if folders + books == 0 {
        warnings.push("there is no sub-folder and no book in it; check the path, and that the disk is mounted".into());
    }
    Ok(TestReport {
        program: format!(
            "folder {}: {folders} sub-folder{plural}, readable",
            path.display()
        ),
        warnings,
    })
}

fn cause(error: &io::Error) -> String {
    let advice = match error.kind() {
        io::ErrorKind::NotFound => "check the path, and that the disk is mounted",
        io::ErrorKind::NotADirectory => "enter the folder that holds the series, not a file",
        io::ErrorKind::PermissionDenied => "let the user that this program runs as read it",
        _ => "try again, and check the disk if it stays",
    };
    format!("{error}; {advice}")
}
