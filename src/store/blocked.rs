//! Table `blocked`: releases that are never sent again.

use std::collections::HashMap;

use crate::domain::{decide::same_release, link::ContentId, offer::Offer};

use super::{Db, Result, Tx, on, within};

/// A release that is never sent again.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Blocked {
    /// Our own number for it.
    pub id: i64,
    /// For this series.
    pub series_id: i64,
    /// Of the offer.
    pub fingerprint: String,
    /// Its identity as stored, when it was known.
    pub content: Option<String>,
    /// Its name.
    pub title: String,
    /// Bytes, when it was known.
    pub size: Option<i64>,
    /// Why.
    pub reason: String,
    /// Since when.
    pub created_at: i64,
}

const PUT: &str = "INSERT INTO blocked (series_id, fingerprint, content, title, reason, created_at, size) VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (series_id, fingerprint) DO UPDATE SET reason = excluded.reason
    RETURNING id, series_id, fingerprint, content, title, size, reason, created_at";
const LIST: &str = "SELECT id, series_id, fingerprint, content, title, size, reason, created_at FROM blocked WHERE $1 < 0 OR series_id = $1 ORDER BY id DESC";
const REMOVE: &str = "DELETE FROM blocked WHERE id = $1";

/// Never sends a release for a series again; the row, which is older when it was blocked already.
pub async fn put(
    tx: &mut Tx,
    series: i64,
    offer: &Offer,
    reason: &str,
    now: i64,
) -> Result<Blocked> {
    let content = offer.content.as_ref().map(ContentId::as_text);
    Ok(
        within!(tx, conn => sqlx::query_as(PUT).bind(series).bind(&offer.fingerprint).bind(content).bind(&offer.title).bind(reason).bind(now).bind(offer.size.map(|size| size as i64))
        .fetch_one(conn).await?),
    )
}

/// Of a series, or of all; newest first.
pub async fn list(db: &Db, series: Option<i64>) -> Result<Vec<Blocked>> {
    Ok(on!(db, pool => sqlx::query_as(LIST).bind(series.unwrap_or(-1)).fetch_all(pool).await?))
}

/// The reasons of a series, by fingerprint, by the forms of [`ContentId`], and by [`same_release`].
pub async fn reasons(db: &Db, series: i64) -> Result<HashMap<String, String>> {
    let mut reasons = HashMap::new();
    for row in list(db, Some(series)).await? {
        if let Some(size) = row.size {
            reasons.insert(same_release(&row.title, size), row.reason.clone());
        }
        let content = row.content.as_deref().and_then(ContentId::parse);
        for form in content.iter().flat_map(ContentId::forms) {
            reasons.insert(form, row.reason.clone());
        }
        reasons.insert(row.fingerprint, row.reason);
    }
    Ok(reasons)
}

/// It may be sent again. False when there was none.
pub async fn remove(tx: &mut Tx, id: i64) -> Result<bool> {
    Ok(within!(tx, conn => sqlx::query(REMOVE).bind(id).execute(conn).await?.rows_affected()) > 0)
}
