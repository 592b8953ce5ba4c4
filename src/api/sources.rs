//! Resource `sources`.

mod body;
mod view;

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
use body::{NewSource, SourceChange};
use view::{Source, view};

/// It was made.
#[derive(ApiResponse)]
enum SourceMade {
    /// The source.
    #[oai(status = 201)]
    Created(Json<Source>),
}

/// It is gone.
#[derive(ApiResponse)]
enum Deleted {
    /// It is not asked any more; its index is gone too.
    #[oai(status = 204)]
    Deleted,
}

pub struct SourcesApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Sources")]
impl SourcesApi {
    /// List sources
    ///
    /// Who offers releases, by their numbers, with how each is.
    #[oai(path = "/sources", method = "get", operation_id = "list_sources")]
    async fn list(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
    ) -> Result<Json<Vec<Source>>, Failure<QUERY>> {
        let rows = store::connection::list(&app.db, Role::Source.word()).await?;
        Ok(Json(rows.iter().map(view).collect::<Result<_, _>>()?))
    }

    /// Make a source
    ///
    /// It is asked from the next check on. Test it first with `POST /api/v1/sources/{id}/test`.
    #[oai(path = "/sources", method = "post", operation_id = "create_source")]
    async fn create(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        body: Json<NewSource>,
    ) -> Result<SourceMade, Failure<{ BODY | CONFLICT }>> {
        let (name, enabled) = (body.0.name.clone(), body.0.enabled);
        let (settings, secrets) = body.0.read().map_err(ApiError::named)?;
        let wanted = Wanted {
            name,
            enabled,
            settings,
            secrets,
        };
        let row = connections::create(&app, &wanted).await?;
        app.crawl_wake.notify_one();
        Ok(SourceMade::Created(Json(view(&row)?)))
    }

    /// Get a source
    ///
    /// With how it is: when it last worked, and why it failed.
    #[oai(path = "/sources/:id", method = "get", operation_id = "get_source")]
    async fn get(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<Source>, Failure<ONE>> {
        Ok(Json(view(&find(&app, id.0).await?)?))
    }

    /// Change a source
    ///
    /// Its failures are forgotten, so that it is asked again at once.
    #[oai(
        path = "/sources/:id",
        method = "patch",
        operation_id = "change_source"
    )]
    async fn change(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
        body: Json<SourceChange>,
    ) -> Result<Json<Source>, Failure<{ ONE | BODY | CONFLICT }>> {
        let (row, change) = (find(&app, id.0).await?, body.0);
        let (name, enabled) = (change.name.clone(), change.enabled);
        let given = change.given();
        let (settings, secrets) = change
            .onto(connection::settings(&row)?, connection::secrets(&app, &row))
            .map_err(ApiError::named)?;
        let wanted = Wanted {
            name: name.unwrap_or_else(|| row.name.clone()),
            enabled: enabled.unwrap_or(row.enabled),
            settings,
            secrets,
        };
        let row = connections::change(&app, &row, &wanted, &given).await?;
        app.crawl_wake.notify_one();
        Ok(Json(view(&row)?))
    }

    /// Remove a source
    ///
    /// Its offers stay as history; nothing of it can be sent any more.
    #[oai(
        path = "/sources/:id",
        method = "delete",
        operation_id = "delete_source"
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

    /// Test a source
    ///
    /// Says whether a search would work, and what is wrong if not; that stands in its health, too. Nothing is searched; of EBDZ one page is read, and
    /// a name and password that it refused in the last hour are not sent again. One that works is asked again at once, whatever its failures were.
    #[oai(
        path = "/sources/:id/test",
        method = "post",
        operation_id = "test_source"
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
}

async fn find(app: &App, id: i64) -> Result<Connection, ApiError> {
    Ok(connections::find(app, Role::Source, id).await?)
}
