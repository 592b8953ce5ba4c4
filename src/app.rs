//! The only wiring: what is opened at the start, and how connections become adapters.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::sync::{Notify, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    catalogue::lists::Reader,
    clock::Clock,
    config::{Config, Mistakes},
    connection::{
        self, EBDZ, PUSH, Secrets, Server, Settings as ConnectionSettings, parse_url, target::Parts,
    },
    domain::release::{Hints, Kind, Lexicon},
    download::{
        amule::{Amule, AmulePlace},
        qbittorrent::{QBittorrent, QBittorrentConfig},
    },
    library::{folder::FolderLibrary, kavita::Kavita, komga::Komga},
    links::LinkCache,
    pace::Paces,
    ports::{Catalogue, Client, FolderPlace, Library, Notifier, ScanProgress, Source},
    search::{
        ebdz::{Forum, Index},
        prowlarr::{Prowlarr, ProwlarrConfig},
        push::{Pushed, Pushes},
        torznab::Torznab,
    },
    secret::{self, ApiKey, SecretError, Vault},
    settings::Settings,
    store::{self, Db, StoreError, connection::Connection},
};

/// Everything that lives as long as the program.
pub struct App {
    /// What it was started with.
    pub config: Config,
    /// The words of release names, the user's included.
    pub lexicon: &'static Lexicon,
    /// The database.
    pub db: Db,
    /// Opens secrets, or knows why it cannot.
    pub vault: Vault,
    /// What every request needs.
    pub api_key: ApiKey,
    /// The time.
    pub clock: Clock,
    /// This process, among those that share the database.
    pub instance: String,
    /// When it started; milliseconds since the epoch.
    pub started_at: i64,
    /// Links of offers.
    pub links: LinkCache,
    /// Releases that other programs pushed.
    pub pushes: Arc<Pushes>,
    /// There may be something to check.
    pub check_wake: Notify,
    /// There may be something that came.
    pub arrival_wake: Notify,
    /// A library or a series may have been hinted at.
    pub hint_wake: Notify,
    /// What was sent is to be looked at now.
    pub track_wake: Notify,
    /// There may be a forum to be read.
    pub crawl_wake: Notify,
    /// There may be something to ask a catalogue.
    pub sync_wake: Notify,
    /// There may be something to tell.
    pub deliver_wake: Notify,
    /// Schedules, or the zone that they are in, were changed.
    pub schedule_changed: Notify,
    /// Changed whenever a check advances, so that whoever shows it looks again.
    pub check_progress: watch::Sender<u64>,
    /// It is to end.
    pub stop: CancellationToken,
    /// What has to end before the database is closed.
    pub tasks: TaskTracker,
    scans: Mutex<HashMap<i64, watch::Receiver<ScanProgress>>>,
    libraries: Sessions<dyn Library>,
    sources: Sessions<dyn Source>,
    forums: Sessions<Forum>,
    clients: Sessions<dyn Client>,
    notifiers: Sessions<dyn Notifier>,
    catalogues: Sessions<dyn Catalogue>,
    /// Who may ask which catalogue when.
    pub paces: Paces,
    /// What the clients hold.
    pub holdings: crate::holdings::Cache,
    /// What lies in the libraries' inboxes.
    pub inboxes: crate::holdings::inbox::Cache,
    turns: Mutex<HashMap<i64, Arc<tokio::sync::Mutex<Option<i64>>>>>,
    /// What feeds keep in memory.
    pub feeds: crate::torznab::Memory,
    /// What is told, written down.
    pub ledger: crate::telling::Ledger,
    failures: AtomicU64,
}

/// Adapters by connection; a changed connection gets a new one.
type Sessions<T> = Mutex<HashMap<i64, (i64, Arc<T>)>>;

/// Why the program cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data directory.
    #[error("the data directory {place} cannot be made")]
    Data {
        place: String,
        source: std::io::Error,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Keys.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The file names what is not there.
    #[error(transparent)]
    Config(Mistakes),
}

/// Why a connection cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionError {
    /// Its secrets.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// Its settings.
    #[error("its settings cannot be read by this version; enter them again")]
    Unreadable,
    /// Its address.
    #[error("its URL is wrong: {0}")]
    Url(String),
    /// A setting of a target.
    #[error("it cannot be used; {0}")]
    Target(String),
}

impl App {
    /// Opens everything. Secrets that cannot be opened do not stop it: their connections are locked and health says so.
    ///
    /// # Errors
    /// When data directory, database or keys cannot be used.
    pub async fn open(config: Config, clock: Clock) -> Result<Arc<Self>, StartError> {
        std::fs::create_dir_all(&config.data).map_err(|source| StartError::Data {
            place: config.data.display().to_string(),
            source,
        })?;
        let db = Db::open(config.database_url.as_ref(), &config.data).await?;
        let api_key = match &config.api_key {
            Some(key) => key.clone(),
            None => secret::read_or_make(&config.data.join("api_key"), secret::new_token)?.0,
        };
        let vault = open_vault(&config, &db).await?;
        let started_at = clock.now();
        let app = Arc::new(Self {
            api_key: ApiKey::new(&api_key),
            instance: format!(
                "{}-{}",
                std::process::id(),
                hex::encode(secret::random::<4>())
            ),
            started_at,
            links: LinkCache::default(),
            pushes: Arc::default(),
            check_wake: Notify::new(),
            arrival_wake: Notify::new(),
            hint_wake: Notify::new(),
            track_wake: Notify::new(),
            crawl_wake: Notify::new(),
            sync_wake: Notify::new(),
            deliver_wake: Notify::new(),
            schedule_changed: Notify::new(),
            check_progress: watch::Sender::new(0),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
            scans: Mutex::default(),
            libraries: Mutex::default(),
            sources: Mutex::default(),
            forums: Mutex::default(),
            clients: Mutex::default(),
            notifiers: Mutex::default(),
            catalogues: Mutex::default(),
            paces: Paces::default(),
            holdings: Mutex::default(),
            inboxes: Mutex::default(),
            turns: Mutex::default(),
            feeds: <_>::default(),
            ledger: <_>::default(),
            failures: AtomicU64::new(0),
            // One for the whole life of the program.
            lexicon: Box::leak(Box::new(Lexicon::with(&config.words))),
            config,
            db,
            vault,
            clock,
        });
        let misnamed = crate::taste::in_file::misnamed(&app).await?;
        if !misnamed.is_empty() {
            return Err(StartError::Config(Mistakes(misnamed)));
        }
        crate::connections::adopt_file(&app).await?;
        crate::connections::offer_catalogues(&app).await?;
        crate::taste::in_file::adopt(&app).await?;
        Ok(app)
    }

    /// Milliseconds.
    pub fn lease_millis(&self) -> i64 {
        i64::from(self.config.lease_seconds) * 1000
    }

    /// Values in force.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settings(&self) -> store::Result<Settings> {
        Settings::load(&self.db, &self.config.environment).await
    }

    /// The settings and opened secrets of a connection.
    ///
    /// # Errors
    /// When its secrets are locked, or its settings come from another version.
    pub fn connection(
        &self,
        row: &Connection,
    ) -> Result<(ConnectionSettings, Secrets), ConnectionError> {
        let settings = ConnectionSettings::from_json(&row.kind, &row.config)
            .ok_or(ConnectionError::Unreadable)?;
        let secrets = match &row.sealed {
            None => Secrets::default(),
            Some(sealed) => {
                let opened = self.vault.open(&label(&row.role, &row.name), sealed)?;
                serde_json::from_str(opened.expose()).map_err(|_| ConnectionError::Unreadable)?
            }
        };
        Ok((settings, secrets))
    }

    /// The source behind a connection.
    ///
    /// # Errors
    /// As [`App::connection`].
    pub fn source(&self, row: &Connection) -> Result<Arc<dyn Source>, ConnectionError> {
        session(&self.sources, row, || {
            // What is read into the local index is not asked, so its secrets are not needed.
            if row.kind == EBDZ {
                let (db, name) = (self.db.clone(), row.name.clone());
                return Ok(Arc::new(Index::new(db, row.id, name, self.lexicon)));
            }
            if row.kind == PUSH {
                return Ok(Arc::new(Pushed::new(
                    self.pushes.clone(),
                    self.clock.clone(),
                )));
            }
            let (settings, secrets) = self.connection(row)?;
            build_source(&row.name, settings, secrets)
        })
    }

    /// The forum behind a connection, which is read and not asked.
    ///
    /// # Errors
    /// As [`App::connection`].
    pub fn forum(&self, row: &Connection) -> Result<Arc<Forum>, ConnectionError> {
        session(&self.forums, row, || {
            let (ConnectionSettings::Ebdz(ebdz), secrets) = self.connection(row)? else {
                return Err(ConnectionError::Unreadable);
            };
            let config = ebdz.config(&secrets).map_err(ConnectionError::Url)?;
            Ok(Arc::new(Forum::new(config, self.clock.clone())))
        })
    }

    /// The client behind a connection.
    ///
    /// # Errors
    /// As [`App::connection`].
    pub fn client(&self, row: &Connection) -> Result<Arc<dyn Client>, ConnectionError> {
        session(&self.clients, row, || {
            let (settings, secrets) = self.connection(row)?;
            build_client(settings, secrets)
        })
    }

    /// The library behind a connection.
    ///
    /// # Errors
    /// As [`App::connection`].
    pub fn library(&self, row: &Connection) -> Result<Arc<dyn Library>, ConnectionError> {
        session(&self.libraries, row, || {
            let (settings, secrets) = self.connection(row)?;
            build_library(settings, &secrets, self.lexicon)
        })
    }

    /// The target behind a connection.
    ///
    /// # Errors
    /// As [`App::connection`].
    pub fn notifier(&self, row: &Connection) -> Result<Arc<dyn Notifier>, ConnectionError> {
        session(&self.notifiers, row, || {
            let (settings, secrets) = self.connection(row)?;
            build_notifier(&settings, &secrets)
        })
    }

    /// The catalogue behind a connection.
    ///
    /// # Errors
    /// As [`App::connection`].
    pub fn catalogue(&self, row: &Connection) -> Result<Arc<dyn Catalogue>, ConnectionError> {
        session(&self.catalogues, row, || {
            let (ConnectionSettings::Catalogue(which, settings), secrets) = self.connection(row)?
            else {
                return Err(ConnectionError::Unreadable);
            };
            let place = settings.place(&secrets).map_err(ConnectionError::Url)?;
            crate::catalogue::build(which, place, &self.config.data, &self.clock)
                .ok_or(ConnectionError::Unreadable)
        })
    }

    /// Who reads the lists of readers at the catalogue behind a connection.
    ///
    /// # Errors
    /// As [`App::connection`].
    pub fn list_reader(&self, row: &Connection) -> Result<Reader, ConnectionError> {
        let (ConnectionSettings::Catalogue(which, settings), secrets) = self.connection(row)?
        else {
            return Err(ConnectionError::Unreadable);
        };
        let place = settings.place(&secrets).map_err(ConnectionError::Url)?;
        Reader::of(which, place).ok_or(ConnectionError::Unreadable)
    }

    /// Whose turn it is to ask a source; inside, when its indexers were last listed.
    pub fn turn(&self, source: i64) -> Arc<tokio::sync::Mutex<Option<i64>>> {
        self.turns
            .lock()
            .expect("no one panics while holding it")
            .entry(source)
            .or_default()
            .clone()
    }

    /// How often a connection has failed since the start: whoever read one is told to read it again.
    pub fn failures(&self) -> u64 {
        self.failures.load(Ordering::Acquire)
    }

    /// A connection has failed, and that is written down.
    pub fn has_failed(&self) {
        self.failures.fetch_add(1, Ordering::Release);
    }

    /// Begins to show the progress of a scan.
    pub fn show_scan(&self, library: i64) -> watch::Sender<ScanProgress> {
        let (sender, receiver) = watch::channel(ScanProgress::default());
        self.scans
            .lock()
            .expect("no one panics while holding it")
            .insert(library, receiver);
        sender
    }

    /// The progress of a running scan.
    pub fn scan_progress(&self, library: i64) -> Option<ScanProgress> {
        let mut scans = self.scans.lock().expect("no one panics while holding it");
        let receiver = scans.get(&library)?;
        // The sender is gone when the scan is over.
        if receiver.has_changed().is_err() {
            scans.remove(&library);
            return None;
        }
        Some(*receiver.borrow())
    }

    /// Tells whoever shows checks to look again.
    pub fn check_advanced(&self) {
        self.check_progress.send_modify(|count| *count += 1);
    }
}

/// Secrets of a connection open only under its own label.
pub fn label(role: &str, name: &str) -> String {
    format!("{role}:{name}")
}

/// Builds the source of this name.
///
/// # Errors
/// When the settings are those of something else, or its URL is wrong.
pub fn build_source(
    name: &str,
    settings: ConnectionSettings,
    secrets: Secrets,
) -> Result<Arc<dyn Source>, ConnectionError> {
    let prowlarr = match settings {
        ConnectionSettings::Prowlarr(prowlarr) => prowlarr,
        ConnectionSettings::Torznab(torznab) => {
            let config = torznab.config(name, &secrets);
            return Ok(Arc::new(Torznab::new(
                config.map_err(ConnectionError::Url)?,
            )));
        }
        _ => return Err(ConnectionError::Unreadable),
    };
    Ok(Arc::new(Prowlarr::new(ProwlarrConfig {
        url: parse_url(&prowlarr.url).map_err(ConnectionError::Url)?,
        api_key: secrets.api_key.ok_or(ConnectionError::Unreadable)?,
        categories: prowlarr.categories,
        indexers: prowlarr.indexers,
        timeout: Duration::from_secs(u64::from(prowlarr.timeout_seconds)),
    })))
}

/// Builds a client.
///
/// # Errors
/// As [`build_source`].
pub fn build_client(
    settings: ConnectionSettings,
    secrets: Secrets,
) -> Result<Arc<dyn Client>, ConnectionError> {
    let client = match settings {
        ConnectionSettings::QBittorrent(client) => client,
        ConnectionSettings::Amule(client) => {
            return Ok(Arc::new(Amule::new(AmulePlace {
                host: client.host,
                port: client.port,
                password: secrets.password.ok_or(ConnectionError::Unreadable)?,
                category: Some(client.category),
                timeout: Duration::from_secs(u64::from(client.timeout_seconds)),
            })));
        }
        _ => return Err(ConnectionError::Unreadable),
    };
    Ok(Arc::new(QBittorrent::new(QBittorrentConfig {
        url: parse_url(&client.url).map_err(ConnectionError::Url)?,
        username: client.username,
        password: secrets.password,
        api_key: secrets.api_key,
        category: client.category,
        tags: client.tags,
        save_path: client.save_path,
        paused: client.paused,
        network: client.network,
        timeout: Duration::from_secs(u64::from(client.timeout_seconds)),
    })))
}

/// Builds a target.
///
/// # Errors
/// As [`build_source`].
pub fn build_notifier(
    settings: &ConnectionSettings,
    secrets: &Secrets,
) -> Result<Arc<dyn Notifier>, ConnectionError> {
    let ConnectionSettings::Target(target) = settings else {
        return Err(ConnectionError::Unreadable);
    };
    let parts = connection::target::parts(target, secrets);
    parts.map(Parts::build).map_err(|mistakes| {
        let first = mistakes.into_iter().next();
        ConnectionError::Target(first.map_or_else(String::new, |mistake| {
            format!("{}: {}", mistake.0, mistake.1)
        }))
    })
}

/// Builds a library.
///
/// # Errors
/// When the settings are those of something else.
pub fn build_library(
    settings: ConnectionSettings,
    secrets: &Secrets,
    lexicon: &'static Lexicon,
) -> Result<Arc<dyn Library>, ConnectionError> {
    let series = settings.series().ok_or(ConnectionError::Unreadable)?;
    let hints = Hints {
        kind: Kind::from_word(&series.content).ok_or(ConnectionError::Unreadable)?,
        lexicon,
        ..Hints::default()
    };
    Ok(match settings {
        ConnectionSettings::Folder(folder) => {
            let place = FolderPlace {
                path: folder.path.into(),
                nested: folder.levels,
                inbox: folder.inbox.into_iter().map(Into::into).collect(),
            };
            Arc::new(FolderLibrary::new(place, hints))
        }
        ConnectionSettings::Server(server, settings) => {
            let place = settings.place(secrets).map_err(ConnectionError::Url)?;
            match server {
                Server::Komga => Arc::new(Komga::new(place, hints)),
                Server::Kavita => Arc::new(Kavita::new(place, hints)),
            }
        }
        _ => return Err(ConnectionError::Unreadable),
    })
}

fn session<T: ?Sized>(
    sessions: &Sessions<T>,
    row: &Connection,
    build: impl FnOnce() -> Result<Arc<T>, ConnectionError>,
) -> Result<Arc<T>, ConnectionError> {
    let mut sessions = sessions.lock().expect("no one panics while holding it");
    if let Some((updated_at, session)) = sessions.get(&row.id)
        && *updated_at == row.updated_at
    {
        return Ok(session.clone());
    }
    let session = build()?;
    sessions.insert(row.id, (row.updated_at, session.clone()));
    Ok(session)
}

/// The key of the configuration, or of `<data>/secret.key`. Sealed rows without their key lock; a new key is never made for them.
async fn open_vault(config: &Config, db: &Db) -> Result<Vault, StartError> {
    let path = config.data.join("secret.key");
    let sealed = store::connection::list(db, "")
        .await?
        .into_iter()
        .filter_map(|row| Some((label(&row.role, &row.name), row.sealed?)))
        .next();
    let vault = match &config.secret_key {
        Some(key) => Vault::from_text(key.expose())?,
        None if sealed.is_some() && !path.exists() => {
            let why = "the database holds sealed passwords, but their key is missing; put secret.key back into the data directory and restart. If it is lost: remove the connections that have a password or key, restart, and make them again";
            return Ok(Vault::Locked(why.into()));
        }
        None => {
            let make = || secret::Secret::new(hex::encode(secret::random::<32>()));
            Vault::from_text(secret::read_or_make(&path, make)?.0.expose())?
        }
    };
    match sealed.map(|(label, sealed)| vault.open(&label, &sealed)) {
        Some(Err(SecretError::Locked(why))) => Ok(Vault::Locked(why)),
        _ => Ok(vault),
    }
}
