//! Who knows how many volumes of a series exist.

use async_trait::async_trait;

use super::{PortError, TestReport};
use crate::domain::{
    catalogue::{Entry, Planned, Sought},
    identity,
};

/// Who knows how many volumes of a series exist, and when they come out. It never offers a download. Whoever asks it keeps its pace.
#[async_trait]
pub trait Catalogue: Send + Sync {
    /// Which one it is.
    fn which(&self) -> identity::Catalogue;

    /// Series that may be meant, in its own order, at most ten; with statements where the answer holds them anyway.
    async fn search(&self, sought: &Sought) -> Result<Vec<Entry>, PortError>;

    /// Of how many series it can be asked with one request.
    fn batch(&self) -> usize {
        1
    }

    /// What it says of series, by their ids, at most [`Catalogue::batch`]; those that it does not have are left out.
    async fn series(&self, ids: &[String]) -> Result<Vec<Entry>, PortError>;

    /// What comes out in a month, of whatever series; none when it has no such page.
    async fn month(&self, year: i32, month: u32) -> Result<Option<Vec<Planned>>, PortError> {
        let _ = (year, month);
        Ok(None)
    }

    /// What a page of a series says that a browser saved; none of a catalogue that has an interface for programs.
    fn read_page(&self, page: &str) -> Option<Result<Entry, PortError>> {
        let _ = page;
        None
    }

    /// Says whether it can be asked.
    async fn test(&self) -> Result<TestReport, PortError>;
}
