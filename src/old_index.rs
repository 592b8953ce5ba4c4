//! Takes over what the system that this program replaces has read of EBDZ, so that the index is not empty on the first day.

use std::{collections::HashMap, path::Path, sync::Arc, time::Duration};

use url::Url;

use crate::{
    app::App,
    domain::{
        forum::{self, title_key},
        link::Ed2kLink,
    },
    forums::{self, ForumError},
    lease::Lease,
    store::{
        self, StoreError,
        connection::Connection,
        forum::OldThread,
        old_index::{OldIndex, OldIndexError, OldLink},
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
    /// Rows that are no link to a file.
    pub no_links: u64,
    /// Rows that name no thread.
    pub no_threads: u64,
    /// Links that the index has, or whose threads were read here since.
    pub known: u64,
}

impl std::fmt::Display for TakenOver {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} links are new in the index", self.links)?;
        let skipped = [
            (self.no_links, "are no links to files"),
            (self.no_threads, "name no thread"),
            (
                self.known,
                "are in the index already, or their threads were read here since",
            ),
        ];
        let skipped = skipped.into_iter().filter(|(count, _)| *count > 0);
        for (at, (count, why)) in skipped.enumerate() {
            let before = if at == 0 { "; of the other rows" } else { "," };
            write!(out, "{before} {count} {why}")?;
        }
        Ok(())
    }
}

/// Why nothing, or not all, was taken over.
#[derive(Debug, thiserror::Error)]
pub enum TakeOverError {
    /// There is no such source, or several.
    #[error(transparent)]
    Forum(#[from] ForumError),
    /// It is being crawled.
    #[error("the forum is being read just now; stop the crawl first, or wait for its end")]
    Busy,
    /// The file.
    #[error(transparent)]
    File(#[from] OldIndexError),
    /// The database.
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
    let row = forums::called(app, source).await?;
    let mut old = OldIndex::open(file).await?;
    let Some(lease) = Lease::take(app, &format!("crawl:{}", row.id), PATIENCE).await? else {
        return Err(TakeOverError::Busy);
    };
    let taken = rows(app, &row, &mut old).await;
    lease.release().await;
    taken
}

async fn rows(app: &App, row: &Connection, old: &mut OldIndex) -> Result<TakenOver, TakeOverError> {
    let (mut taken, mut last) = (TakenOver::default(), i64::MIN);
    loop {
        let links = old.after(last, ROWS).await?;
        let Some(end) = links.last() else {
            return Ok(taken);
        };
        last = end.id;
        let threads = by_thread(app, links, &mut taken);
        let readable: usize = threads.iter().map(|thread| thread.links.len()).sum();
        let mut tx = app.db.begin_unsynced().await?;
        let new = store::forum::take_over(&mut tx, row.id, &threads, app.clock.now()).await?;
        tx.commit().await?;
        taken.links += new;
        taken.known += (readable as u64).saturating_sub(new);
    }
}

fn by_thread(app: &App, rows: Vec<OldLink>, taken: &mut TakenOver) -> Vec<OldThread> {
    let mut threads: HashMap<i64, OldThread> = HashMap::new();
    for row in rows {
        let Ok(link) = Ed2kLink::parse(&row.link) else {
            taken.no_links += 1;
            continue;
        };
        let Some(id) = thread_of(&row) else {
            taken.no_threads += 1;
            continue;
        };
        let entry = forum::entry(link, &row.thread_title, app.lexicon);
        let thread = threads.entry(id).or_insert_with(|| OldThread {
            id,
            folded: title_key(&row.thread_title, app.lexicon),
            title: row.thread_title,
            cover: cover(&row.cover),
            links: Vec::new(),
        });
        thread.links.push(entry);
    }
    threads.into_values().collect()
}

/// Only what a web page may show.
fn cover(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.into())
}

/// The number of its thread.
fn thread_of(row: &OldLink) -> Option<i64> {
    let in_address = || {
        row.thread_url
            .split("tid=")
            .nth(1)?
            .split(|letter: char| !letter.is_ascii_digit())
            .next()?
            .parse()
            .ok()
    };
    let id = row.thread_id.parse().ok().or_else(in_address);
    id.filter(|id: &i64| *id > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_names_its_thread_and_shows_only_covers_of_the_web() {
        let of = |thread_id: &str, thread_url: &str| {
            thread_of(&OldLink {
                thread_id: thread_id.into(),
                thread_url: thread_url.into(),
                ..OldLink::default()
            })
        };
        assert_eq!(of("11", "x"), Some(11));
        assert_eq!(of("", "https://h/showthread.php?tid=90&page=2"), Some(90));
        for (id, url) in [("", ""), ("-3", ""), ("x", "tid="), ("0", "tid=0")] {
            assert_eq!(of(id, url), None, "{id} {url}");
        }
        for (address, is_taken) in [
            ("https://ebdz.net/c.jpg", true),
            ("javascript:alert(1)", false),
            ("data:image/png;base64,AA", false),
            ("file:///etc/passwd", false),
            ("images/c.jpg", false),
        ] {
            assert_eq!(cover(address).is_some(), is_taken, "{address}");
        }
    }

    #[test]
    fn what_was_taken_over_is_a_sentence() {
        let taken = TakenOver {
            links: 2,
            no_threads: 1,
            known: 3,
            ..TakenOver::default()
        };
        assert_eq!(
            taken.to_string(),
            "2 links are new in the index; of the other rows 1 name no thread, 3 are in the index already, or their threads were read here since"
        );
        assert_eq!(
            TakenOver::default().to_string(),
            "0 links are new in the index"
        );
    }
}
