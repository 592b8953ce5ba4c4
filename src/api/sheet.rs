//! Resource `series`, as a table.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::{Object, OpenApi, param::Query};

use super::{
    Tag,
    csv::{Csv, CsvFile},
    error::{BODY, Failure, ONE},
    guard::Key,
    json::Json,
    libraries,
};
use crate::{
    app::App,
    collection::{self, How, Imported},
    store::series::Filter,
};

/// What came of a table, or would.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct SheetOutcome {
    /// It was done. `false` for a dry run, and where a line was refused and `partial` was not given.
    written: bool,
    /// Lines, without that of the names and blank ones.
    lines: u64,
    /// Series that were not known.
    added: u64,
    /// Series that were otherwise.
    changed: u64,
    /// Series that were so already.
    same: u64,
    /// Lines of which nothing is done.
    refused: Vec<RefusedLine>,
    /// Series that are searched at once. At most as many as a night searches (setting `seriesPerNight`); the others have their turn in
    /// the nights.
    due: u64,
}

/// A line of which nothing is done.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct RefusedLine {
    /// Its number in the file, from 1.
    line: u64,
    /// The column and what is wrong in it, and what to do.
    problem: String,
}

impl From<Imported> for SheetOutcome {
    fn from(imported: Imported) -> Self {
        let refused = imported.refused.into_iter();
        Self {
            written: imported.written,
            lines: imported.lines,
            added: imported.added,
            changed: imported.changed,
            same: imported.same,
            refused: refused
                .map(|refused| RefusedLine {
                    line: refused.line,
                    problem: refused.problem,
                })
                .collect(),
            due: imported.due,
        }
    }
}

pub struct SheetApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Series")]
impl SheetApi {
    /// Export series as CSV
    ///
    /// By title: `title,language,kind,edition,library,monitored,total,owned,missing,ignored,wantedFrom,wantedTo,aliases`. Text that a
    /// spreadsheet would take for a formula begins with an apostrophe; several names in a cell stand with `|` between them.
    #[oai(path = "/series.csv", method = "get", operation_id = "export_series")]
    async fn export(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Just those that are monitored, or are not.
        monitored: Query<Option<bool>>,
        /// Just those with missing volumes, or without.
        missing: Query<Option<bool>>,
        /// Just those of a library.
        #[oai(name = "libraryId", validator(minimum(value = "1")))]
        library_id: Query<Option<i64>>,
    ) -> Result<CsvFile, Failure<ONE>> {
        libraries::is_there(&app, library_id.0).await?;
        let filter = Filter {
            monitored: monitored.0,
            missing: missing.0,
            library: library_id.0,
            ..Filter::default()
        };
        let table = collection::export(&app, &filter).await?;
        Ok(CsvFile::named("series", table))
    }

    /// Import series from CSV
    ///
    /// The table of `GET /api/v1/series.csv`, at most 5 MiB and 20,000 lines; of its columns only `title` has to be there. A line means
    /// the series of its title (or of that alias), language and edition: that is changed, or added when it is not known. Nothing is changed
    /// when a line is refused, unless `partial` is given. `owned` and `missing` are not read.
    #[oai(path = "/series/csv", method = "post", operation_id = "import_series")]
    async fn import(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Just say what it would do.
        #[oai(name = "dryRun")]
        dry_run: Query<Option<bool>>,
        /// Do what can be done although lines are refused.
        partial: Query<Option<bool>>,
        body: Csv,
    ) -> Result<Json<SheetOutcome>, Failure<BODY>> {
        let how = How {
            dry_run: dry_run.0.unwrap_or(false),
            partial: partial.0.unwrap_or(false),
        };
        let imported = collection::import(&app, &body.0, how).await?;
        Ok(Json(imported.into()))
    }
}
