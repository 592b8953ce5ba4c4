//! `ebdz.db` of Manga_Organizer, which this program replaces: table `ed2k_links` of a foreign SQLite file. Only read.

use std::path::Path;

use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

/// A row of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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

/// Why it cannot be read. Each is a sentence for the user.
#[derive(Debug, thiserror::Error)]
pub enum OldIndexError {
    /// It is not there, or cannot be looked into.
    #[error("{place} cannot be opened; give the file ebdz.db of Manga_Organizer")]
    Open { place: String, source: sqlx::Error },
    /// It is something else.
    #[error(
        "{place} is not the file ebdz.db of Manga_Organizer: it has no table 'ed2k_links' with the columns that are read"
    )]
    Shape { place: String, source: sqlx::Error },
    /// It broke off.
    #[error(
        "{place} is damaged and cannot be read to its end; what stands before that was taken over"
    )]
    Damaged { place: String, source: sqlx::Error },
}

/// What is too long to be one is cut; then it cannot be read. As bytes: what was scraped may be no UTF-8.
const LINKS: &str = "SELECT id, CAST(SUBSTR(COALESCE(link, ''), 1, 8192) AS BLOB), CAST(SUBSTR(COALESCE(thread_id, ''), 1, 20) AS BLOB),
    CAST(SUBSTR(COALESCE(thread_url, ''), 1, 1000) AS BLOB), CAST(SUBSTR(COALESCE(thread_title, ''), 1, 300) AS BLOB),
    CAST(SUBSTR(COALESCE(cover_image, ''), 1, 1000) AS BLOB) FROM ed2k_links WHERE id > $1 ORDER BY id LIMIT $2";

type Row = (i64, Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>);

/// An opened file.
pub struct OldIndex {
    file: SqliteConnection,
    place: String,
}

impl OldIndex {
    /// Opens it.
    ///
    /// # Errors
    /// When it is not there, or something else.
    pub async fn open(path: &Path) -> Result<Self, OldIndexError> {
        let place = path.display().to_string();
        let options = SqliteConnectOptions::new().filename(path).read_only(true);
        let mut file = match SqliteConnection::connect_with(&options).await {
            Ok(file) => file,
            Err(source) if is_another(&source) => {
                return Err(OldIndexError::Shape { place, source });
            }
            Err(source) => return Err(OldIndexError::Open { place, source }),
        };
        match rows(&mut file, i64::MIN, 1).await {
            Ok(_) => Ok(Self { file, place }),
            Err(source) => Err(OldIndexError::Shape { place, source }),
        }
    }

    /// The next rows behind this number.
    ///
    /// # Errors
    /// When the file is damaged.
    pub async fn after(&mut self, id: i64, limit: i64) -> Result<Vec<OldLink>, OldIndexError> {
        let rows = rows(&mut self.file, id, limit).await;
        rows.map_err(|source| OldIndexError::Damaged {
            place: self.place.clone(),
            source,
        })
    }
}

/// SQLite's own "file is not a database".
fn is_another(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| code == "26")
}

async fn rows(
    file: &mut SqliteConnection,
    id: i64,
    limit: i64,
) -> Result<Vec<OldLink>, sqlx::Error> {
    let rows: Vec<Row> = sqlx::query_as(LINKS)
        .bind(id)
        .bind(limit)
        .fetch_all(file)
        .await?;
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).replace('\0', "");
    let link = |(id, link, thread_id, thread_url, thread_title, cover): Row| OldLink {
        id,
        link: text(link),
        thread_id: text(thread_id),
        thread_url: text(thread_url),
        thread_title: text(thread_title),
        cover: text(cover),
    };
    Ok(rows.into_iter().map(link).collect())
}
