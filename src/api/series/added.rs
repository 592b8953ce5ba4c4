//! A series that is not owned yet.

use poem_openapi::Object;

use super::Kind;
use crate::{
    api::error::ApiError,
    collection,
    domain::edition::{self, Edition},
};

/// A series that a library is to hold.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewSeries {
    /// The title that is shown, and searched first.
    #[oai(validator(
        max_length = 300,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    title: String,
    /// The library that is to hold it: whether anything may be sent, where it is placed, language, kind and profile are that library's.
    #[oai(validator(minimum(value = "1")))]
    pub library_id: i64,
    /// How many volumes exist. While nobody says it, nothing is missing.
    #[oai(validator(minimum(value = "1"), maximum(value = "3000")))]
    total: Option<u32>,
    /// ISO 639-1; left out for the library's.
    #[oai(validator(pattern = "^[a-z]{2}$"))]
    language: Option<String>,
    /// The edition that is collected; left out for `standard`.
    #[oai(validator(pattern = "^[a-z]+(:[0-9]{1,3})?$", max_length = 20))]
    edition: Option<String>,
    /// What a bare number in a name means; left out for what it means in the library.
    kind: Option<Kind>,
    /// Other names, in the order in which they are to be searched.
    #[oai(
        default,
        validator(
            max_items = 50,
            max_length = 300,
            pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
        )
    )]
    aliases: Vec<String>,
    /// Look for what is missing.
    #[oai(default = "yes")]
    monitored: bool,
}

fn yes() -> bool {
    true
}

impl NewSeries {
    /// As it is added.
    pub fn read(self) -> Result<collection::NewSeries, ApiError> {
        let edition = self.edition.as_deref().unwrap_or("standard");
        Ok(collection::NewSeries {
            edition: Edition::from_word(edition)
                .ok_or_else(|| ApiError::field("edition", edition::unknown(edition)))?,
            title: self.title,
            aliases: self.aliases,
            total: self.total,
            language: self.language,
            kind: self.kind.map(Into::into),
            monitored: self.monitored,
        })
    }
}
