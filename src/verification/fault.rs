//! Why a volume that was downloaded is not taken: a stable code, what comes of it, and a sentence with the numbers. Pure.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use crate::domain::{
    decide::Reason,
    units::MEGABYTE,
    volume::{VolumeNumber, VolumeSet},
};

/// The most letters of a name that a sentence repeats: names come from strangers.
const MAX_NAME: usize = 120;

/// A fault, and the file or folder that has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// Below the root; empty for the root itself, and for what is said of the release as a whole.
    pub path: PathBuf,
    /// What is wrong.
    pub cause: Cause,
}

/// What comes of a fault. The milder one counts when there are two copies of a volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It may pass by itself: look again later.
    Later,
    /// A human has to look.
    Review,
    /// It stays wrong: block it and take the next one.
    Fails,
}

/// What is wrong. The code is stable; the sentence may change.
#[derive(Clone, Debug, PartialEq)]
pub enum Cause {
    /// Permissions, a disk that is away.
    Unreadable { error: String },
    /// The download client has not finished it.
    StillWritten,
    /// Fewer pages than volumes of this kind have.
    FewPages {
        pages: u32,
        least: u32,
        volumes: VolumeSet,
    },
    /// All promised volumes are there, in far fewer bytes.
    LessThanPromised { bytes: u64, promised: u64 },
    /// It holds other archives, or goes on in other files, so no library shows it as it is.
    Packed { archives: u32 },
    /// What is in it cannot be seen without unpacking it.
    Unseen,
    /// More files than are looked at.
    TooMany { most: usize },
    /// Folders in folders without end.
    TooDeep { most: usize },
    /// Something that an operating system runs; its name when it is in an archive.
    Executable { name: Option<String> },
    /// No book by its extension.
    Foreign { extension: String },
    /// No book by its content.
    NotABook,
    /// Its extension says that it is an EPUB, and it is none.
    NotAnEpub,
    /// Its pages need a password.
    Encrypted,
    /// It is made to fill the disk or the memory of whoever unpacks it.
    Bomb(Bomb),
    /// A path in it leads out of the folder into which it is unpacked.
    Escapes { name: String },
    /// A link, or an archive with one; its name when it is in an archive.
    Link { name: Option<String> },
    /// The file has no bytes.
    NoBytes,
    /// There is no page in it.
    NoPages,
    /// Pages without a byte.
    EmptyPages { empty: u32, pages: u32 },
    /// A page that is no image.
    NotAnImage { name: String },
    /// It ends too early, or its directory is damaged.
    Damaged { error: String },
    /// A promised volume that is not there.
    LacksVolume {
        volume: VolumeNumber,
        holds: VolumeSet,
    },
    /// What is said of offers as well: the series, the edition, chapters, specials, formats, sizes.
    Judged(Reason),
}

/// What makes an archive a bomb.
#[derive(Clone, Debug, PartialEq)]
pub enum Bomb {
    /// Too many files.
    Entries { entries: u64, most: u64 },
    /// Too many bytes when it is unpacked.
    Bytes { bytes: u64, most: u64 },
    /// Unpacked, too many times its own size.
    Ratio { ratio: u64, most: u64 },
    /// Its files have more bytes than it has: they are the same bytes many times.
    Overlap { packed: u64, bytes: u64 },
}

impl Fault {
    /// A fault of this file.
    pub fn new(path: &Path, cause: Cause) -> Self {
        Self {
            path: path.to_owned(),
            cause,
        }
    }

    /// Stable, for programs.
    pub fn code(&self) -> &'static str {
        self.cause.code()
    }

    /// What comes of it.
    pub fn outcome(&self) -> Outcome {
        self.cause.outcome()
    }

    /// It may be gone without a change of the release: look again later.
    pub fn is_passing(&self) -> bool {
        self.outcome() == Outcome::Later
    }
}

impl Cause {
    /// Stable, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "cannot_be_read",
            Self::StillWritten => "still_written",
            Self::FewPages { .. } => "few_pages",
            Self::LessThanPromised { .. } => "less_than_promised",
            Self::Packed { .. } => "packed",
            Self::Unseen => "unseen",
            Self::TooMany { .. } => "too_many_files",
            Self::TooDeep { .. } => "too_deep",
            Self::Executable { .. } => "executable",
            Self::Foreign { .. } => "foreign_extension",
            Self::NotABook => "not_a_book",
            Self::NotAnEpub => "not_an_epub",
            Self::Encrypted => "encrypted",
            Self::Bomb(_) => "bomb",
            Self::Escapes { .. } => "escapes",
            Self::Link { .. } => "link",
            Self::NoBytes => "no_bytes",
            Self::NoPages => "no_pages",
            Self::EmptyPages { .. } => "empty_pages",
            Self::NotAnImage { .. } => "not_an_image",
            Self::Damaged { .. } => "damaged",
            Self::LacksVolume { .. } => "lacks_volume",
            Self::Judged(reason) => reason.code(),
        }
    }

    /// What comes of it.
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Unreadable { .. } | Self::StillWritten => Outcome::Later,
            Self::FewPages { .. }
            | Self::LessThanPromised { .. }
            | Self::Packed { .. }
            | Self::Unseen
            | Self::TooMany { .. }
            | Self::TooDeep { .. } => Outcome::Review,
            // The release was taken for the series: a file may have its title in another language.
            Self::Judged(
                Reason::WrongSeries { .. } | Reason::OtherEdition { .. } | Reason::NoVolume,
            ) => Outcome::Review,
            _ => Outcome::Fails,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.as_os_str().is_empty() {
            write!(f, "{}: ", plain(&self.path.to_string_lossy()))?;
        }
        self.cause.fmt(f)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { error } => write!(
                f,
                "it cannot be read now ({error}); check its permissions and the disk"
            ),
            Self::StillWritten => f.write_str("the download client still writes it"),
            Self::FewPages {
                pages,
                least,
                volumes,
            } => write!(
                f,
                "{} for volume {volumes} is suspicious under {least}",
                count(u64::from(*pages), "page")
            ),
            Self::LessThanPromised { bytes, promised } => write!(
                f,
                "{} MB is far less than the {} MB that the release promised",
                megabytes(*bytes),
                megabytes(*promised)
            ),
            Self::Packed { archives: 0 } => f.write_str(
                "it is one part of a divided archive, which no library shows; unpack all of them",
            ),
            Self::Packed { archives } => write!(
                f,
                "it holds {} instead of pages, which no library shows; unpack it",
                count(u64::from(*archives), "archive")
            ),
            Self::Unseen => f.write_str(
                "its pages cannot be seen without unpacking it; open it to see whether it is good",
            ),
            Self::TooMany { most } => {
                write!(f, "only {most} of its files and folders were looked at")
            }
            Self::TooDeep { most } => write!(
                f,
                "it is more than {most} folders deep, so what is in it was not looked at"
            ),
            Self::Executable { name: None } => f.write_str(
                "it is a program; nothing is taken of a release that holds one, it is a fake",
            ),
            Self::Executable { name: Some(name) } => write!(
                f,
                "'{}' in it is a program; nothing is taken of a release that holds one, it is a fake",
                plain(name)
            ),
            Self::Foreign { extension } if extension.is_empty() => {
                f.write_str("it has no extension, so no library takes it for a book")
            }
            Self::Foreign { extension } => write!(
                f,
                "no library takes a .{} file for a book",
                plain(extension)
            ),
            Self::NotABook => {
                f.write_str("it is neither an archive (zip, rar, 7z) nor a PDF by its content")
            }
            Self::NotAnEpub => {
                f.write_str("it is no EPUB by its content: the file 'mimetype' does not say so")
            }
            Self::Encrypted => f.write_str("its pages need a password"),
            Self::Bomb(bomb) => write!(f, "it is made to fill what unpacks it: {bomb}"),
            Self::Escapes { name } => write!(
                f,
                "the path '{}' in it leads out of the folder into which it is unpacked",
                plain(name)
            ),
            Self::Link { name: None } => f.write_str("it is a link, and links are not followed"),
            Self::Link { name: Some(name) } => write!(
                f,
                "'{}' in it is a link, and links are not followed",
                plain(name)
            ),
            Self::NoBytes => f.write_str("it has 0 bytes"),
            Self::NoPages => f.write_str("it holds no page"),
            Self::EmptyPages { empty, pages } => {
                write!(
                    f,
                    "{empty} of its {} have 0 bytes",
                    count(u64::from(*pages), "page")
                )
            }
            Self::NotAnImage { name } => {
                write!(f, "its page '{}' is no image by its content", plain(name))
            }
            Self::Damaged { error } => write!(f, "it is damaged: {error}"),
            Self::LacksVolume { volume, holds } if holds.is_empty() => {
                write!(f, "volume {volume} was promised, and no volume is in it")
            }
            Self::LacksVolume { volume, holds } => {
                write!(
                    f,
                    "volume {volume} was promised and is not in it; it holds {holds}"
                )
            }
            Self::Judged(reason) => reason.fmt(f),
        }
    }
}

impl fmt::Display for Bomb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entries { entries, most } => {
                write!(f, "{entries} files in it are over the bound of {most}")
            }
            Self::Bytes { bytes, most } => write!(
                f,
                "{} MB unpacked are over the bound of {} MB",
                megabytes(*bytes),
                megabytes(*most)
            ),
            Self::Ratio { ratio, most } => write!(
                f,
                "unpacked it is {ratio} times as large, the bound is {most}"
            ),
            Self::Overlap { packed, bytes } => write!(
                f,
                "its files have {packed} bytes together, it has {bytes} itself"
            ),
        }
    }
}

fn count(number: u64, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

/// Whole ones from 10 on.
fn megabytes(bytes: u64) -> String {
    let megabytes = bytes as f64 / MEGABYTE as f64;
    let places = usize::from(megabytes < 10.0);
    format!("{megabytes:.places$}")
}

/// Of one line, without control characters, and not long.
fn plain(name: &str) -> String {
    let plain = name.chars().map(|letter| match letter {
        control if control.is_control() => '\u{fffd}',
        letter => letter,
    });
    plain.take(MAX_NAME).collect()
}
