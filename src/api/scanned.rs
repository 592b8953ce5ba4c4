//! What the last scan of a library could not find any more, or not read.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::{Object, OpenApi, param::Path};

use super::{
    Tag,
    error::{ApiError, CONFLICT, Failure, ONE},
    guard::Key,
    json::Json,
    libraries::find,
};
use crate::{app::App, shelving, store};

/// Something that a scan could not read.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct ScanProblem {
    /// Below the library.
    path: String,
    /// What is wrong, and what to do.
    message: String,
}

/// Vanished volumes that were accepted as gone.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct Accepted {
    /// How many.
    volumes: u64,
}

pub struct ScannedApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Libraries")]
impl ScannedApi {
    /// Accept that vanished volumes are gone
    ///
    /// They are ignored from now on, and sending goes on.
    #[oai(
        path = "/libraries/:id/accept-vanished",
        method = "post",
        operation_id = "accept_vanished"
    )]
    async fn accept(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<Accepted>, Failure<{ ONE | CONFLICT }>> {
        find(&app, id.0).await?;
        let volumes = shelving::accept_vanished(&app, id.0).await?;
        let volumes = volumes.ok_or_else(|| ApiError::conflict("no volume has vanished from this library. If it is empty or away, put its files back and scan it; if that is meant, remove the library"))?;
        Ok(Json(Accepted { volumes }))
    }

    /// List what the last scan could not read
    ///
    /// Files and folders, each with what is wrong and what to do about it.
    #[oai(
        path = "/libraries/:id/problems",
        method = "get",
        operation_id = "list_library_problems"
    )]
    async fn problems(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<Vec<ScanProblem>>, Failure<{ ONE | CONFLICT }>> {
        find(&app, id.0).await?;
        let problems = store::library::problems(&store::library::state(&app.db, id.0).await?)?;
        Ok(Json(
            problems
                .into_iter()
                .map(|problem| ScanProblem {
                    path: problem.path,
                    message: problem.message,
                })
                .collect(),
        ))
    }
}
