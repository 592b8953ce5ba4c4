//! Every series of a filter as a table.

use std::collections::HashMap;

use super::{BATCH, sheet::Sheet};
use crate::{
    app::App,
    store::{self, StoreError, Window, series::Filter},
};

/// Why there is no table.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// It could not be written.
    #[error("the table cannot be written")]
    Sheet(#[from] csv::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is owned, wanted and ignored of each, by title.
///
/// # Errors
/// When the database fails.
pub async fn export(app: &App, filter: &Filter) -> Result<Vec<u8>, ExportError> {
    let mut libraries: HashMap<i64, Vec<String>> = HashMap::new();
    for (series, name) in store::link::libraries(&app.db).await? {
        libraries.entry(series).or_default().push(name);
    }
    let mut sheet = Sheet::new()?;
    for offset in (0..).step_by(BATCH) {
        let window = Window {
            limit: BATCH as i64,
            offset,
        };
        let rows = store::series::list(&app.db, filter, window).await?.records;
        for row in &rows {
            let libraries = libraries.get(&row.series.id);
            sheet.add(row, libraries.map_or(&[], Vec::as_slice))?;
        }
        if rows.len() < BATCH {
            break;
        }
    }
    Ok(sheet.finish()?)
}
