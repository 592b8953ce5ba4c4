//! The words that settings of a library have.

use poem_openapi::Enum;

use crate::connection as settings;

/// Whether what came is put into a library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub enum Placing {
    /// Others do it.
    Off,
    /// What came and is right is linked, or else copied, into the folder of its series; the client keeps its own.
    Folder,
}

impl From<Placing> for settings::Placing {
    fn from(placing: Placing) -> Self {
        match placing {
            Placing::Off => Self::Off,
            Placing::Folder => Self::Folder,
        }
    }
}

impl From<settings::Placing> for Placing {
    fn from(placing: settings::Placing) -> Self {
        match placing {
            settings::Placing::Off => Self::Off,
            settings::Placing::Folder => Self::Folder,
        }
    }
}

/// What becomes another format when it is put into a library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub enum Convert {
    /// Nothing.
    Off,
    /// RAR and 7z archives (cbr, cb7, whatever they are called) become CBZ; the client keeps its own.
    Cbz,
}

impl From<Convert> for settings::Convert {
    fn from(convert: Convert) -> Self {
        match convert {
            Convert::Off => Self::Off,
            Convert::Cbz => Self::Cbz,
        }
    }
}

impl From<settings::Convert> for Convert {
    fn from(convert: settings::Convert) -> Self {
        match convert {
            settings::Convert::Off => Self::Off,
            settings::Convert::Cbz => Self::Cbz,
        }
    }
}

/// Which archives get a `ComicInfo.xml` when they are put into a library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub enum ComicInfo {
    /// None.
    Off,
    /// Each CBZ that has none; one that is there is never replaced.
    Missing,
}

impl From<ComicInfo> for settings::ComicInfo {
    fn from(comic_info: ComicInfo) -> Self {
        match comic_info {
            ComicInfo::Off => Self::Off,
            ComicInfo::Missing => Self::Missing,
        }
    }
}

impl From<settings::ComicInfo> for ComicInfo {
    fn from(comic_info: settings::ComicInfo) -> Self {
        match comic_info {
            settings::ComicInfo::Off => Self::Off,
            settings::ComicInfo::Missing => Self::Missing,
        }
    }
}
