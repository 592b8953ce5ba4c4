//! What a user may change of a series.

use poem_openapi::{Object, types::MaybeUndefined};

use super::{Kind, volumes};
use crate::{
    api::error::ApiError,
    domain::{
        edition::{self, Edition},
        series::{Series, Shelf},
        volume::{VolumeError, VolumeNumber},
    },
};

/// What is to be changed of a series; what is left out stays as it is, and `null` clears.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
pub struct SeriesChange {
    /// The title that is shown, and searched first.
    #[oai(validator(
        max_length = 300,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    title: Option<String>,
    /// Other names, in the order in which they are to be searched.
    #[oai(validator(
        max_items = 200,
        max_length = 300,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    aliases: Option<Vec<String>>,
    /// Titles like its own that mean another series; releases of these titles are refused.
    #[oai(validator(
        max_items = 200,
        max_length = 300,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    not_aliases: Option<Vec<String>>,
    /// ISO 639-1.
    #[oai(validator(pattern = "^[a-z]{2}$"))]
    language: Option<String>,
    /// What a bare number in a name means.
    kind: Option<Kind>,
    /// Look for what is missing.
    monitored: Option<bool>,
    /// Send what is found without being asked.
    auto_send: Option<bool>,
    /// Volumes below are not wanted.
    #[oai(nullable, validator(pattern = "^[0-9]{1,4}([.][0-9]{1,2})?$"))]
    wanted_from: MaybeUndefined<String>,
    /// Volumes above are not wanted.
    #[oai(nullable, validator(pattern = "^[0-9]{1,4}([.][0-9]{1,2})?$"))]
    wanted_to: MaybeUndefined<String>,
    /// Volumes that are never wanted, for example `4,7-9`.
    #[oai(validator(
        pattern = "^( *([0-9]{1,4}([.][0-9]{1,2})?|[0-9]{1,4} *- *[0-9]{1,4}) *(, *([0-9]{1,4}([.][0-9]{1,2})?|[0-9]{1,4} *- *[0-9]{1,4}) *)*)?$"
    ))]
    ignored: Option<String>,
    /// Which numbers that nobody counts with (0, 10.5) are wanted: `never`, `all` that catalogues list, or a set like `0,10.5`.
    #[oai(validator(max_length = 1000, pattern = "^[^\\x00]*$"))]
    specials: Option<String>,
    /// How many volumes exist.
    #[oai(nullable, validator(minimum(value = "1"), maximum(value = "3000")))]
    total: MaybeUndefined<u32>,
    /// Names of the sources to ask; empty asks all.
    #[oai(validator(
        max_items = 50,
        max_length = 60,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    sources: Option<Vec<String>>,
    /// The edition that is collected: `standard`, `perfect`, `deluxe`, `double`, `omnibus` (or `omnibus:3` for three in one), `colour`,
    /// `collector`, `original`, `new`, `colossal`, `ultimate`, `integrale`, `kanzenban`, `star` or `other`.
    #[oai(validator(pattern = "^[a-z]+(:[0-9]{1,3})?$", max_length = 20))]
    edition: Option<String>,
    /// Which base volumes the volumes of other editions hold, for example `deluxe 1-9=1-18; integrale 1=1-3`. At most 500 volumes, each
    /// with at most 300 base volumes.
    #[oai(validator(max_length = 65536, pattern = "^[^\\x00]*$"))]
    edition_map: Option<String>,
    /// The name of its profile; `null` for its library's.
    #[oai(
        nullable,
        validator(max_length = 60, pattern = "^[a-z0-9][a-z0-9_-]*$")
    )]
    pub profile: MaybeUndefined<String>,
}

/// Changes a series, of which the shelf shows what is there.
pub fn apply(series: &mut Series, shelf: &Shelf, change: SeriesChange) -> Result<(), ApiError> {
    if let Some(from) = volume_or_none("wantedFrom", change.wanted_from)? {
        series.wanted_from = from;
    }
    if let Some(to) = volume_or_none("wantedTo", change.wanted_to)? {
        series.wanted_to = to;
    }
    if let Some(text) = change.ignored {
        series.ignored = volumes("ignored", &text)?;
    }
    if let Some(text) = change.specials {
        series.specials = text.parse().map_err(|error: VolumeError| {
            let problem = format!("{error}; or write 'never' or 'all'");
            ApiError::field("specials", problem)
        })?;
    }
    let total = match change.total {
        MaybeUndefined::Undefined => Ok(()),
        MaybeUndefined::Null => series.count_to(None, shelf),
        MaybeUndefined::Value(total) => series.count_to(Some(total), shelf),
    };
    total.map_err(|error| {
        let files = format!("GET /api/v1/series/{}/files", series.id);
        ApiError::field(
            "total",
            format!("{error}; look at {files} if its number was misread"),
        )
    })?;
    series.title = change
        .title
        .unwrap_or_else(|| std::mem::take(&mut series.title));
    series.aliases = change
        .aliases
        .unwrap_or_else(|| std::mem::take(&mut series.aliases));
    series.not_aliases = change
        .not_aliases
        .unwrap_or_else(|| std::mem::take(&mut series.not_aliases));
    series.language = change
        .language
        .unwrap_or_else(|| std::mem::take(&mut series.language));
    series.kind = change.kind.map_or(series.kind, Into::into);
    series.monitored = change.monitored.unwrap_or(series.monitored);
    series.auto_send = change.auto_send.unwrap_or(series.auto_send);
    series.sources = change
        .sources
        .unwrap_or_else(|| std::mem::take(&mut series.sources));
    if let Some(word) = change.edition {
        series.edition = Edition::from_word(&word)
            .ok_or_else(|| ApiError::field("edition", edition::unknown(&word)))?;
    }
    if let Some(text) = change.edition_map {
        series.editions = text.parse().map_err(|error: edition::EditionMapError| {
            ApiError::field("editionMap", error.to_string())
        })?;
    }
    match change.profile {
        MaybeUndefined::Undefined => {}
        MaybeUndefined::Null => series.profile = None,
        MaybeUndefined::Value(name) => series.profile = Some(name),
    }
    let mistakes = series.mistakes();
    if mistakes.is_empty() {
        Ok(())
    } else {
        Err(ApiError::named(mistakes))
    }
}

/// Reads a bound of the wanted range; none when it stays as it is.
pub fn volume_or_none(
    field: &str,
    value: MaybeUndefined<String>,
) -> Result<Option<Option<VolumeNumber>>, ApiError> {
    match value {
        MaybeUndefined::Undefined => Ok(None),
        MaybeUndefined::Null => Ok(Some(None)),
        MaybeUndefined::Value(text) => text
            .parse()
            .map(|volume| Some(Some(volume)))
            .map_err(|error: VolumeError| ApiError::field(field, error.to_string())),
    }
}
