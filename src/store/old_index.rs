//! `ebdz.db` of Manga_Organizer, which this program replaces: table `ed2k_links` of a foreign SQLite file. Only read.

use std::path::Path;

use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use super::{Result, StoreError};

/// A row of it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct OldLink {
    /// Its number there.
    pub id: i64,
    /// The link as it was found.
    pub link: String,
    /// The number of its thread; empty where only the address says it.
    pub thread_id: String,
    /// The address of its thread.
    pub thread_url: String,
    /// The title of its thread.
    pub thread_title: String,
    /// The address of its cover; empty for none.
    pub cover: String,
}

/// What is too long to be one is cut; then it cannot be read.
const LINKS: &str = "SELECT id, SUBSTR(COALESCE(link, ''), 1, 8192) AS link, SUBSTR(CAST(COALESCE(thread_id, '') AS TEXT), 1, 20) AS thread_id,
    SUBSTR(COALESCE(thread_url, ''), 1, 1000) AS thread_url, SUBSTR(COALESCE(thread_title, ''), 1, 300) AS thread_title,
    SUBSTR(COALESCE(cover_image, ''), 1, 1000) AS cover FROM ed2k_links WHERE id > $1 ORDER BY id LIMIT $2";

/// An opened file.
pub struct OldIndex(SqliteConnection);

impl OldIndex {
    /// Opens it.
    ///
    /// # Errors
    /// When it is not there, or no SQLite file.
    pub async fn open(path: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new().filename(path).read_only(true);
        let opened = SqliteConnection::connect_with(&options).await;
        opened.map(Self).map_err(|source| StoreError::Open {
            place: path.display().to_string(),
            source,
        })
    }

    /// The next rows behind this number.
    ///
    /// # Errors
    /// When the file has no such table, or is damaged.
    pub async fn after(&mut self, id: i64, limit: i64) -> Result<Vec<OldLink>> {
        Ok(sqlx::query_as(LINKS)
            .bind(id)
            .bind(limit)
            .fetch_all(&mut self.0)
            .await?)
    }
}
