//! What holds series: folders and the servers that show them.

use std::{collections::HashMap, path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use tokio::sync::watch;
use url::Url;

use super::{PortError, TestReport};
use crate::{
    domain::{edition::Edition, identity::Identity, series::Status, volume::VolumeSet},
    secret::Secret,
};

/// A place that holds series.
#[async_trait]
pub trait Library: Send + Sync {
    /// Reads the whole library. `known` is what the last scan saw; files that did not change are not opened again.
    ///
    /// # Errors
    /// [`PortError::Files`] when the library itself cannot be read; single bad files are in the answer.
    async fn scan(
        &self,
        known: Arc<KnownFiles>,
        progress: watch::Sender<ScanProgress>,
    ) -> Result<Scan, PortError>;

    /// Whether [`Library::scan`] asks less when it is told what is known; else it is told nothing, since that is much.
    fn uses_known(&self) -> bool {
        true
    }

    /// Reads some of its series anew, by their keys. Those that are not there any more are left out of the answer. A library that has to
    /// read all of it for that answers none: it is to be scanned.
    ///
    /// # Errors
    /// When one of them cannot be read; nothing is known of any then.
    async fn look(
        &self,
        _keys: &[String],
        _known: Arc<KnownFiles>,
    ) -> Result<Option<Vec<ScannedSeries>>, PortError> {
        Ok(None)
    }

    /// The keys of the series that were added or changed at or after `since`, milliseconds since the epoch by the server's clock. What
    /// has left it is not among them, and what was among them before need not be again, unless it changed since. None when it cannot say:
    /// it is to be scanned.
    ///
    /// # Errors
    /// When it cannot be asked.
    async fn changed(&self, _since: i64) -> Result<Option<Vec<String>>, PortError> {
        Ok(None)
    }

    /// Begins to listen to what changes in it; none when it tells nothing by itself.
    ///
    /// # Errors
    /// When it cannot be asked.
    async fn listen(&self) -> Result<Option<Box<dyn Listener>>, PortError> {
        Ok(None)
    }

    /// Has a server look at its disk again: at the folders of these series, or at all of it when it does not know them or cannot look
    /// at one. A folder has nothing to be told.
    ///
    /// # Errors
    /// When it cannot be asked, or does not let us.
    async fn rescan(&self, _keys: &[String]) -> Result<(), PortError> {
        Ok(())
    }

    /// The names of what lies in its inbox folders. One that cannot be read says so; it is not asked again and again, and never in
    /// the way of anything else.
    async fn inboxes(&self) -> Vec<Inbox> {
        Vec::new()
    }

    /// Says whether the library can be read, and by which rights.
    async fn test(&self) -> Result<TestReport, PortError>;
}

/// Hears what changes in a library, until the connection ends.
#[async_trait]
pub trait Listener: Send {
    /// Waits for what the server tells next, however long that takes as long as it shows that it is alive. Who stops waiting loses nothing:
    /// the next call goes on.
    ///
    /// # Errors
    /// When the connection broke, or ended: what happened meanwhile is asked for with [`Library::changed`].
    async fn next(&mut self) -> Result<Heard, PortError>;
}

/// What a server told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Something of the series with this key was added, changed or removed.
    Series(String),
    /// Something of the library changed of which no series is named.
    Library,
    /// All its own work is done: what was added is analysed.
    Idle,
    /// Nothing that concerns us.
    Other,
}

/// What lies in a folder from which volumes are put into a library.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inbox {
    /// Its path.
    pub path: String,
    /// Of books, half-written ones and folders.
    pub names: Vec<InboxName>,
    /// What could not be read, with what to do.
    pub problem: Option<String>,
}

/// A name in an inbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InboxName {
    /// Without a book's extension.
    pub name: String,
    /// The name of the folder that it is in; none for the inbox itself.
    pub folder: Option<String>,
}

/// How far a scan is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScanProgress {
    /// Files looked at so far.
    pub files: u64,
    /// Of these, opened because they are new or changed.
    pub opened: u64,
    /// Series found so far.
    pub series: u64,
    /// Volumes in these.
    pub volumes: u64,
    /// Series written down so far; this begins once everything is read.
    pub written: u64,
}

/// How a key begins that is ours: of a series that a library is to hold and does not show. No library's own key begins so.
pub const WANTED: &str = "wanted:";

/// Files of the last scan by their path below the library.
pub type KnownFiles = HashMap<String, ScannedFile>;

/// What a scan found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scan {
    /// Every series, in a stable order.
    pub series: Vec<ScannedSeries>,
    /// What could not be read, each with its path and a sentence; what is wrong with single files is among them too.
    pub problems: Vec<ScanProblem>,
    /// Paths that could not be looked into, as in [`ScannedFile::path`]: a folder without permission, a link to a disk that is away.
    /// Files known at or below them (the path itself, or what begins with it and `/`; an empty path is the whole library) are
    /// unknown, not gone: keep them as they are.
    pub unreadable: Vec<String>,
}

impl Scan {
    /// What is wrong with single files of these.
    pub fn problems_of(series: &[ScannedSeries]) -> Vec<ScanProblem> {
        let files = series.iter().flat_map(|series| &series.files);
        let problem = |file: &ScannedFile| {
            Some(ScanProblem {
                path: file.path.clone(),
                message: file.problem.clone()?,
            })
        };
        files.filter_map(problem).collect()
    }
}

/// One series of a library.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScannedSeries {
    /// Stable there: the folder's path below the library as in [`ScannedFile::path`], or `loose:` and the folded title; a server's own id
    /// for it.
    pub key: String,
    /// The title to show.
    pub title: String,
    /// Known number of volumes, from the files' own metadata.
    pub total: Option<u32>,
    /// ISO 639-1, when most of its files say so, or else the name of its folder.
    pub language: Option<String>,
    /// The edition that its folder, or most of its files, name.
    pub edition: Edition,
    /// Other titles that a server knows it by.
    pub aliases: Vec<String>,
    /// What catalogues call it, as far as the library says so.
    pub identities: Vec<Identity>,
    /// Whether more volumes are to be expected; none when the library does not say.
    pub status: Option<Status>,
    /// The words that it is sorted under there.
    pub tags: Vec<String>,
    /// Its files.
    pub files: Vec<ScannedFile>,
}

impl ScannedSeries {
    /// How many volumes its files hold.
    pub fn volumes(&self) -> u64 {
        let mut volumes = VolumeSet::default();
        for file in &self.files {
            volumes.extend_with(&file.volumes);
        }
        volumes.len() as u64
    }
}

/// One file of a library.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScannedFile {
    /// Below the library, with `/`; of a server that does not say it, its id of the series, `/` and the file's name. Bytes that are not UTF-8 are escaped as `\xNN`, and so is the backslash itself (`\x5c`): it stays
    /// unique, and the name on the disk can be had back from it.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// Milliseconds since the epoch.
    pub modified: i64,
    /// The volumes that it holds, or the chapters in a library of chapters; empty when it has no number.
    pub volumes: VolumeSet,
    /// Its name and its server say different numbers: `volumes` holds both, and it may be either.
    pub doubtful: bool,
    /// The title that the name or the metadata gives.
    pub title: Option<String>,
    /// ComicInfo `Count`.
    pub count: Option<u32>,
    /// ISO 639-1.
    pub language: Option<String>,
    /// The edition that its name states.
    pub edition: Edition,
    /// What is wrong with it, in a sentence.
    pub problem: Option<String>,
    /// No reader can show it, and that does not pass by itself: a truncated archive, one without pages or with a password.
    pub damaged: bool,
}

/// Something that a scan could not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanProblem {
    /// As in [`ScannedFile::path`].
    pub path: String,
    /// What is wrong, and what to do.
    pub message: String,
}

/// Where a folder library is, and how it is laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderPlace {
    /// The root.
    pub path: PathBuf,
    /// Folder levels above the volumes that name no series: 0 for `Series/`, 1 for `Author/Series/`.
    pub nested: u8,
    /// Folders from which others put volumes into it.
    pub inbox: Vec<PathBuf>,
}

/// How to reach a server that shows a library, and what to read of it.
#[derive(Clone)]
pub struct ServerPlace {
    /// With its URL base, ending in a slash.
    pub url: Url,
    /// Lets us in by itself.
    pub api_key: Option<Secret>,
    /// With `password`, where there is no key.
    pub username: Option<String>,
    /// With `username`.
    pub password: Option<Secret>,
    /// The server's id or name of the one library to read; none for all of them.
    pub library: Option<String>,
    /// For one request.
    pub timeout: Duration,
}
