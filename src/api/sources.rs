//! Resource `sources`.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi, param::Path};

use super::{
    Tag,
    connection::{self, ConnectionHealth, Managed, TestResult},
    error::{ApiError, BODY, CONFLICT, Failure, ONE, QUERY},
    guard::Key,
    json::Json,
};
use crate::{
    app::App,
    connection::{ProwlarrSettings, Role, Secrets, Settings},
    connections::{self, Wanted},
    secret::Secret,
    store::{self, connection::Connection},
};

/// What a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
enum SourceKind {
    /// A Prowlarr, with all its indexers.
    Prowlarr,
}

/// Who offers releases.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct Source {
    /// Its number.
    id: i64,
    /// Its name.
    name: String,
    /// What it is.
    kind: SourceKind,
    /// It is asked.
    enabled: bool,
    /// Who may change it.
    managed: Managed,
    /// Its address, with its URL base.
    url: String,
    /// It has a key; the key itself is never shown.
    api_key_set: bool,
    /// Newznab categories.
    categories: Vec<i64>,
    /// Its numbers of its indexers; empty for all.
    indexers: Vec<i64>,
    /// Seconds until an answer is given up.
    timeout_seconds: u32,
    /// How it is.
    health: ConnectionHealth,
}

/// A source to be made.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct NewSource {
    /// Its name.
    #[oai(validator(
        max_length = 60,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    name: String,
    /// What it is.
    kind: SourceKind,
    /// Its address, with its URL base, for example `http://prowlarr:9696`.
    #[oai(validator(
        max_length = 2000,
        pattern = "^https?://[^/?#\\x00-\\x20][^?#\\x00-\\x20]*$"
    ))]
    url: String,
    /// Prowlarr's API key; it stands there under Settings, General.
    #[oai(
        write_only,
        validator(min_length = 1, max_length = 200, pattern = "^[^\\x00]*$")
    )]
    api_key: String,
    /// Newznab categories.
    #[oai(default = "books", validator(max_items = 50))]
    categories: Vec<i64>,
    /// Its numbers of its indexers; empty for all.
    #[oai(default, validator(max_items = 500))]
    indexers: Vec<i64>,
    /// Seconds until an answer is given up.
    #[oai(
        default = "patience",
        validator(minimum(value = "1"), maximum(value = "600"))
    )]
    timeout_seconds: u32,
    /// Ask it.
    #[oai(default = "yes")]
    enabled: bool,
}

/// What is to be changed of a source; what is left out stays as it is.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct SourceChange {
    /// Its name.
    #[oai(validator(
        max_length = 60,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    name: Option<String>,
    /// Its address, with its URL base.
    #[oai(validator(
        max_length = 2000,
        pattern = "^https?://[^/?#\\x00-\\x20][^?#\\x00-\\x20]*$"
    ))]
    url: Option<String>,
    /// A new API key.
    #[oai(
        write_only,
        validator(min_length = 1, max_length = 200, pattern = "^[^\\x00]*$")
    )]
    api_key: Option<String>,
    /// Newznab categories.
    #[oai(validator(max_items = 50))]
    categories: Option<Vec<i64>>,
    /// Its numbers of its indexers; empty for all.
    #[oai(validator(max_items = 500))]
    indexers: Option<Vec<i64>>,
    /// Seconds until an answer is given up.
    #[oai(validator(minimum(value = "1"), maximum(value = "600")))]
    timeout_seconds: Option<u32>,
    /// Ask it.
    enabled: Option<bool>,
}

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
    /// It is asked no more.
    #[oai(status = 204)]
    Deleted,
}

fn books() -> Vec<i64> {
    vec![7000, 7030]
}

fn patience() -> u32 {
    90
}

fn yes() -> bool {
    true
}

pub struct SourcesApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Sources")]
impl SourcesApi {
    /// List sources
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
    #[oai(path = "/sources", method = "post", operation_id = "create_source")]
    async fn create(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        body: Json<NewSource>,
    ) -> Result<SourceMade, Failure<{ BODY | CONFLICT }>> {
        let body = body.0;
        let settings = ProwlarrSettings {
            url: body.url,
            categories: body.categories,
            indexers: body.indexers,
            timeout_seconds: body.timeout_seconds,
        };
        let secrets = Secrets {
            api_key: Some(Secret::new(body.api_key)),
            ..Secrets::default()
        };
        let wanted = Wanted {
            name: body.name,
            enabled: body.enabled,
            settings: Settings::Prowlarr(settings),
            secrets,
        };
        Ok(SourceMade::Created(Json(view(
            &connections::create(&app, &wanted).await?,
        )?)))
    }

    /// Get a source
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
        let old = prowlarr(&row)?;
        let settings = ProwlarrSettings {
            url: change.url.unwrap_or(old.url),
            categories: change.categories.unwrap_or(old.categories),
            indexers: change.indexers.unwrap_or(old.indexers),
            timeout_seconds: change.timeout_seconds.unwrap_or(old.timeout_seconds),
        };
        let given: &[&str] = match change.api_key {
            Some(_) => &["apiKey"],
            None => &[],
        };
        let api_key = change
            .api_key
            .map(Secret::new)
            .or_else(|| connection::secrets(&app, &row).api_key);
        let wanted = Wanted {
            name: change.name.unwrap_or_else(|| row.name.clone()),
            enabled: change.enabled.unwrap_or(row.enabled),
            settings: Settings::Prowlarr(settings),
            secrets: Secrets {
                api_key,
                ..Secrets::default()
            },
        };
        Ok(Json(view(
            &connections::change(&app, &row, &wanted, given).await?,
        )?))
    }

    /// Remove a source
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
    /// Says whether a search would work, and what is wrong if not. Nothing is searched. One that works is asked again at once, whatever its failures were.
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

fn prowlarr(row: &Connection) -> Result<ProwlarrSettings, ApiError> {
    match connection::settings(row)? {
        Settings::Prowlarr(prowlarr) => Ok(prowlarr),
        _ => Err(ApiError::conflict("this is no Prowlarr")),
    }
}

fn view(row: &Connection) -> Result<Source, ApiError> {
    let prowlarr = prowlarr(row)?;
    Ok(Source {
        id: row.id,
        name: row.name.clone(),
        kind: SourceKind::Prowlarr,
        enabled: row.enabled,
        managed: Managed::of(&row.managed),
        url: prowlarr.url,
        api_key_set: row.sealed.is_some(),
        categories: prowlarr.categories,
        indexers: prowlarr.indexers,
        timeout_seconds: prowlarr.timeout_seconds,
        health: row.into(),
    })
}
