//! What a user does with many series at once, and with those that are not owned: an overview of a library, what holds for all series of
//! a filter, series that a library is only to hold, all of it as a table, and lists of readers that are followed.

mod adding;
mod bulk;
mod due;
mod export;
mod found;
mod import;
pub mod lists;
mod overview;
pub mod sheet;

pub use adding::{AddError, NewSeries, RemoveError, add, remove};
pub use bulk::{BulkError, Decided, Decision, decide};
pub use export::{ExportError, export};
pub use found::{FoundError, Wanted, Which, add_found};
pub use import::{How, ImportError, Imported, Refused, import};
pub use overview::{Overview, Standing, overview};

use crate::{
    connection::Role,
    store::{self, StoreError, Tx, connection::Connection},
};

/// Series that are read and written at once.
const BATCH: usize = 500;

/// All libraries.
async fn libraries(tx: &mut Tx) -> Result<Vec<Connection>, StoreError> {
    let mut libraries = store::connection::list_in(tx).await?;
    libraries.retain(|row| row.role == Role::Library.word());
    Ok(libraries)
}

/// These libraries, which are all, and all series are held: nobody else writes any before this transaction ends. The libraries come first,
/// as in a scan; the other way round, each would wait for the other.
async fn hold_all(tx: &mut Tx, libraries: &[Connection]) -> Result<(), StoreError> {
    for library in libraries {
        store::library::lock(tx, library.id).await?;
    }
    store::series::hold_all(tx).await
}
