//! Holds an archive that was made against its source, as the disk gives it back. Blocking.

use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
};

use zip::{ZipArchive, result::ZipError};

use super::{Fault, Pages};
use crate::{
    book::{blocks::Blocks, listed},
    placing::{
        error::{PlaceError, refused},
        known::BUFFER,
    },
    verification,
};

/// The same files in the same order, of the same sizes and checksums, and a book like any other.
///
/// # Errors
/// When it is not; a disk that gives back something else is no fault of the source.
pub fn compare(source: &Path, made: &Path, pages: &Pages) -> Result<(), Fault> {
    let open = |place: &Path| File::open(place).map_err(refused("read", place));
    let file = open(made)?;
    let bytes = file.metadata().map_err(refused("read", made))?.len();
    let listed = listed::list(&mut Blocks::new(&file, bytes)).map_err(refused("read", made))?;
    let listed = listed.1.unwrap_or_default();
    if listed.len() != pages.files.len() {
        return Err(Fault::File(format!(
            "of its {} files {} can be taken over",
            pages.files.len(),
            listed.len()
        )));
    }
    let mut pairs = pages.files.iter().zip(&listed);
    if let Some((was, _)) = pairs.find(|(was, is)| !was.is_same(is)) {
        return Err(Fault::File(format!(
            "'{}' does not come out of it as its directory says; it is damaged",
            was.name
        )));
    }
    verification::look_into(made, bytes)
        .map_err(|cause| Fault::File(format!("what comes of it is no good volume: {cause}")))?;
    let zip = |file| ZipArchive::new(BufReader::with_capacity(BUFFER, file));
    let is_whole = if pages.is_copy {
        are_packed_alike(zip(open(source)?), zip(file))
    } else {
        zip(file).and_then(is_as_its_checksums)
    };
    match is_whole {
        Ok(true) => Ok(()),
        Err(ZipError::Io(error)) if error.raw_os_error().is_some() => {
            Err(refused("read", made)(error).into())
        }
        Ok(false) | Err(ZipError::Io(_)) => Err(Fault::Elsewhere(PlaceError::Damaged {
            place: made.to_owned(),
        })),
        Err(error) => Err(Fault::File(error.to_string())),
    }
}

/// Reading an entry to its end compares its checksum, which was taken of what went in.
fn is_as_its_checksums<F: Read + io::Seek>(mut zip: ZipArchive<F>) -> Result<bool, ZipError> {
    for at in 0..zip.len() {
        io::copy(&mut zip.by_index(at)?, &mut io::sink())?;
    }
    Ok(true)
}

/// Everything of the source is there, to the last packed byte; only our own file is behind it.
fn are_packed_alike<F: Read + io::Seek>(
    source: Result<ZipArchive<F>, ZipError>,
    made: Result<ZipArchive<F>, ZipError>,
) -> Result<bool, ZipError> {
    let (mut source, mut made) = (source?, made?);
    for at in 0..source.len() {
        if !are_equal(&mut source.by_index_raw(at)?, &mut made.by_index_raw(at)?)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn are_equal(one: &mut dyn Read, other: &mut dyn Read) -> io::Result<bool> {
    let (mut first, mut second) = (Vec::new(), Vec::new());
    loop {
        first.clear();
        second.clear();
        one.take(BUFFER as u64).read_to_end(&mut first)?;
        other.take(BUFFER as u64).read_to_end(&mut second)?;
        if first != second {
            return Ok(false);
        }
        if first.is_empty() {
            return Ok(true);
        }
    }
}
