//! Why volumes of a series are missing.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::{
    Object, OpenApi,
    param::{Path, Query},
};

use super::{
    Tag,
    error::{ApiError, Failure, ONE},
    guard::Key,
    json::Json,
    offers::{Offer, best_first},
    report::Asking,
    series::find,
};
use crate::{app::App, clock::utc, domain::volume::VolumeError, why};

/// Why volumes are missing.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
struct Why {
    /// The answer in one line.
    line: String,
    /// The missing volumes that it is about.
    missing: String,
    /// When it was last checked; `asked` says which sources were asked then.
    checked_at: Option<DateTime<Utc>>,
    /// When it is searched again by itself, at the earliest; left out when it is not: schedules or searching are off, or it is not
    /// monitored.
    next_search_at: Option<DateTime<Utc>>,
    /// What each source was asked then, and whether it could answer.
    asked: Vec<Asking>,
    /// What was left undone then, in sentences.
    notes: Vec<String>,
    /// The offers that hold these volumes, or whose volumes cannot be read, best first.
    offers: Vec<Offer>,
}

impl From<why::Why> for Why {
    fn from(why: why::Why) -> Self {
        Self {
            line: why.line,
            missing: why.missing.to_string(),
            checked_at: why.checked_at.map(utc),
            next_search_at: why.next_search_at.map(utc),
            asked: why.asked.into_iter().map(Into::into).collect(),
            notes: why.notes,
            offers: best_first(why.offers),
        }
    }
}

pub struct WhyApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Series")]
impl WhyApi {
    /// Say why volumes are missing
    ///
    /// What was asked, which sources failed, every candidate with its reasons, and one honest line.
    #[oai(
        path = "/series/:id/why",
        method = "get",
        operation_id = "explain_series"
    )]
    async fn why(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
        /// Just this volume; left out for all that are missing.
        #[oai(validator(pattern = "^[0-9]{1,4}([.][0-9]{1,2})?$"))]
        volume: Query<Option<String>>,
    ) -> Result<Json<Why>, Failure<ONE>> {
        let stored = find(&app, id.0).await?;
        let volume = volume.0.map(|text| text.parse()).transpose();
        let volume =
            volume.map_err(|error: VolumeError| ApiError::field("volume", error.to_string()))?;
        Ok(Json(why::of(&app, &stored, volume).await?.into()))
    }
}
