//! The API: a thin file per resource. Operations parse, call, map and answer; decisions are made elsewhere.

mod checks;
mod clients;
mod connection;
mod grabs;
mod guard;
mod history;
mod libraries;
mod offers;
mod page;
mod parse;
pub mod problem;
mod series;
mod settings;
mod sources;
mod stats;
mod system;
mod wanted;

use std::sync::Arc;

use poem::{
    Endpoint, EndpointExt, IntoResponse, Route,
    endpoint::make_sync,
    get, handler,
    middleware::SetHeader,
    web::{Data, Html, Redirect},
};
use poem_openapi::{ContactObject, LicenseObject, OpenApiService, Tags};

use crate::app::App;
use guard::{Guard, Methods};

/// Groups of operations.
#[derive(Tags)]
enum Tag {
    /// What is collected, and what is missing of it.
    Series,
    /// Missing volumes of monitored series.
    Wanted,
    /// Looking for what is missing.
    Checks,
    /// Releases that were found, with their verdicts.
    Offers,
    /// What was sent.
    Grabs,
    /// What happened.
    History,
    /// Places that hold series.
    Libraries,
    /// Who offers releases.
    Sources,
    /// Who downloads.
    Clients,
    /// What can be changed while it runs.
    Settings,
    /// Reading release names.
    Parse,
    /// The program itself.
    System,
}

type Apis = (
    series::SeriesApi,
    wanted::WantedApi,
    checks::ChecksApi,
    offers::OffersApi,
    grabs::GrabsApi,
    (history::HistoryApi, stats::StatsApi),
    (
        libraries::LibrariesApi,
        sources::SourcesApi,
        clients::ClientsApi,
    ),
    (settings::SettingsApi, parse::ParseApi, system::SystemApi),
);

fn service(url_base: &str) -> OpenApiService<Apis, ()> {
    let apis = (
        series::SeriesApi,
        wanted::WantedApi,
        checks::ChecksApi,
        offers::OffersApi,
        grabs::GrabsApi,
        (history::HistoryApi, stats::StatsApi),
        (
            libraries::LibrariesApi,
            sources::SourcesApi,
            clients::ClientsApi,
        ),
        (settings::SettingsApi, parse::ParseApi, system::SystemApi),
    );
    OpenApiService::new(apis, "Lacunarr", env!("CARGO_PKG_VERSION"))
        .description("Knows which volumes of a manga, BD or comics library are missing, finds them, and sends the right release exactly once.")
        .license(LicenseObject::new("MIT").url("https://opensource.org/license/mit"))
        .contact(ContactObject::new().name("Lacunarr"))
        .server(if url_base.is_empty() { "/" } else { url_base })
}

/// The document that describes the API, as it stands in `openapi/openapi.json`.
pub fn document() -> String {
    service("").spec()
}

pub use parse::line as parsed_line;

/// Everything that is served over HTTP.
pub fn endpoint(app: &Arc<App>) -> impl Endpoint + use<> {
    let base = app.config.url_base.clone();
    let service = service(&base);
    let spec = service.spec();
    let methods = Methods::of_spec(&serde_json::from_str(&spec).expect("the document is JSON"));
    let docs = docs_page(&service.swagger_ui_html());
    let inside = Route::new()
        .nest("/", service)
        .at("/docs", get(make_sync(move |_| Html(docs.clone()))))
        .at(
            "/openapi.json",
            get(make_sync(move |_| {
                spec.clone().with_content_type("application/json")
            })),
        )
        .with(Guard { methods });
    let home = format!("{base}/docs");
    let routes = if base.is_empty() {
        Route::new()
            .nest("/", inside)
            .at("/", get(redirect).data(home))
    } else {
        Route::new()
            .nest(&base, inside)
            .at("/", get(redirect).data(home))
    };
    // Answers hold what the user collects: no cache between us and the user keeps them.
    let headers = SetHeader::new()
        .overriding("Cache-Control", "no-store")
        .overriding("X-Content-Type-Options", "nosniff");
    routes
        .with(headers)
        .data(app.clone())
        .with(Guard::default())
}

#[handler]
fn redirect(Data(home): Data<&String>) -> Redirect {
    Redirect::see_other(home)
}

fn docs_page(html: &str) -> String {
    format!(
        "<!doctype html>{}",
        html.replace("<title>Swagger UI</title>", "<title>Lacunarr</title>")
    )
}
