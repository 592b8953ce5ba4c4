//! How bytes and names get onto a disk: copies that are compared, and names that are never taken from another file. Blocking.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use sha2::{Digest, Sha256};

use super::{
    error::{PlaceError, refused},
    known::{BUFFER, hash},
    point::reached,
};

/// A hardlink is refused where a copy may do: across file systems, without hardlinks, or for a file of another user.
pub fn cannot_link(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::CrossesDevices
            | io::ErrorKind::PermissionDenied
            | io::ErrorKind::Unsupported
            | io::ErrorKind::TooManyLinks
    )
}

/// Copies a file of so many bytes, and gives its SHA-256 once the disk has it.
///
/// # Errors
/// When one of the two fails, or `stop` was set; what was written stays.
pub fn copy(
    source: &Path,
    temp: &Path,
    size: u64,
    stop: &AtomicBool,
) -> Result<String, PlaceError> {
    let mut from = File::open(source).map_err(refused("read", source))?;
    if free(temp).is_some_and(|free| free < size) {
        return Err(PlaceError::NoSpace {
            place: temp.to_owned(),
        });
    }
    let mut to = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(temp)
        .map_err(refused("made", temp))?;
    let (mut sum, mut buffer, mut copied) = (Sha256::new(), vec![0; BUFFER], 0);
    loop {
        if stop.load(Ordering::Relaxed) {
            return Err(PlaceError::Stopped);
        }
        let read = match from.read(&mut buffer) {
            Ok(0) => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read.map_err(refused("read", source))?,
        };
        sum.update(&buffer[..read]);
        to.write_all(&buffer[..read])
            .map_err(refused("written", temp))?;
        copied += read as u64;
        reached();
    }
    if copied != size {
        return Err(PlaceError::SourceChanged {
            source_file: source.to_owned(),
            expected: size,
            found: copied,
        });
    }
    to.sync_all().map_err(refused("written", temp))?;
    forget(&to);
    reached();
    let sum = hex::encode(sum.finalize());
    if hash(temp).map_err(refused("read", temp))? != sum {
        return Err(PlaceError::Damaged {
            place: temp.to_owned(),
        });
    }
    Ok(sum)
}

/// Bytes that are free for a file; none when the file system does not say. A disk is not filled up for what has no room.
#[cfg(target_os = "linux")]
pub fn free(file: &Path) -> Option<u64> {
    let room = rustix::fs::statvfs(file.parent()?).ok()?;
    (room.f_blocks > 0).then(|| room.f_bavail.saturating_mul(room.f_frsize))
}

#[cfg(not(target_os = "linux"))]
pub fn free(_: &Path) -> Option<u64> {
    None
}

/// What is read of it next comes from the disk, and not from memory.
#[cfg(target_os = "linux")]
pub fn forget(file: &File) {
    // Only advice; without it the comparison says less, but is no less true.
    let _ = rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed);
}

#[cfg(not(target_os = "linux"))]
pub fn forget(_: &File) {}

/// Gives a file another name in its folder, which no other file has.
///
/// # Errors
/// [`PlaceError::Exists`] when another has it.
pub fn rename(temp: &Path, target: &Path) -> Result<(), PlaceError> {
    match rename_without_overwriting(temp, target) {
        // Some file systems cannot.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported
            ) =>
        {
            link_and_unlink(temp, target)
        }
        renamed => renamed.map_err(taken(target)),
    }
}

/// The same by a second name, after which the first is taken away.
///
/// # Errors
/// As [`rename`].
pub fn link_and_unlink(temp: &Path, target: &Path) -> Result<(), PlaceError> {
    fs::hard_link(temp, target).map_err(|error| match error.kind() {
        // What a file system without hardlinks says.
        io::ErrorKind::PermissionDenied | io::ErrorKind::Unsupported => PlaceError::Unsupported {
            target: target.to_owned(),
        },
        _ => taken(target)(error),
    })?;
    reached();
    fs::remove_file(temp).map_err(refused("removed", temp))
}

fn taken(target: &Path) -> impl FnOnce(io::Error) -> PlaceError {
    |error| match error.kind() {
        io::ErrorKind::AlreadyExists => PlaceError::Exists {
            target: target.to_owned(),
        },
        _ => refused("renamed", target)(error),
    }
}

#[cfg(target_os = "linux")]
fn rename_without_overwriting(temp: &Path, target: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    #[cfg(test)]
    if std::env::var_os(super::point::NO_RENAME).is_some() {
        return Err(io::ErrorKind::Unsupported.into());
    }
    Ok(renameat_with(
        CWD,
        temp,
        CWD,
        target,
        RenameFlags::NOREPLACE,
    )?)
}

#[cfg(not(target_os = "linux"))]
fn rename_without_overwriting(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
