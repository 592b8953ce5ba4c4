//! Deliveries as the API lists them, and their numbers.

use super::{
    super::{Db, Page, Result, Window, on},
    Delivery, columns,
};

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Just those in this state; empty for all.
    pub state: String,
    /// Just those of this target.
    pub target: Option<i64>,
    /// Just events of this type; empty for all.
    pub kind: String,
}

const LIST: &str = concat!(
    "SELECT ",
    columns!(),
    " WHERE ($1 = '' OR delivery.state = $1) AND ($2 < 0 OR delivery.target_id = $2) AND ($3 = '' OR event.type = $3)
    ORDER BY delivery.id DESC LIMIT $4 OFFSET $5"
);
const COUNT: &str =
    "SELECT COUNT(*) FROM delivery JOIN event ON event.seq = delivery.event_seq
    WHERE ($1 = '' OR delivery.state = $1) AND ($2 < 0 OR delivery.target_id = $2) AND ($3 = '' OR event.type = $3)";
const COUNT_IN: &str =
    "SELECT COUNT(*) FROM delivery WHERE state = $1 AND ($2 < 0 OR target_id = $2)";

/// Newest first.
pub async fn page(db: &Db, filter: &Filter, window: Window) -> Result<Page<Delivery>> {
    let target = filter.target.unwrap_or(-1);
    let total = on!(db, pool => sqlx::query_scalar(COUNT).bind(&filter.state).bind(target).bind(&filter.kind).fetch_one(pool).await?);
    let records = on!(db, pool => sqlx::query_as(LIST).bind(&filter.state).bind(target).bind(&filter.kind)
        .bind(window.limit).bind(window.offset).fetch_all(pool).await?);
    Ok(Page { total, records })
}

/// How many are in a state, of one target or of all.
pub async fn count(db: &Db, state: &str, target: Option<i64>) -> Result<i64> {
    let target = target.unwrap_or(-1);
    Ok(
        on!(db, pool => sqlx::query_scalar(COUNT_IN).bind(state).bind(target).fetch_one(pool).await?),
    )
}
