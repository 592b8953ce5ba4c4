//! Which series are meant.

use poem_openapi::{Enum, Object};

use super::Kind;
use crate::{domain::series, store::series::Filter};

/// Whether more volumes of a series are to be expected, as its libraries say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub enum Status {
    /// New ones come out.
    Ongoing,
    /// The last one is out.
    Ended,
    /// None comes out for now.
    Hiatus,
    /// None will come out, though it is not at its end.
    Abandoned,
    /// No library says it.
    Unknown,
}

impl From<Option<series::Status>> for Status {
    fn from(status: Option<series::Status>) -> Self {
        match status {
            Some(series::Status::Ongoing) => Self::Ongoing,
            Some(series::Status::Ended) => Self::Ended,
            Some(series::Status::Hiatus) => Self::Hiatus,
            Some(series::Status::Abandoned) => Self::Abandoned,
            None => Self::Unknown,
        }
    }
}

impl From<Status> for Option<series::Status> {
    fn from(status: Status) -> Self {
        match status {
            Status::Ongoing => Some(series::Status::Ongoing),
            Status::Ended => Some(series::Status::Ended),
            Status::Hiatus => Some(series::Status::Hiatus),
            Status::Abandoned => Some(series::Status::Abandoned),
            Status::Unknown => None,
        }
    }
}

/// Which series. All that is given has to hold; nothing given means every series.
#[derive(Clone, Debug, Object)]
#[oai(
    rename_all = "camelCase",
    deny_unknown_fields,
    skip_serializing_if_is_none
)]
pub struct SeriesFilter {
    /// Those of a library.
    #[oai(validator(minimum(value = "1")))]
    pub library_id: Option<i64>,
    /// Those of this status; that of the library, when one is given.
    pub status: Option<Status>,
    /// Those that a library sorts under this word, whatever its accents and capitals.
    #[oai(validator(max_length = 100, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$"))]
    pub tag: Option<String>,
    /// Part of the title, whatever its accents and capitals.
    #[oai(validator(max_length = 300, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$"))]
    pub title: Option<String>,
    /// Those of this kind.
    pub kind: Option<Kind>,
    /// Those of this language; ISO 639-1.
    #[oai(validator(pattern = "^[a-z]{2}$"))]
    pub language: Option<String>,
    /// Those that are monitored, or are not.
    pub monitored: Option<bool>,
    /// Those with missing volumes, or without.
    pub missing: Option<bool>,
    /// Those of which someone says how many volumes exist (`total` or `statedTotal`), or nobody does.
    pub total_known: Option<bool>,
    /// Just among these.
    #[oai(validator(min_items = 1, max_items = 10000))]
    pub ids: Option<Vec<i64>>,
}

impl From<SeriesFilter> for Filter {
    fn from(filter: SeriesFilter) -> Self {
        Self {
            title: filter.title.unwrap_or_default(),
            monitored: filter.monitored,
            missing: filter.missing,
            library: filter.library_id,
            status: filter.status.map(Into::into),
            tag: filter.tag.unwrap_or_default(),
            kind: filter.kind.map(Into::into),
            language: filter.language.unwrap_or_default(),
            counted: filter.total_known,
            ids: filter.ids.unwrap_or_default(),
        }
    }
}

impl From<Filter> for SeriesFilter {
    fn from(filter: Filter) -> Self {
        let given = |text: String| Some(text).filter(|text| !text.is_empty());
        Self {
            library_id: filter.library,
            status: filter.status.map(Status::from),
            tag: given(filter.tag),
            title: given(filter.title),
            kind: filter.kind.map(Kind::from),
            language: given(filter.language),
            monitored: filter.monitored,
            missing: filter.missing,
            total_known: filter.counted,
            ids: Some(filter.ids).filter(|ids| !ids.is_empty()),
        }
    }
}
