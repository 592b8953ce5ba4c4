//! Hears what changes in the libraries that servers show, and has just that looked at. What was missed while nobody listened is asked for.
//!
//! Komga tells it by a stream of events, Kavita is asked once in a while. A lost change costs time: the scheduled scan finds it. This goes on
//! while the program is switched off: it is how what was sent is seen to arrive, and nothing is searched or sent by it.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use tokio::task::JoinSet;

use super::scan;
use crate::{
    app::App,
    connection::{ServerSettings, Settings},
    domain::{
        absence::Absence,
        backoff,
        marks::{Extent, Marks},
        units::MINUTE,
    },
    health,
    lease::Lease,
    ports::{Heard, Library, Listener, PortError},
    shelving::{self, ScanError},
    store::{self, StoreError, connection::Connection},
};

/// Between two looks at which libraries there are.
const POLL: Duration = Duration::from_secs(5);
/// How often it is written down that everything was heard up to now.
const NOTE: i64 = 5 * MINUTE;
/// Silence after which a connection is known to be broken; what happened in it was not heard.
const DEAF: i64 = MINUTE;

/// Why a library is not listened to any more.
enum Ended {
    /// It was changed or removed, another replica listens, or the program ends.
    Over,
    /// It cannot be asked.
    Fault(PortError),
    /// The database.
    Store(StoreError),
}

impl From<StoreError> for Ended {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<PortError> for Ended {
    fn from(error: PortError) -> Self {
        Self::Fault(error)
    }
}

/// Works until the program stops.
pub async fn run(app: Arc<App>) {
    let (mut watches, mut busy) = (JoinSet::new(), HashMap::new());
    while !app.stop.is_cancelled() {
        match servers(&app).await {
            Ok(rows) => {
                let watched: HashSet<i64> = busy.values().copied().collect();
                for (row, server) in rows {
                    if !watched.contains(&row.id) {
                        let (app, id) = (app.clone(), row.id);
                        let watch = watches.spawn(async move { watch(&app, &row, &server).await });
                        busy.insert(watch.id(), id);
                    }
                }
            }
            Err(error) => tracing::error!(%error, "the libraries cannot be read"),
        }
        tokio::select! {
            Some(ended) = watches.join_next_with_id() => {
                let task = match ended {
                    Ok((task, ())) => task,
                    Err(error) => {
                        tracing::error!(%error, "a library is not listened to any more; it is begun again");
                        error.id()
                    }
                };
                busy.remove(&task);
            }
            () = tokio::time::sleep(POLL) => {}
            () = app.stop.cancelled() => {}
        }
    }
    // What is being looked at is seen through.
    while watches.join_next().await.is_some() {}
}

async fn servers(app: &App) -> Result<Vec<(Connection, ServerSettings)>, StoreError> {
    let rows = store::connection::list(&app.db, "library").await?;
    let server = |row: Connection| match Settings::from_json(&row.kind, &row.config) {
        Some(Settings::Server(_, settings)) if row.enabled => Some((row, settings)),
        _ => None,
    };
    Ok(rows.into_iter().filter_map(server).collect())
}

/// Listens to one library, for as long as it is as it was read.
async fn watch(app: &Arc<App>, row: &Connection, server: &ServerSettings) {
    let (mut marks, mut failures) = (Marks::default(), 0);
    loop {
        let ended = match Lease::try_take(app, &format!("watch:{}", row.id)).await {
            // Another replica listens.
            Ok(None) => match rest(app, row, POLL).await {
                true => continue,
                false => Ok(()),
            },
            Ok(Some(lease)) => {
                let mut watch = Watch {
                    app,
                    row,
                    server,
                    lease: &lease,
                    marks: &mut marks,
                    failures: &mut failures,
                    look_again_at: 0,
                };
                let ended = watch.go_on().await;
                lease.release().await;
                ended
            }
            Err(error) => Err(Ended::Store(error)),
        };
        match ended {
            Ok(()) | Err(Ended::Over) => break,
            Err(Ended::Store(error)) => {
                tracing::error!(library = row.name, %error, "a library is not listened to; it is begun again");
                break;
            }
            Err(Ended::Fault(error)) => {
                failures += 1;
                tracing::info!(library = row.name, %error, "nothing is heard of a library; it is asked again");
                // The first time may be its hourly end of the stream, or a restart.
                if failures > 1
                    && let Err(error) = health::failed(app, row.id, &error).await
                {
                    tracing::error!(library = row.name, %error, "a failure was not written down");
                }
                let pause = backoff::pause(failures, error.retry_after());
                if !rest(app, row, pause.clamp(Duration::from_secs(1), MOST_PAUSE)).await {
                    break;
                }
            }
        }
    }
    // What was heard and not looked at is found by a look at all of it.
    if !marks.is_empty()
        && let Err(error) = store::library::unheard(&app.db, row.id).await
    {
        tracing::error!(library = row.name, %error, "what a library said is found by its next scan");
    }
    // Whoever begins again comes a little later.
    tokio::select! {
        () = tokio::time::sleep(Duration::from_millis(200)) => {}
        () = app.stop.cancelled() => {}
    }
}

/// A library is asked again at least so often: it may just have been restarted.
const MOST_PAUSE: Duration = Duration::from_secs(300);

/// False when the library is not as it was read any more.
async fn rest(app: &App, row: &Connection, pause: Duration) -> bool {
    let until = tokio::time::Instant::now() + pause;
    while tokio::time::Instant::now() < until {
        let step = POLL.min(until - tokio::time::Instant::now());
        tokio::select! {
            () = tokio::time::sleep(step) => {}
            () = app.stop.cancelled() => return false,
        }
        if !matches!(is_as_read(app, row).await, Ok(true)) {
            return false;
        }
    }
    true
}

async fn is_as_read(app: &App, row: &Connection) -> Result<bool, StoreError> {
    let now = store::connection::get(&app.db, row.id).await?;
    Ok(now.is_some_and(|now| now.enabled && now.updated_at == row.updated_at))
}

struct Watch<'a> {
    app: &'a Arc<App>,
    row: &'a Connection,
    server: &'a ServerSettings,
    lease: &'a Lease,
    marks: &'a mut Marks,
    /// In a row.
    failures: &'a mut u32,
    /// When it is looked whether the library is as it was read, and the lease still ours.
    look_again_at: i64,
}

/// What there is to do next.
#[derive(Debug, PartialEq, Eq)]
enum Turn {
    Heard(Heard),
    Ask,
    Look,
    Note,
}

/// Whose time comes first, and when; of those that come together what was heard is looked at before anything else.
fn first(look_at: Option<i64>, ask_at: Option<i64>, note_at: i64) -> (i64, Turn) {
    let times = [
        look_at.map(|at| (at, Turn::Look)),
        ask_at.map(|at| (at, Turn::Ask)),
    ];
    let sooner = times.into_iter().flatten().min_by_key(|(at, _)| *at);
    match sooner {
        Some(sooner) if sooner.0 <= note_at => sooner,
        _ => (note_at, Turn::Note),
    }
}

impl Watch<'_> {
    async fn go_on(&mut self) -> Result<(), Ended> {
        let Ok(library) = self.app.library(self.row) else {
            // Health says why; it is begun again when it is changed.
            return rest_of(self.app, self.row).await;
        };
        let mut listener = library.listen().await?;
        self.catch_up(&*library).await?;
        let poll = i64::from(self.server.poll_seconds) * 1000;
        let settle = i64::from(self.server.settle_seconds) * 1000;
        let is_asked = listener.is_none();
        let next_question = |now| is_asked.then_some(now + poll);
        let now = self.app.clock.now();
        let (mut noted_at, mut heard_at, mut ask_at) = (now, now, next_question(now));
        loop {
            match self.turn(&mut listener, ask_at, noted_at + NOTE).await {
                Err(Ended::Fault(error)) => {
                    // Nothing was heard while something was looked at.
                    self.note(heard_at - DEAF).await?;
                    return Err(error.into());
                }
                Err(ended) => return Err(ended),
                Ok(Turn::Heard(heard)) => self.hear(heard),
                Ok(Turn::Look) => {
                    if !self.look().await? {
                        // Someone else reads all of it: what that leaves to be looked at is asked for then.
                        ask_at = Some(self.app.clock.now() + settle);
                    }
                }
                Ok(Turn::Ask) => {
                    self.catch_up(&*library).await?;
                    ask_at = next_question(self.app.clock.now());
                }
                Ok(Turn::Note) => {
                    noted_at = self.app.clock.now();
                    if !is_asked {
                        self.note(noted_at).await?;
                    }
                }
            }
            heard_at = self.app.clock.now();
            *self.failures = 0;
        }
    }

    async fn turn(
        &mut self,
        listener: &mut Option<Box<dyn Listener>>,
        ask_at: Option<i64>,
        note_at: i64,
    ) -> Result<Turn, Ended> {
        let look_at = self
            .marks
            .due_at(i64::from(self.server.settle_seconds) * 1000);
        let (at, turn) = first(look_at, ask_at, note_at);
        let heard = async {
            match listener {
                Some(listener) => listener.next().await,
                None => std::future::pending().await,
            }
        };
        tokio::pin!(heard);
        loop {
            let now = self.app.clock.now();
            if at <= now {
                return Ok(turn);
            }
            if self.look_again_at <= now {
                if !is_as_read(self.app, self.row).await? || !self.lease.is_ours().await? {
                    return Err(Ended::Over);
                }
                self.look_again_at = now + POLL.as_millis() as i64;
            }
            let wait = u64::try_from(at.min(self.look_again_at) - now).unwrap_or(0);
            tokio::select! {
                heard = &mut heard => return Ok(Turn::Heard(heard?)),
                () = tokio::time::sleep(Duration::from_millis(wait)) => {}
                () = self.app.stop.cancelled() => return Err(Ended::Over),
            }
        }
    }

    fn hear(&mut self, heard: Heard) {
        let now = self.app.clock.now();
        match heard {
            Heard::Series(key) => self.marks.series(key, now),
            Heard::Library => self.marks.whole(now),
            Heard::Idle => self.marks.done(),
            Heard::Other => {}
        }
    }

    /// What happened while nobody listened.
    async fn catch_up(&mut self, library: &dyn Library) -> Result<(), Ended> {
        let (now, mut was_away) = (self.app.clock.now(), *self.failures > 0);
        if let Some(row) = store::connection::get(&self.app.db, self.row.id).await? {
            was_away |= row.error.is_some();
        }
        let state = store::library::state(&self.app.db, self.row.id).await?;
        let absence = Absence {
            is_imported: state.imported_at.is_some(),
            scanned_at: state.scanned_at,
            heard_at: state.heard_at,
            has_unseen: state.heard_at == Some(store::library::UNSEEN),
            was_away,
            is_held: state.held.is_some(),
        };
        let changed = match absence.ask_since(now) {
            Some(since) => library.changed(since).await?,
            None => None,
        };
        match changed {
            Some(keys) => keys.into_iter().for_each(|key| self.marks.series(key, now)),
            None => self.marks.whole(now),
        }
        // It is long done with what it says has changed.
        self.marks.done();
        if let Some(row) = store::connection::get(&self.app.db, self.row.id).await? {
            health::worked_if_failed(self.app, &row).await?;
        }
        self.note(now).await
    }

    /// Looks at what changed. False when someone else was just about to look at all of it.
    async fn look(&mut self) -> Result<bool, Ended> {
        let since = self.marks.since().unwrap_or_else(|| self.app.clock.now());
        let extent = self.marks.take();
        let looked = match &extent {
            Extent::Whole => shelving::scan(self.app, self.row).await,
            Extent::Series(keys) => shelving::look(self.app, self.row, keys).await,
        };
        match looked {
            Ok(outcome) => {
                scan::tell(self.app, self.row, &outcome);
                Ok(true)
            }
            Err(ScanError::Busy) if extent == Extent::Whole => Ok(false),
            Err(error) => {
                self.marks.give_back(extent, since, self.app.clock.now());
                match error {
                    ScanError::Busy => Ok(true),
                    ScanError::Port(error) => Err(error.into()),
                    ScanError::Store(error) => Err(error.into()),
                    ScanError::Connection(_) => Err(Ended::Over),
                }
            }
        }
    }

    /// Everything was heard up to then; but what waits to be looked at was not seen yet.
    async fn note(&self, heard_at: i64) -> Result<(), Ended> {
        let at = self
            .marks
            .since()
            .map_or(heard_at, |since| since.min(heard_at));
        store::library::heard(&self.app.db, self.row.id, at).await?;
        Ok(())
    }
}

/// Waits until the library is not as it was read any more.
async fn rest_of(app: &App, row: &Connection) -> Result<(), Ended> {
    while rest(app, row, MOST_PAUSE).await {}
    Err(Ended::Over)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_heard_is_looked_at_before_anything_is_asked_or_noted() {
        for (look_at, ask_at, note_at, expected) in [
            (None, None, 300, (300, Turn::Note)),
            (None, Some(60), 300, (60, Turn::Ask)),
            (Some(30), Some(60), 300, (30, Turn::Look)),
            (Some(90), Some(60), 300, (60, Turn::Ask)),
            (Some(60), Some(60), 60, (60, Turn::Look)),
            (None, Some(60), 60, (60, Turn::Ask)),
            (Some(400), None, 300, (300, Turn::Note)),
            (Some(30), None, 300, (30, Turn::Look)),
        ] {
            let next = first(look_at, ask_at, note_at);
            assert_eq!(next, expected, "{look_at:?} {ask_at:?} {note_at}");
        }
    }
}
