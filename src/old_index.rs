//! Takes over what the system that this program replaces has read of EBDZ, so that the index is not empty on the first day.

use std::{collections::HashMap, path::Path, sync::Arc, time::Duration};

use url::Url;

use crate::{
    app::App,
    connection::Settings,
    domain::{
        forum::{self, Entry, title_key},
        link::Ed2kLink,
    },
    lease::Lease,
    store::{
        self, StoreError,
        connection::Connection,
        forum::OldThread,
        old_index::{OldIndex, OldLink},
    },
};

/// Rows that are read and written at once.
const ROWS: i64 = 2_000;
/// How long a crawl that is under way is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// What was taken over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TakenOver {
    /// Links that are new in the index.
    pub links: u64,
    /// Rows that are no link to a file, or name no thread.
    pub unreadable: u64,
}

/// Why nothing, or not all, was taken over.
#[derive(Debug, thiserror::Error)]
pub enum TakeOverError {
    /// There is no such source, or several.
    #[error("{0}")]
    Source(&'static str),
    /// It is being crawled.
    #[error("the forum is being read just now; stop the crawl first, or wait for its end")]
    Busy,
    /// The file, or the database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reads the file into the index of a source: the one of this name, or the only EBDZ. Threads that were read since are left as they are.
///
/// # Errors
/// When there is no such source, or the file is another.
pub async fn take_over(
    app: &Arc<App>,
    file: &Path,
    source: Option<&str>,
) -> Result<TakenOver, TakeOverError> {
    let row = find(app, source).await?;
    let mut old = OldIndex::open(file).await?;
    let Some(lease) = Lease::take(app, &format!("crawl:{}", row.id), PATIENCE).await? else {
        return Err(TakeOverError::Busy);
    };
    let taken = rows(app, &row, &mut old).await;
    lease.release().await;
    Ok(taken?)
}

async fn find(app: &App, name: Option<&str>) -> Result<Connection, TakeOverError> {
    let rows = store::connection::list(&app.db, "source").await?;
    let is_ebdz = |row: &Connection| {
        matches!(
            Settings::from_json(&row.kind, &row.config),
            Some(Settings::Ebdz(_))
        )
    };
    let mut found: Vec<Connection> = rows
        .into_iter()
        .filter(|row| is_ebdz(row) && name.is_none_or(|name| row.name == name))
        .collect();
    match (found.pop(), found.is_empty()) {
        (Some(row), true) => Ok(row),
        (None, _) => Err(TakeOverError::Source(
            "there is no such EBDZ; make a source of this kind first",
        )),
        (Some(_), false) => Err(TakeOverError::Source(
            "there is more than one EBDZ; say which with --source NAME",
        )),
    }
}

async fn rows(app: &App, row: &Connection, old: &mut OldIndex) -> Result<TakenOver, StoreError> {
    let (mut taken, mut last) = (TakenOver::default(), i64::MIN);
    loop {
        let links = old.after(last, ROWS).await?;
        let Some(end) = links.last() else {
            return Ok(taken);
        };
        last = end.id;
        let count = links.len();
        let threads = by_thread(app, links);
        let readable: usize = threads.iter().map(|thread| thread.links.len()).sum();
        taken.unreadable += (count - readable) as u64;
        let mut tx = app.db.begin_unsynced().await?;
        taken.links += store::forum::take_over(&mut tx, row.id, &threads, app.clock.now()).await?;
        tx.commit().await?;
    }
}

fn by_thread(app: &App, rows: Vec<OldLink>) -> Vec<OldThread> {
    let mut threads: HashMap<i64, OldThread> = HashMap::new();
    for row in rows {
        let Some((id, entry)) = read(app, &row) else {
            continue;
        };
        let thread = threads.entry(id).or_insert_with(|| OldThread {
            id,
            folded: title_key(&row.thread_title, app.lexicon),
            title: row.thread_title,
            cover: Url::parse(&row.cover).ok().map(String::from),
            links: Vec::new(),
        });
        thread.links.push(entry);
    }
    threads.into_values().collect()
}

fn read(app: &App, row: &OldLink) -> Option<(i64, Entry)> {
    let in_address = || {
        row.thread_url
            .split("tid=")
            .nth(1)?
            .split(|letter: char| !letter.is_ascii_digit())
            .next()?
            .parse()
            .ok()
    };
    let id = row
        .thread_id
        .parse()
        .ok()
        .or_else(in_address)
        .filter(|id: &i64| *id > 0)?;
    let link = Ed2kLink::parse(&row.link).ok()?;
    Some((id, forum::entry(link, &row.thread_title, app.lexicon)))
}
