//! A library as it is shown.

use chrono::{DateTime, Utc};
use poem_openapi::Object;

use super::{
    super::{
        connection::{self, ConnectionHealth, Managed},
        error::ApiError,
        series::Kind,
    },
    body::LibraryKind,
    words::{ComicInfo, Convert, Placing},
};
use crate::{
    app::App,
    clock::utc,
    connection::{FolderSettings, Server, ServerSettings, Settings},
    store::{self, connection::Connection},
};

/// A place that holds series. What its kind does not have is left out.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct Library {
    /// Its number.
    id: i64,
    /// Its name.
    name: String,
    /// What shows it.
    kind: LibraryKind,
    /// It is scanned.
    enabled: bool,
    /// Who may change it.
    managed: Managed,
    /// Absolute path of the folder.
    path: Option<String>,
    /// Folders above the series: 0 for `Series/volumes`, 1 for `Author/Series/volumes`.
    levels: Option<u8>,
    /// Folders from which others put volumes into it; what lies there is not fetched again.
    inbox: Option<Vec<String>>,
    /// Whether what came is put into it.
    placing: Option<Placing>,
    /// What becomes another format on its way, where `placing` is `folder`.
    convert: Option<Convert>,
    /// Which archives get a `ComicInfo.xml` on their way, where `placing` is `folder`.
    comic_info: Option<ComicInfo>,
    /// How the names of files that are put into it are written; left out for our own way.
    naming: Option<String>,
    /// Files are called as those beside them, where these agree.
    follow_names: Option<bool>,
    /// Address of the server.
    url: Option<String>,
    /// It has an API key.
    api_key_set: Option<bool>,
    /// The name of a user there, where there is no API key.
    username: Option<String>,
    /// It has that user's password.
    password_set: Option<bool>,
    /// Name or id of the one library there that this is; left out for all that the user sees.
    server_library: Option<String>,
    /// Seconds until an answer of the server is given up.
    timeout_seconds: Option<u32>,
    /// What changes there is looked at when nothing more has changed for so many seconds.
    settle_seconds: Option<u32>,
    /// Seconds between two questions for what changed there, where it does not tell it by itself.
    poll_seconds: Option<u32>,
    /// What a bare number in a file name means.
    content: Kind,
    /// ISO 639-1 of the copies in it.
    language: String,
    /// New series are monitored.
    monitor: bool,
    /// The profile of its series; left out for the one named `default`.
    profile: Option<String>,
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
    /// Series found.
    series: u64,
    /// Volumes in these.
    volumes: u64,
    /// Series written down; this begins once all files are looked at.
    written: u64,
}

/// What a library's kind has.
fn of_folder(folder: FolderSettings, shown: &mut Library) {
    shown.path = Some(folder.path);
    shown.levels = Some(folder.levels);
    shown.inbox = Some(folder.inbox);
    shown.placing = Some(folder.placing.into());
    shown.convert = Some(folder.convert.into());
    shown.comic_info = Some(folder.comic_info.into());
    shown.naming = folder.naming;
    shown.follow_names = Some(folder.follow_names);
}

/// Its secret is the password of the name, or else the key: one way in is all that it can have.
fn of_server(kind: Server, server: ServerSettings, is_sealed: bool, shown: &mut Library) {
    shown.kind = match kind {
        Server::Komga => LibraryKind::Komga,
        Server::Kavita => LibraryKind::Kavita,
    };
    shown.url = Some(server.url);
    shown.api_key_set = Some(is_sealed && server.username.is_none());
    shown.password_set = Some(is_sealed && server.username.is_some());
    shown.username = server.username;
    shown.server_library = server.server_library;
    shown.timeout_seconds = Some(server.timeout_seconds);
    shown.settle_seconds = Some(server.settle_seconds);
    shown.poll_seconds = Some(server.poll_seconds);
}

/// A library as it is shown.
pub async fn view(app: &App, row: &Connection) -> Result<Library, ApiError> {
    let settings = connection::settings(row)?;
    let Some(series) = settings.series().cloned() else {
        return Err(ApiError::conflict("this is no library"));
    };
    let state = store::library::state(&app.db, row.id).await?;
    let mut shown = Library {
        id: row.id,
        name: row.name.clone(),
        kind: LibraryKind::Folder,
        enabled: row.enabled,
        managed: Managed::of(&row.managed),
        path: None,
        levels: None,
        inbox: None,
        placing: None,
        convert: None,
        comic_info: None,
        naming: None,
        follow_names: None,
        url: None,
        api_key_set: None,
        username: None,
        password_set: None,
        server_library: None,
        timeout_seconds: None,
        settle_seconds: None,
        poll_seconds: None,
        content: series.kind().into(),
        language: series.language,
        monitor: series.monitor,
        profile: series.profile,
        problem_count: store::library::problems(&state)?.len() as u32,
        armed_at: state.armed_at.map(utc),
        held: state.held,
        scanned_at: state.scanned_at.map(utc),
        scanning: app.scan_progress(row.id).map(|progress| ScanProgress {
            files: progress.files,
            opened: progress.opened,
            series: progress.series,
            volumes: progress.volumes,
            written: progress.written,
        }),
        health: row.into(),
    };
    match settings {
        Settings::Folder(folder) => of_folder(folder, &mut shown),
        Settings::Server(kind, server) => {
            of_server(kind, server, row.sealed.is_some(), &mut shown);
        }
        _ => {}
    }
    Ok(shown)
}
