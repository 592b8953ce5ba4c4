//! Reads forums of ed2k links into the local index: what is new every day, and all of it slowly where that is wanted. Where it is stands in
//! the database, so it goes on there after a restart, or when the forum lets it.
//!
//! What lies in one forum or in one thread holds up nothing: it is written down there, and the crawl goes on with the others.

use std::{sync::Arc, time::Duration};

use crate::{
    app::App,
    connection::{EbdzSettings, Role, Settings},
    domain::units::{DAY, HOUR},
    health,
    lease::Lease,
    search::ebdz::{Forum, ForumError},
    store::{self, StoreError, connection::Connection, crawl::Crawl},
};

mod ends;
mod listing;
mod sample;
mod threads;

/// Between two looks at what is due.
const POLL: Duration = Duration::from_secs(60);
/// Pages of the full sweep that a day's crawl reads.
const SWEEP_PAGES: i64 = 5;
/// What came of a crawl.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Crawled {
    /// It came to its end; what it read is in the database.
    Done,
    /// It failed, and that is written down and told; why. It goes on later.
    Failed(String),
    /// A person, a change of the connection or of the settings, or the end of the program stopped it; it goes on later.
    Stopped,
    /// Another process does it.
    Busy,
}

/// Works until the program stops.
pub async fn run(app: Arc<App>) {
    while !app.stop.is_cancelled() {
        let pause = match step(&app).await {
            // Whoever holds it may be a process that is gone.
            Ok(crawled) if crawled.iter().any(|(_, crawled)| *crawled == Crawled::Busy) => {
                POLL.min(Duration::from_millis(app.lease_millis().unsigned_abs()))
            }
            Ok(_) => POLL,
            Err(error) => {
                tracing::error!(%error, "the forums were not read to the end");
                POLL
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = app.crawl_wake.notified() => {}
            () = app.stop.cancelled() => {}
        }
    }
}

/// Crawls each source whose time it is, one after the other; what came of each, by name.
///
/// # Errors
/// When the database fails.
pub async fn step(app: &Arc<App>) -> Result<Vec<(String, Crawled)>, StoreError> {
    let mut all = Vec::new();
    for row in store::connection::list(&app.db, Role::Source.word()).await? {
        if app.stop.is_cancelled() {
            break;
        }
        if let Some(crawled) = one(app, &row).await? {
            all.push((row.name, crawled));
        }
    }
    Ok(all)
}

/// Crawls one; none when it is not its time.
///
/// # Errors
/// When the database fails.
pub async fn one(app: &Arc<App>, row: &Connection) -> Result<Option<Crawled>, StoreError> {
    let Some(Settings::Ebdz(settings)) = Settings::from_json(&row.kind, &row.config) else {
        return Ok(None);
    };
    if !row.enabled || !is_time(app, row, &settings).await? {
        return Ok(None);
    }
    let Some(lease) = Lease::try_take(app, &format!("crawl:{}", row.id)).await? else {
        return Ok(Some(Crawled::Busy));
    };
    let crawled = match is_time(app, row, &settings).await? {
        true => Some(crawl(app, row, &settings, &lease).await),
        false => None,
    };
    lease.release().await;
    crawled.transpose()
}

async fn is_time(app: &App, row: &Connection, settings: &EbdzSettings) -> Result<bool, StoreError> {
    let (crawl, now) = (store::crawl::get(&app.db, row.id).await?, app.clock.now());
    if crawl.rests_until.is_some_and(|until| until > now) || crawl.refused == Some(row.updated_at) {
        return Ok(false);
    }
    if crawl.asked {
        return Ok(true);
    }
    let every = i64::from(settings.crawl_hours) * HOUR;
    let due = crawl.crawling
        || crawl
            .ended_at
            .is_none_or(|at| at + every <= now || at > now + every);
    Ok(due && app.settings().await?.enabled)
}

/// What every step of a crawl needs.
struct Turn<'a> {
    app: &'a Arc<App>,
    row: &'a Connection,
    settings: &'a EbdzSettings,
    forum: Arc<Forum>,
    crawl: Crawl,
    /// Threads, one after the other, that could not be read.
    faulty: Vec<i64>,
}

/// What a step did.
enum Step {
    /// It read something.
    Read,
    /// It could not read a thread.
    Faulty,
    /// There is nothing left.
    Over,
}

/// Why a step did not end well.
enum Fault {
    Forum(ForumError),
    Store(StoreError),
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<ForumError> for Fault {
    fn from(error: ForumError) -> Self {
        Self::Forum(error)
    }
}

async fn crawl(
    app: &Arc<App>,
    row: &Connection,
    settings: &EbdzSettings,
    lease: &Lease,
) -> Result<Crawled, StoreError> {
    let forum = match app.forum(row) {
        Ok(forum) => forum,
        Err(error) => return ends::unusable(app, row, &error).await,
    };
    let mut turn = Turn {
        app,
        row,
        settings,
        forum,
        crawl: store::crawl::get(&app.db, row.id).await?,
        faulty: Vec::new(),
    };
    begin(&turn).await?;
    // What a person asks for while all is switched off is done.
    let mut was_on = app.settings().await?.enabled;
    loop {
        turn.crawl = store::crawl::get(&app.db, row.id).await?;
        let is_on = app.settings().await?.enabled;
        if !is_on && (was_on || !turn.crawl.asked) {
            store::crawl::unask(&app.db, row.id).await?;
            tracing::info!(
                source = row.name,
                "everything is switched off: the crawl goes on when it is on again"
            );
            return Ok(Crawled::Stopped);
        }
        was_on = is_on;
        if app.stop.is_cancelled() || !turn.crawl.crawling || !lease.is_ours().await? {
            return Ok(Crawled::Stopped);
        }
        let now = store::connection::get(&app.db, row.id).await?;
        let Some(now) = now.filter(|now| now.enabled && now.updated_at == row.updated_at) else {
            return Ok(Crawled::Stopped);
        };
        let advanced = tokio::select! {
            advanced = advance(&mut turn) => advanced,
            () = app.stop.cancelled() => return Ok(Crawled::Stopped),
        };
        match advanced {
            Ok(Step::Read) if now.error.is_some() || now.failures > 0 => {
                health::worked(app, row.id).await?
            }
            Ok(Step::Read | Step::Faulty) => {}
            Ok(Step::Over) => return ends::end(&turn, &now).await,
            Err(Fault::Store(error)) => return Err(error),
            Err(Fault::Forum(error)) => return ends::failed(&turn, error).await,
        }
    }
}

/// Unless it goes on; the forums that are read may have changed meanwhile.
async fn begin(turn: &Turn<'_>) -> Result<(), StoreError> {
    let (source, now) = (turn.row.id, turn.app.clock.now());
    let mut tx = turn.app.db.begin_unsynced().await?;
    store::crawl::know_forums(&mut tx, source, &turn.settings.forums).await?;
    if !turn.crawl.crawling {
        // A little less than a day: a crawl does not take the same time each day.
        let had_its_share = turn.crawl.swept_at.is_some_and(|at| now - at < DAY - HOUR);
        let sweep = match turn.settings.full_sweep && !had_its_share {
            true => SWEEP_PAGES,
            false => 0,
        };
        store::crawl::begin(&mut tx, source, sweep, now).await?;
        // Links come into first posts, which no list shows.
        store::series_thread::tied_are_due(&mut tx, source).await?;
    }
    tx.commit().await?;
    let goes_on = turn.crawl.crawling;
    tracing::info!(
        source = turn.row.name,
        forums = turn.settings.forums.len(),
        goes_on,
        "a crawl begins"
    );
    Ok(())
}

/// One page of a list, or one thread.
async fn advance(turn: &mut Turn<'_>) -> Result<Step, Fault> {
    let forums = store::crawl::forums(&turn.app.db, turn.row.id).await?;
    let forums: Vec<_> = forums
        .into_iter()
        .filter(|forum| turn.settings.forums.contains(&forum.forum_id))
        .collect();
    if let Some(forum) = listing::next(&forums, &turn.crawl) {
        return listing::newest(turn, forum).await;
    }
    if let Some(forum) = listing::next_swept(&forums, &turn.crawl) {
        return listing::swept(turn, forum).await;
    }
    threads::next(turn).await
}
