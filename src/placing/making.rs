//! A new archive of the same pages, where a link or a copy is not what the library wants: RAR and 7z become ZIP, and what has no
//! `ComicInfo.xml` gets one. It is read again and held against its source before it counts. Blocking.

mod archive;
mod compare;

use std::{
    fs::File,
    io::{self, Seek},
    path::Path,
    sync::atomic::AtomicBool,
};

use super::{
    error::{PlaceError, refused},
    known::hash,
};
use crate::{
    book::{
        blocks::Blocks,
        listed::{self, Listed, is_comic_info},
        magic::Magic,
        unpack::UnpackError,
    },
    verification::most_unpacked,
};
use archive::Made;

/// What it is called in the archive: at its root, where Komga and Kavita look.
const COMIC_INFO: &str = "ComicInfo.xml";

/// What is made of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Making {
    /// A RAR or 7z archive becomes a ZIP.
    pub convert: bool,
    /// What a ZIP that has no `ComicInfo.xml` gets as one.
    pub comic_info: Option<String>,
}

impl Making {
    /// The file is not as it is wanted. One that cannot be read is as good as it gets.
    ///
    /// # Errors
    /// When it cannot be read now.
    pub fn is_needed(&self, source: &Path) -> Result<bool, PlaceError> {
        if *self == Self::default() {
            return Ok(false);
        }
        let listed = File::open(source).and_then(|file| {
            let bytes = file.metadata()?.len();
            listed::list(&mut Blocks::new(file, bytes))
        });
        match listed {
            Ok((Magic::Zip, Some(files))) => Ok(self.comic_info_for(&files).is_some()),
            Ok((Magic::Rar4 | Magic::Rar5 | Magic::SevenZip, _)) => Ok(self.convert),
            Ok(_) => Ok(false),
            Err(error) if is_broken(&error) => Ok(false),
            Err(error) => Err(refused("read", source)(error)),
        }
    }

    fn comic_info_for(&self, files: &[Listed]) -> Option<&str> {
        let has_one = files.iter().any(|file| is_comic_info(&file.name));
        self.comic_info.as_deref().filter(|_| !has_one)
    }
}

fn is_broken(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof
    )
}

/// Why nothing was made.
enum Fault {
    /// It lies in the file, or in the program that unpacks it: the file is placed as it is.
    File(String),
    /// It lies elsewhere.
    Elsewhere(PlaceError),
}

impl From<PlaceError> for Fault {
    fn from(error: PlaceError) -> Self {
        Self::Elsewhere(error)
    }
}

impl From<UnpackError> for Fault {
    fn from(error: UnpackError) -> Self {
        match error {
            UnpackError::Stopped => Self::Elsewhere(PlaceError::Stopped),
            error => {
                let cause = std::error::Error::source(&error);
                let cause = cause.map(|cause| format!(": {cause}"));
                Self::File(format!("{error}{}", cause.unwrap_or_default()))
            }
        }
    }
}

/// Writes the archive under `temp`, and gives its SHA-256 once the disk has it and it holds what it should.
///
/// # Errors
/// [`PlaceError::NotMade`] when the file is at fault, or what unpacks it; what was written stays.
pub fn make(
    source: &Path,
    temp: &Path,
    making: &Making,
    stop: &AtomicBool,
) -> Result<String, PlaceError> {
    let made = write(source, temp, making, stop).and_then(|pages| {
        compare::compare(source, temp, &pages)?;
        Ok(hash(temp).map_err(refused("read", temp))?)
    });
    made.map_err(|fault| match fault {
        Fault::Elsewhere(error) => error,
        Fault::File(why) => PlaceError::NotMade {
            source_file: source.to_owned(),
            why,
        },
    })
}

/// What the new archive has to hold.
struct Pages {
    files: Vec<Listed>,
    /// They were taken over packed as they are, so that not even that may differ.
    is_copy: bool,
}

fn write(source: &Path, temp: &Path, making: &Making, stop: &AtomicBool) -> Result<Pages, Fault> {
    let mut file = File::open(source).map_err(refused("read", source))?;
    let bytes = file.metadata().map_err(refused("read", source))?.len();
    let (magic, files) = listed::list(&mut Blocks::new(&file, bytes))
        .map_err(|error| of_file("it cannot be read", error, source))?;
    file.rewind().map_err(refused("read", source))?;
    let room = match (magic, &files) {
        (Magic::Zip, _) | (_, None) => bytes,
        (_, Some(files)) => files.iter().map(|file| file.bytes).sum(),
    };
    let mut made = Made::new(temp, room)?;
    let mut pages = match (magic, files) {
        (Magic::Zip, Some(files)) => {
            made.take_over(file, stop)?;
            Pages {
                files,
                is_copy: true,
            }
        }
        (Magic::Rar4 | Magic::Rar5 | Magic::SevenZip, files) => Pages {
            files: made.unpack(file, files, most_unpacked(bytes), stop)?,
            is_copy: false,
        },
        _ => return Err(Fault::File("it is no archive".into())),
    };
    if let Some(document) = making.comic_info_for(&pages.files) {
        pages.files.push(Listed {
            name: COMIC_INFO.into(),
            bytes: document.len() as u64,
            crc: None,
        });
        made.file(COMIC_INFO, document.len() as u64, &mut document.as_bytes())?;
    }
    made.finish()?;
    Ok(pages)
}

/// What the operating system says is of the disk; what was found by reading is of the file.
fn of_file(what: &str, error: io::Error, place: &Path) -> Fault {
    match error.raw_os_error() {
        Some(_) => Fault::Elsewhere(refused("written", place)(error)),
        None => Fault::File(format!("{what}: {error}")),
    }
}
