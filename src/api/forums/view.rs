//! How crawls and threads are shown.

use chrono::{DateTime, Utc};
use poem_openapi::{Enum, Object};

use crate::{
    clock::utc,
    store::{
        connection::Connection,
        crawl,
        forum::{Counts, Thread},
    },
};

/// What a crawl does now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
enum CrawlState {
    /// Nothing; the next one begins by itself.
    Idle,
    /// It begins in a moment.
    Asked,
    /// It reads, or goes on where it was after a restart.
    Crawling,
    /// The forum is left alone until `restsUntil`; then it goes on.
    Resting,
    /// The forum did not let us in; nothing is tried until the source is changed or tested, or a crawl is asked for.
    Refused,
}

/// How far a forum's list of threads was read.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
struct ForumProgress {
    /// Its number there.
    id: i64,
    /// The page that is read next; left out when no reading is under way.
    page: Option<i64>,
    /// Pages of its list; 0 while that is not known.
    pages: i64,
    /// When its newest threads were last looked at.
    listed_at: Option<DateTime<Utc>>,
    /// The page that the full sweep reads next.
    sweep_page: i64,
    /// When the full sweep last came to its end.
    swept_at: Option<DateTime<Utc>>,
    /// Why it cannot be read.
    problem: Option<String>,
}

/// The reading of a forum source, and what is in its index.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct Crawl {
    /// What it does now.
    state: CrawlState,
    /// When this or the last one began.
    began_at: Option<DateTime<Utc>>,
    /// When the last one came to its end, or was stopped.
    ended_at: Option<DateTime<Utc>>,
    /// The forum is left alone until then.
    rests_until: Option<DateTime<Utc>>,
    /// Why it rests or was refused, or does not go on.
    problem: Option<String>,
    /// Pages of lists that this or the last one read.
    pages_read: i64,
    /// Threads that it read.
    threads_read: i64,
    /// Links that it found and that were not known.
    links_new: i64,
    /// Threads that are still to be read.
    threads_left: i64,
    /// Threads in the index.
    threads: i64,
    /// Links in the index that are there.
    links: i64,
    /// Links that have left their threads; they are forgotten after 30 days.
    links_gone: i64,
    /// Its forums.
    forums: Vec<ForumProgress>,
}

impl Crawl {
    /// Of a row with what is wrong, its forums and its index, as it is at `now`.
    pub fn of(
        (row, why): (&Connection, Option<String>),
        crawl: &crawl::Crawl,
        forums: Vec<crawl::Forum>,
        counts: Counts,
        now: i64,
    ) -> Self {
        let rests_until = crawl.rests_until.filter(|until| *until > now);
        let state = match crawl {
            _ if crawl.refused == Some(row.updated_at) => CrawlState::Refused,
            _ if rests_until.is_some() => CrawlState::Resting,
            _ if crawl.crawling => CrawlState::Crawling,
            _ if crawl.asked => CrawlState::Asked,
            _ => CrawlState::Idle,
        };
        let forum = |forum: crawl::Forum| ForumProgress {
            id: forum.forum_id,
            page: forum.page,
            pages: forum.pages,
            listed_at: forum.listed_at.map(utc),
            sweep_page: forum.sweep_page,
            swept_at: forum.swept_at.map(utc),
            problem: forum.problem,
        };
        let problem = match state {
            CrawlState::Refused | CrawlState::Resting | CrawlState::Crawling => why,
            CrawlState::Idle | CrawlState::Asked => None,
        };
        Self {
            state,
            problem,
            began_at: crawl.began_at.map(utc),
            ended_at: crawl.ended_at.map(utc),
            rests_until: rests_until.map(utc),
            pages_read: crawl.pages,
            threads_read: crawl.threads,
            links_new: crawl.links,
            threads_left: counts.due,
            threads: counts.threads,
            links: counts.links,
            links_gone: counts.gone,
            forums: forums.into_iter().map(forum).collect(),
        }
    }
}

/// A thread of a forum source.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct ForumThread {
    /// Its number there.
    id: i64,
    /// That of its forum; left out while it was in no list.
    forum: Option<i64>,
    /// Its title; empty while it was neither listed nor read.
    title: String,
    /// Posts behind the first; left out while it was in no list.
    replies: Option<i64>,
    /// It stays in front of its forum.
    sticky: bool,
    /// Address of its cover.
    cover: Option<String>,
    /// Links in it.
    links: i64,
    /// It is still to be read.
    due: bool,
    /// Why it could not be read the last time; its links stay, and after three crawls it is left alone until something is said in it.
    problem: Option<String>,
    /// The series that it holds, as was said of it.
    series: Vec<i64>,
    /// When it was first seen.
    first_seen_at: DateTime<Utc>,
    /// When it was last seen in a list.
    last_seen_at: DateTime<Utc>,
    /// When it was last read.
    read_at: Option<DateTime<Utc>>,
}

impl ForumThread {
    /// Of a row, and the series that it holds.
    pub fn of(thread: Thread, series: Vec<i64>) -> Self {
        Self {
            id: thread.thread_id,
            forum: Some(thread.forum_id).filter(|forum| *forum > 0),
            title: thread.title,
            replies: Some(thread.replies).filter(|replies| *replies >= 0),
            sticky: thread.sticky,
            cover: thread.cover,
            links: thread.links,
            due: thread.due,
            problem: thread.problem,
            series,
            first_seen_at: utc(thread.first_seen),
            last_seen_at: utc(thread.last_seen),
            read_at: thread.read_at.map(utc),
        }
    }
}
