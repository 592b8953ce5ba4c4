//! What feeds keep in memory: the index of offers, and how far each consumer has paged. Both are made anew when they are lost.

use std::{
    collections::HashMap,
    sync::{Mutex, RwLock},
};

use super::index::{After, Index, Window};
use crate::{
    app::App,
    domain::units::{MINUTE, SECOND},
    store::{self, StoreError},
};

/// How old the index may be.
const FRESH: i64 = 5 * SECOND;
/// After so long without a question its memory is given back.
const UNUSED: i64 = 15 * MINUTE;
/// Offers that are read at once.
const AT_ONCE: i64 = 5_000;
/// Offers that are seen again in a moment at most; more are made anew.
const MOST_SEEN: i64 = 20_000;
/// Clocks and transactions of several processes differ by less.
const OVERLAP: i64 = MINUTE;
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
    read_at: tokio::sync::Mutex<Option<i64>>,
    asked_at: Mutex<i64>,
    walks: Mutex<HashMap<u64, Walk>>,
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
        app: &App,
        look: impl FnOnce(&Index) -> T,
    ) -> Result<T, StoreError> {
        self.refresh(app).await?;
        let index = self.index.read().expect("no one panics while holding it");
        Ok(look(&index))
    }

    async fn refresh(&self, app: &App) -> Result<(), StoreError> {
        let now = app.clock.now();
        *self
            .asked_at
            .lock()
            .expect("no one panics while holding it") = now;
        // While one reads what is new, the others go on with what is known.
        let mut read_at = match self.read_at.try_lock() {
            Ok(read_at) => read_at,
            Err(_) => {
                let read_at = self.read_at.lock().await;
                if read_at.is_some() {
                    return Ok(());
                }
                read_at
            }
        };
        match *read_at {
            Some(at) if (at..at + FRESH).contains(&now) => return Ok(()),
            Some(_) => self.renew(app).await?,
            None => self.read(app).await?,
        }
        *read_at = Some(now);
        Ok(())
    }

    async fn read(&self, app: &App) -> Result<(), StoreError> {
        let mut index = Index::default();
        loop {
            let new = store::feed::new(&app.db, index.top(), AT_ONCE).await?;
            if new.is_empty() {
                break;
            }
            index.put(&new);
        }
        index.follow(store::feed::followed(&app.db).await?);
        index.want(&store::feed::wanted(&app.db).await?);
        *self.index.write().expect("no one panics while holding it") = index;
        Ok(())
    }

    async fn renew(&self, app: &App) -> Result<(), StoreError> {
        let (top, last_seen) = {
            let index = self.index.read().expect("no one panics while holding it");
            (index.top(), index.last_seen())
        };
        let seen = store::feed::seen(&app.db, last_seen - OVERLAP, top, MOST_SEEN).await?;
        let new = store::feed::new(&app.db, top, MOST_SEEN).await?;
        if [&seen, &new]
            .iter()
            .any(|read| read.len() as i64 >= MOST_SEEN)
        {
            return self.read(app).await;
        }
        let followed = store::feed::followed(&app.db).await?;
        let wanted = store::feed::wanted(&app.db).await?;
        let is_torn = {
            let mut index = self.index.write().expect("no one panics while holding it");
            index.put(&seen);
            index.put(&new);
            index.follow(followed);
            index.want(&wanted);
            index.is_torn()
        };
        match is_torn {
            true => self.read(app).await,
            false => Ok(()),
        }
    }

    /// Gives back what nobody asked for in a while.
    pub async fn tidy(&self, now: i64) {
        let asked_at = *self
            .asked_at
            .lock()
            .expect("no one panics while holding it");
        if now < asked_at + UNUSED {
            return;
        }
        let mut read_at = self.read_at.lock().await;
        if read_at.take().is_some() {
            *self.index.write().expect("no one panics while holding it") = Index::default();
            self.walks
                .lock()
                .expect("no one panics while holding it")
                .clear();
        }
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
        match walks.get(&who).filter(|walk| walk.at + PATIENCE > now.at) {
            Some(walk) => {
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
