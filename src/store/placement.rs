//! Table `placement`: the journal of files that are put into libraries. Each step is on the disk before what it names is done.

use crate::domain::{
    placement::{Damaged, How, Step},
    volume::VolumeSet,
};

use super::{Db, Result, StoreError, from_json, from_text, on, on_writer, to_json, within};

/// A row, read. Paths are text as in [`crate::ports::ScannedFile::path`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    /// Our own number for it.
    pub id: i64,
    /// Which grab brought it.
    pub grab_id: i64,
    /// Whose volume it is.
    pub series_id: i64,
    /// The library that it is for.
    pub library_id: i64,
    /// What it holds.
    pub volumes: VolumeSet,
    /// The client's file, absolute.
    pub source: String,
    /// The library's folder, absolute.
    pub root: String,
    /// Below the library's folder.
    pub target: String,
    /// The series' folder may be made.
    pub new_folder: bool,
    /// A hardlink will do; else it is always a copy.
    pub may_link: bool,
    /// The library's own file that it replaces.
    pub replaces: Option<Damaged>,
    /// A RAR or 7z archive becomes a ZIP.
    pub convert: bool,
    /// The `ComicInfo.xml` that is added to a ZIP that has none.
    pub comic_info: Option<String>,
    /// Where it stands.
    pub step: Step,
    /// How its bytes come there.
    pub how: Option<How>,
    /// The name of the temporary file, in the target's folder.
    pub temp: Option<String>,
    /// The topmost folder that was made for it, below the library's folder.
    pub folder: Option<String>,
    /// Bytes of the client's file.
    pub source_size: Option<i64>,
    /// Bytes of the file that we placed.
    pub size: Option<i64>,
    /// Of the file that we placed.
    pub inode: Option<i64>,
    /// When that was last changed; milliseconds since the epoch.
    pub modified: Option<i64>,
    /// SHA-256 in hexadecimal, of what was copied or made.
    pub checksum: Option<String>,
    /// Why it is not done, or what was found when it was undone.
    pub message: Option<String>,
    /// Counts its changes: whoever does not know the last one does not own it.
    pub revision: i64,
    /// When it was planned.
    pub created_at: i64,
    /// When it last changed.
    pub updated_at: i64,
    /// When it was removed again.
    pub undone_at: Option<i64>,
}

/// What is to be placed.
#[derive(Clone, Debug)]
pub struct NewPlacement<'a> {
    /// See [`Placement`] for all of these.
    pub grab_id: i64,
    pub series_id: i64,
    pub library_id: i64,
    pub volumes: &'a VolumeSet,
    pub source: &'a str,
    pub root: &'a str,
    pub target: &'a str,
    pub new_folder: bool,
    pub may_link: bool,
    pub replaces: Option<&'a Damaged>,
    pub convert: bool,
    pub comic_info: Option<&'a str>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    grab_id: i64,
    series_id: i64,
    library_id: i64,
    volumes: String,
    source: String,
    root: String,
    target: String,
    new_folder: bool,
    may_link: bool,
    replaces: Option<String>,
    convert: bool,
    comic_info: Option<String>,
    step: String,
    how: Option<String>,
    temp: Option<String>,
    folder: Option<String>,
    source_size: Option<i64>,
    size: Option<i64>,
    inode: Option<i64>,
    modified: Option<i64>,
    checksum: Option<String>,
    message: Option<String>,
    revision: i64,
    created_at: i64,
    updated_at: i64,
    undone_at: Option<i64>,
}

macro_rules! columns {
    () => {
        "id, grab_id, series_id, library_id, volumes, source, root, target, new_folder, may_link, replaces, convert, comic_info, step, how,
    temp, folder, source_size, size, inode, modified, checksum, message, revision, created_at, updated_at, undone_at"
    };
}

const INSERT: &str = concat!(
    "INSERT INTO placement (grab_id, series_id, library_id, volumes, source, root, target, new_folder, may_link, replaces, convert,
    comic_info, step, revision, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'planned', 0, $13, $13)
    RETURNING ",
    columns!()
);
const SAVE: &str = "UPDATE placement SET step = $3, how = $4, temp = $5, folder = $6, size = $7, inode = $8, modified = $9, checksum = $10,
    message = $11, revision = $2 + 1, updated_at = $12, undone_at = $13, source_size = $14 WHERE id = $1 AND revision = $2";
const GET: &str = concat!("SELECT ", columns!(), " FROM placement WHERE id = $1");
const UNFINISHED: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM placement WHERE step IN ('planned', 'writing', 'renaming', 'undoing') ORDER BY id"
);
const AT: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM placement WHERE library_id = $1 AND target = $2 AND step NOT IN ('failed', 'undone') ORDER BY id DESC LIMIT 1"
);
const OF_GRAB: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM placement WHERE grab_id = $1 ORDER BY id"
);
const OF_ENDED: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM placement WHERE step NOT IN ('failed', 'undone')
    AND grab_id IN (SELECT id FROM grab WHERE state IN ('rejected', 'failed', 'stalled', 'lost', 'removed')) ORDER BY id"
);
const FOLDERS: &str =
    "SELECT folder, target FROM placement WHERE library_id = $1 AND folder IS NOT NULL";

const FORGET: &str = "UPDATE placement SET folder = NULL
    WHERE library_id = $1 AND (folder = $2 OR substr(folder, 1, length($2) + 1) = $2 || '/')";

/// Writes down what is to be placed. A conflict ([`StoreError::is_conflict`]) means that something is on its way there already.
pub async fn insert(db: &Db, new: &NewPlacement<'_>, now: i64) -> Result<Placement> {
    let row: Row = on_writer!(db, pool => sqlx::query_as(INSERT).bind(new.grab_id).bind(new.series_id).bind(new.library_id)
        .bind(new.volumes.to_string()).bind(new.source).bind(new.root).bind(new.target).bind(new.new_folder).bind(new.may_link)
        .bind(new.replaces.map(to_json)).bind(new.convert).bind(new.comic_info).bind(now)
        .fetch_one(pool).await?);
    read(row)
}

/// Writes down where it stands, for good: a power cut does not undo it. The row with its next revision; none when another process has
/// changed it meanwhile.
pub async fn save(db: &Db, row: &Placement, now: i64) -> Result<Option<Placement>> {
    let mut tx = db.begin().await?;
    let changed = within!(&mut tx, conn => sqlx::query(SAVE).bind(row.id).bind(row.revision).bind(row.step.word()).bind(row.how.map(How::word))
        .bind(row.temp.as_deref()).bind(row.folder.as_deref()).bind(row.size).bind(row.inode).bind(row.modified).bind(row.checksum.as_deref())
        .bind(row.message.as_deref()).bind(now).bind(row.undone_at).bind(row.source_size).execute(conn).await?.rows_affected());
    tx.commit().await?;
    Ok((changed == 1).then(|| Placement {
        revision: row.revision + 1,
        updated_at: now,
        ..row.clone()
    }))
}

/// One.
pub async fn get(db: &Db, id: i64) -> Result<Option<Placement>> {
    let row: Option<Row> =
        on!(db, pool => sqlx::query_as(GET).bind(id).fetch_optional(pool).await?);
    row.map(read).transpose()
}

/// All of which something is still to be done, in their order.
pub async fn unfinished(db: &Db) -> Result<Vec<Placement>> {
    let rows: Vec<Row> = on!(db, pool => sqlx::query_as(UNFINISHED).fetch_all(pool).await?);
    rows.into_iter().map(read).collect()
}

/// The last one that is at this place, or on its way there or from there.
pub async fn last_at(db: &Db, library: i64, target: &str) -> Result<Option<Placement>> {
    let row: Option<Row> =
        on!(db, pool => sqlx::query_as(AT).bind(library).bind(target).fetch_optional(pool).await?);
    row.map(read).transpose()
}

/// All of a grab.
pub async fn of_grab(db: &Db, grab: i64) -> Result<Vec<Placement>> {
    let rows: Vec<Row> = on!(db, pool => sqlx::query_as(OF_GRAB).bind(grab).fetch_all(pool).await?);
    rows.into_iter().map(read).collect()
}

/// What is in a library, or on its way there, of grabs that ended without bringing anything.
pub async fn of_ended(db: &Db) -> Result<Vec<Placement>> {
    let rows: Vec<Row> = on!(db, pool => sqlx::query_as(OF_ENDED).fetch_all(pool).await?);
    rows.into_iter().map(read).collect()
}

/// The topmost folders that were made in a library, each with the file for which.
pub async fn folders(db: &Db, library: i64) -> Result<Vec<(String, String)>> {
    Ok(on!(db, pool => sqlx::query_as(FOLDERS).bind(library).fetch_all(pool).await?))
}

/// A folder is gone, with those in it.
pub async fn forget_folders(db: &Db, library: i64, folder: &str) -> Result<()> {
    on_writer!(db, pool => sqlx::query(FORGET).bind(library).bind(folder).execute(pool).await.map(drop))?;
    Ok(())
}

fn read(row: Row) -> Result<Placement> {
    let unreadable = |place| StoreError::Unreadable { place };
    let how = |word: String| How::from_word(&word).ok_or(unreadable("placement.how"));
    Ok(Placement {
        id: row.id,
        grab_id: row.grab_id,
        series_id: row.series_id,
        library_id: row.library_id,
        volumes: from_text("placement.volumes", &row.volumes)?,
        source: row.source,
        root: row.root,
        target: row.target,
        new_folder: row.new_folder,
        may_link: row.may_link,
        replaces: row
            .replaces
            .map(|damaged| from_json("placement.replaces", &damaged))
            .transpose()?,
        convert: row.convert,
        comic_info: row.comic_info,
        step: Step::from_word(&row.step).ok_or(unreadable("placement.step"))?,
        how: row.how.map(how).transpose()?,
        temp: row.temp,
        folder: row.folder,
        source_size: row.source_size,
        size: row.size,
        inode: row.inode,
        modified: row.modified,
        checksum: row.checksum,
        message: row.message,
        revision: row.revision,
        created_at: row.created_at,
        updated_at: row.updated_at,
        undone_at: row.undone_at,
    })
}
