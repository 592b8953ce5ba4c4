//! Resource `libraries`.

mod body;
mod view;
mod words;

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::{ApiResponse, OpenApi, param::Path};

use super::{
    Tag,
    connection::{self, TestResult},
    error::{ApiError, BODY, CONFLICT, Failure, ONE, QUERY},
    guard::Key,
    json::Json,
};
use crate::{
    app::App,
    connection::Role,
    connections::{self, Wanted},
    store::{self, connection::Connection},
};
use body::{LibraryChange, NewLibrary};
pub use view::{Library, view};

/// It was made.
#[derive(ApiResponse)]
enum LibraryMade {
    /// The library; its first scan begins at once.
    #[oai(status = 201)]
    Created(Json<Library>),
}

/// The scan was asked for.
#[derive(ApiResponse)]
enum ScanAccepted {
    /// It begins at once; `scanning` shows its progress.
    #[oai(status = 202)]
    Accepted(Json<Library>),
}

/// It is gone.
#[derive(ApiResponse)]
enum Deleted {
    /// Its series stay, without what only this library showed.
    #[oai(status = 204)]
    Deleted,
}

pub struct LibrariesApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Libraries")]
impl LibrariesApi {
    /// List libraries
    ///
    /// Folders, and what Komga and Kavita show, by their numbers.
    #[oai(path = "/libraries", method = "get", operation_id = "list_libraries")]
    async fn list(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
    ) -> Result<Json<Vec<Library>>, Failure<QUERY>> {
        let mut libraries = Vec::new();
        for row in store::connection::list(&app.db, Role::Library.word()).await? {
            libraries.push(view(&app, &row).await?);
        }
        Ok(Json(libraries))
    }

    /// Make a library
    ///
    /// Its series are monitored only when `monitor` says so, and nothing is sent for them until it is armed.
    #[oai(path = "/libraries", method = "post", operation_id = "create_library")]
    async fn create(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        body: Json<NewLibrary>,
    ) -> Result<LibraryMade, Failure<{ BODY | CONFLICT }>> {
        let (name, enabled) = (body.name.clone(), body.enabled);
        let (settings, secrets) = body.0.read().map_err(ApiError::named)?;
        let wanted = Wanted {
            name,
            enabled,
            settings,
            secrets,
        };
        let row = connections::create(&app, &wanted).await?;
        crate::worker::scan::begin(&app, &row);
        Ok(LibraryMade::Created(Json(view(&app, &row).await?)))
    }

    /// Get a library
    ///
    /// With how it is, and what its last scan saw.
    #[oai(path = "/libraries/:id", method = "get", operation_id = "get_library")]
    async fn get(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<Library>, Failure<ONE>> {
        Ok(Json(view(&app, &find(&app, id.0).await?).await?))
    }

    /// Change a library
    ///
    /// What is left out stays as it is. One that stands in the configuration file is changed there (409).
    #[oai(
        path = "/libraries/:id",
        method = "patch",
        operation_id = "change_library"
    )]
    async fn change(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
        body: Json<LibraryChange>,
    ) -> Result<Json<Library>, Failure<{ ONE | BODY | CONFLICT }>> {
        let (row, change) = (find(&app, id.0).await?, body.0);
        let (settings, secrets) = (connection::settings(&row)?, connection::secrets(&app, &row));
        let (given, name) = (change.given(), change.name.clone());
        let enabled = change.enabled.unwrap_or(row.enabled);
        let (settings, secrets) = change.onto(settings, secrets).map_err(ApiError::named)?;
        let wanted = Wanted {
            name: name.unwrap_or_else(|| row.name.clone()),
            enabled,
            settings,
            secrets,
        };
        let row = connections::change(&app, &row, &wanted, &given).await?;
        Ok(Json(view(&app, &row).await?))
    }

    /// Remove a library
    ///
    /// No file is touched. Its series stay known, without what only this library showed of them.
    #[oai(
        path = "/libraries/:id",
        method = "delete",
        operation_id = "delete_library"
    )]
    async fn delete(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Deleted, Failure<{ ONE | CONFLICT }>> {
        connections::remove(&app, &find(&app, id.0).await?).await?;
        Ok(Deleted::Deleted)
    }

    /// Test a library
    ///
    /// Says whether it can be read, and what is wrong if not. Nothing of it is changed.
    #[oai(
        path = "/libraries/:id/test",
        method = "post",
        operation_id = "test_library"
    )]
    async fn test(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<TestResult>, Failure<ONE>> {
        let row = find(&app, id.0).await?;
        Ok(Json(connections::test(&app, &row).await?.into()))
    }

    /// Scan a library
    ///
    /// Now, in the background; the library shows how far it is.
    #[oai(
        path = "/libraries/:id/scan",
        method = "post",
        operation_id = "scan_library"
    )]
    async fn scan(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<ScanAccepted, Failure<ONE>> {
        let row = find(&app, id.0).await?;
        crate::worker::scan::begin(&app, &row);
        Ok(ScanAccepted::Accepted(Json(view(&app, &row).await?)))
    }
}

/// A library that a filter names has to be there: of none, all lists would be empty.
pub async fn is_there(app: &App, id: Option<i64>) -> Result<(), ApiError> {
    if let Some(id) = id {
        find(app, id).await?;
    }
    Ok(())
}

/// The library of this number.
pub async fn find(app: &App, id: i64) -> Result<Connection, ApiError> {
    Ok(connections::find(app, Role::Library, id).await?)
}
