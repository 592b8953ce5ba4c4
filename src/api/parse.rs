//! Resource `parse`.

use poem_openapi::{Object, OpenApi, param::Query, types::ToJSON};

use super::{
    Tag,
    error::{BODY, Failure, VALUES},
    guard::Key,
    json::Json,
    series::Kind,
};
use crate::domain::release;

/// What a release name or a file name says.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
struct ParsedName {
    /// The name.
    input: String,
    /// The series title as it stands there.
    series: Option<String>,
    /// For example `3`, `1-12` or `10.5`; left out when no volume can be read.
    volumes: Option<String>,
    /// Chapters, in the same form.
    chapters: Option<String>,
    /// A number of volumes that is named without a range.
    count: Option<u32>,
    /// It says that it is the whole series.
    complete: bool,
    /// More than one volume.
    pack: bool,
    /// An hors-série, artbook or guide.
    special: bool,
    /// Year of publication.
    year: Option<u32>,
    /// ISO 639-1.
    languages: Vec<String>,
    /// For example `cbz`.
    formats: Vec<String>,
    /// False for films, music and games.
    is_book: bool,
}

fn read(input: &str, kind: release::Kind) -> ParsedName {
    let release = release::parse(input, kind);
    let set = |set: &crate::domain::volume::VolumeSet| (!set.is_empty()).then(|| set.to_string());
    ParsedName {
        series: release.series.map(str::to_owned),
        volumes: set(&release.volumes),
        chapters: set(&release.chapters),
        count: release.count,
        complete: release.complete,
        pack: release.is_pack(),
        special: release.special,
        year: release.year,
        languages: release.languages.iter().map(ToString::to_string).collect(),
        formats: release.formats.iter().map(ToString::to_string).collect(),
        is_book: release.not_a_book.is_none(),
        input: input.to_owned(),
    }
}

/// A name, read, as one line of JSON.
pub fn line(input: &str, kind: release::Kind) -> String {
    read(input, kind).to_json_string()
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
}

pub struct ParseApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Parse")]
impl ParseApi {
    /// Read one name
    #[oai(path = "/parse", method = "get", operation_id = "parse_name")]
    async fn one(
        &self,
        _key: Key,
        /// A release name or a file name.
        #[oai(validator(max_length = 4096))]
        name: Query<String>,
        /// What a bare number means.
        kind: Query<Option<Kind>>,
    ) -> Result<Json<ParsedName>, Failure<VALUES>> {
        Ok(Json(read(
            &name,
            kind.0.map_or_else(Default::default, Into::into),
        )))
    }

    /// Read many names
    ///
    /// Answers in their order.
    #[oai(path = "/parse", method = "post", operation_id = "parse_names")]
    async fn many(
        &self,
        _key: Key,
        body: Json<NamesToParse>,
    ) -> Result<Json<Vec<ParsedName>>, Failure<BODY>> {
        let kind = body.kind.map_or_else(Default::default, Into::into);
        Ok(Json(
            body.names.iter().map(|name| read(name, kind)).collect(),
        ))
    }
}
