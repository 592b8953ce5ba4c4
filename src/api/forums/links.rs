//! Resources `links` and `index` of a source that is a forum.

mod view;

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::{
    OpenApi,
    param::{Path, Query},
};

use super::{
    super::{
        Tag,
        error::{ApiError, CONFLICT, Failure, MEANING, ONE},
        guard::Key,
        json::Json,
        page::{Asked, Page},
    },
    forum,
};
use crate::{
    app::App,
    domain::volume::VolumeError,
    forums::{self, FindError, Search},
    store,
};
use view::{ForumIndex, ForumLink};

pub struct LinksApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Sources")]
impl LinksApi {
    /// List links
    ///
    /// Of a forum source, as they are in its index; those that were seen first last come first. Each is shown as what it is, and not as a
    /// link to be clicked.
    #[oai(
        path = "/sources/:id/links",
        method = "get",
        operation_id = "list_links"
    )]
    #[expect(
        clippy::too_many_arguments,
        reason = "an argument is a parameter of the query"
    )]
    async fn links(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// The source's number.
        id: Path<i64>,
        /// Words that all stand in the name or in the title of the thread, in any order and whatever their accents are; each may be a part of
        /// one there.
        #[oai(validator(max_length = 200))]
        search: Query<Option<String>>,
        /// Just those of this thread.
        #[oai(validator(minimum(value = "1")))]
        thread: Query<Option<i64>>,
        /// Just those whose names hold this volume. Refused (422) when more than 20,000 links fit the rest.
        #[oai(validator(pattern = "^[0-9]{1,4}([.][0-9]{1,2})?$"))]
        volume: Query<Option<String>>,
        /// Those that have left their threads, instead of those that are there.
        gone: Query<Option<bool>>,
        /// Which page, from 1.
        #[oai(validator(minimum(value = "1"), maximum(value = "1000000")))]
        page: Query<Option<u32>>,
        /// Records of a page.
        #[oai(
            name = "pageSize",
            validator(minimum(value = "1"), maximum(value = "200"))
        )]
        page_size: Query<Option<u32>>,
    ) -> Result<Json<Page<ForumLink>>, Failure<{ ONE | CONFLICT | MEANING }>> {
        let row = forum(&app, id.0).await?;
        let asked = Asked::new(page.0, page_size.0);
        let volume = volume.0.map(|text| text.parse()).transpose();
        let search = Search {
            text: search.0.unwrap_or_default(),
            thread: thread.0,
            volume: volume
                .map_err(|error: VolumeError| ApiError::field("volume", error.to_string()))?,
            gone: gone.0.unwrap_or_default(),
        };
        let found = forums::find(&app, row.id, &search, asked.window()).await?;
        Ok(Json(
            asked.of(found, |link| ForumLink::of(link, app.lexicon)),
        ))
    }

    /// Get an index
    ///
    /// Figures of what was read of a forum source.
    #[oai(
        path = "/sources/:id/index",
        method = "get",
        operation_id = "get_index"
    )]
    async fn index(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// The source's number.
        id: Path<i64>,
    ) -> Result<Json<ForumIndex>, Failure<{ ONE | CONFLICT }>> {
        let row = forum(&app, id.0).await?;
        Ok(Json(store::forum::figures(&app.db, row.id).await?.into()))
    }
}

impl From<FindError> for ApiError {
    fn from(error: FindError) -> Self {
        match error {
            FindError::TooMany(_) => Self::unprocessable(error.to_string()),
            FindError::Store(error) => error.into(),
        }
    }
}
