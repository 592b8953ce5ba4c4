//! Resource `blocked`: releases that are never sent again.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::{
    ApiResponse, Object, OpenApi,
    param::{Path, Query},
};

use super::{
    Tag,
    error::{BODY, Failure, ONE, QUERY},
    guard::Key,
    json::Json,
    offers::Network,
};
use crate::{app::App, clock::utc, domain::link::ContentId, store, taste::blocked};

/// A release that is never sent again.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
struct BlockedRelease {
    /// Its number.
    id: i64,
    /// For this series.
    series_id: i64,
    /// Release name.
    name: String,
    /// From where it was fetched, when its identity was known.
    network: Option<Network>,
    /// Infohash, or hash of ed2k, in small hexadecimal digits, when it was known.
    hash: Option<String>,
    /// Why.
    reason: String,
    /// Since when.
    created_at: DateTime<Utc>,
}

impl From<store::blocked::Blocked> for BlockedRelease {
    fn from(row: store::blocked::Blocked) -> Self {
        let content = row.content.as_deref().and_then(ContentId::parse);
        Self {
            id: row.id,
            series_id: row.series_id,
            name: row.title,
            network: content.as_ref().map(|content| content.network().into()),
            hash: content.as_ref().map(ContentId::as_hex),
            reason: row.reason,
            created_at: utc(row.created_at),
        }
    }
}

/// A release to be blocked.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct BlockRequest {
    /// The stored offer.
    offer_id: i64,
    /// Why, for whoever looks at it later.
    #[oai(validator(
        max_length = 300,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    reason: String,
}

/// It is blocked.
#[derive(ApiResponse)]
enum BlockMade {
    /// It is refused from now on.
    #[oai(status = 201)]
    Created(Json<BlockedRelease>),
}

/// It is gone.
#[derive(ApiResponse)]
enum Deleted {
    /// It may be sent again.
    #[oai(status = 204)]
    Deleted,
}

pub struct BlockedApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Profiles")]
impl BlockedApi {
    /// List blocked releases
    ///
    /// Releases that are never sent again, the latest first, each with the reason.
    #[oai(path = "/blocked", method = "get", operation_id = "list_blocked")]
    async fn blocked(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Only those of this series.
        #[oai(name = "seriesId")]
        series_id: Query<Option<i64>>,
    ) -> Result<Json<Vec<BlockedRelease>>, Failure<QUERY>> {
        let rows = store::blocked::list(&app.db, series_id.0).await?;
        Ok(Json(rows.into_iter().map(Into::into).collect()))
    }

    /// Block a release
    ///
    /// The offer is never sent for its series again, under whatever name, when its identity is known.
    #[oai(path = "/blocked", method = "post", operation_id = "block_release")]
    async fn block(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        body: Json<BlockRequest>,
    ) -> Result<BlockMade, Failure<{ ONE | BODY }>> {
        let row = blocked::block(&app, body.0.offer_id, &body.0.reason).await?;
        Ok(BlockMade::Created(Json(row.into())))
    }

    /// Unblock a release
    ///
    /// It may be picked again from the next check on.
    #[oai(
        path = "/blocked/:id",
        method = "delete",
        operation_id = "unblock_release"
    )]
    async fn unblock(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Deleted, Failure<ONE>> {
        blocked::unblock(&app, id.0).await?;
        Ok(Deleted::Deleted)
    }
}
