//! Tells what does not work although nobody came across it: downloads that stand still together, files that are not placed, rules that
//! cannot be asked, an inbox that is away, lists that cannot be read, locked secrets.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use crate::{
    app::App,
    domain::event::Event,
    health,
    lease::Lease,
    store::{self, StoreError},
};

/// Between two looks.
const POLL: Duration = Duration::from_secs(60);

/// Works until the program stops.
pub async fn run(app: Arc<App>) {
    while !app.stop.is_cancelled() {
        app.feeds.tidy(app.clock.now()).await;
        if let Err(error) = step(&app).await {
            tracing::error!(%error, "what does not work could not be told; it is tried again");
        }
        tokio::select! {
            () = tokio::time::sleep(POLL) => {}
            () = app.stop.cancelled() => {}
        }
    }
}

/// Compares what does not work now with what was told, and tells the difference. Of several replicas one does. How much was new, either
/// way.
///
/// # Errors
/// When the database fails.
pub async fn step(app: &Arc<App>) -> Result<usize, StoreError> {
    let Some(lease) = Lease::try_take(app, "health").await? else {
        return Ok(0);
    };
    let told = step_alone(app).await;
    lease.release().await;
    told
}

async fn step_alone(app: &Arc<App>) -> Result<usize, StoreError> {
    let mut now: BTreeMap<String, String> = BTreeMap::new();
    for problem in health::of_itself(app).await? {
        // The first of a subject stands for it.
        now.entry(problem.subject).or_insert(problem.message);
    }
    let known = store::trouble::all(&app.db).await?;
    let new = now.iter().filter(|(subject, _)| !known.contains(*subject));
    let over = known.iter().filter(|subject| !now.contains_key(*subject));
    let degraded = new.clone().map(|(subject, message)| Event::HealthDegraded {
        subject: subject.clone(),
        message: message.clone(),
    });
    let restored = over.clone().map(|subject| Event::HealthRestored {
        subject: subject.clone(),
    });
    let events: Vec<Event> = degraded.chain(restored).collect();
    if events.is_empty() {
        return Ok(0);
    }
    let mut tx = app.db.begin().await?;
    for (subject, _) in new {
        store::trouble::begins(&mut tx, subject, app.clock.now()).await?;
    }
    for subject in over {
        store::trouble::ends(&mut tx, subject).await?;
    }
    store::event::append(&mut tx, &events, app.clock.now()).await?;
    tx.commit().await?;
    Ok(events.len())
}
