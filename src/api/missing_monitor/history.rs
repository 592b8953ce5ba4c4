//! `stats` and `history`: what was sent, a line for each volume.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use serde_json::{Value, json};

use super::{Answer, Refusal, body::Query, number, time};
use crate::{
    app::App,
    domain::grab::GrabState,
    pipeline::sending,
    store::{self, Window},
};

/// Lines at most.
const MOST: i64 = 1000;

/// Figures, and the last ten lines.
pub async fn stats(app: &Arc<App>) -> Result<Answer, Refusal> {
    let (_, monitored, missing) = store::series::counts(&app.db).await?;
    Ok(json!({
        "success": true,
        "monitored_series": monitored,
        "total_missing_volumes": missing,
        "recent_downloads": lines(app, 10).await?,
    })
    .into())
}

/// Newest first.
pub async fn list(app: &Arc<App>, query: &Query) -> Result<Answer, Refusal> {
    let wrong = || Refusal::invalid(format!("limit must be a whole number from 1 to {MOST}"));
    let limit = match query.get("limit") {
        None => 50,
        Some(text) => text
            .parse()
            .ok()
            .filter(|limit| (1..=MOST).contains(limit))
            .ok_or_else(wrong)?,
    };
    let history = lines(app, limit).await?;
    Ok(json!({"success": true, "count": history.len(), "history": history}).into())
}

async fn lines(app: &App, limit: i64) -> Result<Vec<Value>, Refusal> {
    let window = Window { limit, offset: 0 };
    let grabs = store::grab::list(&app.db, store::grab::Filter::default(), window)
        .await?
        .records;
    let mut titles: HashMap<i64, String> = HashMap::new();
    for grab in &grabs {
        if let Entry::Vacant(unknown) = titles.entry(grab.series_id) {
            let stored = store::series::get(&app.db, grab.series_id).await?;
            let title = stored.map(|stored| stored.series.title);
            unknown.insert(title.unwrap_or_default());
        }
    }
    let lines = grabs.iter().flat_map(|grab| {
        let title = &titles[&grab.series_id];
        grab.reserves.iter().map(move |volume| {
            json!({
                "id": grab.id,
                "title": title,
                "volume_number": number(volume),
                "client": grab.client,
                "success": grab.state.is_live() || grab.state == GrabState::OnShelf,
                "message": sending::status(grab),
                "created_at": time(grab.created_at),
                "state": grab.state.word(),
                "release": grab.title,
            })
        })
    });
    Ok(lines
        .take(usize::try_from(limit).unwrap_or_default())
        .collect())
}
