//! Arming libraries, and what it would mean.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::{Object, OpenApi, param::Path};

use super::{
    Tag,
    error::{Failure, ONE},
    guard::Key,
    json::Json,
    libraries::{Library, find, view},
};
use crate::{app::App, arming};

/// What arming a library would mean, as far as it is known.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
struct ArmPreview {
    /// Monitored series of it with missing volumes.
    series: u64,
    /// Volumes that are missing, and not on their way.
    volumes: u64,
    /// What they would weigh: by the offers that would be sent, and for the others by the ideal sizes of each series' kind and profile.
    gigabytes: f64,
    /// Releases with several volumes that would be sent, of the offers that are known.
    pack_count: u64,
    /// Those, at most 200.
    packs: Vec<PreviewedPack>,
    /// What each indexer would be asked to search every series once.
    queries: Vec<PreviewedQueries>,
    /// Nights until all were searched and sent, within the budgets, the first week's included; left out when a budget of 0 lets nothing
    /// go.
    nights: Option<u64>,
}

impl From<arming::Preview> for ArmPreview {
    fn from(preview: arming::Preview) -> Self {
        Self {
            series: preview.series,
            volumes: preview.volumes,
            gigabytes: preview.gigabytes,
            pack_count: preview.pack_count,
            packs: preview.packs.into_iter().map(Into::into).collect(),
            queries: preview.queries.into_iter().map(Into::into).collect(),
            nights: preview.nights,
        }
    }
}

/// A release with several volumes that would be sent.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct PreviewedPack {
    /// The title of the series.
    series: String,
    /// Release name.
    release: String,
    /// The volumes that its name promises.
    volumes: String,
    /// Those of them that are missing.
    wanted: String,
    /// What it weighs.
    gigabytes: f64,
}

impl From<arming::Pack> for PreviewedPack {
    fn from(pack: arming::Pack) -> Self {
        Self {
            series: pack.series,
            release: pack.release,
            volumes: pack.volumes.to_string(),
            wanted: pack.wanted.to_string(),
            gigabytes: pack.gigabytes,
        }
    }
}

/// What an indexer would be asked.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
struct PreviewedQueries {
    /// The connection.
    source: String,
    /// The indexer behind it; left out for each of them while the source was not asked yet which it has.
    indexer: Option<String>,
    /// Queries, one for each name of a series that is asked for; pages behind a full one come on top.
    queries: u64,
    /// Queries of a day that searches that happen by themselves may take.
    a_day: u64,
}

impl From<arming::Queries> for PreviewedQueries {
    fn from(queries: arming::Queries) -> Self {
        Self {
            source: queries.source,
            indexer: queries.indexer,
            queries: queries.queries,
            a_day: queries.a_day,
        }
    }
}

pub struct ArmingApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Libraries")]
impl ArmingApi {
    /// Arm a library
    ///
    /// From now on, releases may be sent for its series without being asked. A check with `dryRun` says what would be sent.
    #[oai(
        path = "/libraries/:id/arm",
        method = "post",
        operation_id = "arm_library"
    )]
    async fn arm(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<Library>, Failure<ONE>> {
        let row = find(&app, id.0).await?;
        arming::arm(&app, row.id).await?;
        Ok(Json(view(&app, &row).await?))
    }

    /// See what arming would mean
    ///
    /// An estimate from what is known now; no source is asked, and nothing changes. A check with `dryRun` says which releases would be sent.
    #[oai(
        path = "/libraries/:id/arm-preview",
        method = "get",
        operation_id = "preview_arming"
    )]
    async fn arm_preview(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<ArmPreview>, Failure<ONE>> {
        find(&app, id.0).await?;
        Ok(Json(arming::preview(&app, id.0).await?.into()))
    }

    /// Disarm a library
    ///
    /// From now on nothing is sent for its series by itself; what is on its way goes on.
    #[oai(
        path = "/libraries/:id/disarm",
        method = "post",
        operation_id = "disarm_library"
    )]
    async fn disarm(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<Library>, Failure<ONE>> {
        let row = find(&app, id.0).await?;
        arming::disarm(&app, row.id).await?;
        Ok(Json(view(&app, &row).await?))
    }
}
