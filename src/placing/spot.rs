//! Where in a library a file is to stand: resolved, so that no link leads out of it, and made when it is missing. Blocking.

use std::{
    ffi::OsString,
    fs, io,
    path::{Component, Path, PathBuf},
};

use super::{
    error::{PlaceError, refused},
    point::reached,
};

/// A place for a file.
#[derive(Debug)]
pub struct Spot {
    /// The deepest of its folders that is there, without links.
    folder: PathBuf,
    /// Those below it that are not.
    missing: Vec<OsString>,
    /// Its name.
    name: OsString,
    /// How many of its folders are there.
    known: usize,
}

impl Spot {
    /// Of a path below a library's folder.
    ///
    /// # Errors
    /// When it would be outside the library, or the library is away.
    pub fn find(root: &Path, target: &Path) -> Result<Self, PlaceError> {
        let real = real_root(root)?;
        let outside = || PlaceError::OutsideLibrary {
            target: root.join(target),
            root: root.to_owned(),
        };
        let mut names = Vec::new();
        for part in target.components() {
            let Component::Normal(name) = part else {
                return Err(outside());
            };
            names.push(name.to_owned());
        }
        let name = names.pop().ok_or_else(outside)?;
        let (mut folder, mut known) = (real.clone(), 0);
        for part in &names {
            let next = folder.join(part);
            match fs::symlink_metadata(&next) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => break,
                Err(error) => return Err(refused("looked into", &next)(error)),
                Ok(_) => folder = fs::canonicalize(&next).map_err(refused("looked into", &next))?,
            }
            if !folder.starts_with(&real) {
                return Err(outside());
            }
            known += 1;
        }
        Ok(Self {
            folder,
            missing: names.split_off(known),
            name,
            known,
        })
    }

    /// Where the file is, or will be once its folders are made.
    pub fn file(&self) -> PathBuf {
        self.folder().join(&self.name)
    }

    /// The folder in which it is, or will be.
    pub fn folder(&self) -> PathBuf {
        self.missing
            .iter()
            .fold(self.folder.clone(), |folder, name| folder.join(name))
    }

    /// The topmost folder that is missing, below the library's folder.
    pub fn to_be_made(&self, target: &Path) -> Option<PathBuf> {
        (!self.missing.is_empty()).then(|| target.components().take(self.known + 1).collect())
    }

    /// Makes the folders that are missing, and gives the one for the file.
    ///
    /// # Errors
    /// When that is refused, or another put something else there in this moment.
    pub fn make(&self) -> Result<PathBuf, PlaceError> {
        let mut folder = self.folder.clone();
        for name in &self.missing {
            let next = folder.join(name);
            match fs::create_dir(&next) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && is_folder(&next) => {}
                made => made.map_err(refused("made", &next))?,
            }
            reached();
            sync(&folder)?;
            folder = next;
        }
        Ok(folder)
    }
}

fn real_root(root: &Path) -> Result<PathBuf, PlaceError> {
    fs::canonicalize(root).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => PlaceError::LibraryGone {
            root: root.to_owned(),
        },
        _ => refused("looked into", root)(error),
    })
}

/// A link to one is none.
fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
}

/// Removes the folders of `target` up to `topmost`, all below the library's folder, as far as they are empty. The topmost that is gone
/// now.
///
/// # Errors
/// When the disk fails; a folder that is not empty, or through a link elsewhere, stays without a word.
pub fn remove_folders(
    root: &Path,
    target: &Path,
    topmost: &Path,
) -> Result<Option<PathBuf>, PlaceError> {
    let mut gone = None;
    for folder in target
        .ancestors()
        .skip(1)
        .take_while(|folder| folder.starts_with(topmost))
    {
        let spot = Spot::find(root, folder)?;
        let place = spot.file();
        if !is_gone(&place) {
            match fs::remove_dir(&place) {
                Err(error) if stays(&error) => break,
                removed => removed.map_err(refused("removed", &place))?,
            }
            sync(&spot.folder())?;
            reached();
        }
        gone = Some(folder.to_owned());
    }
    Ok(gone)
}

/// Nothing is there. To remove it would be refused on a disk that is read-only.
pub fn is_gone(place: &Path) -> bool {
    fs::symlink_metadata(place).is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
}

/// It holds something, or is a link.
fn stays(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::DirectoryNotEmpty
            | io::ErrorKind::AlreadyExists
            | io::ErrorKind::NotADirectory
    )
}

/// Puts the names in a folder on the disk.
///
/// # Errors
/// When the disk fails. A file system that has no such call keeps them as it does.
pub fn sync(folder: &Path) -> Result<(), PlaceError> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    match fs::File::open(folder).and_then(|folder| folder.sync_all()) {
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::InvalidInput
                    | io::ErrorKind::Unsupported
                    | io::ErrorKind::PermissionDenied
            ) =>
        {
            Ok(())
        }
        done => done.map_err(refused("written", folder)),
    }
}
