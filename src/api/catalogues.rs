//! Resources `catalogues`, and what they say of a series.

mod found;
mod view;

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::{
    ApiResponse, Object, OpenApi, param::Path, payload::PlainText, types::MaybeUndefined,
};

use super::{
    Tag,
    connection::{self, TestResult},
    error::{ApiError, BODY, CONFLICT, Failure, ONE, QUERY},
    guard::Key,
    json::Json,
    series,
};
use crate::{
    announcing::{self, Reckoning},
    app::App,
    connection::{Role, Settings, catalogue::offered},
    connections::{self, Wanted},
    domain::{
        catalogue::count::{Said, count},
        identity,
    },
    secret::Secret,
    store::{self, connection::Connection},
};
pub use found::FoundApi;
pub use view::Market;
use view::{Catalogue, Counted, InCatalogue};

/// What is to be changed of a catalogue; what is left out stays as it is.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct CatalogueChange {
    /// It is asked.
    enabled: Option<bool>,
    /// Its address, or that of a mirror.
    #[oai(validator(max_length = 2000, pattern = "^[^\\x00]*$"))]
    url: Option<String>,
    /// Seconds between two requests.
    #[oai(validator(minimum(value = "1"), maximum(value = "3600")))]
    pace_seconds: Option<u32>,
    /// Seconds until an answer is given up.
    #[oai(validator(minimum(value = "1"), maximum(value = "600")))]
    timeout_seconds: Option<u32>,
    /// Of MyAnimeList: the client id that it gives you; `null` takes it away.
    #[oai(nullable, validator(max_length = 2000, pattern = "^[^\\x00]*$"))]
    api_key: MaybeUndefined<String>,
}

/// Which series of a catalogue it is.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct CatalogueChoice {
    /// Its id there, or the address of its page.
    #[oai(validator(min_length = 1, max_length = 2000, pattern = "^[^\\x00]*$"))]
    id: String,
}

/// What is believed from now on.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct MarketAccepted {
    /// Of which market.
    market: Market,
}

/// It is so now.
#[derive(ApiResponse)]
enum Asked {
    /// The catalogues are asked, at their pace.
    #[oai(status = 202)]
    Accepted,
}

pub struct CataloguesApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Catalogues")]
impl CataloguesApi {
    /// List catalogues
    ///
    /// Who knows how many volumes of a series exist.
    #[oai(path = "/catalogues", method = "get", operation_id = "list_catalogues")]
    async fn list(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
    ) -> Result<Json<Vec<Catalogue>>, Failure<QUERY>> {
        let rows = store::connection::list(&app.db, Role::Catalogue.word()).await?;
        let mut all = Vec::with_capacity(rows.len());
        for row in &rows {
            all.push(shown(&app, row).await?);
        }
        Ok(Json(all))
    }

    /// Get a catalogue
    ///
    /// With how it is, and of how many series it is asked.
    #[oai(
        path = "/catalogues/:name",
        method = "get",
        operation_id = "get_catalogue"
    )]
    async fn get(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its name.
        #[oai(validator(max_length = 60))]
        name: Path<String>,
    ) -> Result<Json<Catalogue>, Failure<ONE>> {
        let row = find(&app, &name.0).await?;
        Ok(Json(shown(&app, &row).await?))
    }

    /// Change a catalogue
    ///
    /// Its failures are forgotten, so that it is asked again at once.
    #[oai(
        path = "/catalogues/:name",
        method = "patch",
        operation_id = "change_catalogue"
    )]
    async fn change(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its name.
        #[oai(validator(max_length = 60))]
        name: Path<String>,
        body: Json<CatalogueChange>,
    ) -> Result<Json<Catalogue>, Failure<{ ONE | BODY | CONFLICT }>> {
        let (row, change) = (find(&app, &name.0).await?, body.0);
        let (mut settings, mut secrets) =
            (connection::settings(&row)?, connection::secrets(&app, &row));
        let mut given = Vec::new();
        if let Settings::Catalogue(_, catalogue) = &mut settings {
            connection::set(&mut catalogue.url, change.url);
            connection::set(&mut catalogue.pace_seconds, change.pace_seconds);
            connection::set(&mut catalogue.timeout_seconds, change.timeout_seconds);
        }
        match change.api_key {
            MaybeUndefined::Undefined => {}
            MaybeUndefined::Null => secrets.api_key = None,
            MaybeUndefined::Value(key) => {
                secrets.api_key = connection::given(Some(key)).map(Secret::new);
                given.push("apiKey");
            }
        }
        let wants_key =
            offered(which(&row)?).is_some_and(|it| it.wants_key) && secrets.api_key.is_none();
        if change.enabled == Some(true) && wants_key {
            let problem = "this catalogue lets nobody in without one; give it with enabled";
            return Err(ApiError::field("apiKey", problem).into());
        }
        let wanted = Wanted {
            name: row.name.clone(),
            enabled: change.enabled.unwrap_or(row.enabled),
            settings,
            secrets,
        };
        let row = connections::change(&app, &row, &wanted, &given).await?;
        app.sync_wake.notify_one();
        Ok(Json(shown(&app, &row).await?))
    }

    /// Test a catalogue
    ///
    /// Says whether it can be asked, and what is wrong if not. One that works is asked again at once, whatever its failures were.
    #[oai(
        path = "/catalogues/:name/test",
        method = "post",
        operation_id = "test_catalogue"
    )]
    async fn test(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its name.
        #[oai(validator(max_length = 60))]
        name: Path<String>,
    ) -> Result<Json<TestResult>, Failure<ONE>> {
        let row = find(&app, &name.0).await?;
        let tested = connections::test(&app, &row).await?;
        app.sync_wake.notify_one();
        Ok(Json(tested.into()))
    }

    /// Get the count of a series
    ///
    /// How many volumes there are, who says so, and what each catalogue says; the series of a catalogue that may be meant wait here for you.
    #[oai(
        path = "/series/:id/catalogues",
        method = "get",
        operation_id = "get_series_catalogues"
    )]
    async fn of_series(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// The series' number.
        id: Path<i64>,
    ) -> Result<Json<Counted>, Failure<ONE>> {
        Ok(Json(counted(&app, id.0).await?))
    }

    /// Ask all catalogues of a series
    ///
    /// At their pace, and soon; otherwise each is asked once a week.
    #[oai(
        path = "/series/:id/catalogues/refresh",
        method = "post",
        operation_id = "refresh_series_catalogues"
    )]
    async fn refresh(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// The series' number.
        id: Path<i64>,
    ) -> Result<Asked, Failure<{ ONE | CONFLICT }>> {
        if !series::find(&app, id.0).await?.series.monitored {
            let problem = "catalogues are asked only of series that are monitored; set monitored to true first";
            return Err(ApiError::conflict(problem).into());
        }
        announcing::refresh(&app, id.0).await?;
        Ok(Asked::Accepted)
    }

    /// Choose the series in a catalogue
    ///
    /// It is asked whether it has it, and what it says is taken; where it does not answer now (it is off, or left alone), it is asked later. What
    /// it said of another one is forgotten.
    #[oai(
        path = "/series/:id/catalogues/:name",
        method = "put",
        operation_id = "choose_series_in_catalogue"
    )]
    async fn choose(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// The series' number.
        id: Path<i64>,
        /// The catalogue's name.
        #[oai(validator(max_length = 60))]
        name: Path<String>,
        body: Json<CatalogueChoice>,
    ) -> Result<Json<Counted>, Failure<{ ONE | BODY | CONFLICT }>> {
        series::find(&app, id.0).await?;
        let row = find(&app, &name.0).await?;
        announcing::choose_there(&app, &row, id.0, which(&row)?, &body.0.id).await?;
        Ok(Json(counted(&app, id.0).await?))
    }

    /// Say that a catalogue does not have a series
    ///
    /// What it said of it is forgotten, and it is not asked of it any more.
    #[oai(
        path = "/series/:id/catalogues/:name",
        method = "delete",
        operation_id = "leave_series_out_of_catalogue"
    )]
    async fn leave_out(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// The series' number.
        id: Path<i64>,
        /// The catalogue's name.
        #[oai(validator(max_length = 60))]
        name: Path<String>,
    ) -> Result<Json<Counted>, Failure<ONE>> {
        series::find(&app, id.0).await?;
        let which = which(&find(&app, &name.0).await?)?;
        announcing::choose(&app, id.0, which, None).await?;
        Ok(Json(counted(&app, id.0).await?))
    }

    /// Accept what is held back
    ///
    /// What a catalogue suddenly says of a series, and was not believed, counts from now on.
    #[oai(
        path = "/series/:id/catalogues/:name/accept",
        method = "post",
        operation_id = "accept_catalogue_count"
    )]
    async fn accept(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// The series' number.
        id: Path<i64>,
        /// The catalogue's name.
        #[oai(validator(max_length = 60))]
        name: Path<String>,
        body: Json<MarketAccepted>,
    ) -> Result<Json<Counted>, Failure<{ ONE | BODY | CONFLICT }>> {
        series::find(&app, id.0).await?;
        let which = which(&find(&app, &name.0).await?)?;
        if !announcing::accept(&app, id.0, which, body.0.market.into()).await? {
            return Err(ApiError::conflict("nothing of this catalogue is held back there").into());
        }
        Ok(Json(counted(&app, id.0).await?))
    }

    /// Read a page that a browser saved
    ///
    /// Of a catalogue whose pages are read: where it does not let this program in, save the page of the series with your browser and send it here
    /// (`curl --data-binary @page.html -H 'Content-Type: text/plain'`). The series is chosen there by it.
    #[oai(
        path = "/series/:id/catalogues/:name/page",
        method = "post",
        operation_id = "read_catalogue_page"
    )]
    async fn read_page(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// The series' number.
        id: Path<i64>,
        /// The catalogue's name.
        #[oai(validator(max_length = 60))]
        name: Path<String>,
        body: PlainText<String>,
    ) -> Result<Json<Counted>, Failure<{ ONE | BODY | CONFLICT }>> {
        series::find(&app, id.0).await?;
        let row = find(&app, &name.0).await?;
        announcing::read_page(&app, &row, id.0, &body.0).await?;
        Ok(Json(counted(&app, id.0).await?))
    }
}

async fn find(app: &App, name: &str) -> Result<Connection, ApiError> {
    let row = store::connection::named(&app.db, Role::Catalogue.word(), name).await?;
    row.ok_or_else(|| {
        ApiError::not_found("there is no such catalogue; GET /api/v1/catalogues lists them")
    })
}

fn which(row: &Connection) -> Result<identity::Catalogue, ApiError> {
    match connection::settings(row)? {
        Settings::Catalogue(which, _) => Ok(which),
        _ => Err(ApiError::not_found("there is no such catalogue")),
    }
}

async fn shown(app: &App, row: &Connection) -> Result<Catalogue, ApiError> {
    let counts = store::catalogue::link::counts(&app.db, which(row)?).await?;
    Catalogue::of(row, counts)
}

async fn counted(app: &App, id: i64) -> Result<Counted, ApiError> {
    let stored = series::find(app, id).await?;
    let by = Reckoning::now(app).await?;
    let all = store::catalogue::said::of_series(&app.db, id).await?;
    let said: Vec<Said> = all.iter().map(|stored| stored.said.clone()).collect();
    let merged = count(&stored.series, &said, &by.order, by.today);
    let mut catalogues = Vec::new();
    for link in store::catalogue::link::of_series(&app.db, id).await? {
        let candidates = store::catalogue::link::candidates(&app.db, id, link.catalogue).await?;
        catalogues.push(InCatalogue::of(link, &all, &merged.lines, candidates));
    }
    Ok(Counted {
        total: stored.series.known_total(),
        by: stored.series.counted_by().map(str::to_owned),
        status: series::Status::from(merged.status),
        libraries: stored.series.stated_total,
        pinned: stored.series.total,
        catalogues,
    })
}
