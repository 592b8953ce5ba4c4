//! One file on its way into a library: what is done on the disk in each step. Each may be done again, whatever was done before it.
//! Blocking.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
};

use super::{
    disk::{cannot_link, copy, rename},
    error::{PlaceError, refused},
    known::{Known, There},
    making::{self, Making},
    point::reached,
    spot::{self, Spot, is_gone, remove_folders},
};
use crate::domain::placement::{Damaged, How};

/// What a row of the journal says of the disk.
#[derive(Clone, Debug)]
pub struct Job {
    /// Our number for it.
    pub id: i64,
    /// The client's file.
    pub source: PathBuf,
    /// The library's folder.
    pub root: PathBuf,
    /// Below it.
    pub target: PathBuf,
    /// The series' folder may be made.
    pub new_folder: bool,
    /// A hardlink will do.
    pub may_link: bool,
    /// What is made of it, instead of a link or a copy.
    pub making: Making,
    /// Our temporary file's name, in the target's folder.
    pub temp: Option<String>,
    /// The topmost folder that we made.
    pub folder: Option<PathBuf>,
    /// Bytes of the source.
    pub size: Option<u64>,
    /// What we wrote.
    pub known: Option<Known>,
    /// What it replaces.
    pub damaged: Option<Damaged>,
}

/// What is found before anything is done.
#[derive(Debug)]
pub struct Plan {
    /// Bytes of the source.
    pub size: u64,
    /// The topmost folder that has to be made.
    pub folder: Option<PathBuf>,
    /// How its bytes will come there.
    pub how: How,
}

/// What came of writing.
#[derive(Debug)]
pub enum Written {
    /// It is complete under its temporary name.
    Whole(Known),
    /// The two are not on one file system, or it has no hardlinks.
    NoLink,
}

/// What came of removing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    /// The file.
    File,
    /// There was nothing any more.
    Nothing,
    /// Another file stands there, and was left.
    NotOurs,
}

impl Job {
    /// Looks whether it can be placed.
    ///
    /// # Errors
    /// When there is no source, something stands in its place, or that is not in the library.
    pub fn plan(&self) -> Result<Plan, PlaceError> {
        let size = self.source()?.1;
        let spot = Spot::find(&self.root, &self.target)?;
        let folder = spot.to_be_made(&self.target);
        if folder.is_some() && !self.new_folder {
            return Err(PlaceError::FolderGone {
                folder: spot.folder(),
            });
        }
        let target = spot.file();
        match fs::symlink_metadata(&target) {
            Ok(_) if !self.makes_room() => Err(PlaceError::Exists { target }),
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(refused("looked at", &target)(error))
            }
            _ => {
                let how = self.how()?;
                Ok(Plan { size, folder, how })
            }
        }
    }

    fn how(&self) -> Result<How, PlaceError> {
        Ok(if self.making.is_needed(&self.source)? {
            How::Made
        } else if self.may_link {
            How::Hardlink
        } else {
            How::Copy
        })
    }

    /// The client's file without links, and its bytes.
    fn source(&self) -> Result<(PathBuf, u64), PlaceError> {
        let found =
            fs::canonicalize(&self.source).and_then(|real| Ok((fs::metadata(&real)?, real)));
        let (metadata, real) = found.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => PlaceError::SourceGone {
                source_file: self.source.clone(),
            },
            _ => refused("read", &self.source)(error),
        })?;
        if !metadata.is_file() {
            return Err(PlaceError::NotAFile {
                source_file: self.source.clone(),
            });
        }
        match self.size {
            Some(expected) if expected != metadata.len() => Err(PlaceError::SourceChanged {
                source_file: self.source.clone(),
                expected,
                found: metadata.len(),
            }),
            _ => Ok((real, metadata.len())),
        }
    }

    /// Brings the file into the target's folder under its temporary name.
    ///
    /// # Errors
    /// When that is refused, or `stop` was set; what was written may be left, see [`Job::take_back`].
    pub fn write(&self, how: How, stop: &AtomicBool) -> Result<Written, PlaceError> {
        let (source, size) = self.source()?;
        let temp = Spot::find(&self.root, &self.target)?
            .make()?
            .join(self.temp_name());
        let checksum = match how {
            How::Hardlink => match fs::hard_link(&source, &temp) {
                Ok(()) => None,
                // A file of another user may not be linked either: then it may still be read.
                Err(error) if cannot_link(&error) => return Ok(Written::NoLink),
                Err(error) => return Err(refused("linked", &temp)(error)),
            },
            How::Copy => Some(copy(&source, &temp, size, stop)?),
            How::Made => Some(making::make(&source, &temp, &self.making, stop)?),
        };
        reached();
        let metadata = fs::symlink_metadata(&temp).map_err(refused("looked at", &temp))?;
        Ok(Written::Whole(Known::of(&metadata, checksum)))
    }

    /// Gives the file its name, and puts that on the disk.
    ///
    /// # Errors
    /// When another file has the name.
    pub fn reveal(&self) -> Result<(), PlaceError> {
        let spot = Spot::find(&self.root, &self.target)?;
        let (target, temp) = (spot.file(), spot.folder().join(self.temp_name()));
        // Done before it was written down that it is.
        let is_done = self.is_at(&target)? == There::Ours;
        let is_whole = self.is_at(&temp)? == There::Ours;
        if is_done || is_whole {
            self.set_aside()?;
        }
        match (is_done, is_whole) {
            (false, true) => rename(&temp, &target)?,
            // Two names of one file, between linking and unlinking.
            (true, true) => fs::remove_file(&temp).map_err(refused("removed", &temp))?,
            (true, false) => {}
            (false, false) => return Err(PlaceError::TempGone { place: temp }),
        }
        reached();
        spot::sync(&spot.folder())
    }

    /// What stands there, compared with what we wrote: nothing of ours when we wrote nothing.
    fn is_at(&self, place: &Path) -> Result<There, PlaceError> {
        let Some(known) = &self.known else {
            return Ok(There::Nothing);
        };
        known
            .is_at(place, &self.source)
            .map_err(refused("read", place))
    }

    /// What stands in the target's place.
    ///
    /// # Errors
    /// When that cannot be looked at.
    pub fn there(&self) -> Result<There, PlaceError> {
        self.is_at(&Spot::find(&self.root, &self.target)?.file())
    }

    /// Removes what was written under the temporary name, and the folders that were made for it; what it was to replace has its name again.
    ///
    /// # Errors
    /// When that is refused.
    pub fn take_back(&self) -> Result<(), PlaceError> {
        self.remove_temp()?;
        self.bring_back()?;
        if let Some(folder) = &self.folder {
            remove_folders(&self.root, &self.target, folder)?;
        }
        Ok(())
    }

    /// Removes what was written under the temporary name.
    ///
    /// # Errors
    /// When that is refused.
    pub fn remove_temp(&self) -> Result<(), PlaceError> {
        let Some(temp) = &self.temp else {
            return Ok(());
        };
        let folder = Spot::find(&self.root, &self.target)?.folder();
        let temp = folder.join(temp);
        if !is_gone(&temp) {
            fs::remove_file(&temp).map_err(refused("removed", &temp))?;
            spot::sync(&folder)?;
            reached();
        }
        Ok(())
    }

    /// Removes the file that was placed, and nothing else.
    ///
    /// # Errors
    /// When that is refused.
    pub fn remove(&self) -> Result<Removed, PlaceError> {
        let spot = Spot::find(&self.root, &self.target)?;
        let target = spot.file();
        match self.is_at(&target)? {
            There::Nothing => Ok(Removed::Nothing),
            There::Other => Ok(Removed::NotOurs),
            There::Ours => {
                fs::remove_file(&target).map_err(refused("removed", &target))?;
                reached();
                spot::sync(&spot.folder())?;
                Ok(Removed::File)
            }
        }
    }

    fn temp_name(&self) -> &str {
        self.temp
            .as_deref()
            .expect("a step that writes has a temporary name")
    }
}
