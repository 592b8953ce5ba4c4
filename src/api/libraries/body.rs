//! What is sent of a library: to make one, and to change one.

use poem_openapi::{Enum, Object};

use super::{
    super::{
        connection::{Mistakes, given, refuse, set},
        series::Kind,
    },
    words::{ComicInfo, Convert, Placing},
};
use crate::{
    connection::{FolderSettings, Secrets, SeriesSettings, Server, ServerSettings, Settings},
    domain::release,
    secret::Secret,
};

/// What shows a library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub enum LibraryKind {
    /// A folder of this machine.
    Folder,
    /// A library of Komga.
    Komga,
    /// A library of Kavita.
    Kavita,
}

/// A library to be made. What its kind does not have must be left out.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewLibrary {
    /// Its name.
    #[oai(validator(
        max_length = 60,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    pub(super) name: String,
    /// What shows it.
    #[oai(default = "folder")]
    kind: LibraryKind,
    /// Absolute path of the folder; a folder.
    #[oai(validator(
        max_length = 4096,
        pattern = "^/+[^/\\x00-\\x1f\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    path: Option<String>,
    /// Folders above the series: 0 for `Series/volumes`, 1 for `Author/Series/volumes`; a folder.
    #[oai(validator(minimum(value = "0"), maximum(value = "4")))]
    levels: Option<u8>,
    /// Absolute paths of folders from which others put volumes into it; what lies there is not fetched again. A folder.
    #[oai(validator(
        max_items = 20,
        max_length = 4096,
        pattern = "^/+[^/\\x00-\\x1f\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    inbox: Option<Vec<String>>,
    /// Put what came into it; a folder.
    placing: Option<Placing>,
    /// What becomes another format on its way, where `placing` is `folder`.
    convert: Option<Convert>,
    /// Which archives get a `ComicInfo.xml` on their way, where `placing` is `folder`.
    comic_info: Option<ComicInfo>,
    /// How the names of files that are put into it are written, for example `{series} T{volume:02}{ext}`; empty for our own way. A folder.
    #[oai(validator(max_length = 200, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$"))]
    naming: Option<String>,
    /// Call files as those beside them, where these agree; a folder.
    follow_names: Option<bool>,
    /// Address of the server, with its URL base, for example `http://komga:25600`; Komga and Kavita.
    #[oai(validator(
        max_length = 2000,
        pattern = "^https?://[^/?#\\x00-\\x20][^?#\\x00-\\x20]*$"
    ))]
    url: Option<String>,
    /// An API key of a user there, best of an administrator; empty for none. Komga and Kavita.
    #[oai(write_only, validator(max_length = 500, pattern = "^[^\\x00]*$"))]
    api_key: Option<String>,
    /// The name of a user there, where there is no API key; empty for none. Both at once are refused.
    #[oai(validator(max_length = 200, pattern = "^[^\\x00]*$"))]
    username: Option<String>,
    /// The user's password; empty for none.
    #[oai(write_only, validator(max_length = 500, pattern = "^[^\\x00]*$"))]
    password: Option<String>,
    /// Name or id of the one library there that this is; empty for all that the user sees.
    #[oai(validator(max_length = 200, pattern = "^[^\\x00]*$"))]
    server_library: Option<String>,
    /// Seconds until an answer of the server is given up; 60 when left out.
    #[oai(validator(minimum(value = "1"), maximum(value = "600")))]
    timeout_seconds: Option<u32>,
    /// What changes there is looked at when nothing more has changed for so many seconds, or the server says that it is done; 30 when left out.
    #[oai(validator(minimum(value = "1"), maximum(value = "600")))]
    settle_seconds: Option<u32>,
    /// Seconds between two questions for what changed there, where it does not tell it by itself; 60 when left out.
    #[oai(validator(minimum(value = "10"), maximum(value = "86400")))]
    poll_seconds: Option<u32>,
    /// What a bare number in a file name means; `manga` when left out.
    content: Option<Kind>,
    /// ISO 639-1 of the copies in it; `fr` when left out.
    #[oai(validator(pattern = "^[a-z]{2}$"))]
    language: Option<String>,
    /// Monitor new series; they are not when it is left out.
    monitor: Option<bool>,
    /// The profile of its series; empty for the one named `default`.
    #[oai(validator(max_length = 60, pattern = "^([a-z0-9][a-z0-9_-]*)?$"))]
    profile: Option<String>,
    /// Scan it.
    #[oai(default = "yes")]
    pub(super) enabled: bool,
}

/// What is to be changed of a library; what is left out stays as it is. What its kind does not have must be left out.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
pub struct LibraryChange {
    /// Its name.
    #[oai(validator(
        max_length = 60,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    pub(super) name: Option<String>,
    /// Absolute path of the folder; a folder.
    #[oai(validator(
        max_length = 4096,
        pattern = "^/+[^/\\x00-\\x1f\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    path: Option<String>,
    /// Folders above the series: 0 for `Series/volumes`, 1 for `Author/Series/volumes`; a folder.
    #[oai(validator(minimum(value = "0"), maximum(value = "4")))]
    levels: Option<u8>,
    /// Absolute paths of folders from which others put volumes into it; what lies there is not fetched again. A folder.
    #[oai(validator(
        max_items = 20,
        max_length = 4096,
        pattern = "^/+[^/\\x00-\\x1f\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    inbox: Option<Vec<String>>,
    /// Put what came into it; a folder.
    placing: Option<Placing>,
    /// What becomes another format on its way, where `placing` is `folder`.
    convert: Option<Convert>,
    /// Which archives get a `ComicInfo.xml` on their way, where `placing` is `folder`.
    comic_info: Option<ComicInfo>,
    /// How the names of files that are put into it are written, for example `{series} T{volume:02}{ext}`; empty for our own way. A folder.
    #[oai(validator(max_length = 200, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$"))]
    naming: Option<String>,
    /// Call files as those beside them, where these agree; a folder.
    follow_names: Option<bool>,
    /// Address of the server, with its URL base, for example `http://komga:25600`; Komga and Kavita.
    #[oai(validator(
        max_length = 2000,
        pattern = "^https?://[^/?#\\x00-\\x20][^?#\\x00-\\x20]*$"
    ))]
    url: Option<String>,
    /// An API key of a user there, best of an administrator; empty for none. Komga and Kavita.
    #[oai(write_only, validator(max_length = 500, pattern = "^[^\\x00]*$"))]
    api_key: Option<String>,
    /// The name of a user there, where there is no API key; empty for none. Both at once are refused.
    #[oai(validator(max_length = 200, pattern = "^[^\\x00]*$"))]
    username: Option<String>,
    /// The user's password; empty for none.
    #[oai(write_only, validator(max_length = 500, pattern = "^[^\\x00]*$"))]
    password: Option<String>,
    /// Name or id of the one library there that this is; empty for all that the user sees.
    #[oai(validator(max_length = 200, pattern = "^[^\\x00]*$"))]
    server_library: Option<String>,
    /// Seconds until an answer of the server is given up.
    #[oai(validator(minimum(value = "1"), maximum(value = "600")))]
    timeout_seconds: Option<u32>,
    /// What changes there is looked at when nothing more has changed for so many seconds, or the server says that it is done.
    #[oai(validator(minimum(value = "1"), maximum(value = "600")))]
    settle_seconds: Option<u32>,
    /// Seconds between two questions for what changed there, where it does not tell it by itself.
    #[oai(validator(minimum(value = "10"), maximum(value = "86400")))]
    poll_seconds: Option<u32>,
    /// What a bare number in a file name means.
    content: Option<Kind>,
    /// ISO 639-1 of the copies in it.
    #[oai(validator(pattern = "^[a-z]{2}$"))]
    language: Option<String>,
    /// Monitor new series.
    monitor: Option<bool>,
    /// The profile of its series; empty for the one named `default`.
    #[oai(validator(max_length = 60, pattern = "^([a-z0-9][a-z0-9_-]*)?$"))]
    profile: Option<String>,
    /// Scan it.
    pub(super) enabled: Option<bool>,
}

fn folder() -> LibraryKind {
    LibraryKind::Folder
}

fn yes() -> bool {
    true
}

/// Fields with what is wrong with each.
impl NewLibrary {
    /// As settings and secrets.
    ///
    /// # Errors
    /// Fields that its kind does not have.
    pub fn read(self) -> Result<(Settings, Secrets), Mistakes> {
        let series = SeriesSettings {
            monitor: false,
            ..SeriesSettings::default()
        };
        let server = |server| {
            let settings = ServerSettings {
                series: series.clone(),
                ..ServerSettings::of("")
            };
            Settings::Server(server, settings)
        };
        let usual = match self.kind {
            LibraryKind::Folder => Settings::Folder(FolderSettings {
                series: series.clone(),
                ..FolderSettings::of("")
            }),
            LibraryKind::Komga => server(Server::Komga),
            LibraryKind::Kavita => server(Server::Kavita),
        };
        let change = LibraryChange {
            name: None,
            enabled: None,
            path: self.path,
            levels: self.levels,
            inbox: self.inbox,
            placing: self.placing,
            convert: self.convert,
            comic_info: self.comic_info,
            naming: self.naming,
            follow_names: self.follow_names,
            url: self.url,
            api_key: self.api_key,
            username: self.username,
            password: self.password,
            server_library: self.server_library,
            timeout_seconds: self.timeout_seconds,
            settle_seconds: self.settle_seconds,
            poll_seconds: self.poll_seconds,
            content: self.content,
            language: self.language,
            monitor: self.monitor,
            profile: self.profile,
        };
        change.onto(usual, Secrets::default())
    }
}

impl LibraryChange {
    /// The secrets that are given with it.
    pub fn given(&self) -> Vec<&'static str> {
        let given = [
            ("apiKey", self.api_key.is_some()),
            ("password", self.password.is_some()),
        ];
        let given = given.into_iter().filter(|field| field.1);
        given.map(|field| field.0).collect()
    }

    /// These settings and secrets with what is changed of them.
    ///
    /// # Errors
    /// Fields that their kind does not have.
    pub fn onto(
        mut self,
        old: Settings,
        secrets: Secrets,
    ) -> Result<(Settings, Secrets), Mistakes> {
        match old {
            Settings::Folder(mut folder) => {
                refuse(self.of_servers(), "a folder has none; leave it out")?;
                self.change_series(&mut folder.series);
                self.change_folder(&mut folder);
                Ok((Settings::Folder(folder), secrets))
            }
            Settings::Server(kind, mut server) => {
                let why = format!("a library of {} has none; leave it out", kind.title());
                refuse(self.of_folders(), &why)?;
                self.change_series(&mut server.series);
                let secrets = self.change_server(&mut server, secrets);
                Ok((Settings::Server(kind, server), secrets))
            }
            other => Ok((other, secrets)),
        }
    }

    fn change_series(&mut self, series: &mut SeriesSettings) {
        if let Some(content) = self.content {
            series.content = release::Kind::from(content).word().into();
        }
        set(&mut series.language, self.language.take());
        set(&mut series.monitor, self.monitor);
        if let Some(profile) = self.profile.take() {
            series.profile = given(Some(profile));
        }
    }

    fn change_folder(self, folder: &mut FolderSettings) {
        set(&mut folder.path, self.path);
        set(&mut folder.levels, self.levels);
        set(&mut folder.inbox, self.inbox);
        set(&mut folder.placing, self.placing.map(Into::into));
        set(&mut folder.convert, self.convert.map(Into::into));
        set(&mut folder.comic_info, self.comic_info.map(Into::into));
        set(&mut folder.follow_names, self.follow_names);
        if let Some(naming) = self.naming {
            folder.naming = given(Some(naming));
        }
    }

    fn change_server(self, server: &mut ServerSettings, secrets: Secrets) -> Secrets {
        set(&mut server.url, self.url);
        set(&mut server.timeout_seconds, self.timeout_seconds);
        set(&mut server.settle_seconds, self.settle_seconds);
        set(&mut server.poll_seconds, self.poll_seconds);
        if let Some(username) = self.username {
            server.username = given(Some(username));
        }
        if let Some(library) = self.server_library {
            server.server_library = given(Some(library));
        }
        let secret = |new: Option<String>, old| match new {
            Some(text) => given(Some(text)).map(Secret::new),
            None => old,
        };
        Secrets {
            api_key: secret(self.api_key, secrets.api_key),
            password: secret(self.password, secrets.password),
            ..secrets
        }
    }

    fn of_folders(&self) -> [(&'static str, bool); 8] {
        [
            ("path", self.path.is_some()),
            ("levels", self.levels.is_some()),
            ("inbox", self.inbox.is_some()),
            ("placing", self.placing.is_some()),
            ("convert", self.convert.is_some()),
            ("comicInfo", self.comic_info.is_some()),
            ("naming", self.naming.is_some()),
            ("followNames", self.follow_names.is_some()),
        ]
    }

    fn of_servers(&self) -> [(&'static str, bool); 8] {
        [
            ("url", self.url.is_some()),
            ("apiKey", self.api_key.is_some()),
            ("username", self.username.is_some()),
            ("password", self.password.is_some()),
            ("serverLibrary", self.server_library.is_some()),
            ("timeoutSeconds", self.timeout_seconds.is_some()),
            ("settleSeconds", self.settle_seconds.is_some()),
            ("pollSeconds", self.poll_seconds.is_some()),
        ]
    }
}
