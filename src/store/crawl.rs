//! Tables `forum_crawl` and `forum`: how far the reading of a forum source has come. What is here outlives a restart, so a crawl goes on
//! where it was.

use super::{Db, Result, Tx, on, on_writer, within};
use crate::domain::units::HOUR;

/// The crawl of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Crawl {
    /// Begun, and not at its end.
    pub crawling: bool,
    /// A person asked for it.
    pub asked: bool,
    /// When this or the last one began.
    pub began_at: Option<i64>,
    /// When the last one came to its end, or was stopped.
    pub ended_at: Option<i64>,
    /// Pages of the full sweep that are still to be read in it.
    pub sweep_left: i64,
    /// When it last had its share of the full sweep.
    pub swept_at: Option<i64>,
    /// Pages of lists that were read in it.
    pub pages: i64,
    /// Threads that were read in it.
    pub threads: i64,
    /// Links that it found and that were not known.
    pub links: i64,
    /// Failures in a row.
    pub failures: i64,
    /// The forum is left alone until then.
    pub rests_until: Option<i64>,
    /// The version of the connection ([`super::connection::Connection::updated_at`]) whose credentials were refused.
    pub refused: Option<i64>,
    /// Until then nobody sends these credentials again.
    pub refused_until: Option<i64>,
    /// When something of the forum was last read.
    pub read_at: Option<i64>,
}

impl Crawl {
    /// Until when the credentials of this version of the connection are not sent again, whoever asks; none when they may be sent.
    pub fn held(&self, version: i64, now: i64) -> Option<i64> {
        // Further away than any hold: the clock was set back.
        let is_ahead = |until: &i64| *until > now && *until - now <= HOUR;
        self.refused_until
            .filter(|until| self.refused == Some(version) && is_ahead(until))
    }
}

/// A forum of a source.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Forum {
    /// Its number there.
    pub forum_id: i64,
    /// The next page of the list to be read; none when no reading is under way.
    pub page: Option<i64>,
    /// How many there are.
    pub pages: i64,
    /// When this reading of the list began.
    pub began_at: Option<i64>,
    /// When the last reading that came to its end began.
    pub listed_at: Option<i64>,
    /// The next page of the full sweep, from 1 on.
    pub sweep_page: i64,
    /// When the full sweep last came to its end.
    pub swept_at: Option<i64>,
    /// Why it could not be read the last time.
    pub problem: Option<String>,
    /// When that was.
    pub problem_at: Option<i64>,
}

/// What one step of a crawl did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Pages of lists.
    pub pages: i64,
    /// Threads.
    pub threads: i64,
    /// New links.
    pub links: i64,
}

const GET: &str = "SELECT crawling, asked, began_at, ended_at, sweep_left, swept_at, pages, threads, links, failures, rests_until, refused, refused_until, read_at
    FROM forum_crawl WHERE source_id = $1";
const MAKE: &str = "INSERT INTO forum_crawl (source_id) VALUES ($1) ON CONFLICT DO NOTHING";
const ASK: &str = "UPDATE forum_crawl SET asked = true, refused = NULL, refused_until = NULL WHERE source_id = $1";
const UNASK: &str = "UPDATE forum_crawl SET asked = false WHERE source_id = $1";
const BEGIN: &str = "UPDATE forum_crawl SET crawling = true, began_at = $2, sweep_left = $3,
    swept_at = CASE WHEN $3 > 0 THEN $2 ELSE swept_at END, pages = 0, threads = 0, links = 0 WHERE source_id = $1";
const END: &str = "UPDATE forum_crawl SET crawling = false, asked = false, ended_at = $2, failures = 0, rests_until = NULL, refused = NULL,
    refused_until = NULL WHERE source_id = $1 AND crawling";
const STOP: &str = "UPDATE forum_crawl SET crawling = false, asked = false, ended_at = $2 WHERE source_id = $1 AND (crawling OR asked)";
const DID: &str = "UPDATE forum_crawl SET pages = pages + $2, threads = threads + $3, links = links + $4, failures = 0, rests_until = NULL, refused = NULL,
    refused_until = NULL, read_at = $5 WHERE source_id = $1";
const REST: &str = "UPDATE forum_crawl SET failures = failures + 1, rests_until = $2, asked = false WHERE source_id = $1";
const REFUSE: &str =
    "UPDATE forum_crawl SET refused = $2, refused_until = $3, asked = false WHERE source_id = $1";
const WORKS: &str = "UPDATE forum_crawl SET failures = 0, rests_until = NULL, refused = NULL, refused_until = NULL WHERE source_id = $1";
const FORUMS: &str = "SELECT forum_id, page, pages, began_at, listed_at, sweep_page, swept_at, problem, problem_at FROM forum WHERE source_id = $1 ORDER BY forum_id";
const MAKE_FORUM: &str =
    "INSERT INTO forum (source_id, forum_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
const LISTING: &str = "UPDATE forum SET page = $3, pages = $4, began_at = $5, problem = NULL, problem_at = NULL WHERE source_id = $1 AND forum_id = $2";
const LISTED: &str =
    "UPDATE forum SET page = NULL, pages = $3, listed_at = $4, problem = NULL, problem_at = NULL
    WHERE source_id = $1 AND forum_id = $2";
const PROBLEM: &str =
    "UPDATE forum SET problem = $3, problem_at = $4 WHERE source_id = $1 AND forum_id = $2";
const SWEPT: &str = "UPDATE forum SET sweep_page = $3, swept_at = COALESCE($4, swept_at) WHERE source_id = $1 AND forum_id = $2";
const SWEEP_LEFT: &str = "UPDATE forum_crawl SET sweep_left = CASE WHEN sweep_left > $2 THEN sweep_left - $2 ELSE 0 END WHERE source_id = $1";

/// Of a source; as it is at the start when nothing was read.
pub async fn get(db: &Db, source: i64) -> Result<Crawl> {
    let row: Option<Crawl> =
        on!(db, pool => sqlx::query_as(GET).bind(source).fetch_optional(pool).await?);
    Ok(row.unwrap_or_default())
}

/// A person wants it to begin now, whatever was refused before.
pub async fn ask(db: &Db, source: i64) -> Result<()> {
    on_writer!(db, pool => sqlx::query(MAKE).bind(source).execute(pool).await.map(drop))?;
    on_writer!(db, pool => sqlx::query(ASK).bind(source).execute(pool).await.map(drop))?;
    Ok(())
}

/// What a person asked for is not done now.
pub async fn unask(db: &Db, source: i64) -> Result<()> {
    on_writer!(db, pool => sqlx::query(UNASK).bind(source).execute(pool).await.map(drop))?;
    Ok(())
}

/// It begins, with so many pages of the full sweep.
pub async fn begin(tx: &mut Tx, source: i64, sweep: i64, now: i64) -> Result<()> {
    within!(&mut *tx, conn => sqlx::query(MAKE).bind(source).execute(conn).await.map(drop))?;
    within!(tx, conn => sqlx::query(BEGIN).bind(source).bind(now).bind(sweep).execute(conn).await.map(drop))?;
    Ok(())
}

/// These forums are read.
pub async fn know_forums(tx: &mut Tx, source: i64, forums: &[i64]) -> Result<()> {
    for forum in forums {
        within!(&mut *tx, conn => sqlx::query(MAKE_FORUM).bind(source).bind(forum).execute(conn).await.map(drop))?;
    }
    Ok(())
}

/// It came to its end.
pub async fn end(tx: &mut Tx, source: i64, now: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(END).bind(source).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// A person wants it to end now. The next one goes on where it was. False when there is none.
pub async fn stop(db: &Db, source: i64, now: i64) -> Result<bool> {
    let done = on_writer!(db, pool => sqlx::query(STOP).bind(source).bind(now).execute(pool).await.map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Something was read: the forum works.
pub async fn did(tx: &mut Tx, source: i64, did: Progress, now: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(DID).bind(source).bind(did.pages).bind(did.threads).bind(did.links).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// It failed, and goes on after that.
pub async fn rest(tx: &mut Tx, source: i64, until: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(REST).bind(source).bind(until).execute(conn).await.map(drop))?;
    Ok(())
}

/// The credentials of this version of the connection were refused, and nobody sends them again before `until`, if that is given.
pub async fn refuse(db: &Db, source: i64, version: i64, until: Option<i64>) -> Result<()> {
    on_writer!(db, pool => sqlx::query(MAKE).bind(source).execute(pool).await.map(drop))?;
    on_writer!(db, pool => sqlx::query(REFUSE).bind(source).bind(version).bind(until).execute(pool).await.map(drop))?;
    Ok(())
}

/// A person has seen that it works: it goes on at once.
pub async fn works(db: &Db, source: i64) -> Result<()> {
    on_writer!(db, pool => sqlx::query(WORKS).bind(source).execute(pool).await.map(drop))?;
    Ok(())
}

/// The forums of a source that were looked at.
pub async fn forums(db: &Db, source: i64) -> Result<Vec<Forum>> {
    Ok(on!(db, pool => sqlx::query_as(FORUMS).bind(source).fetch_all(pool).await?))
}

/// The reading of a list, begun at `began_at`, goes on with this page.
pub async fn listing(
    tx: &mut Tx,
    source: i64,
    forum: i64,
    page: i64,
    pages: i64,
    began_at: i64,
) -> Result<()> {
    within!(tx, conn => sqlx::query(LISTING).bind(source).bind(forum).bind(page).bind(pages).bind(began_at).execute(conn).await.map(drop))?;
    Ok(())
}

/// The reading of a list, begun at `began_at`, came to its end.
pub async fn listed(tx: &mut Tx, source: i64, forum: i64, pages: i64, began_at: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(LISTED).bind(source).bind(forum).bind(pages).bind(began_at).execute(conn).await.map(drop))?;
    Ok(())
}

/// A forum cannot be read now. Its reading goes on later where it was.
pub async fn problem(db: &Db, (source, forum): (i64, i64), problem: &str, now: i64) -> Result<()> {
    on_writer!(db, pool => sqlx::query(PROBLEM).bind(source).bind(forum).bind(problem).bind(now).execute(pool).await.map(drop))?;
    Ok(())
}

/// `spent` pages of the sweep are done; it goes on with `page` of a forum, which is complete when it came to its end at `ended_at`.
pub async fn swept(
    tx: &mut Tx,
    source: i64,
    (forum, page): (i64, i64),
    ended_at: Option<i64>,
    spent: i64,
) -> Result<()> {
    within!(&mut *tx, conn => sqlx::query(SWEPT).bind(source).bind(forum).bind(page).bind(ended_at).execute(conn).await.map(drop))?;
    within!(tx, conn => sqlx::query(SWEEP_LEFT).bind(source).bind(spent).execute(conn).await.map(drop))?;
    Ok(())
}
