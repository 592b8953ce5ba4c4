//! Resource `merges`: series that became one, and series that became two.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::{
    ApiResponse, Object, OpenApi,
    param::{Path, Query},
};

use super::{
    Tag,
    error::{ApiError, BODY, CONFLICT, Failure, ONE, QUERY},
    guard::Key,
    json::Json,
    page::{Asked, Page},
    series::{SeriesView, find},
};
use crate::{
    app::App,
    clock::utc,
    domain::edition::{self, Edition},
    shelving::{self, Splitting},
    store,
};

/// A series that was merged into another.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct Merge {
    /// Its number; undo it by that.
    id: i64,
    /// The number of the series that is no more.
    from_id: i64,
    /// The title that it had.
    from_title: String,
    /// The number of the series that it was merged into.
    into_id: i64,
    /// When.
    merged_at: DateTime<Utc>,
}

impl From<store::merge::Merge> for Merge {
    fn from(row: store::merge::Merge) -> Self {
        Self {
            id: row.id,
            from_id: row.from_id,
            from_title: row.title,
            into_id: row.into_id,
            merged_at: utc(row.created_at),
        }
    }
}

/// Where a series goes.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct MergeRequest {
    /// The number of the series that stays.
    #[oai(validator(minimum(value = "1")))]
    into: i64,
}

/// Two series became one.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct MergedSeries {
    /// `DELETE /api/v1/merges/{mergeId}` undoes it.
    merge_id: i64,
    /// The one that stays, as it is now.
    series: SeriesView,
}

/// Two series again.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct UnmergedSeries {
    /// The one that is back.
    series: SeriesView,
    /// The other, as it is now.
    into: SeriesView,
}

/// What is to become a series of its own.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct SplitRequest {
    /// The library.
    #[oai(validator(minimum(value = "1")))]
    library_id: i64,
    /// Its keys, as `GET /api/v1/series/{id}/links` lists them; not all that the series has.
    #[oai(validator(
        min_items = 1,
        max_items = 200,
        max_length = 4096,
        pattern = "^[^\\x00]*$"
    ))]
    keys: Vec<String>,
    /// Names of the series that are the new one's instead.
    #[oai(validator(
        max_items = 50,
        max_length = 300,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    aliases: Option<Vec<String>>,
    /// The new one's title; left out for what most of its files say.
    #[oai(validator(
        max_length = 300,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    title: Option<String>,
    /// ISO 639-1; left out for the same.
    #[oai(validator(pattern = "^[a-z]{2}$"))]
    language: Option<String>,
    /// Its edition; left out for the same.
    #[oai(validator(pattern = "^[a-z]+(:[0-9]{1,3})?$", max_length = 20))]
    edition: Option<String>,
}

/// One series became two.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct SplitSeries {
    /// The new one.
    made: SeriesView,
    /// The old one, as it is now.
    series: SeriesView,
}

/// A series was made.
#[derive(ApiResponse)]
enum SplitMade {
    /// Both of them.
    #[oai(status = 201)]
    Created(Json<SplitSeries>),
}

pub struct MergesApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Series")]
impl MergesApi {
    /// Merge a series into another
    ///
    /// Everything of it becomes the other's: the libraries' keys, downloads, questions, history and names. It can be undone. Refused (409)
    /// for another language, for chapters and volumes, and when a volume is on its way for both.
    #[oai(
        path = "/series/:id/merge",
        method = "post",
        operation_id = "merge_series"
    )]
    async fn merge(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// The number of the series that is to be no more.
        id: Path<i64>,
        body: Json<MergeRequest>,
    ) -> Result<Json<MergedSeries>, Failure<{ ONE | BODY | CONFLICT }>> {
        find(&app, id.0).await?;
        let merged = shelving::merge(&app, id.0, body.0.into).await?;
        Ok(Json(MergedSeries {
            merge_id: merged.merge,
            series: merged.stored.into(),
        }))
    }

    /// Split a series
    ///
    /// Some keys of a library become a series of their own, which is remembered. Merging the new one into the old one undoes it.
    #[oai(
        path = "/series/:id/split",
        method = "post",
        operation_id = "split_series"
    )]
    async fn split(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// The number of the series.
        id: Path<i64>,
        body: Json<SplitRequest>,
    ) -> Result<SplitMade, Failure<{ ONE | BODY | CONFLICT }>> {
        find(&app, id.0).await?;
        let split = shelving::split(&app, id.0, body.0.try_into()?).await?;
        Ok(SplitMade::Created(Json(SplitSeries {
            made: split.made.into(),
            series: split.left.into(),
        })))
    }

    /// List merges
    ///
    /// Those that are not undone, newest first.
    #[oai(path = "/merges", method = "get", operation_id = "list_merges")]
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
    ) -> Result<Json<Page<Merge>>, Failure<QUERY>> {
        let asked = Asked::new(page.0, page_size.0);
        Ok(Json(asked.of(
            store::merge::list(&app.db, asked.window()).await?,
            Merge::from,
        )))
    }

    /// Undo a merge
    ///
    /// The series is back with its number, its libraries' keys, downloads, questions and history. What came to the other since stays there.
    #[oai(path = "/merges/:id", method = "delete", operation_id = "undo_merge")]
    async fn undo(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<UnmergedSeries>, Failure<{ ONE | CONFLICT }>> {
        let unmerged = shelving::unmerge(&app, id.0).await?;
        Ok(Json(UnmergedSeries {
            series: unmerged.back.into(),
            into: unmerged.into.into(),
        }))
    }
}

impl TryFrom<SplitRequest> for Splitting {
    type Error = ApiError;

    fn try_from(request: SplitRequest) -> Result<Self, ApiError> {
        let read = |word: String| {
            Edition::from_word(&word)
                .ok_or_else(|| ApiError::field("edition", edition::unknown(&word)))
        };
        Ok(Self {
            library: request.library_id,
            keys: request.keys,
            aliases: request.aliases.unwrap_or_default(),
            title: request.title,
            language: request.language,
            edition: request.edition.map(read).transpose()?,
        })
    }
}
