//! The sentences of faults. Pure.

use std::fmt;

use super::{Bomb, Cause, Fault};
use crate::domain::units::MEGABYTE;

/// The most letters of a name that a sentence repeats: names come from strangers.
const MAX_NAME: usize = 120;

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
                "it has {}; under {least} that is suspicious for volume{} {volumes}",
                count(u64::from(*pages), "page"),
                if volumes.len() == 1 { "" } else { "s" }
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

/// Of one line, without control characters and what turns the direction of writing, and not long.
fn plain(name: &str) -> String {
    let plain = name.chars().map(|letter| match letter {
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        control if control.is_control() => '\u{fffd}',
        letter => letter,
    });
    plain.take(MAX_NAME).collect()
}
