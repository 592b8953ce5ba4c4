//! Stage 4: turns a release name or a file name into series, volumes, language and format. Pure.
//!
//! One reader for files in a library, offers, links and files inside a torrent. A name becomes tokens ([`token`]), their words get what
//! they may mean ([`lexicon`]), numbers become expressions such as `T01 à T12` ([`numbers`]), the ones that count are chosen
//! ([`choose`]), and then come the title ([`series`]), the tags ([`tags`]) and the people ([`people`]). Each pass walks the tokens
//! once, and tells them what they were read as; [`explain`] shows that.

mod around;
mod canonical;
mod choose;
mod class;
mod explain;
mod known;
mod leading;
mod lexicon;
mod numbers;
mod people;
mod series;
mod tags;
mod token;
mod words;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::{
    edition::Edition,
    volume::{VolumeNumber, VolumeSet},
};
pub use canonical::words as edition_words;
pub use class::FORMATS;
pub use explain::{Span, explain};
pub use lexicon::{ExtraWords, Lexicon};
use numbers::Expression;
use token::{Gap, Role, Split, Token};

/// Raised whenever names are read differently, so that libraries are read anew.
pub const READER: u32 = 3;

/// What kind of things a library holds; decides what a bare number means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Nothing is known: a bare number is a volume, unless it looks like an issue.
    #[default]
    Auto,
    /// Manga volumes.
    Manga,
    /// Franco-Belgian albums.
    Bd,
    /// Issues of US comics.
    Comics,
    /// Chapters, not volumes.
    Chapters,
}

impl Kind {
    /// As written in settings and on the command line.
    pub const ALL: [(&str, Self); 5] = [
        ("auto", Self::Auto),
        ("manga", Self::Manga),
        ("bd", Self::Bd),
        ("comics", Self::Comics),
        ("chapters", Self::Chapters),
    ];

    /// From its word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|known| known.0 == word)
            .map(|known| known.1)
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|known| known.1 == self)
            .map_or("auto", |known| known.0)
    }

    /// Their numbers mean the same: chapters are no volumes.
    pub fn counts_like(self, other: Self) -> bool {
        (self == Self::Chapters) == (other == Self::Chapters)
    }
}

/// Why a name is no book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotABook {
    /// A film or an episode.
    Video,
    /// Music or an audio book.
    Audio,
    /// A game or a program.
    Game,
    /// A file whose extension is that of no book.
    File,
}

impl NotABook {
    /// For a sentence: "it is a … ".
    pub fn noun(self) -> &'static str {
        match self {
            Self::Video => "video",
            Self::Audio => "sound recording",
            Self::Game => "game or program",
            Self::File => "file of another kind",
        }
    }
}

/// Who made the copy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The name does not say.
    #[default]
    Unknown,
    /// The publisher's own digital edition.
    Official,
    /// Paper, scanned.
    Scan,
    /// Translated, coloured or scanned by fans.
    Fan,
}

/// What a book outside the main line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SpecialKind {
    HorsSerie,
    Artbook,
    Guidebook,
    Fanbook,
    Annual,
    Anthology,
    /// Omake, bonus, side stories.
    Extra,
    ShortStories,
    /// A novel by the title of a manga: another work.
    Novel,
}

/// A book outside the main line: never volume N of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Special {
    /// What it is.
    pub kind: SpecialKind,
    /// Its own number, as in `HS 2`; empty when it has none.
    pub numbers: VolumeSet,
}

/// What a name says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Release<'a> {
    /// The series title, cleaned of what is not part of it.
    pub series: Option<Cow<'a, str>>,
    /// The other one, when the name has two.
    pub other_title: Option<Cow<'a, str>>,
    /// Volumes; empty when none could be read. "No number" is not 0.
    pub volumes: VolumeSet,
    /// Chapters or issues; empty when none are named.
    pub chapters: VolumeSet,
    /// A number of volumes that is named: `9 tomes`, whose volumes are then in `volumes`, from 1; and the 12 of `T03/12`.
    pub count: Option<u32>,
    /// It says that it is the whole series.
    pub complete: bool,
    /// An hors-série, artbook, guide…: never volume N of the main line.
    pub special: Option<Special>,
    /// Specials or bonus come beside the volumes.
    pub extras: bool,
    /// Years of publication, first and last.
    pub years: Option<(u32, u32)>,
    /// ISO 639-1, in the order of the name.
    pub languages: SmallVec<[&'static str; 2]>,
    /// Which edition of the series.
    pub edition: Edition,
    /// Who made the copy.
    pub origin: Origin,
    /// Lower case, in the order of the name: `cbz`, `pdf`…
    pub formats: SmallVec<[&'static str; 2]>,
    /// Release group.
    pub group: Option<&'a str>,
    /// Publisher.
    pub publisher: Option<Cow<'a, str>>,
    /// Authors as they stand there.
    pub authors: Option<Cow<'a, str>>,
    /// 2 for `v2`, and for a repack or correction without a number.
    pub revision: Option<VolumeNumber>,
    /// Pixels of the longer side.
    pub resolution: Option<u32>,
    /// Set when it is a film, music or a game.
    pub not_a_book: Option<NotABook>,
    /// The volumes stand behind a word or sign that says so, as in `T03`; not a bare number.
    pub marked: bool,
    /// 0 to 100: how sure the reading of series and volumes is.
    pub confidence: u8,
}

impl Release<'_> {
    /// More than one volume.
    pub fn is_pack(&self) -> bool {
        self.volumes.len() > 1
    }

    /// What a library of this kind counts: volumes, or issues and chapters. The volume of a comic is a run of its series or a
    /// collected edition, and no issue.
    pub fn numbers(&self, kind: Kind) -> &VolumeSet {
        match kind {
            Kind::Chapters | Kind::Comics => &self.chapters,
            _ => &self.volumes,
        }
    }

    /// An hors-série, artbook, guide…
    pub fn is_special(&self) -> bool {
        self.special.is_some()
    }
}

/// Where a name stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// By itself: an offer, a link.
    #[default]
    Alone,
    /// A file in the folder of a series whose titles are known: a number in front is the volume, and what follows it is not the series.
    InSeries,
    /// A folder that holds a series: a bare number in its name belongs to the title, and so does one letter with one digit.
    Folder,
}

/// What is known before a name is read; it changes only what is ambiguous.
#[derive(Clone, Copy)]
pub struct Hints<'a> {
    /// What a bare number means.
    pub kind: Kind,
    /// Folded titles of the series that is looked for: a number in them is no volume.
    pub titles: &'a [String],
    /// Where the name stands.
    pub place: Place,
    /// The words that are known.
    pub lexicon: &'a Lexicon,
}

impl Default for Hints<'_> {
    fn default() -> Self {
        Self {
            kind: Kind::Auto,
            titles: &[],
            place: Place::Alone,
            lexicon: Lexicon::known(),
        }
    }
}

impl From<Kind> for Hints<'_> {
    fn from(kind: Kind) -> Self {
        Self {
            kind,
            ..Self::default()
        }
    }
}

/// The most bytes of a name that are read; what is behind them is ignored.
pub const MAX_NAME: usize = 64 * 1024;

/// Reads a name. Never fails: what is not there stays empty.
pub fn parse<'a>(name: &'a str, hints: impl Into<Hints<'a>>) -> Release<'a> {
    Reading::of(name, hints.into()).release
}

/// A name on its way to a release.
struct Reading<'a> {
    name: &'a str,
    hints: Hints<'a>,
    tokens: Vec<Token>,
    /// The token behind each bracket.
    groups: SmallVec<[u32; 8]>,
    expressions: SmallVec<[Expression; 4]>,
    /// The first token that can be part of the title.
    title_start: usize,
    /// The token behind the last one that can be part of the title.
    title_end: usize,
    /// Every kind of character between its tokens: most passes look for one that most names do not have.
    gaps: Gap,
    /// It has spaces, so that its dots and underscores are none.
    spaced: bool,
    /// The token at which the number behind the title begins.
    number_start: usize,
    /// A number at the front is the volume.
    leads: bool,
    /// The volumes are what a numbered volume of an edition is said to hold: `Intégrale 2 (T04 à T06)`.
    holds: bool,
    release: Release<'a>,
}

impl<'a> Reading<'a> {
    fn of(name: &'a str, hints: Hints<'a>) -> Self {
        let name = &name[..name.floor_char_boundary(MAX_NAME)];
        let Split {
            mut tokens,
            groups,
            gaps,
        } = token::split(name, hints.lexicon);
        hints.lexicon.mark_phrases(&mut tokens);
        let mut reading = Self {
            name,
            hints,
            title_end: tokens.len(),
            gaps,
            tokens,
            groups,
            expressions: SmallVec::new(),
            spaced: name.contains(' '),
            title_start: 0,
            number_start: 0,
            leads: false,
            holds: false,
            release: Release::default(),
        };
        reading.know_title();
        reading.find_expressions();
        reading.find_start();
        reading.choose();
        reading.read_series();
        reading.read_tags();
        reading.read_people();
        reading.weigh();
        reading
    }
}

#[cfg(test)]
mod tests;
