//! How links and the figures of an index are shown.

use chrono::{DateTime, Utc};
use poem_openapi::Object;

use crate::{
    api::parse::ParsedName,
    clock::utc,
    domain::release::Lexicon,
    store::forum::{Figures, Found, OfForum},
};

/// The thread that a link stands in.
#[derive(Debug, Object)]
struct LinkThread {
    /// Its number there.
    id: i64,
    /// Its title; empty while it was neither listed nor read.
    title: String,
}

/// A link in the index of a forum source.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct ForumLink {
    /// The name of its file.
    name: String,
    /// The hash of ed2k (MD4), in 32 hexadecimal digits.
    hash: String,
    /// Bytes of its file.
    size: u64,
    /// Where it stands.
    thread: LinkThread,
    /// What its name says.
    parsed: ParsedName,
    /// When it was first seen there.
    first_seen_at: DateTime<Utc>,
    /// When it was last seen there.
    last_seen_at: DateTime<Utc>,
    /// When it was found to have left its thread; left out while it is there.
    gone_at: Option<DateTime<Utc>>,
}

impl ForumLink {
    /// Of a row, whose name is read with these words.
    pub fn of(link: Found, lexicon: &Lexicon) -> Self {
        Self {
            parsed: ParsedName::of(&link.name, lexicon),
            name: link.name,
            hash: link.id.as_hex(),
            size: link.id.size,
            thread: LinkThread {
                id: link.thread_id,
                title: link.thread,
            },
            first_seen_at: utc(link.first_seen_at),
            last_seen_at: utc(link.last_seen_at),
            gone_at: link.gone_at.map(utc),
        }
    }
}

/// What of an index is of one forum.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct IndexedForum {
    /// Its number there; left out for threads that were in no list.
    id: Option<i64>,
    /// Its threads.
    threads: i64,
    /// Links in them that are there.
    links: i64,
}

/// Figures of the index of a forum source.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct ForumIndex {
    /// Threads.
    threads: i64,
    /// Threads that are still to be read.
    threads_left: i64,
    /// When the one of them that waits longest was last read, or first seen; left out when none is.
    waiting_since: Option<DateTime<Utc>>,
    /// Links that are there. A file that stands in two threads counts twice.
    links: i64,
    /// What their files come to, in bytes.
    bytes: i64,
    /// Links that have left their threads; they are forgotten after 30 days.
    links_gone: i64,
    /// When the newest link was first seen; left out when there is none.
    newest_link_at: Option<DateTime<Utc>>,
    /// Series that are tied to a thread.
    series_tied: i64,
    /// Of each forum.
    forums: Vec<IndexedForum>,
}

impl From<Figures> for ForumIndex {
    fn from(figures: Figures) -> Self {
        let forum = |forum: OfForum| IndexedForum {
            id: Some(forum.forum_id).filter(|id| *id > 0),
            threads: forum.threads,
            links: forum.links,
        };
        Self {
            threads: figures.threads,
            threads_left: figures.due,
            waiting_since: figures.due_since.map(utc),
            links: figures.links,
            bytes: figures.bytes,
            links_gone: figures.gone,
            newest_link_at: figures.newest_at.map(utc),
            series_tied: figures.series,
            forums: figures.forums.into_iter().map(forum).collect(),
        }
    }
}
