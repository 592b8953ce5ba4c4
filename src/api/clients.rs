//! Resource `clients`.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi, param::Path, types::MaybeUndefined};

use super::{
    Tag,
    connection::{self, ConnectionHealth, Managed, TestResult, given},
    error::{ApiError, BODY, CONFLICT, Failure, ONE, QUERY},
    guard::Key,
    json::Json,
};
use crate::{
    app::App,
    connection::{QBittorrentSettings, Role, Secrets, Settings},
    connections::{self, Wanted},
    domain::mapping::Mapping,
    secret::Secret,
    store::{self, connection::Connection},
};

/// What a client is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
enum ClientKind {
    /// A qBittorrent, 4.1 or later.
    QBittorrent,
}

/// A folder as another program sees it, and as this one does.
#[derive(Clone, Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
pub struct PathMapping {
    /// Absolute, as the other one shows it, for example `/downloads` or `D:\\downloads`.
    #[oai(validator(max_length = 4096, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$"))]
    from: String,
    /// The same folder as this program sees it, for example `/data/downloads`.
    #[oai(validator(max_length = 4096, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$"))]
    to: String,
}

impl From<PathMapping> for Mapping {
    fn from(mapping: PathMapping) -> Self {
        Self {
            from: mapping.from,
            to: mapping.to,
        }
    }
}

impl From<Mapping> for PathMapping {
    fn from(mapping: Mapping) -> Self {
        Self {
            from: mapping.from,
            to: mapping.to,
        }
    }
}

/// Who downloads.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
struct Client {
    /// Its number.
    id: i64,
    /// Its name.
    name: String,
    /// What it is.
    kind: ClientKind,
    /// Releases are sent to it; the first enabled client gets them.
    enabled: bool,
    /// Who may change it.
    managed: Managed,
    /// Its address.
    url: String,
    /// Left out where it lets us in without.
    username: Option<String>,
    /// It has a password or an API key; they are never shown.
    secret_set: bool,
    /// Given to everything that is added.
    category: String,
    /// Given to everything that is added.
    tags: Vec<String>,
    /// Left out for the category's own path.
    save_path: Option<String>,
    /// Torrents are added stopped.
    paused: bool,
    /// Seconds until an answer is given up.
    timeout_seconds: u32,
    /// Its folders, as this program sees them; needed when the two are not the same.
    mappings: Vec<PathMapping>,
    /// How it is.
    health: ConnectionHealth,
}

/// A client to be made.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct NewClient {
    /// Its name.
    #[oai(validator(
        max_length = 60,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    name: String,
    /// What it is.
    kind: ClientKind,
    /// Its address, for example `http://qbittorrent:8080`.
    #[oai(validator(
        max_length = 2000,
        pattern = "^https?://[^/?#\\x00-\\x20][^?#\\x00-\\x20]*$"
    ))]
    url: String,
    /// Left out where it lets us in without.
    #[oai(validator(max_length = 200, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$"))]
    username: Option<String>,
    /// Of that user.
    #[oai(write_only, validator(max_length = 500, pattern = "^[^\\x00]*$"))]
    password: Option<String>,
    /// Instead of name and password, from qBittorrent 5.2.
    #[oai(write_only, validator(max_length = 200, pattern = "^[^\\x00]*$"))]
    api_key: Option<String>,
    /// Given to everything that is added.
    #[oai(
        default = "lacunarr",
        validator(max_length = 200, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$")
    )]
    category: String,
    /// Given to everything that is added.
    #[oai(
        default = "tags",
        validator(
            max_items = 20,
            max_length = 100,
            pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
        )
    )]
    tags: Vec<String>,
    /// Left out for the category's own path.
    #[oai(validator(max_length = 4096, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$"))]
    save_path: Option<String>,
    /// Add torrents stopped.
    #[oai(default)]
    paused: bool,
    /// Seconds until an answer is given up.
    #[oai(
        default = "patience",
        validator(minimum(value = "1"), maximum(value = "600"))
    )]
    timeout_seconds: u32,
    /// Its folders, as this program sees them; needed when the two are not the same.
    #[oai(default, validator(max_items = 20))]
    mappings: Vec<PathMapping>,
    /// Send to it.
    #[oai(default = "yes")]
    enabled: bool,
}

/// What is to be changed of a client; what is left out stays as it is, and `null` clears.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct ClientChange {
    /// Its name.
    #[oai(validator(
        max_length = 60,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    name: Option<String>,
    /// Its address.
    #[oai(validator(
        max_length = 2000,
        pattern = "^https?://[^/?#\\x00-\\x20][^?#\\x00-\\x20]*$"
    ))]
    url: Option<String>,
    /// Cleared where it lets us in without.
    #[oai(
        nullable,
        validator(max_length = 200, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$")
    )]
    username: MaybeUndefined<String>,
    /// Of that user.
    #[oai(
        nullable,
        write_only,
        validator(max_length = 500, pattern = "^[^\\x00]*$")
    )]
    password: MaybeUndefined<String>,
    /// Instead of name and password, from qBittorrent 5.2.
    #[oai(
        nullable,
        write_only,
        validator(max_length = 200, pattern = "^[^\\x00]*$")
    )]
    api_key: MaybeUndefined<String>,
    /// Given to everything that is added.
    #[oai(validator(max_length = 200, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$"))]
    category: Option<String>,
    /// Given to everything that is added.
    #[oai(validator(
        max_items = 20,
        max_length = 100,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    tags: Option<Vec<String>>,
    /// Cleared for the category's own path.
    #[oai(
        nullable,
        validator(max_length = 4096, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$")
    )]
    save_path: MaybeUndefined<String>,
    /// Add torrents stopped.
    paused: Option<bool>,
    /// Seconds until an answer is given up.
    #[oai(validator(minimum(value = "1"), maximum(value = "600")))]
    timeout_seconds: Option<u32>,
    /// Its folders, as this program sees them.
    #[oai(validator(max_items = 20))]
    mappings: Option<Vec<PathMapping>>,
    /// Send to it.
    enabled: Option<bool>,
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

fn lacunarr() -> String {
    "lacunarr".into()
}

fn tags() -> Vec<String> {
    vec![lacunarr()]
}

fn patience() -> u32 {
    30
}

fn yes() -> bool {
    true
}

pub struct ClientsApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Clients")]
impl ClientsApi {
    /// List clients
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
    #[oai(path = "/clients", method = "post", operation_id = "create_client")]
    async fn create(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        body: Json<NewClient>,
    ) -> Result<ClientMade, Failure<{ BODY | CONFLICT }>> {
        let body = body.0;
        let settings = QBittorrentSettings {
            url: body.url,
            username: given(body.username),
            category: body.category,
            tags: body.tags,
            save_path: given(body.save_path),
            paused: body.paused,
            timeout_seconds: body.timeout_seconds,
            mappings: body.mappings.into_iter().map(Into::into).collect(),
        };
        let secrets = Secrets {
            api_key: given(body.api_key).map(Secret::new),
            password: given(body.password).map(Secret::new),
            ..Secrets::default()
        };
        let wanted = Wanted {
            name: body.name,
            enabled: body.enabled,
            settings: Settings::QBittorrent(settings),
            secrets,
        };
        Ok(ClientMade::Created(Json(view(
            &connections::create(&app, &wanted).await?,
        )?)))
    }

    /// Get a client
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
    /// `null` clears `username`, `password`, `apiKey` and `savePath`.
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
        let (old, secrets) = (qbittorrent(&row)?, connection::secrets(&app, &row));
        let settings = QBittorrentSettings {
            url: change.url.unwrap_or(old.url),
            username: changed(change.username, old.username),
            category: change.category.unwrap_or(old.category),
            tags: change.tags.unwrap_or(old.tags),
            save_path: changed(change.save_path, old.save_path),
            paused: change.paused.unwrap_or(old.paused),
            timeout_seconds: change.timeout_seconds.unwrap_or(old.timeout_seconds),
            mappings: match change.mappings {
                Some(mappings) => mappings.into_iter().map(Into::into).collect(),
                None => old.mappings,
            },
        };
        let secret = |change: MaybeUndefined<String>, old: Option<Secret>| {
            changed(change, old.map(|old| old.expose().to_owned())).map(Secret::new)
        };
        let given = [
            ("apiKey", change.api_key.is_value()),
            ("password", change.password.is_value()),
        ];
        let given: Vec<&str> = given.iter().filter(|one| one.1).map(|one| one.0).collect();
        let secrets = Secrets {
            api_key: secret(change.api_key, secrets.api_key),
            password: secret(change.password, secrets.password),
            ..Secrets::default()
        };
        let wanted = Wanted {
            name: change.name.unwrap_or_else(|| row.name.clone()),
            enabled: change.enabled.unwrap_or(row.enabled),
            settings: Settings::QBittorrent(settings),
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

fn changed(change: MaybeUndefined<String>, old: Option<String>) -> Option<String> {
    match change {
        MaybeUndefined::Undefined => old,
        MaybeUndefined::Null => None,
        MaybeUndefined::Value(text) => given(Some(text)),
    }
}

async fn find(app: &App, id: i64) -> Result<Connection, ApiError> {
    Ok(connections::find(app, Role::Client, id).await?)
}

fn qbittorrent(row: &Connection) -> Result<QBittorrentSettings, ApiError> {
    match connection::settings(row)? {
        Settings::QBittorrent(client) => Ok(client),
        _ => Err(ApiError::conflict("this is no qBittorrent")),
    }
}

fn view(row: &Connection) -> Result<Client, ApiError> {
    let client = qbittorrent(row)?;
    Ok(Client {
        id: row.id,
        name: row.name.clone(),
        kind: ClientKind::QBittorrent,
        enabled: row.enabled,
        managed: Managed::of(&row.managed),
        url: client.url,
        username: client.username,
        secret_set: row.sealed.is_some(),
        category: client.category,
        tags: client.tags,
        save_path: client.save_path,
        paused: client.paused,
        timeout_seconds: client.timeout_seconds,
        mappings: client.mappings.into_iter().map(Into::into).collect(),
        health: row.into(),
    })
}
