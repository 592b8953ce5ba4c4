//! What another program has read of a forum, in the index.

use serde_json::{Value, json};

use super::links;
use crate::{
    domain::forum::Entry,
    store::{OfRows, Result, Tx, of_rows, within},
};

/// A thread as another program has read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldThread {
    /// Its number there.
    pub id: i64,
    /// Its title.
    pub title: String,
    /// The key of its title.
    pub folded: String,
    /// Address of its cover.
    pub cover: Option<String>,
    /// Its links.
    pub links: Vec<Entry>,
}

const TAKE_THREADS: OfRows = of_rows!(
    "INSERT INTO forum_thread (source_id, thread_id, forum_id, title, folded, cover, replies, sticky, due, first_seen, last_seen)
    SELECT $2, CAST(value ->> 'id' AS BIGINT), 0, value ->> 'title', value ->> 'folded', value ->> 'cover', -1, false, false, $3, $3",
    "WHERE true ON CONFLICT DO NOTHING"
);
const TAKE_LINKS: OfRows = of_rows!(
    "INSERT INTO ed2k_link (source_id, thread_id, md4, size, aich, name, folded, other, words, first_seen_at, last_seen_at)
    SELECT $2, CAST(value ->> 'thread' AS BIGINT), value ->> 'md4', CAST(value ->> 'size' AS BIGINT), value ->> 'aich', value ->> 'name',
    value ->> 'folded', value ->> 'other', value ->> 'words', $3, $3",
    "WHERE NOT EXISTS (SELECT 1 FROM forum_thread WHERE forum_thread.source_id = $2
    AND forum_thread.thread_id = CAST(value ->> 'thread' AS BIGINT) AND read_at IS NOT NULL) ON CONFLICT DO NOTHING"
);

/// Threads that another program has read, with the links that it found. What was read here is newer, and stays. How many links are new.
pub async fn take_over(tx: &mut Tx, source: i64, threads: &[OldThread], now: i64) -> Result<u64> {
    let row = |thread: &OldThread| json!({"id": thread.id, "title": thread.title, "folded": thread.folded, "cover": thread.cover});
    let (text, rows): (_, Value) = (TAKE_THREADS.text(tx), threads.iter().map(row).collect());
    within!(&mut *tx, conn => sqlx::query(text).bind(rows.to_string()).bind(source).bind(now).execute(conn).await.map(drop))?;
    let entries = threads
        .iter()
        .flat_map(|thread| thread.links.iter().map(|link| (thread.id, link)));
    let row = |(thread, entry): (i64, &Entry)| {
        let mut row = links::row(entry);
        row["thread"] = thread.into();
        row
    };
    let (text, rows): (_, Value) = (TAKE_LINKS.text(tx), entries.map(row).collect());
    let new = within!(&mut *tx, conn => sqlx::query(text).bind(rows.to_string()).bind(source).bind(now).execute(conn).await.map(|done| done.rows_affected()))?;
    links::changed(tx, source).await?;
    Ok(new)
}
