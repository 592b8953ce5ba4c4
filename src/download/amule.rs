//! Stage 5: aMule 2.3.1 and later, over External Connections. What it already has is a success, and nothing counts as sent before it is
//! listed: its "invalid link or already on list" is told apart by looking before and after.

use std::time::Duration;

use self::{
    answers::{Seen, queue, shared},
    codec::{
        Draft, DraftTag, Packet,
        names::{op, prefs, status, tag},
    },
    session::Session,
    settings::{Network, Settings},
};
use crate::{
    domain::link::Ed2kId,
    ports::{ClientItem, ContentFile, Contents, Holding, Holdings, PortError, TestReport},
    secret::Secret,
};

mod adding;
mod answers;
mod as_client;
pub mod codec;
mod connection;
mod login;
#[cfg(test)]
mod recorded;
mod session;
mod settings;

/// As many files as aMule lists to us at most; what is behind them is left out without a word (2.3.3 and 3.0, from their source).
const MOST_LISTED: usize = 0xFFFE;

/// How to reach an aMule, and how it should treat what it is given.
#[derive(Clone, Debug)]
pub struct AmulePlace {
    /// Name or address.
    pub host: String,
    /// Of External Connections, 4712 unless changed.
    pub port: u16,
    /// Of External Connections.
    pub password: Secret,
    /// By name, made when it is not there. None or empty: no category.
    pub category: Option<String>,
    /// For one answer.
    pub timeout: Duration,
}

/// `host:port`, as it stands in messages.
pub fn address(host: &str, port: u16) -> String {
    match host.contains(':') {
        true => format!("[{host}]:{port}"),
        false => format!("{host}:{port}"),
    }
}

/// One aMule.
pub struct Amule {
    session: Session,
    category: Option<String>,
    timeout: Duration,
}

impl Amule {
    /// Connects lazily: nothing is asked yet. One for each aMule is to be kept, since each has a connection of its own.
    pub fn new(place: AmulePlace) -> Self {
        let timeout = place.timeout;
        Self {
            session: Session::new(place.host, place.port, place.password, timeout),
            category: place.category.filter(|name| !name.is_empty()),
            timeout,
        }
    }

    /// Looks for a file among its downloads and the files that it shares.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub async fn find(&self, file: &Ed2kId) -> Result<Option<ClientItem>, PortError> {
        let seen = self.seen(file).await?;
        Ok(seen.filter(|seen| seen.id() == *file).map(ClientItem::from))
    }

    /// Pauses a download. One that it does not list is no fault.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub async fn pause(&self, file: &Ed2kId) -> Result<(), PortError> {
        self.command(op::PARTFILE_PAUSE, file).await
    }

    /// Lets a download that was paused or stopped go on. One that it does not list is no fault.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub async fn resume(&self, file: &Ed2kId) -> Result<(), PortError> {
        self.command(op::PARTFILE_RESUME, file).await
    }

    /// Removes a download **and what came of it**: aMule has no other way. What is complete stays, and so does what it does not list.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub async fn remove(&self, file: &Ed2kId) -> Result<(), PortError> {
        match self.queued(file).await? {
            Some(Seen::Queued(queued)) if !queued.is_over() => {
                self.command(op::PARTFILE_DELETE, file).await
            }
            _ => Ok(()),
        }
    }

    /// The file, and the folder in which it is once it is complete, as aMule sees it; none when it does not list it.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub async fn contents(&self, file: &Ed2kId) -> Result<Option<Contents>, PortError> {
        let seen = self.seen(file).await?;
        let (folder, name) = match seen.filter(|seen| seen.id() == *file) {
            None => return Ok(None),
            Some(Seen::Shared(file)) => (file.folder, file.name),
            Some(Seen::Queued(file)) => {
                let settings = self
                    .settings(prefs::CATEGORIES | prefs::DIRECTORIES)
                    .await?;
                let mut categories = settings.categories.iter();
                let own = categories.find(|known| known.index == file.category);
                let folder = settings.folder(own.filter(|known| known.index != 0));
                (folder.ok_or_else(|| self.no_folder())?, file.name)
            }
        };
        let only = ContentFile {
            index: 0,
            path: name,
            bytes: file.size,
            wanted: true,
        };
        Ok(Some(Contents {
            folder,
            files: vec![only],
        }))
    }

    /// The folder in which complete files come to be, as aMule sees it: that of the category, or Incoming.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub async fn folder(&self) -> Result<String, PortError> {
        let settings = self
            .settings(prefs::CATEGORIES | prefs::DIRECTORIES)
            .await?;
        let own = self
            .category
            .as_deref()
            .and_then(|name| settings.named(name));
        settings.folder(own).ok_or_else(|| self.no_folder())
    }

    /// Everything that it downloads or shares, whoever added it. It does not say how much room there is.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub async fn holdings(&self) -> Result<Holdings, PortError> {
        // In this order: what is complete leaves the first list for the second one, never the other way.
        let (downloads, files) = (self.downloads().await?, self.files().await?);
        let mut items: Vec<Holding> = queue(&downloads).map(Holding::from).collect();
        let queued: std::collections::HashSet<_> =
            queue(&downloads).map(|file| file.id.md4).collect();
        if files.tags().count() >= MOST_LISTED {
            return Err(self.session.bad(format!(
                "it shares more files than the {MOST_LISTED} that it can list; share fewer"
            )));
        }
        let complete = shared(&files).filter(|file| !queued.contains(&file.id.md4));
        items.extend(complete.map(Holding::from));
        Ok(Holdings {
            items,
            free_bytes: None,
            connected: self.network().await?.is_up(),
        })
    }

    /// Says whether an add would work. Adds nothing.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub async fn test(&self) -> Result<TestReport, PortError> {
        let mut warnings: Vec<String> = self.network().await?.warnings().collect();
        let downloads = self.downloads().await?;
        let full = queue(&downloads).filter(|file| file.status == status::INSUFFICIENT);
        match full.count() {
            0 => {}
            count => warnings.push(format!(
                "its disk is full: {count} of its downloads wait for room"
            )),
        }
        if self.settings(prefs::FILES).await?.pauses_new {
            warnings.push("what is added stays paused there until you resume it (its Preferences, Files, Add new files in paused mode)".into());
        }
        Ok(TestReport {
            program: format!("aMule {}", self.session.version().await),
            warnings,
        })
    }

    async fn downloads(&self) -> Result<Packet, PortError> {
        let question = Draft::new(op::GET_DLOAD_QUEUE);
        self.session.look(&question, op::DLOAD_QUEUE).await
    }

    async fn files(&self) -> Result<Packet, PortError> {
        let question = Draft::new(op::GET_SHARED_FILES);
        self.session.look(&question, op::SHARED_FILES).await
    }

    async fn network(&self) -> Result<Network, PortError> {
        let question = Draft::new(op::GET_CONNSTATE);
        let answer = self.session.look(&question, op::MISC_DATA).await?;
        Network::read(&answer).ok_or_else(|| self.session.unexpected(&answer))
    }

    async fn settings(&self, which: u64) -> Result<Settings, PortError> {
        let which = DraftTag::number(tag::SELECT_PREFS, which);
        let question = Draft::new(op::GET_PREFERENCES).with(which);
        let answer = self.session.look(&question, op::SET_PREFERENCES).await?;
        Ok(Settings::read(&answer))
    }

    async fn queued(&self, file: &Ed2kId) -> Result<Option<Seen>, PortError> {
        let downloads = self.downloads().await?;
        let found = queue(&downloads).find(|queued| queued.id.md4 == file.md4);
        Ok(found.map(Seen::Queued))
    }

    /// By its hash alone, as aMule knows files. First where it is before it is complete, then where it is afterwards.
    async fn seen(&self, file: &Ed2kId) -> Result<Option<Seen>, PortError> {
        if let Some(queued) = self.queued(file).await? {
            return Ok(Some(queued));
        }
        let files = self.files().await?;
        let found = shared(&files).find(|shared| shared.id.md4 == file.md4);
        if found.is_none() && files.tags().count() >= MOST_LISTED {
            return Err(self.session.bad(format!("it shares more files than the {MOST_LISTED} that it can list, and this one is not among those; share fewer")));
        }
        Ok(found.map(Seen::Shared))
    }

    fn no_folder(&self) -> PortError {
        self.session
            .bad("it does not say where its Incoming folder is")
    }

    async fn command(&self, what: u8, file: &Ed2kId) -> Result<(), PortError> {
        let hash = DraftTag::hash(tag::PARTFILE, file.md4);
        // A no says that there is no such download.
        self.session
            .act(&Draft::new(what).with(hash))
            .await
            .map(|_| ())
    }
}
