//! `series` and `libraries`: what is missing, and what is monitored.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use poem::http::StatusCode;
use serde_json::{Value, json};

use super::{Answer, Refusal, body::Body, body::Query, id, numbers, time};
use crate::{
    app::App,
    connection::{Role, Settings},
    connections,
    domain::volume::VolumeSet,
    shelving,
    store::{self, Window, connection::Connection, series::Stored},
};

/// Those with missing volumes, by title.
pub async fn list(app: &Arc<App>, query: &Query) -> Result<Answer, Refusal> {
    let total_known = match query.get("status").unwrap_or("all") {
        "all" | "incomplete_missing" => None,
        "incomplete" => Some(false),
        "missing" => Some(true),
        _ => {
            let error = "status must be all, incomplete, missing or incomplete_missing";
            return Err(Refusal::invalid(error));
        }
    };
    let (places, sources) = (places(app).await?, Sources::load(app).await?);
    let series: Vec<Value> = stored(app, None)
        .await?
        .iter()
        .filter(|stored| {
            total_known.is_none_or(|known| known == stored.series.known_total().is_some())
        })
        .filter_map(|stored| {
            let missing = stored.missing_volumes();
            (!missing.is_empty()).then(|| view(stored, &missing, &places, &sources))
        })
        .collect();
    Ok(json!({"success": true, "count": series.len(), "series": series}).into())
}

/// What is looked for, and where. As in the old program, `enabled` counts as given, and so does that nothing is sent by itself.
pub async fn monitor(app: &Arc<App>, series: &str, body: &Body) -> Result<Answer, Refusal> {
    let number = id("series", series)?;
    let enabled = body.flag("enabled")?.unwrap_or(true);
    let auto_send = body.flag("auto_download_enabled")?.unwrap_or(false);
    let named = body.list("search_sources")?;
    let (chosen, unknown) = match &named {
        None => (None, Vec::new()),
        Some(named) => {
            let sources = Sources::load(app).await?;
            let (chosen, unknown) = sources.chosen(named);
            if chosen.is_empty() {
                return Err(Refusal::invalid(sources.none_of(named)));
            }
            // Every source that there is: those of tomorrow as well.
            let all = chosen.len() == sources.0.len();
            (Some(if all { Vec::new() } else { chosen }), unknown)
        }
    };
    let changed = shelving::change::<Refusal>(app, number, |series, _| {
        series.monitored = enabled;
        series.auto_send = auto_send;
        series.sources = chosen.unwrap_or_else(|| std::mem::take(&mut series.sources));
        Ok(())
    });
    match changed.await? {
        Some(_) => Ok(json!({"success": true, "ignored": unknown}).into()),
        None => Err(Refusal::new(
            StatusCode::NOT_FOUND,
            format!("there is no series with the number {number}"),
        )),
    }
}

/// Every library; monitored when one of its series is.
pub async fn libraries(app: &Arc<App>) -> Result<Answer, Refusal> {
    let mut libraries = Vec::new();
    for row in store::connection::list(&app.db, Role::Library.word()).await? {
        let series = stored(app, Some(row.id)).await?;
        libraries.push(json!({
            "id": row.id,
            "name": row.name,
            "total_series": series.len(),
            "monitored": series.iter().any(|stored| stored.series.monitored),
        }));
    }
    Ok(json!({"success": true, "count": libraries.len(), "libraries": libraries}).into())
}

/// Every series of a library.
pub async fn of_library(app: &Arc<App>, library: &str) -> Result<Answer, Refusal> {
    let row = connections::find(app, Role::Library, id("library", library)?).await?;
    let sources = Sources::load(app).await?;
    let series = stored(app, Some(row.id)).await?;
    let series: Vec<Value> = series
        .iter()
        .map(|stored| {
            json!({
                "id": stored.series.id,
                "title": stored.series.title,
                "total_local": stored.shelf.present.len(),
                "missing_volumes": numbers(&stored.missing_volumes()),
                "tags": [],
                "nautiljon_status": "Inconnu",
                "enabled": stored.series.monitored,
                "search_sources": sources.of(stored),
                "nautiljon_total_volumes": stored.series.known_total().unwrap_or(0),
            })
        })
        .collect();
    Ok(json!({"success": true, "count": series.len(), "series": series}).into())
}

/// Monitors every series that a library shows now, or none of them.
pub async fn monitor_library(
    app: &Arc<App>,
    library: &str,
    body: &Body,
) -> Result<Answer, Refusal> {
    let row = connections::find(app, Role::Library, id("library", library)?).await?;
    let enabled = body.flag("enabled")?.unwrap_or(true);
    let series = stored(app, Some(row.id)).await?;
    for stored in series
        .iter()
        .filter(|stored| stored.series.monitored != enabled)
    {
        let change = shelving::change::<Refusal>(app, stored.series.id, |series, _| {
            series.monitored = enabled;
            Ok(())
        });
        change.await?;
    }
    Ok(json!({"success": true}).into())
}

async fn stored(app: &App, library: Option<i64>) -> Result<Vec<Stored>, Refusal> {
    let filter = store::series::Filter {
        library,
        ..store::series::Filter::default()
    };
    let all = Window {
        limit: i64::MAX,
        offset: 0,
    };
    Ok(store::series::list(&app.db, &filter, all).await?.records)
}

fn view(
    stored: &Stored,
    missing: &VolumeSet,
    places: &HashMap<i64, (String, String)>,
    sources: &Sources,
) -> Value {
    let series = &stored.series;
    let place = places.get(&series.id);
    json!({
        "series_id": series.id,
        "title": series.title,
        "path": place.map(|place| &place.1),
        "total_volumes": stored.shelf.present.len(),
        "missing_volumes": numbers(missing),
        "nautiljon_total_volumes": series.known_total(),
        // No catalogue says whether it is finished.
        "nautiljon_status": null,
        "library_name": place.map(|place| &place.0),
        "monitor_id": series.id,
        "enabled": series.monitored,
        "last_checked": stored.checked_at.map(time),
        "search_sources": sources.of(stored),
        "auto_download_enabled": series.auto_send,
    })
}

/// Library and path of every series; of several, the first library's.
async fn places(app: &App) -> Result<HashMap<i64, (String, String)>, Refusal> {
    let mut places = HashMap::new();
    for row in store::connection::list(&app.db, Role::Library.word()).await? {
        let folder = match Settings::from_json(&row.kind, &row.config) {
            Some(Settings::Folder(folder)) => folder.path,
            _ => String::new(),
        };
        for link in store::link::of_library(&app.db, row.id).await? {
            // Loose files stand in the library's own folder.
            let path = match link.key.starts_with("loose:") {
                true => folder.clone(),
                false => format!("{}/{}", folder.trim_end_matches('/'), link.key),
            };
            let place = (row.name.clone(), path);
            places.entry(link.series_id).or_insert(place);
        }
    }
    Ok(places)
}

/// The sources that are switched on. The old program knew them by kind (`prowlarr`), here they have names as well.
pub struct Sources(Vec<Connection>);

impl Sources {
    pub async fn load(app: &App) -> Result<Self, Refusal> {
        let mut rows = store::connection::list(&app.db, Role::Source.word()).await?;
        rows.retain(|row| row.enabled);
        Ok(Self(rows))
    }

    /// The names of those that are meant, and what means none.
    pub fn chosen(&self, named: &[String]) -> (Vec<String>, Vec<String>) {
        let means = |row: &Connection, name: &str| {
            row.name.eq_ignore_ascii_case(name) || row.kind.eq_ignore_ascii_case(name)
        };
        let chosen = self
            .0
            .iter()
            .filter(|row| named.iter().any(|name| means(row, name)));
        let unknown = named
            .iter()
            .filter(|name| !self.0.iter().any(|row| means(row, name)));
        (
            chosen.map(|row| row.name.clone()).collect(),
            unknown.cloned().collect(),
        )
    }

    /// What is said when nothing is meant.
    pub fn none_of(&self, named: &[String]) -> String {
        let there: Vec<&str> = self.0.iter().map(|row| row.name.as_str()).collect();
        let there = match &there[..] {
            [] => {
                "there is no source yet; add a Prowlarr, a Torznab or an EBDZ under /api/v1/sources"
                    .to_owned()
            }
            names => format!("there are: {}", names.join(", ")),
        };
        match named {
            [] => format!("name at least one source, or set enabled to false; {there}"),
            named => format!(
                "none of the sources {} is set up; {there}",
                named.join(", ")
            ),
        }
    }

    /// The kind of each, by its number.
    pub fn kinds(&self) -> HashMap<i64, String> {
        let kinds = self.0.iter().map(|row| (row.id, row.kind.clone()));
        kinds.collect()
    }

    /// The kinds that are asked for a series.
    pub fn of(&self, stored: &Stored) -> BTreeSet<&str> {
        let own = &stored.series.sources;
        self.0
            .iter()
            .filter(|row| own.is_empty() || own.contains(&row.name))
            .map(|row| row.kind.as_str())
            .collect()
    }
}
