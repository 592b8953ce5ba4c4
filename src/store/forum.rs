//! Tables `forum_thread`, `ed2k_link` and `series_thread`: the local index of a forum's links, and which series its threads hold.

mod old;

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::domain::{
    forum::{Entry, Listed},
    link::{Ed2kId, Ed2kLink},
};

use super::{Db, OfRows, Page, Result, StoreError, Tx, Window, of_rows, on, within};

pub use old::{OldThread, take_over};

/// A thread.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Thread {
    /// Its number there.
    pub thread_id: i64,
    /// That of its forum; 0 while it was in no list.
    pub forum_id: i64,
    /// Its title; empty while it was neither listed nor read.
    pub title: String,
    /// Posts behind the first; -1 while it was in no list.
    pub replies: i64,
    /// It stays in front.
    pub sticky: bool,
    /// Address of its cover.
    pub cover: Option<String>,
    /// It is to be read.
    pub due: bool,
    /// When it was first in a list.
    pub first_seen: i64,
    /// When it was last in a list.
    pub last_seen: i64,
    /// When it was last read.
    pub read_at: Option<i64>,
    /// Links in it that are not gone.
    pub links: i64,
}

/// A thread that is to be read.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Due {
    /// Its number there.
    pub thread_id: i64,
    /// Its title, as the list shows it.
    pub title: String,
}

/// What is known of a thread of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Posts behind the first.
    pub replies: i64,
    /// When it was last in a list.
    pub last_seen: i64,
    /// When it was last read.
    pub read_at: Option<i64>,
}

/// A link of the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indexed {
    /// The thread that it stands in.
    pub thread_id: i64,
    /// The title of that.
    pub thread: String,
    /// The link, rebuilt from its identity.
    pub link: Ed2kLink,
    /// When it was first seen.
    pub first_seen_at: i64,
}

/// What came of reading a thread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Put {
    /// Links that were not known, or had gone.
    pub new: i64,
    /// Links that are not there any more.
    pub gone: i64,
}

/// What is in the index of a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Counts {
    /// Threads.
    pub threads: i64,
    /// Of these, those that are to be read.
    pub due: i64,
    /// Links that are there.
    pub links: i64,
    /// Links that have left their threads.
    pub gone: i64,
}

#[derive(sqlx::FromRow)]
struct LinkRow {
    thread_id: i64,
    thread: String,
    md4: String,
    size: i64,
    aich: Option<String>,
    name: String,
    first_seen_at: i64,
}

const KNOWN: OfRows = of_rows!(
    "SELECT thread_id, replies, last_seen, read_at FROM forum_thread WHERE source_id = $2
    AND thread_id IN (SELECT CAST(CAST(value AS TEXT) AS BIGINT)",
    ")"
);
const PUT_THREADS: OfRows = of_rows!(
    "INSERT INTO forum_thread (source_id, forum_id, thread_id, title, folded, replies, sticky, due, first_seen, last_seen)
    SELECT $2, $3, CAST(value ->> 'id' AS BIGINT), value ->> 'title', value ->> 'folded', CAST(value ->> 'replies' AS BIGINT),
    CAST(value ->> 'sticky' AS BOOLEAN), CAST(value ->> 'due' AS BOOLEAN), $4, $4",
    "WHERE true ON CONFLICT (source_id, thread_id) DO UPDATE SET forum_id = excluded.forum_id, title = excluded.title, folded = excluded.folded,
    replies = excluded.replies, sticky = excluded.sticky, due = forum_thread.due OR excluded.due, last_seen = excluded.last_seen,
    faults = CASE WHEN excluded.due THEN 0 ELSE forum_thread.faults END"
);
const DUE: &str = "SELECT thread_id, title FROM forum_thread WHERE source_id = $1 AND due ORDER BY faults,
    CASE WHEN EXISTS (SELECT 1 FROM series_thread WHERE series_thread.source_id = forum_thread.source_id AND series_thread.thread_id = forum_thread.thread_id)
    THEN 0 ELSE 1 END, thread_id DESC LIMIT 1";
const READ: &str = "UPDATE forum_thread SET due = false, faults = 0, read_at = $3, title = CASE WHEN title = '' THEN $4 ELSE title END,
    folded = CASE WHEN title = '' THEN $5 ELSE folded END, cover = $6 WHERE source_id = $1 AND thread_id = $2";
const FAULT: &str = "UPDATE forum_thread SET faults = faults + 1, due = faults + 1 < $3 WHERE source_id = $1 AND thread_id = $2";
const LINKS_OF: &str =
    "SELECT md4, size, gone_at FROM ed2k_link WHERE source_id = $1 AND thread_id = $2";
const PUT_LINKS: OfRows = of_rows!(
    "INSERT INTO ed2k_link (source_id, thread_id, md4, size, aich, name, folded, other, first_seen_at, last_seen_at)
    SELECT $2, $3, value ->> 'md4', CAST(value ->> 'size' AS BIGINT), value ->> 'aich', value ->> 'name', value ->> 'folded', value ->> 'other', $4, $4",
    "WHERE true ON CONFLICT (source_id, thread_id, md4, size) DO UPDATE SET aich = COALESCE(excluded.aich, ed2k_link.aich), name = excluded.name,
    folded = excluded.folded, other = excluded.other, last_seen_at = excluded.last_seen_at, gone_at = NULL"
);
const GONE: &str = "UPDATE ed2k_link SET gone_at = $3 WHERE source_id = $1 AND thread_id = $2 AND last_seen_at < $3 AND gone_at IS NULL";
const FORGET: &str = "DELETE FROM ed2k_link WHERE gone_at < $1";
const HOLDS: &str = "SELECT DISTINCT series_id FROM series_thread WHERE source_id = $1 AND thread_id = $2 ORDER BY series_id";
const ALL_HELD: &str = "SELECT DISTINCT thread_id, series_id FROM series_thread WHERE source_id = $1 ORDER BY thread_id, series_id";
const TIE: &str = "INSERT INTO series_thread (series_id, source_id, thread_id, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
const TIED_ARE_DUE: &str = "UPDATE forum_thread SET due = true, faults = 0 WHERE source_id = $1
    AND thread_id IN (SELECT thread_id FROM series_thread WHERE series_thread.source_id = $1)";
const EXPECT: &str = "INSERT INTO forum_thread (source_id, thread_id, forum_id, title, folded, replies, sticky, due, first_seen, last_seen)
    VALUES ($1, $2, 0, '', '', -1, false, true, $3, $3) ON CONFLICT DO NOTHING";
const UNTIE: &str =
    "DELETE FROM series_thread WHERE series_id = $1 AND source_id = $2 AND thread_id = $3";
const COUNTS: &str = "SELECT (SELECT COUNT(*) FROM forum_thread WHERE source_id = $1) AS threads,
    (SELECT COUNT(*) FROM forum_thread WHERE source_id = $1 AND due) AS due,
    (SELECT COUNT(*) FROM ed2k_link WHERE source_id = $1 AND gone_at IS NULL) AS links,
    (SELECT COUNT(*) FROM ed2k_link WHERE source_id = $1 AND gone_at IS NOT NULL) AS gone";

macro_rules! threads {
    () => {
        "SELECT thread_id, forum_id, title, replies, sticky, cover, due, first_seen, last_seen, read_at,
        (SELECT COUNT(*) FROM ed2k_link WHERE ed2k_link.source_id = forum_thread.source_id AND ed2k_link.thread_id = forum_thread.thread_id
        AND gone_at IS NULL) AS links FROM forum_thread "
    };
}

const THREADS: &str = concat!(
    threads!(),
    "WHERE source_id = $1 AND folded LIKE '%' || $2 || '%' ORDER BY last_seen DESC, thread_id DESC LIMIT $3 OFFSET $4"
);
const COUNT_THREADS: &str =
    "SELECT COUNT(*) FROM forum_thread WHERE source_id = $1 AND folded LIKE '%' || $2 || '%'";
const TIED: &str = concat!(
    threads!(),
    "WHERE (source_id, thread_id) IN (SELECT source_id, thread_id FROM series_thread WHERE series_id = $1 AND source_id = $2) ORDER BY thread_id"
);

macro_rules! links {
    () => {
        "SELECT ed2k_link.thread_id AS thread_id, forum_thread.title AS thread, md4, size, aich, name, first_seen_at FROM ed2k_link
        JOIN forum_thread ON forum_thread.source_id = ed2k_link.source_id AND forum_thread.thread_id = ed2k_link.thread_id "
    };
}

// Each half by its own index: with OR, or in the order of another one, all links of the source would be looked through.
const BY_KEY: &str = concat!(
    links!(),
    "WHERE ed2k_link.source_id = $1 AND ed2k_link.folded = $2 AND gone_at IS NULL UNION ",
    links!(),
    "WHERE ed2k_link.source_id = $1 AND other = $2 AND gone_at IS NULL"
);
const OF_THREAD: &str = concat!(
    links!(),
    "WHERE ed2k_link.source_id = $1 AND ed2k_link.thread_id = $2 AND gone_at IS NULL ORDER BY name, md4"
);
const RECENT: &str = concat!(
    links!(),
    "WHERE ed2k_link.source_id = $1 AND gone_at IS NULL ORDER BY first_seen_at DESC, ed2k_link.thread_id DESC, name, md4 LIMIT $2"
);
const TIED_TO: &str = "SELECT own.thread_id, NOT EXISTS (SELECT 1 FROM series_thread AS other WHERE other.source_id = own.source_id
    AND other.thread_id = own.thread_id AND other.series_id <> own.series_id) FROM series_thread AS own
    WHERE own.series_id = $1 AND own.source_id = $2 ORDER BY own.thread_id";
const KEYS: &str = "SELECT folded FROM ed2k_link WHERE source_id = $1 AND gone_at IS NULL
    UNION SELECT other FROM ed2k_link WHERE source_id = $1 AND gone_at IS NULL AND other IS NOT NULL";
const WRITTEN_AT: &str = "SELECT CAST(COALESCE(MAX(read_at), 0) AS BIGINT), COUNT(*) FROM forum_thread WHERE source_id = $1";

/// What is known of these threads.
pub async fn known(db: &Db, source: i64, threads: &[i64]) -> Result<HashMap<i64, Known>> {
    let (text, ids) = (KNOWN.text_on(db), Value::from(threads.to_vec()));
    let rows: Vec<(i64, i64, i64, Option<i64>)> = on!(db, pool => sqlx::query_as(text).bind(ids.to_string()).bind(source).fetch_all(pool).await?);
    let known = |(id, replies, last_seen, read_at)| {
        (
            id,
            Known {
                replies,
                last_seen,
                read_at,
            },
        )
    };
    Ok(rows.into_iter().map(known).collect())
}

/// These threads stand in the list of a forum.
pub async fn put_threads(
    tx: &mut Tx,
    source: i64,
    forum: i64,
    threads: &[Listed],
    now: i64,
) -> Result<()> {
    let row = |thread: &Listed| {
        json!({
            "id": thread.id, "title": thread.title, "folded": thread.folded, "replies": thread.replies,
            "sticky": thread.sticky, "due": thread.due,
        })
    };
    let (text, rows): (_, Value) = (PUT_THREADS.text(tx), threads.iter().map(row).collect());
    within!(tx, conn => sqlx::query(text).bind(rows.to_string()).bind(source).bind(forum).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// The thread that is to be read next: those that hold a series come first, those that could not be read last.
pub async fn next_due(db: &Db, source: i64) -> Result<Option<Due>> {
    Ok(on!(db, pool => sqlx::query_as(DUE).bind(source).fetch_optional(pool).await?))
}

/// A thread was read: title with its key, cover, and all of its links. What is not among them is gone.
pub async fn read(
    tx: &mut Tx,
    (source, thread): (i64, i64),
    (title, folded): (&str, &str),
    cover: Option<&str>,
    links: &[Entry],
    now: i64,
) -> Result<Put> {
    let before: Vec<(String, i64, Option<i64>)> = within!(&mut *tx, conn => sqlx::query_as(LINKS_OF).bind(source).bind(thread).fetch_all(conn).await?);
    let there: HashMap<(&str, i64), bool> = before
        .iter()
        .map(|(md4, size, gone)| ((md4.as_str(), *size), gone.is_none()))
        .collect();
    let is_new = |entry: &&Entry| {
        let md4 = entry.link.id.as_hex();
        !there
            .get(&(md4.as_str(), size(&entry.link)))
            .copied()
            .unwrap_or(false)
    };
    let new = links.iter().filter(is_new).count();
    let (text, rows): (_, Value) = (PUT_LINKS.text(tx), links.iter().map(link_row).collect());
    within!(&mut *tx, conn => sqlx::query(text).bind(rows.to_string()).bind(source).bind(thread).bind(now).execute(conn).await.map(drop))?;
    let gone = within!(&mut *tx, conn => sqlx::query(GONE).bind(source).bind(thread).bind(now).execute(conn).await.map(|done| done.rows_affected()))?;
    within!(tx, conn => sqlx::query(READ).bind(source).bind(thread).bind(now).bind(title).bind(folded).bind(cover).execute(conn).await.map(drop))?;
    Ok(Put {
        new: i64::try_from(new).unwrap_or(i64::MAX),
        gone: i64::try_from(gone).unwrap_or(i64::MAX),
    })
}

/// A thread could not be read; after `most` times it is not tried again until it changes.
pub async fn fault(tx: &mut Tx, source: i64, thread: i64, most: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(FAULT).bind(source).bind(thread).bind(most).execute(conn).await.map(drop))?;
    Ok(())
}

/// Links that left their threads before then are forgotten. How many.
pub async fn forget_gone(tx: &mut Tx, before: i64) -> Result<u64> {
    Ok(
        within!(tx, conn => sqlx::query(FORGET).bind(before).execute(conn).await.map(|done| done.rows_affected()))?,
    )
}

/// The series that a thread holds.
pub async fn held(tx: &mut Tx, source: i64, thread: i64) -> Result<Vec<i64>> {
    Ok(
        within!(tx, conn => sqlx::query_scalar(HOLDS).bind(source).bind(thread).fetch_all(conn).await?),
    )
}

/// The threads of a source that hold series, and which.
pub async fn all_held(db: &Db, source: i64) -> Result<HashMap<i64, Vec<i64>>> {
    let rows: Vec<(i64, i64)> =
        on!(db, pool => sqlx::query_as(ALL_HELD).bind(source).fetch_all(pool).await?);
    let mut held: HashMap<i64, Vec<i64>> = HashMap::new();
    for (thread, series) in rows {
        held.entry(thread).or_default().push(series);
    }
    Ok(held)
}

/// A thread holds a series. One that was in no list yet is read with the next crawl.
pub async fn tie(tx: &mut Tx, series: i64, (source, thread): (i64, i64), now: i64) -> Result<()> {
    within!(&mut *tx, conn => sqlx::query(TIE).bind(series).bind(source).bind(thread).bind(now).execute(conn).await.map(drop))?;
    within!(tx, conn => sqlx::query(EXPECT).bind(source).bind(thread).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// The threads that hold series are to be read, whatever the lists say.
pub async fn tied_are_due(tx: &mut Tx, source: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(TIED_ARE_DUE).bind(source).execute(conn).await.map(drop))?;
    Ok(())
}

/// It does not hold it any more. False when it did not.
pub async fn untie(tx: &mut Tx, series: i64, (source, thread): (i64, i64)) -> Result<bool> {
    let done = within!(tx, conn => sqlx::query(UNTIE).bind(series).bind(source).bind(thread).execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// The threads of a source that hold a series.
pub async fn tied(db: &Db, series: i64, source: i64) -> Result<Vec<Thread>> {
    Ok(on!(db, pool => sqlx::query_as(TIED).bind(series).bind(source).fetch_all(pool).await?))
}

/// Threads of a source whose folded titles hold this one, as they were last in a list.
pub async fn threads(db: &Db, source: i64, folded: &str, window: Window) -> Result<Page<Thread>> {
    let total = on!(db, pool => sqlx::query_scalar(COUNT_THREADS).bind(source).bind(folded).fetch_one(pool).await?);
    let records = on!(db, pool => sqlx::query_as(THREADS).bind(source).bind(folded).bind(window.limit).bind(window.offset).fetch_all(pool).await?);
    Ok(Page { total, records })
}

/// The links whose names read a series of this folded title.
pub async fn by_key(db: &Db, source: i64, folded: &str) -> Result<Vec<Indexed>> {
    let mut rows: Vec<LinkRow> =
        on!(db, pool => sqlx::query_as(BY_KEY).bind(source).bind(folded).fetch_all(pool).await?);
    let place = |row: &LinkRow| (row.thread_id, row.name.clone(), row.md4.clone());
    rows.sort_by_cached_key(place);
    rows.into_iter().map(indexed).collect()
}

/// The links of a thread.
pub async fn of_thread(db: &Db, source: i64, thread: i64) -> Result<Vec<Indexed>> {
    let rows: Vec<LinkRow> =
        on!(db, pool => sqlx::query_as(OF_THREAD).bind(source).bind(thread).fetch_all(pool).await?);
    rows.into_iter().map(indexed).collect()
}

/// The links that were seen first last.
pub async fn recent(db: &Db, source: i64, limit: i64) -> Result<Vec<Indexed>> {
    let rows: Vec<LinkRow> =
        on!(db, pool => sqlx::query_as(RECENT).bind(source).bind(limit).fetch_all(pool).await?);
    rows.into_iter().map(indexed).collect()
}

/// The links of the threads that a user says hold a series, each with whether its thread holds no other.
pub async fn tied_links(db: &Db, source: i64, series: i64) -> Result<Vec<(Indexed, bool)>> {
    let threads: Vec<(i64, bool)> =
        on!(db, pool => sqlx::query_as(TIED_TO).bind(series).bind(source).fetch_all(pool).await?);
    let mut links = Vec::new();
    for (thread, is_alone) in threads {
        let of_thread = of_thread(db, source, thread).await?.into_iter();
        links.extend(of_thread.map(|link| (link, is_alone)));
    }
    Ok(links)
}

/// Every title that some link of a source reads, folded.
pub async fn keys(db: &Db, source: i64) -> Result<Vec<String>> {
    Ok(on!(db, pool => sqlx::query_scalar(KEYS).bind(source).fetch_all(pool).await?))
}

/// When a thread of a source was last read, in milliseconds since the epoch, and how many are known: it changes with what is in the index.
pub async fn written_at(db: &Db, source: i64) -> Result<(i64, i64)> {
    Ok(on!(db, pool => sqlx::query_as(WRITTEN_AT).bind(source).fetch_one(pool).await?))
}

/// What is in the index of a source.
pub async fn counts(db: &Db, source: i64) -> Result<Counts> {
    Ok(on!(db, pool => sqlx::query_as(COUNTS).bind(source).fetch_one(pool).await?))
}

fn size(link: &Ed2kLink) -> i64 {
    i64::try_from(link.id.size).unwrap_or(i64::MAX)
}

fn link_row(entry: &Entry) -> Value {
    let link = &entry.link;
    json!({
        "md4": link.id.as_hex(), "size": size(link), "aich": link.aich, "name": link.name, "folded": entry.folded, "other": entry.other,
    })
}

fn indexed(row: LinkRow) -> Result<Indexed> {
    let md4 = hex::decode(&row.md4)
        .ok()
        .and_then(|bytes| bytes.try_into().ok());
    let (Some(md4), Ok(size)) = (md4, u64::try_from(row.size)) else {
        return Err(StoreError::Unreadable {
            place: "ed2k_link.md4",
        });
    };
    Ok(Indexed {
        thread_id: row.thread_id,
        thread: row.thread,
        link: Ed2kLink {
            id: Ed2kId { md4, size },
            name: row.name,
            aich: row.aich,
        },
        first_seen_at: row.first_seen_at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{forum, release::Lexicon, series::Series},
        store::{connection, scratch, series},
    };

    fn link(name: &str, size: u64) -> Entry {
        let link = Ed2kLink {
            id: Ed2kId { md4: [7; 16], size },
            name: name.into(),
            aich: None,
        };
        forum::entry(link, "Berserk", Lexicon::known())
    }

    #[tokio::test]
    async fn links_are_found_by_their_series_and_age_out_when_they_left_their_thread() {
        let folder = tempfile::tempdir().expect("a folder");
        let (db, _) = scratch::new(folder.path()).await;
        let mut tx = db.begin().await.expect("a transaction");
        let draft = connection::Draft {
            role: "source",
            name: "e",
            kind: "ebdz",
            managed: "api",
            enabled: true,
            config: "{}",
            sealed: None,
        };
        let source = connection::insert(&mut tx, &draft, 1)
            .await
            .expect("inserted");
        let berserk = Series {
            title: "Berserk".into(),
            language: "fr".into(),
            ..Series::default()
        };
        let berserk = series::insert(&mut tx, &berserk, 1)
            .await
            .expect("inserted");
        let listed = |id, replies, due| {
            forum::listed(
                (id, "Berserk [Miura]", replies, false),
                due,
                Lexicon::known(),
            )
        };
        put_threads(
            &mut tx,
            source,
            29,
            &[listed(5, 3, true), listed(9, 0, true)],
            10,
        )
        .await
        .expect("put");
        tie(&mut tx, berserk, (source, 5), 10).await.expect("tied");
        tie(&mut tx, berserk, (source, 77), 10).await.expect("tied");
        tx.commit().await.expect("committed");

        // Those that hold a series come first; one that failed comes last.
        let next = async |expected: Option<i64>| {
            let due = next_due(&db, source).await.expect("read");
            assert_eq!(due.map(|due| due.thread_id), expected);
        };
        next(Some(77)).await;
        let mut tx = db.begin().await.expect("a transaction");
        fault(&mut tx, source, 77, 3).await.expect("noted");
        tx.commit().await.expect("committed");
        next(Some(5)).await;

        let read_at = async |links: &[Entry], now| {
            let mut tx = db.begin().await.expect("a transaction");
            let put = read(&mut tx, (source, 5), ("x", "x"), None, links, now)
                .await
                .expect("read");
            tx.commit().await.expect("committed");
            (put.new, put.gone)
        };
        assert_eq!(
            read_at(&[link("Berserk T41.cbz", 1), link("Guts T01.cbz", 2)], 20).await,
            (2, 0)
        );
        assert_eq!(read_at(&[link("Berserk T41 v2.cbz", 1)], 30).await, (0, 1));
        next(Some(9)).await;
        let found = by_key(&db, source, "berserk").await.expect("read");
        let names: Vec<_> = found
            .iter()
            .map(|found| (found.link.name.as_str(), found.first_seen_at))
            .collect();
        assert_eq!(names, [("Berserk T41 v2.cbz", 20)]);
        assert!(
            by_key(&db, source, "guts").await.expect("read").is_empty(),
            "it is gone"
        );
        assert_eq!(
            read_at(&[link("Berserk T41.cbz", 1), link("Guts T01.cbz", 2)], 40).await,
            (1, 0),
            "it is back"
        );
        assert_eq!(read_at(&[], 50).await, (0, 2));
        let mut tx = db.begin().await.expect("a transaction");
        assert_eq!(forget_gone(&mut tx, 50).await.expect("forgotten"), 0);
        assert_eq!(forget_gone(&mut tx, 51).await.expect("forgotten"), 2);
        put_threads(&mut tx, source, 29, &[listed(5, 3, false)], 60)
            .await
            .expect("put");
        tx.commit().await.expect("committed");
        let known = known(&db, source, &[5, 6]).await.expect("read");
        assert_eq!(
            known,
            HashMap::from([(
                5,
                Known {
                    replies: 3,
                    last_seen: 60,
                    read_at: Some(50)
                }
            )])
        );
        let counts = counts(&db, source).await.expect("read");
        assert_eq!(
            counts,
            Counts {
                threads: 3,
                due: 2,
                links: 0,
                gone: 0
            }
        );
        let page = threads(
            &db,
            source,
            "serk",
            Window {
                limit: 1,
                offset: 0,
            },
        )
        .await
        .expect("read");
        assert_eq!((page.total, page.records[0].thread_id), (2, 5));
        let tied = tied(&db, berserk, source).await.expect("read");
        assert_eq!(
            tied.iter()
                .map(|thread| (thread.thread_id, thread.title.as_str()))
                .collect::<Vec<_>>(),
            [(5, "Berserk [Miura]"), (77, "")]
        );
    }
}
