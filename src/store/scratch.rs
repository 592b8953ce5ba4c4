//! A database for a test: SQLite in its folder, or one of its own in the PostgreSQL of `LACUNARR_TEST_POSTGRES`.

use std::path::Path;

use sqlx::Connection;

use super::Db;
use crate::secret::{Secret, random};

/// A new one, and where it is when another process is to open it with [`Db::open`] too.
pub async fn new(data: &Path) -> (Db, Option<String>) {
    let Ok(server) = std::env::var("LACUNARR_TEST_POSTGRES") else {
        return (Db::open(None, data).await.expect("a database"), None);
    };
    let name = format!("lacunarr_{}", hex::encode(random::<6>()));
    let mut connection = sqlx::PgConnection::connect(&format!("{server}/postgres"))
        .await
        .expect("the PostgreSQL of LACUNARR_TEST_POSTGRES");
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .execute(&mut connection)
        .await
        .expect("a database");
    let url = format!("{server}/{name}");
    let db = Db::open(Some(&Secret::new(&url)), data).await;
    (db.expect("a database"), Some(url))
}
