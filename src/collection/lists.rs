//! Lists that people keep at AniList and MyAnimeList: a library is to hold their series. Made and changed here; [`reading`]: they are read
//! once a day; [`taking`]: their series are found, or added.

mod reading;
mod taking;

pub use reading::{ReadError, is_of_list, not_asked, not_read, read};
pub use taking::{LeftOutSeries, Taken, take};

use crate::{
    app::App,
    store::{self, StoreError, import_list::ImportList},
};

/// Lists at most: each costs requests every day.
const MOST_LISTS: usize = 50;

/// Why a list was not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// No state is taken.
    #[error("name at least one state; nothing would be taken of the list")]
    NoState,
    /// It is there.
    #[error(
        "list {0} is of this user and for this library already; change that one with PATCH /api/v1/lists/{0}"
    )]
    Known(i64),
    /// There are enough.
    #[error("there are {MOST_LISTS} lists already, which is as many as are read; remove one first")]
    TooMany,
    /// No such list.
    #[error("there is no list with the number {0}")]
    Unknown(i64),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes one, to be read soon; `id` and what is known of its reading are not looked at.
///
/// # Errors
/// When it takes nothing, or is there already.
pub async fn create(app: &App, list: ImportList) -> Result<ImportList, ListError> {
    if list.states.iter().next().is_none() {
        return Err(ListError::NoState);
    }
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    if store::import_list::list_in(&mut tx).await?.len() >= MOST_LISTS {
        return Err(ListError::TooMany);
    }
    let id = match store::import_list::insert(&mut tx, &list, now).await {
        Err(error) if error.is_conflict() => return Err(known(app, &list).await?),
        made => made?,
    };
    tx.commit().await?;
    app.sync_wake.notify_one();
    find(app, id).await
}

/// Changes one, so that it is read anew soon.
///
/// # Errors
/// When it would take nothing, or there is one of its user for that library.
pub async fn change(app: &App, list: &ImportList) -> Result<ImportList, ListError> {
    if list.states.iter().next().is_none() {
        return Err(ListError::NoState);
    }
    let due = ImportList {
        due_at: 0,
        ..list.clone()
    };
    let mut tx = app.db.begin().await?;
    match store::import_list::update(&mut tx, &due, app.clock.now()).await {
        Err(error) if error.is_conflict() => return Err(known(app, list).await?),
        changed => changed?,
    }
    tx.commit().await?;
    app.sync_wake.notify_one();
    find(app, list.id).await
}

async fn known(app: &App, list: &ImportList) -> Result<ListError, StoreError> {
    let key = (list.catalogue, list.user.as_str());
    let known = store::import_list::named(&app.db, key.0, key.1, list.library_id).await?;
    Ok(ListError::Known(known.unwrap_or_default()))
}

/// Removes one. Its series stay.
///
/// # Errors
/// When there is none of this number.
pub async fn remove(app: &App, id: i64) -> Result<(), ListError> {
    let mut tx = app.db.begin().await?;
    if !store::import_list::delete(&mut tx, id).await? {
        return Err(ListError::Unknown(id));
    }
    Ok(tx.commit().await?)
}

/// The list of this number.
///
/// # Errors
/// When there is none.
pub async fn find(app: &App, id: i64) -> Result<ImportList, ListError> {
    let list = store::import_list::get(&app.db, id).await?;
    list.ok_or(ListError::Unknown(id))
}
