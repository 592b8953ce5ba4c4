//! What waited for the time of a digest becomes one message.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::target::Target;
use crate::{
    app::App,
    clock::iso,
    store::{self, StoreError, delivery::Delivery},
};

/// Deliveries that one summary tells of; more become another one.
pub const MOST: i64 = 10_000;
/// Bytes of the events that are in its body one by one: bodies are to stay below 20 kB.
const MOST_LISTED: usize = 16_000;

/// Writes the summary of these down, with an id that stays.
///
/// # Errors
/// When the database fails.
pub async fn gather(app: &App, target: &Target, members: &[Delivery]) -> Result<(), StoreError> {
    let ids: Vec<i64> = members.iter().map(|member| member.id).collect();
    let mut tx = app.db.begin().await?;
    let data = data(members).to_string();
    let now = app.clock.now();
    match store::delivery::gather(&mut tx, target.row.id, &ids, &data, now).await? {
        true => tx.commit().await,
        // Another process gathered some of them: it is read anew.
        false => Ok(()),
    }
}

/// How many there are of each type, and the first of them.
fn data(members: &[Delivery]) -> Value {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for member in members {
        *counts.entry(&member.kind).or_default() += 1;
    }
    let event = |member: &Delivery| {
        let data: Value = serde_json::from_str(&member.data).unwrap_or_default();
        json!({"id": member.event_id, "type": member.kind, "timestamp": iso(member.created_at), "data": data})
    };
    let mut left = MOST_LISTED;
    let fits = |event: &Value| {
        let bytes = event.to_string().len();
        left.checked_sub(bytes).map(|rest| left = rest).is_some()
    };
    let events: Vec<Value> = members.iter().map(event).take_while(fits).collect();
    json!({"count": members.len(), "counts": counts, "events": events})
}
