//! Resource `history`.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::{Object, OpenApi, param::Query, types::Any};

use super::{
    Tag,
    csv::CsvFile,
    error::{ApiError, Failure, QUERY},
    event_type::EventType,
    guard::Key,
    json::Json,
    page::{Asked, Page},
};
use crate::{
    app::App,
    clock::{iso, utc},
    collection::sheet::defused,
    store::{
        self, Window,
        event::{Filter, Record},
    },
};

/// Rows of an export at most.
const MOST_EXPORTED: i64 = 100_000;

/// Something that became true.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct Event {
    /// Stable: the same in every delivery of it.
    id: String,
    /// For example `volume.missing` or `grab.sent`.
    #[oai(rename = "type")]
    kind: String,
    /// When it became true.
    timestamp: DateTime<Utc>,
    /// The series that it is about.
    series_id: Option<i64>,
    /// What belongs to its type.
    data: Any<serde_json::Value>,
}

impl From<Record> for Event {
    fn from(row: Record) -> Self {
        let data = serde_json::from_str(&row.data).unwrap_or_default();
        Self {
            id: row.id,
            kind: row.kind,
            timestamp: utc(row.created_at),
            series_id: row.series_id,
            data: Any(data),
        }
    }
}

pub struct HistoryApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::History")]
impl HistoryApi {
    /// List what happened
    ///
    /// Newest first.
    #[oai(path = "/history", method = "get", operation_id = "list_history")]
    #[expect(
        clippy::too_many_arguments,
        reason = "an argument is a parameter of the query"
    )]
    async fn list(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Just events of this type, for example `grab.sent`.
        #[oai(name = "type")]
        kind: Query<Option<EventType>>,
        /// Just those of a series.
        #[oai(name = "seriesId", validator(minimum(value = "1")))]
        series_id: Query<Option<i64>>,
        /// Just those from then on.
        since: Query<Option<DateTime<Utc>>>,
        /// From 1.
        #[oai(validator(minimum(value = "1"), maximum(value = "1000000")))]
        page: Query<Option<u32>>,
        /// 1 to 200.
        #[oai(
            name = "pageSize",
            validator(minimum(value = "1"), maximum(value = "200"))
        )]
        page_size: Query<Option<u32>>,
    ) -> Result<Json<Page<Event>>, Failure<QUERY>> {
        let asked = Asked::new(page.0, page_size.0);
        let filter = filter(kind.0, series_id.0, since.0);
        Ok(Json(asked.of(
            store::event::list(&app.db, &filter, asked.window()).await?,
            Event::from,
        )))
    }

    /// Export what happened as CSV
    ///
    /// Newest first, at most 100,000 rows: time, type, series and data as JSON. Text that a spreadsheet would take for a formula is quoted.
    #[oai(path = "/history.csv", method = "get", operation_id = "export_history")]
    async fn export(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Just events of this type, for example `grab.sent`.
        #[oai(name = "type")]
        kind: Query<Option<EventType>>,
        /// Just those of a series.
        #[oai(name = "seriesId", validator(minimum(value = "1")))]
        series_id: Query<Option<i64>>,
        /// Just those from then on.
        since: Query<Option<DateTime<Utc>>>,
    ) -> Result<CsvFile, Failure<QUERY>> {
        let filter = filter(kind.0, series_id.0, since.0);
        let rows = store::event::list(
            &app.db,
            &filter,
            Window {
                limit: MOST_EXPORTED,
                offset: 0,
            },
        )
        .await?
        .records;
        let csv = to_csv(&rows).map_err(|error| ApiError::internal(&error))?;
        Ok(CsvFile::named("history", csv))
    }
}

fn filter(kind: Option<EventType>, series_id: Option<i64>, since: Option<DateTime<Utc>>) -> Filter {
    Filter {
        kind: EventType::word(kind),
        series_id,
        since: since.map(|since| since.timestamp_millis()),
    }
}

fn to_csv(rows: &[Record]) -> Result<Vec<u8>, csv::Error> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(["id", "timestamp", "type", "series_id", "series", "data"])?;
    for row in rows {
        let data: serde_json::Value = serde_json::from_str(&row.data).unwrap_or_default();
        let title = defused(data["series"]["title"].as_str().unwrap_or_default());
        let series = row.series_id.map(|id| id.to_string()).unwrap_or_default();
        csv.write_record([
            &row.id,
            &iso(row.created_at),
            &row.kind,
            &series,
            &title,
            &row.data,
        ])?;
    }
    csv.into_inner().map_err(|error| error.into_error().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_never_a_formula() {
        let data = r#"{"series":{"id":1,"title":"=HYPERLINK(\"http://x\")"}}"#;
        let row = Record {
            seq: 1,
            id: "msg_1".into(),
            kind: "grab.sent".into(),
            series_id: Some(1),
            data: data.into(),
            created_at: 0,
        };
        let csv = String::from_utf8(to_csv(&[row]).expect("csv")).expect("utf-8");
        assert!(
            csv.contains("1970-01-01T00:00:00Z,grab.sent,1,\"'=HYPERLINK"),
            "{csv}"
        );
    }
}
