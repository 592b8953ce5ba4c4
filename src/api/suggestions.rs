//! Resource `suggestions`: pairs of series that may be one.

use std::{collections::HashMap, sync::Arc};

use poem::web::Data;
use poem_openapi::{ApiResponse, Object, OpenApi, param::Query};

use super::{
    Tag,
    error::{BODY, CONFLICT, Failure, ONE, QUERY},
    guard::Key,
    json::Json,
    page::{Asked, Page},
    series::find,
};
use crate::{
    app::App,
    domain::suggestion::{self, Candidate, Likeness},
    shelving,
};

/// One series of a pair.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct Alike {
    /// Its number.
    id: i64,
    /// Its title.
    title: String,
    /// Its edition.
    edition: String,
    /// How many files it has, over all libraries.
    files: u64,
}

impl From<&Candidate> for Alike {
    fn from(candidate: &Candidate) -> Self {
        Self {
            id: candidate.id,
            title: candidate.title.clone(),
            edition: candidate.edition.word().into_owned(),
            files: candidate.files as u64,
        }
    }
}

/// Why two series may be one.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct WhyAlike {
    /// `catalogue`: the same id of a catalogue. `files`: the same files. `name`: a title or an alias of both. `spelling`: nearly so.
    code: String,
    /// A sentence.
    message: String,
}

impl From<Likeness> for WhyAlike {
    fn from(likeness: Likeness) -> Self {
        Self {
            code: likeness.code().to_owned(),
            message: likeness.sentence(),
        }
    }
}

/// Two series of one language that may be one.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct Suggestion {
    /// The older one.
    series: Alike,
    /// The other; `POST /api/v1/series/{id}/merge` makes it a part of the older one.
    other: Alike,
    /// Why; the strongest reason first.
    reasons: Vec<WhyAlike>,
}

/// Two series that are two.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct DismissRequest {
    /// The number of one.
    #[oai(validator(minimum(value = "1")))]
    series: i64,
    /// The number of the other.
    #[oai(validator(minimum(value = "1")))]
    other: i64,
}

/// They stay two.
#[derive(ApiResponse)]
enum Dismissed {
    /// It is not suggested again.
    #[oai(status = 204)]
    Dismissed,
}

pub struct SuggestionsApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Series")]
impl SuggestionsApi {
    /// List series that may be one
    ///
    /// Pairs of one language, both of volumes or both of chapters, each with its reasons; the strongest first. Nothing is merged by itself.
    #[oai(
        path = "/series/suggestions",
        method = "get",
        operation_id = "list_suggestions"
    )]
    async fn list(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// From 1.
        #[oai(validator(minimum(value = "1"), maximum(value = "1000000")))]
        page: Query<Option<u32>>,
        /// 1 to 200.
        #[oai(
            name = "pageSize",
            validator(minimum(value = "1"), maximum(value = "200"))
        )]
        page_size: Query<Option<u32>>,
    ) -> Result<Json<Page<Suggestion>>, Failure<QUERY>> {
        let asked = Asked::new(page.0, page_size.0);
        let (candidates, found) = shelving::suggestions(&app.db).await?;
        let by_id: HashMap<i64, &Candidate> = candidates.iter().map(|one| (one.id, one)).collect();
        let view = |found: suggestion::Suggestion| Suggestion {
            series: by_id[&found.first].into(),
            other: by_id[&found.second].into(),
            reasons: found.reasons.into_iter().map(Into::into).collect(),
        };
        Ok(Json(asked.of(asked.window().cut(found), view)))
    }

    /// Say that two series are two
    ///
    /// They are not suggested again.
    #[oai(
        path = "/series/suggestions/dismiss",
        method = "post",
        operation_id = "dismiss_suggestion"
    )]
    async fn dismiss(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        body: Json<DismissRequest>,
    ) -> Result<Dismissed, Failure<{ ONE | BODY | CONFLICT }>> {
        find(&app, body.0.series).await?;
        find(&app, body.0.other).await?;
        shelving::are_two(&app, body.0.series, body.0.other).await?;
        Ok(Dismissed::Dismissed)
    }
}
