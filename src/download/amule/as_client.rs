//! aMule as a client: what it is given are files of ed2k, each a download of its own.

use async_trait::async_trait;

use super::Amule;
use crate::{
    domain::link::{ContentId, Ed2kId, Network, Payload},
    ports::{Added, Client, ClientItem, Contents, Holdings, PortError, TestReport},
};

#[async_trait]
impl Client for Amule {
    async fn find(&self, content: &ContentId) -> Result<Option<ClientItem>, PortError> {
        match content.ed2k() {
            Some(file) => Self::find(self, file).await,
            None => Ok(None),
        }
    }

    async fn add(&self, payload: &Payload) -> Result<Added, PortError> {
        match payload {
            Payload::Ed2k(link) => Self::add(self, link).await,
            _ => Err(self.declined(&format!(
                "it takes links of {} and nothing else",
                Network::Ed2k.word()
            ))),
        }
    }

    /// One file, of which nothing is to be chosen.
    async fn add_held(&self, payload: &Payload) -> Result<Added, PortError> {
        Client::add(self, payload).await
    }

    /// A download is one file, which is wanted.
    async fn want(&self, _: &ContentId, _: &[u32], _: bool) -> Result<(), PortError> {
        Ok(())
    }

    /// Nothing was held back: what is paused was paused by the user.
    async fn start(&self, _: &ContentId) -> Result<(), PortError> {
        Ok(())
    }

    /// aMule deletes what came of a download that it removes: it is paused instead.
    async fn remove(&self, content: &ContentId) -> Result<(), PortError> {
        self.pause_file(content.ed2k()).await
    }

    /// It has no tags: what nothing comes of is paused.
    async fn tag(&self, content: &ContentId, _: &str) -> Result<(), PortError> {
        self.pause_file(content.ed2k()).await
    }

    async fn contents(&self, content: &ContentId) -> Result<Option<Contents>, PortError> {
        match content.ed2k() {
            Some(file) => Self::contents(self, file).await,
            None => Ok(None),
        }
    }

    async fn folder(&self) -> Result<String, PortError> {
        Self::folder(self).await
    }

    async fn holdings(&self) -> Result<Holdings, PortError> {
        Self::holdings(self).await
    }

    async fn test(&self) -> Result<TestReport, PortError> {
        Self::test(self).await
    }
}

impl Amule {
    async fn pause_file(&self, file: Option<&Ed2kId>) -> Result<(), PortError> {
        match file {
            Some(file) => self.pause(file).await,
            None => Ok(()),
        }
    }
}
