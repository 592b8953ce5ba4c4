//! Stage 5: qBittorrent 4.1 and later, through its Web API. What it already has is a success, and nothing counts as sent before it is listed.

use std::time::Duration;

use async_trait::async_trait;
use reqwest::{
    Method, RequestBuilder,
    multipart::{Form, Part},
};
use tokio::time::{Instant, sleep};
use url::Url;

use self::{
    answers::{Categories, Listed, MainData, Preferences, Sent, contents, read_add, version},
    session::{Identity, Session},
};
use crate::{
    domain::link::{ContentId, Network, Payload},
    http::{Answer, origin},
    ports::{Added, Client, ClientItem, Contents, Holdings, PortError, TestReport},
    secret::Secret,
};

mod answers;
mod session;

/// How long an accepted torrent may take to be listed; `Ok.` comes before the adding.
const LISTED_WITHIN: Duration = Duration::from_secs(10);

/// How long a refused torrent is looked for: another add of it may have been accepted a moment ago (observed on 4.5.2).
const REFUSED_WITHIN: Duration = Duration::from_secs(2);

/// How long a new session takes to measure the disk (observed on 4.5.2).
const MEASURED_WITHIN: Duration = Duration::from_secs(1);

/// Between two looks at the list.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// How to reach a qBittorrent, and how it should treat what it is given.
#[derive(Clone)]
pub struct QBittorrentConfig {
    /// With its path behind a reverse proxy, for example `http://nas:8080/qbt`.
    pub url: Url,
    /// `admin` when there is just a password.
    pub username: Option<String>,
    /// None when qBittorrent lets this address in without.
    pub password: Option<Secret>,
    /// qBittorrent 5.2 and later; used instead of name and password.
    pub api_key: Option<Secret>,
    /// Given to every torrent; empty gives none.
    pub category: String,
    /// Given to every torrent.
    pub tags: Vec<String>,
    /// Where to save, on qBittorrent's side. None lets it decide by the category.
    pub save_path: Option<String>,
    /// Adds without starting.
    pub paused: bool,
    /// From where it downloads: of ed2k it is aMule behind a program that speaks as qBittorrent does.
    pub network: Network,
    /// For one request.
    pub timeout: Duration,
}

/// The first version that can stop a magnet when it has its metadata.
const STOPS_MAGNETS: (u32, u32, u32) = (4, 5, 0);

/// How a torrent is added.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Begins {
    /// Fetching.
    Running,
    /// Doing nothing.
    Stopped,
    /// Fetching its metadata and nothing more. Before 4.5 it is not known, and all of it is fetched.
    WithMetadata,
}

/// One qBittorrent.
pub struct QBittorrent {
    session: Session,
    config: QBittorrentConfig,
}

impl QBittorrent {
    /// Connects lazily: nothing is asked yet.
    pub fn new(config: QBittorrentConfig) -> Self {
        let identity = match (&config.api_key, &config.username, &config.password) {
            (Some(key), _, _) => Identity::ApiKey(key.clone()),
            (None, None, None) => Identity::Nobody,
            (None, user, password) => Identity::Password {
                user: user.clone().unwrap_or_else(|| "admin".into()),
                password: password.clone().unwrap_or_default(),
            },
        };
        Self {
            session: Session::new(config.url.clone(), identity, config.timeout),
            config,
        }
    }

    async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Answer, PortError> {
        let build = || self.session.request(Method::GET, path).query(query);
        let answer = self.session.send(build).await?;
        match answer.status.as_u16() {
            200..=299 => Ok(answer),
            404 => Err(answer.bad("no Web API of qBittorrent 4.1 or later is at this address; is the path in the URL right?")),
            _ => Err(answer.unexpected()),
        }
    }

    /// Looks through the torrents that `filter` lets pass.
    async fn look(
        &self,
        content: &ContentId,
        filter: &[(&str, &str)],
    ) -> Result<Option<ClientItem>, PortError> {
        Ok(self.listed(content, filter).await?.map(ClientItem::from))
    }

    async fn listed(
        &self,
        content: &ContentId,
        filter: &[(&str, &str)],
    ) -> Result<Option<Listed>, PortError> {
        let forms = content.forms();
        let answer = self.get("torrents/info", filter).await?;
        let listed: Vec<Listed> = answer.json()?;
        Ok(listed.into_iter().find(|listed| listed.is_one_of(&forms)))
    }

    async fn look_by_hash(&self, content: &ContentId) -> Result<Option<ClientItem>, PortError> {
        self.look(content, &[("hashes", &content.forms().join("|"))])
            .await
    }

    /// How it begins when its files are to be chosen first. A stopped magnet never gets its metadata (observed on 4.5.2).
    async fn held(&self, payload: &Payload) -> Result<Begins, PortError> {
        match payload {
            Payload::Torrent(_) => Ok(Begins::Stopped),
            // Where all stays stopped, it is the user who has a magnet fetched that cannot be stopped again.
            Payload::Magnet(_) if self.config.paused && !self.stops_magnets().await? => {
                Ok(Begins::Stopped)
            }
            Payload::Magnet(_) => Ok(Begins::WithMetadata),
            // One file, of which nothing is to be chosen.
            Payload::Ed2k(_) => Ok(self.begins()),
        }
    }

    fn begins(&self) -> Begins {
        match self.config.paused {
            true => Begins::Stopped,
            false => Begins::Running,
        }
    }

    async fn stops_magnets(&self) -> Result<bool, PortError> {
        let answer = self.get("app/version", &[]).await?;
        Ok(version(&answer.text()).is_some_and(|version| version >= STOPS_MAGNETS))
    }

    async fn add_as(&self, payload: &Payload, begins: Begins) -> Result<Added, PortError> {
        if payload.id().network() != self.config.network {
            return Err(PortError::Declined {
                origin: origin(&self.config.url),
                message: format!(
                    "it is set up for the network {}",
                    self.config.network.word()
                ),
            });
        }
        self.prepare_category().await?;
        let build = || self.add_request(payload, begins);
        let answer = self.session.send(build).await?;
        match read_add(&answer)? {
            Sent::Accepted => self.accepted(&payload.id()).await,
            Sent::Refused => self.refused(&payload.id()).await,
        }
    }

    fn add_request(&self, payload: &Payload, begins: Begins) -> RequestBuilder {
        let config = &self.config;
        let paused = (begins == Begins::Stopped).to_string();
        let mut form = Form::new()
            // `stopped` since 5.0, `paused` before; each ignores the other.
            .text("paused", paused.clone())
            .text("stopped", paused);
        if begins == Begins::WithMetadata {
            form = form.text("stopCondition", "MetadataReceived");
        }
        form = match payload {
            Payload::Magnet(magnet) => form.text("urls", magnet.expose_uri().to_owned()),
            Payload::Ed2k(link) => form.text("urls", link.to_magnet()),
            Payload::Torrent(torrent) => {
                // Parts are keyed by their file name.
                let part = Part::bytes(torrent.expose_bytes().to_vec())
                    .file_name(format!("{}.torrent", torrent.id));
                form.part("torrents", part)
            }
        };
        if !config.category.is_empty() {
            form = form.text("category", config.category.clone());
        }
        if !config.tags.is_empty() {
            form = form.text("tags", config.tags.join(","));
        }
        form = match &config.save_path {
            Some(path) => form.text("savepath", path.clone()).text("autoTMM", "false"),
            // Without it the category's own path is ignored (observed on 4.5.2).
            None => form.text("autoTMM", "true"),
        };
        self.session
            .request(Method::POST, "torrents/add")
            .multipart(form)
    }

    async fn main_data(&self) -> Result<MainData, PortError> {
        let answer = self.get("sync/maindata", &[("rid", "0")]).await?;
        answer.json()
    }

    async fn preferences(&self) -> Result<Preferences, PortError> {
        self.get("app/preferences", &[]).await?.json()
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Result<(), PortError> {
        let build = || self.session.request(Method::POST, path).form(form);
        let answer = self.session.send(build).await?;
        match answer.status.as_u16() {
            200..=299 => Ok(()),
            _ => Err(answer.unexpected()),
        }
    }

    async fn stop(&self, hash: &str) -> Result<(), PortError> {
        let form = [("hashes", hash)];
        match self.post("torrents/stop", &form).await {
            // Its name before 5.0.
            Err(PortError::Status { status: 404, .. }) => self.post("torrents/pause", &form).await,
            stopped => stopped,
        }
    }

    async fn categories(&self) -> Result<Categories, PortError> {
        self.get("torrents/categories", &[]).await?.json()
    }

    /// Makes the category with its path. Without a path the add makes it by itself.
    async fn prepare_category(&self) -> Result<(), PortError> {
        let (name, Some(path)) = (&self.config.category, &self.config.save_path) else {
            return Ok(());
        };
        if name.is_empty() || self.categories().await?.contains_key(name) {
            return Ok(());
        }
        let form = [("category", name), ("savePath", path)];
        let build = || {
            self.session
                .request(Method::POST, "torrents/createCategory")
                .form(&form)
        };
        let answer = self.session.send(build).await?;
        match answer.status.as_u16() {
            // 409: somebody else made it just now.
            200..=299 | 409 => Ok(()),
            _ => Err(answer.unexpected()),
        }
    }

    /// True when it is listed in time. A look that fails is no answer, and is repeated.
    async fn shows_up(&self, content: &ContentId, within: Duration) -> bool {
        let deadline = Instant::now() + within;
        loop {
            if let Ok(Some(_)) = self.look_by_hash(content).await {
                return true;
            }
            if Instant::now() >= deadline {
                return false;
            }
            sleep(LOOK_EVERY).await;
        }
    }

    /// Once it was accepted nothing but "not listed" can be said, whatever goes wrong.
    async fn accepted(&self, content: &ContentId) -> Result<Added, PortError> {
        let after = LISTED_WITHIN.min(self.config.timeout);
        if self.shows_up(content, after).await {
            return Ok(Added::New);
        }
        Err(PortError::NotListed {
            origin: origin(&self.config.url),
            after,
        })
    }

    /// `Fails.` and 409 mean "already there" or "not wanted": the whole list tells, because a hybrid may be known by another hash.
    async fn refused(&self, content: &ContentId) -> Result<Added, PortError> {
        let is_there = self.look(content, &[]).await?.is_some();
        if is_there || self.shows_up(content, REFUSED_WITHIN).await {
            return Ok(Added::AlreadyThere);
        }
        Err(PortError::Declined {
            origin: origin(&self.config.url),
            message: "it did not take the torrent, and does not list it either".into(),
        })
    }

    fn warnings(&self, version: (u32, u32, u32), categories: &Categories) -> Vec<String> {
        let mut warnings = Vec::new();
        if version < (4, 3, 2) && !self.config.tags.is_empty() {
            warnings.push("tags are set by qBittorrent 4.3.2 and later only".to_owned());
        }
        if let (Some(category), Some(path)) = (
            categories.get(&self.config.category),
            &self.config.save_path,
        ) {
            let same = category.save_path.trim_end_matches(['/', '\\'])
                == path.trim_end_matches(['/', '\\']);
            if !same {
                let there = match category.save_path.as_str() {
                    "" => "its default path",
                    path => path,
                };
                warnings.push(format!("the category '{}' saves to {there} there, not to {path}; torrents sent from here go to {path}", self.config.category));
            }
        }
        warnings
    }
}

#[async_trait]
impl Client for QBittorrent {
    async fn find(&self, content: &ContentId) -> Result<Option<ClientItem>, PortError> {
        let found = self.look_by_hash(content).await?;
        // The filter knows only `hash`, the cut v2 hash for hybrids: one that we know by v1 alone is found by looking at all of ours.
        let v1_alone = content.torrent().is_some() && content.forms().len() == 1;
        if found.is_some() || !v1_alone {
            return Ok(found);
        }
        self.look(content, &[("category", &self.config.category)])
            .await
    }

    async fn add(&self, payload: &Payload) -> Result<Added, PortError> {
        if self.find(&payload.id()).await?.is_some() {
            if self.config.network == Network::Ed2k {
                // We stop what nothing came of; who sends it again wants it after all.
                self.start(&payload.id()).await?;
            }
            return Ok(Added::AlreadyThere);
        }
        self.add_as(payload, self.begins()).await
    }

    async fn add_held(&self, payload: &Payload) -> Result<Added, PortError> {
        if self.find(&payload.id()).await?.is_some() {
            return Ok(Added::AlreadyThere);
        }
        let begins = self.held(payload).await?;
        self.add_as(payload, begins).await
    }

    async fn want(
        &self,
        content: &ContentId,
        files: &[u32],
        wanted: bool,
    ) -> Result<(), PortError> {
        let Some(listed) = self
            .listed(content, &[])
            .await?
            .filter(|_| !files.is_empty())
        else {
            return Ok(());
        };
        let numbers: Vec<String> = files.iter().map(u32::to_string).collect();
        let form = [
            ("hash", listed.hash.as_str()),
            ("id", &numbers.join("|")),
            ("priority", if wanted { "1" } else { "0" }),
        ];
        self.post("torrents/filePrio", &form).await
    }

    async fn start(&self, content: &ContentId) -> Result<(), PortError> {
        let Some(listed) = self
            .listed(content, &[])
            .await?
            .filter(|_| !self.config.paused)
        else {
            return Ok(());
        };
        let form = [("hashes", listed.hash.as_str())];
        match self.post("torrents/start", &form).await {
            // Its name before 5.0.
            Err(PortError::Status { status: 404, .. }) => self.post("torrents/resume", &form).await,
            started => started,
        }
    }

    async fn remove(&self, content: &ContentId) -> Result<(), PortError> {
        let Some(listed) = self.listed(content, &[]).await? else {
            return Ok(());
        };
        if self.config.network == Network::Ed2k {
            // aMule behind it would delete what came of it, whatever it is told.
            return self.stop(&listed.hash).await;
        }
        let form = [("hashes", listed.hash.as_str()), ("deleteFiles", "false")];
        self.post("torrents/delete", &form).await
    }

    async fn tag(&self, content: &ContentId, tag: &str) -> Result<(), PortError> {
        let Some(listed) = self.listed(content, &[]).await? else {
            return Ok(());
        };
        let form = [("hashes", listed.hash.as_str()), ("tags", tag)];
        self.post("torrents/addTags", &form).await
    }

    async fn contents(&self, content: &ContentId) -> Result<Option<Contents>, PortError> {
        let Some(listed) = self.listed(content, &[]).await? else {
            return Ok(None);
        };
        let files = self
            .get("torrents/files", &[("hash", &listed.hash)])
            .await?;
        Ok(Some(contents(&listed.save_path, files.json()?)))
    }

    async fn folder(&self) -> Result<String, PortError> {
        if let Some(path) = &self.config.save_path {
            return Ok(path.clone());
        }
        let usual = self.get("app/defaultSavePath", &[]).await?.text();
        let name = &self.config.category;
        let categories = self.categories().await?;
        let own = categories.get(name).map(|category| &category.save_path);
        Ok(match own.filter(|path| !path.is_empty()) {
            Some(path) => path.clone(),
            // A category without a path has a folder of its own below the usual one.
            None => format!("{}/{name}", usual.trim_end_matches(['/', '\\'])),
        })
    }

    async fn holdings(&self) -> Result<Holdings, PortError> {
        let mut data = self.main_data().await?;
        if !data.is_measured() {
            // Each session measures the disk by itself, and says 0 until it has.
            sleep(MEASURED_WITHIN).await;
            data = self.main_data().await?;
        }
        let mut holdings = Holdings::from(data);
        if !holdings.connected {
            // Without DHT it says so until the first peer connects to it, however well it works.
            holdings.connected = !self.preferences().await?.dht;
        }
        Ok(holdings)
    }

    async fn test(&self) -> Result<TestReport, PortError> {
        let answer = self.get("app/version", &[]).await?;
        let Some(version) = version(&answer.text()) else {
            return Err(answer.bad(match answer.is_markup() {
                true => "a web page instead of qBittorrent's version; is this qBittorrent's own address?",
                false => "this is not qBittorrent's version",
            }));
        };
        let api = self.get("app/webapiVersion", &[]).await?;
        Ok(TestReport {
            program: format!("qBittorrent {} (API {})", answer.detail(), api.detail()),
            warnings: self.warnings(version, &self.categories().await?),
        })
    }
}
