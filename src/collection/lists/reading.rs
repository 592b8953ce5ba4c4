//! Lists are read: page by page at the pace of their catalogue. A list that cannot be read says why.

use super::{ListError, Taken, find, take};
use crate::{
    announcing::{self, AskError},
    app::{App, ConnectionError},
    catalogue::lists::{List, NoList, WITH_LISTS},
    connection::Role,
    domain::units::{DAY, HOUR},
    health,
    ports::PortError,
    store::{
        self, StoreError,
        connection::Connection,
        import_list::{ImportList, Problem},
    },
};

/// Why a list was not read now.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The catalogue is not asked.
    #[error(transparent)]
    NotAsked(#[from] AskError),
    /// There is no list to be had.
    #[error(transparent)]
    NoList(#[from] NoList),
    /// Which one.
    #[error(transparent)]
    List(#[from] ListError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reads a list now, and takes it, or says what that would do.
///
/// # Errors
/// When it cannot be read; then nothing is changed but that the list says why, and after a dry run not even that.
pub async fn read(app: &App, id: i64, dry_run: bool) -> Result<Taken, ReadError> {
    let list = find(app, id).await?;
    let read = read_pages(app, &list).await;
    if let (Err(error), false) = (&read, dry_run) {
        note(app, &list, error).await?;
    }
    let taken = take(app, list.id, &read?, dry_run).await?;
    taken.ok_or(ListError::Unknown(list.id).into())
}

/// Each page is one question, in its turn.
async fn read_pages(app: &App, list: &ImportList) -> Result<List, ReadError> {
    let mut pages = List::default();
    loop {
        let row = row_of(app, list).await?;
        announcing::is_in_use(app, &row)?;
        let reader = app.list_reader(&row).map_err(AskError::from)?;
        let Some(pass) = app.paces.pass_soon(&row).await else {
            return Err(AskError::Busy.into());
        };
        let more = reader.read_on(&list.user, &mut pages).await;
        drop(pass);
        match more {
            Ok(more) => {
                health::worked_if_failed(app, &row).await?;
                if !more {
                    return Ok(pages);
                }
            }
            Err(error) => {
                if let NoList::NotAsked(error) = &error
                    && !is_of_list(error)
                {
                    announcing::failed(app, row.id, error).await?;
                }
                return Err(error.into());
            }
        }
    }
}

/// The fault lies with what the catalogue says of this list, not with the catalogue.
pub fn is_of_list(error: &PortError) -> bool {
    match error {
        PortError::BadAnswer { .. }
        | PortError::Gone { .. }
        | PortError::Declined { .. }
        | PortError::TooLarge { .. } => true,
        PortError::Status { status, .. } => (400..=499).contains(status),
        _ => false,
    }
}

/// It was not read, and says why.
async fn note(app: &App, list: &ImportList, error: &ReadError) -> Result<(), StoreError> {
    match error {
        ReadError::NotAsked(AskError::Busy) | ReadError::List(_) | ReadError::Store(_) => Ok(()),
        ReadError::NoList(why) => not_read(app, list, why).await,
        ReadError::NotAsked(why) => {
            let problem = problem_of(app, why.to_string(), false);
            store::import_list::not_read(&app.db, list.id, &problem, list.due_at).await
        }
    }
}

/// There is no list to be had; it is tried again in a day, or soon when that is the catalogue's fault.
///
/// # Errors
/// When the database fails.
pub async fn not_read(app: &App, list: &ImportList, why: &NoList) -> Result<(), StoreError> {
    let (pause, needs_person) = match why {
        NoList::NoUser | NoList::Private => (DAY, true),
        NoList::NotAsked(error) if is_of_list(error) => (DAY, false),
        NoList::NotAsked(_) => (HOUR, false),
    };
    let problem = problem_of(app, why.to_string(), needs_person);
    let due = app.clock.now() + pause;
    store::import_list::not_read(&app.db, list.id, &problem, due).await
}

fn problem_of(app: &App, message: String, needs_person: bool) -> Problem {
    Problem {
        message,
        since: app.clock.now(),
        needs_person,
    }
}

/// The lists of a catalogue that are due cannot be read while it is off, is left alone, or cannot be used; they say so, and stay due.
///
/// # Errors
/// When the database fails.
pub async fn not_asked(app: &App, row: &Connection) -> Result<(), StoreError> {
    let now = app.clock.now();
    let mut which = WITH_LISTS.iter().filter(|which| which.word() == row.kind);
    let Some(which) = which.next() else {
        return Ok(());
    };
    if store::import_list::due(&app.db, *which, now)
        .await?
        .is_none()
    {
        return Ok(());
    }
    let why = match announcing::is_in_use(app, row) {
        Err(error) => error.to_string(),
        Ok(()) => match app.list_reader(row) {
            Err(error) => error.to_string(),
            Ok(_) => return Ok(()),
        },
    };
    store::import_list::not_asked(&app.db, *which, &why, now).await
}

async fn row_of(app: &App, list: &ImportList) -> Result<Connection, ReadError> {
    let role = Role::Catalogue.word();
    let row = store::connection::named(&app.db, role, list.catalogue.word()).await?;
    let row = row.ok_or(AskError::Unusable(ConnectionError::Unreadable))?;
    Ok(row)
}
