//! Follows what was sent: one question to each client, for all of its grabs at once. What comes of nobody is blocked, and the next candidate
//! takes its place in the same step.

use std::{collections::HashMap, sync::Arc, time::Duration};

use crate::{
    app::App,
    domain::{
        following::{Doing, Stuck, Track, follow},
        grab::{GrabState, Observation},
        link::ContentId,
        units::HOUR,
    },
    health, holdings,
    lease::Lease,
    pipeline::{self, sending},
    ports::{Client, Holding},
    store::{self, StoreError, connection::Connection, grab::Grab},
};

/// Between two looks.
const POLL: Duration = Duration::from_secs(60);
/// The looks after someone said that a download is complete, and its client was asked: it may not show that yet, and the grab may not be
/// written down as sent yet.
const SOON: [Duration; 4] = [
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(16),
];

/// What a step did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tracked {
    /// Grabs that were looked at.
    pub looked_at: usize,
    /// Of these, whose state is another one now.
    pub changed: usize,
    /// Series for which another candidate was looked for, because one came to nothing.
    pub again: usize,
}

/// Works until the program stops.
pub async fn run(app: Arc<App>) {
    let mut soon = [].iter();
    while !app.stop.is_cancelled() {
        if let Err(error) = step(&app).await {
            tracing::error!(%error, "what was sent could not be followed; it is tried again");
        }
        let next = soon.next().unwrap_or(&POLL);
        tokio::select! {
            () = app.track_wake.notified() => soon = SOON.iter(),
            () = tokio::time::sleep(*next) => {}
            () = app.stop.cancelled() => {}
        }
    }
}

/// Looks at everything that was sent and is not over, at each client once. Of several replicas one does.
///
/// # Errors
/// When the database fails.
pub async fn step(app: &Arc<App>) -> Result<Tracked, StoreError> {
    let mut tracked = Tracked::default();
    for row in store::connection::list(&app.db, "client").await? {
        if !row.enabled || health::is_resting(&row, app.clock.now()) {
            continue;
        }
        let Some(lease) = Lease::try_take(app, &format!("track:{}", row.id)).await? else {
            continue;
        };
        let followed = of_client(app, &row, &mut tracked).await;
        lease.release().await;
        for series in followed? {
            pipeline::next_candidate(app, series).await?;
            tracked.again += 1;
        }
    }
    Ok(tracked)
}

/// The series of which something came to nothing.
async fn of_client(
    app: &Arc<App>,
    row: &Connection,
    tracked: &mut Tracked,
) -> Result<Vec<i64>, StoreError> {
    let Ok(client) = app.client(row) else {
        return Ok(Vec::new());
    };
    // What a crash, or the client itself, kept there.
    sending::take_out(app, row, &*client).await?;
    let grabs = store::grab::followed(&app.db, row.id).await?;
    if grabs.is_empty() {
        return Ok(Vec::new());
    }
    let holdings = match holdings::ask(app, row, &*client).await {
        Ok(holdings) => holdings,
        Err(error) => {
            health::failed(app, row.id, &error).await?;
            return Ok(Vec::new());
        }
    };
    health::worked_if_failed(app, row).await?;
    let now = app.clock.now();
    let by_hash = by_hash(&holdings.items);
    let mut looks: Vec<Look> = Vec::with_capacity(grabs.len());
    for grab in grabs {
        let forms = grab.content.forms();
        let held = forms.iter().find_map(|form| by_hash.get(form.as_str()));
        let sight = held.map(|held| held.sight);
        let (track, observation) = follow(&grab.track, sight.as_ref(), holdings.connected, now);
        // What is there before its files are chosen is no sign of them.
        let early = [Some(Observation::Moving), Some(Observation::Complete)];
        let is_early = grab.choosing.is_open() && early.contains(&observation);
        let observation = observation.filter(|_| !is_early);
        let state = held.map(|held| held.state.clone());
        looks.push(Look {
            grab,
            track,
            state,
            observation,
        });
    }
    write_looks(app, &looks).await?;
    tracked.looked_at += looks.len();
    for place in to_blame(app, row, &looks).await? {
        looks[place].observation = Some(Observation::Stuck);
    }
    let mut again = Vec::new();
    for look in &looks {
        let news = |seen: &Observation| look.grab.state.after(*seen).is_some();
        let Some(observation) = look.observation.filter(news) else {
            continue;
        };
        let why = why(observation, &look.track);
        let state = sending::advance_known(app, &look.grab, observation, &why).await?;
        tracked.changed += usize::from(state != look.grab.state);
        if state == GrabState::Done {
            app.arrival_wake.notify_one();
        }
        if !state.is_live() && look.grab.state.is_live() {
            tracing::warn!(
                grab = look.grab.id,
                state = state.word(),
                why,
                "a grab came to nothing"
            );
            again.push(look.grab.series_id);
        }
    }
    again.sort_unstable();
    again.dedup();
    // Before another candidate is sent; a fault of it is no reason to send none.
    if let Err(error) = sending::take_out(app, row, &*client).await {
        tracing::error!(client = row.name, %error, "what is given up was not taken out of its client; it is tried again");
    }
    if let Err(error) = choose_files(app, &*client, &looks).await {
        tracing::error!(client = row.name, %error, "files were not chosen; it is tried again");
    }
    Ok(again)
}

/// Chooses what is still to be chosen, as soon as the client lists the files. What adds to an earlier choice waits for that one.
async fn choose_files(app: &App, client: &dyn Client, looks: &[Look]) -> Result<(), StoreError> {
    let mut waiting: Vec<&ContentId> = Vec::new();
    for look in looks.iter().filter(|look| look.grab.choosing.is_open()) {
        let content = &look.grab.content;
        let is_listed = look.state.is_some() && look.track.doing != Doing::Metadata;
        let gone = look.observation.is_some_and(|seen| {
            let after = look.grab.state.after(seen);
            after.is_some_and(|state| !state.is_live())
        });
        if !is_listed || gone || waiting.contains(&content) {
            continue;
        }
        if !sending::choose_files(app, client, &look.grab).await? {
            waiting.push(content);
        }
    }
    Ok(())
}

/// A grab, as it was seen now.
struct Look {
    grab: Grab,
    track: Track,
    /// The client's own word.
    state: Option<String>,
    observation: Option<Observation>,
}

fn by_hash(items: &[Holding]) -> HashMap<&str, &Holding> {
    let hashes = |item: &Holding| item.hashes.len();
    let mut by_hash = HashMap::with_capacity(items.iter().map(hashes).sum());
    for item in items {
        by_hash.extend(item.hashes.iter().map(|hash| (hash.as_str(), item)));
    }
    by_hash
}

async fn write_looks(app: &App, looks: &[Look]) -> Result<(), StoreError> {
    let row = |look: &Look| (look.grab.id, look.state.clone(), look.track);
    let rows: Vec<_> = looks.iter().map(row).collect();
    // What a power cut takes of it is seen again in a minute.
    let mut tx = app.db.begin_unsynced().await?;
    store::grab::looked(&mut tx, &rows).await?;
    tx.commit().await
}

/// Places of the grabs that are stuck by their own fault.
async fn to_blame(app: &App, row: &Connection, looks: &[Look]) -> Result<Vec<usize>, StoreError> {
    let tracks: Vec<Track> = looks.iter().map(|look| look.track).collect();
    Ok(match health::stuck_in(app, row, &tracks).await?.0 {
        Stuck::Releases(places) => places,
        // None is; health says so.
        Stuck::None | Stuck::Client { .. } => Vec::new(),
    })
}

fn why(observation: Observation, track: &Track) -> String {
    let hours = track.idle / HOUR;
    match (observation, track.doing) {
        (Observation::Stuck, Doing::Metadata) => format!("no metadata came in {hours} h"),
        (Observation::Stuck, _) => format!("nothing of it came in {hours} h"),
        (Observation::ClientLacksIt, _) => {
            "it was taken out of the client before it was complete".into()
        }
        (Observation::FilesGone, _) => "its files are not there any more".into(),
        _ => String::new(),
    }
}
