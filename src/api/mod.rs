//! The API: a thin file per resource. Operations parse, call, map and answer; decisions are made elsewhere.

mod act;
mod answers;
mod arming;
mod blocked;
mod calendar;
mod catalogues;
mod checks;
mod clients;
mod collection;
mod connection;
mod csv;
mod deliveries;
mod error;
mod event_type;
mod explain;
mod follow;
mod forums;
mod grabs;
mod guard;
mod history;
mod hook;
mod identities;
mod incoming_webhooks;
mod json;
mod judge;
mod libraries;
mod lists;
mod merges;
mod missing_monitor;
mod offers;
mod page;
mod parse;
mod problem;
mod profiles;
mod queue;
mod readarr;
mod refused;
mod report;
mod reviews;
mod rss;
mod rules;
mod scanned;
mod series;
mod settings;
mod sheet;
mod sources;
mod stats;
mod suggestions;
mod system;
mod targets;
mod torznab;
mod wanted;
mod why;

use std::sync::Arc;

use poem::{
    Endpoint, EndpointExt, IntoEndpoint, IntoResponse, Route,
    endpoint::make_sync,
    get,
    middleware::{CatchPanic, SetHeader},
    web::{Html, Redirect},
};
use poem_openapi::{ContactObject, LicenseObject, OpenApi, OpenApiService, Tags};

use crate::app::App;
use guard::{Guard, Paths};

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
    /// What a human has to look at.
    Reviews,
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
    /// Who is told of what happens, and what each was told.
    Targets,
    /// Who tells us that something changed.
    IncomingWebhooks,
    /// Who knows how many volumes exist.
    Catalogues,
    /// Lists of readers whose series a library is to hold.
    Lists,
    /// What can be changed while it runs.
    Settings,
    /// What is accepted, preferred and never taken.
    Profiles,
    /// Reading release names.
    Parse,
    /// The program itself.
    System,
}

type Apis = (
    (
        (series::SeriesApi, why::WhyApi, identities::IdentitiesApi),
        (merges::MergesApi, suggestions::SuggestionsApi),
        (collection::CollectionApi, sheet::SheetApi),
    ),
    wanted::WantedApi,
    checks::ChecksApi,
    offers::OffersApi,
    (
        (grabs::GrabsApi, queue::QueueApi),
        reviews::ReviewsApi,
        answers::AnswersApi,
    ),
    (history::HistoryApi, stats::StatsApi, rss::RssApi),
    (
        (
            libraries::LibrariesApi,
            arming::ArmingApi,
            scanned::ScannedApi,
        ),
        (
            sources::SourcesApi,
            forums::ForumsApi,
            forums::LinksApi,
            (catalogues::CataloguesApi, catalogues::FoundApi),
            (calendar::CalendarApi, lists::ListsApi),
        ),
        clients::ClientsApi,
        (
            targets::TargetsApi,
            deliveries::DeliveriesApi,
            incoming_webhooks::IncomingWebhooksApi,
        ),
    ),
    (
        profiles::ProfilesApi,
        rules::RulesApi,
        judge::JudgeApi,
        blocked::BlockedApi,
    ),
    (settings::SettingsApi, parse::ParseApi, system::SystemApi),
);

fn service(url_base: &str) -> OpenApiService<Apis, ()> {
    let apis = (
        (
            (series::SeriesApi, why::WhyApi, identities::IdentitiesApi),
            (merges::MergesApi, suggestions::SuggestionsApi),
            (collection::CollectionApi, sheet::SheetApi),
        ),
        wanted::WantedApi,
        checks::ChecksApi,
        offers::OffersApi,
        (
            (grabs::GrabsApi, queue::QueueApi),
            reviews::ReviewsApi,
            answers::AnswersApi,
        ),
        (history::HistoryApi, stats::StatsApi, rss::RssApi),
        (
            (
                libraries::LibrariesApi,
                arming::ArmingApi,
                scanned::ScannedApi,
            ),
            (
                sources::SourcesApi,
                forums::ForumsApi,
                forums::LinksApi,
                (catalogues::CataloguesApi, catalogues::FoundApi),
                (calendar::CalendarApi, lists::ListsApi),
            ),
            clients::ClientsApi,
            (
                targets::TargetsApi,
                deliveries::DeliveriesApi,
                incoming_webhooks::IncomingWebhooksApi,
            ),
        ),
        (
            profiles::ProfilesApi,
            rules::RulesApi,
            judge::JudgeApi,
            blocked::BlockedApi,
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
    json::said_plainly(&service("").spec())
}

/// Everything that is served over HTTP.
pub fn endpoint(app: &Arc<App>) -> impl Endpoint + use<> {
    let base = &app.config.url_base;
    let service = service(base);
    let document = json::said_plainly(&service.spec());
    let docs = docs_page(&service.swagger_ui_html());
    let home = format!("{base}/docs");
    let to_docs = move || {
        let home = home.clone();
        get(make_sync(move |_| Redirect::see_other(&home)))
    };
    let operations = Arc::new(service.into_endpoint());
    let mut pages = Route::new()
        .at("/", to_docs())
        .at("/docs", get(make_sync(move |_| Html(docs.clone()))))
        .at(
            "/openapi.json",
            get(make_sync(move |_| {
                document.clone().with_content_type("application/json")
            })),
        )
        .at("/ping", operations.clone())
        .at(act::PLACE, act::endpoint())
        .nest(missing_monitor::PLACE, missing_monitor::endpoint())
        .nest(readarr::PLACE, readarr::endpoint())
        .nest_no_strip("/api", operations);
    for place in hook::PLACES {
        pages = pages.at(place, hook::endpoint());
    }
    for place in torznab::PLACES {
        pages = pages.at(place, torznab::feeds());
    }
    pages = pages.at(torznab::DOWNLOAD, torznab::downloads());
    let routes = match base.as_str() {
        "" => pages,
        base => Route::new().at("/", to_docs()).nest(base, pages),
    };
    // Answers hold what the user collects: no cache between us and the user keeps them.
    let headers = SetHeader::new()
        .overriding("Cache-Control", "no-store")
        .overriding("X-Content-Type-Options", "nosniff");
    routes
        .with(CatchPanic::new().with_handler(|_| refused::panicked()))
        .with(Guard(Paths::new(base, Apis::meta())))
        .with(headers)
        .data(app.clone())
}

fn docs_page(html: &str) -> String {
    format!(
        "<!doctype html>{}",
        html.replace("<title>Swagger UI</title>", "<title>Lacunarr</title>")
    )
}
