//! Columns `selection`, `selected` and `selected_bytes` of table `grab`: which files of a download are fetched.

use super::{
    super::{Db, Result, StoreError, Tx, from_json, on, to_json, within},
    Grab,
};
use crate::domain::{link::ContentId, selection::Choosing};

/// What may still be in the client, or on its way there, by the same content.
const CHOSEN_BEFORE: &str = "SELECT selection FROM grab WHERE client_id = $1 AND content = $2 AND id <> $3
    AND (state = 'sending' OR sent_at IS NOT NULL AND state NOT IN ('removed', 'lost')) ORDER BY id DESC LIMIT 1";
const FETCHED_BESIDE: &str = "SELECT selected FROM grab WHERE client_id = $1 AND content = $2 AND id <> $3 AND selection IN ('whole', 'made')
    AND EXISTS (SELECT 1 FROM grab_volume WHERE grab_id = grab.id AND live)";
const CHOOSES: &str = "UPDATE grab SET selection = $2 WHERE id = $1";
const CHOSE: &str = "UPDATE grab SET selection = $2, selected = $3, selected_bytes = $4 WHERE id = $1 AND selection IN ('pending', 'adding')";

/// What the last grab of the same content fetches, but for the grab `other_than`; none when the client cannot have it by any.
pub async fn chosen_before(
    tx: &mut Tx,
    client: i64,
    content: &ContentId,
    other_than: Option<i64>,
) -> Result<Option<Choosing>> {
    let word: Option<String> = within!(tx, conn => sqlx::query_scalar(CHOSEN_BEFORE).bind(client).bind(content.as_text()).bind(other_than.unwrap_or(-1)).fetch_optional(conn).await?);
    word.map(|word| from_word(&word)).transpose()
}

/// What other live grabs fetch of the same content: paths for each that chose, and none for one that fetches all of it.
pub async fn fetched_beside(db: &Db, grab: &Grab) -> Result<Vec<Option<Vec<String>>>> {
    let rows: Vec<Option<String>> = on!(db, pool => sqlx::query_scalar(FETCHED_BESIDE).bind(grab.client_id).bind(grab.content.as_text()).bind(grab.id).fetch_all(pool).await?);
    let read = |paths: String| from_json("grab.selected", &paths);
    rows.into_iter()
        .map(|paths| paths.map(read).transpose())
        .collect()
}

/// Whether its files are to be chosen.
pub async fn chooses(tx: &mut Tx, id: i64, choosing: Choosing) -> Result<()> {
    within!(tx, conn => sqlx::query(CHOOSES).bind(id).bind(choosing.word()).execute(conn).await.map(drop))?;
    Ok(())
}

/// Its files are chosen: these paths, of so many bytes; all of them when none is given.
pub async fn chose(tx: &mut Tx, id: i64, files: Option<(&[String], i64)>) -> Result<()> {
    let choosing = match files {
        Some(_) => Choosing::Made,
        None => Choosing::Whole,
    };
    let (paths, bytes) = files.unzip();
    let paths = paths.map(|paths| to_json(&paths));
    within!(tx, conn => sqlx::query(CHOSE).bind(id).bind(choosing.word()).bind(paths).bind(bytes).execute(conn).await.map(drop))?;
    Ok(())
}

pub(super) fn from_word(word: &str) -> Result<Choosing> {
    Choosing::from_word(word).ok_or(StoreError::Unreadable {
        place: "grab.selection",
    })
}
