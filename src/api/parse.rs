//! Resource `parse`.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::{Enum, Object, OpenApi, param::Query};

use super::{
    Tag,
    error::{BODY, Failure, QUERY},
    guard::Key,
    json::Json,
    series::Kind,
};
use crate::{
    app::App,
    domain::{
        release::{self, Hints, Lexicon, Release, Span},
        volume::VolumeSet,
    },
};

/// Who made a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
enum Origin {
    /// The name does not say.
    Unknown,
    /// The publisher's own digital edition.
    Official,
    /// Paper, scanned.
    Scan,
    /// Translated, coloured or scanned by fans.
    Fan,
}

impl From<release::Origin> for Origin {
    fn from(origin: release::Origin) -> Self {
        match origin {
            release::Origin::Unknown => Self::Unknown,
            release::Origin::Official => Self::Official,
            release::Origin::Scan => Self::Scan,
            release::Origin::Fan => Self::Fan,
        }
    }
}

/// Why a name is no book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
enum NotABook {
    /// A film or an episode.
    Video,
    /// Music or an audio book.
    Audio,
    /// A game or a program.
    Game,
    /// A file whose extension is that of no book.
    File,
}

impl From<release::NotABook> for NotABook {
    fn from(reason: release::NotABook) -> Self {
        match reason {
            release::NotABook::Video => Self::Video,
            release::NotABook::Audio => Self::Audio,
            release::NotABook::Game => Self::Game,
            release::NotABook::File => Self::File,
        }
    }
}

/// What a book outside the main line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
enum SpecialKind {
    /// Hors-série.
    HorsSerie,
    /// Artbook.
    Artbook,
    /// Guide, data book, character book.
    Guidebook,
    /// Fan book.
    Fanbook,
    /// Annual of a US comic.
    Annual,
    /// Anthology.
    Anthology,
    /// Omake, bonus, extra chapter.
    Extra,
    /// Short stories.
    ShortStories,
    /// A novel by the title of a manga, which is another work.
    Novel,
}

impl From<release::SpecialKind> for SpecialKind {
    fn from(kind: release::SpecialKind) -> Self {
        match kind {
            release::SpecialKind::HorsSerie => Self::HorsSerie,
            release::SpecialKind::Artbook => Self::Artbook,
            release::SpecialKind::Guidebook => Self::Guidebook,
            release::SpecialKind::Fanbook => Self::Fanbook,
            release::SpecialKind::Annual => Self::Annual,
            release::SpecialKind::Anthology => Self::Anthology,
            release::SpecialKind::Extra => Self::Extra,
            release::SpecialKind::ShortStories => Self::ShortStories,
            release::SpecialKind::Novel => Self::Novel,
        }
    }
}

/// A book outside the main line.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
struct Special {
    /// What it is.
    kind: SpecialKind,
    /// Its own number, as `2` of `HS 2`.
    numbers: Option<String>,
}

/// A part of a name, and the field that was read from it.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct NamePart {
    /// Offset of its first byte in the name's UTF-8.
    start: u32,
    /// Offset behind its last byte.
    end: u32,
    /// The field, as it is called in this answer; `ignored` for known words that say nothing.
    field: String,
    /// The part itself.
    text: String,
}

/// What a release name or a file name says.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct ParsedName {
    /// The name.
    input: String,
    /// The series title, without what is not part of it.
    series: Option<String>,
    /// The other title, when the name has two.
    other_title: Option<String>,
    /// For example `3`, `1-12` or `10.5`; left out when no volume can be read.
    volumes: Option<String>,
    /// Chapters or issues, in the same form.
    chapters: Option<String>,
    /// A number of volumes that is named: `9 tomes`, whose volumes are then in `volumes`, from 1; and the 12 of `T03/12`.
    count: Option<u32>,
    /// It says that it is the whole series.
    complete: bool,
    /// More than one volume.
    pack: bool,
    /// Set for an hors-série, artbook or guide: never a volume of the main line.
    special: Option<Special>,
    /// Specials or bonus come beside the volumes.
    extras: bool,
    /// Year of publication, or the first of them.
    year: Option<u32>,
    /// The last year of publication.
    year_to: Option<u32>,
    /// ISO 639-1.
    languages: Vec<String>,
    /// The edition: `standard`, `perfect`, `deluxe`, `double`, `omnibus`, `omnibus:3`, `colour`…
    edition: String,
    /// Who made the copy.
    origin: Origin,
    /// For example `cbz`.
    formats: Vec<String>,
    /// Release group.
    group: Option<String>,
    /// Publisher.
    publisher: Option<String>,
    /// Authors, as they stand there.
    authors: Option<String>,
    /// `2` for `v2`, and for a repack or correction without a number.
    revision: Option<String>,
    /// Pixels of the longer side.
    resolution: Option<u32>,
    /// False for films, music and games.
    is_book: bool,
    /// Why it is no book; left out for books.
    not_a_book: Option<NotABook>,
    /// 0 to 100: how sure the reading of series and volumes is.
    confidence: u8,
    /// Which part of the name became which field; only when it was asked for.
    parts: Option<Vec<NamePart>>,
}

impl ParsedName {
    /// Of a name of which nothing else is known.
    pub fn of(name: &str, lexicon: &Lexicon) -> Self {
        let hints = Hints {
            lexicon,
            ..Hints::default()
        };
        read(name, hints, false)
    }
}

fn read(input: &str, hints: Hints<'_>, explain: bool) -> ParsedName {
    if explain {
        let (release, spans) = release::explain(input, hints);
        let parts = spans.iter().map(part).collect();
        return view(input, &release, Some(parts));
    }
    view(input, &release::parse(input, hints), None)
}

fn part(span: &Span<'_>) -> NamePart {
    NamePart {
        start: span.start as u32,
        end: span.end as u32,
        field: match span.field {
            "other_title" => "otherTitle",
            "is_book" => "isBook",
            field => field,
        }
        .into(),
        text: span.text.into(),
    }
}

fn view(input: &str, release: &Release<'_>, parts: Option<Vec<NamePart>>) -> ParsedName {
    let set = |set: &VolumeSet| (!set.is_empty()).then(|| set.to_string());
    let owned = |words: &[&str]| words.iter().map(ToString::to_string).collect();
    ParsedName {
        series: release.series.as_deref().map(str::to_owned),
        other_title: release.other_title.as_deref().map(str::to_owned),
        volumes: set(&release.volumes),
        chapters: set(&release.chapters),
        count: release.count,
        complete: release.complete,
        pack: release.is_pack(),
        special: release.special.as_ref().map(|special| Special {
            kind: special.kind.into(),
            numbers: set(&special.numbers),
        }),
        extras: release.extras,
        year: release.years.map(|years| years.0),
        year_to: release.years.map(|years| years.1),
        languages: owned(&release.languages),
        edition: release.edition.word().into_owned(),
        origin: release.origin.into(),
        formats: owned(&release.formats),
        group: release.group.map(str::to_owned),
        publisher: release.publisher.as_deref().map(str::to_owned),
        authors: release.authors.as_deref().map(str::to_owned),
        revision: release.revision.map(|revision| revision.to_string()),
        resolution: release.resolution,
        is_book: release.not_a_book.is_none(),
        not_a_book: release.not_a_book.map(Into::into),
        confidence: release.confidence,
        parts,
        input: input.to_owned(),
    }
}

/// Names to be read.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct NamesToParse {
    /// One to a thousand names.
    #[oai(validator(
        min_items = 1,
        max_items = 1000,
        max_length = 4096,
        pattern = "^[^\\x00]*$"
    ))]
    names: Vec<String>,
    /// What a bare number means.
    kind: Option<Kind>,
    /// Say which part of each name became which field.
    explain: Option<bool>,
}

pub struct ParseApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Parse")]
impl ParseApi {
    /// Read one name
    ///
    /// As a file's or a release's name is read: series, volumes, language, edition, format.
    #[oai(path = "/parse", method = "get", operation_id = "parse_name")]
    async fn one(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// A release name or a file name.
        #[oai(validator(max_length = 4096, pattern = "^[^\\x00]*$"))]
        name: Query<String>,
        /// What a bare number means.
        kind: Query<Option<Kind>>,
        /// Say which part of the name became which field.
        explain: Query<Option<bool>>,
    ) -> Result<Json<ParsedName>, Failure<QUERY>> {
        let hints = hints(&app, kind.0);
        Ok(Json(read(&name, hints, explain.0.unwrap_or_default())))
    }

    /// Read many names
    ///
    /// Answers in their order.
    #[oai(path = "/parse", method = "post", operation_id = "parse_names")]
    async fn many(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        body: Json<NamesToParse>,
    ) -> Result<Json<Vec<ParsedName>>, Failure<BODY>> {
        let hints = hints(&app, body.kind);
        let explain = body.explain.unwrap_or_default();
        let names = body.names.iter();
        Ok(Json(names.map(|name| read(name, hints, explain)).collect()))
    }
}

fn hints(app: &App, kind: Option<Kind>) -> Hints<'static> {
    Hints {
        kind: kind.map_or_else(Default::default, Into::into),
        lexicon: app.lexicon,
        ..Hints::default()
    }
}
