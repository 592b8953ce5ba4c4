//! The only SQL. One text serves SQLite and PostgreSQL; where they differ, two constants stand side by side.

pub mod blocked;
pub mod catalogue;
pub mod check;
pub mod connection;
pub mod crawl;
pub mod delivery;
pub mod event;
pub mod feed;
pub mod file;
pub mod forum;
pub mod grab;
pub mod grab_volume;
pub mod hint;
pub mod hook;
pub mod identity;
pub mod import_list;
pub mod indexer;
pub mod lease;
pub mod library;
pub mod link;
pub mod merge;
pub mod offer;
pub mod old_index;
pub mod opentome;
pub mod placement;
pub mod profile;
pub mod review;
pub mod rule;
#[cfg(test)]
pub mod scratch;
pub mod series;
pub mod series_thread;
pub mod setting;
pub mod suggestion;
pub mod target;
pub mod trouble;
pub mod want;

use std::{path::Path, str::FromStr, time::Duration};

use sqlx::{
    PgPool, Postgres, Sqlite, SqlitePool, Transaction,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::secret::Secret;

/// The database: a pool of either kind.
#[derive(Clone, Debug)]
pub enum Db {
    /// Embedded; one process. What another connection writes makes a connection forget the pages that it knows, so all writing
    /// goes through one.
    Sqlite {
        /// Several, which cannot write.
        readers: SqlitePool,
        /// Just one connection.
        writer: SqlitePool,
    },
    /// For several processes.
    Postgres(PgPool),
}

/// A transaction. Dropped without [`Tx::commit`], it never happened.
pub enum Tx {
    /// Begun with `BEGIN IMMEDIATE` when it writes, so it never fails half-way for want of the write lock.
    Sqlite(Transaction<'static, Sqlite>),
    /// Read committed when it writes.
    Postgres(Transaction<'static, Postgres>),
}

/// What went wrong in the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It cannot be opened.
    #[error("the database cannot be opened: {place}")]
    Open { place: String, source: sqlx::Error },
    /// Its tables cannot be made or changed.
    #[error("the database cannot be migrated")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A statement failed.
    #[error("the database failed")]
    Query(#[from] sqlx::Error),
    /// A row holds what this version cannot read.
    #[error("the database holds something unreadable in {place}")]
    Unreadable { place: &'static str },
}

/// Result of a database operation.
pub type Result<T> = std::result::Result<T, StoreError>;

impl StoreError {
    /// True when a unique index said no: someone else was first.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Query(sqlx::Error::Database(error)) if error.is_unique_violation())
    }
}

/// Runs one body that reads on the pool of either kind.
macro_rules! on {
    ($db:expr, $conn:ident => $body:expr) => {
        match $db {
            crate::store::Db::Sqlite { readers: $conn, .. } => $body,
            crate::store::Db::Postgres($conn) => $body,
        }
    };
}

/// Runs one body that is a single writing statement on the pool of either kind.
macro_rules! on_writer {
    ($db:expr, $conn:ident => $body:expr) => {
        match $db {
            crate::store::Db::Sqlite { writer: $conn, .. } => $body,
            crate::store::Db::Postgres($conn) => $body,
        }
    };
}

/// Runs one body in the transaction of either kind.
macro_rules! within {
    ($tx:expr, $conn:ident => $body:expr) => {
        match $tx {
            crate::store::Tx::Sqlite(tx) => {
                let $conn = &mut **tx;
                $body
            }
            crate::store::Tx::Postgres(tx) => {
                let $conn = &mut **tx;
                $body
            }
        }
    };
}

/// A statement between `SELECT …` and what follows its rows, which are those of a JSON array in `$1`: one statement for many rows.
/// A field of a row is `value ->> 'name'`, which is text on PostgreSQL. SQLite would write the text of a row out for each of its fields
/// if it was not told to do so once.
macro_rules! of_rows {
    ($select:expr, $rest:expr) => {
        crate::store::OfRows {
            sqlite: concat!(
                $select,
                " FROM (WITH each AS MATERIALIZED (SELECT value FROM json_each($1)) SELECT value FROM each) AS each ",
                $rest
            ),
            postgres: concat!(
                $select,
                " FROM json_array_elements(CAST($1 AS JSON)) ",
                $rest
            ),
        }
    };
}

pub(crate) use {of_rows, on, on_writer, within};

/// See [`of_rows`]: what the two databases call the rows of an array is all in which they differ.
struct OfRows {
    sqlite: &'static str,
    postgres: &'static str,
}

impl OfRows {
    fn text(&self, tx: &Tx) -> &'static str {
        match tx {
            Tx::Sqlite(_) => self.sqlite,
            Tx::Postgres(_) => self.postgres,
        }
    }

    fn text_on(&self, db: &Db) -> &'static str {
        match db {
            Db::Sqlite { .. } => self.sqlite,
            Db::Postgres(_) => self.postgres,
        }
    }
}

impl Db {
    /// Opens `postgres://…`, or the SQLite file `lacunarr.db` in the data directory, and brings its tables up to date.
    ///
    /// # Errors
    /// When it cannot be reached or migrated.
    pub async fn open(url: Option<&Secret>, data: &Path) -> Result<Self> {
        match url {
            Some(url) => Self::open_postgres(url).await,
            None => Self::open_sqlite(&data.join("lacunarr.db")).await,
        }
    }

    async fn open_sqlite(path: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // What a crash of the program leaves is whole either way; see `begin`.
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(20))
            // Pages that are written again and again, as those of a check are, go to the database file once in a while.
            .pragma("wal_autocheckpoint", "8000")
            // What a statement may have to undo is not written to a file of its own.
            .pragma("temp_store", "MEMORY");
        let failed = |source| StoreError::Open {
            place: path.display().to_string(),
            source,
        };
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            // A file does not hang up.
            .test_before_acquire(false)
            // The first import of a large library is one transaction, and others wait for it.
            .acquire_timeout(Duration::from_secs(120))
            // Kibibytes; its indexes are read again and again.
            .connect_with(options.clone().pragma("cache_size", "-8000"))
            .await
            .map_err(failed)?;
        sqlx::migrate!("migrations/sqlite").run(&writer).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(4)
            .test_before_acquire(false)
            .connect_with(options.pragma("query_only", "ON"))
            .await
            .map_err(failed)?;
        Ok(Self::Sqlite { readers, writer })
    }

    async fn open_postgres(url: &Secret) -> Result<Self> {
        let failed = |source| StoreError::Open {
            place: "the PostgreSQL server of database.url".into(),
            source,
        };
        let options = PgConnectOptions::from_str(url.expose()).map_err(failed)?;
        let pool = PgPoolOptions::new()
            .max_connections(8)
            .acquire_timeout(Duration::from_secs(20))
            .connect_with(options)
            .await
            .map_err(failed)?;
        sqlx::migrate!("migrations/postgres").run(&pool).await?;
        Ok(Self::Postgres(pool))
    }

    /// Begins to write what has to outlive a power cut from then on that [`Tx::commit`] returns.
    ///
    /// # Errors
    /// When no connection is free in time.
    pub async fn begin(&self) -> Result<Tx> {
        self.begin_with("PRAGMA synchronous = FULL; BEGIN IMMEDIATE")
            .await
    }

    /// Begins to write what a power cut of the next moments may undo as a whole, because it is found out again: a check without
    /// sending. It does not wait for the disk. What `on_writer` writes is of this kind too.
    ///
    /// # Errors
    /// When no connection is free in time.
    pub async fn begin_unsynced(&self) -> Result<Tx> {
        self.begin_with("PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE")
            .await
    }

    /// Begins to read, for a look at what would happen: all of it is as it was at the first look. What writes fails in it; nobody is waited
    /// for, and nobody waits.
    ///
    /// # Errors
    /// When no connection is free in time.
    pub async fn begin_reading(&self) -> Result<Tx> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Tx::Sqlite(readers.begin().await?),
            Self::Postgres(pool) => {
                let postgres = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                Tx::Postgres(pool.begin_with(postgres).await?)
            }
        })
    }

    async fn begin_with(&self, sqlite: &'static str) -> Result<Tx> {
        Ok(match self {
            Self::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with(sqlite).await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// Asks the database for an answer, whatever it is.
    ///
    /// # Errors
    /// When there is none.
    pub async fn ping(&self) -> Result<()> {
        on!(self, pool => sqlx::query("SELECT 1").execute(pool).await.map(drop))?;
        Ok(())
    }

    /// Waits until every connection is given back, and closes them.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }

    /// `sqlite` or `postgres`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "sqlite",
            Self::Postgres(_) => "postgres",
        }
    }
}

impl Tx {
    /// Makes it true.
    ///
    /// # Errors
    /// When the database says no; then nothing happened.
    pub async fn commit(self) -> Result<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// Rows in all.
    pub total: i64,
    /// Rows of this page.
    pub records: Vec<T>,
}

/// Which rows of a list.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// Rows at most.
    pub limit: i64,
    /// Rows to skip.
    pub offset: i64,
}

impl Window {
    /// These rows of a list that is in memory.
    pub fn cut<T>(self, all: Vec<T>) -> Page<T> {
        let (total, bound) = (all.len() as i64, |number: i64| {
            usize::try_from(number).unwrap_or(0)
        });
        let rows = all
            .into_iter()
            .skip(bound(self.offset))
            .take(bound(self.limit));
        Page {
            total,
            records: rows.collect(),
        }
    }
}

fn to_json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("plain data serialises")
}

fn from_json<T: serde::de::DeserializeOwned>(place: &'static str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|_| StoreError::Unreadable { place })
}

fn from_text<T: FromStr>(place: &'static str, text: &str) -> Result<T> {
    text.parse().map_err(|_| StoreError::Unreadable { place })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_a_list_in_memory_is_cut_out_of_it() {
        let window = |limit, offset| Window { limit, offset };
        for (window, expected) in [
            (window(2, 0), vec![1, 2]),
            (window(2, 2), vec![3]),
            (window(2, 4), vec![]),
        ] {
            let page = window.cut(vec![1, 2, 3]);
            assert_eq!((page.total, page.records), (3, expected));
        }
    }
}
