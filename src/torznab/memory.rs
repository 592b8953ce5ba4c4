//! What feeds keep in memory: the index of offers, and how far each consumer has paged. Both are made anew when they are lost.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use super::{
    index::{After, Index, Window},
    live::Searched,
};
use crate::{
    app::App,
    domain::{
        units::{MINUTE, SECOND},
        volume::VolumeNumber,
    },
    store::{
        self, StoreError,
        feed::{Collected, Merges},
    },
};

/// From then on it is read again, beside the answers.
const FRESH: i64 = 5 * SECOND;
/// Nothing is new for longer than this: who asks for what is older waits for what is new.
const STALE: i64 = MINUTE;
/// After so long it is made anew: of what is judged again without being seen again, nothing else tells.
const ANEW: i64 = 10 * MINUTE;
/// Reading takes at most a part of the time, one of so many.
const SHARE: i64 = 5;
/// After so long without a question its memory is given back.
const UNUSED: i64 = 15 * MINUTE;
/// Offers that are read at once.
const AT_ONCE: i64 = 1_000;
/// Offers that are taken while the others wait.
const TAKEN_AT_ONCE: usize = 500;
/// Offers that are seen again in a moment at most; more are made anew.
const MOST_SEEN: i64 = 20_000;
/// What is seen is written down when its check ends, and clocks of several processes differ.
const OVERLAP: i64 = 15 * MINUTE;
/// How long a consumer may take from one page to the next.
const PATIENCE: i64 = 10 * MINUTE;
/// Consumers that page at the same time.
const MOST_WALKS: usize = 1_000;
/// Pages of one of them.
const MOST_PAGES: usize = 2_000;

/// All of it.
#[derive(Default)]
pub struct Memory {
    index: RwLock<Index>,
    /// When the index was read; none while there is none. Held while it is read.
    read: Arc<tokio::sync::Mutex<Option<ReadAt>>>,
    is_read: AtomicBool,
    asked_at: Mutex<i64>,
    walks: Mutex<HashMap<u64, Walk>>,
    pub(super) searched: Searched,
}

/// When the index was read.
type Reading = tokio::sync::OwnedMutexGuard<Option<ReadAt>>;

/// When the index was read.
#[derive(Clone, Copy)]
struct ReadAt {
    /// All of it.
    anew: i64,
    /// What changed.
    last: i64,
    /// Until then it is as good as new.
    until: i64,
    /// The merges that there were when all of it was read.
    merges: Merges,
}

/// A consumer that pages through one search.
struct Walk {
    /// When it began, and what was the latest then.
    began: Beginning,
    /// By the number of items before a page, the item before it.
    pages: Vec<(usize, i64)>,
    at: i64,
}

/// What a walk sees: nothing that came later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beginning {
    /// The highest number.
    pub top: i64,
    /// Milliseconds since the epoch.
    pub at: i64,
}

impl Memory {
    /// What is found in the index, which is as it was a moment ago.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn look<T>(
        &self,
        app: &Arc<App>,
        look: impl FnOnce(&Index) -> T,
    ) -> Result<T, StoreError> {
        self.refresh(app).await?;
        let index = self.index.read().expect("no one panics while holding it");
        Ok(look(&index))
    }

    async fn refresh(&self, app: &Arc<App>) -> Result<(), StoreError> {
        let now = app.clock.now();
        *self
            .asked_at
            .lock()
            .expect("no one panics while holding it") = now;
        let read = match self.read.clone().try_lock_owned() {
            Ok(read) => read,
            // While one reads what is new, the others go on with what is known.
            Err(_) if self.is_read.load(Ordering::Acquire) => return Ok(()),
            Err(_) => self.read.clone().lock_owned().await,
        };
        match *read {
            Some(at) if (at.last..at.until).contains(&now) => Ok(()),
            Some(at) if (at.last..at.last + STALE).contains(&now) => {
                let app = app.clone();
                app.tasks.clone().spawn(async move {
                    if let Err(error) = app.feeds.read(&app, read).await {
                        tracing::error!(%error, "what is new in feeds could not be read");
                    }
                });
                Ok(())
            }
            _ => self.read(app, read).await,
        }
    }

    /// Reads what is new.
    async fn read(&self, app: &App, mut read: Reading) -> Result<(), StoreError> {
        let (now, began) = (app.clock.now(), Instant::now());
        if let Some(at) = &mut *read {
            // When it fails, it is not tried again at once.
            at.until = now + FRESH;
        }
        let merges = store::feed::merges(&app.db).await?;
        let known = read.filter(|at| {
            // Offers became another series', or their own again.
            at.merges == merges && (at.anew..at.anew + ANEW).contains(&now)
        });
        let anew = match known {
            Some(at) if self.renew(app, at.last).await? => at.anew,
            _ => self.make(app).await.map(|()| now)?,
        };
        let took = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
        *read = Some(ReadAt {
            anew,
            last: now,
            until: now + took.saturating_mul(SHARE).clamp(FRESH, STALE / 2),
            merges,
        });
        self.is_read.store(true, Ordering::Release);
        Ok(())
    }

    async fn make(&self, app: &App) -> Result<(), StoreError> {
        let mut index = Index::default();
        loop {
            let new = store::feed::new(&app.db, index.top(), AT_ONCE).await?;
            if new.is_empty() {
                break;
            }
            index.put(&new);
        }
        Around::read(app).await?.put_into(&mut index);
        self.replace(index);
        Ok(())
    }

    fn replace(&self, index: Index) {
        let mut known = self.index.write().expect("no one panics while holding it");
        let old = std::mem::replace(&mut *known, index);
        drop(known);
        // It has many parts; nobody waits while they are given back.
        drop(old);
    }

    /// Takes what changed since then. False when that is not possible.
    async fn renew(&self, app: &App, since: i64) -> Result<bool, StoreError> {
        let top = {
            let index = self.index.read().expect("no one panics while holding it");
            index.top()
        };
        let seen = store::feed::seen(&app.db, since - OVERLAP, top, MOST_SEEN).await?;
        let new = store::feed::new(&app.db, top, MOST_SEEN).await?;
        let is_all = |read: &Vec<_>| (read.len() as i64) < MOST_SEEN;
        if !is_all(&seen) || !is_all(&new) {
            return Ok(false);
        }
        let around = Around::read(app).await?;
        let known = || self.index.write().expect("no one panics while holding it");
        for some in seen.chunks(TAKEN_AT_ONCE).chain(new.chunks(TAKEN_AT_ONCE)) {
            known().put(some);
        }
        let mut index = known();
        around.put_into(&mut index);
        Ok(!index.is_torn())
    }

    /// Takes what is new at once, whenever that was last done.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn read_now(&self, app: &App) -> Result<(), StoreError> {
        let read = self.read.clone().lock_owned().await;
        self.read(app, read).await
    }

    /// Gives back what nobody asked for in a while.
    pub async fn tidy(&self, now: i64) {
        let mut read = self.read.clone().lock_owned().await;
        // Who asks says so before it waits for the lock.
        let asked_at = *self
            .asked_at
            .lock()
            .expect("no one panics while holding it");
        if now < asked_at + UNUSED || read.take().is_none() {
            return;
        }
        self.is_read.store(false, Ordering::Release);
        self.replace(Index::default());
        self.walks
            .lock()
            .expect("no one panics while holding it")
            .clear();
    }

    /// Where a consumer goes on: at the beginning, or where its page before ended.
    pub fn begins(
        &self,
        who: u64,
        (offset, limit): (usize, usize),
        now: Beginning,
    ) -> (Window, Beginning) {
        let mut walks = self.walks.lock().expect("no one panics while holding it");
        let anywhere = After::Matches(offset);
        let window = |top, after| Window { top, after, limit };
        if offset == 0 {
            let is_known = walks.contains_key(&who);
            if walks.len() >= MOST_WALKS && !is_known {
                walks.retain(|_, walk| walk.at + PATIENCE > now.at);
            }
            if walks.len() >= MOST_WALKS && !is_known {
                return (window(now.top, anywhere), now);
            }
            let walk = Walk {
                began: now,
                pages: Vec::new(),
                at: now.at,
            };
            walks.insert(who, walk);
            return (window(now.top, anywhere), now);
        }
        let known = walks.get_mut(&who);
        match known.filter(|walk| walk.at + PATIENCE > now.at) {
            Some(walk) => {
                walk.at = now.at;
                let mut pages = walk.pages.iter();
                let before = pages.find(|(before, _)| *before == offset);
                let after = before.map_or(anywhere, |(_, id)| After::Id(*id));
                (window(walk.began.top, after), walk.began)
            }
            None => (window(now.top, anywhere), now),
        }
    }

    /// A page ended with this item; so many are before the next page.
    pub fn ends(&self, who: u64, offset: usize, last: i64, now: i64) {
        let mut walks = self.walks.lock().expect("no one panics while holding it");
        let Some(walk) = walks.get_mut(&who) else {
            return;
        };
        walk.at = now;
        walk.pages.retain(|(before, _)| *before != offset);
        if walk.pages.len() < MOST_PAGES {
            walk.pages.push((offset, last));
        }
    }
}

/// What the offers are seen by.
struct Around {
    series: Vec<Collected>,
    wanted: Vec<(i64, VolumeNumber)>,
    blocked: Vec<(i64, String)>,
}

impl Around {
    async fn read(app: &App) -> Result<Self, StoreError> {
        Ok(Self {
            series: store::feed::collected(&app.db).await?,
            wanted: store::feed::wanted(&app.db).await?,
            blocked: store::feed::blocked(&app.db).await?,
        })
    }

    fn put_into(&self, index: &mut Index) {
        index.see(&self.series, &self.wanted, &self.blocked);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now(top: i64, at: i64) -> Beginning {
        Beginning { top, at }
    }

    #[test]
    fn who_pages_sees_nothing_that_came_later_and_goes_on_where_it_was() {
        let memory = Memory::default();
        let begins = |who, offset, beginning| memory.begins(who, (offset, 100), beginning).0;
        let window = |top, after| Window {
            top,
            after,
            limit: 100,
        };
        assert_eq!(begins(1, 0, now(500, 1)), window(500, After::Matches(0)));
        memory.ends(1, 100, 401, 1);
        assert_eq!(begins(1, 100, now(900, 2)), window(500, After::Id(401)));
        assert_eq!(
            begins(1, 300, now(900, 2)),
            window(500, After::Matches(300)),
            "it left pages out"
        );
        assert_eq!(
            begins(2, 100, now(900, 2)),
            window(900, After::Matches(100)),
            "another one"
        );
        assert_eq!(
            begins(1, 100, now(900, 2 + PATIENCE)),
            window(900, After::Matches(100)),
            "far too late"
        );
        assert_eq!(begins(1, 0, now(900, 3)), window(900, After::Matches(0)));
    }

    #[test]
    fn walks_are_bounded() {
        let memory = Memory::default();
        for who in 0..2 * MOST_WALKS as u64 {
            memory.begins(who, (0, 100), now(1, 0));
        }
        assert_eq!(memory.walks.lock().expect("a lock").len(), MOST_WALKS);
        memory.begins(u64::MAX, (0, 100), now(1, PATIENCE));
        assert_eq!(memory.walks.lock().expect("a lock").len(), 1);
        for offset in 0..2 * MOST_PAGES {
            memory.ends(u64::MAX, offset, 1, PATIENCE);
        }
        let walks = memory.walks.lock().expect("a lock");
        assert_eq!(walks[&u64::MAX].pages.len(), MOST_PAGES);
    }
}
