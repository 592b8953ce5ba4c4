//! `manga-metadata.sqlite`, as OpenTome publishes it (`PRAGMA user_version` 2, `export/to_mangarr.py` of opentomedb/opentome): a foreign
//! SQLite file, one row of `series` for each line of volumes that a publisher puts out. Only read, and never believed.

use std::path::Path;

use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use super::{Result, StoreError};

/// A line of volumes: one medium, one language, one publisher.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Line {
    /// Its number in this file.
    pub id: i64,
    /// Its public id, `rl_` and twelve hexadecimal digits.
    pub tome_id: String,
    /// As English calls it.
    pub name: String,
    /// As its own language calls it; empty for none.
    pub local_name: String,
    /// The first author; empty for none.
    pub author: String,
    /// As `fr`, `ja`, `zh-TW`.
    pub language: String,
    /// `manga`, `light_novel`…
    pub medium: String,
    /// `ongoing`, `completed`, `stalled`; empty for none.
    pub status: String,
    /// When it began; 0 for not known.
    pub year: i64,
    /// Its volumes hold several of the original ones.
    pub is_omnibus: bool,
    /// The number of the line that it was made of; 0 for none.
    pub original: i64,
}

/// A volume of a line.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Volume {
    /// As it is written, `7` or `7.5`.
    pub number: String,
    /// `2026-07-08`, `2026-07` or `2026`; empty for none.
    pub day: String,
    /// Thirteen digits; empty for none.
    pub isbn: String,
}

/// Lines, with this condition behind them. What is too long is cut.
macro_rules! lines {
    ($rest:literal) => {
        concat!(
            "SELECT CAST(gcd_series_id AS INTEGER) AS id, SUBSTR(CAST(COALESCE(tome_id, '') AS TEXT), 1, 40) AS tome_id,
            SUBSTR(CAST(COALESCE(name, '') AS TEXT), 1, 300) AS name, SUBSTR(CAST(COALESCE(local_name, '') AS TEXT), 1, 300) AS local_name,
            SUBSTR(CAST(COALESCE(author, '') AS TEXT), 1, 300) AS author, SUBSTR(CAST(COALESCE(language, '') AS TEXT), 1, 10) AS language,
            SUBSTR(CAST(COALESCE(medium, '') AS TEXT), 1, 40) AS medium, SUBSTR(CAST(COALESCE(status, '') AS TEXT), 1, 40) AS status,
            CAST(COALESCE(year_began, 0) AS INTEGER) AS year, CAST(COALESCE(is_omnibus, 0) AS INTEGER) <> 0 AS is_omnibus,
            CAST(COALESCE(orig_series_id, 0) AS INTEGER) AS original FROM series ",
            $rest
        )
    };
}

const TABLES: &str = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name IN ('meta', 'series', 'series_alias', 'volumes', 'volumes_special', 'id_redirect')";
const LABEL: &str =
    "SELECT SUBSTR(CAST(COALESCE(value, '') AS TEXT), 1, 60) FROM meta WHERE key = 'gcd_dump'";
const NAMED: &str = lines!(
    "WHERE gcd_series_id IN (SELECT gcd_series_id FROM series WHERE name = $1 COLLATE NOCASE OR local_name = $1 COLLATE NOCASE
    UNION SELECT gcd_series_id FROM series_alias WHERE alias = $1 COLLATE NOCASE
    UNION SELECT gcd_series_id FROM series_alias WHERE $2 <> '' AND alias = $2 COLLATE NOCASE)
    ORDER BY is_main DESC, volume_count DESC, gcd_series_id LIMIT 50"
);
const OF_ISBN: &str =
    lines!("WHERE gcd_series_id IN (SELECT gcd_series_id FROM volumes WHERE isbn13 = $1) LIMIT 5");
const OF_ID: &str = lines!(
    "WHERE tome_id = COALESCE((SELECT new_tome_id FROM id_redirect WHERE old_tome_id = $1), $1) LIMIT 1"
);
const AROUND: &str = lines!(
    "WHERE gcd_series_id = $1 OR orig_series_id = $1 ORDER BY is_main DESC, volume_count DESC, gcd_series_id LIMIT 50"
);
const ALIASES: &str = "SELECT SUBSTR(CAST(alias AS TEXT), 1, 300) FROM series_alias WHERE gcd_series_id = $1 ORDER BY rowid LIMIT 200";
const VOLUMES: &str = "SELECT CAST(volume_number AS TEXT) AS number,
    SUBSTR(CAST(COALESCE(release_date_raw, release_date, '') AS TEXT), 1, 10) AS day, SUBSTR(CAST(COALESCE(isbn13, '') AS TEXT), 1, 20) AS isbn
    FROM volumes WHERE gcd_series_id = $1
    UNION ALL SELECT SUBSTR(CAST(volume_label AS TEXT), 1, 20), SUBSTR(CAST(COALESCE(release_date, '') AS TEXT), 1, 10),
    SUBSTR(CAST(COALESCE(isbn13, '') AS TEXT), 1, 20) FROM volumes_special WHERE gcd_series_id = $1 LIMIT 3000";

/// An opened file.
pub struct OpenTomeFile(SqliteConnection);

impl OpenTomeFile {
    /// Opens it.
    ///
    /// # Errors
    /// When it is not there, or another file.
    pub async fn open(path: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .read_only(true)
            // It is replaced as a whole, never written.
            .immutable(true)
            .pragma("trusted_schema", "OFF")
            .pragma("query_only", "ON");
        let opened = SqliteConnection::connect_with(&options).await;
        let mut file = opened.map(Self).map_err(|source| StoreError::Open {
            place: path.display().to_string(),
            source,
        })?;
        // A view could take for ever.
        let tables: i64 = sqlx::query_scalar(TABLES).fetch_one(&mut file.0).await?;
        match tables {
            6 => Ok(file),
            _ => Err(StoreError::Unreadable {
                place: "the file of OpenTome: it has other tables",
            }),
        }
    }

    /// Which build it is, as `opentome-2026-09-24`.
    ///
    /// # Errors
    /// When the file is damaged.
    pub async fn label(&mut self) -> Result<Option<String>> {
        Ok(sqlx::query_scalar(LABEL)
            .fetch_optional(&mut self.0)
            .await?)
    }

    /// Lines with this title, in any language; `plain` is the same as its aliases are written too. At most 50, main lines first.
    ///
    /// # Errors
    /// When the file is damaged.
    pub async fn named(&mut self, title: &str, plain: &str) -> Result<Vec<Line>> {
        Ok(sqlx::query_as(NAMED)
            .bind(title)
            .bind(plain)
            .fetch_all(&mut self.0)
            .await?)
    }

    /// Lines with a volume of this number.
    ///
    /// # Errors
    /// When the file is damaged.
    pub async fn of_isbn(&mut self, isbn: &str) -> Result<Vec<Line>> {
        Ok(sqlx::query_as(OF_ISBN)
            .bind(isbn)
            .fetch_all(&mut self.0)
            .await?)
    }

    /// The line of a public id, or what has taken its place.
    ///
    /// # Errors
    /// When the file is damaged.
    pub async fn line(&mut self, tome_id: &str) -> Result<Option<Line>> {
        Ok(sqlx::query_as(OF_ID)
            .bind(tome_id)
            .fetch_optional(&mut self.0)
            .await?)
    }

    /// A line and those that were made of it, at most 50, main lines first.
    ///
    /// # Errors
    /// When the file is damaged.
    pub async fn around(&mut self, line: i64) -> Result<Vec<Line>> {
        Ok(sqlx::query_as(AROUND)
            .bind(line)
            .fetch_all(&mut self.0)
            .await?)
    }

    /// Other names of a line, at most 200.
    ///
    /// # Errors
    /// When the file is damaged.
    pub async fn aliases(&mut self, line: i64) -> Result<Vec<String>> {
        Ok(sqlx::query_scalar(ALIASES)
            .bind(line)
            .fetch_all(&mut self.0)
            .await?)
    }

    /// Its volumes, at most 3,000, in no order.
    ///
    /// # Errors
    /// When the file is damaged.
    pub async fn volumes(&mut self, line: i64) -> Result<Vec<Volume>> {
        Ok(sqlx::query_as(VOLUMES)
            .bind(line)
            .fetch_all(&mut self.0)
            .await?)
    }
}
