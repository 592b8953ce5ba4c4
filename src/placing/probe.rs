//! Finds out, with a file that is removed again, whether what a client downloads can be linked into a library. Blocking.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::error::{PlaceError, refused};
use crate::{domain::placement::How, secret::random};

/// How volumes will come from a folder into a library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// By links, or by copies.
    pub how: How,
    /// In a sentence, with what to do for links.
    pub sentence: String,
}

/// The most entries of a folder that are looked at for a file to try with.
const MOST_LOOKED_AT: usize = 100;

/// Tries it.
///
/// # Errors
/// When one of the folders is away, or the library cannot be written.
pub fn probe(source: &Path, library: &Path) -> Result<Probe, PlaceError> {
    let there = |folder: &Path| fs::read_dir(folder).map(drop);
    there(library).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => PlaceError::LibraryGone {
            root: library.to_owned(),
        },
        _ => refused("read", library)(error),
    })?;
    there(source).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => PlaceError::SourceGone {
            source_file: source.to_owned(),
        },
        _ => refused("read", source)(error),
    })?;
    let name = format!(".lacunarr-probe-{}", hex::encode(random::<6>()));
    let written = Leftover(library.join(&name));
    fs::File::create_new(&written.0).map_err(refused("written", library))?;
    drop(written);

    let here = Leftover(source.join(format!("{name}-a")));
    let there = Leftover(library.join(format!("{name}-b")));
    let tried = match fs::File::create_new(&here.0) {
        Ok(_) => Some(fs::hard_link(&here.0, &there.0)),
        // A folder that we may only read: one of its files will do.
        Err(_) => any_file(source).map(|file| fs::hard_link(file, &there.0)),
    };
    let untried = tried.is_none();
    let names = format!("{} and {}", source.display(), library.display());
    let copies = "so volumes are copied and take their space twice";
    let why = match tried {
        Some(Ok(())) => {
            return Ok(Probe {
                how: How::Hardlink,
                sentence: format!("{names} are on one file system, so volumes are linked and take no space"),
            });
        }
        Some(Err(error)) => match error.kind() {
            io::ErrorKind::CrossesDevices => {
                "are not on one file system, or are mounted apart (give this program one mount that holds both)".to_owned()
            }
            io::ErrorKind::PermissionDenied => {
                "cannot be linked: permission denied (run this program as the user that owns the downloads)".to_owned()
            }
            _ => format!("cannot be linked: {error}"),
        },
        None => "could not be tried, as the first is empty and cannot be written; it is tried with each volume, and copied where it fails".to_owned(),
    };
    let sentence = if untried {
        format!("{names} {why}")
    } else {
        format!("{names} {why}, {copies}")
    };
    Ok(Probe {
        how: How::Copy,
        sentence,
    })
}

fn any_file(folder: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).ok()?.take(MOST_LOOKED_AT);
    let file = entries
        .filter_map(Result::ok)
        .find(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    file.map(|entry| entry.path())
}

/// A file of ours that goes with this value.
struct Leftover(PathBuf);

impl Drop for Leftover {
    fn drop(&mut self) {
        // It may never have come to be.
        let _ = fs::remove_file(&self.0);
    }
}
