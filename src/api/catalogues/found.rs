//! What catalogues find: by hand, for adding a series that is not owned, and what waits for a choice.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::{
    Enum, Object, OpenApi,
    param::{Path, Query},
};

use super::{
    find,
    view::{Candidate, Found},
};
use crate::{
    announcing,
    api::{
        Tag,
        error::{ApiError, BODY, CONFLICT, Failure, ONE, QUERY},
        guard::Key,
        json::Json,
        libraries,
        page::{Asked, Page},
        series::{Kind, SeriesMade},
    },
    app::App,
    clock::utc,
    collection::{self, Wanted, Which},
    domain::edition::{self, Edition},
    store::{self, catalogue::waiting::Unchosen},
};

/// A series of a catalogue that a library is to hold. Give either `id` or `isbn`.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct FoundSeries {
    /// Its id there, or the address of its page.
    #[oai(validator(min_length = 1, max_length = 2000, pattern = "^[^\\x00]*$"))]
    id: Option<String>,
    /// The ISBN of one of its volumes, thirteen digits; `bnf` and `opentome` know them.
    #[oai(validator(pattern = "^97[89][0-9 -]{10,16}$"))]
    isbn: Option<String>,
    /// The library that is to hold it, as of a series that is added by its title.
    #[oai(validator(minimum(value = "1")))]
    library_id: i64,
    /// ISO 639-1; left out for the library's.
    #[oai(validator(pattern = "^[a-z]{2}$"))]
    language: Option<String>,
    /// The edition that is collected; left out for `standard`.
    #[oai(validator(pattern = "^[a-z]+(:[0-9]{1,3})?$", max_length = 20))]
    edition: Option<String>,
    /// What a bare number in a name means; left out for what it is there.
    kind: Option<Kind>,
    /// Its title; left out for the one there, which is an alias otherwise.
    #[oai(validator(
        max_length = 300,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    title: Option<String>,
    /// Look for what is missing.
    #[oai(default = "yes")]
    monitored: bool,
}

fn yes() -> bool {
    true
}

impl FoundSeries {
    fn read(self) -> Result<Wanted, ApiError> {
        let which = match (self.id, self.isbn) {
            (Some(id), None) => Which::Id(id),
            (None, Some(isbn)) => Which::Isbn(isbn),
            (None, None) => {
                let problem = "say which series it is: give its id there, or the ISBN of one of its volumes as isbn";
                return Err(ApiError::field("id", problem));
            }
            (Some(_), Some(_)) => {
                let problem = "it is given beside the id; leave one of the two out";
                return Err(ApiError::field("isbn", problem));
            }
        };
        let edition = self.edition.as_deref().unwrap_or("standard");
        Ok(Wanted {
            edition: Edition::from_word(edition)
                .ok_or_else(|| ApiError::field("edition", edition::unknown(edition)))?,
            which,
            title: self.title,
            language: self.language,
            kind: self.kind.map(Into::into),
            monitored: self.monitored,
        })
    }
}

/// What one catalogue answered when all were asked.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
struct Searched {
    /// The catalogue's name.
    catalogue: String,
    /// Why it could not be asked; left out when it was.
    problem: Option<String>,
    /// What it found; empty when that is nothing, or it could not be asked.
    found: Vec<Found>,
}

impl From<announcing::Searched> for Searched {
    fn from(searched: announcing::Searched) -> Self {
        let (found, problem) = match searched.found {
            Ok(found) => (found, None),
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        Self {
            catalogue: searched.catalogue,
            problem,
            found: found.into_iter().map(Into::into).collect(),
        }
    }
}

/// Why a series waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "camelCase")]
enum Waits {
    /// Series of the catalogue may be meant: choose one.
    Candidates,
    /// The catalogue does not have it by any of its names, or gives no answer of it.
    NotFound,
}

/// A series that is not one of a catalogue's yet.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
struct WaitingSeries {
    /// The series' number.
    series_id: i64,
    /// The series' title.
    title: String,
    /// ISO 639-1 of its copies.
    language: String,
    /// The catalogue's name.
    catalogue: String,
    /// Why there is no answer.
    problem: Option<String>,
    /// When the catalogue was last asked.
    asked_at: Option<DateTime<Utc>>,
    /// The series that may be meant, the best first.
    candidates: Vec<Candidate>,
}

impl From<Unchosen> for WaitingSeries {
    fn from(waiting: Unchosen) -> Self {
        let of = waiting.catalogue;
        let candidates = waiting.candidates.into_iter();
        Self {
            series_id: waiting.series_id,
            title: waiting.title,
            language: waiting.language,
            catalogue: of.word().to_owned(),
            problem: waiting.problem,
            asked_at: waiting.asked_at.map(utc),
            candidates: candidates.map(|one| Candidate::of(of, one)).collect(),
        }
    }
}

pub struct FoundApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Catalogues")]
impl FoundApi {
    /// Look for a series in a catalogue
    ///
    /// One question, now, at its pace; for choosing it, or before adding a series that you do not have yet.
    #[oai(
        path = "/catalogues/:name/search",
        method = "get",
        operation_id = "search_catalogue"
    )]
    async fn search(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its name.
        #[oai(validator(max_length = 60))]
        name: Path<String>,
        /// A title, or an ISBN.
        #[oai(validator(
            min_length = 1,
            max_length = 300,
            pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$"
        ))]
        query: Query<String>,
    ) -> Result<Json<Vec<Found>>, Failure<{ ONE | CONFLICT }>> {
        let row = find(&app, &name.0).await?;
        let found = announcing::search(&app, &row, &query.0).await?;
        Ok(Json(found.into_iter().map(Into::into).collect()))
    }

    /// Look for a series in all catalogues
    ///
    /// One question to each that is switched on, now, at its pace. One that could not be asked says why; that is not the same as finding
    /// nothing.
    #[oai(
        path = "/catalogues/search",
        method = "get",
        operation_id = "search_catalogues"
    )]
    async fn search_all(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// A title, or an ISBN.
        #[oai(validator(
            min_length = 1,
            max_length = 300,
            pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$"
        ))]
        query: Query<String>,
    ) -> Result<Json<Vec<Searched>>, Failure<QUERY>> {
        let all = announcing::search_all(&app, &query.0).await?;
        Ok(Json(all.into_iter().map(Into::into).collect()))
    }

    /// Add a series that is not owned from a catalogue
    ///
    /// The catalogue is asked once; the series is called as it is there, its other titles become aliases, it is chosen there, and what is
    /// said of it counts at once.
    #[oai(
        path = "/catalogues/:name/series",
        method = "post",
        operation_id = "create_series_from_catalogue"
    )]
    async fn add(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// The catalogue's name.
        #[oai(validator(max_length = 60))]
        name: Path<String>,
        body: Json<FoundSeries>,
    ) -> Result<SeriesMade, Failure<{ ONE | BODY | CONFLICT }>> {
        let row = find(&app, &name.0).await?;
        let library = libraries::find(&app, body.library_id).await?;
        let stored = collection::add_found(&app, &library, &row, body.0.read()?).await?;
        Ok(SeriesMade::Created(Json(stored.into())))
    }

    /// List what waits for a choice
    ///
    /// Followed series that are not one of a catalogue's yet, those with the best candidate first; of the catalogues that are switched on.
    #[oai(
        path = "/catalogues/candidates",
        method = "get",
        operation_id = "list_catalogue_candidates"
    )]
    async fn waiting(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Why they wait; left out for those with candidates.
        state: Query<Option<Waits>>,
        /// From 1.
        #[oai(validator(minimum(value = "1"), maximum(value = "1000000")))]
        page: Query<Option<u32>>,
        /// 1 to 200.
        #[oai(
            name = "pageSize",
            validator(minimum(value = "1"), maximum(value = "200"))
        )]
        page_size: Query<Option<u32>>,
    ) -> Result<Json<Page<WaitingSeries>>, Failure<QUERY>> {
        let asked = Asked::new(page.0, page_size.0);
        let waiting = match state.0.unwrap_or(Waits::Candidates) {
            Waits::Candidates => {
                store::catalogue::waiting::waiting(&app.db, asked.window()).await?
            }
            Waits::NotFound => {
                store::catalogue::waiting::not_found(&app.db, asked.window()).await?
            }
        };
        Ok(Json(asked.of(waiting, WaitingSeries::from)))
    }
}
