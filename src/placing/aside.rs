//! A damaged file makes room for the one that replaces it: it is set aside under a name that no library takes for a book, never removed,
//! and has its name again when the other goes. Blocking.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use super::{
    disk::rename,
    error::{PlaceError, refused},
    file::Job,
    known::are_one,
    point::reached,
    spot::{self, Spot, is_gone},
};
use crate::book::path::unescape;

impl Job {
    /// What makes room for it stands in its place.
    pub(super) fn makes_room(&self) -> bool {
        let path = self.damaged.as_ref().map(|damaged| &damaged.path);
        let in_its_place =
            path.and_then(|path| unescape(path)).map(PathBuf::from) == Some(self.target.clone());
        in_its_place && matches!(self.is_still_damaged(), Ok(true))
    }

    /// Sets it aside, unless it was replaced or removed since it was seen: then it is somebody else's.
    ///
    /// # Errors
    /// When that is refused.
    pub fn set_aside(&self) -> Result<(), PlaceError> {
        let Some((place, aside)) = self.places()? else {
            return Ok(());
        };
        if is_gone(&aside) && self.is_still_damaged()? {
            rename(&place, &aside)?;
            reached();
            sync_folder_of(&place)?;
        }
        one_name(&place, &aside)
    }

    /// Gives it its name again, if that is free.
    ///
    /// # Errors
    /// When that is refused.
    pub fn bring_back(&self) -> Result<(), PlaceError> {
        let Some((place, aside)) = self.places()? else {
            return Ok(());
        };
        if !is_gone(&aside) && is_gone(&place) {
            rename(&aside, &place)?;
            reached();
            sync_folder_of(&place)?;
        }
        one_name(&aside, &place)
    }

    fn is_still_damaged(&self) -> Result<bool, PlaceError> {
        let (Some(damaged), Some((place, _))) = (&self.damaged, self.places()?) else {
            return Ok(false);
        };
        let metadata = match fs::symlink_metadata(&place) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            metadata => metadata.map_err(refused("looked at", &place))?,
        };
        let modified = metadata.modified().map_err(refused("looked at", &place))?;
        let modified = modified.duration_since(UNIX_EPOCH).unwrap_or_default();
        let is_same = metadata.is_file()
            && metadata.len() == damaged.size
            && i64::try_from(modified.as_millis()) == Ok(damaged.modified);
        Ok(is_same)
    }

    /// Where it stands, and where it is set aside: beside that, by a name that is this placement's own.
    fn places(&self) -> Result<Option<(PathBuf, PathBuf)>, PlaceError> {
        let Some(path) = self
            .damaged
            .as_ref()
            .and_then(|damaged| unescape(&damaged.path))
        else {
            return Ok(None);
        };
        let place = Spot::find(&self.root, path.as_ref())?.file();
        let mut aside = place.clone().into_os_string();
        aside.push(format!(".damaged-{}", self.id));
        Ok(Some((place, aside.into())))
    }
}

/// Where a file system renames by a second name, a crash leaves both.
fn one_name(old: &Path, new: &Path) -> Result<(), PlaceError> {
    let is_same = fs::symlink_metadata(old).is_ok_and(|metadata| are_one(&metadata, new));
    if is_same {
        fs::remove_file(old).map_err(refused("removed", old))?;
        reached();
        sync_folder_of(old)?;
    }
    Ok(())
}

fn sync_folder_of(place: &Path) -> Result<(), PlaceError> {
    place.parent().map_or(Ok(()), spot::sync)
}
