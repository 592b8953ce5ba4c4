//! Resource `libraries`.

mod words;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::{ApiResponse, Object, OpenApi, param::Path};

use super::{
    Tag,
    connection::{self, ConnectionHealth, Managed, TestResult, given},
    error::{ApiError, BODY, CONFLICT, Failure, NOTHING, ONE},
    guard::Key,
    json::Json,
    series::Kind,
};
use crate::{
    app::App,
    clock::utc,
    connection::{FolderSettings, Role, Secrets, Settings},
    connections::{self, Wanted},
    domain::release,
    store::{self, connection::Connection},
};
use words::{ComicInfo, Convert, Placing};

/// A place that holds series.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct Library {
    /// Its number.
    id: i64,
    /// Its name.
    name: String,
    /// It is scanned.
    enabled: bool,
    /// Who may change it.
    managed: Managed,
    /// Absolute path of the folder.
    path: String,
    /// What a bare number in a file name means.
    content: Kind,
    /// ISO 639-1 of the copies in it.
    language: String,
    /// Folders above the series: 0 for `Series/volumes`, 1 for `Author/Series/volumes`.
    levels: u8,
    /// New series are monitored.
    monitor: bool,
    /// The profile of its series; left out for the one named `default`.
    profile: Option<String>,
    /// Folders from which others put volumes into it; what lies there is not fetched again.
    inbox: Vec<String>,
    /// Whether what came is put into it.
    placing: Placing,
    /// What becomes another format on its way, where `placing` is `folder`.
    convert: Convert,
    /// Which archives get a `ComicInfo.xml` on their way, where `placing` is `folder`.
    comic_info: ComicInfo,
    /// How the names of files that are put into it are written; left out for our own way.
    naming: Option<String>,
    /// Files are called as those beside them, where these agree.
    follow_names: bool,
    /// Releases may be sent for its series since then; left out while it is not armed.
    armed_at: Option<DateTime<Utc>>,
    /// Why nothing is sent for now.
    held: Option<String>,
    /// When it was last read completely.
    scanned_at: Option<DateTime<Utc>>,
    /// Left out while it is not being read.
    scanning: Option<ScanProgress>,
    /// Files and folders that could not be read.
    problem_count: u32,
    /// How it is.
    health: ConnectionHealth,
}

/// How far a scan is.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct ScanProgress {
    /// Files looked at.
    files: u64,
    /// Of these, opened because they are new or changed.
    opened: u64,
}

/// A library to be made.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct NewLibrary {
    /// Its name.
    #[oai(validator(
        max_length = 60,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    name: String,
    /// Absolute path of the folder.
    #[oai(validator(
        max_length = 4096,
        pattern = "^/+[^/\\x00-\\x1f\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    path: String,
    /// What a bare number in a file name means.
    #[oai(default = "manga")]
    content: Kind,
    /// ISO 639-1 of the copies in it.
    #[oai(default = "french", validator(pattern = "^[a-z]{2}$"))]
    language: String,
    /// Folders above the series: 0 for `Series/volumes`, 1 for `Author/Series/volumes`.
    #[oai(default, validator(minimum(value = "0"), maximum(value = "4")))]
    levels: u8,
    /// Monitor new series.
    #[oai(default)]
    monitor: bool,
    /// Absolute paths of folders from which others put volumes into it; what lies there is not fetched again.
    #[oai(
        default,
        validator(
            max_items = 20,
            max_length = 4096,
            pattern = "^/+[^/\\x00-\\x1f\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
        )
    )]
    inbox: Vec<String>,
    /// The profile of its series; without it the one named `default`.
    #[oai(validator(max_length = 60, pattern = "^[a-z0-9][a-z0-9_-]*$"))]
    profile: Option<String>,
    /// Put what came into it.
    #[oai(default = "off")]
    placing: Placing,
    /// What becomes another format on its way, where `placing` is `folder`.
    #[oai(default = "unconverted")]
    convert: Convert,
    /// Which archives get a `ComicInfo.xml` on their way, where `placing` is `folder`.
    #[oai(default = "undescribed")]
    comic_info: ComicInfo,
    /// How the names of files that are put into it are written, for example `{series} T{volume:02}{ext}`; left out for our own way.
    #[oai(validator(max_length = 200, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$"))]
    naming: Option<String>,
    /// Call files as those beside them, where these agree.
    #[oai(default = "yes")]
    follow_names: bool,
    /// Scan it.
    #[oai(default = "yes")]
    enabled: bool,
}

/// What is to be changed of a library; what is left out stays as it is.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct LibraryChange {
    /// Its name.
    #[oai(validator(
        max_length = 60,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    name: Option<String>,
    /// Absolute path of the folder.
    #[oai(validator(
        max_length = 4096,
        pattern = "^/+[^/\\x00-\\x1f\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    path: Option<String>,
    /// What a bare number in a file name means.
    content: Option<Kind>,
    /// ISO 639-1 of the copies in it.
    #[oai(validator(pattern = "^[a-z]{2}$"))]
    language: Option<String>,
    /// Folders above the series.
    #[oai(validator(minimum(value = "0"), maximum(value = "4")))]
    levels: Option<u8>,
    /// Monitor new series.
    monitor: Option<bool>,
    /// Absolute paths of folders from which others put volumes into it.
    #[oai(validator(
        max_items = 20,
        max_length = 4096,
        pattern = "^/+[^/\\x00-\\x1f\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    inbox: Option<Vec<String>>,
    /// The profile of its series; empty for the one named `default`.
    #[oai(validator(max_length = 60, pattern = "^([a-z0-9][a-z0-9_-]*)?$"))]
    profile: Option<String>,
    /// Put what came into it.
    placing: Option<Placing>,
    /// What becomes another format on its way, where `placing` is `folder`.
    convert: Option<Convert>,
    /// Which archives get a `ComicInfo.xml` on their way, where `placing` is `folder`.
    comic_info: Option<ComicInfo>,
    /// How the names of files that are put into it are written; empty for our own way.
    #[oai(validator(max_length = 200, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$"))]
    naming: Option<String>,
    /// Call files as those beside them, where these agree.
    follow_names: Option<bool>,
    /// Scan it.
    enabled: Option<bool>,
}

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

fn manga() -> Kind {
    Kind::Manga
}

fn french() -> String {
    "fr".into()
}

fn yes() -> bool {
    true
}

fn off() -> Placing {
    Placing::Off
}

fn unconverted() -> Convert {
    Convert::Off
}

fn undescribed() -> ComicInfo {
    ComicInfo::Off
}

pub struct LibrariesApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Libraries")]
impl LibrariesApi {
    /// List libraries
    #[oai(path = "/libraries", method = "get", operation_id = "list_libraries")]
    async fn list(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
    ) -> Result<Json<Vec<Library>>, Failure<NOTHING>> {
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
        let body = body.0;
        let settings = FolderSettings {
            path: body.path,
            content: release::Kind::from(body.content).word().into(),
            language: body.language,
            levels: body.levels,
            monitor: body.monitor,
            profile: body.profile,
            inbox: body.inbox,
            placing: body.placing.into(),
            convert: body.convert.into(),
            comic_info: body.comic_info.into(),
            naming: given(body.naming),
            follow_names: body.follow_names,
        };
        let wanted = Wanted {
            name: body.name,
            enabled: body.enabled,
            settings: Settings::Folder(settings),
            secrets: Secrets::default(),
        };
        let row = connections::create(&app, &wanted).await?;
        crate::worker::scan::begin(&app, &row);
        Ok(LibraryMade::Created(Json(view(&app, &row).await?)))
    }

    /// Get a library
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
        let old = folder(&row)?;
        let settings = FolderSettings {
            path: change.path.unwrap_or(old.path),
            content: change
                .content
                .map_or(old.content, |kind| release::Kind::from(kind).word().into()),
            language: change.language.unwrap_or(old.language),
            levels: change.levels.unwrap_or(old.levels),
            monitor: change.monitor.unwrap_or(old.monitor),
            inbox: change.inbox.unwrap_or(old.inbox),
            profile: change.profile.map_or(old.profile, |name| given(Some(name))),
            placing: change.placing.map_or(old.placing, Into::into),
            convert: change.convert.map_or(old.convert, Into::into),
            comic_info: change.comic_info.map_or(old.comic_info, Into::into),
            naming: change.naming.map_or(old.naming, |text| given(Some(text))),
            follow_names: change.follow_names.unwrap_or(old.follow_names),
        };
        let wanted = Wanted {
            name: change.name.unwrap_or_else(|| row.name.clone()),
            enabled: change.enabled.unwrap_or(row.enabled),
            settings: Settings::Folder(settings),
            secrets: Secrets::default(),
        };
        let row = connections::change(&app, &row, &wanted, &[]).await?;
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

/// The library of this number.
pub async fn find(app: &App, id: i64) -> Result<Connection, ApiError> {
    Ok(connections::find(app, Role::Library, id).await?)
}

fn folder(row: &Connection) -> Result<FolderSettings, ApiError> {
    match connection::settings(row)? {
        Settings::Folder(folder) => Ok(folder),
        _ => Err(ApiError::conflict("this is no folder library")),
    }
}

/// A library as it is shown.
pub async fn view(app: &App, row: &Connection) -> Result<Library, ApiError> {
    let folder = folder(row)?;
    let state = store::library::state(&app.db, row.id).await?;
    let problem_count = store::library::problems(&state)?.len() as u32;
    Ok(Library {
        id: row.id,
        name: row.name.clone(),
        enabled: row.enabled,
        managed: Managed::of(&row.managed),
        path: folder.path,
        content: release::Kind::from_word(&folder.content)
            .unwrap_or_default()
            .into(),
        language: folder.language,
        levels: folder.levels,
        monitor: folder.monitor,
        profile: folder.profile,
        inbox: folder.inbox,
        placing: folder.placing.into(),
        convert: folder.convert.into(),
        comic_info: folder.comic_info.into(),
        naming: folder.naming,
        follow_names: folder.follow_names,
        armed_at: state.armed_at.map(utc),
        held: state.held,
        scanned_at: state.scanned_at.map(utc),
        scanning: app.scan_progress(row.id).map(|progress| ScanProgress {
            files: progress.files,
            opened: progress.opened,
        }),
        problem_count,
        health: row.into(),
    })
}
