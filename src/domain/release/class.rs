//! What a word of a release name may mean by itself. Pure.

use super::{NotABook, Origin, SpecialKind};
use crate::domain::{edition::Edition, language::Code};

/// A file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Cbz,
    Cbr,
    Cb7,
    Cbt,
    Pdf,
    Epub,
    Mobi,
    Azw3,
    Jpg,
    Png,
    Webp,
    Rar,
    SevenZ,
    Zip,
}

/// The word of each format, in the order of [`Format`].
pub const FORMATS: [&str; 14] = [
    "cbz", "cbr", "cb7", "cbt", "pdf", "epub", "mobi", "azw3", "jpg", "png", "webp", "rar", "7z",
    "zip",
];

impl Format {
    /// As shown.
    pub fn word(self) -> &'static str {
        FORMATS[self as usize]
    }
}

/// How a marker of a volume or chapter is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// `T`, `V`, `C`: only with digits directly behind.
    Letter,
    /// `Tome`.
    Word,
    /// `Tomes`: a number in front of it is a count.
    Plural,
    /// `巻`: behind the number.
    Behind,
}

/// What a word may mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Plain,
    /// Belongs to the phrase that began before.
    Continued,
    Volume(Mark),
    /// `Livre`, `Book`: a volume when nothing better is there.
    WeakVolume,
    Chapter(Mark),
    /// `Part`, `Cycle`: its number is neither volume nor chapter.
    Part,
    /// Of a part, season or episode.
    PartNumber,
    /// `Saison`: like a part, and no part of the title.
    Season,
    /// `n`, `no`, `numero`: the sign in front of a number.
    NumberSign,
    /// `第`, `제`.
    Ordinal,
    /// `全`, `전`: all of so many.
    All,
    /// `premier`, `deux`, `three`: a number only behind or before a marker.
    NumberWord(u8),
    /// `manque`: the numbers behind it are not there.
    Without,
    /// `à`, `to`.
    RangeWord,
    /// `et`, `and`.
    ListWord,
    /// `in` in `3 in 1`.
    InOne,
    /// `sur`, `of`.
    Of,
    Language(Code),
    /// A language that is also a word of titles or a name: `it`, `es`, `raw`.
    LooseLanguage(Code),
    Format(Format),
    /// `Digital`: official, and the number behind it is a resolution.
    Digital,
    Origin(Origin),
    /// `fan`, `scan`: an origin, and also a word of titles.
    LooseOrigin(Origin),
    /// `Édition`, `Version`.
    EditionWord,
    Edition(Edition),
    /// An edition only beside the word edition, or where nothing but tags is.
    LooseEdition(Edition),
    Integrale,
    Complete,
    Special(SpecialKind),
    /// A special only beside another word of its kind, or in brackets.
    LooseSpecial(SpecialKind),
    /// `Manga`, `BD`.
    Medium,
    NotABook(NotABook),
    /// `Repack`.
    Proper,
    /// `px`.
    Pixels,
    Noise,
    /// `Coffret`, `Box Set`: the number behind it is not that of a volume.
    Box,
    /// `TPB`, `HC`: noise, or the marker of a collected edition.
    Collected,
    /// `Light Novel`: the book of that name, which is another work.
    Novel,
    /// `上巻`, `下巻`: the first or the second volume of two; 0 for both.
    Half(u8),
    /// Noise only where nothing but tags is.
    LooseNoise,
    Group,
    /// A group whose name says where its copies come from.
    Team(Origin),
    Publisher,
    Author,
    Article,
}

impl Class {
    /// Makes a number a volume or chapter, or joins two of them.
    pub fn marks_numbers(self) -> bool {
        matches!(
            self,
            Self::Volume(_)
                | Self::WeakVolume
                | Self::Chapter(_)
                | Self::NumberSign
                | Self::Ordinal
                | Self::All
                | Self::RangeWord
                | Self::ListWord
        )
    }

    /// Says something whatever stands around it.
    pub fn is_tag(self) -> bool {
        matches!(
            self,
            Self::Language(_)
                | Self::Format(_)
                | Self::Origin(_)
                | Self::NotABook(_)
                | Self::Noise
                | Self::Box
                | Self::Collected
        )
    }

    /// Says something in brackets, or where nothing but tags is.
    pub fn is_loose_tag(self) -> bool {
        self.is_tag()
            | matches!(
                self,
                Self::LooseLanguage(_)
                    | Self::LooseOrigin(_)
                    | Self::LooseEdition(_)
                    | Self::Edition(_)
                    | Self::EditionWord
                    | Self::Integrale
                    | Self::Complete
                    | Self::Digital
                    | Self::Medium
                    | Self::Proper
                    | Self::Pixels
                    | Self::LooseNoise
            )
    }
}
