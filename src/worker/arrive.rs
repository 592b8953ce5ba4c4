//! Brings what came to the shelf: looks into it, puts it into its libraries, and takes back what was rejected.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use crate::{
    app::App,
    arrival::{self, Arrived},
    lease::Lease,
    pipeline,
    store::{self, StoreError, grab::Grab},
    worker::scan,
};

/// Between two looks.
const POLL: Duration = Duration::from_secs(60);

/// Works until the program stops.
pub async fn run(app: Arc<App>) {
    while !app.stop.is_cancelled() {
        if let Err(error) = step(&app).await {
            tracing::error!(%error, "what came could not be brought to the shelf; it is tried again");
        }
        tokio::select! {
            () = app.arrival_wake.notified() => {}
            () = tokio::time::sleep(POLL) => {}
            () = app.stop.cancelled() => {}
        }
    }
}

/// Goes on with what was left unfinished, then with everything of which all came. Of several replicas one does. How many grabs it
/// looked at.
///
/// # Errors
/// When the database fails.
pub async fn step(app: &Arc<App>) -> Result<usize, StoreError> {
    let Some(lease) = Lease::try_take(app, "arrive").await? else {
        return Ok(0);
    };
    let done = step_alone(app).await;
    lease.release().await;
    done
}

async fn step_alone(app: &Arc<App>) -> Result<usize, StoreError> {
    arrival::take_back(app).await?;
    arrival::resume(app).await?;
    let grabs = store::grab::arriving::due(&app.db, app.clock.now()).await?;
    let (mut libraries, mut series, mut fault) = (BTreeSet::new(), BTreeSet::new(), None);
    for grab in &grabs {
        if app.stop.is_cancelled() {
            break;
        }
        match one(app, grab).await {
            Ok(placed_in) => {
                if !placed_in.is_empty() {
                    series.insert(grab.series_id);
                }
                libraries.extend(placed_in);
            }
            // The others have their turn all the same.
            Err(error) => fault = Some(error),
        }
    }
    for id in libraries {
        if let Some(row) = store::connection::get(&app.db, id).await? {
            scan::one(app, &row).await;
        }
    }
    for id in series {
        scan::rescan_servers(app, id).await?;
    }
    fault.map_or(Ok(grabs.len()), Err)
}

/// The libraries into which something of it was put.
async fn one(app: &Arc<App>, grab: &Grab) -> Result<BTreeSet<i64>, StoreError> {
    let Arrived { libraries, again } = arrival::arrive(app, grab).await?;
    if again {
        pipeline::next_candidate(app, grab.series_id).await?;
    }
    Ok(libraries)
}
