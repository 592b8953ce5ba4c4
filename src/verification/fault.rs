//! Why a volume that was downloaded is not taken: a stable code, what comes of it, and a sentence with the numbers. Pure.

mod sentence;

use std::path::{Path, PathBuf};

use crate::domain::{
    decide::Reason,
    volume::{VolumeNumber, VolumeSet},
};

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
