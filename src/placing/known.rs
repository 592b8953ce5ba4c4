//! Which file we placed, and whether a file is that one. Blocking.

use std::{
    fs::{self, File, Metadata},
    io::{self, Read},
    path::Path,
    time::UNIX_EPOCH,
};

use sha2::{Digest, Sha256};

/// Bytes in memory at a time.
pub const BUFFER: usize = 1024 * 1024;

/// What is known of a file that we wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Bytes.
    pub size: u64,
    /// Its number in its file system; 0 where files have none.
    pub inode: i64,
    /// When its bytes last changed; milliseconds since the epoch.
    pub modified: i64,
    /// SHA-256 in hexadecimal; none for a hardlink.
    pub checksum: Option<String>,
}

/// What stands in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum There {
    /// The file that we wrote.
    Ours,
    /// Something else, or ours with other bytes.
    Other,
    /// Nothing.
    Nothing,
}

impl Known {
    /// What is to be known of a file.
    pub fn of(metadata: &Metadata, checksum: Option<String>) -> Self {
        let modified = metadata
            .modified()
            .ok()
            .and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        Self {
            size: metadata.len(),
            inode: inode(metadata),
            modified: modified.map_or(0, |at| i64::try_from(at.as_millis()).unwrap_or(i64::MAX)),
            checksum,
        }
    }

    /// What stands at `place`. Number and time of the file say it, or else its bytes: some file systems number files anew, and some
    /// programs touch them. `source` is what it may be a hardlink of.
    ///
    /// # Errors
    /// When it cannot be looked at.
    pub fn is_at(&self, place: &Path, source: &Path) -> io::Result<There> {
        let metadata = match fs::symlink_metadata(place) {
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                return Ok(There::Nothing);
            }
            metadata => metadata?,
        };
        if !metadata.is_file() || metadata.len() != self.size {
            return Ok(There::Other);
        }
        let seen = Self::of(&metadata, None);
        let same_file =
            self.inode != 0 && (seen.inode, seen.modified) == (self.inode, self.modified);
        let is_ours = same_file
            || match &self.checksum {
                Some(checksum) => hash(place)? == *checksum,
                None => are_one(&metadata, source),
            };
        Ok(if is_ours { There::Ours } else { There::Other })
    }
}

/// SHA-256 of a file in hexadecimal.
///
/// # Errors
/// When it cannot be read.
pub fn hash(place: &Path) -> io::Result<String> {
    let (mut file, mut hash, mut buffer) = (File::open(place)?, Sha256::new(), vec![0; BUFFER]);
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(hex::encode(hash.finalize())),
            Ok(read) => hash.update(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(unix)]
fn inode(metadata: &Metadata) -> i64 {
    std::os::unix::fs::MetadataExt::ino(metadata).cast_signed()
}

#[cfg(not(unix))]
fn inode(_: &Metadata) -> i64 {
    0
}

/// Both are names of one file.
#[cfg(unix)]
pub(super) fn are_one(metadata: &Metadata, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let same = |other: Metadata| (other.dev(), other.ino()) == (metadata.dev(), metadata.ino());
    fs::metadata(other).is_ok_and(same)
}

#[cfg(not(unix))]
pub(super) fn are_one(_: &Metadata, _: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;

    fn known(place: &Path, checksum: bool) -> Known {
        let checksum = checksum.then(|| hash(place).expect("a hash"));
        Known::of(&fs::metadata(place).expect("a file"), checksum)
    }

    fn touch(place: &Path, days: u64) {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(days * 86_400);
        File::options()
            .write(true)
            .open(place)
            .expect("a file")
            .set_modified(at)
            .expect("a time");
    }

    #[test]
    fn a_file_is_known_by_its_number_and_time_or_by_its_bytes() {
        let folder = tempfile::tempdir().expect("a folder");
        let [source, place] = ["source", "place"].map(|name| folder.path().join(name));
        let at = |known: &Known| known.is_at(&place, &source).expect("looked at");
        fs::write(&source, "bytes").expect("a file");
        fs::hard_link(&source, &place).expect("a link");
        let (link, copy) = (known(&place, false), known(&place, true));
        assert_eq!((at(&link), at(&copy)), (There::Ours, There::Ours));
        // Touched: the client's file says that it is the same, or the bytes do.
        touch(&place, 1);
        assert_eq!((at(&link), at(&copy)), (There::Ours, There::Ours));
        fs::remove_file(&source).expect("removed");
        assert_eq!((at(&link), at(&copy)), (There::Other, There::Ours));
        // Replaced by a copy of the same bytes.
        fs::remove_file(&place).expect("removed");
        assert_eq!(at(&copy), There::Nothing);
        fs::write(&source, "bytes").expect("a file");
        fs::copy(&source, &place).expect("a copy");
        assert_eq!((at(&link), at(&copy)), (There::Other, There::Ours));
        // Other bytes, of the same length and of another.
        for bytes in ["other", "longer"] {
            fs::write(&place, bytes).expect("written");
            assert_eq!((at(&link), at(&copy)), (There::Other, There::Other));
        }
        fs::remove_file(&place).expect("removed");
        fs::create_dir(&place).expect("a folder");
        assert_eq!(at(&copy), There::Other);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_file_is_not_the_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let [source, place] = ["source", "place"].map(|name| folder.path().join(name));
        fs::write(&source, "bytes").expect("a file");
        std::os::unix::fs::symlink(&source, &place).expect("a link");
        assert_eq!(
            known(&source, true)
                .is_at(&place, &source)
                .expect("looked at"),
            There::Other
        );
    }
}
