//! What is missing, and what happened, for feed readers.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::{ApiResponse, OpenApi, param::Query, payload::PlainText};

use super::{
    Tag,
    error::{Failure, QUERY},
    event_type::EventType,
    guard::Key,
    targets::Language,
};
use crate::{
    app::App,
    domain::{
        event::{Event, SeriesRef},
        gaps::Cause,
        telling::{self, Tongue},
        volume::VolumeNumber,
    },
    store::{self, Window, event::Record, want::Want},
    torznab::{Entry, plain},
};

/// Entries of a feed at most.
const MOST: Window = Window {
    limit: 200,
    offset: 0,
};

/// A feed that readers read.
#[derive(ApiResponse)]
enum Rss {
    /// RSS 2.0.
    #[oai(status = 200, content_type = "application/rss+xml")]
    Feed(PlainText<String>),
}

pub struct RssApi;

#[OpenApi(prefix_path = "/api/v1")]
impl RssApi {
    /// Get missing volumes as RSS
    ///
    /// For feed readers, which give the key in the address: `…/api/v1/wanted.rss?apikey=…`. The 200 that became missing last.
    #[oai(
        path = "/wanted.rss",
        method = "get",
        operation_id = "get_wanted_feed",
        tag = "Tag::Wanted"
    )]
    async fn wanted(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// In which language; English.
        language: Query<Option<Language>>,
    ) -> Result<Rss, Failure<QUERY>> {
        let tongue = language.0.map_or(Tongue::default(), Tongue::from);
        let wants = store::want::latest(&app.db, MOST).await?;
        let entries: Vec<Entry> = wants.iter().map(|want| missing(want, tongue)).collect();
        Ok(feed(&app, "Lacunarr: missing volumes", &entries).await?)
    }

    /// Get what happened as RSS
    ///
    /// For feed readers, which give the key in the address: `…/api/v1/history.rss?type=volume.found&apikey=…`. The latest 200.
    #[oai(
        path = "/history.rss",
        method = "get",
        operation_id = "get_history_feed",
        tag = "Tag::History"
    )]
    async fn history(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Just events of this type, for example `volume.found`.
        #[oai(name = "type")]
        kind: Query<Option<EventType>>,
        /// In which language; English.
        language: Query<Option<Language>>,
    ) -> Result<Rss, Failure<QUERY>> {
        let tongue = language.0.map_or(Tongue::default(), Tongue::from);
        let filter = store::event::Filter {
            kind: EventType::word(kind.0),
            ..<_>::default()
        };
        let records = store::event::list(&app.db, &filter, MOST).await?.records;
        let entries = records.iter().filter_map(|record| told(record, tongue));
        let entries: Vec<Entry> = entries.collect();
        Ok(feed(&app, "Lacunarr", &entries).await?)
    }
}

async fn feed(app: &App, title: &str, entries: &[Entry]) -> Result<Rss, store::StoreError> {
    let public = app.settings().await?.public_url;
    let home = match public.as_str() {
        "" => "http://lacunarr",
        home => home,
    };
    let document = plain(title, "What is missing is found", home, entries);
    Ok(Rss::Feed(PlainText(document)))
}

fn missing(want: &Want, tongue: Tongue) -> Entry {
    let volume = VolumeNumber::from_hundredths(want.volume).unwrap_or(VolumeNumber::ONE);
    let event = Event::VolumeMissing {
        series: SeriesRef::new(want.series_id, want.title.clone()),
        volume,
        cause: Cause::from_word(&want.cause).unwrap_or(Cause::Hole),
    };
    let text = telling::text(&event, tongue);
    Entry {
        id: format!("{}-{}-{}", want.series_id, want.volume, want.since),
        title: text.title,
        text: text.body,
        at: want.since,
    }
}

/// One that this version does not know is left out.
fn told(record: &Record, tongue: Tongue) -> Option<Entry> {
    let data: serde_json::Value = serde_json::from_str(&record.data).ok()?;
    let event = serde_json::json!({"type": record.kind, "data": data});
    let event: Event = serde_json::from_value(event).ok()?;
    let text = telling::text(&event, tongue);
    Some(Entry {
        id: record.id.clone(),
        title: text.title,
        text: text.body,
        at: record.created_at,
    })
}
