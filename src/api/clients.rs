//! Resource `clients`.

mod body;

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::{ApiResponse, Object, OpenApi, param::Path};

use super::{
    Tag,
    connection::{self, ConnectionHealth, Managed, TestResult},
    error::{ApiError, BODY, CONFLICT, Failure, ONE, QUERY},
    guard::Key,
    json::Json,
    offers::Network,
};
use crate::{
    app::App,
    connection::{Role, Settings},
    connections::{self, Wanted},
    store::{self, connection::Connection},
};
pub use body::PathMapping;
use body::{ClientChange, ClientKind, NewClient};

// Generated clients have a `Client` of their own.
/// Who downloads.
#[derive(Debug, Object)]
#[oai(
    rename = "DownloadClient",
    rename_all = "camelCase",
    skip_serializing_if_is_none
)]
struct Client {
    /// Its number.
    id: i64,
    /// Its name.
    name: String,
    /// What it is.
    kind: ClientKind,
    /// Releases are sent to it; of each network the first enabled client gets them.
    enabled: bool,
    /// Who may change it.
    managed: Managed,
    /// From where it downloads.
    network: Network,
    /// qBittorrent: its address.
    url: Option<String>,
    /// aMule: its machine.
    host: Option<String>,
    /// aMule: port of its External Connections.
    port: Option<u16>,
    /// Left out where it lets us in without.
    username: Option<String>,
    /// It has a password or an API key; they are never shown.
    secret_set: bool,
    /// Given to everything that is added.
    category: String,
    /// qBittorrent: given to everything that is added.
    tags: Option<Vec<String>>,
    /// Left out for the category's own path.
    save_path: Option<String>,
    /// qBittorrent: torrents are added stopped.
    paused: Option<bool>,
    /// Seconds until an answer is given up.
    timeout_seconds: u32,
    /// Its folders, as this program sees them; needed when the two are not the same.
    mappings: Vec<PathMapping>,
    /// How it is.
    health: ConnectionHealth,
}

/// It was made.
#[derive(ApiResponse)]
enum ClientMade {
    /// The client.
    #[oai(status = 201)]
    Created(Json<Client>),
}

/// It is gone.
#[derive(ApiResponse)]
enum Deleted {
    /// Nothing is sent to it any more; its downloads are not touched.
    #[oai(status = 204)]
    Deleted,
}

pub struct ClientsApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Clients")]
impl ClientsApi {
    /// List clients
    ///
    /// Who downloads, by their numbers, with how each is.
    #[oai(path = "/clients", method = "get", operation_id = "list_clients")]
    async fn list(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
    ) -> Result<Json<Vec<Client>>, Failure<QUERY>> {
        let rows = store::connection::list(&app.db, Role::Client.word()).await?;
        Ok(Json(rows.iter().map(view).collect::<Result<_, _>>()?))
    }

    /// Make a client
    ///
    /// It is given what is picked from then on. Test it first with `POST /api/v1/clients/{id}/test`.
    #[oai(path = "/clients", method = "post", operation_id = "create_client")]
    async fn create(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        body: Json<NewClient>,
    ) -> Result<ClientMade, Failure<{ BODY | CONFLICT }>> {
        let body = body.0;
        let (name, enabled) = (body.name.clone(), body.enabled);
        let (settings, secrets) = body.read().map_err(ApiError::named)?;
        let wanted = Wanted {
            name,
            enabled,
            settings,
            secrets,
        };
        Ok(ClientMade::Created(Json(view(
            &connections::create(&app, &wanted).await?,
        )?)))
    }

    /// Get a client
    ///
    /// With how it is: when it last worked, and why it failed.
    #[oai(path = "/clients/:id", method = "get", operation_id = "get_client")]
    async fn get(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<Client>, Failure<ONE>> {
        Ok(Json(view(&find(&app, id.0).await?)?))
    }

    /// Change a client
    ///
    /// `null` clears `username`, `password`, `apiKey` and `savePath`. What it is stays as it is.
    #[oai(
        path = "/clients/:id",
        method = "patch",
        operation_id = "change_client"
    )]
    async fn change(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
        body: Json<ClientChange>,
    ) -> Result<Json<Client>, Failure<{ ONE | BODY | CONFLICT }>> {
        let (row, change) = (find(&app, id.0).await?, body.0);
        let name = change.name.clone().unwrap_or_else(|| row.name.clone());
        let enabled = change.enabled.unwrap_or(row.enabled);
        let given = change.given();
        let old = (connection::settings(&row)?, connection::secrets(&app, &row));
        let (settings, secrets) = change.onto(old.0, old.1).map_err(ApiError::named)?;
        let wanted = Wanted {
            name,
            enabled,
            settings,
            secrets,
        };
        Ok(Json(view(
            &connections::change(&app, &row, &wanted, &given).await?,
        )?))
    }

    /// Remove a client
    ///
    /// Refused (409) while downloads of ours are on their way in it.
    #[oai(
        path = "/clients/:id",
        method = "delete",
        operation_id = "delete_client"
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

    /// Test a client
    ///
    /// Says whether an add would work, and what is wrong if not. Nothing is added. One that works is used again at once, whatever its failures were.
    #[oai(
        path = "/clients/:id/test",
        method = "post",
        operation_id = "test_client"
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
    Ok(connections::find(app, Role::Client, id).await?)
}

fn view(row: &Connection) -> Result<Client, ApiError> {
    let settings = connection::settings(row)?;
    let network = settings.network().unwrap_or_default().into();
    let mappings = settings.mappings().iter().cloned();
    let client = Client {
        id: row.id,
        name: row.name.clone(),
        kind: ClientKind::QBittorrent,
        enabled: row.enabled,
        managed: Managed::of(&row.managed),
        network,
        url: None,
        host: None,
        port: None,
        username: None,
        secret_set: row.sealed.is_some(),
        category: String::new(),
        tags: None,
        save_path: None,
        paused: None,
        timeout_seconds: 0,
        mappings: mappings.map(Into::into).collect(),
        health: row.into(),
    };
    match settings {
        Settings::QBittorrent(settings) => Ok(Client {
            url: Some(settings.url),
            username: settings.username,
            category: settings.category,
            tags: Some(settings.tags),
            save_path: settings.save_path,
            paused: Some(settings.paused),
            timeout_seconds: settings.timeout_seconds,
            ..client
        }),
        Settings::Amule(settings) => Ok(Client {
            kind: ClientKind::Amule,
            host: Some(settings.host),
            port: Some(settings.port),
            category: settings.category,
            timeout_seconds: settings.timeout_seconds,
            ..client
        }),
        _ => Err(ApiError::conflict("this is no client")),
    }
}
