//! Why a file was not placed, or not removed again: each a sentence for the user.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::store::StoreError;

/// Nothing is left behind by any of them.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    #[error("there is no space left at {}; free some, or raise the quota", place.display())]
    NoSpace { place: PathBuf },
    #[error("{} is read-only; mount it writable", place.display())]
    ReadOnly { place: PathBuf },
    #[error("{} cannot be {operation}: permission denied; let the user that this program runs as do it", place.display())]
    Denied {
        operation: &'static str,
        place: PathBuf,
    },
    #[error("{} is there already, and is not overwritten; remove or rename it when the new one is to take its place", target.display())]
    Exists { target: PathBuf },
    #[error("{} is not there any more", source_file.display())]
    SourceGone { source_file: PathBuf },
    #[error("{} is not what it was: {found} bytes instead of {expected}", source_file.display())]
    SourceChanged {
        source_file: PathBuf,
        expected: u64,
        found: u64,
    },
    #[error("{} is no file; volumes that are folders of pages are not placed", source_file.display())]
    NotAFile { source_file: PathBuf },
    #[error("{} lies outside the library {}, if only through a link; it is left alone", target.display(), root.display())]
    OutsideLibrary { target: PathBuf, root: PathBuf },
    #[error("the library {} is not there; check that its disk is mounted", root.display())]
    LibraryGone { root: PathBuf },
    #[error("the series' folder {} is not there; check that the disk is mounted, or scan the library when it was moved", folder.display())]
    FolderGone { folder: PathBuf },
    #[error("the file system of {} can neither link files nor rename them without overwriting others", target.display())]
    Unsupported { target: PathBuf },
    #[error("the name of {} is longer than its file system allows", target.display())]
    TooLong { target: PathBuf },
    #[error("the copy {} differs from what was copied; check the disk and the memory", place.display())]
    Damaged { place: PathBuf },
    #[error("another program removed or changed {}, which is written again", place.display())]
    TempGone { place: PathBuf },
    #[error("{} was changed or replaced since it was placed, so it is left there", target.display())]
    Changed { target: PathBuf },
    #[error("no cbz could be made of {}: {why}; it is placed as it is", source_file.display())]
    NotMade { source_file: PathBuf, why: String },
    #[error("another file is on its way to {target}")]
    OnItsWay { target: String },
    #[error("another process goes on with it")]
    TakenOver,
    #[error("it was stopped")]
    Stopped,
    #[error("there is no placement {id}")]
    Unknown { id: i64 },
    #[error("{} cannot be {operation}", place.display())]
    Io {
        operation: &'static str,
        place: PathBuf,
        source: io::Error,
    },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl PlaceError {
    /// It may be gone without anyone changing the plan, so it is tried again.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::NoSpace { .. }
            | Self::ReadOnly { .. }
            | Self::Denied { .. }
            | Self::LibraryGone { .. }
            | Self::FolderGone { .. }
            | Self::Damaged { .. }
            | Self::TempGone { .. }
            | Self::OnItsWay { .. }
            | Self::TakenOver
            | Self::Stopped
            | Self::Io { .. }
            | Self::Store(_) => true,
            Self::Exists { .. }
            | Self::SourceGone { .. }
            | Self::SourceChanged { .. }
            | Self::NotAFile { .. }
            | Self::NotMade { .. }
            | Self::OutsideLibrary { .. }
            | Self::Unsupported { .. }
            | Self::TooLong { .. }
            | Self::Changed { .. }
            | Self::Unknown { .. } => false,
        }
    }

    /// The whole of it, with its cause.
    pub fn sentence(&self) -> String {
        match self {
            Self::Io { source, .. } => format!("{self}: {source}"),
            _ => self.to_string(),
        }
    }
}

/// What an error of the file system means. `operation` completes "cannot be …".
pub fn refused(operation: &'static str, place: &Path) -> impl FnOnce(io::Error) -> PlaceError {
    let place = place.to_owned();
    move |source| match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            PlaceError::NoSpace { place }
        }
        io::ErrorKind::ReadOnlyFilesystem => PlaceError::ReadOnly { place },
        io::ErrorKind::PermissionDenied => PlaceError::Denied { operation, place },
        io::ErrorKind::InvalidFilename => PlaceError::TooLong { target: place },
        _ => PlaceError::Io {
            operation,
            place,
            source,
        },
    }
}
